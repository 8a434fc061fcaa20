"""Grow the trees of the second look on The Complete Journey and write the file the program ships.

Signals of weeks 1-28 with the baskets of 29-34, and signals of 1-34 with the baskets of 35-40; no later week is read.
First the trees are grown on three fifths of the households and judged on the others in weeks 35-40, then on all.
Run it as ``python -m benchmarks.grow [--out FILE]`` where catboost is installed; the seed is fixed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.journey import Case, Data, allowed, cases, histories, is_near, is_novel, model_indexes, read
from crosssell_desktop.suggest.arrays import F64, I64, AnyArray, Bools
from crosssell_desktop.suggest.forest import GAIN_ONE, Forest, SecondLook
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.learn import build_model, learn
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.relevance import NOVEL, SCORE, Question, first_look
from crosssell_desktop.suggest.second_look import LOOKED_AT, first_places
from crosssell_desktop.suggest.traits import NAMES, traits
from crosssell_desktop.system.paths import resource

FOLDS = ((28, 29, 34), (34, 35, 40))
"""(signals up to this week, first and last week of the baskets)."""
FORESTS = {
    "likely": {"modes": ("all", "periphery"), "trees": 150, "depth": 6, "rate": 0.15, "share": 0.5},
    "new": {"modes": ("novel", "both"), "trees": 100, "depth": 5, "rate": 0.12, "share": 0.8},
}
SEED = 1


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Candidates of many questions, one row each."""

    traits: AnyArray
    bought: AnyArray
    question: I64
    fold: I64
    """Of each question."""
    task: I64
    household: I64


def rows_of(data: Data, modes: Sequence[str], share: float) -> Rows:
    """Return the first candidates of a seeded share of the questions that have a target at all."""
    table: list[AnyArray] = []
    bought: list[AnyArray] = []
    fold: list[int] = []
    task: list[int] = []
    household: list[int] = []
    chance = np.random.default_rng(SEED)
    for number, (last, first_judged, last_judged) in enumerate(FOLDS):
        model, index, known = _learned(data, last)
        for kind, asked in enumerate(cases(data, index, (first_judged, last_judged), 0, SEED)):
            for case in asked:
                for mode in modes:
                    if chance.random() >= share:
                        continue
                    row = _rows(model, case, known.get(case.household, OwnHistory.empty()), mode, data)
                    if row is not None:
                        table.append(row[0])
                        bought.append(row[1])
                        fold.append(number)
                        task.append(kind)
                        household.append(case.household)
    sizes = [len(one) for one in bought]
    return Rows(
        np.concatenate(table),
        np.concatenate(bought),
        np.repeat(np.arange(len(sizes)), sizes),
        np.array(fold),
        np.array(task),
        np.array(household),
    )


def _learned(data: Data, last_week: int) -> tuple[Model, I64, dict[int, OwnHistory]]:
    trained: Bools = data.week <= last_week
    learned = learn([data.lines.only(trained)], data.catalogue)
    model = Model.from_buffer(build_model(learned.total, learned.window, data.catalogue))
    index = model_indexes(data, model)
    return model, index, histories(data, trained, model, index)


def _rows(model: Model, case: Case, had: OwnHistory, mode: str, data: Data) -> tuple[AnyArray, AnyArray] | None:
    targets = np.array(sorted(case.targets), np.int64)
    near, novel = is_near(mode), is_novel(mode)
    targets = targets[allowed(model, targets, case.core, had, near=near, novel=novel)]
    question = Question.of(model, case.shown, had, data.catalogue.stores[case.store], case.day)
    if len(targets) == 0:
        return None
    found = first_look(model, question, NOVEL if novel else SCORE)
    places = np.flatnonzero(allowed(model, found.candidates, case.core, had, near=near, novel=novel))
    places = first_places(found.score, found.candidates, model.sku_rank, places, LOOKED_AT)
    bought = np.isin(found.candidates[places], targets)
    if not bool(bought.any()):
        return None
    return traits(found.scene, found.values, found.score, places, case.day).T.astype(np.float32), bought


