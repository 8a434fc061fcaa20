"""A walk over three counters: whatever order news arrives in, all show the same cards, and unmerging restores them.

The centre is a list of what it took, in some order, with its word on every merge; each counter hears it in pieces of
its own, also shuffled and twice.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.merging import Merge, Unmerge, in_force, roots
from crosssell_desktop.services import customers, merging
from crosssell_desktop.store import unit
from crosssell_desktop.store.exchange_rows import DownRow, apply_rows
from crosssell_desktop.store.link_rows import KeptLink, keep_link
from crosssell_desktop.store.queries.card import Card
from crosssell_desktop.sync.tables import TRAVELS
from tests.shop import Counter, SetClock, counter_on, customer

WHO = ("olga", "pavel", "irina")
CARDS = {name: customer(name) for name in WHO}
HEARD = frozenset(t.table for t in TRAVELS if t.is_heard)
SALES = frozenset({"sale", "sale_line", "payment"})
COUNTERS = st.integers(0, 2)
NAMES = st.sampled_from(WHO)


class Centre:
    """What the centre took, as rows to be heard; it accepts every merge of a manager."""

    def __init__(self) -> None:
        self.rows: list[DownRow] = []

    def take(self, counter: Counter, after: int) -> int:
        """Take a counter's operations after a number; return the last."""
        with counter.desk.look() as connection:
            ops = connection.exec_driver_sql("SELECT seq, body, hlc FROM outbox WHERE seq > ? ORDER BY seq", (after,))
            for seq, body, hlc in ops.all():
                after = seq
                for name, some in json.loads(body)["rows"].items():
                    self.rows += [self._row(name, one, hlc) for one in some if name in HEARD]
                    if name in {"customer_merge", "customer_unmerge"}:
                        self.rows += [self._word(one["id"], hlc) for one in some if one.get("wanted") != "propose"]
        return after

    @staticmethod
    def _row(name: str, body: dict[str, Any], hlc: int) -> DownRow:
        return DownRow(name, str(body["id"]), int(body.get("ver", hlc)), deleted=False, body=body)

    def _word(self, id_: str, hlc: int) -> DownRow:
        return self._row("merge_verdict", {"id": id_, "accepted": True, "reason": "", "at": 1, "ver": hlc}, hlc)


