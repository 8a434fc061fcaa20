"""What a customer will probably buy next: on the card with consent to be profiled, and how far it came true (A44)."""

from __future__ import annotations

import itertools
from dataclasses import replace

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import suggest_rows
from crosssell_desktop.store.queries import items, suggest_facts
from crosssell_desktop.store.queries.card import Card, Expected
from crosssell_desktop.suggest.backtest import Backtest, backtest
from crosssell_desktop.suggest.forecast import forecast
from crosssell_desktop.suggest.history import OwnHistory


def with_forecast(desk: Desk, card: Card) -> Card:
    """Return the card with the likeliest products of the next visit and the number of visits they rest on.

    Under twenty visits nothing is foreseen; without consent, or before anything was learned, there is no forecast
    at all.
    """
    model = desk.model
    if model is None or "profiling" not in card.consents:
        return card
    now_ms = desk.clock.now_ms()
    with desk.look() as connection:
        history = OwnHistory.of(suggest_facts.own_baskets(connection, card.id), model)
        found = forecast(model, history, desk.me.store_id, now_ms // DAY_MS)
        sold = items.items_by_id(connection, [one.product for one in found.foreseen], now_ms)
    return replace(
        card,
        forecast_visits=found.n,
        forecast=tuple(
            Expected(one.product, sold[one.product].name_ru, sold[one.product].name_en, one.p_bps, one.times)
            for one in found.foreseen
            if one.product in sold
        ),
    )


def held_against_the_past(desk: Desk, session: Session) -> Backtest:
    """Return how the forecast would have done in the last six weeks of this profile; belongs off the screen's thread.

    Sums over customers only: nobody's forecast is told.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.SEE_FORECAST_TEST)
    with desk.look() as connection:
        catalogue = suggest_rows.learn_catalogue(connection, desk.me.store_id)
        own_store = suggest_rows.store_number(connection, desk.me.store_id)
        chunks = itertools.chain(suggest_rows.history_lines(connection), suggest_rows.sale_lines(connection, own_store))
        return backtest(chunks, catalogue)
