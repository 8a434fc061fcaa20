"""Merged cards over the real centre: it decides, all hear, and an unmerge gives every card back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.store import clusters
from crosssell_desktop.sync import centre, centre_work
from tests.sync.kit import Shop, Till, row

NOBODY = UUID(int=0)


def people(shop: Shop, till: Till) -> dict[int, UUID]:
    """Tell the centre of one person of each level."""
    rows = {level: row("person", level=level, active=True, ver=1) for level in range(1, 6)}
    centre.push_master(shop.office(), {"person": list(rows.values())}, till.clock, till.ids)
    return {level: UUID(str(one["id"])) for level, one in rows.items()}


def say(till: Till, person: UUID, one: UUID, other: UUID, **more: Any) -> UUID:  # noqa: ANN401  # any column
    given: dict[str, Any] = {"wanted": "merge", "rule": "hand", "proposal_id": None, **more}
    fact = row(
        "customer_merge", id=till.ids.new(), counter_id=till.counter_id, person_id=person, loser_id=other,
        winner_id=one, **given,
    )  # fmt: skip
    till.record("merged", {"customer_merge": [fact]})
    return UUID(str(fact["id"]))


def take_back(till: Till, person: UUID, merge_id: UUID) -> UUID:
    fact = row("customer_unmerge", id=till.ids.new(), counter_id=till.counter_id, person_id=person, merge_id=merge_id)
    till.record("unmerged", {"customer_unmerge": [fact]})
    return UUID(str(fact["id"]))


def cluster(till: Till, card: UUID) -> tuple[UUID, ...]:
    with till.database.read() as connection:
        return clusters.cluster_of(connection, card)


@pytest.mark.parametrize("late", [0, 1, 2])
def test_three_counters_merge_and_unmerge_apart_and_come_to_the_same_clusters(shop: Shop, late: int) -> None:
    tills = [shop.till() for _ in range(3)]
    chief = people(shop, tills[0])[4]
    cards = sorted(tills[0].meet(f"Анна {n}") for n in range(4))
    shop.sync_all()
    first = say(tills[0], chief, cards[0], cards[1])
    say(tills[1], chief, cards[1], cards[2])
    say(tills[2], chief, cards[2], cards[3])
    assert {cluster(t, cards[0]) for t in tills} == {(cards[0],)}
    order = tills[late:] + tills[:late]
    for till in order:
        till.sync()
    shop.sync_all()
    assert {cluster(t, c) for t in tills for c in cards} == {tuple(cards)}
    take_back(tills[late], chief, first)
    shop.sync_all()
    for till in tills:
        assert (cluster(till, cards[0]), cluster(till, cards[3])) == ((cards[0],), tuple(cards[1:]))
        assert till.contents("merge_verdict") == shop.contents("merge_verdict")
    assert centre_work.work(shop.url, audit=True).faults == []
    assert dict(shop.ask("SELECT id, root FROM sync.customer_alias")) == dict.fromkeys(cards[2:], cards[1])
    # A counter that joins later comes to the same by its snapshot.
    new = shop.till()
    shop.sync_all()
    assert cluster(new, cards[2]) == tuple(cards[1:])
    shop.must_be_level()


def test_the_centre_accepts_only_of_who_may(shop: Shop) -> None:
    till, other = shop.till(), shop.till()
    who = people(shop, till)
    cards = [till.meet(f"Анна {n}") for n in range(12)]
    shop.sync_all()
    asked: dict[UUID, bool] = {}

    def ask(person: UUID, n: int, *, well: bool, **more: Any) -> None:  # noqa: ANN401
        asked[say(till, person, cards[n], cards[n + 1], **more)] = well

    for level, well in ((1, False), (2, False), (3, False), (4, True), (5, True)):
        ask(who[level], level, well=well)
    ask(till.ids.new(), 6, well=False)  # a person nobody knows
    ask(NOBODY, 7, well=False, rule="M1")  # a machine, and not the office's
    proposal = say(other, who[2], cards[8], cards[9], wanted="propose")
    own = say(other, who[3], cards[9], cards[10], wanted="propose")
    shop.sync_all()
    ask(who[3], 8, well=True, proposal_id=proposal)
    ask(who[3], 9, well=False, proposal_id=own)  # approved by who proposed it
    ask(who[3], 10, well=False, proposal_id=proposal)  # a proposal of other cards
    till.record("erased", {"customer": [row("customer", id=cards[11], status="erased", ver=till.clock.at_ms << 17)]})
    ask(who[4], 10, well=False)
    shop.sync_all()
    said = dict(shop.ask("SELECT id, accepted FROM shop.merge_verdict"))
    assert {id_: bool(said[id_]) for id_ in asked} == asked
    assert proposal not in said
    assert other.contents("merge_verdict") == shop.contents("merge_verdict")
    standing = next(m for m, well in asked.items() if well)
    undone = take_back(other, who[2], standing)
    shop.sync_all()
    assert shop.ask("SELECT accepted FROM shop.merge_verdict WHERE id = %s", (undone,)) == [(0,)]
    assert len(cluster(till, cards[4])) > 1
