"""The rules M1 to M7, and what keeps a pair from being joined by itself."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks.russian_people import make
from crosssell_desktop.matching.cards import Card, Contact, all_keys, keys_of
from crosssell_desktop.matching.compare import compare
from crosssell_desktop.matching.pairs import judge_all
from crosssell_desktop.matching.rules import REVIEW_PROBABILITY, Verdict, Zone, judge

PHONE = (Contact("8-916-123-45-67", verified=True),)
MARIA = Card(key="a", family="Петрова", given="Мария", patronymic="Ивановна", phones=PHONE)


def verdict(one: Card, other: Card, **more: float) -> Verdict:
    return judge(compare(keys_of(one), keys_of(replace(other, key="b"))), **more)  # type: ignore[arg-type]


def test_m1_the_same_loyalty_card_is_one_person() -> None:
    told = verdict(replace(MARIA, loyalty=("2001",), phones=()), Card(key="b", name="Маша Петрова", loyalty=("2001",)))
    assert (told.zone, told.rule) == (Zone.AUTO, "M1")


def test_m1_the_same_number_in_one_system_is_one_person() -> None:
    other = Card(key="b", name="Петрова Мария", external_ids=("1c/77",))
    assert verdict(replace(MARIA, phones=(), external_ids=("1c/77",)), other).rule == "M1"
    assert verdict(replace(MARIA, phones=(), external_ids=("odoo/77",)), other).zone is Zone.SEPARATE


def test_m2_the_same_verified_phone_and_family_name_is_one_person() -> None:
    other = Card(key="b", name="Маша Петрова", phones=(Contact("+7 916 123 45 67", verified=True),))
    assert (verdict(MARIA, other).zone, verdict(MARIA, other).rule) == (Zone.AUTO, "M2")
    unverified = replace(other, phones=(Contact("+7 916 123 45 67"),))
    assert (verdict(MARIA, unverified).zone, verdict(MARIA, unverified).rule) == (Zone.REVIEW, "M2a")


def test_m3_the_same_verified_email_and_whole_name_is_one_person() -> None:
    mail = (Contact("maria@mail.example", verified=True),)
    one = replace(MARIA, phones=(), emails=mail)
    same = Card(key="b", name="Петрова Мария", emails=(Contact(" MARIA@mail.example", verified=True),))
    assert (verdict(one, same).zone, verdict(one, same).rule) == (Zone.AUTO, "M3")
    assert verdict(one, replace(same, name="Петровна Мария")).zone is Zone.REVIEW


def test_m4_a_family_phone_is_for_a_person_and_offers_a_household() -> None:
    told = verdict(MARIA, Card(key="b", name="Сидоров Олег", phones=PHONE))
    assert (told.zone, told.rule, told.is_family) == (Zone.REVIEW, "M4", True)
    spouse = verdict(MARIA, Card(key="b", name="Петров Олег", phones=PHONE))
    assert (spouse.zone, spouse.is_family) == (Zone.REVIEW, True)


def test_m5_name_and_birthday_without_a_contact_are_for_a_person() -> None:
    one = replace(MARIA, phones=(), birthday="1980-05-02")
    told = verdict(one, Card(key="b", name="Петрова Мария", birthday="1980-05-02"))
    assert (told.zone, told.rule) == (Zone.REVIEW, "M5")


def test_m6_a_similar_name_in_one_house_is_for_a_person() -> None:
    one = replace(MARIA, phones=(), address="Москва, ул. Тверская, д. 7")
    told = verdict(one, Card(key="b", name="Петрова Марья", address="Тверская 7, Москва"))
    assert (told.zone, told.rule) == (Zone.REVIEW, "M6")
    assert verdict(one, Card(key="b", name="Петрова Мария", address="Тверская 9, Москва")).zone is Zone.SEPARATE


@pytest.mark.parametrize(
    "against",
    [
        {"birthday": "1980-05-02", "is_birthday_verified": True},
        {"inn": "500100732259"},
        {"patronymic": "Петровна"},
        {"given": "Марина"},
        {"given": "Марк", "family": "Петров", "patronymic": ""},
    ],
)
def test_m7_what_contradicts_is_never_joined_by_itself(against: dict[str, str]) -> None:
    one = replace(MARIA, loyalty=("2001",), birthday="1991-11-30", is_birthday_verified=True, inn="7707083893")
    assert verdict(one, replace(one, birthday="", inn="")).zone is Zone.AUTO
    assert verdict(one, replace(one, **against)).zone is Zone.REVIEW  # type: ignore[arg-type]


def test_twins_are_never_joined_by_themselves() -> None:
    one = replace(MARIA, birthday="1990-01-01", address="Тверская 7-31, Москва")
    told = verdict(one, replace(one, given="Дарья"))
    assert told.zone is Zone.REVIEW
    assert told.is_family


def test_a_card_without_a_first_name_is_for_a_person() -> None:
    assert verdict(MARIA, replace(MARIA, given="", patronymic="")).zone is Zone.REVIEW


def test_the_model_finds_what_no_rule_names_and_doubts_what_one_does() -> None:
    one, other = replace(MARIA, phones=()), replace(MARIA, phones=(), family="Петровва")
    assert verdict(one, other, probability=REVIEW_PROBABILITY).rule == "P"
    assert verdict(one, other, probability=REVIEW_PROBABILITY - 0.01).zone is Zone.SEPARATE
    assert verdict(MARIA, MARIA, probability=0.2).zone is Zone.REVIEW


def test_a_group_that_holds_a_contradiction_is_for_a_person_whole() -> None:
    """Two sisters, each joined with a third card by a key of its own: nothing of it is done by itself."""
    card, mail = ("2001",), (Contact("p@mail.example", verified=True),)
    middle = Card(key="m", name="Петрова Мария", loyalty=card, emails=mail)
    one = Card(key="1", name="Петрова Мария", birthday="1980-01-01", loyalty=card)
    other = Card(key="2", name="Петрова Мария", birthday="1990-12-31", emails=mail)
    alone = judge_all(all_keys([middle, one]))
    assert [j.verdict.zone for j in alone] == [Zone.AUTO]
    together = judge_all(all_keys([middle, one, other]))
    assert len(together) == 2
    assert {j.verdict.zone for j in together} == {Zone.REVIEW}


def test_pairs_told_apart_are_not_shown_again() -> None:
    keys = all_keys([MARIA, replace(MARIA, key="b")])
    assert judge_all(keys)
    assert judge_all(keys, apart=[(0, 1)]) == []


def test_a_father_and_a_son_of_one_name_behind_a_family_phone_are_for_a_person() -> None:
    father = Card(key="1", name="Иванов Иван", phones=PHONE)
    son = Card(key="2", name="Иванов Иван", phones=PHONE)
    mother = Card(key="3", name="Иванова Анна", phones=PHONE)
    assert [j.verdict.zone for j in judge_all(all_keys([father, son]))] == [Zone.AUTO]
    with_mother = {j.at: j.verdict.zone for j in judge_all(all_keys([father, son, mother]))}
    assert with_mother[0, 1] is Zone.REVIEW


def test_the_answer_does_not_depend_on_the_order_of_the_cards() -> None:
    cards = list(make(seed=5, people=250).cards)
    told = {frozenset((j.comparison.left.card.key, j.comparison.right.card.key)): j.verdict.zone
            for j in judge_all(all_keys(cards))}  # fmt: skip
    random.Random(1).shuffle(cards)
    again = {frozenset((j.comparison.left.card.key, j.comparison.right.card.key)): j.verdict.zone
             for j in judge_all(all_keys(cards))}  # fmt: skip
    assert told == again
    assert Zone.AUTO in told.values()


def test_a_number_that_many_people_left_joins_nobody() -> None:
    nines = (Contact("+7 999 999 99 99", verified=True),)
    people = make(seed=9, people=20).cards
    cards = [replace(c, phones=nines, emails=(), loyalty=(), address="", birthday="") for c in people]
    assert all(j.verdict.zone is Zone.REVIEW for j in judge_all(all_keys(cards)))
