"""What may be a birthday: a day with a year or without, of somebody who may be alive."""

from __future__ import annotations

import datetime as dt
import re

EARLIEST_YEAR = 1900
_WRITTEN = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_FARTHEST_EAST = dt.timezone(dt.timedelta(hours=14))
"""Where a day begins first, so that nobody born today is refused."""


def is_birthday(text: str, now_ms: int) -> bool:
    """Say whether a text is ``YYYY-MM-DD`` from 1900 up to today, or ``MM-DD``.

    >>> [is_birthday(told, 1_795_000_000_000) for told in ("1990-05-17", "02-29", "1899-12-31", "9999-99-99")]
    [True, True, False, False]
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return False
    # A leap year stands in for one that was not told: the 29th of February is a birthday.
    try:
        day = dt.date(int(found[1] or 2000), int(found[2]), int(found[3]))
    except ValueError:
        return False
    today = dt.datetime.fromtimestamp(now_ms / 1_000, _FARTHEST_EAST).date()
    return found[1] is None or dt.date(EARLIEST_YEAR, 1, 1) <= day <= today
