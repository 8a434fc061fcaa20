"""The unified customer card: who the person is, how to reach and how to serve them, what they allow."""

from __future__ import annotations

from sqlalchemy import Index, text

from crosssell_desktop.store.schema.base import (
    Flag,
    Id,
    Int,
    Json,
    Str,
    fact_columns,
    id_key,
    local_no,
    may,
    need,
    table,
    version,
)

customer = table(
    "customer",
    "register",
    local_no(),
    need("id", Id, unique=True),
    need("kind", Str),
    need("display_name", Str),
    need("family_name", Str),
    need("given_name", Str),
    need("patronymic", Str),
    need("birthday", Str),
    need("language", Str),
    need("status", Str),
    need("care_until", Int),
    need("do_not_contact", Flag),
    may("created_store_id", Id),
    may("household_id", Id),
    need("invented", Flag),
    may("name_source", Str),
    may("birthday_source", Str),
    may("stamps", Json),
    version(),
    Index("ix_customer_household_id", "household_id", sqlite_where=text("household_id IS NOT NULL")),
)
"""``birthday`` is ``MM-DD``, ``YYYY-MM-DD`` or empty; ``care_until`` is 0 without care mode.

``name_source`` is document|staff, empty for an import; ``birthday_source`` is stated when the client said it.

``stamps`` says by field when it was last edited and by whom (``domain.fields``); empty in a card never edited.
"""

contact_point = table(
    "contact_point",
    "register",
    id_key(),
    need("customer_id", Id),
    need("type", Str),
    need("value", Str),
    need("is_primary", Flag),
    may("verified_at", Int),
    need("source", Str),
    may("stamps", Json),
    version(),
    Index("ix_contact_point_customer_id", "customer_id"),
)
identifier = table(
    "identifier",
    "register",
    id_key(),
    need("customer_id", Id),
    need("type", Str),
    need("value", Str),
    version(),
    Index("ix_identifier_customer_id", "customer_id"),
)
channel_pref = table(
    "channel_pref",
    "register",
    id_key(),
    need("customer_id", Id),
    need("channel", Str),
    need("hours", Str),
    may("stamps", Json),
    version(),
    Index("ix_channel_pref_customer_id", "customer_id"),
)
consent = table(
    "consent",
    "fact",
    id_key(),
    *fact_columns(),
    need("customer_id", Id),
    need("purpose", Str),
    need("channel", Str),
    need("state", Str),
    need("text_hash", Str),
    need("form", Str),
    may("basis", Str),
    may("store_id", Id),
    need("base_hlc", Int),
    need("hlc", Int),
    Index("ix_consent_customer_id", "customer_id"),
)
"""``basis`` is why it may be done (consent, contract); an empty ``channel`` speaks of every channel of the purpose.

Withdrawal beats a grant whatever the clock, unless the grant saw the withdrawal (``base_hlc``)."""

customer_note = table(
    "customer_note",
    "fact",
    id_key(),
    *fact_columns(),
    need("customer_id", Id),
    need("kind", Str),
    may("valid_until", Int),
    Index("ix_customer_note_customer_id", "customer_id"),
)
"""The words of a note live in ``note_text``: no free text in facts, so that erasure leaves the chain whole."""

note_text = table("note_text", "register", id_key(), need("customer_id", Id), need("text", Str), version())
need_ = table(
    "need",
    "register",
    id_key(),
    need("customer_id", Id),
    need("source", Str),
    need("status", Str),
    may("product_type", Str),
    may("product_id", Id),
    need("text", Str),
    need("told_at", Int),
    may("told_by", Id),
    may("event_id", Id),
    may("valid_until", Int),
    may("stamps", Json),
    version(),
    Index("ix_need_customer_id", "customer_id"),
)
ownership = table(
    "ownership",
    "register",
    id_key(),
    need("customer_id", Id),
    may("product_id", Id),
    need("text", Str),
    need("serial", Str),
    need("since", Int),
    may("warranty_until", Int),
    need("source", Str),
    may("stamps", Json),
    version(),
    Index("ix_ownership_customer_id", "customer_id"),
)
promise = table(
    "promise",
    "register",
    id_key(),
    need("customer_id", Id),
    may("product_id", Id),
    need("kind", Str),
    need("text", Str),
    need("due_at", Int),
    need("owner_id", Id),
    need("status", Str),
    may("stamps", Json),
    version(),
    Index("ix_promise_customer_id", "customer_id"),
)
customer_field_lost = table(
    "customer_field_lost",
    "register",
    id_key(),
    need("customer_id", Id),
    need("entity", Str),
    need("row_id", Id),
    need("field", Str),
    need("value", Json),
    need("stamp", Str),
    need("won", Str),
    need("at", Int),
    version(),
    Index("ix_customer_field_lost_customer_id", "customer_id"),
)
"""A value that lost against an edit that had not seen it, as the centre found; shown while ``won`` still stands.

``entity`` and ``row_id`` name the row: the card itself, or a contact, need, promise or thing of the customer.
"""

customer_merge = table(
    "customer_merge",
    "fact",
    id_key(),
    *fact_columns(),
    need("loser_id", Id),
    need("winner_id", Id),
    need("wanted", Str),
    need("rule", Str),
    may("score_bps", Int),
    may("proposal_id", Id),
    Index("ix_customer_merge_loser_id", "loser_id"),
    Index("ix_customer_merge_winner_id", "winner_id"),
)
"""Two cards are one person; which id stands for both is the smallest of all that were joined (``domain.merging``).

``wanted`` is merge, or propose where somebody else has to decide; ``rule`` is one of M1 to M6, or ``hand``.
"""

customer_unmerge = table(
    "customer_unmerge",
    "fact",
    id_key(),
    *fact_columns(),
    need("merge_id", Id),
    Index("ix_customer_unmerge_merge_id", "merge_id"),
)
"""Takes a merge back, or says no to a proposal."""

merge_verdict = table(
    "merge_verdict", "register", id_key(), need("accepted", Flag), need("reason", Str), need("at", Int), version()
)
"""The centre's word on a merge or unmerge, by its id; nothing counts without it (``resources/centre/merges.sql``)."""

customer_alias = table(
    "customer_alias",
    "local",
    need("id", Id, primary_key=True),
    need("root", Id),
    Index("ix_customer_alias_root", "root"),
)
"""Every card of a cluster of merged cards, the root too, with the one that stands for all (``store.clusters``)."""
