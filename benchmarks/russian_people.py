"""Invented Russian customers of several departments' lists, with the truth: who is whom, by a seed.

Each person stands in one to four lists, and each list writes in its own way: diminutives, no patronymic, ё as е,
Latin look-alike letters, transliteration, typing errors, names in the other order, phones in any writing, a birthday
only sometimes. Families share a phone; twins share phone, family name, patronymic, birthday and address; a father and
a son may share the whole name; namesakes live in other houses. Nobody here exists.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from crosssell_desktop.matching.cards import Card, Contact
from crosssell_desktop.matching.given_names import MEN, WOMEN

SEED = 20260301
PEOPLE = 4_000


def _words(text: str) -> list[str]:
    return text.split()


_FAMILIES = _words(
    "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев "
    "Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев "
    "Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв "
    "Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков "
    "Баранов Филиппов Комаров Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов "
    "Крылов Куликов Карпов Власов Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев "
    "Тимофеев Фомин Чернов Абрамов Мартынов Ефимов Федотов Щербаков Назаров Калинин Исаев Чернышёв Быков "
    "Маслов Родионов Коновалов Лазарев Воронин Климов Филатов Пономарёв Голубев Кудрявцев Прохоров Наумов "
    "Потапов Журавлёв Овчинников Трофимов Леонов Соболев Ермаков Колесников Гончаров Емельянов Никифоров "
    "Грачёв Котов Гришин Ефремов Архипов Громов Кириллов Малышев Панов Моисеев Румянцев Акимов Кондратьев "
    "Бирюков Горбунов Анисимов Ерёмин Тихомиров Галкин Лукьянов Михеев Скворцов Юдин Белоусов Нестеров Симонов "
    "Прокофьев Харитонов Князев Цветков Левин Митрофанов Воронов Аксёнов Софронов Мальцев Логинов Горшков "
    "Савин Краснов Майоров Демидов Елисеев Рыбаков Сафонов Плотников Демин Хохлов Фадеев Молчанов Игнатов "
    "Литвинов Ершов Ушаков Дементьев Рябов Мухин Калашников Леонтьев Лобанов Кузин Корнеев Евдокимов Бородин "
    "Платонов Некрасов Балашов Бобров Жданов Блинов Игнатьев Коротков Муравьёв Крюков Беляков Богомолов "
    "Дроздов Лавров Зуев Петухов Ларин Никулин Серов Терентьев Зотов Устинов Фокин Самойлов Константинов "
    "Сахаров Шишкин Самсонов Черкасов Чистяков Носов Спиридонов Карасёв Авдеев Воронцов Зверев Владимиров "
    "Селезнёв Нечаев Кудряшов Седов Фирсов Андрианов Панфилов Головин Терехов Шестаков Щукин Жилин Хромов "
    "Цыганков Ежов Юрьев Якушев"
)
_PLAIN = _words("Коваленко Шевченко Ткаченко Бондаренко Ким Цой Гайдай Мороз Черных Седых Белых Шульга Савчук Ткачук")
_STREETS = _words(
    "Ленина Советская Молодёжная Центральная Школьная Садовая Лесная Набережная Мира Октябрьская Зелёная "
    "Первомайская Комсомольская Заречная Полевая Гагарина Пушкина Кирова Пролетарская Тверская Большая-Полянка "
    "Профсоюзная Чехова Калинина Свердлова Южная Северная Вокзальная Парковая Луговая Маяковского Победы "
    "Строителей Цветочная Дзержинского"
)
_PLACES = ("Москва", "Тула", "Калуга", "Рязань")
_COLUMNS = ("мебель", "электроника", "оптика", "сервис")
_LATIN = {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "А": "A", "В": "B", "Е": "E", "К": "K",
          "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "Х": "X"}  # fmt: skip
_TRANSLIT = dict(zip(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    _words("a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya"), strict=True,
))  # fmt: skip
_PATRONYMICS = {"Павел": "Павл", "Лев": "Льв", "Яков": "Яковл", "Михаил": "Михайл"}


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person, as the passport has it."""

    family: str
    given: str
    patronymic: str
    is_woman: bool
    birthday: str
    phone: str
    email: str
    loyalty: str
    street: str
    house: int
    flat: int
    place: str


