from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId, LineId, OfferId, ReceiptId
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.counter import CounterPresenter
from crosssell_desktop.presenters.ports import (
    Completed,
    NewCustomer,
    NewPass,
    PassSlip,
    ReturnSource,
    SimilarCustomer,
    Taken,
)
from crosssell_desktop.presenters.state import (
    Choice,
    CustomerCard,
    Hit,
    HitKind,
    Message,
    ReceiptState,
    RefusalReason,
    SearchResults,
    SellersStrip,
    ShiftHeader,
    SuggestionsPhase,
    SuggestionsState,
    SyncStrip,
)
from tests.conftest import FixedClock
from tests.ui import samples

Job = tuple[str, Callable[[], object], Callable[[object], None], Callable[[BaseException], None]]


class SlowLanes:
    """Keeps work until it is told to do it, in any order."""

    def __init__(self) -> None:
        self.waiting: list[Job] = []

    def write(self, work: object, done: object, failed: object, /) -> None:
        self.waiting.append(("write", work, done, failed))  # type: ignore[arg-type]

    def read(self, key: str, work: object, done: object, failed: object, /) -> None:
        self.waiting.append((key, work, done, failed))  # type: ignore[arg-type]

    def take(self, key: str) -> Job:
        job = next(job for job in self.waiting if job[0] == key)
        self.waiting.remove(job)
        return job

    def do(self, key: str = "") -> None:
        """Do everything that waits (or what waits under a key), and what follows from it."""
        while job := next((job for job in self.waiting if key in {"", job[0]}), None):
            self.waiting.remove(job)
            answer(job)


def answer(job: Job) -> None:
    _, work, done, failed = job
    try:
        value = work()
    except Exception as error:  # noqa: BLE001  # as a lane does
        failed(error)
    else:
        done(value)


class Shop:
    """A port that answers from invented states and writes down what it was asked to change."""

    def __init__(self) -> None:
        self.receipt = ReceiptState()
        self.changes: list[tuple[object, ...]] = []
        self.refusal: Exception | None = None
        self.found = SearchResults()
        self.ranked = samples.OFFERS

    def _do(self, *change: object) -> ReceiptState:
        if self.refusal is not None:
            raise self.refusal
        self.changes.append(change)
        return self.receipt

    def header(self) -> ShiftHeader:
        return samples.HEADER

    def sync(self) -> SyncStrip:
        return samples.SYNCED

    def search(self, text: str, limit: int) -> SearchResults:
        left = max(0, len(self.found.hits) - limit)
        return replace(self.found, query=text, hits=self.found.hits[:limit], more=left)

    def card(self, customer_id: CustomerId) -> CustomerCard:  # noqa: ARG002  # the same
        return samples.CARD

    def suggestions(self, receipt_id: ReceiptId) -> SuggestionsState:  # noqa: ARG002  # the same
        if self.refusal is not None:
            raise self.refusal
        return self.ranked

    def sellers(self, receipt_id: ReceiptId | None) -> SellersStrip:  # noqa: ARG002  # the same
        return samples.SELLERS

    def situations(self) -> tuple[Choice, ...]:
        return samples.SITUATIONS

    def pass_targets(self) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
        return ((Choice("d", "Оптика"),), (Choice("c", "Очки"),))

    def return_source(self, text: str) -> ReturnSource | None:
        return samples.SOURCE if text == samples.SOURCE.number else None

    def current(self) -> ReceiptState:
        return self.receipt

    def take(self, text: str, *, scanned: bool) -> Taken:
        receipt = self._do("take", text, scanned)
        if text == "unknown":
            return Taken(receipt, Text("Unknown code: {code}", {"code": text}), found=False)
        return Taken(receipt)

    def choose(self, hit_key: str) -> Taken:
        return Taken(self._do("choose", hit_key))

    def add_customer(self, new: NewCustomer) -> Taken:
        return Taken(self._do("add_customer", new))

    def possible_same(self, new: NewCustomer) -> tuple[SimilarCustomer, ...]:  # noqa: ARG002  # the same
        return ()

    def clear_customer(self, receipt_id: ReceiptId) -> ReceiptState:
        return self._do("clear_customer", receipt_id)

    def set_core(self, line_id: LineId) -> ReceiptState:
        return self._do("set_core", line_id)

    def confirm_core(self, receipt_id: ReceiptId) -> ReceiptState:
        return self._do("confirm_core", receipt_id)

    def accept(self, offer_id: OfferId) -> ReceiptState:
        return self._do("accept", offer_id)

    def decline(self, offer_id: OfferId, reason: RefusalReason) -> ReceiptState:
        return self._do("decline", offer_id, reason)

    def undo_answer(self, offer_id: OfferId) -> ReceiptState:
        return self._do("undo_answer", offer_id)

    def set_quantity(self, line_id: LineId, qty_milli: int) -> ReceiptState:
        return self._do("set_quantity", line_id, qty_milli)

    def remove_line(self, line_id: LineId) -> ReceiptState:
        return self._do("remove_line", line_id)

    def restore_line(self, line_id: LineId) -> ReceiptState:
        return self._do("restore_line", line_id)

    def hold(self, receipt_id: ReceiptId) -> ReceiptState:
        return self._do("hold", receipt_id)

    def resume(self, receipt_id: ReceiptId) -> ReceiptState:
        return self._do("resume", receipt_id)

    def complete(self, receipt_id: ReceiptId) -> Completed:
        self._do("complete", receipt_id)
        self.receipt = ReceiptState()
        return Completed("K1-000042-7", 100, self.receipt)

    def set_situation(self, receipt_id: ReceiptId, situation: str) -> ReceiptState:
        return self._do("set_situation", receipt_id, situation)

    def set_budget(self, receipt_id: ReceiptId, budget_minor: int | None) -> ReceiptState:
        return self._do("set_budget", receipt_id, budget_minor)

    def make_pass(self, new: NewPass) -> PassSlip:
        raise NotImplementedError

    def take_back(self, source: ReceiptId, lines: dict[LineId, int], reason: str) -> Completed:
        self._do("take_back", source, lines, reason)
        return Completed("K1-000043-1", -100, self.receipt)


