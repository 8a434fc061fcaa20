"""Reads and writes what the exchange needs of a counter's file: outbox, cursors, rows that arrive, quarantine.

Law: rows that arrive and the cursor that says so commit together; only what was sent is marked as taken; a register
row that arrives never replaces a newer one of our own.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from crosssell_desktop.domain.fields import hlc_of
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.store import clusters, field_rows, find_index, only_here
from crosssell_desktop.store.journal import typed_row
from crosssell_desktop.store.only_here import NUMBERED, human_number
from crosssell_desktop.store.schema.base import canonical_json, metadata
from crosssell_desktop.store.schema.exchange import (
    cursor,
    me,
    outbox,
    quarantine_down,
    quarantine_up,
    skipped_entity,
    sync_log,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

FEED = "feed"
SNAPSHOT = "snapshot"
ANEW = "anew"
"""Stands for the cursor of a counter that heard the centre and must fetch everything anew: no row is called so."""
HEARD_AT = "heard"
_LOCAL_COLUMNS = frozenset({"no"})


@dataclass(frozen=True, slots=True)
class Op:
    """One operation of the outbox."""

    seq: int
    op_id: UUID
    kind: str
    schema_v: int
    body: str
    hash: str
    hlc: int
    made_at: int


@dataclass(frozen=True, slots=True)
class DownRow:
    """One row from the centre; ``pk`` and ``body`` are judged only when it is applied."""

    entity: str
    pk: str
    ver: int
    deleted: bool
    body: Any


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """What of a snapshot is still to be fetched, after which key, and where the feed goes on then.

    ``then`` is None when single tables are fetched again and the feed's own cursor stays. ``compares`` says that
    the counter had heard the centre before: what it holds and the centre does not is named on the way.
    """

    todo: tuple[str, ...]
    after: UUID | None
    then: str | None
    compares: bool = False


@dataclass(frozen=True, slots=True)
class LinkState:
    """How the file stands to the centre; ``top_seq`` is the last number ever used in this incarnation."""

    counter_id: UUID
    incarnation: UUID
    epoch: str
    proto: int
    top_seq: int
    acked_seq: int
    first_seq: int
    token: str | None
    plan: SnapshotPlan | None

    @property
    def unsent(self) -> int:
        """Operations the centre has not taken."""
        return self.top_seq - self.acked_seq


@dataclass(slots=True)
class Applied:
    """What applying a page did."""

    rows: int = 0
    quarantined: int = 0
    changes: set[str] = field(default_factory=set)

    def add(self, other: Applied) -> None:
        """Count another page."""
        self.rows += other.rows
        self.quarantined += other.quarantined
        self.changes |= other.changes


# ---------------------------------------------------------------------------------------------------- outbox


_STATE = """SELECT m.counter_id, m.incarnation, m.epoch, m.proto,
  (SELECT seq FROM sqlite_sequence WHERE name = 'outbox'),
  (SELECT seq FROM outbox WHERE acked = 1 ORDER BY seq DESC LIMIT 1),
  (SELECT min(seq) FROM outbox),
  (SELECT token FROM cursor WHERE stream = 'feed'),
  (SELECT token FROM cursor WHERE stream = 'snapshot')
