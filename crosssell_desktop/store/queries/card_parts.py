"""What belongs to a customer and is shown as lists on the card: each question is asked for all cards of the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.context import EVENT_DAYS
from crosssell_desktop.domain.ids import CustomerId, ProductId
from crosssell_desktop.domain.merging import Contact, Perk, contacts, perks
from crosssell_desktop.store.schema.card import context_event, household_member, org_contact, perk
from crosssell_desktop.store.schema.catalogue import attribute, product
from crosssell_desktop.store.schema.customers import (
    contact_point,
    customer,
    customer_note,
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

PURCHASES_SHOWN = 40
GIFT_HIDDEN_DAYS = 30
"""How long a gift stays unseen by the giver's household (domain rules, section 4)."""
GIFT = "gift"
WARRANTY = "warranty_months"
"""The attribute of a product that says how long its warranty lasts."""


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
    """One product bought: latest time, thousandths in all, where it was, and the situation it was for."""

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
    situation: str = ""
    is_lasting: bool = False
    """It is kept and not used up: no consumable and no service."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A thing the customer has: told, or bought here and not used up; ``id`` is None for what follows from a sale."""

    product_id: ProductId | None
    text: str
    since: int
    warranty_until: int | None
    source: str
    serial: str = ""
    id: UUID | None = None
    name_ru: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise still open."""

    kind: str
    due_at: int
    product_id: ProductId | None
    text: str = ""
    owner_id: UUID | None = None
    id: UUID | None = None
    is_barred: bool = False
    """Keeping it means reaching the customer, and the consent that needs stands no more."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something around the customer: of the card, of the household, or of a product the customer owns."""

    id: UUID
    type: str
    at: int
    impact: str
    size: int
    product_ru: str = ""
    product_en: str = ""
    """Named when it is said of a product."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody of the same household, or a person of an organisation, or the organisation of a person."""

    customer_id: CustomerId
    name: str
    role: str
    shares: bool = False


def contacts_of(connection: Connection, ids: Collection[UUID]) -> tuple[Contact, ...]:
    """Return the ways to reach a person, each once: verified first, then the chosen one, then the newest."""
    c = contact_point.c
    rows = connection.execute(
        select(c.id, c.customer_id, c.type, c.value, c.is_primary, c.verified_at, c.ver).where(
            c.customer_id.in_(ids), c.value != ""
        )
    )
    return contacts(Contact(*row) for row in rows)


def notes(connection: Connection, ids: Collection[UUID], now_ms: int) -> tuple[Note, ...]:
    """Return the notes that have not expired, the newest first."""
    rows = connection.execute(
        select(customer_note, note_text.c.text)
        .join(note_text, note_text.c.id == customer_note.c.id)
        .where(
            customer_note.c.customer_id.in_(ids),
            note_text.c.text != "",
            or_(customer_note.c.valid_until.is_(None), customer_note.c.valid_until > now_ms),
        )
        .order_by(customer_note.c.made_at.desc(), customer_note.c.id)
        .limit(30)
    )
    return tuple(Note(r.kind, r.text, r.made_at, r.person_id, r.valid_until) for r in rows)


def needs(connection: Connection, ids: Collection[UUID], now_ms: int) -> tuple[Need, ...]:
    """Return the open needs: those the customer stated before those inferred, each the newest first."""
    rows = connection.execute(
        select(need_)
        .where(
            need_.c.customer_id.in_(ids),
            need_.c.status == "open",
            or_(need_.c.valid_until.is_(None), need_.c.valid_until > now_ms),
        )
        .order_by(need_.c.source.desc(), need_.c.told_at.desc(), need_.c.id)
    )
    return tuple(Need(r.id, r.text, r.source, r.told_at, r.product_type or "") for r in rows)


def promises(connection: Connection, ids: Collection[UUID]) -> tuple[Promised, ...]:
    """Return the open promises, what is due first at the top."""
    rows = connection.execute(
        select(promise)
        .where(promise.c.customer_id.in_(ids), promise.c.status == "open")
        .order_by(promise.c.due_at, promise.c.id)
    )
    return tuple(
        Promised(p.kind, p.due_at, None if p.product_id is None else ProductId(p.product_id), p.text, p.owner_id, p.id)
        for p in rows
    )


def perks_of(connection: Connection, ids: Collection[UUID], now_ms: int) -> tuple[Perk, ...]:
    """Return the perks in force, of each kind the better for the client."""
    p = perk.c
    rows = connection.execute(select(p.kind, p.text, p.worth, p.valid_until).where(p.customer_id.in_(ids)))
    return perks((Perk(*row) for row in rows), now_ms)


def reactions(connection: Connection, ids: Collection[UUID]) -> tuple[Reaction, ...]:
    """Return the last ten answers to offers that were not taken back."""
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
        .order_by(offer_answer.c.made_at.desc(), offer_answer.c.id)
        .limit(10)
    )
    return tuple(
        Reaction(
            ProductId(r.product_id), r.name_ru or "", r.name_en or "", r.answer, r.reason, r.made_at, r.counter or ""
        )
        for r in rows
    )


