from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.services import receipts, returns, shifts, upkeep
from crosssell_desktop.store import ddl, journal
from crosssell_desktop.store.engine import Database
from crosssell_desktop.system.paths import Profile, open_profile
from tests.shop import KEY, SALT, Counter, SetClock, desk_on, product


def busy_day(photo: Counter, wall: SetClock) -> None:
    """A pass, sales with and without it, a return, and a closed shift."""
    photo.open_shift()
    photo.pass_on("boris", what="card", to="photo", of="olga")
    wall.advance(s=120)
    done = photo.sell("anna", "CAM-1", "CARD-64", of="olga")
    photo.sell("vera", "BAG-1")
    sale = returns.find_sale(photo.desk, done.number)
    assert sale is not None
    returns.take_back(photo.desk, photo.session("anna"), sale.sale_id, {sale.lines[1].line_id: 1_000}, "changed_mind")
    shifts.close_shift(photo.desk, photo.session("sergey"), till_total_minor=None)
    photo.open_shift()
    photo.sell("anna", "CUP-1")


def attack(photo: Counter, *statements: str) -> None:
    """Change the file as somebody who has the key and can drop triggers."""
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for name in ddl.fact_tables():
            for act in ("update", "delete"):
                connection.exec_driver_sql(f'DROP TRIGGER "{name}_no_{act}"')
        for statement in statements:
            connection.exec_driver_sql(statement)


def faults(photo: Counter) -> str:
    return "\n".join(upkeep.verify(photo.desk).faults)


def test_a_healthy_file_is_clean(photo: Counter, wall: SetClock) -> None:
    busy_day(photo, wall)
    verdict = upkeep.verify(photo.desk)
    assert verdict.faults == ()
    assert verdict.is_clean
    assert (verdict.sales, verdict.unsent) == (3, verdict.operations)
    assert verdict.credits_minor == photo.number("SELECT sum(amount_minor) FROM credit_entry")
    assert len(verdict.head) == 64


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "UPDATE sale_line SET amount_minor = amount_minor - 1 WHERE sku = 'CARD-64'",
            r"was changed: amount_minor[\s\S]*its lines come to 9347999 in 2, not 9348000 in 2",
        ),
        (
            "UPDATE sale SET total_minor = 1 WHERE number LIKE 'K1-000002-%'",
            r"its lines come to 299000 in 1, not 1 in 1",
        ),
        ("UPDATE payment SET amount_minor = 1 WHERE rowid = 1", r"payments come to 1, not 9348000"),
        ("UPDATE credit_entry SET amount_minor = 1 WHERE rowid = 1", r"credit_entry .* was changed: amount_minor"),
        ("UPDATE credit_entry SET amount_minor = 1 WHERE rowid = 1", r"the shares come to .*, the pool is"),
        ("UPDATE credit_entry SET amount_minor = -90000 WHERE kind = 'reverse'", r"more was taken back from"),
        ("UPDATE credit_entry SET beneficiary_id = (SELECT id FROM person LIMIT 1)", r"was changed: beneficiary_id"),
        ("DELETE FROM payment WHERE rowid = 1", r"payment .* of operation \d+ is missing"),
        ("DELETE FROM sale_line WHERE sku = 'BAG-1'", r"sale_line .* is missing[\s\S]*come to None"),
        ("DELETE FROM pass", r"pass .* is missing"),
        ("UPDATE return_line SET qty_milli = 1001", r"1001 came back of 1000"),
        ('UPDATE "return" SET total_minor = 1', r"its lines come to 349000, not 1"),
        ("UPDATE outbox SET body = replace(body, '349000', '349001')", r"operation \d+ \(sale_completed\) was changed"),
        ("UPDATE outbox SET body = 'nonsense' WHERE seq = 3", r"operation 3 .* was changed"),
        ("DELETE FROM outbox WHERE seq = 5", r"outbox jumps from 4 to 6"),
        (
            "DELETE FROM outbox WHERE seq = (SELECT max(seq) FROM outbox)",
            r"operations \d+ to \d+ are missing from the outbox",
        ),
        ("DELETE FROM chain WHERE no = (SELECT max(no) FROM chain)", r"chain links \d+ to \d+ are missing"),
        (
            "DELETE FROM chain WHERE no = (SELECT max(no) FROM chain)",
            r"operation \d+ \(sale_completed\) is not in the chain",
        ),
        ("DELETE FROM chain WHERE no = 4", r"chain links 4 to 4 are missing[\s\S]*does not follow from link 3"),
        ("UPDATE chain SET head = fact_hash || fact_hash WHERE no = 4", r"chain link 4 .* does not follow from link 3"),
        (
            "UPDATE outbox SET hash = lower(hex(randomblob(16))) WHERE seq = 4",
            r"operation 4 .* is not the one the chain knows",
        ),
    ],
)
def test_a_change_past_the_journal_is_named(photo: Counter, wall: SetClock, change: str, told: str) -> None:
    busy_day(photo, wall)
    attack(photo, change)
    assert re.search(told, faults(photo)), faults(photo)


