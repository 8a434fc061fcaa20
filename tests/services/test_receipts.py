from __future__ import annotations

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import LineId, check_character
from crosssell_desktop.services import receipts
from crosssell_desktop.services.receipts import Payment
from tests.shop import GIFT_CODE, Counter, SetClock, customer, known, product


def test_numbers_are_dense_unique_and_carry_their_check(photo: Counter) -> None:
    photo.open_shift()
    numbers = [photo.sell("anna", "CARD-64").number for _ in range(12)]
    assert [int(n.split("-")[1]) for n in numbers] == list(range(1, 13))
    assert all(n[-1] == check_character(n[:-2]) for n in numbers)


def test_a_refused_sale_uses_up_no_number(photo: Counter) -> None:
    photo.open_shift()
    basket = photo.basket("anna", "CARD-64")
    with pytest.raises(Refusal, match="payments_differ"):
        receipts.complete(photo.desk, photo.session("anna"), basket.id, (Payment("cash", 1),))
    with pytest.raises(Refusal, match="empty_receipt"):
        receipts.complete(photo.desk, photo.session("anna"), photo.basket("anna").id)
    assert photo.sell("anna", "CARD-64").number.startswith("K1-000001-")


def test_completing_twice_gives_the_same_sale_and_writes_it_once(photo: Counter, wall: SetClock) -> None:
    photo.open_shift()
    photo.pass_on("boris", what="card", to="photo", of="olga")
    wall.advance(s=120)
    basket = photo.basket("anna", "CAM-1", "CARD-64", of="olga")
    first = receipts.complete(photo.desk, photo.session("anna"), basket.id).value
    again = receipts.complete(photo.desk, photo.session("anna"), basket.id).value
    assert first.assist_count == 1
    assert again == first
    assert photo.rows("SELECT count(*) FROM sale") == [(1,)]
    assert photo.rows("SELECT count(*) FROM outbox WHERE kind = 'sale_completed'") == [(1,)]


def test_lines_payments_and_credits_add_up(photo: Counter) -> None:
    photo.open_shift()
    basket = photo.basket("anna", "CAM-1", "CARD-64", "SET-UP", "STRAP", of="olga")
    total = basket.total_minor
    done = receipts.complete(
        photo.desk, photo.session("anna"), basket.id, (Payment("card", total - 100), Payment("cash", 100))
    ).value
    assert photo.rows("SELECT sum(amount_minor), count(*) FROM sale_line") == [(total, 4)]
    assert photo.rows("SELECT total_minor, line_count FROM sale") == [(total, 4)]
    assert photo.rows("SELECT sum(amount_minor) FROM payment") == [(total,)]
    per_line = photo.rows(
        "SELECT sum(amount_minor), max(pool_minor) FROM credit_entry WHERE kind = 'earn' GROUP BY sale_line_id"
    )
    assert sorted(per_line) == [(1, 1), (3_689, 3_689), (8_582, 8_582), (73_762, 73_762)]
    assert (done.goals_minor, done.assists_minor, done.assist_count) == (86_034, 0, 0)


def test_what_is_not_sold_cannot_be_added(photo: Counter) -> None:
    basket = photo.basket("anna")
    with pytest.raises(Refusal, match="no_such_product"):
        receipts.add_product(photo.desk, photo.session("anna"), basket.id, product("NOTHING"))
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE price SET amount_minor = 0 WHERE product_id = ?", (product("CUP-1").bytes,))
    with pytest.raises(Refusal, match="no_price"):
        receipts.add_product(photo.desk, photo.session("anna"), basket.id, product("CUP-1"))


def test_an_item_is_found_by_sku_and_by_barcode_with_or_without_leading_zeros(photo: Counter) -> None:
    for code in ("CARD-64", GIFT_CODE, f"0{GIFT_CODE}", f" {GIFT_CODE} "):
        assert [i.sku for i in receipts.find_item(photo.desk, code)] == ["CARD-64"]
    assert receipts.find_item(photo.desk, "4600000000000") == ()


