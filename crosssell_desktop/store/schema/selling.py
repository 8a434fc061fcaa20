"""Shifts, sales, offers and answers, passes and returns: facts are appended, never edited."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, text

from crosssell_desktop.store.schema.base import (
    ZERO,
    Flag,
    Id,
    Int,
    Json,
    Str,
    fact_columns,
    id_key,
    may,
    need,
    table,
)

shift = table(
    "shift",
    "fact",
    id_key(),
    *fact_columns(),
    need("store_id", Id),
    need("department_id", Id),
    need("number", Int),
    need("business_date", Str),
    may("responsible_id", Id),
    need("override_reason", Str),
    need("opening_cash_minor", Int),
)
"""The business date is fixed here; ``person_id`` opened it, ``responsible_id`` leads complex sales."""

shift_close = table(
    "shift_close",
    "fact",
    id_key(),
    *fact_columns(),
    need("z_number", Int),
    need("totals", Json),
    may("till_total_minor", Int),
    need("till_z_number", Str),
    may("counted_cash_minor", Int),
    need("chain_head", Str),
)
"""``counted_cash_minor`` and ``till_total_minor`` are None where nobody counted or read: unknown is not 0."""

basket = table(
    "basket",
    "local",
    id_key(),
    need("owner_id", Id),
    may("customer_id", Id),
    need("state", Str),
    need("label", Str),
    need("body", Json),
    need("updated_at", Int),
    Index("ix_basket_state", "state"),
)
"""A receipt being made, saved at every change; ``state`` open|held|completed|dropped."""

sale = table(
    "sale",
    "fact",
    id_key(),
    *fact_columns(),
    need("store_id", Id),
    need("department_id", Id),
    need("business_date", Str),
    need("number", Str, index=True),
    may("customer_id", Id),
    may("core_line_id", Id),
    may("core_confirmed_at", Int),
    need("opened_at", Int),
    need("line_count", Int),
    need("total_minor", Int),
    need("situation", Str),
    may("budget_cap_minor", Int),
    need("care_mode", Flag),
    need("held_out", Flag),
    need("pulse", Int),
    need("playbook_version", Int),
    need("policy_version", Int),
    Index("ix_sale_customer_id", "customer_id", "made_at"),
)
sale_line = table(
    "sale_line",
    "fact",
    id_key(),
    Column("sale_id", Id, ForeignKey("sale.id"), nullable=False),
    need("line_no", Int),
    need("product_id", Id),
    need("sku", Str),
    need("name", Str),
    need("category_id", Id),
    need("product_type", Str),
    need("business_line", Str),
    need("department_id", Id),
    need("role", Str),
    need("qty_milli", Int),
    need("price_minor", Int),
    need("discount_minor", Int),
    need("amount_minor", Int),
    need("vat_bps", Int),
    may("attached_to_line_id", Id),
    may("offer_id", Id),
    may("customer_yes_at", Int),
    need("added_by", Id),
    need("added_at", Int),
    need("marking_code", Str),
    Index("ix_sale_line_sale_id", "sale_id"),
    Index("ix_sale_line_product_id", "product_id"),
    Index("ix_sale_line_marking_code", "marking_code", sqlite_where=text("marking_code <> ''")),
)
"""``role`` core|periphery|service decides the credit rate; ``amount_minor`` is after discounts, VAT included."""

payment = table(
    "payment",
    "fact",
    id_key(),
    Column("sale_id", Id, ForeignKey("sale.id"), nullable=False),
    need("means", Str),
    need("amount_minor", Int),
    Index("ix_payment_sale_id", "sale_id"),
)
suggestion_run = table(
    "suggestion_run",
    "fact",
    id_key(),
    *fact_columns(),
    need("receipt_id", Id),
    may("customer_id", Id),
    need("core_product_id", Id),
    need("input_hash", Str),
    need("model_version", Str),
    need("held_out", Flag),
    need("result", Json),
    need("gates", Json),
    Index("ix_suggestion_run_receipt_id", "receipt_id"),
)
suggestion_input = table(
    "suggestion_input",
    "local",
    need("input_hash", Str, primary_key=True),
    need("snapshot", Str),
    need("kept_until", Int),
)
"""The frozen input of a run, kept so that it can be run again; it is personal data and stays at the counter."""

offer = table(
    "offer",
    "fact",
    id_key(),
    *fact_columns(),
    need("receipt_id", Id),
    need("run_id", Id),
    may("customer_id", Id),
    need("core_product_id", Id),
    need("product_id", Id),
    need("rank", Int),
    need("round", Int),
    need("relation", Str),
    need("price_minor", Int),
    need("evidence", Json),
    Index("ix_offer_receipt_id", "receipt_id"),
    Index("ix_offer_customer_id", "customer_id", "made_at"),
)
offer_answer = table(
    "offer_answer",
    "fact",
    id_key(),
    *fact_columns(),
    need("offer_id", Id),
    need("receipt_id", Id),
    may("customer_id", Id),
    need("product_id", Id),
    need("answer", Str),
    need("reason", Str),
    may("undoes_id", Id),
    Index("ix_offer_answer_offer_id", "offer_id"),
    Index("ix_offer_answer_customer_id", "customer_id", "made_at"),
)
"""``answer`` accepted|declined|postponed|undone; ``reason`` is one of the eight codes when declined."""

pass_ = table(
    "pass",
    "fact",
    id_key(),
    *fact_columns(),
    need("code", Str, index=True),
    need("kind", Str),
    need("from_department_id", Id),
    need("to_department_id", Id),
    may("to_person_id", Id),
    may("customer_id", Id),
    may("category_id", Id),
    may("product_id", Id),
    need("expires_at", Int),
    need("hlc", Int),
    Index("ix_pass_customer_id", "customer_id", "made_at"),
)
pass_event = table(
    "pass_event",
    "fact",
    id_key(),
    *fact_columns(),
    need("pass_id", Id),
    need("event", Str),
    may("customer_id", Id),
    may("receipt_id", Id),
    need("reason", Str),
    Index("ix_pass_event_pass_id", "pass_id"),
)
"""``event`` seen|accepted|declined|matched|void; acceptance binds a slip to the customer who brought it."""

return_ = table(
    "return",
    "fact",
    id_key(),
    *fact_columns(),
    need("store_id", Id),
    need("business_date", Str),
    need("number", Str, index=True),
    need("sale_id", Id),
    may("customer_id", Id),
    need("reason", Str),
    need("total_minor", Int),
    Index("ix_return_sale_id", "sale_id"),
)
return_line = table(
    "return_line",
    "fact",
    id_key(),
    Column("return_id", Id, ForeignKey("return.id"), nullable=False),
    need("sale_line_id", Id),
    need("product_id", Id),
    need("qty_milli", Int),
    need("amount_minor", Int),
    Index("ix_return_line_return_id", "return_id"),
    Index("ix_return_line_sale_line_id", "sale_line_id"),
)
help_event = table(
    "help_event",
    "fact",
    id_key(),
    *fact_columns(),
    may("customer_id", Id),
    need("kind", Str),
)
step_log = table(
    "step_log",
    "fact",
    id_key(),
    *fact_columns(),
    need("receipt_id", Id),
    need("step", Str),
    need("subject", Str),
    Index("ix_step_log_receipt_id", "receipt_id"),
)
"""Steps worth telling later: core_changed, core_confirmed, hint_not_ready, line_removed, wrong_accessory_stop."""

fact_text = table("fact_text", "register", id_key(), need("text", Str), need("ver", Int, server_default=ZERO))
"""Free words that belong to a fact, by the fact's id; can be blanked without touching the chain."""
