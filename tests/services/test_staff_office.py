"""Staff in the Office: who may do what to whom, one-time PINs, the last manager, the rota and its missing accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.services import login, pins, places_office, rota, shifts, staff_office
from crosssell_desktop.services.staff_office import Profile
from crosssell_desktop.store import rota_rows
from crosssell_desktop.store.link_rows import KeptLink, keep_link
from crosssell_desktop.store.queries.staff import StaffRow
from crosssell_desktop.sync.tables import PUBLICATIONS
from tests.shop import PIN, STORE, Counter, SetClock, department, known, person

OWN = "739164"
LONG = "три весёлых гуся"


def member(photo: Counter, who: str | PersonId) -> StaffRow:
    wanted = person(who) if isinstance(who, str) else who
    found = staff_office.view(photo.desk, photo.session("maria")).people
    return next(one for one in found if one.id == wanted)


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code


def hire(
    photo: Counter, name: str = "Олег Ветров", level: Level = Level.CONSULTANT, **more: object
) -> staff_office.Hired:
    profile = replace(Profile(name, department("photo")), **more)  # type: ignore[arg-type]  # fields of the profile
    return staff_office.hire(photo.desk, photo.session("maria"), profile, level).value


def set_level(photo: Counter, session: Session, person_id: PersonId, level: Level, *, seen_ver: int) -> None:
    """Change the level and nothing else."""
    row = member(photo, person_id)
    profile = Profile(row.full_name, row.department_id, row.short_name)
    staff_office.edit(photo.desk, session, person_id, profile, seen_ver=seen_ver, lead=bool(row.roles), level=level)


def test_who_is_hired_chooses_an_own_pin_at_the_first_log_in(photo: Counter) -> None:
    hired = hire(photo)
    assert len(hired.one_time_pin) == 6
    refused("must_change", lambda: login.log_in(photo.desk, hired.person_id, hired.one_time_pin))
    refused(
        "same_pin", lambda: login.change_secret(photo.desk, hired.person_id, hired.one_time_pin, hired.one_time_pin)
    )
    refused("bad_pin", lambda: login.change_secret(photo.desk, hired.person_id, hired.one_time_pin, "111111"))
    refused("wrong_pin", lambda: login.change_secret(photo.desk, hired.person_id, "918273", OWN))
    session = login.change_secret(photo.desk, hired.person_id, hired.one_time_pin, OWN).value
    assert (session.short_name, session.level) == ("Олег В.", Level.CONSULTANT)
    assert login.log_in(photo.desk, hired.person_id, OWN).value.person_id == hired.person_id
    assert photo.rows("SELECT count(*) FROM outbox WHERE body LIKE ?", f"%{OWN}%") == [(0,)]
    assert photo.rows("SELECT count(*) FROM outbox WHERE body LIKE ?", f"%{hired.one_time_pin}%") == [(0,)]


def test_a_supervisor_chooses_a_password_and_a_weak_one_is_refused(photo: Counter) -> None:
    hired = hire(photo, level=Level.SUPERVISOR)
    for weak in ("482915", "aaaaaaaaaa", "1234567890", "", "короткий"[:7]):
        with pytest.raises(Refusal, match="bad_password"):
            login.change_secret(photo.desk, hired.person_id, hired.one_time_pin, weak)
    login.change_secret(photo.desk, hired.person_id, hired.one_time_pin, LONG)
    assert member(photo, hired.person_id).pin == "password"
    login.log_in(photo.desk, hired.person_id, LONG)


def test_a_one_time_pin_waits_three_days_and_no_longer(photo: Counter, wall: SetClock) -> None:
    hired = hire(photo)
    wall.advance(days=3, s=1)
    refused("pin_expired", lambda: login.log_in(photo.desk, hired.person_id, hired.one_time_pin))
    fresh = staff_office.reset_pin(photo.desk, photo.session("maria"), hired.person_id).value
    refused("must_change", lambda: login.log_in(photo.desk, hired.person_id, fresh))


def test_a_reset_opens_who_was_locked_out(photo: Counter, wall: SetClock) -> None:
    for _ in range(10):
        wall.advance(s=3_600)
        refused("wrong_pin", lambda: login.log_in(photo.desk, person("anna"), "918273"))
    refused("locked_for_good", lambda: login.log_in(photo.desk, person("anna"), PIN))
    fresh = staff_office.reset_pin(photo.desk, photo.session("sergey"), person("anna")).value
    refused("must_change", lambda: login.log_in(photo.desk, person("anna"), fresh))
    refused("wrong_pin", lambda: login.log_in(photo.desk, person("anna"), PIN))


RESETS = {
    # who: katya 1, anna 2, sergey 3, maria 4, dima 5
    "katya": "nnnnn",
    "anna": "nnnnn",
    "sergey": "yyLLL",
    "maria": "yyyoL",
    "dima": "yyyyo",
}
"""Yes; no by the level of the act; L above one's own; o one's own."""


@pytest.mark.parametrize("who", RESETS)
@pytest.mark.parametrize("place", range(5))
def test_a_level_resets_the_pins_below_it_only(photo: Counter, who: str, place: int) -> None:
    whom = person(("katya", "anna", "sergey", "maria", "dima")[place])
    session = photo.session(who)
    if who == "sergey" and place == 2:
        refused("own_pin", lambda: staff_office.reset_pin(photo.desk, session, whom))
        return
    answer = RESETS[who][place]
    if answer == "y":
        assert len(staff_office.reset_pin(photo.desk, session, whom).value) == 6
    else:
        code = {"n": "not_allowed", "L": "not_his_level", "o": "own_pin"}[answer]
        refused(code, lambda: staff_office.reset_pin(photo.desk, session, whom))


def test_the_last_manager_is_neither_dismissed_nor_demoted(photo: Counter) -> None:
    dima = photo.session("dima")
    maria = member(photo, "maria")
    refused("last_manager", lambda: staff_office.dismiss(photo.desk, dima, maria.id, "agreed"))
    refused("last_manager", lambda: set_level(photo, dima, maria.id, Level.CONSULTANT, seen_ver=maria.ver))
    sergey = member(photo, "sergey")
    set_level(photo, dima, sergey.id, Level.MANAGER, seen_ver=sergey.ver)
    staff_office.dismiss(photo.desk, dima, maria.id, "agreed")
    assert person("maria") not in {one.id for one in login.people_here(photo.desk)}


def test_nobody_raises_or_dismisses_himself_nor_gives_what_is_above(photo: Counter) -> None:
    maria, dima = photo.session("maria"), photo.session("dima")
    me = member(photo, "maria")
    anna = member(photo, "anna")
    refused("own_level", lambda: set_level(photo, maria, me.id, Level.DATA_ADMIN, seen_ver=me.ver))
    refused("own_dismissal", lambda: staff_office.dismiss(photo.desk, maria, me.id, "agreed"))
    refused(
        "not_his_level",
        lambda: set_level(photo, maria, anna.id, Level.DATA_ADMIN, seen_ver=anna.ver),
    )
    refused("not_his_level", lambda: staff_office.dismiss(photo.desk, maria, person("dima"), "agreed"))
    refused("not_his_level", lambda: hire(photo, "Новый Админ", Level.DATA_ADMIN))
    refused("own_dismissal", lambda: staff_office.dismiss(photo.desk, dima, person("dima"), "agreed"))
    for who in ("katya", "anna", "sergey"):
        refused(
            "not_allowed",
            lambda who=who: staff_office.dismiss(photo.desk, photo.session(who), person("vera"), "agreed"),  # type: ignore[misc]
        )


def test_who_is_dismissed_is_out_at_once_and_comes_back_with_a_new_pin_only(photo: Counter) -> None:
    anna = photo.session("anna")
    maria = photo.session("maria")
    assert person("anna") in shifts.possible_leads(photo.desk)
    staff_office.dismiss(photo.desk, maria, person("anna"), "own_wish")
    refused("no_person", lambda: login.renewed(photo.desk, anna))
    refused("no_person", lambda: login.log_in(photo.desk, person("anna"), PIN))
    refused("no_person", lambda: staff_office.reset_pin(photo.desk, maria, person("anna")))
    assert person("anna") not in shifts.possible_leads(photo.desk)
    assert member(photo, "anna").works is False
    fresh = staff_office.take_back(photo.desk, maria, person("anna")).value
    refused("wrong_pin", lambda: login.log_in(photo.desk, person("anna"), PIN))
    login.change_secret(photo.desk, person("anna"), fresh, OWN)
    refused("works_here", lambda: staff_office.take_back(photo.desk, maria, person("anna")))
    # Dismissed a second time, the first return does not count for it.
    staff_office.dismiss(photo.desk, maria, person("anna"), "breach")
    refused("no_person", lambda: login.log_in(photo.desk, person("anna"), OWN))
    assert photo.rows("SELECT event FROM dismissal ORDER BY made_at, id") == [
        ("dismissed",),
        ("taken_back",),
        ("dismissed",),
    ]


def test_a_dismissal_is_no_part_of_what_waits_to_be_published() -> None:
    held = {table for tables in PUBLICATIONS.values() for table in tables}
    assert not held & {"dismissal", "person_pin", "pin_key", "pin_door"}


def test_a_session_takes_over_a_new_level(photo: Counter) -> None:
    anna = photo.session("anna")
    row = member(photo, "anna")
    set_level(photo, photo.session("maria"), row.id, Level.SUPERVISOR, seen_ver=row.ver)
    assert login.renewed(photo.desk, anna).level is Level.SUPERVISOR
    # A supervisor proves himself by a password: it is chosen at the next log-in.
    refused("must_change", lambda: login.log_in(photo.desk, person("anna"), PIN))
    login.change_secret(photo.desk, person("anna"), PIN, LONG)


def test_what_another_changed_meanwhile_is_not_overwritten_unseen(photo: Counter) -> None:
    maria, dima = photo.session("maria"), photo.session("dima")
    seen = member(photo, "anna").ver
    staff_office.edit(
        photo.desk, maria, person("anna"), Profile("Анна Ветрова", department("home")), seen_ver=seen, lead=False
    )
    refused(
        "changed_meanwhile",
        lambda: staff_office.edit(
            photo.desk, dima, person("anna"), Profile("Анна К", department("photo")), seen_ver=seen, lead=True
        ),
    )
    row = member(photo, "anna")
    assert (row.full_name, row.short_name, row.department_id, row.roles) == (
        "Анна Ветрова", "Анна В.", department("home"), frozenset(),
    )  # fmt: skip


def test_names_and_badges_tell_people_apart(photo: Counter) -> None:
    hire(photo, badge="B-17")
    refused("same_name", lambda: hire(photo, "Олег Волков", short_name="олег в."))
    refused("badge_taken", lambda: hire(photo, "Пётр Новиков", badge="B-17"))
    for bad in ("", "   ", "x" * 121, "Имя\nФамилия\x00"):
        with pytest.raises(Refusal, match="bad_name"):
            hire(photo, bad)
    refused("unknown_department", lambda: hire(photo, "Пётр Новиков", department_id=known("department", "none")))
    assert hire(photo, "Пётр <b>Новиков</b>").person_id in {one.id for one in login.people_here(photo.desk)}


def test_a_counter_changes_nothing_but_pins(photo: Counter) -> None:
    with photo.desk.database.write() as connection:
        keep_link(connection, KeptLink("h", 1, "d", "r", "p"))
    maria, anna = photo.session("maria"), member(photo, "anna")
    assert staff_office.view(photo.desk, maria).is_office is False
    for act in (
        lambda: hire(photo),
        lambda: staff_office.dismiss(photo.desk, maria, anna.id, "agreed"),
        lambda: staff_office.edit(
            photo.desk, maria, anna.id, Profile("Анна", department("photo")), seen_ver=anna.ver, lead=False
        ),
        lambda: staff_office.first_manager(photo.desk, "Пётр Новиков"),
        lambda: rota.put(photo.desk, maria, anna.id, dt.date(2026, 3, 4), planned="8", worked=""),
        lambda: places_office.put_department(
            photo.desk, maria, department_id=None, store_id=STORE, code="x", name_ru="Х", name_en=""
        ),
    ):
        refused("not_office", act)
    assert len(staff_office.reset_pin(photo.desk, maria, anna.id).value) == 6


def test_the_first_manager_is_taken_on_where_nobody_manages(photo: Counter) -> None:
    refused("has_manager", lambda: staff_office.first_manager(photo.desk, "Пётр Новиков"))
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE person SET active = 0 WHERE level = 4")
    hired = staff_office.first_manager(photo.desk, "Пётр Новиков").value
    session = login.change_secret(photo.desk, hired.person_id, hired.one_time_pin, LONG).value
    assert session.level is Level.MANAGER


def test_departments_and_counters_are_named_and_moved(photo: Counter) -> None:
    maria = photo.session("maria")
    made = places_office.put_department(
        photo.desk, maria, department_id=None, store_id=STORE, code="optics", name_ru="Оптика", name_en="Optics"
    ).value
    view = places_office.view(photo.desk, maria)
    (optics,) = [d for d in view.departments if d.id == made]
    places_office.put_department(
        photo.desk, maria, department_id=made, store_id=STORE, code="", name_ru="Очки", name_en="", seen_ver=optics.ver
    )
    (again,) = [d for d in places_office.view(photo.desk, maria).departments if d.id == made]
    assert (again.code, again.name_ru, again.name_en) == ("optics", "Очки", "Очки")
    refused(
        "code_taken",
        lambda: places_office.put_department(
            photo.desk, maria, department_id=None, store_id=STORE, code="optics", name_ru="Х", name_en=""
        ),
    )
    refused(
        "changed_meanwhile",
        lambda: places_office.put_department(
            photo.desk, maria, department_id=made, store_id=STORE, code="", name_ru="Х", name_en="", seen_ver=optics.ver
        ),
    )
    (k1, _) = view.counters
    places_office.put_counter(photo.desk, maria, k1.id, name="Касса у входа", department_id=made, seen_ver=k1.ver)
    moved = places_office.view(photo.desk, maria).counters[0]
    assert (moved.name, moved.department_id, moved.code) == ("Касса у входа", made, "K1")
    refused("not_his_store", lambda: places_office.put_department(
        photo.desk, maria, department_id=None, store_id=known("store", "S2"), code="x", name_ru="Х", name_en=""  # type: ignore[arg-type]
    ))  # fmt: skip
    refused("not_allowed", lambda: places_office.view(photo.desk, photo.session("sergey")))


def test_without_a_way_to_the_centre_s_administrator_it_is_told_how_a_counter_is_enrolled(photo: Counter) -> None:
    with pytest.raises(Refusal, match="no_admin_way") as caught:
        places_office.invite(
            photo.desk, photo.session("maria"), "", name="K3", store_code="S1", department_code="photo"
        )
    assert "centre enrol K3 --store S1 --department photo" in str(caught.value.text)


def test_a38_nobody_is_on_the_schedule_without_an_account(photo: Counter) -> None:
    maria = photo.session("maria")
    day = rota.today(photo.desk)
    rota.put(photo.desk, maria, person("anna"), day, planned="09:00-18:00", worked="8,5")
    assert rota.without_account(photo.desk, maria) == ()
    # A name the accountant's list has and nobody here bears.
    with photo.desk.begin() as work:
        row = {
            "id": rota_rows.row_id(STORE, "олег ветров", day.isoformat()), "store_id": STORE, "person_id": None,
            "who": "Олег Ветров", "day": day.isoformat(), "starts_at": None, "planned_minutes": 480,
            "worked_minutes": None, "source": "rota", "ver": work.tick(),
        }  # fmt: skip
        work.record("rota_imported", {"rota": [row]})
    assert rota.without_account(photo.desk, maria) == ("Олег Ветров",)
    hired = hire(photo)
    assert rota.without_account(photo.desk, maria) == ()
    # Dismissed, with a plan for the days to come: the plan is what is wrong.
    rota.put(photo.desk, maria, hired.person_id, day + dt.timedelta(days=1), planned="8", worked="")
    staff_office.dismiss(photo.desk, maria, hired.person_id, "own_wish")
    assert "Олег Ветров" in rota.without_account(photo.desk, maria)


def test_a38_each_contact_person_logs_in_as_himself_and_one_pin_at_two_counters_warns(
    photo: Counter, home: Counter
) -> None:
    for counter in (photo, home):
        for who in ("katya", "anna", "sergey", "maria"):
            assert counter.session(who).person_id == person(who)
    assert login.elsewhere(home.desk, person("anna")) == ()
    photo.open_shift()
    photo.sell("anna", "CAM-1", of="olga")
    home.hear(photo)
    assert login.elsewhere(home.desk, person("anna")) == ("Касса K1",)
    assert login.elsewhere(photo.desk, person("anna")) == ()
    home.clock.advance(s=11 * 60)
    assert login.elsewhere(home.desk, person("anna")) == ()


def test_the_rota_keeps_plan_and_fact_apart(photo: Counter) -> None:
    maria = photo.session("maria")
    day = rota.today(photo.desk)
    rota.put(photo.desk, maria, person("anna"), day, planned="09:00-18:00", worked="")
    rota.put(photo.desk, maria, person("anna"), day, planned="", worked="7:45")
    line = next(one for one in rota.week(photo.desk, maria).lines if one.person_id == person("anna"))
    assert (line.planned, line.worked) == (540, 465)
    with photo.desk.look() as connection:
        assert rota_rows.worked_minutes(connection, STORE, day.isoformat(), day.isoformat()) == {person("anna"): 465}
    rota.put(photo.desk, maria, person("anna"), day, planned="", worked="-")
    line = next(one for one in rota.week(photo.desk, maria).lines if one.person_id == person("anna"))
    assert line.days[day.weekday()] is not None
    assert line.worked == 0
    for text in ("25", "9:75", "много", "09:00-25:00", "1" * 100):
        with pytest.raises(Refusal, match="bad_hours"):
            rota.put(photo.desk, maria, person("anna"), day, planned=text, worked="")
    tomorrow = day + dt.timedelta(days=1)
    refused("not_worked_yet", lambda: rota.put(photo.desk, maria, person("anna"), tomorrow, planned="", worked="8"))
    refused(
        "not_allowed",
        lambda: rota.put(photo.desk, photo.session("sergey"), person("anna"), day, planned="8", worked=""),
    )


def test_fresh_pins_are_six_digits_nobody_tries_first() -> None:
    made = {pins.fresh_pin() for _ in range(200)}
    assert len(made) > 190
    assert all(len(pin) == 6 and pin.isdigit() and not pins.is_obvious(pin) for pin in made)


def test_pins_survive_a_restart(photo: Counter) -> None:
    hired = hire(photo)
    photo.reopen()
    refused("must_change", lambda: login.log_in(photo.desk, hired.person_id, hired.one_time_pin))
