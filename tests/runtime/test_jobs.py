"""Work leaves the screen's thread, and every result comes back to it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from crosssell_desktop.runtime.cancel import Cancelled
from crosssell_desktop.runtime.jobs import Jobs, Progress


class Screen(QObject):
    """Takes results and remembers what came, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.errors: list[BaseException] = []
        self.progress: list[object] = []
        self.threads: set[threading.Thread] = set()

    def on_result(self, value: object) -> None:
        self.threads.add(threading.current_thread())
        self.results.append(value)

    def on_error(self, error: BaseException) -> None:
        self.threads.add(threading.current_thread())
        self.errors.append(error)

    def on_progress(self, value: object) -> None:
        self.threads.add(threading.current_thread())
        self.progress.append(value)

    def on_result_badly(self, value: object) -> None:
        self.results.append(value)
        msg = "bug"
        raise LookupError(msg)


@pytest.fixture
def home_of_errors() -> list[BaseException]:
    return []


@pytest.fixture
def jobs(qapp: object, home_of_errors: list[BaseException]) -> Iterator[Jobs]:
    made = Jobs(home_of_errors.append)
    yield made
    assert made.close()


@pytest.fixture
def screen(qapp: object) -> Screen:
    return Screen()


def _fail() -> None:
    msg = "broken"
    raise OSError(msg)


def test_twenty_thousand_results_all_arrive_in_order_on_the_main_thread(
    jobs: Jobs, screen: Screen, qtbot: QtBot
) -> None:
    def number(n: int) -> Callable[[], int]:
        return lambda: n

    for n in range(20_000):
        jobs.write(number(n), screen.on_result)
    qtbot.waitUntil(lambda: len(screen.results) == 20_000, timeout=20_000)
    assert screen.results == list(range(20_000))
    assert screen.threads == {threading.main_thread()}


