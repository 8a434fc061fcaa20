"""Finds products by whatever was typed or scanned: SKU and barcode first, then words in any order.

Only when nothing is found, the same text as the other keyboard layout types it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from crosssell_desktop.domain.fold import digits, fold, other_layout, words
from crosssell_desktop.domain.gtin import gtin14, is_gtin
from crosssell_desktop.domain.ids import CategoryId, ProductId
from crosssell_desktop.store.schema.catalogue import barcode, product

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MatchedBy = Literal["sku", "gtin", "words"]

CANDIDATES = 200
"""Rows taken from the word index before ordering; ordering all of a common name would take a tenth of a second."""

MAX_TEXT = 200
_CODE = re.compile(r"[\d\s()+.\-\u00a0\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product that answers to a text."""

    id: ProductId
    no: int
    sku: str
    name_ru: str
    name_en: str
    category_id: CategoryId
    matched_by: MatchedBy


def find_products(connection: Connection, text: str, limit: int = 20) -> list[FoundProduct]:
    """Return at most ``limit`` products that are not archived, the surest first."""
    text = text.strip()[:MAX_TEXT]
    if not text or limit <= 0:
        return []
    found = _collect(limit, (_products_by_code(connection, text, limit), _products_by_words(connection, text, limit)))
    if not found:
        meant = other_layout(text)
        found = _collect(
            limit, (_products_by_code(connection, meant, limit), _products_by_words(connection, meant, limit))
        )
    return _described_products(connection, found)


def _collect(limit: int, ways: Iterable[Iterator[tuple[int, MatchedBy]]]) -> dict[int, MatchedBy]:
    found: dict[int, MatchedBy] = {}
    for way in ways:
        for no, by in way:
            found.setdefault(no, by)
            if len(found) >= limit:
                return found
    return found


def _products_by_words(connection: Connection, text: str, limit: int) -> Iterator[tuple[int, MatchedBy]]:
    typed = words(text)
    if not typed:
        return
    p = product.c
    seen: set[int] = set()
    for mark in ("", "*"):
        # Folded words are letters and digits only, so nothing in them can be query syntax inside the quotes.
        query = " ".join(f'"{word}"{mark}' for word in typed)
        sql = "SELECT rowid FROM product_words WHERE product_words MATCH ? LIMIT ?"
        rows = connection.exec_driver_sql(sql, (query, CANDIDATES)).all()
        nos = [row[0] for row in rows if row[0] not in seen]
        seen.update(nos)
        named = [(row.no, row.name_ru) for row in connection.execute(select(p.no, p.name_ru).where(p.no.in_(nos)))]
        for no, _ in sorted(named, key=lambda pair: _closeness(pair[1], typed, pair[0])):
            yield no, "words"
        if len(seen) >= limit:
            return


def _closeness(name: str, typed: Sequence[str], no: int) -> tuple[int, int, str, int]:
    folded = fold(name)
    return (0 if folded.startswith(typed[0]) else 1, len(folded), folded, no)


def _products_by_code(connection: Connection, text: str, limit: int) -> Iterator[tuple[int, MatchedBy]]:
    p = product.c
    alive = p.archived == 0
    variants = sorted({text, text.upper(), text.lower()})
    for row in connection.execute(select(p.no).where(p.sku.in_(variants), alive).limit(limit)):
        yield row.no, "sku"
    codes = [text]
    if is_gtin(digits(text)) and _CODE.fullmatch(text):
        codes.append(gtin14(digits(text)))
    joined = select(p.no).join(barcode, barcode.c.product_id == p.id)
    for row in connection.execute(joined.where(barcode.c.gtin.in_(codes), alive).limit(limit)):
        yield row.no, "gtin"
    if any(c.isdigit() for c in text):
        below = text.upper() + "\U0010ffff"
        for row in connection.execute(select(p.no).where(p.sku >= text.upper(), p.sku < below, alive).limit(limit)):
            yield row.no, "sku"


def _described_products(connection: Connection, found: dict[int, MatchedBy]) -> list[FoundProduct]:
    p = product.c
    rows = {
        row.no: row
        for row in connection.execute(
            select(p.no, p.id, p.sku, p.name_ru, p.name_en, p.category_id).where(p.no.in_(list(found)))
        )
    }
    return [
        FoundProduct(
            ProductId(rows[no].id),
            no,
            rows[no].sku,
            rows[no].name_ru,
            rows[no].name_en,
            CategoryId(rows[no].category_id),
            by,
        )
        for no, by in found.items()
    ]
