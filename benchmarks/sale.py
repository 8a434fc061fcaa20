"""What completing a sale costs, against the bare SQLite commit of the very same rows in the same run.

``python -m benchmarks.sale [--sales 100]``; the budget is twice the bare commit (design, section 11). Both sides
write to files of one disk, one sale of each in turn, with the same pragmas and the same key.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from crosssell_desktop.services import receipts
from tests.shop import KEY, Counter, SetClock, counter_on, make_file

TABLES = ("sale", "sale_line", "payment", "credit_entry", "pass_event", "basket", "outbox", "chain")
SKUS = ("CAM-1", "CARD-64", "BAG-1", "SET-UP")


def timed(act: Callable[[], object]) -> float:
    """Return how many milliseconds an act took."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1_000


class Bare:
    """A second file with the same tables, written by the driver alone."""

    def __init__(self, path: Path) -> None:
        self._raw = sqlcipher.connect(str(path), isolation_level=None)
        self._raw.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            self._raw.execute(f"PRAGMA {pragma}")

    def write(self, rows: Sequence[tuple[str, Sequence[Any]]]) -> None:
        """Write rows in one transaction, ready statements, nothing asked and nothing worked out."""
        self._raw.execute("BEGIN IMMEDIATE")
        for statement, row in rows:
            self._raw.execute(statement, row)
        self._raw.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


def new_rows(counter: Counter, seen: dict[str, int]) -> list[tuple[str, Sequence[Any]]]:
    """Return what the last sale wrote, as statements."""
    found: list[tuple[str, Sequence[Any]]] = []
    for table in TABLES:
        rows = counter.rows(f'SELECT * FROM "{table}" WHERE rowid > {seen.get(table, 0)} ORDER BY rowid')  # noqa: S608
        seen[table] = counter.number(f'SELECT coalesce(max(rowid), 0) FROM "{table}"')  # noqa: S608
        found += [(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(row))})', row) for row in rows]  # noqa: S608
    found.append(("UPDATE me SET receipt_no = receipt_no + 1, hlc = hlc + 1", ()))
    return found


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=100)
    sales = parser.parse_args().sales
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        make_file(template, "K1")
        clock = SetClock()
        counter = counter_on(template, Path(folder) / "K1.db", clock)
        counter.open_shift()
        bare_path = Path(folder) / "bare.db"
        counter.desk.database.backup_to(bare_path)
        bare = Bare(bare_path)
        seen: dict[str, int] = {}
        new_rows(counter, seen)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(sales + 5):
            basket = counter.basket("anna", *SKUS, of="olga")
            new = new_rows(counter, seen)
            ours.append(timed(lambda b=basket: receipts.complete(counter.desk, counter.session("anna"), b.id)))  # type: ignore[misc]
            made = new_rows(counter, seen)
            bare.write(new)
            theirs.append(timed(lambda m=made: bare.write(m)))  # type: ignore[misc]
        bare.close()
        counter.desk.database.close()
    mine, peer = statistics.median(ours[5:]), statistics.median(theirs[5:])
    print(
        json.dumps(
            {
                "sales": sales,
                "complete_ms_p50": round(mine, 2),
                "bare_commit_ms_p50": round(peer, 2),
                "ratio": round(mine / peer, 2),
                "budget": 2.0,
            }
        )
    )


if __name__ == "__main__":
    main()
