"""Barcodes of goods: GTIN-8, 12, 13 and 14 as fourteen digits with a true check digit (domain rules, section 5)."""

from __future__ import annotations

GTIN_DIGITS = 14
LENGTHS = (8, 12, 13, 14)


def check_digit(body: str) -> int:
    """Return the check digit for the digits before it: weights 3 and 1 from the right.

    >>> check_digit("890400021003"), check_digit("460700000001")
    (7, 4)
    """
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return (10 - total % 10) % 10


def is_gtin(text: str) -> bool:
    """Say whether a text has the length of a GTIN, digits only, and its check digit is right."""
    return len(text) in LENGTHS and text.isascii() and text.isdigit() and check_digit(text[:-1]) == int(text[-1])


def gtin14(text: str) -> str:
    """Return the fourteen digits by which a barcode is kept and compared.

    Raises:
        ValueError: if the text is no GTIN.
    """
    if not is_gtin(text):
        msg = "not a GTIN with a true check digit"
        raise ValueError(msg)
    return text.zfill(GTIN_DIGITS)


def short(gtin: str) -> str:
    """Return a kept barcode as people read it: thirteen digits, or fourteen where the first is not 0."""
    return gtin[1:] if len(gtin) == GTIN_DIGITS and gtin[0] == "0" else gtin
