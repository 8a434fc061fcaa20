"""The customer card: made in seconds, shown by level, and never a second one by accident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.birthday import is_birthday
from crosssell_desktop.domain.consents import PURPOSES
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.field_access import require_write
from crosssell_desktop.domain.fields import edited
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.names import is_no_name, split_name, visible_name
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import consents, lease, masking
from crosssell_desktop.services.card_guard import must_be_writable, must_not_wish_erasure
from crosssell_desktop.services.desk import Desk, must_be_at_work
from crosssell_desktop.services.shifts import who
from crosssell_desktop.services.written import checked_email, checked_phone, checked_text
from crosssell_desktop.store.puts import ContactPut, CustomerPut, contact_id, rows_of_puts
from crosssell_desktop.store.queries import card as cards
from crosssell_desktop.store.queries import outside_keys, shifts

NAME_AT_MOST = 200
NOTE_AT_MOST = 1_000
NOTE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Possible:
    """A card that may be the same person; shown before a new one is saved."""

    id: CustomerId
    display_name: str


def create(  # what a card needs
    desk: Desk,
    session: Session,
    *,
    name: str,
    phone: str = "",
    email: str = "",
    language: str = "ru",
    purposes: tuple[str, ...] = ("service",),
    even_if_known: bool = False,
) -> Outcome[CustomerId]:
    """Make a card with its contacts and the consents given on the spot; works offline.

    Raises:
        Refusal: ``no_name``, ``not_a_name``, ``name_too_long``, ``bad_phone``, ``bad_email``, ``bad_purpose``,
            ``already_known`` when a card has this phone or e-mail (unless ``even_if_known``).
    """
    require(session, Act.SAVE_CUSTOMER)
    clean = _name(name)
    if set(purposes) - set(PURPOSES):
        raise Refusal("bad_purpose", Text(N_("There is no such purpose of consent.")))
    number = checked_phone(phone)
    address = checked_email(email)
    with desk.begin_by(session) as work:
        if not even_if_known:
            for value in (number, address):
                known = None if not value else outside_keys.customer_by_key(work.connection, value.lstrip("+"))
                if known is not None:
                    found = cards.card_of(work.connection, known, now_ms=work.now_ms, counter_id=work.me.counter_id)
                    raise Refusal(
                        "already_known",
                        Text(
                            N_("There is already a card with this contact: {name}. Choose it, or change the contact."),
                            {"name": "?" if found is None else found.display_name},
                        ),
                    )
        customer_id = CustomerId(work.new_id())
        ver = work.tick()
        parts = split_name(clean)
        puts: list[CustomerPut | ContactPut] = [
            CustomerPut(
                id=customer_id,
                display_name=clean,
                family_name=parts.family,
                given_name=parts.given,
                patronymic=parts.patronymic,
                language=language,
                created_store_id=work.me.store_id,
                name_source="staff",
            )
        ]
        for kind, value in (("phone", number), ("email", address)):
            if value:
                puts.append(
                    ContactPut(
                        id=contact_id(customer_id, kind, value),
                        customer_id=customer_id,
                        type=kind,
                        value=value,
                        source="staff",
                    )
                )
        rows: dict[str, list[dict[str, Any]]] = rows_of_puts(puts, ver)
        if purposes:
            rows["consent"] = [consents.consent_row(work, session, customer_id, p, "given") for p in purposes]
        work.record("customer_created", rows)
    return Outcome(customer_id, frozenset({Change.CUSTOMER, Change.SYNC}))


EDITABLE = frozenset({"display_name", "birthday", "language", "do_not_contact"})
"""What is changed on a card by hand; the rest follows from it or has an act of its own."""


def edit(desk: Desk, session: Session, customer_id: CustomerId, changes: Mapping[str, Any]) -> Outcome[None]:
    """Change fields of a card; each has a clock of its own, so another counter's edit of another field stays.

    What two counters write into one field at the same time is kept and shown on the card until somebody settles it
    by writing the field again, whatever it then says.

    Raises:
        Refusal: ``bad_field``, ``no_name``, ``not_a_name``, ``name_too_long``, ``bad_birthday``, ``no_such_customer``,
            ``erasure_asked``.
    """
    require(session, Act.SAVE_CUSTOMER)
    if not changes or set(changes) - EDITABLE:
        raise Refusal("bad_field", Text(N_("This cannot be changed on a card.")))
    for field in changes:
        require_write(session, field)
    made = dict(changes)
    if "display_name" in made:
        made["display_name"] = clean = _name(str(made["display_name"]))
        parts = split_name(clean)
        made |= {"family_name": parts.family, "given_name": parts.given, "patronymic": parts.patronymic}
        made["name_source"] = "staff"
    if "birthday" in made:
        told = str(made["birthday"])
        if told and not is_birthday(told, desk.clock.now_ms()):
            raise Refusal(
                "bad_birthday",
                Text(N_("«{value}» is no birthday: it lies between 1900 and today."), {"value": told[:40]}),
            )
        made["birthday_source"] = "stated"
    with desk.begin_by(session) as work:
        row = must_be_writable(work.connection, session, customer_id)
        if "do_not_contact" in made and not made["do_not_contact"]:
            must_not_wish_erasure(work.connection, customer_id)
        work.record("customer_changed", {"customer": [edited(row, made, work.tick(), work.me.counter_id)]})
    return Outcome(None, frozenset({Change.CUSTOMER, Change.SYNC}))


def set_consent(
    desk: Desk, session: Session, customer_id: CustomerId, purpose: str, *, given: bool
) -> Outcome[frozenset[str]]:
    """Record a consent or its withdrawal, one tap, no reason asked; the strictest wins everywhere.

    Raises:
        Refusal: those of ``consents.record``.
    """
    require(session, Act.RECORD_CONSENT)
    done = consents.record(desk, session, customer_id, purpose, given=given)
    with desk.look() as connection:
        return Outcome(cards.consents_of(connection, customer_id), done.changes)


def add_note(desk: Desk, session: Session, customer_id: CustomerId, kind: str, text: str) -> Outcome[None]:
    """Add a dated, authored, expiring note to one of the three blocks: who, traits, how_to_work (A30).

    Raises:
        Refusal: ``empty_note``, ``bad_note_kind``, ``not_to_be_noted``, ``no_such_customer``,
            ``restricted``.
    """
    require(session, Act.SAVE_CUSTOMER)
    if kind not in {"who", "traits", "how_to_work"}:
        raise Refusal(
            "bad_note_kind", Text(N_("A note says who the customer is, their traits, or how to work with them."))
        )
    clean = checked_text(text, NOTE_AT_MOST)
    if not clean:
        raise Refusal("empty_note", Text(N_("The note is empty.")))
    with desk.begin_by(session) as work:
        must_be_writable(work.connection, session, customer_id)
        note_id = work.new_id()
        shift = shifts.open_shift(work.connection, work.me.counter_id)
        work.record(
            "note_added",
            {
                "customer_note": [
                    {
                        "id": note_id,
                        **who(work, session, None if shift is None else shift.id),
                        "customer_id": customer_id,
                        "kind": kind,
                        "valid_until": work.now_ms + NOTE_DAYS * 86_400_000,
                    }
                ],
                "note_text": [{"id": note_id, "customer_id": customer_id, "text": clean, "ver": work.tick()}],
            },
        )
    return Outcome(None, frozenset({Change.CUSTOMER, Change.SYNC}))


def card(desk: Desk, session: Session, customer_id: CustomerId) -> cards.Card:
    """Return the card as the person's level may see it (A40).

    Raises:
        Refusal: ``no_such_customer``, ``people_locked``.
    """
    require(session, Act.OPEN_CARD)
    with desk.look() as connection:
        must_be_at_work(connection, session)
        lease.require_open(connection, desk)
        found = cards.card_of(connection, customer_id, now_ms=desk.clock.now_ms(), counter_id=desk.me.counter_id)
        if found is not None:
            marked = (
                replace(one, is_barred=not consents.may_keep(connection, found.id, one.kind)) for one in found.promises
            )
            found = replace(found, promises=tuple(marked))
    if found is None:
        raise Refusal("no_such_customer", Text(N_("This customer's card has not reached this counter yet.")))
    if found.status == "erased":
        raise Refusal("no_such_customer", Text(N_("This customer's card was erased at their wish.")))
    if "profiling" in found.consents and desk.model is not None:
        from crosssell_desktop.services.forecasting import with_forecast  # noqa: PLC0415  # numpy, once a model is there

        found = with_forecast(desk, found)
    return masking.masked(found, session, now_ms=desk.clock.now_ms())


def _name(text: str) -> str:
    clean = visible_name(text)
    if not clean:
        raise Refusal("no_name", Text(N_("Write the customer's name.")))
    if is_no_name(clean):
        raise Refusal(
            "not_a_name", Text(N_("This is no name. A phone or an e-mail goes into its own field, where it is masked."))
        )
    if len(clean) > NAME_AT_MOST:
        raise Refusal("name_too_long", Text(N_("A name has at most {limit} letters."), {"limit": NAME_AT_MOST}))
    return clean
