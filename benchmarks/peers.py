"""The methods of other libraries on the same questions: each is optional and said aloud when it is not there.

implicit (BM25 over baskets), LensKit (item k-NN), mlxtend (association rules), EASE^R (numpy) over products and over
types, and LightGBM's LambdaMART over the traits of our first look: the ceiling a big model reaches.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.bench import Answers, Bench, learned
from benchmarks.journey import Case, best_sellers, cases, good_products, is_novel
from crosssell_desktop.suggest.arrays import F64, I32, I64, AnyArray, Bools
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.relevance import NOVEL, SCORE, Question, first_look
from crosssell_desktop.suggest.second_look import first_places
from crosssell_desktop.suggest.traits import traits

_K = 10
_LOOKED_AT = 100
_EASE_THINGS = 4_000
"""EASE^R inverts a dense matrix: the best-selling products only."""
_EASE_PENALTY = 300.0
_RULE_SUPPORT = 0.001


def methods(
    bench: Bench, say: Callable[[str], object], only: Collection[str] = ()
) -> dict[str, tuple[Answers, dict[str, float]]]:
    """Return the peers that can run here (of ``only``, when given), learned, each with the seconds that took."""
    made: dict[str, tuple[Answers, dict[str, float]]] = {}
    makers: dict[str, tuple[str, Callable[[Bench], Answers]]] = {
        "EASE^R, products": ("numpy", ease_of_products),
        "EASE^R, types": ("numpy", ease_of_types),
        "implicit BM25": ("implicit", implicit_bm25),
        "mlxtend rules": ("mlxtend", mlxtend_rules),
        "LensKit ItemKNN": ("lenskit", lenskit_items),
        "LightGBM LambdaMART": ("lightgbm", lambdamart),
    }
    for name, (library, maker) in makers.items():
        if only and name not in only:
            continue
        if importlib.util.find_spec(library) is None:
            say(f"{name}: left out, {library} is not installed")
            continue
        started = time.perf_counter()
        method = maker(bench)
        made[name] = method, {"learn_s": round(time.perf_counter() - started, 2)}
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Scores by a matrix of thing to thing: a basket's rows are added up; the rest is filled up by popularity."""

    bench: Bench
    weights: Any
    """(things, things), rows are what is in the basket; sparse or dense."""
    thing_of: I64
    """Thing of each product, -1 for products the matrix does not know."""
    share: F64
    """What of its thing's score a product takes (1 for products, its share of the type for types)."""

    def ranked(self, case: Case, had: OwnHistory, good: Bools, count: int, *, new: bool) -> I32 | I64:
        """Return the best among the good."""
        del had, new
        model = self.bench.model
        things = self.thing_of[np.array(case.shown)]
        things = things[things >= 0]
        row = np.asarray(self.weights[things].sum(axis=0)).ravel() if len(things) else np.zeros(self.weights.shape[1])
        view = model.store_view(self.bench.stores[case.store])
        pool = (row > 0)[self.thing_of] & (self.thing_of >= 0) & good
        pool[view.by_popularity[good[view.by_popularity]][:count]] = True  # the list is filled up by popularity
        places = np.flatnonzero(pool)
        things = self.thing_of[places]
        score = np.where(things >= 0, np.maximum(row[things], 0.0), 0.0) * self.share[places]
        score += 1e-6 * view.popularity[places]
        if len(places) > count:
            kept = score >= np.partition(score, len(score) - count)[len(score) - count]
            places, score = places[kept], score[kept]
        return places[np.argsort(-score, kind="stable")[:count]].astype(np.int64)


def baskets(bench: Bench, things: I64) -> sparse.csr_matrix:
    """Return the training receipts as rows over things, one where it is bought."""
    lines = bench.data.lines
    receipt = np.unique(lines.receipt_no[bench.trained], return_inverse=True)[1]
    thing = things[bench.index[bench.trained]]
    kept = thing >= 0
    shape = (int(receipt.max()) + 1, int(things.max()) + 1)
    matrix = sparse.csr_matrix((np.ones(int(kept.sum()), np.float32), (receipt[kept], thing[kept])), shape=shape)
    matrix.data[:] = 1.0
    return matrix


def ease(rows: sparse.csr_matrix, penalty: float) -> AnyArray:
    """Return EASE^R's weights (H. Steck, 2019): B = I - P / diag(P), P the inverse of the penalised Gram matrix."""
    gram = np.asarray((rows.T @ rows).todense(), np.float64)
    gram[np.diag_indices_from(gram)] += penalty
    inverse = np.linalg.inv(gram)
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights.astype(np.float32)


def ease_of_products(bench: Bench) -> Answers:
    """EASE^R over the best-selling products."""
    thing_of = np.full(len(bench.model), -1, np.int64)
    best = np.argsort(-bench.model.support, kind="stable")[:_EASE_THINGS]
    thing_of[best] = np.arange(len(best))
    return Matrix(bench, ease(baskets(bench, thing_of), _EASE_PENALTY), thing_of, np.ones(len(thing_of)))


def ease_of_types(bench: Bench) -> Answers:
    """EASE^R over product types; a product takes its share of its type."""
    model = bench.model
    thing_of = model.type_of.astype(np.int64)
    share = model.support / np.maximum(model.type_support[model.type_of], 1)
    # Every type keeps a place of its own: its best seller stands for it.
    first = best_sellers(model)
    lone = np.full(len(thing_of), 1e-3)
    lone[first] = 1.0
    return Matrix(bench, ease(baskets(bench, thing_of), _EASE_PENALTY), thing_of, lone * (0.5 + 0.5 * share))


