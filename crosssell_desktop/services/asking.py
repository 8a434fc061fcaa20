"""Questions from outside: one ranking at a time, with or without gates, each with its figures and its time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosssell_desktop.domain.basket import Item
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId, ProductId, StoreId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.business import business
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.offers import freeze
from crosssell_desktop.store import unit
from crosssell_desktop.store.queries import audit, items, outside_keys, suggest_facts
from crosssell_desktop.store.unit import Connection
from crosssell_desktop.suggest.evidence.co_purchase import assess
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.rank import RankedList, plain_evidence, rank, rank_learned
from crosssell_desktop.suggest.snapshot import RankSettings

MOST = 200


@dataclass(frozen=True, slots=True)
class Question:
    """One question: SKUs, a customer's key, a store's code, an ISO time, and how many."""

    core: str | None
    basket: tuple[str, ...] = ()
    customer: str | None = None
    store: str | None = None
    at: str | None = None
    k: int = 3


def question_of(body: object) -> Question:
    """Read a question from a JSON object.

    Raises:
        ValueError, TypeError: naming what is wrong with it.
    """
    if not isinstance(body, Mapping):
        msg = "not a JSON object"
        raise TypeError(msg)
    k = body.get("k", 3)
    if not isinstance(k, int) or not 1 <= k <= MOST:
        msg = f"k is a whole number from 1 to {MOST}"
        raise ValueError(msg)
    basket = body.get("basket") or []
    if not isinstance(basket, list):
        msg = "basket is a list of SKUs"
        raise TypeError(msg)
    core = body.get("core")
    if core is None and not basket:
        msg = "neither core nor basket"
        raise ValueError(msg)
    at = body.get("at")
    if at is not None:
        dt.datetime.fromisoformat(str(at))
    return Question(
        core=None if core is None else str(core),
        basket=tuple(str(sku) for sku in basket),
        customer=None if body.get("customer") is None else str(body["customer"]),
        store=None if body.get("store") is None else str(body["store"]),
        at=None if at is None else str(at),
        k=k,
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking with all gates, and what is needed to say it."""

    ranked: RankedList
    names: Mapping[ProductId, Item]
    ms: float
    as_of: str | None
    """The day it was asked for, when that is not today."""


