"""A seeded list of Russian customer cards: names as common as they are, phones, streets, households, visits.

The relative frequency of surnames follows the published list of the 500 commonest (A. F. Zhuravlev, 2005: Иванов 1,
Смирнов 0.74, … the 500th 0.027) by interpolation between a dozen of its places; the first are real surnames in its
order, the tail of some 60,000 is made of syllables and goes on with the slope of the list's end. Given names follow
their usual shares among adults. Nobody of it exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.random import Generator

from crosssell_desktop.domain.ids import named_id

DAY_MS = 86_400_000
NOW_MS = 1_795_500_000_000

_SURNAMES = (
    "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев "
    "Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов "
    "Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв Ильин "
    "Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров "
    "Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов Крылов Куликов Карпов Власов "
    "Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов Абрамов Мартынов "
    "Ефимов Федотов Щербаков Назаров Калинин Исаев Чернышёв Быков Маслов Родионов Коновалов Лазарев Воронин Климов "
    "Филатов Пономарёв Голубев Кудрявцев Прохоров Наумов Потапов Журавлёв Овчинников Трофимов Леонов Соболев "
    "Ермаков Колесников Гончаров Емельянов Никифоров Грачёв Котов Гришин Ефремов Архипов Громов Кириллов Малышев "
    "Панов Моисеев Румянцев Акимов Кондратьев Бирюков Горбунов Анисимов Ерёмин Тихомиров Галкин Лукьянов Михеев "
    "Скворцов Юдин Белоусов Нестеров Симонов Прокофьев Харитонов Князев Цветков Левин Митрофанов Воронов Аксёнов "
    "Софронов Мальцев Логинов Горшков Савин Краснов Майоров Демидов Елисеев Рыбаков Сафонов Плотников Демин Хохлов "
    "Фадеев Молчанов Игнатов Литвинов Ершов Ушаков Дементьев Рябов Мухин Калашников Леонтьев Лобанов Кузин Корнеев "
    "Евдокимов Бородин Платонов Некрасов Балашов Бобров Жданов Блинов Игнатьев Коротков Муравьёв Крюков Беляков "
    "Богомолов Дроздов Лавров Зуев Петухов Ларин Никулин Серов Терентьев Зотов Устинов Фокин Самойлов Константинов "
    "Сахаров Шишкин Самсонов Черкасов Чистяков Носов Спиридонов Карасёв Авдеев Воронцов Зверев Владимиров Селезнёв "
    "Нечаев Кудряшов Седов Фирсов Андрианов Панфилов Головин Терехов Ульянов Шестаков Агеев Никонов Селиванов "
    "Баженов Гордеев Кожевников Пахомов Зимин Костин Широков Филимонов Ларионов Овсянников Сазонов Суворов Нефёдов "
    "Корнилов Любимов Львов Горбачёв Копылов Лукин Токарев Кулешов Шилов Большаков Панкратов Родин Шаповалов "
    "Покровский Бочаров Никольский Маркин Горелов Агафонов Берёзин Ермолаев Зубков Куприянов Трифонов Масленников "
    "Круглов Третьяков Колосов Рожков Артамонов Шмелёв Лаптев Лапшин Федосеев Зиновьев Зорин Уткин Столяров Зубов "
    "Ткачёв Дорофеев Антипов Завьялов Свиридов Золотарёв Кулаков Мещеряков Макеев Дьяконов Гуляев Петровский "
    "Бондарев Поздняков Панин Чумаков Шевченко Бондаренко Коваленко Ткаченко Кравченко Петренко Савченко Мельник "
    "Шевчук Ковальчук Романюк Ким Пак Ли Магомедов Алиев Мамедов Ахмедов Хасанов Гасанов Григорян Саркисян Петросян "
    "Ивашкин Черных Седых Белых"
)
SURNAMES = tuple(_SURNAMES.split())
_PLACES = (1, 2, 3, 4, 5, 10, 20, 50, 100, 250, 500, 5_000, 60_000)
_SHARES = (1, 0.741, 0.701, 0.533, 0.495, 0.366, 0.27, 0.166, 0.107, 0.0516, 0.0267, 0.0022, 0.00012)

MEN: dict[str, float] = {
    "Александр": 9.5, "Сергей": 8.2, "Дмитрий": 6.8, "Алексей": 6.3, "Андрей": 6.2, "Владимир": 5.6, "Николай": 4.2,
    "Евгений": 4.4, "Михаил": 4.0, "Иван": 3.9, "Юрий": 3.3, "Виктор": 3.2, "Максим": 3.2, "Игорь": 2.9, "Олег": 2.5,
    "Павел": 2.6, "Анатолий": 2.0, "Роман": 2.3, "Денис": 2.2, "Константин": 1.7, "Василий": 1.8, "Артём": 2.2,
    "Илья": 1.8, "Никита": 1.8, "Валерий": 1.5, "Антон": 1.5, "Кирилл": 1.4, "Вячеслав": 1.3, "Виталий": 1.2,
    "Егор": 1.1, "Вадим": 1.0, "Станислав": 0.8, "Геннадий": 0.8, "Борис": 0.6, "Григорий": 0.7, "Даниил": 1.0,
    "Руслан": 0.7, "Степан": 0.4, "Тимур": 0.4, "Пётр": 0.6, "Фёдор": 0.4, "Эдуард": 0.35, "Ярослав": 0.35,
    "Лев": 0.25, "Леонид": 0.6, "Георгий": 0.6, "Аркадий": 0.2, "Всеволод": 0.1, "Семён": 0.3, "Глеб": 0.3,
}  # fmt: skip
WOMEN: dict[str, float] = {
    "Елена": 7.2, "Ольга": 6.3, "Наталья": 6.1, "Татьяна": 6.0, "Анна": 5.1, "Ирина": 5.2, "Светлана": 4.6,
    "Мария": 4.3, "Екатерина": 4.5, "Анастасия": 4.2, "Юлия": 3.6, "Людмила": 3.1, "Галина": 2.9, "Марина": 2.8,
    "Валентина": 2.6, "Надежда": 2.2, "Любовь": 2.0, "Оксана": 1.7, "Александра": 1.8, "Дарья": 2.2, "Ксения": 1.5,
    "Виктория": 1.9, "Вера": 1.4, "Лариса": 1.5, "Нина": 1.5, "Алина": 1.3, "Евгения": 1.2, "Полина": 1.1,
    "Кристина": 1.0, "Алёна": 0.9, "Вероника": 0.7, "Елизавета": 1.2, "Диана": 0.6, "Тамара": 0.8, "Инна": 0.6,
    "Яна": 0.6, "Лидия": 0.7, "Раиса": 0.6, "Жанна": 0.4, "Маргарита": 0.5, "Алла": 0.7, "Зинаида": 0.4, "София": 0.9,
    "Варвара": 0.4, "Эльвира": 0.3, "Регина": 0.2, "Антонина": 0.5, "Олеся": 0.5,
}  # fmt: skip
FATHERS: dict[str, str] = {
    "Александр": "Александр", "Сергей": "Серге", "Дмитрий": "Дмитри", "Алексей": "Алексе", "Андрей": "Андре",
    "Владимир": "Владимир", "Николай": "Никола", "Евгений": "Евгень", "Михаил": "Михайл", "Иван": "Иван",
    "Юрий": "Юрь", "Виктор": "Виктор", "Игорь": "Игор", "Олег": "Олег", "Павел": "Павл", "Анатолий": "Анатоль",
    "Роман": "Роман", "Константин": "Константин", "Василий": "Василь", "Валерий": "Валерь", "Вячеслав": "Вячеслав",
    "Виталий": "Виталь", "Вадим": "Вадим", "Станислав": "Станислав", "Геннадий": "Геннадь", "Борис": "Борис",
    "Григорий": "Григорь", "Пётр": "Петр", "Фёдор": "Фёдор", "Эдуард": "Эдуард", "Леонид": "Леонид",
    "Георгий": "Георги", "Аркадий": "Аркадь", "Семён": "Семён", "Максим": "Максим", "Денис": "Денис",
}  # fmt: skip
CITIES: dict[str, float] = {
    "Казань": 30, "Набережные Челны": 12, "Нижнекамск": 6, "Альметьевск": 4, "Зеленодольск": 3, "Елабуга": 2,
    "Ульяновск": 15, "Чебоксары": 12, "Йошкар-Ола": 6, "Самара": 10,
}  # fmt: skip
_STREETS = (
    "Советская Молодёжная Центральная Школьная Новая Садовая Лесная Набережная Ленина Мира Октябрьская Зелёная "
    "Комсомольская Заречная Первомайская Гагарина Полевая Луговая Пионерская Кирова Юбилейная Северная Пролетарская "
    "Степная Пушкина Калинина Южная Колхозная Рабочая Солнечная Железнодорожная Восточная Чапаева Победы Западная "
    "Строителей Труда Красная Горького Лермонтова Свердлова Куйбышева Некрасова Дзержинского Спортивная Подгорная "
    "Чехова Фрунзе Матросова Космонавтов Кутузова Суворова Дружбы Маяковского Островского Энгельса Баумана Тукая"
)
STREETS = tuple(_STREETS.split())


@dataclass(frozen=True, slots=True)
class Card:
    """One customer of the list; what it does not have is empty."""

    no: int
    family: str
    given: str
    patronymic: str
    phone: str
    email: str
    loyalty: str
    external: str
    city: str
    street: str
    house: int
    flat: int
    seen: int

    @property
    def id(self) -> UUID:
        """The card's id."""
        return named_id("benchmark_card", str(self.no))

    @property
    def name(self) -> str:
        """The whole name."""
        return " ".join(part for part in (self.family, self.given, self.patronymic) if part)

    @property
    def address(self) -> str:
        """The whole address."""
        return f"г. {self.city}, ул. {self.street}, д. {self.house}, кв. {self.flat}" if self.street else ""


