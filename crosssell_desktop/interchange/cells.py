"""Reads single cells into typed values: money, quantities, barcodes, phones, dates; a bad one says why.

Law: nothing is guessed. What could be read in two ways is refused with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import phonenumbers

from crosssell_desktop.domain.fold import RUSSIAN_NATIONAL_DIGITS
from crosssell_desktop.domain.gtin import LENGTHS, gtin14, is_gtin
from crosssell_desktop.domain.inn import is_inn
from crosssell_desktop.domain.text import N_, Text

MAX_NAME = 300
MAX_NUMBER = Decimal(10) ** 12
REGION = "RU"

_SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eEеЕ][+-]?\d+")
_CURRENCY = re.compile(r"(?:₽|руб\.?|р\.|rub|\$|€)$", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_HIDDEN = {"Cc", "Cs", "Co", "Cn"}
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_MOBILE = re.compile(r"(?:\+7|8|7)?9\d{9}", re.ASCII)
"""A Russian mobile number as nearly all lists have it; the numbering plan has no other check (ITU E.164, country 7)."""
_PHONE_MARKS = str.maketrans("", "", " ()-")
_IN_STORE = re.compile(r"2[0-9]{12}")


class BadCell(ValueError):  # noqa: N818  # the cell is bad, not the program
    """A cell that cannot be taken; ``reason`` says why in words for the shop."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


def plain_text(cell: str, limit: int = MAX_NAME) -> str:
    """Return the text in one line: NFC, single spaces, without control and direction characters.

    Markup stays what it is: letters.

    Raises:
        BadCell: it is longer than ``limit``.
    """
    kept = unicodedata.normalize("NFC", cell)
    if not kept.isprintable():
        kept = "".join(" " if c in "\t\r\n" else c for c in kept)
        kept = "".join(c for c in kept if unicodedata.category(c) not in _HIDDEN and c not in _BIDI)
    kept = " ".join(kept.split())
    if len(kept) > limit:
        raise BadCell(Text(N_("longer than {limit} letters"), {"limit": limit}))
    return kept


def key_text(cell: str) -> str:
    """Return a code or a number of another system as text.

    Raises:
        BadCell: a spreadsheet has spoilt it into a number with an exponent.
    """
    text = plain_text(cell, 100)
    if re.fullmatch(r"[+-]?\d+[.,]\d+[eEеЕ][+-]?\d+", text) or re.fullmatch(r"\d[eEеЕ]\+\d+", text):
        raise _exponent(text)
    return text


def _exponent(text: str) -> BadCell:
    return BadCell(
        Text(
            N_("«{text}»: a spreadsheet turned the code into a number and lost its digits; format the column as text"),
            {"text": text},
        )
    )


def decimal(cell: str) -> Decimal:
    """Return a number written with a point or a comma, with or without thousands apart.

    Raises:
        BadCell: it is no number, or could be read in two ways (``1,234`` is one comma: a decimal; ``1,234,567``
            are thousands; ``1.234,50`` and ``1,234.50`` are told by the last mark).
    """
    text = _CURRENCY.sub("", _SPACES.sub("", plain_text(cell))).strip("'’")
    text = text.replace("\u2212", "-").replace("'", "").replace("’", "")
    if text.startswith("="):
        raise BadCell(Text(N_("«{text}» is a formula; save the values"), {"text": text}))
    if _EXPONENT.fullmatch(text):
        raise BadCell(Text(N_("«{text}» is written with an exponent; format the column as a number"), {"text": text}))
    if "," in text and "." in text:
        thousands = "," if text.rindex(".") > text.rindex(",") else "."
        text = text.replace(thousands, "")
    for mark in ",.":
        if text.count(mark) > 1:
            if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{mark}\d{{3}})+", text):
                raise _no_number(cell)
            text = text.replace(mark, "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)", text, re.ASCII):
        raise _no_number(cell)
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _no_number(cell) from error
    if abs(number) > MAX_NUMBER:
        raise BadCell(Text(N_("«{text}» is too large"), {"text": text[:40]}))
    return number


def _no_number(cell: str) -> BadCell:
    return BadCell(Text(N_("«{text}» is no number"), {"text": plain_text(cell[:40])}))


def money_minor(cell: str) -> int:
    """Return an amount in kopecks.

    Raises:
        BadCell: it is no amount, or has parts of a kopeck.
    """
    return _scaled(cell, 100, Text(N_("«{text}» has parts of a kopeck"), {"text": plain_text(cell[:40])}))


def price_minor(cell: str) -> int:
    """Return a price in kopecks.

    Raises:
        BadCell: it is negative or no amount.
    """
    minor = money_minor(cell)
    if minor < 0:
        raise BadCell(Text(N_("the price «{text}» is negative"), {"text": plain_text(cell[:40])}))
    return minor


def qty_milli(cell: str) -> int:
    """Return a quantity in thousandths.

    Raises:
        BadCell: it is no number, or finer than a thousandth.
    """
    return _scaled(cell, 1_000, Text(N_("«{text}» is finer than a thousandth"), {"text": plain_text(cell[:40])}))


def _scaled(cell: str, scale: int, too_fine: Text) -> int:
    scaled = decimal(cell) * scale
    whole = scaled.to_integral_value(ROUND_HALF_UP)
    # A sheet keeps 0.1 + 0.2 as 0.30000000000000004: that much is its own error, more is a finer unit.
    if abs(scaled - whole) > Decimal("0.000001"):
        raise BadCell(too_fine)
    return int(whole)


