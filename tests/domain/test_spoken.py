from __future__ import annotations

from uuid import UUID

import pytest

from crosssell_desktop.domain.spoken import (
    DayValue,
    MoneyValue,
    PersonValue,
    ShareValue,
    Voice,
    pack,
    speak,
    unpack,
)
from crosssell_desktop.domain.text import Language, Text

ANNA = UUID(int=5)
TEXT = Text(
    "pool {pool} × {share}; {reason}; {n}",
    {
        "pool": MoneyValue(123_456),
        "share": ShareValue(2_460),
        "reason": Text("pass: {person}, {day}", {"person": PersonValue(ANNA), "day": DayValue(1_773_345_900_000)}),
        "n": 1_000,
    },
)


class Echo:
    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def say(self, text: Text) -> str:
        return str(text)

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return singular if n == 1 else plural


def test_values_take_the_language_the_time_zone_and_the_names_of_the_reader() -> None:
    voice = Voice(Echo("ru"), 300, {ANNA: "Анна К."})
    expected = "pool 1 234,56 ₽ × 24,6 %; pass: Анна К., 13.03; 1 000"
    assert speak(TEXT, voice).replace("\u00a0", " ") == expected
    english = speak(TEXT, Voice(Echo("en"), 0, {ANNA: "Anna K."})).replace("\u00a0", " ")
    assert english == "pool ₽1,234.56 × 24.6%; pass: Anna K., 12 Mar; 1,000"


def test_an_unknown_person_shows_the_short_id_and_a_plain_value_stays() -> None:
    text = Text("{person} {word} {flag}", {"person": PersonValue(ANNA), "word": "a {b} <c>", "flag": True})
    assert speak(text, Voice(Echo("ru"))) == "00000000 a {b} <c> True"


def test_the_text_itself_reads_in_english_for_logs() -> None:
    assert str(TEXT).replace("\u00a0", " ") == "pool ₽1,234.56 × 24.6%; pass: 00000000, 12 Mar; 1,000".replace(
        "1,000", "1000"
    )


def test_a_packed_text_comes_back_equal() -> None:
    plural = Text("{n} receipt", {"n": 3, "who": "Анна"}, "{n} receipts", 3)
    for text in (TEXT, plural):
        assert unpack(pack(text)) == text


def test_what_cannot_be_kept_and_what_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="float cannot be kept"):
        pack(Text("{x}", {"x": 1.5}))
    for wrong in ("3", '{"money": 1}', "[]", '{"text": "a", "values": {"x": [1]}, "plural": null, "count": null}'):
        with pytest.raises(ValueError, match="not a packed text"):
            unpack(wrong)
