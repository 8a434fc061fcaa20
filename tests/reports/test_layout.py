from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.reports.layout import MARGIN_X, WIDTH, Face, Fonts, Sheet, plain
from crosssell_desktop.reports.shift_data import ShiftReportData
from crosssell_desktop.reports.shift_report import shift_report_pdf


@pytest.mark.parametrize(
    ("stored", "drawn"),
    [
        ("Ivanova <b>Anna", "Ivanova <b>Anna"),
        ("</para>", "</para>"),
        ("M&Ms", "M&Ms"),
        ("Анна\u202eавонавИ", "Аннаавонави".replace("ави", "авИ")),
        ("a\x00b\x1bc\u200bd\ufeffe\u2066f", "abcdef"),
        ("two\nlines\tand\u2028three", "two lines and three"),
        ("1\u202f234", "1\u00a0234"),
        ("и\u0306", "й"),
        ("55″ ‑ 5′", "55\" - 5'"),
        ("\ud800 \U0001f600", "\ufffd \ufffd"),
    ],
)
def test_a_text_prints_as_it_is_without_what_cannot_be_drawn(stored: str, drawn: str) -> None:
    assert plain(stored) == drawn


@given(st.text(max_size=60))
def test_whatever_the_text_no_control_or_direction_mark_is_drawn_and_drawing_twice_changes_nothing(text: str) -> None:
    drawn = plain(text)
    assert plain(drawn) == drawn
    assert not {unicodedata.category(char) for char in drawn} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert all(ord(char) <= 0xFFFF for char in drawn)


@given(st.text(alphabet="абв Mi-", max_size=120), st.floats(30, 400))
def test_wrapped_lines_fit_and_lose_no_letter(fonts: Fonts, text: str, width: float) -> None:
    face = Face(fonts.regular)
    lines = face.wrap(text, 9, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(face.width(line.strip(), 9) <= width or len(line) == 1 for line in lines)


def test_two_hundred_letters_without_a_space_break_inside_the_word(fonts: Fonts) -> None:
    face = Face(fonts.regular)
    lines = face.wrap("Ж" * 200, 9, 100)
    assert len(lines) > 10
    assert max(face.width(line, 9) for line in lines) <= 100 < WIDTH


def test_no_text_runs_past_the_margins_or_into_the_footer(
    shift: Callable[..., ShiftReportData], fonts: Fonts, voices: dict[str, Voice], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[float, float, float]] = []
    draw = Sheet._draw_page

    def spy(sheet: Sheet, canvas: object, runs: Sequence[Any], lines: Sequence[Any]) -> None:
        drawn.extend((run.x, run.x + sheet.width(run.text, run.size, run.weight), run.y) for run in runs)
        draw(sheet, canvas, runs, lines)

    monkeypatch.setattr(Sheet, "_draw_page", spy)
    name = "Ж" * 200
    data = shift(40)
    heading = replace(
        data.heading, company=name, store=name, counter=name, shift_number=name, responsible=name, override_reason=name
    )
    people = tuple(replace(row, name=name, department=name) for row in data.people)
    hostile = replace(data, heading=heading, people=people, cashier=name, supervisor=name)
    for language in ("ru", "en"):
        shift_report_pdf(hostile, fonts, voices[language])
    assert len(drawn) > 500
    assert min(left for left, _, _ in drawn) >= MARGIN_X - 0.01
    assert max(right for _, right, _ in drawn) <= MARGIN_X + WIDTH + 0.6
    assert min(y for _, _, y in drawn) > 20
