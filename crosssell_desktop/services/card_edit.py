"""What is written on a card beside the person: contacts, channel, needs, things, promises, household, firm, events.

Law: every act is one fact-like operation whose rows carry a clock for each field (``store.card_rows``), so another
counter's edit of another field stays and what lost unseen is shown until somebody settles it. Data that are kept and
not used are written by nobody but who may lift that (``restricted``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.context import EVENT_DAYS, EVENTS, OF_A_PRODUCT, needed_types
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.field_access import WRITES, Group, Sight, sight
from crosssell_desktop.domain.ids import CustomerId, ProductId
from crosssell_desktop.domain.inn import is_inn
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import consents, lease
from crosssell_desktop.services.business import business
from crosssell_desktop.services.card_guard import must_be_here, must_be_writable
from crosssell_desktop.services.desk import Desk, must_be_at_work
from crosssell_desktop.services.masking import mask_email, mask_phone
from crosssell_desktop.services.written import checked_email, checked_phone, checked_text
from crosssell_desktop.store import card_rows, unit
from crosssell_desktop.store.puts import contact_id, identifier_id
from crosssell_desktop.store.queries import card as cards
from crosssell_desktop.store.queries import card_parts

CHANNELS: tuple[str, ...] = ("phone", "sms", "email", "messenger", "post")
PROMISES: tuple[str, ...] = ("call_back", "price_held", "reserve")
INFERRED_DAYS = 183
"""How long a need that was only supposed stays open."""
TEXT_AT_MOST = 300
_CHANGED = frozenset({Change.CUSTOMER, Change.SYNC})


# -------------------------------------------------------------------------------------------------- contacts


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact as the person's level may see it, and when the customer last answered on it."""

    id: UUID
    type: str
    shown: str
    verified_at: int | None


def contacts(desk: Desk, session: Session, card: CustomerId) -> tuple[ContactShown, ...]:
    """Return the contacts of a person to be corrected, masked for who may not see them whole.

    Raises:
        Refusal: ``not_allowed``, ``people_locked``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        must_be_at_work(connection, session)
        lease.require_open(connection, desk)
        found = card_parts.contacts_of(connection, cards.cluster(connection, card))
    whole = sight(session, Group.CONTACT) is Sight.FULL
    masks = {"phone": mask_phone, "email": mask_email}
    return tuple(
        ContactShown(c.id, c.type, c.value if whole else masks[c.type](c.value), c.verified_at)
        for c in found
        if c.type in masks
    )


def add_contact(desk: Desk, session: Session, card: CustomerId, kind: str, value: str) -> Outcome[UUID]:
    """Add a phone or an e-mail, typed by staff.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``bad_contact_kind``, ``bad_phone``, ``bad_email``.
    """
    require(session, Act.SAVE_CUSTOMER)
    clean = _contact(kind, value)
    id_ = contact_id(card, kind, clean)
    values = {"customer_id": card, "type": kind, "value": clean, "is_primary": True}
    return _put(desk, session, card, "contact_point", id_, {**values, "verified_at": None, "source": "staff"})


def change_contact(desk: Desk, session: Session, card: CustomerId, contact: UUID, value: str) -> Outcome[UUID]:
    """Correct a phone or an e-mail; a corrected one is no longer verified.

    Raises:
        Refusal: those of :func:`add_contact`, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        row = _mine(connection, card, "contact_point", contact)
    changes = {"value": _contact(row["type"], value), "verified_at": None, "source": "staff"}
    return _put(desk, session, card, "contact_point", contact, changes)


def verify_contact(desk: Desk, session: Session, card: CustomerId, contact: UUID) -> Outcome[UUID]:
    """Note that the customer answered on this phone or e-mail just now.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        _mine(connection, card, "contact_point", contact)
    return _put(desk, session, card, "contact_point", contact, {"verified_at": desk.clock.now_ms()})


def drop_contact(desk: Desk, session: Session, card: CustomerId, contact: UUID) -> Outcome[UUID]:
    """Forget a phone or an e-mail.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        _mine(connection, card, "contact_point", contact)
    return _put(desk, session, card, "contact_point", contact, {"type": card_parts.GONE, "value": ""})


def set_channel(desk: Desk, session: Session, card: CustomerId, channel: str, hours: str) -> Outcome[UUID]:
    """Note which way and when the customer likes to be reached (A61); it is no consent.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``bad_channel``.
    """
    require(session, Act.SAVE_CUSTOMER)
    if channel not in {*CHANNELS, ""}:
        raise Refusal("bad_channel", Text(N_("There is no such channel.")))
    values = {"customer_id": card, "channel": channel, "hours": " ".join(hours.split())[:40]}
    return _put(desk, session, card, "channel_pref", card_rows.one_of(card, "channel_pref"), values)


