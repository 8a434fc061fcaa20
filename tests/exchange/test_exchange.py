"""The simulator in the suite: seeds on the model and on real databases, the two compared, and every mutant caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.exchange.files import File, MemoryFile
from tests.exchange.machine import FIRST_ERA
from tests.exchange.model_centre import ModelCentre
from tests.exchange.mutants import MUTANTS
from tests.exchange.running import MakeCentre, Tally, model_seeds, one_seed, real_world

MODEL_SEEDS = range(100)
REAL_SEEDS = range(20)
FOUND = (15, 142, 1477, 1698)
"""Seeds that once broke a law, of the exchange or of the simulator itself."""


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[MakeCentre, Callable[[], File]]]:
    with real_world() as made:
        yield made


def test_seeds_on_the_model_lose_nothing_and_double_nothing() -> None:
    tally = model_seeds(MODEL_SEEDS)
    print(tally)
    assert tally.broken == {}
    assert tally.operations > 1_000
    assert {"net answer lost", "F10 centre put back", "F11 file put back", "F12 clone"} <= set(tally.faults)


def test_seeds_that_once_broke_a_law_break_none() -> None:
    assert model_seeds(FOUND, era=FIRST_ERA).broken == {}


@pytest.mark.slow
def test_seeds_on_real_files_and_postgresql_lose_nothing_and_end_as_the_model_says(
    world: tuple[MakeCentre, Callable[[], File]],
) -> None:
    make, disk = world
    real, model = Tally(), Tally()
    unlike = {}
    for seed in REAL_SEEDS:
        there = one_seed(seed, make, disk, real)
        said = one_seed(seed, ModelCentre, MemoryFile, model)
        unlike[seed] = sorted(part for part in there.keys() | said.keys() if there.get(part) != said.get(part))
    print(real)
    assert real.broken == {}
    assert model.broken == {}
    assert {seed: parts for seed, parts in unlike.items() if parts} == {}
    assert real.operations == model.operations


@pytest.mark.slow
@pytest.mark.parametrize("name", [mutant.name for mutant in MUTANTS])
def test_every_mutant_is_caught(name: str) -> None:
    assert model_seeds(range(400), mutant=name, stop_at_first=True).broken