def test_a_price_that_begins_later_is_not_taken_yet(photo: Counter, wall: SetClock) -> None:
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO price(id, product_id, price_type, valid_from, amount_minor) VALUES (?, ?, 'retail', ?, 1)",
            (known("price", "later").bytes, product("CUP-1").bytes, wall.at_ms + 1_000),
        )
    assert photo.basket("anna", "CUP-1").total_minor == 45_050
    wall.advance(s=1)
    assert photo.basket("vera", "CUP-1").total_minor == 1


def test_held_receipts_survive_a_restart_and_go_on_where_they_were(photo: Counter) -> None:
    photo.open_shift()
    basket = photo.basket("anna", "CAM-1", "CARD-64", of="olga")
    receipts.hold(photo.desk, photo.session("anna"), basket.id, "  Ольга вернётся  ")
    photo.reopen()
    parked = receipts.held_baskets(photo.desk)
    assert [(p.id, p.label, p.line_count, p.total_minor) for p in parked] == [
        (basket.id, "Ольга вернётся", 2, basket.total_minor)
    ]
    assert receipts.current_basket(photo.desk, photo.session("anna")) is None
    resumed = receipts.resume(photo.desk, photo.session("vera"), basket.id).value
    assert resumed.lines == basket.lines
    assert receipts.held_baskets(photo.desk) == ()
    assert receipts.current_basket(photo.desk, photo.session("vera")) == resumed
    receipts.complete(photo.desk, photo.session("vera"), basket.id)
    # Anna put the lines in, so the goals are hers.
    assert photo.rows("SELECT DISTINCT beneficiary_id FROM credit_entry") == [(basket.lines[0].added_by.bytes,)]


def test_an_empty_receipt_is_not_put_aside(photo: Counter) -> None:
    with pytest.raises(Refusal, match="empty_receipt"):
        receipts.hold(photo.desk, photo.session("anna"), photo.basket("anna").id, "")


def test_an_open_receipt_survives_a_crash(photo: Counter) -> None:
    basket = photo.basket("anna", "CAM-1", of="olga")
    photo.reopen()
    assert receipts.current_basket(photo.desk, photo.session("anna")) == basket
    assert basket.customer_id == customer("olga")


def test_what_was_dropped_or_completed_takes_no_more_moves(photo: Counter) -> None:
    photo.open_shift()
    dropped, done = photo.basket("anna", "CARD-64"), photo.basket("anna", "CARD-64")
    receipts.drop(photo.desk, photo.session("anna"), dropped.id)
    receipts.complete(photo.desk, photo.session("anna"), done.id)
    for basket in (dropped, done):
        for move in (
            lambda b: receipts.add_product(photo.desk, photo.session("anna"), b.id, product("CUP-1")),
            lambda b: receipts.remove_line(photo.desk, photo.session("anna"), b.id, b.lines[0].id),
            lambda b: receipts.resume(photo.desk, photo.session("anna"), b.id),
            lambda b: receipts.drop(photo.desk, photo.session("anna"), b.id),
        ):
            with pytest.raises(Refusal, match="receipt_is_closed"):
                move(basket)


def test_steps_worth_telling_are_logged(photo: Counter) -> None:
    anna = photo.session("anna")
    basket = photo.basket("anna", "CAM-1", "CAM-2")
    receipts.choose_core(photo.desk, anna, basket.id, basket.lines[1].id)
    receipts.choose_core(photo.desk, anna, basket.id, basket.lines[1].id)
    receipts.confirm_core(photo.desk, anna, basket.id)
    receipts.confirm_core(photo.desk, anna, basket.id)
    gone = basket.lines[0]
    receipts.remove_line(photo.desk, anna, basket.id, gone.id)
    back = receipts.restore_line(photo.desk, anna, basket.id, gone, place=0, was_core=False).value
    assert [line.id for line in back.lines] == [line.id for line in basket.lines]
    receipts.restore_line(photo.desk, anna, basket.id, gone, place=0, was_core=False)
    receipts.drop(photo.desk, anna, basket.id)
    steps = [step for (step,) in photo.rows("SELECT step FROM step_log ORDER BY rowid")]
    assert steps == ["core_changed", "core_confirmed", "line_removed", "line_restored", "receipt_dropped"]


