"""Erasing a person: asked anywhere, approved by a manager, executed by the data administrator at the office (T18).

Law: from the asking on nobody contacts the person, on any card that was theirs then; the execution is one transaction,
and everything else (other counters, the centre's operations, this file's remains) follows from its tombstone. Sales
stay under the random id.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.consents import CONTACT, PURPOSES
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.field_access import Group, sight
from crosssell_desktop.domain.fields import edited
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import access_log, consents, masking
from crosssell_desktop.services.business import business
from crosssell_desktop.services.card_guard import must_be_here
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.shifts import who
from crosssell_desktop.services.staff_office import require_office
from crosssell_desktop.store import sweeping, unit
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.queries import card as cards
from crosssell_desktop.store.queries import erasures, shifts
from crosssell_desktop.store.queries.erasures import Wish

GROUNDS: dict[str, str] = {
    "withdrawn": N_("the consent was withdrawn"),
    "subject_asked": N_("the person asked to be erased"),
    "purpose_reached": N_("the data are no longer needed"),
    "unlawful": N_("the data should not have been kept"),
}
"""Why somebody is erased; no free words, for they would say something about the person."""
_CHANGED = frozenset({Change.CUSTOMER, Change.SYNC})


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done, for the act: no name and no contact, only the random id that sales keep."""

    act_no: str
    customer_ids: tuple[CustomerId, ...]
    ground: str
    asked_at: int
    approved_at: int
    at: int
    counts: tuple[tuple[str, int], ...]
    """How many rows of which table went."""


def ask(desk: Desk, session: Session, customer_id: CustomerId, ground: str = "withdrawn") -> Outcome[None]:
    """Record the wish to be erased; every consent is withdrawn and every contact barred in the same moment.

    Raises:
        Refusal: ``not_allowed``, ``bad_ground``, ``no_such_customer``, ``already_asked``.
    """
    require(session, Act.ASK_ERASURE)
    if ground not in GROUNDS:
        raise Refusal("bad_ground", Text(N_("Choose why the person is erased.")))
    with desk.begin_by(session) as work:
        must_be_here(work.connection, customer_id)
        if erasures.wish_of(work.connection, customer_id) is not None:
            raise Refusal("already_asked", Text(N_("This wish is recorded already.")))
        # Every card of the person: should one be taken out again, the wish stays with it, at every counter.
        ids = _all_cards(work, customer_id)
        changes = [
            edited(row, {"do_not_contact": True}, work.tick(), work.me.counter_id)
            for one in ids
            if (row := cards.card_row(work.connection, one)) is not None and not row["do_not_contact"]
        ]
        rows: dict[str, list[dict[str, Any]]] = {
            "consent": [
                consents.consent_row(work, session, one, purpose, "withdrawn")
                for one in ids
                for purpose in (*PURPOSES, CONTACT)
            ],
            "erasure_step": [_step(work, session, one, "asked", ground) for one in ids],
        }
        if changes:
            rows["customer"] = changes
        work.record("erasure_asked", rows)
    return Outcome(None, _CHANGED)


def decide(desk: Desk, session: Session, customer_id: CustomerId, *, approved: bool) -> Outcome[None]:
    """Approve the erasure of a person, or refuse it where the law keeps the data.

    Raises:
        Refusal: ``not_allowed``, ``not_asked``.
    """
    require(session, Act.APPROVE_ERASURE)
    with desk.begin_by(session) as work:
        wish = _must_be_asked(work, customer_id)
        step = "approved" if approved else "refused"
        rows = [_step(work, session, one, step, wish.ground) for one in _all_cards(work, customer_id)]
        work.record("erasure_decided", {"erasure_step": rows})
    return Outcome(None, _CHANGED)


def term_days(desk: Desk) -> int:
    """Return within how many days the law wants a person erased (``pii.erase_days``)."""
    with desk.look() as connection:
        return business(connection, desk.me).number("pii.erase_days")


def waiting(desk: Desk, session: Session) -> tuple[Wish, ...]:
    """Return the wishes that are not executed, the oldest first, each with the day the law wants it done by.

    The name is as the level sees names (A40).

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.SUBJECT_EXTRACT)
    with desk.look() as connection:
        days = business(connection, desk.me).number("pii.erase_days")
        wishes = erasures.waiting(connection, term_ms=days * DAY_MS)
    how = sight(session, Group.NAME)
    return tuple(replace(wish, name=masking.seen("display_name", wish.name, how)) for wish in wishes)


def execute(desk: Desk, session: Session, customer_id: CustomerId) -> Outcome[Erased]:
    """Erase a person: all cards that were merged, all that belongs to them; ends in the act's figures.

    Raises:
        Refusal: ``not_allowed``, ``not_office``, ``not_asked``, ``not_approved``.
    """
    require(session, Act.EXECUTE_ERASURE)
    with desk.begin_by(session) as work:
        require_office(work.connection)
        wish = _must_be_asked(work, customer_id)
        if wish.approved_at is None:
            raise Refusal("not_approved", Text(N_("A manager has to approve this first.")))
        person = erasures.person_of(work.connection, customer_id)
        day = dt.datetime.fromtimestamp(work.now_ms / 1_000, dt.UTC).date()
        act_no = f"{work.me.prefix}-{day:%Y%m%d}-{str(person.ids[0])[-4:]}"
        shift = shifts.open_shift(work.connection, work.me.counter_id)
        rows = [
            {
                "id": work.new_id(),
                **who(work, session, None if shift is None else shift.id),
                "customer_id": one,
                "act_no": act_no,
                "ground": wish.ground,
                "asked_at": wish.asked_at,
                "keys": list(person.keys),
            }
            for one in person.ids
        ]
        work.record("customer_erased", {"tombstone": rows})
        access_log.note(work, session, person.ids[0], "erasure", wish.ground)
    done = Erased(act_no, person.ids, wish.ground, wish.asked_at, wish.approved_at, work.now_ms, person.counts)
    return Outcome(done, _CHANGED)


def clean(desk: Desk) -> int:
    """Remove the remains of erased people from this file now; a round of the exchange does it by itself."""

    def write(work: Any) -> Any:  # noqa: ANN401  # whatever the step returns
        with desk.database.write() as connection:
            return work(connection)

    return sweeping.sweep_erased(desk.database, write, desk.clock.now_ms())


def _all_cards(work: unit.Unit, customer_id: CustomerId) -> tuple[CustomerId, ...]:
    """Return every card of the person, the one that was named last: the newest step says under which it was asked."""
    ids = cluster_of(work.connection, customer_id)
    return (*(one for one in ids if one != customer_id), customer_id)


def _step(work: unit.Unit, session: Session, customer_id: UUID, step: str, ground: str) -> dict[str, Any]:
    shift = shifts.open_shift(work.connection, work.me.counter_id)
    return {
        "id": work.new_id(),
        **who(work, session, None if shift is None else shift.id),
        "customer_id": customer_id,
        "step": step,
        "ground": ground,
    }


def _must_be_asked(work: unit.Unit, customer_id: CustomerId) -> Wish:
    wish = erasures.wish_of(work.connection, customer_id)
    if wish is None:
        raise Refusal("not_asked", Text(N_("Nobody asked for this: record the wish first.")))
    return wish
