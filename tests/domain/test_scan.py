from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.scan import ScannerSettings, ScanRecogniser, to_latin_layout

CODES = st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ-", min_size=6, max_size=60)


def feed(recogniser: ScanRecogniser, text: str, gaps: list[int], start: int = 1_000) -> int:
    at = start
    for place, char in enumerate(text):
        at += gaps[place - 1] if place else 0
        recogniser.press(char, at)
    return at


@given(CODES, st.data())
def test_a_burst_within_the_limits_is_always_the_code_that_was_scanned(code: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.integers(0, 35), min_size=len(code) - 1, max_size=len(code) - 1))
    recogniser = ScanRecogniser()
    end = feed(recogniser, code, gaps)
    assert recogniser.finish(end + 20) == code


@given(CODES, st.data())
def test_typing_slower_than_the_mean_gap_is_never_a_code(code: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.integers(36, 400), min_size=len(code) - 1, max_size=len(code) - 1))
    recogniser = ScanRecogniser()
    end = feed(recogniser, code, gaps)
    assert recogniser.finish(end + 20) is None


@given(st.text(alphabet="0123456789", min_size=1, max_size=5))
def test_fewer_than_six_characters_are_never_a_code_however_fast(text: str) -> None:
    recogniser = ScanRecogniser()
    end = feed(recogniser, text, [1] * len(text))
    assert recogniser.finish(end + 1) is None


def test_one_long_gap_breaks_a_burst_and_the_rest_begins_anew() -> None:
    recogniser = ScanRecogniser()
    end = feed(recogniser, "460700", [5] * 5)
    assert recogniser.press("1", end + 101) is False
    assert recogniser.length == 1


def test_a_single_jitter_up_to_the_longest_gap_is_forgiven() -> None:
    recogniser = ScanRecogniser()
    end = feed(recogniser, "4607001771562", [5, 5, 100, *[5] * 9])
    assert recogniser.finish(end + 5) == "4607001771562"


def test_a_late_enter_ends_no_scan() -> None:
    recogniser = ScanRecogniser()
    end = feed(recogniser, "4607001771562", [5] * 12)
    assert recogniser.finish(end + 101) is None


def test_the_prefix_is_taken_off_and_may_be_missing() -> None:
    for typed in ("~4607001771562", "4607001771562"):
        recogniser = ScanRecogniser(ScannerSettings(prefix="~"))
        end = feed(recogniser, typed, [5] * len(typed))
        assert recogniser.finish(end + 5) == "4607001771562"


def test_without_a_suffix_silence_ends_the_scan() -> None:
    recogniser = ScanRecogniser(ScannerSettings(suffix="none"))
    end = feed(recogniser, "4607001771562", [5] * 12)
    assert recogniser.idle(end + 149) is None
    assert recogniser.idle(end + 150) == "4607001771562"
    assert recogniser.idle(end + 400) is None


def test_with_a_suffix_silence_is_no_scan() -> None:
    recogniser = ScanRecogniser()
    end = feed(recogniser, "4607001771562", [5] * 12)
    assert recogniser.idle(end + 150) is None
    assert recogniser.finish(end + 151) is None


def test_a_code_scanned_in_the_russian_layout_comes_back_in_latin() -> None:
    assert to_latin_layout("ДЗ-У17") == "LP-E17"
    assert to_latin_layout("йцукенгшщзхъфывапролджэячсмитьбюё") == "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
    assert to_latin_layout('K1AB"3;') == 'K1AB"3;'


@given(st.text(alphabet=[chr(code) for code in range(32, 127)], max_size=80))
def test_a_code_in_latin_is_left_alone(code: str) -> None:
    assert to_latin_layout(code) == code
