"""What the counter's presenters ask of the rest of the program: plain blocking functions and two lanes to run them.

Law: presenters call ports only through :class:`Lanes`; ports never touch Qt and may raise ``Refusal``.
Every change answers with the receipt as it now is, so one answer refreshes the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import CustomerId, LineId, OfferId, PassId, PersonId, ReceiptId
    from crosssell_desktop.domain.text import Text
    from crosssell_desktop.presenters.state import (
        Choice,
        CustomerCard,
        PassesState,
        PassKind,
        PersonChoice,
        ReceiptState,
        RefusalReason,
        SearchResults,
        SellersStrip,
        ShiftHeader,
        ShiftState,
        SuggestionsState,
        SyncStrip,
    )

T = TypeVar("T")
Failed = Callable[[BaseException], None]


class Lanes(Protocol):
    """Runs work away from the screen's thread and answers on it, in order (runtime's jobs)."""

    def write(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed, /) -> object:
        """Queue a change on the one write lane; exactly one of the callbacks is called later, on the main thread.

        The callbacks are bound methods of QObjects.
        """

    def read(self, key: str, work: Callable[[], T], done: Callable[[T], None], failed: Failed, /) -> object:
        """Queue a question on the read lane; a newer question with the same key may replace a waiting older one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of something put into the one field or chosen from its list.

    ``customer_id`` is set when a customer was put on the receipt; ``found`` is False for an unknown code, with
    ``message`` saying so. ``choices`` asks the person to pick when the code means several things.
    """

    receipt: ReceiptState
    message: Text | None = None
    found: bool = True
    choices: SearchResults | None = None
    is_warning: bool = False
    """It was taken, and ``message`` says what to look out for."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A sale that is stored: its number, and the empty receipt that follows it."""

    number: str
    total_minor: int
    receipt: ReceiptState
    message: Text | None = None


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What the new-customer form collects; texts as typed."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = "ru"
    service: bool = True
    marketing: bool = False
    profiling: bool = False
    even_if_known: bool = False
    """Whoever is like him was shown and passed over."""


@dataclass(frozen=True, slots=True)
class SimilarCustomer:
    """Somebody known who may be the customer being written down; ``hit_key`` chooses them."""

    hit_key: str
    title: str
    remark: str
    is_exact: bool


@dataclass(frozen=True, slots=True)
class NewPass:
    """What the pass form collects; ``to_department`` and ``category`` are keys of :class:`Choice`."""

    kind: PassKind
    to_department: str
    category: str
    customer_id: CustomerId | None = None


