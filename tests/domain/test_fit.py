from __future__ import annotations

import uuid
from decimal import Decimal

import pytest

from crosssell_desktop.domain.fit import (
    Attributes,
    FitAnswer,
    FitRule,
    FitVerdict,
    Operator,
    Predicate,
    constant,
    judge,
    of_core,
    of_item,
)
from crosssell_desktop.domain.ids import CategoryId

FITS, NOT, UNKNOWN = FitAnswer.FITS, FitAnswer.DOES_NOT_FIT, FitAnswer.UNKNOWN


def _ask(predicates: list[Predicate], core: Attributes, item: Attributes) -> FitVerdict:
    return judge([FitRule("r1", None, None, tuple(predicates), "manual")], core, item)


MOUNT = [Predicate(of_core("mount"), Operator.EQ, of_item("mount"))]
FILTER = [Predicate(of_core("filter_mm"), Operator.EQ, of_item("diameter_mm"))]
BATTERY = [Predicate(of_item("code"), Operator.IN, of_core("batteries"))]
CASE = [Predicate(of_core("model"), Operator.MODEL_IN, of_item("models"))]
LAMP = [
    Predicate(of_item("base"), Operator.EQ, of_core("base")),
    Predicate(of_item("w"), Operator.LE, of_core("max_w")),
]
BRACKET = [
    Predicate(of_item("vesa"), Operator.CONTAINS, of_core("vesa")),
    Predicate(of_item("max_kg"), Operator.GE, of_core("kg")),
]
INDUCTION = [Predicate(of_item("ferromagnetic"), Operator.EQ, constant(value=True))]
CHARGER = [Predicate(of_item("pd_w"), Operator.GE, of_core("pd_w"))]
CARTRIDGE = [Predicate(of_item("code"), Operator.IN, of_core("cartridges"))]
BARLOW = [Predicate(of_item("magnification"), Operator.LE, of_core("aperture_mm", Decimal(2)))]
DIAMETER = [Predicate(of_item("bottom_mm"), Operator.RANGE, constant((120, 210)))]


@pytest.mark.parametrize(
    ("predicates", "core", "item", "answer"),
    [
        (MOUNT, {"mount": "RF"}, {"mount": "rf "}, FITS),
        (MOUNT, {"mount": "RF"}, {"mount": "EF-M"}, NOT),
        (FILTER, {"filter_mm": 49}, {"diameter_mm": Decimal("49.0")}, FITS),
        (FILTER, {"filter_mm": 49}, {"diameter_mm": "52"}, NOT),
        (BATTERY, {"batteries": ("LP-E17", "LP-E17B")}, {"code": "LP-E17"}, FITS),
        (BATTERY, {"batteries": ("LP-E17",)}, {"code": "LP-E6"}, NOT),
        (CASE, {"model": "iPhone 15"}, {"models": ("iPhone 15", "iPhone 14")}, FITS),
        (CASE, {"model": "iPhone 15 Pro"}, {"models": ("iPhone 15",)}, NOT),
        (CASE, {"model": "Galaxy S-24"}, {"models": ("galaxy s24",)}, FITS),
        (LAMP, {"base": "E27", "max_w": 60}, {"base": "Е27".replace("Е", "E"), "w": 60}, FITS),
        (LAMP, {"base": "E27", "max_w": 60}, {"base": "E27", "w": 75}, NOT),
        (LAMP, {"base": "E27", "max_w": 60}, {"base": "E14", "w": 40}, NOT),
        (BRACKET, {"vesa": "300x200", "kg": 17}, {"vesa": ("200x200", "300x200"), "max_kg": 15}, NOT),
        (BRACKET, {"vesa": "300x200", "kg": 17}, {"vesa": ("200x200", "300x200"), "max_kg": 30}, FITS),
        (INDUCTION, {}, {"ferromagnetic": True}, FITS),
        (INDUCTION, {}, {"ferromagnetic": False}, NOT),
        (CHARGER, {"pd_w": 65}, {"pd_w": 45}, NOT),
        (CHARGER, {"pd_w": "65"}, {"pd_w": Decimal("67.5")}, FITS),
        (CARTRIDGE, {"cartridges": ("059", "059H")}, {"code": "059H"}, FITS),
        (BARLOW, {"aperture_mm": 130}, {"magnification": 180}, FITS),
        (BARLOW, {"aperture_mm": 130}, {"magnification": 261}, NOT),
        (DIAMETER, {}, {"bottom_mm": 120}, FITS),
        (DIAMETER, {}, {"bottom_mm": 211}, NOT),
        (LAMP, {"base": "E27"}, {"base": "E27", "w": 40}, UNKNOWN),
        (CHARGER, {"pd_w": "fast"}, {"pd_w": 45}, UNKNOWN),
        (DIAMETER, {}, {"bottom_mm": "wide"}, UNKNOWN),
        (BATTERY, {"batteries": ()}, {"code": "LP-E17"}, UNKNOWN),
    ],
)
def test_a50_the_examples_of_the_domain_are_answered(
    predicates: list[Predicate], core: Attributes, item: Attributes, answer: FitAnswer
) -> None:
    assert _ask(predicates, core, item).answer is answer


