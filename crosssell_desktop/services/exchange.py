"""How this counter stands with the centre, in figures for the sync strip."""

from __future__ import annotations

from dataclasses import dataclass

from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.queries import report_facts


@dataclass(frozen=True, slots=True)
class Standing:
    """What is unsent and since when, and when the centre last answered."""

    unsent: int
    oldest_at: int | None
    last_at: int | None
    quarantined: int
    last_error: str


def standing(desk: Desk) -> Standing:
    """Return the figures of the sync strip."""
    with desk.look() as connection:
        figures = report_facts.exchange_figures(connection)
    return Standing(
        unsent=figures.unsent,
        oldest_at=figures.oldest_unsent_at,
        last_at=figures.last_good_at,
        quarantined=figures.quarantined,
        last_error=figures.last_error,
    )
