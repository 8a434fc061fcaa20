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
from crosssell_desktop.domain.merging import Contact, contacts, surviving
from crosssell_desktop.store import field_rows
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.schema.catalogue import product
from crosssell_desktop.store.schema.customers import (
    channel_pref,
    consent,
    contact_point,
    customer,
    customer_field_lost,
    customer_note,
    identifier,
    need_,
    note_text,
    ownership,
    promise,
)
from crosssell_desktop.store.schema.history import history_line, history_receipt
from crosssell_desktop.store.schema.places import counter, department
from crosssell_desktop.store.schema.selling import offer_answer, return_, return_line, sale, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

REFUSAL_DAYS = 90
PURCHASES_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Note:
    """One note with its author and time."""

    kind: str
    text: str
    made_at: int
    author_id: UUID
    valid_until: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """An open need: stated by the customer or inferred."""

    id: UUID
    text: str
    source: str
    told_at: int
    product_type: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the customer answered to an offer, and where."""

    product_id: ProductId
    name_ru: str
    name_en: str
    answer: str
    reason: str
    made_at: int
    counter: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """One product bought: latest time, thousandths in all, and where it was."""

    product_id: ProductId
    sku: str
    name_ru: str
    name_en: str
    product_type: str
    at: int
    qty_milli: int
    place_ru: str
    place_en: str
    here: bool


@dataclass(frozen=True, slots=True)
class Owned:
    """A thing the customer has."""

    product_id: ProductId | None
    text: str
    since: int
    warranty_until: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise still open."""

    kind: str
    due_at: int
    product_id: ProductId | None


@dataclass(frozen=True, slots=True)
class Lost:
    """What a field said at another counter at the same time; the edit that stands had not seen it."""

    field: str
    value: Any
    at: int


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
    notes: tuple[Note, ...]
    needs: tuple[Need, ...]
    reactions: tuple[Reaction, ...]
    purchases: tuple[Purchase, ...]
    owned: tuple[Owned, ...]
    promises: tuple[Promised, ...]
    lost: tuple[Lost, ...]
    visits: int
    last_visit_at: int | None


def card_of(connection: Connection, customer_id: CustomerId, *, now_ms: int, counter_id: UUID) -> Card | None:
    """Return the card, one for all cards of the person, or None when there is no such customer here."""
    ids = cluster_of(connection, customer_id)
    rows = connection.execute(select(customer).where(customer.c.id.in_(ids)).order_by(customer.c.id)).mappings().all()
    if customer_id not in {row["id"] for row in rows}:
        return None
    row = surviving(dict(one) for one in rows)
    nos = [one["no"] for one in rows]
    ways = contacts_of(connection, ids)
    pref = connection.execute(
        select(channel_pref).where(channel_pref.c.customer_id.in_(ids)).order_by(channel_pref.c.ver.desc()).limit(1)
    ).first()
    purchases = _purchases(connection, ids, nos, counter_id)
    visits, last_visit = _visits(connection, ids, nos)
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
        cards=tuple(
            connection.execute(
                select(identifier.c.value)
                .where(identifier.c.customer_id.in_(ids), identifier.c.type == "loyalty_ean13")
                .order_by(identifier.c.ver.desc(), identifier.c.value)
            ).scalars()
        ),
        channel=pref.channel if pref else "",
        channel_hours=pref.hours if pref else "",
        consents=consents_of(connection, customer_id),
        notes=_notes(connection, ids, now_ms),
        needs=_needs(connection, ids, now_ms),
        reactions=_reactions(connection, ids),
        purchases=purchases,
        owned=_owned(connection, ids),
        promises=tuple(
            Promised(p.kind, p.due_at, None if p.product_id is None else ProductId(p.product_id))
            for p in connection.execute(
                select(promise)
                .where(promise.c.customer_id.in_(ids), promise.c.status == "open")
                .order_by(promise.c.due_at)
            )
        ),
        lost=_lost(connection, {one["id"]: stamps_of(dict(one)) for one in rows}),
        visits=visits,
        last_visit_at=last_visit,
    )


def contacts_of(connection: Connection, ids: Collection[UUID]) -> tuple[Contact, ...]:
    """Return the ways to reach a person, each once: verified first, then the chosen one, then the newest."""
    c = contact_point.c
    rows = connection.execute(
        select(c.id, c.customer_id, c.type, c.value, c.is_primary, c.verified_at, c.ver).where(c.customer_id.in_(ids))
    )
    return contacts(Contact(*row) for row in rows)


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


def _notes(connection: Connection, ids: Collection[UUID], now_ms: int) -> tuple[Note, ...]:
    rows = connection.execute(
        select(customer_note, note_text.c.text)
        .join(note_text, note_text.c.id == customer_note.c.id)
        .where(
            customer_note.c.customer_id.in_(ids),
            note_text.c.text != "",
            or_(customer_note.c.valid_until.is_(None), customer_note.c.valid_until > now_ms),
        )
        .order_by(customer_note.c.made_at.desc())
        .limit(30)
    )
    return tuple(Note(r.kind, r.text, r.made_at, r.person_id, r.valid_until) for r in rows)


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


def _needs(connection: Connection, ids: Collection[UUID], now_ms: int) -> tuple[Need, ...]:
    rows = connection.execute(
        select(need_)
        .where(
            need_.c.customer_id.in_(ids),
            need_.c.status == "open",
            or_(need_.c.valid_until.is_(None), need_.c.valid_until > now_ms),
        )
        .order_by(need_.c.source.desc(), need_.c.told_at.desc())
    )
    return tuple(Need(r.id, r.text, r.source, r.told_at, r.product_type or "") for r in rows)


