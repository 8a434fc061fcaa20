"""A counter's computer is gone for ever: what it never sent is named, and a new one takes its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crosssell_desktop.cli.main import cli
from crosssell_desktop.cli.starters import Starters
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.silence import silence
from crosssell_desktop.services.opening import opened
from crosssell_desktop.sync import centre, join_code
from crosssell_desktop.sync.link import AccessRefused
from crosssell_desktop.system.paths import open_profile
from tests.sync.kit import Shop, row
from tests.sync.test_join import furnish, invite, join


@pytest.mark.parametrize(
    ("days", "alarm"),
    [(0, ""), (0.99, ""), (1, "day"), (6.9, "day"), (7, "week"), (29, "week"), (30, "month"), (900, "month")],
)
def test_silence_becomes_an_alarm_after_a_day_a_week_and_a_month(days: float, alarm: str) -> None:
    assert silence(round(days * DAY_MS)) == alarm


def run(*arguments: str) -> dict[str, Any]:
    starters = Starters(open_window=lambda _: 0, open_demo=lambda *_: 0, play_demo=lambda *_: 0)
    done = CliRunner().invoke(cli, [*arguments, "--json"], obj={"starters": starters})
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_what_a_lost_computer_never_sent_is_named_and_a_new_one_goes_on_at_its_place(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    furnish(shop.url)
    enrolled = join(invite(shop.url), tmp_path / "old")
    till = shop.till()
    with opened(open_profile(tmp_path / "old")) as desk:
        life = desk.me.incarnation
    # It sent two receipts and gave out two more that nobody has.
    with centre.admin_connect(shop.url) as connection:
        connection.execute(
            "INSERT INTO sync.push_cursor (counter_no, incarnation, last_seq)"
            " SELECT c.no, %s, 7 FROM sync.counter c WHERE c.counter_id = %s",
            (life, enrolled.counter_id),
        )
    sale = {"counter_id": till.counter_id, "made_at": 1}
    till.record("sale", {"sale": [row("sale", number=f"K1-{n:06}-{n}", **sale) for n in (41, 42)]})
    till.sync()
    shop.ask("UPDATE shop.sale SET counter_id = %s", (enrolled.counter_id,))

    told = run("centre", "revoke", "K1", "--lost", "--last-receipt", "44", "--url", shop.url)
    (lost,) = told["lost"]
    assert lost["incarnation"] == str(life)
    assert (lost["operations_from"], lost["receipts_after"], lost["receipts"]) == (8, 42, [43, 44])
    with pytest.raises(AccessRefused), opened(open_profile(tmp_path / "old")) as desk:
        from crosssell_desktop.services import exchange

        exchange.one_round(desk)

    status = run("centre", "status", "--url", shop.url)
    (mine,) = [c for c in status["counters"] if c["name"] == "K1"]
    assert mine["state"] == "revoked"
    assert mine["lost"][0]["receipts"] == [43, 44]

    code = str(run("centre", "enrol", "K1", "--store", "1", "--url", shop.url)["code"])
    assert join_code.decode(code).role.startswith("join_")
    run("centre", "join", code, "--profile", str(tmp_path / "new"))
    with opened(open_profile(tmp_path / "new")) as desk:
        assert desk.me.counter_id == enrolled.counter_id
        assert desk.me.incarnation != life
        with desk.look() as connection:
            assert connection.exec_driver_sql("SELECT receipt_no FROM me").scalar() == 44


def test_a_silent_counter_is_an_alarm_and_a_revoked_one_is_not(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    assert [c.silence for c in centre.status(shop.url).counters] == ["", ""]
    shop.ask("UPDATE sync.pull_mark SET at = now() - interval '8 days'")
    shop.ask("UPDATE sync.push_cursor SET last_at = now() - interval '8 days'")
    centre.revoke(shop.url, two.counter_id)
    assert [c.silence for c in centre.status(shop.url).counters] == ["week", ""]
    one.sync()
    assert [c.silence for c in centre.status(shop.url).counters] == ["", ""]
