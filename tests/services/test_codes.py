"""What a code does at the counter: a barcode, a marked unit that is sold once, labels with a weight or a price."""

from __future__ import annotations

import pytest

from crosssell_desktop.domain.basket import Basket
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.gtin import check_digit, gtin14
from crosssell_desktop.domain.scan import GS
from crosssell_desktop.services import codes, receipts, returns
from crosssell_desktop.store import settings_rows, unit
from tests.shop import Counter, product

BARCODE = "4600000000015"
GTIN = gtin14(BARCODE)
UNIT = f"01{GTIN}215abcdefghijkl{GS}91EE08{GS}92" + "q" * 44


@pytest.fixture(autouse=True)
def _barcodes(photo: Counter) -> None:
    put_barcode(photo, BARCODE, "CARD-64")


def put_barcode(counter: Counter, gtin: str, sku: str) -> None:
    with counter.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO barcode (id, gtin, product_id, ver) VALUES (randomblob(16), ?, ?, 1)",
            (gtin, product(sku).bytes),
        )


def scan(counter: Counter, basket: Basket, code: str) -> Basket:
    named = codes.name_of(counter.desk, code)
    return codes.add(counter.desk, counter.session("anna"), basket.id, named).value


def set_labels(counter: Counter, told: object) -> None:
    with unit.begin(counter.desk.database, counter.desk.clock, counter.desk.ids) as work:
        work.record("settings_changed", {"setting": [settings_rows.company_row(codes.LABELS, told, work.tick())]})


def label(head: str, amount: int) -> str:
    body = f"{head}{amount:05}"
    return body + str(check_digit(body))


def test_a_marked_unit_comes_with_its_code_and_a_line_of_its_own(photo: Counter) -> None:
    basket = scan(photo, photo.basket("anna", "CARD-64"), UNIT)
    basket = scan(photo, basket, UNIT.replace("5abc", "6abc"))
    basket = scan(photo, basket, BARCODE)
    assert [(line.item.sku, line.qty_milli, line.marking_code[:22]) for line in basket.lines] == [
        ("CARD-64", 2_000, ""),
        ("CARD-64", 1_000, UNIT[:22]),
        ("CARD-64", 1_000, UNIT.replace("5abc", "6abc")[:22]),
    ]


def test_one_marked_unit_is_not_two(photo: Counter) -> None:
    basket = scan(photo, photo.basket("anna"), UNIT)
    with pytest.raises(Refusal, match="unit_in_receipt"):
        scan(photo, basket, UNIT.replace(GS, ""))
    with pytest.raises(Refusal, match="one_unit"):
        receipts.set_quantity(photo.desk, photo.session("anna"), basket.id, basket.lines[0].id, 2_000)


def test_a_unit_that_was_sold_is_not_sold_again_until_it_came_back(photo: Counter) -> None:
    photo.open_shift()
    basket = scan(photo, photo.basket("anna"), UNIT)
    line = basket.lines[0].id
    done = receipts.complete(photo.desk, photo.session("anna"), basket.id).value
    with pytest.raises(Refusal, match="unit_sold") as stopped:
        scan(photo, photo.basket("anna"), UNIT)
    assert stopped.value.text.values["number"] == done.number
    longer = UNIT.replace(f"ijkl{GS}", f"ijklm{GS}")
    assert scan(photo, photo.basket("anna"), longer).lines[0].marking_code == longer, "it is another unit"
    returns.take_back(photo.desk, photo.session("sergey"), done.sale_id, {line: 1_000}, "changed_mind")
    assert scan(photo, photo.basket("anna"), UNIT).lines[0].marking_code == UNIT


def test_what_the_register_may_refuse_is_told_and_sold(photo: Counter) -> None:
    named = codes.name_of(photo.desk, UNIT.replace(GS, ""))
    assert named.note is not None
    assert "GS" in named.note.message
    assert [item.sku for item in named.items] == ["CARD-64"]
    assert codes.name_of(photo.desk, UNIT).note is None


def test_a_plain_barcode_of_marked_goods_asks_for_the_square_code(photo: Counter) -> None:
    assert codes.name_of(photo.desk, BARCODE).note is None
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE product SET marked = 1 WHERE id = ?", (product("CARD-64").bytes,))
    note = codes.name_of(photo.desk, BARCODE).note
    assert note is not None
    assert "square code" in note.message


def test_a_marked_unit_of_unknown_goods_names_its_barcode(photo: Counter) -> None:
    named = codes.name_of(photo.desk, UNIT.replace(GTIN, "04607000000014"))
    assert named.items == ()
    assert named.note is not None
    assert named.note.values == {"gtin": "4607000000014"}


def test_a_label_of_the_scales_brings_its_weight_and_a_priced_one_its_price(photo: Counter) -> None:
    set_labels(photo, {"21": "weight", "22": "price"})
    for gtin in ("2100123", "2200123"):
        put_barcode(photo, gtin, "CUP-1")
    basket = scan(photo, photo.basket("anna"), label("2100123", 1_234))
    assert [(line.item.sku, line.qty_milli) for line in basket.lines] == [("CUP-1", 1_234)]
    basket = scan(photo, basket, label("2200123", 45_990))
    assert (basket.lines[1].qty_milli, basket.lines[1].amount_minor) == (1_000, 45_990)
    with pytest.raises(Refusal, match="empty_label"):
        scan(photo, basket, label("2100123", 0))


def test_a_setting_of_labels_that_makes_no_sense_leaves_plain_barcodes(photo: Counter) -> None:
    for told in ("weight", {"21": "colour"}, [1]):
        set_labels(photo, told)
        assert codes.name_of(photo.desk, label("2100123", 1_234)).code.kind == "gtin"
