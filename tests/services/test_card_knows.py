"""What the card knows: each row of the domain rules that part 4 builds on the card, by its number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId, ProductId
from crosssell_desktop.presenters import card_words
from crosssell_desktop.services import card_edit, consents, customers, learning, merging, offers, receipts, timeline
from crosssell_desktop.store import card_rows
from crosssell_desktop.store.puts import AttributePut, CustomerPut
from crosssell_desktop.store.queries.card import Card
from crosssell_desktop.store.registers import put
from tests.shop import START_MS, Counter, SetClock, customer, known, product, put_rows
from tests.ui.speaking import Speaker

OLGA, PAVEL = customer("olga"), customer("pavel")
FIRM = CustomerId(known("customer", "firm"))


def card(counter: Counter, who: CustomerId = OLGA, by: str = "maria") -> Card:
    return customers.card(counter.desk, counter.session(by), who)


def profiled(counter: Counter, who: CustomerId = OLGA) -> None:
    customers.set_consent(counter.desk, counter.session("anna"), who, "profiling", given=True)


def suggested(
    counter: Counter, who: str, core: str = "CAM-1", of: str = "olga", situation: str = ""
) -> list[ProductId]:
    basket = counter.basket(who, core, of=of)
    session = counter.session(who)
    if situation:
        receipts.set_situation(
            counter.desk, session, basket.id, situation=situation, budget_cap_minor=None  # type: ignore[arg-type]
        )  # fmt: skip
    receipts.choose_core(counter.desk, session, basket.id, basket.lines[0].id)
    receipts.confirm_core(counter.desk, session, basket.id)
    return [o.product_id for o in offers.open_round(counter.desk, session, basket.id).value.basket.offers]


def settings(counter: Counter, key: str, value: Any) -> None:  # noqa: ANN401  # any setting
    with counter.desk.begin() as work:
        row = {"id": work.new_id(), "scope_kind": "company", "scope_id": None, "key": key, "value": value}
        work.record("settings_changed", {"setting": [{**row, "ver": work.tick()}]})


# ------------------------------------------------------------------------------------------------ A29, A30


def test_a29_one_timeline_shows_at_b_what_happened_at_a(photo: Counter, home: Counter, wall: SetClock) -> None:
    photo.open_shift()
    customers.add_note(photo.desk, photo.session("anna"), OLGA, "who", "снимает природу")
    wall.advance(s=1)
    photo.sell("anna", "CAM-1", of="olga")
    wall.advance(s=1)
    photo.pass_on("anna", what="machine", of="olga")
    wall.advance(s=1)
    customers.set_consent(photo.desk, photo.session("anna"), OLGA, "loyalty", given=True)
    assert timeline.timeline(home.desk, home.session("boris"), OLGA) == ()
    home.hear(photo)
    seen = timeline.timeline(home.desk, home.session("boris"), OLGA)
    assert seen == timeline.timeline(photo.desk, photo.session("anna"), OLGA)
    assert [(m.kind, m.code) for m in seen] == [
        ("consent", "given:loyalty"), ("pass", "recommend"), ("sale", ""), ("note", "who"),
    ]  # fmt: skip
    assert (seen[2].what_ru, seen[2].amount_minor, seen[2].counter) == ("Товар CAM-1", 8_999_000, "Касса K1")
    with pytest.raises(Refusal, match="not_allowed"):
        timeline.timeline(home.desk, home.session("katya"), OLGA)


def test_a30_notes_expire_and_the_linter_stops_what_may_not_be_written(photo: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    for kind, text in (("who", "фотограф"), ("traits", "сравнивает сам"), ("how_to_work", "показать вживую")):
        customers.add_note(photo.desk, anna, OLGA, kind, text)
    assert {n.kind for n in card(photo).notes} == {"who", "traits", "how_to_work"}
    for text, word in (("у мужа онкология", "онкология"), ("мусульманка", "мусульманка"), ("дурак", "дурак")):
        with pytest.raises(Refusal, match="not_to_be_noted") as caught:
            customers.add_note(photo.desk, anna, OLGA, "traits", text)
        assert caught.value.text.values["word"] == word
    with pytest.raises(Refusal, match="not_to_be_noted"):
        card_edit.tell_need(photo.desk, anna, OLGA, "коляска, она беременна")
    wall.advance(days=366)
    assert card(photo).notes == ()


# ------------------------------------------------------------------------------------------------ A41, A42


def test_a41_what_was_bought_yesterday_in_another_department_is_not_suggested_today(
    photo: Counter, home: Counter, wall: SetClock
) -> None:
    for counter in (photo, home):
        counter.open_shift()
    profiled(photo)
    home.hear(photo)
    assert product("CARD-64") in suggested(photo, "anna")
    home.sell("boris", "CARD-64", of="olga")
    photo.hear(home)
    wall.advance(days=1)
    assert product("CARD-64") not in suggested(photo, "vera")
    # Under the other of two merged cards as well.
    home.sell("boris", "BAG-1", of="pavel")
    photo.hear(home)
    merging.merge(photo.desk, photo.session("maria"), OLGA, PAVEL)
    assert product("BAG-1") not in suggested(photo, "maria")


def test_a41_a_consumable_that_is_due_is_suggested_again(photo: Counter, wall: SetClock) -> None:
    photo.open_shift()
    profiled(photo)
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE product SET repeatable = 1, due_every_days = 60 WHERE sku = 'FILT-1'")
    photo.sell("anna", "FILT-1", of="olga")
    wall.advance(days=1)
    assert product("FILT-1") not in suggested(photo, "anna", "MACH-1")
    wall.advance(days=70)
    assert product("FILT-1") in suggested(photo, "vera", "MACH-1")


def test_a41_things_are_listed_with_serial_and_the_end_of_their_warranty(photo: Counter, wall: SetClock) -> None:
    photo.open_shift()
    anna = photo.session("anna")
    with photo.desk.begin() as work:
        put(
            work,
            "told",
            [AttributePut(id=known("w", "1"), product_id=product("CAM-1"), key="warranty_months", value=24)],
        )
    photo.sell("anna", "CAM-1", "SET-UP", of="olga")
    (camera,) = card(photo).owned
    assert (camera.product_id, camera.warranty_until, camera.serial) == (
        product("CAM-1"), START_MS + 731 * DAY_MS, "",
    )  # fmt: skip
    wall.advance(s=1)
    card_edit.note_thing(
        photo.desk, anna, OLGA, product_id=product("CAM-1"), serial=" SN 12 ", warranty_until=START_MS + 9 * DAY_MS
    )
    card_edit.note_thing(photo.desk, anna, OLGA, text="штатив Falcon")
    found = {one.text or one.name_ru: one for one in card(photo).owned}
    assert set(found) == {"штатив Falcon", "Товар CAM-1"}
    assert (found["Товар CAM-1"].serial, found["Товар CAM-1"].warranty_until) == ("SN12", START_MS + 9 * DAY_MS)
    card_edit.drop_thing(photo.desk, anna, OLGA, found["Товар CAM-1"].id)
    card_edit.drop_thing(photo.desk, anna, OLGA, found["штатив Falcon"].id)
    assert card(photo).owned == ()


def test_a42_a_declined_pair_is_silent_for_90_days_at_every_counter_and_ten_reactions_stand_on_the_card(
    photo: Counter, home: Counter, wall: SetClock
) -> None:
    for counter in (photo, home):
        counter.open_shift()
    profiled(photo)
    anna = photo.session("anna")
    suggested(photo, "anna")
    basket = receipts.current_basket(photo.desk, anna)
    assert basket is not None
    refused = basket.offers[0]
    offers.decline(photo.desk, anna, basket.id, refused.id, "expensive")
    home.hear(photo)
    assert refused.product_id not in suggested(home, "boris")
    (reaction,) = card(home).reactions
    assert (reaction.product_id, reaction.answer, reaction.reason, reaction.counter) == (
        refused.product_id, "declined", "expensive", "Касса K1",
    )  # fmt: skip
    wall.advance(days=89)
    assert refused.product_id not in suggested(home, "vera")
    wall.advance(days=2)
    assert refused.product_id in suggested(home, "maria")
    fact = {"counter_id": known("counter", "K1"), "person_id": anna.person_id, "session_id": anna.id, "shift_id": None}
    with photo.desk.begin() as work:
        rows = [
            {
                "id": work.new_id(), **fact, "made_at": work.now_ms + n, "offer_id": work.new_id(),
                "receipt_id": work.new_id(), "customer_id": OLGA, "product_id": product("CUP-1"),
                "answer": "postponed", "reason": "", "undoes_id": None,
            }
            for n in range(12)
        ]  # fmt: skip
        work.record("answers", {"offer_answer": rows})
    assert len(card(photo).reactions) == 10


# ------------------------------------------------------------------------------------------------ A43, A44


def test_a43_needs_are_stated_or_supposed_closed_by_a_fitting_purchase_and_can_be_deleted(photo: Counter) -> None:
    photo.open_shift()
    anna = photo.session("anna")
    profiled(photo)
    stated = card_edit.tell_need(photo.desk, anna, OLGA, "сумка в поездку", "bag").value
    card_edit.tell_need(photo.desk, anna, OLGA, "вторая батарея", "battery")
    settings(photo, "context.needs", {"move": ["cup", "nothing_of_ours"]})
    (guess,) = card_edit.record_event(photo.desk, anna, event="move", impact="новая квартира", card=OLGA).value
    assert [(n.id, n.source) for n in card(photo).needs][-1] == (guess, "inferred")
    photo.sell("anna", "BAG-1", of="olga")
    assert stated not in {n.id for n in card(photo).needs}
    assert {n.product_type for n in card(photo).needs} == {"battery", "cup"}
    card_edit.drop_need(photo.desk, anna, OLGA, guess)
    assert [n.text for n in card(photo).needs] == ["вторая батарея"]
    with pytest.raises(Refusal, match="gone"):
        card_edit.drop_need(photo.desk, anna, PAVEL, guess)


def test_a43_a_need_told_of_one_card_is_met_under_the_other_of_a_merged_pair(photo: Counter) -> None:
    photo.open_shift()
    card_edit.tell_need(photo.desk, photo.session("anna"), OLGA, "сумка", "bag")
    merging.merge(photo.desk, photo.session("maria"), OLGA, PAVEL)
    photo.sell("anna", "BAG-2", of="pavel")
    assert card(photo).needs == ()


def bought(counter: Counter, wall: SetClock, times: int) -> None:
    for n in range(times):
        counter.sell("anna", "COF-1", *(("FILT-1",) if n % 4 == 0 else ()), of="olga")
        wall.advance(days=3)


def test_a44_the_card_foresees_with_p_and_n_and_says_too_little_under_twenty(photo: Counter, wall: SetClock) -> None:
    photo.open_shift()
    bought(photo, wall, 19)
    learning.learn_all(photo.desk)
    assert card(photo).forecast_visits is None  # no consent to be profiled
    profiled(photo)
    few = card(photo)
    assert (few.forecast, few.forecast_visits) == ((), 19)
    bought(photo, wall, 5)
    found = card(photo)
    assert found.forecast_visits == 24
    best = found.forecast[0]
    assert (best.product_id, best.times, best.name_ru) == (product("COF-1"), 24, "Товар COF-1")
    assert 7_000 < best.p_bps <= 10_000
    assert len(found.forecast) <= 3
    assert best.p_bps > next(x.p_bps for x in found.forecast if x.product_id == product("FILT-1"))
    customers.set_consent(photo.desk, photo.session("anna"), OLGA, "profiling", given=False)
    assert (card(photo).forecast, card(photo).forecast_visits) == ((), None)


# ------------------------------------------------------------------------------------------------ A52, A58


def a_firm(counter: Counter) -> None:
    put_rows(
        counter.desk.database, counter.clock, counter.desk.ids, "customers_put",
        [CustomerPut(id=FIRM, display_name="ООО «Свет»", kind="organisation")],
    )  # fmt: skip


def test_a52_a_new_office_of_ten_places_opens_the_needs_it_calls_for(photo: Counter, home: Counter) -> None:
    a_firm(photo)
    settings(photo, "context.needs", {"new_office": ["machine_of_nobody", "coffee_machine", "cup"]})
    anna = photo.session("anna")
    card_edit.record_event(photo.desk, anna, event="new_office", impact="Новый офис, 10 мест", card=FIRM, size=10)
    home.hear(photo)
    for counter in (photo, home):
        found = card(counter, FIRM)
        assert [(e.type, e.size, e.impact) for e in found.events] == [("new_office", 10, "Новый офис, 10 мест")]
        assert {(n.product_type, n.source, n.text[-4:]) for n in found.needs} == {
            ("coffee_machine", "inferred", "× 10"), ("cup", "inferred", "× 10"),
        }  # fmt: skip
    # A person's needs are not supposed without consent to be profiled; the event is kept.
    card_edit.record_event(photo.desk, anna, event="new_office", impact="своё дело", card=OLGA)
    assert (len(card(photo).events), card(photo).needs) == (1, ())
    card_edit.end_event(photo.desk, anna, card(photo).events[0].id)
    assert card(photo).events == ()
    for wrong in ({"event": "party"}, {"event": "recall"}, {"event": "move", "size": -1}):
        with pytest.raises(Refusal, match="bad_event"):
            card_edit.record_event(photo.desk, anna, impact="x", card=OLGA, **wrong)


def test_a52_a_recall_alerts_on_the_cards_of_all_owners_and_of_nobody_else(photo: Counter, home: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "MACH-1", of="olga")
    card_edit.note_thing(photo.desk, photo.session("anna"), PAVEL, product_id=product("MACH-1"))
    with pytest.raises(Refusal, match="not_allowed"):
        card_edit.record_event(
            photo.desk, photo.session("anna"), event="recall", impact="греется", product_id=product("MACH-1")
        )
    card_edit.record_event(
        photo.desk, photo.session("maria"), event="recall", impact="греется: не включать", product_id=product("MACH-1")
    )
    home.hear(photo)
    for who, there in ((OLGA, 1), (PAVEL, 1), (customer("irina"), 0)):
        assert [(a.type, a.product_ru) for a in card(home, who).alerts] == [("recall", "Товар MACH-1")] * there


def test_a52_events_of_a_household_and_of_a_firm_stand_on_the_cards_of_its_people(photo: Counter) -> None:
    a_firm(photo)
    anna = photo.session("anna")
    home_id = card_edit.join_household(photo.desk, anna, PAVEL, OLGA, "муж").value
    card_edit.record_event(photo.desk, anna, event="move", impact="переезд в июне", household_id=home_id)
    card_edit.link_person(photo.desk, anna, FIRM, OLGA, "закупки")
    card_edit.record_event(photo.desk, anna, event="new_office", impact="второй офис", card=FIRM)
    assert {e.impact for e in card(photo).events} == {"переезд в июне", "второй офис"}
    assert {e.impact for e in card(photo, PAVEL).events} == {"переезд в июне"}
    assert [(p.name, p.role) for p in card(photo, FIRM).people] == [("Ольга Ветрова", "закупки")]
    assert [p.name for p in card(photo).firms] == ["ООО «Свет»"]
    card_edit.link_person(photo.desk, anna, FIRM, OLGA, "закупки", active=False)
    assert card(photo, FIRM).people == ()
    with pytest.raises(Refusal, match="no_organisation"):
        card_edit.link_person(photo.desk, anna, OLGA, PAVEL, "x")


def test_an_organisation_has_a_number_with_right_check_digits(photo: Counter) -> None:
    a_firm(photo)
    anna = photo.session("anna")
    with pytest.raises(Refusal, match="bad_inn"):
        card_edit.set_inn(photo.desk, anna, FIRM, "7707083894")
    card_edit.set_inn(photo.desk, anna, FIRM, " 7707083893 ")
    assert card(photo, FIRM).inn == "7707083893"


def test_a_household_sees_purchases_only_of_those_who_allow_it_and_no_gift_for_30_days(
    photo: Counter, wall: SetClock
) -> None:
    photo.open_shift()
    anna = photo.session("anna")
    card_edit.join_household(photo.desk, anna, OLGA, PAVEL, "мать")
    photo.sell("anna", "CUP-1", of="olga")
    gift = photo.basket("anna", "BAG-1", of="olga")
    receipts.set_situation(photo.desk, anna, gift.id, situation="gift", budget_cap_minor=None)
    receipts.complete(photo.desk, anna, gift.id)
    assert card(photo, PAVEL).shared == ()
    assert [(m.name, m.role) for m in card(photo, PAVEL).household] == [("Ольга Ветрова", "мать")]
    card_edit.share_history(photo.desk, anna, OLGA, shares=True)
    assert [p.sku for p in card(photo, PAVEL).shared] == ["CUP-1"]
    assert {p.sku for p in card(photo, OLGA).purchases} == {"CUP-1", "BAG-1"}
    wall.advance(days=31)
    assert {p.sku for p in card(photo, PAVEL).shared} == {"CUP-1", "BAG-1"}
    card_edit.leave_household(photo.desk, anna, PAVEL)
    assert card(photo, PAVEL).household == card(photo, OLGA).household == ()


def test_a58_two_situations_give_two_orders_and_the_card_keeps_which_it_was(photo: Counter, wall: SetClock) -> None:
    photo.open_shift()
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE combination SET situations = '[\"gift\"]' WHERE periphery_product_id = ?", (product("BAT-1").bytes,)
        )
    plain, gift = suggested(photo, "anna"), suggested(photo, "vera", situation="gift")
    assert set(plain) == set(gift)
    assert plain != gift
    assert gift[0] == product("BAT-1")
    vera = photo.session("vera")
    basket = receipts.current_basket(photo.desk, vera)
    assert basket is not None
    offers.accept(photo.desk, vera, basket.id, basket.offers[0].id)
    wall.advance(s=1)
    receipts.complete(photo.desk, vera, basket.id)
    assert {(p.sku, p.situation) for p in card(photo).purchases} == {("CAM-1", "gift"), ("BAT-1", "gift")}
    (sold, *_rest) = timeline.timeline(photo.desk, vera, OLGA)
    assert (sold.kind, sold.code) == ("sale", "gift")


# ------------------------------------------------------------------------------------------------- editing


def test_contacts_are_added_corrected_verified_and_dropped(photo: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    new = card_edit.add_contact(photo.desk, anna, OLGA, "phone", "8 (916) 555-44-33").value
    wall.advance(s=5)
    card_edit.verify_contact(photo.desk, anna, OLGA, new)
    assert card(photo).phones == ("+79165554433", "+79160000000")
    card_edit.change_contact(photo.desk, anna, OLGA, new, "+7 916 555 44 34")
    assert set(card(photo).phones) == {"+79165554434", "+79160000000"}
    assert photo.rows("SELECT verified_at FROM contact_point WHERE id = ?", new.bytes) == [(None,)]
    card_edit.drop_contact(photo.desk, anna, OLGA, new)
    assert card(photo).phones == ("+79160000000",)
    for kind, value, code in (
        ("phone", "12", "bad_phone"),
        ("fax", "1", "bad_contact_kind"),
        ("email", " ", "empty_text"),
    ):
        with pytest.raises(Refusal, match=code):
            card_edit.add_contact(photo.desk, anna, OLGA, kind, value)
    with pytest.raises(Refusal, match="gone"):
        card_edit.change_contact(photo.desk, anna, PAVEL, new, "+79165554435")
    with pytest.raises(Refusal, match="bad_channel"):
        card_edit.set_channel(photo.desk, anna, OLGA, "smoke", "")
    with pytest.raises(Refusal, match="not_allowed"):
        card_edit.add_contact(photo.desk, photo.session("katya"), OLGA, "phone", "+79160000009")


def test_channel_promise_and_freshness_stand_on_the_card(photo: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    card_edit.set_channel(photo.desk, anna, OLGA, "messenger", "18–21")
    due = wall.now_ms() + DAY_MS
    consents.record(photo.desk, anna, OLGA, "service", given=True, channels=("messenger",))
    promised = card_edit.give_promise(photo.desk, anna, OLGA, "call_back", "про ремешок", due).value
    found = card(photo)
    assert (found.channel, found.channel_hours) == ("messenger", "18–21")
    assert [(p.kind, p.text, p.due_at, p.owner_id) for p in found.promises] == [
        ("call_back", "про ремешок", due, anna.person_id)
    ]
    card_edit.end_promise(photo.desk, anna, OLGA, promised, kept=True)
    assert card(photo).promises == ()
    for kind, at, code in (("marry", due, "bad_promise"), ("reserve", wall.now_ms(), "due_in_the_past")):
        with pytest.raises(Refusal, match=code):
            card_edit.give_promise(photo.desk, anna, OLGA, kind, "", at)
    assert found.heard_at is None
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO cursor (stream, token, moved_at) VALUES ('heard', '7', 7)")
    assert card(photo).heard_at == 7


def test_a61_an_open_promise_to_call_says_when_its_consent_was_withdrawn_since(photo: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    due = wall.now_ms() + DAY_MS
    for consent in ("service", "marketing"):
        consents.record(photo.desk, anna, OLGA, consent, given=True, channels=("call", "messenger"))
    card_edit.give_promise(photo.desk, anna, OLGA, "call_back", "про ремешок", due)
    card_edit.give_promise(photo.desk, anna, OLGA, "reserve", "сумка", due + 1)

    def said() -> list[tuple[str, str, str]]:
        shown = card_words.card_state(card(photo), Speaker("ru"), names={}, now_ms=wall.now_ms())
        return [(one.title, one.remark, one.tone) for one in shown.promises.items]

    told = [("про ремешок", "перезвонить", "plain"), ("сумка", "отложено", "plain")]
    assert said() == told
    consents.record(photo.desk, anna, OLGA, "marketing", given=False, channels=("call",))
    assert said() == told  # a promise of service needs no marketing
    consents.record(photo.desk, anna, OLGA, "service", given=False, channels=("call",))
    assert said() == [("про ремешок", "нет согласия\u00a0· перезвонить", "bad"), told[1]]
    # Whoever likes a messenger better is reached by it, and that is allowed still.
    card_edit.set_channel(photo.desk, anna, OLGA, "messenger", "")
    assert said() == told
    consents.withdraw_all(photo.desk, anna, OLGA)
    assert [remark for _, remark, _ in said()] == ["нет согласия\u00a0· перезвонить", "отложено"]


def test_two_counters_edit_different_fields_of_one_contact_and_need_and_both_stay(
    photo: Counter, home: Counter, wall: SetClock
) -> None:
    anna = photo.session("anna")
    phone = card_edit.add_contact(photo.desk, anna, OLGA, "phone", "+79165554433").value
    need = card_edit.tell_need(photo.desk, anna, OLGA, "сумка", "bag").value
    home.hear(photo)
    wall.advance(s=1)
    card_edit.verify_contact(photo.desk, anna, OLGA, phone)
    with home.desk.begin() as work:
        row = card_rows.put(work, "contact_point", phone, {"is_primary": False})
        other = card_rows.put(work, "need", need, {"text": "сумка побольше"})
        assert row is not None
        assert other is not None
        work.record("card_changed", {"contact_point": [row], "need": [other]})
    card_edit.drop_need(photo.desk, anna, OLGA, need)
    for one, two in ((photo, home), (home, photo)):
        one.hear(two)
    shown = "SELECT is_primary, verified_at FROM contact_point WHERE id = ?"
    assert photo.rows(shown, phone.bytes) == home.rows(shown, phone.bytes) == [(0, wall.now_ms())]
    shown = "SELECT text, status FROM need WHERE id = ?"
    assert photo.rows(shown, need.bytes) == home.rows(shown, need.bytes) == [("сумка побольше", "dropped")]


def test_a_value_lost_in_a_contact_is_shown_and_settled(photo: Counter, wall: SetClock) -> None:
    anna = photo.session("anna")
    phone = card_edit.add_contact(photo.desk, anna, OLGA, "phone", "+79165554433").value
    wall.advance(s=1)
    card_edit.change_contact(photo.desk, anna, OLGA, phone, "+79165554434")
    lose(photo, phone, "+79165554439")
    (lost,) = card(photo).lost
    assert (lost.entity, lost.field, lost.value) == ("contact_point", "value", "+79165554439")
    assert lost.id is not None
    # A phone that the level sees only masked is neither shown here nor settled.
    assert card(photo, by="anna").lost == ()
    with pytest.raises(Refusal, match="not_allowed"):
        card_edit.settle(photo.desk, anna, OLGA, lost.id, take_lost=True)
    maria = photo.session("maria")
    card_edit.settle(photo.desk, maria, OLGA, lost.id, take_lost=True)
    found = card(photo)
    assert (found.lost, "+79165554439" in found.phones) == ((), True)
    with pytest.raises(Refusal, match="gone"):
        card_edit.settle(photo.desk, maria, OLGA, UUID(int=1), take_lost=True)


def lose(counter: Counter, row: UUID, value: str) -> None:
    """Put in what the centre would tell: a value of a contact that lost against the one that stands."""
    with counter.desk.database.write() as connection:
        stamps = connection.exec_driver_sql("SELECT stamps FROM contact_point WHERE id = ?", (row.bytes,)).scalar()
        connection.exec_driver_sql(
            "INSERT INTO customer_field_lost (id, customer_id, entity, row_id, field, value, stamp, won, at, ver)"
            " VALUES (?, ?, 'contact_point', ?, 'value', ?, 's', json_extract(?, '$.value'), 5, 1)",
            (b"x" * 16, OLGA.bytes, row.bytes, f'"{value}"', stamps),
        )


def test_a_level_that_sees_no_card_sees_none_of_it(photo: Counter) -> None:
    photo.open_shift()
    a_firm(photo)
    anna = photo.session("anna")
    photo.sell("anna", "MACH-1", of="olga")
    card_edit.join_household(photo.desk, anna, PAVEL, OLGA)
    card_edit.link_person(photo.desk, anna, FIRM, OLGA, "закупки")
    card_edit.record_event(photo.desk, anna, event="move", impact="переезд", card=OLGA)
    card_edit.record_event(
        photo.desk, photo.session("maria"), event="recall", impact="греется", product_id=product("MACH-1")
    )
    whole = card(photo)
    assert all((whole.events, whole.alerts, whole.household, whole.firms))
    for who in ("katya", "dima"):
        seen = card(photo, by=who)
        assert (seen.events, seen.alerts, seen.household, seen.shared, seen.people, seen.firms, seen.forecast) == (
            (), (), (), (), (), (), (),
        )  # fmt: skip
