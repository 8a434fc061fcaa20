"""This counter's identity, the outbox, the chain, and what the pull needs to remember."""

from __future__ import annotations

from sqlalchemy import Column, Integer, PrimaryKeyConstraint

from crosssell_desktop.store.schema.base import ZERO, Flag, Id, Int, Json, Str, id_key, may, need, table

me = table(
    "me",
    "local",
    Column("one", Integer, primary_key=True),
    need("counter_id", Id),
    need("department_id", Id),
    need("store_id", Id),
    need("prefix", Str),
    need("incarnation", Id),
    need("epoch", Str),
    need("proto", Int),
    need("hlc", Int),
    need("receipt_no", Int),
    need("return_no", Int),
    need("shift_no", Int),
    need("salt", Str),
)
"""Exactly one row, ``one`` = 1; ``hlc`` and the human numbers move inside the transaction that uses them."""

link = table(
    "link",
    "local",
    Column("one", Integer, primary_key=True),
    need("host", Str),
    need("port", Int),
    need("dbname", Str),
    need("role", Str),
    need("password", Str),
    need("tls", Str),
    need("root_cert", Str),
    need("office", Flag, server_default=ZERO),
)
"""How to reach the centre, as enrolment gave it, and whether it takes master data from here.

The file is encrypted, so the password is nowhere in the clear.
"""

outbox = table(
    "outbox",
    "local",
    Column("seq", Integer, primary_key=True, autoincrement=True),
    need("op_id", Id, unique=True),
    need("kind", Str),
    need("schema_v", Int),
    need("body", Str),
    need("hash", Str),
    need("hlc", Int),
    need("made_at", Int),
    need("acked", Int, server_default=ZERO),
    may("salt", Str),
)
"""``salt`` hides what the hash says of registers (``journal.op_hash``); erasure leaves their digest in its place.

Dense per incarnation: rows are appended in the transaction of their fact and never ignored on conflict."""

chain = table(
    "chain",
    "local",
    Column("no", Integer, primary_key=True, autoincrement=True),
    need("op_id", Id, unique=True),
    need("fact_hash", Str),
    need("head", Str),
)
cursor = table("cursor", "local", need("stream", Str, primary_key=True), need("token", Str), need("moved_at", Int))
skipped_entity = table("skipped_entity", "local", need("entity", Str, primary_key=True), need("first_token", Str))
quarantine_down = table(
    "quarantine_down",
    "local",
    id_key(),
    need("token", Str),
    need("entity", Str),
    need("pk", Str),
    need("body", Json),
    need("error", Str),
    need("at", Int),
)
quarantine_up = table(
    "quarantine_up",
    "local",
    need("incarnation", Id),
    need("seq", Int),
    need("error", Str),
    need("at", Int),
    may("resent_as", Id),
    PrimaryKeyConstraint("incarnation", "seq"),
)
only_here = table(
    "only_here",
    "local",
    need("entity", Str),
    need("pk", Id),
    need("ver", Int),
    may("body", Json),
    need("at", Int),
    PrimaryKeyConstraint("entity", "pk", "ver"),
)
"""What the centre has lost by being put back and nobody sends again; ``body`` keeps a version that gave way."""

sync_log = table(
    "sync_log",
    "local",
    Column("no", Integer, primary_key=True, autoincrement=True),
    need("at", Int),
    need("result", Str),
    need("pushed", Int),
    need("pulled", Int),
    need("ms", Int),
    may("error", Str),
)
run_log = table(
    "run_log",
    "local",
    Column("no", Integer, primary_key=True, autoincrement=True),
    need("at", Int),
    need("what", Str),
    need("detail", Json),
)
