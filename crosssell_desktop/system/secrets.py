"""Keeps the 32-byte key of a profile: in the system's keyring, or in a private file beside the profile, said aloud.

Law: a key is never part of a URL, a repr, a log or an exception.
"""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.system.paths import Profile

KEY_BYTES = 32
_SERVICE = "crosssell-desktop"


class SecretKey:
    """A 32-byte key that does not show itself; ask for it by name where it is used."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._key = key

    def reveal(self) -> bytes:
        """Return the bytes, for keyed hashes."""
        return self._key

    def sqlcipher_key(self) -> str:
        """Return the raw key as SQLCipher takes it in ``PRAGMA key``: no derivation, 3-10 ms to open."""
        return f"x'{self._key.hex()}'"

    def __repr__(self) -> str:
        return "SecretKey(‹hidden›)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written anywhere")


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key and where it lies; ``notice`` is to be shown to a person when the place is weaker than it could be."""

    key: SecretKey
    place: str
    """``keyring`` or ``file``."""
    notice: Text | None = None


class Keyring(Protocol):
    """What is used of a system keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""


class KeyringUnavailable(Exception):  # noqa: N818  # a state of the surroundings, always caught here
    """The keyring is there but does not answer now (locked, refused)."""


def system_keyring() -> Keyring | None:
    """Return the system's keyring, or None where there is none that keeps a secret."""
    import keyring  # noqa: PLC0415  # 170 ms to import, and only needed when a profile is opened
    from keyring.backends import chainer, fail, null  # noqa: PLC0415

    backend = keyring.get_keyring()
    found = backend.backends if isinstance(backend, chainer.ChainerBackend) else [backend]
    real = [
        item
        for item in found
        if not isinstance(item, fail.Keyring | null.Keyring) and not type(item).__module__.startswith("keyrings.alt")
    ]
    return _SafeKeyring(real[0]) if real else None


class _SafeKeyring:
    """Turns the many errors of keyring backends into one."""

    def __init__(self, backend: Keyring) -> None:
        self._backend = backend

    def get_password(self, service: str, username: str) -> str | None:
        try:
            return self._backend.get_password(service, username)
        except Exception as error:  # backends raise D-Bus, OS and their own errors alike
            raise KeyringUnavailable(type(error).__name__) from error

    def set_password(self, service: str, username: str, password: str) -> None:
        try:
            self._backend.set_password(service, username, password)
        except Exception as error:  # the same
            raise KeyringUnavailable(type(error).__name__) from error


def profile_key(profile: Profile, keyring: Keyring | None) -> KeptKey:
    """Return the key of a profile, making it at the first call.

    ``keyring`` is :func:`system_keyring` in the program and None in demos and tests. A key file, once there, goes
    before the keyring. A new key is made only while there is no database: a lost key is never replaced silently.

    Raises:
        EnvironmentTrouble: ``key_missing`` if the database is there and its key is not, ``keyring_unavailable`` if the
            keyring is locked now, ``key_unusable`` if the key file is damaged or cannot be read or written.
    """
    kept = _from_file(profile) or _from_keyring(profile, keyring)
    if kept is not None:
        return kept
    if profile.database.exists():
        text = Text(
            N_("The key of the database in {folder} was not found: neither in the system's keyring nor in {file}."),
            {"folder": str(profile.root), "file": str(profile.key_file)},
        )
        raise EnvironmentTrouble("key_missing", text)
    key = SecretKey(secrets.token_bytes(KEY_BYTES))
    if keyring is not None and _into_keyring(profile, keyring, key):
        return KeptKey(key, "keyring")
    _into_file(profile.key_file, key)
    return _kept_in_file(profile, key)


def _from_file(profile: Profile) -> KeptKey | None:
    try:
        return _kept_in_file(profile, SecretKey(bytes.fromhex(profile.key_file.read_text(encoding="ascii"))))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unusable(profile.key_file, error) from None


def _kept_in_file(profile: Profile, key: SecretKey) -> KeptKey:
    notice = Text(
        N_("This computer has no keyring: the key of the database lies in {file}, readable by this user only."),
        {"file": str(profile.key_file)},
    )
    return KeptKey(key, "file", notice)


def _from_keyring(profile: Profile, keyring: Keyring | None) -> KeptKey | None:
    if keyring is None or not profile.identity.exists():
        return None
    try:
        kept = keyring.get_password(_SERVICE, _identity(profile))
    except KeyringUnavailable as error:
        if not profile.database.exists():
            return None  # nothing to lose yet: the key may go into a file
        text = Text(
            N_("The system's keyring does not answer. Unlock it and start again. ({reason})"), {"reason": str(error)}
        )
        raise EnvironmentTrouble("keyring_unavailable", text) from error
    return None if kept is None else KeptKey(SecretKey(bytes.fromhex(kept)), "keyring")


def _into_keyring(profile: Profile, keyring: Keyring, key: SecretKey) -> bool:
    name = _identity(profile)
    try:
        keyring.set_password(_SERVICE, name, key.reveal().hex())
        return keyring.get_password(_SERVICE, name) == key.reveal().hex()
    except KeyringUnavailable:
        return False


def _identity(profile: Profile) -> str:
    try:
        return profile.identity.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        name = secrets.token_hex(16)
        profile.identity.write_text(f"{name}\n", encoding="ascii")
        return name


def _into_file(path: Path, key: SecretKey) -> None:
    try:
        # O_EXCL: never over another key. The mode is set at creation, so there is no moment without it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.reveal().hex())
            file.flush()
            os.fsync(file.fileno())
        if sys.platform != "win32":
            _sync_folder(path.parent)
    except OSError as error:
        raise _unusable(path, error) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unusable(path: Path, error: Exception) -> EnvironmentTrouble:
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    text = Text(N_("The key file {file} cannot be used: {reason}."), {"file": str(path), "reason": reason})
    return EnvironmentTrouble("key_unusable", text)
