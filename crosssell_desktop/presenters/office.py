"""The pages of the Office as data: which there are, and what opens each.

Law: a page is one line here and one ``add_page`` in the composition root; who may not see a page has not got it.
"""

from __future__ import annotations

from dataclasses import dataclass

from crosssell_desktop.domain.access import Act, Session, may
from crosssell_desktop.domain.text import N_


@dataclass(frozen=True, slots=True)
class OfficePage:
    """One page: its key, its title, its icon, and the act that opens it."""

    key: str
    title: str
    icon: str
    act: Act


PAGES: tuple[OfficePage, ...] = (
    OfficePage("exchange", N_("Exchange"), "sync_ok", Act.MANAGE_EXCHANGE),
    OfficePage("staff", N_("Staff"), "people", Act.SEE_STAFF),
    OfficePage("rota", N_("Rota"), "clock", Act.SEE_STAFF),
    OfficePage("places", N_("Departments and counters"), "office", Act.MANAGE_PLACES),
    OfficePage("lists", N_("Lists"), "plus", Act.IMPORT_LISTS),
    OfficePage("matching", N_("Who is who"), "people", Act.APPROVE_MERGE),
    OfficePage("forecast", N_("Forecast"), "clock", Act.SEE_FORECAST_TEST),
    OfficePage("product_events", N_("Product events"), "warning", Act.MANAGE_CATALOGUE),
    OfficePage("people_data", N_("People's data"), "people", Act.SEE_STORE_LOG),
)
"""In the order of their tabs."""

BY_KEY: dict[str, OfficePage] = {page.key: page for page in PAGES}


def pages_of(session: Session | None) -> tuple[str, ...]:
    """Return the keys of the pages a person's level opens, in order; none opens the Office for nobody."""
    return () if session is None else tuple(page.key for page in PAGES if may(session, page.act))
