"""Credit policies and the append-only ledger of goals and assists."""

from __future__ import annotations

from sqlalchemy import Index

from crosssell_desktop.store.schema.base import Id, Int, Json, Str, fact_columns, id_key, may, need, table, version

credit_policy = table(
    "credit_policy",
    "register",
    id_key(),
    need("number", Int, unique=True),
    need("valid_from", Int),
    need("numbers", Json),
    version(),
)
credit_entry = table(
    "credit_entry",
    "fact",
    id_key(),
    *fact_columns(),
    need("sale_id", Id),
    need("sale_line_id", Id),
    need("beneficiary_id", Id),
    need("role", Str),
    need("kind", Str),
    need("amount_minor", Int),
    need("base_minor", Int),
    need("pool_minor", Int),
    need("weight_bps", Int),
    may("pass_id", Id),
    may("return_id", Id),
    need("period", Str),
    need("origin_period", Str),
    need("policy_version", Int),
    need("state", Str),
    need("explain", Json),
    Index("ix_credit_entry_sale_line_id", "sale_line_id"),
    Index("ix_credit_entry_beneficiary_id", "beneficiary_id", "period"),
)
"""``explain`` is a message id with its values, so that the same entry explains itself in both languages."""