FROM me m"""
"""Acknowledged operations are always a run from the first, so the scan from the end stops at the unsent ones."""


def link_state(connection: Connection) -> LinkState:
    """Read how the file stands to the centre."""
    counter_id, incarnation, epoch, proto, used, acked, first, token, planned = connection.exec_driver_sql(_STATE).one()
    if acked is None:
        acked = (used or 0) if first is None else first - 1
    plan = None
    if planned is not None:
        kept = json.loads(planned)
        after = UUID(kept["after"]) if kept["after"] else None
        plan = SnapshotPlan(tuple(kept["todo"]), after, kept["then"], kept["compares"])
    return LinkState(
        counter_id=UUID(bytes=counter_id),
        incarnation=UUID(bytes=incarnation),
        epoch=epoch,
        proto=proto,
        top_seq=int(used or 0),
        acked_seq=int(acked),
        first_seq=int(first or 0),
        token=token,
        plan=plan,
    )


def unsent(connection: Connection, after_seq: int, *, most: int, max_bytes: int) -> tuple[Op, ...]:
    """Return the next operations after a sequence number: at most ``most`` and ``max_bytes``, but at least one."""
    found: list[Op] = []
    size = 0
    for row in connection.execute(select(outbox).where(outbox.c.seq > after_seq).order_by(outbox.c.seq).limit(most)):
        size += len(row.body.encode()) + 250
        if found and size > max_bytes:
            break
        found.append(Op(row.seq, row.op_id, row.kind, row.schema_v, row.body, row.hash, row.hlc, row.made_at))
    return tuple(found)


DIGEST_MODULUS = 1 << 60


def digest_upto(connection: Connection, seq: int, *, after: int = 0, start: int = 0) -> int:
    """Return the sum over the operations up to a number, as the centre keeps it.

    Numbers alone do not tell a file from its clone: after a centre was put back, the two may fill the same numbers
    with different sales. ``after`` and ``start`` go on from a sum that is known.
    """
    rows = connection.execute(select(outbox.c.seq, outbox.c.hash).where(outbox.c.seq > after, outbox.c.seq <= seq))
    for number, digest in rows:
        start += int(hashlib.md5(f"{number}:{digest}".encode(), usedforsecurity=False).hexdigest()[:15], 16)
    return start % DIGEST_MODULUS


def ack(connection: Connection, up_to_seq: int) -> int:
    """Mark operations as taken; return how many were newly marked."""
    return connection.execute(
        update(outbox).where(outbox.c.seq <= up_to_seq, outbox.c.acked == 0).values(acked=1)
    ).rowcount


def unack_above(connection: Connection, seq: int) -> int:
    """Mark operations after a number as not taken, so that they are sent again; return how many."""
    return connection.execute(update(outbox).where(outbox.c.seq > seq, outbox.c.acked == 1).values(acked=0)).rowcount


def oldest_unsent_at(connection: Connection) -> int | None:
    """Return when the oldest operation not yet taken was made (UTC ms); None when all are taken."""
    acked = connection.execute(
        select(outbox.c.seq).where(outbox.c.acked == 1).order_by(outbox.c.seq.desc()).limit(1)
    ).scalar()
    return connection.execute(
        select(outbox.c.made_at).where(outbox.c.seq > (acked or 0)).order_by(outbox.c.seq).limit(1)
    ).scalar()


def begin_epoch(connection: Connection, epoch: str) -> None:
    """Note a new life of the centre: all that is kept is sent again and everything is fetched again."""
    connection.execute(update(me).values(epoch=epoch))
    unack_above(connection, 0)
    drop_cursors(connection)


def drop_cursors(connection: Connection) -> None:
    """Forget how far the feed was heard, but not that it was; the next look begins with a snapshot."""
    has_heard = connection.execute(delete(cursor).where(cursor.c.stream.in_((FEED, SNAPSHOT)))).rowcount
    if has_heard:
        connection.execute(insert(cursor).values(stream=FEED, token=ANEW, moved_at=0))


def reincarnate(connection: Connection, incarnation: UUID) -> int:
    """Become a new incarnation: kept operations are numbered from 1 and sent again; return how many there are.

    What the centre knows already becomes a stub there, so nothing is doubled; what it never got is not lost.
    """
    kept = [row.seq for row in connection.execute(select(outbox.c.seq).order_by(outbox.c.seq))]
    # Downward through negative numbers, so that no two rows ever bear the same one.
    connection.exec_driver_sql("UPDATE outbox SET seq = -seq, acked = 0")
    if kept:
        connection.exec_driver_sql(
            "UPDATE outbox SET seq = ? WHERE seq = ?", [(new, -old) for new, old in enumerate(kept, start=1)]
        )
        # What the centre put aside is known by its new number; what was put aside of operations no longer kept stays.
        old_name = connection.execute(select(me.c.incarnation)).scalar_one()
        connection.exec_driver_sql(
            "UPDATE OR IGNORE quarantine_up SET incarnation = ?, seq = ? WHERE incarnation = ? AND seq = ?",
            [(incarnation.bytes, new, old_name.bytes, old) for new, old in enumerate(kept, start=1)],
        )
        connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = 'outbox'", (len(kept),))
    else:
        connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'outbox'")
    connection.execute(update(me).values(incarnation=incarnation))
    drop_cursors(connection)
    return len(kept)


def note_quarantined(connection: Connection, incarnation: UUID, some: Sequence[tuple[int, str]], at_ms: int) -> int:
    """Keep what the centre put aside of ours, with its reason; return how many are new."""
    if not some:
        return 0
    statement = upsert(quarantine_up).on_conflict_do_nothing()
    before = connection.execute(select(func.count()).select_from(quarantine_up)).scalar_one()
    connection.execute(
        statement, [{"incarnation": incarnation, "seq": seq, "error": error, "at": at_ms} for seq, error in some]
    )
    return int(connection.execute(select(func.count()).select_from(quarantine_up)).scalar_one() - before)


def log_round(
    connection: Connection, *, at_ms: int, result: str, pushed: int, pulled: int, ms: int, error: str | None
) -> None:
    """Keep a round that did something or failed, for the exchange screen."""
    connection.execute(
        insert(sync_log).values(at=at_ms, result=result, pushed=pushed, pulled=pulled, ms=ms, error=error)
    )


# -------------------------------------------------------------------------------------------------- arrivals


def put_token(connection: Connection, token: str, at_ms: int) -> None:
    """Remember how far the feed has been heard; writes nothing when it has not moved."""
    _put_cursor(connection, FEED, token, at_ms)


def put_plan(connection: Connection, plan: SnapshotPlan | None, at_ms: int) -> None:
    """Remember what of a snapshot is still to come; None ends it."""
    if plan is None:
        connection.execute(delete(cursor).where(cursor.c.stream == SNAPSHOT))
        return
    kept = {
        "todo": list(plan.todo),
        "after": str(plan.after) if plan.after else None,
        "then": plan.then,
        "compares": plan.compares,
    }
    _put_cursor(connection, SNAPSHOT, canonical_json(kept), at_ms)


def heard_at(connection: Connection) -> int:
    """Return when it was last noted that the centre answered (UTC ms of this counter), 0 for never."""
    return connection.execute(select(cursor.c.moved_at).where(cursor.c.stream == HEARD_AT)).scalar() or 0


def note_heard(connection: Connection, at_ms: int) -> None:
    """Note that the centre answered, also when there was nothing to tell: silence is told from quiet by it."""
    _put_cursor(connection, HEARD_AT, str(at_ms), at_ms)


def _put_cursor(connection: Connection, stream: str, token: str, at_ms: int) -> None:
    statement = upsert(cursor).values(stream=stream, token=token, moved_at=at_ms)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[cursor.c.stream],
            set_={"token": token, "moved_at": at_ms},
            where=cursor.c.token != token,
        )
    )


def once_skipped(connection: Connection, known: frozenset[str]) -> frozenset[str]:
    """Return entities once passed over that this program knows by now."""
    return frozenset(connection.execute(select(skipped_entity.c.entity)).scalars()) & known


def forget_skipped(connection: Connection, names: frozenset[str]) -> None:
    """Forget that entities were passed over."""
    connection.execute(delete(skipped_entity).where(skipped_entity.c.entity.in_(sorted(names))))


def apply_rows(
    connection: Connection,
    rows: Sequence[DownRow],
    *,
    known: frozenset[str],
    token: str,
    now_ms: int,
    children_may_wait: bool = False,
    yields: frozenset[str] = frozenset(),
) -> Applied:
    """Put a page of rows where they belong; what cannot be applied is put aside with its reason and the rest goes on.

    Args:
        connection: the writing transaction that also moves the cursor.
        rows: the page, in the centre's order.
        known: tables this program accepts from the centre.
        token: where the page was read, for the record of what was put aside.
        now_ms: UTC ms.
        children_may_wait: in a snapshot a line may come before its sale, which then comes with the feed; such a
            row is passed over.
        yields: registers in which a version that only this counter has gives way to the centre's older one.
    """
    done = Applied()
    by_table: dict[str, list[DownRow]] = {}
    for row in rows:
        if row.entity in known and row.entity in metadata.tables:
            by_table.setdefault(row.entity, []).append(row)
        else:
            connection.execute(
                upsert(skipped_entity).values(entity=row.entity, first_token=token).on_conflict_do_nothing()
            )
    arrived: dict[str, list[Mapping[str, Any]]] = {}
    names_stand = only_here.is_any(connection)
    told: list[tuple[str, UUID, int]] = []
    newest = 0
    for table in _parents_first():
        some = by_table.get(table.name)
        if not some:
            continue
        if names_stand and table.name in yields:
            only_here.give_way(connection, table, [(UUID(row.pk), row.ver) for row in some])
        bereft = find_index.owners(connection, table, [str(row.pk) for row in some if row.deleted])
        good = _apply_table(connection, table, some, done, token, now_ms, children_may_wait=children_may_wait)
        newest = max(newest, *(row.ver for row in good), 0)
        if names_stand:
            told += [(table.name, UUID(row.pk), row.ver) for row in good]
        if table.name in find_index.FOUND_BY or table.name in clusters.TABLES:
            arrived[table.name] = [*bereft, *(typed_row(table, row.body) for row in good if not row.deleted)]
        if table.name in NUMBERED:
            _go_past_own_numbers(connection, table.name, good)
    if names_stand:
        only_here.settle(connection, told)
    if newest:
        connection.execute(update(me).where(me.c.hlc < newest).values(hlc=newest))
    find_index.refresh(connection, arrived, clusters.refresh(connection, arrived))
    return done


def _go_past_own_numbers(connection: Connection, table: str, rows: Sequence[DownRow]) -> None:
    """After a restore the counter hears its own facts again; the numbers they bear are used up."""
    own = connection.execute(select(me.c.counter_id)).scalar_one()
    used = [human_number(row.body) for row in rows if row.body.get("counter_id") == str(own)]
    if used:
        column = me.c[NUMBERED[table]]
        connection.execute(update(me).where(column < max(used)).values({column.name: max(used)}))


@functools.cache
def _parents_first() -> tuple[Table, ...]:
    return tuple(metadata.sorted_tables)


def _apply_table(
    connection: Connection,
    table: Table,
    some: Sequence[DownRow],
    done: Applied,
    token: str,
    now_ms: int,
    *,
    children_may_wait: bool,
) -> list[DownRow]:
    try:
        with connection.begin_nested():
            changed = _put(connection, table, some)
    except (DBAPIError, ValueError, TypeError, AttributeError):
        good: list[DownRow] = []
        changed = 0
        for row in some:
            try:
                with connection.begin_nested():
                    changed += _put(connection, table, [row])
                good.append(row)
            except (DBAPIError, ValueError, TypeError, AttributeError) as error:
                why = str(error.orig) if isinstance(error, DBAPIError) else f"{type(error).__name__}: {error}"
                if children_may_wait and "FOREIGN KEY" in why:
                    continue
                _set_aside(connection, row, token, why, now_ms)
                done.quarantined += 1
    else:
        good = list(some)
    done.rows += len(good)
    if changed:
        done.changes.add(table.name)
    return good


def _set_aside(connection: Connection, row: DownRow, token: str, why: str, now_ms: int) -> None:
    statement = upsert(quarantine_down).values(
        # The same row put aside again after a new snapshot is the same entry.
        id=named_id("quarantine_down", f"{row.entity}:{row.pk}:{row.ver}"),
        token=token,
        entity=row.entity,
        pk=str(row.pk),
        body=row.body,
        error=why,
        at=now_ms,
    )
    connection.execute(statement.on_conflict_do_nothing())


def _put(connection: Connection, table: Table, some: Sequence[DownRow]) -> int:
    """Insert facts and put registers to their newest version by the driver's own bulk path; return rows changed."""
    changed = 0
    if field_rows.is_by_field(table):
        some, changed = _put_fields(connection, table, some)
    start = 0
    while start < len(some):
        first = some[start]
        if first.deleted:
            changed += _delete(connection, table, first)
            start += 1
            continue
        # Rows written by programs of one version have the same columns; each run of them is one statement.
        names = tuple(sorted(first.body))
        end = start + 1
        while end < len(some) and not some[end].deleted and tuple(sorted(some[end].body)) == names:
            end += 1
        changed += _put_run(connection, table, names, some[start:end])
        start = end
    return changed


