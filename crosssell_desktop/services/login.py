"""Logging in: the person is chosen first, then a PIN or a password; tries are counted where no restart resets them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.clock import MINUTE_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, NP_, Text
from crosssell_desktop.services import pins
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import people, pin_rows
from crosssell_desktop.store.pin_rows import Pin, Tries
from crosssell_desktop.store.queries import presence
from crosssell_desktop.store.unit import Unit

FREE_TRIES = 5
LAST_TRY = 10
FIRST_WAIT_MS = 30_000
LONGEST_WAIT_MS = 3_600_000
ELSEWHERE_MS = 10 * MINUTE_MS
"""Who was at work at another counter within this time and logs in here is told so."""


@dataclass(frozen=True, slots=True)
class _Proof:
    """What was shown to be true: who it is, with which PIN."""

    person: people.Person
    pin: Pin


def people_here(desk: Desk) -> tuple[people.Person, ...]:
    """Return who may log in at this counter's store."""
    with desk.look() as connection:
        return people.people_of_store(connection, desk.me.store_id)


def set_pin(desk: Desk, person_id: PersonId, pin: str) -> Outcome[None]:
    """Give a person a PIN without asking anybody: for setting a shop up, never behind a screen.

    Raises:
        Refusal: ``bad_pin`` when it is not six digits or is one everybody guesses.
    """
    pins.check_pin(pin)
    with desk.begin() as work:
        pins.give(work, person_id, pin, "pin")
    return Outcome(None, frozenset({Change.PEOPLE}))


def log_in(desk: Desk, person_id: PersonId, secret: str) -> Outcome[Session]:
    """Open a session for a person.

    Five free tries, then a wait of 30 s that doubles up to an hour; after the tenth only a supervisor's
    reset helps. The try is counted before the PIN is looked at, so that killing the program gains nothing.

    Raises:
        Refusal: ``wrong_pin``, ``locked``, ``locked_for_good``, ``no_pin``, ``no_person``, ``pin_expired``,
            ``pin_key_missing``; ``must_change`` when a one-time PIN was right: :func:`change_secret` goes on.
    """
    proof = _prove(desk, person_id, secret)
    if proof.pin.one_time:
        raise Refusal("must_change", _choose_own(pins.kind_for(proof.person.level)))
    with desk.begin() as work:
        return _opened(work, proof.person)


def change_secret(desk: Desk, person_id: PersonId, old: str, new: str) -> Outcome[Session]:
    """Give oneself a new PIN or password, which then counts at every counter of the store, and open a session.

    Raises:
        Refusal: those of :func:`log_in` for the old one, ``bad_pin``, ``bad_password``, ``same_pin``.
    """
    proof = _prove(desk, person_id, old)
    kind = pins.kind_for(proof.person.level)
    pins.check(kind, new)
    if new == old:
        raise Refusal("same_pin", Text(N_("This is the old one. Choose another.")))
    with desk.begin() as work:
        pins.give(work, person_id, new, kind, by=person_id)
        done = _opened(work, proof.person)
    return replace(done, changes=done.changes | {Change.SYNC})


def log_out(desk: Desk, session: Session) -> Outcome[None]:
    """Close a session; receipts being made stay with their owner."""
    with desk.begin() as work:
        people.close_session(work.connection, session.id, work.now_ms)
    return Outcome(None, frozenset({Change.PEOPLE}))


def renewed(desk: Desk, session: Session) -> Session:
    """Return the session with the level and department the person has by now; news of the office end or change it.

    Raises:
        Refusal: ``no_person`` when the person was dismissed.
    """
    with desk.look() as connection:
        person = people.person_by_id(connection, session.person_id)
    if person is None:
        raise _gone()
    return replace(session, level=Level(person.level), department_id=person.department_id, short_name=person.short_name)


def elsewhere(desk: Desk, person_id: PersonId) -> tuple[str, ...]:
    """Return the other counters at which the person was at work a moment ago, as far as it was heard (A38)."""
    since = desk.clock.now_ms() - ELSEWHERE_MS
    with desk.look() as connection:
        found = presence.counters_of(connection, person_id, since, desk.clock.now_ms())
        names = people.counter_names(connection)
    return tuple(sorted(names.get(one, "") for one in found if one != desk.me.counter_id))