@dataclass(frozen=True, slots=True)
class People:
    """The lists' cards, each with its list and its person."""

    cards: tuple[Card, ...]
    lists: tuple[int, ...]
    person: tuple[int, ...]

    def is_one(self, left: int, right: int) -> bool:
        """Say whether two cards are one person's."""
        return self.person[left] == self.person[right]


def make(seed: int = SEED, people: int = PEOPLE) -> People:
    """Return the cards of about so many invented people."""
    chance = random.Random(seed)
    everybody: list[Person] = []
    while len(everybody) < people:
        one = _person(chance)
        everybody.append(one)
        luck = chance.random()
        if luck < 0.04:
            everybody.append(_twin(chance, one))
        elif luck < 0.22:
            everybody += _family(chance, one)
        elif luck < 0.24:
            everybody.append(_namesake(chance, one))
    cards: list[Card] = []
    lists: list[int] = []
    persons: list[int] = []
    for number, person in enumerate(everybody):
        for column in chance.sample(range(4), k=chance.choices((1, 2, 3, 4), (35, 40, 18, 7))[0]):
            cards.append(_card(chance, person, f"{_COLUMNS[column]}/{len(cards)}"))
            lists.append(column)
            persons.append(number)
    return People(tuple(cards), tuple(lists), tuple(persons))


def _given(chance: random.Random, *, is_woman: bool) -> str:
    names = list(WOMEN if is_woman else MEN)
    # A few names are everywhere, most are rare.
    return names[min(int(chance.expovariate(1 / 16)), len(names) - 1)].capitalize()


def _patronymic(father: str, *, is_woman: bool) -> str:
    stem = _PATRONYMICS.get(father, father)
    end = ("овна", "ович") if stem not in {"Илья", "Никита"} else ("ична", "ич")
    if stem.endswith("ий"):
        stem, end = stem[:-2] + "ь", ("евна", "евич")
    elif stem.endswith(("ей", "ай", "ь")):
        stem, end = stem[:-1], ("евна", "евич")
    elif stem.endswith(("а", "я")):
        stem = stem[:-1]
    return stem + (end[0] if is_woman else end[1])


def _hers(family: str, *, is_woman: bool) -> str:
    return family + "а" if is_woman and family.endswith(("ов", "ев", "ёв", "ин", "ын")) else family


def _person(chance: random.Random) -> Person:
    is_woman = chance.random() < 0.55
    family = chance.choice(_PLAIN) if chance.random() < 0.06 else chance.choice(_FAMILIES)
    given = _given(chance, is_woman=is_woman)
    return Person(
        family=_hers(family, is_woman=is_woman),
        given=given,
        patronymic=_patronymic(_given(chance, is_woman=False), is_woman=is_woman),
        is_woman=is_woman,
        birthday=_birthday(chance, 1945, 2004),
        phone=f"9{chance.randrange(10**9):09d}",
        email=f"{_latin(given)}.{chance.randrange(10**6)}@mail.example",
        loyalty=f"20{chance.randrange(10**11):011d}",
        street=chance.choice(_STREETS).replace("-", " "),
        house=chance.randrange(1, 120),
        flat=chance.randrange(1, 250),
        place=chance.choice(_PLACES),
    )


def _birthday(chance: random.Random, since: int, until: int) -> str:
    return f"{chance.randrange(since, until)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"


def _other(chance: random.Random, one: Person, *, is_woman: bool) -> str:
    while (given := _given(chance, is_woman=is_woman)) == one.given:
        pass
    return given


def _own(chance: random.Random, one: Person) -> dict[str, Any]:
    return {"email": f"{_latin(one.family)}.{chance.randrange(10**6)}@mail.example",
            "loyalty": f"20{chance.randrange(10**11):011d}"}  # fmt: skip


def _twin(chance: random.Random, one: Person) -> Person:
    """Phone, family name, patronymic, birthday, address: all the same; only the first name differs."""
    return replace(one, given=_other(chance, one, is_woman=one.is_woman), **_own(chance, one))


