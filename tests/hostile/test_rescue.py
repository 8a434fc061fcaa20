"""F6: a torn database is made anew from what is whole; what can be read is never lost, what cannot is named."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import login, receipts, shifts, upkeep
from crosssell_desktop.services.rescue import rescue
from crosssell_desktop.store.opening import open_database
from crosssell_desktop.store.salvage import Wreck, identity
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.paths import Profile
from tests.hostile.seller import sell_one
from tests.shop import KEY, PIN, desk_on, make_file, person

PAGE = 4_096
SALES = 40


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int], int]:
    """A counter's file after a busy hour: the file, its receipts with their totals, and how many operations it has."""
    path = tmp_path_factory.mktemp("sold") / "counter.db"
    make_file(path, "K1")
    clock = SystemClock()
    desk = desk_on(path, clock, MonotonicIds(clock))
    try:
        supervisor = login.log_in(desk, person("sergey"), PIN).value
        shifts.open_shift(desk, supervisor, responsible_id=person("sergey"))
        session = login.log_in(desk, person("anna"), PIN).value
        chance = random.Random(1)
        done = [sell_one(desk, session, chance) for _ in range(SALES)]
        operations = upkeep.verify(desk).operations
    finally:
        desk.database.close()
    return path, {one.number: one.total_minor for one in done}, operations


def _profile(tmp_path: Path, source: Path) -> Profile:
    profile = Profile(tmp_path)
    shutil.copyfile(source, profile.database)
    return profile


def _receipts(path: Path) -> dict[str, int]:
    database = open_database(path, KEY, create=False)
    try:
        with database.read() as connection:
            rows = connection.exec_driver_sql("SELECT number, total_minor FROM sale").all()
    finally:
        database.close()
    return {str(number): int(total) for number, total in rows}


def _tear(path: Path, pages: list[int]) -> None:
    raw = bytearray(path.read_bytes())
    for page in pages:
        raw[page * PAGE + 100 : page * PAGE + 612] = bytes(512)
    path.write_bytes(bytes(raw))


def _tear_three(profile: Profile, source: Path, chance: random.Random) -> None:
    """Tear three pages by chance, none of the few that say what the tables are: without those nothing is read."""
    pages = source.stat().st_size // PAGE
    is_readable = False
    while not is_readable:
        shutil.copyfile(source, profile.database)
        _tear(profile.database, chance.sample(range(2, pages), 3))
        wreck = Wreck(profile.database, KEY)
        is_readable = bool(wreck.columns("sale")) and identity(wreck) is not None
        wreck.close()


def test_a_whole_file_comes_over_whole(tmp_path: Path, sold: tuple[Path, dict[str, int], int]) -> None:
    source, made, operations = sold
    profile = _profile(tmp_path, source)
    done = rescue(profile, KEY)
    assert (done.salvaged.operations, done.salvaged.lost, done.salvaged.torn) == (operations, (), ())
    assert done.kept is not None
    assert done.kept.read_bytes() == source.read_bytes(), "the damaged file is kept as it was"
    assert _receipts(profile.database) == made
    clock = SystemClock()
    desk = desk_on(profile.database, clock, MonotonicIds(clock))
    try:
        assert upkeep.verify(desk).faults == ()
        session = login.log_in(desk, person("anna"), PIN).value
        assert receipts.current_basket(desk, session) is None
        sold_next = sell_one(desk, session, random.Random(2))
        assert sold_next.number not in made, "the next receipt bears a number of its own"
    finally:
        desk.database.close()
    assert not list(tmp_path.glob("rescuing*"))


@pytest.mark.parametrize("seed", range(5))
def test_what_lies_on_whole_pages_is_brought_over_and_the_rest_is_named(
    tmp_path: Path, sold: tuple[Path, dict[str, int], int], seed: int
) -> None:
    source, made, operations = sold
    profile = _profile(tmp_path, source)
    _tear_three(profile, source, random.Random(seed))
    done = rescue(profile, KEY).salvaged
    missing = sum(last - first + 1 for first, last in done.lost)
    assert done.operations + missing == operations
    found = _receipts(profile.database)
    assert found.items() <= made.items()
    # Rows and operations say the same twice: a receipt is gone only where both were torn.
    assert len(made) - len(found) <= missing
    assert done.operations >= operations // 2, "three torn pages take no more than what lay on them"


@pytest.mark.parametrize("part", [0.95, 0.85])
def test_a_file_cut_short_gives_what_is_left_of_it(
    tmp_path: Path, sold: tuple[Path, dict[str, int], int], part: float
) -> None:
    source, made, operations = sold
    profile = _profile(tmp_path, source)
    raw = source.read_bytes()
    profile.database.write_bytes(raw[: int(len(raw) * part) // PAGE * PAGE])
    with pytest.raises(Refusal):
        desk_on(profile.database, SystemClock(), MonotonicIds(SystemClock()))
    done = rescue(profile, KEY).salvaged
    assert done.operations + sum(last - first + 1 for first, last in done.lost) == operations
    assert done.operations > 0
    assert _receipts(profile.database).items() <= made.items()


def test_a_file_of_which_nothing_is_left_is_refused_and_stays_where_it_is(
    tmp_path: Path, sold: tuple[Path, dict[str, int], int]
) -> None:
    profile = _profile(tmp_path, sold[0])
    profile.database.write_bytes(random.Random(3).randbytes(40_960))
    before = profile.database.read_bytes()
    with pytest.raises(Refusal) as refused:
        rescue(profile, KEY)
    assert refused.value.code == "nothing_to_rescue"
    assert profile.database.read_bytes() == before


def test_a_torn_identity_is_taken_from_a_backup(tmp_path: Path, sold: tuple[Path, dict[str, int], int]) -> None:
    source, made, _ = sold
    profile = _profile(tmp_path, source)
    profile.backups.mkdir()
    make_file(profile.backups / "older.db", "K1")
    wreck = Wreck(profile.database, KEY)
    (root,) = wreck.ask("SELECT rootpage FROM sqlite_schema WHERE name = 'me'") or []
    wreck.close()
    _tear(profile.database, [root[0] - 1])
    rescue(profile, KEY)
    assert _receipts(profile.database) == made
