"""Small rules of the card: taxpayer numbers, words that are not written, whose value survives a merge, warranties."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.inn import is_inn
from crosssell_desktop.domain.merging import (
    Contact,
    Merge,
    Perk,
    Unmerge,
    apart,
    contacts,
    in_force,
    perks,
    roots,
    surviving,
)
from crosssell_desktop.domain.notes import stopped
from crosssell_desktop.store.queries.card_parts import after_months


@pytest.mark.parametrize("number", ["7707083893", "7830002293", "500100732259"])
def test_a_taxpayer_number_has_check_digits(number: str) -> None:
    assert is_inn(number)
    for place in range(len(number)):
        for digit in "0123456789":
            changed = number[:place] + digit + number[place + 1 :]
            assert is_inn(changed) == (changed == number), changed
    assert not is_inn(number[:-1])


def test_domain_examples_of_taxpayer_numbers() -> None:
    assert (is_inn("7707083893"), is_inn("7707083894"), is_inn("0000000000"), is_inn("77O7083893")) == (
        True, False, False, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("У клиента диабет", "health"),
        ("БЕРЕМЕННА, подождёт", "health"),
        ("верующий, не звонить в пятницу", "religion"),
        ("Orthodox family", "religion"),
        ("полный идиот", "insult"),
        ("жена — дура", "insult"),
    ],
)
def test_a30_health_religion_and_insults_are_stopped(text: str, topic: str) -> None:
    found = stopped(text)
    assert found is not None
    assert found.topic == topic


@pytest.mark.parametrize(
    "text",
    [
        "Любит сравнить на месте, решает сама", "Раковина в ванной — ищет смеситель", "Снимает храмы и дворцы",
        "Ищет вес для теста", "Показать вживую, назвать цену сразу", "Will compare at home, likes facts",
        "Хамовники, улица Льва Толстого", "Работает врачом", "Спидометр не нужен",
    ],
)  # fmt: skip
def test_a30_ordinary_words_are_not_stopped(text: str) -> None:
    assert stopped(text) is None


def card(number: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401  # any column
    whole = {
        "id": UUID(int=number), "kind": "person", "display_name": "", "family_name": "", "given_name": "",
        "patronymic": "", "birthday": "", "language": "", "status": "active", "care_until": 0,
        "do_not_contact": False, "household_id": None, "name_source": None, "birthday_source": None,
        "stamps": None, "ver": number,
    }  # fmt: skip
    return {**whole, **fields}


def test_of_merged_cards_the_surest_name_and_birthday_survive_and_the_strictest_of_the_rest() -> None:
    paper = card(1, display_name="Анна Белова", name_source="document", birthday="05-17", care_until=7)
    typed = card(2, display_name="Аня", name_source="staff", birthday="05-18", birthday_source="stated")
    file = card(9, display_name="БЕЛОВА А.", language="en", do_not_contact=True, status="restricted")
    for _ in range(5):
        some = [paper, typed, file]
        random.Random(_).shuffle(some)
        found = surviving(some)
        assert (found["display_name"], found["birthday"], found["language"]) == ("Анна Белова", "05-18", "en")
        assert (found["do_not_contact"], found["care_until"], found["status"]) == (True, 7, "restricted")
    assert surviving([card(1, display_name="Раньше"), card(5, display_name="Позже")])["display_name"] == "Позже"
    assert surviving([card(5, display_name="Было"), card(9, display_name="")])["display_name"] == "Было"
    assert surviving([typed]) == typed


def test_a_verified_contact_stands_before_a_newer_one_and_each_value_once() -> None:
    whose = UUID(int=1)
    old = Contact(UUID(int=1), whose, "phone", "+71", is_primary=False, verified_at=5, ver=1)
    new = Contact(UUID(int=2), whose, "phone", "+72", is_primary=True, verified_at=None, ver=9)
    twin = Contact(UUID(int=3), whose, "phone", "+71", is_primary=True, verified_at=None, ver=8)
    assert contacts([new, twin, old]) == (old, new)


def test_of_two_perks_of_a_kind_the_better_for_the_client_stays() -> None:
    small, big = Perk("discount", "3 %", 300, None), Perk("discount", "5 %", 500, 100)
    other = Perk("return", "30 дней", 30, 40)
    assert perks([small, big, other], now_ms=50) == (big,)
    assert perks([small, big], now_ms=150) == (small,)


IDS = st.integers(1, 6).map(lambda n: UUID(int=n))


@given(st.lists(st.tuples(IDS, IDS), max_size=10), st.data())
def test_merges_and_unmerges_commute(pairs: list[tuple[UUID, UUID]], data: st.DataObject) -> None:
    merges = [Merge(UUID(int=100 + n), a, b, "merge") for n, (a, b) in enumerate(pairs) if a != b]
    undone = data.draw(st.lists(st.sampled_from(merges), max_size=4)) if merges else []
    unmerges = [Unmerge(UUID(int=200 + n), m.id) for n, m in enumerate(undone)]
    accepted = (
        data.draw(st.sets(st.sampled_from([m.id for m in merges] + [u.id for u in unmerges]))) if merges else set()
    )
    found = in_force(merges, unmerges, accepted)
    chance = data.draw(st.randoms(use_true_random=False))
    one, other = list(merges), list(unmerges)
    chance.shuffle(one)
    chance.shuffle(other)
    assert set(in_force(one, other, accepted)) == set(found)
    assert roots((m.one, m.other) for m in in_force(one, other, accepted)) == roots((m.one, m.other) for m in found)


@given(st.lists(st.tuples(IDS, IDS), min_size=1, max_size=8), IDS)
def test_one_card_leaves_and_the_rest_of_its_cluster_stays_one(pairs: list[tuple[UUID, UUID]], card_id: UUID) -> None:
    merges = [Merge(UUID(int=100 + n), a, b, "merge") for n, (a, b) in enumerate(pairs) if a != b]
    before = roots((m.one, m.other) for m in merges)
    mine = {x for m in merges for x in (m.one, m.other) if before.get(x, x) == before.get(card_id, card_id)}
    cluster = [m for m in merges if m.one in mine]
    undone, instead = apart(card_id, cluster)
    after = roots([(m.one, m.other) for m in cluster if m.id not in undone] + list(instead))
    others = mine - {card_id}
    assert card_id not in after
    assert card_id not in after.values()
    assert len({after.get(x, x) for x in others}) <= 1


def test_a_warranty_ends_on_the_same_day_or_the_last_of_a_short_month() -> None:
    day = 86_400_000
    january_31 = 1_769_860_800_000  # 2026-01-31 12:00 UTC
    assert after_months(january_31, 1) == january_31 + 28 * day
    assert after_months(january_31, 12) == january_31 + 365 * day
    assert after_months(january_31, 25) == january_31 + (365 + 365 + 29) * day