class Walk(RuleBasedStateMachine):
    """Merges, unmerges, edits, consents, notes and sales at three counters that hear each other late."""

    templates: dict[str, Path]

    @initialize()
    def open_shop(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = SetClock()
        self.centre = Centre()
        self.counters = [
            counter_on(self.templates[code], self.folder / f"{n}.db", self.clock) for n, code in enumerate(("K1",) * 3)
        ]
        for n, counter in enumerate(self.counters):
            with counter.desk.database.write() as connection:
                keep_link(connection, KeptLink("h", 1, "d", "r", "p", "local"))
                me = counter.desk.ids.new()
                connection.exec_driver_sql("UPDATE me SET counter_id = ?, prefix = ?", (me.bytes, f"W{n}"))
        for counter in self.counters:
            with counter.desk.look() as connection:
                counter.desk.me = unit.me_of(connection)
            counter.open_shift()
        self.sent = [counter.number("SELECT max(seq) FROM outbox") for counter in self.counters]
        self.heard = [0, 0, 0]
        self.before: dict[str, Card] = {}

    def at(self, n: int) -> Counter:
        self.clock.advance(s=1)
        return self.counters[n]

    @rule(n=COUNTERS, who=NAMES, word=st.sampled_from(["А", "Б", "В"]))
    def edit(self, n: int, who: str, word: str) -> None:
        at = self.at(n)
        customers.edit(at.desk, at.session("maria"), CARDS[who], {"display_name": f"{who} {word}"})

    @rule(n=COUNTERS, who=NAMES, given=st.booleans())
    def consent(self, n: int, who: str, *, given: bool) -> None:
        at = self.at(n)
        customers.set_consent(at.desk, at.session("maria"), CARDS[who], "marketing", given=given)

    @rule(n=COUNTERS, who=NAMES)
    def note(self, n: int, who: str) -> None:
        at = self.at(n)
        customers.add_note(at.desk, at.session("maria"), CARDS[who], "traits", f"заметка {self.clock.at_ms}")

    @rule(n=COUNTERS, who=NAMES, sku=st.sampled_from(["CUP-1", "COF-1", "BAG-1"]))
    def sell(self, n: int, who: str, sku: str) -> None:
        self.at(n).sell("maria", sku, of=who)

    @rule(n=COUNTERS, pair=st.sampled_from([("olga", "pavel"), ("pavel", "irina"), ("irina", "olga")]))
    def merge(self, n: int, pair: tuple[str, str]) -> None:
        at = self.at(n)
        one, other = CARDS[pair[0]], CARDS[pair[1]]
        if other not in self.card(at, one).ids:
            merging.merge(at.desk, at.session("maria"), one, other)

    @rule(n=COUNTERS, who=NAMES)
    def unmerge(self, n: int, who: str) -> None:
        at = self.at(n)
        if len(self.card(at, CARDS[who]).ids) > 1:
            merging.unmerge(at.desk, at.session("maria"), CARDS[who])

    @rule(n=COUNTERS)
    def push(self, n: int) -> None:
        self.sent[n] = self.centre.take(self.counters[n], self.sent[n])

    @rule(n=COUNTERS, seed=st.integers(0, 1_000), most=st.integers(1, 12))
    def pull(self, n: int, seed: int, most: int) -> None:
        """Hear a piece of the news, some of the old again, in any order within the piece."""
        upto = min(self.heard[n] + most, len(self.centre.rows))
        chance = random.Random(seed)
        some = self.centre.rows[max(0, self.heard[n] - 3) : upto]
        chance.shuffle(some)
        for row in some:
            if row.entity not in SALES:
                self.hear(n, [row])
        self.hear(n, [row for row in self.centre.rows[:upto] if row.entity in SALES])
        self.heard[n] = upto

    def hear(self, n: int, rows: list[DownRow]) -> None:
        with self.counters[n].desk.database.write() as connection:
            done = apply_rows(connection, rows, known=HEARD, token="t", now_ms=self.clock.at_ms, children_may_wait=True)
        assert done.quarantined == 0

    @staticmethod
    def card(at: Counter, who: CustomerId) -> Card:
        """Return the card as it is the same for all: without where a thing was bought from here."""
        found = customers.card(at.desk, at.session("maria"), who)
        return replace(found, purchases=tuple(replace(p, here=False) for p in found.purchases))

    def level(self) -> None:
        """Let all news reach all, each in an order of its own."""
        for n, counter in enumerate(self.counters):
            self.sent[n] = self.centre.take(counter, self.sent[n])
        for n in range(3):
            news = self.centre.rows[self.heard[n] :]
            random.Random(n).shuffle(news)
            # A line comes with its sale: one operation is whole. All else comes one by one, in any order.
            for row in news:
                if row.entity not in SALES:
                    self.hear(n, [row])
            self.hear(n, [row for row in news if row.entity in SALES])
            self.heard[n] = len(self.centre.rows)

    def teardown(self) -> None:
        if not hasattr(self, "counters"):
            return
        try:
            self.level()
            for who in CARDS.values():
                first, *others = [self.card(counter, who) for counter in self.counters]
                assert all(other == first for other in others)
            for counter in self.counters:
                self.aliases_are_what_the_facts_say(counter)
            self.everything_comes_apart()
        finally:
            for counter in self.counters:
                counter.desk.database.close()
            shutil.rmtree(self.folder)

    @staticmethod
    def aliases_are_what_the_facts_say(counter: Counter) -> None:
        """Hold the kept table, which is mended piece by piece, against the definition over all facts."""

        def ids(sql: str) -> list[list[Any]]:
            return [[UUID(bytes=x) if isinstance(x, bytes) else x for x in row] for row in counter.rows(sql)]

        merges = [Merge(*row) for row in ids("SELECT id, loser_id, winner_id, wanted FROM customer_merge")]
        unmerges = [Unmerge(*row) for row in ids("SELECT id, merge_id FROM customer_unmerge")]
        accepted = {row[0] for row in ids("SELECT id FROM merge_verdict WHERE accepted = 1")}
        wanted = roots((m.one, m.other) for m in in_force(merges, unmerges, accepted))
        kept = {id_: root for id_, root in ids("SELECT id, root FROM customer_alias")}  # noqa: C416  # pairs of a list
        assert kept == wanted | {root: root for root in wanted.values()}

    def everything_comes_apart(self) -> None:
        """Take every merge back: each card is what it would be had it never been merged."""
        at = self.counters[0]
        for who in CARDS.values():
            if len(self.card(at, who).ids) > 1:
                merging.unmerge(at.desk, at.session("maria"), who)
                self.level()
        apart = {who: self.card(at, who) for who in CARDS.values()}
        with at.desk.database.write() as connection:
            for table in ("customer_alias", "merge_verdict"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        never = {who: self.card(at, who) for who in CARDS.values()}
        assert apart == never
        assert all(one.ids == (who,) for who, one in never.items())


@pytest.mark.slow
def test_cards_converge_and_come_apart_whatever_the_order(templates: dict[str, Path]) -> None:
    Walk.templates = templates
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # A step is a transaction on an encrypted file: shrinking would take minutes.
            phases=(Phase.explicit, Phase.generate),
        ),
    )
