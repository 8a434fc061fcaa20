from __future__ import annotations

import json

import pytest

from crosssell_desktop.domain.basket import REFUSAL_REASONS, Basket, RefusalReason
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import OfferId, ReceiptId
from crosssell_desktop.services import customers, offers, receipts
from crosssell_desktop.store import settings_rows
from crosssell_desktop.store.suggest_rows import kept_input
from tests.shop import Counter, SetClock, customer, known, product


def confirmed(counter: Counter, core: str = "CAM-1", *, of: str | None = "olga", who: str = "anna") -> Basket:
    basket = counter.basket(who, core, of=of)
    return receipts.confirm_core(counter.desk, counter.session(who), basket.id).value


def shown(counter: Counter, core: str = "CAM-1", *, of: str | None = "olga", who: str = "anna") -> offers.Round:
    basket = confirmed(counter, core, of=of, who=who)
    return offers.open_round(counter.desk, counter.session(who), basket.id).value


def skus(one: offers.Round) -> list[str]:
    return [s.sku for s in one.ranked.suggestions]


def stopped(one: offers.Round) -> dict[str, str]:
    return {r.candidate.goods.sku: r.gate for r in one.ranked.removed}


def offer_of(basket: Basket, sku: str) -> OfferId:
    return next(o.id for o in basket.offers if o.product_id == product(sku))


def test_nothing_is_ranked_before_the_core_is_confirmed(photo: Counter) -> None:
    basket = photo.basket("anna", "CAM-1", of="olga")
    with pytest.raises(Refusal, match="core_not_confirmed"):
        offers.open_round(photo.desk, photo.session("anna"), basket.id)
    assert photo.rows("SELECT count(*) FROM suggestion_run") == [(0,)]


def test_the_curated_complements_are_shown_with_their_proof(photo: Counter) -> None:
    one = shown(photo)
    assert sorted(skus(one)) == ["BAG-1", "BAT-1", "CARD-64"]
    assert all(s.evidence for s in one.ranked.suggestions)
    assert [o.product_id for o in one.basket.offers] == [s.product for s in one.ranked.suggestions]
    assert photo.rows("SELECT count(*), count(DISTINCT rank), min(round), max(round) FROM offer") == [(3, 3, 1, 1)]


def test_what_does_not_fit_is_left_out_and_what_nobody_knows_too(photo: Counter) -> None:
    assert stopped(shown(photo))["LENS-EF"] == "fit"
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM attribute WHERE product_id = ?", (product("LENS-EF").bytes,))
    assert stopped(shown(photo))["LENS-EF"] == "fit_unknown"


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ("UPDATE combination SET emergent_ru = '' WHERE periphery_product_id = ?", "benefit"),
        ("UPDATE evidence SET status = 'withdrawn' WHERE periphery_product_id = ?", "evidence"),
        ("UPDATE evidence SET valid_until = 1000 WHERE periphery_product_id = ?", "evidence"),
        ("UPDATE stock SET qty_milli = 0 WHERE product_id = ?", "stock"),
        ("DELETE FROM price WHERE product_id = ?", "price"),
        ("UPDATE combination SET valid_to = 1000 WHERE periphery_product_id = ?", "validity"),
    ],
)
def test_each_gate_stops_what_it_should(photo: Counter, change: str, gate: str) -> None:
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(change, (product("CARD-64").bytes,))
        if gate == "benefit":
            connection.exec_driver_sql("UPDATE benefit SET status = 'draft'")
    one = shown(photo)
    assert "CARD-64" not in skus(one)
    assert stopped(one)["CARD-64"] == gate


def test_what_the_customer_owns_is_not_offered(photo: Counter) -> None:
    photo.open_shift()
    customers.set_consent(photo.desk, photo.session("anna"), customer("olga"), "profiling", given=True)
    photo.sell("anna", "CARD-64", of="olga")
    assert stopped(shown(photo))["CARD-64"] == "owned"
    assert "CARD-64" in skus(shown(photo, of="pavel", who="vera"))


