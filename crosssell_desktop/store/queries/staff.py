"""The staff as its screen lists them, who is left at a level, departments and counters of the stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId
from crosssell_desktop.store.people import DISMISSED, works
from crosssell_desktop.store.schema.places import counter, department, person, person_role, store
from crosssell_desktop.store.schema.staff import dismissal, person_pin

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One of the staff, the dismissed too; ``pin`` is what they log in with, ``one_time_until`` 0 for one of their own.

    ``roles`` are active in the person's own store; ``dismissed_at`` is None for who works here.
    """

    id: PersonId
    store_id: StoreId
    store_code: str
    department_id: DepartmentId
    department_ru: str
    department_en: str
    full_name: str
    short_name: str
    level: int
    language: str
    badge: str | None
    roles: frozenset[str]
    works: bool
    dismissed_at: int | None
    pin: str | None
    one_time_until: int
    ver: int


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department of a store."""

    id: DepartmentId
    store_id: StoreId
    store_code: str
    code: str
    name_ru: str
    name_en: str
    ver: int


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter the shop knows."""

    id: UUID
    store_id: StoreId
    store_code: str
    department_id: DepartmentId
    code: str
    name: str
    ver: int


def staff(connection: Connection, store_id: StoreId | None) -> tuple[StaffRow, ...]:
    """Return everybody of a store, or of all: who works first, then by department and name."""
    where = [] if store_id is None else [person.c.store_id == store_id]
    return _staff(connection, where)


def one(connection: Connection, person_id: PersonId) -> StaffRow | None:
    """Return one of the staff, the dismissed too."""
    found = _staff(connection, [person.c.id == person_id])
    return found[0] if found else None


def _staff(connection: Connection, where: list[Any]) -> tuple[StaffRow, ...]:
    roles: dict[UUID, set[str]] = {}
    for row in connection.execute(select(person_role).where(person_role.c.active.is_(True))):
        roles.setdefault(row.person_id, set()).add(row.role)
    pins = {row.person_id: row for row in connection.execute(select(person_pin).order_by(person_pin.c.ver))}
    gone = {
        row.person_id: row.made_at
        for row in connection.execute(
            select(dismissal).where(dismissal.c.event == DISMISSED).order_by(dismissal.c.made_at)
        )
    }
    statement = (
        select(
            person,
            works().label("works"),
            department.c.name_ru,
            department.c.name_en,
            store.c.code.label("store_code"),
        )
        .outerjoin(department, department.c.id == person.c.department_id)
        .outerjoin(store, store.c.id == person.c.store_id)
        .where(*where)
        .order_by(works().desc(), department.c.code, person.c.short_name, person.c.id)
    )
    made: list[StaffRow] = []
    for row in connection.execute(statement):
        pin = pins.get(row.id)
        made.append(
            StaffRow(
                id=PersonId(row.id),
                store_id=StoreId(row.store_id),
                store_code=row.store_code or "",
                department_id=DepartmentId(row.department_id),
                department_ru=row.name_ru or "",
                department_en=row.name_en or "",
                full_name=row.full_name,
                short_name=row.short_name,
                level=row.level,
                language=row.language,
                badge=row.badge,
                roles=frozenset(roles.get(row.id, ())),
                works=bool(row.works),
                dismissed_at=None if row.works else gone.get(row.id, 0),
                pin=None if pin is None else pin.kind,
                one_time_until=pin.valid_until if pin is not None and pin.one_time else 0,
                ver=row.ver,
            )
        )
    return tuple(made)


def person_row(connection: Connection, person_id: PersonId) -> dict[str, Any] | None:
    """Return a person's row as it travels."""
    row = connection.execute(select(person).where(person.c.id == person_id)).mappings().first()
    return None if row is None else dict(row)


def role_row(connection: Connection, person_id: PersonId, store_id: StoreId, role: str) -> dict[str, Any] | None:
    """Return the row of a role, active or not."""
    r = person_role.c
    statement = select(person_role).where(r.person_id == person_id, r.store_id == store_id, r.role == role)
    row = connection.execute(statement).mappings().first()
    return None if row is None else dict(row)


def others_at(connection: Connection, level: int, but: PersonId, store_id: StoreId | None) -> int:
    """Return how many others of a level work in a store, or anywhere."""
    where = [person.c.level == level, person.c.id != but, works()]
    if store_id is not None:
        where.append(person.c.store_id == store_id)
    return connection.execute(select(func.count()).select_from(person).where(*where)).scalar_one()


def open_dismissals(connection: Connection, person_id: PersonId) -> tuple[UUID, ...]:
    """Return the dismissals of a person that no return to work has lifted."""
    lift = dismissal.alias()
    d = dismissal.c
    statement = select(d.id).where(
        d.person_id == person_id, d.event == DISMISSED, ~select(lift.c.id).where(lift.c.lifts == d.id).exists()
    )
    return tuple(connection.execute(statement.order_by(d.made_at, d.id)).scalars())


def departments(connection: Connection) -> tuple[DepartmentRow, ...]:
    """Return the departments of all stores, by store and code."""
    statement = (
        select(department, store.c.code.label("store_code"))
        .join(store, store.c.id == department.c.store_id)
        .order_by(store.c.code, department.c.code)
    )
    return tuple(
        DepartmentRow(
            DepartmentId(row.id), StoreId(row.store_id), row.store_code, row.code, row.name_ru, row.name_en, row.ver
        )
        for row in connection.execute(statement)
    )


def counters(connection: Connection) -> tuple[CounterRow, ...]:
    """Return the counters of all stores, by store and code."""
    statement = (
        select(counter, store.c.code.label("store_code"))
        .join(store, store.c.id == counter.c.store_id)
        .order_by(store.c.code, counter.c.code)
    )
    return tuple(
        CounterRow(
            row.id, StoreId(row.store_id), row.store_code, DepartmentId(row.department_id), row.code, row.name, row.ver
        )
        for row in connection.execute(statement)
    )


def counter_row(connection: Connection, counter_id: UUID) -> dict[str, Any] | None:
    """Return a counter's row as it travels."""
    row = connection.execute(select(counter).where(counter.c.id == counter_id)).mappings().first()
    return None if row is None else dict(row)


def stores(connection: Connection) -> tuple[tuple[StoreId, str, str], ...]:
    """Return id, code and name of every store."""
    return tuple(
        (StoreId(row.id), row.code, row.name) for row in connection.execute(select(store).order_by(store.c.code))
    )
