"""Reads what can still be read of a damaged database and writes it into a fresh one (reliability rules, F6).

A page whose keyed sum is wrong stops SQLCipher for good, so the reader opens the file again after each and goes on
behind it: what lies on whole pages is found, row by row, and nothing that was torn is believed. Operations say
everything twice, in their rows and in their body, so a fact comes back from either.

Law: the damaged file is never written to.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import IntegrityError

from crosssell_desktop.store import clusters, find_index, journal
from crosssell_desktop.store.exchange_rows import ANEW, FEED
from crosssell_desktop.store.only_here import NUMBERED, human_number
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.exchange import (
    chain,
    cursor,
    me,
    only_here,
    outbox,
    quarantine_down,
    quarantine_up,
    run_log,
)
from crosssell_desktop.store.schema.finding import customer_found, find_word

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from crosssell_desktop.store.unit import Unit

PAGE = 400
_MADE_ANEW = frozenset(
    {t.name for t in (me, outbox, chain, cursor, quarantine_up, quarantine_down, customer_found, find_word)}
)
"""Local tables with a meaning of their own, or of a life of the file that ends here.

What customers are found by is made from the cards: brought over, it would say that the word index knows them already.
"""
_FARTHEST = 1 << 62
RESCUED, CLAIMED = "rescued", "claimed"


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was brought over: operations, how many of them the centre may not have, and what stayed behind."""

    operations: int
    unsent: int
    lost: tuple[tuple[int, int], ...]
    """Ranges of operations, by their numbers in the damaged file, that could not be read."""
    rows: int
    torn: tuple[str, ...]
    """Tables of which some part could not be read."""
    waiting: int
    """Operations whose rows wait for others that only the centre has."""
    passed_over: tuple[tuple[str, int], ...] = ()
    """Rows by table that were read and not taken, because others stand under their keys."""