def test_without_consent_what_was_bought_is_not_looked_at(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CARD-64", of="olga")
    assert "CARD-64" in skus(shown(photo))


def test_a_second_round_is_refused(photo: Counter) -> None:
    one = shown(photo)
    with pytest.raises(Refusal, match="second_round"):
        offers.open_round(photo.desk, photo.session("anna"), one.basket.id)
    assert photo.rows("SELECT count(*) FROM suggestion_run") == [(1,)]


def test_a_yes_adds_a_linked_line_and_is_a_fact(photo: Counter) -> None:
    one = shown(photo)
    basket = offers.accept(photo.desk, photo.session("anna"), one.basket.id, offer_of(one.basket, "CARD-64")).value
    assert basket.lines[-1].attached_to == basket.lines[0].id
    assert photo.rows("SELECT answer, reason FROM offer_answer") == [("accepted", "")]
    photo.open_shift()
    receipts.complete(photo.desk, photo.session("anna"), basket.id)
    assert photo.rows(
        "SELECT attached_to_line_id, offer_id, customer_yes_at IS NOT NULL FROM sale_line WHERE sku = 'CARD-64'"
    ) == [(basket.lines[0].id.bytes, offer_of(one.basket, "CARD-64").bytes, 1)]


@pytest.mark.parametrize("reason", REFUSAL_REASONS)
def test_a_no_keeps_silent_for_90_days(photo: Counter, wall: SetClock, reason: RefusalReason) -> None:
    one = shown(photo)
    offers.decline(photo.desk, photo.session("anna"), one.basket.id, offer_of(one.basket, "CARD-64"), reason)
    for days in (1, 88):
        wall.advance(days=days)
        assert stopped(shown(photo))["CARD-64"] == "refused"
    wall.advance(days=1)
    if reason == "do_not_offer":
        assert stopped(shown(photo))["CARD-64"] == "refused"
    else:
        assert "CARD-64" in skus(shown(photo))


def test_a_no_said_at_another_counter_is_respected_here(photo: Counter, home: Counter) -> None:
    one = shown(home, who="boris")
    offers.decline(home.desk, home.session("boris"), one.basket.id, offer_of(one.basket, "CARD-64"), "expensive")
    photo.hear(home)
    assert stopped(shown(photo))["CARD-64"] == "refused"
    assert "CARD-64" in skus(shown(photo, of="pavel"))
    card = customers.card(photo.desk, photo.session("anna"), customer("olga"))
    assert [(r.answer, r.reason, r.counter) for r in card.reactions] == [("declined", "expensive", "Касса K2")]


def test_a_no_taken_back_is_no_refusal(photo: Counter, home: Counter) -> None:
    one = shown(photo)
    card = offer_of(one.basket, "CARD-64")
    anna = photo.session("anna")
    offers.decline(photo.desk, anna, one.basket.id, card, "expensive")
    offers.undo_answer(photo.desk, anna, one.basket.id, card)
    with pytest.raises(Refusal, match="nothing_to_undo"):
        offers.undo_answer(photo.desk, anna, one.basket.id, card)
    home.hear(photo)
    for counter in (photo, home):
        assert "CARD-64" in skus(shown(counter))
    rows = photo.rows("SELECT id, answer, undoes_id FROM offer_answer ORDER BY rowid")
    assert [(answer, undoes) for _, answer, undoes in rows] == [("declined", None), ("undone", rows[0][0])]


def test_taking_out_a_suggested_line_takes_the_yes_back(photo: Counter) -> None:
    one = shown(photo)
    anna = photo.session("anna")
    card = offer_of(one.basket, "CARD-64")
    basket = offers.accept(photo.desk, anna, one.basket.id, card).value
    receipts.remove_line(photo.desk, anna, basket.id, basket.lines[-1].id)
    offers.accept(photo.desk, anna, basket.id, card)
    rows = photo.rows("SELECT id, answer, undoes_id FROM offer_answer ORDER BY rowid")
    assert [answer for _, answer, _ in rows] == ["accepted", "undone", "accepted"]
    assert rows[1][2] == rows[0][0]


def test_an_answer_is_given_once(photo: Counter) -> None:
    one = shown(photo)
    card = offer_of(one.basket, "CARD-64")
    offers.accept(photo.desk, photo.session("anna"), one.basket.id, card)
    with pytest.raises(Refusal, match="already_answered"):
        offers.decline(photo.desk, photo.session("anna"), one.basket.id, card, "expensive")
    assert photo.rows("SELECT count(*) FROM offer_answer") == [(1,)]


def test_held_out_receipts_see_only_what_is_required_and_are_logged_silently(photo: Counter) -> None:
    with photo.desk.begin() as work:
        row = settings_rows.company_row("experiment.holdout_bps", 5_000, work.tick())
        work.record("settings_changed", {"setting": [row]})
    held = 0
    for _ in range(40):
        one = shown(photo, "MACH-1", who="vera")
        expected = offers.is_held_out(one.basket.id, photo.desk.me.salt, 5_000)
        assert one.basket.held_out is expected
        visible = [s.product for s in one.ranked.suggestions if not expected or s.sku == "DESC-1"]
        assert [o.product_id for o in one.basket.offers] == visible
        logged = photo.rows("SELECT held_out, result FROM suggestion_run WHERE id = ?", one.basket.run_id.bytes)[0]  # type: ignore[union-attr]
        assert logged[0] == int(expected)
        assert {r["product"] for r in json.loads(str(logged[1]))} == {str(product("DESC-1")), str(product("FILT-1"))}
        held += expected
    assert 8 <= held <= 32


def test_the_hold_out_is_stable_and_near_its_share() -> None:
    ids = [ReceiptId(known("receipt", str(n))) for n in range(20_000)]
    out = [offers.is_held_out(one, "5a" * 32, 1_000) for one in ids]
    assert out == [offers.is_held_out(one, "5a" * 32, 1_000) for one in ids]
    assert 1_850 < sum(out) < 2_150
    assert not any(offers.is_held_out(one, "5a" * 32, 0) for one in ids)


def test_a_run_can_be_run_again_from_its_kept_input(photo: Counter) -> None:
    one = shown(photo)
    with photo.desk.look() as connection:
        kept = kept_input(connection, one.ranked.input_hash)
    assert kept is not None
    assert photo.rows("SELECT input_hash FROM suggestion_run") == [(one.ranked.input_hash,)]
    again = offers.round_of(photo.desk, one.basket)
    assert again is not None
    assert skus(again) == skus(one)


def test_a_core_without_combinations_shows_nothing_and_says_why(photo: Counter) -> None:
    one = shown(photo, "CUP-1")
    assert (skus(one), one.basket.offers) == ([], ())
    assert one.ranked.diagnosis is not None


def test_a_cashier_does_not_offer(photo: Counter) -> None:
    basket = photo.basket("katya", "CAM-1")
    receipts.confirm_core(photo.desk, photo.session("katya"), basket.id)
    with pytest.raises(Refusal, match="not_allowed"):
        offers.open_round(photo.desk, photo.session("katya"), basket.id)
