"""How a report says things: one reader's language, time zone and number forms in one place."""

from __future__ import annotations

import datetime as dt

from crosssell_desktop.domain import format as forms
from crosssell_desktop.domain.kpi import Ratio
from crosssell_desktop.domain.spoken import Voice, speak
from crosssell_desktop.domain.text import Language, Text


class Words:
    """Says texts and numbers for one reader; None is «—» everywhere."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self._voice.language

    def say(self, text: Text) -> str:
        """Return a text with its typed values."""
        return speak(text, self._voice)

    def bare(self, message: str) -> str:
        """Return a message without values."""
        return self._voice.translator.gettext(message)

    def money(self, minor: int | None, *, plus: bool = False) -> str:
        """Return an amount with its currency."""
        return forms.DASH if minor is None else forms.money(minor, self.language, plus=plus)

    def amount(self, minor: int | None, *, plus: bool = False) -> str:
        """Return an amount for a column whose header names the currency."""
        return forms.DASH if minor is None else forms.amount(minor, self.language, plus=plus)

    def count(self, value: int | None) -> str:
        """Return a whole number."""
        return forms.DASH if value is None else forms.whole(value, self.language)

    def percent(self, bps: int | None, *, plus: bool = False) -> str:
        """Return basis points as per cent with one place."""
        return forms.DASH if bps is None else forms.percent(bps, self.language, plus=plus)

    def ratio_percent(self, ratio: Ratio | None) -> str:
        """Return an exact ratio as per cent."""
        return self.percent(None if ratio is None else ratio.bps)

    def decimal(self, hundredths: int | None, *, plus: bool = False) -> str:
        """Return hundredths as a number with two places."""
        return forms.DASH if hundredths is None else forms.fixed(hundredths, 2, self.language, plus=plus)

    def date(self, day: dt.date) -> str:
        """Return a calendar day."""
        return forms.calendar_day(day, self.language)

    def moment(self, at_ms: int | None) -> str:
        """Return date and time in the shop's time zone."""
        return forms.DASH if at_ms is None else forms.moment(at_ms, self.language, self._voice.utc_offset_minutes)

    def day_of(self, at_ms: int) -> str:
        """Return the day of a moment in the shop's time zone."""
        return forms.day(at_ms, self.language, self._voice.utc_offset_minutes)

    def clock(self, at_ms: int) -> str:
        """Return the hour and minute in the shop's time zone."""
        return forms.time_of_day(at_ms, self._voice.utc_offset_minutes)