def _put_fields(connection: Connection, table: Table, some: Sequence[DownRow]) -> tuple[list[DownRow], int]:
    """Merge the rows that need it field by field; return the others."""
    coming = []
    for row in some:
        if not row.deleted:
            raw = {field_rows.RAW: row.body[field_rows.RAW]} if field_rows.RAW in row.body else {}
            coming.append({**typed_row(table, row.body), **raw})
    rest, changed = field_rows.save(connection, table, coming, tie_to_coming=True)
    left = {row["id"] for row in rest}
    return [row for row in some if row.deleted or UUID(row.body["id"]) in left], changed


def _put_right(connection: Connection, table: Table, some: Sequence[DownRow]) -> None:
    """Take back versions of a clock that ran ahead: the centre put earlier ones in their place."""
    for row in some:
        for raw, corrected in row.body[field_rows.RAW].items():
            connection.execute(
                update(table)
                .where(table.c.id == UUID(str(row.pk)), table.c.ver == hlc_of(raw))
                .values(ver=hlc_of(corrected))
            )


def _put_run(connection: Connection, table: Table, names: tuple[str, ...], some: Sequence[DownRow]) -> int:
    if field_rows.RAW in names and table.info["kind"] == "register":
        _put_right(connection, table, some)
    statement, values = _run(table, names, some)
    return connection.exec_driver_sql(statement, values).rowcount


