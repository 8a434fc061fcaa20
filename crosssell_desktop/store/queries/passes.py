"""Passes between departments: sent to us, sent by us, found by their code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.domain.ids import CategoryId, CustomerId, DepartmentId, PassId, PersonId
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.schema.catalogue import category
from crosssell_desktop.store.schema.customers import customer
from crosssell_desktop.store.schema.places import department, person
from crosssell_desktop.store.schema.selling import pass_, pass_event

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class PassRow:
    """A pass as lists show it; ``state`` follows from its events and its age."""

    id: PassId
    code: str
    kind: str
    made_at: int
    expires_at: int
    from_person_id: PersonId
    from_person: str
    from_department_id: DepartmentId
    from_department_ru: str
    from_department_en: str
    to_department_id: DepartmentId
    to_department_ru: str
    to_department_en: str
    customer_id: CustomerId | None
    customer_name: str
    category_id: CategoryId | None
    category_ru: str
    category_en: str
    state: str


def _selected() -> Any:
    from_department = department.alias("from_department")
    to_department = department.alias("to_department")
    return (
        select(
            pass_,
            person.c.short_name,
            from_department.c.name_ru.label("from_ru"),
            from_department.c.name_en.label("from_en"),
            to_department.c.name_ru.label("to_ru"),
            to_department.c.name_en.label("to_en"),
            customer.c.display_name,
            category.c.name_ru.label("category_ru"),
            category.c.name_en.label("category_en"),
        )
        .outerjoin(person, person.c.id == pass_.c.person_id)
        .outerjoin(from_department, from_department.c.id == pass_.c.from_department_id)
        .outerjoin(to_department, to_department.c.id == pass_.c.to_department_id)
        .outerjoin(customer, customer.c.id == pass_.c.customer_id)
        .outerjoin(category, category.c.id == pass_.c.category_id)
    )


def _rows(connection: Connection, found: Any, now_ms: int) -> tuple[PassRow, ...]:
    rows = found.all()
    events: dict[UUID, set[str]] = {}
    ids = [row.id for row in rows]
    if ids:
        for event in connection.execute(
            select(pass_event.c.pass_id, pass_event.c.event).where(pass_event.c.pass_id.in_(ids))
        ):
            events.setdefault(event.pass_id, set()).add(event.event)
    return tuple(
        PassRow(
            id=PassId(row.id),
            code=row.code,
            kind=row.kind,
            made_at=row.made_at,
            expires_at=row.expires_at,
            from_person_id=PersonId(row.person_id),
            from_person=row.short_name or "",
            from_department_id=DepartmentId(row.from_department_id),
            from_department_ru=row.from_ru or "",
            from_department_en=row.from_en or "",
            to_department_id=DepartmentId(row.to_department_id),
            to_department_ru=row.to_ru or "",
            to_department_en=row.to_en or "",
            customer_id=None if row.customer_id is None else CustomerId(row.customer_id),
            customer_name=row.display_name or "",
            category_id=None if row.category_id is None else CategoryId(row.category_id),
            category_ru=row.category_ru or "",
            category_en=row.category_en or "",
            state=_state(events.get(row.id, set()), row.expires_at, now_ms),
        )
        for row in rows
    )


def _state(events: set[str], expires_at: int, now_ms: int) -> str:
    for name in ("void", "matched", "declined"):
        if name in events:
            return name
    if now_ms > expires_at:
        return "expired"
    return "accepted" if "accepted" in events else "sent"


def pass_by_id(connection: Connection, pass_id: PassId, now_ms: int = 0) -> PassRow | None:
    """Return a pass."""
    found = _rows(connection, connection.execute(_selected().where(pass_.c.id == pass_id)), now_ms)
    return found[0] if found else None


def pass_by_code(connection: Connection, code: str, now_ms: int) -> PassRow | None:
    """Return the pass of a slip."""
    clean = code.strip().upper().replace("-", "").replace(" ", "")
    found = _rows(
        connection,
        connection.execute(_selected().where(pass_.c.code == clean).order_by(pass_.c.made_at.desc()).limit(1)),
        now_ms,
    )
    return found[0] if found else None


def sent_to(connection: Connection, department_id: UUID, now_ms: int, *, limit: int = 100) -> tuple[PassRow, ...]:
    """Return the newest passes to a department."""
    statement = (
        _selected().where(pass_.c.to_department_id == department_id).order_by(pass_.c.made_at.desc()).limit(limit)
    )
    return _rows(connection, connection.execute(statement), now_ms)


def sent_by(connection: Connection, person_id: UUID, now_ms: int, *, limit: int = 100) -> tuple[PassRow, ...]:
    """Return the newest passes of a person."""
    statement = _selected().where(pass_.c.person_id == person_id).order_by(pass_.c.made_at.desc()).limit(limit)
    return _rows(connection, connection.execute(statement), now_ms)


def open_for_customer(connection: Connection, customer_id: CustomerId, now_ms: int) -> tuple[PassRow, ...]:
    """Return a customer's passes, under any of the person's cards, that may still become assists; newest first."""
    statement = (
        _selected()
        .where(pass_.c.customer_id.in_(cluster_of(connection, customer_id)), pass_.c.expires_at >= now_ms)
        .order_by(pass_.c.made_at.desc())
    )
    return tuple(p for p in _rows(connection, connection.execute(statement), now_ms) if p.state in {"sent", "accepted"})


def code_is_taken(connection: Connection, code: str) -> bool:
    """Say whether a slip with this code exists."""
    return connection.execute(select(func.count()).select_from(pass_).where(pass_.c.code == code)).scalar_one() > 0


def categories(connection: Connection) -> tuple[tuple[CategoryId, str, str], ...]:
    """Return the categories a pass can be about: those with kinds below them, and the roots; kinds are too fine."""
    child = category.alias("child")
    has_children = select(child.c.id).where(child.c.parent_id == category.c.id).exists()
    rows = connection.execute(
        select(category.c.id, category.c.name_ru, category.c.name_en)
        .where(has_children | category.c.parent_id.is_(None))
        .order_by(category.c.code)
    )
    return tuple((CategoryId(row.id), row.name_ru, row.name_en) for row in rows)
