from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import CategoryId
from crosssell_desktop.ledger.policy import AssistPolicy, policy_at

CASES = CategoryId(UUID(int=1))
PHONES = CategoryId(UUID(int=2))


def test_the_defaults_are_those_of_the_domain_rules() -> None:
    policy = AssistPolicy()
    assert [policy.rate_bps(role) for role in ("core", "periphery", "service")] == [100, 300, 300]
    assert (policy.uplift_bps, policy.window_days, policy.max_assists, policy.vest_days) == (3_000, 14, 2, 15)
    assert (policy.min_line_minor, policy.min_age_ms) == (300_00, 60_000)
    assert (policy.shares_one_bps, policy.shares_two_bps) == ((7_000, 3_000), (6_000, 2_500, 1_500))


def test_the_decay_table_halves_every_seven_days_and_ends_with_the_window() -> None:
    policy = AssistPolicy()
    for days, worth in {0: 10_000, 1: 10_000, 2: 9_057, 8: 5_000, 14: 2_760, 15: 0, 400: 0}.items():
        assert policy.decay_at(days * DAY_MS) == worth
    assert policy.decay_at(-1) == 0
    for days in range(1, 15):
        assert policy.decay_bps[days] == round(10_000 * 0.5 ** ((days - 1) / 7))


def test_a_shorter_window_ends_before_the_table() -> None:
    policy = AssistPolicy(window_days=7)
    assert policy.decay_at(7 * DAY_MS) == 5_520
    assert policy.decay_at(8 * DAY_MS) == 0


def test_the_nearest_category_with_a_rate_of_its_own_wins() -> None:
    policy = AssistPolicy(category_rates_bps=((PHONES, 50), (CASES, 700)))
    assert policy.rate_bps("periphery", (CASES, PHONES)) == 700
    assert policy.rate_bps("core", (PHONES,)) == 50
    assert policy.rate_bps("core", ()) == 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_core_bps": -1},
        {"category_rates_bps": ((CASES, 10_001),)},
        {"uplift_bps": 10_001},
        {"window_days": 0},
        {"window_days": 41},
        {"max_assists": 3},
        {"shares_one_bps": (7_000, 2_999)},
        {"shares_two_bps": (11_000, -2_000, 1_000)},
        {"decay_bps": (10_001,)},
        {"min_age_ms": 0},
        {"vest_days": -1},
    ],
)
def test_numbers_that_cannot_divide_a_pool_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        AssistPolicy(**wrong)


def test_a_new_policy_leaves_old_lines_alone_i10() -> None:
    first, second = AssistPolicy(), AssistPolicy(version=2, valid_from_ms=1_000, uplift_bps=0)
    assert policy_at([second, first], 999) is first
    assert policy_at([first, second], 1_000) is second
    with pytest.raises(ValueError, match="no assist policy"):
        policy_at([second], 999)
