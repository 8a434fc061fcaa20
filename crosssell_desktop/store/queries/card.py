"""The customer card: everything the counter knows of one customer, from all departments and counters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, or_, select

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.consents import Word, in_force
from crosssell_desktop.domain.fields import stamp, stamps_of
from crosssell_desktop.domain.ids import CustomerId, ProductId
from crosssell_desktop.domain.merging import Perk, surviving
from crosssell_desktop.store import field_rows
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.exchange_rows import heard_at
from crosssell_desktop.store.queries import card_parts as parts
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.customers import (
    channel_pref,
    consent,
    customer,
    customer_field_lost,
    identifier,
    need_,
)
from crosssell_desktop.store.schema.selling import offer_answer

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

REFUSAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class Lost:
    """What a field said at another counter at the same time; the edit that stands had not seen it."""

    field: str
    value: Any
    at: int
    entity: str = "customer"
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the customer will probably buy on the next visit: how probably, and in how many baskets it was."""

    product_id: ProductId
    name_ru: str
    name_en: str
    p_bps: int
    times: int


@dataclass(frozen=True, slots=True)
class Card:
    """The whole card; the service masks it by level before it leaves."""

    id: CustomerId
    """The card that was asked for."""
    ids: tuple[CustomerId, ...]
    """Every card of the person, the one that stands for all first; more than one after a merge."""
    kind: str
    display_name: str
    language: str
    status: str
    birthday: str
    care_until: int
    do_not_contact: bool
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    cards: tuple[str, ...]
    channel: str
    channel_hours: str
    consents: frozenset[str]
    notes: tuple[parts.Note, ...]
    needs: tuple[parts.Need, ...]
    reactions: tuple[parts.Reaction, ...]
    purchases: tuple[parts.Purchase, ...]
    owned: tuple[parts.Owned, ...]
    promises: tuple[parts.Promised, ...]
    lost: tuple[Lost, ...]
    visits: int
    last_visit_at: int | None
    inn: str = ""
    perks: tuple[Perk, ...] = ()
    events: tuple[parts.Event, ...] = ()
    alerts: tuple[parts.Event, ...] = ()
    """What is said of products the customer owns: a recall, the end of support."""
    household: tuple[parts.Relative, ...] = ()
    shared: tuple[parts.Purchase, ...] = ()
    """What others of the household bought and allow to be seen."""
    people: tuple[parts.Relative, ...] = ()
    """Who speaks for an organisation."""
    firms: tuple[parts.Relative, ...] = ()
    heard_at: int | None = None
    """When this counter last heard the centre (UTC ms), None where it never did."""
    forecast: tuple[Expected, ...] = ()
    forecast_visits: int | None = None
    """On how many visits the forecast rests; None where it is not made: no consent, or nothing learned."""


def card_of(connection: Connection, customer_id: CustomerId, *, now_ms: int, counter_id: UUID) -> Card | None:
    """Return the card, one for all cards of the person, or None when there is no such customer here."""
    ids = cluster_of(connection, customer_id)
    rows = connection.execute(select(customer).where(customer.c.id.in_(ids)).order_by(customer.c.id)).mappings().all()
    if customer_id not in {row["id"] for row in rows}:
        return None
    row = surviving(dict(one) for one in rows)
    nos = [one["no"] for one in rows]
    ways = parts.contacts_of(connection, ids)
    pref = connection.execute(
        select(channel_pref).where(channel_pref.c.customer_id.in_(ids)).order_by(channel_pref.c.ver.desc()).limit(1)
    ).first()
    bought = parts.purchases(connection, ids, nos, counter_id)
    owned = parts.owned(connection, ids, bought)
    visits, last_visit = parts.visits(connection, ids, nos)
    household = parts.household(connection, ids, row["household_id"])
    firms = parts.firms_of(connection, ids)
    numbers = connection.execute(
        select(identifier.c.type, identifier.c.value)
        .where(identifier.c.customer_id.in_(ids))
        .order_by(identifier.c.ver.desc(), identifier.c.value)
    ).all()
    things = {one.product_id for one in owned if one.product_id is not None} | {p.product_id for p in bought}
    return Card(
        id=customer_id,
        ids=ids,
        kind=row["kind"],
        display_name=row["display_name"],
        language=row["language"],
        status=row["status"],
        birthday=row["birthday"],
        care_until=row["care_until"],
        do_not_contact=row["do_not_contact"],
        phones=tuple(c.value for c in ways if c.type == "phone"),
        emails=tuple(c.value for c in ways if c.type == "email"),
        cards=tuple(number.value for number in numbers if number.type == "loyalty_ean13"),
        channel=pref.channel if pref else "",
        channel_hours=pref.hours if pref else "",
        consents=consents_of(connection, customer_id),
        notes=parts.notes(connection, ids, now_ms),
        needs=parts.needs(connection, ids, now_ms),
        reactions=parts.reactions(connection, ids),
        purchases=bought,
        owned=owned,
        promises=parts.promises(connection, ids),
        lost=_lost(connection, ids, {one["id"]: stamps_of(dict(one)) for one in rows}),
        visits=visits,
        last_visit_at=last_visit,
        inn=next((number.value for number in numbers if number.type == "inn"), ""),
        perks=parts.perks_of(connection, ids, now_ms),
        events=parts.events(connection, ids, row["household_id"], [firm.customer_id for firm in firms], now_ms),
        alerts=parts.alerts(connection, things),
        household=household,
        shared=parts.shared_purchases(connection, household, counter_id, now_ms),
        people=parts.people_of(connection, ids),
        firms=firms,
        heard_at=heard_at(connection) or None,
    )


