"""E3 both ways: fewer returns speak for the offer, more suspend it, and too few cases say nothing."""

from __future__ import annotations

import pytest

from crosssell_desktop.suggest.evidence import fewer_returns
from crosssell_desktop.suggest.evidence.fewer_returns import Returns
from crosssell_desktop.suggest.vocabulary import EvidenceKind
from tests.suggest.shop import TODAY, ask, combination, goods, offered, proof, stopped


def numbers(counts: Returns) -> tuple[tuple[str, int], ...]:
    return (
        ("back", counts.back),
        ("back_without", counts.back_without),
        ("n", counts.n),
        ("n_without", counts.n_without),
    )


def shown_with(counts: Returns) -> tuple[list[str], dict[str, str], list[str]]:
    record = proof(EvidenceKind.FEWER_RETURNS, numbers=numbers(counts), valid_until_day=TODAY)
    answer = ask([goods(1)], [combination(1, evidence=(record,))])
    said = [str(one.text) for suggestion in answer.suggestions for one in suggestion.evidence]
    return offered(answer), stopped(answer), said


def test_a55_e3_says_the_numbers_of_the_domain_rules() -> None:
    skus, _, said = shown_with(Returns(4, 310, 31, 640))
    assert skus == ["S001"]
    assert said == ["returns 1.3% (4 of 310) with it and 4.8% (31 of 640) without; a link, not a proven cause"]
    assert round(fewer_returns.assess(Returns(4, 310, 31, 640)).z, 2) == -2.73


def test_a55_more_returns_with_the_item_suspend_the_combination() -> None:
    skus, removed, _ = shown_with(Returns(31, 310, 10, 640))
    assert skus == []
    assert removed == {"S001": "suspended"}


@pytest.mark.parametrize(
    "counts",
    [Returns(0, 49, 31, 640), Returns(1, 310, 9, 49), Returns(14, 310, 31, 640), Returns(0, 60, 0, 70)],
)
def test_a50_too_few_cases_or_no_difference_prove_nothing(counts: Returns) -> None:
    found = fewer_returns.assess(counts)
    assert not found.shown
    assert not found.against
    skus, removed, _ = shown_with(counts)
    assert skus == []
    assert removed == {"S001": "evidence"}


@pytest.mark.parametrize(("repairs", "stays"), [(30, True), (29, False)])
def test_e6_rests_on_thirty_repairs(repairs: int, stays: bool) -> None:  # noqa: FBT001
    record = proof(EvidenceKind.SERVICE_DATA, n=repairs, valid_until_day=TODAY)
    assert bool(offered(ask([goods(1)], [combination(1, evidence=(record,))]))) is stays


@pytest.mark.parametrize("kind", [EvidenceKind.OWNERSHIP_COST, EvidenceKind.BUNDLE])
def test_a55_what_was_reckoned_with_another_price_is_not_said(kind: EvidenceKind) -> None:
    record = proof(kind, numbers=(("price_minor", 8_000), ("units", 975)), valid_until_day=TODAY)
    assert offered(ask([goods(1, price_minor=8_000)], [combination(1, evidence=(record,))])) == ["S001"]
    answer = ask([goods(1, price_minor=8_100)], [combination(1, evidence=(record,))])
    assert offered(answer) == []
    assert stopped(answer) == {"S001": "evidence"}
