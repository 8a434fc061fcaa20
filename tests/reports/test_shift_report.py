from __future__ import annotations

import gc
import io
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from pypdf import PdfReader

from crosssell_desktop.domain import format as forms
from crosssell_desktop.domain.canon import short
from crosssell_desktop.domain.kpi import Counts, Ratio, kpis, share_figure
from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.domain.text import Language, Text
from crosssell_desktop.reports.kpi_rows import kpi_rows
from crosssell_desktop.reports.layout import Fonts, plain
from crosssell_desktop.reports.shift_data import (
    CashDrawer,
    CombinationRow,
    CombinationsBlock,
    KpiBlock,
    NoteRow,
    PersonRow,
    ShiftReportData,
)
from crosssell_desktop.reports.shift_report import shift_report_pdf

Shift = Callable[..., ShiftReportData]
Voices = dict[str, Voice]
LANGUAGES: tuple[Language, ...] = ("ru", "en")
HOSTILE = (
    "Ivanova <b>Anna",
    "</para>",
    "M&Ms",
    '<img src="/etc/hostname">',
    "Длинная" + "ж" * 193,
    "Анна\u202eавонавИ\x00\x1b[31m",
    "{name} %s {0} \\n",
    "−12 <не сумма>",
)


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def letters(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", "", text)


def text_of(pdf: bytes) -> str:
    return letters("".join(pages_of(pdf)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("receipts", [0, 40, 500])
def test_the_text_of_the_paper_equals_the_data(
    shift: Shift, fonts: Fonts, voices: Voices, receipts: int, language: Language
) -> None:
    data = shift(receipts)
    text = text_of(shift_report_pdf(data, fonts, voices[language]))

    def money(minor: int) -> str:
        return letters(forms.money(minor, language))

    def amount(minor: int) -> str:
        return letters(forms.amount(minor, language))

    assert money(data.sales.sold_minor) in text
    assert money(data.sales.sold_minor - data.sales.returned_minor) in text
    assert money(data.ledger.earned_minor) in text
    for row in data.receipts:
        assert row.number + forms.time_of_day(row.at_ms, 180) + letters(row.person) in text
        assert amount(row.amount_minor) in text
    for assist in data.ledger.rows:
        assert letters(f"{assist.receipt}{plain(assist.product)}{assist.passer}{assist.closer}") in text
    for person in data.people:
        assert letters(person.name + person.department) + forms.hours(person.minutes or 0) in text
    for combination in data.combinations.top:
        assert letters(plain(combination.core + combination.periphery)) in text
    assert data.data.chain_head[:8] in text
    assert short(data.content_hash()) in text


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        (
            "ru",
            ("Что сделано для покупателей", "Продажи и оплаты", "Показатели", "Сотрудники", "Сочетания",
             "Голы и пасы", "Данные и обмен", "Заметки следующей смене", "Подписи"),
        ),
        (
            "en",
            ("Customer outcomes", "Sales and payments", "Key figures", "People", "Combinations",
             "Goals and assists", "Data and exchange", "Notes for the next shift", "Signatures"),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("receipts", [0, 40])
def test_the_nine_blocks_stand_in_their_order(
    shift: Shift, fonts: Fonts, voices: Voices, receipts: int, language: Language, titles: tuple[str, ...]
) -> None:
    text = text_of(shift_report_pdf(shift(receipts), fonts, voices[language]))
    places = [text.index(letters(f"{number}{title}")) for number, title in enumerate(titles, start=1)]
    assert places == sorted(places)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_prints_as_plain_text_everywhere(
    shift: Shift, fonts: Fonts, voices: Voices, name: str, language: Language
) -> None:
    data = shift(40)
    row = data.people[0]
    hostile = replace(
        data,
        heading=replace(data.heading, store=name, responsible=name, override_reason=name, shift_number=name),
        people=(replace(row, name=name, department=name),),
        combinations=CombinationsBlock(top=(CombinationRow(name, name, 1, 1, 1),), without_result=((name, 1),)),
        ledger=replace(
            data.ledger, rows=tuple(replace(r, product=name, passer=name, closer=name) for r in data.ledger.rows)
        ),
        notes=(NoteRow(name, data.generated_at_ms, name),),
        receipts=tuple(replace(r, person=name) for r in data.receipts[:3]),
        supervisor=name,
        data=replace(data.data, price_warnings=(name,)),
    )
    text = text_of(shift_report_pdf(hostile, fonts, voices[language]))
    # A name that wraps beside another cell is extracted line by line, so it is looked for in its lines too.
    drawn = letters(plain(name))
    assert drawn in text
    assert text.count(drawn[:8]) >= 8


@pytest.mark.parametrize(
    ("language", "mark", "fiscal"),
    [("ru", "КОПИЯ", "Не является фискальным документом"), ("en", "COPY", "Not a fiscal document")],
)
def test_a_copy_is_marked_and_keeps_the_hash_of_the_original(
    shift: Shift, fonts: Fonts, voices: Voices, language: Language, mark: str, fiscal: str
) -> None:
    original = shift(40)
    copy = replace(original, is_copy=True, generated_at_ms=original.generated_at_ms + 86_400_000)
    first, second = (text_of(shift_report_pdf(data, fonts, voices[language])) for data in (original, copy))
    assert mark not in first
    assert mark in second
    assert short(original.content_hash()) in second
    assert letters(fiscal) in first


def test_an_interim_report_says_so_and_that_the_shift_is_open(shift: Shift, fonts: Fonts, voices: Voices) -> None:
    data = shift(40)
    data = replace(data, kind="X", heading=replace(data.heading, closed_at_ms=None))
    text = text_of(shift_report_pdf(data, fonts, voices["ru"]))
    assert "промежуточный" in text
    assert "ещёоткрыта" in text
    assert data.content_hash() != shift(40).content_hash()


def test_one_changed_kopeck_changes_the_hash(shift: Shift) -> None:
    data = shift(40)
    row = data.receipts[7]
    receipts = (*data.receipts[:7], replace(row, amount_minor=row.amount_minor + 1), *data.receipts[8:])
    assert replace(data, receipts=receipts).content_hash() != data.content_hash()


@pytest.mark.parametrize("receipts", [0, 40, 500])
def test_every_page_is_numbered_out_of_all_and_carries_hash_and_time(
    shift: Shift, fonts: Fonts, voices: Voices, receipts: int
) -> None:
    data = shift(receipts)
    pages = pages_of(shift_report_pdf(data, fonts, voices["ru"]))
    for number, page in enumerate(pages, start=1):
        text = letters(page)
        assert f"стр.{number}из{len(pages)}" in text
        assert letters(f"SHA-256 {short(data.content_hash())}") in text
        assert "Сформирован12.03.202621:04" in text
        if number > 1:
            assert letters("Сменный отчёт Z · смена K1-0071") in text


def test_the_same_data_make_the_same_bytes(shift: Shift, fonts: Fonts, voices: Voices) -> None:
    first, second = (shift_report_pdf(shift(40), fonts, voices["en"]) for _ in range(2))
    assert first == second


def test_the_qr_holds_kind_shift_and_whole_hash(
    shift: Shift, fonts: Fonts, voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    import segno

    payloads: list[str] = []
    make = segno.make_qr

    def spy(content: str, error: str) -> segno.QRCode:
        payloads.append(content)
        return make(content, error=error)

    monkeypatch.setattr(segno, "make_qr", spy)
    data = shift(0)
    shift_report_pdf(data, fonts, voices["ru"])
    assert payloads == [f"CROSSSELL-1 Z K1-0071 {data.content_hash().hex().upper()}"]


def test_money_of_people_is_printed_only_when_the_data_hold_it(shift: Shift, fonts: Fonts, voices: Voices) -> None:
    data = shift(40)
    assert "Начислено,₽" not in text_of(shift_report_pdf(data, fonts, voices["ru"]))
    people = tuple(replace(row, credit_minor=1_234_56 + i) for i, row in enumerate(data.people))
    text = text_of(shift_report_pdf(replace(data, people=people), fonts, voices["ru"]))
    assert "Начислено,₽" in text
    assert letters(forms.amount(sum(row.credit_minor or 0 for row in people), "ru")) in text


def test_people_without_hours_or_coverage_show_a_dash(shift: Shift, fonts: Fonts, voices: Voices) -> None:
    nobody = PersonRow("Анна", "Оптика", None, 0, 0, 0, 0, Ratio(0, 0), None)
    text = text_of(shift_report_pdf(replace(shift(40), people=(nobody,)), fonts, voices["ru"]))
    assert "АннаОптика—0000——" in text


def test_the_drawer_follows_the_classic_formula(shift: Shift, fonts: Fonts, voices: Voices) -> None:
    drawer = CashDrawer(1_000, 50_000, 3_000, 700, 20_000, 400, 27_600)
    assert drawer.expected_minor == 27_700
    assert drawer.over_minor == -100
    uncounted = replace(drawer, counted_minor=None)
    assert uncounted.over_minor is None
    data = shift(40)
    text = text_of(shift_report_pdf(replace(data, sales=replace(data.sales, drawer=drawer)), fonts, voices["ru"]))
    assert "Пересчитано276,00₽,разница−1,00₽" in text
    text = text_of(shift_report_pdf(replace(data, sales=replace(data.sales, drawer=uncounted)), fonts, voices["ru"]))
    assert "Пересчитано—,разница—" in text


def test_a_till_that_has_not_told_shows_dashes_not_zeros(shift: Shift, fonts: Fonts, voices: Voices) -> None:
    data = shift(40)
    payments = tuple(replace(row, till_minor=None) for row in data.sales.payments)
    sales = replace(data.sales, payments=payments, till_z_number="")
    text = text_of(shift_report_pdf(replace(data, sales=sales), fonts, voices["ru"]))
    assert f"Итого{letters(forms.amount(data.sales.sold_minor, 'ru'))}——" in text
    assert "Z-отчёткассыневнесён" in text


def test_key_figures_print_plan_and_change_and_hide_acceptance_below_coverage(
    shift: Shift, fonts: Fonts, voices: Voices
) -> None:
    data = shift(40)
    text = text_of(shift_report_pdf(data, fonts, voices["ru"]))
    assert "Конверсия25,0%27,0%−2,0п.п.24,1%+0,9п.п." in text
    assert "28,1–53,2%" in text
    low = KpiBlock(kpis(Counts(receipts=5, eligible_receipts=10, decided_receipts=7, offers_shown=9)))
    text = text_of(shift_report_pdf(replace(data, kpi=low), fonts, voices["ru"]))
    assert "Принятиепредложений—" in text
    assert "ненеменее" not in text
    assert "неменеечемв80%чеков" in text
    none = text_of(shift_report_pdf(replace(data, kpi=None), fonts, voices["ru"]))
    assert "нерассчитывались" in none


def test_every_kind_of_figure_has_its_change_and_margin_is_hidden_when_unknown() -> None:
    counts = Counts(receipts=4, sold_minor=40_000, lines=10, passes_sent=3, net_ex_vat_minor=100, cost_minor=60)
    rows = {row.key: row for row in kpi_rows(kpis(counts), {"passes_sent": 5, "lpt": 200}, {"atv": 9_000})}
    assert (rows["passes_sent"].over_plan, rows["lpt"].over_plan, rows["atv"].over_baseline) == (-2, 50, 1_000)
    assert rows["margin"].fact == 4_000
    assert "gmroi" not in rows
    assert rows["conversion"].name == Text("Conversion of consultations")
    with pytest.raises(KeyError):
        kpi_rows(kpis(counts), {"no_such_figure": 1})


def test_a_change_is_signed_in_the_unit_of_its_figure(shift: Shift, fonts: Fonts, voices: Voices) -> None:
    plan = (("passes_sent", 10), ("upt", 300), ("atv", 50_000_00))
    data = shift(40)
    assert data.kpi is not None
    text = text_of(shift_report_pdf(replace(data, kpi=KpiBlock(data.kpi.fact, plan)), fonts, voices["en"]))
    assert "Passessent810−2" in text
    assert "Unitsperticket2.453.00−0.55" in text
    assert "Averageticket₽40,910.50₽50,000.00−₽9,089.50" in text


def test_five_hundred_receipts_take_at_most_300_ms_of_processor_time(
    shift: Shift, fonts: Fonts, voices: Voices
) -> None:
    data = shift(500)
    shift_report_pdf(shift(0), fonts, voices["ru"])
    gc.collect()
    times = []
    tracer = sys.gettrace()
    sys.settrace(None)  # a coverage run would measure itself
    try:
        for _ in range(3):
            start = time.process_time()
            shift_report_pdf(data, fonts, voices["ru"])
            times.append(time.process_time() - start)
    finally:
        sys.settrace(tracer)
    assert min(times) <= 0.3


def test_a_share_of_one_row_keeps_its_interval() -> None:
    figure = share_figure(1, 1)
    assert figure is not None
    assert (figure.bps, figure.high_bps) == (10_000, 10_000)
    assert figure.low_bps == 2_065
