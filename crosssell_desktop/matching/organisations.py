"""Which cards are one organisation: by taxpayer number and КПП, and by the name without its legal form.

Law: joined by itself is only what has the same valid ИНН and the same КПП, which the tax service gives to one place of
one firm (order ММВ-7-6/435@ of 29.06.2012); a name alone proves nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.inn import is_inn
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.matching.compare import Agreement, Field
from crosssell_desktop.matching.explain import Line
from crosssell_desktop.matching.rules import Verdict, Zone

LARGEST_GROUP = 60
"""A name that more firms bear tells none from another."""
_LONG_FORMS = (
    "общество с ограниченной ответственностью",
    "публичное акционерное общество",
    "непубличное акционерное общество",
    "открытое акционерное общество",
    "закрытое акционерное общество",
    "акционерное общество",
    "индивидуальный предприниматель",
    "автономная некоммерческая организация",
    "государственное унитарное предприятие",
    "муниципальное унитарное предприятие",
)
_FORMS = re.compile(
    rf"\b(?:{'|'.join(_LONG_FORMS)}|ооо|пао|оао|зао|нао|ао|ип|чп|ано|нко|фгуп|гуп|муп|ooo|llc|ltd|jsc)\b"
)

SAME_PLACE = Text(N_("The same taxpayer number and КПП"))
SAME_FIRM = Text(N_("The same taxpayer number, but not the same КПП in both: a branch?"))
SAME_NAME = Text(N_("The same name of an organisation, no taxpayer number in both"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """What matching knows of an organisation; empty is «says nothing»."""

    key: str
    name: str
    inn: str = ""
    kpp: str = ""


def name_key(name: str) -> str:
    """Return a firm's name without legal form and marks; a name that is only a form stays.

    >>> name_key("ООО «Ромашка-Плюс»"), name_key("Ромашка плюс, общество с ограниченной ответственностью")
    ('ромашка плюс', 'ромашка плюс')
    """
    folded = fold(name)
    return " ".join(_FORMS.sub(" ", folded).split()) or folded


def judge_firms(one: Firm, other: Firm) -> Verdict:
    """Return what becomes of two organisations: O1 joins, O2 and O3 are a person's, all else stays apart."""
    told = is_inn(one.inn), is_inn(other.inn)
    if all(told) and one.inn != other.inn:
        return Verdict(Zone.SEPARATE, "", ())
    if all(told):
        if one.kpp and one.kpp == other.kpp:
            return Verdict(Zone.AUTO, "O1", (SAME_PLACE,))
        return Verdict(Zone.REVIEW, "O2", (SAME_FIRM,))
    if name_key(one.name) == name_key(other.name):
        return Verdict(Zone.REVIEW, "O3", (SAME_NAME,))
    return Verdict(Zone.SEPARATE, "", ())


def firm_pairs(firms: Sequence[Firm], apart: Collection[tuple[int, int]] = ()) -> list[tuple[tuple[int, int], Verdict]]:
    """Return the pairs (places, the smaller first) that may be one, without those a person told apart."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, firm in enumerate(firms):
        if is_inn(firm.inn):
            groups["inn", firm.inn].append(place)
        groups["name", name_key(firm.name)].append(place)
    found = {pair for some in groups.values() if len(some) <= LARGEST_GROUP for pair in combinations(some, 2)}
    judged = ((pair, judge_firms(firms[pair[0]], firms[pair[1]])) for pair in sorted(found - set(apart)))
    return [(pair, verdict) for pair, verdict in judged if verdict.zone is not Zone.SEPARATE]


def firm_lines(one: Firm, other: Firm) -> tuple[Line, ...]:
    """Return what both say, for a person to look at; nothing of it is weighed in points."""
    names = Line(Field.NAME, one.name, other.name, _agreement(name_key(one.name), name_key(other.name)), 0.0)
    numbers = ((Field.INN, one.inn, other.inn), (Field.KPP, one.kpp, other.kpp))
    return (names, *(Line(field, a, b, _agreement(a, b), 0.0) for field, a, b in numbers if a or b))


def _agreement(one: str, other: str) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    return Agreement.SAME if one == other else Agreement.DIFFERENT
