"""Removes from this file what the typed tables no longer say: of erased people at once, of everybody by terms.

Law: each step is one short transaction, so that a sale waits for none; what was swept is noted in the same one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.store import journal, law_ddl
from crosssell_desktop.store.schema.base import canonical_json, metadata
from crosssell_desktop.store.schema.customers import customer, customer_field_lost, customer_note, need_, note_text
from crosssell_desktop.store.schema.exchange import outbox
from crosssell_desktop.store.schema.law import retired, swept, tombstone
from crosssell_desktop.store.schema.places import access
from crosssell_desktop.store.schema.selling import suggestion_input, suggestion_run

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from crosssell_desktop.store.engine import Database

T = TypeVar("T")


class Writer(Protocol):
    """Runs a short writing transaction."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Run and return."""


AT_ONCE = 200
"""Rows changed in one transaction."""
DAYS_KEPT: dict[str, int] = {"inferred": 182, "access": 3 * 365, "backup": 30}
"""Terms in days (domain rules, section 10): notes carry their own end, given when they are written."""
EVERY_MS = DAY_MS
COPIES = "backups"
"""The folder beside the database where the program keeps copies of it."""
BEFORE_UPGRADE = "*-before-*.db"
"""Copies that were made beside the database before an upgrade (``store.opening``)."""
ASIDE = "replaced-"
"""How files begin that a restore or a rescue put aside."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_STAY = frozenset({"basket", "setting", "run_log"})


def unswept(connection: Connection) -> frozenset[UUID]:
    """Return who was erased and has remains in this file."""
    done = select(swept.c.customer_id)
    rows = connection.execute(select(tombstone.c.customer_id).where(tombstone.c.customer_id.not_in(done)))
    return frozenset(rows.scalars())


def sweep_erased(database: Database, write: Writer, now_ms: int) -> int:
    """Remove what operations, quarantine and frozen inputs say of erased people, and fold the log; return how many."""
    with database.read() as connection:
        gone = unswept(connection)
        if not gone:
            return 0
        texts = frozenset(str(one) for one in gone)
        ops = [row.seq for row in connection.execute(select(outbox.c.seq, outbox.c.body)) if _names(row.body, texts)]
        rows = [(table, key) for table in _spoken() for key in _rows_naming(connection, table, texts)]
    for start in range(0, len(ops), AT_ONCE):
        some = ops[start : start + AT_ONCE]
        write(lambda c, some=some: _redact(c, some, gone))  # type: ignore[misc]
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        write(lambda c, part=part: _drop(c, part))  # type: ignore[misc]
    write(lambda c: _forget_inputs(c, gone))
    try:
        database.compact()
    except EnvironmentTrouble as trouble:
        if trouble.code != "database_busy":
            raise
        # A sale goes first; whoever is not marked as swept is swept again with the next round.
        return 0
    write(lambda c: _mark_swept(c, gone, now_ms))
    return len(gone)


def _names(text: str, ids: Collection[str]) -> bool:
    return any(found in ids for found in _ID.findall(text))


def _spoken() -> list[Table]:
    """Return the tables of this file that keep whole rows of others as text."""
    return [
        t
        for t in metadata.sorted_tables
        if t.info["kind"] == "local" and t.name not in _STAY and any(type(c.type).__name__ == "Json" for c in t.columns)
    ]


def _rows_naming(connection: Connection, table: Table, ids: Collection[str]) -> list[tuple[Any, ...]]:
    keys = list(table.primary_key.columns)
    told = [c for c in table.columns if type(c.type).__name__ == "Json"]
    return [
        tuple(row[: len(keys)])
        for row in connection.execute(select(*keys, *told))
        if _names(canonical_json(list(row[len(keys) :])), ids)
    ]


def _drop(connection: Connection, rows: Collection[tuple[Table, tuple[Any, ...]]]) -> None:
    for table, key in rows:
        connection.execute(delete(table).where(tuple_(*table.primary_key.columns) == key))


def _redact(connection: Connection, seqs: Collection[int], gone: frozenset[UUID]) -> None:
    """Take the rows of the erased out of operations; the digest of what they said stays, the salt does not."""
    personal = frozenset(law_ddl.personal_names())
    ids = frozenset(str(one) for one in gone)
    for row in connection.execute(
        select(outbox.c.seq, outbox.c.body, outbox.c.salt).where(outbox.c.seq.in_(list(seqs)))
    ).all():
        told = json.loads(row.body)
        rows = {name: _kept(name, some, ids) if name in personal else some for name, some in told["rows"].items()}
        body = canonical_json({**told, "rows": {name: some for name, some in rows.items() if some}})
        if body != row.body:
            salt = journal.kept_digest(row.salt or "", row.body)
            connection.execute(update(outbox).where(outbox.c.seq == row.seq).values(body=body, salt=salt))


def _kept(name: str, rows: list[dict[str, Any]], ids: Collection[str]) -> list[dict[str, Any]]:
    of = "id" if name == "customer" else "customer_id"
    return [row for row in rows if row.get(of) not in ids]


def _forget_inputs(connection: Connection, gone: frozenset[UUID]) -> None:
    asked = select(suggestion_run.c.input_hash).where(suggestion_run.c.customer_id.in_(gone))
    connection.execute(delete(suggestion_input).where(suggestion_input.c.input_hash.in_(asked)))


def _mark_swept(connection: Connection, gone: frozenset[UUID], now_ms: int) -> None:
    connection.execute(
        upsert(swept).on_conflict_do_nothing(), [{"customer_id": one, "at": now_ms} for one in sorted(gone)]
    )


# ------------------------------------------------------------------------------------------------------ terms


def keep_terms(database: Database, write: Writer, now_ms: int) -> int:
    """Once a day, delete what is kept for a term that is over; return how many rows went."""
    with database.read() as connection:
        last = connection.execute(select(retired.c.upto).where(retired.c.entity == "day")).scalar()
        if last is not None and now_ms - last < EVERY_MS:
            return 0
    gone = 0
    for find, remove in _TERMS:
        with database.read() as connection:
            over = find(connection, now_ms)
        for start in range(0, len(over), AT_ONCE):
            some = over[start : start + AT_ONCE]
            gone += write(lambda c, remove=remove, some=some: remove(c, some, now_ms))  # type: ignore[misc]
    write(lambda c: _mark(c, "day", now_ms))
    destroy_old_copies(database.path.parent / COPIES, now_ms)
    destroy_old_copies(database.path.parent, now_ms, BEFORE_UPGRADE)
    if gone:
        database.fold()
    return gone


def _mark(connection: Connection, entity: str, upto: int) -> None:
    statement = upsert(retired).values(entity=entity, upto=upto)
    connection.execute(statement.on_conflict_do_update(index_elements=["entity"], set_={"upto": upto}))


# What is over is looked for by the reading connection: a table of all cards is read through, and no sale waits for it.


def _notes_over(connection: Connection, now_ms: int) -> Sequence[UUID]:
    over = select(customer_note.c.id).where(customer_note.c.valid_until < now_ms)
    return connection.execute(select(note_text.c.id).where(note_text.c.id.in_(over))).scalars().all()


def _drop_notes(connection: Connection, ids: Sequence[UUID], _now_ms: int) -> int:
    return connection.execute(delete(note_text).where(note_text.c.id.in_(ids))).rowcount


def _is_old_guess(now_ms: int) -> ColumnElement[bool]:
    before = now_ms - DAYS_KEPT["inferred"] * DAY_MS
    return and_(need_.c.source == "inferred", or_(need_.c.told_at < before, need_.c.valid_until < before))


def _guesses_over(connection: Connection, now_ms: int) -> Sequence[UUID]:
    return connection.execute(select(need_.c.id).where(_is_old_guess(now_ms))).scalars().all()


def _drop_guesses(connection: Connection, ids: Sequence[UUID], now_ms: int) -> int:
    # Between look and write the customer may have said that it is so.
    gone = connection.execute(
        delete(need_).where(need_.c.id.in_(ids), _is_old_guess(now_ms)).returning(need_.c.id)
    ).scalars()
    some = gone.all()
    lost = customer_field_lost
    connection.execute(delete(lost).where(lost.c.entity == "need", lost.c.row_id.in_(some)))
    return len(some)


def _is_care_over(now_ms: int) -> ColumnElement[bool]:
    return and_(customer.c.care_until > 0, customer.c.care_until < now_ms)


def _care_over(connection: Connection, now_ms: int) -> Sequence[UUID]:
    return connection.execute(select(customer.c.id).where(_is_care_over(now_ms))).scalars().all()


def _end_care(connection: Connection, ids: Sequence[UUID], now_ms: int) -> int:
    """Take the date off cards whose care mode is over: every end does the same, so that it is nobody's edit."""
    lost = customer_field_lost
    connection.execute(delete(lost).where(lost.c.customer_id.in_(ids), lost.c.field == "care_until"))
    over = update(customer).where(customer.c.id.in_(ids), _is_care_over(now_ms))
    return connection.execute(over.values(care_until=0)).rowcount


