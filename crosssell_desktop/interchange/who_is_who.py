"""Who is who by evidence weighed without any truth: blocking, levels, term frequencies and EM by splink on DuckDB.

Law: splink is loaded only when it is asked (extra ``office``; it takes seconds). Nothing of it leaves this module:
in go the keys of cards, out come probabilities and points by field.
"""

from __future__ import annotations

import importlib.util
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.matching.cards import Keys
from crosssell_desktop.matching.pairs import Pair, Scored

if TYPE_CHECKING:
    from pyarrow import Table
    from splink.internals.comparison_creator import ComparisonCreator
    from splink.internals.comparison_level_creator import ComparisonLevelCreator

    from crosssell_desktop.interchange.result import Progress

LEAST_PROBABILITY = 0.01
"""Pairs below it are not told: nobody would look at them."""
_LEAST_CARDS = 20
_LEAST_SHARE = 0.01
"""A field that fewer cards fill is left out of the model: nothing can be learned of it."""
_SAMPLED_PAIRS = 6e5
_SEED = 1
_ENOUGH = 0.005
"""EM ends when nothing changes by more; going on only makes the sure surer."""
_DETERMINISTIC_RECALL = 0.8
"""What share of the true pairs agrees in one of the sure combinations; the model hardly depends on it."""

TEXTS = (
    "family",
    "given",
    "patronymic",
    "birthday",
    "inn",
    "document",
    "street",
    "house",
    "area",
    "place",
    "postcode",
    "name_bag",
)
LISTS = ("names", "phones", "emails", "loyalty")
BLOCKS: tuple[tuple[str, ...], ...] = (
    ("name_bag",),
    ("birthday",),
    ("document",),
    ("street", "house"),
    ("street", "place"),
    ("area", "place"),
    ("area", "house"),
    ("family", "place"),
    ("given", "place"),
    ("family", "postcode"),
    ("given", "postcode"),
    ("street", "given"),
    ("street", "family"),
)
"""Which cards are compared: those that agree in all of one of these; the lists by any of their values."""
KEPT_ALONG: Mapping[str, float] = {"phones": 0.8, "emails": 0.7, "loyalty": 0.8}
"""How often one person gives two lists the same contact or card. Said, not learned: where nobody in the lists has two,
EM would take another phone for a proof of another person, and in the end for an impossibility."""
SURE: tuple[tuple[str, ...], ...] = (
    ("document",),
    ("name_bag", "birthday"),
    ("family", "birthday", "postcode"),
    ("name_bag", "street", "house"),
)
TRAINED_BY: tuple[tuple[str, ...], ...] = (("birthday",), ("postcode",), ("family", "given"), ("street", "house"))
"""EM looks at the pairs that agree in one of these; each time it learns the fields the others are made of."""


def is_installed() -> bool:
    """Say whether the extra is there, without loading it."""
    return all(importlib.util.find_spec(name) is not None for name in ("splink", "duckdb"))


def is_enough(keys: Sequence[Keys]) -> bool:
    """Say whether there are enough cards with names to learn from."""
    return len(keys) >= _LEAST_CARDS and bool({"family", "given"} & _filled(keys))


def score(
    keys: Sequence[Keys], *, between: Sequence[int] | None = None, progress: Progress | None = None
) -> dict[Pair, Scored]:
    """Return what the evidence says of every pair worth a look, learned from these very cards.

    Args:
        keys: The cards.
        between: The list each card is from, when only pairs of two lists are asked.
        progress: Hears the steps.

    Raises:
        Refusal: ``no_office_extra`` without splink; ``too_few_cards`` when there is nothing to learn from.
    """
    if not is_installed():
        raise Refusal(
            "no_office_extra",
            Text(N_("Weighing the evidence needs the extra «office»: pip install «crosssell-desktop[office]».")),
        )
    filled = _filled(keys)
    if not is_enough(keys):
        raise Refusal("too_few_cards", Text(N_("There are too few cards with names to weigh evidence by.")))
    with warnings.catch_warnings():
        # What splink's own dependencies deprecate is not ours to mend.
        warnings.simplefilter("ignore")
        return _scored(keys, filled, between, progress or _silent)


def _silent(_step: Text, _done: int, _total: int) -> None:
    return


def _filled(keys: Sequence[Keys]) -> set[str]:
    least = max(_LEAST_CARDS, _LEAST_SHARE * len(keys))
    return {name for name in (*TEXTS, *LISTS) if sum(1 for one in keys if getattr(one, name)) >= least}


