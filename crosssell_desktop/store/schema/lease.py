"""How long this file may be read without the centre, and what of it is under seal (``store.lease_rows``)."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary

from crosssell_desktop.store.schema.base import ZERO, Flag, Int, Str, need, table

lease = table(
    "lease",
    "local",
    Column("one", Integer, primary_key=True),
    need("public_key", Str),
    need("counted_ms", Int),
    need("wall_ms", Int),
    need("closed_at", Int, server_default=ZERO),
    need("is_clean", Flag, server_default=ZERO),
    need("erased_at", Int, server_default=ZERO),
)
"""One row from the first exchange on. What is sealed for ``public_key`` opens with a key that only the centre has.

``closed_at`` is when sealing began (UTC ms), 0 while the data are open; ``is_clean`` that no remains of what was sealed
are in free pages or copies; ``erased_at`` when what the centre has as well was erased.
"""

sealed = table(
    "sealed",
    "local",
    Column("no", Integer, primary_key=True, autoincrement=True),
    need("entity", Str),
    need("stays", Flag),
    Column("bytes", LargeBinary, nullable=False),
)
"""Rows of a table under seal, some in one; ``stays`` are those that nobody else has: they wait for the exchange."""
