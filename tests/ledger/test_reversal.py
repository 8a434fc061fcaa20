from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.ledger.credit import credit_line
from crosssell_desktop.ledger.facts import LineFacts, PassFacts, ReturnFacts
from crosssell_desktop.ledger.policy import AssistPolicy
from crosssell_desktop.ledger.reversal import recompute, reverse_line

Line = Callable[..., LineFacts]
Pass = Callable[..., PassFacts]
Ident = Callable[[int, int], Any]
POLICY = AssistPolicy()


def a_return(line: LineFacts, number: int, minor: int, after_ms: int, **kinds: bool) -> ReturnFacts:
    return_id: Any = UUID(int=9 << 64 | number)
    return ReturnFacts(return_id, line.line_id, minor, line.added_at_ms + after_ms, **kinds)


@pytest.mark.parametrize(
    ("after_days", "kinds", "is_reversed"),
    [
        (14, {}, True),
        (15, {}, False),
        (400, {"is_felt_pushed": True}, True),
        (400, {"is_fraud": True}, True),
        (1, {"is_same_product_exchange": True}, False),
        (1, {"is_same_product_exchange": True, "is_felt_pushed": True}, False),
    ],
)
def test_credit_is_taken_back_before_vesting_or_for_a_pushed_sale(
    a_line: Line, after_days: int, kinds: dict[str, bool], *, is_reversed: bool
) -> None:
    line = a_line()
    credit = credit_line(line, (), (), POLICY)
    posted = reverse_line(line, credit, [a_return(line, 1, line.amount_minor, after_days * DAY_MS, **kinds)])
    assert [entry.amount_minor for entry in posted] == ([-85_82] if is_reversed else [])


def test_story_t16_returned_accessories_net_to_zero_and_the_core_keeps_its_credit(
    a_line: Line, a_pass: Pass, ident: Ident
) -> None:
    phone = a_line(line_id=ident(3, 1), role="core", amount_minor=79_990_00, category_ids=(ident(6, 9),))
    glass = a_line(line_id=ident(3, 2), amount_minor=1_490_00)
    returns = [a_return(glass, 1, glass.amount_minor, 20 * 60_000)]
    entries = recompute([phone, glass], [a_pass()], returns, [POLICY])
    by_line = {
        (line.line_id, entry.person_id): sum(
            e.amount_minor for e in entries if (e.line_id, e.person_id) == (line.line_id, entry.person_id)
        )
        for line in (phone, glass)
        for entry in entries
        if entry.line_id == line.line_id
    }
    assert by_line == {
        (glass.line_id, ident(1, 1)): 0,
        (glass.line_id, ident(1, 2)): 0,
        (phone.line_id, ident(1, 1)): 655_66,
    }


def test_returning_more_than_was_sold_is_refused(a_line: Line) -> None:
    line = a_line()
    credit = credit_line(line, (), (), POLICY)
    returns = [a_return(line, 1, line.amount_minor, 1), a_return(line, 2, 1, 2)]
    with pytest.raises(ValueError, match="more is returned than was sold"):
        reverse_line(line, credit, returns)


def test_a_return_of_a_line_nobody_knows_is_refused(a_line: Line) -> None:
    with pytest.raises(ValueError, match="unknown line"):
        recompute([], [], [a_return(a_line(), 1, 1, 1)], [POLICY])


def test_two_different_returns_with_one_id_are_refused(a_line: Line) -> None:
    line = a_line()
    with pytest.raises(ValueError, match="return_id"):
        recompute([line], [], [a_return(line, 1, 1, 1), a_return(line, 1, 2, 1)], [POLICY])


def test_a_line_of_a_kopeck_returns_without_a_base_to_divide_by(a_line: Line) -> None:
    line = a_line(amount_minor=1, vat_bps=30_000)
    credit = credit_line(line, (), (), POLICY)
    assert credit.pool.base_minor == 0
    assert reverse_line(line, credit, [a_return(line, 1, 1, 1)]) == ()


def test_two_returns_of_one_moment_post_the_same_in_any_order(a_line: Line) -> None:
    line = a_line()
    credit = credit_line(line, (), (), POLICY)
    returns = [a_return(line, 2, 100_00, 1), a_return(line, 1, 333_33, 1)]
    posted = reverse_line(line, credit, returns)
    assert [entry.return_id for entry in posted] == [returns[1].return_id, returns[0].return_id]
    assert reverse_line(line, credit, returns[::-1]) == posted


def test_an_equal_fraction_gives_the_kopeck_to_the_earlier_pass_then_to_the_smaller_id(
    a_line: Line, a_pass: Pass, ident: Ident
) -> None:
    policy = AssistPolicy(
        rate_periphery_bps=10_000, uplift_bps=0, min_line_minor=0, shares_two_bps=(5_000, 2_500, 2_500)
    )
    line = a_line(amount_minor=6, vat_bps=0)  # 3 + 1,5 + 1,5: one kopeck is left for one of the assists
    later = a_pass(created_at_ms=line.added_at_ms - 60_000)
    earlier = a_pass(pass_id=ident(8, 2), from_person_id=ident(1, 3), created_at_ms=line.added_at_ms - 60_001)
    credit = credit_line(line, [later, earlier], (), policy)
    assert {entry.person_id: entry.amount_minor for entry in credit.entries[1:]} == {ident(1, 2): 1, ident(1, 3): 2}
    one_moment = a_pass(pass_id=ident(8, 2), from_person_id=ident(1, 3), created_at_ms=later.created_at_ms)
    credit = credit_line(line, [later, one_moment], (), policy)
    assert {entry.person_id: entry.amount_minor for entry in credit.entries[1:]} == {ident(1, 2): 2, ident(1, 3): 1}
    half = AssistPolicy(rate_periphery_bps=10_000, uplift_bps=0, min_line_minor=0, shares_one_bps=(5_000, 5_000))
    odd = a_line(amount_minor=5, vat_bps=0)
    assert [entry.amount_minor for entry in credit_line(odd, [later], (), half).entries] == [3, 2]
    posted = reverse_line(line, credit, [a_return(line, 1, 1, 1), a_return(line, 2, 2, 2)])
    assert sum(entry.amount_minor for entry in posted) == -3
