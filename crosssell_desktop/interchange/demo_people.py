"""Invents the customers of the demo shop: seeded, marked as invented, never a real person's phone or mail.

Phone numbers are of the code 972, which the Russian numbering plan has given to no operator; mail
addresses end in ``.example`` (RFC 2606); card numbers are in-store EAN-13 numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from crosssell_desktop.domain.gtin import check_digit

if TYPE_CHECKING:
    from crosssell_desktop.domain.text import Language
    from crosssell_desktop.interchange.demo_shop import DemoShop

Purpose = Literal["service", "loyalty", "marketing", "profiling", "third_party"]
Channel = Literal["sms", "call", "email", "messenger", "post"]

INVENTED_PHONE_CODE = "972"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MEN = _words(
    "Александр Алексей Андрей Антон Артём Борис Вадим Валерий Василий Виктор Виталий Владимир Вячеслав Георгий "
    "Глеб Григорий Даниил Денис Дмитрий Евгений Егор Иван Игорь Илья Кирилл Константин Лев Леонид Максим Марат "
    "Матвей Михаил Никита Николай Олег Павел Пётр Роман Руслан Семён Сергей Станислав Степан Тимофей Тимур Фёдор "
    "Юрий Ярослав"
)
_WOMEN = _words(
    "Александра Алёна Алина Алла Анастасия Ангелина Анна Антонина Валентина Валерия Вера Вероника Виктория Галина "
    "Дарья Диана Екатерина Елена Елизавета Жанна Зинаида Инна Ирина Карина Кира Кристина Ксения Лариса Лидия Любовь "
    "Людмила Маргарита Марина Мария Милана Надежда Наталья Нина Оксана Ольга Полина Раиса Светлана София Тамара "
    "Татьяна Ульяна Юлия Яна"
)
_PATRONYMICS = (
    ("Александрович", "Александровна"),
    ("Алексеевич", "Алексеевна"),
    ("Андреевич", "Андреевна"),
    ("Антонович", "Антоновна"),
    ("Борисович", "Борисовна"),
    ("Вадимович", "Вадимовна"),
    ("Васильевич", "Васильевна"),
    ("Викторович", "Викторовна"),
    ("Владимирович", "Владимировна"),
    ("Вячеславович", "Вячеславовна"),
    ("Геннадьевич", "Геннадьевна"),
    ("Георгиевич", "Георгиевна"),
    ("Григорьевич", "Григорьевна"),
    ("Дмитриевич", "Дмитриевна"),
    ("Евгеньевич", "Евгеньевна"),
    ("Иванович", "Ивановна"),
    ("Игоревич", "Игоревна"),
    ("Ильич", "Ильинична"),
    ("Константинович", "Константиновна"),
    ("Леонидович", "Леонидовна"),
    ("Львович", "Львовна"),
    ("Максимович", "Максимовна"),
    ("Маратович", "Маратовна"),
    ("Михайлович", "Михайловна"),
    ("Никитич", "Никитична"),
    ("Николаевич", "Николаевна"),
    ("Олегович", "Олеговна"),
    ("Павлович", "Павловна"),
    ("Петрович", "Петровна"),
    ("Романович", "Романовна"),
    ("Семёнович", "Семёновна"),
    ("Сергеевич", "Сергеевна"),
    ("Станиславович", "Станиславовна"),
    ("Степанович", "Степановна"),
    ("Фёдорович", "Фёдоровна"),
    ("Юрьевич", "Юрьевна"),
    ("Яковлевич", "Яковлевна"),
)
_SURNAMES_A = _words(
    "Абрамов Агафонов Александров Алексеев Андреев Антонов Артемьев Афанасьев Баранов Белоусов Беляев Бирюков Блинов "
    "Богданов Борисов Быков Васильев Виноградов Власов Волков Воробьёв Гаврилов Галкин Герасимов Голубев Горбунов "
    "Громов Грачёв Гусев Данилов Демидов Денисов Дорофеев Дроздов Дьячков Егоров Ежов Елисеев Ермаков Ершов Ефимов "
    "Жуков Журавлёв Зайцев Захаров Зимин Зуев Иванов Игнатов Ильин Исаев Казаков Калинин Карпов Киселёв Князев "
    "Ковалёв Козлов Колесников Комаров Кондратьев Королёв Костин Кузнецов Кузьмин Куликов Лазарев Лапин Лебедев "
    "Логинов Лукин Лыткин Макаров Максимов Марков Мартынов Медведев Мельников Миронов Моисеев Морозов Муравьёв "
    "Назаров Некрасов Нестеров Никифоров Новиков Носков Овчинников Одинцов Орехов Орлов Осипов Панов Петров Поляков "
    "Пономарёв Попов Прохоров Родионов Рожков Рябов Савин Сафонов Селезнёв Семёнов Сидоров Симонов Сорокин Степанов "
    "Суворов Тарасов Тимофеев Тихонов Третьяков Трофимов Уваров Фёдоров Филиппов Фомин Фролов Хохлов Цветков Чернов "
    "Шаров Широков Шубин Щукин Юдин Яковлев"
)
_SURNAMES_SKIY = _words("Белинский Быстрицкий Дубровский Заречский Каменский Ольшанский Покровский Успенский")
_SURNAMES_PLAIN = _words("Бондаренко Ткаченко Шевченко Ким Цой Мельник Гончар")
_GUESTS = (
    ("Daniel", "Moore", "m"),
    ("Emma", "Larsen", "f"),
    ("Oliver", "Grant", "m"),
    ("Sofia", "Rossi", "f"),
    ("Lucas", "Meyer", "m"),
    ("Hannah", "Clarke", "f"),
    ("Marco", "Bianchi", "m"),
    ("Ingrid", "Holm", "f"),
)
_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoConsent:
    """A consent given for one purpose: the channels it covers (none for purposes without contact) and the day."""

    purpose: Purpose
    channels: tuple[Channel, ...]
    given_on: date


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """An invented customer; the position in the list is the customer's number in the history arrays.

    ``birth_year`` is None when only day and month were told; ``interest`` is the department the
    customer buys in more often, or None; people of one ``household`` share a surname and sometimes a phone.
    """

    number: int
    surname: str
    given_name: str
    patronymic: str | None
    sex: Literal["f", "m"]
    birth_day: int | None
    birth_month: int | None
    birth_year: int | None
    language: Language
    phone: str
    email: str | None
    loyalty_card: str
    home_store: int
    household: int | None
    interest: str | None
    registered_on: date
    consents: tuple[DemoConsent, ...]
    do_not_contact: bool
    invented: bool = True

    @property
    def display_name(self) -> str:
        """Return surname, given name and patronymic in this order."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True, slots=True)
