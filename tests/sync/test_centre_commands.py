"""The centre's commands as they are typed: one object with --json, exit 1 with names on any fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crosssell_desktop.cli.main import cli
from crosssell_desktop.cli.starters import Starters
from crosssell_desktop.sync import centre, centre_server
from tests.sync.kit import Shop, row


class Terminal:
    """Types commands for one centre, with a profile of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def told(self, *arguments: str, exit_code: int = 0) -> dict[str, Any]:
        starters = Starters(open_window=lambda _: 0, open_demo=lambda *_: 0, play_demo=lambda *_: 0)
        line = ["centre", *arguments, "--json", "--profile", str(self.folder)]
        done = CliRunner().invoke(cli, line, obj={"starters": starters}, env={"CROSSSELL_CENTRE_URL": self.url})
        assert done.exit_code == exit_code, done.output
        (only,) = done.stdout.splitlines()
        found: dict[str, Any] = json.loads(only)
        return found


@pytest.fixture
def terminal(shop: Shop, tmp_path: Path) -> Terminal:
    return Terminal(shop.url, tmp_path / "office")


def test_work_publishes_what_is_held_and_names_faults_with_exit_1(shop: Shop, terminal: Terminal) -> None:
    till = shop.till()
    sale = till.sell()
    till.sync()
    assert terminal.told("hold", "prices") == {"held": ["prices"]}
    assert terminal.told("hold", "no such", exit_code=1)["refused"] == "unknown_publication"
    centre.push_master(shop.office(), {"price": [row("price", ver=1)]}, till.clock, till.ids)
    done = terminal.told("work", "--once")
    assert (len(done["published"]), done["applied"], done["audited"], done["faults"]) == (1, 1, True, [])
    assert (terminal.folder / "centre-heads.jsonl").exists()
    shop.ask("UPDATE shop.sale SET total_minor = 0 WHERE id = %s", (sale,))
    faults = terminal.told("work", "--once", "--audit", exit_code=1)["faults"]
    assert faults == [f"sale {sale}: was changed (operation 1 of K0)"]


def test_publish_at_a_time_and_nothing_waiting(shop: Shop, terminal: Terminal) -> None:
    till = shop.till()
    terminal.told("hold", "prices")
    centre.push_master(shop.office(), {"price": [row("price", ver=1)]}, till.clock, till.ids)
    made = terminal.told("publish", "prices", "--at", "2099-12-01T09:00+03:00")
    assert made["effective_ms"] == 4_099_788_000_000
    assert terminal.told("publish", "prices")["publication"] is None
    assert terminal.told("publish", "model", exit_code=1)["refused"] == "empty_model"
    assert terminal.told("work", "--once")["applied"] == 0


def test_backup_drill_and_restore(shop: Shop, terminal: Terminal, tmp_path: Path) -> None:
    till = shop.till()
    till.sell()
    till.sync()
    file = tmp_path / "centre.dump"
    assert terminal.told("backup", str(file))["bytes"] == file.stat().st_size
    assert terminal.told("drill", "--backup", str(file))["faults"] == []
    assert terminal.told("restore", str(file), exit_code=1)["refused"] == "database_not_empty"
    fresh = centre_server.make_database(shop.url, "again_" + shop.url.rsplit("/", 1)[1])
    assert terminal.told("restore", str(file), "--url", fresh)["epoch"] != centre.status(shop.url).epoch
    shop.ask("DELETE FROM sync.op WHERE seq = 1")
    assert "are missing" in terminal.told("drill", exit_code=1)["faults"][0]


def test_init_makes_certificates_and_says_what_the_server_needs(shop: Shop, terminal: Terminal, tmp_path: Path) -> None:
    told = terminal.told("init", shop.url, "--certificates", str(tmp_path / "ca"), "--host", "db.example")
    assert told["pg_hba"][0] == f"hostssl {shop.url.rsplit('/', 1)[1]} +crosssell_counter all scram-sha-256"
    assert "ssl = on" in told["postgresql_conf"]
    assert Path(told["root"]).exists()
    assert shop.ask("SELECT root_cert FROM sync.centre") == [(Path(told["root"]).read_text(),)]
    assert terminal.told("init", shop.url)["epoch"] == told["epoch"]
