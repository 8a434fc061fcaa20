"""Carries out what the matching page asks, for the person who is logged in at the counter's port."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from crosssell_desktop.domain.access import Session
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.format import calendar_day, fixed, percent
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import N_, Language, Text
from crosssell_desktop.matching.compare import Agreement, Field
from crosssell_desktop.matching.explain import TITLES, WORDS, Line
from crosssell_desktop.presenters.matching import Answer, MatchingState, MatchLine
from crosssell_desktop.presenters.state import Tone
from crosssell_desktop.services import match_queue
from crosssell_desktop.services.desk import Desk

if TYPE_CHECKING:
    from crosssell_desktop.presenters.desk_port import DeskPort

_TONES: dict[Agreement, Tone] = {
    Agreement.SAME: "ok",
    Agreement.VARIANT: "ok",
    Agreement.CLOSE: "ok",
    Agreement.LIKE: "warn",
    Agreement.DIFFERENT: "bad",
    Agreement.UNKNOWN: "plain",
}


_ACTS: dict[Answer, Callable[[Desk, Session, match_queue.Waiting], frozenset[Change]]] = {
    "same": lambda *what: match_queue.same(*what).changes,
    "different": lambda *what: match_queue.different(*what).changes,
    "household": lambda *what: match_queue.household(*what).changes,
    "later": lambda *what: match_queue.later(*what).changes,
}


class OfficeMatchingPort:
    """Calls the services with the session of the counter's port; keeps which pair is in front."""

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None]) -> None:
        self._port = port
        self._announce = announce
        self._front: tuple[int, match_queue.Waiting] | None = None
        self._number = 0

    def look(self) -> MatchingState:
        """Return the pair that is first in the queue; one whose card is gone meanwhile is left out."""
        desk, session = self._port.desk, self._port.session
        found = match_queue.waiting(desk, session)
        for place, one in enumerate(found):
            try:
                view = match_queue.pair(desk, session, one)
            except Refusal as refused:
                if refused.code != "no_such_customer":
                    raise
                continue
            self._number += 1
            self._front = (self._number, one)
            return _state(view, len(found) - place, self._number, self._port.speaker.language)
        self._front = None
        return MatchingState(is_asking=False)

    def answer(self, number: int, said: Answer) -> MatchingState:
        """Answer the pair in front and return the next."""
        if self._front is None or self._front[0] != number:
            raise Refusal("not_shown", Text(N_("This is not on the screen any more.")))
        one = self._front[1]
        self._announce(_ACTS[said](self._port.desk, self._port.session, one))
        return self.look()


def _state(view: match_queue.PairView, count: int, number: int, language: Language) -> MatchingState:
    bps = view.waiting.probability_bps
    return MatchingState(
        waiting=count,
        number=number,
        left=view.waiting.one_name,
        right=view.waiting.other_name,
        reasons=view.reasons,
        score="" if bps is None else percent(bps, language),
        lines=tuple(said_line(line, language) for line in view.lines),
        is_family=view.is_family,
        is_asking=False,
    )


def said_line(line: Line, language: Language) -> MatchLine:
    """Return a field of a pair in words; figures and days as the language writes them."""
    points = fixed(round(line.points * 10), 1, language, plus=True) if line.points else ""
    sides = (line.left, line.right)
    left, right = (_birthday(side, language) for side in sides) if line.field is Field.BIRTHDAY else sides
    return MatchLine(Text(TITLES[line.field]), left, right, Text(WORDS[line.agreement]), points, _TONES[line.agreement])


def _birthday(told: str, language: Language) -> str:
    """Return a whole date as people write it; what is masked, or a day without a year, stays as it is."""
    try:
        return calendar_day(dt.date.fromisoformat(told), language)
    except ValueError:
        return told
