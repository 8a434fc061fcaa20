from __future__ import annotations

import json

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.services import customers, finding, masking
from tests.shop import Counter, SetClock, customer, known

PHONE, EMAIL = "+79160000000", "olga@example.org"


def test_a_contact_that_is_known_already_is_refused_with_the_name(photo: Counter) -> None:
    anna = photo.session("anna")
    for phone, email in ((PHONE, ""), ("8 (916) 000-00-00", ""), ("", "Olga@Example.ORG ")):
        with pytest.raises(Refusal, match="already_known") as caught:
            customers.create(photo.desk, anna, name="Ольга В.", phone=phone, email=email)
        assert caught.value.text.values["name"] == "Ольга Ветрова"
    made = customers.create(photo.desk, anna, name="Дочь Ольги", phone=PHONE, even_if_known=True).value
    assert customers.card(photo.desk, photo.session("sergey"), made).phones == (PHONE,)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "   "}, "no_name"),
        ({"name": "Я" * 201}, "name_too_long"),
        ({"name": "Яна", "phone": "12"}, "bad_phone"),
        ({"name": "Яна", "email": "яна"}, "bad_email"),
        ({"name": "Яна", "purposes": ("world_rule",)}, "bad_purpose"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(photo: Counter, given: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        customers.create(photo.desk, photo.session("anna"), **given)  # type: ignore[arg-type]
    assert photo.rows("SELECT count(*) FROM customer") == [(3,)]


def test_a_name_with_markup_or_200_letters_is_kept_as_it_is(photo: Counter) -> None:
    for name in ("<img src=x onerror=1><b>Анна</b>", "Ж" * 200):
        made = customers.create(photo.desk, photo.session("anna"), name=name).value
        assert customers.card(photo.desk, photo.session("anna"), made).display_name == name


def test_a_new_card_is_found_at_once_and_carries_the_consents_given(photo: Counter) -> None:
    made = customers.create(
        photo.desk, photo.session("anna"), name="Яна Зорина", phone="+79167654321", purposes=("service", "profiling")
    ).value
    found = finding.look_up(photo.desk, photo.session("anna"), "зорина", 5).customers.customers
    assert [c.id for c in found] == [made]
    assert customers.card(photo.desk, photo.session("anna"), made).consents == {"service", "profiling"}


MASKED, OPEN = ("+7 9•• •••-00-00", "o•••@example.org"), (PHONE, EMAIL)


@pytest.mark.parametrize(
    ("who", "contact", "birthday", "notes"),
    [
        ("katya", MASKED, "", 0),
        ("anna", MASKED, "05-17", 1),
        ("sergey", OPEN, "1990-05-17", 1),
        ("maria", OPEN, "1990-05-17", 1),
        ("dima", MASKED, "••", 0),
    ],
)
def test_each_level_sees_its_part_of_the_card(
    photo: Counter, who: str, contact: tuple[str, str], birthday: str, notes: int
) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", of="olga")
    photo.sell("anna", "CUP-1", of="olga")
    customers.add_note(photo.desk, photo.session("anna"), customer("olga"), "traits", "  любит   тихие вещи ")
    card = customers.card(photo.desk, photo.session(who), customer("olga"))
    assert (card.phones[0], card.emails[0]) == contact
    assert card.birthday == birthday
    assert len(card.notes) == notes
    assert len(card.purchases) == {"katya": 1, "dima": 0}.get(who, 2)
    assert (card.visits, bool(card.last_visit_at)) == (2, True)


def test_a_note_has_kind_words_and_an_end(photo: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    with pytest.raises(Refusal, match="bad_note_kind"):
        customers.add_note(photo.desk, anna, customer("olga"), "gossip", "x")
    with pytest.raises(Refusal, match="empty_note"):
        customers.add_note(photo.desk, anna, customer("olga"), "who", "  ")
    customers.add_note(photo.desk, anna, customer("olga"), "who", "фотограф")
    assert [n.text for n in customers.card(photo.desk, anna, customer("olga")).notes] == ["фотограф"]
    assert photo.rows("SELECT count(*) FROM outbox WHERE kind = 'note_added'") == [(1,)]
    wall.advance(days=366)
    assert customers.card(photo.desk, anna, customer("olga")).notes == ()


def test_a_withdrawal_holds_until_a_consent_that_saw_it(photo: Counter) -> None:
    anna = photo.session("anna")
    for given in (True, False, True, False):
        now = customers.set_consent(photo.desk, anna, customer("olga"), "marketing", given=given).value
        assert ("marketing" in now) is given
    with pytest.raises(Refusal, match="bad_purpose"):
        customers.set_consent(photo.desk, anna, customer("olga"), "everything", given=True)


@pytest.mark.parametrize("home_is_late", [True, False])
def test_of_two_counters_the_stricter_wins_whatever_their_clocks(
    photo: Counter, home: Counter, wall: SetClock, *, home_is_late: bool
) -> None:
    customers.set_consent(photo.desk, photo.session("anna"), customer("olga"), "marketing", given=True)
    home.hear(photo)
    wall.advance(days=-1 if home_is_late else 1)
    customers.set_consent(home.desk, home.session("boris"), customer("olga"), "marketing", given=False)
    wall.advance(days=2 if home_is_late else -2)
    # Photo has not heard of the withdrawal when it records the same consent once more.
    customers.set_consent(photo.desk, photo.session("anna"), customer("olga"), "marketing", given=True)
    photo.hear(home)
    home.hear(photo)
    for counter in (photo, home):
        assert "marketing" not in customers.card(counter.desk, counter.session("anna"), customer("olga")).consents
    # With the withdrawal in sight the customer may say yes again, whatever the clock says.
    customers.set_consent(photo.desk, photo.session("anna"), customer("olga"), "marketing", given=True)
    home.hear(photo)
    for counter in (photo, home):
        assert "marketing" in customers.card(counter.desk, counter.session("anna"), customer("olga")).consents


def test_a_cashier_does_not_save_customers(photo: Counter) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        customers.create(photo.desk, photo.session("katya"), name="Яна")
    with pytest.raises(Refusal, match="not_allowed"):
        customers.set_consent(photo.desk, photo.session("katya"), customer("olga"), "service", given=True)


def test_who_is_not_here_or_was_erased_is_told_so(photo: Counter) -> None:
    with pytest.raises(Refusal, match="no_such_customer"):
        customers.card(photo.desk, photo.session("anna"), CustomerId(known("customer", "none")))
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET status = 'erased' WHERE id = ?", (customer("olga").bytes,))
    with pytest.raises(Refusal, match="no_such_customer"):
        customers.card(photo.desk, photo.session("anna"), customer("olga"))


def test_nobody_can_browse_customers_with_a_letter_and_a_cashier_sees_none(photo: Counter) -> None:
    assert finding.look_up(photo.desk, photo.session("anna"), "о", 50).customers.customers == ()
    assert len(finding.look_up(photo.desk, photo.session("anna"), "ветр", 50).customers.customers) == 1
    assert finding.look_up(photo.desk, photo.session("katya"), "ветр", 50).customers.customers == ()


@pytest.mark.parametrize(("value", "masked"), [("+79161234567", "+7 9•• •••-45-67"), ("123", "•••"), ("", "")])
def test_phones_are_masked(value: str, masked: str) -> None:
    assert masking.mask_phone(value) == masked


@pytest.mark.parametrize("told", ["9999-99-99", "1899-12-31", "1800-01-01", "2031-01-01", "02-30", "вчера", "1990-5-7"])
def test_a_birthday_nobody_alive_can_have_is_refused(photo: Counter, told: str) -> None:
    anna, card = photo.session("anna"), customer("olga")
    kept = customers.card(photo.desk, anna, card).birthday
    with pytest.raises(Refusal, match="bad_birthday"):
        customers.edit(photo.desk, anna, card, {"birthday": told})
    assert customers.card(photo.desk, anna, card).birthday == kept
    for good in ("1900-01-01", "02-29", ""):
        customers.edit(photo.desk, anna, card, {"birthday": good})
        assert customers.card(photo.desk, photo.session("maria"), card).birthday == good


def test_a_card_is_edited_field_by_field_and_says_what_it_had_in_sight(photo: Counter) -> None:
    anna, card = photo.session("anna"), customer("olga")
    customers.edit(photo.desk, anna, card, {"display_name": "  Ветрова   Ольга Петровна ", "birthday": "05-17"})
    found = customers.card(photo.desk, anna, card)
    assert (found.display_name, found.birthday, found.lost) == ("Ветрова Ольга Петровна", "05-17", ())
    assert photo.rows("SELECT count(*) FROM outbox WHERE kind = 'customer_changed' AND body LIKE '%\"seen\"%'") == [
        (1,)
    ]
    assert card in [c.id for c in finding.look_up(photo.desk, anna, "петровна", 5).customers.customers]
    for changes, code in (({"status": "erased"}, "bad_field"), ({}, "bad_field"), ({"display_name": " "}, "no_name")):
        with pytest.raises(Refusal, match=code):
            customers.edit(photo.desk, anna, card, changes)


def test_a_value_that_lost_is_shown_until_the_field_is_written_again(photo: Counter) -> None:
    anna, card = photo.session("anna"), customer("olga")
    customers.edit(photo.desk, anna, card, {"display_name": "Ольга Новая"})
    kept = photo.rows("SELECT stamps FROM customer WHERE display_name = 'Ольга Новая'")
    won = json.loads(str(kept[0][0]))["display_name"]
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO customer_field_lost (id, customer_id, entity, row_id, field, value, stamp, won, at, ver)"
            " VALUES (?, ?, 'customer', ?, 'display_name', '\"Ольга Иная\"', 's', ?, 5, 1)",
            (b"x" * 16, card.bytes, card.bytes, won),
        )
    lost = customers.card(photo.desk, anna, card).lost
    assert [(x.field, x.value, x.at) for x in lost] == [("display_name", "Ольга Иная", 5)]
    customers.edit(photo.desk, anna, card, {"display_name": "Ольга Новая"})
    assert customers.card(photo.desk, anna, card).lost == ()


def test_a_name_is_what_can_be_seen_and_holds_no_contact(photo: Counter) -> None:
    """A name is shown whole to everybody, so nothing masked hides in it and nothing that turns the screen's order."""
    desk, anna = photo.desk, photo.session("anna")
    known = customer("pavel")
    for name, code in (
        ("\u200b\u3164", "no_name"),
        ("\x00\x1b[31m", "no_name"),
        ("Павел +7 916 123 45 67", "not_a_name"),
        ("pavel@example.org", "not_a_name"),
    ):
        with pytest.raises(Refusal, match=code):
            customers.create(desk, anna, name=name)
        with pytest.raises(Refusal, match=code):
            customers.edit(desk, anna, known, {"display_name": name})
    customers.edit(desk, anna, known, {"display_name": " Па\u202eвел\x00\x1b[31m  Сок\u200bолов "})
    assert customers.card(desk, anna, known).display_name == "Павел Соколов"
    made = customers.create(desk, anna, name="Ирина\u200e О’Нил\x07").value
    assert customers.card(desk, anna, made).display_name == "Ирина О’Нил"
