"""What people type and what a proof says, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fit import FitRule, Operator, Predicate, judge, of_core, of_item
from crosssell_desktop.domain.format import amount, money
from crosssell_desktop.domain.text import Language
from crosssell_desktop.presenters.suggestion_words import MOST_DETAIL, fit_detail, fit_words, quoted
from crosssell_desktop.presenters.wording import typed_amount
from tests.ui.speaking import Speaker


@given(st.integers(0, 10**12), st.sampled_from(["ru", "en"]))
def test_an_amount_is_read_back_as_it_is_shown(minor: int, language: Language) -> None:
    if language == "ru":
        assert typed_amount(money(minor, language)) == minor
        assert typed_amount(amount(minor, language)) == minor
    assert typed_amount(f"{minor // 100}.{minor % 100:02d}") == minor


@pytest.mark.parametrize("typed", ["-5", "1,234,567", "12,345", "1e3", "двадцать", "1 000 руб", "٣", "9" * 13])
def test_what_is_no_amount_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(Refusal, match="not_an_amount"):
        typed_amount(typed)


def test_nothing_typed_is_unknown_and_not_nought() -> None:
    assert typed_amount("  ") is None
    assert typed_amount("0") == 0


def test_a_name_stands_in_the_quotation_marks_of_the_language_and_is_not_inflected() -> None:
    assert quoted("Объектив «Лумира» RF", Speaker("ru")) == "«Объектив „Лумира“ RF»"
    assert quoted("Lumira RF lens", Speaker("en")) == "“Lumira RF lens”"


def rule(operator: Operator, core: str = "mount", item: str = "mount") -> FitRule:
    return FitRule("r", None, None, (Predicate(of_item(item), operator, of_core(core)),), "паспорт, с. 3")


def test_a_shared_attribute_is_said_once_by_its_name_and_never_by_its_key() -> None:
    verdict = judge([rule(Operator.EQ)], {"mount": "RF"}, {"mount": "RF"})
    assert Speaker("ru").say(fit_words(verdict, {"mount": "Байонет"})) == "Байонет: RF у обоих"
    assert Speaker("en").say(fit_words(verdict, {"mount": "Mount"})) == "Mount: RF on both"
    assert fit_detail(verdict) == "RF"


def test_a_comparison_of_numbers_or_a_long_value_is_left_to_the_opened_proof() -> None:
    numbers = judge([rule(Operator.GE, "weight", "load")], {"weight": 17}, {"load": 30})
    assert numbers.answer.passes
    assert fit_detail(numbers) == ""
    long = "x" * (MOST_DETAIL + 1)
    assert fit_detail(judge([rule(Operator.EQ)], {"mount": long}, {"mount": long})) == ""
