"""What a PIN and a password must be, and how one is given: six digits for who sells, a password for who supervises."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crosssell_desktop.domain.access import Level
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import pin_keys
from crosssell_desktop.store import pin_rows
from crosssell_desktop.store.pin_rows import Pin, SecretKind
from crosssell_desktop.store.unit import Unit

PIN_DIGITS = 6
PASSWORD_LEAST = 8
PASSWORD_MOST = 200
ONE_TIME_MS = 3 * DAY_MS
"""How long a one-time PIN waits for its person."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id at 19 MiB, t=2, p=1 (OWASP's floor): 50 to 100 ms on a counter's processor."""


def kind_for(level: int) -> SecretKind:
    """Return what a person of a level chooses for himself: a password from the shift supervisor upwards."""
    return "password" if level >= Level.SUPERVISOR else "pin"


def check_pin(pin: str) -> None:
    """Look whether a PIN may be taken.

    Raises:
        Refusal: ``bad_pin`` when it is not six digits or is one everybody guesses.
    """
    if len(pin) != PIN_DIGITS or not pin.isascii() or not pin.isdigit():
        raise Refusal("bad_pin", Text(N_("A PIN is six digits.")))
    if is_obvious(pin):
        raise Refusal("bad_pin", Text(N_("This PIN is the first that anybody would try. Choose another.")))


def is_obvious(pin: str) -> bool:
    """Say whether a PIN is among those tried first: one digit, a run, a pair or three digits repeated."""
    return (
        len(set(pin)) == 1
        or pin in "01234567890"
        or pin in "09876543210"
        or pin == pin[:2] * (PIN_DIGITS // 2)
        or pin == pin[:3] * 2
    )


def check_password(password: str) -> None:
    """Look whether a password may be taken.

    Raises:
        Refusal: ``bad_password`` when it is short, endless, or hardly varied.
    """
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise Refusal(
            "bad_password",
            Text(N_("A password has {least} to {most} signs."), {"least": PASSWORD_LEAST, "most": PASSWORD_MOST}),
        )
    if len(set(password.lower())) < PASSWORD_LEAST // 2 or (password.isdigit() and len(password) < 2 * PIN_DIGITS):
        raise Refusal(
            "bad_password", Text(N_("This password is soon guessed. Take several words, or mix letters and digits."))
        )


def check(kind: SecretKind, secret: str) -> None:
    """Look whether a secret of a kind may be taken.

    Raises:
        Refusal: ``bad_pin``, ``bad_password``.
    """
    if kind == "password":
        check_password(secret)
    else:
        check_pin(secret)


def fresh_pin() -> str:
    """Return six random digits nobody would try first."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
        if not is_obvious(pin):
            return pin


def give(
    work: Unit, person_id: PersonId, secret: str, kind: SecretKind, *, one_time: bool = False, by: UUID | None = None
) -> None:
    """Give a person a way in at every counter of this store, from now on the only one."""
    key = pin_keys.key_for_new_pins(work)
    pin = Pin(
        kind=kind,
        key_id=key.id,
        verifier=_hasher.hash(_keyed(key.secret, secret)),
        one_time=one_time,
        valid_until=work.now_ms + ONE_TIME_MS if one_time else 0,
        set_at=work.now_ms,
        ver=0,
    )
    pin_rows.put_pin(work, person_id, pin, store_id=work.me.store_id, set_by=by)


def ask_for_own(work: Unit, person_id: PersonId, *, by: UUID | None) -> None:
    """Let what a person logs in with open the next log-in only, at which they choose anew."""
    known = pin_rows.pin_of(work.connection, person_id)
    if known is not None:
        pin = replace(known, one_time=True, valid_until=work.now_ms + ONE_TIME_MS)
        pin_rows.put_pin(work, person_id, pin, store_id=work.me.store_id, set_by=by)


def matches(pin: Pin, key: pin_rows.PinKey, secret: str) -> bool:
    """Say whether it is the secret; takes as long for a wrong one."""
    try:
        return _hasher.verify(pin.verifier, _keyed(key.secret, secret))
    except (VerificationError, InvalidHashError):
        return False


def _keyed(key: bytes, secret: str) -> bytes:
    return hmac.digest(key, secret.encode(), "sha256")
