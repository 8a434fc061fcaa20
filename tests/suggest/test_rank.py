from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fit import FitRule, Operator, Predicate, of_core, of_item
from crosssell_desktop.suggest.candidates import products_to_load
from crosssell_desktop.suggest.history import OwnBasket
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.rank import rank
from crosssell_desktop.suggest.score import margin_minor
from crosssell_desktop.suggest.snapshot import OpenNeed, Owned, RankSettings, Refused
from crosssell_desktop.suggest.vocabulary import (
    CombinationStatus,
    EvidenceKind,
    EvidenceStatus,
    NeedSource,
    Reason,
    Relation,
)
from tests.suggest.shop import (
    CAMERAS,
    CARDS,
    TODAY,
    ask,
    catalogue,
    combination,
    goods,
    k2_model,
    known_customer,
    offered,
    product,
    proof,
    snapshot,
    stopped,
    taught,
)

MODEL = k2_model(times=3)
RELATIONS = [Relation.ENHANCES, Relation.PROTECTS, Relation.CARE, Relation.SPARE, Relation.CONSUMABLE]


def test_a3_the_same_input_gives_the_same_list_and_the_same_hash() -> None:
    things = [goods(1), goods(2, cost_minor=None)]
    mixes = [combination(1), combination(2, Relation.CARE)]
    first = snapshot(things, mixes, MODEL, basket=(product(3), product(4)))
    second = snapshot(things[::-1], mixes[::-1], MODEL, basket=(product(4), product(3), product(4)))
    assert first.input_hash == second.input_hash
    assert rank(first, MODEL) == rank(second, MODEL)
    assert rank(first, MODEL).input_hash == first.input_hash
    assert first.input_hash != dataclasses.replace(first, day=TODAY + 1).input_hash
    json.loads(first.canonical_bytes())


def test_a3_bad_input_is_a_named_error() -> None:
    for code, change in (
        ("unknown_core", {"core": product(44)}),
        ("negative_total", {"budget_cap_minor": -1}),
        ("bad_settings", {"settings": RankSettings(max_items=0)}),
    ):
        with pytest.raises(Refusal, match=code):
            snapshot([goods(1)], **change)
    with pytest.raises(Refusal, match="negative_price"):
        snapshot([goods(1, price_minor=-1)])
    with pytest.raises(Refusal, match="model_changed"):
        rank(snapshot([goods(1)]), MODEL)


def test_a3_an_empty_list_says_why() -> None:
    assert str(ask([]).diagnosis) == "No approved combination and nothing learned goes with this product."
    assert str(ask([goods(1)], core=None).diagnosis) == "Choose the core product first."
    assert ask([], [combination(1)]).diagnosis is not None
    assert str(ask([goods(1)], [combination(1, evidence=())]).diagnosis) == "Nothing that was found passes the checks."


def test_a50_a_catalogue_without_evidence_yields_nothing_and_says_so() -> None:
    answer = ask([goods(1), goods(2)], [combination(1, evidence=()), combination(2, Relation.CARE, evidence=())])
    assert offered(answer) == []
    assert answer.gate_counts == (("evidence", 2),)
    assert [str(text) for text in answer.summary] == ["2 without evidence"]


def test_a50_fit_unknown_blocks_and_no_rule_passes() -> None:
    rule = FitRule("mount", CAMERAS, CARDS, (Predicate(of_core("slot"), Operator.EQ, of_item("kind")),), "manual, p. 3")
    core = goods(0, attributes=(("slot", "SD"),))
    things = [
        goods(1, attributes=(("kind", "SD"),)),
        goods(2, attributes=(("kind", "CF"),)),
        goods(3),
        goods(4, categories=(CAMERAS,)),
    ]
    mixes = [combination(n, relation) for n, relation in zip((1, 2, 3, 4), RELATIONS, strict=False)]
    answer = ask([core, *things], mixes, fit_rules=(rule,))
    assert sorted(offered(answer)) == ["S001", "S004"]
    assert stopped(answer) == {"S002": "fit", "S003": "fit_unknown"}
    best = next(one for one in answer.suggestions if one.sku == "S001")
    assert best.evidence[0].kind is EvidenceKind.COMPATIBILITY
    assert str(best.evidence[0].text) == "Thing 1 fits Thing 0: slot SD = kind SD (manual, p. 3)"


