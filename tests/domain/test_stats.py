from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.stats import wilson


def test_the_interval_of_fixture_k1() -> None:
    low, high = wilson(44, 110)
    assert (round(low, 4), round(high, 4)) == (0.3133, 0.4934)


def test_nothing_seen_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_all_or_none_touch_the_edge() -> None:
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_what_is_no_share_is_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(successes, n)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_both_ends_solve_its_equation(pair: tuple[int, int]) -> None:
    successes, n = pair
    low, high = wilson(successes, n)
    share = successes / n
    assert 0 <= low <= share <= high <= 1
    for end in (low, high):
        if 0 < end < 1:  # (share - end)² n = z² end (1 - end)
            assert (share - end) ** 2 * n == pytest.approx(1.959964**2 * end * (1 - end), rel=1e-6, abs=1e-9)
