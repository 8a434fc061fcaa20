"""The triggers of erasure: a tombstone takes a person's rows away, and none comes back whoever brings it.

They stand in the database, so that no path of writing (act, import, feed, snapshot, restored file) can pass them by.
What is personal follows from the schema: every register that has a ``customer_id``, and the card itself.
"""

from __future__ import annotations

from sqlalchemy import Column, Table

from crosssell_desktop.store.schema.base import metadata

KEPT_LOCAL = frozenset({"basket", "swept"})
"""Tables of this file with a customer that are not deleted: a receipt in the making stays, without the person."""
WITH_TERM = frozenset({("access", "DELETE")})
"""Facts that are kept for a term only."""
TERM_NOT_OVER = "WHEN OLD.made_at >= (SELECT coalesce(max(r.upto), 0) FROM retired r WHERE r.entity = 'access') "
CARD_STAYS = {"kind": "person", "language": "ru", "status": "erased"}
"""What an erased card says; every other word of it is empty."""
ERASED_VER = "NEW.made_at * 65536"
"""The version of an erased card: the same at both ends, whatever edits each had seen."""


def personal_registers() -> list[Table]:
    """Return the registers whose rows belong to a customer, in one order."""
    return [t for t in metadata.sorted_tables if t.info["kind"] == "register" and "customer_id" in t.columns]


def personal_names() -> list[str]:
    """Return the travelling tables that hold personal data: the card and what belongs to it."""
    return ["customer", *(t.name for t in personal_registers())]


def register_names() -> list[str]:
    """Return every register that travels: what an operation carries beside facts."""
    return [t.name for t in metadata.sorted_tables if t.info["kind"] == "register"]


def _local_tables() -> list[Table]:
    return [
        t
        for t in metadata.sorted_tables
        if t.info["kind"] == "local" and "customer_id" in t.columns and t.name not in KEPT_LOCAL
    ]


def blank_card(key: str, ver: str) -> tuple[list[str], list[str]]:
    """Return columns and values of an erased card, as SQL; ``key`` and ``ver`` are expressions."""
    columns = [c for c in metadata.tables["customer"].columns if c.name != "no"]
    return [f'"{c.name}"' for c in columns], [_blank(c, key, ver) for c in columns]


def _blank(column: Column[object], key: str, ver: str) -> str:
    if column.name in {"id", "ver"}:
        return key if column.name == "id" else ver
    if column.name in CARD_STAYS:
        return f"'{CARD_STAYS[column.name]}'"
    if column.nullable:
        return "NULL"
    return "0" if type(column.type).__name__ in {"Int", "Flag"} else "''"


def upsert_blank(table: str, key: str, ver: str) -> str:
    """Return the statement that makes a card blank, whether it was known here or not."""
    names, values = blank_card(key, ver)
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name != '"id"')
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(values)}) "  # noqa: S608  # names of our own metadata
        f"ON CONFLICT (id) DO UPDATE SET {sets}"
    )


def counter_statements() -> list[str]:
    """Return the triggers of a counter's file."""
    acts = [f'DELETE FROM "{t.name}" WHERE customer_id = NEW.customer_id' for t in personal_registers()]  # noqa: S608  # the same
    acts += [f'DELETE FROM "{t.name}" WHERE customer_id = NEW.customer_id' for t in _local_tables()]  # noqa: S608  # the same
    acts += [
        "DELETE FROM external_ref WHERE entity = 'customer' AND id = NEW.customer_id",
        "UPDATE basket SET customer_id = NULL, label = '' WHERE customer_id = NEW.customer_id",
        upsert_blank("customer", "NEW.customer_id", ERASED_VER),
        "INSERT OR IGNORE INTO tombstone_key (hash) SELECT value FROM json_each(NEW.keys)",
    ]
    known = "EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.{})"
    made = [f"CREATE TRIGGER tombstone_erases AFTER INSERT ON tombstone BEGIN {'; '.join(acts)}; END"]
    made += [
        f'CREATE TRIGGER {table.name}_keeps_out BEFORE INSERT ON "{table.name}" '
        f"WHEN {known.format('customer_id')} BEGIN SELECT RAISE(IGNORE); END"
        for table in personal_registers()
    ]
    # An edit of one field says nothing of the status, so what is erased already takes no edit at all.
    revives = "NEW.status <> 'erased'"
    made += [
        f"CREATE TRIGGER customer_keeps_out_{act.lower()} BEFORE {act} ON customer "
        f"WHEN {when} AND {known.format('id')} BEGIN SELECT RAISE(IGNORE); END"
        for act, when in (("INSERT", revives), ("UPDATE", f"(OLD.status = 'erased' OR {revives})"))
    ]
    return made