@dataclass(frozen=True)
class Cards:
    """The list, made part by part; equal seeds give equal lists."""

    seed: int
    count: int

    @cached_property
    def surnames(self) -> tuple[list[str], np.ndarray]:
        """The surnames, masculine, and their shares."""
        chance = np.random.default_rng(self.seed)
        names = dict.fromkeys(SURNAMES)
        first = [a + b for a in "бвгдзклмнпрстфхч" for b in ("а", "е", "и", "о", "у", "я")]
        middle = [
            "",
            *[a + b for a in ("б", "в", "д", "ж", "з", "к", "л", "м", "н", "р", "с", "т", "ш") for b in "аеиоу"],
        ]
        last = [*"бвгджзклмнпрстхцчшщ", "рк", "лк", "нк", "ст", "нд", "шк", "чк"]
        ends = ("ов", "ов", "ов", "ев", "ин", "ин", "енко", "ский", "ук", "ян")
        while len(names) < _PLACES[-1]:
            a, b, c, d = (chance.integers(len(some)) for some in (first, middle, last, ends))
            end = "ев" if ends[d] == "ов" and last[c][-1] in "жцчшщ" else ends[d]
            names.setdefault((first[a] + middle[b] + last[c] + end).capitalize())
        places = np.arange(1, len(names) + 1)
        share = np.exp(np.interp(np.log(places), np.log(_PLACES), np.log(_SHARES)))
        return list(names), share / share.sum()

    @cached_property
    def streets(self) -> tuple[list[str], np.ndarray]:
        """Street names and their shares: the common ones are in every town."""
        names = dict.fromkeys(STREETS)
        for name in self.surnames[0]:
            if name.endswith(("ов", "ев", "ин")):
                names.setdefault(name + "а")
            if len(names) >= 1_500:
                break
        share = 1 / (np.arange(len(names)) + 12.0)
        return list(names), share / share.sum()

    def parts(self, size: int = 2_000) -> Iterator[list[Card]]:
        """Yield the cards in order."""
        for start in range(0, self.count, size):
            yield self._part(start, min(size, self.count - start))

    def _part(self, start: int, size: int) -> list[Card]:
        chance = np.random.default_rng([self.seed, start])
        family = _drawn(chance, *self.surnames, size)
        father = _drawn(chance, list(FATHERS), np.array([MEN[name] for name in FATHERS]), size)
        man, woman = (
            _drawn(chance, list(MEN), np.array([*MEN.values()]), size),
            _drawn(chance, list(WOMEN), np.array([*WOMEN.values()]), size),
        )
        city = _drawn(chance, list(CITIES), np.array([*CITIES.values()]), size)
        street = _drawn(chance, *self.streets, size)
        u = chance.random((8, size))
        number = chance.integers(0, 10_000_000, size)
        code = chance.choice(
            [903, 905, 906, 909, 910, 912, 915, 916, 917, 919, 925, 926, 927, 937, 939, 950, 960, 967, 987, 999], size
        )
        age = chance.exponential(220, size)
        made: list[Card] = []
        for i in range(size):
            female = u[0, i] < 0.56
            no = start + i
            has_street = u[4, i] < 0.7
            made.append(
                Card(
                    no=no,
                    family=feminine(family[i]) if female else family[i],
                    given=woman[i] if female else man[i],
                    patronymic=patronymic(father[i], female=female) if u[1, i] < 0.85 else "",
                    phone=f"+7{code[i]}{number[i]:07d}" if u[2, i] < 0.97 else "",
                    email=f"user{no * 7919 % 9_999_991}@{('mail.ru', 'yandex.ru', 'gmail.com')[no % 3]}"
                    if u[3, i] < 0.45
                    else "",
                    loyalty=f"24{no:010d}" if u[5, i] < 0.6 else "",
                    external=f"{no:09d}-1c" if u[6, i] < 0.5 else "",
                    city=city[i] if has_street else "",
                    street=street[i] if has_street else "",
                    house=1 + int(u[7, i] * 150),
                    flat=1 + no % 240,
                    seen=NOW_MS - int(age[i] * DAY_MS) if u[1, i] < 0.8 else 0,
                )
            )
        return made


def _drawn(chance: Generator, names: Sequence[str], weights: np.ndarray, size: int) -> list[str]:
    edges = np.cumsum(weights / weights.sum())
    return [names[min(i, len(names) - 1)] for i in np.searchsorted(edges, chance.random(size))]


def feminine(family: str) -> str:
    """Return the feminine form of a surname."""
    if family.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return family + "а"
    return family[:-2] + "ая" if family.endswith(("ский", "цкий")) else family


def patronymic(father: str, *, female: bool) -> str:
    """Return the patronymic after a father."""
    stem = FATHERS[father]
    soft = stem[-1] in "еиьа" or father == "Игорь"
    return stem + ("е" if soft else "о") + ("вна" if female else "вич")