class Wreck:
    """A damaged file, read as far as it goes."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key_hex = key.hex()
        self._raw: Any = None

    def _open(self) -> Any:
        if self._raw is None:
            raw = sqlcipher.connect(str(self._path), isolation_level=None)
            raw.execute("PRAGMA cipher_log_level=NONE")
            raw.execute(f"PRAGMA key = \"x'{self._key_hex}'\"")
            # A file that is shorter than its header says is read as far as it goes.
            raw.execute("PRAGMA writable_schema=ON")
            raw.execute("PRAGMA query_only=ON")
            self._raw = raw
        return self._raw

    def close(self) -> None:
        """Let go of the file."""
        if self._raw is not None:
            # Closing a connection whose file is torn may fail as reading it did; the handle is gone all the same.
            with contextlib.suppress(sqlcipher.Error):
                self._raw.close()
            self._raw = None

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]] | None:
        """Return the rows of a query, None when they lie on a damaged page."""
        try:
            return [tuple(row) for row in self._open().execute(query, values).fetchall()]
        except (sqlcipher.DatabaseError, UnicodeDecodeError):
            self.close()
            return None

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table as the file has them; empty when even that cannot be read."""
        return tuple(str(row[1]) for row in self.ask(f'PRAGMA table_info("{table}")') or ())

    def scan(self, table: str, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]] | None]:
        """Give the rows of a table in order of their place, in runs; a None stands for each torn part between them."""
        names = ", ".join(f'"{name}"' for name in columns)
        query = f'SELECT rowid, {names} FROM "{table}" WHERE rowid > ? ORDER BY rowid LIMIT ?'  # noqa: S608  # names from our own metadata
        after, size = -_FARTHEST, PAGE
        while True:
            rows = self.ask(query, (after, size))
            if rows is None and size > 1:
                size = max(1, size // 8)
                continue
            if rows is None:
                yield None
                behind = self._behind(query, after)
                if behind is None:
                    return
                after = behind
                continue
            if rows:
                yield [row[1:] for row in rows]
                after = rows[-1][0]
            if len(rows) < size:
                return
            size = min(PAGE, size * 8)

    def _behind(self, query: str, after: int) -> int | None:
        """Return the first place after which reading goes on; None when nothing more can be read."""
        start = max(after, 0)
        step = 1
        while self.ask(query, (start + step, 1)) is None:
            step *= 2
            if step > _FARTHEST:
                return None
        low, high = step // 2, step
        while high - low > 1:
            middle = (low + high) // 2
            if self.ask(query, (start + middle, 1)) is None:
                low = middle
            else:
                high = middle
        return start + high


def identity(wreck: Wreck) -> dict[str, Any] | None:
    """Return who the counter of the damaged file is, None when that cannot be read."""
    names = tuple(column.name for column in me.columns)
    found = wreck.ask(f"SELECT {', '.join(names)} FROM me")  # noqa: S608  # names from our own metadata
    return None if not found else dict(zip(names, found[0], strict=True))


def bring_over(connection: Connection, wreck: Wreck, who: dict[str, Any], incarnation: UUID, now_ms: int) -> Salvaged:
    """Write everything that can be read into a fresh, empty database of the same counter, as a new incarnation.

    Args:
        connection: the writing transaction of the fresh database.
        wreck: the damaged one.
        who: its :func:`identity`, or that of a backup of the same counter.
        incarnation: the new one.
        now_ms: UTC ms.
    """
    ids = {c.name for c in me.columns if type(c.type).__name__ == "Id"}
    typed = {name: UUID(bytes=bytes(value)) if name in ids else value for name, value in who.items()}
    connection.execute(insert(me).values(**typed | {"incarnation": incarnation}))
    rows, torn, passed = 0, [], []
    for table in metadata.sorted_tables:
        if table.name in _MADE_ANEW or table.dialect_options["sqlite"]["with_rowid"] is False:
            continue
        brought, is_torn, unlike = _bring_table(connection, wreck, table)
        rows += brought
        if unlike:
            passed.append((table.name, unlike))
        if is_torn:
            torn.append(table.name)
    done = _bring_operations(connection, wreck, str(who["salt"]))
    _index_again(connection)
    _go_past_numbers(connection)
    detail = {
        "operations": done.operations,
        "lost": [list(r) for r in done.lost],
        "torn": torn,
        "passed_over": dict(passed),
    }
    connection.execute(insert(run_log).values(at=now_ms, what=RESCUED, detail=detail))
    # All that the centre has is fetched, and held against what is here.
    connection.execute(insert(cursor).values(stream=FEED, token=ANEW, moved_at=0))
    return replace(done, rows=rows, torn=tuple(torn), passed_over=tuple(passed))


def _bring_table(connection: Connection, wreck: Wreck, table: Table) -> tuple[int, bool, int]:
    """Return how many rows are here now, whether some could not be read, and how many were passed over."""
    columns = [name for name in wreck.columns(table.name) if name in table.columns]
    if not columns:
        return 0, True, 0
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608  # names from our own metadata
    brought, torn, unlike = 0, False, 0
    for run in wreck.scan(table.name, columns):
        if run is None:
            torn = True
            continue
        try:
            with connection.begin_nested():
                new = connection.exec_driver_sql(statement, run).rowcount
            here = run
        except IntegrityError:
            # A parent was torn away: its children come back with it, from the operations or from the centre.
            torn, new = True, 0
            here = [row for row in run if _bring_one(connection, statement, row)]
        passed = _passed_over(connection, table.name, columns, here) if new < len(here) else 0
        brought += len(here) - passed
        unlike += passed
    return brought, torn, unlike


def _passed_over(connection: Connection, name: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Return how many of some rows do not stand in their table as they are: another has their key."""
    same = " AND ".join(f'"{column}" IS ?' for column in columns)
    query = f'SELECT 1 FROM "{name}" WHERE {same} LIMIT 1'  # noqa: S608  # names from our own metadata
    return sum(connection.exec_driver_sql(query, row).first() is None for row in rows)


def _bring_one(connection: Connection, statement: str, row: tuple[Any, ...]) -> bool:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement, [row])
    except IntegrityError:
        return False
    return True


def _bring_operations(connection: Connection, wreck: Wreck, salt: str) -> Salvaged:
    """Bring the outbox over, numbered anew, each operation only if its hash still vouches for it."""
    columns = [column.name for column in outbox.columns]
    read = wreck.columns("outbox") and [name for name in columns if name in wreck.columns("outbox")]
    linked = _whole_links(connection, wreck)
    operations = unsent = waiting = 0
    lost: list[tuple[int, int]] = []
    last = None
    for run in wreck.scan("outbox", read) if read else ():
        if run is None and last is None:
            last = 0  # Torn from the start: what went by before the first that can be read is named too.
        for values in run or ():
            op = dict(zip(read, values, strict=True))
            op_id, body = UUID(bytes=bytes(op["op_id"])), str(op["body"])
            if journal.op_hash(salt, op_id, body, str(op.get("salt") or "")) != op["hash"]:
                continue
            if last is not None and op["seq"] > last + 1:
                lost.append((last + 1, op["seq"] - 1))
            last = op["seq"]
            operations += 1
            unsent += op["acked"] == 0
            waiting += not _apply(connection, body)
            kept = {**op, "seq": operations, "acked": 0}
            names = ", ".join(kept)
            marks = ", ".join("?" * len(kept))
            connection.exec_driver_sql(f"INSERT INTO outbox ({names}) VALUES ({marks})", tuple(kept.values()))  # noqa: S608  # names from our own metadata
            if op_id not in linked:
                journal.link(connection, op_id, str(op["hash"]))
    given = wreck.ask("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
    if given and given[0][0] > (last or 0):
        lost.append(((last or 0) + 1, int(given[0][0])))
    return Salvaged(operations, unsent, tuple(lost), 0, (), waiting)


def _whole_links(connection: Connection, wreck: Wreck) -> set[UUID]:
    """Bring over the run of the chain that still verifies from its first link; return whose links these are."""
    brought: set[UUID] = set()
    head, number = journal.FIRST_HEAD, 0
    for run in wreck.scan("chain", ["no", "op_id", "fact_hash", "head"]):
        for no, op_id, fact_hash, told in run or ():
            if no != number + 1 or journal.chain_head(head, fact_hash) != told:
                return brought
            connection.exec_driver_sql(
                "INSERT INTO chain (no, op_id, fact_hash, head) VALUES (?, ?, ?, ?)", (no, op_id, fact_hash, told)
            )
            head, number = told, no
            brought.add(UUID(bytes=bytes(op_id)))
        if run is None:
            return brought
    return brought


def _apply(connection: Connection, body: str) -> bool:
    """Put the rows of an operation where they are missing; say whether they are all there now."""
    if journal.is_correction(body):
        return True
    try:
        with connection.begin_nested():
            for name, some in journal.rows_of(body).items():
                table = metadata.tables[name]
                if table.info["kind"] == "register":
                    journal.save_registers(connection, table, some)
                else:
                    connection.execute(insert(table).prefix_with("OR IGNORE"), list(some))
    except IntegrityError:
        return False
    return True


def _index_again(connection: Connection) -> None:
    for name in ("customer", "product"):
        table = metadata.tables[name]
        found = [{"id": id_} for id_ in connection.execute(table.select().with_only_columns(table.c.id)).scalars()]
        find_index.refresh(connection, {name: found})
    merges = metadata.tables["customer_merge"]
    clusters.refresh(
        connection, {"customer_merge": [dict(row) for row in connection.execute(merges.select()).mappings()]}
    )


def owes_rows(connection: Connection) -> bool:
    """Say whether this file was brought over and its rows have not been held against the centre's since."""
    last = connection.execute(
        select(run_log.c.what).where(run_log.c.what.in_([RESCUED, CLAIMED])).order_by(run_log.c.no.desc()).limit(1)
    ).scalar()
    return last == RESCUED


def claim(unit: Unit, cards: Iterable[str]) -> int:
    """Send what the centre does not have and whose operation was torn away; return how many operations that makes.

    It is called once the centre has been compared with (``only_here``): a fact of this counter that is only here goes
    up again with all that hangs on it, and so does a row of ``cards``, whoever wrote it; the centre takes one once.
    """
    connection = unit.connection
    held = _held(connection)
    named: dict[str, set[UUID]] = {}
    for entity, pk in connection.execute(select(only_here.c.entity, only_here.c.pk).where(only_here.c.body.is_(None))):
        if str(pk) not in held:
            named.setdefault(entity, set()).add(pk)
    made = 0
    for table in metadata.sorted_tables:
        if table.name in named and "counter_id" in table.c:
            for id_ in sorted(named[table.name]):
                row = dict(connection.execute(table.select().where(table.c.id == id_)).mappings().one())
                if row["counter_id"] == unit.me.counter_id:
                    unit.record_again(f"again.{table.name}", _with_children(connection, table, row, named))
                    made += 1
    for name in cards:
        for id_ in sorted(named.get(name, ())):
            table = metadata.tables[name]
            row = dict(connection.execute(table.select().where(table.c.id == id_)).mappings().one())
            unit.record_again(f"again.{name}", {name: [_as_travels(row)]})
            made += 1
    connection.execute(insert(run_log).values(at=unit.now_ms, what=CLAIMED, detail={"operations": made}))
    return made


def _held(connection: Connection) -> set[str]:
    """Return the ids of every row that an operation of this file speaks of."""
    found: set[str] = set()
    for body in connection.execute(select(outbox.c.body)).scalars():
        rows = json.loads(body).get("rows", {})
        found |= {str(row.get("id")) for some in rows.values() for row in some}
    return found


def _with_children(
    connection: Connection, table: Table, row: Mapping[str, Any], named: Mapping[str, set[UUID]]
) -> dict[str, list[dict[str, Any]]]:
    rows = {table.name: [_as_travels(row)]}
    for child in metadata.sorted_tables:
        if child.name not in named or "counter_id" in child.c:
            continue
        for column in child.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                found = connection.execute(child.select().where(column == row["id"])).mappings()
                rows.setdefault(child.name, []).extend(
                    _as_travels(dict(one)) for one in found if one["id"] in named[child.name]
                )
    return rows


def _as_travels(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "no"}


def _go_past_numbers(connection: Connection) -> None:
    """Let the next receipt, return and shift bear a number that none of ours bears."""
    own = connection.execute(me.select()).mappings().one()
    for name, column in NUMBERED.items():
        table = metadata.tables[name]
        mine = connection.execute(table.select().where(table.c.counter_id == own["counter_id"])).mappings()
        used = max((human_number(dict(row)) for row in mine), default=0)
        if used > own[column]:
            connection.execute(me.update().values({column: used}))