def test_a50_a_curated_offer_needs_an_approved_benefit() -> None:
    answer = ask([goods(1, benefits=())], [combination(1, emergent_ru="", emergent_en="")])
    assert stopped(answer) == {"S001": "benefit"}


@given(st.lists(st.tuples(st.integers(1_000, 20_000), st.integers(0, 20_000)), min_size=2, max_size=5), st.data())
@settings(max_examples=60)
def test_a51_margin_never_lifts_an_item_over_a_higher_customer_score(
    figures: list[tuple[int, int]], data: st.DataObject
) -> None:
    things = [goods(n + 1, price_minor=price, cost_minor=cost) for n, (price, cost) in enumerate(figures)]
    mixes = [combination(n + 1, relation) for n, relation in zip(range(len(figures)), RELATIONS, strict=False)]
    before = ask(things, mixes)
    chosen = data.draw(st.integers(0, len(things) - 1))
    things[chosen] = dataclasses.replace(things[chosen], cost_minor=-things[chosen].price_minor)
    after = ask(things, mixes)
    scores = {one.sku: one.score for one in (*before.suggestions, *after.suggestions)}
    for answer in (before, after):
        kept = [scores[sku] for sku in offered(answer)]
        assert kept == sorted(kept, reverse=True)
    assert {one.sku: one.score for one in after.suggestions if one.sku in offered(before)} == {
        one.sku: one.score for one in before.suggestions if one.sku in offered(after)
    }


def test_a51_equal_scores_go_by_margin_then_by_sku() -> None:
    mixes = [combination(n, relation) for n, relation in zip((1, 2, 3), RELATIONS, strict=False)]
    assert offered(ask([goods(1), goods(2), goods(3, cost_minor=100)], mixes)) == ["S003", "S001", "S002"]


def test_a41_what_is_owned_is_not_offered_unless_it_is_due_again() -> None:
    mixes = [combination(1), combination(2, Relation.CONSUMABLE), combination(3, Relation.CARE)]
    things = [goods(1), goods(2, repeatable=True, due_every_days=60), goods(3, repeatable=True, due_every_days=60)]
    owned = (Owned(product(1), TODAY - 1), Owned(product(2), TODAY - 90), Owned(product(3), TODAY - 10))
    answer = ask(things, mixes, customer=known_customer(owned=owned))
    assert offered(answer) == ["S002"]
    assert stopped(answer) == {"S001": "owned", "S003": "not_due"}
    assert answer.suggestions[0].reason is Reason.DUE_AGAIN
    assert str(answer.suggestions[0].evidence[0].text) == "Thing 2: bought 90 days ago, lasts 60 d."


def test_a42_a_refusal_holds_for_90_days_and_never_again_holds_for_ever() -> None:
    def gate(refused: Refused) -> str | None:
        customer = known_customer(profiling=False, refused=(refused,))
        return stopped(ask([goods(1)], [combination(1)], customer=customer)).get("S001")

    assert gate(Refused(product(1), product(0), TODAY - 89)) == "refused"
    assert gate(Refused(product(1), product(0), TODAY - 90)) is None
    assert gate(Refused(product(1), product(7), TODAY - 1)) is None
    assert gate(Refused(product(1), None, TODAY - 1)) == "refused"
    assert gate(Refused(product(1), None, TODAY - 900, never_again=True)) == "refused"


def test_a43_a_stated_need_counts_more_than_an_inferred_one_and_that_more_than_none() -> None:
    mixes = [combination(n, relation) for n, relation in zip((1, 2, 3), RELATIONS, strict=False)]
    customer = known_customer(
        needs=(OpenNeed("quiet", NeedSource.STATED, product=product(3)), OpenNeed("x", NeedSource.INFERRED, "type 2"))
    )
    answer = ask([goods(1), goods(2), goods(3)], mixes, customer=customer)
    assert offered(answer) == ["S003", "S002", "S001"]
    assert [one.score_parts["need"] for one in answer.suggestions] == [350_000, 210_000, 0]


def test_a44_k2_a_learned_pair_is_offered_with_its_numbers_and_nothing_else() -> None:
    answer = ask([goods(1), goods(2)], model=MODEL)
    assert offered(answer)[0] == "S001"
    best = answer.suggestions[0]
    assert (best.reason, best.relation, best.benefits) == (Reason.COMPLEMENT, None, ())
    evidence = best.evidence[0]
    assert (evidence.kind, evidence.hits, evidence.n, evidence.lift_bps) == (EvidenceKind.CO_PURCHASE, 72, 120, 20_000)
    assert str(evidence.text) == "72 of 120 buyers of Thing 0 took Thing 1 (60%, 51–68%)"


