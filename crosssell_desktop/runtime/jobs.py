"""Runs work off the screen's thread and brings every result back to it: one write lane, one read lane, a small pool.

Law: threads are made in this package only, and a result reaches a bound method of a QObject on the main thread, never
anything else: a lambda on a worker's signal runs in the worker, and a signal owned by a job dies with it before it is
delivered. So one :class:`Jobs` lives in the main thread, owns the only signal, and no result is ever lost.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from crosssell_desktop.runtime.cancel import Cancelled

T = TypeVar("T")

_log = logging.getLogger(__name__)

POOL_THREADS = 2
PROGRESS_INTERVAL_MS = 33
_DELIVERY_BUDGET_NS = 6_000_000  # the screen gets its thread back after 6 ms; the rest comes with the next event


class Job(Generic[T]):
    """One piece of work on its way; what the asker holds."""

    def __init__(self) -> None:
        self._cancel = threading.Event()
        self._finished = threading.Event()
        self._progress: object = None
        self._progress_told_at_ns = 0
        self._progress_waits = False

    def cancel(self) -> None:
        """Ask the work to stop; it stops at its next look, and neither result nor error is delivered."""
        self._cancel.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether someone asked the work to stop."""
        return self._cancel.is_set()

    @property
    def is_finished(self) -> bool:
        """Whether the work has ended, one way or the other; its result may still be on its way."""
        return self._finished.is_set()


class Progress:
    """What pool work is handed: where it reports how far it is, and learns that it should stop."""

    def __init__(self, jobs: Jobs, job: Job[object], receiver: Callable[[object], None] | None) -> None:
        self._jobs = jobs
        self._job = job
        self._receiver = receiver

    def report(self, value: object) -> None:
        """Tell how far the work is; the screen hears the latest value, about 30 times a second.

        Raises:
            Cancelled: if the work was asked to stop.
        """
        self.stop_if_cancelled()
        if self._receiver is not None:
            self._jobs._report(self._job, self._receiver, value)  # noqa: SLF001  # the other half of one thing

    def stop_if_cancelled(self) -> None:
        """Give up here if someone asked for it.

        Raises:
            Cancelled: if the work was asked to stop.
        """
        if self._job.is_cancelled:
            raise Cancelled

    def is_cancelled(self) -> bool:
        """Whether someone asked the work to stop; for code that takes a question rather than an exception."""
        return self._job.is_cancelled


@dataclass(slots=True)
class _Task:
    """Work in a lane, and what becomes of its end."""

    work: Callable[[], object]
    finish: Callable[[object, BaseException | None], None]
    is_wanted: Callable[[], bool]


