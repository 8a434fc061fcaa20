from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
from babel.messages.pofile import read_po

from crosssell_desktop.domain.kpi import Counts, Ratio, kpis, share_figure
from crosssell_desktop.domain.spoken import DayValue, MoneyValue, PersonValue, ShareValue, Voice
from crosssell_desktop.domain.text import Language, Text
from crosssell_desktop.reports.layout import Fonts
from crosssell_desktop.reports.shift_data import (
    AssistRow,
    CashDrawer,
    CombinationRow,
    CombinationsBlock,
    CustomerOutcomes,
    DataBlock,
    KpiBlock,
    LedgerBlock,
    NoteRow,
    PaymentRow,
    PersonRow,
    ReceiptRow,
    ReportHeading,
    ReturnReasonRow,
    SalesBlock,
    ShiftReportData,
)
from crosssell_desktop.reports.statement import StatementData, StatementRow

MOSCOW = 180
OPENED = 1_773_295_200_000  # 12.03.2026 09:00 in Moscow
ANNA = UUID(int=0xA)


@dataclass
class PoTranslator:
    """Reads the .po files themselves; a missing Russian text is an error, not English."""

    language: Language
    texts: dict[str, str] = field(default_factory=dict)

    def gettext(self, message: str) -> str:
        return message if self.language == "en" else self.texts[message]

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        raise NotImplementedError(singular, plural, n)

    def say(self, text: Text) -> str:
        return self.gettext(text.message).format(**text.values)


def _russian() -> dict[str, str]:
    folder = files("crosssell_desktop") / "resources" / "locale" / "ru"
    texts: dict[str, str] = {}
    for area in ("ledger", "reports"):
        with (folder / f"{area}.po").open("rb") as stream:
            texts |= {str(m.id): str(m.string) for m in read_po(stream) if m.id}
    invented = {
        "too dear": "дорого",
        "not needed": "не требуется",
        "did not fit": "не подошло",
        "defect": "недостаток товара",
        "cash": "наличные",
        "card": "карта",
        "fast payment": "СБП",
    }
    return texts | invented


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    folder = files("crosssell_desktop") / "resources" / "fonts"
    regular, bold = ((folder / f"PT_Sans-Web-{name}.ttf").read_bytes() for name in ("Regular", "Bold"))
    return Fonts(regular, bold)


@pytest.fixture(scope="session")
def voices() -> dict[str, Voice]:
    names = {ANNA: "Анна К."}
    return {
        "ru": Voice(PoTranslator("ru", _russian()), MOSCOW, names),
        "en": Voice(PoTranslator("en"), MOSCOW, names),
    }


PEOPLE = (
    ("Анна Королёва", "Фототехника"),
    ("Борис Дементьев", "Телефоны"),
    ("Вера Золотарёва", "Свет и дом"),
    ("Глеб Ищенко", "Телевизоры"),
    ("Дина Литвинова", "Оптика"),
)
PAIRS = (
    ("Камера Canon EOS R50, комплект 18–45", "Карта памяти SDXC V30 128 ГБ"),
    ("Смартфон iPhone 15, 128 ГБ", "Чехол силиконовый для iPhone 15"),
    ("Телевизор 55″ на стену", "Кронштейн VESA 300×200 до 30 кг"),
    ("Кофемашина автоматическая", "Средство от накипи, 2 × 100 мл"),
    ("Варочная панель индукционная", "Сковорода 26 см с ферромагнитным дном"),
)


def _receipts(count: int) -> tuple[ReceiptRow, ...]:
    payments = (Text("card"), Text("cash"), Text("fast payment"))
    return tuple(
        ReceiptRow(
            number=f"K1-{i + 1:06d}-{i % 10}",
            at_ms=OPENED + i * 36_000_000 // max(count, 1),
            person=PEOPLE[i % 5][0],
            lines=1 + i % 4,
            amount_minor=49_000 + (i * 7_919_00) % 8_000_000,
            payment=payments[i % 3],
        )
        for i in range(count)
    )


