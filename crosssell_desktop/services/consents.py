"""What a customer allows: recorded with its wording, withdrawn by one tap, asked before every contact (A61)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.consents import (
    BASES,
    CHANNELS,
    CONTACT,
    FORMS,
    PURPOSES,
    Said,
    Word,
    Wording,
    allows,
    wants_no_contact,
    wording,
    wordings,
)
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fields import edited
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.business import business
from crosssell_desktop.services.card_guard import WISHES_ERASURE, must_be_here, must_be_writable, must_not_wish_erasure
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.shifts import who
from crosssell_desktop.store import card_rows, unit
from crosssell_desktop.store.queries import card as cards
from crosssell_desktop.store.queries import contacts, erasures, shifts
from crosssell_desktop.store.queries.contacts import LastWord

_CHANGED = frozenset({Change.CUSTOMER, Change.SYNC})
BY_CONTRACT = frozenset({"service"})
"""Purposes that a contract covers: what was bought may be delivered and repaired without a consent (``basis``)."""

REACHES: frozenset[str] = frozenset({"call_back"})
"""Promises that are kept by reaching the customer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer allows, as the consent dialog shows it: purposes by channel, and whether contact is barred."""

    allowed: frozenset[tuple[str, str]]
    no_contact: bool
    wordings: tuple[Wording, ...]
    """The wording of each purpose that would be agreed to now."""
    restricted: bool = False
    """The data are kept and used for nothing."""
    last_words: tuple[LastWord, ...] = ()
    """The newest word on each purpose, with how and by whom it was taken."""
    erasure_asked_at: int | None = None

    def allows(self, purpose: str, channel: str) -> bool:
        """Say whether a purpose is allowed in a channel, do-not-contact aside."""
        return (purpose, channel) in self.allowed


def texts(desk: Desk) -> tuple[Wording, ...]:
    """Return the wording of each purpose in force today."""
    with desk.look() as connection:
        return _texts(connection, desk.me, desk.clock.now_ms())


def _texts(connection: unit.Connection, me: unit.Me, now_ms: int) -> tuple[Wording, ...]:
    known = wordings(business(connection, me).values.get("consent.texts"))
    day = dt.datetime.fromtimestamp(now_ms / 1_000, dt.UTC).date()
    return tuple(wording(known, purpose, day) for purpose in PURPOSES)


def standing(desk: Desk, session: Session, customer_id: CustomerId) -> Standing:
    """Return what the customer allows now, over all of the person's cards.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.OPEN_CARD)
    with desk.look() as connection:
        return _standing(connection, desk.me, customer_id, desk.clock.now_ms())


def _standing(connection: unit.Connection, me: unit.Me, customer_id: CustomerId, now_ms: int) -> Standing:
    words = contacts.words_of(connection, customer_id)
    wish = erasures.wish_of(connection, customer_id)
    return Standing(
        frozenset((p, c) for p in PURPOSES for c in CHANNELS if allows(words, p, c)),
        contacts.is_barred(connection, customer_id) or wants_no_contact(words),
        _texts(connection, me, now_ms),
        restricted=contacts.is_restricted(connection, customer_id),
        last_words=contacts.last_words_of(connection, customer_id),
        erasure_asked_at=None if wish is None else wish.asked_at,
    )


def record(  # what makes a consent one that can be proved
    desk: Desk,
    session: Session,
    customer_id: CustomerId,
    purpose: str,
    *,
    given: bool,
    channels: Sequence[str] = ("",),
    form: str = "screen",
    basis: str = "consent",
) -> Outcome[Standing]:
    """Record a consent or its withdrawal for some channels of a purpose; ``""`` means every channel.

    Raises:
        Refusal: ``not_allowed``, ``bad_purpose``, ``bad_channel``, ``bad_form``, ``no_such_customer``,
            ``restricted``, ``erasure_asked`` when a consent is given by who wishes to be erased.
    """
    require(session, Act.RECORD_CONSENT)
    _check(purpose, channels, form, basis)
    words = [Said(purpose, channel, given) for channel in channels]
    return record_all(desk, session, customer_id, words, form=form, basis=basis)


