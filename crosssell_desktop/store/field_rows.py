"""Saves rows whose fields have clocks of their own: two versions are merged field by field (``domain.fields``).

A register with a column ``stamps`` is such a table. A row that never was edited has no stamps, and is written as a
whole like every other register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, insert, select, update

from crosssell_desktop.domain.fields import edited, merge, put_right

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

RAW = "_raw"
"""In a row of the feed: the stamps of a clock that ran ahead, each with the one the centre put in its place."""
SEEN = "seen"
"""In an operation: the stamps the editor had in sight; nothing of it is kept in the row."""
_OTHER = frozenset({"no", "id", "ver", "stamps"})
_SLICE = 400


def is_by_field(table: Table) -> bool:
    """Say whether the rows of a table are merged field by field."""
    return "stamps" in table.columns


def fields_of(table: Table) -> tuple[str, ...]:
    """Return the columns that are merged, each with a clock of its own."""
    return tuple(column.name for column in table.columns if column.name not in _OTHER)


def save(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, tie_to_coming: bool
) -> tuple[list[Mapping[str, Any]], int]:
    """Merge the rows that need it; return the others, to be written as a whole, and how many were changed.

    Args:
        connection: the writing transaction.
        table: a table of :func:`is_by_field`.
        rows: typed rows; ``seen`` and ``_raw`` are read and not kept.
        tie_to_coming: see :func:`crosssell_desktop.domain.fields.merge`.
    """
    stamped = _stamped_ids(connection, table, [row["id"] for row in rows])
    stamped |= {row["id"] for row in rows if row.get("stamps") or RAW in row}
    whole: list[Mapping[str, Any]] = []
    changed = 0
    for row in rows:
        if row["id"] in stamped:
            changed += _merge_one(connection, table, row, tie_to_coming=tie_to_coming)
        else:
            whole.append(row)
    return whole, changed


def _stamped_ids(connection: Connection, table: Table, ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for start in range(0, len(ids), _SLICE):
        part = ids[start : start + _SLICE]
        found |= set(
            connection.execute(select(table.c.id).where(table.c.id.in_(part), table.c.stamps.is_not(None))).scalars()
        )
    return found


def row_of(connection: Connection, table: Table, id_: UUID) -> dict[str, Any] | None:
    """Return a row as it travels; None when it is not here."""
    found = connection.execute(select(table).where(table.c.id == id_)).mappings().first()
    return None if found is None else {name: value for name, value in found.items() if name != "no"}


def _merge_one(connection: Connection, table: Table, row: Mapping[str, Any], *, tie_to_coming: bool) -> int:
    coming = {name: value for name, value in row.items() if name in table.columns}
    kept = row_of(connection, table, row["id"])
    if kept is None:
        connection.execute(insert(table).values(**coming))
        return 1
    right = put_right(kept, row[RAW]) if RAW in row else kept
    merged = merge(right, coming, fields_of(table), tie_to_coming=tie_to_coming)
    if merged == kept:
        return 0
    connection.execute(update(table).where(table.c.id == row["id"]).values(**merged))
    return 1


def as_edits(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    hlc: int,
    counter_id: UUID,
    only_edited: bool = False,
) -> list[Mapping[str, Any]]:
    """Return whole rows as edits of what they change in a row that is here already; new rows stay whole.

    A file that names a new phone number must not undo what another counter changed in the name meanwhile.
    ``only_edited`` leaves rows whole that nobody has edited by hand: one look for all of them instead of one each.
    """
    edited_here = _stamped_ids(connection, table, [row["id"] for row in rows]) if only_edited else None
    found: list[Mapping[str, Any]] = []
    for row in rows:
        if edited_here is not None and row["id"] not in edited_here:
            found.append(row)
            continue
        kept = row_of(connection, table, row["id"])
        if kept is None:
            found.append(row)
            continue
        changes = {name: row[name] for name in fields_of(table) if name in row and row[name] != kept[name]}
        if changes:
            found.append(edited(kept, changes, hlc, counter_id))
    return found