class Desk:
    """A presenter with its surroundings."""

    def __init__(self, clock: FixedClock) -> None:
        self.shop = Shop()
        self.lanes = SlowLanes()
        self.presenter = CounterPresenter(self.shop, self.lanes, clock)
        self.messages: list[Message] = []
        self.faults: list[BaseException] = []
        self.presenter.told.connect(self.messages.append)
        self.presenter.failed.connect(self.faults.append)

    def phase(self) -> SuggestionsPhase:
        return self.presenter.state.suggestions.phase

    def begin(self, receipt: ReceiptState = samples.RECEIPT) -> None:
        self.shop.receipt = receipt
        self.presenter.start()
        self.lanes.do()


@pytest.fixture
def desk(qapp: object, clock: FixedClock) -> object:
    desk = Desk(clock)
    yield desk
    desk.presenter.stop()
    desk.presenter.deleteLater()


def test_the_counter_begins_with_what_was_in_hand_before(desk: Desk) -> None:
    desk.begin()
    state = desk.presenter.state
    assert state.receipt == samples.RECEIPT
    assert state.card == samples.CARD
    assert state.suggestions == samples.OFFERS
    assert (state.header, state.sync, state.sellers) == (samples.HEADER, samples.SYNCED, samples.SELLERS)


def test_suggestions_stay_locked_and_unasked_until_the_core_suits(desk: Desk) -> None:
    desk.begin(replace(samples.RECEIPT, core_confirmed=False))
    assert desk.phase() is SuggestionsPhase.LOCKED
    desk.presenter.confirm_core()
    desk.shop.receipt = samples.RECEIPT
    desk.lanes.do()
    assert desk.shop.changes == [("confirm_core", samples.RECEIPT.receipt_id)]
    assert desk.phase() is SuggestionsPhase.READY


def test_a_late_answer_to_an_older_search_is_dropped(desk: Desk) -> None:
    desk.begin()
    desk.presenter.type_text("ка")
    older = desk.lanes.take("counter.search")
    desk.presenter.type_text("кам")
    newer = desk.lanes.take("counter.search")
    answer(newer)
    answer(older)
    assert desk.presenter.state.search.query == "кам"


def test_a_search_that_ends_after_the_field_was_emptied_shows_nothing(desk: Desk) -> None:
    desk.begin()
    desk.presenter.type_text("ка")
    late = desk.lanes.take("counter.search")
    desk.presenter.type_text("")
    answer(late)
    assert desk.presenter.state.search.phase == "idle"


def test_a_list_of_results_is_lengthened_by_pages_as_far_as_there_are_more(desk: Desk) -> None:
    desk.begin()
    known = tuple(Hit(HitKind.CUSTOMER, f"customer:{n}", f"{n}") for n in range(45))
    desk.shop.found = SearchResults(hits=known)
    desk.presenter.type_text("иванов")
    for shown, more in ((20, 25), (40, 5), (45, 0), (45, 0)):
        desk.lanes.do()
        search = desk.presenter.state.search
        assert (search.hits, search.more) == (known[:shown], more)
        desk.presenter.show_more()


def test_suggestions_of_a_receipt_that_is_gone_are_dropped(desk: Desk) -> None:
    desk.begin(replace(samples.RECEIPT, core_confirmed=False))
    desk.shop.receipt = samples.RECEIPT
    desk.presenter.confirm_core()
    desk.lanes.do("write")
    late = desk.lanes.take("counter.suggestions")
    desk.presenter.complete()
    desk.lanes.do("write")
    answer(late)
    assert desk.phase() is SuggestionsPhase.NO_CORE


