"""Keeps one running program per profile by a lock of the operating system, which a crash cannot leave behind."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Self

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.system.paths import Profile

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        # One byte far behind the pid, so that others can still read who holds it.
        os.lseek(handle, 1024, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class InstanceLock:
    """Held while this program has the profile open; a context manager, or :meth:`release` by hand."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        """Let another start have the profile; calling it again does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def take_profile(profile: Profile) -> InstanceLock:
    """Take the profile for this process.

    Raises:
        Refusal: ``profile_in_use`` if another running program holds it; nothing was changed.
    """
    handle = os.open(profile.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
    except OSError as error:
        os.close(handle)
        text = Text(
            N_("The program is already open on this profile ({folder}). Close it first, or name another profile."),
            {"folder": str(profile.root)},
        )
        raise Refusal("profile_in_use", text) from error
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return InstanceLock(handle)


def holder_pid(profile: Profile) -> int | None:
    """Return the process id last written into the lock, for messages only; None when there is none."""
    try:
        return int(profile.lock.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
