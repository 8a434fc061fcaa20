"""Runs seeds one after the other on the model or on real databases, and counts what happened."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crosssell_desktop.store.opening import open_database
from crosssell_desktop.sync import centre, centre_server
from crosssell_desktop.sync.centre import CursorScheme
from tests.exchange.files import KEY, File, MemoryFile, RealFile
from tests.exchange.laws import fingerprint
from tests.exchange.machine import ERA, Broken, Centre, Machine
from tests.exchange.model_centre import ModelCentre
from tests.exchange.mutants import broken
from tests.exchange.real_centre import maker

MakeCentre = Callable[[Callable[[], int]], Centre]


@dataclass
class Tally:
    """What a run of seeds did; ``broken`` names each seed whose laws did not hold."""

    seeds: int = 0
    steps: int = 0
    operations: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    broken: dict[int, str] = field(default_factory=dict)
    unlike: dict[int, list[str]] = field(default_factory=dict)
    """Seeds that ended otherwise on real databases than on the model, and in which parts."""


def one_seed(
    seed: int, make: MakeCentre, disk: Callable[[], File], tally: Tally, *, era: int = ERA, compares: bool = False
) -> dict[str, str]:
    """Run a seed; return the fingerprint of its end, empty when it broke a law."""
    world = Machine(seed, make, disk, era=era)
    try:
        world.run()
    except Exception as error:  # noqa: BLE001  # whatever stops a seed is what the run is for: it is told with its number
        tally.broken[seed] = str(error) if isinstance(error, Broken) else f"{type(error).__name__}: {error}"
        return {}
    else:
        return fingerprint(world) if compares else {}
    finally:
        tally.seeds += 1
        tally.steps += world.steps
        tally.operations += len(world.all_made)
        tally.faults.update(world.faults)
        world.close()
        if tally.seeds % 100 == 0:
            print(f"{tally.seeds} seeds, {len(tally.broken)} broken", file=sys.stderr, flush=True)


def _through(
    seeds: Iterable[int],
    make: MakeCentre,
    disk: Callable[[], File],
    mutant: str,
    *,
    stop_at_first: bool,
    era: int = ERA,
) -> Tally:
    tally = Tally()
    with contextlib.suppress(KeyboardInterrupt), broken(mutant) if mutant else contextlib.nullcontext():
        for seed in seeds:
            one_seed(seed, make, disk, tally, era=era)
            if stop_at_first and tally.broken:
                break
    return tally


def model_seeds(seeds: Iterable[int], *, mutant: str = "", stop_at_first: bool = False, era: int = ERA) -> Tally:
    """Run seeds on the model of the centre."""
    MemoryFile.template()
    return _through(seeds, ModelCentre, MemoryFile, mutant, stop_at_first=stop_at_first, era=era)


def real_seeds(
    seeds: Iterable[int], *, mutant: str = "", stop_at_first: bool = False, cursor: CursorScheme = "horizon"
) -> Tally:
    """Run seeds on real files and a private PostgreSQL, and compare each end with the model's."""
    with real_world(cursor) as (make, disk):
        if mutant or cursor == "sequencer":
            # The other scheme pages in another order, so a seed's ids differ after the first full page; the laws hold.
            return _through(seeds, make, disk, mutant, stop_at_first=stop_at_first)
        return compared_seeds(seeds, make, disk)


def _model_of_today(now_ms: Callable[[], int]) -> Centre:
    """A model whose clock is a real server's, which puts other clocks back to its own."""
    return ModelCentre(now_ms, lambda: time.time_ns() // 1_000_000)


def compared_seeds(seeds: Iterable[int], make: MakeCentre, disk: Callable[[], File]) -> Tally:
    """Run each seed on real databases and on the model, and note where the two ended differently."""
    real = Tally()
    # Who stops a long run hears what it has found so far.
    with contextlib.suppress(KeyboardInterrupt):
        for seed in seeds:
            there = one_seed(seed, make, disk, real, compares=True)
            said = one_seed(seed, _model_of_today, MemoryFile, Tally(), compares=True)
            unlike = sorted(part for part in there.keys() | said.keys() if there.get(part) != said.get(part))
            if unlike:
                real.unlike[seed] = unlike
    return real


@contextlib.contextmanager
def real_world(cursor: CursorScheme = "horizon") -> Iterator[tuple[MakeCentre, Callable[[], File]]]:
    """Start a server and make a template of a counter's file."""
    with tempfile.TemporaryDirectory(prefix="exchange-") as name:
        folder = Path(name)
        server = centre_server.start(folder / "pg", throw_away=True)
        try:
            url = centre_server.make_database(server.url, "simulated")
            centre.init(url, cursor=cursor)
            with real_files(folder) as disk:
                yield maker(url, {}), disk
        finally:
            server.stop()
            home = server.folder
            shutil.rmtree(home.parent if home.parent.name.startswith("crosssell-centre-") else home)


@contextlib.contextmanager
def real_files(folder: Path) -> Iterator[Callable[[], File]]:
    """Give what makes encrypted files, each a copy of one made by the migrations."""
    template = folder / "template.db"
    made = open_database(template, KEY, create=True)
    made.checkpoint()
    made.close()
    numbers = iter(range(1 << 40))

    def disk() -> File:
        return RealFile(folder / f"till{next(numbers)}.db", template)

    yield disk
