"""Customer files read for who-is-who alone: nothing is saved, and a row that says little is still a card.

Law: a cell that cannot be read as what its column holds is compared as nothing, never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange import cells
from crosssell_desktop.interchange.cells import BadCell
from crosssell_desktop.interchange.columns import SYNONYMS
from crosssell_desktop.interchange.tabular import Table, open_table
from crosssell_desktop.matching.cards import Card, Contact

HEADINGS: Mapping[str, Sequence[str]] = {
    **{name: SYNONYMS["customers"][name] for name in ("name", "family_name", "given_name", "patronymic", "phone",
                                                      "email", "birthday", "card")},
    "external_id": (*SYNONYMS["customers"]["external_id"], "rec_id"),
    "birthday": (*SYNONYMS["customers"]["birthday"], "date_of_birth"),
    "phone_verified": ("телефон подтвержден", "phone verified", "phone_verified"),
    "email_verified": ("почта подтверждена", "e-mail подтвержден", "email verified", "email_verified"),
    "inn": ("инн", "inn", "tin", "vat", "tax id"),
    "number_1c": ("код 1с", "id 1с", "external_1c", "1c"),
    "document": ("документ", "номер документа", "document", "soc_sec_id"),
    "address": ("адрес", "address", "contact address", "street address"),
    "street": ("улица", "street", "address_1"),
    "house": ("дом", "номер дома", "house", "street_number"),
    "area": ("район", "address_2", "street2", "district"),
    "place": ("город", "населенный пункт", "city", "suburb", "town"),
    "postcode": ("индекс", "почтовый индекс", "zip", "postcode", "postal code"),
}  # fmt: skip
"""The usual headings of what cards are compared by."""


@dataclass(frozen=True, slots=True)
class Cards:
    """All cards of some files: each with the file it is from."""

    cards: Sequence[Card]
    files: Sequence[int]


def read_cards(paths: Sequence[Path]) -> Cards:
    """Read the cards of customer files; a card's key is its number in its file, else the line.

    Raises:
        Refusal: a file cannot be read; ``no_names`` when a file has no column of names.
    """
    raw: list[tuple[int, str, Card]] = []
    for number, path in enumerate(paths):
        raw += [(number, told, card) for told, card in _cards_of(open_table(path), path.stem)]
    seen: dict[str, int] = {}
    for _, told, _ in raw:
        seen[told] = seen.get(told, 0) + 1
    made = [_keyed(card, told if seen[told] == 1 else f"{paths[number].stem}/{told}") for number, told, card in raw]
    return Cards(made, [number for number, _, _ in raw])


def _keyed(card: Card, key: str) -> Card:
    return replace(card, key=key)


def _cards_of(table: Table, stem: str) -> Iterable[tuple[str, Card]]:
    at = _places(table.header)
    if not {"name", "family_name", "given_name"} & set(at):
        raise Refusal("no_names", Text(N_("The file {file} has no column of names."), {"file": table.path.name}))
    for line, row in table.rows():
        told = {name: row[place].strip() for name, place in at.items() if place < len(row)}
        number = told.get("external_id", "")
        one_c = told.get("number_1c", "")
        yield (
            number or f"{stem}:{line}",
            Card(
                key="",
                name=told.get("name", ""),
                family=told.get("family_name", ""),
                given=told.get("given_name", ""),
                patronymic=told.get("patronymic", ""),
                birthday=_read(told, "birthday", cells.birthday),
                phones=_contacts(told, "phone"),
                emails=_contacts(told, "email"),
                loyalty=_some(told.get("card", "")),
                external_ids=(f"1c/{one_c}",) if one_c else (),
                inn=told.get("inn", ""),
                document=told.get("document", ""),
                street=told.get("street", ""),
                house=told.get("house", ""),
                area=told.get("area", ""),
                place=told.get("place", ""),
                postcode=told.get("postcode", ""),
                address=told.get("address", ""),
            ),
        )


def _places(header: Sequence[str]) -> dict[str, int]:
    folded = [fold(heading) for heading in header]
    found: dict[str, int] = {}
    for name, headings in HEADINGS.items():
        for heading in headings:
            place = next((i for i, h in enumerate(folded) if h == fold(heading) and i not in found.values()), None)
            if place is not None:
                found[name] = place
                break
    return found


def _read(told: Mapping[str, str], name: str, reader: Callable[[str], str]) -> str:
    cell = told.get(name, "")
    if not cell:
        return ""
    if name == "birthday" and len(cell) == 8 and cell.isdigit():
        return f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
    try:
        return reader(cell)
    except BadCell:
        return ""


def _contacts(told: Mapping[str, str], kind: str) -> tuple[Contact, ...]:
    try:
        is_verified = cells.flag(told.get(f"{kind}_verified") or "0")
    except BadCell:
        is_verified = False
    return tuple(Contact(value, is_verified) for value in _some(told.get(kind, "")))


def _some(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.replace(";", ",").split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known to be so: pairs of keys, each sorted."""

    pairs: frozenset[tuple[str, str]]


def read_truth(path: Path) -> Truth:
    """Read the truth: a table of pairs (two columns of keys), or of cards with their person (``key`` and ``person``).

    Raises:
        Refusal: the file cannot be read; ``bad_truth`` when it has not two columns.
    """
    table = open_table(path)
    folded = [fold(heading) for heading in table.header]
    if len(folded) < 2:
        raise Refusal("bad_truth", Text(N_("The truth is a table of two columns: pairs of keys, or key and person.")))
    if "person" not in folded:
        return Truth(frozenset(_sorted(row[0].strip(), row[1].strip()) for _, row in table.rows() if len(row) > 1))
    people: dict[str, list[str]] = {}
    key_at = folded.index("key") if "key" in folded else 1 - folded.index("person")
    for _, row in table.rows():
        people.setdefault(row[folded.index("person")].strip(), []).append(row[key_at].strip())
    pairs = {_sorted(a, b) for keys in people.values() for i, a in enumerate(keys) for b in keys[:i]}
    return Truth(frozenset(pairs))


def _sorted(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


@dataclass(frozen=True, slots=True)
class Figures:
    """How found pairs stand to the true ones; each a share from 0 to 1."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """What share of the found pairs is true."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """What share of the true pairs was found."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_json(self) -> dict[str, float | int]:
        """Return the figures as JSON can carry them."""
        return {
            "found": self.found,
            "right": self.right,
            "true": self.true,
            "precision": round(self.precision, 5),
            "recall": round(self.recall, 5),
            "f1": round(self.f1, 5),
        }


def figures(found: Iterable[tuple[str, str]], truth: Truth) -> Figures:
    """Return how pairs of keys stand to the truth."""
    pairs = {_sorted(*pair) for pair in found}
    return Figures(len(pairs), len(pairs & truth.pairs), len(truth.pairs))
