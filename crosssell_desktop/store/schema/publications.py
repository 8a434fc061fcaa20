"""What the centre publishes as a whole: the rows wait here until all are there, then they count together."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from crosssell_desktop.store.schema.base import Id, Int, Str, id_key, need, table, version

publication = table(
    "publication",
    "register",
    id_key(),
    need("kind", Str),
    need("n_rows", Int),
    need("checksum", Str),
    need("effective_from", Int),
    version(),
)
"""``kind`` is one of ``sync.tables.PUBLICATIONS``; ``effective_from`` is UTC ms by the centre's clock."""

publication_row = table(
    "publication_row",
    "register",
    id_key(),
    need("publication_id", Id),
    need("entity", Str),
    need("pk", Str),
    need("body", Str),
    version(),
    Index("ix_publication_row_publication_id", "publication_id"),
)
"""One row of a publication; ``body`` is its JSON as the centre wrote it, letter for letter, for the checksum."""

publication_done = table("publication_done", "local", id_key(), need("at", Int))
"""Publications that count at this counter; their rows are gone from ``publication_row``."""

outbox_mark = table(
    "outbox_mark",
    "local",
    Column("seq", Integer, primary_key=True),
    need("at", Int),
)
"""Up to which operation the centre had taken everything at a time of its own clock: what retention goes by."""