@dataclass(frozen=True, slots=True)
class PassSlip:
    """A pass that was made: the code to print and where it goes."""

    pass_id: PassId
    code: str
    department: str


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A line of an earlier sale that can be returned."""

    line_id: LineId
    name: str
    qty_milli: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class ReturnSource:
    """An earlier sale found for a return."""

    receipt_id: ReceiptId
    number: str
    at_ms: int
    lines: tuple[ReturnLine, ...]


@dataclass(frozen=True, slots=True)
class ShiftOpening:
    """What opening a shift takes: who is responsible (key of a :class:`Choice`), or why nobody is, and the drawer."""

    responsible: str = ""
    override_reason: str = ""
    cash_minor: int = 0


@dataclass(frozen=True, slots=True)
class ShiftClosing:
    """What the person who closes the shift read and counted; None is «not read» and «not counted», never 0."""

    till_total_minor: int | None = None
    till_z_number: str = ""
    counted_cash_minor: int | None = None
    notes: str = ""


class CounterPort(Protocol):
    """Everything the counter screen asks; ``person`` and shift are known to whoever implements it."""

    # questions (read lane)
    def header(self) -> ShiftHeader:
        """Return shift, person, place and time."""

    def sync(self) -> SyncStrip:
        """Return how the counter stands with the centre."""

    def search(self, text: str, limit: int) -> SearchResults:
        """Find customers, products and passes for a typed text, best first."""

    def card(self, customer_id: CustomerId) -> CustomerCard:
        """Return the customer's card as this role may see it."""

    def suggestions(self, receipt_id: ReceiptId) -> SuggestionsState:
        """Rank for the receipt as it is; locked, empty and held-out are answers, not errors."""

    def sellers(self, receipt_id: ReceiptId | None) -> SellersStrip:
        """Return who scores and who assists."""

    def situations(self) -> tuple[Choice, ...]:
        """Return the situations a customer may be in."""

    def pass_targets(self) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
        """Return departments and categories a customer can be passed to."""

    def return_source(self, text: str) -> ReturnSource | None:
        """Find an earlier sale by its number, for a return."""

    # changes (write lane)
    def current(self) -> ReceiptState:
        """Return the receipt in hand at this counter, opened anew after a restart."""

    def take(self, text: str, *, scanned: bool) -> Taken:
        """Act on a code: a product is added, a customer or pass is put on the receipt."""

    def choose(self, hit_key: str) -> Taken:
        """Act on a search result."""

    def add_customer(self, new: NewCustomer) -> Taken:
        """Create a customer and put him on the receipt."""

    def possible_same(self, new: NewCustomer) -> tuple[SimilarCustomer, ...]:
        """Return who may be the customer being written down (read lane)."""

    def clear_customer(self, receipt_id: ReceiptId) -> ReceiptState:
        """Take the customer off the receipt."""

    def set_core(self, line_id: LineId) -> ReceiptState:
        """Make a line the core."""

    def confirm_core(self, receipt_id: ReceiptId) -> ReceiptState:
        """Record that the core suits; suggestions unlock."""

    def accept(self, offer_id: OfferId) -> ReceiptState:
        """Record the customer's yes and add the line that carries it."""

    def decline(self, offer_id: OfferId, reason: RefusalReason) -> ReceiptState:
        """Record the customer's no with its reason."""

    def undo_answer(self, offer_id: OfferId) -> ReceiptState:
        """Take an answer back by a new fact."""

    def set_quantity(self, line_id: LineId, qty_milli: int) -> ReceiptState:
        """Change a line's quantity."""

    def remove_line(self, line_id: LineId) -> ReceiptState:
        """Remove a line (the customer changed his mind)."""

    def restore_line(self, line_id: LineId) -> ReceiptState:
        """Bring a removed line back."""

    def hold(self, receipt_id: ReceiptId) -> ReceiptState:
        """Put the receipt aside; return the empty one that follows."""

    def resume(self, receipt_id: ReceiptId) -> ReceiptState:
        """Take up a receipt that was put aside."""

    def complete(self, receipt_id: ReceiptId) -> Completed:
        """Store the sale."""

    def set_situation(self, receipt_id: ReceiptId, situation: str) -> ReceiptState:
        """Record the customer's situation; empty takes it back."""

    def set_budget(self, receipt_id: ReceiptId, budget_minor: int | None) -> ReceiptState:
        """Record the customer's cap; None takes it back."""

    def make_pass(self, new: NewPass) -> PassSlip:
        """Pass the customer on."""

    def take_back(self, source: ReceiptId, lines: dict[LineId, int], reason: str) -> Completed:
        """Record a return of lines with quantities in thousandths."""


class LoginPort(Protocol):
    """Who may work here, and the check of the PIN."""

    def people(self) -> tuple[PersonChoice, ...]:
        """Return the people of this counter, recent first."""

    def log_in(self, person_id: PersonId, secret: str) -> ShiftHeader:
        """Check the PIN or password; raises ``Refusal`` with how many tries or how long remain.

        ``must_change`` says that it was right and for one time.
        """

    def change_secret(self, person_id: PersonId, old: str, new: str) -> ShiftHeader:
        """Choose a new PIN or password and log in with it."""


class PassesPort(Protocol):
    """The passes screen."""

    def passes(self) -> PassesState:
        """Return passes to us and from us."""

    def answer(self, pass_id: PassId, *, accept: bool) -> PassesState:
        """Accept or decline a pass to us."""


class ShiftPort(Protocol):
    """Opening, closing and reports of the shift."""

    def state(self) -> ShiftState:
        """Return the shift as it stands."""

    def open(self, opening: ShiftOpening) -> ShiftState:
        """Open a shift with a responsible person, or without one for a stated reason."""

    def close(self, closing: ShiftClosing) -> ShiftState:
        """Close the shift with what was read and counted, and make its Z report."""

    def report(self, kind: str) -> str:
        """Make an X report, or a copy of a Z report by its key; return the PDF's path."""
