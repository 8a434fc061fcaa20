from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain import format as forms
from crosssell_desktop.domain.text import Language

MARCH = 1_773_345_900_000  # 12 March 2026, 20:05 UTC


@pytest.mark.parametrize(
    ("minor", "russian", "english"),
    [
        (123_456, "1 234,56 ₽", "₽1,234.56"),
        (0, "0,00 ₽", "₽0.00"),
        (5, "0,05 ₽", "₽0.05"),
        (-123_456_789_00, "−123 456 789,00 ₽", "−₽123,456,789.00"),
        (100_000, "1 000,00 ₽", "₽1,000.00"),
        (99_999, "999,99 ₽", "₽999.99"),
    ],
)
def test_money_reads_as_people_write_it(minor: int, russian: str, english: str) -> None:
    assert forms.money(minor, "ru") == russian.replace(" ", "\u00a0")
    assert forms.money(minor, "en") == english


def test_a_plus_is_shown_when_asked_for_and_never_on_zero() -> None:
    assert forms.money(100, "en", plus=True) == "+₽1.00"
    assert forms.amount(-100, "ru", plus=True) == "−1,00"
    assert forms.whole(0, "en", plus=True) == "0"


@given(st.integers(-(10**15), 10**15), st.sampled_from(["ru", "en"]))
def test_an_amount_reads_back_to_the_kopeck_and_never_breaks_across_lines(minor: int, language: Language) -> None:
    text = forms.money(minor, language)
    assert " " not in text
    assert "\u202f" not in text
    digits = "".join(char for char in text if char.isdigit())
    assert int(digits) == abs(minor)
    assert text.startswith("−") == (minor < 0)


def test_percent_rounds_once_and_share_is_exact() -> None:
    assert forms.percent(7_069, "ru") == "70,7\u00a0%"
    assert forms.percent(7_065, "en") == "70.7%"
    assert forms.percent(-200, "ru", plus=True) == "−2,0\u00a0%"
    assert [forms.share(bps, "ru") for bps in (3_000, 2_460, 1)] == ["30\u00a0%", "24,6\u00a0%", "0,01\u00a0%"]


def test_quantities_show_what_is_there_and_no_more() -> None:
    assert [forms.quantity(q, "ru") for q in (2_000, 500, 1_234, 1_000_000)] == ["2", "0,5", "1,234", "1\u00a0000"]
    assert forms.fixed(245, 2, "ru") == "2,45"


def test_days_and_times_are_those_of_the_shop() -> None:
    assert forms.day(MARCH, "ru", 180) == "12.03.2026"
    assert forms.day(MARCH, "en", 180) == "12\u00a0Mar\u00a02026"
    assert forms.day(MARCH, "ru", 600) == "13.03.2026"
    assert forms.moment(MARCH, "ru", 600) == "13.03.2026\u00a006:05"
    assert forms.time_of_day(MARCH, -600) == "10:05"
    assert forms.day_and_month(MARCH, "ru") == "12.03"
    assert forms.day_and_month(MARCH, "en") == "12\u00a0Mar"
    assert forms.calendar_day(dt.date(2026, 1, 5), "en") == "5\u00a0Jan\u00a02026"


def test_hours_are_hours_and_minutes() -> None:
    assert [forms.hours(m) for m in (0, 65, 600, -5)] == ["0:00", "1:05", "10:00", "−0:05"]
