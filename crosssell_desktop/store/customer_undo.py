"""Takes a whole batch of imported customers back, but for what was worked with since.

Law: what a person did after the import stays, and is named; nothing is deleted, a card that goes becomes empty and is
found no more, so that every counter hears of it by the same exchange.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, delete, select, text, update

from crosssell_desktop.domain.fields import edited
from crosssell_desktop.store import sources
from crosssell_desktop.store.among import AMONG, EACH, ask, hexed
from crosssell_desktop.store.customer_imports import UNDONE, Known, known_cards, plain_value
from crosssell_desktop.store.find_index import FOUND_STATUSES
from crosssell_desktop.store.registers import Desk
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.catalogue import external_ref
from crosssell_desktop.store.schema.customers import contact_point, identifier
from crosssell_desktop.store.schema.imports import import_batch, import_change
from crosssell_desktop.store.unit import Unit, begin

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

CHUNK = 125
"""Rows in one transaction; taking one back costs more than bringing it in did."""

_BLANK = {
    "display_name": "",
    "family_name": "",
    "given_name": "",
    "patronymic": "",
    "birthday": "",
    "status": UNDONE,
    "household_id": None,
}
_OWN = frozenset({"contact_point", "identifier", "customer_field_lost", "import_change"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a batch stays, because it was worked with since: the row's number there, the card, its name and why."""

    external_id: str
    id: UUID
    name: str
    why: str


@dataclass(slots=True)
class Undoing:
    """What taking a batch back did; ``kept`` names what stays."""

    removed: int = 0
    restored: int = 0
    kept: list[Kept] = field(default_factory=list)


def undo_some(desk: Desk, batch: int, done: Undoing) -> bool:
    """Take back one chunk of a batch in one transaction; return whether something was left to do.

    A card the batch made goes unless another list names it too, or somebody edited it, sold to it, noted something on
    it or merged it since; in a card that was there before, each field goes back unless it was written since.
    """
    with begin(desk.database, desk.clock, desk.ids) as unit:
        connection = unit.connection
        c = import_change.c
        newest_first = select(import_change).where(c.batch_no == batch).order_by(text("rowid DESC")).limit(CHUNK)
        changed = connection.execute(newest_first).all()
        if changed:
            _restore(unit, batch, changed, done)
            return True
        e = external_ref.c
        made = connection.execute(
            select(e.source_no, e.external_id, e.id).where(e.batch_no == batch).order_by(e.id).limit(CHUNK)
        ).all()
        if made:
            _remove(unit, batch, made, done)
            return True
        connection.execute(update(import_batch).where(import_batch.c.no == batch).values(state=UNDONE))
    return False


def _remove(unit: Unit, batch: int, made: Sequence[Any], done: Undoing) -> None:
    connection = unit.connection
    ids = {row.id for row in made}
    known = known_cards(connection, ids)
    asked = hexed(one.bytes for one in ids)
    busy = _busy(connection, ids)
    named = {UUID(bytes=row.id) for row in ask(connection, _NAMED, asked, batch)}
    written: dict[UUID, set[int]] = {}
    for id_, ver in ask(connection, _WRITTEN, asked, batch):
        written.setdefault(UUID(bytes=id_), set()).add(ver)
    hlc = unit.tick()
    rows: dict[str, list[Any]] = {"customer": [], "contact_point": [], "identifier": []}
    forgotten: list[tuple[Any, ...]] = []
    disowned: list[tuple[Any, ...]] = []
    for ref in made:
        card = known.get(ref.id)
        is_here = card is not None and card.row["status"] in FOUND_STATUSES
        why = ""
        if card is not None and is_here:
            why = "named" if ref.id in named else _touched(card, written[ref.id], ref.id in busy)
        if card is not None and why:
            done.kept.append(Kept(ref.external_id, ref.id, card.row["display_name"], why))
            disowned.append((ref.source_no, ref.external_id))
            continue
        forgotten.append((ref.source_no, ref.external_id))
        if card is not None and is_here:
            done.removed += 1
            rows["customer"].append(edited(card.row, _BLANK, hlc, unit.me.counter_id))
            card.row["status"] = UNDONE
            rows["contact_point"] += [_blanked(contact_point, row, hlc) for row in card.contacts.values()]
            rows["identifier"] += [_blanked(identifier, row, hlc) for row in card.identifiers.values()]
    for statement, refs in ((_DISOWN, disowned), (sources.FORGET_CUSTOMER, forgotten)):
        if refs:
            connection.exec_driver_sql(statement, refs)
    if any(rows.values()):
        unit.record("customer_import_undone", rows)


