"""Does the forecast of a customer's next visit come true? Backtest on The Complete Journey, weeks 35-40.

Learned from weeks 1-34. For each household of at least 20 visits: is one of the three foreseen products in the next
basket (beside the three most popular ones), and do things foreseen with p come true in p of all cases (calibration
error: mean of |said - seen| over ten bands of p, weighed by size, and the worst band of at least 200 cases)?
Run it as ``python -m benchmarks.forecast``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.bench import learned
from benchmarks.journey import cases, read
from crosssell_desktop.suggest.forecast import LEAST_VISITS, forecast, probabilities

_BANDS = np.array([0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.01])


def main(say: Callable[[str], object] = print) -> int:
    """Print the backtest as JSON; exit 1 when popularity foresees better or the error is over 10 points."""
    data = read()
    bench, _ = learned(data, 34, None)
    model = bench.model
    asked = set()
    hits = popular_hits = 0
    said: list[np.ndarray] = []
    seen: list[np.ndarray] = []
    baskets, _ = cases(data, bench.index, (35, 40), 0, 7)
    for case in sorted(baskets, key=lambda case: case.day):
        had = bench.known.get(case.household)
        if had is None or len(had) < LEAST_VISITS or case.household in asked:
            continue
        asked.add(case.household)
        bought = np.array(sorted({*case.targets, case.core}), np.int64)
        store = bench.stores[case.store]
        foreseen = model.indexes([one.product for one in forecast(model, had, store, case.day).foreseen])
        hits += bool(np.isin(foreseen, bought).any())
        popular_hits += bool(np.isin(model.store_view(store).by_popularity[:3], bought).any())
        candidates, p = probabilities(model, had, store, case.day)
        said.append(p)
        seen.append(np.isin(candidates, bought))
    p, came = np.concatenate(said), np.concatenate(seen)
    band = np.digitize(p, _BANDS) - 1
    rows = [
        {
            "p": f"{_BANDS[b]:.2f}-{min(1, _BANDS[b + 1]):.2f}",
            "n": int((band == b).sum()),
            "said": round(float(p[band == b].mean()), 4),
            "seen": round(float(came[band == b].mean()), 4),
        }
        for b in range(len(_BANDS) - 1)
        if (band == b).any()
    ]
    errors = [(row["n"], abs(row["said"] - row["seen"])) for row in rows]
    mean_error = sum(n * e for n, e in errors) / sum(n for n, _ in errors)
    worst = max(e for n, e in errors if n >= 200)
    figures = {
        "households": len(asked),
        "hit in 3 %": round(100 * hits / len(asked), 1),
        "popularity, hit in 3 %": round(100 * popular_hits / len(asked), 1),
        "calibration error, points": round(100 * mean_error, 2),
        "worst band, points": round(100 * worst, 2),
        "bands": rows,
    }
    say(json.dumps(figures, indent=1))
    return int(hits <= popular_hits or worst > 0.10)


if __name__ == "__main__":
    sys.exit(main())
