"""Runs many seeds: ``python -m tests.exchange --seeds 1000 [--model] [--mutant NAME] [--first N] [--cursor X]``."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import time

from tests.exchange.machine import ERA
from tests.exchange.mutants import BY_NAME
from tests.exchange.running import Tally, model_seeds, real_seeds


def main(arguments: list[str] | None = None) -> int:
    """Run, print one JSON object, and return 1 when a law was broken or the ends differ (with a mutant: when not)."""
    parser = argparse.ArgumentParser(prog="python -m tests.exchange")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--model", action="store_true", help="the centre as a model and files in memory")
    parser.add_argument("--mutant", default="", help="break one rule by name; the run must catch it")
    parser.add_argument("--cursor", choices=["horizon", "sequencer"], default="horizon", help="of the real centre")
    given = parser.parse_args(arguments)
    era = BY_NAME[given.mutant].era if given.mutant else ERA
    seeds, stop = range(given.first, given.first + given.seeds), bool(given.mutant)
    started = time.perf_counter()
    # A run put into the background does not hear the keyboard.
    # Sessions are cut on purpose; the driver would tell of each.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tally: Tally = (
        model_seeds(seeds, mutant=given.mutant, stop_at_first=stop, era=era)
        if given.model
        else real_seeds(seeds, mutant=given.mutant, stop_at_first=stop, cursor=given.cursor)
    )
    told = {
        "centre": "model" if given.model else f"PostgreSQL, {given.cursor}",
        "seeds": tally.seeds,
        "broken": tally.broken,
        "unlike the model": tally.unlike,
        "steps": tally.steps,
        "operations": tally.operations,
        "seconds": round(time.perf_counter() - started, 1),
        "faults": dict(sorted(tally.faults.items())),
    }
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return int(bool(tally.broken or tally.unlike) != bool(given.mutant))


if __name__ == "__main__":
    sys.exit(main())
