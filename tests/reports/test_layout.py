from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.reports.layout import WIDTH, Face, Fonts, plain


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
