"""Asks about many ids in one statement whose text is always the same, so that the driver keeps it prepared.

Law: for loops that run for every row of an import; elsewhere SQLAlchemy's ``in_`` says the same more plainly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

AMONG = "(SELECT unhex(value) FROM json_each(?))"
"""Follows ``IN`` and takes :func:`hexed`."""

EACH = "json_each(?) AS j CROSS JOIN"
"""Begins a FROM that looks up each of :func:`hexed` ids, ``ON x.id = unhex(j.value)``, in no other order."""


def hexed(ids: Iterable[bytes]) -> str:
    """Return ids as one value of a statement."""
    return json.dumps([id_.hex() for id_ in ids])


def ask(connection: Connection, statement: str, *values: object) -> list[Any]:
    """Return the rows of a driver's statement, untyped: ids are bytes."""
    return list(connection.exec_driver_sql(statement, values).all())
