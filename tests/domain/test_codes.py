"""What a scan says: barcodes, marked units with and without separators, labels with a weight or a price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.codes import Code, elements, label_keys, read_code
from crosssell_desktop.domain.gtin import check_digit
from crosssell_desktop.domain.scan import GS, to_latin_layout

GTIN = "04607000000014"
SERIALS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"%&'*+-./_,:;=<>?", min_size=1)
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="


def unit(serial: str, *, gs: str = GS, key: str = "EE08", crypto: str = "x" * 44) -> str:
    return f"01{GTIN}21{serial}{gs}91{key}{gs}92{crypto}"


@given(SERIALS.filter(lambda s: len(s) <= 20), st.sampled_from([44, 88]))
def test_a_marked_unit_is_read_by_its_separators_whatever_its_serial_holds(serial: str, crypto: int) -> None:
    assert read_code(unit(serial, crypto="x" * crypto)) == Code(
        "marked", unit(serial, crypto="x" * crypto), GTIN, serial
    )


@given(st.text(LATIN, min_size=13, max_size=13), st.text(LATIN, min_size=4, max_size=4))
def test_without_separators_the_usual_serial_is_still_read_by_position_and_the_loss_is_told(
    serial: str, key: str
) -> None:
    code = read_code(unit(serial, gs="", key=key))
    assert (code.kind, code.serial, code.has_lost_gs) == ("marked", serial, True)


def test_a_serial_that_holds_the_digits_of_a_check_part_is_not_cut_there() -> None:
    assert read_code(unit("91EE0892ABCDE")).serial == "91EE0892ABCDE"
    assert read_code(unit("91EE0892ABCDE", gs="")).serial == "91EE0892ABCDE"


def test_the_signs_a_scanner_sends_before_a_code_are_not_part_of_it() -> None:
    assert read_code("]d2" + unit("A" * 13)).serial == read_code(GS + unit("A" * 13)).serial == "A" * 13


def test_a_marked_code_scanned_in_the_russian_layout_is_put_right_first() -> None:
    """The letters that stand where a Latin serial was; an unmarked string stays as it is."""
    typed = f"01{GTIN}21ФИсв1{GS}91УУ08{GS}92" + "ч" * 44
    assert read_code(to_latin_layout(typed)).serial == "ABcd1"


def test_a_code_read_from_the_print_beside_the_symbol_has_a_serial_and_no_check_part() -> None:
    code = read_code(f"01{GTIN}21Ab5")
    assert (code.kind, code.serial, code.has_lost_gs, code.unit) == ("marked", "Ab5", True, f"01{GTIN}21Ab5")


@pytest.mark.parametrize(
    "bad", ["0104607000000015" + "21A", f"01{GTIN}", "01", f"01{GTIN}21", f"01{GTIN}21" + "A" * 70]
)
def test_what_only_looks_like_a_marked_unit_is_none(bad: str) -> None:
    assert read_code(bad).kind in {"plain", "gtin"}


def test_a_label_of_the_scales_carries_grams_and_one_of_the_cutting_table_kopecks() -> None:
    body = "211234501234"
    label = body + str(check_digit(body))
    assert (read_code(label, {"21": "weight"}).kind, read_code(label, {"21": "weight"}).amount) == ("weighed", 1234)
    assert (read_code(label, {"21": "price"}).kind, read_code(label, {"21": "price"}).amount) == ("priced", 1234)
    assert read_code(label).kind == "gtin", "a shop that has told nothing of its labels has plain barcodes"


def test_a_label_is_looked_for_by_its_head_then_as_scales_call_the_goods() -> None:
    keys = label_keys(read_code("2100007012346", {"21": "weight"}))
    assert keys[0] == "2100007"
    assert read_code(keys[1]).kind == "gtin"
    assert keys[2:] == ("00007", "7")


def test_a_gs1_string_of_a_box_gives_its_barcode() -> None:
    text = f"01{GTIN}3103001234" + "17270101" + "10LOT9"
    assert elements(text) == {"01": GTIN, "3103": "001234", "17": "270101", "10": "LOT9"}
    assert read_code(text) == Code("gtin", text, GTIN)


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    assert read_code(text).kind in {"plain", "gtin", "marked", "weighed", "priced"}
    assert read_code(text, {"20": "weight", "29": "price"}).amount >= 0
