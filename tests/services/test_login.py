from __future__ import annotations

import pytest

from crosssell_desktop.domain.access import Level
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import login, pins
from crosssell_desktop.store import pin_rows
from tests.shop import PIN, Counter, SetClock, person

WRONG = "111112"


def refusal(photo: Counter, pin: str = WRONG) -> Refusal:
    with pytest.raises(Refusal) as caught:
        login.log_in(photo.desk, person("anna"), pin)
    return caught.value


def fail(photo: Counter, wall: SetClock, times: int) -> None:
    for _ in range(times):
        wall.advance(s=3_600)
        assert refusal(photo).code == "wrong_pin"


def test_the_right_pin_opens_a_session_with_the_persons_level(photo: Counter) -> None:
    session = login.log_in(photo.desk, person("anna"), PIN).value
    assert (session.person_id, session.level) == (person("anna"), Level.CONSULTANT)
    assert photo.rows("SELECT count(*) FROM session WHERE closed_at IS NULL") == [(1,)]
    login.log_out(photo.desk, session)
    assert photo.rows("SELECT count(*) FROM session WHERE closed_at IS NULL") == [(0,)]


def test_five_tries_are_free_and_the_last_ones_are_counted_aloud(photo: Counter) -> None:
    left = [refusal(photo).text.values.get("n") for _ in range(5)]
    assert left == [4, 3, 2, 1, None]
    assert refusal(photo).code == "locked"


def test_the_wait_begins_at_30_seconds_and_doubles(photo: Counter, wall: SetClock) -> None:
    fail(photo, wall, 5)
    waits = []
    for _ in range(4):
        waits.append(refusal(photo, PIN).text.values["n"])
        wall.advance(s=int(str(waits[-1])) - 1)
        assert refusal(photo).code == "locked"
        wall.advance(s=1)
        assert refusal(photo).code == "wrong_pin"
    assert waits == [30, 60, 120, 240]


def test_a_wait_is_never_longer_than_an_hour() -> None:
    assert max(login._wait_ms(n) for n in range(60)) == login.LONGEST_WAIT_MS


def test_after_ten_wrong_pins_only_a_new_one_helps(photo: Counter, wall: SetClock) -> None:
    fail(photo, wall, 10)
    wall.advance(days=30)
    assert refusal(photo, PIN).code == "locked_for_good"
    photo.reopen()
    assert refusal(photo, PIN).code == "locked_for_good"
    login.set_pin(photo.desk, person("anna"), "739164")
    login.log_in(photo.desk, person("anna"), "739164")


def test_the_tenth_try_may_still_be_right(photo: Counter, wall: SetClock) -> None:
    fail(photo, wall, 9)
    wall.advance(s=3_600)
    login.log_in(photo.desk, person("anna"), PIN)
    assert refusal(photo).text.values["n"] == 4


def test_the_count_survives_a_restart(photo: Counter, wall: SetClock) -> None:
    fail(photo, wall, 5)
    photo.reopen()
    assert refusal(photo, PIN).code == "locked"


def test_a_clock_set_back_begins_the_wait_again_and_no_longer(photo: Counter, wall: SetClock) -> None:
    fail(photo, wall, 6)
    wall.advance(days=-400)
    again = refusal(photo, PIN)
    assert (again.code, again.text.values["n"]) == ("locked", 60)
    wall.advance(s=59)
    assert refusal(photo, PIN).code == "locked"
    wall.advance(s=1)
    login.log_in(photo.desk, person("anna"), PIN)


def test_a_try_counts_before_the_pin_is_looked_at(photo: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(pins, "matches", killed)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            login.log_in(photo.desk, person("anna"), WRONG)
    monkeypatch.undo()
    assert refusal(photo, PIN).code == "locked"


def test_one_persons_failures_do_not_lock_another(photo: Counter) -> None:
    for _ in range(6):
        refusal(photo)
    login.log_in(photo.desk, person("boris"), PIN)


@pytest.mark.parametrize(
    "pin", ["12345", "1234567", "12345a", "", "١٢٣٤٥٦", "111111", "123456", "987654", "000000", "121212", "123123"]
)
def test_a_pin_anybody_would_try_is_refused(photo: Counter, pin: str) -> None:
    with pytest.raises(Refusal, match="bad_pin"):
        login.set_pin(photo.desk, person("anna"), pin)


def test_who_is_unknown_or_has_no_pin_is_told_so(photo: Counter) -> None:
    with pytest.raises(Refusal, match="no_person"):
        login.log_in(photo.desk, person("nobody"), PIN)
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM person_pin WHERE person_id = ?", (person("anna").bytes,))
    assert refusal(photo, PIN).code == "no_pin"


def test_a_pin_is_kept_only_as_a_hash_that_needs_the_stores_key(photo: Counter) -> None:
    with photo.desk.look() as connection:
        known = pin_rows.pin_of(connection, person("anna"))
    assert known is not None
    assert known.verifier.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE pin_secret SET secret = ?", ("00" * 32,))
    assert refusal(photo, PIN).code == "wrong_pin"
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM pin_secret")
    assert refusal(photo, PIN).code == "pin_key_missing"


def test_people_of_the_store_are_listed(photo: Counter) -> None:
    assert {p.id for p in login.people_here(photo.desk)} == {
        person(code) for code in ("katya", "anna", "vera", "boris", "sergey", "maria", "dima")
    }
