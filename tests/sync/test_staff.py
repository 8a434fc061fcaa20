"""Staff over the exchange: one PIN at every counter, dismissals that end at once, two managers who edit one person."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass

import pytest

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId
from crosssell_desktop.services import exchange, login, pin_keys, staff_office
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.staff_office import Profile
from crosssell_desktop.store import pin_rows
from crosssell_desktop.store.unit import me_of
from crosssell_desktop.sync import centre, centre_work
from crosssell_desktop.system import sealing
from tests.sync.kit import Shop, Till, row

OWN = "482915"
DEPARTMENT = DepartmentId(uuid.UUID(int=5))


@dataclass
class At:
    """A counter or an office with a profile's key of its own."""

    till: Till
    desk: Desk

    def exchange(self) -> None:
        """Exchange, and do what the program does afterwards."""
        result = self.till.sync()
        if result.pushed or result.changes & pin_keys.WATCHED:
            pin_keys.tend(self.desk)

    def who(self, person_id: PersonId, secret: str) -> Session:
        return login.log_in(self.desk, person_id, secret).value

    def refusal(self, person_id: PersonId, secret: str) -> str:
        with pytest.raises(Refusal) as caught:
            self.who(person_id, secret)
        return caught.value.code


def sit(shop: Shop, *, office: bool = False, store_id: uuid.UUID | None = None) -> At:
    till = shop.till(store_id=store_id)
    with till.database.read() as connection:
        me = me_of(connection)
    desk = Desk(till.database, till.clock, till.ids, secrets.token_bytes(32), till.folder, me)
    if office:
        # The same way in, with the rights of an office.
        till.link = centre.enrol(shop.url, centre.NewCounter(till.counter_id, "OF", till.store_id, office=True))
        till.network.real.close()
        till.network.real = type(till.network.real)(till.link)
    exchange.remember_link(desk, till.link, office=office)
    pin_keys.tend(desk)
    return At(till, desk)


def together(*places: At) -> None:
    """Exchange until everybody has heard everybody: doors, then keys."""
    for _ in range(4):
        for one in places:
            one.exchange()


def open_store(office: At) -> Session:
    """Make a store with a department and its first manager, who logs in with a password."""
    with office.desk.begin() as work:
        ver = work.tick()
        company = uuid.uuid4()
        work.record(
            "place_founded",
            {
                "company": [row("company", id=company, ver=ver)],
                "store": [
                    row("store", id=office.till.store_id, company_id=company, code="1", time_zone="UTC", ver=ver)
                ],
                "department": [row("department", id=DEPARTMENT, store_id=office.till.store_id, code="1", ver=ver)],
            },
        )
    hired = staff_office.first_manager(office.desk, "Мария Орлова").value
    return login.change_secret(office.desk, hired.person_id, hired.one_time_pin, "сосна и три ели").value


def test_a_person_hired_at_the_office_logs_in_at_every_counter_with_one_pin(shop: Shop) -> None:
    office, one, two = sit(shop, office=True), sit(shop), sit(shop)
    maria = open_store(office)
    hired = staff_office.hire(office.desk, maria, Profile("Анна Кузнецова", DEPARTMENT), Level.CONSULTANT).value
    together(office, one, two)
    # The first log-in is with the one-time PIN and at any counter; her own PIN then counts at the others.
    assert one.refusal(hired.person_id, hired.one_time_pin) == "must_change"
    login.change_secret(one.desk, hired.person_id, hired.one_time_pin, OWN)
    together(office, one, two)
    assert two.who(hired.person_id, OWN).level is Level.CONSULTANT
    assert two.refusal(hired.person_id, hired.one_time_pin) == "wrong_pin"
    # A reset at a counter by the manager is over everywhere once it is heard.
    fresh = staff_office.reset_pin(two.desk, maria, hired.person_id).value
    together(office, one, two)
    assert one.refusal(hired.person_id, OWN) == "wrong_pin"
    assert one.refusal(hired.person_id, fresh) == "must_change"


def test_the_centre_never_has_what_a_pin_is_checked_with(shop: Shop) -> None:
    office, one, two = sit(shop, office=True), sit(shop), sit(shop)
    maria = open_store(office)
    staff_office.hire(office.desk, maria, Profile("Анна Кузнецова", DEPARTMENT), Level.CONSULTANT)
    together(office, one, two)
    with two.desk.look() as connection:
        held = pin_rows.keys(connection)
    assert len(held) == 1
    everything = json.dumps(
        [[str(x) for x in line] for line in shop.ask("SELECT * FROM sync.op")]
        + [[str(x) for x in line] for line in shop.ask("SELECT * FROM shop.pin_key")]
    )
    assert str(held[0].id) in everything
    assert held[0].secret.hex() not in everything
    # What is sealed for one counter opens at that counter only, whoever carries it.
    for_one = shop.ask("SELECT sealed FROM shop.pin_key WHERE for_counter_id = %s", (one.till.counter_id,))[0][0]
    assert sealing.unseal(for_one, pin_keys._seed(two.desk), b"") is None


