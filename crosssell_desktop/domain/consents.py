"""Which consents are in force: the strictest wins, whatever order the words of all counters arrive in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from crosssell_desktop.domain.text import N_

PURPOSES: tuple[str, ...] = ("service", "loyalty", "marketing", "profiling", "third_party")
CHANNELS: tuple[str, ...] = ("sms", "call", "email", "messenger", "post")
FORMS: tuple[str, ...] = ("paper", "screen", "receipt_code")
BASES: tuple[str, ...] = ("consent", "contract", "law")
"""Why something may be done; what is done by contract or law (a warranty repair) asks for no consent of its own."""
CONTACT = "contact"
"""The purpose of the word «do not contact me at all»: its withdrawal is stronger than any consent."""

PURPOSE_WORDS: dict[str, str] = {
    "service": N_("serving the order and the warranty"),
    "loyalty": N_("the loyalty programme"),
    "marketing": N_("news and offers"),
    "profiling": N_("remembering needs and supposing others"),
    "third_party": N_("passing data on to partners"),
}
CHANNEL_WORDS: dict[str, str] = {
    "sms": N_("SMS"),
    "call": N_("phone call"),
    "email": N_("e-mail"),
    "messenger": N_("messenger"),
    "post": N_("post"),
}


REACHES_NOBODY: frozenset[str] = frozenset({"profiling", "third_party"})
"""Purposes that use no channel to the customer: they are allowed or not, as a whole."""
FORM_WORDS: dict[str, str] = {
    "screen": N_("on this screen"),
    "paper": N_("on paper"),
    "receipt_code": N_("by a code on the receipt"),
}


class Said(NamedTuple):
    """A word to be recorded: a purpose, a channel (``""`` is every one), and whether it is allowed."""

    purpose: str
    channel: str
    given: bool


class Word(NamedTuple):
    """A word of a customer on a purpose: ``given`` or ``withdrawn``, when, and the withdrawal it had in sight."""

    purpose: str
    channel: str
    state: str
    hlc: int
    base_hlc: int


def in_force(words: Iterable[Word]) -> frozenset[str]:
    """Return the purposes in force as ``purpose`` and ``purpose:channel``.

    A withdrawal beats a grant whatever their clocks, unless the grant was given with the withdrawal in sight; one
    that names no channel beats the grants of every channel.
    """
    given, withdrawn = _newest(words)
    found: set[str] = set()
    for (purpose, channel), seen in given.items():
        if seen >= max(withdrawn.get((purpose, channel), -1), withdrawn.get((purpose, ""), -1)):
            found.add(purpose)
            if channel:
                found.add(f"{purpose}:{channel}")
    return frozenset(found)


def allows(words: Iterable[Word], purpose: str, channel: str) -> bool:
    """Say whether a purpose may be pursued in a channel: by a grant for it or for all, that no withdrawal beats."""
    given, withdrawn = _newest(words)
    beaten = max(withdrawn.get((purpose, channel), -1), withdrawn.get((purpose, ""), -1))
    return any(given.get((purpose, of), -2) >= beaten for of in (channel, ""))


def wants_no_contact(words: Iterable[Word]) -> bool:
    """Say whether the customer wants no contact at all, as far as the words about it tell."""
    given, withdrawn = _newest(word for word in words if word.purpose == CONTACT)
    return bool(withdrawn) and given.get((CONTACT, ""), -2) < withdrawn.get((CONTACT, ""), -1)


Allowed = frozenset[tuple[str, str]]
"""What is allowed: pairs of purpose and channel."""


def words_between(before: Allowed, after: Allowed) -> tuple[Said, ...]:
    """Return the fewest words that lead from what is allowed to what shall be: a whole purpose is one word.

    >>> words_between(frozenset(), frozenset({("marketing", "sms")}))
    (Said(purpose='marketing', channel='sms', given=True),)
    >>> words_between(frozenset({("marketing", "sms")}), frozenset())
    (Said(purpose='marketing', channel='', given=False),)
    """
    words: list[Said] = []
    for purpose in PURPOSES:
        was = {of for of in CHANNELS if (purpose, of) in before}
        will = {of for of in CHANNELS if (purpose, of) in after}
        if was == will:
            continue
        if not will or (not was and will == set(CHANNELS)):
            words.append(Said(purpose, "", given=bool(will)))
        else:
            words += [Said(purpose, of, given=of in will) for of in CHANNELS if (of in was) is not (of in will)]
    return tuple(words)


_Newest = dict[tuple[str, str], int]


def _newest(words: Iterable[Word]) -> tuple[_Newest, _Newest]:
    """Return the withdrawal each grant had in sight, and the newest withdrawal, by purpose and channel."""
    given: _Newest = {}
    withdrawn: _Newest = {}
    for word in words:
        pair = (word.purpose, word.channel)
        if word.state == "given":
            given[pair] = max(given.get(pair, -1), word.base_hlc)
        else:
            # What expired or bears a word this program does not know is no consent.
            withdrawn[pair] = max(withdrawn.get(pair, -1), word.hlc)
    return given, withdrawn


# ---------------------------------------------------------------------------------------------------- wording


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of a consent, in force from a day on; Russian comes first by law, English is its translation."""

    purpose: str
    valid_from: dt.date
    ru: str
    en: str

    @property
    def hash(self) -> str:
        """The hash by which it is told later what the customer agreed to."""
        return hashlib.sha256(self.ru.encode()).hexdigest()


_RU = (
    "Я согласен(на) на обработку моих персональных данных для указанной цели. "
    "Согласие можно отозвать в любой момент в любом магазине, причину называть не нужно."
)
_EN = (
    "I agree to the processing of my personal data for the named purpose. "
    "The consent can be withdrawn at any moment in any shop, and no reason need be given."
)
WORDINGS: tuple[Wording, ...] = tuple(Wording(purpose, dt.date(2025, 9, 1), _RU, _EN) for purpose in PURPOSES)
"""The separate consent document since 01.09.2025; later texts come as the setting ``consent.texts``."""


def wordings(setting: Sequence[Mapping[str, Any]] | None) -> tuple[Wording, ...]:
    """Return every wording: those of the program and those of the setting (purpose, valid_from, ru, en)."""
    told = tuple(
        Wording(str(one["purpose"]), dt.date.fromisoformat(str(one["valid_from"])), str(one["ru"]), str(one["en"]))
        for one in setting or ()
    )
    return (*WORDINGS, *told)


def wording(known: Iterable[Wording], purpose: str, day: dt.date) -> Wording:
    """Return the wording of a purpose on a day: the newest in force.

    Raises:
        KeyError: there is none yet.
    """
    due = [one for one in known if one.purpose == purpose and one.valid_from <= day]
    if not due:
        raise KeyError(purpose)
    return max(due, key=lambda one: one.valid_from)
