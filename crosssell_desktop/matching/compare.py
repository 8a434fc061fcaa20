"""Compares two cards field by field into named levels, and names what the rules ask about.

Similarity of names is Jaro-Winkler over their sound, from 0 to 1 (domain rules, section 4: 0.92 and 0.85).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from crosssell_desktop.matching import normalise
from crosssell_desktop.matching.cards import Keys

SAME_NAME = 0.92
LIKE_NAME = 0.85


class Field(StrEnum):
    """What two cards are compared by, in the order a person reads them."""

    FAMILY = "family"
    GIVEN = "given"
    PATRONYMIC = "patronymic"
    BIRTHDAY = "birthday"
    PHONE = "phone"
    EMAIL = "email"
    LOYALTY = "loyalty"
    EXTERNAL = "external"
    INN = "inn"
    DOCUMENT = "document"
    STREET = "street"
    HOUSE = "house"
    AREA = "area"
    PLACE = "place"
    POSTCODE = "postcode"
    NAME = "name"
    KPP = "kpp"
    """The last two are an organisation's (``organisations``)."""


class Agreement(StrEnum):
    """How far a field agrees."""

    SAME = "same"
    VARIANT = "variant"
    """Another usual form of the same: a diminutive, names in the other order."""
    CLOSE = "close"
    LIKE = "like"
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """At least one of the cards says nothing."""


class Finding(StrEnum):
    """What the rules ask about a pair of cards."""

    LOYALTY = "loyalty"
    EXTERNAL = "external"
    PHONE = "phone"
    VERIFIED_PHONE = "verified_phone"
    EMAIL = "email"
    VERIFIED_EMAIL = "verified_email"
    FAMILY_CLOSE = "family_close"
    FAMILY_OTHER = "family_other"
    FAMILY_EQUAL = "family_equal"
    GIVEN_EQUAL = "given_equal"
    GIVEN_AGREES = "given_agrees"
    NAME_LIKE = "name_like"
    BIRTHDAY = "birthday"
    ADDRESS = "address"
    BIRTHDAYS_DIFFER = "birthdays_differ"
    """Two verified birthdays that are not one."""
    INNS_DIFFER = "inns_differ"
    GIVEN_CONTRADICTS = "given_contradicts"
    PATRONYMIC_CONTRADICTS = "patronymic_contradicts"
    SEX_CONTRADICTS = "sex_contradicts"
    BIRTHDAY_CONTRADICTS = "birthday_contradicts"
    """Two birthdays, verified or not, that no slip of the pen explains."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two cards compared."""

    left: Keys
    right: Keys
    levels: Mapping[Field, Agreement]
    findings: frozenset[Finding]


@lru_cache(maxsize=500_000)
def similarity(one: str, other: str) -> float:
    """Return how alike two names sound, from 0 to 1; 0 when one is not told."""
    if not one or not other:
        return 0.0
    return 1.0 if one == other else JaroWinkler.similarity(one, other)


def compare(left: Keys, right: Keys) -> Comparison:
    """Return how two cards agree."""
    levels = {field: level(left, right) for field, level in _LEVELS.items()}
    if _is_swapped(left, right):
        levels[Field.FAMILY] = levels[Field.GIVEN] = Agreement.VARIANT
    return Comparison(left, right, levels, frozenset(_findings(left, right, levels)))


def _is_swapped(left: Keys, right: Keys) -> bool:
    return bool(left.family and left.given) and left.family == right.given and left.given == right.family


def _by_sound(one: str, other: str) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    alike = similarity(one, other)
    if alike == 1.0:
        return Agreement.SAME
    if alike >= SAME_NAME:
        return Agreement.CLOSE
    return Agreement.LIKE if alike >= LIKE_NAME else Agreement.DIFFERENT


def _family(left: Keys, right: Keys) -> Agreement:
    found = _by_sound(left.family, right.family)
    if found not in {Agreement.SAME, Agreement.UNKNOWN} and family_keys(left) == family_keys(right):
        return Agreement.VARIANT
    return found


def family_keys(keys: Keys) -> str:
    """Return the family name in the man's form."""
    return normalise.family_key(keys.family)


def _given(left: Keys, right: Keys) -> Agreement:
    found = _by_sound(left.given, right.given)
    if found in {Agreement.SAME, Agreement.UNKNOWN}:
        return found
    if left.names & right.names:
        return Agreement.VARIANT
    if _is_initial(left.given, right.given) or _is_initial(right.given, left.given):
        return Agreement.LIKE
    # Мария and Марина are two names, however alike they look.
    return Agreement.DIFFERENT if _both_known(left, right) else found


def _is_initial(one: str, other: str) -> bool:
    return len(one) == 1 and other.startswith(one)


def _both_known(left: Keys, right: Keys) -> bool:
    return normalise.is_known_name(left.names) and normalise.is_known_name(right.names)


def _patronymic(left: Keys, right: Keys) -> Agreement:
    one, other = left.patronymic, right.patronymic
    if one and other and (_is_initial(one, other) or _is_initial(other, one)):
        return Agreement.SAME if len(one) == len(other) else Agreement.LIKE
    if one != other and normalise.is_known_father(one) and normalise.is_known_father(other):
        return Agreement.DIFFERENT
    return _by_sound(one, other)


def _birthday(left: Keys, right: Keys) -> Agreement:
    one, other = left.birthday, right.birthday
    if not one or not other:
        return Agreement.UNKNOWN
    if len(one) != len(other):
        return Agreement.SAME if one[-4:] == other[-4:] else Agreement.DIFFERENT
    if one == other:
        return Agreement.SAME
    return Agreement.CLOSE if DamerauLevenshtein.distance(one, other) == 1 else Agreement.DIFFERENT


