"""What a benchmark of suggestions stands on: a model learned from some weeks, and the methods under test."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from benchmarks.journey import Case, Data, best_sellers, histories, model_indexes
from crosssell_desktop.domain.ids import StoreId
from crosssell_desktop.suggest.arrays import I32, I64, Bools
from crosssell_desktop.suggest.forest import SecondLook
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.learn import build_model, learn
from crosssell_desktop.suggest.model import Model


@dataclass(frozen=True, eq=False)
class Bench:
    """What was learned, and what is asked."""

    data: Data
    trained: Bools
    model: Model
    index: I64
    """Model index of each line."""
    known: Mapping[int, OwnHistory]
    stores: Mapping[int, StoreId]

    @cached_property
    def best_of(self) -> I64:
        """The best-selling product of each type."""
        return best_sellers(self.model)


class Answers(Protocol):
    """A method under test."""

    def ranked(self, case: Case, had: OwnHistory, good: Bools, count: int, *, new: bool) -> I32 | I64:
        """Return the best products (model indexes, the best first) among those that ``good`` marks.

        ``new`` says that only things the household never had are asked for.
        """


def learned(data: Data, last_week: int, look: SecondLook | None) -> tuple[Bench, dict[str, object]]:
    """Learn from the weeks up to one, and say what that cost."""
    trained: Bools = data.week <= last_week
    start, processor = time.perf_counter(), time.process_time()
    counts = learn([data.lines.only(trained)], data.catalogue)
    buffer = build_model(counts.total, counts.window, data.catalogue, second_look=look)
    cost: dict[str, object] = {
        "learn_s": round(time.perf_counter() - start, 2),
        "learn_processor_s": round(time.process_time() - processor, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "model_bytes": len(buffer),
    }
    model = Model.from_buffer(buffer)
    model.product_traits  # noqa: B018  # and its columns for the second look
    index = model_indexes(data, model)
    stores = dict(data.catalogue.stores)
    for store in stores.values():
        model.store_view(store)  # a counter makes its one view when it opens the model
    return Bench(data, trained, model, index, histories(data, trained, model, index), stores), cost
