"""How well suggestions foresee the rest of a basket: the public protocol on The Complete Journey.

Learned from weeks 1-40 and judged on 41-46; later weeks are never read. ``python -m benchmarks.suggest --tune`` learns
from weeks 1-34 and judges on 35-40 (the trees of the second look were grown there, so their figures flatter).
``--sample N`` judges a seeded part of N baskets, ``--peers`` runs the methods of other libraries beside ours.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.bench import Answers, Bench, learned
from benchmarks.journey import (
    LAST_WEEK,
    MODES,
    Case,
    cases,
    good_products,
    good_types,
    is_novel,
    read,
)
from crosssell_desktop.suggest.arrays import F64, I32, I64, Bools
from crosssell_desktop.suggest.forest import SecondLook
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.kinship import new_kinds
from crosssell_desktop.suggest.relevance import NOVEL, SCORE, Blend, Question, Relevance, Term, first_look, relevance
from crosssell_desktop.system.paths import resource as shipped

_CUTS = (1, 3, 5, 10)
_K = 10
_TIMED = 3_000
_POOL = 300
_FOR_TYPES = 60
"""Products asked for where ten types are wanted."""
OWN = Blend((Term("household", 1.0, ("household",)), Term("popularity", 1e-6, ("popularity",))))
CONFIDENCE = Blend((Term("confidence", 1.0, ("confidence",)), Term("popularity", 1e-6, ("popularity",))))
POPULARITY = Blend((Term("popularity", 1.0, ("popularity",)),))


@dataclass(frozen=True, slots=True, eq=False)
class Ours:
    """A blend of ours, with or without the second look."""

    bench: Bench
    likely: Blend
    new: Blend
    anonymous: bool = False
    kinds: bool = False
    """Types that are new to the household are chosen as types."""
    looked: dict[bool, tuple[Case, Question, Relevance]] = field(default_factory=dict)
    """The last first look of each blend: the modes and levels ask the same question again."""

    def ranked(self, case: Case, had: OwnHistory, good: Bools, count: int, *, new: bool) -> I32 | I64:
        """Return the best among the good; what is not good is left out before the second look."""
        model, blend = self.bench.model, self.new if new else self.likely
        question, found = self._first_look(case, had, blend, new=new)
        if new and self.kinds and count == _FOR_TYPES:
            best_of = self.bench.best_of
            return best_of[new_kinds(model, question, _K, good[best_of])]
        pool = found.candidates
        return found.looked_at_again(question, blend, pool[~good[pool]]).best(count, leave_out=pool[~good[pool]])

    def _first_look(self, case: Case, had: OwnHistory, blend: Blend, *, new: bool) -> tuple[Question, Relevance]:
        kept = self.looked.get(new)
        if kept is not None and kept[0] is case:
            return kept[1], kept[2]
        history = OwnHistory.empty() if self.anonymous else had
        question = Question.of(self.bench.model, case.shown, history, self.bench.stores[case.store], case.day)
        found = first_look(self.bench.model, question, blend, k=_POOL)
        self.looked[new] = case, question, found
        return question, found

    def timed(self, case: Case, had: OwnHistory) -> tuple[float, float]:
        """Return the seconds of one plain question, on the wall and of the processor: the quickest of three.

        The machine does other work; asking again leaves that out and keeps what makes one question dearer than another.
        """
        model = self.bench.model
        history = OwnHistory.empty() if self.anonymous else had
        question = Question.of(model, case.shown, history, self.bench.stores[case.store], case.day)
        history.on(question.day)  # a counter works that out when it opens the customer
        wall = processor = float("inf")
        for _ in range(3):
            began, worked = time.perf_counter(), time.thread_time()
            relevance(model, question, self.likely, k=_K).best(_K)
            wall, processor = min(wall, time.perf_counter() - began), min(processor, time.thread_time() - worked)
        return wall, processor


@dataclass(slots=True)
class Tally:
    """What one method got in one mode at one level."""

    households: list[int] = field(default_factory=list)
    rows: list[tuple[float, ...]] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    popularity: list[float] = field(default_factory=list)
    cold: int = 0

    def add(self, household: int, ranked: I64, targets: I64, popularity: F64) -> None:
        """Count one question."""
        place = np.flatnonzero(np.isin(ranked[:_K], targets))
        first = int(place[0]) if len(place) else _K
        gain = 1.0 / np.log2(place + 2.0)
        ideal = np.cumsum(1.0 / np.log2(np.arange(_K) + 2.0))
        self.households.append(household)
        self.rows.append(
            (
                *(float(first < cut) for cut in _CUTS),
                float(gain[place < 5].sum() / ideal[min(5, len(targets)) - 1]),  # NDCG@5
                float(gain.sum() / ideal[min(_K, len(targets)) - 1]),
                1.0 / (first + 1) if first < _K else 0.0,
            )
        )
        self.shown.update(ranked[:5].tolist())
        self.popularity.append(float(popularity[ranked[:5]].mean()) if len(ranked) else 0.0)
        self.cold += int(np.count_nonzero(popularity[targets] <= 0))

    def figures(self, things: int) -> dict[str, float]:
        """Return per cent with standard errors clustered by household."""
        names = (*(f"HR@{cut}" for cut in _CUTS), "NDCG@5", "NDCG@10", "MRR@10")
        values = np.array(self.rows)
        figures: dict[str, float] = {"n": len(values)}
        for column, name in enumerate(names):
            mean, error = clustered(self.households, values[:, column]) if len(values) else (0.0, 0.0)
            figures[name] = round(100 * mean, 2)
            figures[f"{name} se"] = round(100 * error, 2)
        figures["coverage@5"] = round(100 * len(self.shown) / max(1, things), 2)
        figures["popularity@5"] = round(100 * float(np.mean(self.popularity or [0.0])), 2)
        figures["cold targets"] = self.cold
        return figures


def clustered(households: list[int], values: F64) -> tuple[float, float]:
    """Return a mean and its standard error when outcomes of one household hang together."""
    who = np.unique(households, return_inverse=True)[1]
    mean = float(values.mean())
    sums = np.bincount(who, weights=values - mean)
    return mean, float(np.sqrt((sums**2).sum()) / len(values))


Figures = dict[str, dict[str, dict[str, float]]]
"""By level and mode."""
_LEVELS = ("product", "type")


def judge(
    bench: Bench, asked: list[Case], methods: Mapping[str, Answers], modes: tuple[str, ...] = MODES
) -> dict[str, Figures]:
    """Return the figures of methods by level and mode.

    At the level of types everything is judged as a type: what is new is a type the household never bought.
    """
    model = bench.model
    kinds = model.type_of
    share = model.support / max(1, model.receipts)
    kind_share = model.type_support / max(1, model.receipts)
    best_of = bench.best_of
    tallies = {name: {level: {mode: Tally() for mode in modes} for level in _LEVELS} for name in methods}
    nobody = OwnHistory.empty()
    for case in asked:
        had = bench.known.get(case.household, nobody)
        bought = np.array(sorted(case.targets), np.int64)
        for mode in modes:
            good = good_products(model, case, had, mode)
            good_kind = good_types(model, best_of, case, had, mode)
            targets, target_kinds = bought[good[bought]], np.unique(kinds[bought][good_kind[kinds[bought]]])
            for name, method in methods.items():
                if len(targets):
                    ranked = method.ranked(case, had, good, _K, new=is_novel(mode))
                    tallies[name]["product"][mode].add(case.household, np.asarray(ranked, np.int64), targets, share)
                if len(target_kinds):
                    ranked = method.ranked(case, had, good_kind[kinds], _FOR_TYPES, new=is_novel(mode))
                    found = kinds[np.asarray(ranked, np.int64)].astype(np.int64)
                    found = found[np.sort(np.unique(found, return_index=True)[1])]
                    tallies[name]["type"][mode].add(
                        case.household, found[:_K], target_kinds.astype(np.int64), kind_share
                    )
    things = {"product": len(model), "type": len(model.types)}
    return {
        name: {
            level: {mode: tally.figures(things[level]) for mode, tally in by_mode.items()}
            for level, by_mode in levels.items()
        }
        for name, levels in tallies.items()
    }


def slowdown() -> float:
    """Return how much slower fixed work runs just now than at its best: what other work on the machine costs."""
    fixed = np.random.default_rng(1).random(20_000)
    spent = []
    for _ in range(200):
        start = time.thread_time()
        np.argsort(fixed)
        spent.append(time.thread_time() - start)
    return round(float(np.median(spent) / min(spent)), 2)


def times_ms(times: list[tuple[float, float]]) -> dict[str, float]:
    """Return p50 and p99 of a query: by the clock on the wall, and of the processor (other work on it left out)."""
    both = np.array(times) * 1000
    return {
        f"{name}_{point}_ms": round(float(np.percentile(both[:, column], point)), 3)
        for column, name in enumerate(("wall", "processor"))
        for point in (50, 99)
    }


def main(arguments: list[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Run the protocol and print one table, or all figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="judge a seeded part of this many baskets; 0 is all")
    parser.add_argument("--tune", action="store_true", help="learn from weeks 1-34 and judge on 35-40")
    parser.add_argument("--peers", action="store_true", help="run the methods of other libraries too, where installed")
    parser.add_argument("--only", action="append", help="run only this method; repeatable")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    last, judged = (34, (35, 40)) if options.tune else (40, (41, LAST_WEEK))
    data = read()
    look = SecondLook.from_buffer((shipped("models") / "second_look.trees").read_bytes())
    bench, cost = learned(data, last, look)
    core_cases, loo_cases = cases(data, bench.index, judged, options.sample, options.seed)
    plain, plain_new = replace(SCORE, second=""), replace(NOVEL, second="")
    methods: dict[str, Answers] = {
        "ours": Ours(bench, SCORE, NOVEL, kinds=True),
        "first look alone": Ours(bench, plain, plain_new),
        "own frequency": Ours(bench, OWN, OWN),
        "confidence": Ours(bench, CONFIDENCE, CONFIDENCE),
        "popularity": Ours(bench, POPULARITY, POPULARITY),
        "ours, anonymous": Ours(bench, SCORE, NOVEL, anonymous=True, kinds=True),
        "popularity, anonymous": Ours(bench, POPULARITY, POPULARITY, anonymous=True),
    }
    costs: dict[str, object] = {"ours": cost}
    if options.peers:
        from benchmarks import peers  # noqa: PLC0415  # heavy, and only on demand

        for name, made in peers.methods(bench, say, options.only or ()).items():
            methods[name], costs[name] = made
    methods = {name: method for name, method in methods.items() if not options.only or name in options.only}
    say(
        f"learned from weeks 1-{last}, judged on {judged[0]}-{judged[1]}, {len(core_cases)} baskets; {json.dumps(cost)}"
    )
    say("HR@5 in % by task: product all / periphery / novel / both | type all / periphery / novel / both")
    figures: dict[str, dict[str, object]] = {name: {} for name in methods}
    for task, asked in {"CORE": core_cases, "LOO": loo_cases}.items():
        for name, row in judge(bench, asked, methods).items():
            method = methods[name]
            spent = {}
            if isinstance(method, Ours):
                nobody = OwnHistory.empty()
                times = [method.timed(case, bench.known.get(case.household, nobody)) for case in asked[:_TIMED]]
                spent = {**times_ms(times), "slowdown": slowdown()}
            figures[name][task] = {**row, "times": spent}
            cells = [" / ".join(f"{row[level][mode]['HR@5']:5.2f}" for mode in MODES) for level in _LEVELS]
            say(f"{name:22} {task:4} {' | '.join(cells)}  {json.dumps(spent)}")
    if options.json:
        say(json.dumps({"weeks": [last, *judged], "costs": costs, "methods": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