class _Lane:
    """Threads that take tasks from one queue in the order they came."""

    def __init__(self, name: str, threads: int, *, daemon: bool) -> None:
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{n}" if threads > 1 else name, daemon=daemon)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, task: _Task) -> None:
        self._queue.put(task)

    def holds(self, thread: threading.Thread) -> bool:
        return thread in self._threads

    def end(self) -> None:
        """Let the threads finish what is queued and go."""
        for _ in self._threads:
            self._queue.put(None)

    def join(self, until_s: float | None) -> bool:
        for thread in self._threads:
            thread.join(None if until_s is None else max(0.0, until_s - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            _do(task)
            # Kept by this frame until the next one comes, what it holds would live on and be freed on this thread.
            del task


def _do(task: _Task) -> None:
    if not task.is_wanted():
        task.finish(None, Cancelled())
        return
    try:
        value = task.work()
    except BaseException as error:  # noqa: BLE001  # it goes to its asker or to the home of errors
        task.finish(None, error)
    else:
        task.finish(value, None)


class Jobs(QObject):
    """The bridge between the screen and work; one in the program, made on the main thread.

    *Write lane*: one thread, in order, never dropped, drained at closing; the only user of the writer connection.
    *Read lane*: one thread; a newer ticket of the same key replaces older ones, queued, running or answered.
    *Pool*: two threads for long work that may be cancelled and reports progress.

    ``errors`` is the home of errors nobody asked for; it is called on the main thread.
    """

    _wake = Signal()

    def __init__(self, errors: Callable[[BaseException], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errors = errors
        self._home = threading.current_thread()
        self._deliveries: deque[Callable[[], None]] = deque()
        self._wake_lock = threading.Lock()
        self._wake_sent = False
        self._tickets: dict[str, int] = {}
        self._late: list[tuple[Job[object], Callable[[object], None]]] = []
        self._running: set[Job[object]] = set()
        self._closed = False
        self._late_timer = QTimer(self)
        self._late_timer.setSingleShot(True)
        self._late_timer.setInterval(PROGRESS_INTERVAL_MS)
        self._late_timer.timeout.connect(self._tell_late_progress)
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # The write lane is no daemon: the process does not end over an unsaved sale.
        self._write_lane = _Lane("write-lane", 1, daemon=False)
        self._read_lane = _Lane("read-lane", 1, daemon=True)
        self._pool = _Lane("pool", POOL_THREADS, daemon=True)

    # --- asking, on the main thread

    def write(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> Job[T]:
        """Do a change in the write lane, after all changes asked for before; it is done even if the asker is gone.

        ``done`` and ``failed`` are bound methods of QObjects.

        Raises:
            RuntimeError: after :meth:`close`, or on another thread (there, use :meth:`write_and_wait`).
            TypeError: if a receiver is not a bound method of a QObject.
        """
        return self._ask(self._write_lane, lambda _: work(), done, failed, None)

    def read(
        self,
        key: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> Job[T]:
        """Answer a question in the read lane; a newer question of the same key makes this one's answer go away.

        Raises:
            RuntimeError: after :meth:`close`, or on another thread.
            TypeError: if a receiver is not a bound method of a QObject.
        """
        number = self._tickets.get(key, 0) + 1

        def is_current() -> bool:
            # The lane may take the question up before its ticket is written down below.
            return self._tickets.get(key, 0) <= number

        job = self._ask(self._read_lane, lambda _: work(), done, failed, None, is_current)
        self._tickets[key] = number
        return job

    def drop(self, key: str) -> None:
        """Make the answers of a key go away, as when its screen no longer shows the question."""
        self._tickets[key] = self._tickets.get(key, 0) + 1

    def run(
        self,
        work: Callable[[Progress], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
        progress: Callable[[object], None] | None = None,
    ) -> Job[T]:
        """Do long work in the pool.

        Raises:
            RuntimeError: after :meth:`close`, or on another thread.
            TypeError: if a receiver is not a bound method of a QObject.
        """
        return self._ask(self._pool, work, done, failed, progress)

    # --- from any thread

    def write_and_wait(self, work: Callable[[], T]) -> T:
        """Do a change in the write lane and wait for it; for the exchange and for imports, in small pieces.

        Waiting is what keeps long work fair: a sale asked for meanwhile is behind one piece, not behind all.

        Raises:
            RuntimeError: on the main thread, which never waits, or after :meth:`close`.
            BaseException: whatever the work raised.
        """
        here = threading.current_thread()
        if self._write_lane.holds(here):
            return work()
        if here is self._home:
            raise RuntimeError("the screen's thread does not wait for the write lane")
        future: Future[T] = Future()

        def finish(value: object, error: BaseException | None) -> None:
            if error is None:
                future.set_result(value)  # type: ignore[arg-type]  # the lane hands back what work returned
            else:
                future.set_exception(error)

        self._put(self._write_lane, _Task(work, finish, lambda: True))
        return future.result()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Have the write lane to oneself, for one transaction of pool work that cannot be handed over as a function.

        The lane stands still meanwhile, so a turn is as short as a piece of :meth:`write_and_wait`.

        Raises:
            RuntimeError: on the main thread, which never waits, or after :meth:`close`.
        """
        here = threading.current_thread()
        if self._write_lane.holds(here):
            yield
            return
        if here is self._home:
            raise RuntimeError("the screen's thread does not wait for the write lane")
        begun, ended = threading.Event(), threading.Event()

        def stand_still() -> None:
            begun.set()
            ended.wait()

        self._put(self._write_lane, _Task(stand_still, lambda _value, _error: None, lambda: True))
        begun.wait()
        try:
            yield
        finally:
            ended.set()

    def deliver(self, receiver: Callable[[T], None], value: T) -> None:
        """Call a bound method of a QObject on the main thread, soon and in order; nothing happens if it is gone.

        Raises:
            TypeError: if the receiver is not a bound method of a QObject.
        """
        _check_receiver(receiver)
        self._queue(lambda: _call(receiver, value))

    # --- the end

    def close(self, timeout_s: float = 5.0) -> bool:
        """Stop taking work, finish every change of the write lane however long it takes, deliver what came of it.

        Reads go away, pool work is cancelled and waited for ``timeout_s`` at most. Returns whether all threads ended.
        """
        if self._closed:
            return True
        self._closed = True
        for job in list(self._running):
            job.cancel()
        for key in self._tickets:
            self._tickets[key] += 1
        self._pool.end()
        self._read_lane.end()
        until_s = time.monotonic() + timeout_s
        # Pool work may be waiting for the write lane, so that one goes on until the pool is through.
        ended = self._pool.join(until_s)
        ended = self._read_lane.join(until_s) and ended
        self._write_lane.end()
        self._write_lane.join(None)
        self._late_timer.stop()
        self._tell_late_progress()
        while self._deliveries:
            self._deliver_one()
        return ended

    # --- how it works

    def _ask(
        self,
        lane: _Lane,
        work: Callable[[Progress], T],
        done: Callable[[T], None] | None,
        failed: Callable[[BaseException], None] | None,
        progress: Callable[[object], None] | None,
        is_current: Callable[[], bool] = lambda: True,
    ) -> Job[T]:
        for receiver in (done, failed, progress):
            if receiver is not None:
                _check_receiver(receiver)
        if threading.current_thread() is not self._home:
            raise RuntimeError("work is asked for on the main thread")
        job: Job[T] = Job()
        handle: Job[object] = job  # type: ignore[assignment]  # what is kept of it has nothing to do with T
        may_stop = lane is not self._write_lane

        def is_wanted() -> bool:
            return not may_stop or (is_current() and not job.is_cancelled)

        def finish(value: object, error: BaseException | None) -> None:
            job._finished.set()  # noqa: SLF001

            def tell() -> None:
                self._running.discard(handle)
                self._tell_late_progress_of(handle)
                if not is_wanted() or isinstance(error, Cancelled):
                    return
                if error is None:
                    if done is not None:
                        _call(done, value)  # type: ignore[arg-type]  # the lane hands back what work returned
                elif failed is not None and _is_alive(failed):
                    _call(failed, error)
                else:
                    self._errors(error)

            self._queue(tell)

        self._put(lane, _Task(lambda: work(Progress(self, handle, progress)), finish, is_wanted))
        self._running.add(handle)
        return job

    def _put(self, lane: _Lane, task: _Task) -> None:
        # Pool work that is winding down may still save its last piece.
        if self._closed and not (lane is self._write_lane and self._pool.holds(threading.current_thread())):
            raise RuntimeError("the program is closing and takes no more work")
        lane.put(task)

    def _queue(self, delivery: Callable[[], None]) -> None:
        with self._wake_lock:
            self._deliveries.append(delivery)
            if self._wake_sent:
                return
            self._wake_sent = True
        if isValid(self):
            self._wake.emit()

    @Slot()
    def _deliver(self) -> None:
        end_ns = time.monotonic_ns() + _DELIVERY_BUDGET_NS
        while True:
            with self._wake_lock:
                if not self._deliveries:
                    self._wake_sent = False
                    return
            self._deliver_one()
            if time.monotonic_ns() >= end_ns:
                self._wake.emit()
                return

    def _deliver_one(self) -> None:
        delivery = self._deliveries.popleft()
        try:
            delivery()
        except Exception:  # noqa: BLE001  # a fault in one receiver must not cost the others their results
            sys.excepthook(*sys.exc_info())

    def _report(self, job: Job[object], receiver: Callable[[object], None], value: object) -> None:
        with self._wake_lock:
            job._progress = value  # noqa: SLF001
            if job._progress_waits:  # noqa: SLF001
                return
            job._progress_waits = True  # noqa: SLF001
        self._queue(lambda: self._tell_progress(job, receiver))

    def _tell_progress(self, job: Job[object], receiver: Callable[[object], None]) -> None:
        past_ns = time.monotonic_ns() - job._progress_told_at_ns  # noqa: SLF001
        if past_ns < PROGRESS_INTERVAL_MS * 1_000_000:
            self._late.append((job, receiver))
            if not self._late_timer.isActive():
                self._late_timer.start()
            return
        self._tell_latest(job, receiver)

    def _tell_latest(self, job: Job[object], receiver: Callable[[object], None]) -> None:
        with self._wake_lock:
            value = job._progress  # noqa: SLF001
            job._progress_waits = False  # noqa: SLF001
        job._progress_told_at_ns = time.monotonic_ns()  # noqa: SLF001
        if not job.is_cancelled:
            _call(receiver, value)

    def _tell_late_progress(self) -> None:
        late, self._late = self._late, []
        for job, receiver in late:
            self._tell_latest(job, receiver)

    def _tell_late_progress_of(self, job: Job[object]) -> None:
        for entry in [entry for entry in self._late if entry[0] is job]:
            self._late.remove(entry)
            self._tell_latest(*entry)


def _check_receiver(receiver: Callable[..., None]) -> None:
    if not inspect.ismethod(receiver) or not isinstance(receiver.__self__, QObject):
        raise TypeError(f"a result goes to a bound method of a QObject, not to {receiver!r}")


def _is_alive(receiver: Callable[..., None]) -> bool:
    return isValid(receiver.__self__)  # type: ignore[attr-defined]  # checked when it was handed in


def _call(receiver: Callable[[T], None], value: T) -> None:
    if _is_alive(receiver):
        receiver(value)
    else:
        _log.debug("a late result found nobody at %s", getattr(receiver, "__qualname__", receiver))
