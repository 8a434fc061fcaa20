"""The Russian set, smaller: no wrong merge by itself, most sure pairs by itself, hardly any missed."""

from __future__ import annotations

from itertools import combinations

import pytest

from benchmarks.matching import shares_verified_key
from benchmarks.russian_people import make
from crosssell_desktop.interchange import who_is_who
from crosssell_desktop.matching.cards import all_keys
from crosssell_desktop.matching.pairs import judge_all
from crosssell_desktop.matching.rules import Zone


@pytest.mark.skipif(not who_is_who.is_installed(), reason="needs the extra «office» (splink, duckdb)")
def test_no_wrong_merge_by_itself_and_hardly_a_pair_missed() -> None:
    made = make(seed=20260302, people=900)
    keys = all_keys(made.cards)
    true = {pair for pair in combinations(range(len(keys)), 2) if made.is_one(*pair)}
    judged = judge_all(keys, who_is_who.score(keys))
    auto = {j.at for j in judged if j.verdict.zone is Zone.AUTO}
    sure = {pair for pair in true if shares_verified_key(keys[pair[0]], keys[pair[1]])}
    assert not auto - true
    assert len(auto & sure) >= 0.60 * len(sure)
    assert len({j.at for j in judged} & true) >= 0.97 * len(true)


def test_the_rules_alone_join_nobody_wrongly() -> None:
    made = make(seed=4, people=1_500)
    judged = judge_all(all_keys(made.cards))
    auto = [j.at for j in judged if j.verdict.zone is Zone.AUTO]
    assert len(auto) > 500
    assert all(made.is_one(*pair) for pair in auto)


def test_the_same_seed_makes_the_same_people() -> None:
    assert make(seed=3, people=50) == make(seed=3, people=50)
    assert make(seed=3, people=50) != make(seed=4, people=50)