def _family(chance: random.Random, one: Person) -> list[Person]:
    """A spouse under the same phone; sometimes a child, sometimes with the father's whole name."""
    root = one.family.removesuffix("а") if one.is_woman and one.family.endswith("ва") else one.family
    spouse = replace(
        one,
        is_woman=not one.is_woman,
        family=_hers(root, is_woman=not one.is_woman) if chance.random() < 0.8 else _person(chance).family,
        given=_other(chance, one, is_woman=not one.is_woman),
        patronymic=_patronymic(_given(chance, is_woman=False), is_woman=not one.is_woman),
        birthday=_birthday(chance, 1945, 2004),
        **_own(chance, one),
    )
    if chance.random() < 0.6:
        return [spouse]
    father = spouse if one.is_woman else one
    is_woman = chance.random() < 0.5
    given = father.given if not is_woman and chance.random() < 0.1 else _other(chance, one, is_woman=is_woman)
    child = replace(
        one,
        is_woman=is_woman,
        family=_hers(root, is_woman=is_woman),
        given=given,
        patronymic=_patronymic(father.given, is_woman=is_woman),
        birthday=_birthday(chance, 1990, 2008),
        **_own(chance, one),
    )
    return [spouse, child]


def _namesake(chance: random.Random, one: Person) -> Person:
    stranger = _person(chance)
    return replace(stranger, family=one.family, given=one.given, patronymic=one.patronymic, is_woman=one.is_woman)


def _latin(text: str) -> str:
    told = "".join(_TRANSLIT.get(c, c) for c in text.lower()).replace("_", "")
    return told if text.islower() else told.capitalize()


def _typo(chance: random.Random, text: str) -> str:
    if len(text) < 4:
        return text
    at = chance.randrange(1, len(text) - 1)
    kind = chance.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + chance.choice("абвгдежзиклмнопрстуфхцчшыя") + text[at + 1 :]


def _written(chance: random.Random, text: str, *, typos: float) -> str:
    """A name as somebody writes it."""
    if chance.random() < typos:
        text = _typo(chance, text)
    luck = chance.random()
    if luck < 0.5:
        text = text.replace("ё", "е").replace("Ё", "Е")
    if luck > 0.93:
        text = "".join(_LATIN.get(c, c) if chance.random() < 0.5 else c for c in text)
    return text.upper() if chance.random() < 0.08 else text


def _card(chance: random.Random, one: Person, key: str) -> Card:
    given, patronymic, family = one.given, one.patronymic, one.family
    if chance.random() < 0.22:
        given = chance.choice((WOMEN if one.is_woman else MEN)[given.lower()].split()).capitalize()
    if chance.random() < 0.4:
        patronymic = ""
    if chance.random() < 0.05:
        given, patronymic, family = _latin(given), _latin(patronymic), _latin(family)
    given = _written(chance, given, typos=0.02)
    family = _written(chance, family, typos=0.04)
    patronymic = _written(chance, patronymic, typos=0.02)
    if chance.random() < 0.03:
        given, family = family, given
    has_phone, has_email = chance.random() < 0.965, chance.random() < 0.35
    return Card(
        key=key,
        family=family,
        given=given,
        patronymic=patronymic,
        birthday=one.birthday if chance.random() < 0.45 else "",
        phones=(Contact(_phone(chance, one.phone), chance.random() < 0.85),) if has_phone else (),
        emails=(Contact(chance.choice((one.email, one.email.upper())), chance.random() < 0.7),) if has_email else (),
        loyalty=(one.loyalty,) if chance.random() < 0.3 else (),
        # A list that asks nothing but a name knows nobody: one more thing is always told.
        address=_address(chance, one) if chance.random() < 0.5 or not (has_phone or has_email) else "",
    )


def _phone(chance: random.Random, told: str) -> str:
    a, b, c, d = told[:3], told[3:6], told[6:8], told[8:]
    return chance.choice((
        f"8{told}", f"+7{told}", f"7{told}", told, f"8 ({a}) {b}-{c}-{d}", f"+7 {a} {b} {c} {d}", f"8-{a}-{b}-{c}-{d}",
    ))  # fmt: skip


def _address(chance: random.Random, one: Person) -> str:
    return chance.choice((
        f"{one.place}, ул. {one.street}, д. {one.house}, кв. {one.flat}",
        f"г. {one.place}, {one.street} ул., дом {one.house}, кв {one.flat}",
        f"{one.street} {one.house}-{one.flat}, {one.place}",
        f"{one.place}, {one.street}, {one.house}",
    ))  # fmt: skip
