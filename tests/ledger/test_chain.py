from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosssell_desktop.domain.ids import CounterId
from crosssell_desktop.ledger.chain import ChainFact, ChainFault, Link, append, build, find_fault, genesis

COUNTER = CounterId(UUID(int=1))
START = genesis(COUNTER)


def facts(count: int) -> list[ChainFact]:
    return [
        ChainFact(i, "line", UUID(int=i), 1_000 * i, {"amount_minor": 100 * i, "person": UUID(int=7), "note": None})
        for i in range(1, count + 1)
    ]


def rows(count: int) -> list[tuple[ChainFact, Link]]:
    made = facts(count)
    return list(zip(made, build(START, made), strict=True))


def test_a_whole_chain_has_no_fault_and_an_empty_one_neither() -> None:
    assert find_fault(START, rows(20)) is None
    assert find_fault(START, []) is None


def test_the_short_head_is_eight_digits_of_the_head() -> None:
    link = append(START, facts(1)[0])
    assert link.short_head == link.head.hex()[:8]


def test_chains_of_two_counters_or_incarnations_share_nothing() -> None:
    assert len({START, genesis(CounterId(UUID(int=2))), genesis(COUNTER, 2)}) == 3


@given(st.integers(2, 12), st.data())
@settings(max_examples=120, deadline=None)
def test_a_changed_row_is_named(count: int, data: st.DataObject) -> None:
    stored = rows(count)
    place = data.draw(st.integers(0, count - 1))
    fact, link = stored[place]
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"kind": "pass"},
                {"at_ms": fact.at_ms + 1},
                {"fact_id": UUID(int=999)},
                {"values": dict(fact.values) | {"amount_minor": 1}},
                {"values": dict(fact.values) | {"note": ""}},
                {"values": {k: v for k, v in fact.values.items() if k != "note"}},
            ],
        ),
    )
    stored[place] = (replace(fact, **change), link)
    assert find_fault(START, stored) == ChainFault(fact.sequence, "content")


@given(st.integers(2, 12), st.data())
@settings(max_examples=60, deadline=None)
def test_a_dropped_or_swapped_row_is_named(count: int, data: st.DataObject) -> None:
    stored = rows(count)
    place = data.draw(st.integers(0, count - 2))
    dropped = stored[:place] + stored[place + 1 :]
    assert find_fault(START, dropped) == ChainFault(place + 1, "gap")
    swapped = [*stored]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    assert find_fault(START, swapped) == ChainFault(place + 1, "gap")


def test_a_rehashed_row_breaks_its_link() -> None:
    stored = rows(5)
    forged = replace(stored[2][0], at_ms=1)
    stored[2] = (forged, replace(stored[2][1], fact_hash=append(stored[1][1].head, forged).fact_hash))
    assert find_fault(START, stored) == ChainFault(3, "link")


def test_a_chain_forged_again_is_told_by_the_anchor() -> None:
    honest = rows(5)
    anchor = (4, honest[3][1].head)
    forged_facts = [replace(fact, at_ms=fact.at_ms + 1) for fact in facts(5)]
    forged = list(zip(forged_facts, build(START, forged_facts), strict=True))
    assert find_fault(START, forged) is None
    assert find_fault(START, forged, anchor=anchor) == ChainFault(4, "link")
    assert find_fault(START, honest, anchor=anchor) is None


def test_a_chain_cut_off_is_told_by_the_anchor() -> None:
    honest = rows(5)
    assert find_fault(START, honest[:3]) is None
    assert find_fault(START, honest[:3], anchor=(5, honest[4][1].head)) == ChainFault(4, "truncated")


def test_a_part_of_a_chain_is_checked_from_a_checkpoint() -> None:
    honest = rows(6)
    assert find_fault(honest[2][1].head, honest[3:], first_sequence=4) is None
    assert find_fault(START, honest[3:], first_sequence=4) == ChainFault(4, "link")


def test_a_float_in_a_fact_is_refused() -> None:
    with pytest.raises(TypeError, match="no canonical encoding"):
        append(START, ChainFact(1, "line", UUID(int=1), 1, {"amount": 1.0}))  # type: ignore[dict-item]
