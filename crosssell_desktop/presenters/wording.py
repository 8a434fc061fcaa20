"""Short forms of time and joined phrases for the screen, on top of the one number form of ``domain.format``."""

from __future__ import annotations

import re

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
