"""F5, F6 and F15: a disk that is held, fails or lies, and a program killed while it brings its file up to date."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.services import upkeep
from crosssell_desktop.store import engine
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from tests.shop import KEY, desk_on, make_file

ROOT = Path(__file__).parents[2]
PAGE = 4_096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "K1.db"
    make_file(made, "K1")
    return made


def _note(path: Path, text: str) -> None:
    clock = SystemClock()
    desk = desk_on(path, clock, MonotonicIds(clock))
    try:
        with desk.database.write() as connection:
            connection.exec_driver_sql("INSERT INTO run_log (at, what, detail) VALUES (1, ?, '{}')", (text,))
    finally:
        desk.database.close()


def test_f5_a_file_that_another_program_holds_is_waited_for_and_then_refused_aloud(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    monkeypatch.setattr(
        engine, "_PRAGMAS", tuple(("busy_timeout", 50, 50) if p[0] == "busy_timeout" else p for p in engine._PRAGMAS)
    )
    holder = sqlcipher.connect(str(path), isolation_level=None)
    holder.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    clock = SystemClock()
    desk = desk_on(path, clock, MonotonicIds(clock))
    try:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(EnvironmentTrouble) as refused, desk.database.write():
            pass
        assert refused.value.code == "database_busy"
        with desk.look() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM me").scalar() == 1, "reading goes on"
        holder.execute("ROLLBACK")
        with desk.database.write() as connection:
            connection.exec_driver_sql("INSERT INTO run_log (at, what, detail) VALUES (1, 'again', '{}')")
    finally:
        holder.close()
        desk.database.close()


def _damaged(path: Path, kind: str, chance: random.Random) -> None:
    raw = bytearray(path.read_bytes())
    pages = len(raw) // PAGE
    at = chance.randrange(1, pages) * PAGE + chance.randrange(PAGE - 600)
    if kind == "bit":
        raw[at] ^= 1 << chance.randrange(8)
    elif kind == "sector":
        raw[at : at + 512] = bytes(512)
    elif kind == "page":
        other = chance.choice([p for p in range(1, pages) if p != at // PAGE])
        raw[at // PAGE * PAGE : at // PAGE * PAGE + PAGE] = raw[other * PAGE : other * PAGE + PAGE]
    else:
        raw = raw[: chance.randrange(PAGE, len(raw) - 1)]
    path.write_bytes(bytes(raw))


@pytest.mark.parametrize("kind", ["bit", "sector", "page", "short"])
def test_f6_every_damage_to_the_file_is_found_before_it_is_believed(path: Path, tmp_path: Path, kind: str) -> None:
    """Each page carries a keyed sum, so even a bit in free space is told."""
    chance = random.Random(kind)
    found = 0
    tries = 12
    for i in range(tries):
        copy = tmp_path / f"{kind}{i}.db"
        shutil.copyfile(path, copy)
        _damaged(copy, kind, chance)
        clock = SystemClock()
        try:
            desk = desk_on(copy, clock, MonotonicIds(clock))
        except (Refusal, EnvironmentTrouble, sqlcipher.DatabaseError):
            found += 1
            continue
        try:
            found += bool(upkeep.verify(desk).faults)
        finally:
            desk.database.close()
    assert found == tries


MIGRATE = """
import sys, time
from pathlib import Path
from crosssell_desktop.store import opening
tree, path, key = Path(sys.argv[1]), Path(sys.argv[2]), bytes.fromhex(sys.argv[3])
def config():
    from alembic.config import Config
    made = Config()
    made.set_main_option("script_location", str(tree))
    return made
opening.HEAD = "0002"
opening.migration_config = config
print("ready", flush=True)
opening.open_database(path, key, create=False).close()
print("done", flush=True)
"""

REVISION = '''
"""A second revision, slow enough to be killed in."""
from alembic import op
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
def upgrade():
    op.execute("ALTER TABLE run_log ADD COLUMN colour TEXT")
    for i in range(300):
        op.execute(f"INSERT INTO run_log (at, what, detail, colour) VALUES ({i}, 'filled', '{{}}', 'red')")
        op.execute("UPDATE run_log SET colour = 'blue'")
'''


def _second_tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "crosssell_desktop" / "migrations" / "counter", tree)
    (tree / "versions" / "0002_colour.py").write_text(textwrap.dedent(REVISION), encoding="utf-8")
    return tree


def _shape(path: Path) -> tuple[str, bool, int, int]:
    raw = sqlcipher.connect(str(path))
    try:
        raw.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        columns = [r[1] for r in raw.execute("PRAGMA table_info(run_log)")]
        return (
            raw.execute("SELECT version_num FROM alembic_version").fetchone()[0],
            "colour" in columns,
            raw.execute("SELECT count(*) FROM run_log WHERE what = 'filled'").fetchone()[0],
            raw.execute("SELECT count(*) FROM run_log WHERE what = 'before'").fetchone()[0],
        )
    finally:
        raw.close()


@pytest.mark.slow
def test_f15_a_program_killed_while_it_upgrades_leaves_the_old_file_or_the_new_one(
    path: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    _note(path, "before")
    tree = _second_tree(tmp_path)
    script = tmp_path / "migrate.py"
    script.write_text(MIGRATE, encoding="utf-8")
    chance = random.Random(15)
    seen = {"0001": 0, "0002": 0}
    kills = max(6, request.config.getoption("--kills") // 2)
    for kill in range(kills):
        copy = tmp_path / f"run{kill}.db"
        shutil.copyfile(path, copy)
        command = [sys.executable, str(script), str(tree), str(copy), KEY.hex()]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.05, 1.5))
            child.kill()
        version, has_column, filled, before = _shape(copy)
        seen[version] += 1
        assert before == 1
        assert (has_column, filled) == ((True, 300) if version == "0002" else (False, 0)), version
        # And the next start brings it up, whatever the last one left.
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={"PYTHONPATH": str(ROOT)})
        assert _shape(copy) == ("0002", True, 300, 1)
        assert _shape(copy.with_name(f"{copy.stem}-before-0002.db"))[:2] == ("0001", False)
        for left in tmp_path.glob(f"{copy.stem}*"):
            left.unlink()
    assert seen["0001"], seen


def test_f15_a_newer_file_is_refused_and_not_touched(path: Path) -> None:
    raw = sqlcipher.connect(str(path))
    raw.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    clock = SystemClock()
    with pytest.raises(Refusal) as refused:
        desk_on(path, clock, MonotonicIds(clock))
    assert refused.value.code == "database_newer"
    assert path.read_bytes() == before
