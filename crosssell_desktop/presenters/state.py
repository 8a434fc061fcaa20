"""Everything the counter shows, as frozen values; a screen is a function of these and of a language.

Data from the shop (names, prices, proof) is plain ``str`` and numbers; words of the program are ``Text`` and are
said in the reader's language when painted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import (
        CustomerId,
        LineId,
        OfferId,
        PassId,
        PersonId,
        ProductId,
        ReceiptId,
        ShiftId,
    )

Tone = Literal["plain", "accent", "core", "assist", "ok", "warn", "bad"]
"""Which colour and icon a message carries; always beside words."""


class RefusalReason(StrEnum):
    """Why the customer said no; the eight reasons of the domain rules, section 3, in their order on the keys."""

    ALREADY_HAVE = "already_have"
    NOT_NEEDED = "not_needed"
    EXPENSIVE = "expensive"
    WILL_THINK = "will_think"
    BUYS_ELSEWHERE = "buys_elsewhere"
    DOES_NOT_FIT = "does_not_fit"
    DO_NOT_OFFER = "do_not_offer"
    FELT_PUSHED = "felt_pushed"


REFUSAL_TITLES: dict[RefusalReason, str] = {
    RefusalReason.ALREADY_HAVE: N_("Already has one"),
    RefusalReason.NOT_NEEDED: N_("Not needed"),
    RefusalReason.EXPENSIVE: N_("Expensive"),
    RefusalReason.WILL_THINK: N_("Will think"),
    RefusalReason.BUYS_ELSEWHERE: N_("Buys elsewhere"),
    RefusalReason.DOES_NOT_FIT: N_("Does not fit"),
    RefusalReason.DO_NOT_OFFER: N_("Do not offer again"),
    RefusalReason.FELT_PUSHED: N_("Felt pushed"),
}


class PassKind(StrEnum):
    """How a customer is passed on (domain rules, section 1)."""

    HANDOVER = "handover"
    RECOMMEND = "recommend"
    EXPERT = "expert"
    HELP = "help"


PASS_TITLES: dict[PassKind, str] = {
    PassKind.HANDOVER: N_("Brought in person"),
    PassKind.RECOMMEND: N_("Sent, will come alone"),
    PassKind.EXPERT: N_("Expert called"),
    PassKind.HELP: N_("Help without a sale"),
}


class FlowStep(StrEnum):
    """Where the conversation is; the order of the chips above the receipt."""

    CUSTOMER = "customer"
    CORE = "core"
    CONFIRMED = "confirmed"
    OFFERS = "offers"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Note:
    """One authored, dated remark on the customer's card."""

    text: str
    author: str = ""
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class CardItem:
    """One row of a list on the card: what it is, a short remark beside it, and its tone."""

    title: str
    remark: str = ""
    tone: Tone = "plain"
    at_ms: int | None = None
    is_guess: bool = False
    """Inferred, not told by the customer: shown as «supposed»."""


@dataclass(frozen=True, slots=True)
class CardList:
    """A list on the card: how many there are in all and the first few of them."""

    count: int = 0
    items: tuple[CardItem, ...] = ()
    alert: bool = False
    """Something in it is overdue, or may not be done any more."""


@dataclass(frozen=True, slots=True)
class Consents:
    """What the customer has allowed; do-not-contact is stronger than any of them."""

    service: bool = False
    loyalty: bool = False
    marketing: bool = False
    profiling: bool = False
    do_not_contact: bool = False


