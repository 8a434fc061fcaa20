"""What a customer will probably buy next, on the card: only with consent to be profiled (A44)."""

from __future__ import annotations

from dataclasses import replace

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.queries import items, suggest_facts
from crosssell_desktop.store.queries.card import Card, Expected
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
