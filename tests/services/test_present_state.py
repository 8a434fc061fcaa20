"""A session counts as far as the person still works here, at the level it was opened with: asked within every act."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import (
    access_log,
    card_edit,
    consents,
    customers,
    erasure,
    merging,
    receipts,
    returns,
    staff_office,
)
from tests.services.test_matrix_a40 import ACTS
from tests.shop import Counter, customer, person

OLGA, PAVEL = customer("olga"), customer("pavel")


def acts_of(counter: Counter) -> tuple[Callable[[], object], ...]:
    desk, anna = counter.desk, counter.session("anna")
    return (
        lambda: customers.card(desk, anna, OLGA),
        lambda: customers.create(desk, anna, name="Новый Покупатель", phone="+79165554433"),
        lambda: customers.edit(desk, anna, OLGA, {"display_name": "Ольга Другая"}),
        lambda: customers.add_note(desk, anna, OLGA, "who", "любит кофе"),
        lambda: customers.set_consent(desk, anna, OLGA, "marketing", given=True),
        lambda: consents.withdraw_all(desk, anna, OLGA),
        lambda: consents.set_no_contact(desk, anna, OLGA, barred=True),
        lambda: card_edit.contacts(desk, anna, OLGA),
        lambda: card_edit.add_contact(desk, anna, OLGA, "phone", "+79161239999"),
        lambda: card_edit.tell_need(desk, anna, OLGA, "объектив"),
        lambda: access_log.reveal(desk, anna, OLGA, "customer_asked"),
        lambda: erasure.ask(desk, anna, OLGA),
        lambda: merging.propose(desk, anna, OLGA, PAVEL),
        lambda: receipts.start_basket(desk, anna),
    )


def test_who_was_dismissed_opens_edits_and_records_nothing_but_the_sale_that_was_paid_is_completed(
    photo: Counter,
) -> None:
    photo.open_shift()
    paid = photo.basket("anna", "CUP-1", of="olga")
    acts = acts_of(photo)
    staff_office.dismiss(photo.desk, photo.session("maria"), person("anna"), "own_wish")
    written = photo.number("SELECT count(*) FROM outbox")
    for act in acts:
        with pytest.raises(Refusal, match="no_person"):
            act()
    assert photo.number("SELECT count(*) FROM outbox") == written
    receipts.add_product(photo.desk, photo.session("anna"), paid.id, paid.lines[0].item.product_id)
    assert receipts.complete(photo.desk, photo.session("anna"), paid.id).value.number


def test_a_session_of_another_level_than_todays_is_refused_until_it_is_opened_anew(photo: Counter) -> None:
    photo.open_shift()
    acts = acts_of(photo)
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE person SET level = 1 WHERE id = ?", (person("anna").bytes,))
    for act in acts:
        with pytest.raises(Refusal, match="level_changed"):
            act()


def test_who_dismissed_the_other_first_counts(photo: Counter) -> None:
    """Two managers: the one who was dismissed does not take the other along."""
    maria, dima = photo.session("maria"), photo.session("dima")
    staff_office.dismiss(photo.desk, dima, person("anna"), "own_wish")
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE person SET active = 0 WHERE id = ?", (person("maria").bytes,))
    for act in (
        lambda: staff_office.dismiss(photo.desk, maria, person("vera"), "own_wish"),
        lambda: staff_office.reset_pin(photo.desk, maria, person("vera")),
        lambda: staff_office.take_back(photo.desk, maria, person("anna")),
    ):
        with pytest.raises(Refusal, match="no_person"):
            act()


GUARDED = ("access_log", "card_edit", "consents", "customers", "erasure", "extracts", "merging", "returns", "rota")
GUARDED_TOO = ("staff_office", "places_office")


def test_no_act_of_a_person_on_people_writes_without_asking_whether_they_work_here() -> None:
    """The table of rights knows every act; of these modules none opens a transaction that does not ask."""
    for name, act in ACTS.items():
        if name.split(".")[0] in GUARDED + GUARDED_TOO:
            assert "desk.begin()" not in inspect.getsource(act), name
    assert "begin_by(session)" in inspect.getsource(returns.take_back)