def test_one_broken_predicate_decides_even_beside_an_unknown_one() -> None:
    verdict = _ask(LAMP, {"base": "E27"}, {"base": "E14", "w": 40})
    assert verdict.answer is NOT
    assert [finding.answer for finding in verdict.findings] == [NOT, UNKNOWN]
    assert not verdict.answer.passes


def test_no_rule_is_not_applicable_and_passes() -> None:
    assert judge([], {}, {}).answer is FitAnswer.NOT_APPLICABLE
    assert judge([FitRule("r", None, None, ())], {}, {}).answer is FitAnswer.NOT_APPLICABLE
    assert judge([], {}, {}).answer.passes
    assert str(judge([], {}, {}).reason) == "no compatibility rule for this pair"


def test_the_reason_carries_the_values() -> None:
    verdict = _ask(BRACKET, {"vesa": "300x200", "kg": Decimal("17.50")}, {"vesa": ("300x200",), "max_kg": 15})
    assert str(verdict.reason) == "max_kg 15 is less than kg 17.5"
    assert str(verdict.reason_with({"max_kg": "нагрузка", "kg": "вес"})) == "нагрузка 15 is less than вес 17.5"
    missing = _ask(LAMP, {"base": "E27"}, {"base": "E27", "w": 40})
    assert str(missing.reason) == "not known: max_w"
    assert str(_ask(INDUCTION, {}, {"ferromagnetic": False}).reason) == "ferromagnetic is ✗, needed is ✓"


def test_every_operator_says_why_in_both_ways() -> None:
    for operator, left, right_good, right_bad in (
        (Operator.EQ, 1, 1, 2),
        (Operator.IN, "a", ("a", "b"), ("c",)),
        (Operator.MODEL_IN, "a", ("A",), ("c",)),
        (Operator.CONTAINS, ("a", "b"), "a", "c"),
        (Operator.GE, 2, 1, 3),
        (Operator.LE, 2, 3, 1),
        (Operator.RANGE, 2, (1, 3), (3, 4)),
    ):
        for right, answer in ((right_good, FITS), (right_bad, NOT)):
            for operand, core in ((of_core("r"), {"r": right}), (constant(right), {})):
                verdict = _ask([Predicate(of_item("l"), operator, operand)], core, {"l": left})
                assert verdict.answer is answer
                assert "{" not in str(verdict.reason)


def test_e1_needs_a_source_for_every_rule() -> None:
    assert _ask(MOUNT, {"mount": "RF"}, {"mount": "RF"}).sourced
    rules = [FitRule("a", None, None, tuple(MOUNT), "manual"), FitRule("b", None, None, tuple(MOUNT))]
    assert not judge(rules, {"mount": "RF"}, {"mount": "RF"}).sourced


def test_a_rule_holds_for_its_categories_and_direction_only() -> None:
    phones, cases, things = (CategoryId(uuid.UUID(int=n)) for n in (1, 2, 3))
    rule = FitRule("r", phones, cases, tuple(CASE))
    assert rule.applies((phones, things), (cases, things))
    assert not rule.applies((cases,), (phones,))
    assert FitRule("any", None, cases, tuple(CASE)).applies((things,), (cases,))
