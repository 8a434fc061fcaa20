"""Gives out customer cards as texts, by the keys under which one other system knows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.store import sources
from crosssell_desktop.store.customer_imports import LOYALTY, OWN_KEY, OWN_SYSTEM, Known, known_cards
from crosssell_desktop.store.find_index import ADDRESS
from crosssell_desktop.store.schema.catalogue import external_ref
from crosssell_desktop.store.schema.customers import customer

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

PAGE = 400
PHONES_AT_MOST = 3
"""As many as the import takes from one cell."""


def count(connection: Connection) -> int:
    """Return how many cards :func:`cards` gives out."""
    active = select(func.count()).select_from(customer).where(customer.c.status == "active")
    return int(connection.execute(active).scalar_one())


def cards(connection: Connection, source: str) -> Iterator[dict[str, str]]:
    """Yield the active cards in the order they came; restricted, erased and undone ones are given to nobody."""
    known_source = sources.known_source(connection, source)
    last = 0
    while True:
        wanted = select(customer.c.no, customer.c.id).where(customer.c.no > last, customer.c.status == "active")
        page = connection.execute(wanted.order_by(customer.c.no).limit(PAGE)).all()
        if not page:
            return
        last = page[-1].no
        ids = [row.id for row in page]
        keys = {} if known_source is None else _keys(connection, known_source[0], ids)
        known = known_cards(connection, ids)
        for id_ in ids:
            for key in keys.get(id_, [f"{OWN_KEY}{id_}"]):
                yield _texts(key, known[id_])


def _keys(connection: Connection, source: int, ids: list[UUID]) -> dict[UUID, list[str]]:
    e = external_ref.c
    asked = select(e.id, e.external_id).where(e.source_no == source, e.entity == "customer", e.id.in_(ids))
    found: dict[UUID, list[str]] = {}
    for row in connection.execute(asked.order_by(e.external_id)):
        found.setdefault(row.id, []).append(row.external_id)
    return found


def _texts(key: str, known: Known) -> dict[str, str]:
    row = known.row
    contacts = sorted(known.contacts.values(), key=lambda one: (not one.is_primary, one.id))
    identifiers = sorted(known.identifiers.values(), key=lambda one: one.id)

    def values(kind: str) -> list[str]:
        return [one.value for one in contacts if one.type == kind and one.value]

    def number(*kinds: str) -> str:
        return next((one.value for one in identifiers if one.type in kinds and one.value), "")

    names = ("display_name", "family_name", "given_name", "patronymic", "kind", "birthday", "language")
    return {
        **{name: row[name] for name in names},
        "external_id": key,
        "phones": ", ".join(values("phone")[:PHONES_AT_MOST]),
        "email": next(iter(values("email")), ""),
        "address": next(iter(values(ADDRESS)), ""),
        "card": number(*LOYALTY),
        "inn": number("inn"),
        "external_1c": number(OWN_SYSTEM),
        "do_not_contact": "1" if row["do_not_contact"] else "",
    }
