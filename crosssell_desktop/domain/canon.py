"""One byte string for one meaning: the canonical typed encoding that hashes are taken over.

Law: every value carries its type and its length, texts are NFC, mappings are ordered by key, and a
domain tag and a version byte stand in front; so two different values never share an encoding
(joining with separators would let ``("a|b", "c")`` and ``("a", "b|c")`` collide, and JSON would
confuse ``1``, ``1.0`` and ``"1"``). Floats have no canonical form here and are refused.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

VERSION = 1
"""The version byte; a change of any rule below needs a new one."""


def _sized(tag: bytes, payload: bytes) -> bytes:
    return tag + len(payload).to_bytes(8, "big") + payload


def encode(value: object) -> bytes:  # noqa: PLR0911  # one line for one type
    """Return the canonical bytes of a value.

    Takes None, bool, int, str, bytes, UUID, date, tuples and lists, mappings with text keys, and frozen
    dataclasses (by name and fields).

    Raises:
        TypeError: for any other type; floats are refused on purpose.
    """
    match value:
        case None:
            return b"N"
        case bool():
            return b"T" if value else b"F"
        case int():
            return _sized(b"I", str(int(value)).encode("ascii"))
        case str():
            return _sized(b"S", unicodedata.normalize("NFC", value).encode("utf-8", "surrogatepass"))
        case bytes():
            return _sized(b"B", value)
        case UUID():
            return _sized(b"U", value.bytes)
        case dt.date() if not isinstance(value, dt.datetime):
            return _sized(b"D", value.isoformat().encode("ascii"))
        case tuple() | list():
            return _sized(b"L", b"".join(encode(item) for item in value))
        case Mapping():
            return _sized(b"M", _pairs(value))
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            return _sized(b"R", encode(type(value).__name__) + _pairs(fields))
        case _:
            msg = f"{type(value).__name__} has no canonical encoding"
            raise TypeError(msg)


def _pairs(mapping: Mapping[Any, object]) -> bytes:
    if not all(isinstance(key, str) for key in mapping):
        msg = "only text keys have a canonical order"
        raise TypeError(msg)
    encoded = {encode(key): encode(item) for key, item in mapping.items()}
    if len(encoded) != len(mapping):
        msg = "two keys are the same text"
        raise TypeError(msg)
    return b"".join(key + encoded[key] for key in sorted(encoded))


def digest(tag: str, value: object) -> bytes:
    """Return the SHA-256 of a value under a domain tag (32 bytes).

    The tag keeps hashes of different purposes apart: a fact's hash is never a document's hash.
    """
    return hashlib.sha256(bytes([VERSION]) + encode(tag) + encode(value)).digest()


def short(hash_bytes: bytes) -> str:
    """Return the first 8 hexadecimal digits: enough to compare by eye on paper."""
    return hash_bytes[:4].hex()
