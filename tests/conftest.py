"""What every test stands on: no screen, no surroundings of this machine, nothing left running."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

# Before anything imports Qt.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LC_ALL"] = "C.UTF-8"
for _name in [name for name in os.environ if name.startswith("PG")]:
    del os.environ[_name]

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from crosssell_desktop.domain.ids import uuid7  # noqa: E402
from crosssell_desktop.system.paths import Profile, open_profile  # noqa: E402

_GRACE_S = 2.0

# A machine that is busy with other things makes no property false.
settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a night run kill the program more often than an everyday one."""
    parser.addoption("--kills", type=int, default=12, help="how often the program is killed while it sells")


@dataclass
class FixedClock:
    """A clock that moves only when it is told to."""

    at_ms: int = 1_772_614_800_000  # 2026-03-04 09:00 UTC

    def now_ms(self) -> int:
        """Return the time it was set to."""
        return self.at_ms

    def advance(self, *, ms: int = 0, s: int = 0, days: int = 0) -> None:
        """Move the clock; a negative amount sets it back."""
        self.at_ms += ms + 1_000 * s + 86_400_000 * days


@dataclass
class CountedIds:
    """Ids that are the same in every run: UUIDv7 of the fixed clock with a count for randomness."""

    clock: FixedClock
    count: int = 0

    def new(self) -> UUID:
        """Return the next id."""
        self.count += 1
        return uuid7(self.clock.at_ms, self.count)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ids(clock: FixedClock) -> CountedIds:
    return CountedIds(clock)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return open_profile(tmp_path / "profile")


@pytest.fixture(autouse=True)
def _nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread, a running QThread, an active timer or a window behind."""
    uses_qt = "qapp" in request.fixturenames
    threads = set(threading.enumerate())
    objects = _living_qt_objects() if uses_qt else {}
    yield
    left = _wait_for_threads(threads)
    if uses_qt:
        left += _left_qt_objects(objects)
    if left:
        pytest.fail("left behind: " + ", ".join(left), pytrace=False)


def _wait_for_threads(before: set[threading.Thread]) -> list[str]:
    # Threads that Qt or a C library made show as dummies; they belong to their pools.
    end = time.monotonic() + _GRACE_S
    for thread in set(threading.enumerate()) - before:
        if not isinstance(thread, threading._DummyThread):
            thread.join(max(0.0, end - time.monotonic()))
    return [
        f"thread {thread.name}"
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]


def _living_qt_objects() -> dict[int, str]:
    """Return running QThreads, active QTimers and top-level widgets by address, with a name for each."""
    from PySide6.QtCore import QThread, QTimer
    from shiboken6 import isValid

    found: dict[int, str] = {}
    for thing in gc.get_objects():
        kind = type(thing)
        if issubclass(kind, QThread) and isValid(thing) and thing.isRunning():
            found[id(thing)] = f"QThread {thing.objectName()}"
        elif issubclass(kind, QTimer) and isValid(thing) and thing.isActive():
            found[id(thing)] = f"QTimer {thing.objectName()} of {thing.parent()!r}"
    if "PySide6.QtWidgets" in sys.modules:
        from PySide6.QtWidgets import QApplication

        for widget in QApplication.topLevelWidgets():
            found[id(widget)] = f"window {type(widget).__name__} «{widget.windowTitle()}»"
    return found


def _left_qt_objects(before: dict[int, str]) -> list[str]:
    from PySide6.QtCore import QCoreApplication, QEvent

    # deleteLater() is a promise kept by the event loop, which no longer runs.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = {key: name for key, name in _living_qt_objects().items() if key not in before}
    if left:
        # Cycles of Python and Qt objects go when Python collects them; a window without an owner is no leak then.
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        left = {key: name for key, name in _living_qt_objects().items() if key not in before}
    return sorted(left.values())
