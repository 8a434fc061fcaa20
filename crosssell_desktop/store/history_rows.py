"""Loads past receipts into the history tables, in bulk, each receipt at most once per source.

Law: into empty tables everything goes in one transaction (killed in the middle, nothing is there); into filled
ones it goes chunk by chunk, each whole, and a repeated import goes on where the last one stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, update

from crosssell_desktop.store import find_index
from crosssell_desktop.store.registers import Counts
from crosssell_desktop.store.schema.catalogue import product
from crosssell_desktop.store.schema.customers import customer
from crosssell_desktop.store.schema.history import history_receipt, history_store

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from crosssell_desktop.store.engine import Database

I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

CHUNK_RECEIPTS = 1_000
NOBODY = -1
"""In ``ReceiptBatch.customer_nos``: the receipt is nobody's."""

_POSITIVE = np.uint64(0x7FFF_FFFF_FFFF_FFFF)
_INSERT_RECEIPT = (
    "INSERT INTO history_receipt(no, source_no, key, customer_no, store_no, at, day, digest) VALUES (?,?,?,?,?,?,?,?)"
)
_INSERT_LINE = (
    "INSERT INTO history_line(no, receipt_no, product_no, qty_milli, amount_minor, discount_minor) VALUES (?,?,?,?,?,?)"
)


@dataclass(frozen=True, slots=True)
class ReceiptBatch:
    """Whole receipts as columns; the lines of receipt ``i`` are the next ``line_counts[i]`` of the line columns."""

    keys: list[str]
    customer_nos: I64
    store_nos: I64
    at_ms: I64
    day: I64
    digest: I64
    line_counts: I64
    product_nos: I64
    qty_milli: I64
    amount_minor: I64
    discount_minor: I64

    def part(self, start: int, stop: int) -> ReceiptBatch:
        """Return the receipts from ``start`` to before ``stop``."""
        ends = np.concatenate(([0], np.cumsum(self.line_counts)))
        first, last = int(ends[start]), int(ends[stop])
        return ReceiptBatch(
            self.keys[start:stop],
            *(getattr(self, name)[start:stop] for name in _RECEIPT_COLUMNS),
            *(getattr(self, name)[first:last] for name in _LINE_COLUMNS),
        )


_RECEIPT_COLUMNS = ("customer_nos", "store_nos", "at_ms", "day", "digest", "line_counts")
_LINE_COLUMNS = ("product_nos", "qty_milli", "amount_minor", "discount_minor")


@dataclass(frozen=True, slots=True)
class HistoryCounts:
    """What a load did, in receipts and in their lines."""

    receipts: Counts = field(default_factory=Counts)
    lines: Counts = field(default_factory=Counts)

    def __add__(self, other: HistoryCounts) -> HistoryCounts:
        """Return both together."""
        return HistoryCounts(self.receipts + other.receipts, self.lines + other.lines)