def test_a44_under_the_minimum_it_says_too_little_data() -> None:
    model = k2_model()
    few = ask([goods(1)], model=model, settings=RankSettings(evidence_min_n=41))
    assert stopped(few) == {"S001": "evidence"}
    assert str(few.removed[0].text) == "too little data: 24 of 40 receipts, at least 41 are needed"


def test_a55_expired_evidence_takes_the_offer_away() -> None:
    def answer(**changes: object) -> list[str]:
        return offered(ask([goods(1)], [combination(1, evidence=(proof(**changes),))]))  # type: ignore[arg-type]

    assert answer() == ["S001"]
    assert answer(valid_until_day=TODAY - 1) == []
    assert answer(status=EvidenceStatus.DRAFT) == []
    assert answer(source="") == []
    assert offered(ask([goods(1)], model=MODEL, day=TODAY + 89)) == ["S001"]
    assert offered(ask([goods(1)], model=MODEL, day=TODAY + 91)) == []


def test_evidence_against_lowers_and_more_returns_suspend() -> None:
    against = proof(EvidenceKind.SERVICE_DATA, evidence_id="a", n=40, against=True)
    plain = ask([goods(1)], [combination(1)]).suggestions[0]
    lowered = ask([goods(1)], [combination(1, evidence=(proof(), against))]).suggestions[0]
    assert lowered.score_parts["evidence"] < plain.score_parts["evidence"]
    returns = proof(EvidenceKind.FEWER_RETURNS, against=True)
    assert stopped(ask([goods(1)], [combination(1, evidence=(proof(), returns))])) == {"S001": "suspended"}


def test_without_consent_only_the_basket_is_used() -> None:
    baskets = tuple(OwnBasket(TODAY - 10 * n, (product(4),)) for n in range(1, 6))
    customer = known_customer(baskets=baskets, owned=(Owned(product(1), TODAY - 1),))
    things = [goods(1), goods(4, repeatable=True)]
    assert offered(ask(things, [combination(1)], MODEL, customer=customer)) == ["S004"]
    silent = dataclasses.replace(customer, profiling=False)
    answer = ask(things, [combination(1)], MODEL, customer=silent)
    assert offered(answer) == offered(ask(things, [combination(1)], MODEL)) == ["S001"]
    assert str(answer.notes[0]) == "No consent to profiling: only the basket is used."


def test_a_habit_is_called_a_habit_and_leaves_the_last_place_to_something_else() -> None:
    baskets = tuple(OwnBasket(TODAY - 5 * n, (product(2), product(3), product(4))) for n in range(1, 9))
    things = [goods(n, repeatable=True) for n in (1, 2, 3, 4)]
    answer = ask(things, [combination(1)], MODEL, customer=known_customer(baskets=baskets))
    assert [one.reason for one in answer.suggestions] == [Reason.HABIT, Reason.HABIT, Reason.COMPLEMENT]
    assert str(answer.suggestions[0].evidence[-1].text).endswith("in 8 of your 8 purchases")


def test_stock_price_budget_and_care_mode_are_gates() -> None:
    things = [
        goods(1, stock_milli=0),
        goods(2, price_minor=0),
        goods(3, price_minor=9_000),
        goods(4, stock_milli=0, stock_elsewhere_milli=1_000, price_minor=7_000),
    ]
    mixes = [combination(n, relation) for n, relation in zip((1, 2, 3, 4), RELATIONS, strict=False)]
    answer = ask(things, mixes, budget_cap_minor=108_000)
    assert offered(answer) == ["S004"]
    assert stopped(answer) == {"S001": "stock", "S002": "price", "S003": "budget"}
    needed = [combination(1, Relation.REQUIRED), combination(2)]
    careful = ask([goods(1), goods(2)], needed, care_mode=True)
    assert offered(careful) == ["S001"]
    assert stopped(careful) == {"S002": "care_mode"}


