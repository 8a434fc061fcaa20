"""Two versions of one card become one, field by field: the later edit of each field wins, in whatever order they come.

A row carries ``stamps``: for each field the reading of the hybrid clock of its last edit with the counter that made
it, ``"*"`` for all fields that are not named. A row without stamps (an import, a card never edited) was written as a
whole at its ``ver``. The centre does the same in SQL (``sync/centre_ddl``); a test holds the two against each other.

Law: :func:`merge` is commutative, associative and idempotent over stamps that are not reused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

REST = "*"
"""The stamp of every field that has none of its own."""
_DIGITS = 16


def stamp_of(hlc: int, counter_id: UUID) -> str:
    """Return the stamp of an edit: texts compare as (clock, counter) do."""
    return f"{hlc:016x}.{counter_id.hex}"


def hlc_of(stamp: str) -> int:
    """Return the clock reading in a stamp."""
    return int(stamp[:_DIGITS], 16)


def whole_stamp(ver: int) -> str:
    """Return the stamp of a row that was written as a whole."""
    return f"{ver:016x}"


def stamps_of(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Return a row's stamps; a row without any was written as a whole at its version."""
    return row.get("stamps") or {REST: whole_stamp(row["ver"])}


def stamp(stamps: Mapping[str, str], field: str) -> str:
    """Return the stamp of one field."""
    return stamps.get(field, stamps[REST])


def merge(
    mine: Mapping[str, Any], coming: Mapping[str, Any], fields: Iterable[str], *, tie_to_coming: bool = False
) -> dict[str, Any]:
    """Return the row of both: each field of ``fields`` from the version that stamped it later.

    Args:
        mine: what is kept.
        coming: what arrives; fields an older program does not know are left as they are.
        fields: every field that is merged: all columns but id, version and stamps.
        tie_to_coming: who wins where both bear the same stamp, which happens to rows written as a whole only.
    """
    here, there = stamps_of(mine), stamps_of(coming)
    merged = dict(mine)
    rest = max(here[REST], there[REST])
    stamps = {REST: rest}
    for field in fields:
        old, new = stamp(here, field), stamp(there, field)
        if field in coming and (new > old or (tie_to_coming and new == old)):
            merged[field] = coming[field]
            old = new
        if old != rest:
            stamps[field] = old
    merged["stamps"] = stamps if mine.get("stamps") or coming.get("stamps") else None
    merged["ver"] = hlc_of(max(stamps.values()))
    return merged


def edited(row: Mapping[str, Any], changes: Mapping[str, Any], hlc: int, counter_id: UUID) -> dict[str, Any]:
    """Return the row with some fields changed now, and in ``seen`` the stamps of what the editor had before them.

    Args:
        row: the card as this counter knows it.
        changes: new values by field.
        hlc: a fresh reading of the counter's clock, later than every stamp of the row.
        counter_id: who edits.
    """
    before = stamps_of(row)
    after = stamp_of(hlc, counter_id)
    return {
        **row,
        **changes,
        "stamps": {**before, **dict.fromkeys(changes, after)},
        "seen": {name: stamp(before, name) for name in changes},
        "ver": hlc,
    }


def put_right(row: Mapping[str, Any], corrected: Mapping[str, str]) -> dict[str, Any]:
    """Return the row with stamps of a clock that ran ahead replaced by those the centre put in their place."""
    stamps = {name: corrected.get(value, value) for name, value in stamps_of(row).items()}
    right = {**row, "ver": hlc_of(max(stamps.values()))}
    if row.get("stamps"):
        right["stamps"] = stamps
    return right