class CardAct(StrEnum):
    """What the person at work may do with the card in front; what is not there is not offered."""

    EDIT = "edit"
    CONSENTS = "consents"
    REVEAL = "reveal"


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """The customer as the consultant sees him: who, traits, how to work; then the lists."""

    customer_id: CustomerId
    name: str
    phone_masked: str = ""
    who: Note | None = None
    traits: Note | None = None
    how_to_work: Note | None = None
    needs: CardList = CardList()
    refusals: CardList = CardList()
    owns: CardList = CardList()
    promises: CardList = CardList()
    perks: CardList = CardList()
    purchases: CardList = CardList()
    alerts: CardList = CardList()
    """What is said of things the customer owns: a recall, the end of support."""
    forecast: CardList = CardList()
    """What is likely on the next visit, or that too little is known; empty without consent to be profiled."""
    events: CardList = CardList()
    household: CardList = CardList()
    """Who lives together or belongs to the firm, and what they bought and let be seen."""
    lost: CardList = CardList()
    """What another counter wrote into a field at the same time, and lost."""
    channel: str = ""
    consents: Consents = Consents()
    care_mode: bool = False
    is_restricted: bool = False
    """The data are kept and used for nothing, at the customer's demand."""
    is_organisation: bool = False
    fresh_at_ms: int | None = None
    """When this counter last heard the centre, and with it all that is shown; None when it never did."""
    is_stale: bool = False
    is_locked: bool = False
    """Personal data locked because the centre has been silent too long (design ruling 7)."""
    acts: frozenset[CardAct] = frozenset()


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of the receipt as painted."""

    line_id: LineId
    product_id: ProductId
    name: str
    qty_milli: int
    price_minor: int
    total_minor: int
    is_core: bool = False
    attached_to: LineId | None = None
    from_offer: bool = False
    is_service: bool = False
    fit_trouble: str = ""
    """Why it does not fit the core or what the customer owns; empty when all is well."""


@dataclass(frozen=True, slots=True)
class HeldReceipt:
    """A receipt put aside."""

    receipt_id: ReceiptId
    label: str
    total_minor: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class ReceiptState:
    """The receipt in hand; ``receipt_id`` is None before anything was put into it."""

    receipt_id: ReceiptId | None = None
    number: str = ""
    lines: tuple[ReceiptLine, ...] = ()
    total_minor: int = 0
    discount_minor: int = 0
    core_line: LineId | None = None
    core_confirmed: bool = False
    customer_id: CustomerId | None = None
    held: tuple[HeldReceipt, ...] = ()
    step: FlowStep = FlowStep.CUSTOMER
    is_return: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing is in the receipt."""
        return not self.lines


class Answer(StrEnum):
    """What the customer said to a suggestion."""

    OPEN = "open"
    YES = "yes"
    NO = "no"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class WhyPoint:
    """One sentence of the opened proof, with where it is known from; what the customer gains has the tone ``ok``."""

    text: str
    source: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggestion; ``number`` is its key."""

    number: int
    offer_id: OfferId
    product_id: ProductId
    name: str
    price_minor: int
    benefit: str
    """The customer's gain, in one sentence."""
    proof: str
    """The figure behind it with its n, in the short form that fits one line and names no product."""
    fit: Text
    fit_detail: str = ""
    """What it fits by («RF»), only when short; empty otherwise."""
    fit_tone: Tone = "ok"
    relation: Text = field(default_factory=lambda: Text(""))
    answer: Answer = Answer.OPEN
    reason: RefusalReason | None = None
    stock: Text | None = None
    claim: str = ""
    """The same proof in full, with the names of the products, for the customer's eyes."""
    source: str = ""
    """Where the proof is known from."""
    why: tuple[WhyPoint, ...] = ()
    """The opened proof (Alt+0), point by point."""


class SuggestionsPhase(StrEnum):
    """What the suggestion panel shows."""

    NO_CORE = "no_core"
    LOCKED = "locked"
    LOADING = "loading"
    READY = "ready"
    EMPTY = "empty"
    HELD_OUT = "held_out"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class SuggestionsState:
    """The right-hand panel."""

    phase: SuggestionsPhase = SuggestionsPhase.NO_CORE
    rows: tuple[SuggestionRow, ...] = ()
    without: str = ""
    """What happens if the customer takes none: «Can do without: …»."""
    reasons: tuple[Text, ...] = ()
    """Why there is nothing, with counts; or what went wrong."""
    core_name: str = ""
    stale: bool = False
    ms: int = 0
    total_minor: int = 0

    def row(self, number: int) -> SuggestionRow | None:
        """Return the suggestion on a key."""
        return next((row for row in self.rows if row.number == number), None)


@dataclass(frozen=True, slots=True)
class SellersStrip:
    """Who scores and who assists in this receipt."""

    goal: str = ""
    assists: tuple[str, ...] = ()
    """«Name (department)» of each counted pass."""
    waiting: tuple[str, ...] = ()
    """Passes that may still be matched."""