def grow(rows: Rows, chosen: Bools, trees: int, depth: int, rate: float) -> Forest:
    """Grow symmetric trees on the chosen questions.

    The loss is the softmax over the candidates of one question, so that no split is spent on how many hits a basket
    has; what was bought shares the weight of its question.
    """
    import catboost  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  # only where trees are grown

    taken = chosen[rows.question]
    grower = catboost.CatBoost(
        {
            "loss_function": "QuerySoftMax",
            "iterations": trees,
            "depth": depth,
            "learning_rate": rate,
            "border_count": 64,
            "l2_leaf_reg": 10,
            "bootstrap_type": "Bernoulli",
            "subsample": 0.7,
            "score_function": "L2",
            "boosting_type": "Plain",
            "random_seed": SEED,
            "thread_count": 2,
            "allow_writing_files": False,
            "verbose": 0,
        }
    )
    grower.fit(catboost.Pool(rows.traits[taken], rows.bought[taken].astype(np.int8), group_id=rows.question[taken]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trees.json"
        grower.save_model(str(file), format="json")
        return compiled(json.loads(file.read_text())["oblivious_trees"], depth)


def compiled(grown: Sequence[dict[str, Any]], depth: int) -> Forest:
    """Return the arrays of trees as the grower writes them; shallower ones are padded with levels that say no."""
    columns = np.zeros((depth, len(grown)), np.int32)
    borders = np.full((depth, len(grown)), np.finfo(np.float32).max, np.float32)
    leaves = np.zeros((len(grown), 1 << depth), np.int32)
    for number, tree in enumerate(grown):
        for level, split in enumerate(tree["splits"] or []):
            columns[level, number] = split["float_feature_index"]
            borders[level, number] = split["border"]
        leaves[number, : len(tree["leaf_values"])] = np.rint(np.array(tree["leaf_values"]) * GAIN_ONE)
    return Forest.of(columns, borders, leaves, len(NAMES))


def gains_of(forest: Forest, rows: Rows) -> I64:
    """Return the gain of every row, a few thousand at a time."""
    parts = np.array_split(rows.traits, max(1, len(rows.traits) // 4096))
    return np.concatenate([forest.gains(np.ascontiguousarray(part.T.astype(np.float64))) for part in parts])


def hit_rate(rows: Rows, gains: F64 | I64, chosen: Bools) -> float:
    """Return the share of the chosen questions (all of which hold a hit) with a hit among the first five."""
    order = np.lexsort((-gains, rows.question))
    start = np.searchsorted(rows.question, np.flatnonzero(chosen))
    end = np.searchsorted(rows.question, np.flatnonzero(chosen), side="right")
    hit = [rows.bought[order[a : min(a + 5, b)]].any() for a, b in zip(start, end, strict=True)]
    return float(np.mean(hit))


def main(arguments: list[str] | None = None) -> int:
    """Grow, judge on held-out households, grow on all, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=None, help="where to write (default: the shipped file)")
    options = parser.parse_args(arguments)
    data = read()
    forests: dict[str, Forest] = {}
    for name, how in FORESTS.items():
        started = time.perf_counter()
        rows = rows_of(data, how["modes"], how["share"])  # type: ignore[arg-type]  # a plain table of sizes
        held = (rows.household * 2_654_435_761 % 100 < 40) & (rows.fold == 1)  # two fifths
        sizes = (how["trees"], how["depth"], how["rate"])
        apart = grow(rows, ~held, *sizes)  # type: ignore[arg-type]
        gains = gains_of(apart, rows)
        before = -rows.traits[:, NAMES.index("place")].astype(np.float64)
        for task, word in enumerate(("CORE", "LOO")):
            chosen = held & (rows.task == task)
            print(  # a tool speaks
                f"{name} {word}: of {chosen.sum()} held-out questions with a hit in {LOOKED_AT}, hit in 5: "
                f"{hit_rate(rows, before, chosen):.4f} -> {hit_rate(rows, gains, chosen):.4f}"
            )
        forests[name] = grow(rows, np.ones(len(rows.fold), np.bool_), *sizes)  # type: ignore[arg-type]
        print(f"{name}: {len(rows.bought)} rows, {time.perf_counter() - started:.0f} s")
    recipe = {
        "data": "The Complete Journey",
        "folds": [list(fold) for fold in FOLDS],
        "seed": SEED,
        "looked_at": LOOKED_AT,
    }
    out = options.out or resource("models") / "second_look.trees"
    out.parent.mkdir(exist_ok=True)
    out.write_bytes(SecondLook(forests["likely"], forests["new"], NAMES, recipe).to_bytes())
    print(out.stat().st_size, "bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