def _reactions(connection: Connection, ids: Collection[UUID]) -> tuple[Reaction, ...]:
    later = offer_answer.alias("later")
    undone = select(later.c.id).where(later.c.undoes_id == offer_answer.c.id).exists()
    rows = connection.execute(
        select(
            offer_answer.c.product_id,
            offer_answer.c.answer,
            offer_answer.c.reason,
            offer_answer.c.made_at,
            product.c.name_ru,
            product.c.name_en,
            counter.c.name.label("counter"),
        )
        .outerjoin(product, product.c.id == offer_answer.c.product_id)
        .outerjoin(counter, counter.c.id == offer_answer.c.counter_id)
        .where(offer_answer.c.customer_id.in_(ids), offer_answer.c.answer != "undone", ~undone)
        .order_by(offer_answer.c.made_at.desc())
        .limit(10)
    )
    return tuple(
        Reaction(
            ProductId(r.product_id), r.name_ru or "", r.name_en or "", r.answer, r.reason, r.made_at, r.counter or ""
        )
        for r in rows
    )


def _lost(connection: Connection, stamps: Mapping[UUID, Mapping[str, str]]) -> tuple[Lost, ...]:
    """Return what lost and was not settled since: a later edit of the field, whatever it says, settles it."""
    c = customer_field_lost.c
    rows = connection.execute(select(customer_field_lost).where(c.customer_id.in_(list(stamps))).order_by(c.at.desc()))
    return tuple(Lost(r.field, r.value, r.at) for r in rows if stamp(stamps[r.customer_id], r.field) == r.won)


def _owned(connection: Connection, ids: Collection[UUID]) -> tuple[Owned, ...]:
    rows = connection.execute(
        select(ownership).where(ownership.c.customer_id.in_(ids)).order_by(ownership.c.since.desc())
    )
    return tuple(
        Owned(None if r.product_id is None else ProductId(r.product_id), r.text, r.since, r.warranty_until, r.source)
        for r in rows
    )


def _purchases(
    connection: Connection, ids: Collection[UUID], nos: Collection[int], counter_id: UUID
) -> tuple[Purchase, ...]:
    returned = (
        select(return_line.c.sale_line_id, func.sum(return_line.c.qty_milli).label("back"))
        .join(return_, return_.c.id == return_line.c.return_id)
        .where(return_.c.customer_id.in_(ids))
        .group_by(return_line.c.sale_line_id)
        .subquery()
    )
    facts = connection.execute(
        select(
            sale_line.c.product_id,
            sale_line.c.sku,
            sale_line.c.name,
            sale_line.c.product_type,
            sale.c.made_at,
            (sale_line.c.qty_milli - func.coalesce(returned.c.back, 0)).label("qty"),
            sale.c.counter_id,
            product.c.name_ru,
            product.c.name_en,
            department.c.name_ru.label("place_ru"),
            department.c.name_en.label("place_en"),
        )
        .join(sale, sale.c.id == sale_line.c.sale_id)
        .outerjoin(returned, returned.c.sale_line_id == sale_line.c.id)
        .outerjoin(product, product.c.id == sale_line.c.product_id)
        .outerjoin(department, department.c.id == sale.c.department_id)
        .where(sale.c.customer_id.in_(ids))
        .order_by(sale.c.made_at.desc())
        .limit(PURCHASES_SHOWN)
    ).all()
    made = [
        Purchase(
            ProductId(r.product_id),
            r.sku,
            r.name_ru or r.name,
            r.name_en or r.name,
            r.product_type,
            r.made_at,
            r.qty,
            r.place_ru or "",
            r.place_en or "",
            r.counter_id == counter_id,
        )
        for r in facts
        if r.qty > 0
    ]
    past = connection.execute(
        select(
            product.c.id,
            product.c.sku,
            product.c.name_ru,
            product.c.name_en,
            product.c.product_type,
            func.max(history_receipt.c.at).label("at"),
            func.sum(history_line.c.qty_milli).label("qty"),
        )
        .join(history_line, history_line.c.receipt_no == history_receipt.c.no)
        .join(product, product.c.no == history_line.c.product_no)
        .where(history_receipt.c.customer_no.in_(nos))
        .group_by(product.c.no)
        .having(func.sum(history_line.c.qty_milli) > 0)
        .order_by(func.max(history_receipt.c.at).desc())
        .limit(PURCHASES_SHOWN)
    ).all()
    made += [
        Purchase(ProductId(r.id), r.sku, r.name_ru, r.name_en, r.product_type, r.at, r.qty, "", "", here=False)
        for r in past
    ]
    made.sort(key=lambda p: -p.at)
    return tuple(made[:PURCHASES_SHOWN])


def _visits(connection: Connection, ids: Collection[UUID], nos: Collection[int]) -> tuple[int, int | None]:
    facts = connection.execute(select(func.count(), func.max(sale.c.made_at)).where(sale.c.customer_id.in_(ids))).one()
    past = connection.execute(
        select(func.count(), func.max(history_receipt.c.at)).where(history_receipt.c.customer_no.in_(nos))
    ).one()
    last = max((x for x in (facts[1], past[1]) if x is not None), default=None)
    return int(facts[0]) + int(past[0]), last
