"""Identities: UUIDv7 made where the fact is made (RFC 9562), one type per kind of thing."""

from __future__ import annotations

import hashlib
import secrets
from typing import NewType, Protocol
from uuid import UUID

CompanyId = NewType("CompanyId", UUID)
StoreId = NewType("StoreId", UUID)
DepartmentId = NewType("DepartmentId", UUID)
CounterId = NewType("CounterId", UUID)
PersonId = NewType("PersonId", UUID)
CategoryId = NewType("CategoryId", UUID)
ProductId = NewType("ProductId", UUID)
CombinationId = NewType("CombinationId", UUID)
EvidenceId = NewType("EvidenceId", UUID)
CustomerId = NewType("CustomerId", UUID)
ShiftId = NewType("ShiftId", UUID)
ReceiptId = NewType("ReceiptId", UUID)
LineId = NewType("LineId", UUID)
OfferId = NewType("OfferId", UUID)
PassId = NewType("PassId", UUID)
ReturnId = NewType("ReturnId", UUID)
RunId = NewType("RunId", UUID)

_NAMESPACE = UUID("6f1f3f3a-6d0b-5d0e-9a53-0c4f6f2d7c11")
_HALF = 8


class IdSource(Protocol):
    """Where new ids come from; tests hand in a seeded one."""

    def new(self) -> UUID:
        """Return a fresh UUIDv7."""


def uuid7(now_ms: int, random_80: int) -> UUID:
    """Build a UUIDv7 from a UTC millisecond and 80 random bits (74 are used)."""
    value = (now_ms & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | ((random_80 >> 62) & 0xFFF) << 64
    value |= 0b10 << 62 | (random_80 & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=value)


def random_uuid7(now_ms: int) -> UUID:
    """Build a UUIDv7 with bits from the system's secure source."""
    return uuid7(now_ms, secrets.randbits(80))


def named_id(kind: str, key: str) -> UUID:
    """Return the fixed id of a thing known by a key of another system (UUIDv5).

    Two counters that import the same file give the same product the same id, so their lists join.
    """
    return UUID(bytes=_named(f"{kind}\x1f{key}"))


def beside_id(owner: UUID, kind: str, key: str) -> UUID:
    """Return the fixed id of a thing that hangs on another, next to its id in any index.

    A million cards with their contacts are then written page by page and not one page for each row.
    """
    return UUID(bytes=owner.bytes[:_HALF] + _named(f"{kind}\x1f{owner}\x1f{key}")[_HALF:])


def _named(text: str) -> bytes:
    """Return the bytes of ``uuid.uuid5``, without the detours that a million of them pay for."""
    made = bytearray(hashlib.sha1(_NAMESPACE.bytes + text.encode(), usedforsecurity=False).digest()[:16])
    made[6] = made[6] & 0x0F | 0x50
    made[8] = made[8] & 0x3F | 0x80
    return bytes(made)


_CHECK_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U


def check_character(label: str) -> str:
    """Return the check character of a human label (weighted sum modulo 31, Crockford alphabet)."""
    total = sum((i + 1) * _CHECK_ALPHABET.index(c) for i, c in enumerate(label.upper()) if c in _CHECK_ALPHABET)
    return _CHECK_ALPHABET[total % 31]


def human_number(prefix: str, number: int) -> str:
    """Return a receipt-like label: counter prefix, number, check character (``K1-000042-7``)."""
    body = f"{prefix}-{number:06d}"
    return f"{body}-{check_character(body)}"


_PASS_ALPHABET = _CHECK_ALPHABET


def pass_code(prefix: str, random_30: int) -> str:
    """Return a six-character pass code behind a counter prefix, with its check character."""
    body = "".join(_PASS_ALPHABET[(random_30 >> (5 * i)) & 31] for i in range(6))
    full = f"{prefix}{body}"
    return f"{full}{check_character(full)}"


def is_pass_code(text: str) -> bool:
    """Say whether a text has the form of a pass code and its check character is right."""
    clean = text.strip().upper().replace("-", "").replace(" ", "")
    return len(clean) >= 8 and clean.isalnum() and check_character(clean[:-1]) == clean[-1]