# ----------------------------------------------------------------------------------------------------- needs


def tell_need(desk: Desk, session: Session, card: CustomerId, text: str, product_type: str = "") -> Outcome[UUID]:
    """Note what the customer said is needed (A43); the purchase of a fitting thing closes it.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``empty_text``, ``not_to_be_noted``.
    """
    require(session, Act.SAVE_CUSTOMER)
    clean = _words(text)
    values = _need(card, clean, "stated", product_type or None, desk.clock.now_ms(), session)
    return _put(desk, session, card, "need", desk.ids.new(), values)


def drop_need(desk: Desk, session: Session, card: CustomerId, need: UUID) -> Outcome[UUID]:
    """Take a need off the card: the customer no longer has it, or what was supposed was wrong.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        _mine(connection, card, "need", need)
    return _put(desk, session, card, "need", need, {"status": "dropped"})


# ---------------------------------------------------------------------------------------------------- things


def note_thing(  # the parts of one row
    desk: Desk,
    session: Session,
    card: CustomerId,
    *,
    text: str = "",
    product_id: ProductId | None = None,
    serial: str = "",
    since: int | None = None,
    warranty_until: int | None = None,
) -> Outcome[UUID]:
    """Note a thing or service the customer has, with its serial number and the end of its warranty (A41).

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``empty_text``, ``not_to_be_noted``.
    """
    require(session, Act.SAVE_CUSTOMER)
    values = {
        "customer_id": card,
        "product_id": product_id,
        "text": _words(text) if text.strip() or product_id is None else "",
        "serial": "".join(serial.split())[:60],
        "since": desk.clock.now_ms() if since is None else since,
        "warranty_until": warranty_until,
        "source": "told",
    }
    id_ = desk.ids.new() if product_id is None else card_rows.one_of(card, f"ownership/{product_id}")
    return _put(desk, session, card, "ownership", id_, values)


def drop_thing(
    desk: Desk, session: Session, card: CustomerId, thing: UUID | None, product_id: ProductId | None = None
) -> Outcome[UUID]:
    """Note that the customer no longer has a thing; one that follows from a sale is told by its product.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    if thing is None:
        done = note_thing(desk, session, card, product_id=product_id)
        return _put(desk, session, card, "ownership", done.value, {"source": card_parts.GONE})
    with desk.look() as connection:
        _mine(connection, card, "ownership", thing)
    return _put(desk, session, card, "ownership", thing, {"source": card_parts.GONE})


# -------------------------------------------------------------------------------------------------- promises


def give_promise(desk: Desk, session: Session, card: CustomerId, kind: str, text: str, due_at: int) -> Outcome[UUID]:
    """Note a promise to the customer with the moment it is due (A35).

    A promise that ends in reaching the customer is made only where the way he likes is allowed for service (A61).

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``bad_promise``, ``due_in_the_past``, ``not_to_be_noted``,
            ``contact_not_allowed``.
    """
    require(session, Act.SAVE_CUSTOMER)
    if kind not in PROMISES:
        raise Refusal("bad_promise", Text(N_("There is no such kind of promise.")))
    if due_at <= desk.clock.now_ms():
        raise Refusal("due_in_the_past", Text(N_("A promise is due in the future.")))
    if kind in consents.REACHES:
        with desk.look() as connection:
            must_be_here(connection, card)
            consents.require_contact(connection, card, consents.way_to(connection, card), "service")
    values = {
        "customer_id": card,
        "product_id": None,
        "kind": kind,
        "text": checked_text(text, TEXT_AT_MOST),
        "due_at": due_at,
        "owner_id": session.person_id,
        "status": "open",
    }
    return _put(desk, session, card, "promise", desk.ids.new(), values)


def end_promise(desk: Desk, session: Session, card: CustomerId, promise: UUID, *, kept: bool) -> Outcome[UUID]:
    """Note that a promise was kept, or taken back with the customer's agreement.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        _mine(connection, card, "promise", promise)
    return _put(desk, session, card, "promise", promise, {"status": "kept" if kept else "withdrawn"})


# ----------------------------------------------------------------------------------------- household and firm


def join_household(desk: Desk, session: Session, card: CustomerId, other: CustomerId, role: str = "") -> Outcome[UUID]:
    """Put a customer into the household of another, who gets one when there is none; histories stay hidden at first.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``one_card``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.begin_by(session) as work:
        mine, theirs = (must_be_writable(work.connection, session, one) for one in (card, other))
        if other in cards.cluster(work.connection, card):
            raise Refusal("one_card", Text(N_("This is one and the same person.")))
        home = theirs["household_id"] or mine["household_id"] or work.new_id()
        changes = [card_rows.put(work, "customer", one, {"household_id": home}) for one in (card, other)]
        members = [
            card_rows.put(
                work,
                "household_member",
                card_rows.one_of(card, "household_member"),
                {"customer_id": card, "role": " ".join(role.split())[:40], "share_history": False},
            )
        ]
        work.record(
            "household_joined",
            {"customer": [x for x in changes if x], "household_member": [x for x in members if x]},
        )
    return Outcome(home, _CHANGED)


