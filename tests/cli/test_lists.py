"""Lists of customers at the command line: who takes them is asked for, and is in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.services import login
from crosssell_desktop.services.opening import opened
from crosssell_desktop.system.instance import take_profile
from crosssell_desktop.system.secrets import system_keyring
from tests.cli.conftest import Terminal

PIN = "tall-green-lamp-7"


@pytest.mark.parametrize("command", [("find", "новый"), ("import", "batches"), ("staff", "list")])
def test_what_a_killed_import_left_is_put_back_before_the_next_command_looks(
    empty: Terminal, tmp_path: Path, command: tuple[str, ...]
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("Код;ФИО;Телефон\n1;Новый Пётр;+79031230001\n", encoding="utf-8")
    empty.told("import", "customers", str(source), "--source", "optics")
    with opened(empty.profile, keyring=system_keyring()) as desk, desk.database.write() as connection:
        # As a kill leaves it: what was taken is in, the batch is open.
        connection.exec_driver_sql("UPDATE import_batch SET state = 'open', ended_at = NULL, counts = '{}'")
    assert "Новый Пётр" not in empty.run(*command).stdout
    with opened(empty.profile, keyring=system_keyring()) as desk, desk.look() as connection:
        assert connection.exec_driver_sql("SELECT state FROM import_batch").scalar_one() == "undone"
        assert connection.exec_driver_sql("SELECT status FROM customer").scalar_one() == "undone"


def test_an_import_that_another_program_has_under_way_is_left_alone(empty: Terminal, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("Код;ФИО\n1;Новый Пётр\n", encoding="utf-8")
    empty.told("import", "customers", str(source), "--source", "optics")
    with opened(empty.profile, keyring=system_keyring()) as desk, desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE import_batch SET state = 'open'")
    with take_profile(empty.profile):
        assert empty.run("find", "новый").exit_code == 0
    with opened(empty.profile, keyring=system_keyring()) as desk, desk.look() as connection:
        assert connection.exec_driver_sql("SELECT state FROM import_batch").scalar_one() == "open"


def test_a_list_leaves_and_a_batch_goes_back_by_a_person_with_a_pin_only(empty: Terminal, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("Код;ФИО;Телефон\n1;Новый Пётр;+79031230001\n2;Новая Анна;+79031230002\n", encoding="utf-8")
    assert empty.told("import", "customers", str(source), "--source", "optics")["added"] == 2
    one_time = empty.told("staff", "first-manager", "Мария С.")["one_time_pin"]
    with opened(empty.profile, keyring=system_keyring()) as desk:
        (maria,) = login.people_here(desk)
        login.change_secret(desk, PersonId(maria.id), one_time, PIN)

    assert empty.run("export", "customers", str(out)).exit_code == 2
    export = ("export", "customers", str(out), "--source", "optics", "--person")
    assert empty.run(*export, "Никто", typed=f"{PIN}\n").exit_code == 1
    assert empty.run(*export, maria.short_name, typed="wrong-password\n").exit_code == 1
    assert not out.exists()
    done = empty.run(*export, maria.short_name, typed=f"{PIN}\n")
    assert done.exit_code == 0, done.output
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 3
    nowhere = ("export", "customers", str(tmp_path / "nowhere" / "x.csv"), "--person", maria.short_name)
    done = empty.run(*nowhere, typed=f"{PIN}\n")
    assert (done.exit_code, "x.csv" in done.stderr) == (1, True)
    done = empty.run("import", "undo", "1", "--person", maria.short_name, typed=f"{PIN}\n")
    assert done.exit_code == 0, done.output
    with opened(empty.profile, keyring=system_keyring()) as desk, desk.database.read() as connection:
        looks = connection.exec_driver_sql("SELECT reason, cards, person_id FROM access ORDER BY made_at").all()
    assert [tuple(row) for row in looks] == [(what, 2, maria.id.bytes) for what in ("export", "export", "import_undo")]
