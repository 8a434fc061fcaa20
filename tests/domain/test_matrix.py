"""What a cell of the matrix needs, and which claims may be said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.matrix import (
    CompetitiveClaim,
    Decision,
    Words,
    approval_faults,
    boasts,
    cells,
    rejection_fault,
)

TODAY = 20_000
TOGETHER = Words("снимаете без пауз", "you shoot without pauses")
OWN = (Words("ёмкость 1040 мА·ч", "1,040 mAh"), Words("видоискатель", "a viewfinder"))
CLAIM = CompetitiveClaim(
    versus=Words("карты V30", "the V30 card"),
    fact=Words("пишет 60 МБ/с, та — 90", "writes 60 MB/s, that one 90"),
    is_worse=True,
    source="паспорт, с. 4",
    dated_day=TODAY - 10,
    valid_until_day=TODAY,
)


def faults(emergent: Words = TOGETHER, core: int = 1, item: int = 1, approver: str | None = "head") -> list[str]:
    found = approval_faults(emergent, OWN, core_benefits=core, item_benefits=item, author="author", approver=approver)
    return [str(one) for one in found]


def test_a5_no_approved_benefit_no_combination() -> None:
    assert faults() == []
    assert faults(core=0) == ["The core has no approved benefit for the customer."]
    assert faults(item=0) == ["The periphery has no approved benefit for the customer."]


@pytest.mark.parametrize("praise", ["Уникальный снимок", "Лучшее качество вместе"])
def test_a5_praise_without_a_fact_is_refused(praise: str) -> None:
    assert boasts(praise)
    assert len(faults(Words(praise, "sharper pictures at dusk"))) == 1
    assert boasts("Держит 90 Н при 40 °C, паспорт с. 3") == ()


@given(st.integers(0, 7), st.integers(0, 7), st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_a7_n_cores_and_m_peripheries_have_exactly_n_times_m_cells(
    n: int, m: int, decided: set[tuple[int, int]]
) -> None:
    matrix = cells(range(n), range(m), {pair: Decision("approved") for pair in decided})
    assert len(matrix) == n * m
    for pair, cell in matrix.items():
        assert cell.status == ("approved" if pair in decided else "undecided")


def test_a7_a_rejection_needs_a_reason() -> None:
    assert rejection_fault("  ") is not None
    assert rejection_fault("другой разъём") is None


@pytest.mark.parametrize(
    "emergent", [Words("", ""), Words("снимаете без пауз", " "), OWN[0], Words("Видоискатель.", "something of its own")]
)
def test_a8_what_appears_only_together_is_said_in_both_languages_and_repeats_neither_product(emergent: Words) -> None:
    assert len(faults(emergent)) == 1


@pytest.mark.parametrize("approver", ["author", None])
def test_nobody_approves_what_he_wrote(approver: str | None) -> None:
    assert faults(approver=approver) == ["Somebody else than the author must approve it."]


@pytest.mark.parametrize(
    "claim",
    [
        replace(CLAIM, source=" "),
        replace(CLAIM, dated_day=None),
        replace(CLAIM, dated_day=TODAY + 1),
        replace(CLAIM, versus=Words("", "the V30 card")),
        replace(CLAIM, valid_until_day=TODAY - 1),
    ],
)
def test_a6_a_claim_without_source_or_date_or_past_its_day_is_not_said(claim: CompetitiveClaim) -> None:
    assert CLAIM.may_be_said(TODAY)
    assert not claim.may_be_said(TODAY)


def test_a6_it_also_says_where_ours_is_worse() -> None:
    assert str(CLAIM.said("en")) == "Weaker than the V30 card: writes 60 MB/s, that one 90"
    assert str(replace(CLAIM, is_worse=False).said("en")).startswith("Better than the V30 card")
    assert not CLAIM.may_be_said(TODAY + 1)
