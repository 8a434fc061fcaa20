"""What customer imports did, so that each can be taken back: batches, and what a batch changed in cards of others."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint

from crosssell_desktop.store.schema.base import Id, Int, Json, Str, may, need, table

import_batch = table(
    "import_batch",
    "local",
    # A number once told to a person is never given out again.
    Column("no", Integer, primary_key=True, autoincrement=True),
    need("source_no", Int),
    need("entity", Str),
    need("file", Str),
    need("started_at", Int),
    may("ended_at", Int),
    need("state", Str),
    need("counts", Json),
)
"""``state`` open while it runs, done, or undone; one that is found open was cut off."""

import_change = table(
    "import_change",
    "local",
    need("batch_no", Int),
    need("external_id", Str),
    need("customer_id", Id),
    need("rule", Str),
    need("was_digest", Str),
    need("fields", Json),
    need("made", Json),
    PrimaryKeyConstraint("batch_no", "external_id"),
    Index("ix_import_change_customer_id", "customer_id"),
)
"""A card that was there before the batch: ``rule`` M1 to M3 when the row was found to be it, else empty.

``fields`` holds before and after by field, ``made`` the contacts and identifiers it added, each with its version.
"""