def _sets(one: frozenset[str], other: frozenset[str]) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    return Agreement.SAME if one & other else Agreement.DIFFERENT


def _phone(left: Keys, right: Keys) -> Agreement:
    found = _sets(left.phones, right.phones)
    if found is Agreement.DIFFERENT and any(
        DamerauLevenshtein.distance(a, b) == 1 for a in left.phones for b in right.phones
    ):
        return Agreement.CLOSE
    return found


def _typed(one: str, other: str, slips: int) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    apart = DamerauLevenshtein.distance(one, other)
    if apart == 0:
        return Agreement.SAME
    return Agreement.CLOSE if apart <= slips else Agreement.DIFFERENT


_LEVELS: dict[Field, Callable[[Keys, Keys], Agreement]] = {
    Field.FAMILY: _family,
    Field.GIVEN: _given,
    Field.PATRONYMIC: _patronymic,
    Field.BIRTHDAY: _birthday,
    Field.PHONE: _phone,
    Field.EMAIL: lambda a, b: _sets(a.emails, b.emails),
    Field.LOYALTY: lambda a, b: _sets(a.loyalty, b.loyalty),
    Field.EXTERNAL: lambda a, b: _external(a.external_ids, b.external_ids),
    Field.INN: lambda a, b: _typed(a.inn, b.inn, 0),
    Field.DOCUMENT: lambda a, b: _typed(a.document, b.document, 2),
    Field.STREET: lambda a, b: _by_sound(a.street, b.street),
    Field.HOUSE: lambda a, b: _typed(a.house, b.house, 0),
    Field.AREA: lambda a, b: _by_sound(a.area, b.area),
    Field.PLACE: lambda a, b: _by_sound(a.place, b.place),
    Field.POSTCODE: lambda a, b: _typed(a.postcode, b.postcode, 1),
}


def _external(one: frozenset[str], other: frozenset[str]) -> Agreement:
    if one & other:
        return Agreement.SAME
    sources = {x.partition("/")[0] for x in one} & {x.partition("/")[0] for x in other}
    # Two numbers of one system are two records of it; of two systems they say nothing.
    return Agreement.DIFFERENT if sources else Agreement.UNKNOWN


def _findings(left: Keys, right: Keys, levels: Mapping[Field, Agreement]) -> set[Finding]:
    found: set[Finding] = set()
    same = {Agreement.SAME}
    for field, finding in ((Field.LOYALTY, Finding.LOYALTY), (Field.EXTERNAL, Finding.EXTERNAL),
                           (Field.PHONE, Finding.PHONE), (Field.EMAIL, Finding.EMAIL),
                           (Field.BIRTHDAY, Finding.BIRTHDAY)):  # fmt: skip
        if levels[field] in same:
            found.add(finding)
    if left.verified_phones & right.verified_phones:
        found.add(Finding.VERIFIED_PHONE)
    if left.verified_emails & right.verified_emails:
        found.add(Finding.VERIFIED_EMAIL)
    if levels[Field.STREET] in {Agreement.SAME, Agreement.CLOSE} and levels[Field.HOUSE] is Agreement.SAME:
        found.add(Finding.ADDRESS)
    return found | _of_names(left, right, levels) | _against(left, right, levels)


def _of_names(left: Keys, right: Keys, levels: Mapping[Field, Agreement]) -> set[Finding]:
    found: set[Finding] = set()
    family, given = levels[Field.FAMILY], levels[Field.GIVEN]
    if family in {Agreement.SAME, Agreement.VARIANT, Agreement.CLOSE}:
        found.add(Finding.FAMILY_CLOSE)
    if family is Agreement.SAME or (family is Agreement.VARIANT and _is_swapped(left, right)):
        found.add(Finding.FAMILY_EQUAL)
    if family in {Agreement.LIKE, Agreement.DIFFERENT}:
        found.add(Finding.FAMILY_OTHER)
    if given in {Agreement.SAME, Agreement.VARIANT}:
        found.add(Finding.GIVEN_EQUAL)
    if given in {Agreement.SAME, Agreement.VARIANT, Agreement.CLOSE}:
        found.add(Finding.GIVEN_AGREES)
    likes = {Agreement.SAME, Agreement.VARIANT, Agreement.CLOSE, Agreement.LIKE}
    if family in likes and given in likes:
        found.add(Finding.NAME_LIKE)
    return found


def _against(left: Keys, right: Keys, levels: Mapping[Field, Agreement]) -> set[Finding]:
    found: set[Finding] = set()
    if levels[Field.INN] is Agreement.DIFFERENT:
        found.add(Finding.INNS_DIFFER)
    if left.birthday and right.birthday and levels[Field.BIRTHDAY] is not Agreement.SAME:
        if left.card.is_birthday_verified and right.card.is_birthday_verified:
            found.add(Finding.BIRTHDAYS_DIFFER)
        if levels[Field.BIRTHDAY] is Agreement.DIFFERENT:
            found.add(Finding.BIRTHDAY_CONTRADICTS)
    if levels[Field.GIVEN] in {Agreement.DIFFERENT, Agreement.LIKE}:
        found.add(Finding.GIVEN_CONTRADICTS)
    if levels[Field.PATRONYMIC] in {Agreement.DIFFERENT, Agreement.LIKE}:
        found.add(Finding.PATRONYMIC_CONTRADICTS)
    if len({left.sex, right.sex} - {""}) > 1:
        found.add(Finding.SEX_CONTRADICTS)
    return found
