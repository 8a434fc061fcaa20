"""Splitting a name as people write it into family name, given name and patronymic."""

from __future__ import annotations

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