def test_a_move_that_is_refused_changes_nothing(photo: Counter) -> None:
    basket = photo.basket("anna", "CAM-1", "SET-UP")
    anna = photo.session("anna")
    before = photo.rows("SELECT count(*) FROM outbox")
    with pytest.raises(Refusal, match="service_is_not_core"):
        receipts.choose_core(photo.desk, anna, basket.id, basket.lines[1].id)
    with pytest.raises(Refusal, match="no_such_line"):
        receipts.remove_line(photo.desk, anna, basket.id, LineId(known("line", "none")))
    with pytest.raises(Refusal, match="bad_quantity"):
        receipts.set_quantity(photo.desk, anna, basket.id, basket.lines[0].id, 0)
    with pytest.raises(Refusal, match="bad_budget"):
        receipts.set_situation(photo.desk, anna, basket.id, situation="gift", budget_cap_minor=0)
    assert receipts.current_basket(photo.desk, anna) == basket
    assert photo.rows("SELECT count(*) FROM outbox") == before


def test_the_situation_and_the_budget_go_into_the_sale(photo: Counter) -> None:
    photo.open_shift()
    basket = photo.basket("anna", "CARD-64")
    receipts.set_situation(photo.desk, photo.session("anna"), basket.id, situation="gift", budget_cap_minor=500_000)
    receipts.complete(photo.desk, photo.session("anna"), basket.id, pulse=1)
    assert photo.rows("SELECT situation, budget_cap_minor, pulse FROM sale") == [("gift", 500_000, 1)]


def test_a_data_administrator_does_not_sell(photo: Counter) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        receipts.start_basket(photo.desk, photo.session("dima"))


def test_weighed_goods_are_rounded_once_per_line(photo: Counter) -> None:
    photo.open_shift()
    basket = photo.basket("anna", "STRAP")
    changed = receipts.set_quantity(photo.desk, photo.session("anna"), basket.id, basket.lines[0].id, 1_500).value
    assert changed.total_minor == 50  # 0.33 × 1.5 = 0.495
    receipts.complete(photo.desk, photo.session("anna"), basket.id)
    assert photo.rows("SELECT qty_milli, amount_minor FROM sale_line") == [(1_500, 50)]


def test_a43_a_purchase_of_a_fitting_item_closes_the_need_and_no_other(photo: Counter) -> None:
    photo.open_shift()
    needs: dict[str, dict[str, object]] = {
        "by product": {"product_id": product("CARD-64"), "product_type": ""},
        "by type": {"product_id": None, "product_type": "memory_card"},
        "of another kind": {"product_id": None, "product_type": "tripod"},
        "of somebody else": {"product_id": product("CARD-64"), "product_type": "", "customer_id": customer("ivan")},
    }
    with photo.desk.begin() as work:
        rows = [
            {
                "id": known("need", words),
                "customer_id": customer("olga"),
                "source": "inferred",
                "status": "open",
                "text": words,
                "told_at": work.now_ms,
                "ver": work.tick(),
                **what,
            }
            for words, what in needs.items()
        ]
        work.record("need_told", {"need": rows})
    photo.sell("anna", "CARD-64")
    assert photo.number("SELECT count(*) FROM need WHERE status = 'met'") == 0, "a stranger's purchase closes nothing"
    photo.sell("anna", "CARD-64", of="olga")
    assert {words for (words,) in photo.rows("SELECT text FROM need WHERE status = 'met'")} == {"by product", "by type"}
