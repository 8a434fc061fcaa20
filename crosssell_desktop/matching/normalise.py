"""Brings names, phones, e-mails and addresses as people write them into the one form in which they are compared.

A name's skeleton is the same for both scripts, for look-alike letters and for the usual transliterations; it is for
comparing only and is never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from crosssell_desktop.domain.fold import digits, fold, phone_digits
from crosssell_desktop.matching.given_names import FULL_NAMES, MEN, WOMEN, full_names

_ALIKE = dict(zip("abcehkmoptxyu", "авсенкмортхуи", strict=True))
_TO_CYRILLIC = str.maketrans(_ALIKE | {"0": "о", "3": "з", "4": "ч", "6": "б"})
_TO_LATIN = str.maketrans({"а": "a", "в": "b", "с": "c", "е": "e", "н": "h", "к": "k", "м": "m", "о": "o", "р": "p",
                           "т": "t", "х": "x", "у": "y", "0": "o"})  # fmt: skip
_LETTERS = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "e", "ґ": "g",
})  # fmt: skip
_SOUNDS = (
    ("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("kh", "h"), ("ph", "f"), ("tz", "ts"), ("cz", "ts"), ("ck", "k"),
    ("x", "ks"), ("w", "v"), ("q", "k"), ("j", "i"), ("y", "i"), ("ii", "i"), ("ie", "e"), ("io", "e"),
)  # fmt: skip
_HARD_C = re.compile("c(?!h)")
_TWICE = re.compile(r"(.)\1+")
_PATRONYMIC_END = re.compile("(?:ovich|evich|ovna|evna|inichna|ichna|ich|eva|ova|ogli|kizi)$")


def one_script(word: str) -> str:
    """Return a folded word with look-alike letters of the other script, and digits for letters, mended.

    >>> one_script("cepгeй"), one_script("иbahob"), one_script("smith"), one_script("3ахаров")
    ('сергей', 'иванов', 'smith', 'захаров')
    """
    russian = [c for c in word if "а" <= c <= "я"]
    latin = [c for c in word if "a" <= c <= "z"]
    if not russian and not latin:
        return word
    if not russian:
        return word.translate(str.maketrans("0", "o"))
    if any(c not in _ALIKE for c in latin) and all(ord(c) in _TO_LATIN for c in russian):
        return word.translate(_TO_LATIN)
    return word.translate(_TO_CYRILLIC)


@lru_cache(maxsize=200_000)
def skeleton(text: str) -> str:
    """Return a name as both scripts sound it: «Юлия», «Yuliya» and «Julia» are one.

    >>> skeleton("Юлия"), skeleton("Yuliya"), skeleton("Julia"), skeleton("Щукин") == skeleton("Shchukin")
    ('iulia', 'iulia', 'iulia', True)
    """
    sounds = "".join(one_script(word) for word in fold(text).split()).translate(_LETTERS)
    for written, sound in _SOUNDS:
        sounds = sounds.replace(written, sound)
    return _TWICE.sub(r"\1", _HARD_C.sub("k", sounds))


def given_names(text: str) -> frozenset[str]:
    """Return the skeletons of the full names a given name may stand for.

    >>> given_names("Маша") == given_names("Мария") == given_names("Mariya")
    True
    """
    first = fold(text).split(" ")[0]
    plain = one_script(first)
    known = full_names(plain)
    if known == {plain}:
        known = _BY_SKELETON.get(skeleton(plain), known)
    return frozenset(skeleton(name) for name in known if name)


def patronymic_key(text: str) -> str:
    """Return the father's name inside a patronymic, the same for son and daughter, long and short.

    >>> patronymic_key("Ивановна") == patronymic_key("Иваныч") == patronymic_key("Ivanovich")
    True
    """
    return _PATRONYMIC_END.sub("", skeleton(text)).rstrip("aeiou")


def is_known_father(key: str) -> bool:
    """Say whether a patronymic's key is of a name in the list: two such that differ are two fathers, however alike.

    >>> is_known_father(patronymic_key("Алексеевна")), is_known_father(patronymic_key("Александрович"))
    (True, True)
    """
    return key in _FATHERS


def is_known_name(names: frozenset[str]) -> bool:
    """Say whether a given name is in the list: two known names that share no full name are two people's."""
    return bool(names) and names <= _MEN | _WOMEN


def family_key(text: str) -> str:
    """Return a family name by its sound, in the man's form, so that a husband's and a wife's are one.

    >>> family_key("Петровская") == family_key("Петровский"), family_key("Иванова") == family_key("Ivanov")
    (True, True)
    """
    sounds = skeleton(text)
    if sounds.endswith(("ova", "eva", "ina")) and len(sounds) > 5:
        return sounds[:-1]
    if sounds.endswith("skaia"):
        return sounds[:-3] + "i"
    return sounds


def sex_of(family: str, given: str, patronymic: str) -> str:
    """Return ``m`` or ``f`` as a Russian patronymic, given name or family name tells, in this order, else nothing.

    >>> sex_of("Иванова", "Саша", ""), sex_of("Ким", "Маша", ""), sex_of("Ким", "", "Олеговна"), sex_of("Ким", "", "")
    ('f', 'f', 'f', '')
    """
    names = given_names(given)
    father = skeleton(patronymic)
    if father.endswith(("vna", "ichna", "kizi")):
        return "f"
    if father.endswith(("ich", "ogli")):
        return "m"
    if names and names <= _MEN:
        return "m"
    if names and names <= _WOMEN:
        return "f"
    sounds = skeleton(family)
    if sounds.endswith(("ova", "eva", "ina", "skaia")) and len(sounds) > 5:
        return "f"
    return "m" if sounds.endswith(("ov", "ev", "in", "ski")) and len(sounds) > 4 else ""


