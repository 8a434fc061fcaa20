"""One exchange with the centre: push and pull in one round trip, healing, snapshots, until nothing is left to do.

Law: a round holds no transaction while it waits for the network, and stopping between two steps loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.store import exchange_rows, only_here, salvage
from crosssell_desktop.store.exchange_rows import Applied, LinkState, Op, SnapshotPlan
from crosssell_desktop.store.only_here import Missing
from crosssell_desktop.store.unit import begin
from crosssell_desktop.sync import house, pull, push
from crosssell_desktop.sync.lease import PERSONAL, LeaseWatch
from crosssell_desktop.sync.link import AccessRefused, BatchRefused, BatchTooSlow, CentreAway
from crosssell_desktop.sync.pull import Breath
from crosssell_desktop.sync.push import LostRange, Pace, Taken
from crosssell_desktop.sync.transport import PullTrouble, Transport
from crosssell_desktop.sync.wire import (
    MAX_BYTES,
    PAGE,
    PullAnswer,
    PullCall,
    PushAnswer,
    PushCall,
    encode_ops,
    encode_unreadable,
)

if TYPE_CHECKING:
    from crosssell_desktop.store.engine import Database
    from crosssell_desktop.store.unit import Connection

T = TypeVar("T")

MAX_STEPS = 400
"""Round trips in one round: enough for a month offline; what is left goes in the next round."""


class Writer(Protocol):
    """Runs a short writing transaction on the lane where writing is done, and waits for it."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Run ``work`` in one transaction and return its result."""


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What a round did; ``unsent`` is what is left, ``changes`` the tables in which something arrived.

    ``healed`` names what had to be mended: ``epoch``, ``resend``, ``reincarnated``, ``snapshot``, and ``unlocked``
    after a lease that was over; ``lost`` names
    ranges of sequence numbers that neither the centre nor the file has. ``update_wanted`` says that the centre no
    longer tells news to a program this old (it still takes its sales). ``retry_after_s`` is the centre's wish.
    ``only_here`` is told by the round that compared with a centre put back: what it has lost and this file has.
    """

    pushed: int
    pulled: int
    round_trips: int
    quarantined: int
    unsent: int
    ms: int
    changes: frozenset[str]
    healed: tuple[str, ...] = ()
    lost: tuple[LostRange, ...] = ()
    update_wanted: bool = False
    retry_after_s: int = 0
    only_here: tuple[Missing, ...] = ()


def _never() -> bool:
    return False


class Exchange:
    """A counter's exchange with its centre; keeps the pace between rounds. One thread at a time.

    Args:
        database: the counter's file, read here.
        transport: the way to the centre.
        clock: for the record of when.
        ids: for a new incarnation.
        write: runs a writing transaction on the write lane; by default right here.
        page: rows in a page; by default as many as a sale does not notice.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        clock: Clock,
        ids: IdSource,
        *,
        write: Writer | None = None,
        page: int | None = None,
    ) -> None:
        self._database = database
        self._transport = transport
        self._clock = clock
        self._ids = ids
        self._write = write or self._write_here
        self._breath = Breath(PAGE if page is None else page, fixed=page is not None)
        self.pace = Pace()
        self._ahead: tuple[str | None, str | None] = (None, None)
        self._server_ms = 0
        self._ahead_ms = 0
        self._summed: tuple[UUID | None, int, int] = (None, 0, 0)
        self._lease = LeaseWatch(database, self._write, clock)

    def _write_here(self, work: Callable[[Connection], T], /) -> T:
        with self._database.write() as connection:
            return work(connection)

    def close(self) -> None:
        """Let go of the connection to the centre."""
        self._transport.close()

    def round(self, is_stopping: Callable[[], bool] = _never, *, max_steps: int = MAX_STEPS) -> RoundResult:
        """Exchange until nothing is left, the limit of steps is reached, or ``is_stopping`` says so.

        Raises:
            CentreAway: no answer; what was done so far is kept, the rest goes next time.
            AccessRefused: the centre refuses this counter.
        """
        self._lease.count()
        try:
            return self._round(is_stopping, max_steps)
        except (CentreAway, AccessRefused):
            self._lease.enforce()
            raise

    def _round(self, is_stopping: Callable[[], bool], max_steps: int) -> RoundResult:
        started = time.perf_counter()
        tally = _Tally(self._transport.round_trips)
        if self._lease.reopen(self._transport):
            tally.healed.append("unlocked")
            tally.applied.changes |= PERSONAL
        # A price that counts from Monday counts on Monday, with or without the centre.
        tally.applied.add(house.flip_due(self._database, self._write, self._clock.now_ms() - self._ahead_ms))
        self._fetch_once_skipped()
        more = True
        while more and tally.steps < max_steps and not is_stopping():
            tally.steps += 1
            more = self._step(tally)
        self._keep_house(tally)
        if tally.has_compared:
            self._claim()
        with self._database.read() as connection:
            unsent = exchange_rows.link_state(connection).unsent
            missing = only_here.missing(connection) if tally.has_compared else ()
        result = RoundResult(
            pushed=tally.pushed,
            pulled=tally.applied.rows,
            round_trips=self._transport.round_trips - tally.first_trip,
            quarantined=tally.quarantined + tally.applied.quarantined,
            unsent=unsent,
            ms=round((time.perf_counter() - started) * 1_000),
            changes=frozenset(tally.applied.changes),
            healed=tuple(tally.healed),
            lost=tuple(tally.lost),
            update_wanted=tally.update_wanted,
            retry_after_s=tally.retry_after_s,
            only_here=missing,
        )
        if result.pushed or result.pulled or result.quarantined or result.healed or result.only_here:
            self._write(lambda c: self._log(c, result))
        return result

    def _keep_house(self, tally: _Tally) -> None:
        if self._server_ms:
            self._ahead_ms = self._clock.now_ms() - self._server_ms
            tally.applied.add(house.flip_due(self._database, self._write, self._server_ms))
            house.retire(self._database, self._write, self._server_ms)
            house.note_heard(self._database, self._write, self._clock.now_ms())
            self._lease.renew(self._transport)

    def _claim(self) -> None:
        """Once all was compared, let a file that was brought over send what the centre lacks (``store.salvage``)."""
        with self._database.read() as connection:
            is_due = salvage.owes_rows(connection) and exchange_rows.link_state(connection).plan is None
        if is_due:
            with begin(self._database, self._clock, self._ids) as unit:
                salvage.claim(unit, sorted(pull.YIELDS))

    def _log(self, connection: Connection, result: RoundResult) -> None:
        exchange_rows.log_round(
            connection,
            at_ms=self._clock.now_ms(),
            result=",".join(("ok", *result.healed)),
            pushed=result.pushed,
            pulled=result.pulled,
            ms=result.ms,
            error=", ".join(map(str, (*result.lost, *result.only_here))) or None,
        )

    def _fetch_once_skipped(self) -> None:
        with self._database.read() as connection:
            names = exchange_rows.once_skipped(connection, pull.KNOWN)
            is_busy = exchange_rows.link_state(connection).plan is not None if names else False
        if names and not is_busy:
            self._write(lambda c: pull.fetch_again(c, names, now_ms=self._clock.now_ms()))

    def _step(self, tally: _Tally) -> bool:
        """Do one round trip and its writes; return whether another is wanted."""
        with self._database.read() as connection:
            state = exchange_rows.link_state(connection)
            ops = exchange_rows.unsent(connection, state.acked_seq, most=self.pace.ops, max_bytes=MAX_BYTES)
        if state.plan is not None and not ops:
            return self._snapshot_step(state.plan, tally)
        answers = self._ask(state, ops)
        if answers is None:
            return True
        pushed, pulled = answers
        self._server_ms = pushed.server_ms
        tally.retry_after_s = pushed.retry_after_s
        page = pulled if isinstance(pulled, PullAnswer) else None
        own_digest = self._digest(state, pushed)
        if (
            not ops
            and pushed.status == "ok"
            and pushed.acked == state.acked_seq
            and own_digest in {None, pushed.digest}
            and _is_empty(page)
        ):
            # Nothing came and nothing went: the horizon that moved is remembered without a write.
            self._ahead = (state.token, page.token if page is not None else None)
            return False
        new_incarnation = self._ids.new()
        now_ms = self._clock.now_ms()

        def write(connection: Connection) -> tuple[Taken, Applied]:
            taken = push.take_answer(
                connection,
                state=state,
                sent=ops,
                answer=pushed,
                new_incarnation=new_incarnation,
                now_ms=now_ms,
                own_digest=own_digest,
            )
            if taken.healing != "none" or page is None:
                return taken, Applied()
            started = time.perf_counter()
            heard = pull.take_feed(connection, state.token, page, now_ms=now_ms)
            self._breath.took((time.perf_counter() - started) * 1_000, len(page.rows))
            return taken, heard

        taken, applied = self._write(write)
        tally.take(taken, applied)
        if isinstance(pulled, PullTrouble):
            raise pulled.error
        if ops and taken.healing == "none":
            self.pace.faster()
        if page is None or taken.healing != "none":
            return True
        if page.status == "snapshot":
            tally.healed.append("snapshot")
        tally.update_wanted = page.status == "update"
        return page.status == "snapshot" or page.more or (bool(ops) and ops[-1].seq < state.top_seq)

    def _digest(self, state: LinkState, answer: PushAnswer) -> int | None:
        """Return the file's own sum up to the answer's number; None where the file has not all of them."""
        if answer.status != "ok" or state.first_seq > 1 or answer.acked > state.top_seq:
            return None
        incarnation, seq, digest = self._summed
        if incarnation != state.incarnation or seq > answer.acked:
            seq, digest = 0, 0
        if seq < answer.acked:
            with self._database.read() as connection:
                digest = exchange_rows.digest_upto(connection, answer.acked, after=seq, start=digest)
        self._summed = (state.incarnation, answer.acked, digest)
        return digest

    def _ask(self, state: LinkState, ops: tuple[Op, ...]) -> tuple[PushAnswer, PullAnswer | PullTrouble | None] | None:
        """Make the round trip; None when the batch was refused and a smaller one is to be tried."""
        token = self._ahead[1] if state.token is not None and self._ahead[0] == state.token else state.token
        wanted = None if state.plan is not None else PullCall(token, self._breath.rows)
        try:
            return self._transport.exchange(
                PushCall(state.incarnation, state.epoch, state.proto, encode_ops(ops)), wanted
            )
        except BatchTooSlow:
            self.pace.slower()
            raise
        except BatchRefused as error:
            if len(ops) > 1:
                self.pace.slower()
                return None
            if not ops:
                raise CentreAway(str(error)) from error
        # This one operation cannot be read there: it is kept there as text, so that the others can pass.
        try:
            return self._transport.exchange(
                PushCall(state.incarnation, state.epoch, state.proto, encode_unreadable(ops[0])), None
            )
        except BatchRefused as error:
            raise CentreAway(str(error)) from error

    def _snapshot_step(self, plan: SnapshotPlan, tally: _Tally) -> bool:
        self._breath.begin(plan.todo[0])
        answer = self._transport.snapshot(plan.todo[0], plan.after, self._breath.rows)
        while not answer.rows and len(plan.todo) > 1 and not self._has_rows(plan):
            # A table that is empty at both ends is no reason to write.
            plan = replace(plan, todo=plan.todo[1:], after=None)
            self._breath.begin(plan.todo[0])
            answer = self._transport.snapshot(plan.todo[0], plan.after, self._breath.rows)
        now_ms = self._clock.now_ms()
        reached = plan

        def write(connection: Connection) -> Applied:
            started = time.perf_counter()
            done = pull.take_snapshot(connection, reached, answer, now_ms=now_ms)
            self._breath.took((time.perf_counter() - started) * 1_000, len(answer.rows))
            return done

        applied = self._write(write)
        tally.applied.add(applied)
        tally.has_compared = tally.has_compared or plan.compares
        return True

    def _has_rows(self, plan: SnapshotPlan) -> bool:
        """Say whether there is anything to compare with an empty page."""
        if not plan.compares:
            return False
        with self._database.read() as connection:
            return only_here.has_rows(connection, plan.todo[0], plan.after)


def _is_empty(page: PullAnswer | None) -> bool:
    return page is not None and page.status == "ok" and not page.rows


class _Tally:
    """What a round has done so far."""

    def __init__(self, first_trip: int) -> None:
        self.first_trip = first_trip
        self.steps = 0
        self.pushed = 0
        self.quarantined = 0
        self.applied = Applied()
        self.healed: list[str] = []
        self.lost: list[LostRange] = []
        self.has_compared = False
        self.update_wanted = False
        self.retry_after_s = 0

    def take(self, taken: Taken, applied: Applied) -> None:
        """Count a step."""
        self.pushed += taken.acked
        self.quarantined += taken.quarantined
        self.applied.add(applied)
        if taken.healing != "none":
            self.healed.append(taken.healing)
        if taken.lost is not None:
            self.lost.append(taken.lost)
