"""Names: what of them can be seen, and what is no name at all."""

from __future__ import annotations

import pytest

from crosssell_desktop.domain.names import is_no_name, visible_name


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("  Иван\t Петров\n", "Иван Петров"),
        ("\x1b[31mИван\x1b[0m", "Иван"),
        ("\x1b]0;title\x07Иван", "Иван"),
        ("\x9b31mИван\x00", "Иван"),
        ("\u202eИван\u202c\u2066\u200f", "Иван"),
        ("И\u200bв\u00adа\ufeffн\u3164\u2800", "Иван"),
        ("Пётр\u00a0Ильич", "Пётр Ильич"),
        ("Пе\u0308тр", "Пётр"),
        ("Zoë O'Neill-Şahin", "Zoë O'Neill-Şahin"),
        ("김민준", "김민준"),
        ("\u200b\u3164\u2800\x07", ""),
        ("\u0301", ""),
        ("", ""),
    ],
)
def test_of_a_name_only_what_can_be_seen_is_kept(told: str, kept: str) -> None:
    assert visible_name(told) == kept
    assert visible_name(kept) == kept


def test_a_phone_an_address_and_no_letter_are_no_names() -> None:
    names = ("Пётр I", "Магазин 24", "Ян 916-111", "김민준", "89161112233", "Олег 8 916 111", "a@b.ru", "—", "12")
    assert [is_no_name(told) for told in names] == [False] * 4 + [True] * 5