def test_a_chain_made_anew_after_an_edit_does_not_match_the_printed_head(photo: Counter, wall: SetClock) -> None:
    """Somebody with key and salt re-makes hashes and chain: only the head on the Z report gives it away."""
    busy_day(photo, wall)
    with photo.desk.look() as connection:
        ops = connection.exec_driver_sql("SELECT seq, op_id, body, salt FROM outbox ORDER BY seq").all()
    statements = ["UPDATE payment SET means = 'cash'"]
    head = journal.FIRST_HEAD
    for seq, op_id, sent, salt in ops:
        body = sent.replace('"means":"unknown"', '"means":"cash"')
        digest = journal.op_hash(SALT, UUID(bytes=op_id), body, salt)
        head = journal.chain_head(head, digest)
        quoted = body.replace("'", "''")
        statements += [
            f"UPDATE outbox SET body = '{quoted}', hash = '{digest}' WHERE seq = {seq}",
            f"UPDATE chain SET fact_hash = '{digest}', head = '{head}' WHERE no = {seq}",
        ]
    attack(photo, *[s.replace("%", "%%") for s in statements])
    assert upkeep.verify(photo.desk).faults == ("the head that Z report 1 printed is not in the chain",)


def test_one_bit_changed_on_the_disk_is_found(photo: Counter, wall: SetClock) -> None:
    busy_day(photo, wall)
    photo.desk.database.checkpoint()
    photo.desk.database.close()
    damaged = bytearray(photo.path.read_bytes())
    # One bit of the last page: its authentication code no longer holds.
    damaged[-2_000] ^= 1
    photo.path.write_bytes(damaged)
    photo.desk = desk_on(photo.path, wall, photo.desk.ids)
    verdict = upkeep.verify(photo.desk)
    assert not verdict.is_clean


# ---------------------------------------------------------------------------------------------- backup, restore


@pytest.fixture
def installed(photo: Counter, wall: SetClock, tmp_path: Path) -> tuple[Counter, Profile]:
    """The counter's file in a profile of its own."""
    profile = open_profile(tmp_path / "profile")
    photo.desk.database.close()
    photo.path.rename(profile.database)
    photo.path = profile.database
    photo.desk = desk_on(profile.database, wall, photo.desk.ids)
    busy_day(photo, wall)
    return photo, profile


def test_a_backup_is_whole_and_encrypted_and_restores_as_a_new_incarnation(
    installed: tuple[Counter, Profile], wall: SetClock, tmp_path: Path
) -> None:
    photo, profile = installed
    target = tmp_path / "stick" / "copy.db"
    assert upkeep.back_up(photo.desk, target) == target.stat().st_size
    assert not target.read_bytes().startswith(b"SQLite format 3")
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET acked = 1")
    photo.sell("anna", "CUP-1")
    before = photo.rows("SELECT number FROM sale ORDER BY rowid")
    old = photo.desk.me
    photo.desk.database.close()

    kept = upkeep.restore(profile, KEY, target)

    assert kept is not None
    photo.desk = desk_on(profile.database, wall, photo.desk.ids)
    assert photo.rows("SELECT number FROM sale ORDER BY rowid") == before[:-1]
    assert photo.desk.me.incarnation != old.incarnation
    assert photo.desk.me.counter_id == old.counter_id
    assert photo.rows("SELECT count(*) FROM outbox WHERE acked = 1") == [(0,)]
    assert upkeep.verify(photo.desk).faults == ()
    replaced = desk_on(kept, wall, photo.desk.ids)
    with replaced.look() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sale").scalar_one() == len(before)
    replaced.database.close()
    assert not list(profile.root.glob("restoring*"))


