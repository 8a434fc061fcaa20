"""Products from a table: each row typed, told apart by SKU, put only where it says something new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange import cells
from crosssell_desktop.interchange.rows import RowView
from crosssell_desktop.store import lookups, sources
from crosssell_desktop.store.puts import (
    BarcodePut,
    CategoryPut,
    CostPut,
    PricePut,
    ProductPut,
    Put,
    StockPut,
    barcode_id,
    cost_id,
    price_id,
    stock_id,
)
from crosssell_desktop.store.registers import Connected

T = TypeVar("T")

NO_CATEGORY = "-"


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What a row says of a product; None is «says nothing», and what is known then stays."""

    sku: str
    name: str | None
    name_en: str | None
    category: tuple[str, ...] | None
    product_type: str | None
    brand: str | None
    unit: str | None
    vat_bps: int | None
    business_line: str | None
    price_minor: int | None
    cost_minor: int | None
    stock_milli: int | None
    marked: bool | None
    archived: bool | None
    barcodes: tuple[str, ...]
    price_type: str
    source: str
    store_id: UUID
    now_ms: int

    @property
    def external_id(self) -> str:
        """The key in the file: the SKU."""
        return self.sku

    @property
    def id(self) -> UUID:
        """The id every counter gives this SKU."""
        return named_id("product", self.sku)

    @property
    def digest(self) -> str:
        """The digest of all the row says; when it was read is no part of it."""
        told = [getattr(self, name) for name in self.__slots__ if name not in {"store_id", "now_ms"}]
        return sources.digest_of([1, *told])

    def puts(self, connection: Connected, known: UUID | None) -> Sequence[Put]:
        """Return the product with its category, barcodes, price, cost and stock."""
        was = lookups.product_named(connection, self.sku, known)
        key = was.id if was else self.id
        made: list[Put] = []
        category_id = was.category_id if was and self.category is None else self._category(connection, made)
        name = self.name or (was.name_ru if was else self.sku)
        blank = ProductPut(id=key, sku=self.sku, name_ru=name, name_en=name, category_id=category_id)
        base = was or blank
        made.append(
            ProductPut(
                id=key,
                sku=base.sku,
                name_ru=name,
                name_en=self.name_en or (was.name_en if was and was.name_en != was.name_ru else name),
                category_id=category_id,
                kind=base.kind,
                product_type=_told(self.product_type, base.product_type),
                brand=_told(self.brand, base.brand),
                unit=_told(self.unit, base.unit),
                vat_bps=_told(self.vat_bps, base.vat_bps),
                department_id=base.department_id,
                credit_role=base.credit_role,
                marked=_told(self.marked, base.marked),
                archived=_told(self.archived, base.archived),
                repeatable=base.repeatable,
                due_every_days=base.due_every_days,
                source=self.source,
            )
        )
        made += [BarcodePut(id=barcode_id(key, code), gtin=code, product_id=key) for code in self.barcodes]
        made += self._figures(key)
        return made

    def _figures(self, key: UUID) -> list[Put]:
        made: list[Put] = []
        if self.price_minor is not None:
            made.append(
                PricePut(
                    id=price_id(key, self.price_type),
                    product_id=key,
                    amount_minor=self.price_minor,
                    price_type=self.price_type,
                )
            )
        if self.cost_minor is not None:
            made.append(CostPut(id=cost_id(key), product_id=key, amount_minor=self.cost_minor))
        if self.stock_milli is not None:
            made.append(
                StockPut(
                    id=stock_id(key, self.store_id),
                    product_id=key,
                    store_id=self.store_id,
                    qty_milli=self.stock_milli,
                    told_at=self.now_ms,
                )
            )
        return made

    def _category(self, connection: Connected, made: list[Put]) -> UUID:
        """Return the last node's id; nodes that no one has yet are put on the way."""
        parent: UUID | None = None
        path: list[str] = []
        for name in self.category or (NO_CATEGORY,):
            path.append(fold(name) or name)
            code = "/".join(path)
            found = lookups.category_named(connection, code, name)
            if found is None:
                found = named_id("category", code)
                line = self.business_line or (self.category or ("",))[0]
                made.append(
                    CategoryPut(id=found, code=code, name_ru=name, name_en=name, business_line=line, parent_id=parent)
                )
            parent = found
        if parent is None:
            msg = "a category path has at least one name"
            raise ValueError(msg)
        return parent


def _told(told: T | None, known: T) -> T:
    return known if told is None else told


def category_path(cell: str) -> tuple[str, ...]:
    """Return the names of a category's path (``Техника / Ноутбуки``, ``All > Laptops``), from the top.

    Raises:
        BadCell: a name is too long.
    """
    text = cells.plain_text(cell).replace(">", "/").replace("\\", "/")
    names = tuple(name for part in text.split("/") if (name := part.strip()))
    return names[1:] if len(names) > 1 and fold(names[0]) in {"all", "все"} else names


def read_product(row: RowView, *, source: str, price_type: str, store_id: UUID, now_ms: int) -> ProductRow:
    """Return the typed row.

    Raises:
        BadRow: with line, column and reason.
    """
    codes = row.read("barcode", cells.barcodes) or ()
    sku = row.read("sku", cells.key_text) or row.read("external_id", cells.key_text) or (codes[0] if codes else None)
    if sku is None:
        raise row.bad("sku", Text(N_("there is neither a code nor a barcode")))
    return ProductRow(
        sku=sku,
        name=row.read("name", cells.plain_text),
        name_en=row.read("name_en", cells.plain_text),
        category=row.read("category", category_path) or None,
        product_type=row.read("product_type", cells.plain_text),
        brand=row.read("brand", cells.plain_text),
        unit=row.read("unit", cells.plain_text),
        vat_bps=row.read("vat", cells.bps),
        business_line=row.read("business_line", cells.plain_text),
        price_minor=row.read("price", cells.price_minor),
        cost_minor=row.read("cost", cells.price_minor),
        stock_milli=row.read("stock", cells.qty_milli),
        marked=row.read("marked", cells.flag),
        archived=row.read("archived", cells.flag),
        barcodes=codes,
        price_type=price_type,
        source=source,
        store_id=store_id,
        now_ms=now_ms,
    )
