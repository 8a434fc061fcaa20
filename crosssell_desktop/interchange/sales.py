"""Past receipts from a table with a row per line: typed, gathered by receipt, loaded as history."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from crosssell_desktop.domain.fold import phone_digits
from crosssell_desktop.domain.money import extend
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange import cells
from crosssell_desktop.interchange.rows import RowView
from crosssell_desktop.store.history_rows import NOBODY, ReceiptBatch, digests

I64 = NDArray[np.int64]

BATCH_RECEIPTS = 20_000
_EPOCH = date(1970, 1, 1)
_LINE_FIELDS = ("receipt", "product_no", "product_key", "qty", "amount", "discount")


@dataclass(frozen=True, slots=True)
class Known:
    """The local numbers of what the rows name."""

    product_by_sku: Mapping[str, int]
    product_by_barcode: Mapping[str, int]
    customers: Mapping[tuple[str, str], int]
    source_customers: Mapping[str, int]

    def customer(self, told: str) -> int:
        """Return the customer a receipt names by key, card or phone; nobody when none has it."""
        if told in self.source_customers:
            return self.source_customers[told]
        tries = (("external", told), ("card", told), ("phone", phone_digits(told)))
        return next((self.customers[key] for key in tries if key in self.customers), NOBODY)


@dataclass(slots=True)
class Gathered:
    """The lines of a file by column, and its receipts in the order they were first met."""

    zone: ZoneInfo
    known: Known
    numbers: dict[str, int] = field(default_factory=dict)
    heads: list[tuple[str, str, int, int]] = field(default_factory=list)
    """Store, customer as told, time (ms), business day of each receipt."""

    lines: dict[str, array[int]] = field(default_factory=lambda: {name: array("q") for name in _LINE_FIELDS})
    nonpositive: int = 0
    unknown_customers: set[str] = field(default_factory=set)

    def take(self, row: RowView) -> None:
        """Take one line.

        Raises:
            BadRow: with line, column and reason.
        """
        number = row.must("receipt", cells.key_text)
        at = row.must("at", cells.moment)
        store = row.read("store", cells.key_text) or "-"
        product_no, product_key = self._product(row)
        qty = row.must("qty", cells.qty_milli)
        price = row.read("price", cells.money_minor)
        amount = row.read("amount", cells.money_minor)
        discount = row.read("discount", cells.money_minor) or 0
        if amount is None:
            if price is None:
                raise row.bad("amount", Text(N_("there is neither a price nor an amount")))
            amount = extend(price, qty) - discount
        customer = row.read("customer", cells.key_text) or ""
        key = json.dumps([store, at.date().isoformat(), number], ensure_ascii=False)
        receipt = self.numbers.get(key)
        at_ms = int(at.replace(tzinfo=self.zone).astimezone(UTC).timestamp()) * 1_000
        if receipt is None:
            receipt = self.numbers[key] = len(self.heads)
            self.heads.append((store, customer, at_ms, (at.date() - _EPOCH).days))
        elif self.heads[receipt][1] != customer:
            raise row.bad(
                "customer", Text(N_("the receipt {receipt} already names another customer"), {"receipt": number})
            )
        for name, value in zip(_LINE_FIELDS, (receipt, product_no, product_key, qty, amount, discount), strict=True):
            self.lines[name].append(value)
        self.nonpositive += qty <= 0

    def _product(self, row: RowView) -> tuple[int, int]:
        sku = row.read("sku", cells.key_text)
        if sku is not None and sku in self.known.product_by_sku:
            return self.known.product_by_sku[sku], _key(sku)
        codes = row.read("barcode", cells.barcodes) or ()
        for code in codes:
            if code in self.known.product_by_barcode:
                return self.known.product_by_barcode[code], _key(code)
        if sku is None and not codes:
            raise row.bad("sku", Text(N_("there is neither a code nor a barcode")))
        named = sku or codes[0]
        raise row.bad(
            "sku" if sku else "barcode",
            Text(N_("the product «{code}» is not in the catalogue; import the products first"), {"code": named}),
        )

    def batches(self, store_nos: Mapping[str, int]) -> Iterator[ReceiptBatch]:
        """Yield the receipts in batches, each with all its lines."""
        columns = {name: np.frombuffer(self.lines[name], np.int64) for name in _LINE_FIELDS}
        order = np.argsort(columns["receipt"], kind="stable")
        columns = {name: column[order] for name, column in columns.items()}
        counts = np.bincount(columns["receipt"], minlength=len(self.heads)).astype(np.int64)
        ends = np.concatenate(([0], np.cumsum(counts)))
        keys = list(self.numbers)
        for start in range(0, len(keys), BATCH_RECEIPTS):
            stop = min(start + BATCH_RECEIPTS, len(keys))
            lines = slice(int(ends[start]), int(ends[stop]))
            yield self._batch(
                keys[start:stop], self.heads[start:stop], counts[start:stop], store_nos,
                {name: column[lines] for name, column in columns.items()},
            )  # fmt: skip

    def _batch(
        self,
        keys: list[str],
        heads: list[tuple[str, str, int, int]],
        counts: I64,
        store_nos: Mapping[str, int],
        lines: dict[str, I64],
    ) -> ReceiptBatch:
        customers = np.array([self._customer(told) for _, told, _, _ in heads], np.int64)
        at_ms = np.array([head[2] for head in heads], np.int64)
        day = np.array([head[3] for head in heads], np.int64)
        # Whether the customer was known is part of the digest: met again after the customers came, it is a change.
        told = np.array(
            [_key(f"{told}\x1f{no != NOBODY}") for (_, told, _, _), no in zip(heads, customers, strict=True)], np.int64
        )
        return ReceiptBatch(
            keys=keys,
            customer_nos=customers,
            store_nos=np.array([store_nos[head[0]] for head in heads], np.int64),
            at_ms=at_ms,
            day=day,
            digest=digests(
                (told, at_ms, day),
                (lines["product_key"], lines["qty"], lines["amount"], lines["discount"]),
                counts,
            ),
            line_counts=counts,
            product_nos=lines["product_no"],
            qty_milli=lines["qty"],
            amount_minor=lines["amount"],
            discount_minor=lines["discount"],
        )

    def _customer(self, told: str) -> int:
        if not told:
            return NOBODY
        no = self.known.customer(told)
        if no == NOBODY:
            self.unknown_customers.add(told)
        return no


def _key(text: str) -> int:
    """Return a 63-bit number that stands for a text in every profile alike."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1
