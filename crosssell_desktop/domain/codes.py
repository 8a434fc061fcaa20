"""Reads what a scanned code says: a barcode, a marked unit (Честный знак), a label with a weight or a price.

Law: element strings are read by position and group separator, never by searching for the digits of an identifier,
because a serial number may hold them (domain rules, section 5). A marked unit's code is kept whole, as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from crosssell_desktop.domain.gtin import GTIN_DIGITS, gtin14, is_gtin
from crosssell_desktop.domain.scan import GS

CodeKind = Literal["plain", "gtin", "marked", "weighed", "priced"]
PrefixMeaning = Literal["weight", "price", "own"]
"""What a shop's labels of the prefixes 20 to 29 carry: grams, kopecks, or nothing but the shop's own number."""

_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""What a scanner may send before the code to say which symbol it read (ISO/IEC 15424)."""
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_FIXED_4 = ("310", "311", "312", "313", "314", "315", "316", "32", "33", "34", "35", "36")
"""Measures: four digits of identifier, six of value."""
_FOUR_DIGIT = re.compile(r"^(39[0-5]\d|4[0-3]\d\d|7\d\d\d|8\d\d\d)")
_THREE_DIGIT = re.compile(r"^(2[34]\d|25\d|40\d|41\d|42\d|71\d)")
_VARIABLE = frozenset({"10", "21", "22", "30", "37", "90", "91", "92", "93", "94", "95", "96", "97", "98", "99"})
_LONGEST_SERIAL = 20
_TAILS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("91", 4), ("92", 88)),
    (("91", 4), ("92", 44)),
    (("93", 4),),
)
"""The check parts of a marked unit: identifier and length of each, in their order (domain rules, section 5)."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says.

    ``text`` is the code without the scanner's own signs, ``gtin`` its fourteen digits or empty, ``serial`` the unit's
    number; ``amount`` is grams of a weighed label and kopecks of a priced one. ``has_lost_gs``: the scanner swallowed
    the separators of a marked code, so that the register may refuse it.
    """

    kind: CodeKind
    text: str
    gtin: str = ""
    serial: str = ""
    amount: int = 0
    has_lost_gs: bool = False

    @property
    def unit(self) -> str:
        """What tells one marked unit from every other: GTIN and serial number; empty for other codes."""
        return f"01{self.gtin}21{self.serial}" if self.kind == "marked" else ""


def read_code(text: str, prefixes: Mapping[str, PrefixMeaning] | None = None) -> Code:
    """Say what a code is; what is no code of goods comes back as ``plain``.

    Args:
        text: as it was scanned or typed, keyboard layout already put right.
        prefixes: what the shop's labels of the prefixes 20 to 29 carry.

    >>> read_code("4607000000014").gtin, read_code("2112345012346", {"21": "weight"}).amount
    ('04607000000014', 1234)
    """
    clean = _SYMBOLOGY.sub("", text.strip(" \t\r\n")).lstrip(GS)
    if is_gtin(clean):
        return _barcode(clean, prefixes or {})
    marked = _marked(clean)
    if marked is not None:
        return marked
    gtin = (elements(clean) or {}).get("01", "")
    return Code("gtin", clean, gtin) if is_gtin(gtin) else Code("plain", clean)


def _barcode(clean: str, prefixes: Mapping[str, PrefixMeaning]) -> Code:
    meaning = prefixes.get(clean[:2], "own") if len(clean) == 13 and clean[0] == "2" else "own"
    if meaning == "own":
        return Code("gtin", clean, gtin14(clean))
    kind: CodeKind = "weighed" if meaning == "weight" else "priced"
    return Code(kind, clean, gtin14(clean), amount=int(clean[7:12]))


def label_keys(code: Code) -> tuple[str, ...]:
    """Return what a weighed or priced label may be called in the catalogue, the most certain first.

    The seven digits before the amount, these filled up to a whole barcode with amount 0, and the five digits of the
    goods alone, as scales call them.
    """
    head = code.text[:7]
    zero = head + "00000"
    whole = next(f"{zero}{d}" for d in range(10) if is_gtin(f"{zero}{d}"))
    return (head, whole, head[2:], head[2:].lstrip("0"))


def elements(text: str) -> dict[str, str] | None:
    """Read a GS1 element string by position and separator; None where it is none.

    >>> elements("010460700000001421A-91")
    {'01': '04607000000014', '21': 'A-91'}
    """
    found: dict[str, str] = {}
    rest = text.lstrip(GS)
    while rest:
        key, length = _identifier(rest)
        if not key or key in found:
            return None
        rest = rest[len(key) :]
        if length:
            value, rest = rest[:length], rest[length:]
            if len(value) < length or not value.isdigit():
                return None
        else:
            value, _, rest = rest.partition(GS)
            if not value:
                return None
        found[key] = value
        rest = rest.lstrip(GS)
    return found or None


def _identifier(rest: str) -> tuple[str, int]:
    """Return the identifier a string begins with and the length of its value, 0 for one that ends at a separator."""
    if rest[:2] in _FIXED:
        return rest[:2], _FIXED[rest[:2]]
    if rest[:4].isdigit() and rest.startswith(_FIXED_4):
        return rest[:4], 6
    if rest[:2] in _VARIABLE:
        return rest[:2], 0
    for pattern in (_FOUR_DIGIT, _THREE_DIGIT):
        match = pattern.match(rest)
        if match:
            return match.group(), 0
    return "", 0


def _marked(clean: str) -> Code | None:
    gtin, rest = clean[2 : 2 + GTIN_DIGITS], clean[4 + GTIN_DIGITS :]
    if clean[:2] != "01" or not is_gtin(gtin) or clean[2 + GTIN_DIGITS : 4 + GTIN_DIGITS] != "21" or not rest:
        return None
    if GS in rest:
        serial = rest.partition(GS)[0]
        return Code("marked", clean, gtin, serial) if 0 < len(serial) <= _LONGEST_SERIAL else None
    for tail in _TAILS:
        size = sum(len(key) + length for key, length in tail)
        serial = rest[:-size]
        if 0 < len(serial) <= _LONGEST_SERIAL and _is_tail(rest[-size:], tail):
            return Code("marked", clean, gtin, serial, has_lost_gs=True)
    # A code typed by hand, or read from the text beside the symbol, has no check part at all.
    return Code("marked", clean, gtin, rest, has_lost_gs=True) if len(rest) <= _LONGEST_SERIAL else None


def _is_tail(text: str, tail: tuple[tuple[str, int], ...]) -> bool:
    at = 0
    for key, length in tail:
        if text[at : at + len(key)] != key:
            return False
        at += len(key) + length
    return True