class _Family:
    number: int
    surname: int
    home_store: int
    phone: str
    left: int


def loyalty_card(number: int, prefix: str = "28") -> str:
    """Return the EAN-13 card number of a customer: in-store prefix, ten digits, check digit."""
    body = f"{prefix}{number:010d}"
    return f"{body}{check_digit(body)}"


def invent_customers(shop: DemoShop, rng: np.random.Generator, count: int, end_day: date) -> tuple[DemoCustomer, ...]:
    """Invent ``count`` customers known to the shop before ``end_day``; the same generator gives the same people."""
    prefix = next(r.prefix for r in shop.barcode_ranges if r.meaning == "loyalty_card")
    departments = tuple(d.code for d in shop.departments)
    store_weights = np.linspace(1.3, 0.7, len(shop.stores))
    stores = rng.choice(len(shop.stores), count, p=store_weights / store_weights.sum())
    interests = rng.integers(0, len(departments) + 2, count)
    tails = _different_tails(rng, count)
    picks = rng.random((count, 18))
    customers: list[DemoCustomer] = []
    family: _Family | None = None
    families = 0
    for number in range(count):
        pick = picks[number]
        phone = f"+7{INVENTED_PHONE_CODE}{tails[number]:07d}"
        store = int(stores[number])
        surname = int(pick[0] * 1_000_000)
        household: int | None = None
        if family is not None and family.left > 0:
            household, surname, store = family.number, family.surname, family.home_store
            phone = family.phone if pick[1] < 0.25 else phone
            family = _Family(family.number, surname, store, family.phone, family.left - 1)
        elif pick[2] < 0.06:
            household, families = families, families + 1
            family = _Family(household, surname, store, phone, 1 + int(pick[3] < 0.4))
        customers.append(
            _person(
                number,
                pick,
                surname,
                phone,
                loyalty_card(number + 1, prefix),
                store,
                household,
                departments[interests[number]] if interests[number] < len(departments) else None,
                end_day,
            )
        )
    return tuple(customers)