def test_counters_that_gave_pins_apart_from_each_other_know_both_in_the_end(shop: Shop) -> None:
    office, one = sit(shop, office=True), sit(shop)
    maria = open_store(office)
    hired = staff_office.hire(office.desk, maria, Profile("Анна Кузнецова", DEPARTMENT), Level.CONSULTANT).value
    office.exchange()
    one.till.sync()
    # The counter has not got the office's key yet: it says so, and gives a PIN under a key of its own.
    assert one.refusal(hired.person_id, hired.one_time_pin) == "pin_key_missing"
    fresh = staff_office.reset_pin(one.desk, maria, hired.person_id).value
    together(office, one)
    assert office.refusal(hired.person_id, fresh) == "must_change"
    for place in (office, one):
        with place.desk.look() as connection:
            assert len(pin_rows.keys(connection)) == 2
    assert centre_work.work(shop.url, audit=True).faults == []


def test_a_counter_of_another_store_hears_neither_pins_nor_keys_and_replaces_none(shop: Shop) -> None:
    office, far = sit(shop, office=True), sit(shop, store_id=uuid.uuid4())
    maria = open_store(office)
    together(office, far)
    assert far.till.contents("person_pin") == {} == far.till.contents("pin_key")
    before = shop.contents("person_pin")
    (pin_id,) = before
    with far.desk.begin() as work:
        forged = row("person_pin", id=pin_id, person_id=maria.person_id, verifier="mine", ver=work.tick() + (1 << 30))
        work.record("pin_set", {"person_pin": [forged]})
    together(far, office)
    assert shop.contents("person_pin") == before == office.till.contents("person_pin")
    assert shop.ask("SELECT count(*) FROM sync.conflict WHERE entity = 'person_pin'") == [(1,)]


def test_a_dismissal_is_heard_with_the_next_exchange_and_then_refused_offline(shop: Shop) -> None:
    office, one = sit(shop, office=True), sit(shop)
    maria = open_store(office)
    hired = staff_office.hire(office.desk, maria, Profile("Анна Кузнецова", DEPARTMENT), Level.CONSULTANT).value
    together(office, one)
    anna = login.change_secret(one.desk, hired.person_id, hired.one_time_pin, OWN).value
    staff_office.dismiss(office.desk, maria, hired.person_id, "agreed")
    office.exchange()
    assert login.renewed(one.desk, anna) == anna
    assert "dismissal" in one.till.sync().changes
    with pytest.raises(Refusal, match="no_person"):
        login.renewed(one.desk, anna)
    one.till.network.fate = ["request_lost"] * 5
    assert one.refusal(hired.person_id, OWN) == "no_person"
    assert hired.person_id not in {p.id for p in login.people_here(one.desk)}


def test_a_dismissal_does_not_wait_where_changes_of_staff_are_held_back(shop: Shop) -> None:
    office, one = sit(shop, office=True), sit(shop)
    maria = open_store(office)
    hired = staff_office.hire(office.desk, maria, Profile("Анна Кузнецова", DEPARTMENT), Level.CONSULTANT).value
    together(office, one)
    centre_work.hold(shop.url, ("staff",))
    staff_office.dismiss(office.desk, maria, hired.person_id, "agreed")
    together(office, one)
    assert hired.person_id not in {p.id for p in login.people_here(one.desk)}


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2)])
def test_two_managers_at_two_offices_edit_one_person_and_a_dismissal_stays(shop: Shop, order: tuple[int, ...]) -> None:
    first, second, till = sit(shop, office=True), sit(shop, office=True), sit(shop)
    maria = open_store(first)
    hired = staff_office.hire(first.desk, maria, Profile("Анна Кузнецова", DEPARTMENT), Level.CONSULTANT).value
    together(first, second, till)
    seen = {p.id: p.ver for p in staff_office.view(first.desk, maria).people}[hired.person_id]
    staff_office.dismiss(first.desk, maria, hired.person_id, "breach")
    second.till.clock.at_ms += 60_000
    # The other manager has not heard of it and renames her a minute later.
    staff_office.edit(
        second.desk, maria, hired.person_id, Profile("Анна Ветрова", DEPARTMENT), seen_ver=seen, lead=False
    )
    places = (first, second, till)
    for number in order:
        places[number].till.sync()
    together(first, second, till)
    for place in places:
        with place.desk.look() as connection:
            assert place.till.contents("person") == shop.contents("person")
            assert "Ветрова" in place.till.contents("person")[hired.person_id]
            assert connection.exec_driver_sql("SELECT count(*) FROM dismissal").scalar() == 1
        assert hired.person_id not in {p.id for p in login.people_here(place.desk)}


def test_a_counter_that_writes_staff_nevertheless_is_not_taken_at_the_centre(shop: Shop) -> None:
    office, one = sit(shop, office=True), sit(shop)
    maria = open_store(office)
    together(office, one)
    anybody = Session(uuid.uuid4(), maria.person_id, "X", Level.MANAGER, DEPARTMENT, StoreId(one.till.store_id), "ru")
    with pytest.raises(Refusal, match="not_office"):
        staff_office.dismiss(one.desk, anybody, maria.person_id, "breach")
    with one.desk.begin() as work:
        fact = row("dismissal", counter_id=one.till.counter_id, person_id=maria.person_id, event="dismissed")
        work.record("person_dismissed", {"dismissal": [fact]})
    together(one, office)
    assert shop.contents("dismissal") == {}
    assert maria.person_id in {p.id for p in login.people_here(office.desk)}
