"""What the law about personal data needs: wishes to be erased, tombstones, what was swept in this file, and terms."""

from __future__ import annotations

from sqlalchemy import Index

from crosssell_desktop.store.schema.base import Id, Int, Json, Str, fact_columns, id_key, need, table

erasure_step = table(
    "erasure_step",
    "fact",
    id_key(),
    *fact_columns(),
    need("customer_id", Id),
    need("step", Str),
    need("ground", Str),
    Index("ix_erasure_step_customer_id", "customer_id", "made_at"),
)
"""``step`` asked|approved|refused; the term of the law runs from ``asked``. Execution is the tombstone."""

tombstone = table(
    "tombstone",
    "fact",
    id_key(),
    *fact_columns(),
    need("customer_id", Id),
    need("act_no", Str),
    need("ground", Str),
    need("asked_at", Int),
    need("keys", Json),
    Index("ix_tombstone_customer_id", "customer_id"),
)
"""A person who was erased: the random id stays for sales, ``keys`` are keyed hashes of what an import might bring."""

tombstone_key = table("tombstone_key", "local", need("hash", Str, primary_key=True))
"""The hashes of all tombstones, to be asked one by one; a trigger keeps it."""

swept = table("swept", "local", need("customer_id", Id, primary_key=True), need("at", Int))
"""Whose remains outside the typed tables (outbox, quarantine, frozen inputs) were removed from this file."""

retired = table("retired", "local", need("entity", Str, primary_key=True), need("upto", Int))
"""Facts made before this moment (UTC ms) may be deleted: their term is over. Nothing else lifts the ban."""
