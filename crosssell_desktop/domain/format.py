"""Money, numbers and dates as people read them, in Russian and English, the same on screen and paper.

Law: integers go in, text comes out, nothing is rounded twice; parts of one number are joined by
U+00A0 so that it never breaks across lines; a negative number carries U+2212, the minus as wide as a
digit; what does not exist prints «—», never 0.
"""

from __future__ import annotations

import datetime as dt

from crosssell_desktop.domain.money import half_up
from crosssell_desktop.domain.text import Language

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "\u2014"
"""What stands where there is no number."""

_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _grouped(digits: str, separator: str) -> str:
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    groups.extend(digits[i : i + 3] for i in range(head, len(digits), 3))
    return separator.join(groups)


def _sign(value: int, *, plus: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if plus and value > 0 else ""


def _unsigned(value: int, places: int, language: Language) -> str:
    thousands, point = (NBSP, ",") if language == "ru" else (",", ".")
    unit = 10**places
    whole, rest = divmod(abs(value), unit)
    text = _grouped(str(whole), thousands)
    return f"{text}{point}{rest:0{places}d}" if places else text


def fixed(value: int, places: int, language: Language, *, plus: bool = False) -> str:
    """Return an integer that counts ``10**-places`` parts as a decimal number (``245, 2`` is 2,45)."""
    return _sign(value, plus=plus) + _unsigned(value, places, language)


def whole(value: int, language: Language, *, plus: bool = False) -> str:
    """Return a whole number with its thousands apart."""
    return fixed(value, 0, language, plus=plus)


def money(amount_minor: int, language: Language, *, plus: bool = False) -> str:
    """Return kopecks as roubles with the sign of the currency: ``1 234,56 ₽`` or ``₽1,234.56``."""
    body = _unsigned(amount_minor, 2, language)
    sign = _sign(amount_minor, plus=plus)
    return f"{sign}{body}{NBSP}₽" if language == "ru" else f"{sign}₽{body}"


def amount(amount_minor: int, language: Language, *, plus: bool = False) -> str:
    """Return kopecks as roubles without the currency, for columns whose header names it."""
    return fixed(amount_minor, 2, language, plus=plus)


def percent(bps: int, language: Language, *, places: int = 1, plus: bool = False) -> str:
    """Return basis points as per cent with up to two places: ``70,7 %`` or ``70.7%``."""
    scaled = half_up(bps, 10 ** (2 - places))
    return fixed(scaled, places, language, plus=plus) + (f"{NBSP}%" if language == "ru" else "%")


def share(bps: int, language: Language) -> str:
    """Return basis points as per cent exactly, without trailing zeros: ``30 %``, ``24,6 %``, ``0,01 %``."""
    places = 0 if bps % 100 == 0 else 1 if bps % 10 == 0 else 2
    return percent(bps, language, places=places)


def quantity(qty_milli: int, language: Language) -> str:
    """Return thousandths of a unit exactly, without trailing zeros: ``2``, ``0,5``, ``1,234``."""
    places, value = 3, qty_milli
    while places and value % 10 == 0:
        places, value = places - 1, value // 10
    return fixed(value, places, language)


def _local(at_ms: int, utc_offset_minutes: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=at_ms, minutes=utc_offset_minutes)


def calendar_day(day: dt.date, language: Language) -> str:
    """Return a date: ``12.03.2026`` or ``12 Mar 2026``."""
    if language == "ru":
        return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"
    return f"{day.day}{NBSP}{_MONTHS_EN[day.month - 1]}{NBSP}{day.year:04d}"


def day(at_ms: int, language: Language, utc_offset_minutes: int = 0) -> str:
    """Return the date of a moment in the shop's time zone."""
    return calendar_day(_local(at_ms, utc_offset_minutes).date(), language)


def day_and_month(at_ms: int, language: Language, utc_offset_minutes: int = 0) -> str:
    """Return the date of a moment without its year: ``12.03`` or ``12 Mar``."""
    local = _local(at_ms, utc_offset_minutes)
    if language == "ru":
        return f"{local.day:02d}.{local.month:02d}"
    return f"{local.day}{NBSP}{_MONTHS_EN[local.month - 1]}"


def time_of_day(at_ms: int, utc_offset_minutes: int = 0) -> str:
    """Return the hour and minute of a moment in the shop's time zone, 24 hours: ``09:05``."""
    return f"{_local(at_ms, utc_offset_minutes):%H:%M}"


def moment(at_ms: int, language: Language, utc_offset_minutes: int = 0) -> str:
    """Return date and time of a moment in the shop's time zone: ``12.03.2026 09:05``."""
    return f"{day(at_ms, language, utc_offset_minutes)}{NBSP}{time_of_day(at_ms, utc_offset_minutes)}"


def hours(minutes: int) -> str:
    """Return worked minutes as hours and minutes: ``7:05``."""
    sign = MINUS if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"
