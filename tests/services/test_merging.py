from __future__ import annotations

from uuid import UUID

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.services import customers, merging
from crosssell_desktop.services.merging import Found
from crosssell_desktop.store.queries.card import Card
from crosssell_desktop.store.queries.suggest_facts import customer_view
from tests.shop import Counter, SetClock, customer, product

OLGA, PAVEL, IRINA = customer("olga"), customer("pavel"), customer("irina")


def card(counter: Counter, who: CustomerId) -> Card:
    return customers.card(counter.desk, counter.session("maria"), who)


def test_a_merged_card_shows_what_all_of_them_know_and_an_unmerge_restores_each_exactly(
    photo: Counter, wall: SetClock
) -> None:
    anna, maria = photo.session("anna"), photo.session("maria")
    photo.open_shift()
    photo.sell("anna", "CAM-1", of="olga")
    customers.add_note(photo.desk, anna, OLGA, "who", "фотограф")
    wall.advance(s=5)
    photo.sell("anna", "CUP-1", of="pavel")
    customers.set_consent(photo.desk, anna, OLGA, "marketing", given=True)
    customers.set_consent(photo.desk, anna, PAVEL, "marketing", given=False)
    customers.edit(photo.desk, anna, PAVEL, {"do_not_contact": True, "display_name": "Павел Соколов-Ветров"})
    before = card(photo, OLGA), card(photo, PAVEL)
    merging.merge(photo.desk, maria, OLGA, PAVEL)
    one, other = card(photo, OLGA), card(photo, PAVEL)
    assert one.ids == other.ids == tuple(sorted((OLGA, PAVEL)))
    assert one.display_name == other.display_name == "Павел Соколов-Ветров"
    assert [p.sku for p in one.purchases] == ["CUP-1", "CAM-1"]
    assert (one.do_not_contact, "marketing" in one.consents, one.visits) == (True, False, 2)
    assert [n.text for n in other.notes] == ["фотограф"]
    assert len(one.phones) == len(one.cards) == 2
    merging.unmerge(photo.desk, maria, PAVEL)
    assert (card(photo, OLGA), card(photo, PAVEL)) == before


def test_what_happens_to_a_merged_card_goes_back_with_the_card_it_was_said_of(photo: Counter) -> None:
    maria = photo.session("maria")
    photo.open_shift()
    merging.merge(photo.desk, maria, OLGA, PAVEL)
    photo.sell("anna", "MACH-1", of="pavel")
    customers.add_note(photo.desk, maria, OLGA, "traits", "не любит звонков")
    assert [p.sku for p in card(photo, OLGA).purchases] == ["MACH-1"]
    merging.unmerge(photo.desk, maria, OLGA)
    assert card(photo, OLGA).purchases == ()
    assert [p.sku for p in card(photo, PAVEL).purchases] == ["MACH-1"]
    assert [len(card(photo, x).notes) for x in (OLGA, PAVEL)] == [1, 0]


def test_one_card_of_three_leaves_and_the_others_stay_together(photo: Counter) -> None:
    maria = photo.session("maria")
    merging.merge(photo.desk, maria, OLGA, PAVEL)
    merging.merge(photo.desk, maria, OLGA, IRINA)
    assert len(card(photo, PAVEL).ids) == 3
    merging.unmerge(photo.desk, maria, OLGA)
    assert card(photo, OLGA).ids == (OLGA,)
    assert card(photo, PAVEL).ids == card(photo, IRINA).ids == tuple(sorted((PAVEL, IRINA)))
    with pytest.raises(Refusal, match="not_merged"):
        merging.unmerge(photo.desk, maria, OLGA)


def test_who_may_propose_approve_and_decide(photo: Counter) -> None:
    desk = photo.desk
    for name in ("katya",):
        with pytest.raises(Refusal, match="not_allowed"):
            merging.propose(desk, photo.session(name), OLGA, PAVEL)
    with pytest.raises(Refusal, match="not_allowed"):
        merging.merge(desk, photo.session("anna"), OLGA, PAVEL)
    with pytest.raises(Refusal, match="needs_proposal"):
        merging.merge(desk, photo.session("sergey"), OLGA, PAVEL)
    merging.propose(desk, photo.session("sergey"), OLGA, PAVEL)
    with pytest.raises(Refusal, match="needs_proposal"):
        merging.merge(desk, photo.session("sergey"), PAVEL, OLGA)
    merging.refuse(desk, photo.session("maria"), OLGA, PAVEL)
    first = merging.propose(desk, photo.session("anna"), PAVEL, OLGA).value
    assert merging.propose(desk, photo.session("vera"), OLGA, PAVEL).value == first
    assert [p.id for p in merging.proposals(desk, photo.session("sergey"))] == [first]
    merging.merge(desk, photo.session("sergey"), OLGA, PAVEL)
    assert merging.proposals(desk, photo.session("sergey")) == ()
    assert [m.person_id for m in merging.merges_of(desk, photo.session("maria"), PAVEL)] == [
        photo.session("sergey").person_id
    ]
    merging.merge(desk, photo.session("dima"), IRINA, PAVEL, rule="M5")
    with pytest.raises(Refusal, match="already_one"):
        merging.propose(desk, photo.session("anna"), OLGA, IRINA)
    with pytest.raises(Refusal, match="one_card"):
        merging.merge(desk, photo.session("maria"), OLGA, OLGA)
    with pytest.raises(Refusal, match="no_such_customer"):
        merging.merge(desk, photo.session("maria"), OLGA, CustomerId(UUID(int=5)))


def test_what_people_said_are_two_is_not_found_again(photo: Counter) -> None:
    desk, maria = photo.desk, photo.session("maria")
    pairs = [Found(OLGA, PAVEL, "M1"), Found(PAVEL, IRINA, "M5", 8_700)]
    assert merging.record_found(desk, pairs).value == 2
    assert card(photo, OLGA).ids == card(photo, PAVEL).ids
    assert [(p.rule, p.score_bps) for p in merging.proposals(desk, maria)] == [("M5", 8_700)]
    assert merging.record_found(desk, pairs).value == 0
    merging.unmerge(desk, maria, OLGA)
    merging.refuse(desk, maria, PAVEL, IRINA)
    assert merging.kept_apart(desk) == {(min(a, b), max(a, b)) for a, b in ((OLGA, PAVEL), (PAVEL, IRINA))}
    assert merging.record_found(desk, pairs).value == 0
    merging.merge(desk, maria, OLGA, PAVEL)
    assert len(card(photo, OLGA).ids) == 2


def test_a_merge_that_the_centre_has_not_accepted_does_not_count(photo: Counter, home: Counter) -> None:
    photo.rows("SELECT 1")
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO link (one, host, port, dbname, role, password, tls, root_cert)"
            " VALUES (1, 'h', 1, 'd', 'r', 'p', 'local', '')"
        )
    made = merging.merge(photo.desk, photo.session("maria"), OLGA, PAVEL).value
    assert card(photo, OLGA).ids == (OLGA,)
    assert [(m.id, m.accepted) for m in merging.undecided(photo.desk, photo.session("maria"))] == [(made, None)]
    home.hear(photo)
    assert card(home, OLGA).ids == (OLGA,)


def test_what_is_owned_or_refused_under_one_card_counts_under_the_other(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CARD-64", of="pavel")
    customers.set_consent(photo.desk, photo.session("anna"), OLGA, "profiling", given=True)
    merging.merge(photo.desk, photo.session("maria"), OLGA, PAVEL)
    with photo.desk.look() as connection:
        view = customer_view(connection, OLGA, situations=())
    assert product("CARD-64") in {o.product for o in view.owned}
