"""Organisations: joined by themselves only by ИНН and КПП, told by the name to a person."""

from __future__ import annotations

import pytest

from crosssell_desktop.matching.compare import Agreement, Field
from crosssell_desktop.matching.organisations import Firm, firm_lines, firm_pairs, judge_firms, name_key
from crosssell_desktop.matching.rules import Zone

INN, OTHER_INN = "7707083893", "7736207543"


def firm(key: str, name: str = "ООО Ромашка", inn: str = "", kpp: str = "") -> Firm:
    return Firm(key=key, name=name, inn=inn, kpp=kpp)


@pytest.mark.parametrize(
    "name",
    ["ООО «Ромашка»", "Ромашка ООО", 'Общество с ограниченной ответственностью "РОМАШКА"', "АО Ромашка", "ромашка"],
)
def test_a_name_is_compared_without_its_legal_form(name: str) -> None:
    assert name_key(name) == "ромашка"


def test_a_form_inside_a_word_is_part_of_the_name_and_a_bare_form_stays() -> None:
    assert name_key("ООО Аорта") == "аорта"
    assert name_key("ЗАО") == "зао"


@pytest.mark.parametrize(
    ("one", "other", "zone", "rule"),
    [
        (firm("a", inn=INN, kpp="770701001"), firm("b", "Лютик", INN, "770701001"), Zone.AUTO, "O1"),
        (firm("a", inn=INN, kpp="770701001"), firm("b", inn=INN, kpp="997950001"), Zone.REVIEW, "O2"),
        (firm("a", inn=INN, kpp="770701001"), firm("b", inn=INN), Zone.REVIEW, "O2"),
        (firm("a", inn=INN), firm("b", inn=INN), Zone.REVIEW, "O2"),
        (firm("a", inn=INN, kpp="770701001"), firm("b", inn=OTHER_INN, kpp="770701001"), Zone.SEPARATE, ""),
        (firm("a", inn="7707083894", kpp="770701001"), firm("b", inn="7707083894", kpp="770701001"), Zone.REVIEW, "O3"),
        (firm("a", inn=INN), firm("b", "АО «Ромашка»"), Zone.REVIEW, "O3"),
        (firm("a", inn=INN), firm("b", "Лютик"), Zone.SEPARATE, ""),
    ],
)
def test_only_the_same_valid_inn_and_kpp_join_by_themselves(one: Firm, other: Firm, zone: Zone, rule: str) -> None:
    verdict = judge_firms(one, other)
    assert (verdict.zone, verdict.rule) == (zone, rule)
    assert judge_firms(other, one) == verdict


def test_pairs_are_found_by_number_and_by_name_and_those_told_apart_are_left_out() -> None:
    firms = [firm("a", inn=INN), firm("b", "Лютик", INN), firm("c", "Ромашка, ООО"), firm("d", "Василёк", OTHER_INN)]
    assert [pair for pair, _ in firm_pairs(firms)] == [(0, 1), (0, 2)]
    assert [pair for pair, _ in firm_pairs(firms, apart={(0, 1)})] == [(0, 2)]


def test_both_are_shown_side_by_side() -> None:
    lines = {line.field: line for line in firm_lines(firm("a", inn=INN, kpp="770701001"), firm("b", "Лютик", INN))}
    assert lines[Field.NAME].agreement is Agreement.DIFFERENT
    assert lines[Field.INN].agreement is Agreement.SAME
    assert lines[Field.KPP].agreement is Agreement.UNKNOWN