def _prove(desk: Desk, person_id: PersonId, secret: str) -> _Proof:
    """Count a try, then look at the secret; a right one sets the count to 0."""
    with desk.begin() as work:
        person = people.person_by_id(work.connection, person_id)
        if person is None:
            raise _gone()
        pin = pin_rows.pin_of(work.connection, person_id)
        if pin is None:
            raise Refusal(
                "no_pin", Text(N_("{name} has no PIN yet: a supervisor gives one."), {"name": person.short_name})
            )
        key = pin_rows.key(work.connection, pin.key_id)
        if key is None:
            raise Refusal(
                "pin_key_missing",
                Text(
                    N_(
                        "The PIN was given at another counter, and what it is checked with has not come yet. "
                        "It comes with the next exchange while another counter is at work."
                    )
                ),
            )
        if pin.one_time and work.now_ms > pin.valid_until:
            raise Refusal("pin_expired", Text(N_("This one-time PIN is over. Ask the supervisor for a new one.")))
        wait_ms, failures = _count_try(work, person, pin)
    if wait_ms > 0:
        raise Refusal(
            "locked",
            _counted(
                *NP_("Wait {n} second before the next try.", "Wait {n} seconds before the next try."),
                (wait_ms + 999) // 1000,
            ),
        )
    if not pins.matches(pin, key, secret):
        left = max(0, FREE_TRIES - failures)
        raise Refusal(
            "wrong_pin",
            Text(N_("Wrong PIN."))
            if not left
            else _counted(*NP_("Wrong PIN. {n} try left.", "Wrong PIN. {n} tries left."), left),
        )
    with desk.begin() as work:
        pin_rows.note_try(work.connection, person_id, pin, Tries())
    return _Proof(person, pin)


def _count_try(work: Unit, person: people.Person, pin: Pin) -> tuple[int, int]:
    """Return how long the person must wait, and the failures with this try among them."""
    known = pin_rows.tries_of(work.connection, person.id, pin)
    if known.failures >= LAST_TRY:
        raise Refusal(
            "locked_for_good",
            Text(N_("Too many wrong PINs. A supervisor must set a new one for {name}."), {"name": person.short_name}),
        )
    wait_ms = known.locked_until - work.now_ms
    if wait_ms > _wait_ms(known.failures):
        # The clock was set back: the whole wait begins again, but it does not last for the years between.
        wait_ms = _wait_ms(known.failures)
        pin_rows.note_try(work.connection, person.id, pin, Tries(known.failures, work.now_ms + wait_ms))
    failures = known.failures + 1
    if wait_ms <= 0:
        pin_rows.note_try(work.connection, person.id, pin, Tries(failures, work.now_ms + _wait_ms(failures)))
    return wait_ms, failures


def _opened(work: Unit, person: people.Person) -> Outcome[Session]:
    session_id = work.new_id()
    people.open_session(work.connection, session_id, person.id, work.now_ms, "pin")
    return Outcome(
        Session(
            id=session_id,
            person_id=person.id,
            short_name=person.short_name,
            level=Level(person.level),
            department_id=person.department_id,
            store_id=person.store_id,
            language=person.language,
        ),
        frozenset({Change.PEOPLE}),
    )


def _choose_own(kind: pin_rows.SecretKind) -> Text:
    if kind == "password":
        return Text(N_("Right. This PIN was for one time: now choose a password of your own."))
    return Text(N_("Right. This PIN was for one time: now choose six digits of your own."))


def _gone() -> Refusal:
    return Refusal("no_person", Text(N_("This person no longer works here.")))


def _wait_ms(failures: int) -> int:
    if failures < FREE_TRIES:
        return 0
    return min(LONGEST_WAIT_MS, FIRST_WAIT_MS << (failures - FREE_TRIES))


def _counted(singular: str, plural: str, n: int) -> Text:
    return Text(singular, {"n": n}, plural=plural, count=n)
