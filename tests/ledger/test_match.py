from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.ledger.credit import credit_line, credit_lines
from crosssell_desktop.ledger.facts import LineFacts, PassFacts, ReturnFacts
from crosssell_desktop.ledger.match import match_assists
from crosssell_desktop.ledger.policy import AssistPolicy

Line = Callable[..., LineFacts]
Pass = Callable[..., PassFacts]
Ident = Callable[[int, int], Any]
POLICY = AssistPolicy()
HOUR_MS = 3_600_000
NOON = 100 * DAY_MS


def count(line: LineFacts, *passes: PassFacts, others: tuple[LineFacts, ...] = ()) -> int:
    return len(match_assists(line, passes, others, POLICY))


def test_a_fitting_pass_of_the_same_customer_is_an_assist(a_line: Line, a_pass: Pass) -> None:
    assert count(a_line(), a_pass()) == 1


def test_a_slip_code_finds_an_anonymous_customer(a_line: Line, a_pass: Pass) -> None:
    line = a_line(customer_id=None, pass_codes=("K1ABCDEF7",))
    assert count(line, a_pass(customer_id=None, code="K1ABCDEF7")) == 1
    assert count(line, a_pass(customer_id=None, code="K1ABCDEF8")) == 0


def test_two_anonymous_customers_are_not_one(a_line: Line, a_pass: Pass) -> None:
    assert count(a_line(customer_id=None), a_pass(customer_id=None)) == 0


def test_a_pass_for_the_product_or_for_a_category_above_it_fits(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    assert count(a_line(), a_pass(category_id=None, product_id=ident(5, 1))) == 1
    assert count(a_line(), a_pass(category_id=ident(6, 100))) == 1
    assert count(a_line(), a_pass(category_id=ident(6, 2))) == 0
    assert count(a_line(), a_pass(category_id=None, product_id=ident(5, 2))) == 0


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a blanket pass (G4)", {"category_id": None}),
        ("a void pass", {"is_void": True}),
        ("help without a sale", {"kind": "help"}),
        ("a pass 59 s before the line", {"created_at_ms": NOON - 59_000}),
        ("a pass after the line (I6)", {"created_at_ms": NOON + 1}),
        ("a pass 15 full days old", {"created_at_ms": NOON - 15 * DAY_MS}),
    ],
)
def test_is_no_assist(a_line: Line, a_pass: Pass, name: str, changes: dict[str, object]) -> None:
    assert count(a_line(), a_pass(**changes)) == 0, name


def test_a_pass_exactly_a_minute_old_and_one_of_the_fourteenth_day_count(a_line: Line, a_pass: Pass) -> None:
    assert count(a_line(), a_pass(created_at_ms=NOON - 60_000)) == 1
    assert count(a_line(), a_pass(created_at_ms=NOON - 15 * DAY_MS + 1)) == 1


