"""Any sequence of moves keeps the laws of the receipt."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crosssell_desktop.domain import basket as moves
from crosssell_desktop.domain.basket import REFUSAL_REASONS, Basket, BasketLine, Item, RefusalReason, ShownOffer
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import (
    CategoryId,
    DepartmentId,
    LineId,
    OfferId,
    PersonId,
    ProductId,
    ReceiptId,
    RunId,
)

PEOPLE = tuple(PersonId(uuid.UUID(int=n)) for n in (1, 2))
ITEMS = tuple(
    Item(
        product_id=ProductId(uuid.UUID(int=100 + n)),
        sku=f"S{n}",
        kind="service" if n % 4 == 3 else "goods",
        name_ru="Вещь",
        name_en="Thing",
        category_id=CategoryId(uuid.UUID(int=7)),
        product_type="thing",
        business_line="things",
        department_id=DepartmentId(uuid.UUID(int=8)),
        credit_role="periphery",
        price_minor=999 * (n + 1),
        vat_bps=2_200,
    )
    for n in range(8)
)
places = st.integers(0, 20)


class Receipt(RuleBasedStateMachine):
    """A receipt with somebody pressing any keys at it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.count = 1_000
        self.basket = Basket(ReceiptId(uuid.UUID(int=3)), PEOPLE[0], 0)
        self.removed: list[tuple[BasketLine, int, bool]] = []

    def fresh(self) -> uuid.UUID:
        self.count += 1
        return uuid.UUID(int=self.count)

    def attempt(self, move: Callable[[], Basket]) -> str:
        """Make a move; return the code of its refusal, empty when it was made."""
        before = self.basket
        try:
            self.basket = move()
        except Refusal as refusal:
            self.basket = before
            return refusal.code
        return ""

    def pick(self, place: int) -> BasketLine:
        return self.basket.lines[place % len(self.basket.lines)]

    def pick_offer(self, place: int) -> ShownOffer:
        return self.basket.offers[place % len(self.basket.offers)]

    @rule(item=st.sampled_from(ITEMS), person=st.sampled_from(PEOPLE), qty=st.sampled_from([1, 500, 1_000, 2_000]))
    def add(self, item: Item, person: PersonId, qty: int) -> None:
        before = self.basket.total_minor
        self.now += 1
        line_id = LineId(self.fresh())
        self.basket = moves.add_item(self.basket, item, line_id=line_id, person=person, now_ms=self.now, qty_milli=qty)
        assert self.basket.total_minor >= before

    @precondition(lambda self: self.basket.lines)
    @rule(place=places, qty=st.integers(1, 9_000))
    def set_quantity(self, place: int, qty: int) -> None:
        line = self.pick(place)
        self.basket = moves.set_quantity(self.basket, line.id, qty)
        assert self.basket.line(line.id).qty_milli == qty

    @precondition(lambda self: self.basket.lines)
    @rule(place=places)
    def remove(self, place: int) -> None:
        line = self.pick(place)
        was_core = self.basket.core_line_id == line.id
        self.removed.append((line, self.basket.lines.index(line), was_core))
        self.basket = moves.remove_line(self.basket, line.id)

    @precondition(lambda self: self.removed)
    @rule(place=places)
    def put_back(self, place: int) -> None:
        line, at, was_core = self.removed[place % len(self.removed)]
        code = self.attempt(lambda: moves.put_back(self.basket, line, place=at, was_core=was_core))
        assert code == ("" if line.offer_id is None else "needs_customer_yes")
        if not code:
            assert self.basket.line(line.id).item == line.item

    @precondition(lambda self: self.basket.lines)
    @rule(place=places)
    def take_out_and_put_back_at_once(self, place: int) -> None:
        line = self.pick(place)
        if line.offer_id is not None:
            return
        was_core = self.basket.core_line_id == line.id
        at = self.basket.lines.index(line)
        back = moves.put_back(moves.remove_line(self.basket, line.id), line, place=at, was_core=was_core)
        assert back.lines == self.basket.lines
        assert back.core_line_id == self.basket.core_line_id
        assert back.offers == self.basket.offers
        self.basket = back

    @precondition(lambda self: self.basket.lines)
    @rule(place=places, person=st.sampled_from(PEOPLE))
    def choose_core(self, place: int, person: PersonId) -> None:
        line = self.pick(place)
        answered = any(shown.answer for shown in self.basket.offers)
        run = self.basket.run_id
        code = self.attempt(lambda: moves.choose_core(self.basket, line.id, person))
        assert code == ("" if line.item.kind == "goods" else "service_is_not_core")
        if not code:
            assert self.basket.core_line_id == line.id
        if answered:
            assert self.basket.run_id == run

    @rule()
    def confirm(self) -> None:
        self.now += 1
        code = self.attempt(lambda: moves.confirm_core(self.basket, self.now))
        assert code == ("no_core" if self.basket.core is None else "")

    @rule(items=st.lists(st.sampled_from(ITEMS), max_size=3, unique=True), held_out=st.booleans())
    def open_round(self, items: list[Item], *, held_out: bool) -> None:
        before = self.basket
        shown = tuple(ShownOffer(OfferId(self.fresh()), item.product_id, n) for n, item in enumerate(items, 1))
        code = self.attempt(lambda: moves.show_offers(before, RunId(self.fresh()), shown, held_out=held_out))
        if before.core_confirmed_at is None:
            assert code == "core_not_confirmed"
        else:
            assert code == ("" if before.run_id is None else "second_round")

    @precondition(lambda self: self.basket.offers)
    @rule(place=places, person=st.sampled_from(PEOPLE))
    def accept(self, place: int, person: PersonId) -> None:
        shown = self.pick_offer(place)
        item = next(x for x in ITEMS if x.product_id == shown.product_id)
        before = self.basket
        self.now += 1
        line_id = LineId(self.fresh())
        code = self.attempt(
            lambda: moves.accept_offer(before, shown.id, item, line_id=line_id, person=person, now_ms=self.now)
        )
        if shown.answer is not None:
            assert code == "already_answered"
        elif before.core_confirmed_at is None:
            assert code == "core_not_confirmed"
        else:
            assert not code
            assert self.basket.total_minor == before.total_minor + item.price_minor
            # Taken back at once, nothing is left of it.
            undone = moves.undo_answer(self.basket, shown.id)
            assert (undone.lines, undone.offers) == (before.lines, before.offers)

    @precondition(lambda self: self.basket.offers)
    @rule(place=places, reason=st.sampled_from(REFUSAL_REASONS))
    def decline(self, place: int, reason: RefusalReason) -> None:
        shown = self.pick_offer(place)
        code = self.attempt(lambda: moves.decline_offer(self.basket, shown.id, reason))
        assert code == ("" if shown.answer is None else "already_answered")

    @precondition(lambda self: self.basket.offers)
    @rule(place=places)
    def postpone(self, place: int) -> None:
        shown = self.pick_offer(place)
        code = self.attempt(lambda: moves.postpone_offer(self.basket, shown.id))
        assert code == ("" if shown.answer is None else "already_answered")

    @precondition(lambda self: self.basket.offers)
    @rule(place=places)
    def undo(self, place: int) -> None:
        shown = self.pick_offer(place)
        code = self.attempt(lambda: moves.undo_answer(self.basket, shown.id))
        assert code == ("nothing_to_undo" if shown.answer is None else "")
        assert self.basket.offer(shown.id).answer is None

    @invariant()
    def the_total_is_the_sum_of_the_lines(self) -> None:
        assert self.basket.total_minor == sum(line.amount_minor for line in self.basket.lines)

    @invariant()
    def every_line_is_there_once(self) -> None:
        ids = [line.id for line in self.basket.lines]
        assert len(ids) == len(set(ids))

    @invariant()
    def a_suggested_line_has_a_yes_after_the_core_was_confirmed(self) -> None:
        accepted = sorted(shown.id for shown in self.basket.offers if shown.answer == "accepted")
        carried = sorted(line.offer_id for line in self.basket.lines if line.offer_id is not None)
        assert carried == accepted
        assert all(line.customer_yes_at is not None for line in self.basket.lines if line.offer_id is not None)

    @invariant()
    def offers_exist_only_in_a_round(self) -> None:
        if self.basket.offers:
            assert self.basket.run_id is not None

    @invariant()
    def the_core_is_a_line_of_goods(self) -> None:
        if self.basket.core_line_id is None:
            assert self.basket.core_confirmed_at is None
        else:
            core = self.basket.core
            assert core is not None
            assert core.item.kind == "goods"

    @invariant()
    def lines_hang_on_the_core_or_on_nothing(self) -> None:
        for line in self.basket.lines:
            assert line.attached_to in {None, self.basket.core_line_id}
            assert line.attached_to != line.id
            if line.offer_id is not None and line.id != self.basket.core_line_id:
                assert line.attached_to == self.basket.core_line_id

    @invariant()
    def what_is_not_empty_can_be_completed(self) -> None:
        if self.basket.lines:
            moves.check_completable(self.basket)


TestReceipt = Receipt.TestCase
TestReceipt.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
