from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.services import receipts, upkeep
from crosssell_desktop.store import engine
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import open_database
from tests.shop import KEY, Counter, SetClock, desk_on, product

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
    "busy_timeout": 5_000,
    "temp_store": 2,
}


@pytest.mark.parametrize("lane", ["write", "read"])
def test_every_safety_pragma_is_in_force_on_every_connection(photo: Counter, lane: str) -> None:
    database = photo.desk.database
    with getattr(database, lane)() as connection:
        got = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in EXPECTED}
        assert got == EXPECTED
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == (1 if lane == "read" else 0)
        if lane == "read":
            assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0


def test_a_pragma_that_does_not_take_stops_the_program(photo: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_PRAGMAS", (("synchronous", "FULL", 1),))
    database = Database(photo.path, KEY)
    with pytest.raises(RuntimeError, match="pragma synchronous is 2, wanted 1"), database.read():
        pass
    database.close()


def test_a_sqlite_with_the_wal_reset_bug_is_refused(photo: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sqlcipher.sqlite_version_info >= engine.WAL_RESET_MENDED
    monkeypatch.setattr(engine, "WAL_RESET_MENDED", (99, 0, 0))
    with pytest.raises(Refusal, match="sqlite_too_old"):
        Database(photo.path, KEY)


def test_the_file_is_encrypted_and_another_key_does_not_open_it(photo: Counter) -> None:
    photo.desk.database.checkpoint()
    assert b"SQLite" not in photo.path.read_bytes()[:100]
    with pytest.raises(Refusal, match="wrong_key_or_damaged"):
        open_database(photo.path, bytes(32), create=False)
    with pytest.raises(ValueError, match="32 bytes"):
        Database(photo.path, b"short")


def test_the_key_is_in_no_repr_and_no_message(photo: Counter) -> None:
    assert KEY.hex() not in repr(photo.desk.database) + repr(photo.desk)
    with pytest.raises(Refusal) as caught:
        open_database(photo.path, bytes(31) + b"\x07", create=False)
    assert (bytes(31) + b"\x07").hex() not in repr(caught.value) + str(caught.value.__cause__)


def test_readers_cannot_write(photo: Counter) -> None:
    with pytest.raises(EnvironmentTrouble, match="disk_failing"), photo.desk.look() as connection:
        connection.exec_driver_sql("DELETE FROM basket")


def test_a_reader_sees_one_state_while_the_writer_goes_on(photo: Counter) -> None:
    with photo.desk.look() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM basket").scalar()
        photo.basket("anna", "CUP-1")
        assert connection.exec_driver_sql("SELECT count(*) FROM basket").scalar() == before
    assert photo.number("SELECT count(*) FROM basket") == 1


def test_an_error_inside_a_write_leaves_the_file_as_it_was(photo: Counter) -> None:
    with pytest.raises(ZeroDivisionError), photo.desk.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM customer")
        _ = 1 // 0
    assert photo.number("SELECT count(*) FROM customer") == 3


def test_values_of_a_failed_statement_are_not_in_its_message(photo: Counter) -> None:
    with pytest.raises(DBAPIError) as caught, photo.desk.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO customer(no, id) VALUES (1, ?)", ("Ольга +79160000000",))
    assert "7916" not in str(caught.value)


def test_no_database_yet_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no_database"):
        open_database(tmp_path / "nothing.db", KEY, create=False)
    assert not (tmp_path / "nothing.db").exists()


# ------------------------------------------------------------------------------------------------ full and failing


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB, where this machine allows one."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(folder)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("this user may not mount a small disk; the page limit below tests the same sentence")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill a disk to the last byte."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def test_a_full_disk_refuses_the_sale_keeps_the_receipt_and_goes_on_when_there_is_room(
    photo: Counter, wall: SetClock, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo.desk.database.checkpoint()
    photo.desk.database.close()
    path = small_disk / "counter.db"
    shutil.copyfile(photo.path, path)
    monkeypatch.setattr("crosssell_desktop.store.opening.FREE_BYTES_AT_LEAST", 0)
    photo.path, photo.desk = path, desk_on(path, wall, photo.desk.ids)
    photo.open_shift()
    sold = photo.sell("anna", "CAM-1", of="olga")
    basket = photo.basket("anna", "CAM-1", "CARD-64", of="olga")
    filler = fill(small_disk)
    refused = 0
    # What the log holds room for may still go through; then every sale is refused, and nothing else breaks.
    for _ in range(200):
        try:
            receipts.add_product(photo.desk, photo.session("anna"), basket.id, product("CUP-1"))
        except EnvironmentTrouble as trouble:
            refused += 1
            assert trouble.code == "disk_full"
            if refused == 3:
                break
    assert refused == 3
    with pytest.raises(EnvironmentTrouble, match="disk_full"):
        receipts.complete(photo.desk, photo.session("anna"), basket.id)
    kept = receipts.current_basket(photo.desk, photo.session("anna"))
    assert kept is not None
    assert kept.id == basket.id
    assert photo.rows("SELECT number FROM sale") == [(sold.number,)]
    with pytest.raises(EnvironmentTrouble, match=r"disk_full|cannot_write"):
        upkeep.back_up(photo.desk, small_disk / "copy.db")
    assert not list(small_disk.glob("copy*"))
    filler.unlink()
    done = receipts.complete(photo.desk, photo.session("anna"), basket.id).value
    assert done.total_minor == kept.total_minor
    assert done.number.startswith("K1-000002-")
    assert upkeep.verify(photo.desk).faults == ()
    photo.desk.database.close()


def test_a_file_that_may_not_grow_refuses_the_sale_and_goes_on_later(photo: Counter) -> None:
    """The same where no small disk can be made: SQLite's own page limit answers as a full disk does."""
    photo.open_shift()
    basket = photo.basket("anna", "CAM-1", "CARD-64", of="olga")
    raw = photo.desk.database._writer.raw_connection()
    pages = raw.cursor().execute("PRAGMA page_count").fetchone()[0]
    raw.cursor().execute(f"PRAGMA max_page_count = {pages}")
    refused = 0
    for n in range(400):
        try:
            with photo.desk.begin() as work:
                work.record("step_logged", {"fact_text": [{"id": work.new_id(), "text": "x" * 500, "ver": n}]})
        except EnvironmentTrouble as trouble:
            assert trouble.code == "disk_full"
            refused += 1
            if refused == 3:
                break
    assert refused == 3
    with pytest.raises(EnvironmentTrouble, match="disk_full"):
        for _ in range(40):
            receipts.complete(photo.desk, photo.session("anna"), basket.id)
            basket = photo.basket("anna", "CAM-1", "CARD-64", of="olga")
    sales = photo.number("SELECT count(*) FROM sale")
    assert receipts.current_basket(photo.desk, photo.session("anna")) == basket
    raw.cursor().execute("PRAGMA max_page_count = 1000000")
    raw.close()
    receipts.complete(photo.desk, photo.session("anna"), basket.id)
    assert photo.number("SELECT count(*) FROM sale") == sales + 1
    assert upkeep.verify(photo.desk).faults == ()


def test_a_disk_already_full_at_the_start_is_told_in_a_sentence(
    photo: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crosssell_desktop.store.opening.FREE_BYTES_AT_LEAST", 1 << 62)
    with pytest.raises(EnvironmentTrouble, match="disk_full"):
        open_database(photo.path, KEY, create=False)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_file_that_may_not_be_written_is_told_in_a_sentence(photo: Counter, wall: SetClock) -> None:
    photo.desk.database.close()
    script = (
        "import os, pathlib, sys\n"
        "from crosssell_desktop.domain.errors import Refusal\n"
        "from crosssell_desktop.services import receipts\n"
        "from tests.shop import RandomIds, SetClock, desk_on, person\n"
        "if os.getuid() == 0:\n"
        "    os.setuid(65534)\n"
        "try:\n"
        "    desk = desk_on(pathlib.Path(sys.argv[1]), SetClock(), RandomIds())\n"
        "    with desk.begin() as work:\n"
        "        work.next_number('receipt_no')\n"
        "except Refusal as refusal:\n"
        "    print(refusal.code)\n"
    )
    photo.path.chmod(0o444)
    folders = [f for f in photo.path.parents if "pytest" in f.as_posix()]
    before = [f.stat().st_mode for f in folders]
    for folder in folders:
        folder.chmod(0o555)
    try:
        told = subprocess.run(
            [sys.executable, "-c", script, str(photo.path)],
            check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    finally:
        for folder, mode in zip(folders, before, strict=True):
            folder.chmod(mode)
    assert told.stdout.strip() == "disk_failing", told.stderr


def _hold(path: str, held: object, let_go: object) -> None:
    database = Database(Path(path), KEY)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE me SET shift_no = shift_no")
        held.set()  # type: ignore[attr-defined]
        let_go.wait(20)  # type: ignore[attr-defined]
    database.close()


def test_a_second_process_that_holds_the_file_is_waited_for_and_then_told(
    photo: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn = multiprocessing.get_context("spawn")
    held, let_go = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_hold, args=(str(photo.path), held, let_go))
    other.start()
    try:
        assert held.wait(30)
        monkeypatch.setattr(
            engine,
            "_PRAGMAS",
            tuple(
                ("busy_timeout", 200, 200) if name == "busy_timeout" else (name, v, e) for name, v, e in engine._PRAGMAS
            ),
        )
        impatient = Database(photo.path, KEY)
        with pytest.raises(EnvironmentTrouble, match="database_busy"), impatient.write():
            pass
        # Reading goes on meanwhile.
        assert photo.number("SELECT count(*) FROM customer") == 3
        let_go.set()
        other.join(30)
        with impatient.write() as connection:
            connection.exec_driver_sql("UPDATE me SET shift_no = shift_no")
        impatient.close()
    finally:
        let_go.set()
        other.join(30)
    assert other.exitcode == 0
