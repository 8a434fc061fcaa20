"""Hours as people write them on a rota: «8», «7,5», «7:30», «09:00-18:00», «В»; kept as whole minutes.

Law: a day has 24 hours; minutes are never rounded away without being told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DAY_MINUTES = 24 * 60
_OFF = frozenset({"в", "вых", "выходной", "off", "о", "отпуск", "от", "б", "больничный", "-", "—"})
_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::(\d{2}))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?\s*(?:ч|час|часов|часа|h|hours?)?\.?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of one day, and when they begin (minutes after midnight) where that was written."""

    minutes: int
    starts_at: int | None = None


def read_hours(text: str) -> Hours | None:
    """Read the hours of a day; None when it is none.

    A span over midnight counts into the next day: 22:00-06:00 is eight hours of the day it begins on.

    >>> read_hours("7,5"), read_hours("09:00-18:00"), read_hours("В")
    (Hours(minutes=450, starts_at=None), Hours(minutes=540, starts_at=540), Hours(minutes=0, starts_at=None))
    """
    clean = text.strip().lower()
    if clean in _OFF:
        return Hours(0)
    if found := _SPAN.fullmatch(clean):
        begins, ends = _minute(found[1], found[2]), _minute(found[3], found[4])
        if begins is None or ends is None or begins == DAY_MINUTES:
            return None
        return Hours((ends - begins) % DAY_MINUTES or DAY_MINUTES, begins)
    if found := _CLOCK.fullmatch(clean):
        minutes = int(found[1]) * 60 + int(found[2])
        return Hours(minutes) if int(found[2]) < 60 and minutes <= DAY_MINUTES else None
    if found := _DECIMAL.fullmatch(clean):
        hundredths = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
        minutes, rest = divmod(hundredths * 60, 100)
        return Hours(minutes + (rest >= 50)) if minutes + (rest >= 50) <= DAY_MINUTES else None
    return None


def _minute(hour: str, minute: str | None) -> int | None:
    at = int(hour) * 60 + int(minute or 0)
    return at if int(minute or 0) < 60 and at <= DAY_MINUTES else None


def write_hours(minutes: int) -> str:
    """Return minutes as «7:30»; a day off is «—»."""
    return f"{minutes // 60}:{minutes % 60:02}" if minutes else "—"
