"""Writes down what nobody caught, redacted, and tells a person calmly; the program goes on.

The hooks run on whatever thread the fault was on, so they touch no widget: ``tell`` hands the text on
(``jobs.deliver``), and the screen shows it when its turn comes.
"""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from crosssell_desktop.domain.clock import MINUTE_MS, Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.system.logs import redact

_log = logging.getLogger(__name__)

REPORTS_KEPT = 20
_SAME_AGAIN_MS = 10 * MINUTE_MS
"""The same fault is written and told once in this time: a timer that fails each second fills no disk."""


class CrashReports:
    """Takes over the hooks of Python while it is installed; one in the program."""

    def __init__(self, folder: Path, version: str, clock: Clock, tell: Callable[[Text], None]) -> None:
        self._folder = folder
        self._version = version
        self._clock = clock
        self._tell = tell
        self._guard = threading.Lock()
        self._told_at_ms: dict[str, int] = {}
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._native = (folder / "native.txt").open("a", encoding="utf-8")

    def install(self) -> None:
        """Take the hooks; a fault in native code leaves its frames in ``native.txt``."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        faulthandler.enable(self._native)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        faulthandler.disable()
        self._native.close()

    def report(self, error: BaseException) -> None:
        """Take an error from the home of errors: a refusal is told as it is, anything else is written down and told."""
        if isinstance(error, Refusal):
            self._tell(error.text)
            return
        self._take(type(error), error, error.__traceback__, threading.current_thread().name, tell=True)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
        elif isinstance(error, Refusal):
            self._tell(error.text)
        else:
            self._take(kind, error, trace, threading.current_thread().name, tell=True)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread is not None else "?"
            self._take(args.exc_type, args.exc_value, args.exc_traceback, name, tell=True)

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        error = args.exc_value or args.exc_type()
        self._take(args.exc_type, error, args.exc_traceback, threading.current_thread().name, tell=False)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, thread: str, *, tell: bool
    ) -> None:
        story = redact("".join(traceback.format_exception(kind, error, trace)))
        _log.error("uncaught on %s: %s", thread, story)
        now_ms = self._clock.now_ms()
        # The place, not the message: a message that counts would make each fault a new one.
        place = "".join(f"{frame.filename}:{frame.lineno}\n" for frame in traceback.extract_tb(trace)) + kind.__name__
        with self._guard:
            told_at_ms = self._told_at_ms.get(place)
            if told_at_ms is not None and abs(now_ms - told_at_ms) < _SAME_AGAIN_MS:
                return
            self._told_at_ms[place] = now_ms
        path = self._write(kind, story, thread, now_ms, place)
        if tell:
            self._tell(_calm_text(kind, path))

    def _write(self, kind: type[BaseException], story: str, thread: str, now_ms: int, place: str) -> Path | None:
        at = datetime.fromtimestamp(now_ms / 1000, UTC)
        number = sha256(place.encode()).hexdigest()[:8]
        path = self._folder / f"{at:%Y%m%d-%H%M%S}-{number}.txt"
        head = (
            f"CrossSell Desktop {self._version}\nat {at:%Y-%m-%d %H:%M:%S} UTC, thread {thread}\n"
            f"Python {platform.python_version()}, {platform.platform()}\n{kind.__module__}.{kind.__qualname__}\n\n"
        )
        try:
            path.write_text(head + story, encoding="utf-8")
            path.chmod(0o600)
            for old in sorted(self._folder.glob("*-*.txt"))[:-REPORTS_KEPT]:
                old.unlink(missing_ok=True)
        except OSError as error:
            # On a full disk the fault itself still has to be told.
            _log.error("the crash report could not be written: %s", error.strerror)
            return None
        return path


def _calm_text(kind: type[BaseException], path: Path | None) -> Text:
    if path is None:
        return Text(
            N_("Something went wrong inside the program ({kind}). What was saved stays saved; you can go on working."),
            {"kind": kind.__name__},
        )
    return Text(
        N_(
            "Something went wrong inside the program ({kind}). What was saved stays saved; you can go on working. "
            "A report without personal data is in {file}."
        ),
        {"kind": kind.__name__, "file": str(path)},
    )
