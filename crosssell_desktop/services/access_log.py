"""Opening what is masked, with a reason, and telling who looked at what: nothing is seen unseen (A40)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.consents import CHANNELS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.field_access import (
    LISTED_AT_MOST,
    REVEAL_REASONS,
    REVEAL_TO_REACH,
    Group,
    Sight,
    is_too_wide,
    sight,
)
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import consents, exchange, finding, lease, masking
from crosssell_desktop.services.business import business
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import unit
from crosssell_desktop.store.queries import access_log, contacts, find
from crosssell_desktop.store.queries.access_log import LogFilter, Looked
from crosssell_desktop.sync import centre_asked

__all__ = [
    "Left",
    "LogFilter",
    "Looked",
    "Revealed",
    "as_csv",
    "ask_centre",
    "entries",
    "left",
    "note",
    "note_list",
    "reveal",
    "whose",
]
"""``Looked`` and ``LogFilter`` are handed on to who shows the log."""

HOUR_MS = 3_600_000
WHOSE_AT_MOST = 20
LIMITS: tuple[tuple[str, int], ...] = (("access.reveals_per_hour", HOUR_MS), ("access.reveals_per_day", DAY_MS))
_OPENED: dict[Group, tuple[str, ...]] = {
    Group.CONTACT: ("phone", "email", "messenger"),
    Group.ADDRESS: ("post",),
}


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was opened, by kind of contact; it is shown once and kept nowhere."""

    values: tuple[tuple[str, str], ...]

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the values of one kind."""
        return tuple(value for of, value in self.values if of == kind)


@dataclass(frozen=True, slots=True)
class Left:
    """How many contacts the person may still open within the running hour and day, and of how many."""

    of_hour: int
    hour: int
    of_day: int
    day: int


def left(desk: Desk, session: Session) -> Left:
    """Return how many contacts the person may still open.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.REVEAL_CONTACT)
    with desk.look() as connection:
        settings = business(connection, desk.me)
        now = desk.clock.now_ms()
        counted = [
            (most := settings.number(key), max(most - _looks(connection, session, now - span), 0))
            for key, span in LIMITS
        ]
    (of_hour, hour), (of_day, day) = counted
    return Left(of_hour, hour, of_day, day)


def reveal(
    desk: Desk, session: Session, customer_id: CustomerId, reason: str, *, group: Group = Group.CONTACT
) -> Outcome[Revealed]:
    """Open a customer's masked contacts: the look is recorded before anything is shown.

    A reason that ends in reaching the customer is held against what the customer allows: service in one channel at
    least, or the order that is being delivered; nothing opens a contact the customer barred.

    Raises:
        Refusal: ``not_allowed``, ``bad_reason``, ``no_such_customer``, ``too_many_reveals``, ``contact_not_allowed``,
            ``people_locked``.
    """
    require(session, Act.REVEAL_CONTACT)
    if group not in _OPENED or sight(session, group) not in {Sight.REVEAL, Sight.FULL}:
        raise Refusal("not_allowed", Text(N_("Your role does not allow this; ask the shift supervisor.")))
    if reason not in REVEAL_REASONS:
        raise Refusal("bad_reason", Text(N_("Choose why the contact is opened.")))
    with desk.begin_by(session) as work:
        lease.require_open(work.connection, desk)
        _hold_limit(work, session)
        found = contacts.of_customer(work.connection, customer_id, _OPENED[group])
        if found is None:
            raise Refusal("no_such_customer", Text(N_("This customer's card has not reached this counter yet.")))
        if reason in REVEAL_TO_REACH:
            _must_be_reachable(work, customer_id, REVEAL_TO_REACH[reason])
        note(work, session, customer_id, group.value, reason)
    return Outcome(Revealed(found), frozenset({Change.SYNC}))


def _must_be_reachable(work: unit.Unit, customer_id: CustomerId, basis: str) -> None:
    against = [consents.may_contact(work.connection, customer_id, of, "service", basis=basis) for of in CHANNELS]
    barred = [why for why in against if why is not None]
    if len(barred) == len(CHANNELS):
        raise Refusal("contact_not_allowed", barred[0])


def _looks(connection: unit.Connection, session: Session, since_ms: int) -> int:
    return access_log.looks_since(connection, session.person_id, since_ms)


def _hold_limit(work: unit.Unit, session: Session) -> None:
    settings = business(work.connection, work.me)
    for key, span in LIMITS:
        most = settings.number(key)
        if _looks(work.connection, session, work.now_ms - span) >= most:
            raise Refusal(
                "too_many_reveals",
                Text(
                    N_("You have opened {n} contacts of late; that is the most. The shift supervisor can look it up."),
                    {"n": most},
                ),
            )


