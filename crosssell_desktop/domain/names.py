"""Names as people write them: what of a text can be seen, what is no name, and which part is which."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PATRONYMIC_ENDS = ("вич", "вна", "ична", "инична", "оглы", "кызы", "vich", "vna")
_FAMILY_ENDS = (
    "ов",
    "ова",
    "ев",
    "ева",
    "ёв",
    "ёва",
    "ин",
    "ина",
    "ын",
    "ына",
    "ский",
    "ская",
    "цкий",
    "цкая",
    "ко",
    "юк",
    "ук",
    "дзе",
    "швили",
    "ян",
    "ых",
    "их",
)

_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
"""Sequences that colour or move a terminal (ECMA-48, 5.3 and 5.4); cut whole, or «[31m» would stay of them."""
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that are painted as nothing (Unicode, Default_Ignorable_Code_Point), and the blank of Braille."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
DIGITS_OF_A_PHONE = 7


def visible_name(text: str) -> str:
    r"""Return a name as it is kept: NFC, one line, single spaces, nothing in it that cannot be seen.

    Terminal sequences, NUL and other control characters, direction and zero-width signs and blank letters go; empty
    when nothing to be seen is left.

    >>> visible_name("  \x1b[31mИван\u200b  Петров\x00 ")
    'Иван Петров'
    >>> visible_name("\u200b\u3164\x07")
    ''
    """
    kept = unicodedata.normalize("NFC", text)
    if not kept.isprintable():
        kept = "".join(
            " " if sign.isspace() else sign
            for sign in _ESCAPES.sub("", kept)
            if sign.isspace() or unicodedata.category(sign) not in _UNSEEN
        )
    kept = " ".join(_FILLERS.sub("", kept).split())
    # A mark without a letter under it is painted upon its neighbour.
    return kept if any(unicodedata.category(sign)[0] in "LNPS" for sign in kept) else ""


def is_no_name(text: str) -> bool:
    """Say whether a text cannot be a name: no letter in it, an address, or as many digits as a phone has.

    >>> [is_no_name(told) for told in ("Пётр I", "Магазин 24", "89161112233", "Ян 916-111", "a@b.ru", "—")]
    [False, False, True, False, True, True]
    """
    digits = sum(sign.isdigit() for sign in text)
    return digits >= DIGITS_OF_A_PHONE or "@" in text or not any(sign.isalpha() for sign in text)


@dataclass(frozen=True, slots=True)
class NameParts:
    """A person's name in parts; what cannot be told stays empty."""

    family: str = ""
    given: str = ""
    patronymic: str = ""


def split_name(text: str) -> NameParts:
    """Tell the parts of a name by Russian endings; the order of the words does not matter where they tell.

    >>> split_name("Петрова Мария Ивановна")
    NameParts(family='Петрова', given='Мария', patronymic='Ивановна')
    >>> split_name("Мария Петрова")
    NameParts(family='Петрова', given='Мария', patronymic='')
    """
    words = text.split()
    patronymic = next((w for w in words[1:] if w.lower().endswith(_PATRONYMIC_ENDS)), "")
    rest = [w for w in words if w != patronymic] if patronymic else words
    if not rest:
        return NameParts(patronymic=patronymic)
    if len(rest) == 1:
        return NameParts(given=rest[0], patronymic=patronymic)
    family = next((w for w in rest if w.lower().endswith(_FAMILY_ENDS)), rest[0])
    given = next(w for w in rest if w != family) if any(w != family for w in rest) else family
    return NameParts(family=family, given=given, patronymic=patronymic)