def record_all(
    desk: Desk,
    session: Session,
    customer_id: CustomerId,
    words: Sequence[Said],
    *,
    form: str = "screen",
    basis: str = "consent",
) -> Outcome[Standing]:
    """Record several words of one conversation in one act, all of them or none.

    Raises:
        Refusal: those of :func:`record`.
    """
    require(session, Act.RECORD_CONSENT)
    for word in words:
        _check(word.purpose, (word.channel,), form, basis)
    with desk.begin_by(session) as work:
        must_be_here(work.connection, customer_id)
        if any(word.given for word in words):
            must_be_writable(work.connection, session, customer_id)
            must_not_wish_erasure(work.connection, customer_id)
        rows = [
            consent_row(
                work,
                session,
                customer_id,
                word.purpose,
                "given" if word.given else "withdrawn",
                channel=word.channel,
                form=form,
                basis=basis,
            )
            for word in words
        ]
        if rows:
            work.record("consent_recorded", {"consent": rows})
        now = _standing(work.connection, work.me, customer_id, work.now_ms)
    return Outcome(now, _CHANGED)


def withdraw_all(desk: Desk, session: Session, customer_id: CustomerId) -> Outcome[Standing]:
    """Withdraw everything by one tap, with no reason asked: every purpose, every channel.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``.
    """
    require(session, Act.RECORD_CONSENT)
    with desk.begin_by(session) as work:
        must_be_here(work.connection, customer_id)
        rows = [consent_row(work, session, customer_id, purpose, "withdrawn") for purpose in PURPOSES]
        work.record("consent_recorded", {"consent": rows})
        now = _standing(work.connection, work.me, customer_id, work.now_ms)
    return Outcome(now, _CHANGED)


def set_no_contact(desk: Desk, session: Session, customer_id: CustomerId, *, barred: bool) -> Outcome[Standing]:
    """Bar every contact, over all consents, or lift the bar at the customer's wish.

    The word travels as a consent does, so that of two counters the stricter wins; the flag of the card follows it.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``erasure_asked`` when the bar is lifted of who wishes to be
            erased.
    """
    require(session, Act.RECORD_CONSENT)
    with desk.begin_by(session) as work:
        row = must_be_here(work.connection, customer_id)
        if not barred:
            must_be_writable(work.connection, session, customer_id)
            must_not_wish_erasure(work.connection, customer_id)
        word = consent_row(work, session, customer_id, CONTACT, "withdrawn" if barred else "given")
        rows: dict[str, list[dict[str, Any]]] = {"consent": [word]}
        if bool(row["do_not_contact"]) is not barred:
            rows["customer"] = [edited(row, {"do_not_contact": barred}, work.tick(), work.me.counter_id)]
        work.record("contact_barred" if barred else "contact_allowed", rows)
        now = _standing(work.connection, work.me, customer_id, work.now_ms)
    return Outcome(now, _CHANGED)


def set_restricted(desk: Desk, session: Session, customer_id: CustomerId, *, restricted: bool) -> Outcome[None]:
    """Keep a person's data and use it for nothing, or use it again; at the subject's demand.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``.
    """
    require(session, Act.RESTRICT_PROCESSING)
    with desk.begin_by(session) as work:
        row = must_be_here(work.connection, customer_id)
        wanted = "restricted" if restricted else "active"
        if row["status"] != wanted:
            change = edited(row, {"status": wanted}, work.tick(), work.me.counter_id)
            work.record("processing_restricted" if restricted else "processing_resumed", {"customer": [change]})
    return Outcome(None, _CHANGED)


