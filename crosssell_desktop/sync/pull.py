"""Applies what the centre tells: pages of the feed, and pages of a snapshot for a new or mended counter.

Law: a page and the cursor behind it are one SQLite transaction, so a crash repeats a page and never skips one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosssell_desktop.store import exchange_rows
from crosssell_desktop.store.exchange_rows import Applied, SnapshotPlan
from crosssell_desktop.sync.tables import HEARD
from crosssell_desktop.sync.wire import PullAnswer, SnapshotAnswer

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection

KNOWN = frozenset(HEARD)


def take_feed(connection: Connection, answer: PullAnswer, *, now_ms: int) -> Applied:
    """Apply a page of the feed and move the cursor; ``snapshot`` starts fetching everything anew."""
    if answer.status == "update":
        return Applied()
    if answer.status == "snapshot":
        exchange_rows.put_plan(connection, SnapshotPlan(HEARD, None, answer.token), now_ms)
        return Applied()
    done = exchange_rows.apply_rows(connection, answer.rows, known=KNOWN, token=answer.token, now_ms=now_ms)
    exchange_rows.put_token(connection, answer.token, now_ms)
    return done


def take_snapshot(connection: Connection, plan: SnapshotPlan, answer: SnapshotAnswer, *, now_ms: int) -> Applied:
    """Apply a page of a snapshot and note what is to come; after the last the feed goes on from before the first."""
    done = exchange_rows.apply_rows(
        connection,
        answer.rows,
        known=KNOWN,
        token=f"{plan.todo[0]}:{plan.after}",
        now_ms=now_ms,
        children_may_wait=True,
    )
    if answer.more:
        exchange_rows.put_plan(connection, SnapshotPlan(plan.todo, answer.last, plan.then), now_ms)
        return done
    rest = plan.todo[1:]
    if rest:
        exchange_rows.put_plan(connection, SnapshotPlan(rest, None, plan.then), now_ms)
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
