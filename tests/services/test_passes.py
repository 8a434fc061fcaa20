from __future__ import annotations

import secrets

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PassId, is_pass_code
from crosssell_desktop.services import passes, receipts
from tests.shop import Counter, SetClock, category, customer, department, known, person, product


def test_a_blanket_pass_is_refused(photo: Counter) -> None:
    with pytest.raises(Refusal, match="blanket_pass"):
        passes.send(
            photo.desk,
            photo.session("anna"),
            kind="handover",
            to_department_id=department("home"),
            customer_id=customer("olga"),
            category_id=None,
        )


def test_a_product_is_enough_to_say_what_for(photo: Counter) -> None:
    sent = passes.send(
        photo.desk,
        photo.session("anna"),
        kind="handover",
        to_department_id=department("home"),
        customer_id=None,
        category_id=None,
        product_id=product("COF-1"),
    ).value
    found = passes.by_id(photo.desk, sent.id)
    assert found is not None
    assert (found.state, found.from_person_id) == ("sent", person("anna"))


def test_a_customer_has_at_most_three_open_passes_and_one_a_category(photo: Counter, wall: SetClock) -> None:
    photo.pass_on("anna", what="coffee", of="olga")
    with pytest.raises(Refusal, match="same_category_passed"):
        photo.pass_on("vera", what="coffee", of="olga")
    photo.pass_on("anna", what="care", of="olga")
    photo.pass_on("vera", what="machine", of="olga")
    with pytest.raises(Refusal, match="too_many_passes"):
        photo.pass_on("vera", what="home", of="olga")
    photo.pass_on("vera", what="coffee", of="pavel")
    wall.advance(days=15)
    photo.pass_on("vera", what="coffee", of="olga")


def test_a_slip_is_found_by_its_code_however_it_is_typed(photo: Counter) -> None:
    sent = photo.pass_on("anna", what="coffee")
    assert sent.code.startswith("K1")
    assert is_pass_code(sent.code)
    for typed in (sent.code, sent.code.lower(), f" {sent.code[:4]}-{sent.code[4:]} "):
        found = passes.by_code(photo.desk, typed)
        assert found is not None
        assert found.id == sent.id
    assert passes.by_code(photo.desk, "K1ZZZZZZZ") is None


def test_codes_do_not_repeat(photo: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter([5, 5, 5, 6])
    monkeypatch.setattr(secrets, "randbits", lambda _bits: next(given))
    first, second = photo.pass_on("anna", what="coffee"), photo.pass_on("anna", what="coffee")
    assert first.code != second.code


def test_a_pass_reaches_the_other_department_and_is_taken_over_with_its_customer(photo: Counter, home: Counter) -> None:
    sent = photo.pass_on("anna", what="coffee", of="olga")
    home.hear(photo)
    assert [p.id for p in passes.to_us(home.desk, home.session("boris"))] == [sent.id]
    assert passes.to_us(photo.desk, photo.session("vera")) == ()
    assert [p.id for p in passes.by_me(photo.desk, photo.session("anna"))] == [sent.id]
    basket = home.basket("boris")
    taken = passes.accept(home.desk, home.session("boris"), sent.id, basket.id).value
    assert taken is not None
    assert (taken.pass_id, taken.customer_id) == (sent.id, customer("olga"))
    photo.hear(home)
    assert [p.state for p in passes.of_customer(photo.desk, customer("olga"))] == ["accepted"]


def test_a_slip_is_bound_to_the_customer_who_brings_it(photo: Counter) -> None:
    sent = photo.pass_on("anna", what="coffee")
    photo.basket("boris", of="pavel", pass_id=sent.id)
    assert photo.rows("SELECT customer_id FROM pass_event") == [(customer("pavel").bytes,)]


def test_ones_own_pass_is_neither_taken_over_nor_declined(photo: Counter) -> None:
    sent = photo.pass_on("anna", what="coffee", of="olga")
    for act in (
        lambda: passes.accept(photo.desk, photo.session("anna"), sent.id, None),
        lambda: passes.decline(photo.desk, photo.session("anna"), sent.id, ""),
    ):
        with pytest.raises(Refusal, match="own_pass"):
            act()


def test_an_expired_pass_is_over(photo: Counter, wall: SetClock) -> None:
    sent = photo.pass_on("anna", what="coffee", of="olga")
    wall.advance(days=14, s=1)
    with pytest.raises(Refusal, match="pass_is_over"):
        passes.accept(photo.desk, photo.session("boris"), sent.id, None)
    assert passes.of_customer(photo.desk, customer("olga")) == ()


def test_a_declined_pass_is_over(photo: Counter) -> None:
    sent = photo.pass_on("anna", what="coffee", of="olga")
    passes.decline(photo.desk, photo.session("boris"), sent.id, "no_time")
    with pytest.raises(Refusal, match="pass_is_over"):
        passes.accept(photo.desk, photo.session("boris"), sent.id, None)


def test_who_took_a_pass_over_cannot_decline_it_to_keep_the_assist(photo: Counter) -> None:
    sent = photo.pass_on("anna", what="coffee", of="olga")
    passes.accept(photo.desk, photo.session("boris"), sent.id, None)
    with pytest.raises(Refusal, match="pass_is_over"):
        passes.decline(photo.desk, photo.session("boris"), sent.id, "no_time")


def test_a_pass_that_has_not_arrived_yet_is_told_so(photo: Counter) -> None:
    with pytest.raises(Refusal, match="no_such_pass"):
        passes.accept(photo.desk, photo.session("boris"), PassId(known("pass", "none")), None)


def test_a_pass_is_not_half_taken_over(photo: Counter) -> None:
    sent = photo.pass_on("anna", what="coffee", of="olga")
    basket = photo.basket("boris", "COF-1")
    receipts.drop(photo.desk, photo.session("boris"), basket.id)
    with pytest.raises(Refusal, match="receipt_is_closed"):
        passes.accept(photo.desk, photo.session("boris"), sent.id, basket.id)
    assert photo.rows("SELECT count(*) FROM pass_event") == [(0,)]


def test_a_sale_by_pass_ends_it(photo: Counter, wall: SetClock) -> None:
    photo.open_shift()
    sent = photo.pass_on("anna", what="coffee", of="olga")
    wall.advance(s=60)
    photo.sell("boris", "COF-1", pass_id=sent.id)
    found = passes.by_id(photo.desk, sent.id)
    assert found is not None
    assert found.state == "matched"


def test_help_without_a_sale_is_noted_within_a_shift(photo: Counter) -> None:
    with pytest.raises(Refusal, match="no_shift"):
        passes.record_help(photo.desk, photo.session("anna"), "advice", customer("olga"))
    photo.open_shift()
    passes.record_help(photo.desk, photo.session("anna"), "advice", customer("olga"))
    assert photo.rows("SELECT kind FROM help_event") == [("advice",)]


def test_what_a_pass_can_be_about_and_where_to(photo: Counter) -> None:
    assert {name for _, name, _ in passes.categories(photo.desk)} == {"photo", "home", "service"}
    assert {d.id for d in passes.departments(photo.desk)} == {department("photo"), department("home")}
    assert category("photo") in {c for c, _, _ in passes.categories(photo.desk)}
