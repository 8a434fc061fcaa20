"""The matrix of core and periphery: its cells, what a cell needs to be approved, and which claims may be said.

Requirements A5 (benefits), A6 (competitive advantages), A7 (the matrix), A8 (what appears only together).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from crosssell_desktop.domain.text import N_, Text

Status = Literal["approved", "rejected", "undecided"]
Thing = TypeVar("Thing")

_BOASTS = ("лучший", "лучшая", "лучшее", "лучшие", "уникальн", "best ", "unique")
_EPOCH = dt.date(1970, 1, 1)


def boasts(text: str) -> tuple[str, ...]:
    """Return the words in a text that praise without saying anything that could be checked.

    >>> boasts("Уникальный чехол")
    ('уникальн',)
    """
    folded = text.casefold()
    return tuple(word for word in _BOASTS if word in folded)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    ru: str
    en: str

    @property
    def whole(self) -> bool:
        """Say whether there is a text in both."""
        return bool(self.ru.strip() and self.en.strip())

    def same_as(self, other: Words) -> bool:
        """Say whether either language says the same as another text."""
        mine, theirs = self.plain, other.plain
        return bool(self.whole and (mine[0] == theirs[0] or mine[1] == theirs[1]))

    @property
    def plain(self) -> tuple[str, str]:
        """Both texts without case, outer blanks and a full stop."""
        return self.ru.casefold().strip(" ."), self.en.casefold().strip(" .")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a pair."""

    status: Status
    reason: str = ""


def cells(
    cores: Sequence[Thing], peripheries: Sequence[Thing], decided: Mapping[tuple[Thing, Thing], Decision]
) -> dict[tuple[Thing, Thing], Decision]:
    """Return exactly N·M cells, each with a status; what nobody has decided is undecided (A7)."""
    nothing = Decision("undecided")
    return {(core, item): decided.get((core, item), nothing) for core in cores for item in peripheries}


def rejection_fault(reason: str) -> Text | None:
    """Return what keeps a cell from being rejected, None when nothing does: a rejection says why (A7)."""
    return None if reason.strip() else Text(N_("Say why this combination is rejected."))


def approval_faults(
    emergent: Words,
    own: Iterable[Words],
    *,
    core_benefits: int,
    item_benefits: int,
    author: object,
    approver: object,
) -> tuple[Text, ...]:
    """Return everything that keeps a combination from being approved (A5, A8), nothing when it may be.

    Args:
        emergent: what appears only when both are used together.
        own: features, advantages and benefits of both products by themselves.
        core_benefits: approved benefits of the core.
        item_benefits: approved benefits of the periphery.
        author: who wrote it.
        approver: who approves; somebody else.
    """
    faults = []
    if not core_benefits:
        faults.append(Text(N_("The core has no approved benefit for the customer.")))
    if not item_benefits:
        faults.append(Text(N_("The periphery has no approved benefit for the customer.")))
    if not emergent.whole:
        faults.append(Text(N_("Say in Russian and English what appears only when both are used together.")))
    elif any(emergent.same_as(one) for one in own):
        faults.append(Text(N_("What appears only together repeats what one of the products brings by itself.")))
    if praise := (*boasts(emergent.ru), *boasts(emergent.en)):
        faults.append(Text(N_("«{word}» praises without a fact that can be checked."), {"word": praise[0].strip()}))
    if approver is None or approver == author:
        faults.append(Text(N_("Somebody else than the author must approve it.")))
    return tuple(faults)


@dataclass(frozen=True, slots=True)
class CompetitiveClaim:
    """How a product compares with a named alternative, also where it is worse (A6)."""

    versus: Words
    """The alternative, by name; in Russian in the genitive."""
    fact: Words
    is_worse: bool
    source: str
    dated_day: int | None
    """Day of the source (days since 1970-01-01)."""
    valid_until_day: int | None
    """The last day it may be said."""

    def may_be_said(self, day: int) -> bool:
        """Say whether it may be shown on a day: named, sourced, dated, not from the future, not expired."""
        return (
            bool(self.source.strip())
            and self.versus.whole
            and self.fact.whole
            and self.dated_day is not None
            and self.dated_day <= day
            and (self.valid_until_day is None or day <= self.valid_until_day)
        )

    def said(self, language: Literal["ru", "en"]) -> Text:
        """Return the claim in words."""
        ru = language == "ru"
        values = {
            "versus": self.versus.ru if ru else self.versus.en,
            "fact": self.fact.ru if ru else self.fact.en,
        }
        if self.is_worse:
            return Text(N_("Weaker than {versus}: {fact}"), values)
        return Text(N_("Better than {versus}: {fact}"), values)

    @property
    def dated(self) -> dt.date | None:
        """The day of the source."""
        return None if self.dated_day is None else _EPOCH + dt.timedelta(days=self.dated_day)
