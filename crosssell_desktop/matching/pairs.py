"""Which cards are worth comparing, and what becomes of all pairs together.

Law: a group of cards joined by automatic pairs holds no contradiction; where it would, a person decides all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from crosssell_desktop.matching.cards import Keys
from crosssell_desktop.matching.compare import Comparison, compare, family_keys
from crosssell_desktop.matching.rules import IN_A_CONTRADICTED_GROUP, NEVER_AUTO, Verdict, Zone, judge

LARGEST_GROUP = 60
"""A key that more cards share tells nobody from anybody (a clerk's 999 99 99); it is left out."""
PEOPLE_OF_A_KEY = 2
"""A contact or card with more family names than this is shared, not a family's; it joins nobody by itself."""

Pair = tuple[int, int]
"""Places of two cards, the smaller first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with its comparison and verdict; ``weights`` are the model's points by field, empty without one."""

    at: Pair
    comparison: Comparison
    verdict: Verdict
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says of a pair: probability from 0 to 1, and by field the points for it or against."""

    probability: float
    weights: Mapping[str, float]


def _exact_keys(keys: Keys) -> Iterator[tuple[str, str]]:
    for kind in ("phones", "emails", "loyalty", "external_ids"):
        for value in getattr(keys, kind):
            yield kind, value


def _name_keys(keys: Keys) -> Iterator[tuple[str, str]]:
    if keys.family and keys.birthday:
        for name in keys.names:
            yield "birthday", f"{keys.birthday[-4:]} {name} {family_keys(keys)[:4]}"
    if keys.street and keys.house and (keys.family or keys.given):
        for name in {family_keys(keys)[:2], keys.given[:2]}:
            yield "address", f"{keys.street[:5]} {keys.house} {name}"


def groups(cards: Sequence[Keys], *, exact_only: bool = False) -> dict[tuple[str, str], list[int]]:
    """Return the places of the cards that share a key, by key."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, keys in enumerate(cards):
        for key in _exact_keys(keys):
            found[key].append(place)
        if not exact_only:
            for key in _name_keys(keys):
                found[key].append(place)
    return {key: places for key, places in found.items() if len(places) > 1}


def candidates(cards: Sequence[Keys]) -> set[Pair]:
    """Return the pairs that any rule could be about."""
    return {
        pair for places in groups(cards).values() if len(places) <= LARGEST_GROUP for pair in combinations(places, 2)
    }


def shared_keys(cards: Sequence[Keys]) -> set[tuple[str, str]]:
    """Return the contacts and cards that several people use: more family names than a family has."""
    return {
        key
        for key, places in groups(cards, exact_only=True).items()
        if len({family_keys(cards[place]) for place in places} - {""}) > PEOPLE_OF_A_KEY
    }


def family_phones(cards: Sequence[Keys]) -> set[str]:
    """Return the phones of more than one person: two of the cards that have it contradict each other."""
    return {
        key[1]
        for key, places in groups(cards, exact_only=True).items()
        if key[0] == "phones"
        and len(places) <= LARGEST_GROUP
        and any(compare(cards[a], cards[b]).findings & NEVER_AUTO.keys() for a, b in combinations(places, 2))
    }


def judge_all(
    cards: Sequence[Keys],
    scored: Mapping[Pair, Scored] | None = None,
    *,
    apart: Iterable[Pair] = (),
    between: Sequence[int] | None = None,
) -> list[Judged]:
    """Return every pair that is not separate, the surest first.

    Args:
        cards: The keys of all cards.
        scored: What the model says, by pair; None when there is no model.
        apart: Pairs a person has told apart.
        between: The list each card is from, when only pairs of two lists are asked.
    """
    shared = shared_keys(cards)
    families = family_phones(cards)
    told_apart = set(apart)
    made = []
    for pair in sorted(candidates(cards) | set(scored or ())):
        if pair in told_apart or (between is not None and between[pair[0]] == between[pair[1]]):
            continue
        left, right = cards[pair[0]], cards[pair[1]]
        comparison = compare(left, right)
        said = (scored or {}).get(pair)
        common = set(_exact_keys(left)) & set(_exact_keys(right))
        verdict = judge(
            comparison,
            probability=said.probability if said else None,
            is_shared=bool(common) and common <= shared,
            is_family_phone=bool(common) and all(kind == "phones" and value in families for kind, value in common),
        )
        if verdict.zone is not Zone.SEPARATE:
            made.append(Judged(pair, comparison, verdict, said.weights if said else {}))
    return sorted(_agreed(cards, made, told_apart), key=lambda j: (j.verdict.zone, -(j.verdict.probability or 0), j.at))


def _agreed(cards: Sequence[Keys], judged: Sequence[Judged], apart: set[Pair]) -> Iterator[Judged]:
    """Hold back the automatic pairs of a group in which any two cards contradict or were told apart."""
    group = joined(j.at for j in judged if j.verdict.zone is Zone.AUTO)
    members: dict[int, list[int]] = defaultdict(list)
    for place, root in group.items():
        members[root].append(place)
    bad = {
        root
        for root, places in members.items()
        if any(
            (min(a, b), max(a, b)) in apart or compare(cards[a], cards[b]).findings & NEVER_AUTO.keys()
            for a, b in combinations(places, 2)
        )
    }
    for one in judged:
        if one.verdict.zone is Zone.AUTO and group[one.at[0]] in bad:
            reasons = (*one.verdict.reasons, IN_A_CONTRADICTED_GROUP)
            yield replace(one, verdict=replace(one.verdict, zone=Zone.REVIEW, reasons=reasons))
        else:
            yield one


def joined(pairs: Iterable[Pair]) -> dict[int, int]:
    """Return for every card in a pair the smallest card it is joined with, itself for the smallest."""
    above: dict[int, int] = {}

    def root(place: int) -> int:
        while above.setdefault(place, place) != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    for a, b in pairs:
        one, other = root(a), root(b)
        above[max(one, other)] = min(one, other)
    return {place: root(place) for place in list(above)}
