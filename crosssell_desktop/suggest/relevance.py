"""Learned relevance: the signals of a question blended into one figure per candidate, with its parts.

score = own (1 + 0.2 lift) + 0.15 hh + 0.3 conf + 1.5 cos + 0.3 pst + 2 aff pst   (suggestion rules, section 3)

The figure is kept as an integer number of billionths, so that equal inputs tie alike on every machine. It only
orders; what may be shown is for the gates, what is said is for the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from crosssell_desktop.domain.ids import StoreId
from crosssell_desktop.suggest.arrays import F64, I32, I64
from crosssell_desktop.suggest.history import OwnHistory, figures
from crosssell_desktop.suggest.model import Model, StoreView
from crosssell_desktop.suggest.second_look import LOOKED_AT, dealt_anew, first_places, worth_it
from crosssell_desktop.suggest.signals import SIGNALS, Scene
from crosssell_desktop.suggest.spans import ranges
from crosssell_desktop.suggest.traits import NAMES, traits

SCORE_ONE = 1_000_000_000
"""A relevance of 1 in the integers scores are kept in."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the blend: a weight and the signals multiplied."""

    name: str
    weight: float
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blend:
    """How signals become one figure."""

    terms: tuple[Term, ...]
    likeness: float = 10.0
    """How much more a basket that looks like this one counts."""
    doubt: float = 7.0
    """Baskets added to a customer's own number before a share of them is believed."""
    depth: int = 200
    """Most popular products that always take part."""
    per_type: int = 5
    """Most popular products of each of the customer's types that take part."""
    types: int = 48
    """As many of the customer's types, the most frequent ones, lend products."""
    second: Literal["likely", "new", ""] = ""
    """Which trees order the best candidates once more; «» for none."""


SCORE = Blend(
    (
        Term("own", 1.0, ("own",)),
        Term("own_lift", 0.2, ("own", "lift")),
        Term("household", 0.15, ("household",)),
        Term("confidence", 0.3, ("confidence",)),
        Term("cosine", 1.5, ("cosine",)),
        Term("popularity", 0.3, ("popularity",)),
        Term("type_popularity", 2.0, ("affinity", "popularity")),
    ),
    second="likely",
)
"""What is likeliest to be bought."""

