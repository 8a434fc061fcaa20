"""Company, stores, departments, counters, people, their roles and how they log in."""

from __future__ import annotations

from sqlalchemy import Index

from crosssell_desktop.store.schema.base import ZERO, Flag, Id, Int, Json, Str, id_key, may, need, table, version

company = table(
    "company", "register", id_key(), need("name", Str), need("currency", Str), need("invented", Flag), version()
)
store = table(
    "store",
    "register",
    id_key(),
    need("company_id", Id),
    need("code", Str),
    need("name", Str),
    need("time_zone", Str),
    version(),
)
department = table(
    "department",
    "register",
    id_key(),
    need("store_id", Id),
    need("code", Str),
    need("name_ru", Str),
    need("name_en", Str),
    version(),
)
counter = table(
    "counter",
    "register",
    id_key(),
    need("department_id", Id),
    need("store_id", Id),
    need("code", Str),
    need("name", Str),
    need("prefix", Str),
    version(),
)
person = table(
    "person",
    "register",
    id_key(),
    need("store_id", Id),
    need("department_id", Id),
    need("full_name", Str),
    need("short_name", Str),
    need("level", Int),
    need("language", Str),
    need("active", Flag),
    may("badge", Str),
    version(),
)
"""``badge`` is what a scanner reads from the person's badge: it names, the PIN proves."""

person_role = table(
    "person_role",
    "register",
    need("id", Id, primary_key=True),
    need("person_id", Id),
    need("store_id", Id),
    need("role", Str),
    need("active", Flag),
    version(),
    Index("ix_person_role_person_id", "person_id"),
)
setting = table(
    "setting",
    "register",
    id_key(),
    need("scope_kind", Str),
    may("scope_id", Id),
    need("key", Str),
    need("value", Json),
    version(),
)
credential = table(
    "credential",
    "local",
    need("person_id", Id, primary_key=True),
    need("pin_ver", Int),
    need("failures", Int, server_default=ZERO),
    need("locked_until", Int, server_default=ZERO),
)
"""Failures with one PIN (its ``ver``) at this counter; a new PIN begins anew.

They are counted in the same transaction as the try, so neither restart nor clock resets them.
"""

session = table(
    "session",
    "local",
    id_key(),
    need("person_id", Id),
    need("opened_at", Int),
    need("method", Str),
    may("closed_at", Int),
)
access = table(
    "access",
    "fact",
    id_key(),
    need("counter_id", Id),
    need("made_at", Int),
    need("person_id", Id),
    need("session_id", Id),
    may("customer_id", Id),
    need("field_group", Str),
    need("reason", Str),
    may("cards", Int),
    Index("ix_access_customer_id", "customer_id", "made_at"),
)
"""A look at one customer; without one it is an act on a whole list, and ``cards`` says how many it was of."""
