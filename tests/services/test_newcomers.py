"""Before a new card is saved: who may be known already."""

from __future__ import annotations

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import customers, newcomers
from tests.shop import Counter


def told(counter: Counter, **typed: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    found = newcomers.possible_same(counter.desk, counter.session("anna"), **{"name": "", **typed})
    return [(one.display_name, one.is_exact, tuple(map(str, one.reasons))) for one in found]


@pytest.mark.parametrize("phone", ["8 (916) 000-00-00", "+79160000000", "916 000 00 00"])
def test_a_known_phone_is_shown_however_it_is_written(photo: Counter, phone: str) -> None:
    assert told(photo, name="Оля Ветрова", phone=phone) == [
        ("Ольга Ветрова", True, ("the same phone", "the same name"))
    ]


def test_a_familys_phone_is_told_so(photo: Counter) -> None:
    assert told(photo, name="Олег Ветров", phone="+79160000000") == [
        ("Ольга Ветрова", True, ("the same phone", "another name: a family's phone?"))
    ]


@pytest.mark.parametrize("name", ["Ветрова Ольга", "Оля Ветрова", "ольга ветрова", "Ветрова Оля Игоревна"])
def test_a_similar_name_is_shown_without_any_contact(photo: Counter, name: str) -> None:
    assert [(who, exact) for who, exact, _ in told(photo, name=name)] == [("Ольга Ветрова", False)]


@pytest.mark.parametrize("name", ["Олег Ветров", "Зинаида Ветрова", "Ольга Мороз"])
def test_somebody_else_is_not_shown(photo: Counter, name: str) -> None:
    assert told(photo, name=name) == []


def test_an_email_is_enough(photo: Counter) -> None:
    assert told(photo, name="Кто-то", email="Olga@Example.org")[0][:2] == ("Ольга Ветрова", True)


def test_at_most_three_are_shown_the_likeliest_first(photo: Counter) -> None:
    for n in range(6):
        customers.create(photo.desk, photo.session("anna"), name="Ольга Ветрова", phone=f"+7916111000{n}")
    found = newcomers.possible_same(photo.desk, photo.session("anna"), name="Ольга Ветрова", phone="+79161110004")
    assert len(found) == 3
    assert found[0].phone_tail == "0004"
    assert found[0].is_exact


def test_a_cashier_may_not_look_who_is_known(photo: Counter) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        newcomers.possible_same(photo.desk, photo.session("katya"), name="Ольга Ветрова")
