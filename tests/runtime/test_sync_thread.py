"""The exchange goes on by itself, at once on demand, and ends without losing a step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from crosssell_desktop.runtime.jobs import Jobs
from crosssell_desktop.runtime.sync_thread import JITTER, LONGEST_WAIT_S, RoundFailed, SyncThread, wait_s


class Strip(QObject):
    """Takes what the exchange tells."""

    def __init__(self) -> None:
        super().__init__()
        self.rounds: list[int] = []
        self.failures: list[RoundFailed] = []

    def on_round(self, number: int) -> None:
        self.rounds.append(number)

    def on_failure(self, failure: RoundFailed) -> None:
        self.failures.append(failure)


Round = Callable[[Callable[[], bool]], int]


@pytest.fixture
def strip(qapp: object) -> Strip:
    return Strip()


@pytest.fixture
def start(strip: Strip) -> Iterator[Callable[..., SyncThread[int]]]:
    jobs = Jobs(lambda error: pytest.fail(repr(error)))
    made: list[SyncThread[int]] = []

    def begin(round_: Round, interval_s: float) -> SyncThread[int]:
        thread = SyncThread(
            jobs, round_, lambda: interval_s, done=strip.on_round, failed=strip.on_failure, chance=lambda: 0.5
        )
        made.append(thread)
        thread.start()
        return thread

    yield begin
    assert all(thread.stop() for thread in made)
    jobs.close()


class Counting:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _: Callable[[], bool]) -> int:
        self.count += 1
        return self.count


def test_the_first_round_is_at_once_and_the_next_by_interval(
    start: Callable[[Round, float], SyncThread[int]], strip: Strip, qtbot: QtBot
) -> None:
    start(Counting(), 0.01)
    qtbot.waitUntil(lambda: len(strip.rounds) >= 5)
    assert strip.rounds[:5] == [1, 2, 3, 4, 5]


def test_a_round_on_demand_does_not_wait_for_the_interval(
    start: Callable[[Round, float], SyncThread[int]], strip: Strip, qtbot: QtBot
) -> None:
    thread = start(Counting(), 3_600)
    qtbot.waitUntil(lambda: strip.rounds == [1])
    thread.wake()
    qtbot.waitUntil(lambda: strip.rounds == [1, 2])


def test_asked_many_times_during_a_round_one_more_follows(
    start: Callable[[Round, float], SyncThread[int]], strip: Strip, qtbot: QtBot
) -> None:
    gate, inside, counting = threading.Event(), threading.Event(), Counting()

    def round_(stopping: Callable[[], bool]) -> int:
        inside.set()
        gate.wait(5)
        return counting(stopping)

    thread = start(round_, 3_600)
    assert inside.wait(5)
    for _ in range(20):
        thread.wake()
    gate.set()
    qtbot.waitUntil(lambda: strip.rounds == [1, 2])
    assert thread.stop()
    assert counting.count == 2


def test_a_failed_round_is_told_counted_and_tried_again(
    start: Callable[[Round, float], SyncThread[int]], strip: Strip, qtbot: QtBot
) -> None:
    counting = Counting()

    def round_(stopping: Callable[[], bool]) -> int:
        if counting(stopping) <= 3:
            msg = "no centre"
            raise ConnectionError(msg)
        return counting.count

    start(round_, 0.005)
    qtbot.waitUntil(lambda: bool(strip.rounds))
    assert [failure.failures for failure in strip.failures] == [1, 2, 3]
    assert [failure.retry_s for failure in strip.failures] == [0.01, 0.02, 0.04]
    assert all(isinstance(failure.error, ConnectionError) for failure in strip.failures)


def test_stopping_in_the_middle_finishes_the_step_and_delivers_it(
    start: Callable[[Round, float], SyncThread[int]], strip: Strip, qtbot: QtBot
) -> None:
    inside = threading.Event()
    steps: list[str] = []

    def round_(stopping: Callable[[], bool]) -> int:
        inside.set()
        while not stopping():
            pass
        steps.append("finished")
        return 1

    thread = start(round_, 3_600)
    assert inside.wait(5)
    assert thread.stop()
    assert steps == ["finished"]
    qtbot.waitUntil(lambda: strip.rounds == [1])


def test_a_thread_never_started_stops_at_once(strip: Strip) -> None:
    jobs = Jobs(lambda error: pytest.fail(repr(error)))
    thread = SyncThread(jobs, Counting(), lambda: 1.0, done=strip.on_round, failed=strip.on_failure)
    assert thread.stop()
    jobs.close()


@given(
    st.floats(min_value=0.1, max_value=3_600),
    st.integers(min_value=0, max_value=5_000),
    st.floats(min_value=0, max_value=1, exclude_max=True),
)
def test_the_wait_grows_with_failures_up_to_its_limit(interval_s: float, failures: int, chance: float) -> None:
    longest_s = max(LONGEST_WAIT_S, interval_s)
    waited_s = wait_s(interval_s, failures, chance)
    assert interval_s * (1 - JITTER) * 0.999 <= waited_s <= longest_s * (1 + JITTER)
    assert wait_s(interval_s, failures + 1, chance) >= waited_s
