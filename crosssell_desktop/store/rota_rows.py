"""The rota with worked hours: who is planned on which day, what was worked, and which names have no account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.domain.ids import PersonId, StoreId, named_id
from crosssell_desktop.store.schema.staff import rota, visitor_count

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class RotaRow:
    """A person's day; ``person_id`` is None where the name had no account, ``worked`` None where nothing was told."""

    person_id: PersonId | None
    who: str
    day: str
    starts_at: int | None
    planned: int
    worked: int | None
    source: str
    ver: int


def row_id(store_id: UUID, key: str, day: str) -> UUID:
    """Return the fixed id of a day of somebody, so that the same rota told twice is one row.

    ``key`` is the person's id, or the folded name of one who has no account.
    """
    return named_id("rota", f"{store_id}/{key}/{day}")


def between(connection: Connection, store_id: StoreId, first_day: str, last_day: str) -> tuple[RotaRow, ...]:
    """Return the rota of a store from one day to another, both included."""
    r = rota.c
    statement = (
        select(rota).where(r.store_id == store_id, r.day.between(first_day, last_day)).order_by(r.day, r.who, r.id)
    )
    return tuple(
        RotaRow(
            None if row.person_id is None else PersonId(row.person_id),
            row.who,
            row.day,
            row.starts_at,
            row.planned_minutes,
            row.worked_minutes,
            row.source,
            row.ver,
        )
        for row in connection.execute(statement)
    )


def worked_minutes(connection: Connection, store_id: StoreId, first_day: str, last_day: str) -> dict[PersonId, int]:
    """Return the minutes each person worked, for who shares anything by hours."""
    r = rota.c
    statement = (
        select(r.person_id, func.sum(r.worked_minutes).label("minutes"))
        .where(
            r.store_id == store_id,
            r.day.between(first_day, last_day),
            r.person_id.is_not(None),
            r.worked_minutes.is_not(None),
        )
        .group_by(r.person_id)
    )
    return {PersonId(row.person_id): int(row.minutes) for row in connection.execute(statement)}


def visitors(connection: Connection, store_id: StoreId, first_day: str, last_day: str) -> int | None:
    """Return how many came in from one day to another, None where nobody counted."""
    v = visitor_count.c
    found = connection.execute(
        select(func.sum(v.visitors)).where(v.store_id == store_id, v.day.between(first_day, last_day))
    ).scalar()
    return None if found is None else int(found)