def leave_household(desk: Desk, session: Session, card: CustomerId) -> Outcome[UUID]:
    """Take a customer out of the household.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``.
    """
    require(session, Act.SAVE_CUSTOMER)
    return _put(desk, session, card, "customer", card, {"household_id": None})


def share_history(desk: Desk, session: Session, card: CustomerId, *, shares: bool) -> Outcome[UUID]:
    """Note whether the household may see what this customer buys; gifts stay hidden for a month in any case.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    id_ = card_rows.one_of(card, "household_member")
    with desk.look() as connection:
        known = card_rows.row_of(connection, "household_member", id_)
    values = {"customer_id": card, "role": "" if known is None else known["role"], "share_history": shares}
    return _put(desk, session, card, "household_member", id_, values)


def shares_history(desk: Desk, session: Session, card: CustomerId) -> bool:
    """Say whether the household may see what this customer buys.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        known = card_rows.row_of(connection, "household_member", card_rows.one_of(card, "household_member"))
    return known is not None and bool(known["share_history"])


def set_inn(desk: Desk, session: Session, organisation: CustomerId, inn: str) -> Outcome[UUID]:
    """Note an organisation's taxpayer number; its check digits must be right.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``bad_inn``.
    """
    require(session, Act.SAVE_CUSTOMER)
    clean = "".join(inn.split())
    if not is_inn(clean):
        raise Refusal(
            "bad_inn", Text(N_("«{value}» is no taxpayer number: its check digits are wrong."), {"value": clean[:20]})
        )
    values = {"customer_id": organisation, "type": "inn", "value": clean}
    return _put(desk, session, organisation, "identifier", identifier_id(organisation, "inn", clean), values)


def link_person(
    desk: Desk, session: Session, organisation: CustomerId, person: CustomerId, role: str, *, active: bool = True
) -> Outcome[UUID]:
    """Say that a person speaks for an organisation, in which role; or that they no longer do.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``no_organisation``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.look() as connection:
        if must_be_here(connection, organisation)["kind"] != "organisation":
            raise Refusal("no_organisation", Text(N_("This card is not an organisation's.")))
        must_be_here(connection, person)
    values = {"organisation_id": organisation, "customer_id": person, "role": " ".join(role.split())[:60]}
    id_ = card_rows.linked(organisation, person)
    return _put(desk, session, organisation, "org_contact", id_, {**values, "active": active})


# ---------------------------------------------------------------------------------------------------- events


def record_event(  # noqa: PLR0913  # the parts of one row
    desk: Desk,
    session: Session,
    *,
    event: str,
    impact: str,
    card: CustomerId | None = None,
    household_id: UUID | None = None,
    product_id: ProductId | None = None,
    at: int | None = None,
    size: int = 0,
) -> Outcome[tuple[UUID, ...]]:
    """Note what happens around a customer, a household, a firm or a product (A52); return the needs it opens.

    What is said of a product is shown on the card of everyone who owns it. An event of a customer opens the needs it
    calls for, as supposed: for a person only with consent to be profiled.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``bad_event``, ``empty_text``, ``not_to_be_noted``.
    """
    of_product = product_id is not None
    require(session, Act.MANAGE_CATALOGUE if of_product else Act.SAVE_CUSTOMER)
    told = [x for x in (card, household_id, product_id) if x is not None]
    if event not in EVENTS or len(told) != 1 or (event in OF_A_PRODUCT) != of_product or size < 0:
        raise Refusal("bad_event", Text(N_("There is no such event of this.")))
    with desk.begin_by(session) as work:
        kind = "" if card is None else str(must_be_writable(work.connection, session, card)["kind"])
        happened = work.now_ms if at is None else at
        row: dict[str, Any] = {
            "id": work.new_id(),
            "customer_id": card,
            "household_id": household_id,
            "product_id": product_id,
            "type": event,
            "at": happened,
            "impact": _words(impact),
            "size": size,
            "told_by": session.person_id,
            "active": True,
            "stamps": None,
            "ver": work.tick(),
        }
        may_guess = card is not None and (
            kind == "organisation" or "profiling" in cards.consents_of(work.connection, card)
        )
        needs = _called_for(work, session, card, row) if card is not None and may_guess else []
        work.record("context_event", {"context_event": [row], "need": needs})
    return Outcome(tuple(need["id"] for need in needs), _CHANGED)


def end_event(desk: Desk, session: Session, event: UUID) -> Outcome[None]:
    """Take an event off the cards: it is over, or was told by mistake.

    Raises:
        Refusal: ``not_allowed``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.begin_by(session) as work:
        row = card_rows.row_of(work.connection, "context_event", event)
        if row is None:
            raise _gone()
        if row["product_id"] is not None:
            require(session, Act.MANAGE_CATALOGUE)
        ended = card_rows.put(work, "context_event", event, {"active": False})
        if ended is not None:
            work.record("context_event_ended", {"context_event": [ended]})
    return Outcome(None, _CHANGED)


