"""Applies what the centre tells: pages of the feed, and pages of a snapshot for a new or mended counter.

Law: a page and the cursor behind it are one SQLite transaction, so a crash repeats a page and never skips one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from crosssell_desktop.store import exchange_rows, only_here
from crosssell_desktop.store.exchange_rows import Applied, SnapshotPlan
from crosssell_desktop.sync.tables import HEARD, TRAVELS
from crosssell_desktop.sync.wire import PullAnswer, SnapshotAnswer

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection

KNOWN = frozenset(HEARD)
LONGEST_WRITE_MS = 16.0
"""A sale waits while a page is applied; a page that took longer makes the next ones smaller."""
ROOM = 0.75
"""Pages grow while they take less than this part of the longest; the quarter more then still fits."""
FIRST_ROWS = 100
FEWEST_ROWS = 25
YIELDS = frozenset(t.table for t in TRAVELS if t.direction == "both" and t.rule == "register")
"""Where the centre decides even against a newer version that nobody can send again."""


class Breath:
    """How many rows are applied in one write: halved when it held a sale up, a quarter more while it is short.

    It begins short, for nobody knows this machine's disk yet. ``fixed`` keeps to the most from the first page on, for
    tests that mean a certain size.
    """

    def __init__(self, most: int, *, fixed: bool = False) -> None:
        self.rows = most if fixed else min(most, FIRST_ROWS)
        self._most = most
        self._fixed = fixed
        self._of = ""

    def begin(self, entity: str) -> None:
        """Begin short again where another table's rows come: a customer is several times the work of a price."""
        if entity != self._of and not self._fixed:
            self.rows = min(self.rows, FIRST_ROWS)
        self._of = entity

    def took(self, ms: float, rows: int) -> None:
        """Learn from a write: how long it was, and of how many rows."""
        if self._fixed:
            return
        if ms > LONGEST_WRITE_MS:
            # By what was seen, so that the next page already fits; the half of the aim leaves room for bad luck.
            self.rows = max(FEWEST_ROWS, min(self.rows // 2, int(rows * LONGEST_WRITE_MS / 2 / ms)))
        elif ms < LONGEST_WRITE_MS * ROOM and rows >= self.rows:
            self.rows = min(self._most, self.rows * 5 // 4)


def take_feed(connection: Connection, heard: str | None, answer: PullAnswer, *, now_ms: int) -> Applied:
    """Apply a page of the feed and move the cursor from ``heard``; ``snapshot`` starts fetching everything anew."""
    if answer.status == "update":
        return Applied()
    if answer.status == "snapshot":
        compares = heard is not None and not _is_other_store(heard, answer.token)
        exchange_rows.put_plan(connection, SnapshotPlan(HEARD, None, answer.token, compares), now_ms)
        return Applied()
    done = exchange_rows.apply_rows(
        connection, answer.rows, known=KNOWN, token=answer.token, now_ms=now_ms, yields=YIELDS
    )
    exchange_rows.put_token(connection, answer.token, now_ms)
    return done


def _is_other_store(heard: str, told: str) -> bool:
    """Say whether the same life of the centre tells the news of another store: what was heard before is no loss."""
    (old, _, old_store), (new, _, new_store) = (token.split(":")[0].partition("/") for token in (heard, told))
    return old == new and old_store != new_store


def take_snapshot(connection: Connection, plan: SnapshotPlan, answer: SnapshotAnswer, *, now_ms: int) -> Applied:
    """Apply a page of a snapshot and note what is to come; after the last the feed goes on from before the first."""
    if plan.compares or plan.todo[0] in YIELDS:
        only_here.compare(
            connection,
            plan.todo[0],
            after=plan.after,
            upto=answer.last if answer.more else None,
            there={UUID(row.pk): row.body for row in answer.rows},
            centre_decides=plan.todo[0] in YIELDS,
            names=plan.compares,
            now_ms=now_ms,
        )
    done = exchange_rows.apply_rows(
        connection,
        answer.rows,
        known=KNOWN,
        token=f"{plan.todo[0]}:{plan.after}",
        now_ms=now_ms,
        children_may_wait=True,
        yields=YIELDS,
    )
    if answer.more:
        exchange_rows.put_plan(connection, replace(plan, after=answer.last), now_ms)
        return done
    rest = plan.todo[1:]
    if rest:
        exchange_rows.put_plan(connection, replace(plan, todo=rest, after=None), now_ms)
        return done
    exchange_rows.put_plan(connection, None, now_ms)
    if plan.then is not None:
        exchange_rows.put_token(connection, plan.then, now_ms)
    return done


def fetch_again(connection: Connection, names: frozenset[str], *, now_ms: int) -> None:
    """After an update of the program, plan to fetch the tables an older one passed over."""
    exchange_rows.forget_skipped(connection, names)
    ordered = tuple(name for name in HEARD if name in names)
    exchange_rows.put_plan(connection, SnapshotPlan(ordered, None, None), now_ms)
