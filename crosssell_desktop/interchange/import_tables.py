"""Imports products, customers and past sales from csv and xlsx: checked whole first, then taken in short chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.interchange.columns import Kind, Mapping_, mapping_of, places, read_mapping
from crosssell_desktop.interchange.customers import CustomerRow, read_customer
from crosssell_desktop.interchange.products import ProductRow, read_product
from crosssell_desktop.interchange.result import Cancelled, ImportResult, Progress, never, silent, stop_if
from crosssell_desktop.interchange.rows import BadRow, RefusedFile, RowView, views
from crosssell_desktop.interchange.sales import Gathered, Known
from crosssell_desktop.interchange.tabular import Table, open_table
from crosssell_desktop.store import customer_imports, customer_undo, history_rows, lookups, registers, sources
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.history_rows import HistoryCounts
from crosssell_desktop.store.queries import matching
from crosssell_desktop.store.registers import Counts, Desk
from crosssell_desktop.system.measure import few_collections

R = TypeVar("R", ProductRow, customer_imports.Row)


@dataclass(frozen=True, slots=True)
class Shop:
    """Where an import works and how it speaks."""

    database: Database
    clock: Clock
    ids: IdSource
    translator: Translator
    progress: Progress = silent
    cancelled: Cancelled = never
    open_table: Callable[[Path], Table] = open_table
    """How a file is opened; beside a window it was read by a child process already (``spooled``)."""


@dataclass(frozen=True, slots=True)
class _File:
    """One file under way: its table and columns, its source, and where refused rows go."""

    shop: Shop
    table: Table
    places: dict[str, int]
    mapping: Mapping_
    source: int | None
    """None in a dry run from a source that was never imported."""

    refused: RefusedFile
    dry_run: bool

    def desk(self, entity: str) -> Desk:
        """Return where rows of an entity are written."""
        if self.source is None:
            msg = "a dry run has no desk"
            raise ValueError(msg)
        return Desk(self.shop.database, self.shop.clock, self.shop.ids, self.source, entity)


def import_products(
    shop: Shop, path: Path, *, mapping: Path | Mapping_ | None = None, source: str | None = None, dry_run: bool = False
) -> ImportResult:
    """Import products from one table.

    Raises:
        Refusal: the file, the mapping or the columns cannot be used; nothing was changed.
    """
    return _import(shop, "products", path, mapping, source, dry_run=dry_run)


def import_customers(
    shop: Shop, path: Path, *, mapping: Path | Mapping_ | None = None, source: str | None = None, dry_run: bool = False
) -> ImportResult:
    """Import customers from one table as a batch: the whole file is taken, or nothing of it.

    A batch that an earlier run left unfinished is taken back first.

    Raises:
        Refusal: the file, the mapping or the columns cannot be used, or the person stopped it; nothing was changed.
    """
    if not dry_run:
        take_back_cut_off(shop)
    return _import(shop, "customers", path, mapping, source, dry_run=dry_run)


def import_sales(
    shop: Shop, path: Path, *, mapping: Path | Mapping_ | None = None, source: str | None = None, dry_run: bool = False
) -> ImportResult:
    """Import past receipts, a row per line, from one table; they become history.

    Raises:
        Refusal: the file, the mapping or the columns cannot be used; nothing was changed.
    """
    return _import(shop, "sales", path, mapping, source, dry_run=dry_run)


def batches(shop: Shop) -> tuple[customer_imports.Batch, ...]:
    """Return the batches of customers, the newest first."""
    with shop.database.read() as connection:
        return customer_imports.batches(connection)


def undoable(shop: Shop, number: int) -> customer_imports.Batch:
    """Return a batch that can be taken back.

    Raises:
        Refusal: ``no_such_batch``, ``already_undone``, ``newer_batch``.
    """
    with shop.database.read() as connection:
        known = customer_imports.batches(connection)
    batch = next((one for one in known if one.no == number), None)
    if batch is None:
        raise _no_batch(number)
    if batch.state == customer_imports.UNDONE:
        raise Refusal("already_undone", Text(N_("The batch {n} was taken back already."), {"n": number}))
    newer = [
        one.no for one in known if one.no > number and one.source == batch.source and one.state == customer_imports.DONE
    ]
    if newer:
        raise Refusal(
            "newer_batch",
            Text(N_("The batch {newer} of the same source came later: take it back first."), {"newer": max(newer)}),
        )
    return batch


def _no_batch(number: int) -> Refusal:
    return Refusal("no_such_batch", Text(N_("There is no batch {n}."), {"n": number}))


def take_back_cut_off(shop: Shop) -> int:
    """Take back every batch that a cut left half done; return how many. The caller has the profile for itself.

    Raises:
        EnvironmentTrouble: the disk refuses; what is left is taken back the next time.
    """
    with shop.database.read() as connection:
        numbers = customer_imports.cut_off(connection)
    for number in numbers:
        undo_batch(shop, number)
    return len(numbers)


def undo_batch(shop: Shop, number: int) -> customer_undo.Undoing:
    """Take a batch of customers back; what was worked with since stays and is named.

    Raises:
        Refusal: ``no_such_batch``, ``already_undone``, ``newer_batch``.
    """
    batch = undoable(shop, number)
    with shop.database.read() as connection:
        source = sources.known_source(connection, batch.source)
    if source is None:
        raise _no_batch(number)
    done = customer_undo.Undoing()
    desk = Desk(shop.database, shop.clock, shop.ids, source[0], "customer")
    with shop.database.in_bulk(), few_collections():
        while customer_undo.undo_some(desk, number, done):
            shop.progress(Text(N_("Cards taken back")), done.removed + done.restored, 0)
    return done


def refused_path(path: Path) -> Path:
    """Return where the refused rows of a file are written."""
    return path.with_name(f"{path.stem}.refused.csv")


def _import(
    shop: Shop, kind: Kind, path: Path, mapping: Path | Mapping_ | None, named: str | None, *, dry_run: bool
) -> ImportResult:
    told = read_mapping(mapping, kind) if isinstance(mapping, Path) else mapping
    if told is not None and named is not None:
        told = replace(told, source=named)
    name = told.source if told else named or kind
    with shop.database.read() as connection:
        kept = sources.known_source(connection, name)
        store_id, zone = lookups.home(connection)
    chosen = told or (mapping_of(kind, name, kept[1]) if kept else Mapping_(name))
    zone_info = _zone(chosen.options.get("time_zone", zone))
    table = shop.open_table(path)
    found = places(kind, table.header, chosen)
    source = kept[0] if kept else None
    if not dry_run:
        with shop.database.write() as connection:
            source = sources.source_no(
                connection, chosen.source, now_ms=shop.clock.now_ms(), mapping=told.as_json() if told else None
            )
    refused = RefusedFile(table.header, None if dry_run else refused_path(path), shop.translator)
    work = _File(shop, table, found, chosen, source, refused, dry_run)
    try:
        result = _import_sales(work, zone_info) if kind == "sales" else _import_registers(work, kind, store_id)
    except BaseException:
        refused.close(keep=False)
        raise
    return replace(
        result,
        refused=refused.count,
        refused_file=refused.close(keep=True),
        first_refused=tuple(refused.first),
        dry_run=dry_run,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refusal("bad_time_zone", Text(N_("There is no time zone «{name}»."), {"name": name})) from error


def _import_registers(work: _File, kind: Kind, store_id: UUID) -> ImportResult:
    if kind == "products":
        read_row = partial(
            read_product,
            source=work.mapping.source,
            price_type=work.mapping.options.get("price_type", "retail"),
            store_id=store_id,
            now_ms=work.shop.clock.now_ms(),
        )
        return _take(work, "product", read_row, _ProductCheck(work))
    return _import_customers(work, store_id)


def _import_customers(work: _File, store_id: UUID) -> ImportResult:
    """Take the customers of a file as one batch; when it cannot be finished, nothing of it stays."""
    verified = frozenset(part.strip() for part in work.mapping.options.get("verified", "").split(","))
    now_ms = work.shop.clock.now_ms()
    read_row = partial(read_customer, source=work.mapping.source, store_id=store_id, now_ms=now_ms, verified=verified)
    if work.dry_run or work.source is None:
        return _customers(work, read_row, None)
    shop = work.shop
    with shop.database.write() as connection:
        batch = customer_imports.open_batch(connection, work.source, work.table.path.name, shop.clock.now_ms())
    try:
        with shop.database.in_bulk(), few_collections():
            result = _customers(work, read_row, batch)
    except BaseException as error:
        _put_back(shop, batch, error)
        if isinstance(error, KeyboardInterrupt) or (isinstance(error, Refusal) and error.code == "cancelled"):
            raise Refusal(
                "cancelled", Text(N_("The import was stopped. What it had taken was put back: nothing is changed."))
            ) from error
        raise
    counts = {"added": result.added, "changed": result.changed, "joined": result.joined, "same": result.same}
    with shop.database.write() as connection:
        customer_imports.close_batch(connection, batch, shop.clock.now_ms(), counts)
    if not (result.added or result.changed):
        return result
    with shop.database.read() as connection:
        return replace(result, batch=batch, may_be_same=matching.keys_in_common(connection, batch))


def _put_back(shop: Shop, batch: int, error: BaseException) -> None:
    """Take back what an import that failed had taken.

    Raises:
        EnvironmentTrouble: ``half_taken``, when even that cannot be done now: the next start does it.
    """
    try:
        undo_batch(shop, batch)
    except (Exception, KeyboardInterrupt) as trouble:
        raise EnvironmentTrouble(
            "half_taken",
            Text(
                N_(
                    "The import was cut off: {reason} What it had taken could not be put back now. It is put back "
                    "at the next start of the program or of a command, before anything else is done."
                ),
                {"reason": error.text if isinstance(error, Refusal) else ""},
            ),
        ) from trouble


def _customers(work: _File, read_row: Callable[[RowView], CustomerRow], batch: int | None) -> ImportResult:
    counts, joined = Counts(), 0
    desk = None if batch is None else work.desk("customer")
    for chunk in _chunks(work, lambda view: read_row(view).as_row(), customer_imports.CHUNK):
        rows = [row for _, row in chunk]
        if desk is None or batch is None:
            with work.shop.database.read() as connection:
                taken = customer_imports.foresee(connection, work.source, rows)
        else:
            taken = customer_imports.take(desk, work.mapping.source, batch, rows)
        counts += taken.counts
        joined += taken.joined
        gone = set(taken.erased)
        for view, row in chunk:
            if row.external_id in gone:
                reason = Text(N_("this person's data were erased at the person's wish and are not taken in again"))
                work.refused.add(view.bad("", reason).refused, view.cells)
    return ImportResult(
        read=counts.added + counts.changed + counts.same + work.refused.count,
        added=counts.added,
        changed=counts.changed,
        same=counts.same,
        joined=joined,
    )


Refuse = Callable[[RowView, str, Text], None]
Check = Callable[[list[tuple[RowView, ProductRow]], Refuse], list[tuple[RowView, ProductRow]]]


@dataclass(frozen=True, slots=True)
class _ProductCheck:
    """What only the catalogue can tell: a new product without a name, a barcode that another product has."""

    work: _File

    def __call__(self, pairs: list[tuple[RowView, ProductRow]], refuse: Refuse) -> list[tuple[RowView, ProductRow]]:
        with self.work.shop.database.read() as connection:
            known = lookups.skus_known(connection, {p.sku for _, p in pairs})
            owners = lookups.owners_of_barcodes(connection, {code for _, p in pairs for code in p.barcodes})
        kept: list[tuple[RowView, ProductRow]] = []
        for view, one in pairs:
            taken = next((code for code in one.barcodes if owners.get(code, one.sku) != one.sku), None)
            if one.name is None and one.sku not in known:
                refuse(view, "name", Text(N_("a new product needs a name")))
            elif taken is not None:
                refuse(
                    view,
                    "barcode",
                    Text(
                        N_("the barcode {code} belongs to the product «{sku}»"), {"code": taken, "sku": owners[taken]}
                    ),
                )
            else:
                owners |= dict.fromkeys(one.barcodes, one.sku)
                kept.append((view, one))
        return kept


def _take(work: _File, entity: str, read_row: Callable[[RowView], ProductRow], check: Check) -> ImportResult:
    counts = Counts()

    def refuse(view: RowView, column: str, reason: Text) -> None:
        work.refused.add(view.bad(column, reason).refused, view.cells)

    for chunk in _chunks(work, read_row, registers.CHUNK):
        fresh: Sequence[registers.Arrival] = [one for _, one in check(chunk, refuse)]
        if work.dry_run:
            counts += registers.foresee(work.shop.database, work.source, entity, fresh)
        else:
            counts += registers.receive(work.desk(entity), f"{entity}_imported", fresh)
    return ImportResult(
        read=counts.added + counts.changed + counts.same + work.refused.count,
        added=counts.added,
        changed=counts.changed,
        same=counts.same,
    )


def _chunks(work: _File, read_row: Callable[[RowView], R], size: int) -> Iterator[list[tuple[RowView, R]]]:
    """Yield the rows that can be taken, typed, in chunks of one transaction; a key told twice is refused.

    Raises:
        Refusal: ``cancelled``.
    """
    read = 0
    seen: dict[str, int] = {}

    def typed() -> Iterator[tuple[RowView, R]]:
        nonlocal read
        for view in views(work.table, work.places, work.refused.add):
            read += 1
            try:
                one = read_row(view)
            except BadRow as bad:
                work.refused.add(bad.refused, view.cells)
                continue
            first = seen.setdefault(one.external_id, view.line)
            if first != view.line:
                told = Text(N_("«{key}» is told in line {line} already"), {"key": one.external_id, "line": first})
                work.refused.add(view.bad("", told).refused, view.cells)
                continue
            yield view, one

    coming = typed()
    while chunk := list(islice(coming, size)):
        stop_if(work.shop.cancelled)
        yield chunk
        work.shop.progress(Text(N_("Rows read")), read, 0)


def _import_sales(work: _File, zone: ZoneInfo) -> ImportResult:
    database = work.shop.database
    with database.read() as connection:
        known = Known(
            product_by_sku=registers.product_nos(connection),
            product_by_barcode=lookups.product_nos_by_barcode(connection),
            customers=lookups.customer_nos_by_key(connection),
            source_customers={} if work.source is None else registers.customer_nos(connection, work.source),
        )
    gathered = Gathered(zone, known)
    for read, view in enumerate(views(work.table, work.places, work.refused.add), 1):
        if read % 10_000 == 0:
            stop_if(work.shop.cancelled)
            work.shop.progress(Text(N_("Rows read")), read, 0)
        try:
            gathered.take(view)
        except BadRow as bad:
            work.refused.add(bad.refused, view.cells)
    counts = _load_sales(work, gathered, sorted({head[0] for head in gathered.heads}))
    lines = counts.lines
    return ImportResult(
        read=lines.added + lines.changed + lines.same + work.refused.count,
        added=lines.added,
        changed=lines.changed,
        same=lines.same,
        lines_nonpositive=gathered.nonpositive,
        details={"receipts": counts.receipts, "unknown_customers": Counts(added=len(gathered.unknown_customers))},
    )


def _load_sales(work: _File, gathered: Gathered, codes: list[str]) -> HistoryCounts:
    def told(counts: HistoryCounts) -> None:
        stop_if(work.shop.cancelled)
        receipts = counts.receipts
        work.shop.progress(
            Text(N_("Past receipts")), receipts.added + receipts.changed + receipts.same, len(gathered.heads)
        )

    if work.dry_run:
        # Numbers of stores are no part of what is compared, so a dry run can do with none.
        batches = gathered.batches(dict.fromkeys(codes, 0))
        if work.source is None:
            lines = len(gathered.lines["receipt"])
            return HistoryCounts(Counts(added=len(gathered.heads)), Counts(added=lines))
        return history_rows.load(work.shop.database, work.source, batches, told=told, write=False)
    if not codes or work.source is None:
        return HistoryCounts()
    with work.shop.database.write() as connection:
        store_nos = history_rows.store_nos(connection, codes)
    return history_rows.load(work.shop.database, work.source, gathered.batches(store_nos), told=told)