def test_the_total_stays_within_a_quarter_of_the_core_and_one_service_one_relation_three_items() -> None:
    mixes = [combination(n, relation) for n, relation in zip((1, 2, 3, 4, 5), RELATIONS, strict=True)]
    things = [goods(n, price_minor=9_000 + n) for n in (1, 2, 3, 4, 5)]
    answer = ask(things, mixes)
    assert len(answer.suggestions) == 2
    assert sum(one.price_minor for one in answer.suggestions) <= 25_000
    assert answer.gate_counts == (("total_share", 3),)
    cheap = [goods(n, price_minor=1_000, service=n > 3) for n in (1, 2, 3, 4, 5)]
    assert len(ask(cheap, mixes).suggestions) == 3
    same = [combination(n, Relation.CARE) for n in (1, 2)]
    assert stopped(ask(cheap[:2], same)) == {"S002": "relation"}
    assert stopped(ask(cheap[3:], mixes[3:])) == {"S005": "service"}
    assert len(ask(cheap, mixes, settings=RankSettings(max_items=1)).suggestions) == 1


def test_what_is_required_comes_first_whatever_it_costs() -> None:
    mixes = [combination(1), combination(2, Relation.REQUIRED)]
    answer = ask([goods(1), goods(2, price_minor=60_000)], mixes)
    assert offered(answer) == ["S002"]
    assert stopped(answer) == {"S001": "total_share"}


def test_a9_combinations_of_another_core_and_undecided_ones_are_not_offered() -> None:
    mixes = [
        combination(1, core=product(5)),
        combination(2, Relation.CARE, status=CombinationStatus.UNDECIDED),
        combination(3, Relation.SPARE, valid_until_day=TODAY - 1),
        combination(4, Relation.INCOMPATIBLE),
    ]
    answer = ask([goods(n) for n in (1, 2, 3, 4)], mixes)
    assert offered(answer) == []
    assert stopped(answer) == {"S003": "validity", "S004": "incompatible"}


def test_instead_of_the_core_is_listed_only_before_it_is_confirmed() -> None:
    mixes = [combination(1, Relation.CHEAPER_ALTERNATIVE), combination(2)]
    before = ask([goods(1, price_minor=80_000), goods(2)], mixes, core_confirmed=False)
    assert [(one.sku, one.reason) for one in before.alternatives] == [("S001", Reason.CHEAPER_ALTERNATIVE)]
    assert offered(before) == []
    assert str(before.diagnosis) == "Offers open when the core product is confirmed."
    after = ask([goods(1, price_minor=80_000), goods(2)], mixes)
    assert (offered(after), after.alternatives, stopped(after)) == (["S002"], (), {"S001": "substitute"})


def test_learned_substitutes_are_kept_out() -> None:
    known = catalogue(6, [0, 1, 0, 2, 3, 4])  # 0 and 2 are of one type
    baskets = [[0, 2]] * 10 + [[0, 1]] * 90 + [[2, 3]] * 90
    rivals = Model.from_buffer(taught([(no, 0, TODAY, items) for no, items in enumerate(baskets)], known)[1])
    assert stopped(ask([goods(2)], model=rivals)) == {"S002": "substitute"}
    habit = known_customer(baskets=tuple(OwnBasket(TODAY - n, (product(2),)) for n in range(1, 9)))
    assert stopped(ask([goods(2, repeatable=True)], model=rivals, customer=habit)) == {"S002": "substitute"}
    # of one type, yet together far more than by chance: no substitutes
    assert offered(ask([goods(1)], model=k2_model([0, 0, 1, 2, 3, 4], times=3))) == ["S001"]


def test_a58_a_situation_changes_the_order() -> None:
    mixes = [combination(1, situations=("travel",)), combination(2, Relation.CARE, situations=("blog",))]
    for situation, order in (("travel", ["S001", "S002"]), ("blog", ["S002", "S001"])):
        answer = ask([goods(1), goods(2)], mixes, customer=known_customer(profiling=False, situations=(situation,)))
        assert offered(answer) == order
        assert answer.suggestions[0].score_parts["situation"] == 100_000


def test_the_parts_add_up_and_why_is_plain_json() -> None:
    answer = ask([goods(1), goods(2, stock_milli=0)], [combination(1, bundle_price_minor=104_000)], MODEL)
    for one in answer.suggestions:
        assert one.score == sum(one.score_parts.values())
    why = json.loads(json.dumps(answer.why()))
    assert why["items"][0]["sku"] == "S001"
    assert [entry["kind"] for entry in why["items"][0]["evidence"]] == ["E2", "E4", "E8"]
    assert why["considered"] == len(why["items"]) + len(why["removed"])


