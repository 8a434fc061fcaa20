"""Names what this counter holds and the centre no longer has, after the centre was put back to an older state.

Whoever made a row sends it again as long as the row's operation lives on some counter's disk. What is left is known
here only: the machine that made it is gone, or was put back itself. It is never deleted and never silent.

Law: a name stands here for as long as the centre does not have that version or a later one, and no longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, literal, or_, select, update

from crosssell_desktop.domain.fields import stamp, stamps_of
from crosssell_desktop.store.field_rows import fields_of
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.exchange import me, only_here, outbox, quarantine_up

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

NUMBERED = {"sale": "receipt_no", "return": "return_no", "shift": "shift_no"}
"""Facts that bear a human number of their counter, and where this counter keeps its last one."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A range that the centre has lost and this counter still holds: whose, of what, from where to where.

    ``first`` and ``last`` are the human numbers on paper; empty, with ``counter_id`` None, where rows bear none.
    """

    entity: str
    counter_id: UUID | None
    first: str
    last: str
    count: int

    def __str__(self) -> str:
        """Return the range as it stands in the log of the exchange."""
        numbers = (
            "" if not self.first else f" {self.first}" if self.first == self.last else f" {self.first}…{self.last}"
        )
        return f"{self.entity}{numbers} ({self.count})"


def human_number(body: Mapping[str, Any]) -> int:
    """Return the running number of a label (``K1-000042-7`` gives 42), 0 where there is none."""
    label = body.get("number")
    if isinstance(label, int):
        return label
    parts = str(label).rsplit("-", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 0  # prefix, number, check


def has_rows(connection: Connection, entity: str, after: UUID | None) -> bool:
    """Say whether this counter holds rows of a table after an id; None from the first."""
    query = f'SELECT 1 FROM "{metadata.tables[entity].name}" WHERE id > ? LIMIT 1'  # noqa: S608  # our own metadata
    return connection.exec_driver_sql(query, (b"" if after is None else after.bytes,)).first() is not None


def compare(
    connection: Connection,
    entity: str,
    *,
    after: UUID | None,
    upto: UUID | None,
    there: Mapping[UUID, Mapping[str, Any]],
    centre_decides: bool,
    names: bool,
    now_ms: int,
) -> int:
    """Compare a run of ids with a page of the centre's snapshot; name what differs and return how many that were.

    A version of ours that the centre took and put an earlier reading on gives way whether names are given or not.

    Args:
        connection: the writing transaction that applies the page.
        entity: the table.
        after: the id before the run; None from the first.
        upto: the last id of the run; None to the end.
        there: the rows of the page by id.
        centre_decides: a newer version that only this counter has gives way to the centre's and is kept with its
            name; otherwise it stays (the office's own data, which it publishes again).
        names: name what only this counter has; a counter that never heard the centre before has nothing to name.
        now_ms: UTC ms.
    """
    table = metadata.tables[entity]
    unlike = {}
    for pk, ver, stamps in _run(connection, table, after, upto):
        told = there.get(pk)
        newer = _newer(table, {"ver": ver, "stamps": stamps}, told)
        if newer:
            # Where fields have clocks of their own, a later edit may stand beside one the centre has lost.
            unlike[pk] = _Unlike(ver if told is None else max(ver, told["ver"] + 1), newer)
    coming = _on_their_way(connection, entity) if unlike else set()
    unlike = {pk: one for pk, one in unlike.items() if str(pk) not in coming}
    if centre_decides:
        # The centre has taken this very version and keeps an earlier reading in its place: nothing is lost.
        decided = [pk for pk, one in unlike.items() if pk in there and _was_taken(connection, entity, pk, one.stamps)]
        for pk in decided:
            _give_way(connection, table, pk, there[pk]["ver"], named=None)
            del unlike[pk]
    if not names:
        return 0
    for pk, one in unlike.items():
        _name(connection, entity, pk, one.ver, now_ms)
        if centre_decides and pk in there:
            _give_way(connection, table, pk, there[pk]["ver"], named=one.ver)
    return len(unlike)


@dataclass(frozen=True, slots=True)
class _Unlike:
    """A version that only this counter has: under which number it is named, and the readings the centre lacks."""

    ver: int
    stamps: frozenset[str]


def _run(connection: Connection, table: Table, after: UUID | None, upto: UUID | None) -> Iterable[Any]:
    column = table.c.id
    query = select(column, _version(table), table.c.stamps if "stamps" in table.c else literal(None))
    if after is not None:
        query = query.where(column > after)
    if upto is not None:
        query = query.where(column <= upto)
    return connection.execute(query).all()


def _newer(table: Table, here: Mapping[str, Any], there: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the readings of this counter's row that are later than the centre's, all of them where it has none."""
    mine = stamps_of(here)
    if there is None:
        return frozenset(mine.values())
    if "stamps" not in table.c or not (here["stamps"] or there.get("stamps")):
        return frozenset(mine.values()) if here["ver"] > there.get("ver", 0) else frozenset()
    theirs = stamps_of(there)
    return frozenset(stamp(mine, f) for f in fields_of(table) if stamp(mine, f) > stamp(theirs, f))


def settle(connection: Connection, told: Iterable[tuple[str, UUID, int]]) -> None:
    """Take the names off rows that the centre has after all: entity, id and version."""
    for entity, pk, ver in told:
        connection.execute(
            delete(only_here).where(only_here.c.entity == entity, only_here.c.pk == pk, only_here.c.ver <= ver)
        )


def settle_bodies(connection: Connection, bodies: Iterable[str]) -> None:
    """Take the names off rows of our own operations that the centre has taken."""
    if not is_any(connection):
        return
    for body in bodies:
        rows = json.loads(body).get("rows", {})
        settle(connection, ((name, UUID(r["id"]), r.get("ver", 0)) for name, some in rows.items() for r in some))


def give_way(connection: Connection, table: Table, told: Sequence[tuple[UUID, int]]) -> None:
    """Let the centre's older version of a register row come in where only this counter has the newer one.

    It happens once for a named version: what the centre tells after that is ordered by version again.
    """
    for pk, ver in told:
        named = connection.execute(
            select(only_here.c.ver).where(
                only_here.c.entity == table.name,
                only_here.c.pk == pk,
                only_here.c.ver > ver,
                only_here.c.body.is_(None),
            )
        ).scalar()
        here = connection.execute(select(table.c.ver).where(table.c.id == pk)).scalar()
        if named is not None and named == here:
            _give_way(connection, table, pk, ver, named=named)


def missing(connection: Connection) -> tuple[Missing, ...]:
    """Return everything named, by table; sales, returns and shifts by counter with their human numbers."""
    found: list[Missing] = []
    counted = select(only_here.c.entity, func.count()).group_by(only_here.c.entity).order_by(only_here.c.entity)
    for entity, count in connection.execute(counted):
        if entity not in NUMBERED:
            found.append(Missing(entity, None, "", "", count))
            continue
        table = metadata.tables[entity]
        by_counter: dict[UUID, list[str | int]] = {}
        query = select(table.c.counter_id, table.c.number).where(
            table.c.id.in_(select(only_here.c.pk).where(only_here.c.entity == entity))
        )
        for row in connection.execute(query):
            by_counter.setdefault(row.counter_id, []).append(row.number)
        for counter_id, numbers in sorted(by_counter.items()):
            numbers.sort(key=lambda number: human_number({"number": number}))
            found.append(Missing(entity, counter_id, str(numbers[0]), str(numbers[-1]), len(numbers)))
    return tuple(found)


def _version(table: Table) -> Any:  # a column or a constant
    return table.c.ver if "ver" in table.c else literal(0)


def is_any(connection: Connection) -> bool:
    """Say whether anything is named; almost always nothing is."""
    return connection.exec_driver_sql("SELECT 1 FROM only_here LIMIT 1").first() is not None


def _on_their_way(connection: Connection, entity: str) -> set[str]:
    """Return the ids of rows in operations the centre has not taken yet, or has put aside with a reason."""
    put_aside = select(quarantine_up.c.seq).join(me, me.c.incarnation == quarantine_up.c.incarnation)
    bodies = connection.execute(
        select(outbox.c.body).where(or_(outbox.c.acked == 0, outbox.c.seq.in_(put_aside)))
    ).scalars()
    return {row.get("id", "") for body in bodies for row in json.loads(body).get("rows", {}).get(entity, ())}


def _was_taken(connection: Connection, entity: str, pk: UUID, stamps: frozenset[str]) -> bool:
    """Say whether operations of ours that brought these readings of a row were acknowledged."""
    bodies = connection.execute(
        select(outbox.c.body).where(outbox.c.acked == 1, func.instr(outbox.c.body, str(pk)) > 0)
    ).scalars()
    rows = (row for body in bodies for row in json.loads(body).get("rows", {}).get(entity, ()))
    taken = {reading for row in rows if row.get("id") == str(pk) for reading in stamps_of(row).values()}
    return stamps <= taken


def _name(connection: Connection, entity: str, pk: UUID, ver: int, now_ms: int) -> None:
    connection.execute(
        insert(only_here).prefix_with("OR IGNORE").values(entity=entity, pk=pk, ver=ver, body=None, at=now_ms)
    )


def _give_way(connection: Connection, table: Table, pk: UUID, ver: int, *, named: int | None) -> None:
    """Put the row's version down so that the centre's comes in; keep the row with its name, where it has one."""
    if named is not None:
        row = connection.execute(select(table).where(table.c.id == pk)).mappings().one()
        kept = {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
        connection.execute(
            update(only_here)
            .where(only_here.c.entity == table.name, only_here.c.pk == pk, only_here.c.ver == named)
            .values(body=kept)
        )
    # Where fields have clocks of their own none of them may hold out against the centre's.
    yielding = {"ver": 0, "stamps": None} if "stamps" in table.c else {"ver": ver}
    connection.execute(update(table).where(table.c.id == pk).values(**yielding))
