"""T18: from the wish to be erased on nobody contacts the person, and of who was erased nothing is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crosssell_desktop.domain.consents import CHANNELS, Said
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.services import card_edit, consents, customers, erasure, match_queue, merging, passes, receipts
from tests.shop import Counter, category, customer, department, known

OLGA, PAVEL = customer("olga"), customer("pavel")
NOBODY = CustomerId(known("customer", "nobody"))


def may_be_reached(counter: Counter, who: CustomerId) -> bool:
    with counter.desk.look() as connection:
        return any(
            consents.may_contact(connection, who, channel, "service", basis="contract") is None for channel in CHANNELS
        )


def erase(counter: Counter, who: CustomerId) -> None:
    erasure.ask(counter.desk, counter.session("anna"), who)
    erasure.decide(counter.desk, counter.session("maria"), who, approved=True)
    erasure.execute(counter.desk, counter.session("dima"), who)


def test_t18_while_the_wish_waits_no_consent_is_given_and_no_bar_is_lifted(photo: Counter) -> None:
    anna, desk = photo.session("anna"), photo.desk
    assert may_be_reached(photo, OLGA)
    erasure.ask(desk, anna, OLGA)
    words = (Said("service", "sms", given=True), Said("loyalty", "", given=False))
    tries: tuple[Callable[[], object], ...] = (
        lambda: consents.set_no_contact(desk, anna, OLGA, barred=False),
        lambda: consents.record(desk, anna, OLGA, "marketing", given=True),
        lambda: consents.record_all(desk, anna, OLGA, words),
        lambda: customers.set_consent(desk, anna, OLGA, "marketing", given=True),
        lambda: customers.edit(desk, anna, OLGA, {"do_not_contact": False}),
    )
    written = photo.number("SELECT count(*) FROM outbox")
    for act in tries:
        with pytest.raises(Refusal, match="erasure_asked"):
            act()
    assert photo.number("SELECT count(*) FROM outbox") == written
    # A withdrawal passes at any time, and after a refusal the customer is asked anew.
    consents.withdraw_all(desk, anna, OLGA)
    erasure.decide(desk, photo.session("maria"), OLGA, approved=False)
    consents.set_no_contact(desk, anna, OLGA, barred=False)
    assert consents.record(desk, anna, OLGA, "marketing", given=True).value.allows("marketing", "sms")


def test_t18_a_consent_taken_elsewhere_unseen_opens_nothing(photo: Counter, home: Counter) -> None:
    erasure.ask(photo.desk, photo.session("anna"), OLGA)
    boris = home.session("boris")
    consents.set_no_contact(home.desk, boris, OLGA, barred=True)
    consents.set_no_contact(home.desk, boris, OLGA, barred=False)
    consents.record(home.desk, boris, OLGA, "service", given=True)
    for here, there in ((photo, home), (home, photo)):
        here.hear(there)
        assert not may_be_reached(here, OLGA)


@pytest.mark.parametrize("named", [OLGA, PAVEL])
def test_t18_the_wish_stays_with_every_card_that_was_the_persons(photo: Counter, named: CustomerId) -> None:
    merging.merge(photo.desk, photo.session("maria"), OLGA, PAVEL)
    erasure.ask(photo.desk, photo.session("anna"), named)
    assert len(erasure.waiting(photo.desk, photo.session("dima"))) == 1
    merging.unmerge(photo.desk, photo.session("sergey"), PAVEL)
    assert not may_be_reached(photo, OLGA)
    assert not may_be_reached(photo, PAVEL)
    waiting = erasure.waiting(photo.desk, photo.session("dima"))
    assert {wish.customer_id for wish in waiting} == {OLGA, PAVEL}
    # It was another person after all: a manager refuses it for that card alone.
    erasure.decide(photo.desk, photo.session("maria"), PAVEL, approved=False)
    assert [wish.customer_id for wish in erasure.waiting(photo.desk, photo.session("dima"))] == [OLGA]


def test_t18_what_was_approved_for_merged_cards_is_executed_on_each_after_they_were_taken_apart(photo: Counter) -> None:
    merging.merge(photo.desk, photo.session("maria"), OLGA, PAVEL)
    erasure.ask(photo.desk, photo.session("anna"), OLGA)
    erasure.decide(photo.desk, photo.session("maria"), PAVEL, approved=True)
    merging.unmerge(photo.desk, photo.session("sergey"), PAVEL)
    for who in (OLGA, PAVEL):
        assert erasure.execute(photo.desk, photo.session("dima"), who).value.customer_ids == (who,)


def test_nothing_is_written_of_who_was_erased_or_is_not_here(photo: Counter) -> None:
    photo.open_shift()
    erase(photo, OLGA)
    anna, desk = photo.session("anna"), photo.desk
    basket = photo.basket("anna", "CUP-1")
    written = photo.number("SELECT count(*) FROM outbox")
    for who, said in ((OLGA, "erased at their wish"), (NOBODY, "has not reached this counter")):
        tries: tuple[Callable[[CustomerId], object], ...] = (
            lambda who: customers.add_note(desk, anna, who, "who", "Секретова любит кофе"),
            lambda who: customers.set_consent(desk, anna, who, "marketing", given=True),
            lambda who: customers.set_consent(desk, anna, who, "marketing", given=False),
            lambda who: consents.record(desk, anna, who, "marketing", given=True),
            lambda who: consents.set_no_contact(desk, anna, who, barred=True),
            lambda who: customers.edit(desk, anna, who, {"display_name": "Секретова"}),
            lambda who: card_edit.tell_need(desk, anna, who, "секрет"),
            lambda who: erasure.ask(desk, anna, who),
            lambda who: merging.propose(desk, anna, who, PAVEL),
            lambda who: receipts.set_customer(desk, anna, basket.id, who),
            lambda who: _pass_on(photo, who),
        )
        for act in tries:
            with pytest.raises(Refusal, match="no_such_customer") as refused:
                act(who)
            assert said in str(refused.value.text)
    assert photo.number("SELECT count(*) FROM outbox") == written


def _pass_on(counter: Counter, who: CustomerId) -> None:
    passes.send(
        counter.desk,
        counter.session("anna"),
        kind="recommend",
        to_department_id=department("home"),
        customer_id=who,
        category_id=category("machine"),
    )


def test_data_that_are_kept_and_not_used_are_changed_by_nobody_but_who_may_lift_that(photo: Counter) -> None:
    desk, anna, maria = photo.desk, photo.session("anna"), photo.session("maria")
    consents.record(desk, anna, OLGA, "marketing", given=True)
    consents.set_restricted(desk, photo.session("dima"), OLGA, restricted=True)
    merging.merge(desk, maria, OLGA, PAVEL)
    written = photo.number("SELECT count(*) FROM outbox")
    for who in (OLGA, PAVEL):
        tries: tuple[Callable[[CustomerId], object], ...] = (
            lambda who: customers.edit(desk, anna, who, {"display_name": "Ольга Другая"}),
            lambda who: customers.add_note(desk, anna, who, "who", "любит кофе"),
            lambda who: consents.record(desk, anna, who, "loyalty", given=True),
            lambda who: consents.set_no_contact(desk, anna, who, barred=False),
            lambda who: card_edit.add_contact(desk, anna, who, "phone", "+79161239999"),
            lambda who: card_edit.tell_need(desk, anna, who, "объектив"),
            lambda who: card_edit.join_household(desk, anna, customer("irina"), who),
            lambda who: card_edit.record_event(desk, anna, event="move", impact="переезд", card=who),
        )
        for act in tries:
            with pytest.raises(Refusal, match="restricted"):
                act(who)
    assert photo.number("SELECT count(*) FROM outbox") == written
    # What the customer takes back is taken back at any time, and a manager, who may lift it, may put a name right.
    assert not consents.record(desk, anna, OLGA, "marketing", given=False).value.allowed
    consents.withdraw_all(desk, anna, OLGA)
    consents.set_no_contact(desk, anna, OLGA, barred=True)
    customers.edit(desk, maria, OLGA, {"display_name": "Ольга Ветрова-Соколова"})


def test_a_proposal_with_somebody_who_was_erased_since_leaves_the_queue(photo: Counter) -> None:
    desk, maria = photo.desk, photo.session("maria")
    merging.propose(desk, photo.session("anna"), OLGA, PAVEL)
    merging.propose(desk, photo.session("anna"), PAVEL, customer("irina"))
    shown = match_queue.waiting(desk, maria)
    gone = next(one for one in shown if OLGA in {one.one, one.other})
    erase(photo, OLGA)
    assert match_queue.waiting(desk, maria) == tuple(one for one in shown if one != gone)
    assert len(merging.proposals(desk, maria)) == 1
    # Who still has the pair on the screen is told why it cannot be decided.
    for act in (match_queue.pair, match_queue.same, match_queue.different):
        with pytest.raises(Refusal, match="no_such_customer") as refused:
            act(desk, maria, gone)
        assert "erased at their wish" in str(refused.value.text)
