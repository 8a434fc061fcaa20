"""Where this counter stands and who everybody is, in words."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import people


def place(desk: Desk) -> people.Place:
    """Return where this counter stands.

    Raises:
        Refusal: ``no_place`` while the centre has not told it.
    """
    with desk.look() as connection:
        found = people.place_of(connection, desk.me.counter_id)
    if found is None:
        raise Refusal(
            "no_place", Text(N_("This counter does not know its shop yet: let it exchange with the centre once."))
        )
    return found


def utc_offset_minutes(desk: Desk) -> int:
    """Return how far the shop's clock is from UTC now, in minutes."""
    with desk.look() as connection:
        found = people.place_of(connection, desk.me.counter_id)
    if found is None:
        return 0
    offset = dt.datetime.fromtimestamp(desk.clock.now_ms() / 1000, ZoneInfo(found.time_zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def short_names(desk: Desk) -> dict[PersonId, str]:
    """Return everybody's short name, the dismissed too."""
    with desk.look() as connection:
        return people.short_names(connection)


def names_by_uuid(desk: Desk) -> dict[UUID, str]:
    """Return everybody's short name by bare id, for what keeps authors without saying they are people."""
    return {UUID(int=person.int): name for person, name in short_names(desk).items()}