Batch = tuple[str, list[tuple[Any, ...]]]
"""A statement and the values it is run with, in the driver's own form."""


def batches_of(rows: Sequence[DownRow]) -> list[tuple[str, Batch]]:
    """Make rows ready to be written, parents first, without a transaction: table, statement and values.

    Raises:
        ValueError, TypeError, AttributeError: a value has no form a column takes.
    """
    made: list[tuple[str, Batch]] = []
    for table in _parents_first():
        runs: dict[tuple[str, ...], list[DownRow]] = {}
        for row in rows:
            if row.entity == table.name:
                runs.setdefault(tuple(sorted(row.body)), []).append(row)
        made += [(table.name, _run(table, names, some)) for names, some in runs.items()]
    return made


def _run(table: Table, names: tuple[str, ...], some: Sequence[DownRow]) -> Batch:
    columns = [name for name in names if name in table.columns and name not in _LOCAL_COLUMNS]
    quoted = [f'"{name}"' for name in columns]
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({", ".join(quoted)}) VALUES ({marks}) ON CONFLICT (id) DO '  # noqa: S608  # names come from our own metadata
    if table.info["kind"] == "register":
        sets = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != "id")
        # An equal version is the centre's decision between two writers, so it is taken too.
        statement += f'UPDATE SET {sets} WHERE "{table.name}".ver <= excluded.ver'
    else:
        statement += "NOTHING"
    readers = [_reader(table, name) for name in columns]
    values = [
        tuple(
            None if row.body[name] is None else read(row.body[name])
            for name, read in zip(columns, readers, strict=True)
        )
        for row in some
    ]
    return statement, values


