"""Business settings by scope: counter before department before store before company (A19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.store.schema.places import setting

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SCOPES = ("counter", "department", "store", "company")


def resolved(connection: Connection, scope_ids: dict[str, UUID | None]) -> dict[str, Any]:
    """Return every setting with the value of its nearest scope."""
    found: dict[str, Any] = {}
    rows = connection.execute(select(setting)).all()
    for scope in reversed(SCOPES):
        for row in rows:
            if row.scope_kind == scope and (scope == "company" or row.scope_id == scope_ids.get(scope)):
                found[row.key] = row.value
    return found


def company_row(key: str, value: Any, ver: int) -> dict[str, Any]:
    """Return the row of a company-wide value, to be recorded."""
    return {
        "id": named_id("setting", f"company/{key}"),
        "scope_kind": "company",
        "scope_id": None,
        "key": key,
        "value": value,
        "ver": ver,
    }
