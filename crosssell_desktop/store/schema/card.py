"""What the card knows beside the person: household, firm and its people, perks, and what happens around them.

Law: what belongs to a person has a ``customer_id``, so that erasure takes it along (``store.law_ddl``).
"""

from __future__ import annotations

from sqlalchemy import Index

from crosssell_desktop.store.schema.base import Flag, Id, Int, Json, Str, id_key, may, need, table, version

household_member = table(
    "household_member",
    "register",
    id_key(),
    need("customer_id", Id),
    need("role", Str),
    need("share_history", Flag),
    may("stamps", Json),
    version(),
    Index("ix_household_member_customer_id", "customer_id"),
)
"""What a customer is in the household that the card names (``customer.household_id``).

Others of the household see the customer's purchases only while ``share_history`` says so.
"""

org_contact = table(
    "org_contact",
    "register",
    id_key(),
    need("organisation_id", Id),
    need("customer_id", Id),
    need("role", Str),
    need("active", Flag),
    may("stamps", Json),
    version(),
    Index("ix_org_contact_organisation_id", "organisation_id"),
    Index("ix_org_contact_customer_id", "customer_id"),
)
"""A person who speaks for an organisation; the person's consents stay the person's own."""

perk = table(
    "perk",
    "register",
    id_key(),
    need("customer_id", Id),
    need("kind", Str),
    need("text", Str),
    need("worth", Int),
    may("valid_until", Int),
    need("source", Str),
    version(),
    Index("ix_perk_customer_id", "customer_id"),
)
"""An advantage of a customer; of two of a kind the one of more ``worth`` is better for the client."""

context_event = table(
    "context_event",
    "register",
    id_key(),
    may("customer_id", Id),
    may("household_id", Id),
    may("product_id", Id),
    need("type", Str),
    need("at", Int),
    need("impact", Str),
    need("size", Int),
    need("told_by", Id),
    need("active", Flag),
    may("stamps", Json),
    version(),
    Index("ix_context_event_customer_id", "customer_id"),
    Index("ix_context_event_household_id", "household_id"),
    Index("ix_context_event_product_id", "product_id"),
)
"""Of a person or organisation, of a household, or of a product and so of all who own it; exactly one of the three.

``size`` is how many it is about (places of an office), 0 when nobody said.
"""
