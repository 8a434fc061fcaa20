"""The key with which PINs are checked: one for a store, in every counter's encrypted file and nowhere in the clear.

A PIN has a million values: whoever holds both its verifier and the key tries them all in a day. So the verifiers travel
through the centre, and the key travels sealed: each counter tells a public key, and a counter that has the store's key
seals it for the others. The private key is made from the key of the profile and is written nowhere. What is copied
from the centre, or from a counter's file without its key, opens no PIN.

Law: a key leaves this file sealed only; two counters that make keys apart from each other keep and share both.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from uuid import UUID

from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import pin_rows
from crosssell_desktop.store.pin_rows import PinKey
from crosssell_desktop.store.unit import Unit
from crosssell_desktop.system import sealing

WATCHED = frozenset({"pin_door", "pin_key"})
"""Tables whose news are a reason to look again."""

_KEY_BYTES = 32

log = logging.getLogger(__name__)


def key_for_new_pins(work: Unit) -> PinKey:
    """Return the key with which a new PIN is made; the first PIN of a store makes it."""
    known = pin_rows.keys(work.connection)
    if known:
        return known[0]
    made = PinKey(work.new_id(), secrets.token_bytes(_KEY_BYTES))
    pin_rows.keep_key(work.connection, made, work.now_ms)
    return made


def tend(desk: Desk) -> Outcome[bool]:
    """Tell this counter's public key, open what came, seal for who has nothing yet; say whether there is news to send.

    It writes nothing when nothing is to be done.
    """
    seed = _seed(desk)
    mine = sealing.public_key(seed)
    me = desk.me
    with desk.look() as connection:
        is_told = pin_rows.door_of(connection, me.counter_id) == mine
        came = pin_rows.unopened(connection, me.counter_id, mine)
        owed = pin_rows.unshared(connection, me.store_id, me.counter_id)
    opened = [
        PinKey(one.key_id, secret)
        for one in came
        if (secret := sealing.unseal(one.sealed, seed, _about(one.key_id, me.counter_id))) is not None
    ]
    if len(opened) < len(came):
        log.warning("%d sealed PIN keys for this counter do not open", len(came) - len(opened))
    if is_told and not opened and not owed:
        return Outcome(value=False)
    with desk.begin() as work:
        if not is_told:
            pin_rows.put_door(work, mine)
        for one in opened:
            pin_rows.keep_key(work.connection, one, work.now_ms)
        sealed = [
            (key.id, door, made)
            for key, door in pin_rows.unshared(work.connection, me.store_id, me.counter_id)
            if (made := _sealed(key, door)) is not None
        ]
        if sealed:
            pin_rows.put_sealed(work, sealed)
    return Outcome(not is_told or bool(sealed), frozenset({Change.PEOPLE, Change.SYNC}))


def _sealed(key: PinKey, door: pin_rows.Door) -> str | None:
    try:
        return sealing.seal(key.secret, door.public_key, _about(key.id, door.counter_id))
    except ValueError:
        log.warning("a counter told a public key that is none")
        return None


def _about(key_id: UUID, counter_id: UUID) -> bytes:
    return b"crosssell-pin-key-1" + key_id.bytes + counter_id.bytes


def _seed(desk: Desk) -> bytes:
    return hmac.digest(desk.pepper, b"crosssell-pin-door-1", "sha256")
