"""The rules between two writers, for any order of arrival: fields of a card, consents, merged cards."""

from __future__ import annotations

import functools
import uuid
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.consents import Word, in_force
from crosssell_desktop.domain.fields import REST, edited, hlc_of, merge, put_right, stamp_of, stamps_of, whole_stamp
from crosssell_desktop.domain.merging import roots

FIELDS = ("name", "birthday", "language")
COUNTERS = [uuid.UUID(int=n) for n in range(1, 4)]

Edit = tuple[dict[str, int], int, UUID]


def born(ver: int = 1) -> dict[str, Any]:
    return {"id": "x", "ver": ver, "stamps": None, **dict.fromkeys(FIELDS, "")}


@st.composite
def edits(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return versions of one card: each counter edits what it has, or what it heard from another."""
    seen = {counter: born() for counter in COUNTERS}
    made = [born()]
    for n in range(draw(st.integers(1, 8))):
        counter = draw(st.sampled_from(COUNTERS))
        heard = draw(st.sampled_from([None, *made]))
        row = seen[counter] if heard is None else merge(seen[counter], heard, FIELDS, tie_to_coming=True)
        changes = dict.fromkeys(draw(st.sets(st.sampled_from(FIELDS), min_size=1)), f"{n}")
        hlc = max(row["ver"], draw(st.integers(1, 40))) + 1
        row = edited(row, changes, hlc, counter)
        del row["seen"]
        seen[counter] = row
        made.append(row)
    return made


@given(edits(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_card(made: list[dict[str, Any]], chance: Any) -> None:  # noqa: ANN401
    def join(some: list[dict[str, Any]]) -> dict[str, Any]:
        return functools.reduce(lambda a, b: merge(a, b, FIELDS), some)

    one = join([made[0], *made])
    shuffled = [*made, *made[:2]]
    chance.shuffle(shuffled)
    assert join(shuffled) == one


@given(edits())
def test_each_field_is_that_of_the_latest_clock_and_counter(made: list[dict[str, Any]]) -> None:
    card = functools.reduce(lambda a, b: merge(a, b, FIELDS), made)
    for field in FIELDS:
        best = max(made, key=lambda row: stamps_of(row).get(field, stamps_of(row)[REST]))
        assert card[field] == best[field]
    assert card["ver"] == max(row["ver"] for row in made)


def test_an_edit_says_what_it_had_in_sight() -> None:
    one = edited(born(), {"name": "А"}, 5, COUNTERS[0])
    assert one["seen"] == {"name": whole_stamp(1)}
    two = edited(one, {"name": "Б"}, 9, COUNTERS[1])
    assert two["seen"] == {"name": stamp_of(5, COUNTERS[0])}
    assert two["stamps"] == {REST: whole_stamp(1), "name": stamp_of(9, COUNTERS[1])}


def test_a_stamp_of_a_clock_that_ran_ahead_is_replaced_by_what_the_centre_says() -> None:
    ahead, corrected = stamp_of(1_000, COUNTERS[0]), stamp_of(20, COUNTERS[0]) + "~"
    row = edited(born(), {"name": "А"}, 1_000, COUNTERS[0])
    right = put_right(row, {ahead: corrected})
    assert (right["stamps"]["name"], right["ver"]) == (corrected, 20)
    later = edited(born(), {"name": "Б"}, 30, COUNTERS[1])
    assert merge(right, later, FIELDS)["name"] == "Б"
    assert merge(row, later, FIELDS)["name"] == "А"
    assert hlc_of(corrected) == 20


WORDS = st.lists(
    st.builds(
        Word,
        purpose=st.sampled_from(["service", "marketing"]),
        channel=st.sampled_from(["", "sms"]),
        state=st.sampled_from(["given", "withdrawn"]),
        hlc=st.integers(1, 9),
        base_hlc=st.integers(0, 9),
    ),
    max_size=8,
)


@given(WORDS, st.randoms(use_true_random=False))
def test_consents_do_not_depend_on_the_order_and_the_strictest_wins(words: list[Word], chance: Any) -> None:  # noqa: ANN401
    shuffled = [*words, *words]
    chance.shuffle(shuffled)
    found = in_force(shuffled)
    assert found == in_force(words)
    for purpose in {w.purpose for w in words if not w.channel}:
        mine = [w for w in words if (w.purpose, w.channel) == (purpose, "")]
        unseen = [w for w in mine if w.state == "withdrawn"]
        if unseen and not any(w.state == "given" and all(w.base_hlc >= u.hlc for u in unseen) for w in mine):
            others = [w for w in words if w.purpose == purpose and w.channel]
            assert purpose not in in_force(mine) or others


def test_a_withdrawal_beats_a_later_grant_that_had_not_seen_it() -> None:
    withdrawn = Word("marketing", "", "withdrawn", 5, 0)
    assert in_force([withdrawn, Word("marketing", "", "given", 99, 4)]) == frozenset()
    assert in_force([withdrawn, Word("marketing", "", "given", 99, 5)]) == {"marketing"}


IDS = st.integers(1, 12).map(lambda n: UUID(int=n))


@given(st.lists(st.tuples(IDS, IDS), max_size=12), st.randoms(use_true_random=False))
def test_merges_commute_and_the_smallest_id_stands_for_all(pairs: list[tuple[UUID, UUID]], chance: Any) -> None:  # noqa: ANN401
    found = roots(pairs)
    turned = [(b, a) if chance.random() < 0.5 else (a, b) for a, b in pairs]
    chance.shuffle(turned)
    assert roots(turned) == found
    assert all(root < id_ and root not in found for id_, root in found.items())
    for a, b in pairs:
        assert found.get(a, a) == found.get(b, b)
