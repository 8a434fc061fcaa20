from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import LineId, ReceiptId
from crosssell_desktop.domain.money import half_up
from crosssell_desktop.services import receipts, returns, shifts, upkeep
from crosssell_desktop.services.returns import part_minor
from crosssell_desktop.store.queries import suggest_facts
from crosssell_desktop.store.queries.returns import ReturnableLine, ReturnableSale
from tests.shop import Counter, customer, known, product


def sold(counter: Counter, *skus: str) -> ReturnableSale:
    counter.open_shift()
    done = counter.sell("anna", *skus, of="olga")
    found = returns.find_sale(counter.desk, done.number)
    assert found is not None
    return found


def take(counter: Counter, sale: ReturnableSale, line: int, qty: int) -> returns.ReturnDone:
    return returns.take_back(
        counter.desk, counter.session("anna"), sale.sale_id, {sale.lines[line].line_id: qty}, "changed_mind"
    ).value


def test_a_sale_is_found_by_its_number_with_or_without_hyphens(photo: Counter) -> None:
    sale = sold(photo, "CARD-64")
    assert returns.find_sale(photo.desk, sale.number.replace("-", "").lower()) == sale
    assert returns.find_sale(photo.desk, "K1-000099-0") is None


def test_one_of_two_lines_comes_back(photo: Counter) -> None:
    sale = sold(photo, "CAM-1", "CARD-64")
    done = take(photo, sale, 1, 1_000)
    assert (done.total_minor, done.number[:10]) == (349_000, "K1R-000001")
    again = returns.find_sale(photo.desk, sale.number)
    assert again is not None
    assert [(line.left_milli, line.left_minor) for line in again.lines] == [(1_000, 8_999_000), (0, 0)]


def test_never_more_than_was_bought_comes_back(photo: Counter) -> None:
    sale = sold(photo, "CARD-64", "CARD-64")
    with pytest.raises(Refusal, match="more_than_bought"):
        take(photo, sale, 0, 2_001)
    take(photo, sale, 0, 1_000)
    with pytest.raises(Refusal, match="more_than_bought"):
        take(photo, sale, 0, 1_001)
    take(photo, sale, 0, 1_000)
    with pytest.raises(Refusal, match="more_than_bought"):
        take(photo, sale, 0, 1)
    assert photo.rows("SELECT sum(amount_minor), sum(qty_milli) FROM return_line") == [(698_000, 2_000)]


def test_a_line_of_another_sale_does_not_come_back_with_this_one(photo: Counter) -> None:
    sale = sold(photo, "CARD-64")
    other = photo.sell("anna", "BAG-1")
    with pytest.raises(Refusal, match="more_than_bought"):
        returns.take_back(
            photo.desk, photo.session("anna"), other.sale_id, {sale.lines[0].line_id: 1_000}, "changed_mind"
        )


def test_refusals_leave_nothing_behind(photo: Counter) -> None:
    sale = sold(photo, "CARD-64")
    anna = photo.session("anna")
    line = sale.lines[0].line_id
    before = photo.rows("SELECT count(*) FROM outbox")
    for sale_id, quantities, reason, code in (
        (sale.sale_id, {line: 1_000}, "because", "bad_reason"),
        (sale.sale_id, {}, "defect", "nothing_to_return"),
        (sale.sale_id, {line: 0}, "defect", "nothing_to_return"),
        (sale.sale_id, {line: -5}, "defect", "nothing_to_return"),
        (ReceiptId(known("sale", "none")), {line: 1}, "defect", "no_such_sale"),
        (sale.sale_id, {LineId(known("line", "none")): 1}, "defect", "more_than_bought"),
    ):
        with pytest.raises(Refusal, match=code):
            returns.take_back(photo.desk, anna, sale_id, quantities, reason)
    shifts.close_shift(photo.desk, photo.session("sergey"), till_total_minor=None)
    with pytest.raises(Refusal, match="no_shift"):
        returns.take_back(photo.desk, anna, sale.sale_id, {line: 1}, "defect")
    assert photo.number("SELECT count(*) FROM outbox") == before[0][0] + 1  # type: ignore[operator]
    assert photo.rows('SELECT count(*) FROM "return"') == [(0,)]


def test_what_was_returned_is_no_longer_owned(photo: Counter) -> None:
    sale = sold(photo, "CAM-1", "CARD-64")
    take(photo, sale, 1, 1_000)
    with photo.desk.look() as connection:
        owned = suggest_facts._owned(connection, customer("olga"))
    assert {one.product for one in owned} == {product("CAM-1")}


def test_four_quarters_of_two_kopecks_come_to_two_kopecks(photo: Counter) -> None:
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE price SET amount_minor = 2 WHERE product_id = ?", (product("STRAP").bytes,))
    sale = sold(photo, "STRAP")
    amounts = [take(photo, sale, 0, 250).total_minor for _ in range(4)]
    assert amounts == [1, 0, 1, 0]
    assert upkeep.verify(photo.desk).faults == ()


@given(
    amount=st.integers(0, 10_000),
    parts=st.lists(st.integers(1, 5_000), min_size=1, max_size=12),
)
@settings(max_examples=300)
def test_parts_are_never_negative_and_come_to_the_whole(amount: int, parts: list[int]) -> None:
    line = ReturnableLine(LineId(known("line", "x")), product("STRAP"), "", sum(parts), amount, sum(parts), amount)
    given_back = 0
    done = 0
    for part in parts:
        done += part
        one = part_minor(line, part)
        assert 0 <= one <= line.left_minor
        given_back += one
        assert given_back == half_up(amount * done, line.qty_milli)
        line = replace(line, left_milli=line.left_milli - part, left_minor=line.left_minor - one)
    assert given_back == amount


def test_a_sale_with_a_line_already_taken_out_of_a_held_receipt_is_unaffected(photo: Counter) -> None:
    photo.open_shift()
    basket = photo.basket("anna", "CAM-1", "CARD-64")
    receipts.remove_line(photo.desk, photo.session("anna"), basket.id, basket.lines[1].id)
    done = receipts.complete(photo.desk, photo.session("anna"), basket.id).value
    found = returns.find_sale(photo.desk, done.number)
    assert found is not None
    assert [line.product_id for line in found.lines] == [product("CAM-1")]