def _different_tails(rng: np.random.Generator, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    tails = np.unique(rng.integers(0, 10_000_000, count * 2))
    while len(tails) < count:
        tails = np.unique(np.concatenate([tails, rng.integers(0, 10_000_000, count)]))
    shuffled: np.ndarray[tuple[int], np.dtype[np.int64]] = rng.permutation(tails)[:count]
    return shuffled


def _person(  # noqa: PLR0913, PLR0917  # one value for each thing a household may share
    number: int,
    pick: np.ndarray[tuple[int], np.dtype[np.float64]],
    surname: int,
    phone: str,
    card: str,
    store: int,
    household: int | None,
    interest: str | None,
    end_day: date,
) -> DemoCustomer:
    registered = end_day - timedelta(days=1 + (int(pick[4] * 365) if pick[5] < 0.2 else 365 + int(pick[4] * 1460)))
    language: Language = "ru"
    patronymic: str | None = None
    sex: Literal["f", "m"] = "f" if pick[6] < 0.56 else "m"
    if household is None and pick[7] < 0.015:
        given, family_name, guest_sex = _GUESTS[int(pick[8] * len(_GUESTS))]
        language, sex = "en", "f" if guest_sex == "f" else "m"
    else:
        names = _WOMEN if sex == "f" else _MEN
        given = names[int(pick[8] * len(names))]
        family_name = _surname(surname, sex)
        if pick[9] < 0.93:
            patronymic = _PATRONYMICS[int(pick[10] * len(_PATRONYMICS))][int(sex == "f")]
    born = date(end_day.year - 18 - int(65 * (pick[11] + pick[12]) / 2), 1, 1) + timedelta(days=int(pick[13] * 364))
    told = pick[14] < 0.82
    address = f"{_latin(given)}.{_latin(family_name)}{number + 1}@pochta.example"
    return DemoCustomer(
        number=number,
        surname=family_name,
        given_name=given,
        patronymic=patronymic,
        sex=sex,
        birth_day=born.day if told else None,
        birth_month=born.month if told else None,
        birth_year=born.year if told and pick[14] < 0.55 else None,
        language=language,
        phone=phone,
        email=address if pick[15] < 0.42 else None,
        loyalty_card=card,
        home_store=store,
        household=household,
        interest=interest,
        registered_on=registered,
        consents=_consents(pick[16], pick[17], registered, has_email=pick[15] < 0.42),
        do_not_contact=bool(pick[17] > 0.98),
    )


def _surname(pick: int, sex: Literal["f", "m"]) -> str:
    place = pick % (len(_SURNAMES_A) + len(_SURNAMES_SKIY) + len(_SURNAMES_PLAIN))
    if place < len(_SURNAMES_A):
        return _SURNAMES_A[place] + ("а" if sex == "f" else "")
    place -= len(_SURNAMES_A)
    if place < len(_SURNAMES_SKIY):
        return _SURNAMES_SKIY[place].removesuffix("ий") + ("ая" if sex == "f" else "ий")
    return _SURNAMES_PLAIN[place - len(_SURNAMES_SKIY)]


def _latin(name: str) -> str:
    return "".join(_LETTERS.get(letter, letter) for letter in name.casefold())


def _consents(will: float, more: float, day: date, *, has_email: bool) -> tuple[DemoConsent, ...]:
    given = [DemoConsent("loyalty", (), day)]
    if will < 0.72:
        given.append(DemoConsent("profiling", (), day))
    if will < 0.5:
        channels: list[Channel] = ["sms"]
        if has_email:
            channels.append("email")
        if more < 0.3:
            channels.append("messenger")
        given.append(DemoConsent("marketing", tuple(channels), day))
    if will < 0.04:
        given.append(DemoConsent("third_party", (), day))
    return tuple(given)
