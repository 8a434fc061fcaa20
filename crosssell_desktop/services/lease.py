"""Whether customers' data may be read at this counter now (ruling 7), for screens and for every act that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import lease_rows
from crosssell_desktop.store.lease_rows import Standing

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection


def standing(desk: Desk) -> Standing:
    """Return how far the lease has run."""
    with desk.look() as connection:
        return lease_rows.standing(connection, desk.clock.now_ms())


def is_closed(connection: Connection, desk: Desk) -> bool:
    """Say whether nobody may be shown."""
    return lease_rows.standing(connection, desk.clock.now_ms()).stage.is_closed


def require_open(connection: Connection, desk: Desk) -> None:
    """Refuse to show anybody while the lease is over.

    Raises:
        Refusal: ``people_locked``.
    """
    lease_rows.require_open(connection, desk.clock.now_ms())
