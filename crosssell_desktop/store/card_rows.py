"""Rows of the card as they are edited: each field has a clock of its own, so two counters edit beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.fields import edited
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.store import field_rows
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.catalogue import category, product
from crosssell_desktop.store.schema.customers import customer_field_lost

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from crosssell_desktop.store.unit import Unit


def row_of(connection: Connection, name: str, id_: UUID) -> dict[str, Any] | None:
    """Return a row of the card as it travels; None when it is not here."""
    return field_rows.row_of(connection, metadata.tables[name], id_)


def put(work: Unit, name: str, id_: UUID, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the row with these values: an edit of the one that is here, a new one else; None when nothing changes."""
    kept = row_of(work.connection, name, id_)
    if kept is None:
        stamps = {"stamps": None} if "stamps" in metadata.tables[name].columns else {}
        return {"id": id_, **values, **stamps, "ver": work.tick()}
    changes = {field: value for field, value in values.items() if kept[field] != value}
    return edited(kept, changes, work.tick(), work.me.counter_id) if changes else None


def one_of(customer_id: UUID, name: str) -> UUID:
    """Return the fixed id of a row that a customer has once in a table."""
    return named_id(name, str(customer_id))


def linked(organisation_id: UUID, customer_id: UUID) -> UUID:
    """Return the fixed id of a person's role in an organisation."""
    return named_id("org_contact", f"{organisation_id}\x1f{customer_id}")


def lost_value(connection: Connection, id_: UUID) -> tuple[str, UUID, str, Any] | None:
    """Return what lost: table, row, field and value."""
    c = customer_field_lost.c
    row = connection.execute(select(c.entity, c.row_id, c.field, c.value).where(c.id == id_)).first()
    return None if row is None else (row.entity, row.row_id, row.field, row.value)


def types_named(connection: Connection, types: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return those of some types of products that the shop has, each with its category's name in both languages."""
    rows = connection.execute(
        select(product.c.product_type, category.c.name_ru, category.c.name_en)
        .join(category, category.c.id == product.c.category_id)
        .where(product.c.product_type.in_(types), product.c.archived == 0)
        .distinct()
        .order_by(product.c.product_type, category.c.name_ru)
    )
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        found.setdefault(row.product_type, (row.name_ru, row.name_en))
    return {kind: found[kind] for kind in types if kind in found}


def written(work: Unit, row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with these fields written anew, also where they say the same: it is a word on what they say."""
    return edited(row, values, work.tick(), work.me.counter_id)