def cluster(connection: Connection, customer_id: CustomerId) -> tuple[CustomerId, ...]:
    """Return every card of the person whose card this is."""
    return cluster_of(connection, customer_id)


def card_row(connection: Connection, customer_id: CustomerId) -> dict[str, Any] | None:
    """Return the row of a card as it travels, to be edited; None when it is not here."""
    return field_rows.row_of(connection, customer, customer_id)


def consents_of(connection: Connection, customer_id: CustomerId) -> frozenset[str]:
    """Return the purposes in force as ``purpose`` and ``purpose:channel``; over all cards the strictest wins."""
    c = consent.c
    ids = cluster_of(connection, customer_id)
    rows = connection.execute(select(c.purpose, c.channel, c.state, c.hlc, c.base_hlc).where(c.customer_id.in_(ids)))
    return in_force(Word(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class ConsentClocks:
    """Readings of the hybrid clock on what is known here of one purpose; 0 for nothing."""

    newest: int
    withdrawn: int


def consent_clocks(connection: Connection, customer_id: CustomerId, purpose: str) -> ConsentClocks:
    """Return a customer's newest word about a purpose and newest withdrawal, as far as they reached this counter."""
    rows = connection.execute(
        select(consent.c.state, func.max(consent.c.hlc).label("hlc"))
        .where(consent.c.customer_id.in_(cluster_of(connection, customer_id)), consent.c.purpose == purpose)
        .group_by(consent.c.state)
    ).all()
    return ConsentClocks(
        newest=max((row.hlc for row in rows), default=0),
        withdrawn=max((row.hlc for row in rows if row.state == "withdrawn"), default=0),
    )


def refused_products(connection: Connection, customer_id: CustomerId, *, now_ms: int) -> dict[ProductId, int]:
    """Return the products declined within the silence period at any counter, with the time of the last no."""
    since = now_ms - REFUSAL_DAYS * DAY_MS
    ids = cluster_of(connection, customer_id)
    undone = select(offer_answer.c.undoes_id).where(
        offer_answer.c.customer_id.in_(ids), offer_answer.c.undoes_id.is_not(None)
    )
    rows = connection.execute(
        select(offer_answer.c.product_id, func.max(offer_answer.c.made_at).label("at"))
        .where(
            offer_answer.c.customer_id.in_(ids),
            offer_answer.c.answer == "declined",
            or_(offer_answer.c.made_at >= since, offer_answer.c.reason == "do_not_offer"),
            offer_answer.c.id.not_in(undone),
        )
        .group_by(offer_answer.c.product_id)
    )
    return {ProductId(row.product_id): row.at for row in rows}


def needs_met_by(
    connection: Connection, customer_id: CustomerId, products: Collection[ProductId], types: Collection[str]
) -> list[dict[str, Any]]:
    """Return the rows of the customer's open needs that these products or types of products answer."""
    found = connection.execute(
        select(need_).where(
            need_.c.customer_id.in_(cluster_of(connection, customer_id)),
            need_.c.status == "open",
            or_(need_.c.product_id.in_(list(products)), need_.c.product_type.in_([kind for kind in types if kind])),
        )
    )
    return [dict(row) for row in found.mappings()]


def _lost(connection: Connection, ids: Collection[UUID], cards: Mapping[UUID, Mapping[str, str]]) -> tuple[Lost, ...]:
    """Return what lost and was not settled since: a later edit of the field, whatever it says, settles it."""
    c = customer_field_lost.c
    rows = connection.execute(
        select(customer_field_lost).where(c.customer_id.in_(ids)).order_by(c.at.desc(), c.id)
    ).all()
    stamps = dict(cards)
    for name in sorted({row.entity for row in rows} - {customer.name}):
        t = metadata.tables[name].c
        beside = select(t.id, t.ver, t.stamps).where(t.id.in_([row.row_id for row in rows if row.entity == name]))
        stamps |= {r.id: stamps_of({"ver": r.ver, "stamps": r.stamps}) for r in connection.execute(beside)}
    return tuple(
        Lost(row.field, row.value, row.at, row.entity, row.id)
        for row in rows
        if row.row_id in stamps and stamp(stamps[row.row_id], row.field) == row.won
    )
