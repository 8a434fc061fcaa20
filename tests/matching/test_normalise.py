"""The keys by which cards are compared."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.matching import given_names, normalise
from crosssell_desktop.matching.cards import Card, keys_of


@pytest.mark.parametrize("module", [normalise, given_names])
def test_the_examples_of_the_docstrings_hold(module: object) -> None:
    tried = doctest.testmod(module)  # type: ignore[arg-type]  # a module is one
    assert tried.attempted > 0
    assert tried.failed == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Артём", "Артем"),
        ("Mария", "Мария"),
        ("CEPГEЙ", "сергей"),
        ("Хабибуллин", "Khabibullin"),
        ("Цветков", "Tsvetkov"),
        ("Юрьев", "Yuryev"),
        ("3ахаров", "Захаров"),
        ("О’Коннор", "Оконнор"),
    ],
)
def test_one_name_written_in_two_ways_is_one(one: str, other: str) -> None:
    assert normalise.skeleton(one) == normalise.skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("Мария", "Марина"), ("Иванов", "Петров"), ("Юлия", "Лилия")])
def test_two_names_stay_two(one: str, other: str) -> None:
    assert normalise.skeleton(one) != normalise.skeleton(other)


@pytest.mark.parametrize(
    "text",
    [
        "125009, г. Москва, ул. Тверская, д. 7, кв. 31",
        "Москва, Тверская ул., дом 7, кв 31",
        "Тверская 7-31, Москва",
        "Тверская улица, 7, квартира 31, город Москва",
    ],
)
def test_an_address_is_one_however_it_is_written(text: str) -> None:
    found = normalise.address(text)
    assert (found.street, found.house, found.flat) == (normalise.street_key("Тверская"), "7", "31")
    assert found.place == normalise.skeleton("Москва")


def test_names_in_each_others_columns_are_put_right() -> None:
    keys = keys_of(Card(key="1", family="Галина", given="Тихомирова"))
    assert keys.family == normalise.skeleton("Тихомирова")
    assert keys.sex == "f"


@given(st.text(max_size=60))
def test_no_text_breaks_the_keys(text: str) -> None:
    card = Card(key="1", family=text, given=text, patronymic=text, address=text, birthday=text, house=text, street=text)
    keys = keys_of(card)
    assert keys == keys_of(card)
    assert normalise.phone(text) == "" or normalise.phone(normalise.phone(text)) == normalise.phone(text)
    assert normalise.email(normalise.email(text)) == normalise.email(text)
