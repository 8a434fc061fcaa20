"""A backup of the centre is restored into a fresh database and checked; every fault has its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.sync import centre, centre_backup, centre_server, centre_work
from crosssell_desktop.sync.transport import connect
from tests.sync.kit import Shop


def filled(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    for till in (one, two):
        till.sell(till.meet("Анна"))
        till.pass_on()
    one.spoil()
    shop.sync_all()


def databases(shop: Shop) -> list[str]:
    return [name for (name,) in shop.ask("SELECT datname FROM pg_database WHERE datname LIKE 'crosssell_drill%%'")]


def test_a_drill_of_a_sound_centre_has_no_faults_and_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    filled(shop)
    heads = tmp_path / "heads.jsonl"
    centre_work.work(shop.url, heads_file=heads)
    done = centre_backup.drill(shop.url, heads_file=heads)
    assert done.faults == []
    assert done.rows > 20
    assert done.bytes > 10_000
    assert min(done.backup_ms, done.restore_ms, done.check_ms) > 0
    assert databases(shop) == []


def test_a_backup_older_than_the_heads_is_well_and_one_that_was_tampered_with_is_not(
    shop: Shop, tmp_path: Path
) -> None:
    filled(shop)
    heads, path = tmp_path / "heads.jsonl", tmp_path / "kept" / "centre.dump"
    made = centre_backup.backup(shop.url, path)
    assert made.bytes == path.stat().st_size
    assert all(p.stat().st_mode & 0o077 == 0 for p in (path, centre_backup.card_of(path)))
    shop.tills[0].sell()
    shop.sync_all()
    centre_work.work(shop.url, heads_file=heads)
    assert centre_backup.drill(shop.url, path=path, heads_file=heads).faults == []

    card = json.loads(centre_backup.card_of(path).read_text())
    card["rows"]["shop.sale"] += 1
    centre_backup.card_of(path).write_text(json.dumps(card))
    assert centre_backup.drill(shop.url, path=path, heads_file=heads).faults == [
        "shop.sale: 2 rows, the backup's card says 3"
    ]
    path.write_bytes(path.read_bytes()[: made.bytes // 2])
    (fault,) = centre_backup.drill(shop.url, path=path).faults
    assert "pg_restore" in fault
    assert databases(shop) == []


def test_faults_of_the_centre_are_faults_of_its_copy(shop: Shop, tmp_path: Path) -> None:
    filled(shop)
    heads = tmp_path / "heads.jsonl"
    centre_work.work(shop.url, heads_file=heads)
    shop.ask("DELETE FROM sync.op WHERE seq = 2 AND counter_no = 1")
    shop.ask("UPDATE sync.op SET kind = 'other' WHERE seq = 1 AND counter_no = 1")
    faults = " | ".join(centre_backup.drill(shop.url, heads_file=heads).faults)
    assert "K0: operations 2 of " in faults
    assert "K0: operation 1 of " in faults


def test_after_a_restore_the_counters_log_in_as_before_and_send_again_what_was_lost(shop: Shop, tmp_path: Path) -> None:
    filled(shop)
    path = tmp_path / "centre.dump"
    centre_backup.backup(shop.url, path)
    sale = shop.tills[0].sell()
    shop.sync_all()
    with pytest.raises(Refusal, match="database_not_empty"):
        centre_backup.restore(shop.url, path)
    fresh = centre_server.make_database(shop.url, "restored_" + shop.url.rsplit("/", 1)[1])
    centre_backup.restore(fresh, path)
    centre.new_epoch(fresh)
    assert sale not in centre.contents(fresh, "sale")
    for till in shop.tills:
        till.network.close()
        object.__setattr__(till.network.real._link, "dbname", fresh.rsplit("/", 1)[1])
        with centre.admin_connect(fresh) as connection:
            centre.limit_role(connection, till.link.role)
    shop.url = fresh
    shop.sync_all()
    assert sale in shop.contents("sale")
    shop.must_be_level()
    connect(shop.tills[0].network.real._link).close()


def test_what_is_no_backup_is_refused(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "some.dump"
    path.write_bytes(b"PGDMP")
    with pytest.raises(Refusal, match="not_a_backup"):
        centre_backup.drill(shop.url, path=path)