def test_no_waiting_is_drawn_before_150_ms_and_a_still_skeleton_after(desk: Desk, qtbot: QtBot) -> None:
    desk.begin(replace(samples.RECEIPT, core_confirmed=False))
    desk.shop.receipt = samples.RECEIPT
    desk.presenter.confirm_core()
    desk.lanes.do("write")
    assert desk.phase() is SuggestionsPhase.LOCKED
    qtbot.waitUntil(lambda: desk.phase() is SuggestionsPhase.LOADING, timeout=2_000)
    desk.lanes.do()
    assert desk.phase() is SuggestionsPhase.READY


def test_pressing_complete_twice_stores_one_sale(desk: Desk) -> None:
    desk.begin()
    desk.presenter.complete()
    desk.presenter.complete()
    desk.lanes.do()
    assert [change[0] for change in desk.shop.changes] == ["complete"]
    assert str(desk.messages[-1].text) == "Sale K1-000042-7 is stored"
    assert desk.presenter.state.receipt.is_empty
    assert desk.presenter.state.card is None


def test_a_refusal_is_told_in_its_own_words_and_changes_nothing(desk: Desk) -> None:
    desk.begin()
    before = desk.presenter.state.receipt
    desk.shop.refusal = Refusal("disk_full", Text("The disk is full"))
    desk.presenter.complete()
    desk.lanes.do()
    assert [(str(m.text), m.tone) for m in desk.messages] == [("The disk is full", "bad")]
    assert desk.presenter.state.receipt == before
    assert not desk.presenter.state.busy
    assert desk.faults == []


def test_a_bug_is_told_kindly_and_handed_to_the_report(desk: Desk) -> None:
    desk.begin()
    desk.shop.refusal = ZeroDivisionError()
    desk.presenter.accept(1)
    desk.lanes.do()
    assert isinstance(desk.faults[0], ZeroDivisionError)
    assert "report was written" in str(desk.messages[0].text)


def test_trouble_with_suggestions_never_stops_the_sale(desk: Desk) -> None:
    desk.begin(replace(samples.RECEIPT, core_confirmed=False))
    desk.shop.receipt = samples.RECEIPT
    desk.presenter.confirm_core()
    desk.lanes.do("write")
    desk.shop.refusal = Refusal("model_missing", Text("No model yet"))
    desk.lanes.do()
    assert desk.phase() is SuggestionsPhase.TROUBLE
    desk.shop.refusal = None
    desk.presenter.complete()
    desk.lanes.do()
    assert desk.shop.changes[-1][0] == "complete"


def test_a_removed_line_comes_back_by_undo_once(desk: Desk) -> None:
    desk.begin()
    line = samples.RECEIPT.lines[2]
    desk.presenter.remove_line(line.line_id)
    desk.lanes.do()
    assert desk.messages[-1].can_undo
    desk.presenter.undo()
    desk.presenter.undo()
    desk.lanes.do()
    assert desk.shop.changes == [("remove_line", line.line_id), ("restore_line", line.line_id)]


def test_answers_carry_the_offer_and_the_reason(desk: Desk) -> None:
    desk.begin()
    desk.presenter.accept(1)
    desk.presenter.decline(2, RefusalReason.FELT_PUSHED)
    desk.presenter.accept(4)
    desk.lanes.do()
    first, second = samples.OFFERS.rows[:2]
    assert desk.shop.changes == [("accept", first.offer_id), ("decline", second.offer_id, RefusalReason.FELT_PUSHED)]


def test_an_unknown_code_is_told_without_a_dialog(desk: Desk) -> None:
    desk.begin(ReceiptState())
    desk.presenter.scan("unknown")
    desk.lanes.do()
    assert desk.shop.changes == [("take", "unknown", True)]
    assert (str(desk.messages[0].text), desk.messages[0].tone) == ("Unknown code: unknown", "bad")


def test_hold_puts_aside_and_with_empty_hands_takes_up(desk: Desk) -> None:
    desk.begin()
    desk.presenter.hold()
    desk.shop.receipt = ReceiptState(held=samples.RECEIPT.held)
    desk.lanes.do()
    desk.presenter.hold()
    desk.lanes.do()
    assert [change[0] for change in desk.shop.changes] == ["hold", "resume"]


def test_several_receipts_put_aside_are_listed_and_one_is_chosen(desk: Desk) -> None:
    held = samples.WORST.receipt.held
    desk.begin(ReceiptState(held=held))
    desk.presenter.hold()
    hits = desk.presenter.state.search.hits
    assert len(hits) == 3
    desk.presenter.choose(hits[1].key)
    desk.lanes.do()
    assert desk.shop.changes == [("resume", held[1].receipt_id)]
    assert desk.presenter.state.search.phase == "idle"


def test_after_stop_no_answer_changes_the_state(desk: Desk) -> None:
    desk.begin()
    desk.presenter.type_text("ка")
    late = desk.lanes.take("counter.search")
    desk.presenter.stop()
    before = desk.presenter.state
    answer(late)
    assert desk.presenter.state is before
