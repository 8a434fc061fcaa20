"""Cards as matching compares them, read from the profile; one person's cards are one by their root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, select

from crosssell_desktop.matching.cards import Card, Contact
from crosssell_desktop.matching.organisations import Firm
from crosssell_desktop.store.schema.customers import contact_point, customer, identifier

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SLICE = 400
_LIVING = ("active", "restricted")
LOYALTY = frozenset({"card", "loyalty_ean13"})


def cards(connection: Connection, ids: Iterable[UUID] | None = None) -> list[Card]:
    """Return the cards of people with these ids, of all when none are named; erased ones are not there.

    A card's key is its id as text. Organisations are left out: their number tells them, not a person's name.
    """
    made: list[Card] = []
    for part in [None] if ids is None else _slices(ids):
        made += _some(connection, part)
    return made


_SHARED = """
WITH mine AS MATERIALIZED (
  SELECT c.no FROM external_ref AS e JOIN customer AS c ON c.id = e.id WHERE e.batch_no = :batch
  UNION SELECT c.no FROM import_change AS i JOIN customer AS c ON c.id = i.customer_id WHERE i.batch_no = :batch),
shared AS (
  SELECT kind, value FROM customer_key WHERE kind IN ('phone', 'email', 'card', 'external')
  GROUP BY kind, value HAVING count(*) > 1 AND max(customer_no IN (SELECT no FROM mine)) = 1)
"""
"""Keys that a card new or changed by a batch has in common with another card."""


def keys_in_common(connection: Connection, batch: int) -> int:
    """Return how many phones, e-mails and numbers of a batch's cards are on another card too."""
    counted = connection.exec_driver_sql(f"{_SHARED} SELECT count(*) FROM shared", {"batch": batch})  # noqa: S608  # our own text
    return int(counted.scalar_one())


def near_batch(connection: Connection, batch: int) -> list[UUID]:
    """Return the cards of a batch that have a phone, e-mail or number in common with another, and those others."""
    found = connection.exec_driver_sql(
        f"{_SHARED} SELECT DISTINCT c.id FROM shared AS s "  # noqa: S608  # our own text
        "JOIN customer_key AS k ON k.kind = s.kind AND k.value = s.value JOIN customer AS c ON c.no = k.customer_no",
        {"batch": batch},
    )
    return [UUID(bytes=row.id) for row in found]


def firms(connection: Connection, ids: Iterable[UUID] | None = None) -> list[Firm]:
    """Return the organisations with these ids, all when none are named."""
    c, i = customer.c, identifier.c
    asked = select(c.id, c.display_name).where(c.kind == "organisation", c.status.in_(_LIVING)).order_by(c.id)
    rows = connection.execute(asked if ids is None else asked.where(c.id.in_(list(ids)))).all()
    numbers: dict[tuple[UUID, str], str] = {}
    for start in range(0, len(rows), _SLICE):
        part = [row.id for row in rows[start : start + _SLICE]]
        told = select(i.customer_id, i.type, i.value).where(i.customer_id.in_(part), i.type.in_(("inn", "kpp")))
        numbers |= {(row.customer_id, row.type): row.value for row in connection.execute(told) if row.value}
    return [
        Firm(
            key=str(row.id),
            name=row.display_name,
            inn=numbers.get((row.id, "inn"), ""),
            kpp=numbers.get((row.id, "kpp"), ""),
        )
        for row in rows
    ]


def _slices(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _SLICE):
        yield wanted[start : start + _SLICE]


def _some(connection: Connection, ids: list[UUID] | None) -> Iterator[Card]:
    c, p, i = customer.c, contact_point.c, identifier.c

    def of(query: Select[Any], column: Any) -> Select[Any]:
        return query if ids is None else query.where(column.in_(ids))

    points: dict[UUID, list[Any]] = defaultdict(list)
    for row in connection.execute(of(select(p.customer_id, p.type, p.value, p.verified_at), p.customer_id)):
        points[row.customer_id].append(row)
    numbers: dict[UUID, list[Any]] = defaultdict(list)
    for row in connection.execute(of(select(i.customer_id, i.type, i.value), i.customer_id)):
        numbers[row.customer_id].append(row)
    people = select(c.id, c.display_name, c.family_name, c.given_name, c.patronymic, c.birthday)
    for row in connection.execute(of(people.where(c.kind == "person", c.status.in_(_LIVING)), c.id).order_by(c.id)):
        yield _card(row, points[row.id], numbers[row.id])


def _card(row: Any, points: list[Any], numbers: list[Any]) -> Card:
    def contacts(kind: str) -> tuple[Contact, ...]:
        return tuple(Contact(x.value, x.verified_at is not None) for x in points if x.type == kind)

    return Card(
        key=str(row.id),
        name=row.display_name,
        family=row.family_name,
        given=row.given_name,
        patronymic=row.patronymic,
        birthday=row.birthday,
        phones=contacts("phone"),
        emails=contacts("email"),
        loyalty=tuple(x.value for x in numbers if x.type in LOYALTY),
        external_ids=tuple(f"1c/{x.value}" for x in numbers if x.type == "external_1c"),
        inn=next((x.value for x in numbers if x.type == "inn"), ""),
        address=next((x.value for x in points if x.type == "post"), ""),
    )