def build_shift(receipts: int, **changes: Any) -> ShiftReportData:  # noqa: ANN401  # any field of the data
    rows = _receipts(receipts)
    sold = sum(row.amount_minor for row in rows)
    cash = sum(row.amount_minor for row in rows if row.payment.message == "cash")
    card = sum(row.amount_minor for row in rows if row.payment.message == "card")
    is_busy = receipts > 0
    counts = Counts(
        visitors=receipts * 4 if is_busy else None,
        receipts=receipts,
        sold_minor=sold,
        returned_minor=8_490_00 if is_busy else 0,
        units_milli=receipts * 2_450,
        lines=sum(row.lines for row in rows),
        core_receipts=receipts * 7 // 10,
        core_units_milli=receipts * 750,
        attached_receipts=receipts // 2,
        attached_units_milli=receipts * 1_100,
        eligible_receipts=receipts * 7 // 10,
        decided_receipts=receipts * 6 // 10,
        mixed_receipts=receipts * 3 // 8,
        identified_receipts=receipts * 6 // 10,
        offers_shown=receipts * 11 // 8,
        offers_accepted=receipts * 44 // 80,
        passes_sent=receipts // 5,
        passes_accepted=receipts // 6,
        passes_credited=receipts // 8,
        help_acts=receipts // 12,
        decisions_reversed=receipts // 40,
    )
    people = tuple(
        PersonRow(
            name=name,
            department=department,
            minutes=600 - 15 * i,
            receipts=receipts // 5,
            goals=receipts // 5 * 2,
            assists_given=receipts // 10 + i,
            assists_received=receipts // 12 + i % 2,
            coverage=Ratio(receipts * (7 - i % 3), receipts * 8),
            acceptance=share_figure(receipts * 2 // 5, receipts) if i % 3 == 0 else None,
        )
        for i, (name, department) in enumerate(PEOPLE)
    )
    data = ShiftReportData(
        kind="Z",
        is_copy=False,
        heading=ReportHeading(
            company="ООО «Северный свет»",
            store="Магазин на Лесной",
            counter="Прилавок 1",
            shift_number="K1-0071",
            business_date=dt.date(2026, 3, 12),
            opened_at_ms=OPENED,
            closed_at_ms=OPENED + 12 * 3_600_000,
            responsible="Анна Королёва",
            override_reason="",
            playbook_version="7",
            policy_version="1",
        ),
        generated_at_ms=OPENED + 12 * 3_600_000 + 240_000,
        utc_offset_minutes=MOSCOW,
        outcomes=CustomerOutcomes(
            needs_met=receipts // 3,
            help_acts=receipts // 12,
            promises_kept=receipts // 10,
            promises_overdue=1 if is_busy else 0,
            felt_pushed=0,
            decisions_reversed=receipts // 40,
            returns=(
                ReturnReasonRow(Text("did not fit"), 2, 5_490_00),
                ReturnReasonRow(Text("defect"), 1, 3_000_00),
            )
            if is_busy
            else (),
        ),
        sales=SalesBlock(
            receipts=receipts,
            sold_minor=sold,
            discount_minor=receipts * 12_345,
            returned_minor=8_490_00 if is_busy else 0,
            payments=(
                PaymentRow(Text("card"), card, card),
                PaymentRow(Text("cash"), cash, cash - 1_000_00),
                PaymentRow(Text("fast payment"), sold - card - cash, sold - card - cash),
            )
            if is_busy
            else (),
            till_z_number="000214" if is_busy else "",
            drawer=CashDrawer(10_000_00, cash, 3_000_00, 0, cash // 2, 0, 7_000_00 + cash - cash // 2 - 1_000_00)
            if is_busy
            else None,
        ),
        kpi=KpiBlock(
            kpis(counts),
            plan=(("conversion", 2_700), ("attach_receipts", 6_500), ("coverage", 8_000), ("atv", 38_000_00)),
            baseline=(("conversion", 2_410), ("attach_receipts", 4_120), ("atv", 35_120_50)),
        )
        if is_busy
        else KpiBlock(kpis(counts)),
        people=people if is_busy else (),
        combinations=CombinationsBlock(
            top=tuple(
                CombinationRow(core, periphery, receipts // (3 + i), receipts // (7 + i), receipts * 349_000 // (7 + i))
                for i, (core, periphery) in enumerate(PAIRS)
            ),
            declined=((Text("too dear"), receipts // 9), (Text("not needed"), receipts // 7)),
            without_result=(("Телескоп рефлектор 130/900", 2),),
        )
        if is_busy
        else CombinationsBlock(),
        ledger=LedgerBlock(
            goals=receipts * 2,
            assists=receipts // 8,
            earned_minor=receipts * 21_042,
            reversed_minor=-111_57 if is_busy else 0,
            held_minor=0,
            late_claims=0,
            flags=0,
            rows=tuple(
                AssistRow(
                    receipt=rows[i * 8].number,
                    product=PAIRS[i % 5][1],
                    passer=PEOPLE[i % 5][0],
                    closer=PEOPLE[(i + 1) % 5][0],
                    pool_minor=111_57,
                    assist_minor=33_47,
                    closer_minor=78_10,
                )
                for i in range(receipts // 8)
            ),
        ),
        data=DataBlock(
            chain_head="5fd924625f6ab16a19cc9807c7c506ae1813490e4ba675f843d5a10e0baacdb8",
            chain_facts=receipts * 9 + 2,
            unsent_events=14 if is_busy else 0,
            last_sync_at_ms=OPENED + 11 * 3_600_000 if is_busy else None,
            unanchored_facts=14 if is_busy else 2,
            unanchored_minutes=64,
            imports=1,
            refused_rows=0,
            price_warnings=("пакет цен старше 24 часов",) if is_busy else (),
        ),
        notes=(NoteRow("Анна Королёва", OPENED + 40_000_000, "Покупателю отложена камера EOS R50 до субботы, 12:00."),)
        if is_busy
        else (),
        cashier="Борис Дементьев",
        supervisor="Вера Золотарёва",
        receipts=rows,
    )
    from dataclasses import replace

    return replace(data, **changes)


@pytest.fixture
def shift() -> Callable[..., ShiftReportData]:
    return build_shift


def build_statement(rows: int = 24) -> StatementData:
    goal = Text(
        "pool {pool} × {share} = {floor}, +{rest} kop. remainder = {amount}; {reason}",
        {
            "pool": MoneyValue(111_57),
            "share": ShareValue(7_000),
            "floor": MoneyValue(78_09),
            "rest": 1,
            "amount": MoneyValue(78_10),
            "reason": Text("goal"),
        },
    )
    assist = Text(
        "pool {pool} × {share} = {floor}; {reason}",
        {
            "pool": MoneyValue(111_57),
            "share": ShareValue(3_000),
            "floor": MoneyValue(33_47),
            "reason": Text("pass: {person}, {day}", {"person": PersonValue(ANNA), "day": DayValue(OPENED)}),
        },
    )
    back = Text(
        "return of {returned} of {base}: {target} of the pool {pool}, of it {share} of {earned} = {amount}",
        {
            "returned": MoneyValue(953_55),
            "base": MoneyValue(2_860_66),
            "target": MoneyValue(37_19),
            "pool": MoneyValue(111_57),
            "share": MoneyValue(26_03),
            "earned": MoneyValue(78_10),
            "amount": MoneyValue(-26_03, signed=True),
        },
    )
    kinds = (("closer", "earn", 78_10, goal), ("assist1", "earn", 33_47, assist), ("closer", "reverse", -26_03, back))
    return StatementData(
        company="ООО «Северный свет»",
        store="Магазин на Лесной",
        person="Борис Дементьев",
        department="Телефоны",
        from_day=dt.date(2026, 3, 1),
        to_day=dt.date(2026, 3, 31),
        policy_version="1",
        rows=tuple(
            StatementRow(
                at_ms=OPENED + i * 40_000_000,
                receipt=f"K1-{i + 1:06d}-{i % 10}",
                product=PAIRS[i % 5][1],
                role=kinds[i % 3][0],  # type: ignore[arg-type]
                kind=kinds[i % 3][1],  # type: ignore[arg-type]
                amount_minor=kinds[i % 3][2],
                explain=kinds[i % 3][3],
                state="vested" if i < rows // 2 else "confirmed",
            )
            for i in range(rows)
        ),
        generated_at_ms=OPENED + 30 * 86_400_000,
        utc_offset_minutes=MOSCOW,
        is_closed=True,
    )


@pytest.fixture
def statement() -> Callable[..., StatementData]:
    return build_statement