NOVEL = Blend(
    (
        Term("confidence", 1.0, ("confidence",)),
        Term("cosine", 4.0, ("cosine",)),
        Term("popularity", 0.3, ("popularity",)),
    ),
    second="new",
)
"""What is likeliest among things the customer never had (the «new for you» slot)."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What relevance is asked about, in model indexes."""

    basket: I32
    """Sorted, no duplicates, the core among them; may be empty."""
    history: OwnHistory = field(default_factory=OwnHistory.empty)
    store: StoreId | None = None
    day: int = 0

    @staticmethod
    def of(
        model: Model,
        basket: Sequence[int] | I64,
        history: OwnHistory | None = None,
        store: StoreId | None = None,
        day: int | None = None,
    ) -> Question:
        """Return a question; unknown products (-1) and duplicates are dropped, the day defaults to the model's last."""
        items = np.unique(np.asarray(basket, np.int64))
        return Question(
            items[items >= 0].astype(np.int32),
            history if history is not None else OwnHistory.empty(),
            store,
            model.last_day if day is None else day,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Relevance:
    """The figures of all candidates of a question."""

    candidates: I32
    """Model indexes, sorted."""
    score: I64
    """Billionths."""
    parts: Mapping[str, F64]
    """Term name -> its share of the score, per candidate (not rounded)."""
    model: Model
    scene: Scene
    values: Mapping[str, F64]
    """Signal name -> its value per candidate."""

    def best(self, k: int, leave_out: I32 | I64 | None = None) -> I32:
        """Return the ``k`` best candidates: by score, then by SKU."""
        places = first_places(self.score, self.candidates, self.model.sku_rank, self._but(leave_out), k)
        best: I32 = self.candidates[places]
        return best

    def _but(self, leave_out: I32 | I64 | None) -> I64 | None:
        if leave_out is None or len(leave_out) == 0:
            return None
        kept = np.ones(len(self.model), np.bool_)
        kept[leave_out] = False
        return np.flatnonzero(kept[self.candidates])

    def looked_at_again(self, question: Question, blend: Blend, leave_out: I32 | I64 | None = None) -> Relevance:
        """Return the same with the best candidates (those of ``leave_out`` aside) ordered once more by trees.

        Nothing changes when the model carries no trees, when they were grown on other traits than this program
        knows, or when the customer is not one they know (:func:`worth_it`).
        """
        look = self.model.second_look
        if look is None or not blend.second or tuple(look.traits) != NAMES:
            return self
        if not worth_it(question.history, new=blend.second == "new"):
            return self
        forest = look.likely if blend.second == "likely" else look.new
        at = first_places(self.score, self.candidates, self.model.sku_rank, self._but(leave_out), LOOKED_AT)
        gains = forest.gains(traits(self.scene, self.values, self.score, at, question.day))
        score = dealt_anew(self.score, at, gains)
        parts = {**self.parts, "second_look": (score - self.score) / SCORE_ONE}
        return replace(self, score=score, parts=parts)

    def of(self, index: int) -> int:
        """Return the score of a model index in billionths, 0 for one that is no candidate."""
        place = int(np.searchsorted(self.candidates, index))
        return int(self.score[place]) if place < len(self.candidates) and self.candidates[place] == index else 0

    def parts_of(self, index: int) -> dict[str, int]:
        """Return the parts of a score in billionths, the ones that are 0 left out."""
        place = int(np.searchsorted(self.candidates, index))
        if place >= len(self.candidates) or self.candidates[place] != index:
            return {}
        parts = {name: round(float(values[place]) * SCORE_ONE) for name, values in self.parts.items()}
        return {name: part for name, part in parts.items() if part}


def relevance(  # one question and how to answer it
    model: Model,
    question: Question,
    blend: Blend = SCORE,
    extra: Sequence[int] = (),
    *,
    k: int = 10,
    leave_out: I32 | I64 | None = None,
    only: I64 | None = None,
) -> Relevance:
    """Return the relevance of everything that could be among the first ``k``, and of ``extra`` (model indexes).

    ``leave_out`` says what will not be asked for, ``only`` what alone will be, so that the second look is not spent
    on anything else.
    """
    found = first_look(model, question, blend, extra, k)
    if only is not None:
        leave_out = found.candidates[~np.isin(found.candidates, only)]
    return found.looked_at_again(question, blend, leave_out)


def first_look(
    model: Model, question: Question, blend: Blend = SCORE, extra: Sequence[int] = (), k: int = 10
) -> Relevance:
    """Return the relevance as the blend of signals gives it."""
    store = model.store_view(question.store)
    scene = _scene(model, question, blend, store, extra, k)
    values = {signal.name: signal.values(scene) for signal in SIGNALS}
    parts: dict[str, F64] = {}
    total = np.zeros(len(scene.candidates))
    for term in blend.terms:
        part = values[term.signals[0]] * term.weight
        for name in term.signals[1:]:
            part = part * values[name]
        parts[term.name] = part
        total = total + part
    return Relevance(scene.candidates, np.rint(total * SCORE_ONE).astype(np.int64), parts, model, scene, values)


def _scene(model: Model, question: Question, blend: Blend, store: StoreView, extra: Sequence[int], k: int) -> Scene:
    basket = question.basket
    begins, ends = model.starts[basket], model.starts[basket + 1]
    lengths = ends - begins
    at = ranges(begins, lengths)
    neighbours = model.neighbours[at]
    history = question.history
    in_basket = np.zeros(len(model.types), np.bool_)
    in_basket[model.type_of[basket]] = True
    own = figures(history, in_basket, question.day, blend.likeness, blend.doubt)
    depth = max(blend.depth, k + len(basket))
    per_type = max(blend.per_type, min(k, 20))
    kinds = _largest(own.affinity, history.types, max(blend.types, k))
    type_starts = store.type_starts[kinds]
    type_lengths = np.minimum(store.type_starts[kinds + 1] - type_starts, per_type)
    pool = np.concatenate(
        [
            neighbours,
            history.items,
            store.by_popularity[:depth],
            store.in_type_order[ranges(type_starts, type_lengths)],
            np.array([index for index in extra if index >= 0], np.int32),
        ]
    )
    taking_part = np.zeros(len(model), np.bool_)
    taking_part[pool] = True
    taking_part[basket] = False
    candidates = np.flatnonzero(taking_part).astype(np.int32)
    where = np.empty(len(model), np.int32)
    where[candidates] = np.arange(len(candidates), dtype=np.int32)
    where[basket] = len(candidates)
    near, own_place = where[neighbours], where[history.items]
    return Scene(
        model=model,
        basket=basket,
        basket_types=np.flatnonzero(in_basket),
        candidates=candidates,
        near=near,
        near_to=neighbours,
        near_from=np.repeat(basket, lengths),
        near_joint=model.joint[at],
        history=history,
        own_place=own_place,
        own=own,
        store=store,
    )


def _largest(values: F64, labels: I32, count: int) -> I32:
    """Return the labels of the ``count`` largest values, all that tie with the last included."""
    if len(values) <= count:
        return labels
    border = np.partition(values, len(values) - count)[len(values) - count]
    largest: I32 = labels[values >= border]
    return largest