def _called_for(work: unit.Unit, session: Session, card: CustomerId, event: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = business(work.connection, work.me).values.get("context.needs")
    types = needed_types(event["type"], own if isinstance(own, dict) else None)
    known = {need.product_type for need in card_parts.needs(work.connection, (card,), work.now_ms)}
    rows = []
    for kind, (name_ru, name_en) in card_rows.types_named(work.connection, types).items():
        if kind in known:
            continue
        name = name_en if session.language == "en" else name_ru
        values = _need(
            card, f"{name} × {event['size']}" if event["size"] else name, "inferred", kind, work.now_ms, session
        )
        days = min(EVENT_DAYS, INFERRED_DAYS)
        rows.append(
            {
                "id": work.new_id(),
                **values,
                "event_id": event["id"],
                "valid_until": work.now_ms + days * DAY_MS,
                "stamps": None,
                "ver": work.tick(),
            }
        )
    return rows


# ------------------------------------------------------------------------------------------- what was lost


def settle(desk: Desk, session: Session, card: CustomerId, lost: UUID, *, take_lost: bool) -> Outcome[UUID]:
    """Settle a field that two counters wrote at the same time: the value that lost comes back, or what stands stays.

    Either way the field is written anew, by somebody who saw both.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``gone``.
    """
    require(session, Act.SAVE_CUSTOMER)
    with desk.begin_by(session) as work:
        must_be_writable(work.connection, session, card)
        found = card_rows.lost_value(work.connection, lost)
        if found is None:
            raise _gone()
        name, row_id, field, value = found
        shown = field if name == "customer" else f"{name}.{field}"
        if sight(session, WRITES.get(shown, Group.NOTES)) is not Sight.FULL:
            raise Refusal("not_allowed", Text(N_("Your role does not allow this; ask the shift supervisor.")))
        row = card_rows.row_of(work.connection, name, row_id)
        if row is None:
            raise _gone()
        if name != "customer" and row["customer_id"] not in cards.cluster(work.connection, card):
            raise _gone()
        made = card_rows.written(work, row, {field: value if take_lost else row[field]})
        work.record("field_settled", {name: [made]})
    return Outcome(row_id, _CHANGED)


# ---------------------------------------------------------------------------------------------------- inside


def _put(
    desk: Desk, session: Session, card: CustomerId, name: str, id_: UUID, values: Mapping[str, Any]
) -> Outcome[UUID]:
    """Write a row of the card as one operation; what changes nothing is not written."""
    require(session, Act.SAVE_CUSTOMER)
    with desk.begin_by(session) as work:
        must_be_writable(work.connection, session, card)
        row = card_rows.put(work, name, id_, values)
        if row is not None:
            work.record("card_changed", {name: [row]})
    return Outcome(id_, _CHANGED)


def _mine(connection: unit.Connection, card: CustomerId, name: str, id_: UUID) -> dict[str, Any]:
    """Return a row that belongs to the person whose card this is."""
    row = card_rows.row_of(connection, name, id_)
    if row is None or row["customer_id"] not in cards.cluster(connection, card):
        raise _gone()
    return row


def _gone() -> Refusal:
    return Refusal("gone", Text(N_("This is no longer on the card. Open it anew.")))


def _contact(kind: str, value: str) -> str:
    if kind not in {"phone", "email"}:
        raise Refusal("bad_contact_kind", Text(N_("A contact is a phone or an e-mail.")))
    clean = checked_phone(value) if kind == "phone" else checked_email(value)
    if not clean:
        raise Refusal("empty_text", Text(N_("Nothing was written.")))
    return clean


def _words(text: str) -> str:
    clean = checked_text(text, TEXT_AT_MOST)
    if not clean:
        raise Refusal("empty_text", Text(N_("Nothing was written.")))
    return clean


def _need(
    card: CustomerId, text: str, source: str, product_type: str | None, now_ms: int, session: Session
) -> dict[str, Any]:
    return {
        "customer_id": card,
        "source": source,
        "status": "open",
        "product_type": product_type,
        "product_id": None,
        "text": text,
        "told_at": now_ms,
        "told_by": session.person_id,
        "event_id": None,
        "valid_until": None,
    }