_WRITTEN = f"SELECT e.id, e.ver FROM {EACH} external_ref AS e ON e.id = unhex(j.value) WHERE +e.batch_no = ?"  # noqa: S608  # our own text
_NAMED = (
    f"SELECT e.id FROM {EACH} external_ref AS e ON e.id = unhex(j.value) "  # noqa: S608  # our own text
    "WHERE e.entity = 'customer' AND +e.batch_no IS NOT ?"
)
"""Cards that a row of another batch is, of this list or another: they are not this batch's alone to take back."""

_DISOWN = "UPDATE external_ref SET batch_no = NULL WHERE source_no = ? AND entity = 'customer' AND external_id = ?"


def _touched(card: Known, written: Collection[int], busy: bool) -> str:  # noqa: FBT001  # one of two ways to be touched
    """Return why a card stays: ``edited`` or ``used``; nothing when only the batch wrote it, in one of its chunks.

    What was blank before the batch came is what an earlier batch, taken back, left of the same card.
    """
    first = min(written)
    all_hung = (*card.contacts.values(), *card.identifiers.values())
    hung = [row for row in all_hung if row.value or row.ver > first]
    if card.row["ver"] not in written or any(row.ver not in written for row in hung):
        return "edited"
    return "used" if busy else ""


def _blanked(table: Table, row: Any, hlc: int) -> dict[str, Any]:
    return {**{column.name: getattr(row, column.name) for column in table.columns}, "value": "", "ver": hlc}


def _restore(unit: Unit, batch: int, changed: Sequence[Any], done: Undoing) -> None:
    connection = unit.connection
    known = known_cards(connection, [row.customer_id for row in changed])
    hlc = unit.tick()
    rows: dict[str, list[Any]] = {"customer": [], "contact_point": [], "identifier": []}
    source = connection.execute(select(import_batch.c.source_no).where(import_batch.c.no == batch)).scalar_one()
    for change in changed:
        card = known.get(change.customer_id)
        e = external_ref.c
        ref = (e.source_no == source) & (e.entity == "customer") & (e.external_id == change.external_id)
        if change.was_digest:
            connection.execute(update(external_ref).where(ref).values(digest=change.was_digest))
        else:
            connection.execute(delete(external_ref).where(ref, e.batch_no == batch))
        if card is None or card.row["status"] not in FOUND_STATUSES:
            continue
        back: dict[str, Any] = {}
        for name, (before, after) in change.fields.items():
            if plain_value(card.now[name]) == after:
                back[name] = before
            else:
                done.kept.append(Kept(change.external_id, change.customer_id, card.row["display_name"], name))
        if back:
            card.changes |= back
            rows["customer"] = [one for one in rows["customer"] if one["id"] != change.customer_id]
            rows["customer"].append(edited(card.row, card.changes, hlc, unit.me.counter_id))
        for table, id_, ver in change.made:
            hung = (card.contacts if table == "contact_point" else card.identifiers).get(UUID(id_))
            if hung is not None and hung.ver == ver:
                rows[table].append(_blanked(metadata.tables[table], hung, hlc))
            elif hung is not None:
                done.kept.append(Kept(change.external_id, change.customer_id, card.row["display_name"], table))
        done.restored += 1
    if any(rows.values()):
        unit.record("customer_import_undone", rows)
    done_ids = [row.external_id for row in changed]
    connection.execute(
        delete(import_change).where(import_change.c.batch_no == batch, import_change.c.external_id.in_(done_ids))
    )


def _busy(connection: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Return the cards that a fact, a register or a receipt in the making speaks of."""
    asked = hexed(id_.bytes for id_ in ids)
    found: set[bytes] = set()
    for name in _speaking():
        if not ask(connection, f'SELECT 1 FROM "{name}" LIMIT 1'):  # noqa: S608  # our own table
            continue
        told = f'SELECT DISTINCT customer_id FROM "{name}" WHERE customer_id IN {AMONG}'  # noqa: S608  # our own table
        found |= {row.customer_id for row in ask(connection, told, asked)}
    for statement in _BUSY:
        found |= {row.id for row in ask(connection, statement, asked)}
    return {UUID(bytes=id_) for id_ in found}


@functools.cache
def _speaking() -> tuple[str, ...]:
    """Return the tables that speak of a customer beside what a batch itself writes."""
    return tuple(t.name for t in metadata.sorted_tables if t.name not in _OWN and "customer_id" in t.columns)


_BUSY = (
    f"SELECT loser_id AS id FROM customer_merge WHERE loser_id IN {AMONG}",  # noqa: S608  # our own text
    f"SELECT winner_id AS id FROM customer_merge WHERE winner_id IN {AMONG}",  # noqa: S608  # our own text
    f"SELECT c.id FROM customer AS c WHERE c.id IN {AMONG} AND EXISTS (SELECT 1 FROM history_receipt AS h WHERE h.customer_no = c.no)",  # noqa: S608, E501  # our own text
)
