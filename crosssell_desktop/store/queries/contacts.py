"""How a customer can be reached, in full: asked by the act that reveals it, and by what must check a consent."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.consents import Word
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.queries.card_parts import contacts_of
from crosssell_desktop.store.schema.customers import consent, customer

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class LastWord(NamedTuple):
    """The newest word of a person on a purpose: what was said, how, who took it down, and when (UTC ms)."""

    purpose: str
    state: str
    form: str
    person_id: UUID
    at: int


def of_customer(
    connection: Connection, customer_id: CustomerId, kinds: Collection[str]
) -> tuple[tuple[str, str], ...] | None:
    """Return kind and value of a person's contacts, the surest first; None when the card is not here."""
    status = connection.execute(select(customer.c.status).where(customer.c.id == customer_id)).scalar()
    if status is None or status == "erased":
        return None
    ways = contacts_of(connection, cluster_of(connection, customer_id))
    return tuple((way.type, way.value) for way in ways if way.type in kinds)


def status_of(connection: Connection, customer_id: UUID) -> str | None:
    """Return the status of a card; None when it is not here."""
    return connection.execute(select(customer.c.status).where(customer.c.id == customer_id)).scalar()


def is_restricted(connection: Connection, customer_id: UUID) -> bool:
    """Say whether the data of any card of the person are kept and not used."""
    ids = cluster_of(connection, customer_id)
    found = select(customer.c.id).where(customer.c.id.in_(ids), customer.c.status == "restricted").limit(1)
    return connection.execute(found).first() is not None


def is_barred(connection: Connection, customer_id: UUID) -> bool:
    """Say whether any card of the person says «do not contact»."""
    ids = cluster_of(connection, customer_id)
    flags = connection.execute(select(customer.c.do_not_contact).where(customer.c.id.in_(ids))).scalars()
    return any(flags)


def words_of(connection: Connection, customer_id: UUID) -> tuple[Word, ...]:
    """Return every word of a person about what may be done, over all of the person's cards."""
    c = consent.c
    ids = cluster_of(connection, customer_id)
    rows = connection.execute(select(c.purpose, c.channel, c.state, c.hlc, c.base_hlc).where(c.customer_id.in_(ids)))
    return tuple(Word(*row) for row in rows)


def last_words_of(connection: Connection, customer_id: UUID) -> tuple[LastWord, ...]:
    """Return a person's newest word on each purpose, over all of the person's cards."""
    c = consent.c
    rows = connection.execute(
        select(c.purpose, c.state, c.form, c.person_id, c.made_at)
        .where(c.customer_id.in_(cluster_of(connection, customer_id)))
        .order_by(c.hlc, c.id)
    )
    return tuple({row.purpose: LastWord(*row) for row in rows}.values())
