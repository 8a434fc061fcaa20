"""PINs and the keys they are checked with: what travels of them, and what stays in this file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from crosssell_desktop.domain.ids import PersonId, named_id
from crosssell_desktop.store.schema.places import credential
from crosssell_desktop.store.schema.staff import person_pin, pin_door, pin_key, pin_secret

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from crosssell_desktop.store.unit import Unit

SecretKind = Literal["pin", "password"]


@dataclass(frozen=True, slots=True)
class Pin:
    """How a person proves who they are at every counter of the store."""

    kind: SecretKind
    key_id: UUID
    verifier: str = field(repr=False)
    one_time: bool
    valid_until: int
    set_at: int
    ver: int


@dataclass(frozen=True, slots=True)
class Tries:
    """How often in a row it failed at this counter, with the PIN in force."""

    failures: int = 0
    locked_until: int = 0


@dataclass(frozen=True, slots=True)
class PinKey:
    """A PIN key of the store."""

    id: UUID
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Door:
    """What a counter is to be sealed to."""

    counter_id: UUID
    public_key: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A key that came for this counter."""

    key_id: UUID
    sealed: str


def pin_of(connection: Connection, person_id: PersonId) -> Pin | None:
    """Return the newest PIN of a person, None when they have none."""
    p = person_pin.c
    row = connection.execute(select(person_pin).where(p.person_id == person_id).order_by(p.ver.desc()).limit(1)).first()
    if row is None:
        return None
    kind: SecretKind = "password" if row.kind == "password" else "pin"
    return Pin(kind, row.key_id, row.verifier, row.one_time, row.valid_until, row.set_at, row.ver)


def put_pin(work: Unit, person_id: PersonId, pin: Pin, *, store_id: UUID, set_by: UUID | None) -> None:
    """Give a person a new way in, at every counter of the store; ``ver`` of the pin is not looked at."""
    row = {
        "id": named_id("pin", str(person_id)),
        "person_id": person_id,
        "store_id": store_id,
        "kind": pin.kind,
        "key_id": pin.key_id,
        "verifier": pin.verifier,
        "one_time": pin.one_time,
        "valid_until": pin.valid_until,
        "set_at": pin.set_at,
        "set_by": set_by,
        "ver": work.tick(),
    }
    work.record("pin_set", {"person_pin": [row]})


def tries_of(connection: Connection, person_id: PersonId, pin: Pin) -> Tries:
    """Return the failures with this PIN; those with an earlier one do not count any more."""
    c = credential.c
    row = connection.execute(select(credential).where(c.person_id == person_id, c.pin_ver == pin.ver)).first()
    return Tries() if row is None else Tries(row.failures, row.locked_until)


def note_try(connection: Connection, person_id: PersonId, pin: Pin, tries: Tries) -> None:
    """Keep the count of failures in a row."""
    values = {"pin_ver": pin.ver, "failures": tries.failures, "locked_until": tries.locked_until}
    statement = upsert(credential).values(person_id=person_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[credential.c.person_id], set_=values))


# ------------------------------------------------------------------------------------------------------ keys


def key(connection: Connection, key_id: UUID) -> PinKey | None:
    """Return a key this counter can use, None while it has not come."""
    row = connection.execute(select(pin_secret).where(pin_secret.c.key_id == key_id)).first()
    return None if row is None else PinKey(row.key_id, bytes.fromhex(row.secret))


def keys(connection: Connection) -> tuple[PinKey, ...]:
    """Return every key this counter can use, the newest first."""
    rows = connection.execute(select(pin_secret).order_by(pin_secret.c.made_at.desc(), pin_secret.c.key_id))
    return tuple(PinKey(row.key_id, bytes.fromhex(row.secret)) for row in rows)


def keep_key(connection: Connection, one: PinKey, now_ms: int) -> None:
    """Keep a key in this file; one that is here already stays."""
    statement = upsert(pin_secret).values(key_id=one.id, secret=one.secret.hex(), made_at=now_ms)
    connection.execute(statement.on_conflict_do_nothing())


def door_of(connection: Connection, counter_id: UUID) -> str:
    """Return the public key a counter has told, empty before that."""
    found = connection.execute(select(pin_door.c.public_key).where(pin_door.c.counter_id == counter_id)).scalar()
    return found or ""


def doors(connection: Connection, store_id: UUID) -> tuple[Door, ...]:
    """Return what the counters of a store are to be sealed to."""
    rows = connection.execute(select(pin_door).where(pin_door.c.store_id == store_id).order_by(pin_door.c.id))
    return tuple(Door(row.counter_id, row.public_key) for row in rows)


def unopened(connection: Connection, counter_id: UUID, public_key: str) -> tuple[Sealed, ...]:
    """Return the keys that came for this counter and are not kept yet."""
    k = pin_key.c
    rows = connection.execute(
        select(pin_key)
        .outerjoin(pin_secret, pin_secret.c.key_id == k.key_id)
        .where(k.for_counter_id == counter_id, k.for_public_key == public_key, pin_secret.c.key_id.is_(None))
    )
    return tuple(Sealed(row.key_id, row.sealed) for row in rows)


def unshared(connection: Connection, store_id: UUID, counter_id: UUID) -> tuple[tuple[PinKey, Door], ...]:
    """Return which key of this counter no other has sealed for which counter of the store yet."""
    k, d = pin_key.c, pin_door.c
    rows = connection.execute(
        select(pin_secret.c.key_id, pin_secret.c.secret, d.counter_id, d.public_key)
        .select_from(pin_secret)
        .join(pin_door, and_(d.store_id == store_id, d.counter_id != counter_id))
        .outerjoin(
            pin_key,
            and_(k.key_id == pin_secret.c.key_id, k.for_counter_id == d.counter_id, k.for_public_key == d.public_key),
        )
        .where(k.id.is_(None))
        .order_by(d.counter_id, pin_secret.c.key_id)
    )
    return tuple((PinKey(row.key_id, bytes.fromhex(row.secret)), Door(row.counter_id, row.public_key)) for row in rows)


def put_door(work: Unit, public_key: str) -> None:
    """Tell the other counters what this one is to be sealed to."""
    me = work.me
    row = {
        "id": named_id("pin_door", str(me.counter_id)),
        "counter_id": me.counter_id,
        "store_id": me.store_id,
        "public_key": public_key,
        "ver": work.tick(),
    }
    work.record("pin_door_told", {"pin_door": [row]})


def put_sealed(work: Unit, some: Iterable[tuple[UUID, Door, str]]) -> None:
    """Hand keys on: each is a key's id, whom it is for, and the key sealed for it."""
    rows = [
        {
            "id": named_id("pin_key", f"{key_id}/{door.counter_id}/{door.public_key}"),
            "key_id": key_id,
            "for_counter_id": door.counter_id,
            "for_public_key": door.public_key,
            "sealed": sealed,
            "ver": work.tick(),
        }
        for key_id, door, sealed in some
    ]
    work.record("pin_key_shared", {"pin_key": rows})
