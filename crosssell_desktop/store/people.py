"""People, their log-in and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId
from crosssell_desktop.store.schema.places import (
    company,
    counter,
    credential,
    department,
    person,
    person_role,
    session,
    store,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


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
    has_pin: bool


@dataclass(frozen=True, slots=True)
class Credential:
    """How a person proves who they are here, and how often it failed in a row."""

    verifier: str
    failures: int
    locked_until: int


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


def people_of_store(connection: Connection, store_id: StoreId) -> tuple[Person, ...]:
    """Return the active people of a store, by department and name."""
    statement = (
        select(person, department.c.name_ru, department.c.name_en, credential.c.verifier)
        .join(department, department.c.id == person.c.department_id)
        .outerjoin(credential, credential.c.person_id == person.c.id)
        .where(person.c.store_id == store_id, person.c.active.is_(True))
        .order_by(department.c.name_ru, person.c.short_name)
    )
    return tuple(
        Person(
            PersonId(row.id),
            StoreId(row.store_id),
            DepartmentId(row.department_id),
            row.name_ru,
            row.name_en,
            row.full_name,
            row.short_name,
            row.level,
            row.language,
            row.verifier is not None,
        )
        for row in connection.execute(statement)
    )


def person_by_id(connection: Connection, person_id: PersonId) -> Person | None:
    """Return an active person."""
    statement = (
        select(person, department.c.name_ru, department.c.name_en, credential.c.verifier)
        .outerjoin(department, department.c.id == person.c.department_id)
        .outerjoin(credential, credential.c.person_id == person.c.id)
        .where(person.c.id == person_id, person.c.active.is_(True))
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
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
        row.verifier is not None,
    )


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
    """Return who of a store holds a role."""
    return tuple(
        PersonId(x)
        for x in connection.execute(
            select(person_role.c.person_id).where(
                person_role.c.store_id == store_id, person_role.c.role == role, person_role.c.active.is_(True)
            )
        ).scalars()
    )


def credential_of(connection: Connection, person_id: PersonId) -> Credential | None:
    """Return how a person logs in at this counter."""
    row = connection.execute(select(credential).where(credential.c.person_id == person_id)).first()
    return None if row is None else Credential(row.verifier, row.failures, row.locked_until)


def set_credential(connection: Connection, person_id: PersonId, verifier: str, now_ms: int) -> None:
    """Give a person a new way in; failures start from 0."""
    statement = upsert(credential).values(
        person_id=person_id, verifier=verifier, set_at=now_ms, failures=0, locked_until=0
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[credential.c.person_id],
            set_={"verifier": verifier, "set_at": now_ms, "failures": 0, "locked_until": 0},
        )
    )


def note_try(connection: Connection, person_id: PersonId, *, failures: int, locked_until: int) -> None:
    """Keep the count of failures in a row."""
    connection.execute(
        update(credential)
        .where(credential.c.person_id == person_id)
        .values(failures=failures, locked_until=locked_until)
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