def _scored(
    keys: Sequence[Keys], filled: set[str], between: Sequence[int] | None, progress: Callable[[Text, int, int], None]
) -> dict[Pair, Scored]:
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415  # seconds; only when asked

    logging.getLogger("splink").setLevel(logging.ERROR)  # it tells of every level that no pair shows
    api = DuckDBAPI()
    lists = sorted(set(between)) if between is not None else [0]
    tables = [
        api.register(_table(keys, filled, [i for i in range(len(keys)) if between is None or between[i] == one]))
        for one in lists
    ]
    blocks: list[Any] = [block_on(*fields) for fields in BLOCKS if filled.issuperset(fields)]
    blocks += [block_on(name, arrays_to_explode=[name]) for name in ("phones", "emails", "loyalty") if name in filled]
    linker = Linker(
        tables,
        SettingsCreator(
            link_type="dedupe_only" if len(tables) == 1 else "link_only",
            comparisons=list(_comparisons(filled)),
            blocking_rules_to_generate_predictions=blocks,
            retain_intermediate_calculation_columns=True,
            em_convergence=_ENOUGH,
        ),
        log_level=None,
    )
    progress(Text(N_("Learning what agreement is worth")), 0, 0)
    training = linker.training
    sure: list[Any] = [block_on(*fields) for fields in SURE if filled.issuperset(fields)]
    sure += [block_on(name, arrays_to_explode=[name]) for name in ("loyalty",) if name in filled]
    if sure:
        training.estimate_probability_two_random_records_match(sure, recall=_DETERMINISTIC_RECALL)
    training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=_SEED)
    for fields in TRAINED_BY:
        if filled.issuperset(fields):
            try:
                training.estimate_parameters_using_expectation_maximisation(block_on(*fields))
            except ValueError as certain:
                # Lists without one slip drive a chance to nought, which splink refuses. What the other ways teach, or
                # else its usual starting values, are less sure and stand.
                progress(Text(N_("Nothing is learned where {fields} agree: too clean"), {"fields": fields}), 0, 0)
                logging.getLogger(__name__).info("a way of learning was left out: %s", certain)
    progress(Text(N_("Comparing")), 0, 0)
    found: Any = linker.inference.predict(threshold_match_probability=LEAST_PROBABILITY)
    return dict(_read(found.as_pyarrow_table()))


def _table(keys: Sequence[Keys], filled: set[str], places: Sequence[int]) -> Table:
    import pyarrow as pa  # noqa: PLC0415  # comes with splink

    columns: dict[str, Any] = {"unique_id": pa.array(places, pa.int64())}
    for name in TEXTS:
        if name in filled:
            columns[name] = pa.array([getattr(keys[i], name) or None for i in places], pa.string())
    for name in LISTS:
        if name in filled:
            told = [sorted(getattr(keys[i], name)) or None for i in places]
            columns[name] = pa.array(told, pa.list_(pa.string()))
    return pa.table(columns)


def _comparisons(filled: set[str]) -> Iterator[ComparisonCreator]:
    import splink.comparison_level_library as levels  # noqa: PLC0415
    import splink.comparison_library as library  # noqa: PLC0415

    swapped = levels.CustomLevel('"given_l" = "family_r" AND "family_l" = "given_r"', label_for_charts="swapped")
    both = {"family", "given"} <= filled

    def by_sound(name: str, *between: ComparisonLevelCreator) -> ComparisonCreator:
        return library.CustomComparison(
            output_column_name=name,
            comparison_levels=[
                levels.NullLevel(name),
                levels.ExactMatchLevel(name, term_frequency_adjustments=True),
                *between,
                levels.JaroWinklerLevel(name, 0.92),
                levels.JaroWinklerLevel(name, 0.85),
                levels.ElseLevel(),
            ],
        )

    def typed(name: str, *slips: int, is_frequent: bool = False) -> ComparisonCreator:
        return library.CustomComparison(
            output_column_name=name,
            comparison_levels=[
                levels.NullLevel(name),
                levels.ExactMatchLevel(name, term_frequency_adjustments=is_frequent),
                *(levels.DamerauLevenshteinLevel(name, slip) for slip in slips),
                levels.ElseLevel(),
            ],
        )

    def any_of(name: str) -> ComparisonCreator:
        has, has_not = KEPT_ALONG[name], 1.0 - KEPT_ALONG[name]
        return library.CustomComparison(
            output_column_name=name,
            comparison_levels=[
                levels.NullLevel(name),
                levels.ArrayIntersectLevel(name).configure(m_probability=has, fix_m_probability=True),
                levels.ElseLevel().configure(m_probability=has_not, fix_m_probability=True),
            ],
        )

    made: dict[str, Callable[[], ComparisonCreator]] = {
        "family": lambda: by_sound("family", *([swapped] if both else [])),
        "given": lambda: by_sound("given", *([swapped] if both else []), levels.ArrayIntersectLevel("names")),
        "patronymic": lambda: by_sound("patronymic"),
        "birthday": lambda: typed("birthday", 1, 2),
        "phones": lambda: any_of("phones"),
        "emails": lambda: any_of("emails"),
        "loyalty": lambda: any_of("loyalty"),
        "inn": lambda: typed("inn"),
        "document": lambda: typed("document", 1, 2),
        "street": lambda: by_sound("street"),
        "house": lambda: typed("house", 1, is_frequent=True),
        "area": lambda: by_sound("area"),
        "place": lambda: by_sound("place"),
        "postcode": lambda: typed("postcode", 1),
    }
    return (make() for name, make in made.items() if name in filled)


FIELDS: Mapping[str, str] = {
    "phones": "phone",
    "emails": "email",
}
"""A column's field of ``matching.compare.Field`` where it has another name."""


def _read(found: Table) -> Iterator[tuple[Pair, Scored]]:
    names = [name for name in found.column_names if name.startswith("mw_")]
    for batch in found.to_batches():
        for row in batch.to_pylist():
            weights: dict[str, float] = {}
            for name in names:
                column = name.removeprefix("mw_").removeprefix("tf_adj_")
                field = FIELDS.get(column, column)
                weights[field] = weights.get(field, 0.0) + float(row[name] or 0.0)
            one, other = int(row["unique_id_l"]), int(row["unique_id_r"])
            yield (min(one, other), max(one, other)), Scored(float(row["match_probability"]), weights)
