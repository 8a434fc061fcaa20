"""A foreign file is read in a child process that can do no harm."""

from __future__ import annotations

import time
from itertools import count

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.runtime.cancel import Cancelled
from crosssell_desktop.runtime.child import Json, Limits, Reader, run_in_child
from tests.runtime import readers

LIMITS = Limits(seconds=20, megabytes=200)


def _run(reader: Reader, limits: Limits = LIMITS, arguments: Json = None) -> Json:
    return run_in_child(reader, arguments, limits=limits, take_rows=lambda _: None)


def test_rows_and_progress_come_in_order_and_then_the_summary() -> None:
    rows: list[Json] = []
    steps: list[tuple[int, int]] = []
    summary = run_in_child(
        readers.reads_well,
        {"batches": 50},
        limits=LIMITS,
        take_rows=rows.extend,
        tell_progress=lambda done, total: steps.append((done, total)),
    )
    assert summary == {"rows": 100}
    assert rows == [row for n in range(50) for row in ([n, "имя"], [n, None])]
    assert steps == [(n + 1, 50) for n in range(50)]


def test_a_refusal_of_the_reader_is_a_refusal_here() -> None:
    with pytest.raises(Refusal) as refused:
        _run(readers.refuses)
    assert refused.value.code == "row_broken"
    assert refused.value.text == Text("Row {row} is broken.", {"row": 7})


def test_a_reader_that_never_ends_is_stopped() -> None:
    began_s = time.monotonic()
    with pytest.raises(Refusal, match="file_too_slow"):
        _run(readers.never_ends, Limits(seconds=1.5))
    assert time.monotonic() - began_s < 10


def test_a_reader_that_eats_memory_is_stopped() -> None:
    with pytest.raises(Refusal, match="file_too_big") as refused:
        _run(readers.eats_memory)
    assert refused.value.text.values == {"megabytes": 200}


def test_a_reader_that_dies_is_told_of() -> None:
    with pytest.raises(Refusal, match="reader_stopped"):
        _run(readers.dies)


def test_what_a_broken_reader_says_stays_in_the_child(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refusal, match="ValueError") as refused:
        _run(readers.breaks_with_a_secret)
    said = capfd.readouterr()
    assert "9161234567" not in f"{refused.value}{refused.value.__cause__}{said.out}{said.err}"


def test_a_cancelled_reading_ends_at_once() -> None:
    looks = count()
    began_s = time.monotonic()
    with pytest.raises(Cancelled):
        run_in_child(
            readers.never_ends,
            None,
            limits=LIMITS,
            take_rows=lambda _: None,
            is_cancelled=lambda: next(looks) > 3,
        )
    assert time.monotonic() - began_s < 5


def test_the_child_needs_no_qt() -> None:
    assert _run(readers.knows_of_qt) is False
