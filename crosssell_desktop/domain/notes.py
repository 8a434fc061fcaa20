"""What may not be written about a customer: health, religion, insults (requirement A30, and the law on such data).

A note is read by every colleague and, on demand, by the customer. The lists name beginnings of words; a person who
means something harmless by such a word finds another.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from crosssell_desktop.domain.fold import words
from crosssell_desktop.domain.text import N_

Topic = Literal["health", "religion", "insult"]

TOPICS: dict[Topic, str] = {"health": N_("health"), "religion": N_("religion"), "insult": N_("an insult")}

_BEGINNINGS: dict[Topic, tuple[str, ...]] = {
    "health": (
        "диабет", "онколог", "инвалид", "беремен", "аллерги", "гипертони", "депресси", "шизофрен", "эпилепс", "аутиз",
        "алкогол", "наркоман", "психиатр", "болезн", "заболева", "диагноз", "инсульт", "инфаркт", "гепатит", "туберкул",
        "бесплод", "деменци", "альцгейм", "астматик", "слепой", "слепая", "глухой", "глухая", "глухонем",
        "diabet", "cancer", "disabled", "disabilit", "pregnan", "allerg", "depress", "schizo", "epilep", "autis",
        "alcoholi", "addict", "illness", "disease", "diagnos", "hepatit", "dementia", "alzheimer",
    ),
    "religion": (
        "мусульман", "православ", "христиан", "католик", "протестант", "иудей", "буддис", "атеист", "ислам", "религи",
        "верующ", "сектант", "язычни", "баптист", "иегов", "намаз", "muslim", "christian", "catholic", "protestant",
        "jewish", "buddhis", "hindu", "atheis", "islam", "religio", "orthodox", "mormon",
    ),
    "insult": (
        "дурак", "дурач", "дурочк", "идиот", "дебил", "кретин", "придур", "тупиц", "быдло", "урод", "козел", "сволоч",
        "жлоб", "хамло", "нищеброд", "истерич", "психован", "ублюд", "мудак", "сука", "сучк", "жирная", "жирный",
        "idiot", "moron", "stupid", "asshole", "bitch", "bastard", "cretin", "retard", "scumbag",
    ),
}  # fmt: skip
_WHOLE: dict[Topic, frozenset[str]] = {
    "health": frozenset({"рак", "рака", "раком", "вич", "спид", "болен", "больна", "болеет", "hiv", "aids", "sick"}),
    "religion": frozenset({"jew", "jews"}),
    "insult": frozenset({"дура", "хам", "хамка", "лох", "псих", "тупой", "тупая", "жадина", "dumb", "jerk", "fat"}),
}


class Stopped(NamedTuple):
    """Why a note cannot be kept: the topic and the word as it was folded."""

    topic: Topic
    word: str


def stopped(text: str) -> Stopped | None:
    """Return the first word of a note that may not be written, or None.

    >>> stopped("У клиента диабет"), stopped("Любит сравнить на месте")
    (Stopped(topic='health', word='диабет'), None)
    """
    for word in words(text):
        for topic, beginnings in _BEGINNINGS.items():
            if word in _WHOLE[topic] or word.startswith(beginnings):
                return Stopped(topic, word)
    return None
