"""The simulator in the suite: seeds on the model and on real databases, the two compared, and every mutant caught."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.exchange.files import File
from tests.exchange.machine import FIRST_ERA
from tests.exchange.mutants import MUTANTS, Mutant
from tests.exchange.running import MakeCentre, compared_seeds, model_seeds, real_seeds, real_world

MODEL_SEEDS = range(100)
REAL_SEEDS = int(os.environ.get("CROSSSELL_REAL_SEEDS", "100"))
"""More by ``python -m tests.exchange --seeds 1000``."""
PARTS = 4
"""Of the real seeds, so that two processors share them."""
SEQUENCER_SEEDS = range(5)
FOUND = (15, 142, 1477, 1698)
"""Seeds of the first era that once broke a law, of the exchange or of the simulator itself."""
FOUND_LATER = (33, 459, 1335, 7387)
"""The same of the third era."""


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
    assert model_seeds(FOUND_LATER).broken == {}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_seeds_on_real_files_and_postgresql_lose_nothing_and_end_as_the_model_says(
    world: tuple[MakeCentre, Callable[[], File]], part: int
) -> None:
    seeds = range(part, REAL_SEEDS, PARTS)
    tally = compared_seeds(seeds, *world)
    print(tally)
    assert tally.broken == {}
    assert tally.unlike == {}
    assert tally.operations > 10 * len(seeds)


@pytest.mark.slow
def test_seeds_on_the_other_cursor_scheme_break_no_law() -> None:
    assert real_seeds(SEQUENCER_SEEDS, cursor="sequencer").broken == {}


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_is_caught(mutant: Mutant) -> None:
    seeds = [mutant.seed, *range(400)]
    assert model_seeds(seeds, mutant=mutant.name, stop_at_first=True, era=mutant.era).broken