def test_results_of_all_lanes_at_once_are_all_there(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    for n in range(1_000):
        jobs.write(lambda: "write", screen.on_result)
        jobs.read(f"key {n}", lambda: "read", screen.on_result)
        jobs.run(lambda _: "pool", screen.on_result)
    qtbot.waitUntil(lambda: len(screen.results) == 3_000, timeout=20_000)
    assert {kind: screen.results.count(kind) for kind in ("write", "read", "pool")} == {
        "write": 1_000,
        "read": 1_000,
        "pool": 1_000,
    }


def test_the_write_lane_is_one_thread_and_keeps_the_order(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    done: list[tuple[int, str]] = []
    for n in range(100):
        jobs.write(lambda n=n: done.append((n, threading.current_thread().name)), screen.on_result)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(screen.results) == 100)
    assert done == [(n, "write-lane") for n in range(100)]


def test_a_newer_ticket_replaces_the_running_and_the_queued_ones(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    gate = threading.Event()
    asked: list[str] = []

    def first() -> str:
        asked.append("first")
        gate.wait(5)
        return "first"

    def answer(name: str) -> Callable[[], str]:
        def work() -> str:
            asked.append(name)
            return name

        return work

    jobs.read("find", first, screen.on_result)
    qtbot.waitUntil(lambda: asked == ["first"])
    for name in ("second", "third", "fourth"):
        jobs.read("find", answer(name), screen.on_result)
    jobs.read("other", answer("other"), screen.on_result)
    gate.set()
    qtbot.waitUntil(lambda: "other" in screen.results)
    assert screen.results == ["fourth", "other"]
    assert asked == ["first", "fourth", "other"]


def test_a_dropped_question_is_not_answered(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    gate = threading.Event()
    jobs.read("find", lambda: gate.wait(5), screen.on_result)
    jobs.drop("find")
    jobs.read("other", lambda: "other", screen.on_result)
    gate.set()
    qtbot.waitUntil(lambda: bool(screen.results))
    assert screen.results == ["other"]


def test_an_error_goes_to_its_asker(
    jobs: Jobs, screen: Screen, qtbot: QtBot, home_of_errors: list[BaseException]
) -> None:
    jobs.write(_fail, None, screen.on_error)
    qtbot.waitUntil(lambda: bool(screen.errors))
    assert isinstance(screen.errors[0], OSError)
    assert screen.threads == {threading.main_thread()}
    assert home_of_errors == []


@pytest.mark.parametrize("lane", ["write", "read", "run"])
def test_an_error_nobody_asked_for_goes_home(
    jobs: Jobs, screen: Screen, qtbot: QtBot, home_of_errors: list[BaseException], lane: str
) -> None:
    if lane == "write":
        jobs.write(_fail)
    elif lane == "read":
        jobs.read("key", _fail, screen.on_result)
    else:
        jobs.run(lambda _: _fail())
    qtbot.waitUntil(lambda: bool(home_of_errors))
    assert isinstance(home_of_errors[0], OSError)
    assert screen.results == []


def test_a_change_is_made_though_its_screen_has_gone(
    jobs: Jobs, screen: Screen, qtbot: QtBot, home_of_errors: list[BaseException]
) -> None:
    gate = threading.Event()
    made: list[str] = []
    gone = Screen()
    jobs.write(lambda: gate.wait(5))
    jobs.write(lambda: made.append("sale"), gone.on_result)
    jobs.write(_fail, None, gone.on_error)
    delete(gone)
    gate.set()
    qtbot.waitUntil(lambda: bool(home_of_errors))
    assert made == ["sale"]
    assert gone.results == []


def test_a_fault_in_one_receiver_does_not_cost_the_others_their_results(
    jobs: Jobs, screen: Screen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: faults.append(kind))
    jobs.write(lambda: 1, screen.on_result_badly)
    jobs.write(lambda: 2, screen.on_result)
    qtbot.waitUntil(lambda: screen.results == [1, 2])
    assert faults == [LookupError]


def test_progress_comes_seldom_and_its_last_value_before_the_result(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    def work(progress: Progress) -> str:
        end_s = time.monotonic() + 0.3
        n = 0
        while time.monotonic() < end_s:
            n += 1
            progress.report(n)
        progress.report("last")
        return "done"

    jobs.run(work, screen.on_result, None, screen.on_progress)
    qtbot.waitUntil(lambda: screen.results == ["done"])
    assert screen.progress[-1] == "last"
    assert 2 <= len(screen.progress) <= 14


def test_progress_before_a_silence_is_shown_without_waiting_for_the_end(
    jobs: Jobs, screen: Screen, qtbot: QtBot
) -> None:
    gate = threading.Event()

    def work(progress: Progress) -> None:
        progress.report(1)
        progress.report(2)
        gate.wait(5)

    jobs.run(work, screen.on_result, None, screen.on_progress)
    qtbot.waitUntil(lambda: screen.progress[-1:] == [2])
    gate.set()
    qtbot.waitUntil(lambda: screen.results == [None])


def test_cancelled_work_stops_and_tells_nothing(
    jobs: Jobs, screen: Screen, qtbot: QtBot, home_of_errors: list[BaseException]
) -> None:
    gate = threading.Event()
    reached: list[str] = []

    def work(progress: Progress) -> None:
        gate.wait(5)
        progress.stop_if_cancelled()
        reached.append("the end")

    job = jobs.run(work, screen.on_result, screen.on_error, screen.on_progress)
    job.cancel()
    gate.set()
    qtbot.waitUntil(lambda: job.is_finished)
    jobs.write(lambda: "after", screen.on_result)
    qtbot.waitUntil(lambda: screen.results == ["after"])
    assert (reached, screen.errors, home_of_errors) == ([], [], [])


def test_a_change_cannot_be_cancelled(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    gate = threading.Event()
    jobs.write(lambda: gate.wait(5))
    jobs.write(lambda: "sale", screen.on_result).cancel()
    gate.set()
    qtbot.waitUntil(lambda: screen.results == ["sale"])


def test_pool_work_saves_in_pieces_and_a_sale_waits_for_one_piece_only(
    jobs: Jobs, screen: Screen, qtbot: QtBot
) -> None:
    order: list[str] = []
    half_way = threading.Event()
    go_on = threading.Event()

    def long(progress: Progress) -> str:
        for n in range(4):
            progress.stop_if_cancelled()
            jobs.write_and_wait(lambda n=n: order.append(f"piece {n}"))  # type: ignore[misc]
            if n == 1:
                half_way.set()
                go_on.wait(5)
        return "imported"

    jobs.run(long, screen.on_result)
    assert half_way.wait(5)
    jobs.write(lambda: order.append("sale"))
    go_on.set()
    qtbot.waitUntil(lambda: screen.results == ["imported"])
    assert order == ["piece 0", "piece 1", "sale", "piece 2", "piece 3"]


def test_a_turn_has_the_lane_to_itself_and_gives_it_back_after_a_fault(
    jobs: Jobs, screen: Screen, qtbot: QtBot
) -> None:
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def long(_: Progress) -> None:
        with jobs.turn():
            order.append("begun")
            inside.set()
            go_on.wait(5)
            order.append("ended")
            raise ValueError("in its turn")

    jobs.run(long, screen.on_result, screen.on_error)
    assert inside.wait(5)
    jobs.write(lambda: order.append("sale"), screen.on_result)
    assert order == ["begun"]
    go_on.set()
    qtbot.waitUntil(lambda: len(screen.errors) == 1 and len(screen.results) == 1)
    assert order == ["begun", "ended", "sale"]
    with pytest.raises(RuntimeError, match="does not wait"), jobs.turn():
        pass


def test_waiting_for_a_change_gives_its_value_and_its_error(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    jobs.run(lambda _: jobs.write_and_wait(lambda: jobs.write_and_wait(lambda: 7)), screen.on_result)
    jobs.run(lambda _: jobs.write_and_wait(_fail), screen.on_result, screen.on_error)
    qtbot.waitUntil(lambda: screen.results == [7] and len(screen.errors) == 1)
    with pytest.raises(RuntimeError, match="does not wait"):
        jobs.write_and_wait(lambda: 1)


def test_closing_makes_every_change_asked_for_and_delivers_what_came_of_it(qapp: object, screen: Screen) -> None:
    jobs = Jobs(screen.on_error)
    made: list[int] = []

    def slow(n: int) -> Callable[[], int]:
        def work() -> int:
            time.monotonic()
            made.append(n)
            return n

        return work

    for n in range(500):
        jobs.write(slow(n), screen.on_result)
    assert jobs.close()
    assert made == list(range(500))
    assert screen.results == list(range(500))
    with pytest.raises(RuntimeError, match="closing"):
        jobs.write(lambda: 1)
    assert jobs.close()


def test_closing_cancels_long_work_that_may_still_save_its_piece(qapp: object, screen: Screen) -> None:
    jobs = Jobs(screen.on_error)
    begun = threading.Event()
    made: list[str] = []

    def long(progress: Progress) -> None:
        begun.set()
        while not progress.is_cancelled():
            jobs.write_and_wait(lambda: None)
        jobs.write_and_wait(lambda: made.append("last piece"))
        raise Cancelled

    jobs.run(long, screen.on_result, screen.on_error)
    assert begun.wait(5)
    assert jobs.close()
    assert made == ["last piece"]
    assert (screen.results, screen.errors) == ([], [])


def test_receivers_and_askers_of_the_wrong_kind_are_refused(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    with pytest.raises(TypeError, match="bound method of a QObject"):
        jobs.write(lambda: 1, lambda _: None)
    with pytest.raises(TypeError, match="bound method of a QObject"):
        jobs.deliver(list[int]().append, 1)
    jobs.run(lambda _: jobs.write(lambda: 1), screen.on_result, screen.on_error)
    qtbot.waitUntil(lambda: len(screen.errors) == 1)
    assert "main thread" in str(screen.errors[0])


def test_the_screen_gets_its_thread_back_while_many_results_come(jobs: Jobs, screen: Screen, qtbot: QtBot) -> None:
    from PySide6.QtCore import QTimer

    gaps: list[float] = []
    last = [time.monotonic()]

    def beat() -> None:
        now = time.monotonic()
        gaps.append(now - last[0])
        last[0] = now

    timer = QTimer()
    timer.setInterval(0)
    timer.timeout.connect(beat)
    timer.start()
    for _ in range(5_000):
        jobs.write(lambda: time.monotonic_ns(), screen.on_result)  # noqa: PLW0108
    last[0] = time.monotonic()
    qtbot.waitUntil(lambda: len(screen.results) == 5_000, timeout=20_000)
    timer.stop()
    assert sorted(gaps)[len(gaps) // 2] < 0.016


def test_a_question_that_is_taken_up_at_once_is_answered_and_the_lane_lives_on(
    jobs: Jobs, screen: Screen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_up = threading.Event()
    put = jobs._put

    def put_and_see_it_begin(lane: object, task: object) -> None:
        put(lane, task)  # type: ignore[arg-type]
        assert taken_up.wait(5)

    monkeypatch.setattr(jobs, "_put", put_and_see_it_begin)
    jobs.read("first", taken_up.set, screen.on_result, screen.on_error)
    jobs.read("second", lambda: 2, screen.on_result, screen.on_error)
    qtbot.waitUntil(lambda: screen.results == [None, 2])
    assert screen.errors == []