class Asker:
    """Answers questions over one open profile; keys and histories are looked up once."""

    def __init__(self, desk: Desk, *, with_gates: bool) -> None:
        self._desk = desk
        self._with_gates = with_gates
        self._products: dict[str, ProductId | None] = {}
        self._customers: dict[str, CustomerId | None] = {}
        self._stores: dict[str, StoreId | None] = {}
        self._histories: dict[CustomerId, OwnHistory] = {}

    def answer(self, question: Question, *, why: bool) -> dict[str, Any]:
        """Return ``items`` with SKU, score, relation and evidence, and the milliseconds of the ranking.

        Raises:
            Refusal: ``unknown_core``, ``no_such_customer``, ``nothing_learned``.
        """
        started = time.perf_counter()
        answer = self._gated(question, why=why) if self._with_gates else self._learned(question)
        answer.setdefault("ms", round((time.perf_counter() - started) * 1000, 3))
        return answer

    def _learned(self, question: Question) -> dict[str, Any]:
        model = self._desk.model
        if model is None or len(model) == 0:
            raise Refusal(
                "nothing_learned", Text(N_("Nothing has been learned in this profile yet: run «crosssell learn»."))
            )
        with self._desk.look() as connection:
            skus = ([] if question.core is None else [question.core]) + list(question.basket)
            basket = [p for sku in skus if (p := self._product(connection, sku)) is not None]
            customer = self._customer(connection, question.customer)
            store = self._store(connection, question.store)
            history = None
            if customer is not None:
                history = self._histories.get(customer)
                if history is None:
                    view = suggest_facts.own_baskets(connection, customer)
                    history = self._histories[customer] = OwnHistory.of(view, model)
        if not basket:
            raise Refusal("unknown_core", Text(N_("The product {sku} is not in the catalogue."), {"sku": skus[0]}))
        day = None if question.at is None else _day(question.at)
        model.warm(store)
        if history is not None:  # a counter works both out when it opens the model and the customer
            history.on(model.last_day if day is None else day)
        started = time.perf_counter()
        found = rank_learned(model, basket, question.k, history, store, day=day)
        ms = (time.perf_counter() - started) * 1000
        core = model.index(basket[0])
        return {
            "items": [
                {
                    "sku": one.sku,
                    "score": one.score / 1e9,
                    "relation": "learned",
                    "evidence": _pair_figures(model, core, model.index(one.product)),
                }
                for one in found
            ],
            "ms": round(ms, 3),
        }

    def ranked(self, question: Question) -> Ranked:
        """Return the ranking with all gates.

        Raises:
            Refusal: ``unknown_core``, ``no_such_customer``.
        """
        desk = self._desk
        with desk.look() as connection:
            skus = [*question.basket]
            core_sku = question.core
            if core_sku is None:
                core_sku, skus = skus[0], skus[1:]
            core = self._product(connection, core_sku)
            if core is None:
                raise Refusal("unknown_core", Text(N_("The product {sku} is not in the catalogue."), {"sku": core_sku}))
            others = tuple(p for sku in skus if (p := self._product(connection, sku)) is not None)
            customer = self._customer(connection, question.customer)
            store = self._store(connection, question.store)
            me = unit.me_of(connection)
            now, as_of = self._moment(connection, question)
            settings = business(connection, me)
            snapshot = freeze(
                connection,
                desk,
                settings,
                core=core,
                basket=others,
                receipt_total_minor=0,
                customer_id=customer,
                situation="",
                care_mode=False,
                budget_cap_minor=None,
                now_ms=now,
            )
            names = items.items_by_id(connection, [g.product for g in snapshot.goods], now)
        if store is not None:
            snapshot = dataclasses.replace(snapshot, store=store)
        started = time.perf_counter()
        ranked = rank(snapshot, desk.model, question.k)
        return Ranked(ranked, names, (time.perf_counter() - started) * 1000, as_of)

    def _gated(self, question: Question, *, why: bool) -> dict[str, Any]:
        found = self.ranked(question)
        ranked, names = found.ranked, found.names
        explained: dict[str, Any] = ranked.why()
        answer: dict[str, Any] = {
            "items": [
                {
                    "sku": s.sku,
                    "name": names[s.product].name_ru if s.product in names else s.name,
                    "score": s.score / 1e6,
                    "relation": s.relation.value if s.relation else s.reason.value,
                    "reason": s.reason.value,
                    "price_minor": s.price_minor,
                    "evidence": [plain_evidence(e) for e in s.evidence],
                }
                for s in ranked.suggestions
            ],
            "ms": round(found.ms, 3),
            "diagnosis": explained["diagnosis"],
        }
        if found.as_of is not None:
            answer["as_of"] = found.as_of
        if why:
            answer["why"] = explained
        return answer

    def _moment(self, connection: Connection, question: Question) -> tuple[int, str | None]:
        """Return when the question is asked; a profile that only holds old receipts is asked on the day after them.

        Evidence grows old: today nothing that was learned from last year's receipts may be shown. The second
        value says the day in words when it is not today.
        """
        if question.at is not None:
            return _ms(question.at), None
        now = self._desk.clock.now_ms()
        model = self._desk.model
        valid_days = business(connection, self._desk.me).number("evidence.valid_days")
        if model is None or not len(model) or now // DAY_MS - model.last_day <= valid_days:
            return now, None
        if audit.figures(connection).sales:
            return now, None
        day = model.last_day + 1
        return day * DAY_MS, (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat()

    def _product(self, connection: unit.Connection, sku: str) -> ProductId | None:
        if sku not in self._products:
            self._products[sku] = outside_keys.product_by_sku(connection, sku)
        return self._products[sku]

    def _customer(self, connection: unit.Connection, key: str | None) -> CustomerId | None:
        if key is None:
            return None
        if key not in self._customers:
            self._customers[key] = outside_keys.customer_by_key(connection, key)
        found = self._customers[key]
        if found is None:
            raise Refusal("no_such_customer", Text(N_("There is no customer {key}."), {"key": key}))
        return found

    def _store(self, connection: unit.Connection, code: str | None) -> StoreId | None:
        if code is None:
            return None
        if code not in self._stores:
            self._stores[code] = outside_keys.store_by_code(connection, code)
        return self._stores[code]


def _pair_figures(model: Model, core: int, item: int) -> list[dict[str, Any]]:
    """Return what the learned counts say of a pair, however little: for evaluation, where no gate asks for more."""
    pair = model.pair(core, item) if core >= 0 and item >= 0 else None
    if pair is None:
        return []
    figures = assess(pair, RankSettings())
    return [
        {
            "kind": "E2",
            "hits": figures.joint,
            "n": figures.n,
            "share_bps": figures.share_bps,
            "low_bps": figures.low_bps,
            "high_bps": figures.high_bps,
            "lift_bps": figures.lift_bps,
            "period_days": pair.window_days,
        }
    ]


def _ms(at: str) -> int:
    moment = dt.datetime.fromisoformat(at)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return int(moment.timestamp() * 1000)


def _day(at: str) -> int:
    return _ms(at) // DAY_MS