def test_no_model_still_offers_what_is_curated() -> None:
    answer = ask([goods(1)], [combination(1)])
    assert offered(answer) == ["S001"]
    assert str(answer.notes[0]).startswith("Nothing has been learned yet")


def test_margin_of_an_unknown_cost_is_nothing() -> None:
    answer = ask([goods(1, cost_minor=None)], [combination(1, evidence=())])
    assert margin_minor(answer.removed[0].candidate) == 0


def test_learned_products_to_load_are_the_likeliest_and_the_likeliest_new_ones() -> None:
    assert products_to_load(None, product(0)) == ()
    first = products_to_load(MODEL, product(0))
    assert first[0] == product(1)
    assert product(0) not in first
    baskets = [OwnBasket(TODAY - n, (product(4),)) for n in range(1, 9)]
    assert products_to_load(MODEL, product(0), (product(1),), baskets, day=TODAY, limit=1)[:2] == (
        product(4),
        product(2),
    )


def test_what_a_known_customer_never_had_is_called_new_for_them() -> None:
    baskets = tuple(OwnBasket(TODAY - 9 * n, (product(3),)) for n in range(1, 4))
    customer = known_customer(baskets=baskets)
    answer = ask([goods(5)], [combination(5)], MODEL, customer=customer)
    assert [one.reason for one in answer.suggestions] == [Reason.NEW_FOR_YOU]
    assert [one.reason for one in ask([goods(5)], [combination(5)], MODEL).suggestions] == [Reason.COMPLEMENT]
    unknown_type = ask([goods(9)], [combination(9)], MODEL, customer=customer)
    assert [one.reason for one in unknown_type.suggestions] == [Reason.NEW_FOR_YOU]
    had_type = ask([goods(9, type_key="type 3")], [combination(9)], MODEL, customer=customer)
    assert [one.reason for one in had_type.suggestions] == [Reason.COMPLEMENT]


def test_two_combinations_of_one_pair_count_once_and_incompatible_wins() -> None:
    assert offered(ask([goods(1)], [combination(1), combination(1, Relation.CARE)])) == ["S001"]
    answer = ask([goods(1)], [combination(1), combination(1, Relation.INCOMPATIBLE)])
    assert stopped(answer) == {"S001": "incompatible"}


def test_a_core_the_model_does_not_know_says_so() -> None:
    answer = ask([goods(8), goods(1)], [], MODEL, core=product(8))
    assert [str(note) for note in answer.notes] == ["Nothing has been learned of the core product yet."]


def test_a_new_product_takes_part_through_its_type_and_its_combination() -> None:
    types = [0, 1, 2, 3, 4, 1]  # product 5 is of product 1's type, and nobody has bought it
    model = k2_model(types)
    assert model.support[model.index(product(5))] == 0
    things = [goods(1, type_key="type 1"), goods(5, type_key="type 1"), goods(2, type_key="type 2", price_minor=8_000)]
    answer = ask(things, [combination(5, Relation.PROTECTS), combination(2, Relation.CARE)], model)
    new = next(one for one in answer.suggestions if one.sku == "S005")
    assert new.relevance_parts == {"confidence_of_its_type": round(0.3 * 24 / (40 + 5) * 1e9)}
    assert new.score_parts["relevance"] > 0
    alone = ask(things, [combination(2, Relation.CARE)], model)
    assert "S005" not in offered(alone), "its type proves nothing about the product itself"


def test_habits_fill_the_list_when_there_is_nothing_else() -> None:
    baskets = tuple(OwnBasket(TODAY - 5 * n, (product(2), product(3), product(4))) for n in range(1, 9))
    things = [goods(n, repeatable=True) for n in (2, 3, 4)]
    answer = ask(things, [], MODEL, customer=known_customer(baskets=baskets))
    assert [one.reason for one in answer.suggestions] == [Reason.HABIT] * 3
    second = ask(
        [*things, goods(5)], [combination(5)], MODEL, customer=known_customer(baskets=baskets), budget_cap_minor=116_000
    )
    assert len(second.suggestions) == 2
    assert second.gate_counts == (("budget_total", 2),)
