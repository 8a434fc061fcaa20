"""Whether what is learned is true: the invented shop knows which products really go together, the learner does not.

For each seed a year of receipts is invented (true lifts between 1.2 and 4, popular confounders, substitutes), pairs
are learned from it alone, and only then compared with the truth. Run it as ``python -m benchmarks.truth [--seeds 20]``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable

from benchmarks.demo import demo_catalogue, demo_lines, demo_year
from crosssell_desktop.interchange.demo_shop import DemoShop, load_shop
from crosssell_desktop.suggest.learn import build_model, learn
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.strong_pairs import strong_pairs

BANDS = ((1.2, 1.5), (1.5, 2.0), (2.0, 99.0))
FIRST = 500


def band_of(lift: float) -> str:
    """Return the band a lift lies in, «» below the first."""
    return next((f"{low}-{high}" for low, high in BANDS if low <= lift < high), "")


def compare(shop: DemoShop, seed: int, receipts: int = 23_000) -> Counter[str]:
    """Return counts for one seed: true, found, learned, false and indirect pairs by band, and substitutes."""
    year = demo_year(shop, seed, receipts)
    catalogue = demo_catalogue(shop)
    counts = learn([demo_lines(year)], catalogue)
    model = Model.from_buffer(build_model(counts.total, counts.window, catalogue))
    number_of = {model.index(one.product): one.number for one in catalogue.products}
    learned = [(frozenset((number_of[one.core], number_of[one.item])), one.lift) for one in strong_pairs(model)]
    # from here on the truth may be looked at
    truth = {frozenset((one.source, one.target)): one.lift for one in year.truth.pairs}
    sources: dict[int, set[int]] = {}
    for one in year.truth.pairs:
        sources.setdefault(one.target, set()).add(one.source)
    found = {pair for pair, _ in learned}
    result: Counter[str] = Counter()
    for pair, lift in truth.items():
        result[f"true {band_of(lift)}"] += 1
        result[f"found {band_of(lift)}"] += pair in found
    for pair, lift in learned:
        first, second = sorted(pair)
        result[f"learned {band_of(lift)}"] += 1
        if pair not in truth:
            indirect = bool(sources.get(first, set()) & sources.get(second, set()))
            result[f"{'indirect' if indirect else 'false'} {band_of(lift)}"] += 1
    substitutes = {frozenset(pair) for pair in year.truth.substitutes}
    result["substitutes among the first"] = sum(pair in substitutes for pair, _ in learned[:FIRST])
    return result


def shares(counted: Counter[str]) -> dict[str, dict[str, float]]:
    """Return recall and false share by band, in per cent."""
    return {
        f"{low}-{high}": {
            "true": counted[f"true {low}-{high}"],
            "learned": counted[f"learned {low}-{high}"],
            "recall %": round(100 * counted[f"found {low}-{high}"] / max(1, counted[f"true {low}-{high}"]), 1),
            "false %": round(100 * counted[f"false {low}-{high}"] / max(1, counted[f"learned {low}-{high}"]), 1),
            "indirect %": round(100 * counted[f"indirect {low}-{high}"] / max(1, counted[f"learned {low}-{high}"]), 1),
        }
        for low, high in BANDS
    }


def main(arguments: list[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Compare over the seeds and say recall and false share by band; exit 1 when the bar for lift 2 is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--receipts", type=int, default=23_000)
    options = parser.parse_args(arguments)
    shop = load_shop("electronics")
    total: Counter[str] = Counter()
    for seed in range(1, options.seeds + 1):
        total += compare(shop, seed, options.receipts)
    table = shares(total)
    say(json.dumps({"seeds": options.seeds, "substitutes": total["substitutes among the first"], **table}, indent=1))
    strong = table["2.0-99.0"]
    return int(strong["recall %"] < 90 or strong["false %"] > 10 or total["substitutes among the first"] > 0)


if __name__ == "__main__":
    sys.exit(main())
