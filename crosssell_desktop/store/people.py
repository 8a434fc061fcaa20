"""People, their log-in and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, insert, select, update

from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId
from crosssell_desktop.store.schema.places import (
    company,
    counter,
    department,
    person,
    person_role,
    session,
    store,
)
from crosssell_desktop.store.schema.staff import dismissal, person_pin

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, Row

    from crosssell_desktop.store.pin_rows import SecretKind

DISMISSED = "dismissed"
TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as lists and log-in show them."""

    id: PersonId
    store_id: StoreId
    department_id: DepartmentId
    department_ru: str
    department_en: str
    full_name: str
    short_name: str
    level: int
    language: str
    badge: str | None
    proves_by: SecretKind | None
    """What they prove themselves with; None before anything was given."""

    @property
    def has_pin(self) -> bool:
        """Whether there is a way in."""
        return self.proves_by is not None


@dataclass(frozen=True, slots=True)
class Place:
    """Where this counter stands, in words."""

    company: str
    store: str
    store_code: str
    time_zone: str
    department_ru: str
    department_en: str
    counter: str
    counter_code: str
    currency: str
    invented: bool


@dataclass(frozen=True, slots=True)
class Department:
    """A department to pass customers to."""

    id: DepartmentId
    code: str
    name_ru: str
    name_en: str


def works() -> ColumnElement[bool]:
    """Return the condition that a person works here: active, and every dismissal lifted by the return that names it."""
    lift = dismissal.alias()
    lifted = select(lift.c.id).where(lift.c.lifts == dismissal.c.id).exists()
    dismissed = (
        select(dismissal.c.id)
        .where(dismissal.c.person_id == person.c.id, dismissal.c.event == DISMISSED, ~lifted)
        .correlate(person)
        .exists()
    )
    return and_(person.c.active.is_(True), ~dismissed)


def _people() -> Select[Any]:
    secret = (
        select(person_pin.c.kind)
        .where(person_pin.c.person_id == person.c.id)
        .order_by(person_pin.c.ver.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(person, department.c.name_ru, department.c.name_en, secret.label("secret")).outerjoin(
        department, department.c.id == person.c.department_id
    )


def _person(row: Row[Any]) -> Person:
    return Person(
        PersonId(row.id),
        StoreId(row.store_id),
        DepartmentId(row.department_id),
        row.name_ru or "",
        row.name_en or "",
        row.full_name,
        row.short_name,
        row.level,
        row.language,
        row.badge,
        row.secret,
    )


def people_of_store(connection: Connection, store_id: StoreId) -> tuple[Person, ...]:
    """Return the people who work in a store, by department and name."""
    statement = (
        _people().where(person.c.store_id == store_id, works()).order_by(department.c.name_ru, person.c.short_name)
    )
    return tuple(_person(row) for row in connection.execute(statement))


def person_by_id(connection: Connection, person_id: PersonId) -> Person | None:
    """Return a person who works here."""
    row = connection.execute(_people().where(person.c.id == person_id, works())).first()
    return None if row is None else _person(row)


_LEVEL_NOW = select(person.c.level).where(person.c.id == bindparam("person_id"), works())


def level_now(connection: Connection, person_id: PersonId) -> int | None:
    """Return the level a person has by now; None when they do not work here."""
    return connection.execute(_LEVEL_NOW, {"person_id": person_id}).scalar()


def short_names(connection: Connection) -> dict[PersonId, str]:
    """Return everybody's short name, the dismissed too: old facts keep their people."""
    return {PersonId(row.id): row.short_name for row in connection.execute(select(person.c.id, person.c.short_name))}


def roles_of(connection: Connection, person_id: PersonId) -> frozenset[str]:
    """Return the active roles of a person."""
    return frozenset(
        connection.execute(
            select(person_role.c.role).where(person_role.c.person_id == person_id, person_role.c.active.is_(True))
        ).scalars()
    )


def people_with_role(connection: Connection, store_id: StoreId, role: str) -> tuple[PersonId, ...]:
    """Return who of a store holds a role and still works there."""
    return tuple(
        PersonId(x)
        for x in connection.execute(
            select(person_role.c.person_id)
            .join(person, person.c.id == person_role.c.person_id)
            .where(
                person_role.c.store_id == store_id,
                person_role.c.role == role,
                person_role.c.active.is_(True),
                works(),
            )
        ).scalars()
    )


def open_session(connection: Connection, session_id: UUID, person_id: PersonId, now_ms: int, method: str) -> None:
    """Note a log-in."""
    connection.execute(insert(session).values(id=session_id, person_id=person_id, opened_at=now_ms, method=method))


def close_session(connection: Connection, session_id: UUID, now_ms: int) -> None:
    """Note a log-out."""
    connection.execute(update(session).where(session.c.id == session_id).values(closed_at=now_ms))


_PLACE = (
    select(
        company.c.name.label("company"),
        company.c.currency,
        company.c.invented,
        store.c.name.label("store"),
        store.c.code.label("store_code"),
        store.c.time_zone,
        department.c.name_ru,
        department.c.name_en,
        counter.c.name.label("counter"),
        counter.c.code.label("counter_code"),
    )
    .select_from(counter)
    .join(store, store.c.id == counter.c.store_id)
    .join(company, company.c.id == store.c.company_id)
    .join(department, department.c.id == counter.c.department_id)
    .where(counter.c.id == bindparam("counter_id"))
)
"""Put together once: every sale asks for the time zone of its place."""


def place_of(connection: Connection, counter_id: UUID) -> Place | None:
    """Return where a counter stands."""
    row = connection.execute(_PLACE, {"counter_id": counter_id}).first()
    if row is None:
        return None
    return Place(
        row.company,
        row.store,
        row.store_code,
        row.time_zone,
        row.name_ru,
        row.name_en,
        row.counter,
        row.counter_code,
        row.currency,
        row.invented,
    )


def departments_of(connection: Connection, store_id: StoreId) -> tuple[Department, ...]:
    """Return the departments of a store."""
    statement = select(department).where(department.c.store_id == store_id).order_by(department.c.code)
    return tuple(
        Department(DepartmentId(row.id), row.code, row.name_ru, row.name_en) for row in connection.execute(statement)
    )


def counter_names(connection: Connection) -> dict[UUID, str]:
    """Return the names of all counters."""
    return {row.id: row.name for row in connection.execute(select(counter.c.id, counter.c.name))}
