"""A61 and the law of consents: what is allowed in which channel, proved by its wording, withdrawn by one tap."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from crosssell_desktop.domain.consents import (
    CHANNELS,
    PURPOSES,
    WORDINGS,
    Said,
    Word,
    allows,
    in_force,
    wording,
    wordings,
    words_between,
)
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.field_access import REVEAL_REASONS
from crosssell_desktop.services import access_log, card_edit, consents, customers
from crosssell_desktop.store import settings_rows
from tests.shop import Counter, SetClock, customer

OLGA = customer("olga")


def why_not(counter: Counter, channel: str, purpose: str = "marketing", basis: str = "") -> str:
    with counter.desk.look() as connection:
        why = consents.may_contact(connection, OLGA, channel, purpose, basis=basis)
    return "" if why is None else str(why)


def test_a61_contact_in_a_channel_without_consent_is_blocked(photo: Counter) -> None:
    anna = photo.session("anna")
    assert all(why_not(photo, channel) for channel in CHANNELS)
    consents.record(photo.desk, anna, OLGA, "marketing", given=True, channels=("sms", "messenger"))
    assert [c for c in CHANNELS if not why_not(photo, c)] == ["sms", "messenger"]
    assert why_not(photo, "sms", "third_party")
    consents.record(photo.desk, anna, OLGA, "marketing", given=False, channels=("sms",))
    assert [c for c in CHANNELS if not why_not(photo, c)] == ["messenger"]
    with photo.desk.look() as connection, pytest.raises(Refusal, match="contact_not_allowed"):
        consents.require_contact(connection, OLGA, "sms")
    # A consent for every channel does not bring back the one that was withdrawn unseen, and what is seen it does.
    consents.record(photo.desk, anna, OLGA, "marketing", given=True)
    assert [c for c in CHANNELS if not why_not(photo, c)] == list(CHANNELS)
    assert why_not(photo, "fax") == "There is no such channel."


def test_a61_do_not_contact_is_stronger_than_every_consent(photo: Counter, home: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    consents.record(photo.desk, anna, OLGA, "marketing", given=True)
    home.hear(photo)
    now = consents.set_no_contact(home.desk, home.session("boris"), OLGA, barred=True).value
    assert now.no_contact
    # Meanwhile, unseen, the other counter takes one more consent, later by its clock.
    wall.advance(days=1)
    consents.record(photo.desk, anna, OLGA, "marketing", given=True, channels=("call",))
    photo.hear(home)
    assert why_not(photo, "call") == "The customer wants no contact."
    assert why_not(photo, "call", "service", "contract") == "The customer wants no contact."
    assert customers.card(photo.desk, anna, OLGA).do_not_contact
    assert not consents.set_no_contact(photo.desk, anna, OLGA, barred=False).value.no_contact
    assert why_not(photo, "call") == ""


def test_one_tap_withdraws_everything_and_profiling_stops(photo: Counter) -> None:
    anna = photo.session("anna")
    for purpose in PURPOSES:
        consents.record(photo.desk, anna, OLGA, purpose, given=True, channels=("", "sms"))
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO need (id, customer_id, source, status, text, told_at, ver)"
            " VALUES (?, ?, 'inferred', 'open', 'объектив', 5, 1), (?, ?, 'stated', 'open', 'сумка', 5, 1)",
            (b"i" * 16, OLGA.bytes, b"s" * 16, OLGA.bytes),
        )
    assert {n.text for n in customers.card(photo.desk, anna, OLGA).needs} == {"объектив", "сумка"}
    now = consents.withdraw_all(photo.desk, anna, OLGA).value
    assert now.allowed == frozenset()
    card = customers.card(photo.desk, anna, OLGA)
    assert card.consents == frozenset()
    assert [n.text for n in card.needs] == ["сумка"]
    assert all(why_not(photo, channel) for channel in CHANNELS)
    assert why_not(photo, "call", "service", "contract") == ""


def test_a_consent_can_be_proved_by_wording_form_person_and_store(photo: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    consents.record(photo.desk, anna, OLGA, "loyalty", given=True, form="paper")
    row = photo.rows("SELECT text_hash, form, basis, person_id, store_id, made_at FROM consent WHERE purpose='loyalty'")
    assert row == [
        (WORDINGS[0].hash, "paper", "consent", anna.person_id.bytes, anna.store_id.bytes, wall.now_ms()),
    ]
    for given, code in (
        ({"purpose": "world_rule"}, "bad_purpose"),
        ({"channels": ("fax",)}, "bad_channel"),
        ({"channels": ()}, "bad_channel"),
        ({"form": "nod"}, "bad_form"),
        ({"basis": "habit"}, "bad_form"),
    ):
        asked = {"purpose": "loyalty", "given": True, **given}
        with pytest.raises(Refusal, match=code):
            consents.record(photo.desk, anna, OLGA, **asked)  # type: ignore[arg-type]


def test_the_wording_is_a_dated_setting(photo: Counter, wall: SetClock) -> None:
    later = {"purpose": "marketing", "valid_from": "2026-03-10", "ru": "Новый текст.", "en": "A new text."}
    with photo.desk.begin() as work:
        work.record("settings", {"setting": [settings_rows.company_row("consent.texts", [later], work.tick())]})
    anna = photo.session("anna")
    consents.record(photo.desk, anna, OLGA, "marketing", given=True)
    wall.advance(days=7)
    consents.record(photo.desk, anna, OLGA, "marketing", given=True)
    hashes = [
        row[0] for row in photo.rows("SELECT text_hash FROM consent WHERE purpose = 'marketing' ORDER BY made_at")
    ]
    known = wordings([later])
    assert hashes[-2:] == [WORDINGS[0].hash, known[-1].hash]
    assert next(one.ru for one in consents.texts(photo.desk) if one.purpose == "marketing") == "Новый текст."
    with pytest.raises(KeyError):
        wording(known, "marketing", dt.date(2020, 1, 1))


def test_restricted_data_are_kept_and_used_for_nothing(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", of="olga")
    maria, anna = photo.session("maria"), photo.session("anna")
    consents.record(photo.desk, anna, OLGA, "marketing", given=True)
    consents.set_restricted(photo.desk, maria, OLGA, restricted=True)
    card = customers.card(photo.desk, maria, OLGA)
    assert (card.status, card.phones, card.purchases) == ("restricted", (), ())
    assert why_not(photo, "sms") == "The processing of this customer's data is restricted."
    consents.set_restricted(photo.desk, maria, OLGA, restricted=False)
    assert customers.card(photo.desk, maria, OLGA).phones
    assert why_not(photo, "sms") == ""


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ([Word("m", "", "given", 1, 0)], True),
        ([Word("m", "sms", "given", 1, 0)], True),
        ([Word("m", "call", "given", 1, 0)], False),
        ([Word("m", "sms", "given", 9, 0), Word("m", "", "withdrawn", 2, 0)], False),
        ([Word("m", "", "given", 9, 0), Word("m", "sms", "withdrawn", 2, 0)], False),
        ([Word("m", "", "given", 9, 2), Word("m", "sms", "withdrawn", 2, 0)], True),
        ([Word("m", "", "given", 9, 0), Word("m", "call", "withdrawn", 2, 0)], True),
        ([Word("m", "", "given", 9, 0), Word("m", "", "expired", 2, 0)], False),
    ],
)
def test_a_channel_is_open_by_a_grant_that_no_withdrawal_beats(words: list[Word], *, allowed: bool) -> None:
    assert allows(words, "m", "sms") is allowed
    assert allows(reversed(words), "m", "sms") is allowed
    if allowed:
        assert "m" in in_force(words)


def test_several_words_of_one_conversation_are_one_act_and_the_newest_word_is_told(photo: Counter) -> None:
    anna = photo.session("anna")
    words = (
        Said("marketing", "sms", given=True),
        Said("marketing", "call", given=True),
        Said("profiling", "", given=True),
    )
    now = consents.record_all(photo.desk, anna, OLGA, words, form="paper").value
    assert now.allowed == {("marketing", "sms"), ("marketing", "call"), *(("profiling", of) for of in CHANNELS)}
    assert photo.rows("SELECT count(*) FROM outbox WHERE kind = 'consent_recorded'") == [(1,)]
    with pytest.raises(Refusal, match="bad_channel"):
        consents.record_all(photo.desk, anna, OLGA, (*words, Said("service", "fax", given=True)))
    consents.record(photo.desk, photo.session("maria"), OLGA, "marketing", given=False)
    last = {word.purpose: word for word in consents.standing(photo.desk, anna, OLGA).last_words}
    assert (last["marketing"].state, last["marketing"].form) == ("withdrawn", "screen")
    assert last["marketing"].person_id == photo.session("maria").person_id
    assert (last["profiling"].state, last["profiling"].form) == ("given", "paper")


@pytest.mark.parametrize("seed", range(20))
def test_the_words_between_two_states_lead_from_the_one_to_the_other(photo: Counter, seed: int) -> None:
    chance = random.Random(seed)
    every = [(purpose, channel) for purpose in PURPOSES for channel in CHANNELS]
    states = [frozenset(chance.sample(every, chance.randint(0, len(every)))) for _ in range(4)]
    anna, before = photo.session("anna"), frozenset[tuple[str, str]]()
    for state in (*states, frozenset(every), frozenset[tuple[str, str]](), states[0]):
        now = consents.record_all(photo.desk, anna, OLGA, words_between(before, state)).value
        assert now.allowed == state
        before = state


def test_a61_a_call_is_promised_only_where_the_way_the_customer_likes_is_allowed(
    photo: Counter, wall: SetClock
) -> None:
    anna, due = photo.session("anna"), wall.now_ms() + 86_400_000

    def promise(kind: str) -> object:
        return card_edit.give_promise(photo.desk, anna, OLGA, kind, "про ремешок", due)

    with pytest.raises(Refusal, match="contact_not_allowed"):
        promise("call_back")
    promise("price_held")
    consents.record(photo.desk, anna, OLGA, "service", given=True, channels=("call",))
    promise("call_back")
    card_edit.set_channel(photo.desk, anna, OLGA, "sms", "")
    with pytest.raises(Refusal, match="contact_not_allowed"):
        promise("call_back")
    consents.record(photo.desk, anna, OLGA, "service", given=True)
    promise("call_back")
    consents.set_no_contact(photo.desk, anna, OLGA, barred=True)
    with pytest.raises(Refusal, match="wants no contact"):
        promise("call_back")
    assert len(customers.card(photo.desk, anna, OLGA).promises) == 3


def test_a61_a_contact_is_not_opened_to_reach_who_barred_it_or_allowed_no_service(photo: Counter) -> None:
    anna = photo.session("anna")

    def opened(reason: str) -> bool:
        try:
            return bool(access_log.reveal(photo.desk, anna, OLGA, reason).value.of("phone"))
        except Refusal as refused:
            assert refused.code == "contact_not_allowed"
            return False

    def which() -> list[str]:
        return [reason for reason in REVEAL_REASONS if opened(reason)]

    assert which() == ["check_identity", "order_ready", "delivery", "customer_asked"]
    consents.record(photo.desk, anna, OLGA, "service", given=True, channels=("sms",))
    assert which() == list(REVEAL_REASONS)
    consents.set_no_contact(photo.desk, anna, OLGA, barred=True)
    assert which() == ["check_identity", "customer_asked"]
    left = access_log.left(photo.desk, anna)
    assert (left.hour, left.of_hour, left.day, left.of_day) == (30 - 11, 30, 100 - 11, 100)
