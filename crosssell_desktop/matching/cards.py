"""A customer's card as matching sees it: what was written, and the keys made of it once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crosssell_desktop.domain.names import split_name
from crosssell_desktop.matching import normalise as n


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone or e-mail as written; ``verified`` when the customer proved that it is theirs."""

    value: str
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What one list says of one customer; empty is «says nothing».

    ``key`` tells the card from all others; ``external_ids`` are ``source/number``; ``document`` is any other number of
    the person that may be mistyped; ``birthday`` is ``YYYY-MM-DD`` or ``MM-DD``.
    """

    key: str
    name: str = ""
    family: str = ""
    given: str = ""
    patronymic: str = ""
    birthday: str = ""
    is_birthday_verified: bool = False
    phones: tuple[Contact, ...] = ()
    emails: tuple[Contact, ...] = ()
    loyalty: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    inn: str = ""
    document: str = ""
    street: str = ""
    house: str = ""
    area: str = ""
    place: str = ""
    postcode: str = ""
    address: str = ""
    """An address in one line; used where the parts are not told."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A card's keys of comparison."""

    card: Card
    family: str = ""
    """By its sound, as written."""
    given: str = ""
    """By its sound, as written."""
    names: frozenset[str] = frozenset()
    """The full given names it may stand for."""
    patronymic: str = ""
    sex: str = ""
    birthday: str = ""
    """Digits: ``YYYYMMDD``, or ``MMDD`` when the year is not told."""
    phones: frozenset[str] = frozenset()
    verified_phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    verified_emails: frozenset[str] = frozenset()
    loyalty: frozenset[str] = frozenset()
    external_ids: frozenset[str] = frozenset()
    inn: str = ""
    document: str = ""
    street: str = ""
    house: str = ""
    area: str = ""
    place: str = ""
    postcode: str = ""
    name_bag: str = field(default="")
    """Given and family name in one order, whichever stood first."""


def keys_of(card: Card) -> Keys:
    """Return a card's keys."""
    parts = (card.family, card.given, card.patronymic)
    if not (card.family or card.given):
        told = split_name(card.name)
        parts = (told.family, told.given, told.patronymic)
    family, given, patronymic = parts
    if n.is_known_name(n.given_names(family)) and not n.is_known_name(n.given_names(given)):
        family, given = given, family  # «Мария Петрова» written into the columns of «Петрова Мария»
    where = n.address(card.address) if card.address and not card.street else n.Address()
    family_sound, given_sound = n.skeleton(family).replace(" ", ""), n.skeleton(given).replace(" ", "")
    phones = [(n.phone(c.value), c.verified) for c in card.phones]
    emails = [(n.email(c.value), c.verified) for c in card.emails]
    return Keys(
        card=card,
        family=family_sound,
        given=given_sound,
        names=n.given_names(given),
        patronymic=n.patronymic_key(patronymic),
        sex=n.sex_of(family, given, patronymic),
        birthday="".join(c for c in card.birthday if c.isdigit()),
        phones=frozenset(value for value, _ in phones if value),
        verified_phones=frozenset(value for value, verified in phones if value and verified),
        emails=frozenset(value for value, _ in emails if value),
        verified_emails=frozenset(value for value, verified in emails if value and verified),
        loyalty=frozenset(c.strip() for c in card.loyalty if c.strip()),
        external_ids=frozenset(c.strip() for c in card.external_ids if c.strip()),
        inn=card.inn.strip(),
        document="".join(card.document.split()).lower(),
        street=(n.street_key(card.street) or where.street).replace(" ", ""),
        house=n.house_key(card.house) or where.house,
        area=n.skeleton(card.area).replace(" ", ""),
        place=(n.skeleton(card.place) or where.place).replace(" ", ""),
        postcode=card.postcode.strip() or where.postcode,
        name_bag=" ".join(sorted(x for x in (family_sound, given_sound) if x)),
    )


def all_keys(cards: Iterable[Card]) -> list[Keys]:
    """Return the keys of many cards, in their order."""
    return [keys_of(card) for card in cards]
