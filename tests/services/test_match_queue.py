"""The queue of pairs that may be one person: filled by a run, answered by one key each way."""

from __future__ import annotations

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.matching.compare import Agreement, Field
from crosssell_desktop.services import customers, match_queue, merging
from crosssell_desktop.store import clusters, registers
from crosssell_desktop.store.puts import IdentifierPut, identifier_id
from tests.shop import Counter, SetClock

PHONE = "+79161112233"


def made(counter: Counter, name: str, phone: str = PHONE) -> CustomerId:
    anna = counter.session("anna")
    return customers.create(counter.desk, anna, name=name, phone=phone, even_if_known=True).value


def verify_phones(counter: Counter) -> None:
    with counter.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE contact_point SET verified_at = 1")


def is_one(counter: Counter, one: CustomerId, other: CustomerId) -> bool:
    with counter.desk.look() as connection:
        tops = clusters.roots_of(connection, (one, other))
    return tops[one] == tops[other]


@pytest.fixture
def family(photo: Counter) -> tuple[CustomerId, CustomerId]:
    pair = made(photo, "Зорина Яна"), made(photo, "Мороз Олег")
    match_queue.fill(photo.desk, rules_only=True)
    return pair


def test_a31_sure_pairs_are_merged_and_the_rest_waits_for_a_person(photo: Counter) -> None:
    one, other = made(photo, "Семёнова Алёна Петровна"), made(photo, "Семенова Алена")
    doubtful = made(photo, "Мороз Инна", "+79990000001"), made(photo, "Мороз Инна", "8 999 000-00-01")
    verify_phones(photo)
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE contact_point SET verified_at = NULL WHERE value LIKE '%0001'")
    done = match_queue.fill(photo.desk, rules_only=True).value
    assert (done.auto, done.review, done.recorded) == (1, 1, 2)
    assert is_one(photo, one, other)
    assert not is_one(photo, *doubtful)
    merging.unmerge(photo.desk, photo.session("maria"), other)
    assert not is_one(photo, one, other)


def test_a_second_run_finds_nothing_new(photo: Counter, family: tuple[CustomerId, CustomerId]) -> None:
    assert match_queue.fill(photo.desk, rules_only=True).value.recorded == 0
    assert len(match_queue.waiting(photo.desk, photo.session("maria"))) == 1
    assert not is_one(photo, *family)


def test_both_cards_are_shown_with_what_agrees_and_how_much_it_weighs(
    photo: Counter, family: tuple[CustomerId, CustomerId]
) -> None:
    maria = photo.session("maria")
    (one,) = match_queue.waiting(photo.desk, maria)
    assert {one.one, one.other} == set(family)
    view = match_queue.pair(photo.desk, maria, one)
    lines = {line.field: line for line in view.lines}
    assert lines[Field.PHONE].agreement is Agreement.SAME
    assert lines[Field.PHONE].points > 0
    assert {lines[Field.FAMILY].left, lines[Field.FAMILY].right} == {"Зорина", "Мороз"}
    assert lines[Field.FAMILY].points < 0
    assert view.is_family
    assert view.reasons


def test_a_contact_is_masked_for_who_may_not_see_it(photo: Counter, family: tuple[CustomerId, CustomerId]) -> None:
    dima = photo.session("dima")
    (one,) = match_queue.waiting(photo.desk, dima)
    phones = next(line for line in match_queue.pair(photo.desk, dima, one).lines if line.field is Field.PHONE)
    assert "1112" not in phones.left + phones.right
    assert not is_one(photo, *family)


def test_the_same_makes_one_person(photo: Counter, family: tuple[CustomerId, CustomerId]) -> None:
    maria = photo.session("maria")
    (one,) = match_queue.waiting(photo.desk, maria)
    match_queue.same(photo.desk, maria, one)
    assert is_one(photo, *family)
    assert match_queue.waiting(photo.desk, maria) == ()
    assert match_queue.fill(photo.desk, rules_only=True).value.recorded == 0