@dataclass(frozen=True, slots=True)
class SyncStrip:
    """How the counter stands with the centre."""

    unsent: int = 0
    oldest_at_ms: int | None = None
    last_at_ms: int | None = None
    quarantined: int = 0
    prices_at_ms: int | None = None
    online: bool = True
    trouble: Text | None = None
    prices_stale: bool = False


class Place(StrEnum):
    """The five places of the program."""

    COUNTER = "counter"
    PASSES = "passes"
    MY_SHIFT = "my_shift"
    SHIFT = "shift"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class ShiftHeader:
    """The shift and person at work."""

    shift_id: ShiftId | None = None
    number: int = 0
    person: str = ""
    person_id: PersonId | None = None
    responsible: str = ""
    counter: str = ""
    store: str = ""
    department: str = ""
    now_ms: int = 0
    practice: bool = False
    passes_waiting: int = 0
    places: tuple[Place, ...] = (Place.COUNTER, Place.PASSES, Place.SHIFT)
    """The places the person's role may use."""
    office_pages: tuple[str, ...] = ()
    """The pages of the Office that the person's level opens (``presenters.office``)."""
    openers: tuple[str, ...] = ()
    """Who may open a shift here; told while none is open."""
    notice: Text | None = None
    """What a person is told once at log-in."""


class HitKind(StrEnum):
    """What a search result is."""

    CUSTOMER = "customer"
    PRODUCT = "product"
    PASS = "pass"  # noqa: S105  # a pass of a customer, no secret
    NEW_CUSTOMER = "new_customer"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result."""

    kind: HitKind
    key: str
    """Opaque to the screen: the port gave it and takes it back."""
    title: str
    remark: str = ""
    price_minor: int | None = None
    stock: Text | None = None


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What the one field found."""

    query: str = ""
    hits: tuple[Hit, ...] = ()
    more: int = 0
    phase: Literal["idle", "loading", "ready", "trouble"] = "idle"
    trouble: Text | None = None
    is_more: bool = False
    """There are more than ``more``: nobody counts all cards of a common name."""
    held_back: Text | None = None
    """Why customers that answer are not listed."""


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass on the passes screen."""

    pass_id: PassId
    kind: PassKind
    person: str
    department: str
    customer: str
    category: str
    code: str
    at_ms: int
    state: Text
    tone: Tone = "plain"
    can_answer: bool = False


@dataclass(frozen=True, slots=True)
class PassesState:
    """The passes screen: to us and from us."""

    to_us: tuple[PassRow, ...] = ()
    from_us: tuple[PassRow, ...] = ()
    is_loading: bool = False
    trouble: Text | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A thing to pick in a form: its key for the port and its name."""

    key: str
    title: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A person who may log in at this counter."""

    person_id: PersonId
    name: str
    role: Text
    needs_password: bool = False
    locked_until_ms: int | None = None
    chooses_password: bool = False
    """What they choose for themselves is a password, not six digits."""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of a figure on the shift screen."""

    title: Text
    value: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class ShiftState:
    """The shift screen."""

    header: ShiftHeader = ShiftHeader()
    opened_at_ms: int | None = None
    figures: tuple[ReportRow, ...] = ()
    people: tuple[Choice, ...] = ()
    """Who may be responsible for complex sales."""
    reports: tuple[Choice, ...] = ()
    """Reports that can be printed again."""
    unsent: int = 0
    is_busy: bool = False
    trouble: Text | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What a toast says, and whether it can be undone by Ctrl+Z."""

    text: Text
    tone: Tone = "plain"
    can_undo: bool = False


@dataclass(frozen=True, slots=True)
class CounterState:
    """The whole counter screen."""

    header: ShiftHeader = ShiftHeader()
    card: CustomerCard | None = None
    receipt: ReceiptState = ReceiptState()
    suggestions: SuggestionsState = SuggestionsState()
    sellers: SellersStrip = SellersStrip()
    sync: SyncStrip = SyncStrip()
    search: SearchResults = SearchResults()
    situation: str = ""
    situations: tuple[Choice, ...] = ()
    budget_minor: int | None = None
    busy: bool = False
    """A change is being saved; the keys that change wait for it."""