def purchases(
    connection: Connection,
    ids: Collection[UUID],
    nos: Collection[int],
    counter_id: UUID,
    *,
    no_gift_since: int | None = None,
) -> tuple[Purchase, ...]:
    """Return what was bought in any department and not brought back, the newest first.

    Args:
        connection: a reading snapshot.
        ids: the cards of the person.
        nos: their local numbers, under which imported receipts stand.
        counter_id: which counter is «here».
        no_gift_since: gifts sold since then (UTC ms) are left out.
    """
    returned = (
        select(return_line.c.sale_line_id, func.sum(return_line.c.qty_milli).label("back"))
        .join(return_, return_.c.id == return_line.c.return_id)
        .where(return_.c.customer_id.in_(ids))
        .group_by(return_line.c.sale_line_id)
        .subquery()
    )
    wanted: ColumnElement[bool] = sale.c.customer_id.in_(ids)
    if no_gift_since is not None:
        wanted = and_(wanted, or_(sale.c.situation != GIFT, sale.c.made_at < no_gift_since))
    facts = connection.execute(
        select(
            sale_line.c.product_id,
            sale_line.c.sku,
            sale_line.c.name,
            sale_line.c.product_type,
            sale.c.made_at,
            (sale_line.c.qty_milli - func.coalesce(returned.c.back, 0)).label("qty"),
            sale.c.counter_id,
            sale.c.situation,
            product.c.name_ru,
            product.c.name_en,
            _LASTING,
            department.c.name_ru.label("place_ru"),
            department.c.name_en.label("place_en"),
        )
        .join(sale, sale.c.id == sale_line.c.sale_id)
        .outerjoin(returned, returned.c.sale_line_id == sale_line.c.id)
        .outerjoin(product, product.c.id == sale_line.c.product_id)
        .outerjoin(department, department.c.id == sale.c.department_id)
        .where(wanted)
        .order_by(sale.c.made_at.desc(), sale_line.c.id)
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
            r.situation,
            bool(r.is_lasting),
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
            _LASTING,
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
        Purchase(
            ProductId(r.id), r.sku, r.name_ru, r.name_en, r.product_type, r.at, r.qty, "", "", here=False,
            is_lasting=bool(r.is_lasting),
        )
        for r in past
    ]  # fmt: skip
    made.sort(key=lambda p: -p.at)
    return tuple(made[:PURCHASES_SHOWN])


_LASTING = and_(product.c.kind != "service", product.c.repeatable == 0, product.c.due_every_days.is_(None)).label(
    "is_lasting"
)


def visits(connection: Connection, ids: Collection[UUID], nos: Collection[int]) -> tuple[int, int | None]:
    """Return how many receipts there are and when the last was (UTC ms), None before the first."""
    facts = connection.execute(select(func.count(), func.max(sale.c.made_at)).where(sale.c.customer_id.in_(ids))).one()
    past = connection.execute(
        select(func.count(), func.max(history_receipt.c.at)).where(history_receipt.c.customer_no.in_(nos))
    ).one()
    last = max((x for x in (facts[1], past[1]) if x is not None), default=None)
    return int(facts[0]) + int(past[0]), last


def owned(connection: Connection, ids: Collection[UUID], bought: Collection[Purchase]) -> tuple[Owned, ...]:
    """Return what the customer has: what was noted, and lasting goods bought here with the end of their warranty."""
    rows = connection.execute(
        select(ownership, product.c.name_ru, product.c.name_en)
        .outerjoin(product, product.c.id == ownership.c.product_id)
        .where(ownership.c.customer_id.in_(ids))
        .order_by(ownership.c.since.desc(), ownership.c.id)
    ).all()
    noted = [
        Owned(
            None if r.product_id is None else ProductId(r.product_id),
            r.text,
            r.since,
            r.warranty_until,
            r.source,
            r.serial,
            r.id,
            r.name_ru or "",
            r.name_en or "",
        )
        for r in rows
    ]
    # A thing noted as gone hides what follows from its sale.
    known = {one.product_id for one in noted}
    lasting = {p.product_id: p for p in reversed(tuple(bought)) if p.is_lasting and p.product_id not in known}
    months = _warranties(connection, list(lasting))
    made = [
        Owned(
            p.product_id,
            "",
            p.at,
            after_months(p.at, months[p.product_id]) if p.product_id in months else None,
            SOLD,
            name_ru=p.name_ru,
            name_en=p.name_en,
        )
        for p in lasting.values()
    ]
    return tuple(sorted((x for x in (*noted, *made) if x.source != GONE), key=lambda one: -one.since))


SOLD = "sale"
GONE = "gone"
"""The source of a thing that the customer no longer has."""


