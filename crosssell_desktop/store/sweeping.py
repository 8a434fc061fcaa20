"""Removes from this file what the typed tables no longer say: of erased people at once, of everybody by terms.

Law: each step is one short transaction, so that a sale waits for none; what was swept is noted in the same one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Table, delete, or_, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.store import journal, law_ddl
from crosssell_desktop.store.schema.base import canonical_json, metadata
from crosssell_desktop.store.schema.customers import customer_note, need_, note_text
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
    for act in (_old_notes, _old_guesses, _old_looks):
        while some := write(lambda c, act=act: act(c, now_ms)):  # type: ignore[misc]
            gone += some
            if some < AT_ONCE:
                break
    write(lambda c: _mark(c, "day", now_ms))
    destroy_old_copies(database.path.parent / COPIES, now_ms)
    destroy_old_copies(database.path.parent, now_ms, BEFORE_UPGRADE)
    if gone:
        database.fold()
    return gone


def _mark(connection: Connection, entity: str, upto: int) -> None:
    statement = upsert(retired).values(entity=entity, upto=upto)
    connection.execute(statement.on_conflict_do_update(index_elements=["entity"], set_={"upto": upto}))


def _old_notes(connection: Connection, now_ms: int) -> int:
    over = select(customer_note.c.id).where(customer_note.c.valid_until < now_ms)
    ids = connection.execute(select(note_text.c.id).where(note_text.c.id.in_(over)).limit(AT_ONCE)).scalars().all()
    return connection.execute(delete(note_text).where(note_text.c.id.in_(ids))).rowcount if ids else 0


def _old_guesses(connection: Connection, now_ms: int) -> int:
    before = now_ms - DAYS_KEPT["inferred"] * DAY_MS
    over = select(need_.c.id).where(
        need_.c.source == "inferred", or_(need_.c.told_at < before, need_.c.valid_until < before)
    )
    ids = connection.execute(over.limit(AT_ONCE)).scalars().all()
    return connection.execute(delete(need_).where(need_.c.id.in_(ids))).rowcount if ids else 0


def _old_looks(connection: Connection, now_ms: int) -> int:
    before = now_ms - DAYS_KEPT["access"] * DAY_MS
    ids = connection.execute(select(access.c.id).where(access.c.made_at < before).limit(AT_ONCE)).scalars().all()
    if not ids:
        return 0
    _mark(connection, "access", before)
    return connection.execute(delete(access).where(access.c.id.in_(ids))).rowcount


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
