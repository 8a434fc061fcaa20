"""A random walk of two counters and a centre through everything that goes wrong, checked against the laws."""

from __future__ import annotations

import contextlib
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crosssell_desktop.sync import centre
from crosssell_desktop.sync.link import CentreAway
from tests.sync.kit import MakeShop, Shop, Till

TILLS = st.integers(0, 1)
FATES = st.lists(st.sampled_from(["request_lost", "answer_lost", "doubled", "late", "well"]), max_size=3)


class Walk(RuleBasedStateMachine):
    """Steps a counter can take, and what can happen to it; at the end everything heals without new work."""

    shops: ClassVar[list[MakeShop]] = []

    @initialize()
    def open(self) -> None:
        self.shop: Shop = self.shops[-1]()
        self.tills: list[Till] = [self.shop.till(), self.shop.till()]
        self.copies: list[tuple[object, set[UUID]] | None] = [None, None]
        self.in_file: list[set[UUID]] = [set(), set()]
        self.sold: set[UUID] = set()
        self.spoilt: list[set[UUID]] = [set(), set()]
        self.customers: list[UUID] = []
        self.passes: list[UUID] = []

    @rule(who=TILLS, lines=st.integers(1, 3))
    def sell(self, who: int, lines: int) -> None:
        customer = self.customers[-1] if self.customers else None
        sale = self.tills[who].sell(customer, lines)
        self.in_file[who].add(sale)
        self.sold.add(sale)

    @rule(who=TILLS)
    def meet(self, who: int) -> None:
        self.customers.append(self.tills[who].meet("Новый"))

    @precondition(lambda self: self.customers)
    @rule(who=TILLS, name=st.sampled_from(["Анна", "Борис", "Вера"]), skew=st.integers(-5_000, 5_000))
    def rename(self, who: int, name: str, skew: int) -> None:
        self.tills[who].clock.at_ms += skew
        self.tills[who].rename(self.customers[-1], name)

    @rule(who=TILLS)
    def hand_over(self, who: int) -> None:
        self.passes.append(self.tills[who].pass_on())

    @precondition(lambda self: self.passes)
    @rule(who=TILLS)
    def accept(self, who: int) -> None:
        self.tills[who].accept(self.passes[-1])

    @rule(who=TILLS)
    def spoil(self, who: int) -> None:
        self.tills[who].spoil()

    @rule(who=TILLS, fates=FATES, page=st.sampled_from([1, 2, 5, 1_000]), ops=st.sampled_from([1, 2, 200]))
    def sync(self, who: int, fates: list[str], page: int, ops: int) -> None:
        till = self.tills[who]
        till.network.fate = list(fates)
        till.exchange._breath.rows = page
        till.exchange.pace.ops = ops
        with contextlib.suppress(CentreAway):
            till.exchange.round(max_steps=60)
        till.network.fate = []

    @rule(who=TILLS)
    def deliver_late(self, who: int) -> None:
        self.tills[who].network.deliver_late()

    @rule(who=TILLS)
    def copy(self, who: int) -> None:
        self.copies[who] = (self.tills[who].keep_copy(), set(self.in_file[who]))

    @precondition(lambda self: any(self.copies))
    @rule(who=TILLS)
    def put_back(self, who: int) -> None:
        kept = self.copies[who]
        if kept is not None:
            path, sales = kept
            self.tills[who].put_back(path)  # type: ignore[arg-type]
            self.in_file[who] = set(sales)

    @rule()
    def new_epoch(self) -> None:
        centre.new_epoch(self.shop.url)

    @invariant()
    def nothing_at_the_centre_that_nobody_did(self) -> None:
        if hasattr(self, "shop"):
            assert {r[0] for r in self.shop.ask("SELECT id FROM shop.sale")} <= self.sold

    def teardown(self) -> None:
        if not hasattr(self, "shop"):
            return
        try:
            for till in self.tills:
                till.exchange._breath.rows = 1_000
                till.exchange.pace.ops = 200
            self.shop.sync_all()
            for till in self.tills:
                till.network.deliver_late()
            self.shop.sync_all()
            kept = set().union(*self.in_file)
            there = {r[0] for r in self.shop.ask("SELECT id FROM shop.sale")}
            assert kept <= there
            assert (
                self.shop.ask(
                    "SELECT kind FROM sync.op WHERE state = 'quarantined' AND kind <> 'odd'"
                    " UNION ALL SELECT kind FROM sync.op WHERE state = 'ok' AND kind = 'odd'"
                )
                == []
            )
            assert [till.look("SELECT count(*) FROM quarantine_down") for till in self.tills] == [[(0,)], [(0,)]]
            self.shop.must_be_level()
        finally:
            self.shop.close()


@pytest.mark.slow
def test_two_counters_lose_nothing_and_double_nothing_whatever_happens(make_shop: MakeShop) -> None:
    Walk.shops.append(make_shop)
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
