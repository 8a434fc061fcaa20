"""Says of a pair of cards what agrees, what differs, and how much each weighs.

Points are binary logarithms of how many times likelier the agreement is in one person than in two strangers. Where a
model was learned they are its own; else the usual ones below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crosssell_desktop.domain.text import N_
from crosssell_desktop.matching.cards import Card
from crosssell_desktop.matching.compare import Agreement, Comparison, Field

A = Agreement
USUAL: Mapping[Field, Mapping[Agreement, float]] = {
    Field.FAMILY: {A.SAME: 8.0, A.VARIANT: 6.0, A.CLOSE: 5.0, A.LIKE: 2.0, A.DIFFERENT: -4.0},
    Field.GIVEN: {A.SAME: 5.0, A.VARIANT: 4.5, A.CLOSE: 3.0, A.LIKE: 1.0, A.DIFFERENT: -5.0},
    Field.PATRONYMIC: {A.SAME: 4.5, A.CLOSE: 3.0, A.LIKE: 1.5, A.DIFFERENT: -5.0},
    Field.BIRTHDAY: {A.SAME: 13.0, A.CLOSE: 5.0, A.DIFFERENT: -6.0},
    Field.PHONE: {A.SAME: 11.0, A.CLOSE: 3.0, A.DIFFERENT: -1.5},
    Field.EMAIL: {A.SAME: 14.0, A.DIFFERENT: -1.0},
    Field.LOYALTY: {A.SAME: 16.0, A.DIFFERENT: -1.5},
    Field.EXTERNAL: {A.SAME: 20.0, A.DIFFERENT: -1.0},
    Field.INN: {A.SAME: 20.0, A.DIFFERENT: -20.0},
    Field.DOCUMENT: {A.SAME: 15.0, A.CLOSE: 6.0, A.DIFFERENT: -3.0},
    Field.STREET: {A.SAME: 5.0, A.CLOSE: 4.0, A.LIKE: 2.0, A.DIFFERENT: -2.0},
    Field.HOUSE: {A.SAME: 4.0, A.DIFFERENT: -1.5},
    Field.AREA: {A.SAME: 4.0, A.CLOSE: 3.0, A.LIKE: 1.0, A.DIFFERENT: -1.0},
    Field.PLACE: {A.SAME: 1.5, A.CLOSE: 1.0, A.DIFFERENT: -1.0},
    Field.POSTCODE: {A.SAME: 5.0, A.CLOSE: 2.0, A.DIFFERENT: -1.5},
}

TITLES: Mapping[Field, str] = {
    Field.FAMILY: N_("Family name"),
    Field.GIVEN: N_("First name"),
    Field.PATRONYMIC: N_("Patronymic"),
    Field.BIRTHDAY: N_("Birthday"),
    Field.PHONE: N_("Phone"),
    Field.EMAIL: N_("E-mail"),
    Field.LOYALTY: N_("Loyalty card"),
    Field.EXTERNAL: N_("Number in another system"),
    Field.INN: N_("Taxpayer number"),
    Field.DOCUMENT: N_("Document"),
    Field.STREET: N_("Street"),
    Field.HOUSE: N_("House"),
    Field.AREA: N_("District"),
    Field.PLACE: N_("Town"),
    Field.POSTCODE: N_("Postcode"),
    Field.NAME: N_("Name"),
    Field.KPP: N_("КПП"),
}
WORDS: Mapping[Agreement, str] = {
    A.SAME: N_("the same"),
    A.VARIANT: N_("another form of the same"),
    A.CLOSE: N_("nearly the same"),
    A.LIKE: N_("similar"),
    A.DIFFERENT: N_("differs"),
    A.UNKNOWN: N_("not told in both"),
}
_WHOLE_ADDRESS = (Field.STREET, Field.HOUSE, Field.AREA, Field.PLACE, Field.POSTCODE)


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a pair: what each card says, how it agrees, and what that weighs in points."""

    field: Field
    left: str
    right: str
    agreement: Agreement
    points: float


def lines(pair: Comparison, weights: Mapping[str, float] | None = None) -> tuple[Line, ...]:
    """Return the fields of which at least one card says something, in the order a person reads them."""
    found: list[Line] = []
    for field in pair.levels:
        left, right = said(pair.left.card, field), said(pair.right.card, field)
        agreement = pair.levels[field]
        if (left or right) and not (field in _WHOLE_ADDRESS and agreement is Agreement.UNKNOWN):
            points = 0.0
            if agreement is not Agreement.UNKNOWN:
                points = (weights or {}).get(field.value, USUAL[field].get(agreement, 0.0))
            found.append(Line(field, left, right, agreement, round(points, 1)))
    return tuple(found)


def said(card: Card, field: Field) -> str:
    """Return what a card says of a field, as it was written."""
    return _SAID[field](card)


_SAID: Mapping[Field, Callable[[Card], str]] = {
    Field.FAMILY: lambda card: card.family or card.name,
    Field.GIVEN: lambda card: card.given,
    Field.PATRONYMIC: lambda card: card.patronymic,
    Field.BIRTHDAY: lambda card: card.birthday,
    Field.PHONE: lambda card: ", ".join(one.value for one in card.phones),
    Field.EMAIL: lambda card: ", ".join(one.value for one in card.emails),
    Field.LOYALTY: lambda card: ", ".join(card.loyalty),
    Field.EXTERNAL: lambda card: ", ".join(card.external_ids),
    Field.INN: lambda card: card.inn,
    Field.DOCUMENT: lambda card: card.document,
    Field.STREET: lambda card: card.street or card.address,
    Field.HOUSE: lambda card: card.house or card.address,
    Field.AREA: lambda card: card.area,
    Field.PLACE: lambda card: card.place or card.address,
    Field.POSTCODE: lambda card: card.postcode or card.address,
}
