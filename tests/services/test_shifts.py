from __future__ import annotations

import datetime as dt

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import receipts, returns, shifts
from crosssell_desktop.store.queries.chain import head_of
from crosssell_desktop.store.queries.shifts import text_of, text_of_close
from tests.shop import Counter, SetClock, person


def test_a_shift_does_not_open_without_a_responsible_person(photo: Counter) -> None:
    with pytest.raises(Refusal, match="no_responsible"):
        shifts.open_shift(photo.desk, photo.session("sergey"), responsible_id=None)
    with pytest.raises(Refusal, match="no_responsible"):
        shifts.open_shift(photo.desk, photo.session("sergey"), responsible_id=None, override_reason="  так  ")
    assert shifts.current_shift(photo.desk) is None


def test_it_opens_for_a_stated_reason_whose_words_stay_out_of_the_fact(photo: Counter) -> None:
    reason = "Анна заболела, замены нет"
    shift_id = shifts.open_shift(photo.desk, photo.session("sergey"), responsible_id=None, override_reason=reason).value
    row = shifts.current_shift(photo.desk)
    assert row is not None
    assert (row.id, row.responsible_id, row.override_reason) == (shift_id, None, "")
    with photo.desk.look() as connection:
        assert text_of(connection, shift_id) == reason


def test_who_may_not_lead_complex_sales_cannot_be_responsible(photo: Counter) -> None:
    assert set(shifts.possible_leads(photo.desk)) == {person("anna"), person("boris"), person("sergey")}
    with pytest.raises(Refusal, match="not_a_lead"):
        shifts.open_shift(photo.desk, photo.session("sergey"), responsible_id=person("vera"))


@pytest.mark.parametrize("who", ["katya", "anna", "dima"])
def test_only_a_supervisor_opens_and_closes(photo: Counter, who: str) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        shifts.open_shift(photo.desk, photo.session(who), responsible_id=person("sergey"))
    photo.open_shift()
    with pytest.raises(Refusal, match="not_allowed"):
        shifts.close_shift(photo.desk, photo.session(who), till_total_minor=0)


def test_a_second_shift_is_refused_until_the_first_is_closed(photo: Counter) -> None:
    photo.open_shift()
    with pytest.raises(Refusal, match="shift_is_open"):
        photo.open_shift()
    shifts.close_shift(photo.desk, photo.session("sergey"), till_total_minor=None)
    with pytest.raises(Refusal, match="no_shift"):
        shifts.close_shift(photo.desk, photo.session("sergey"), till_total_minor=None)
    photo.open_shift()
    assert [row.number for row in shifts.past_shifts(photo.desk, 5)] == [2, 1]


@pytest.mark.parametrize(("till_minor", "cash_minor"), [(0, -1), (-1, 0)])
def test_cash_below_zero_is_refused(photo: Counter, till_minor: int, cash_minor: int) -> None:
    with pytest.raises(Refusal, match="negative_cash"):
        shifts.open_shift(photo.desk, photo.session("sergey"), responsible_id=person("sergey"), opening_cash_minor=-1)
    photo.open_shift()
    with pytest.raises(Refusal, match="negative_cash"):
        shifts.close_shift(
            photo.desk, photo.session("sergey"), till_total_minor=till_minor, counted_cash_minor=cash_minor
        )


def test_the_business_date_is_the_stores_and_does_not_change_at_midnight(photo: Counter, wall: SetClock) -> None:
    # 22:30 UTC is half past one in Moscow, the next day.
    wall.at_ms = int(dt.datetime(2026, 3, 4, 22, 30, tzinfo=dt.UTC).timestamp() * 1000)
    photo.open_shift()
    wall.advance(days=1)
    photo.sell("anna", "CARD-64")
    assert photo.rows("SELECT business_date FROM sale") == [("2026-03-05",)]


def test_a_closed_shift_keeps_its_totals_and_the_head_of_the_chain(photo: Counter) -> None:
    photo.open_shift()
    sale = photo.sell("anna", "CAM-1", "CARD-64", of="olga")
    found = returns.find_sale(photo.desk, sale.number)
    assert found is not None
    returns.take_back(photo.desk, photo.session("anna"), found.sale_id, {found.lines[1].line_id: 1_000}, "changed_mind")
    with photo.desk.look() as connection:
        head = head_of(connection)
    shift_id = shifts.close_shift(
        photo.desk, photo.session("sergey"), till_total_minor=1, till_z_number=" 17 ", notes=" ключи у Анны "
    ).value
    with photo.desk.look() as connection:
        assert text_of_close(connection, shift_id) == "ключи у Анны"
    closed = shifts.past_shifts(photo.desk, 1)[0]
    assert (closed.z_number, closed.till_z_number, closed.chain_head) == (1, "17", head)
    assert photo.rows("SELECT totals FROM shift_close")[0][0] == (
        '{"credits_minor":73762,"receipts":1,"returned_minor":349000,"sold_minor":9348000}'
    )


def test_nothing_is_sold_without_a_shift(photo: Counter) -> None:
    basket = photo.basket("anna", "CARD-64")
    with pytest.raises(Refusal, match="no_shift"):
        receipts.complete(photo.desk, photo.session("anna"), basket.id)
    assert receipts.current_basket(photo.desk, photo.session("anna")) == basket