@lru_cache(maxsize=200_000)
def phone(text: str, region: str = "RU") -> str:
    """Return a phone as E.164, empty when it is no possible number.

    >>> phone("8 (916) 123-45-67"), phone("9161234567"), phone("+44 20 7946 0958"), phone("123")
    ('+79161234567', '+79161234567', '+442079460958', '')
    """
    found = digits(text)
    if not found:
        return ""
    try:
        number = phonenumbers.parse("+" + phone_digits(text) if len(found) > 9 else text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """Return an e-mail as it is compared: lower case, without what follows a plus, look-alike letters mended.

    >>> email(" Ivan.Petrov+shop@Mail.RU ")
    'ivan.petrov@mail.ru'
    """
    name, at, domain = "".join(text.split()).lower().translate(_TO_LATIN).partition("@")
    name = name.split("+")[0]
    return f"{name}@{domain}" if name and at and "." in domain else ""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that are compared; each a key, none of them shown."""

    street: str = ""
    house: str = ""
    flat: str = ""
    place: str = ""
    postcode: str = ""


_STREET_WORDS = (
    "улица|ул|проспект|пр кт|просп|пр т|пр|переулок|пер|бульвар|б р|бул|шоссе|ш|площадь|пл|набережная|наб|проезд|"
    "аллея|тупик|микрорайон|мкр|линия|тракт|street|st|avenue|ave|road|rd|lane|ulitsa|ul|prospekt|pr"
)
_PLACE_WORDS = "город|гор|г|село|с|деревня|д|поселок|пос|п|пгт|область|обл|край|республика|респ|район|р н"
_HOUSE = re.compile(r"\b(?:дом|д|house|dom)?\s*(\d{1,4}(?:\s*[а-яa-z](?![а-яa-z]))?(?:\s*/\s*\d{1,3})?)")
_BUILDING = re.compile(r"\b(?:корпус|корп|к|строение|стр|bld|korp)\s*(\d{1,3}|[а-яa-z]\b)")
_FLAT = re.compile(r"\b(?:квартира|кв|оф|офис|flat|apt|kv)\s*(\d{1,4})")
_STREET_MARK = re.compile(rf"(?:^|\s)(?:{_STREET_WORDS})(?=\s|\d|$)")
_PLACE_MARK = re.compile(rf"^(?:{_PLACE_WORDS})\s+")


def street_key(text: str) -> str:
    """Return a street without «улица», case and spaces, by its sound.

    >>> street_key("ул. Большая Полянка") == street_key("Большая Полянка ул") == street_key("Bolshaya Polyanka")
    True
    """
    return skeleton(_STREET_MARK.sub(" ", fold(text)))


def house_key(text: str) -> str:
    """Return a house number without spaces and case: «7 А» and «7a» are one."""
    return "".join(text.lower().split()).translate(_LETTERS)


def address(text: str) -> Address:
    """Return the parts of an address written in one line; what cannot be told stays empty.

    >>> address("125009, г. Москва, ул. Тверская, д. 7 корп. 2, кв. 31").house
    '7k2'
    >>> a, b = address("Тверская 7-31, Москва"), address("Москва, Тверская ул., дом 7, кв 31")
    >>> (a.street, a.house, a.flat) == (b.street, b.house, b.flat)
    True
    """
    postcode, street, house, flat, place = "", "", "", "", ""
    for raw in re.split(r"[,;\n]+", text):
        part = re.sub(r"(\d)\s*-\s*(\d)", r"\1 кв \2", raw)
        part = re.sub(r"\s+", " ", re.sub(r"[^\w/]+", " ", part.lower().replace("ё", "е"))).strip()
        if re.fullmatch(r"\d{5,6}", part):
            postcode = part
            continue
        found = _FLAT.search(part)
        if found:
            flat, part = found[1], _FLAT.sub(" ", part)
        building = _BUILDING.search(part)
        if building and (house or re.search(r"\d", part[: building.start()])):
            part = _BUILDING.sub(" ", part)
        else:
            building = None
        told = _HOUSE.search(part) if not house else None
        if told and (part[: told.start()].strip() or street or _bare_house(part)):
            house, part = house_key(told[1]), part[: told.start()]
        if building:
            house += "k" + skeleton(building[1])
        if _STREET_MARK.search(part) or (house and not street and part.strip()):
            street = street_key(part) or street
        elif part.strip() and not place:
            place = skeleton(_PLACE_MARK.sub("", part.strip()))
    return Address(street, house, flat, place, postcode)


def _bare_house(part: str) -> bool:
    return re.fullmatch(r"(?:дом|д|house|dom)?\s*\d.*", part) is not None


def _by_skeleton() -> dict[str, frozenset[str]]:
    made: dict[str, frozenset[str]] = {}
    for form, names in FULL_NAMES.items():
        made[skeleton(form)] = made.get(skeleton(form), frozenset()) | names
    return made


_BY_SKELETON = _by_skeleton()
_MEN = frozenset(skeleton(name) for name in MEN)
_WOMEN = frozenset(skeleton(name) for name in WOMEN)
_FATHERS = frozenset(name.rstrip("aeiou") for name in _MEN) | {"pavl", "lv", "iakovl"}
"""Павлович, Львович and Яковлевич drop or add a letter."""
