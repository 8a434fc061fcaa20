"""Single cells: what is taken, what is refused and why."""

from __future__ import annotations

import random
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.fold import fold, other_layout, phone_digits
from crosssell_desktop.domain.gtin import check_digit, gtin14, is_gtin
from crosssell_desktop.interchange import cells


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("1 234,50", 123_450),
        ("1\u00a0234,50\u00a0₽", 123_450),
        ("1\u202f234.5", 123_450),
        ("1,234,567.89", 123_456_789),
        ("1.234.567,89", 123_456_789),
        ("12.345.678", 1_234_567_800),
        ("−5 руб.", -500),
        (",5", 50),
        ("0.30000000000000004", 30),
    ],
)
def test_amounts_are_read_as_people_write_them(cell: str, minor: int) -> None:
    assert cells.money_minor(cell) == minor


@pytest.mark.parametrize(
    "cell", ["", "abc", "1,2,3", "1 2 a", "NaN", "inf", "1e5", "4,607E+12", "=1+1", "٣", "1.005", "9" * 20]
)
def test_what_is_no_amount_is_refused_with_a_reason(cell: str) -> None:
    with pytest.raises(cells.BadCell) as bad:
        cells.money_minor(cell)
    assert str(bad.value.reason)


@given(st.integers(-(10**12), 10**12))
def test_every_amount_comes_back_with_comma_or_point(minor: int) -> None:
    sign = "-" if minor < 0 else ""
    for mark in ",.":
        assert cells.money_minor(f"{sign}{abs(minor) // 100}{mark}{abs(minor) % 100:02}") == minor


@given(st.integers(0, 10**13 - 1))
def test_a_barcode_with_its_check_digit_is_kept_and_any_other_digit_refused(body: int) -> None:
    digits = f"{body:013}"
    right = digits + str(check_digit(digits))
    assert cells.barcodes(right) == (gtin14(right),)
    for wrong in (c for c in "0123456789" if c != right[-1]):
        assert not is_gtin(digits + wrong)


@pytest.mark.parametrize("cell", ["4,607E+12", "4.607e+12", "460700000001", "4607-000", "123", "٤٦٠٧٠٠٠٠٠٠٠١٤"])
def test_a_spoilt_barcode_is_refused(cell: str) -> None:
    with pytest.raises(cells.BadCell):
        cells.barcodes(cell)


def test_several_barcodes_in_a_cell_are_all_kept() -> None:
    assert cells.barcodes("4607000000014, 96385074") == ("04607000000014", "00000096385074")


@pytest.mark.parametrize(
    "cell", ["8 (916) 123-45-67", "+7 916 1234567", "9161234567", "79161234567", "8-916-123-45-67"]
)
def test_one_phone_in_any_writing_is_one_number(cell: str) -> None:
    assert cells.phone(cell) == "+79161234567"
    assert phone_digits(cell) == "79161234567"


@pytest.mark.parametrize("cell", ["12", "8 916 123", "+7 000 000 00 00", "звоните", "7,9161E+10"])
def test_what_is_no_phone_is_refused(cell: str) -> None:
    with pytest.raises(cells.BadCell):
        cells.phone(cell)


@pytest.mark.parametrize(
    ("cell", "kept"), [("3.7", "07-03"), ("03.07.1990", "1990-07-03"), ("1990-07-03", "1990-07-03"), ("29.02", "02-29")]
)
def test_birthdays_with_and_without_a_year(cell: str, kept: str) -> None:
    assert cells.birthday(cell) == kept


@pytest.mark.parametrize("cell", ["31.02.2020", "2020-13-01", "вчера", "45678", "24.11.2026 25:00"])
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(cells.BadCell):
        cells.moment(cell)


def test_hidden_signs_leave_a_name_and_markup_stays_letters() -> None:
    assert cells.plain_text(" <b>Иван\u202e\x07</b>\n Петров\u00a0") == "<b>Иван</b> Петров"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=1))
def test_the_other_layout_leads_back(text: str) -> None:
    assert other_layout(other_layout(text)) == text


def test_the_short_way_of_a_mobile_number_says_what_the_numbering_plan_says() -> None:
    chance = random.Random(4)
    for _ in range(2_000):
        number = "".join(chance.choice("0123456789") for _ in range(chance.choice((9, 10, 10, 10, 11))))
        number = chance.choice(("9", "9", "8", "4")) + number[1:]
        told = chance.choice(("{}", "8{}", "+7{}", "7{}", "8 ({})", "+7 {}")).format(number)
        parsed = phonenumbers.parse("+" + told if re.fullmatch(r"7\d{10}", told) else told, "RU")
        if phonenumbers.is_valid_number(parsed):
            assert cells.phone(told) == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        else:
            with pytest.raises(cells.BadCell):
                cells.phone(told)
