"""What is true in the invented receipts: how often a product draws another, and what only looks so.

The receipts are drawn from a model in which every initial item is independent of the others; then some
items (sources) draw further ones (targets) with a known chance. No product is both, so the share and the
lift of every pair can be written down: for a source ``a``, a target ``b`` with own chance ``q_b`` and
chances ``s`` of being drawn, ``P(b | a) = 1 - (1 - q_b)(1 - s_ab) * product over other sources a' of
(1 - q_a' s_a'b)``, averaged over months, stores, tastes and visits for a habit, and conditioned on a
receipt not being empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
PairKind = Literal["approved", "everyday"]


@dataclass(frozen=True, slots=True)
class TruePair:
    """A pair that truly goes together, by product numbers, direction from source to target.

    ``lift`` is P(a and b) / (P(a) P(b)) and ``share`` is P(b | a) over sale receipts; ``joint`` is the
    expected number of sale receipts with both. ``kind`` is ``approved`` for a combination of the shop
    (a natural share, so mostly a high lift) and ``everyday`` for a pair whose lift was drawn.
    """

    source: int
    target: int
    kind: PairKind
    lift: float
    share: float
    joint: float


@dataclass(frozen=True)
class Truth:
    """All true pairs; every other pair of products is independent up to season, store and taste.

    Seen over receipts, the lift of an unrelated pair lies a little under 1, because a receipt is never
    empty: a receipt with ``a`` has already its one item.

    ``rates`` is the share of sale receipts with each product. ``substitutes`` are bought instead of each
    other; ``confounders`` are popular and go together with nothing.
    """

    pairs: tuple[TruePair, ...]
    substitutes: tuple[tuple[int, int], ...]
    confounders: tuple[int, ...]
    rates: Floats


@dataclass(frozen=True)
class Draw:
    """The drawing chances: pair numbers, and for each pair its slot (a slot gives at most one item)."""

    sources: Ints
    targets: Ints
    kinds: tuple[PairKind, ...]
    slots: Ints
    chances: Floats


@dataclass(frozen=True)
class Visits:
    """How many receipts of each sort there are: ordinary ones by segment, habit ones by segment and product."""

    ordinary: Floats
    habit: Floats

    @property
    def total(self) -> float:
        """Return the number of sale receipts."""
        return float(self.ordinary.sum() + self.habit.sum())


@dataclass(frozen=True)
class Model:
    """Own chances of every product by segment, before (``own``) and after substitutes are kept apart."""

    own: Floats
    alone: Floats
    rival: Ints
    apart: float
    not_empty: Floats


def make_model(own: Floats, substitutes: tuple[tuple[int, int], ...], apart: float) -> Model:
    """Prepare the chances; of two substitutes drawn together one is put back with chance ``apart``."""
    rival = np.full(own.shape[1], -1, dtype=np.int64)
    for first, second in substitutes:
        rival[first], rival[second] = second, first
    alone = own.copy()
    has = rival >= 0
    alone[:, has] = own[:, has] * (1 - 0.5 * apart * own[:, rival[has]])
    return Model(own, alone, rival, apart, 1 - np.prod(1 - own, axis=1))


def expected(model: Model, draw: Draw, visits: Visits) -> tuple[Floats, Floats]:
    """Return the expected receipts with each product, and with both products of each pair."""
    source, target = draw.sources, draw.targets
    usual = visits.ordinary / model.not_empty + visits.habit.sum(axis=1)
    rival_own = np.where(model.rival[target] >= 0, model.alone[:, model.rival[target]], 0.0)
    chance = draw.chances * (1 - model.apart * rival_own)
    missed = np.log1p(-model.alone[:, source] * chance)
    lost = np.zeros_like(model.alone)
    np.add.at(lost.T, target, missed.T)
    present = 1 - (1 - model.alone) * np.exp(lost)

    counts = usual @ present
    with_source = 1 - (1 - present[:, target]) * (1 - chance) / np.exp(missed)
    counts += (visits.habit * (1 - present)).sum(axis=0)
    np.add.at(counts, target, (visits.habit[:, source] * (with_source - present[:, target])).sum(axis=0))
    has = np.flatnonzero(model.rival >= 0)
    counts[has] -= (visits.habit[:, model.rival[has]] * present[:, has] * model.apart).sum(axis=0)

    joint = model.alone[:, source] * with_source
    both = usual @ joint
    both += (visits.habit[:, source] * (with_source - joint)).sum(axis=0)
    both += (visits.habit[:, target] * (model.alone[:, source] - joint)).sum(axis=0)
    return counts, both


def solve(model: Model, draw: Draw, visits: Visits, asked: Floats) -> Draw:
    """Find the chances that give the asked share (approved pairs) or lift (everyday pairs)."""
    approved = np.array([kind == "approved" for kind in draw.kinds])
    for _ in range(12):
        counts, both = expected(model, draw, visits)
        share = both / counts[draw.sources]
        wanted = np.where(approved, asked, np.minimum(asked * counts[draw.targets] / visits.total, 0.9))
        without = 1 - (1 - share) / (1 - draw.chances)
        chances = np.clip(1 - (1 - wanted) / (1 - without), 0.0, 0.95)
        draw = Draw(draw.sources, draw.targets, draw.kinds, draw.slots, chances)
    return draw


def tell(
    model: Model,
    draw: Draw,
    visits: Visits,
    substitutes: tuple[tuple[int, int], ...],
    confounders: tuple[int, ...],
) -> Truth:
    """Write down what is true for the receipts that were made."""
    counts, both = expected(model, draw, visits)
    total = visits.total
    lifts = both * total / (counts[draw.sources] * counts[draw.targets])
    pairs = tuple(
        TruePair(
            source=int(draw.sources[n]),
            target=int(draw.targets[n]),
            kind=draw.kinds[n],
            lift=float(lifts[n]),
            share=float(both[n] / counts[draw.sources[n]]),
            joint=float(both[n]),
        )
        for n in range(len(draw.kinds))
    )
    return Truth(pairs, substitutes, confounders, counts / total)
