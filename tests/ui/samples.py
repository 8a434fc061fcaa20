"""Invented states of the counter for tests and pictures; everything in them is made up."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from crosssell_desktop.domain.consents import CHANNELS, PURPOSES, WORDINGS
from crosssell_desktop.domain.ids import (
    CustomerId,
    LineId,
    OfferId,
    PassId,
    PersonId,
    ProductId,
    ReceiptId,
    ShiftId,
)
from crosssell_desktop.domain.text import Text
from crosssell_desktop.interchange.columns import Mapping_
from crosssell_desktop.interchange.result import ImportResult, RefusedRow
from crosssell_desktop.presenters import desk_header
from crosssell_desktop.presenters.card_edit import CardEditState, EditField, EditPage, EditRow
from crosssell_desktop.presenters.consents import ConsentsState
from crosssell_desktop.presenters.exchange import SILENT, AsideRow, ExchangeState, LagRow
from crosssell_desktop.presenters.forecast import ForecastState
from crosssell_desktop.presenters.lists import BatchLine, ListFile, ListsState, field_lines, outcome_of
from crosssell_desktop.presenters.matching import MatchingState, MatchLine
from crosssell_desktop.presenters.people_data import PeopleDataState, WishRow
from crosssell_desktop.presenters.places_page import CounterLine, DepartmentLine, PlacesState
from crosssell_desktop.presenters.ports import ReturnLine, ReturnSource, SimilarCustomer
from crosssell_desktop.presenters.product_events import ProductEventLine, ProductEventsState
from crosssell_desktop.presenters.reveal import RevealState
from crosssell_desktop.presenters.rota import RotaLine, RotaState
from crosssell_desktop.presenters.staff import OneTimePin, StaffLine, StaffState
from crosssell_desktop.presenters.state import (
    Answer,
    CardAct,
    CardItem,
    CardList,
    Choice,
    Consents,
    CounterState,
    CustomerCard,
    FlowStep,
    HeldReceipt,
    Hit,
    HitKind,
    Note,
    PassesState,
    PassKind,
    PassRow,
    PersonChoice,
    ReceiptLine,
    ReceiptState,
    RefusalReason,
    ReportRow,
    SearchResults,
    SellersStrip,
    ShiftHeader,
    ShiftState,
    SuggestionRow,
    SuggestionsPhase,
    SuggestionsState,
    SyncStrip,
    WhyPoint,
)
from crosssell_desktop.services import erasure, places_office
from crosssell_desktop.services.access_log import Looked
from crosssell_desktop.suggest.backtest import Backtest, Band

NOW_MS = int(datetime(2026, 3, 12, 9, 41, tzinfo=UTC).timestamp() * 1000)
MINUTE = 60_000
DAY = 86_400_000


def uid(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def line(number: int, name: str, price: int, qty: int = 1000, **more: object) -> ReceiptLine:
    return ReceiptLine(
        LineId(uid(100 + number)),
        ProductId(uid(200 + number)),
        name,
        qty,
        price,
        price * qty // 1000,
        **more,  # type: ignore[arg-type]
    )


CORE = LineId(uid(101))

HEADER = ShiftHeader(
    shift_id=ShiftId(uid(1)),
    number=14,
    person="Анна К.",
    person_id=PersonId(uid(2)),
    responsible="Ольга Н.",
    counter="Касса 1",
    store="Магазин на Садовой",
    department="Фото",
    now_ms=NOW_MS,
)

CARD = CustomerCard(
    customer_id=CustomerId(uid(3)),
    name="Мария Петрова",
    phone_masked="+7\u00a09••\u00a0•••-12-34",
    who=Note("Снимает семью и поездки, ведёт блог о прогулках", "Анна К.", NOW_MS - 20 * DAY),
    traits=Note("Решает сама, любит сравнить на месте. Ценит лёгкое.", "Борис Л.", NOW_MS - 40 * DAY),
    how_to_work=Note("Показать вживую, назвать цену сразу, не торопить", "Анна К.", NOW_MS - 20 * DAY),
    needs=CardList(
        2,
        (
            CardItem("Камера полегче для поездок", at_ms=NOW_MS - 6 * DAY),
            CardItem("Свет для съёмки дома", is_guess=True),
        ),
    ),
    refusals=CardList(1, (CardItem("Чехол кожаный", "дорого", at_ms=NOW_MS - 80 * MINUTE),)),
    promises=CardList(1, (CardItem("Позвонить про ремешок", tone="bad", at_ms=NOW_MS - DAY),), alert=True),
    owns=CardList(
        6,
        (
            CardItem("Canon EF-S 18–55", at_ms=NOW_MS - 900 * DAY),
            CardItem("Штатив Falcon Eyes 140", at_ms=NOW_MS - 300 * DAY),
        ),
    ),
    purchases=CardList(
        9,
        (
            CardItem("Лампа настольная", "Свет", at_ms=NOW_MS - 12 * DAY),
            CardItem("Очки солнцезащитные", "Оптика", at_ms=NOW_MS - 30 * DAY),
        ),
    ),
    perks=CardList(1, (CardItem("Возврат 30 дней", at_ms=NOW_MS + 100 * DAY),)),
    channel="Telegram, 18–21",
    consents=Consents(service=True, loyalty=True, marketing=True, profiling=True),
    fresh_at_ms=NOW_MS - 3 * MINUTE,
    acts=frozenset(CardAct),
)

FULL_CARD = replace(
    CARD,
    alerts=CardList(1, (CardItem("Отзыв товара: Кофемашина «Рассвет»", "греется: не включать", tone="bad"),)),
    owns=CardList(
        2,
        (
            CardItem("Canon EOS R50", "№ 0312345678 · гарантия до 12.03.2028"),
            CardItem("Штатив Falcon Eyes 140", at_ms=NOW_MS - 300 * DAY),
        ),
    ),
    forecast=CardList(2, (
        CardItem("Бумага офисная А4, 500 листов", "72\u00a0%, по 24 визитам", is_guess=True),
        CardItem("Картридж тонерный 106R", "31\u00a0%, по 24 визитам", is_guess=True),
    )),
    events=CardList(1, (CardItem("Новый офис, 10 мест", "Новый офис", at_ms=NOW_MS - 2 * DAY),)),
    household=CardList(1, (CardItem("Олег Петров", "муж"), CardItem("Кофе зерновой", "Дом", at_ms=NOW_MS - 5 * DAY))),
    lost=CardList(1, (CardItem("+7 916 555-44-39", "контакт", tone="warn", at_ms=NOW_MS - DAY),)),
)  # fmt: skip
EDITED = CardEditState(
    CustomerId(uid(3)),
    "Мария Петрова",
    (
        EditPage(
            "lost",
            (
                EditRow(
                    "1", "Мария Петрова-Иванова", "имя · вчера",
                    (Choice("take", "Взять это"), Choice("keep", "Оставить")),
                ),
            ),
        ),
        EditPage("person", (), (
            EditField("name", "Имя", "Мария Петрова"),
            EditField("birthday", "День рождения: 17.05 или 17.05.1990", "17.05"),
            EditField("language", "Язык", "ru", (Choice("", "—"), Choice("ru", "русский"))),
        ), "Сохранить"),
        EditPage("contacts", (
            EditRow("1", "+7 9••\u00a0•••-12-34", "не проверен",
                    (Choice("verify", "Ответил сейчас"), Choice("drop", "Убрать"))),
            EditRow("2", "m•••@example.org", "проверен 01.03.2026",
                    (Choice("verify", "Ответил сейчас"), Choice("drop", "Убрать"))),
        ), (
            EditField("phone", "Ещё телефон"),
            EditField("email", "Ещё почта"),
            EditField("channel", "Удобный канал", "messenger", (Choice("", "—"), Choice("messenger", "мессенджер"))),
            EditField("hours", "Часы: 18–21", "18–21"),
        ), "Сохранить"),
        EditPage("notes", (EditRow("1", "Показать вживую, назвать цену сразу", "Как работать · Анна К."),), (
            EditField("kind", "Блок", "who", (Choice("who", "Кто"), Choice("traits", "Особенности"))),
            EditField("text", "Что поможет обслужить: без здоровья, веры и оскорблений"),
        ), "Добавить"),
        EditPage("household", (EditRow("7", "Олег Петров", "муж", (Choice("leave", "Вышел"),)),), (
            EditField("who", "Живёт вместе с: телефон, карта или имя"),
            EditField("share", "Домохозяйство видит эти покупки (подарки скрыты 30 дней)", "1", is_tick=True),
        ), "Сохранить"),
        *(EditPage(key, (), (), "Добавить") for key in ("needs", "things", "promises", "events", "same")),
        EditPage("history", tuple(
            EditRow(f"{n}", f"Покупка · Товар {n} с довольно длинным названием · 1 990,00 ₽", "Касса 1 · Анна К.")
            for n in range(40)
        ), empty="Пока ничего не было"),
    ),
)  # fmt: skip

CONSENTS = ConsentsState(
    CustomerId(uid(3)),
    "Мария Петрова",
    is_known=True,
    allowed=frozenset({("marketing", "sms"), ("marketing", "messenger"), *(("service", of) for of in CHANNELS)}),
    no_contact=True,
    is_restricted=True,
    care_mode=True,
    erasure=Text("wishes to be erased, {when}", {"when": "11.03.2026"}),
    wordings={one.purpose: f"{one.ru} / {one.en}" for one in WORDINGS},
    last=dict.fromkeys(PURPOSES, "дано · на этом экране · Анна К. · 11.03.2026"),
    grounds=tuple(Choice(key, words) for key, words in erasure.GROUNDS.items()),
    erase_days=30,
    may_record=True,
    may_allow=True,
    may_restrict=True,
    may_ask_erasure=True,
)
READ_ONLY = replace(
    CONSENTS, no_contact=False, is_restricted=False, care_mode=False, erasure=None, last={}, may_record=False,
    may_allow=False, may_restrict=False, may_ask_erasure=False,
)  # fmt: skip
LEFT = Text(
    "You may open {hour} more of {of_hour} this hour, {day} of {of_day} today. Every look is recorded.",
    {"hour": 27, "of_hour": 30, "day": 88, "of_day": 100},
)
REVEAL = RevealState(CustomerId(uid(3)), "Мария Петрова", LEFT)
REVEALED = replace(
    REVEAL,
    opened=(
        Choice("phone", "+7 916 555-12-34", "Телефон"),
        Choice("email", "maria.petrova.with.a.long.name@example.org", "Почта"),
    ),
)
RECEIPT = ReceiptState(
    receipt_id=ReceiptId(uid(5)),
    number="K1-000042-7",
    lines=(
        line(1, "Камера Canon EOS R50 Kit 18–45 черная", 8_999_000, is_core=True),
        line(2, "Карта памяти SDXC V30 64 ГБ", 199_000, attached_to=CORE, from_offer=True),
        line(3, "Сумка для камеры наплечная", 249_000),
        line(4, "Батарейки AA, 4 шт.", 39_900, 2000),
    ),
    total_minor=8_999_000 + 199_000 + 249_000 + 79_800,
    core_line=CORE,
    core_confirmed=True,
    customer_id=CustomerId(uid(3)),
    held=(HeldReceipt(ReceiptId(uid(6)), "Иван С.", 1_249_000, NOW_MS - 20 * MINUTE),),
    step=FlowStep.OFFERS,
)


def offer(number: int, name: str, price: int, benefit: str, proof: str, **more: object) -> SuggestionRow:
    values: dict[str, object] = {
        "number": number,
        "offer_id": OfferId(uid(300 + number)),
        "product_id": ProductId(uid(400 + number)),
        "name": name,
        "price_minor": price,
        "benefit": benefit,
        "proof": proof,
        "fit": Text("Fits"),
        "fit_detail": "UHS-I",
        "relation": Text("Spare"),
        "claim": proof,
        "source": "чеки этого магазина",
    }
    values.update(more)
    return SuggestionRow(**values)  # type: ignore[arg-type]


OFFERS = SuggestionsState(
    phase=SuggestionsPhase.READY,
    rows=(
        offer(
            1,
            "Аккумулятор LP-E17",
            449_000,
            "Хватит на целый день съёмки в горах",
            "61 из 214 купивших R50 взяли (29\u00a0%, 23–35\u00a0%)",
            fit_detail="LP-E17",
            why=(
                WhyPoint("Хватит на целый день съёмки в горах", tone="ok"),
                WhyPoint(
                    "61 из 214 купивших «Canon EOS R50» взяли «Аккумулятор LP-E17» (29\u00a0%, 23–35\u00a0%)",
                    "Посчитано по чекам за 180 дней; связь, а не доказанная причина.",
                ),
                WhyPoint("Батарея LP-E17 — штатная для R50", "паспорт, с. 24"),
            ),
        ),
        offer(
            2,
            "Карта памяти SDXC V30 128 ГБ",
            279_000,
            "Пишет 4K без обрыва, не нужно стирать в поездке",
            "97 из 214 купивших R50 взяли (45\u00a0%, 39–52\u00a0%)",
            relation=Text("Enhances"),
        ),
        offer(
            3,
            "Фильтр защитный 49 мм",
            129_000,
            "Стекло объектива цело после песка и брызг",
            "возврат 1,3\u00a0% (4 из 310) с фильтром и 4,8\u00a0% (31 из 640) без; это связь, не доказанная причина",
            fit_detail="49 мм",
            relation=Text("Protects"),
        ),
    ),
    without="снимать будет, но видео 4K остановится на медленной карте",
    core_name="Canon EOS R50",
    total_minor=857_000,
)

REAL_OFFERS = replace(
    OFFERS,
    rows=(
        offer(
            1,
            "Объектив «Лумира» 18–45 мм f/4–6,3 с байонетом RF",
            2_499_000,
            "Камера снимает с первого часа: корпус и объектив одного байонета, "
            "от пейзажа до портрета без смены оптики.",
            "50 из 112 купивших взяли и это (45\u00a0%, 36–54\u00a0%)",
            fit_detail="RF",
            relation=Text("required"),
            claim="50 из 112 купивших «Беззеркальная камера Canon EOS R50, корпус» взяли "
            "«Объектив „Лумира“ 18–45 мм f/4–6,3 с байонетом RF» (45\u00a0%, 36–54\u00a0%)",
            why=OFFERS.rows[0].why * 2,
        ),
        offer(
            2,
            "Переходник Canon EF-EOS R для объективов EF и EF-S",
            1_299_000,
            "Ваши объективы EF-S продолжают работать на новой камере: парк оптики не надо собирать заново.",
            "1\u00a0155 из 3\u00a0148 купивших взяли и это (37\u00a0%, 30–45\u00a0%)",
            fit_detail="RF",
            relation=Text("new for the customer"),
            why=OFFERS.rows[0].why,
        ),
        offer(
            3,
            "Карта памяти «Мнемо» SDXC V30 UHS-I 128 ГБ с футляром",
            279_000,
            "Пишет 4K без обрыва, и в поездке не приходится стирать кадры: на карту входит весь отпуск.",
            "97 из 214 купивших взяли и это (45\u00a0%, 39–52\u00a0%)",
            fit_detail="SDXC UHS-I V30",
            relation=Text("does more together"),
            why=OFFERS.rows[0].why,
        ),
    ),
    without="снимать будет, но видео 4K остановится на медленной карте, а объективы EF-S останутся дома",
)

SELLERS = SellersStrip(goal="Анна К.", assists=("Борис Л. (Оптика)",))
SYNCED = SyncStrip(last_at_ms=NOW_MS - MINUTE, prices_at_ms=NOW_MS - 40 * MINUTE)
OFFLINE = SyncStrip(
    unsent=14,
    oldest_at_ms=NOW_MS - 160 * MINUTE,
    last_at_ms=NOW_MS - 170 * MINUTE,
    prices_at_ms=NOW_MS - 170 * MINUTE,
    online=False,
)
SITUATIONS = (
    Choice("gift", "подарок"),
    Choice("first", "первый раз"),
    Choice("repair", "ремонт"),
    Choice("move", "переезд"),
    Choice("child", "ребёнок"),
    Choice("work", "работа"),
)

NORMAL = CounterState(
    header=HEADER,
    card=CARD,
    receipt=RECEIPT,
    suggestions=OFFERS,
    sellers=SELLERS,
    sync=SYNCED,
    situations=SITUATIONS,
)
REAL = replace(NORMAL, suggestions=REAL_OFFERS)
FULL = replace(NORMAL, card=FULL_CARD)
EMPTY = CounterState(header=HEADER, sync=SYNCED, sellers=SellersStrip(goal="Анна К."), situations=SITUATIONS)
LOCKED = replace(
    NORMAL,
    receipt=replace(RECEIPT, core_confirmed=False, step=FlowStep.CONFIRMED),
    suggestions=SuggestionsState(SuggestionsPhase.LOCKED),
    sync=OFFLINE,
    sellers=SellersStrip(goal="Анна К."),
)
LOADING = replace(NORMAL, suggestions=SuggestionsState(SuggestionsPhase.LOADING), card=replace(CARD, is_stale=True))
NOTHING = replace(
    NORMAL,
    suggestions=SuggestionsState(
        SuggestionsPhase.EMPTY,
        reasons=(Text("3 do not fit, 1 is owned already, 2 have no proof"),),
    ),
    card=replace(CARD, care_mode=True, consents=Consents(do_not_contact=True)),
)
ANSWERED = replace(
    NORMAL,
    suggestions=replace(
        OFFERS,
        rows=(
            replace(OFFERS.rows[0], answer=Answer.YES),
            replace(OFFERS.rows[1], answer=Answer.NO, reason=RefusalReason.EXPENSIVE),
            OFFERS.rows[2],
        ),
    ),
)
LONG = ("Удлинительноеназваниебезпробелов" * 7)[:200]
LONG_WORDS = ("Очень длинное название товара с подробностями о цвете, размере и комплекте поставки " * 3)[:200]
SIMILAR = (
    SimilarCustomer("customer:1", "Петрова Мария Ивановна", "•••-45-67 · тот же телефон, похожее имя", is_exact=True),
    SimilarCustomer("customer:2", "Константинопольский Аристарх Всеволодович", "тот же телефон, другое имя: "
                    "семейный телефон?", is_exact=True),
    SimilarCustomer("customer:3", LONG_WORDS, "похожее имя", is_exact=False),
)  # fmt: skip
PAIR = MatchingState(
    waiting=17,
    number=1,
    left="Петрова Мария Ивановна",
    right=LONG_WORDS,
    reasons=(Text("The same phone, another family name: a family's phone?"), Text("Two first names")),
    score="61,4\u00a0%",
    lines=(
        MatchLine(Text("Family name"), "Петрова", LONG_WORDS, Text("differs"), "\u22124.0", "bad"),
        MatchLine(Text("First name"), "Мария", "Маша", Text("another form of the same"), "+4.5", "ok"),
        MatchLine(Text("Birthday"), "1980-05-02", "", Text("not told in both"), "", "plain"),
        MatchLine(Text("Phone"), "+79161234567", "+79161234567, +79990000000", Text("the same"), "+11.0", "ok"),
        MatchLine(Text("Street"), LONG, "Тверская 7-31", Text("similar"), "+2.0", "warn"),
    ),
    is_family=True,
    is_asking=False,
)
WORST = CounterState(
    header=replace(HEADER, person=LONG_WORDS, store=LONG_WORDS, number=12_345, practice=True),
    card=replace(
        CARD,
        name=LONG_WORDS,
        who=Note(LONG, LONG_WORDS, NOW_MS - 900 * DAY),
        traits=Note(LONG_WORDS, "Анна К.", NOW_MS),
        how_to_work=None,
        channel=LONG_WORDS,
        is_stale=True,
        care_mode=True,
        consents=Consents(),
        needs=CardList(10_000, (CardItem(LONG_WORDS, LONG_WORDS, is_guess=True, at_ms=NOW_MS), CardItem(LONG, LONG))),
        refusals=CardList(0, ()),
    ),
    receipt=replace(
        RECEIPT,
        lines=(
            line(1, LONG_WORDS, 99_999_999_00, is_core=True),
            *(
                line(
                    n,
                    LONG if n % 2 else LONG_WORDS,
                    1_234_567_89,
                    n * 1000,
                    attached_to=CORE if n % 3 else None,
                    from_offer=n % 3 == 1,
                    fit_trouble="EF-M не подходит" if n == 5 else "",
                )
                for n in range(2, 101)
            ),
        ),
        total_minor=999_999_999_99,
        discount_minor=12_345_600,
        held=tuple(HeldReceipt(ReceiptId(uid(60 + n)), LONG_WORDS, 99_999_900, NOW_MS) for n in range(3)),
    ),
    suggestions=replace(
        OFFERS,
        rows=tuple(
            replace(
                row,
                name=LONG_WORDS,
                benefit=LONG_WORDS,
                proof=LONG_WORDS,
                price_minor=99_999_900,
                claim=LONG_WORDS,
                source=LONG_WORDS,
                fit_detail=LONG_WORDS,
            )
            for row in OFFERS.rows
        ),
        without=LONG_WORDS,
        stale=True,
    ),
    sellers=SellersStrip(goal=LONG_WORDS, assists=(LONG_WORDS, LONG_WORDS)),
    sync=replace(OFFLINE, unsent=12_345, quarantined=21, trouble=Text("The disk is full")),
    situations=SITUATIONS,
    situation="gift",
    budget_minor=99_999_900,
)
PEOPLE_LOCKED = replace(
    EMPTY,
    sync=replace(OFFLINE, trouble=Text("customers' data locked since {day}: connect to the centre", {"day": "24.11"})),
    search=SearchResults("петрова", phase="ready", trouble=desk_header.LOCKED),
)
FOUND = replace(
    EMPTY,
    search=SearchResults(
        "канон",
        (
            Hit(HitKind.CUSTOMER, "c1", "Мария Петрова", "+7\u00a09••\u00a0•••-12-34"),
            Hit(
                HitKind.PRODUCT,
                "p1",
                "Камера Canon EOS R50 Kit 18–45 черная",
                "1004512 · Фото",
                8_999_000,
                Text("In stock: {n}", {"n": 4}),
            ),
            Hit(HitKind.PRODUCT, "p2", LONG_WORDS, "1004513 · Фото", 449_000),
            Hit(HitKind.NEW_CUSTOMER, "n1", "Канон"),
        ),
        12,
        "ready",
    ),
)
STATES = {
    "normal": NORMAL,
    "real": REAL,
    "full": FULL,
    "unread": PEOPLE_LOCKED,
    "empty": EMPTY,
    "locked": LOCKED,
    "loading": LOADING,
    "nothing": NOTHING,
    "answered": ANSWERED,
    "worst": WORST,
    "found": FOUND,
}

PEOPLE = (
    PersonChoice(PersonId(uid(2)), "Анна Кузнецова", Text("consultant")),
    PersonChoice(PersonId(uid(12)), "Борис Левин", Text("consultant")),
    PersonChoice(PersonId(uid(13)), "Ольга Никитина", Text("shift supervisor"), needs_password=True),
    PersonChoice(PersonId(uid(14)), LONG_WORDS, Text("cashier"), locked_until_ms=NOW_MS + 30_000),
)
PASSES = PassesState(
    to_us=(
        PassRow(
            PassId(uid(21)),
            PassKind.RECOMMEND,
            "Борис Л.",
            "Оптика",
            "Мария Петрова",
            "Камеры",
            "K2AB3CD9X",
            NOW_MS - 12 * MINUTE,
            Text("waiting"),
            "warn",
            can_answer=True,
        ),
        PassRow(
            PassId(uid(22)),
            PassKind.HANDOVER,
            "Вера М.",
            "Свет",
            "без карты",
            "Лампы",
            "K3ZZ11CQ4",
            NOW_MS - 140 * MINUTE,
            Text("accepted"),
            "ok",
        ),
    ),
    from_us=(
        PassRow(
            PassId(uid(23)),
            PassKind.EXPERT,
            "Анна К.",
            "Фото",
            LONG_WORDS,
            LONG_WORDS,
            "K1ABCDEF2",
            NOW_MS - 3 * DAY,
            Text("became an assist"),
            "assist",
        ),
    ),
)
SHIFT = ShiftState(
    header=HEADER,
    opened_at_ms=NOW_MS - 240 * MINUTE,
    figures=(
        ReportRow(Text("Receipts"), "42"),
        ReportRow(Text("Sales"), "412\u00a0300,00\u00a0₽"),
        ReportRow(Text("Receipts with an add-on"), "19 из 31"),
        ReportRow(Text("Assists"), "7", "assist"),
        ReportRow(Text("Returns"), "\u22121\u00a0290,00\u00a0₽", "bad"),
    ),
    people=(Choice("p1", "Ольга Никитина"), Choice("p2", "Анна Кузнецова")),
    reports=(Choice("z13", "Z-отчёт, смена 13", "11.03.2026"),),
    unsent=14,
)
SOURCE = ReturnSource(
    ReceiptId(uid(70)),
    "K1-000031-4",
    NOW_MS - DAY,
    tuple(
        ReturnLine(LineId(uid(80 + n)), LONG_WORDS if n == 3 else f"Товар {n}", n * 1000, 199_000) for n in range(1, 5)
    ),
)
EXCHANGE = ExchangeState(
    strip=replace(
        NORMAL.sync, unsent=3, oldest_at_ms=NOW_MS - 50 * MINUTE, last_at_ms=NOW_MS - 2 * MINUTE, quarantined=2
    ),
    alarm=SILENT["day"][0],
    alarm_tone="warn",
    counters=(
        LagRow("K1", Text(""), Text("works"), NOW_MS - MINUTE, Text(""), "plain", 4_812, 0, 0),
        LagRow("K2", Text(""), Text("works"), NOW_MS - 2 * DAY, SILENT["day"][0], "warn", 3_177, 0, 0),
        LagRow("K3", Text(""), Text("works"), NOW_MS - 9 * DAY, SILENT["week"][0], "bad", 951, 2, 0),
        LagRow("K4", Text(""), Text("no access any more"), NOW_MS - 40 * DAY, Text(""), "plain", 12, 0, 1),
        LagRow("K5", Text(""), Text("works"), None, SILENT["month"][0], "bad", 0, 0, 0),
        LagRow("OFFICE", Text("office"), Text("works"), NOW_MS - MINUTE, Text(""), "plain", 120, 0, 0),
    ),
    set_aside=(
        AsideRow(
            uid(91),
            "K3",
            Text("a sale"),
            Text("It speaks for another counter."),
            '{\n  "sale": [\n    {\n      "number": "K3-000042-7",\n      "total_minor": 129000\n    }\n  ]\n}',
            NOW_MS - 30 * MINUTE,
            resent=False,
        ),
        AsideRow(
            uid(92),
            "K3",
            Text(LONG_WORDS),
            Text("The centre's program is older than this one. Upgrade it, and it is taken in."),
            "{}",
            NOW_MS - DAY,
            resent=False,
        ),
        AsideRow(
            uid(93), "K1", Text("a note"), Text("It speaks for another counter."), "{}", NOW_MS - 3 * DAY, resent=True
        ),
    ),
    not_applied=2,
    now_ms=NOW_MS,
)
STAFF = StaffState(
    lines=(
        StaffLine(PersonId(uid(2)), "Анна К.", "Анна Кузнецова", "d1", "Фото и видео", 2, Text("consultant"),
                  Text("logs in by PIN"), "plain", is_lead=True, badge="B-17", language="ru", works=True, ver=1),
        StaffLine(PersonId(uid(12)), "Борис Л.", "Борис Левин", "d2", "Оптика", 2, Text("consultant"),
                  Text("a one-time PIN waits"), "accent", is_lead=False, badge="", language="ru", works=True, ver=1),
        StaffLine(PersonId(uid(13)), "Ольга Н.", "Ольга Никитина", "d1", "Фото и видео", 3, Text("shift supervisor"),
                  Text("logs in by password"), "plain", is_lead=True, badge="", language="ru", works=True, ver=1),
        StaffLine(PersonId(uid(15)), "Мария О.", "Мария Орлова", "d1", "Фото и видео", 4, Text("store manager"),
                  Text("logs in by password"), "plain", is_lead=False, badge="", language="ru", works=True, ver=1),
        StaffLine(PersonId(uid(14)), LONG_WORDS, LONG_WORDS, "d2", LONG_WORDS, 1, Text("cashier"),
                  Text("cannot log in: no PIN"), "warn", is_lead=False, badge="", language="en", works=True, ver=1),
        StaffLine(PersonId(uid(16)), "Пётр Н.", "Пётр Новиков", "d2", "Оптика", 2, Text("consultant"),
                  Text("dismissed {day}", {"day": "02.03.2026"}), "bad", is_lead=False, badge="", language="ru",
                  works=False, ver=1),
    ),
    departments=(Choice("d1", "Фото и видео"), Choice("d2", "Оптика")),
    levels=((1, Text("cashier")), (2, Text("consultant")), (3, Text("shift supervisor")), (4, Text("store manager"))),
    reasons=(("own_wish", Text("at their own wish")), ("breach", Text("for a breach"))),
    may_edit=True,
    is_loading=False,
)  # fmt: skip
RESET = replace(STAFF, one_time=OneTimePin("Борис Л.", "482915"))
ROTA = RotaState(
    monday=dt.date(2026, 3, 9),
    today=dt.date(2026, 3, 12),
    lines=(
        RotaLine(PersonId(uid(2)), "Анна К.",
                 ((540, 525), (540, 540), None, (540, None), (0, None), None, None), 1620, 1065),
        RotaLine(PersonId(uid(12)), "Борис Л.",
                 (None, None, (480, 495), (480, None), (480, None), None, None), 1440, 495),
        RotaLine(PersonId(uid(14)), LONG_WORDS, (None,) * 7, 0, 0),
        RotaLine(None, "Олег Ветров", (None, None, None, (480, None), None, None, None), 480, 0, "bad"),
    ),
    without_account=("Олег Ветров",),
    may_edit=True,
)  # fmt: skip
HOUSE = PlacesState(
    departments=(
        DepartmentLine(uid(101), uid(100), "photo", "Фото и видео", "Photo and video", 1),
        DepartmentLine(uid(102), uid(100), "optics", "Оптика", "Optics", 1),
        DepartmentLine(uid(103), uid(100), "home", LONG_WORDS, LONG_WORDS, 1),
    ),
    counters=(
        CounterLine(uid(111), "K1", "Касса 1", str(uid(101)), "Фото и видео", 1, NOW_MS - MINUTE, is_known=True,
                    state=Text("works")),
        CounterLine(uid(112), "K2", "Касса 2", str(uid(102)), "Оптика", 1, NOW_MS - 2 * DAY, is_known=True,
                    state=SILENT["day"][0], tone="warn"),
        CounterLine(uid(113), "K3", LONG_WORDS, str(uid(103)), LONG_WORDS, 1),
    ),
    choices=(Choice(str(uid(101)), "Фото и видео"), Choice(str(uid(102)), "Оптика")),
    stores=(Choice(str(uid(100)), "Магазин на Садовой"),),
    may_edit=True,
    now_ms=NOW_MS,
    how_to=places_office.how_to("K3", "1", "optics"),
)  # fmt: skip

FORECAST = ForecastState(
    Backtest(
        customers=1_873,
        hits=842,
        popular_hits=561,
        bands=(
            Band(0.0, 0.02, 184_220, 0.009, 0.011),
            Band(0.02, 0.05, 9_102, 0.031, 0.036),
            Band(0.1, 0.15, 2_011, 0.122, 0.14),
            Band(0.3, 0.4, 312, 0.344, 0.471),
            Band(0.7, 1.0, 18, 0.81, 0.61),
        ),
        from_day=20_500,
    )
)

PRODUCT_EVENTS = ProductEventsState(
    lines=(
        ProductEventLine(uid(501), NOW_MS - 2 * MINUTE, "Кофемашина «Рассвет» · MACH-1", Text("Recall"),
                         "греется: не включать", "Мария О.", "bad"),
        ProductEventLine(uid(502), NOW_MS - 9 * DAY, f"{LONG_WORDS} · SKU-1234567890", Text("End of support"),
                         "Обновлений больше не будет, запасные части — до конца года; ремонт в мастерской на Садовой",
                         LONG_WORDS, "warn"),
    ),
    typed="рассвет",
    found=(Choice(str(uid(511)), "Кофемашина «Рассвет» · MACH-1"), Choice(str(uid(512)), f"{LONG_WORDS} · MACH-2")),
    now_ms=NOW_MS,
    is_loading=False,
)  # fmt: skip

PLAIN_PAIR = MatchingState(
    waiting=17,
    number=1,
    left="Петрова Мария Ивановна",
    right="Петрова Маша",
    reasons=(Text("The same phone, nobody has verified it for both"),),
    score="97,2\u00a0%",
    lines=(
        MatchLine(Text("Family name"), "Петрова", "Петрова", Text("the same"), "+8,0", "ok"),
        MatchLine(Text("First name"), "Мария", "Маша", Text("another form of the same"), "+4,5", "ok"),
        MatchLine(Text("Birthday"), "02.05.1980", "", Text("not told in both"), "", "plain"),
        MatchLine(Text("Phone"), "+79721234567", "+79721234567", Text("the same"), "+11,0", "ok"),
    ),
    is_asking=False,
)

OLGA = CustomerId(uuid.UUID(int=7))


def look(n: int, person: str, reason: str, group: str = "contact") -> Looked:
    some = uuid.UUID(int=n)
    return Looked(some, NOW_MS - n * 60_000, some, person, "Фото", OLGA, "Ольга Ветрова", group, reason)


PEOPLE_DATA = PeopleDataState(
    looks=(
        look(1, "Анна К.", "call_back"),
        look(2, "Вера Л.", "delivery", "address"),
        look(3, "Анна К.", "order_ready"),
    ),
    wishes=(
        WishRow(
            OLGA, "Ольга Ветрова", Text("the consent was withdrawn"), NOW_MS - DAY, NOW_MS + 29 * DAY, is_approved=True
        ),
        WishRow(
            CustomerId(uuid.UUID(int=8)),
            "Константинопольский-Задунайский Аристарх Вениаминович",
            Text("the person asked to be erased"),
            NOW_MS - 40 * DAY,
            NOW_MS - 10 * DAY,
            is_approved=False,
        ),
    ),
    can=frozenset({"approve", "refuse", "extract", "erase"}),
    now_ms=NOW_MS,
    staff=(Choice(str(uid(2)), "Анна К."), Choice(str(uid(9)), "Вера Л.")),
    typed="ветр",
    customers=(
        Choice(str(OLGA), "Ольга Ветрова · 0000"),
        Choice(str(uid(8)), "Константинопольский-Задунайский Аристарх"),
    ),
)


LISTS_FILE = ListFile(
    "Клиенты оптики, выгрузка за март с очень длинным именем файла.xlsx",
    ("Код", "ФИО", "Телефон", "Карта лояльности", "Дата рождения"),
    (("О-17", LONG_WORDS, "8 916 000-00-00", "2900000000017", "17.05.1990"),),
    1_204,
    Mapping_("optics"),
)
LISTS = ListsState(
    ("customers", "costs", "visitors", "rota"),
    "customers",
    "optics",
    LISTS_FILE,
    field_lines("customers", LISTS_FILE),
    outcome=(Text("This was a check: nothing was written."),),
    batches=(
        BatchLine(12, "optics", "Клиенты оптики, март.xlsx", NOW_MS, "done", {"added": 940, "changed": 17, "same": 2}),
        BatchLine(11, "loyalty", "loyalty-2026-03.csv", NOW_MS - 86_400_000, "undone", {"added": 3}),
    ),
    now_ms=NOW_MS,
)
LISTS_TAKEN = replace(
    LISTS,
    outcome=outcome_of(ImportResult(1_204, 900, 40, 200, 64, Path("optics.refused.csv"), batch=12, may_be_same=31)),
    refused=tuple(
        RefusedRow(line, "Телефон", Text("«{text}» is no telephone number", {"text": LONG_WORDS}))
        for line in range(2, 22)
    ),
)
LISTS_BUSY = replace(LISTS, step=Text("Rows read"), done=700, outcome=())
