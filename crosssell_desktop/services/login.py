"""Logging in: the person is chosen first, then a six-digit PIN; tries are counted where no restart resets them."""

from __future__ import annotations

import hmac

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, NP_, Text
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import people

FREE_TRIES = 5
LAST_TRY = 10
FIRST_WAIT_MS = 30_000
LONGEST_WAIT_MS = 3_600_000
PIN_DIGITS = 6

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id at 19 MiB, t=2, p=1 (OWASP's floor): 50 to 100 ms on a counter's processor."""


def people_here(desk: Desk) -> tuple[people.Person, ...]:
    """Return who may log in at this counter's store."""
    with desk.look() as connection:
        return people.people_of_store(connection, desk.me.store_id)


def set_pin(desk: Desk, person_id: PersonId, pin: str) -> Outcome[None]:
    """Give a person a PIN at this counter.

    Raises:
        Refusal: ``bad_pin`` when it is not six digits or is one everybody guesses.
    """
    if len(pin) != PIN_DIGITS or not pin.isascii() or not pin.isdigit():
        raise Refusal("bad_pin", Text(N_("A PIN is six digits.")))
    if len(set(pin)) == 1 or pin in "01234567890" or pin in "09876543210":
        raise Refusal("bad_pin", Text(N_("This PIN is the first that anybody would try. Choose another.")))
    verifier = _hasher.hash(_peppered(desk, pin))
    with desk.begin() as work:
        people.set_credential(work.connection, person_id, verifier, work.now_ms)
    return Outcome(None, frozenset({Change.PEOPLE}))


def log_in(desk: Desk, person_id: PersonId, pin: str) -> Outcome[Session]:
    """Open a session for a person.

    Five free tries, then a wait of 30 s that doubles up to an hour; after the tenth only a supervisor's
    reset helps. The try is counted before the PIN is looked at, so that killing the program gains nothing.

    Raises:
        Refusal: ``wrong_pin``, ``locked``, ``locked_for_good``, ``no_pin``, ``no_person``.
    """
    with desk.begin() as work:
        person = people.person_by_id(work.connection, person_id)
        known = people.credential_of(work.connection, person_id)
        if person is None:
            raise Refusal("no_person", Text(N_("This person no longer works here.")))
        if known is None:
            raise Refusal(
                "no_pin",
                Text(N_("{name} has no PIN at this counter yet: a supervisor sets one."), {"name": person.short_name}),
            )
        if known.failures >= LAST_TRY:
            raise Refusal(
                "locked_for_good",
                Text(
                    N_("Too many wrong PINs. A supervisor must set a new one for {name}."), {"name": person.short_name}
                ),
            )
        wait_ms = known.locked_until - work.now_ms
        if wait_ms > _wait_ms(known.failures):
            # The clock was set back: the whole wait begins again, but it does not last for the years between.
            wait_ms = _wait_ms(known.failures)
            people.note_try(work.connection, person_id, failures=known.failures, locked_until=work.now_ms + wait_ms)
        failures = known.failures + 1
        if wait_ms <= 0:
            people.note_try(
                work.connection, person_id, failures=failures, locked_until=work.now_ms + _wait_ms(failures)
            )
    if wait_ms > 0:
        raise Refusal(
            "locked",
            _counted(
                *NP_("Wait {n} second before the next try.", "Wait {n} seconds before the next try."),
                (wait_ms + 999) // 1000,
            ),
        )
    if not _matches(known.verifier, _peppered(desk, pin)):
        left = max(0, FREE_TRIES - failures)
        raise Refusal(
            "wrong_pin",
            Text(N_("Wrong PIN."))
            if not left
            else _counted(*NP_("Wrong PIN. {n} try left.", "Wrong PIN. {n} tries left."), left),
        )
    with desk.begin() as work:
        people.note_try(work.connection, person_id, failures=0, locked_until=0)
        session_id = work.new_id()
        people.open_session(work.connection, session_id, person_id, work.now_ms, "pin")
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


def log_out(desk: Desk, session: Session) -> Outcome[None]:
    """Close a session; receipts being made stay with their owner."""
    with desk.begin() as work:
        people.close_session(work.connection, session.id, work.now_ms)
    return Outcome(None, frozenset({Change.PEOPLE}))


def _wait_ms(failures: int) -> int:
    if failures < FREE_TRIES:
        return 0
    return min(LONGEST_WAIT_MS, FIRST_WAIT_MS << (failures - FREE_TRIES))


def _peppered(desk: Desk, pin: str) -> bytes:
    return hmac.digest(desk.pepper, pin.encode(), "sha256")


def _matches(verifier: str, secret: bytes) -> bool:
    try:
        return _hasher.verify(verifier, secret)
    except VerifyMismatchError:
        return False


def _counted(singular: str, plural: str, n: int) -> Text:
    return Text(singular, {"n": n}, plural=plural, count=n)
