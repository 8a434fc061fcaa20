"""Imported past sales: integer keys, no outbox, no chain, no credits, quantities as they came (design ruling 5)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from crosssell_desktop.store.schema.base import Id, Int, Str, may, need, table

history_store = table(
    "history_store",
    "local",
    Column("no", Integer, primary_key=True),
    need("code", Str, unique=True),
    may("store_id", Id),
)
history_receipt = table(
    "history_receipt",
    "local",
    Column("no", Integer, primary_key=True),
    need("source_no", Int),
    need("key", Str),
    may("customer_no", Int),
    need("store_no", Int),
    need("at", Int),
    need("day", Int),
    need("digest", Int),
    Index("uq_history_receipt_key", "source_no", "key", unique=True),
    Index("ix_history_receipt_customer_no", "customer_no", "at"),
)
"""``digest`` is a 63-bit hash of the lines: an equal one means the receipt came again unchanged."""

history_line = table(
    "history_line",
    "local",
    Column("no", Integer, primary_key=True),
    need("receipt_no", Int),
    need("product_no", Int),
    need("qty_milli", Int),
    need("amount_minor", Int),
    need("discount_minor", Int),
    Index("ix_history_line_receipt_no", "receipt_no"),
)
