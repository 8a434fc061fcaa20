"""Staff: dismissals, PINs that every counter of a store can check, the rota with worked hours, visitor counts."""

from __future__ import annotations

from sqlalchemy import Index

from crosssell_desktop.store.schema.base import ZERO, Flag, Id, Int, Str, id_key, may, need, table, version

dismissal = table(
    "dismissal",
    "fact",
    id_key(),
    need("counter_id", Id),
    need("made_at", Int),
    need("by_person_id", Id),
    need("session_id", Id),
    need("person_id", Id),
    need("event", Str),
    may("lifts", Id),
    need("reason", Str),
    Index("ix_dismissal_person_id", "person_id"),
)
"""``event`` dismissed|taken_back; ``lifts`` is the dismissal that a return to work ends, and no other.

A fact of its own: an edit of the person made meanwhile at another office cannot bring anybody back, and it does not
wait where changes of staff are held back to be published.
"""

person_pin = table(
    "person_pin",
    "register",
    id_key(),
    need("person_id", Id),
    need("store_id", Id),
    need("kind", Str),
    need("key_id", Id),
    need("verifier", Str),
    need("one_time", Flag),
    need("valid_until", Int),
    need("set_at", Int),
    may("set_by", Id),
    version(),
    Index("ix_person_pin_person_id", "person_id"),
)
"""``kind`` pin|password; ``verifier`` is Argon2id over an HMAC with the store's PIN key ``key_id``.

``one_time`` must be changed at the first log-in, and counts until ``valid_until`` (0 is for ever).
"""

pin_door = table(
    "pin_door",
    "register",
    id_key(),
    need("counter_id", Id),
    need("store_id", Id),
    need("public_key", Str),
    version(),
)
"""What a counter is to be sealed to: its public key (X25519, hex)."""

pin_key = table(
    "pin_key",
    "register",
    id_key(),
    need("key_id", Id),
    need("for_counter_id", Id),
    need("for_public_key", Str),
    need("sealed", Str),
    version(),
)
"""A PIN key of the store, sealed for one counter; the centre carries it and cannot read it."""

pin_secret = table(
    "pin_secret", "local", need("key_id", Id, primary_key=True), need("secret", Str), need("made_at", Int)
)
"""The PIN keys this counter can use; they leave the encrypted file sealed only."""

rota = table(
    "rota",
    "register",
    id_key(),
    need("store_id", Id),
    may("person_id", Id),
    need("who", Str),
    need("day", Str),
    may("starts_at", Int),
    need("planned_minutes", Int, server_default=ZERO),
    may("worked_minutes", Int),
    need("source", Str),
    version(),
    Index("ix_rota_day", "store_id", "day"),
)
"""A person's day: ``day`` YYYY-MM-DD, ``starts_at`` minutes after midnight, ``worked_minutes`` empty until told.

``person_id`` is empty where the name on the rota has no account (A38).
"""

visitor_count = table(
    "visitor_count",
    "register",
    id_key(),
    need("store_id", Id),
    need("day", Str),
    need("hour", Int),
    need("visitors", Int),
    need("source", Str),
    version(),
    Index("ix_visitor_count_day", "store_id", "day"),
)
"""How many came in within an hour of the shop's own clock (0 to 23)."""
