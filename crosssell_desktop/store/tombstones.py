"""Says whether a contact or an outside key belongs to somebody who was erased, without keeping either.

A tombstone keeps HMAC-SHA-256 of each key under the company's random id, cut to 80 bits: who holds the hashes alone
learns nothing, an import compares. Kinds of keys are those people are found by: ``phone`` (digits), ``email``
(lower case), ``card``, ``external`` (``source:key``).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from crosssell_desktop.domain.fold import phone_digits
from crosssell_desktop.store.schema.law import tombstone_key
from crosssell_desktop.store.schema.places import company

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Key = tuple[str, str]
"""A kind and a value as a person or a file writes it."""
_DIGITS = 20
_SLICE = 400


def company_secret(connection: Connection) -> bytes:
    """Return what keys are hashed under: the random id of the company, the same at every counter."""
    found = connection.execute(select(company.c.id).order_by(company.c.id).limit(1)).scalar()
    return b"" if found is None else found.bytes


def key_hash(secret: bytes, kind: str, value: str) -> str:
    """Return the keyed hash of one key, whichever way the phone or the e-mail is written."""
    plain = phone_digits(value) if kind == "phone" else value.strip().lower()
    return hmac.new(secret, f"crosssell-tombstone\0{kind}\0{plain}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def tombstoned(connection: Connection, keys: Iterable[Key]) -> frozenset[Key]:
    """Return those of some keys that belonged to somebody who was erased: an import must leave such a row out."""
    if connection.execute(select(tombstone_key.c.hash).limit(1)).scalar() is None:
        return frozenset()
    secret = company_secret(connection)
    by_hash: dict[str, list[Key]] = {}
    for kind, value in keys:
        by_hash.setdefault(key_hash(secret, kind, value), []).append((kind, value))
    hashes = list(by_hash)
    found: set[Key] = set()
    for start in range(0, len(hashes), _SLICE):
        known = select(tombstone_key.c.hash).where(tombstone_key.c.hash.in_(hashes[start : start + _SLICE]))
        for one in connection.execute(known).scalars():
            found.update(by_hash[one])
    return frozenset(found)


def is_tombstoned(connection: Connection, keys: Iterable[Key]) -> bool:
    """Say whether any of a person's keys belonged to somebody who was erased."""
    return bool(tombstoned(connection, keys))
