from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.canon import digest, encode, short

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.binary(max_size=5), st.uuids(), st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def typed(value: Any) -> Any:  # noqa: ANN401  # any value
    """What a value is, in a form that tells 1 from True and text from bytes, with texts composed."""
    import unicodedata

    if isinstance(value, dict):
        return ("map", tuple(sorted((key, typed(item)) for key, item in value.items())))
    if isinstance(value, tuple):
        return ("list", tuple(typed(item) for item in value))
    if isinstance(value, str):
        return ("str", unicodedata.normalize("NFC", value))
    return (type(value).__name__, repr(value))


@given(VALUES, VALUES)
def test_two_values_share_bytes_only_when_they_are_the_same(left: object, right: object) -> None:
    assert (encode(left) == encode(right)) == (typed(left) == typed(right))


def test_what_a_separator_would_confuse_stays_apart() -> None:
    assert encode(("a\x1fb", "c")) != encode(("a", "b\x1fc"))
    assert len({encode(value) for value in (1, "1", b"1", (1,), None)} | {encode({"a": True}["a"])}) == 6


def test_composed_and_decomposed_letters_are_one() -> None:
    assert encode("й") == encode("и\u0306")


def test_the_order_of_a_mapping_does_not_matter() -> None:
    assert encode({"b": 1, "a": 2}) == encode({"a": 2, "b": 1})


@dataclass(frozen=True)
class Point:
    x: int
    y: int


@dataclass(frozen=True)
class Size:
    x: int
    y: int


def test_a_dataclass_is_its_name_and_its_fields() -> None:
    assert encode(Point(1, 2)) == encode(Point(y=2, x=1))
    assert len({encode(Point(1, 2)), encode(Point(2, 1)), encode(Size(1, 2)), encode({"x": 1, "y": 2})}) == 4


@pytest.mark.parametrize("wrong", [1.0, {1: 2}, {"й": 1, "и\u0306": 2}, object(), {1, 2}, dt.datetime(2026, 1, 1)])  # noqa: DTZ001
def test_what_has_no_canonical_form_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        encode(wrong)


def test_the_hash_is_fixed_for_ever_and_its_tag_counts() -> None:
    value = ("line", 1, UUID(int=1), None, {"amount_minor": 349_000})
    assert digest("crosssell.test", value).hex() == "15ce2671eece8eee4ff12416bdbe7d7b664672ebe798337338c1265f615b216a"
    assert digest("crosssell.other", value) != digest("crosssell.test", value)
    assert short(digest("crosssell.test", value)) == digest("crosssell.test", value).hex()[:8]
