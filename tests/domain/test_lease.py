"""A lease counts up whatever is done to the clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.lease import SLACK_MS, Counted, Stage, Terms

TERMS = Terms()
JUMPS = st.integers(-4_000 * DAY_MS, 4_000 * DAY_MS)


@given(st.lists(st.tuples(st.integers(0, DAY_MS), JUMPS), max_size=30))
def test_a_program_that_runs_counts_at_least_what_passed(steps: list[tuple[int, int]]) -> None:
    counted, ran, wall = Counted(0, 10_000 * DAY_MS), 0, 10_000 * DAY_MS
    for passed, jump in steps:
        ran += passed
        wall += passed + jump
        after = counted.grown(wall, TERMS, run_ms=passed)
        assert after.ms >= counted.ms
        counted = after
    assert counted.ms >= ran


@given(st.lists(st.integers(0, 40 * DAY_MS), min_size=1, max_size=10))
def test_a_clock_that_goes_right_counts_what_passed_and_no_more(nights: list[int]) -> None:
    counted, wall = Counted(0, 0), 0
    for night in nights:
        wall += night
        counted = counted.grown(wall, TERMS)
    assert counted.ms == sum(nights)


@given(st.integers(0, 13 * DAY_MS), st.integers(SLACK_MS + 1, 4_000 * DAY_MS))
def test_the_second_time_a_clock_is_found_set_back_the_data_are_locked(before: int, back: int) -> None:
    first = Counted(before, 5_000 * DAY_MS).grown(5_000 * DAY_MS - back, TERMS)
    assert TERMS.stage(first.ms) in {Stage.WARN, Stage.LOCKED}
    assert TERMS.stage(first.grown(first.wall_ms - back, TERMS).ms) is Stage.LOCKED


def test_a_lease_shorter_than_the_lock_is_as_long_as_it() -> None:
    assert Terms(10, 14, 3).stage(13 * DAY_MS) is Stage.WARN
    assert Terms(10, 14, 3).stage(14 * DAY_MS) is Stage.ERASED
