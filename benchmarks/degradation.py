"""What little data does to suggestions: 0 to 30,000 receipts, known and anonymous customers, beside popularity.

Two shops: the invented electronics shop (a year of receipts, judged on its last ones) and The Complete Journey (the
newest receipts up to week 34, judged on a seeded part of weeks 35-40). Run it as ``python -m benchmarks.degradation``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.bench import Bench
from benchmarks.demo import demo_catalogue, demo_lines, demo_year
from benchmarks.journey import Data, cases, histories, model_indexes, read
from benchmarks.suggest import POPULARITY, Ours, judge
from crosssell_desktop.interchange.demo_shop import load_shop
from crosssell_desktop.services.learning import shipped_second_look
from crosssell_desktop.suggest.arrays import Bools
from crosssell_desktop.suggest.learn import build_model, learn
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.relevance import NOVEL, SCORE

SIZES = (0, 500, 2_000, 10_000, 30_000)
JUDGED = 2_000


def electronics() -> tuple[Data, int, int]:
    """Return the invented shop's year, receipts numbered as weeks: what is learned from, then what is judged."""
    shop = load_shop("electronics")
    lines = demo_lines(demo_year(shop, 1, 33_000))
    receipts = np.unique(lines.receipt_no)
    judged = lines.receipt_no > receipts[-JUDGED]
    return Data(lines, judged.astype(np.int64), demo_catalogue(shop)), 0, 1


def journey() -> tuple[Data, int, int]:
    """Return The Complete Journey up to week 40."""
    data = read()
    kept = data.week <= 40  # what was used for tuning
    week = np.where(data.week[kept] <= 34, 0, 1)
    return Data(data.lines.only(kept), week, data.catalogue), 0, 1


def newest(data: Data, count: int) -> Bools:
    """Mark the lines of the newest receipts that may be learned from."""
    learnable = data.week == 0
    order = np.lexsort((data.lines.receipt_no, data.lines.day))
    seen, first = np.unique(data.lines.receipt_no[order], return_index=True)
    in_time = seen[np.argsort(first)]
    in_time = in_time[np.isin(in_time, data.lines.receipt_no[learnable])]
    kept: Bools = learnable & np.isin(data.lines.receipt_no, in_time[len(in_time) - count :] if count else in_time[:0])
    return kept


def learned_from(data: Data, trained: Bools) -> Bench:
    """Learn from the marked lines."""
    counts = learn([data.lines.only(trained)], data.catalogue)
    model = Model.from_buffer(
        build_model(counts.total, counts.window, data.catalogue, second_look=shipped_second_look())
    )
    index = model_indexes(data, model)
    stores = dict(data.catalogue.stores)
    return Bench(data, trained, model, index, histories(data, trained, model, index), stores)


def main(arguments: list[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Print HR@5 of ours and of popularity by number of receipts; exit 1 when popularity is surely better anywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=4_000)
    options = parser.parse_args(arguments)
    worse = 0
    say(f"{'shop':12} {'receipts':>8} {'customer':10} {'task':5} {'ours':>7} {'popularity':>10} (HR@5 %, se)")
    for name, shop in (("electronics", electronics), ("journey", journey)):
        data, _, judged = shop()
        for size in SIZES:
            bench = learned_from(data, newest(data, size))
            tasks = cases(data, bench.index, (judged, judged), options.sample, 7)
            for anonymous in (False, True):
                for task, everybody in zip(("CORE", "LOO"), tasks, strict=True):
                    asked = [case for case in everybody if anonymous or case.household >= 0]
                    both = judge(
                        bench,
                        asked,
                        {
                            "ours": Ours(bench, SCORE, NOVEL, anonymous=anonymous),
                            "popularity": Ours(bench, POPULARITY, POPULARITY, anonymous=True),
                        },
                        ("all",),
                    )
                    mine, theirs = both["ours"]["product"]["all"], both["popularity"]["product"]["all"]
                    surely = theirs["HR@5"] - mine["HR@5"] > 2 * max(mine["HR@5 se"], theirs["HR@5 se"])
                    worse += surely
                    say(
                        f"{name:12} {size:8} {'anonymous' if anonymous else 'known':10} {task:5} {mine['HR@5']:7.2f} "
                        f"{theirs['HR@5']:10.2f} ({mine['HR@5 se']:.2f}){' WORSE' if surely else ''}"
                    )
    return int(worse > 0)


if __name__ == "__main__":
    sys.exit(main())
