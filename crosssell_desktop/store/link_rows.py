"""Keeps what enrolment gave this counter to reach the centre with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from crosssell_desktop.store.schema.exchange import link

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class KeptLink:
    """The way to the centre as it is kept."""

    host: str
    port: int
    dbname: str
    role: str
    password: str = field(repr=False)
    tls: str = "verify-full"
    root_cert: str = ""
    office: bool = False
    """Master data written here go to all; a counter only hears them."""


def keep_link(connection: Connection, kept: KeptLink) -> None:
    """Keep or replace the way to the centre."""
    values = {name: getattr(kept, name) for name in KeptLink.__slots__}
    statement = insert(link).values(one=1, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[link.c.one], set_=values))


def kept_link(connection: Connection) -> KeptLink | None:
    """Return the way to the centre, None before enrolment."""
    row = connection.execute(select(link)).first()
    if row is None:
        return None
    return KeptLink(row.host, row.port, row.dbname, row.role, row.password, row.tls, row.root_cert, row.office)
