"""What nobody caught is written down without personal data and told calmly."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.runtime.changes import Changes
from crosssell_desktop.runtime.crash import REPORTS_KEPT, CrashReports
from tests.conftest import FixedClock


@pytest.fixture
def told() -> list[Text]:
    return []


@pytest.fixture
def reports(tmp_path: Path, clock: FixedClock, told: list[Text]) -> Iterator[CrashReports]:
    made = CrashReports(tmp_path, "1.2.3", clock, told.append)
    made.install()
    logging.getLogger("crosssell_desktop.runtime.crash").setLevel(logging.CRITICAL)
    yield made
    logging.getLogger("crosssell_desktop.runtime.crash").setLevel(logging.NOTSET)
    made.uninstall()


def _written(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("2*.txt"))]


def _raise(message: str) -> None:
    raise ValueError(message)


def _caught(message: str) -> tuple[type[BaseException], BaseException, object]:
    try:
        _raise(message)
    except ValueError as error:
        return ValueError, error, error.__traceback__
    raise AssertionError


def test_an_uncaught_exception_is_written_redacted_and_told_with_its_file(
    reports: CrashReports, tmp_path: Path, told: list[Text]
) -> None:
    sys.excepthook(*_caught("customer +7 916 123-45-67 anna@example.com"))  # type: ignore[arg-type]
    (story,) = _written(tmp_path)
    assert "CrossSell Desktop 1.2.3" in story
    assert "2026-03-04 09:00:00 UTC" in story
    assert "_raise" in story
    assert "916" not in story
    assert "anna" not in story
    assert len(told) == 1
    assert str(told[0].values["file"]).startswith(str(tmp_path))


def test_a_fault_in_a_thread_is_taken_too(reports: CrashReports, tmp_path: Path, told: list[Text]) -> None:
    thread = threading.Thread(target=_raise, args=("in a thread",), name="exchange")
    thread.start()
    thread.join()
    assert "thread exchange" in _written(tmp_path)[0]
    assert len(told) == 1


def test_the_same_fault_again_is_told_once_in_ten_minutes(
    reports: CrashReports, tmp_path: Path, told: list[Text], clock: FixedClock
) -> None:
    for n in range(100):
        sys.excepthook(*_caught(f"message {n}"))  # type: ignore[arg-type]
        clock.advance(s=5)
    assert len(told) == 1
    clock.advance(s=600)
    sys.excepthook(*_caught("again"))  # type: ignore[arg-type]
    assert len(told) == 2
    assert len(_written(tmp_path)) == 2


def test_only_the_newest_reports_are_kept(reports: CrashReports, tmp_path: Path) -> None:
    for n in range(REPORTS_KEPT + 5):
        (tmp_path / f"20260101-0000{n:02}-abc.txt").write_text("old", encoding="utf-8")
    sys.excepthook(*_caught("new"))  # type: ignore[arg-type]
    written = _written(tmp_path)
    assert len(written) == REPORTS_KEPT
    assert "new" in written[-1]


def test_a_refusal_is_told_as_it_is_and_is_no_crash(reports: CrashReports, tmp_path: Path, told: list[Text]) -> None:
    refusal = Refusal("shift_closed", Text("Open a shift first."))
    reports.report(refusal)
    sys.excepthook(Refusal, refusal, None)
    assert told == [refusal.text, refusal.text]
    assert _written(tmp_path) == []


def test_a_full_disk_still_lets_the_fault_be_told(
    reports: CrashReports, told: list[Text], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    reports.report(_caught("x")[1])
    assert len(told) == 1
    assert "file" not in told[0].values


def test_the_hooks_are_given_back(tmp_path: Path, clock: FixedClock) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    made = CrashReports(tmp_path, "1", clock, lambda _: None)
    made.install()
    assert sys.excepthook != before[0]
    made.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_changes_are_told_as_one_set_and_nothing_when_nothing_changed(qapp: object) -> None:
    heard: list[object] = []
    changes = Changes()
    changes.changed.connect(heard.append)
    changes.announce(["sale", "stock", "sale"])
    changes.announce([])
    assert heard == [frozenset({"sale", "stock"})]