def test_a_pass_to_oneself_is_no_assist_g1(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    assert count(a_line(), a_pass(from_person_id=ident(1, 1))) == 0


def test_an_employee_card_carries_no_assist_g3(a_line: Line, a_pass: Pass) -> None:
    credit = credit_line(a_line(is_employee_card=True), [a_pass()], (), POLICY)
    assert [entry.role for entry in credit.entries] == ["closer"]


def test_a_line_below_the_minimum_carries_no_assist(a_line: Line, a_pass: Pass) -> None:
    assert count(a_line(amount_minor=299_99), a_pass()) == 0
    assert count(a_line(amount_minor=300_00), a_pass()) == 1


def test_only_the_latest_pass_of_each_person_and_the_newest_two_count(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    passes = [
        a_pass(pass_id=ident(8, n), from_person_id=ident(1, who), created_at_ms=NOON - hours * HOUR_MS)
        for n, (who, hours) in enumerate([(2, 1), (2, 2), (3, 3), (4, 4)])
    ]
    found = match_assists(a_line(), passes, (), POLICY)
    assert [assist.passed.pass_id for assist in found] == [ident(8, 0), ident(8, 2)]


def test_policy_may_allow_no_or_one_assist(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    passes = [a_pass(), a_pass(pass_id=ident(8, 2), from_person_id=ident(1, 3))]
    for allowed in (0, 1, 2):
        assert len(match_assists(a_line(), passes, (), AssistPolicy(max_assists=allowed))) == allowed


def between(a_line: Line, ident: Ident, **changes: object) -> LineFacts:
    values: dict[str, object] = {
        "line_id": ident(3, 50),
        "receipt_id": ident(4, 50),
        "closer_id": ident(1, 9),
        "added_at_ms": NOON - 600_000,
    }
    return a_line(**(values | changes))


def test_a_sale_of_the_category_by_a_third_person_in_between_breaks_the_chain(
    a_line: Line, a_pass: Pass, ident: Ident
) -> None:
    assert count(a_line(), a_pass(), others=(between(a_line, ident),)) == 0


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("by the closer himself", {"closer_id": (1, 1)}),
        ("by the passer himself", {"closer_id": (1, 2)}),
        ("on the same receipt", {"receipt_id": (4, 1)}),
        ("to another customer", {"customer_id": (7, 2)}),
    ],
)
def test_a_sale_in_between_does_not_break_the_chain(
    a_line: Line, a_pass: Pass, ident: Ident, name: str, kinds: dict[str, tuple[int, int]]
) -> None:
    other = between(a_line, ident, **{field: ident(*key) for field, key in kinds.items()})
    assert count(a_line(), a_pass(), others=(other,)) == 1, name


def test_another_category_or_time_does_not_break_the_chain(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    for changes in ({"category_ids": (ident(6, 3),)}, {"added_at_ms": NOON - 2 * HOUR_MS}, {"added_at_ms": NOON + 1}):
        assert count(a_line(), a_pass(), others=(between(a_line, ident, **changes),)) == 1


def test_the_chain_of_an_anonymous_customer_breaks_by_his_slip(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    codes = ("K1ABCDEF7",)
    line = a_line(customer_id=None, pass_codes=codes)
    passed = a_pass(customer_id=None, code=codes[0])
    other = between(a_line, ident, customer_id=None, pass_codes=codes)
    assert count(line, passed, others=(other,)) == 0
    assert count(line, passed, others=(between(a_line, ident, customer_id=None),)) == 1


def test_the_recompute_finds_the_third_person_among_all_lines(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    line, other = a_line(), between(a_line, ident)
    whole = {credit.pool.line_id: credit for credit in credit_lines([line, other], [a_pass()], [POLICY])}
    assert whole[line.line_id].assists_given == 0
    assert whole[other.line_id].assists_given == 1


def test_two_different_facts_with_one_id_are_refused(a_line: Line, a_pass: Pass) -> None:
    with pytest.raises(ValueError, match="two different facts carry one id: line_id"):
        credit_lines([a_line(), a_line(amount_minor=1)], [], [POLICY])
    with pytest.raises(ValueError, match="two different facts carry one id: pass_id"):
        credit_lines([a_line()], [a_pass(), a_pass(is_void=True)], [POLICY])


def test_facts_refuse_what_is_no_sale_and_no_return(a_line: Line, ident: Ident) -> None:
    with pytest.raises(ValueError, match="no negative amount"):
        a_line(amount_minor=-1)
    with pytest.raises(ValueError, match="more than nothing"):
        ReturnFacts(ident(9, 1), ident(3, 1), 0, NOON)


def test_a_third_person_told_only_by_the_slip_of_the_pass_breaks_the_chain_in_the_recompute(
    a_line: Line, a_pass: Pass, ident: Ident
) -> None:
    line, passed = a_line(), a_pass(code="K1ABCDEF7")
    other = between(a_line, ident, customer_id=None, pass_codes=("K1ABCDEF7",))
    whole = {credit.pool.line_id: credit for credit in credit_lines([other, line], [passed], [POLICY])}
    assert whole[line.line_id].assists_given == 0


def test_an_anonymous_third_sale_by_the_same_slip_breaks_the_chain_in_the_recompute(
    a_line: Line, a_pass: Pass, ident: Ident
) -> None:
    codes = ("K1ABCDEF7", "K2ABCDEF7")
    line = a_line(customer_id=None, pass_codes=codes)
    passed = a_pass(customer_id=None, code=codes[0])
    other = between(a_line, ident, customer_id=None, pass_codes=codes[1:])
    whole = {credit.pool.line_id: credit for credit in credit_lines([other, line], [passed], [POLICY])}
    assert whole[line.line_id].assists_given == 0


def test_passes_of_one_moment_are_chosen_alike_in_any_order(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    passes = [
        a_pass(pass_id=ident(8, number), from_person_id=ident(1, who))
        for number, who in ((5, 2), (3, 2), (9, 4), (1, 3))
    ]
    for order in (passes, passes[::-1], [passes[1], passes[3], passes[0], passes[2]]):
        found = match_assists(a_line(), order, (), POLICY)
        assert [assist.passed.pass_id for assist in found] == [ident(8, 3), ident(8, 1)]
