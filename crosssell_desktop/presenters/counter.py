"""What the counter shows and does: one frozen state, changed only by answers of the ports; it never waits.

Law: a change goes to the write lane and its answer replaces the receipt; a question goes to the read lane, and only
the answer to the newest question of its name is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId, LineId, OfferId, ReceiptId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.ports import (
    Completed,
    CounterPort,
    Lanes,
    NewCustomer,
    NewPass,
    PassSlip,
    ReturnSource,
    SimilarCustomer,
    Taken,
)
from crosssell_desktop.presenters.state import (
    Choice,
    CounterState,
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

T = TypeVar("T")

SKELETON_AFTER_MS = 150
"""No sign of waiting is drawn before this."""
TICK_MS = 10_000
"""How often clock and sync strip are asked anew."""
SEARCH_LIMIT = 20
SEARCH_MOST = 200
"""So many results are walked through; nobody browses all customers."""
_HELD_KEY = "held:"
Undo = Callable[[], ReceiptState]


class Reply(QObject):
    """Waits for one answer of a lane and passes it on once; lanes answer only to methods of a QObject."""

    def __init__(
        self, parent: QObject, on_done: Callable[[T], None], on_failed: Callable[[BaseException], None]
    ) -> None:
        super().__init__(parent)
        self._on_done: Callable[..., None] | None = on_done
        self._on_failed: Callable[[BaseException], None] | None = on_failed

    def done(self, answer: object) -> None:
        """Pass the answer on."""
        on_done = self._on_done
        self.forget()
        if on_done is not None:
            on_done(answer)

    def failed(self, error: BaseException) -> None:
        """Pass the failure on."""
        on_failed = self._on_failed
        self.forget()
        if on_failed is not None:
            on_failed(error)

    def forget(self) -> None:
        """Want no answer any more."""
        if self._on_done is not None:
            self._on_done = self._on_failed = None
            self.deleteLater()


class CounterPresenter(QObject):
    """Holds the state of the counter screen and carries out its commands.

    *Signals:* ``state_changed(CounterState)`` after any change; ``told(Message)`` for a toast;
    ``passed(PassSlip)`` after a pass was made; ``targets_known(departments, categories)`` for the pass form;
    ``source_found(ReturnSource or None)`` for the return form; ``failed(exception)`` for faults that are our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    passed = Signal(object)
    completed = Signal(object)
    targets_known = Signal(object, object)
    source_found = Signal(object)
    similar_known = Signal(object)
    failed = Signal(object)

    def __init__(self, port: CounterPort, lanes: Lanes, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._clock = clock
        self._state = CounterState()
        self._waiting: dict[str, Reply] = {}
        self._undo: Undo | None = None
        self._is_ended = False
        self._skeleton = QTimer(self)
        self._skeleton.setSingleShot(True)
        self._skeleton.timeout.connect(self._show_skeleton)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.tick)

    @property
    def state(self) -> CounterState:
        """The state the screen shows."""
        return self._state

    @Slot()
    def start(self) -> None:
        """Ask for everything and keep the clock going."""
        self._change(self._port.current)
        self._question("situations", self._port.situations, self._have_situations)
        self.tick()
        self._tick.start(TICK_MS)

    @Slot()
    def stop(self) -> None:
        """Stop asking; answers under way are dropped."""
        self._tick.stop()
        self._skeleton.stop()
        for name in list(self._waiting):
            self._drop(name)

    def end(self) -> None:
        """Stop for good: what is being saved is still answered, nothing is asked any more."""
        self._is_ended = True
        self.stop()

    @Slot()
    def tick(self) -> None:
        """Ask for shift, time and the exchange."""
        self._question("header", self._port.header, self._have_header)
        self._question("sync", self._port.sync, self._have_sync)

    @Slot()
    def refresh(self) -> None:
        """Ask anew for what others may have changed: card, sellers, suggestions, exchange."""
        self.tick()
        self._ask_card(self._state.receipt.customer_id)
        self._ask_sellers()
        self._ask_suggestions()

    @Slot(str)
    def type_text(self, text: str) -> None:
        """Look for a typed text; an empty one closes the list."""
        query = text.strip()
        if not query:
            self._drop("search")
            self._set(search=SearchResults())
            return
        if self._state.search.phase == "idle":
            self._set(search=SearchResults(query=query, phase="loading"))
        self._question(
            "search", lambda: self._port.search(query, SEARCH_LIMIT), self._have_results, self._search_failed
        )

    @Slot()
    def show_more(self) -> None:
        """Lengthen the list of results by a page, as far as there are more."""
        results = self._state.search
        limit = len(results.hits) + SEARCH_LIMIT
        if results.phase == "ready" and results.more and results.query and limit <= SEARCH_MOST:
            query = results.query
            self._question("search", lambda: self._port.search(query, limit), self._have_results, self._search_failed)

    @Slot(str)
    def submit(self, text: str) -> None:
        """Act on a text finished with Enter."""
        query = text.strip()
        if query:
            self.type_text("")
            self._take(lambda: self._port.take(query, scanned=False))

    @Slot(str)
    def scan(self, code: str) -> None:
        """Act on a scan."""
        self._take(lambda: self._port.take(code, scanned=True))

    @Slot(str)
    def choose(self, hit_key: str) -> None:
        """Act on a row of the list."""
        self.type_text("")
        if hit_key.startswith(_HELD_KEY):
            self.resume(ReceiptId(UUID(hit_key.removeprefix(_HELD_KEY))))
        else:
            self._take(lambda: self._port.choose(hit_key))

    @Slot(object)
    def add_customer(self, new: NewCustomer) -> None:
        """Create a customer and put him on the receipt."""
        self._take(lambda: self._port.add_customer(new))

    @Slot(object)
    def ask_similar(self, new: NewCustomer) -> None:
        """Ask who may be the customer being written down."""
        self._question("similar", lambda: self._port.possible_same(new), self._have_similar, self._no_similar)

    @Slot()
    def clear_customer(self) -> None:
        """Take the customer off the receipt."""
        receipt_id = self._state.receipt.receipt_id
        if receipt_id is not None and self._state.receipt.customer_id is not None:
            self._change(lambda: self._port.clear_customer(receipt_id))

    @Slot(object)
    def make_core(self, line_id: LineId | None) -> None:
        """Make a line the core."""
        if line_id is None:
            self._tell(Text(N_("Scan a product first, then make it the core.")), "warn")
        else:
            self._change(lambda: self._port.set_core(line_id))

    @Slot()
    def confirm_core(self) -> None:
        """Record that the core suits; suggestions unlock."""
        receipt = self._state.receipt
        receipt_id = receipt.receipt_id
        if receipt.core_line is None or receipt_id is None:
            self._tell(Text(N_("Choose the core first: F3 on its line.")), "warn")
        elif not receipt.core_confirmed:
            self._change(lambda: self._port.confirm_core(receipt_id))

    @Slot(object)
    def remove_line(self, line_id: LineId | None) -> None:
        """Remove a line; undo brings it back."""
        line = next((line for line in self._state.receipt.lines if line.line_id == line_id), None)
        if line is None:
            return
        gone = line.line_id
        self._change(
            lambda: self._port.remove_line(gone),
            Message(Text(N_("Removed: {name}"), {"name": line.name}), can_undo=True),
            undo=lambda: self._port.restore_line(gone),
        )

    @Slot(object, int)
    def set_quantity(self, line_id: LineId, qty_milli: int) -> None:
        """Change a line's quantity."""
        self._change(lambda: self._port.set_quantity(line_id, qty_milli))

    @Slot()
    def hold(self) -> None:
        """Put the receipt aside; with nothing in hand take up the one put aside, or list them."""
        receipt = self._state.receipt
        receipt_id = receipt.receipt_id
        if receipt.lines and receipt_id is not None:
            self._change(lambda: self._port.hold(receipt_id), Message(Text(N_("Put aside for 48 hours")), "ok"))
        elif len(receipt.held) == 1:
            self.resume(receipt.held[0].receipt_id)
        else:
            self.show_held()

    @Slot()
    def show_held(self) -> None:
        """List the receipts put aside in the one field's list, the latest first."""
        held = sorted(self._state.receipt.held, key=lambda other: other.at_ms, reverse=True)
        self._drop("search")
        hits = tuple(
            Hit(HitKind.RECEIPT, f"{_HELD_KEY}{other.receipt_id}", other.label, price_minor=other.total_minor)
            for other in held
        )
        self._set(search=SearchResults(hits=hits, phase="ready" if hits else "idle"))

    @Slot(object)
    def resume(self, receipt_id: ReceiptId) -> None:
        """Take up a receipt that was put aside."""
        self._change(lambda: self._port.resume(receipt_id))

    @Slot()
    def complete(self) -> None:
        """Store the sale; a second press while it is being stored does nothing."""
        receipt_id = self._state.receipt.receipt_id
        if self._state.busy or receipt_id is None or not self._state.receipt.lines:
            return
        self._set(busy=True)
        self._lanes.write(lambda: self._port.complete(receipt_id), self._stored, self._refused)

    @Slot(str)
    def set_situation(self, situation: str) -> None:
        """Record the customer's situation."""
        receipt_id = self._state.receipt.receipt_id
        self._set(situation=situation)
        if receipt_id is not None:
            self._change(lambda: self._port.set_situation(receipt_id, situation))

    @Slot(object)
    def set_budget(self, budget_minor: int | None) -> None:
        """Record the customer's cap."""
        receipt_id = self._state.receipt.receipt_id
        self._set(budget_minor=budget_minor)
        if receipt_id is not None:
            self._change(lambda: self._port.set_budget(receipt_id, budget_minor))

    @Slot(int)
    def accept(self, number: int) -> None:
        """Record the customer's yes to a suggestion."""
        row = self._state.suggestions.row(number)
        if row is not None:
            offer = row.offer_id
            self._change(
                lambda: self._port.accept(offer),
                Message(Text(N_("Added: {name}"), {"name": row.name}), "ok", can_undo=True),
                undo=lambda: self._port.undo_answer(offer),
            )

    @Slot(int, object)
    def decline(self, number: int, reason: RefusalReason) -> None:
        """Record the customer's no to a suggestion with its reason."""
        row = self._state.suggestions.row(number)
        if row is not None:
            offer = row.offer_id
            self._change(
                lambda: self._port.decline(offer, reason),
                Message(Text(N_("Noted. It will not be offered again soon.")), can_undo=True),
                undo=lambda: self._port.undo_answer(offer),
            )

    @Slot(int)
    def undo_answer(self, number: int) -> None:
        """Take an answer back."""
        row = self._state.suggestions.row(number)
        if row is not None:
            offer: OfferId = row.offer_id
            self._change(lambda: self._port.undo_answer(offer))

    @Slot()
    def undo(self) -> None:
        """Undo the last act that can be undone."""
        undo, self._undo = self._undo, None
        if undo is not None:
            self._change(undo, Message(Text(N_("Undone"))))

    @Slot(object, object)
    def tell_done(self, message: Message, undo: Callable[[], object] | None) -> None:
        """Tell of an act that another presenter carried out; Ctrl+Z takes it back, as any act of the counter."""

        def take_back() -> ReceiptState:
            if undo is not None:
                undo()
            return self._port.current()

        self._undo = None if undo is None else take_back
        self.told.emit(message)

    @Slot()
    def ask_targets(self) -> None:
        """Ask where a customer can be passed to."""
        self._question("targets", self._port.pass_targets, self._have_targets)

    @Slot(object)
    def make_pass(self, new: NewPass) -> None:
        """Pass the customer on."""
        self._lanes.write(lambda: self._port.make_pass(new), self._have_slip, self._refused)

    @Slot(str)
    def find_source(self, text: str) -> None:
        """Find an earlier sale for a return."""
        self._question("source", lambda: self._port.return_source(text), self._have_source)

    @Slot(object, object, str)
    def take_back(self, source: ReceiptId, lines: dict[LineId, int], reason: str) -> None:
        """Record a return."""
        self._set(busy=True)
        self._lanes.write(lambda: self._port.take_back(source, lines, reason), self._returned, self._refused)

    def _stored(self, done: Completed) -> None:
        self._undo = None
        self._set(busy=False, situation="", budget_minor=None)
        self._have_receipt(done.receipt)
        self._tell(done.message or Text(N_("Sale {number} is stored"), {"number": done.number}), "ok")
        self.completed.emit(done)
        self.tick()

    def _returned(self, done: Completed) -> None:
        self._set(busy=False)
        self._have_receipt(done.receipt)
        self._tell(done.message or Text(N_("Return {number} is stored"), {"number": done.number}), "ok")
        self.tick()

    def _have_slip(self, slip: PassSlip) -> None:
        self._tell(
            Text(N_("Passed on to {department}: {code}"), {"department": slip.department, "code": slip.code}), "assist"
        )
        self.passed.emit(slip)
        self.tick()

    def _have_targets(self, targets: tuple[tuple[Choice, ...], tuple[Choice, ...]]) -> None:
        self.targets_known.emit(*targets)

    def _have_similar(self, similar: tuple[SimilarCustomer, ...]) -> None:
        self.similar_known.emit(similar)

    def _no_similar(self, error: BaseException) -> None:
        # The form waits for an answer before it saves; saving itself refuses a contact that is known.
        self.similar_known.emit(())
        self._refused(error)

    def _have_source(self, source: ReturnSource | None) -> None:
        self.source_found.emit(source)

    def _have_header(self, header: ShiftHeader) -> None:
        self._set(header=header)

    def _have_sync(self, sync: SyncStrip) -> None:
        self._set(sync=sync)

    def _have_situations(self, situations: tuple[Choice, ...]) -> None:
        self._set(situations=situations)

    def _have_results(self, results: SearchResults) -> None:
        self._set(search=replace(results, phase="ready"))

    def _search_failed(self, error: BaseException) -> None:
        if isinstance(error, Refusal):
            self._set(search=SearchResults(phase="trouble", trouble=error.text))
        else:
            self._set(search=SearchResults())
            self._refused(error)

    def _have_card(self, card: CustomerCard | None) -> None:
        self._set(card=card)

    def _have_sellers(self, sellers: SellersStrip) -> None:
        self._set(sellers=sellers)

    def _have_suggestions(self, suggestions: SuggestionsState) -> None:
        self._skeleton.stop()
        self._set(suggestions=suggestions)

    def _suggestions_failed(self, error: BaseException) -> None:
        self._skeleton.stop()
        reasons = (error.text,) if isinstance(error, Refusal) else ()
        self._set(suggestions=SuggestionsState(SuggestionsPhase.TROUBLE, reasons=reasons))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _have_receipt(self, receipt: ReceiptState) -> None:
        before = self._state.receipt
        self._set(receipt=receipt)
        if receipt.customer_id != before.customer_id:
            self._ask_card(receipt.customer_id)
        if (
            receipt.receipt_id != before.receipt_id
            or receipt.customer_id != before.customer_id
            or not self._state.sellers.goal
        ):
            self._ask_sellers()
        if receipt != before:
            self._ask_suggestions()

    def _ask_card(self, customer_id: CustomerId | None) -> None:
        if customer_id is None:
            self._drop("card")
            self._set(card=None)
        else:
            self._question("card", lambda: self._port.card(customer_id), self._have_card)

    def _ask_sellers(self) -> None:
        receipt_id = self._state.receipt.receipt_id
        self._question("sellers", lambda: self._port.sellers(receipt_id), self._have_sellers)

    def _ask_suggestions(self) -> None:
        receipt = self._state.receipt
        receipt_id = receipt.receipt_id
        if receipt_id is None or receipt.core_line is None or not receipt.core_confirmed:
            self._drop("suggestions")
            self._skeleton.stop()
            known = receipt.core_line is not None
            self._set(suggestions=SuggestionsState(SuggestionsPhase.LOCKED if known else SuggestionsPhase.NO_CORE))
            return
        if self._state.suggestions.phase is not SuggestionsPhase.READY:
            self._skeleton.start(SKELETON_AFTER_MS)
        self._question(
            "suggestions", lambda: self._port.suggestions(receipt_id), self._have_suggestions, self._suggestions_failed
        )

    def _show_skeleton(self) -> None:
        self._set(suggestions=SuggestionsState(SuggestionsPhase.LOADING))

    def _take(self, work: Callable[[], Taken]) -> None:
        self._lanes.write(work, self._taken, self._refused)

    def _taken(self, taken: Taken) -> None:
        self._undo = None
        self._have_receipt(taken.receipt)
        if taken.choices is not None:
            self._set(search=replace(taken.choices, phase="ready"))
        if taken.message is not None:
            self._tell(taken.message, "bad" if not taken.found else "warn" if taken.is_warning else "ok")

    def _change(self, work: Undo, message: Message | None = None, undo: Undo | None = None) -> None:
        def done(receipt: ReceiptState) -> None:
            self._undo = undo
            self._have_receipt(receipt)
            if message is not None:
                self.told.emit(message)

        reply = Reply(self, done, self._refused)
        self._lanes.write(work, reply.done, reply.failed)

    def _question(
        self,
        name: str,
        work: Callable[[], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._drop(name)
        if self._is_ended:
            return
        reply = self._waiting[name] = Reply(self, on_done, on_failed or self._refused)
        self._lanes.read(f"counter.{name}", work, reply.done, reply.failed)

    def _drop(self, name: str) -> None:
        reply = self._waiting.pop(name, None)
        if reply is not None and isValid(reply):
            reply.forget()

    def _refused(self, error: BaseException) -> None:
        self._set(busy=False)
        if isinstance(error, Refusal):
            self.told.emit(Message(error.text, "bad"))
        else:
            self.told.emit(Message(Text(N_("That did not work. Nothing was changed; a report was written.")), "bad"))
            self.failed.emit(error)

    def _tell(self, text: Text, tone: str) -> None:
        self.told.emit(Message(text, tone))  # type: ignore[arg-type]  # every caller passes a literal tone

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]  # names and types are this module's own
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