def test_a_database_that_can_no_longer_be_read_is_replaced_and_kept(
    installed: tuple[Counter, Profile], wall: SetClock, tmp_path: Path
) -> None:
    photo, profile = installed
    upkeep.back_up(photo.desk, tmp_path / "copy.db")
    photo.sell("anna", "CUP-1")
    photo.desk.database.close()
    profile.database.write_bytes(b"ruined" * 5_000)
    profile.database.with_name("counter.db-wal").write_bytes(b"ruined too" * 500)
    kept = upkeep.restore(profile, KEY, tmp_path / "copy.db")
    assert kept is not None
    assert kept.read_bytes().startswith(b"ruined")
    assert not profile.database.with_name("counter.db-wal").exists()
    photo.desk = desk_on(profile.database, wall, photo.desk.ids)
    assert upkeep.verify(photo.desk).faults == ()


def test_a_backup_never_replaces_a_file(installed: tuple[Counter, Profile], tmp_path: Path) -> None:
    photo, _ = installed
    (tmp_path / "copy.db").write_bytes(b"precious")
    with pytest.raises(Refusal, match="file_exists"):
        upkeep.back_up(photo.desk, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == b"precious"


def test_a_backup_to_where_nothing_can_be_written_is_refused(
    installed: tuple[Counter, Profile], tmp_path: Path
) -> None:
    photo, _ = installed
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentTrouble, match="cannot_write"):
        upkeep.back_up(photo.desk, tmp_path / "file" / "copy.db")


def damaged(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 0xFF
    path.write_bytes(body)


def newer(path: Path) -> None:
    database = Database(path, KEY)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def of_another(path: Path) -> None:
    database = Database(path, KEY)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE me SET counter_id = ?", (product("CUP-1").bytes,))
    database.close()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (damaged, "backup_damaged|wrong_key_or_damaged|database_damaged"),
        (newer, "database_newer"),
        (of_another, "other_counter"),
        (lambda path: path.write_bytes(b"no database" * 1_000), "wrong_key_or_damaged"),
        (lambda path: path.unlink(), "no_file"),
    ],
)
def test_a_backup_that_cannot_be_used_changes_nothing(
    installed: tuple[Counter, Profile], wall: SetClock, tmp_path: Path, spoil: Callable[[Path], None], code: str
) -> None:
    photo, profile = installed
    copy = tmp_path / "copy.db"
    upkeep.back_up(photo.desk, copy)
    spoil(copy)
    sales = photo.rows("SELECT number FROM sale")
    photo.desk.database.close()
    with pytest.raises(Refusal, match=code):
        upkeep.restore(profile, KEY, copy)
    photo.desk = desk_on(profile.database, wall, photo.desk.ids)
    assert photo.rows("SELECT number FROM sale") == sales
    assert not list(profile.root.glob("restoring*"))


def test_restoring_into_an_empty_profile_makes_the_counter_whole(
    installed: tuple[Counter, Profile], wall: SetClock, tmp_path: Path
) -> None:
    photo, _ = installed
    upkeep.back_up(photo.desk, tmp_path / "copy.db")
    fresh = open_profile(tmp_path / "new machine")
    assert upkeep.restore(fresh, KEY, tmp_path / "copy.db") is None
    desk = desk_on(fresh.database, wall, photo.desk.ids)
    assert upkeep.verify(desk).faults == ()
    desk.database.close()


def test_numbers_go_on_after_a_restore(installed: tuple[Counter, Profile], wall: SetClock, tmp_path: Path) -> None:
    photo, profile = installed
    upkeep.back_up(photo.desk, tmp_path / "copy.db")
    photo.desk.database.close()
    upkeep.restore(profile, KEY, tmp_path / "copy.db")
    photo.desk = desk_on(profile.database, wall, photo.desk.ids)
    photo.sessions.clear()
    numbers = [photo.sell("anna", "CUP-1").number for _ in range(2)]
    assert [n[:9] for n in numbers] == ["K1-000004", "K1-000005"]
    seqs = [seq for (seq,) in photo.rows("SELECT seq FROM outbox ORDER BY seq")]
    assert seqs == list(itertools.islice(itertools.count(1), len(seqs)))
    assert receipts.held_baskets(photo.desk) == ()
    assert upkeep.verify(photo.desk).faults == ()