def _warranties(connection: Connection, products: Collection[ProductId]) -> dict[ProductId, int]:
    rows = connection.execute(
        select(attribute.c.product_id, attribute.c.value).where(
            attribute.c.product_id.in_(list(products)), attribute.c.key == WARRANTY
        )
    )
    return {ProductId(r.product_id): r.value for r in rows if isinstance(r.value, int) and 0 < r.value < 1_200}


def after_months(at_ms: int, months: int) -> int:
    """Return the same day and time so many months later, the last of the month where the day is missing (UTC ms).

    >>> after_months(1_772_614_800_000, 12) - 1_772_614_800_000 == 365 * 86_400_000
    True
    """
    start = dt.datetime.fromtimestamp(at_ms // 1_000, dt.UTC)
    year, month = divmod(start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            end = start.replace(year=start.year + year, month=month + 1, day=day)
        except ValueError:
            continue
        return int(end.timestamp()) * 1_000 + at_ms % 1_000
    return int(start.replace(year=start.year + year, month=month + 1).timestamp()) * 1_000 + at_ms % 1_000


def events(
    connection: Connection, ids: Collection[UUID], household_id: UUID | None, firms: Collection[UUID], now_ms: int
) -> tuple[Event, ...]:
    """Return what is going on around the customer: own, of the household and of the firm; the newest first."""
    e = context_event.c
    whose: ColumnElement[bool] = e.customer_id.in_([*ids, *firms])
    if household_id is not None:
        whose = or_(whose, e.household_id == household_id)
    rows = connection.execute(
        select(context_event, product.c.name_ru, product.c.name_en)
        .outerjoin(product, product.c.id == e.product_id)
        .where(whose, e.active == 1, e.at >= now_ms - EVENT_DAYS * DAY_MS)
        .order_by(e.at.desc(), e.id)
        .limit(20)
    )
    return tuple(_event(row) for row in rows)


def alerts(connection: Connection, things: Collection[ProductId]) -> tuple[Event, ...]:
    """Return what is said of products the customer owns: recall first, then end of support and prices."""
    e = context_event.c
    rows = connection.execute(
        select(context_event, product.c.name_ru, product.c.name_en)
        .outerjoin(product, product.c.id == e.product_id)
        .where(e.product_id.in_(list(things)), e.active == 1)
        .order_by(e.type != "recall", e.at.desc(), e.id)
        .limit(20)
    )
    return tuple(_event(row) for row in rows)


def _event(row: Row[Any]) -> Event:
    return Event(row.id, row.type, row.at, row.impact, row.size, row.name_ru or "", row.name_en or "")


def household(connection: Connection, ids: Collection[UUID], household_id: UUID | None) -> tuple[Relative, ...]:
    """Return the others of the household, by name."""
    if household_id is None:
        return ()
    h = household_member.c
    rows = connection.execute(
        select(customer.c.id, customer.c.display_name, h.role, h.share_history)
        .outerjoin(household_member, h.customer_id == customer.c.id)
        .where(customer.c.household_id == household_id, customer.c.id.not_in(ids), customer.c.status == "active")
        .order_by(customer.c.display_name, customer.c.id)
    )
    return tuple(Relative(CustomerId(r.id), r.display_name, r.role or "", bool(r.share_history)) for r in rows)


def shared_purchases(
    connection: Connection, members: Collection[Relative], counter_id: UUID, now_ms: int
) -> tuple[Purchase, ...]:
    """Return what those of the household bought who allow it to be seen, without their gifts of the last days."""
    who = [one.customer_id for one in members if one.shares]
    if not who:
        return ()
    nos = connection.execute(select(customer.c.no).where(customer.c.id.in_(who))).scalars().all()
    return purchases(connection, who, nos, counter_id, no_gift_since=now_ms - GIFT_HIDDEN_DAYS * DAY_MS)


def people_of(connection: Connection, ids: Collection[UUID]) -> tuple[Relative, ...]:
    """Return who speaks for an organisation, by role and name."""
    return _linked(connection, org_contact.c.organisation_id, org_contact.c.customer_id, ids)


def firms_of(connection: Connection, ids: Collection[UUID]) -> tuple[Relative, ...]:
    """Return the organisations a person speaks for."""
    return _linked(connection, org_contact.c.customer_id, org_contact.c.organisation_id, ids)


def _linked(connection: Connection, of: Any, to: Any, ids: Collection[UUID]) -> tuple[Relative, ...]:
    rows = connection.execute(
        select(customer.c.id, customer.c.display_name, org_contact.c.role)
        .join(org_contact, to == customer.c.id)
        .where(of.in_(ids), org_contact.c.active == 1, customer.c.status == "active")
        .order_by(org_contact.c.role, customer.c.display_name, customer.c.id)
    )
    return tuple(Relative(CustomerId(r.id), r.display_name, r.role) for r in rows)
