"""Finds customers and products by whatever was typed or scanned into the one field.

Exact keys come first (card, phone, e-mail, number of another system, last four digits), then words: whole words
before beginnings, in any order; only when nothing is found, the same text as the other keyboard layout types it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from crosssell_desktop.domain.fold import TAIL_DIGITS, digits, fold, other_layout, phone_digits, words
from crosssell_desktop.domain.gtin import gtin14, is_gtin
from crosssell_desktop.domain.ids import CategoryId, CustomerId, ProductId
from crosssell_desktop.store.schema.catalogue import barcode, product
from crosssell_desktop.store.schema.customers import contact_point, customer, customer_key

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MatchedBy = Literal["card", "phone", "email", "external", "tail", "words", "sku", "gtin"]

CANDIDATES = 200
"""Rows taken from the word index before ordering; ordering all of a common name would take a tenth of a second."""

MIN_PHONE_DIGITS = 6
MAX_TEXT = 200
_PHONE = re.compile(r"[\d\s()+.\-\u00a0\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer that answers to a text; ``phone_tail`` is all that may be shown of the phone."""

    id: CustomerId
    no: int
    display_name: str
    phone_tail: str
    matched_by: MatchedBy


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


def find_customers(connection: Connection, text: str, limit: int = 20) -> list[FoundCustomer]:
    """Return at most ``limit`` customers, the surest first."""
    text = text.strip()[:MAX_TEXT]
    if not text or limit <= 0:
        return []
    found = _collect(limit, (_customers_by_key(connection, text, limit), _customers_by_words(connection, text, limit)))
    if not found:
        meant = other_layout(text)
        found = _collect(
            limit, (_customers_by_key(connection, meant, limit), _customers_by_words(connection, meant, limit))
        )
    return _described_customers(connection, found)


def customer_by_key(connection: Connection, key: str) -> CustomerId | None:
    """Return the one customer who has this card, phone, e-mail or number of another system; None if not exactly one."""
    found = {no for no, by in _customers_by_key(connection, key.strip(), 2) if by != "tail"}
    if len(found) != 1:
        return None
    return CustomerId(connection.execute(select(customer.c.id).where(customer.c.no == found.pop())).scalar_one())


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


def _customers_by_key(connection: Connection, text: str, limit: int) -> Iterator[tuple[int, MatchedBy]]:
    k = customer_key.c

    def exact(kind: MatchedBy, value: str) -> Iterator[tuple[int, MatchedBy]]:
        rows = connection.execute(select(k.customer_no).where(k.kind == kind, k.value == value).limit(limit))
        return iter([(row.customer_no, kind) for row in rows])

    yield from exact("card", text)
    if "@" in text:
        yield from exact("email", text.lower())
        yield from _email_prefix(connection, text.lower(), limit)
    if _PHONE.fullmatch(text):
        number = phone_digits(text)
        yield from exact("phone", number)
        if digits(text) != text:
            yield from exact("card", digits(text))
        yield from exact("external", text)
        if len(digits(text)) == TAIL_DIGITS:
            yield from exact("tail", digits(text))
        elif len(digits(text)) >= MIN_PHONE_DIGITS:
            yield from _phone_prefix(connection, text, limit)
    else:
        yield from exact("external", text)


def _email_prefix(connection: Connection, start: str, limit: int) -> Iterator[tuple[int, MatchedBy]]:
    k = customer_key.c
    rows = connection.execute(
        select(k.customer_no).where(k.kind == "email", k.value >= start, k.value < start + "\U0010ffff").limit(limit)
    )
    for row in rows:
        yield row.customer_no, "email"


def _phone_prefix(connection: Connection, text: str, limit: int) -> Iterator[tuple[int, MatchedBy]]:
    """A number not yet typed to the end: as it stands, with 8 for 7, or without the country."""
    k = customer_key.c
    typed = digits(text)
    starts = {typed} if text.lstrip().startswith("+") else {typed, "7" + typed.removeprefix("8"), "7" + typed}
    for start in sorted(starts):
        rows = connection.execute(
            select(k.customer_no).where(k.kind == "phone", k.value >= start, k.value < start + ":").limit(limit)
        )
        for row in rows:
            yield row.customer_no, "phone"


def _customers_by_words(connection: Connection, text: str, limit: int) -> Iterator[tuple[int, MatchedBy]]:
    c = customer.c

    def named(nos: Sequence[int]) -> list[tuple[int, str]]:
        rows = connection.execute(select(c.no, c.display_name).where(c.no.in_(nos)))
        return [(row.no, row.display_name) for row in rows]

    return _by_words(connection, "customer_words", text, limit, named)


def _products_by_words(connection: Connection, text: str, limit: int) -> Iterator[tuple[int, MatchedBy]]:
    p = product.c

    def named(nos: Sequence[int]) -> list[tuple[int, str]]:
        rows = connection.execute(select(p.no, p.name_ru).where(p.no.in_(nos)))
        return [(row.no, row.name_ru) for row in rows]

    return _by_words(connection, "product_words", text, limit, named)


def _by_words(
    connection: Connection, table: str, text: str, limit: int, named: Callable[[Sequence[int]], list[tuple[int, str]]]
) -> Iterator[tuple[int, MatchedBy]]:
    typed = words(text)
    if not typed:
        return
    seen: set[int] = set()
    for mark in ("", "*"):
        # Folded words are letters and digits only, so nothing in them can be query syntax inside the quotes.
        query = " ".join(f'"{word}"{mark}' for word in typed)
        sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT ?"  # noqa: S608  # our own name
        rows = connection.exec_driver_sql(sql, (query, CANDIDATES)).all()
        nos = [row[0] for row in rows if row[0] not in seen]
        seen.update(nos)
        for no, _ in sorted(named(nos), key=lambda pair: _closeness(pair[1], typed, pair[0])):
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
    if is_gtin(digits(text)) and _PHONE.fullmatch(text):
        codes.append(gtin14(digits(text)))
    joined = select(p.no).join(barcode, barcode.c.product_id == p.id)
    for row in connection.execute(joined.where(barcode.c.gtin.in_(codes), alive).limit(limit)):
        yield row.no, "gtin"
    if any(c.isdigit() for c in text):
        below = text.upper() + "\U0010ffff"
        for row in connection.execute(select(p.no).where(p.sku >= text.upper(), p.sku < below, alive).limit(limit)):
            yield row.no, "sku"


def _described_customers(connection: Connection, found: dict[int, MatchedBy]) -> list[FoundCustomer]:
    c = customer.c
    rows = {row.no: row for row in connection.execute(select(c.no, c.id, c.display_name).where(c.no.in_(list(found))))}
    points = contact_point.c
    phones: dict[object, str] = {}
    told = select(points.customer_id, points.value).where(
        points.type == "phone", points.customer_id.in_([row.id for row in rows.values()])
    )
    for row in connection.execute(told.order_by(points.is_primary, points.id)):
        phones[row.customer_id] = row.value[-TAIL_DIGITS:]
    return [
        FoundCustomer(CustomerId(rows[no].id), no, rows[no].display_name, phones.get(rows[no].id, ""), by)
        for no, by in found.items()
    ]


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
