from __future__ import annotations

from dataclasses import replace

import pytest

from crosssell_desktop.domain.kpi import (
    Counts,
    LineCount,
    Ratio,
    ReceiptCount,
    acceptance,
    count_receipts,
    kpis,
    share_figure,
)
from crosssell_desktop.domain.money import without_vat

K1 = Counts(
    visitors=320,
    receipts=80,
    sold_minor=1_240_000_00,
    returned_minor=40_000_00,
    units_milli=196_000,
    lines=168,
    core_units_milli=60_000,
    core_receipts=58,
    attached_units_milli=93_000,
    attached_receipts=41,
    eligible_receipts=58,
    decided_receipts=50,
    mixed_receipts=30,
    identified_receipts=48,
    offers_shown=110,
    offers_accepted=44,
    passes_sent=12,
    passes_accepted=9,
    passes_credited=6,
    help_acts=4,
    worked_minutes=960,
    net_ex_vat_minor=without_vat(1_200_000_00, 2_200),
    cost_minor=720_000_00,
    stock_minor=4_000_000_00,
)


def test_fixture_k1_every_figure() -> None:
    figures = kpis(K1)
    assert figures.conversion.bps == 2_500
    assert not figures.conversion_by_consultations
    assert figures.atv.minor == 15_500_00
    assert figures.upt.hundredths == 245
    assert figures.lpt.hundredths == 210
    assert figures.attach_receipts.scaled(1_000) == 707
    assert figures.attach_units.bps == 15_500
    assert figures.cross_sell.bps == 3_750
    assert figures.acceptance is not None
    assert (figures.acceptance.bps, figures.acceptance.low_bps, figures.acceptance.high_bps) == (4_000, 3_133, 4_934)
    assert figures.margin is not None
    assert figures.margin.numerator == 263_606_56
    assert figures.margin.scaled(1_000) == 268
    assert figures.gmroi is not None
    assert figures.gmroi.scaled(1_000) == 66
    assert Ratio(figures.gmroi.numerator * 12, figures.gmroi.denominator).hundredths == 79
    assert figures.return_rate.bps == 323
    assert figures.identified.bps == 6_000
    assert figures.pass_conversion.bps == 5_000
    assert figures.help_per_8_hours.hundredths == 200


def test_a_figure_without_a_denominator_is_none_never_zero() -> None:
    figures = kpis(Counts(visitors=0))
    for name in (
        "conversion", "atv", "upt", "lpt", "attach_receipts", "attach_units", "cross_sell", "coverage",
        "return_rate", "pass_conversion", "identified", "help_per_8_hours", "reversed_decisions",
    ):  # fmt: skip
        assert getattr(figures, name).bps is None, name
    assert [figures.acceptance, figures.margin, figures.gmroi] == [None, None, None]


def test_without_a_visitor_counter_consultations_stand_in_and_say_so() -> None:
    figures = kpis(replace(K1, visitors=None, consultations=100, consultations_with_sale=40))
    assert figures.conversion_by_consultations
    assert figures.conversion.bps == 4_000


@pytest.mark.parametrize(("decided", "is_shown"), [(46, False), (47, True), (58, True)])
def test_acceptance_is_hidden_below_80_percent_coverage_g9(decided: int, *, is_shown: bool) -> None:
    assert (acceptance(replace(K1, decided_receipts=decided)) is not None) == is_shown


def test_acceptance_of_nothing_shown_is_none() -> None:
    assert acceptance(replace(K1, offers_shown=0, offers_accepted=0)) is None
    assert share_figure(0, 0) is None


def core(**changes: object) -> LineCount:
    values: dict[str, object] = {
        "role": "core",
        "qty_milli": 1_000,
        "amount_minor": 10_000_00,
        "business_line": "phones",
    }
    return LineCount(**(values | changes))  # type: ignore[arg-type]


def test_receipts_are_counted_by_their_definitions() -> None:
    case = core(role="periphery", amount_minor=990_00, business_line="cases", is_attached=True, qty_milli=2_000)
    loose = core(role="periphery", amount_minor=500_00)
    gift_card = core(role="periphery", amount_minor=5_000_00, is_counted=False)
    counts = count_receipts(
        [
            ReceiptCount((core(), case, gift_card), is_identified=True, has_decision=True),
            ReceiptCount((core(), loose)),
            ReceiptCount((core(),), has_decision=True, is_held_out=True),
            ReceiptCount((loose,)),
            ReceiptCount((gift_card,)),
        ],
    )
    assert counts == Counts(
        receipts=4,
        sold_minor=31_990_00,
        units_milli=7_000,
        lines=6,
        core_units_milli=3_000,
        core_receipts=3,
        attached_units_milli=2_000,
        attached_receipts=1,
        eligible_receipts=2,
        decided_receipts=1,
        mixed_receipts=1,
        identified_receipts=1,
    )


def test_periods_add_up_and_the_unknown_stays_unknown() -> None:
    total = K1 + K1
    assert (total.receipts, total.visitors) == (160, 640)
    assert (Counts() + Counts()).visitors is None
    assert (Counts(visitors=3) + Counts()).visitors == 3
