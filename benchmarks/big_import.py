"""What it costs to import a list of a million customers with 30 % duplicates, again, and to take it back.

Run it as ``python -m benchmarks.big_import [--rows N] [--keep FOLDER]``. The rows are those of ``benchmarks.cards``;
of a hundred rows ten repeat one that stands before (refused with its line), ten are a known person under another
number, who shows the same loyalty card or the same number in 1C (joined by M1), and ten the same person with the same
phone and a shortened name (a card of its own, for the queue of matching). Beside the import stands the bare SQLite
insert of the same rows of cards, contacts and identifiers, in the same encrypted file format and chunks: the ratio
says what finding, exchange, chain and undo cost. ``longest_ms`` is the longest time the write lane was held at once.
Exit 1 when the second run changed anything, undo left anything, or a budget is missed: 300 s of the processor for the
import of a million, in proportion for fewer, and 1 GB.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.cards import Card, Cards
from crosssell_desktop.interchange import import_tables
from crosssell_desktop.interchange.result import ImportResult
from crosssell_desktop.services.founding import found_alone
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import open_database
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.i18n import translator
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.measure import peak_mb

T = TypeVar("T")

SEED = 30
SECONDS_A_MILLION = 300.0
MEGABYTES = 1_000
HEADER = ("ID", "Фамилия", "Имя", "Отчество", "Телефон", "E-mail", "Карта", "Код 1С", "Город", "Адрес", "Дом")
_TAKEN = ("customer", "contact_point", "identifier")


def write_list(path: Path, rows: int) -> dict[str, int]:
    """Write the list; return how many rows are repeated, known by card or 1C, and known by phone only."""
    chance = random.Random(SEED)
    told = {"rows": 0, "repeated": 0, "same card": 0, "same phone": 0}
    with path.open("w", encoding="utf-8", newline="") as opened:
        out = csv.writer(opened, delimiter=";")
        out.writerow(HEADER)
        for part in Cards(SEED, rows * 7 // 10).parts(2_100):
            made = [_cells(card, f"L{card.no:07d}") for card in part]
            for card in chance.sample(part, len(part) * 3 // 7):
                kind = chance.choice(("repeated", "same card", "same phone"))
                if kind == "same card" and not (card.loyalty or card.external):
                    kind = "same phone"
                number = f"L{card.no:07d}" if kind == "repeated" else f"S{card.no:07d}"
                cells = _cells(card, number)
                if kind == "same phone":
                    cells[2], cells[3], cells[5], cells[6], cells[7] = cells[2][:1] + ".", "", "", "", ""
                    if not card.phone:
                        cells[6] = f"25{card.no:010d}"
                told[kind] += 1
                made.append(cells)
            out.writerows(made)
            told["rows"] += len(made)
    return told


def _cells(card: Card, number: str) -> list[str]:
    return [
        number, card.family, card.given, card.patronymic, card.phone, card.email, card.loyalty, card.external,
        card.city, card.street, str(card.house) if card.street else "",
    ]  # fmt: skip


@dataclass
class _Watched:
    """How long the write lane was held at once."""

    longest_s: float = 0.0

    @contextmanager
    def over(self, database: Database) -> Iterator[None]:
        """Watch a database for as long as the frame is open."""
        held = database.write

        @contextmanager
        def write() -> Iterator[Any]:
            with held() as connection:
                started = time.perf_counter()
                yield connection
            self.longest_s = max(self.longest_s, time.perf_counter() - started)

        database.write = write  # type: ignore[method-assign]
        try:
            yield
        finally:
            database.write = held  # type: ignore[method-assign]


def _timed(act: Callable[[], T], watched: _Watched) -> tuple[T, dict[str, Any]]:
    watched.longest_s = 0.0
    started, worked = time.perf_counter(), time.process_time()
    made = act()
    return made, {
        "seconds": round(time.perf_counter() - started, 1),
        "processor_s": round(time.process_time() - worked, 1),
        "longest_ms": round(watched.longest_s * 1000),
        "peak_mb": peak_mb(),
    }


def _bare(source: Database, path: Path) -> float:
    """Insert the rows of cards that the import made into an empty file of the same kind; processor seconds."""
    target = open_database(path, b"c" * 32, create=True)
    spent = 0.0
    try:
        for name in _TAKEN:
            with source.read() as connection:
                found = connection.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608  # our own table
                marks = ", ".join("?" * len(found.keys()))
                while rows := found.fetchmany(250):
                    values = [tuple(row) for row in rows]
                    worked = time.process_time()
                    with target.write() as there:
                        there.exec_driver_sql(f"INSERT INTO {name} VALUES ({marks})", values)  # noqa: S608  # the same
                    spent += time.process_time() - worked
    finally:
        target.close()
    return spent


def _left(database: Database) -> int:
    """Return how many imported cards can be found."""
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM customer_found").scalar_one())


def main(arguments: list[str] | None = None) -> int:
    """Import, import again, take back; print it all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, default=None, help="leave list and database in this folder")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        path, watched = place / "list.csv", _Watched()
        if (place / "import.db").exists():
            parser.error(f"{place} holds a list that was imported already")
        told: dict[str, Any] = {"list": write_list(path, options.rows)}
        database = open_database(place / "import.db", b"b" * 32, create=True)
        clock = SystemClock()
        ids = MonotonicIds(clock)
        found_alone(database, clock, ids)
        shop = import_tables.Shop(database, clock, ids, translator("en"))
        try:
            with watched.over(database):
                first, told["import"] = _timed(lambda: import_tables.import_customers(shop, path), watched)
                told["import"] |= _counts(first)
                again, told["again"] = _timed(lambda: import_tables.import_customers(shop, path), watched)
                told["again"] |= _counts(again)
                told["bare_processor_s"] = round(_bare(database, place / "bare.db"), 1)
                told["import_over_bare"] = round(told["import"]["processor_s"] / told["bare_processor_s"], 1)
                undone, told["undo"] = _timed(lambda: import_tables.undo_batch(shop, first.batch or 0), watched)
                told["undo"] |= {"removed": undone.removed, "restored": undone.restored, "kept": len(undone.kept)}
                told["left"] = _left(database)
                told["file_mb"] = round(database.path.stat().st_size / 2**20)
        finally:
            database.close()
    budget = SECONDS_A_MILLION * told["list"]["rows"] / 1_000_000
    told["processor_over_budget"] = round(told["import"]["processor_s"] / budget, 2)
    told["missed"] = [
        name
        for name, is_missed in {
            "processor": told["import"]["processor_s"] > budget,
            "memory": peak_mb() > MEGABYTES,
            "again": bool(again.added or again.changed),
            "undo": bool(told["left"] or undone.kept),
        }.items()
        if is_missed
    ]
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return 0 if not told["missed"] else 1


def _counts(result: ImportResult) -> dict[str, int]:
    return {name: getattr(result, name) for name in ("read", "added", "changed", "same", "joined", "refused")}


if __name__ == "__main__":
    sys.exit(main())