def test_two_people_are_never_shown_again(photo: Counter, family: tuple[CustomerId, CustomerId]) -> None:
    maria = photo.session("maria")
    (one,) = match_queue.waiting(photo.desk, maria)
    match_queue.different(photo.desk, maria, one)
    assert match_queue.waiting(photo.desk, maria) == ()
    done = match_queue.fill(photo.desk, rules_only=True).value
    assert (done.review, done.recorded) == (0, 0)
    assert match_queue.waiting(photo.desk, maria) == ()
    assert not is_one(photo, *family)


def test_m4_a_household_is_made_of_two_people(photo: Counter, family: tuple[CustomerId, CustomerId]) -> None:
    maria = photo.session("maria")
    (one,) = match_queue.waiting(photo.desk, maria)
    match_queue.household(photo.desk, maria, one)
    homes = photo.rows("SELECT DISTINCT household_id FROM customer WHERE display_name IN ('Зорина Яна', 'Мороз Олег')")
    assert len(homes) == 1
    assert homes[0][0] is not None
    assert match_queue.waiting(photo.desk, maria) == ()
    assert not is_one(photo, *family)


def test_what_is_put_off_comes_back_after_a_week(
    photo: Counter, wall: SetClock, family: tuple[CustomerId, CustomerId]
) -> None:
    maria = photo.session("maria")
    (one,) = match_queue.waiting(photo.desk, maria)
    match_queue.later(photo.desk, maria, one)
    assert match_queue.waiting(photo.desk, maria) == ()
    match_queue.fill(photo.desk, rules_only=True)
    assert match_queue.waiting(photo.desk, maria) == ()
    wall.advance(days=7)
    assert match_queue.waiting(photo.desk, maria) == (one,)
    assert not is_one(photo, *family)


def test_a_consultant_does_not_see_the_queue(photo: Counter, family: tuple[CustomerId, CustomerId]) -> None:
    del family
    with pytest.raises(Refusal, match="not_allowed"):
        match_queue.waiting(photo.desk, photo.session("anna"))


def test_organisations_are_joined_by_inn_and_kpp_and_the_rest_waits_with_both_shown(photo: Counter) -> None:
    def firm(name: str, **numbers: str) -> CustomerId:
        id_ = made(photo, name, "")
        with photo.desk.begin() as work:
            work.connection.exec_driver_sql("UPDATE customer SET kind = 'organisation' WHERE id = ?", (id_.bytes,))
            registers.put(
                work,
                "numbers_told",
                [
                    IdentifierPut(id=identifier_id(id_, kind, value), customer_id=id_, type=kind, value=value)
                    for kind, value in numbers.items()
                ],
            )
        return id_

    one, other = (firm(name, inn="7707083893", kpp="770701001") for name in ("ООО Ромашка", "Ромашка плюс"))
    branch = firm("Ромашка филиал", inn="7707083893", kpp="997950001")
    done = match_queue.fill(photo.desk, rules_only=True).value
    assert (done.auto, done.review) == (1, 2)
    assert is_one(photo, one, other)
    assert not is_one(photo, one, branch)
    maria = photo.session("maria")
    waits = match_queue.waiting(photo.desk, maria)
    assert {one.rule for one in waits} == {"O2"}
    lines = {line.field: line for line in match_queue.pair(photo.desk, maria, waits[0]).lines}
    assert lines[Field.INN].agreement is Agreement.SAME
    assert lines[Field.KPP].agreement is Agreement.DIFFERENT


def test_after_an_import_only_its_cards_and_those_that_share_a_key_are_compared(photo: Counter) -> None:
    old = made(photo, "Зорина Яна"), made(photo, "Зорина Яна Олеговна", "+79990000001")
    new = made(photo, "Зорина Я.")
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO external_ref(source_no, entity, external_id, id, digest, batch_no, ver)"
            " VALUES (1, 'customer', '7', ?, '', 5, 1)",
            (new.bytes,),
        )
    done = match_queue.fill(photo.desk, batch=5).value
    assert (done.cards, done.auto, done.review, done.weighed) == (2, 0, 1, False)
    (one,) = match_queue.waiting(photo.desk, photo.session("maria"))
    assert {one.one, one.other} == {old[0], new}
    assert match_queue.fill(photo.desk, batch=6).value.cards == 0
