from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.suggest.stats import lift, two_proportions, wilson


def test_k2_confidence_has_the_bounds_of_the_fixture() -> None:
    share = wilson(24, 40)
    assert (share.value, round(share.low, 3), round(share.high, 3)) == (0.6, 0.446, 0.737)
    assert lift(24, 40, 30, 100) == pytest.approx(2.0)
    assert wilson(24, 30).value == pytest.approx(0.8)


def test_three_of_four_say_almost_nothing() -> None:
    share = wilson(3, 4)
    assert (round(share.low, 2), round(share.high, 2)) == (0.30, 0.95)


def test_the_two_proportion_test_gives_the_z_of_the_domain_example() -> None:
    test = two_proportions(4, 310, 31, 640)
    assert round(test.z, 2) == -2.73
    assert test.p == pytest.approx(0.0063, abs=2e-4)


def test_shares_that_cannot_be_are_refused() -> None:
    for hits, n in ((-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="no share"):
            wilson(hits, n)
    with pytest.raises(ValueError, match="cannot be compared"):
        two_proportions(1, 0, 1, 2)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert two_proportions(0, 5, 0, 9).p == 1.0


@given(st.integers(0, 400), st.integers(0, 400))
def test_bounds_enclose_the_share(hits: int, missed: int) -> None:
    share = wilson(hits, hits + missed)
    assert 0.0 <= share.low <= share.value <= share.high <= 1.0
