"""Brings The Complete Journey in: catalogue and households as things that travel, its receipts as history.

Decisions: SKU is ``product_id``; both languages show the source's English names, made readable; a household is a
person's card called «Household N» with the identifier ``external`` N; the price is the median of what one piece
was sold for in the chosen weeks; times are taken as UTC, for the source names no zone; the 17 products that were
sold but stand in no catalogue get the category «Not in the catalogue».
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import IdSource, named_id
from crosssell_desktop.domain.money import half_up
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange.complete_journey import Journey, JourneyLines, JourneyProduct, Weeks, find_journey
from crosssell_desktop.interchange.result import Cancelled, ImportResult, Progress, never, silent, stop_if
from crosssell_desktop.store import history_rows, registers, sources
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.history_rows import HistoryCounts, ReceiptBatch
from crosssell_desktop.store.puts import (
    CategoryPut,
    CustomerPut,
    IdentifierPut,
    PricePut,
    ProductPut,
    Put,
    identifier_id,
    price_id,
)
from crosssell_desktop.store.registers import Counts, Desk

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = "completejourney"
NO_DEPARTMENT = "NOT IN THE CATALOGUE"
MILLI = 1_000

I64 = NDArray[np.int64]


def import_complete_journey(
    database: Database,
    clock: Clock,
    ids: IdSource,
    *,
    weeks: Weeks | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    journey: Journey | None = None,
) -> ImportResult:
    """Import the whole year or some weeks; a second run changes nothing.

    The catalogue comes whole whatever the weeks, so that suggestions can rank it; households come with their
    first receipt. ``read`` counts sale lines.

    Raises:
        Refusal: the extra ``demo`` is missing, the files are damaged, or the person stopped it.
    """
    files = journey or find_journey()
    chosen = weeks or Weeks()
    survey = _survey(files, chosen, progress, cancelled)
    products = list(_catalogue(files, survey))
    with database.write() as connection:
        source = sources.source_no(connection, SOURCE, now_ms=clock.now_ms())
    bring = _Bringing(database, clock, ids, source, progress, cancelled)
    details = {
        "categories": bring.register("category", N_("Categories"), _categories(products)),
        "products": bring.register(
            "product", N_("Products"), [_Product(p, survey.price_of.get(p.product_id)) for p in products]
        ),
        "customers": bring.register("customer", N_("Customers"), [_Household(no) for no in survey.households]),
    }
    del products
    history = bring.history(files, chosen, survey)
    return ImportResult(
        read=survey.lines,
        added=history.lines.added,
        changed=history.lines.changed,
        same=history.lines.same,
        lines_nonpositive=survey.lines_nonpositive,
        details={**details, "receipts": history.receipts},
    )


def recognise(database: Database, clock: Clock, weeks: Weeks, *, journey: Journey | None = None) -> int:
    """Note that what a centre has told already is The Complete Journey's, so that an import brings the past only.

    Return how many products and households were recognised; what the centre did not tell stays to be imported.
    """
    files = journey or find_journey()
    survey = _survey(files, weeks, silent, never)
    products = list(_catalogue(files, survey))
    told: dict[str, Sequence[registers.Arrival]] = {
        "category": _categories(products),
        "product": [_Product(p, survey.price_of.get(p.product_id)) for p in products],
        "customer": [_Household(no) for no in survey.households],
    }
    count = 0
    with database.write() as connection:
        source = sources.source_no(connection, SOURCE, now_ms=clock.now_ms())
        for entity, arrivals in told.items():
            here = registers.existing_ids(connection, entity)
            known = [(a.external_id, sources.Ref(a.id, a.digest)) for a in arrivals if a.id in here]
            sources.remember(connection, source, entity, known)
            count += len(known)
    return count


@dataclass(frozen=True, slots=True)
class _Survey:
    """What one pass over the lines tells before anything is written."""

    lines: int
    lines_nonpositive: int
    households: list[int]
    stores: list[int]
    product_ids: I64
    price_of: Mapping[int, int]


def _survey(files: Journey, weeks: Weeks, progress: Progress, cancelled: Cancelled) -> _Survey:
    total = files.line_count() if weeks.is_all else 0
    lines = nonpositive = 0
    products: list[NDArray[np.int32]] = []
    prices: list[NDArray[np.float32]] = []
    unpriced: set[int] = set()
    households: set[int] = set()
    stores: set[int] = set()
    baskets: set[int] = set()
    for batch in files.lines(weeks):
        stop_if(cancelled)
        lines += len(batch)
        kept = batch.quantity > 0
        nonpositive += len(batch) - int(kept.sum())
        households.update(np.unique(batch.household).tolist())
        stores.update(np.unique(batch.store).tolist())
        _refuse_torn(baskets, batch)
        sold = kept & (batch.amount_minor > 0)
        unpriced.update(np.unique(batch.product[~sold]).tolist())
        products.append(batch.product[sold].astype(np.int32))
        prices.append((batch.amount_minor[sold] / batch.quantity[sold]).astype(np.float32))
        progress(Text(N_("Reading the sales")), lines, total)
    price_of = _medians(np.concatenate(products), np.concatenate(prices)) if products else {}
    seen = np.array(sorted(unpriced | set(price_of)), np.int64)
    return _Survey(
        lines, nonpositive, sorted(households), sorted(stores), seen, {k: v for k, v in price_of.items() if v > 0}
    )


def _refuse_torn(seen: set[int], batch: JourneyLines) -> None:
    fresh: list[int] = batch.basket[_starts(batch.basket)].tolist()
    before = len(seen)
    seen.update(fresh)
    if len(seen) != before + len(fresh):
        raise Refusal(
            "damaged_file",
            Text(
                N_("The file {file} cannot be read ({what}). Nothing was taken from it."),
                {"file": "transactions.parquet", "what": "basket_id"},
            ),
        )


def _medians(products: NDArray[np.int32], prices: NDArray[np.float32]) -> dict[int, int]:
    """Return the median price of one piece by product, in cents, rounded half up."""
    order = np.lexsort((prices, products))
    products, prices = products[order], prices[order]
    starts = _starts(products)
    counts = np.diff(np.append(starts, len(products)))
    twice = prices[starts + (counts - 1) // 2].astype(np.float64) + prices[starts + counts // 2]
    # Sums of two medians, to a thousandth of a cent, become whole before the one rounding of the program.
    return {
        product: half_up(milli, 2 * MILLI)
        for product, milli in zip(
            products[starts].tolist(), np.rint(twice * MILLI).astype(np.int64).tolist(), strict=True
        )
    }


def _starts(column: NDArray[Any]) -> NDArray[np.intp]:
    return np.flatnonzero(np.concatenate(([True], column[1:] != column[:-1])))


def _catalogue(files: Journey, survey: _Survey) -> Iterator[JourneyProduct]:
    listed: set[int] = set()
    for product in files.products():
        listed.add(product.product_id)
        yield product
    for missing in sorted(set(survey.product_ids.tolist()) - listed):
        yield JourneyProduct(missing, 0, NO_DEPARTMENT, "", "", "", "")


def readable(text: str) -> str:
    """Return the source's capitals as people write them.

    >>> readable("ICE - CRUSHED/CUBED"), readable("CHILDREN'S BOOKS")
    ('Ice - Crushed/Cubed', "Children's Books")
    """
    return re.sub(r"[A-Za-z]+(?:'[A-Za-z]+)?", lambda m: m[0].capitalize(), " ".join(text.split()))


def product_name(product: JourneyProduct) -> str:
    """Return type (or category, or department), size and brand in one line.

    >>> product_name(JourneyProduct(1, 2, "GROCERY", "Private", "CRACKERS", "SNACK CRACKERS", "7.5 OZ"))
    'Snack Crackers 7.5 oz (private brand)'
    """
    kind = product.product_type or product.category or product.department
    if product.product_type == "MISC" and product.category:
        kind = f"{product.category} {product.product_type}"
    size = " ".join(product.package_size.lower().split())
    brand = f"({product.brand.lower()} brand)" if product.brand else f"no. {product.product_id}"
    return " ".join(part for part in (readable(kind), size, brand) if part)


def _code(department: str, category: str = "") -> str:
    return f"{SOURCE}/{department}/{category}" if category else f"{SOURCE}/{department}"


def _category_id(department: str, category: str = "") -> UUID:
    return named_id("category", _code(department, category))


@dataclass(frozen=True, slots=True)
class _Category:
    department: str
    category: str

    @property
    def external_id(self) -> str:
        return _code(self.department, self.category)

    @property
    def id(self) -> UUID:
        return _category_id(self.department, self.category)

    @property
    def digest(self) -> str:
        return sources.digest_of([1, self.department, self.category])

    def puts(self, connection: object, known: UUID | None) -> Sequence[Put]:
        """Return the node."""
        del connection
        name = readable(self.category or self.department)
        return [
            CategoryPut(
                id=known or self.id,
                code=self.external_id,
                name_ru=name,
                name_en=name,
                business_line=readable(self.department),
                parent_id=_category_id(self.department) if self.category else None,
            )
        ]


def _categories(products: Sequence[JourneyProduct]) -> list[_Category]:
    pairs = {(p.department, p.category) for p in products}
    return [_Category(*pair) for pair in sorted(pairs | {(department, "") for department, _ in pairs})]


@dataclass(frozen=True, slots=True)
class _Product:
    product: JourneyProduct
    price_minor: int | None

    @property
    def external_id(self) -> str:
        return str(self.product.product_id)

    @property
    def id(self) -> UUID:
        return named_id("product", self.external_id)

    @property
    def digest(self) -> str:
        p = self.product
        told = [p.manufacturer_id, p.department, p.brand, p.category, p.product_type, p.package_size]
        return sources.digest_of([1, *told, self.price_minor])

    def puts(self, connection: object, known: UUID | None) -> Sequence[Put]:
        """Return the product and, where it was sold, its price."""
        del connection
        key = known or self.id
        name = product_name(self.product)
        made: list[Put] = [
            ProductPut(
                id=key,
                sku=self.external_id,
                name_ru=name,
                name_en=name,
                category_id=_category_id(self.product.department, self.product.category),
                product_type=readable(self.product.product_type or self.product.category),
                brand=self.product.brand,
                source=SOURCE,
            )
        ]
        if self.price_minor is not None:
            made.append(PricePut(id=price_id(key), product_id=key, amount_minor=self.price_minor))
        return made


@dataclass(frozen=True, slots=True)
class _Household:
    household: int

    @property
    def external_id(self) -> str:
        return str(self.household)

    @property
    def id(self) -> UUID:
        return named_id("customer", f"{SOURCE}/{self.household}")

    @property
    def digest(self) -> str:
        return sources.digest_of([1, self.household])

    def puts(self, connection: object, known: UUID | None) -> Sequence[Put]:
        """Return the card and the number it is found by."""
        del connection
        key = known or self.id
        number = self.external_id
        return [
            CustomerPut(id=key, display_name=f"Household {number}", language="en"),
            IdentifierPut(id=identifier_id(key, "external", number), customer_id=key, type="external", value=number),
        ]


@dataclass(frozen=True, slots=True)
class _Bringing:
    """One import under way."""

    database: Database
    clock: Clock
    ids: IdSource
    source: int
    progress: Progress
    cancelled: Cancelled

    def register(self, entity: str, step: str, arrivals: Sequence[registers.Arrival]) -> Counts:
        desk = Desk(self.database, self.clock, self.ids, self.source, entity)
        done = 0

        def take(chunk: Sequence[registers.Arrival]) -> Counts:
            nonlocal done
            stop_if(self.cancelled)
            counts = registers.receive(desk, f"{entity}_imported", chunk)
            done += len(chunk)
            self.progress(Text(step), done, len(arrivals))
            return counts

        return registers.in_chunks(arrivals, take)

    def history(self, files: Journey, weeks: Weeks, survey: _Survey) -> HistoryCounts:
        with self.database.write() as connection:
            stores = history_rows.store_nos(connection, [str(s) for s in survey.stores])
        with self.database.read() as connection:
            known = registers.product_nos(connection)
            customers = registers.customer_nos(connection, self.source)
        numbers = _Numbers(
            products=_Lookup.of(survey.product_ids.tolist(), known),
            customers=_Lookup.of(survey.households, customers),
            stores=_Lookup.of(survey.stores, stores),
        )
        del known, customers

        def told(counts: HistoryCounts) -> None:
            stop_if(self.cancelled)
            lines = counts.lines
            self.progress(Text(N_("Past receipts")), lines.added + lines.changed + lines.same, survey.lines)

        batches = (_receipts(lines, numbers) for lines in files.lines(weeks))
        return history_rows.load(self.database, self.source, batches, told=told)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """From a source's keys to local numbers, by binary search over whole columns."""

    keys: I64
    numbers: I64

    @classmethod
    def of(cls, keys: Sequence[int], known: Mapping[str, int]) -> _Lookup:
        ordered = np.array(sorted(keys), np.int64)
        return cls(ordered, np.array([known[str(key)] for key in ordered.tolist()], np.int64))

    def __call__(self, column: I64) -> I64:
        found: I64 = self.numbers[np.searchsorted(self.keys, column)]
        return found


@dataclass(frozen=True, slots=True)
class _Numbers:
    products: _Lookup
    customers: _Lookup
    stores: _Lookup


def _receipts(lines: JourneyLines, numbers: _Numbers) -> ReceiptBatch:
    starts = _starts(lines.basket)
    counts = np.diff(np.append(starts, len(lines))).astype(np.int64)
    heads = replace(lines, **{name: getattr(lines, name)[starts] for name in ("household", "store", "basket", "at_ms")})
    return ReceiptBatch(
        keys=[str(basket) for basket in heads.basket.tolist()],
        customer_nos=numbers.customers(heads.household),
        store_nos=numbers.stores(heads.store),
        at_ms=heads.at_ms,
        day=heads.day,
        digest=history_rows.digests(
            (heads.household, heads.store, heads.at_ms),
            (lines.product, lines.quantity, lines.amount_minor, lines.discount_minor),
            counts,
        ),
        line_counts=counts,
        product_nos=numbers.products(lines.product),
        qty_milli=lines.quantity * MILLI,
        amount_minor=lines.amount_minor,
        discount_minor=lines.discount_minor,
    )
