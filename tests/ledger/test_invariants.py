"""I1-I6, I8 and I9 over random histories."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.ledger.credit import CreditEntry, credit_line, credit_lines
from crosssell_desktop.ledger.facts import LineFacts, PassFacts, ReturnFacts
from crosssell_desktop.ledger.policy import AssistPolicy, policy_at
from crosssell_desktop.ledger.reversal import balances, points, recompute, vested


def uid(kind: int, number: int) -> Any:  # noqa: ANN401  # any id type of the domain
    return UUID(int=kind << 64 | number)


@dataclass(frozen=True)
class History:
    lines: list[LineFacts]
    passes: list[PassFacts]
    returns: list[ReturnFacts]
    policies: list[AssistPolicy]


PEOPLE, CATEGORIES = 5, 2
TIMES = st.one_of(
    st.integers(0, 30 * DAY_MS),
    st.integers(0, 30).map(lambda n: n * 60_000),  # close together: equal moments, ages around a minute
)
AGES = st.one_of(
    st.integers(-60_000, 15 * DAY_MS),
    st.sampled_from([0, 59_999, 60_000, DAY_MS, 2 * DAY_MS, 15 * DAY_MS - 1, 15 * DAY_MS]),
)
RARELY = st.integers(0, 9).map(lambda n: n == 9)


@st.composite
def lines_(draw: st.DrawFn, number: int) -> LineFacts:
    is_known = not draw(RARELY)
    return LineFacts(
        line_id=uid(3, number),
        receipt_id=uid(4, draw(st.integers(0, 4))),
        closer_id=uid(1, draw(st.integers(1, PEOPLE))),
        closer_department_id=uid(2, draw(st.integers(1, 2))),
        product_id=uid(5, draw(st.integers(1, 4))),
        category_ids=(uid(6, draw(st.integers(1, CATEGORIES))), uid(6, 100)),
        role=draw(st.sampled_from(["core", "periphery", "service"])),
        amount_minor=draw(st.one_of(st.integers(300_00, 90_000_00), st.integers(0, 400), st.integers(29_900, 30_100))),
        vat_bps=draw(st.sampled_from([0, 1_000, 2_000, 2_200])),
        added_at_ms=draw(TIMES),
        customer_id=uid(7, draw(st.integers(1, 2))) if is_known else None,
        pass_codes=tuple(draw(st.lists(st.sampled_from(["A", "B"]), max_size=2, unique=True))),
        is_employee_card=draw(RARELY),
    )


@st.composite
def passes_(draw: st.DrawFn, number: int, lines: list[LineFacts]) -> PassFacts:
    line = draw(st.sampled_from([lines[0], *lines]))  # aimed at a line, mostly hitting it
    is_blanket = draw(RARELY)
    return PassFacts(
        pass_id=uid(8, number),
        kind=draw(st.sampled_from(["handover", "recommend", "expert", "help"])),
        from_person_id=uid(1, draw(st.integers(1, PEOPLE))),
        from_department_id=uid(2, draw(st.integers(1, 2))),
        created_at_ms=line.added_at_ms - draw(AGES),
        customer_id=draw(st.sampled_from([line.customer_id, None])) if line.pass_codes else line.customer_id,
        code=draw(st.sampled_from([*line.pass_codes, None])),
        product_id=draw(st.sampled_from([None, line.product_id, uid(5, 1)])),
        category_id=None if is_blanket else draw(st.sampled_from([*line.category_ids, uid(6, 2)])),
        is_void=draw(RARELY),
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    lines = [draw(lines_(i)) for i in range(draw(st.integers(1, 5)))]
    passes = [draw(passes_(i, lines)) for i in range(draw(st.integers(0, 8)))]
    returns: list[ReturnFacts] = []
    for line in lines:
        left = line.amount_minor
        for _ in range(draw(st.integers(0, 3))):
            if left == 0:
                break
            part = draw(st.one_of(st.integers(1, left), st.just(left)))
            left -= part
            returns.append(
                ReturnFacts(
                    return_id=uid(9, len(returns)),
                    line_id=line.line_id,
                    returned_minor=part,
                    at_ms=line.added_at_ms + draw(st.integers(0, 20 * DAY_MS)),
                    is_felt_pushed=draw(st.booleans()),
                    is_fraud=draw(RARELY),
                    is_same_product_exchange=draw(RARELY),
                ),
            )
    second = AssistPolicy(
        version=2, valid_from_ms=10 * DAY_MS, uplift_bps=draw(st.integers(0, 10_000)), min_line_minor=0
    )
    return History(lines, passes, returns, [AssistPolicy(), second])


def entries_of(history: History) -> tuple[CreditEntry, ...]:
    return recompute(history.lines, history.passes, history.returns, history.policies)


@given(histories())
@settings(max_examples=150, deadline=None)
def test_the_invariants_hold_in_every_history(history: History) -> None:
    entries = entries_of(history)
    credits_ = {credit.pool.line_id: credit for credit in credit_lines(history.lines, history.passes, history.policies)}
    lines = {line.line_id: line for line in history.lines}
    assert set(credits_) == set(lines)
    passes = {passed.pass_id: passed for passed in history.passes}
    for line_id, credit in credits_.items():
        mine = [entry for entry in entries if entry.line_id == line_id]
        earned = [entry for entry in mine if entry.kind == "earn"]
        assert sum(entry.amount_minor for entry in earned) == credit.pool.pool_final_minor, "I1"
        assert all(entry.amount_minor >= 0 for entry in earned), "I2"
        net: dict[object, int] = defaultdict(int)
        for entry in mine:  # in the order they were posted, the net never falls below 0
            net[entry.person_id] += entry.amount_minor
            assert net[entry.person_id] >= 0, "I2"
        assert len({entry.person_id for entry in earned}) == len(earned), "I4"
        assert len(earned) <= 3, "I5"
        for entry in earned[1:]:
            passed = passes[cast("Any", entry.pass_id)]
            assert passed.created_at_ms < lines[line_id].added_at_ms, "I6"
            assert passed.from_person_id == entry.person_id != lines[line_id].closer_id, "I6"
        assert sum(entry.weight_bps for entry in earned) == 10_000
    assert len({entry.entry_id for entry in entries}) == len(entries)
    assert sum(balances(entries).values()) == sum(entry.amount_minor for entry in entries), "I8"


@given(histories())
@settings(max_examples=80, deadline=None)
def test_a_full_return_nets_everybody_to_zero_i3(history: History) -> None:
    returned: dict[object, int] = defaultdict(int)
    for one in history.returns:
        returned[one.line_id] += one.returned_minor
    full = [
        ReturnFacts(
            uid(10, i), line.line_id, line.amount_minor - returned[line.line_id], line.added_at_ms, is_fraud=True
        )
        for i, line in enumerate(history.lines)
        if line.amount_minor > returned[line.line_id]
    ]
    pushed = [
        ReturnFacts(one.return_id, one.line_id, one.returned_minor, one.at_ms, is_felt_pushed=True)
        for one in history.returns
    ]
    entries = recompute(history.lines, history.passes, [*pushed, *full], history.policies)
    net: dict[tuple[object, object], int] = defaultdict(int)
    for entry in entries:
        net[entry.line_id, entry.person_id] += entry.amount_minor
    assert set(net.values()) <= {0}


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_any_order_and_any_repetition_of_arrival_gives_the_same_entries_i9(
    history: History, rng: random.Random
) -> None:
    expected = entries_of(history)
    lines, passes, returns = (
        [*facts, *rng.sample(facts, len(facts) // 2)] for facts in (history.lines, history.passes, history.returns)
    )
    for facts in (lines, passes, returns):
        rng.shuffle(facts)
    again = recompute(lines, passes, returns, history.policies[::-1])
    assert again == expected
    assert [entry.entry_id for entry in again] == [entry.entry_id for entry in expected]
    assert [entry.explain for entry in again] == [entry.explain for entry in expected]


@given(histories())
@settings(max_examples=40, deadline=None)
def test_goals_and_assists_are_one_point_each(history: History) -> None:
    credits_ = credit_lines(history.lines, history.passes, history.policies)
    scored = points(credits_)
    assert sum(goals for goals, _ in scored.values()) == len(history.lines)
    assert sum(assists for _, assists in scored.values()) == sum(credit.assists_given for credit in credits_)


@given(histories(), st.integers(0, 60 * DAY_MS))
@settings(max_examples=40, deadline=None)
def test_what_is_vested_only_waits_for_its_day(history: History, at_ms: int) -> None:
    entries = entries_of(history)
    expected = sum(entry.amount_minor for entry in entries if entry.at_ms >= 0 and entry.vests_at_ms <= at_ms)
    assert sum(vested(entries, at_ms).values()) == expected
    assert dict(vested(entries, 100 * DAY_MS)) == dict(balances(entries))


@given(histories())
@settings(max_examples=150, deadline=None)
def test_the_index_of_the_recompute_overlooks_no_fact(history: History) -> None:
    for credit in credit_lines(history.lines, history.passes, history.policies):
        line = next(line for line in history.lines if line.line_id == credit.pool.line_id)
        policy = policy_at(history.policies, line.added_at_ms)
        assert credit == credit_line(line, history.passes, history.lines, policy)
