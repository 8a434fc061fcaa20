"""Short forms of time and joined phrases for the screen, on top of the one number form of ``domain.format``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.format import NBSP, day, day_and_month, time_of_day, whole
from crosssell_desktop.domain.text import N_, Language, Text, Translator

_AMOUNT = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,2}))?")
_IGNORED = str.maketrans("", "", f" {NBSP}\u202f\u2009₽")


def when(at_ms: int, now_ms: int, language: Language, utc_offset_minutes: int = 0) -> str:
    """Return the time when it is today, else the day and month, with the year when it is another year."""
    if day(at_ms, language, utc_offset_minutes) == day(now_ms, language, utc_offset_minutes):
        return time_of_day(at_ms, utc_offset_minutes)
    full = day(at_ms, language, utc_offset_minutes)
    if full[-4:] != day(now_ms, language, utc_offset_minutes)[-4:]:
        return full
    return day_and_month(at_ms, language, utc_offset_minutes)


def counted(translator: Translator, pair: tuple[str, str], number: int) -> str:
    """Return a counted phrase (``{n}`` in it) in the right plural form with the number grouped."""
    return translator.ngettext(*pair, number).format(n=whole(number, translator.language))


def joined(*parts: str) -> str:
    """Join short parts with a middle dot that keeps to the part before it."""
    return f"{NBSP}· ".join(part for part in parts if part)


def typed_amount(typed: str) -> int | None:
    """Read roubles as a person types them (``12 345,67``) and return kopecks, None when nothing was typed.

    Raises:
        Refusal: ``not_an_amount``.
    """
    bare = typed.translate(_IGNORED)
    if not bare:
        return None
    found = _AMOUNT.fullmatch(bare)
    if found is None:
        raise Refusal(
            "not_an_amount",
            Text(N_("«{typed}» is not an amount. Write roubles like 12 345,67."), {"typed": typed.strip()[:40]}),
        )
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?(?:\s+(\d{1,2}):(\d{2}))?|(\d{4})-(\d{2})-(\d{2})")


def typed_birthday(typed: str) -> str:
    """Read a birthday as a person types it (``17.05`` or ``17.05.1990``); return ``MM-DD`` or ``YYYY-MM-DD``.

    Raises:
        Refusal: ``not_a_date``.
    """
    if not typed.strip():
        return ""
    year, month, day_, _, _ = _date_parts(typed)
    # A leap year stands in for one that was not told: the 29th of February is a birthday.
    _checked(dt.datetime, typed, year or 2000, month, day_)
    return f"{year:04d}-{month:02d}-{day_:02d}" if year else f"{month:02d}-{day_:02d}"


def typed_moment(typed: str, now_ms: int, utc_offset_minutes: int, *, hour: int = 18) -> int:
    """Read a day, with a time or without, as a person types it (``25.03``, ``25.03.2027 14:30``); return UTC ms.

    A day without a year is the next one of that name; without a time it ends at ``hour`` of the shop's clock.

    Raises:
        Refusal: ``not_a_date``.
    """
    year, month, day_, hours, minutes = _date_parts(typed)
    zone = dt.timezone(dt.timedelta(minutes=utc_offset_minutes))
    now = dt.datetime.fromtimestamp(now_ms / 1_000, zone)
    at = (hour, 0) if hours is None else (hours, minutes)
    moment = _checked(dt.datetime, typed, year or now.year, month, day_, *at, tzinfo=zone)
    if not year and moment < now:
        moment = _checked(dt.datetime, typed, now.year + 1, month, day_, *at, tzinfo=zone)
    return int(moment.timestamp()) * 1_000


def _date_parts(typed: str) -> tuple[int, int, int, int | None, int]:
    found = _DATE.fullmatch(typed.strip())
    if found is None:
        raise _no_date(typed)
    if found[6]:
        return int(found[6]), int(found[7]), int(found[8]), None, 0
    hours = None if found[4] is None else int(found[4])
    return int(found[3] or 0), int(found[2]), int(found[1]), hours, int(found[5] or 0)


def _checked(make: Callable[..., dt.datetime], typed: str, *parts: Any, **more: Any) -> dt.datetime:  # noqa: ANN401  # those of a datetime
    try:
        return make(*parts, **more)
    except ValueError as error:
        raise _no_date(typed) from error


def _no_date(typed: str) -> Refusal:
    return Refusal(
        "not_a_date",
        Text(N_("«{typed}» is no date. Write it like 17.05 or 17.05.2027."), {"typed": typed.strip()[:40]}),
    )