def _looks_over(connection: Connection, now_ms: int) -> Sequence[UUID]:
    before = now_ms - DAYS_KEPT["access"] * DAY_MS
    return connection.execute(select(access.c.id).where(access.c.made_at < before)).scalars().all()


def _drop_looks(connection: Connection, ids: Sequence[UUID], now_ms: int) -> int:
    _mark(connection, "access", now_ms - DAYS_KEPT["access"] * DAY_MS)
    return connection.execute(delete(access).where(access.c.id.in_(ids))).rowcount


_TERMS: tuple[
    tuple[Callable[[Connection, int], Sequence[UUID]], Callable[[Connection, Sequence[UUID], int], int]], ...
] = (
    (_notes_over, _drop_notes),
    (_guesses_over, _drop_guesses),
    (_care_over, _end_care),
    (_looks_over, _drop_looks),
)
"""What finds rows whose term is over, and what removes them."""


def destroy_old_copies(folder: Path, now_ms: int, named: str = "*.db") -> int:
    """Destroy copies of the database older than their term: what was erased since is in them; return how many.

    A copy is overwritten before it is deleted. Copies that were carried elsewhere are whoever carried them to answer
    for; without the key they stay closed, and a restored one hears of the erased before anything else.
    """
    gone = 0
    for path in _copies(folder, named):
        if path.stat().st_mtime * 1_000 < now_ms - DAYS_KEPT["backup"] * DAY_MS:
            _destroy(path)
            gone += 1
    return gone


def replace_copies(database: Database, now_ms: int) -> int:
    """Put a copy of the file as it is in place of older copies, which still say what it does not; return how many.

    What a restore or a rescue put aside stays for its term: it may hold sales that nothing else holds.
    """
    folder = database.path.parent
    old = [path for path in _copies(folder / COPIES) if not path.name.startswith(ASIDE)]
    old += _copies(folder, BEFORE_UPGRADE)
    if old:
        fresh = folder / COPIES / f"locked-{now_ms}.db"
        fresh.parent.mkdir(exist_ok=True)
        database.backup_to(fresh)
    for path in old:
        _destroy(path)
    return len(old)


def _copies(folder: Path, named: str = "*.db") -> list[Path]:
    return sorted(folder.glob(named)) if folder.is_dir() else []


def _destroy(path: Path) -> None:
    """Overwrite a copy of the database before it is deleted."""
    for side in ("", "-wal", "-shm", "-journal"):
        part = path.with_name(path.name + side)
        if part.exists():
            with part.open("r+b") as file:
                file.write(bytes(part.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            part.unlink()
