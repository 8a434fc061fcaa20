"""Saves rows whose fields have clocks of their own: two versions are merged field by field (``domain.fields``).

A register with a column ``stamps`` is such a table. A row that never was edited has no stamps, and is written as a
whole like every other register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update

from crosssell_desktop.domain.fields import edited, merge, put_right
from crosssell_desktop.store.among import AMONG, ask, hexed

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
    whole = [row for row in rows if row["id"] not in stamped]
    if not stamped:
        return whole, 0
    kept = _rows_of(connection, table, stamped)
    new: dict[UUID, dict[str, Any]] = {}
    merged: dict[UUID, dict[str, Any]] = {}
    changed = 0
    for row in rows:
        if row["id"] not in stamped:
            continue
        coming = {name: value for name, value in row.items() if name in table.columns}
        here = kept.get(row["id"])
        if here is None:
            new[row["id"]] = kept[row["id"]] = coming
            changed += 1
            continue
        right = put_right(here, row[RAW]) if RAW in row else here
        both = merge(right, coming, fields_of(table), tie_to_coming=tie_to_coming)
        if both != here:
            kept[row["id"]] = both
            (new if row["id"] in new else merged)[row["id"]] = both
            changed += 1
    for names, alike in groupby(new.values(), key=tuple):
        connection.execute(insert(table).values({name: bindparam(name) for name in names}), list(alike))
    if merged:
        _update(connection, table, list(merged.values()))
    return whole, changed


def row_of(connection: Connection, table: Table, id_: UUID) -> dict[str, Any] | None:
    """Return a row as it travels; None when it is not here."""
    return _rows_of(connection, table, [id_]).get(id_)


def _update(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = [column.name for column in table.columns if column.name not in {"no", "id"}]
    put = update(table).where(table.c.id == bindparam("_id")).values({name: bindparam(f"_{name}") for name in names})
    connection.execute(put, [{f"_{name}": row[name] for name in ("id", *names)} for row in rows])


def _rows_of(connection: Connection, table: Table, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return those of some rows that are here, as they travel."""
    found: dict[UUID, dict[str, Any]] = {}
    for part in _slices(ids):
        for row in connection.execute(select(table).where(table.c.id.in_(part))).mappings():
            found[row["id"]] = {name: value for name, value in row.items() if name != "no"}
    return found


def _stamped_ids(connection: Connection, table: Table, ids: Iterable[UUID]) -> set[UUID]:
    stamped = f'SELECT id FROM "{table.name}" WHERE id IN {AMONG} AND stamps IS NOT NULL'  # noqa: S608  # our own table
    return {UUID(bytes=row.id) for row in ask(connection, stamped, hexed(id_.bytes for id_ in ids))}


def _slices(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), _SLICE):
        yield wanted[start : start + _SLICE]


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
    ids = [row["id"] for row in rows]
    kept = _rows_of(connection, table, _stamped_ids(connection, table, ids) if only_edited else ids)
    found: list[Mapping[str, Any]] = []
    for row in rows:
        here = kept.get(row["id"])
        if here is None:
            found.append(row)
            continue
        changes = {name: row[name] for name in fields_of(table) if name in row and row[name] != here[name]}
        if changes:
            found.append(edited(here, changes, hlc, counter_id))
    return found