def bps(cell: str) -> int:
    """Return a percentage (``20``, ``20 %``, ``без НДС``) in basis points.

    Raises:
        BadCell: it is none, or not between 0 and 100.
    """
    text = plain_text(cell).lower().replace("ндс", "").replace("vat", "").strip()
    if text in {"без", "нет", "none", "no", "-"}:
        return 0
    value = _scaled(text.rstrip("%").strip(), 100, _no_number(cell).reason)
    if not 0 <= value <= 10_000:
        raise BadCell(Text(N_("«{text}» is no share from 0 to 100 %"), {"text": plain_text(cell[:40])}))
    return value


def barcodes(cell: str) -> tuple[str, ...]:
    """Return the barcodes of a cell (several by comma, semicolon or space) as they are kept.

    Raises:
        BadCell: one of them is spoilt by a spreadsheet, has a wrong length or a wrong check digit.
    """
    text = plain_text(cell, 500)
    if _EXPONENT.search(text):
        raise _exponent(text)
    made: list[str] = []
    for code in re.split(r"[,;|\s]+", text):
        if code:
            kept = _barcode(code)
            if kept not in made:
                made.append(kept)
    return tuple(made)


def _barcode(code: str) -> str:
    if is_gtin(code):
        return gtin14(code)
    if _IN_STORE.fullmatch(code):
        return code
    if not (code.isascii() and code.isdigit()):
        raise BadCell(Text(N_("the barcode «{code}» has other signs than digits"), {"code": code[:40]}))
    if len(code) not in LENGTHS:
        raise BadCell(
            Text(
                N_("the barcode «{code}» has {n} digits, not 8, 12, 13 or 14 (were leading zeros lost?)"),
                {"code": code[:40], "n": len(code)},
            )
        )
    raise BadCell(Text(N_("the last digit of the barcode «{code}» is wrong"), {"code": code}))


def is_spoilt(cell: str) -> bool:
    """Say whether a spreadsheet turned a number into one with an exponent."""
    return _EXPONENT.fullmatch(plain_text(cell, 100)) is not None


INN_OF_A_FIRM = 10


def inn(cell: str) -> str:
    """Return a taxpayer number.

    Raises:
        BadCell: its length or its check digits are wrong.
    """
    text = key_text(cell).upper().removeprefix("RU")
    if not is_inn(text):
        raise BadCell(Text(N_("«{text}» is no taxpayer number: wrong length or check digit"), {"text": text[:40]}))
    return text


def kpp(cell: str) -> str:
    """Return a КПП: four digits of the tax office, two signs of the reason, three digits.

    Raises:
        BadCell: it has another form.
    """
    text = key_text(cell).upper()
    if not re.fullmatch(r"\d{4}[0-9A-Z]{2}\d{3}", text, re.ASCII):
        raise BadCell(Text(N_("«{text}» is no КПП: nine signs"), {"text": text[:40]}))
    return text


def phone(cell: str) -> str:
    """Return a phone in E.164 (``+79161234567``); numbers without a country are Russian.

    Raises:
        BadCell: it is no phone that can exist.
    """
    text = plain_text(cell, 100)
    if _EXPONENT.fullmatch(text):
        raise _exponent(text)
    plain = text.translate(_PHONE_MARKS)
    if _MOBILE.fullmatch(plain):
        return "+7" + plain[-RUSSIAN_NATIONAL_DIGITS:]
    if re.fullmatch(r"7\d{10}", text):
        text = "+" + text
    try:
        parsed = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise BadCell(Text(N_("«{text}» is no phone number"), {"text": text[:40]})) from error
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        raise BadCell(Text(N_("«{text}» is no phone number"), {"text": text[:40]}))
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def email(cell: str) -> str:
    """Return an e-mail address in lower case.

    Raises:
        BadCell: it is none.
    """
    text = plain_text(cell, 254).lower()
    if not _EMAIL.fullmatch(text):
        raise BadCell(Text(N_("«{text}» is no e-mail address"), {"text": text[:60]}))
    return text


def moment(cell: str) -> datetime:
    """Return a local date with or without a time: ``2026-11-24 10:05``, ``24.11.2026 10:05:00``.

    Raises:
        BadCell: it is neither.
    """
    text = plain_text(cell, 60).replace("T", " ")
    found = re.fullmatch(
        r"(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[./](\d{1,2})[./](\d{4}))(?: (\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?",
        text,
        re.ASCII,
    )
    if found:
        year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        try:
            return datetime.combine(
                date(int(year), int(month), int(day)),
                time(int(found[7] or 0), int(found[8] or 0), int(found[9] or 0)),
            )
        except ValueError as error:
            raise _no_date(text) from error
    raise _no_date(text)


def birthday(cell: str) -> str:
    """Return ``YYYY-MM-DD``, or ``MM-DD`` where no year is told.

    Raises:
        BadCell: it is no day.
    """
    text = plain_text(cell, 60)
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.?", text, re.ASCII) or re.fullmatch(
        r"--(\d{2})-(\d{2})", text, re.ASCII
    )
    if found:
        day, month = (found[2], found[1]) if text.startswith("--") else (found[1], found[2])
        try:
            return date(2000, int(month), int(day)).strftime("%m-%d")
        except ValueError as error:
            raise _no_date(text) from error
    return moment(text).date().isoformat()


def _no_date(text: str) -> BadCell:
    return BadCell(Text(N_("«{text}» is no date"), {"text": text[:40]}))


def flag(cell: str) -> bool:
    """Return yes or no.

    Raises:
        BadCell: it is neither.
    """
    text = plain_text(cell).lower()
    if text in {"1", "да", "yes", "true", "истина", "y", "x", "+"}:
        return True
    if text in {"0", "нет", "no", "false", "ложь", "n", "", "-"}:
        return False
    raise BadCell(Text(N_("«{text}» is neither yes nor no"), {"text": text[:40]}))