def note(work: unit.Unit, session: Session, customer_id: UUID, group: str, reason: str) -> None:
    """Record a look within the act that makes it."""
    _record(work, session, field_group=group, reason=reason, customer_id=customer_id, cards=None)


def note_list(work: unit.Unit, session: Session, reason: str, cards: int) -> None:
    """Record an act on so many cards at once."""
    _record(work, session, field_group="list", reason=reason, customer_id=None, cards=cards)


def _record(
    work: unit.Unit, session: Session, *, field_group: str, reason: str, customer_id: UUID | None, cards: int | None
) -> None:
    row = {
        "id": work.new_id(),
        "counter_id": work.me.counter_id,
        "made_at": work.now_ms,
        "person_id": session.person_id,
        "session_id": session.id,
        "customer_id": customer_id,
        "field_group": field_group,
        "reason": reason,
        "cards": cards,
    }
    work.record("access", {"access": [row]})


def whose(desk: Desk, session: Session, text: str) -> tuple[find.FoundCustomer, ...]:
    """Return the customers whose looks may be asked for by a text, found as everywhere; nobody for a text too short.

    Raises:
        Refusal: ``not_allowed``, ``people_locked``; ``too_many`` where more answer than the level may list (A40).
    """
    require(session, Act.SEE_STORE_LOG)
    clean = text.strip()
    if len(clean) < finding.SHORTEST:
        return ()
    with desk.look() as connection:
        lease.require_open(connection, desk)
        found = find.find_customers(connection, clean, WHOSE_AT_MOST)
    if is_too_wide(session, found.total):
        raise Refusal(
            "too_many",
            Text(
                N_("More than {n} customers answer to this and are not listed: write more of the name, or the phone."),
                {"n": LISTED_AT_MOST[session.level]},
            ),
        )
    how = sight(session, Group.NAME)
    return tuple(
        replace(one, display_name=masking.seen("display_name", one.display_name, how)) for one in found.customers
    )


def entries(desk: Desk, session: Session, wanted: LogFilter) -> tuple[Looked, ...]:
    """Return the looks this file knows, as far as the level may see the log: own, the store's, or all.

    Raises:
        Refusal: ``not_allowed``.
    """
    with desk.look() as connection:
        return _as_seen(session, access_log.looks(connection, _narrowed(session, wanted)))


def ask_centre(desk: Desk, session: Session, wanted: LogFilter) -> tuple[Looked, ...]:
    """Return the same of all counters for the office, of itself for a counter; it waits for the network.

    Raises:
        Refusal: ``not_allowed``, ``no_centre``.
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
    """
    asked = _narrowed(session, wanted)
    told = centre_asked.looks_of(exchange.link_of(desk), _wire(asked))
    rows = [{**row, **{key: UUID(row[key]) for key in _IDS if row[key] is not None}} for row in told]
    with desk.look() as connection:
        found = access_log.named(connection, rows)
        here = access_log.looks(connection, asked)
    known = {one.id for one in found}
    merged = (*found, *(one for one in here if one.id not in known))
    return _as_seen(session, sorted(merged, key=lambda one: (-one.at, one.id))[: asked.limit])


def _as_seen(session: Session, looks: Iterable[Looked]) -> tuple[Looked, ...]:
    """Return looks with the customer's name as the level sees it everywhere else; page and file show these (A40)."""
    how = sight(session, Group.NAME)
    return tuple(replace(one, customer=masking.seen("display_name", one.customer, how)) for one in looks)


_IDS = ("id", "counter_id", "person_id", "session_id", "customer_id")


def _wire(wanted: LogFilter) -> dict[str, object]:
    return {
        "customer_id": None if wanted.customer_id is None else str(wanted.customer_id),
        "person_id": None if wanted.person_id is None else str(wanted.person_id),
        "since": wanted.since,
        "until": wanted.until,
        "limit": wanted.limit,
    }


def _narrowed(session: Session, wanted: LogFilter) -> LogFilter:
    require(session, Act.SEE_ACCESS_LOG)
    if sight(session, Group.ACCESS_LOG) is not Sight.OWN:
        return wanted
    if wanted.person_id not in {None, session.person_id}:
        raise Refusal("not_allowed", Text(N_("Your role does not allow this; ask the shift supervisor.")))
    return replace(wanted, person_id=session.person_id)


def as_csv(looks: Iterable[Looked]) -> str:
    """Return looks as a table for a spreadsheet; no cell of it can be a formula."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow(("at_utc_ms", "person", "counter", "customer_id", "cards", "what", "why"))
    for one in looks:
        whose = "" if one.customer_id is None else str(one.customer_id)
        cards = "" if one.cards is None else str(one.cards)
        row = (str(one.at), one.person, one.counter, whose, cards, one.field_group, one.reason)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return made.getvalue()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