def implicit_bm25(bench: Bench) -> Answers:
    """Implicit's BM25 neighbours over receipts."""
    from implicit.nearest_neighbours import BM25Recommender  # noqa: PLC0415

    thing_of = np.arange(len(bench.model))
    recommender = BM25Recommender(K=60, num_threads=2)
    recommender.fit(baskets(bench, thing_of), show_progress=False)
    return Matrix(bench, recommender.similarity, thing_of, np.ones(len(thing_of)))


def mlxtend_rules(bench: Bench) -> Answers:
    """Mlxtend's pair rules at 0.1 % support, weighed by confidence."""
    import pandas as pd  # noqa: PLC0415
    from mlxtend.frequent_patterns import association_rules, fpgrowth  # noqa: PLC0415

    size = len(bench.model)
    support = bench.model.support / max(1, bench.model.receipts)
    often = np.flatnonzero(support >= _RULE_SUPPORT)
    thing_of = np.full(size, -1, np.int64)
    thing_of[often] = np.arange(len(often))
    rows = baskets(bench, thing_of)
    frame = pd.DataFrame(rows.toarray().astype(bool))
    sets = fpgrowth(frame, min_support=_RULE_SUPPORT, max_len=2, use_colnames=False)
    rules = association_rules(sets, metric="confidence", min_threshold=0.0)
    left = np.array([next(iter(one)) for one in rules["antecedents"]], np.int64)
    right = np.array([next(iter(one)) for one in rules["consequents"]], np.int64)
    weights = sparse.csr_matrix((rules["confidence"].to_numpy(), (left, right)), shape=(len(often), len(often)))
    return Matrix(bench, weights, thing_of, np.ones(size))


def lenskit_items(bench: Bench) -> Answers:
    """LensKit's item k-NN over receipts as users, its learned similarities applied to the basket."""
    import pandas as pd  # noqa: PLC0415
    from lenskit.data import from_interactions_df  # noqa: PLC0415
    from lenskit.knn import ItemKNNScorer  # noqa: PLC0415

    lines = bench.data.lines
    frame = pd.DataFrame({"user_id": lines.receipt_no[bench.trained], "item_id": bench.index[bench.trained]})
    dataset = from_interactions_df(frame.drop_duplicates())
    scorer = ItemKNNScorer(max_nbrs=20, save_nbrs=60, feedback="implicit")
    scorer.train(dataset)
    known = np.asarray(scorer.items.ids(), np.int64)
    thing_of = np.full(len(bench.model), -1, np.int64)
    thing_of[known] = np.arange(len(known))
    likeness = scorer.sim_matrix
    if not sparse.issparse(likeness):
        likeness = likeness.to_scipy() if hasattr(likeness, "to_scipy") else sparse.csr_matrix(likeness)
    return Matrix(bench, likeness.tocsr(), thing_of, np.ones(len(thing_of)))


@dataclass(frozen=True, slots=True, eq=False)
class Ceiling:
    """LambdaMART over our traits of the first hundred."""

    bench: Bench
    booster: Any

    def ranked(self, case: Case, had: OwnHistory, good: Bools, count: int, *, new: bool) -> I32 | I64:
        """Return the best among the good."""
        candidates, table = _table(self.bench, case, had, good, new=new)
        if len(candidates) == 0:
            return candidates
        order = np.argsort(-self.booster.predict(table, num_threads=1), kind="stable")
        return candidates[order[:count]]


def lambdamart(bench: Bench) -> Answers:
    """LightGBM's LambdaMART; grown on the questions of the last six training weeks with the histories before them."""
    import lightgbm  # noqa: PLC0415

    last = int(bench.data.week[bench.trained].max())
    earlier, _ = learned(bench.data, last - 6, None)
    chance = np.random.default_rng(3)
    tables: list[AnyArray] = []
    labels: list[AnyArray] = []
    for asked in cases(bench.data, earlier.index, (last - 5, last), 6_000, 3):
        for case in asked:
            had = earlier.known.get(case.household, OwnHistory.empty())
            mode = "all" if chance.random() < 0.6 else "novel"
            good = good_products(earlier.model, case, had, mode)
            candidates, table = _table(earlier, case, had, good, new=is_novel(mode))
            bought = np.isin(candidates, list(case.targets))
            if bought.any():
                tables.append(table)
                labels.append(bought)
    data = lightgbm.Dataset(np.concatenate(tables), np.concatenate(labels), group=[len(one) for one in labels])
    options = {
        "objective": "lambdarank",
        "lambdarank_truncation_level": 10,
        "num_leaves": 31,
        "learning_rate": 0.08,
        "min_data_in_leaf": 200,
        "feature_fraction": 0.6,
        "num_threads": 2,
        "seed": 1,
        "verbose": -1,
    }
    return Ceiling(bench, lightgbm.train(options, data, 150))


def _table(bench: Bench, case: Case, had: OwnHistory, good: Bools, *, new: bool) -> tuple[I32, AnyArray]:
    model = bench.model
    question = Question.of(model, case.shown, had, bench.stores[case.store], case.day)
    found = first_look(model, question, NOVEL if new else SCORE, k=_K)
    places = np.flatnonzero(good[found.candidates])
    places = first_places(found.score, found.candidates, model.sku_rank, places, _LOOKED_AT)
    table = traits(found.scene, found.values, found.score, places, case.day)
    return found.candidates[places], table.T.astype(np.float32)