def _delete(connection: Connection, table: Table, row: DownRow) -> int:
    if table.info["kind"] != "register":
        msg = "a fact cannot be deleted"
        raise ValueError(msg)
    return connection.execute(delete(table).where(table.c.id == UUID(row.pk), table.c.ver <= row.ver)).rowcount


def _id_bytes(value: str) -> bytes:
    return UUID(value).bytes


def _as_it_is(value: Any) -> Any:  # whatever JSON carried
    return value


def _reader(table: Table, name: str) -> Callable[[Any], Any]:
    kind = type(table.columns[name].type).__name__
    readers: dict[str, Callable[[Any], Any]] = {"Id": _id_bytes, "Json": canonical_json, "Flag": int}
    return readers.get(kind, _as_it_is)


# --------------------------------------------------------------------------------------------------- looking


def quarantined_counts(connection: Connection) -> tuple[int, int]:
    """Return how many of our operations the centre put aside, and how many of its rows we did."""
    up = connection.execute(
        select(func.count()).select_from(quarantine_up).where(quarantine_up.c.resent_as.is_(None))
    ).scalar_one()
    down = connection.execute(select(func.count()).select_from(quarantine_down)).scalar_one()
    return int(up), int(down)


def contents(connection: Connection, table: str) -> dict[UUID, str]:
    """Return every row of a travelling table as canonical text by id; what both ends must agree on."""
    shape = metadata.tables[table]
    columns = [c for c in shape.columns if c.name not in _LOCAL_COLUMNS]
    found: dict[UUID, str] = {}
    for row in connection.execute(select(*columns)):
        kept = {c.name: value for c, value in zip(columns, row, strict=True)}
        found[kept["id"]] = canonical_json({k: str(v) if isinstance(v, UUID) else v for k, v in kept.items()})
    return found


def column_names(table: str) -> frozenset[str]:
    """Return the columns of a travelling table that travel."""
    return frozenset(metadata.tables[table].columns.keys()) - _LOCAL_COLUMNS


def typed(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON row with ids as UUIDs.

    Raises:
        ValueError, AttributeError: an id is none.
    """
    return typed_row(metadata.tables[table], row)
