from __future__ import annotations

import struct
import uuid

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosssell_desktop.domain.ids import ProductId
from crosssell_desktop.suggest.container import ModelFault, pack, unpack
from crosssell_desktop.suggest.history import OwnBasket, OwnHistory
from crosssell_desktop.suggest.model import MODEL_VERSION, Model
from tests.suggest.shop import TODAY, catalogue, product, taught

KNOWN = catalogue(5)
BYTES = taught([(no, 0, TODAY, [no % 5, (no + 1) % 5]) for no in range(40)], KNOWN)[1]


def _code(buffer: bytes) -> str:
    with pytest.raises(ModelFault) as fault:
        Model.from_buffer(buffer)
    return fault.value.code


def test_an_empty_damaged_or_foreign_model_is_named() -> None:
    assert _code(b"") == "model_empty"
    assert _code(BYTES[:20]) == "model_damaged"
    assert _code(b"PK\x03\x04" + bytes(100)) == "model_damaged"
    assert _code(BYTES[:8] + struct.pack("<I", MODEL_VERSION + 1) + BYTES[12:]) == "model_version"
    assert _code(BYTES[:-1]) == "model_damaged"
    assert _code(pack(MODEL_VERSION, {"types": []}, {"sku": np.zeros(1, np.uint8)})) == "model_damaged"


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
@example(12, 96)  # the length of the header
def test_no_changed_byte_goes_unnoticed(place: int, change: int) -> None:
    damaged = bytearray(BYTES)
    damaged[place] ^= change
    assert _code(bytes(damaged)) in ("model_damaged", "model_version")


def test_a_model_is_read_in_place_from_any_buffer() -> None:
    model = Model.from_buffer(memoryview(bytearray(BYTES)))
    assert not model.neighbours.flags.writeable
    assert not model.neighbours.flags.owndata
    assert model.digest == Model.from_buffer(BYTES).digest


def test_products_are_found_by_id_and_by_sku() -> None:
    model = Model.from_buffer(BYTES)
    for number in range(5):
        index = model.index(product(number))
        assert model.product(index) == product(number)
        assert model.sku(index) == f"S{number:03d}"
        assert model.index_of_sku(f"S{number:03d}") == index
    assert model.index(product(77)) == -1
    assert model.index_of_sku("S9") == -1
    assert model.indexes([product(1), product(77)]).tolist() == [model.index(product(1)), -1]


def test_ids_with_equal_upper_halves_are_told_apart() -> None:
    model = Model.from_buffer(BYTES)
    twin = ProductId(uuid.UUID(int=product(1).int ^ 1))
    assert model.index(twin) == -1
    history = OwnHistory.of([OwnBasket(TODAY, (product(1), twin))], model)
    assert history.unknown == 1
    assert history.items.tolist() == [model.index(product(1))]


def test_what_is_not_a_plain_number_is_not_packed() -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        pack(1, {}, {"names": np.array(["a"])})
    contents = unpack(pack(1, {"a": "ё"}, {"x": np.arange(6, dtype=np.int32).reshape(2, 3)}), 1)
    assert contents.meta == {"a": "ё"}
    assert contents.arrays["x"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_any_other_length_of_the_header_is_named_damaged() -> None:
    length = struct.unpack("<I", BYTES[12:16])[0]
    for other in range(0, 2 * length, 16):
        if other != length:
            assert _code(BYTES[:12] + struct.pack("<I", other) + BYTES[16:]) == "model_damaged"
