"""Products, categories, attributes, prices, fit rules, benefits, combinations and their evidence."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint, text

from crosssell_desktop.store.schema.base import (
    ZERO,
    Flag,
    Id,
    Int,
    Json,
    Str,
    id_key,
    local_no,
    may,
    need,
    table,
    version,
)

category = table(
    "category",
    "register",
    id_key(),
    may("parent_id", Id),
    need("code", Str),
    need("name_ru", Str),
    need("name_en", Str),
    need("business_line", Str),
    version(),
)
product = table(
    "product",
    "register",
    local_no(),
    need("id", Id, unique=True),
    need("sku", Str, unique=True),
    need("kind", Str),
    need("name_ru", Str),
    need("name_en", Str),
    need("category_id", Id),
    need("product_type", Str),
    need("brand", Str),
    need("unit", Str),
    need("vat_bps", Int),
    may("department_id", Id),
    need("credit_role", Str),
    need("marked", Flag),
    need("archived", Flag),
    need("repeatable", Flag, server_default=ZERO),
    may("due_every_days", Int),
    need("source", Str),
    version(),
    Index("ix_product_category_id", "category_id"),
    Index("ix_product_product_type", "product_type"),
)
"""``kind`` goods|service; ``repeatable`` things are bought again although owned.

``credit_role`` periphery|service is the rate a line earns when it is not the core.
"""

barcode = table(
    "barcode",
    "register",
    id_key(),
    need("gtin", Str),
    need("product_id", Id),
    version(),
    Index("ix_barcode_gtin", "gtin"),
)
attribute = table(
    "attribute",
    "register",
    id_key(),
    need("product_id", Id),
    need("key", Str),
    need("value", Json),
    need("source", Str),
    version(),
    Index("ix_attribute_product_id", "product_id"),
)
attribute_definition = table(
    "attribute_definition",
    "register",
    id_key(),
    need("key", Str),
    need("kind", Str),
    need("name_ru", Str),
    need("name_en", Str),
    version(),
)
"""What attributes are called; a new attribute needs a row here and no code (A19)."""

price = table(
    "price",
    "register",
    id_key(),
    need("product_id", Id),
    need("price_type", Str),
    need("valid_from", Int),
    need("amount_minor", Int),
    version(),
    UniqueConstraint("product_id", "price_type", "valid_from"),
)
cost_price = table(
    "cost_price",
    "register",
    id_key(),
    need("product_id", Id),
    need("valid_from", Int),
    need("amount_minor", Int),
    version(),
    UniqueConstraint("product_id", "valid_from"),
)
stock = table(
    "stock",
    "register",
    id_key(),
    need("product_id", Id),
    need("store_id", Id),
    need("qty_milli", Int),
    need("place", Str),
    need("told_at", Int),
    version(),
    UniqueConstraint("product_id", "store_id"),
)
fit_rule = table(
    "fit_rule",
    "register",
    id_key(),
    need("core_category_id", Id),
    need("periphery_category_id", Id),
    need("predicates", Json),
    need("source", Str),
    version(),
    Index("ix_fit_rule_pair", "core_category_id", "periphery_category_id"),
)
"""``predicates`` as ``store.fit_codec`` writes them; ``source`` is where the fact comes from (E1 needs one)."""

benefit = table(
    "benefit",
    "register",
    id_key(),
    need("product_id", Id),
    need("feature_ru", Str),
    need("feature_en", Str),
    need("advantage_ru", Str),
    need("advantage_en", Str),
    need("benefit_ru", Str),
    need("benefit_en", Str),
    need("status", Str),
    may("approved_by", Id),
    version(),
    Index("ix_benefit_product_id", "product_id"),
)
competitive_claim = table(
    "competitive_claim",
    "register",
    id_key(),
    need("product_id", Id),
    need("versus_ru", Str),
    need("versus_en", Str),
    need("fact_ru", Str),
    need("fact_en", Str),
    need("is_worse", Flag),
    need("source", Str),
    may("dated_at", Int),
    may("valid_until", Int),
    need("status", Str),
    may("approved_by", Id),
    version(),
    Index("ix_competitive_claim_product_id", "product_id"),
)
"""A product beside a named alternative, also where it is worse; not shown without source and date (A6)."""

combination = table(
    "combination",
    "register",
    id_key(),
    need("core_product_id", Id),
    need("periphery_product_id", Id),
    need("relation", Str),
    need("status", Str),
    need("status_reason", Str),
    need("emergent_ru", Str),
    need("emergent_en", Str),
    need("without_ru", Str),
    need("without_en", Str),
    need("phrase_ru", Str),
    need("phrase_en", Str),
    need("audience", Str),
    need("situations", Json),
    need("valid_from", Int),
    may("valid_to", Int),
    need("version", Int),
    may("approved_by", Id),
    version(),
    UniqueConstraint("core_product_id", "periphery_product_id"),
)
evidence = table(
    "evidence",
    "register",
    id_key(),
    need("core_product_id", Id),
    need("periphery_product_id", Id),
    need("code", Str),
    need("claim_ru", Str),
    need("claim_en", Str),
    need("numbers", Json),
    may("n", Int),
    may("period_from", Int),
    may("period_to", Int),
    need("source", Str),
    need("method", Str),
    need("limits_ru", Str),
    need("limits_en", Str),
    need("computed_at", Int),
    may("valid_until", Int),
    need("status", Str),
    need("author", Str),
    may("approver", Id),
    version(),
    Index("ix_evidence_pair", "core_product_id", "periphery_product_id"),
)
returns_seen = table(
    "returns_seen",
    "local",
    need("core_product_id", Id),
    need("periphery_product_id", Id),
    need("back", Int),
    need("n", Int),
    need("back_without", Int),
    need("n_without", Int),
    need("counted_at", Int),
    need("valid_until", Int),
    PrimaryKeyConstraint("core_product_id", "periphery_product_id"),
)
"""How many receipts with a core came back, with an item and without it, as learning counted them here (E3)."""

import_source = table(
    "import_source",
    "local",
    local_no(),
    need("name", Str, unique=True),
    need("mapping", Json),
    need("last_at", Int),
)
external_ref = table(
    "external_ref",
    "local",
    need("source_no", Int),
    need("entity", Str),
    need("external_id", Str),
    need("id", Id),
    need("digest", Str),
    may("batch_no", Int),
    may("ver", Int),
    PrimaryKeyConstraint("source_no", "entity", "external_id"),
    Index("ix_external_ref_id", "id"),
    Index("ix_external_ref_batch_no", "batch_no", sqlite_where=text("batch_no IS NOT NULL")),
)
"""Whose row of which file a thing came from; an equal ``digest`` means the second import changes nothing.

``batch_no`` is the batch of customers that first told it, ``ver`` the version its rows were written with.
"""