def mix(values: U64) -> U64:
    """Return splitmix64 of each value: a fixed scrambling of 64 bits (Steele, Lea and Flood, 2014)."""
    z: U64 = values + np.uint64(0x9E37_79B9_7F4A_7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return z ^ (z >> np.uint64(31))


def digests(heads: Iterable[I64 | U64], lines: Iterable[I64 | U64], line_counts: I64) -> I64:
    """Return a 63-bit digest of each receipt: its head columns and its lines, in whatever order the lines come.

    Every receipt must have a line. Columns are whole numbers that mean the same in every profile (keys of the
    source, amounts), never local numbers.
    """
    of_line = _chain(lines)
    starts = np.concatenate(([0], np.cumsum(line_counts)[:-1])).astype(np.intp)
    summed = np.add.reduceat(of_line, starts) if len(line_counts) else np.zeros(0, np.uint64)
    mixed = mix(_chain(heads) ^ mix(summed + mix(line_counts.astype(np.uint64))))
    return (mixed & _POSITIVE).astype(np.int64)


def _chain(columns: Iterable[I64 | U64]) -> U64:
    value: U64 | None = None
    for column in columns:
        bits = column.astype(np.uint64)
        value = mix(bits) if value is None else mix(value ^ mix(bits))
    if value is None:
        msg = "a digest needs a column"
        raise ValueError(msg)
    return value


def is_empty(connection: Connection) -> bool:
    """Say whether no past receipt was ever loaded."""
    return connection.execute(select(history_receipt.c.no).limit(1)).first() is None


def store_nos(connection: Connection, codes: Iterable[str]) -> dict[str, int]:
    """Return the local number of each store code, making the missing ones."""
    connection.exec_driver_sql("INSERT OR IGNORE INTO history_store(code) VALUES (?)", [(c,) for c in codes] or [])
    return {row.code: row.no for row in connection.execute(select(history_store.c.code, history_store.c.no))}


def known_digests(connection: Connection, source: int, keys: list[str]) -> dict[str, tuple[int, int]]:
    """Return number and digest of the receipts that are there already."""
    # CROSS JOIN keeps the keys outside: the other way round every receipt would walk through the whole list.
    rows = connection.exec_driver_sql(
        "SELECT r.key, r.no, r.digest FROM json_each(?) AS k "
        "CROSS JOIN history_receipt AS r ON r.source_no = ? AND r.key = k.value",
        (json.dumps(keys), source),
    )
    return {key: (no, digest) for key, no, digest in rows}


def load(
    database: Database,
    source: int,
    batches: Iterable[ReceiptBatch],
    *,
    told: Callable[[HistoryCounts], None],
    write: bool = True,
) -> HistoryCounts:
    """Load batches of whole receipts; ``told`` hears the counts so far and may raise to stop.

    ``write=False`` only says what would be done.
    """
    with database.read() as connection:
        empty = is_empty(connection)
    if not write:
        return _foresee(database, source, batches, told)
    if empty:
        return _first_load(database, source, batches, told)
    total = HistoryCounts()
    for batch in batches:
        for start in range(0, len(batch.keys), CHUNK_RECEIPTS):
            part = batch.part(start, min(start + CHUNK_RECEIPTS, len(batch.keys)))
            total += _merge(database, source, part)
            told(total)
    with database.write() as connection:
        find_index.rebuild_seen(connection)
    return total


def _first_load(
    database: Database, source: int, batches: Iterable[ReceiptBatch], told: Callable[[HistoryCounts], None]
) -> HistoryCounts:
    total = HistoryCounts()
    with database.write() as connection:
        if not is_empty(connection):
            msg = "the history was filled by another writer while this import was getting ready"
            raise RuntimeError(msg)
        with _indexes_last(connection):
            for batch in batches:
                _append(connection, source, batch)
                total += HistoryCounts(Counts(added=len(batch.keys)), Counts(added=len(batch.product_nos)))
                told(total)
        find_index.rebuild_seen(connection)
    database.checkpoint()
    return total


class _indexes_last:  # noqa: N801  # reads as a word after «with»
    """Drop the history's indexes, load, and make them again from the very same statements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: list[str] = []

    def __enter__(self) -> None:
        found = self._connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL "
            "AND tbl_name IN ('history_receipt', 'history_line') ORDER BY name"
        ).all()
        self._made = [row[1] for row in found]
        for row in found:
            self._connection.exec_driver_sql(f'DROP INDEX "{row[0]}"')

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            for statement in self._made:
                self._connection.exec_driver_sql(statement)


def _next_no(connection: Connection, table: str) -> int:
    found = connection.exec_driver_sql(f"SELECT coalesce(max(no), 0) FROM {table}").scalar_one()  # noqa: S608  # our own name
    return int(found) + 1


def _append(connection: Connection, source: int, batch: ReceiptBatch) -> None:
    if not batch.keys:
        return
    first = _next_no(connection, "history_receipt")
    numbers = np.arange(first, first + len(batch.keys), dtype=np.int64)
    customers: list[int | None] = batch.customer_nos.tolist()
    if NOBODY in customers:
        customers = [None if no == NOBODY else no for no in customers]
    connection.exec_driver_sql(
        _INSERT_RECEIPT,
        list(
            zip(
                numbers.tolist(),
                [source] * len(batch.keys),
                batch.keys,
                customers,
                batch.store_nos.tolist(),
                batch.at_ms.tolist(),
                batch.day.tolist(),
                batch.digest.tolist(),
                strict=True,
            )
        ),
    )
    _append_lines(connection, np.repeat(numbers, batch.line_counts), batch)


def _append_lines(connection: Connection, receipt_nos: I64, batch: ReceiptBatch) -> None:
    if not len(receipt_nos):
        return
    first = _next_no(connection, "history_line")
    numbers = range(first, first + len(receipt_nos))
    columns: list[Any] = [numbers, receipt_nos.tolist()]
    columns += [getattr(batch, name).tolist() for name in _LINE_COLUMNS]
    connection.exec_driver_sql(_INSERT_LINE, list(zip(*columns, strict=True)))


@dataclass(frozen=True, slots=True)
class _Sifted:
    added: list[int]
    changed: list[int]
    known: dict[str, tuple[int, int]]
    counts: HistoryCounts


def _sift(connection: Connection, source: int, batch: ReceiptBatch) -> _Sifted:
    known = known_digests(connection, source, batch.keys)
    added: list[int] = []
    changed: list[int] = []
    same_lines = changed_lines = added_lines = 0
    for i, (key, digest, n) in enumerate(
        zip(batch.keys, batch.digest.tolist(), batch.line_counts.tolist(), strict=True)
    ):
        was = known.get(key)
        if was is None:
            added.append(i)
            added_lines += n
        elif was[1] == digest:
            same_lines += n
        else:
            changed.append(i)
            changed_lines += n
    counts = HistoryCounts(
        Counts(len(added), len(changed), len(batch.keys) - len(added) - len(changed)),
        Counts(added_lines, changed_lines, same_lines),
    )
    return _Sifted(added, changed, known, counts)


def _foresee(
    database: Database, source: int, batches: Iterable[ReceiptBatch], told: Callable[[HistoryCounts], None]
) -> HistoryCounts:
    total = HistoryCounts()
    for batch in batches:
        with database.read() as connection:
            total += _sift(connection, source, batch).counts
        told(total)
    return total


def _merge(database: Database, source: int, batch: ReceiptBatch) -> HistoryCounts:
    with database.read() as connection:
        sifted = _sift(connection, source, batch)
    if not sifted.added and not sifted.changed:
        return sifted.counts
    with database.write() as connection:
        # Only the write lane adds receipts, so what was read a moment ago still holds.
        for part in _runs(sifted.added):
            _append(connection, source, batch.part(part.start, part.stop))
        for i in sifted.changed:
            _replace(connection, sifted.known[batch.keys[i]][0], batch.part(i, i + 1))
    return sifted.counts


def _runs(indexes: list[int]) -> Iterator[range]:
    start = 0
    for i in range(1, len(indexes) + 1):
        if i == len(indexes) or indexes[i] != indexes[i - 1] + 1:
            yield range(indexes[start], indexes[i - 1] + 1)
            start = i


def _replace(connection: Connection, no: int, one: ReceiptBatch) -> None:
    customer = int(one.customer_nos[0])
    connection.exec_driver_sql("DELETE FROM history_line WHERE receipt_no = ?", (no,))
    connection.exec_driver_sql(
        "UPDATE history_receipt SET customer_no = ?, store_no = ?, at = ?, day = ?, digest = ? WHERE no = ?",
        (
            None if customer == NOBODY else customer,
            int(one.store_nos[0]),
            int(one.at_ms[0]),
            int(one.day[0]),
            int(one.digest[0]),
            no,
        ),
    )
    _append_lines(connection, np.full(int(one.line_counts[0]), no, np.int64), one)


def name_stores(connection: Connection, known: dict[str, UUID]) -> None:
    """Say which codes of past receipts are our own stores."""
    for code, store_id in known.items():
        connection.execute(update(history_store).where(history_store.c.code == code).values(store_id=store_id))


def local_numbers(connection: Connection, table: str) -> dict[UUID, int]:
    """Return the local number of every product or customer by id."""
    source = {"product": product, "customer": customer}[table]
    return {row.id: row.no for row in connection.execute(select(source.c.id, source.c.no))}
