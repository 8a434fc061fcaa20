"""The worked fixture of the domain rules, section 1, to the kopeck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.spoken import MoneyValue, ShareValue, pack, unpack
from crosssell_desktop.domain.text import Text
from crosssell_desktop.ledger.credit import LineCredit, credit_line
from crosssell_desktop.ledger.facts import LineFacts, PassFacts, ReturnFacts
from crosssell_desktop.ledger.policy import AssistPolicy
from crosssell_desktop.ledger.reversal import reverse_line

Line = Callable[..., LineFacts]
Pass = Callable[..., PassFacts]
Ident = Callable[[int, int], Any]
HOUR_MS = 3_600_000


def amounts(credit: LineCredit) -> list[int]:
    return [entry.amount_minor for entry in credit.entries]


def two_passes(a_pass: Pass, ident: Ident, at_ms: int) -> list[PassFacts]:
    return [
        a_pass(created_at_ms=at_ms - HOUR_MS),
        a_pass(pass_id=ident(8, 2), from_person_id=ident(1, 3), created_at_ms=at_ms - 2 * HOUR_MS),
    ]


def test_a_goal_alone_keeps_the_whole_pool(a_line: Line) -> None:
    credit = credit_line(a_line(), (), (), AssistPolicy())
    assert credit.pool.base_minor == 2_860_66
    assert credit.pool.pool_minor == credit.pool.pool_final_minor == 85_82
    assert credit.pool.uplift_bps == 0
    assert amounts(credit) == [85_82]


def test_one_assist_of_another_department_the_same_day(a_line: Line, a_pass: Pass) -> None:
    credit = credit_line(a_line(), [a_pass()], (), AssistPolicy())
    assert credit.pool.pool_final_minor == 111_57
    assert amounts(credit) == [78_10, 33_47]
    assert [entry.role for entry in credit.entries] == ["closer", "assist1"]


def test_one_assist_of_the_same_department_raises_nothing(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    credit = credit_line(a_line(), [a_pass(from_department_id=ident(2, 1))], (), AssistPolicy())
    assert credit.pool.pool_final_minor == 85_82
    assert sum(amounts(credit)) == 85_82


def test_two_assists(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    line = a_line()
    credit = credit_line(line, two_passes(a_pass, ident, line.added_at_ms), (), AssistPolicy())
    assert amounts(credit) == [66_94, 27_89, 16_74]
    assert [entry.person_id for entry in credit.entries] == [ident(1, 1), ident(1, 2), ident(1, 3)]


def test_an_assist_eight_days_old_is_worth_half(a_line: Line, a_pass: Pass) -> None:
    line = a_line()
    old = a_pass(created_at_ms=line.added_at_ms - 8 * DAY_MS - HOUR_MS)
    credit = credit_line(line, [old], (), AssistPolicy())
    assert amounts(credit) == [94_83, 16_74]
    assert credit.assists[0].age_days == 8


def test_three_days_later_story_t13(a_line: Line, a_pass: Pass) -> None:
    line = a_line()
    credit = credit_line(line, [a_pass(created_at_ms=line.added_at_ms - 3 * DAY_MS)], (), AssistPolicy())
    assert [entry.weight_bps for entry in credit.entries] == [7_540, 2_460]
    assert sum(amounts(credit)) == 111_57


def test_returns_of_one_two_and_three_pieces(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    line = a_line()
    credit = credit_line(line, two_passes(a_pass, ident, line.added_at_ms), (), AssistPolicy())
    pieces = [1_163_33, 1_163_34, 1_163_33]
    returns = [
        ReturnFacts(ident(9, i), line.line_id, minor, line.added_at_ms + (i + 1) * HOUR_MS)
        for i, minor in enumerate(pieces)
    ]
    expected = [(37_19, [22_31, 9_30, 5_58]), (74_38, [44_63, 18_59, 11_16]), (111_57, [66_94, 27_89, 16_74])]
    for count, (total, by_person) in enumerate(expected, start=1):
        posted = reverse_line(line, credit, returns[:count])
        taken = [
            -sum(entry.amount_minor for entry in posted if entry.person_id == earned.person_id)
            for earned in credit.entries
        ]
        assert taken == by_person
        assert sum(taken) == total


def test_the_alabama_case_posts_a_kopeck_back_and_still_ends_at_zero(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    policy = AssistPolicy(
        rate_periphery_bps=10_000, uplift_bps=0, min_line_minor=0, shares_two_bps=(5_294, 2_941, 1_765)
    )
    line = a_line(amount_minor=17, vat_bps=0)
    credit = credit_line(line, two_passes(a_pass, ident, line.added_at_ms), (), policy)
    assert amounts(credit) == [9, 5, 3]
    returns = [
        ReturnFacts(ident(9, 1), line.line_id, 8, line.added_at_ms + 1),
        ReturnFacts(ident(9, 2), line.line_id, 1, line.added_at_ms + 2),
        ReturnFacts(ident(9, 3), line.line_id, 8, line.added_at_ms + 3),
    ]
    first = reverse_line(line, credit, returns[:1])
    assert [entry.amount_minor for entry in first] == [-4, -2, -2]
    second = reverse_line(line, credit, returns[:2])[len(first) :]
    assert [(entry.role, entry.amount_minor) for entry in second] == [("closer", -1), ("assist1", -1), ("assist2", 1)]
    everything = [*credit.entries, *reverse_line(line, credit, returns)]
    for entry in credit.entries:
        assert sum(e.amount_minor for e in everything if e.person_id == entry.person_id) == 0


def test_the_explanation_says_the_sum_it_comes_from(a_line: Line, a_pass: Pass) -> None:
    closer, assist = credit_line(a_line(), [a_pass()], (), AssistPolicy()).entries
    assert str(closer.explain) == "pool ₽111.57 × 70% = ₽78.09, +1 kop. remainder = ₽78.10; goal"
    assert str(assist.explain).startswith("pool ₽111.57 × 30% = ₽33.47; pass: ")


def test_an_old_pass_explains_its_decay(a_line: Line, a_pass: Pass) -> None:
    line = a_line()
    credit = credit_line(line, [a_pass(created_at_ms=line.added_at_ms - 8 * DAY_MS)], (), AssistPolicy())
    assert str(credit.entries[1].explain).endswith("; 30% × 50% after 8 d")


@pytest.mark.parametrize("is_across", [True, False])
def test_the_pool_explains_itself(a_line: Line, a_pass: Pass, *, is_across: bool) -> None:
    credit = credit_line(a_line(), [a_pass()] if is_across else [], (), AssistPolicy())
    expected = "without VAT ₽2,860.66 × 3% = ₽85.82" + (", another department +30% = ₽111.57" if is_across else "")
    assert str(credit.pool.explain) == expected


def recomputed(explain: Text) -> int:
    """Redo the sum of an explanation from the numbers in its sentence alone."""
    pool, share, floor = (explain.values[name] for name in ("pool", "share", "floor"))
    assert isinstance(pool, MoneyValue)
    assert isinstance(share, ShareValue)
    assert isinstance(floor, MoneyValue)
    assert floor.minor == pool.minor * share.bps // 10_000
    rest = explain.values.get("rest", 0)
    assert isinstance(rest, int)
    return floor.minor + rest


def test_every_explanation_recomputes_to_its_amount(a_line: Line, a_pass: Pass, ident: Ident) -> None:
    for amount in range(300_00, 330_00, 97):
        for days in (0, 3, 8, 14):
            line = a_line(amount_minor=amount)
            passes = two_passes(a_pass, ident, line.added_at_ms - days * DAY_MS)
            for entry in credit_line(line, passes, (), AssistPolicy()).entries:
                assert recomputed(entry.explain) == entry.amount_minor
                assert unpack(pack(entry.explain)) == entry.explain


def test_a_reversal_explains_what_was_taken_before(a_line: Line, ident: Ident) -> None:
    line = a_line()
    credit = credit_line(line, (), (), AssistPolicy())
    returns = [
        ReturnFacts(ident(9, 1), line.line_id, 1_163_33, line.added_at_ms + 1),
        ReturnFacts(ident(9, 2), line.line_id, 2_326_67, line.added_at_ms + 2),
    ]
    first, second = reverse_line(line, credit, returns)
    assert str(first.explain) == (
        "return of ₽953.55 of ₽2,860.66: ₽28.61 of the pool ₽85.82, of it ₽28.61 of ₽85.82 = \u2212₽28.61"
    )
    assert str(second.explain).endswith("₽28.61 taken back before = \u2212₽57.21")