def may_contact(
    connection: unit.Connection, customer_id: CustomerId, channel: str, purpose: str = "marketing", *, basis: str = ""
) -> Text | None:
    """Return why a customer may not be reached in a channel for a purpose; None when nothing stands against it.

    Asked before every contact task, promise to call or campaign. A contract covers service without a consent
    (``basis``), and nothing covers what the customer barred.
    """
    words = contacts.words_of(connection, customer_id)
    against = _against_all(connection, customer_id, words)
    if against is not None:
        return against
    if channel not in CHANNELS:
        return Text(N_("There is no such channel."))
    if (basis in {"contract", "law"} and purpose in BY_CONTRACT) or allows(words, purpose, channel):
        return None
    return Text(N_("The customer has not allowed this in this channel."))


def _against_all(connection: unit.Connection, customer_id: CustomerId, words: Sequence[Word]) -> Text | None:
    """Return what stands against every contact, whatever for."""
    status = contacts.status_of(connection, customer_id)
    if status is None or status == "erased":
        return Text(N_("This customer's card was erased or is not here."))
    if contacts.is_restricted(connection, customer_id):
        return Text(N_("The processing of this customer's data is restricted."))
    if erasures.wish_of(connection, customer_id) is not None:
        return WISHES_ERASURE
    if contacts.is_barred(connection, customer_id) or wants_no_contact(words):
        return Text(N_("The customer wants no contact."))
    return None


def way_to(connection: unit.Connection, customer_id: CustomerId) -> str:
    """Return the channel the customer likes to be reached by, as consents name it; a call when none is noted."""
    known = card_rows.row_of(connection, "channel_pref", card_rows.one_of(customer_id, "channel_pref"))
    liked = "" if known is None else str(known["channel"])
    return "call" if liked in {"", "phone"} else liked


def may_keep(connection: unit.Connection, customer_id: CustomerId, promise: str) -> bool:
    """Say whether a promise made may be kept still: one that reaches the customer needs today's consent (A61)."""
    return promise not in REACHES or (
        may_contact(connection, customer_id, way_to(connection, customer_id), "service") is None
    )


def require_contact(
    connection: unit.Connection, customer_id: CustomerId, channel: str, purpose: str = "marketing", *, basis: str = ""
) -> None:
    """Refuse a contact that :func:`may_contact` speaks against.

    Raises:
        Refusal: ``contact_not_allowed``.
    """
    why = may_contact(connection, customer_id, channel, purpose, basis=basis)
    if why is not None:
        raise Refusal("contact_not_allowed", why)


def consent_row(
    work: unit.Unit,
    session: Session,
    customer_id: UUID,
    purpose: str,
    state: str,
    *,
    channel: str = "",
    form: str = "screen",
    basis: str = "consent",
) -> dict[str, Any]:
    """Return the fact of a word: purpose, channel, the wording's hash, form, basis, who took it, where and when."""
    shift = shifts.open_shift(work.connection, work.me.counter_id)
    seen = cards.consent_clocks(work.connection, CustomerId(customer_id), purpose)
    known = {one.purpose: one.hash for one in _texts(work.connection, work.me, work.now_ms)}
    return {
        "id": work.new_id(),
        **who(work, session, None if shift is None else shift.id),
        "customer_id": customer_id,
        "purpose": purpose,
        "channel": channel,
        "state": state,
        "text_hash": known.get(purpose, ""),
        "form": form,
        "basis": basis,
        "store_id": work.me.store_id,
        # What was withdrawn in sight of this, and no more: a clock that runs ahead has seen nothing.
        "base_hlc": seen.withdrawn,
        "hlc": max(work.tick(), seen.newest + 1),
    }


def _check(purpose: str, channels: Sequence[str], form: str, basis: str) -> None:
    if purpose not in PURPOSES:
        raise Refusal("bad_purpose", Text(N_("There is no such purpose of consent.")))
    if not channels or set(channels) - {"", *CHANNELS}:
        raise Refusal("bad_channel", Text(N_("There is no such channel.")))
    if form not in FORMS or basis not in BASES:
        raise Refusal("bad_form", Text(N_("A consent is given on paper, on the screen or by a code on the receipt.")))
