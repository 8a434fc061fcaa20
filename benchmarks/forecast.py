"""Does the forecast of a customer's next visit come true? Backtest on The Complete Journey, weeks 35-40.

The Office's page asks the same of the shop's own past: :mod:`crosssell_desktop.suggest.backtest`, learned from weeks
1-34. Beside the forecast stand the three most popular products of the store. Run it as
``python -m benchmarks.forecast``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from benchmarks.journey import read
from crosssell_desktop.suggest.backtest import backtest

LAST_WEEK = 40


def main(say: Callable[[str], object] = print) -> int:
    """Print the backtest as JSON; exit 1 when popularity foresees better or the error is over 10 points."""
    data = read()
    found = backtest([data.lines.only(data.week <= LAST_WEEK)], data.catalogue)
    of_all = sum(band.n for band in found.bands)
    figures = {
        "households": found.customers,
        "hit in 3 %": round(100 * found.hits / found.customers, 1),
        "popularity, hit in 3 %": round(100 * found.popular_hits / found.customers, 1),
        "calibration error, points": round(
            100 * sum(band.n * abs(band.said - band.seen) for band in found.bands) / of_all, 2
        ),
        "worst band, points": round(100 * found.worst, 2),
        "bands": [
            {
                "p": f"{band.least:.2f}-{band.most:.2f}",
                "n": band.n,
                "said": round(band.said, 4),
                "seen": round(band.seen, 4),
            }
            for band in found.bands
        ],
    }
    say(json.dumps(figures, indent=1))
    return int(not found.holds)


if __name__ == "__main__":
    sys.exit(main())
