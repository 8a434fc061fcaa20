"""Carries out what the screens ask by calling services, and answers with the screens' frozen state.

One object a window: it knows who is logged in and which receipt is in hand. Its methods block and are called
on the lanes only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, may
from crosssell_desktop.domain.basket import Basket, BasketLine, Item, Situation
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import (
    CategoryId,
    CustomerId,
    DepartmentId,
    LineId,
    OfferId,
    PassId,
    PersonId,
    ProductId,
    ReceiptId,
    ShiftId,
    is_pass_code,
)
from crosssell_desktop.domain.kpi import kpis
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, NP_, Text, Translator
from crosssell_desktop.presenters import card_words, desk_header, desk_rows, desk_words
from crosssell_desktop.presenters.ports import (
    Completed,
    NewCustomer,
    NewPass,
    PassSlip,
    ReturnSource,
    ShiftClosing,
    ShiftOpening,
    SimilarCustomer,
    Taken,
)
from crosssell_desktop.presenters.state import (
    Choice,
    CustomerCard,
    HitKind,
    PassesState,
    PassKind,
    PersonChoice,
    ReceiptState,
    RefusalReason,
    ReportRow,
    SearchResults,
    SellersStrip,
    ShiftHeader,
    ShiftState,
    SuggestionsPhase,
    SuggestionsState,
    SyncStrip,
)
from crosssell_desktop.presenters.suggestion_words import Named
from crosssell_desktop.services import (
    catalogue,
    codes,
    customers,
    exchange,
    finding,
    lease,
    login,
    newcomers,
    offers,
    passes,
    receipts,
    reporting,
    returns,
    shifts,
    staff,
)

if TYPE_CHECKING:
    from crosssell_desktop.services.desk import Desk
    from crosssell_desktop.services.passes import PassRow as FoundPass

T = TypeVar("T")


class Removed(NamedTuple):
    """A line taken out, for undo."""

    line: BasketLine
    place: int
    was_core: bool


class DeskPort:
    """Implements the counter's, log-in's, passes' and shift's ports over one desk."""

    def __init__(self, speaker: Translator, *, reports: Path, announce: Callable[[frozenset[Change]], None]) -> None:
        self.speaker = speaker
        """Speaks the language of the screen, whichever it is now."""
        self.is_centre_away = False
        """The last round with the centre failed; told by whoever runs the rounds."""
        self._reports = reports
        self._announce = announce
        self._desk: Desk | None = None
        self._session: Session | None = None
        self._basket: Basket | None = None
        self._removed: dict[LineId, Removed] = {}

    def attach(self, desk: Desk) -> None:
        """Work with an open desk from now on."""
        self._desk = desk

    def close_desk(self) -> None:
        """Close the desk's database."""
        if self._desk is not None:
            self._desk.database.close()
            self._desk = None

    @property
    def desk(self) -> Desk:
        """The open desk.

        Raises:
            Refusal: ``not_open_yet``.
        """
        if self._desk is None:
            raise Refusal("not_open_yet", Text(N_("The shop is being opened; a moment.")))
        return self._desk

    def utc_offset_minutes(self) -> int:
        """Return how far the shop's clock is from UTC now."""
        return staff.utc_offset_minutes(self.desk)

    # ------------------------------------------------------------------ who works

    @property
    def session(self) -> Session:
        """The person at work.

        Raises:
            Refusal: ``nobody_logged_in``.
        """
        if self._session is None:
            raise Refusal("nobody_logged_in", Text(N_("Log in first.")))
        return self._session

    def people(self) -> tuple[PersonChoice, ...]:
        """Return who may log in here."""
        return desk_header.choices(self.desk, self.speaker)

    def log_in(self, person_id: PersonId, secret: str) -> ShiftHeader:
        """Check the PIN and take up the person's open receipt."""
        return self._begin(self._done(login.log_in(self.desk, person_id, secret)))

    def change_secret(self, person_id: PersonId, old: str, new: str) -> ShiftHeader:
        """Choose a new PIN or password and log in with it."""
        return self._begin(self._done(login.change_secret(self.desk, person_id, old, new)))

    def _begin(self, session: Session) -> ShiftHeader:
        self._session = session
        self._basket = receipts.current_basket(self.desk, session)
        self._removed.clear()
        return replace(self.header(), notice=desk_header.notice(self.desk, session))

    def renew(self) -> ShiftHeader | None:
        """Look at the person at work again after news of the staff; None when nobody is.

        Raises:
            Refusal: ``no_person`` when they were dismissed; what they had in hand is put aside for a colleague.
        """
        if self._session is None:
            return None
        try:
            self._session = login.renewed(self.desk, self._session)
        except Refusal:
            if self._basket is not None and self._basket.lines:
                self.hold(self._basket.id)
            self.log_out()
            raise
        return self.header()

    def log_out(self) -> None:
        """Close the session; the receipt stays with its owner."""
        if self._session is not None:
            self._done(login.log_out(self.desk, self._session))
            self._session = None
            self._basket = None

    # ------------------------------------------------------------------ questions

    def header(self) -> ShiftHeader:
        """Return shift, person and place."""
        return desk_header.header(self.desk, self._session, self.speaker)

    def sync(self) -> SyncStrip:
        """Return how the counter stands with the centre."""
        return desk_header.strip(self.desk, self.speaker, is_centre_away=self.is_centre_away)

    def search(self, text: str, limit: int) -> SearchResults:
        """Find customers, products and passes for a typed text."""
        found = finding.look_up(self.desk, self.session, text, limit)
        may_add = may(self.session, Act.SAVE_CUSTOMER) and not found.are_people_locked
        hits = desk_rows.hits(found, text, self.speaker, may_add=may_add)
        shown = hits[:limit]
        left = len(hits) - len(shown) + found.customers.total - len(found.customers.customers)
        return SearchResults(
            query=text,
            hits=shown,
            more=left,
            is_more=found.customers.is_more,
            phase="ready",
            held_back=desk_rows.too_wide(found),
            trouble=desk_header.LOCKED if found.are_people_locked else None,
        )

    def card(self, customer_id: CustomerId) -> CustomerCard:
        """Return the customer's card as this role may see it."""
        found = customers.card(self.desk, self.session, customer_id)
        said = card_words.card_state(
            found, self.speaker, names=staff.names_by_uuid(self.desk), now_ms=self.desk.clock.now_ms()
        )
        return replace(said, acts=card_words.acts_on(found, self.session))

    def suggestions(self, receipt_id: ReceiptId) -> SuggestionsState:
        """Return the open round of a receipt in words; locked, empty and held-out are answers, not errors."""
        basket = self._basket
        if basket is None or basket.id != receipt_id or basket.core is None:
            return SuggestionsState(SuggestionsPhase.NO_CORE)
        core = basket.core.item
        core_name = core.name_ru if self.speaker.language == "ru" else core.name_en
        if basket.core_confirmed_at is None:
            return SuggestionsState(SuggestionsPhase.LOCKED, core_name=core_name)
        if not may(self.session, Act.OFFER):
            return SuggestionsState(
                SuggestionsPhase.EMPTY, reasons=(Text(N_("Suggestions are the consultant's.")),), core_name=core_name
            )
        the_round = offers.round_of(self.desk, basket)
        if the_round is None:
            return SuggestionsState(SuggestionsPhase.LOCKED, core_name=core_name)
        return self._ready(basket, the_round, core, core_name)

    def _ready(self, basket: Basket, the_round: offers.Round, core: Item, core_name: str) -> SuggestionsState:
        """Return an open round in words."""
        if basket.held_out and not basket.offers:
            return SuggestionsState(SuggestionsPhase.HELD_OUT, core_name=core_name)
        offered = [o.product_id for o in basket.offers]
        items = catalogue.items(self.desk, [core.product_id, *offered])
        words = catalogue.attribute_names(self.desk, self.speaker.language)
        names = Named(items, self.speaker, catalogue.claims(self.desk, offered))
        return desk_rows.ready(basket, the_round, names, core=core.product_id, core_name=core_name, words=words)

    def sellers(self, receipt_id: ReceiptId | None) -> SellersStrip:
        """Return who scores and who assists."""
        del receipt_id
        basket = self._basket
        found: list[FoundPass] = []
        if basket is not None:
            found = list(passes.of_customer(self.desk, basket.customer_id)) if basket.customer_id is not None else []
            if basket.pass_id is not None and all(p.id != basket.pass_id for p in found):
                carried = passes.by_id(self.desk, basket.pass_id)
                found += [] if carried is None else [carried]
        return desk_rows.sellers(found, None if basket is None else basket.pass_id, self.session, self.speaker)

    def situations(self) -> tuple[Choice, ...]:
        """Return the situations a customer may be in."""
        return tuple(Choice(key, self.speaker.gettext(words)) for key, words in desk_words.SITUATIONS)

    def pass_targets(self) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
        """Return departments and categories a customer can be passed to."""
        ru = self.speaker.language == "ru"
        departments = tuple(
            Choice(str(d.id), d.name_ru if ru else d.name_en)
            for d in passes.departments(self.desk)
            if d.id != self.session.department_id
        )
        categories = tuple(Choice(str(c[0]), c[1] if ru else c[2]) for c in passes.categories(self.desk))
        return departments, categories

    def return_source(self, text: str) -> ReturnSource | None:
        """Find an earlier sale by its number."""
        found = returns.find_sale(self.desk, text)
        return None if found is None else desk_rows.return_source(found)

    # ------------------------------------------------------------------ the receipt

    def current(self) -> ReceiptState:
        """Return the receipt in hand."""
        basket = self._basket
        if (
            basket is not None
            and basket.core_confirmed_at is not None
            and basket.run_id is None
            and may(self.session, Act.OFFER)
        ):
            self._basket = self._done(offers.open_round(self.desk, self.session, basket.id)).basket
        return self._state()

    def take(self, text: str, *, scanned: bool) -> Taken:
        """Act on a code: a product is added, a customer or pass is put on the receipt."""
        code = text.strip()
        named = codes.name_of(self.desk, code)
        if len(named.items) == 1:
            return Taken(
                self._kept(codes.add(self.desk, self.session, self._open(), named)), named.note, is_warning=True
            )
        if is_pass_code(code):
            found = passes.by_code(self.desk, code)
            if found is not None:
                return self._take_pass(found.id)
        results = self.search(code, 20)
        real = [hit for hit in results.hits if hit.kind is not HitKind.NEW_CUSTOMER]
        if len(real) == 1 and real[0].kind is not HitKind.RECEIPT and results.held_back is None:
            return self.choose(real[0].key)
        if (real or results.held_back is not None) and not scanned:
            return Taken(self._state(), choices=results)
        unknown = Text(N_("Nothing is known by «{code}»"), {"code": code[:40]})
        return Taken(self._state(), named.note or unknown, found=False)

    def choose(self, hit_key: str) -> Taken:
        """Act on a search result."""
        kind, _, key = hit_key.partition(":")
        if kind == "product":
            return self._add(ProductId(UUID(key)))
        if kind == "customer":
            return self._put_customer(CustomerId(UUID(key)))
        if kind == "pass":
            return self._take_pass(PassId(UUID(key)))
        return Taken(self._state())

    def add_customer(self, new: NewCustomer) -> Taken:
        """Create a customer and put him on the receipt."""
        purposes = tuple(
            name
            for name, given in (("service", new.service), ("marketing", new.marketing), ("profiling", new.profiling))
            if given
        )
        customer_id = self._done(
            customers.create(
                self.desk,
                self.session,
                name=new.name,
                phone=new.phone,
                email=new.email,
                language=new.language,
                purposes=purposes,
                even_if_known=new.even_if_known,
            )
        )
        return self._put_customer(customer_id)

    def possible_same(self, new: NewCustomer) -> tuple[SimilarCustomer, ...]:
        """Return who may be the customer being written down."""
        found = newcomers.possible_same(self.desk, self.session, name=new.name, phone=new.phone, email=new.email)
        return tuple(desk_rows.similar(one, self.speaker) for one in found)

    def clear_customer(self, receipt_id: ReceiptId) -> ReceiptState:
        """Take the customer off the receipt."""
        return self._kept(receipts.set_customer(self.desk, self.session, receipt_id, None))

    def set_core(self, line_id: LineId) -> ReceiptState:
        """Make a line the core."""
        return self._kept(receipts.choose_core(self.desk, self.session, self._id(), line_id))

    def confirm_core(self, receipt_id: ReceiptId) -> ReceiptState:
        """Record that the core suits; suggestions open, logged before they are displayed."""
        self._basket = self._done(receipts.confirm_core(self.desk, self.session, receipt_id))
        return self.current()

    def accept(self, offer_id: OfferId) -> ReceiptState:
        """Record the customer's yes."""
        return self._kept(offers.accept(self.desk, self.session, self._id(), offer_id))

    def decline(self, offer_id: OfferId, reason: RefusalReason) -> ReceiptState:
        """Record the customer's no with its reason."""
        return self._kept(offers.decline(self.desk, self.session, self._id(), offer_id, reason.value))

    def undo_answer(self, offer_id: OfferId) -> ReceiptState:
        """Take an answer back."""
        return self._kept(offers.undo_answer(self.desk, self.session, self._id(), offer_id))

    def set_quantity(self, line_id: LineId, qty_milli: int) -> ReceiptState:
        """Change a line's quantity."""
        return self._kept(receipts.set_quantity(self.desk, self.session, self._id(), line_id, qty_milli))

    def remove_line(self, line_id: LineId) -> ReceiptState:
        """Remove a line."""
        if self._basket is not None:
            for place, line in enumerate(self._basket.lines):
                if line.id == line_id:
                    self._removed[line_id] = Removed(line, place, self._basket.core_line_id == line_id)
        return self._kept(receipts.remove_line(self.desk, self.session, self._id(), line_id))

    def restore_line(self, line_id: LineId) -> ReceiptState:
        """Bring a removed line back; a suggested one by a new yes."""
        gone = self._removed.get(line_id)
        if gone is None:
            return self._state()
        if gone.line.offer_id is not None:
            return self.accept(gone.line.offer_id)
        return self._kept(
            receipts.restore_line(
                self.desk, self.session, self._id(), gone.line, place=gone.place, was_core=gone.was_core
            )
        )

    def hold(self, receipt_id: ReceiptId) -> ReceiptState:
        """Put the receipt aside."""
        label = ""
        if (
            self._basket is not None
            and self._basket.customer_id is not None
            and not lease.standing(self.desk).stage.is_closed
        ):
            label = customers.card(self.desk, self.session, self._basket.customer_id).display_name
        elif self._basket is not None and self._basket.lines:
            label = self._basket.lines[0].item.name_ru
        self._done(receipts.hold(self.desk, self.session, receipt_id, label))
        self._basket = None
        return self._state()

    def resume(self, receipt_id: ReceiptId) -> ReceiptState:
        """Take up a receipt that was put aside."""
        if self._basket is not None and self._basket.lines:
            self.hold(self._basket.id)
        return self._kept(receipts.resume(self.desk, self.session, receipt_id))

    def complete(self, receipt_id: ReceiptId) -> Completed:
        """Store the sale."""
        done = self._done(receipts.complete(self.desk, self.session, receipt_id))
        self._basket = None
        self._removed.clear()
        message = None
        if done.assist_count:
            one, many = NP_("Sale {number} is stored · {n} assist", "Sale {number} is stored · {n} assists")
            message = Text(one, {"number": done.number, "n": done.assist_count}, many, done.assist_count)
        return Completed(done.number, done.total_minor, self._state(), message)

    def set_situation(self, receipt_id: ReceiptId, situation: str) -> ReceiptState:
        """Record the customer's situation."""
        cap = None if self._basket is None else self._basket.budget_cap_minor
        known: Situation = next((key for key, _ in desk_words.SITUATIONS if key == situation), "")
        return self._kept(
            receipts.set_situation(self.desk, self.session, receipt_id, situation=known, budget_cap_minor=cap)
        )

    def set_budget(self, receipt_id: ReceiptId, budget_minor: int | None) -> ReceiptState:
        """Record the customer's cap."""
        situation: Situation = "" if self._basket is None else self._basket.situation
        return self._kept(
            receipts.set_situation(
                self.desk, self.session, receipt_id, situation=situation, budget_cap_minor=budget_minor
            )
        )

    def make_pass(self, new: NewPass) -> PassSlip:
        """Pass the customer on, or note help given without a sale."""
        if new.kind is PassKind.HELP:
            self._done(passes.record_help(self.desk, self.session, "advice", new.customer_id))
        department = DepartmentId(UUID(new.to_department))
        sent = self._done(
            passes.send(
                self.desk,
                self.session,
                kind=new.kind.value,
                to_department_id=department,
                customer_id=new.customer_id,
                category_id=CategoryId(UUID(new.category)) if new.category else None,
            )
        )
        ru = self.speaker.language == "ru"
        name = next((d.name_ru if ru else d.name_en for d in passes.departments(self.desk) if d.id == department), "")
        return PassSlip(sent.id, sent.code, name)

    def take_back(self, source: ReceiptId, lines: dict[LineId, int], reason: str) -> Completed:
        """Record a return."""
        done = self._done(returns.take_back(self.desk, self.session, source, lines, reason))
        return Completed(done.number, done.total_minor, self._state())

    # ------------------------------------------------------------------ passes

    def passes(self) -> PassesState:
        """Return passes to us and from us."""
        mine = self.session
        return PassesState(
            to_us=tuple(desk_rows.pass_row(p, mine, self.speaker) for p in passes.to_us(self.desk, mine)),
            from_us=tuple(desk_rows.pass_row(p, mine, self.speaker) for p in passes.by_me(self.desk, mine)),
        )

    def answer(self, pass_id: PassId, *, accept: bool) -> PassesState:
        """Accept or decline a pass to us."""
        if accept:
            self._take_pass(pass_id)
        else:
            self._done(passes.decline(self.desk, self.session, pass_id, ""))
        return self.passes()

    # ------------------------------------------------------------------ the shift

    def state(self) -> ShiftState:
        """Return the shift as it stands."""
        names = staff.short_names(self.desk)
        shift = shifts.current_shift(self.desk)
        past = shifts.past_shifts(self.desk, 10)
        return ShiftState(
            header=self.header(),
            opened_at_ms=None if shift is None else shift.opened_at,
            figures=() if shift is None else self._figures(shift.id),
            people=tuple(Choice(str(p), names.get(p, "")) for p in shifts.possible_leads(self.desk)),
            reports=desk_rows.reports(past, self.speaker),
            unsent=exchange.standing(self.desk).unsent,
        )

    def open(self, opening: ShiftOpening) -> ShiftState:
        """Open a shift with a responsible person, or without one for a stated reason."""
        self._done(
            shifts.open_shift(
                self.desk,
                self.session,
                responsible_id=PersonId(UUID(opening.responsible)) if opening.responsible else None,
                override_reason=opening.override_reason,
                opening_cash_minor=opening.cash_minor,
            )
        )
        return self.state()

    def close(self, closing: ShiftClosing) -> ShiftState:
        """Close the shift; its Z report is written into the profile."""
        shift_id = self._done(
            shifts.close_shift(
                self.desk,
                self.session,
                till_total_minor=closing.till_total_minor,
                till_z_number=closing.till_z_number,
                counted_cash_minor=closing.counted_cash_minor,
                notes=closing.notes,
            )
        )
        self._write_report(shift_id, "Z")
        return self.state()

    def report(self, kind: str) -> str:
        """Make an X report, or a copy of a Z report by its key; return the PDF's path."""
        if kind == "x":
            shift = shifts.current_shift(self.desk)
            if shift is None:
                raise Refusal("no_shift", Text(N_("No shift is open: a supervisor opens it with Ctrl+4.")))
            return str(self._write_report(shift.id, "X"))
        return str(self._write_report(ShiftId(UUID(kind)), "Z", is_copy=True))

    # ------------------------------------------------------------------ inside

    def _done(self, outcome: Outcome[T]) -> T:
        self._announce(outcome.changes)
        return outcome.value

    def _id(self) -> ReceiptId:
        if self._basket is None:
            raise Refusal("no_receipt", Text(N_("There is no receipt in hand.")))
        return self._basket.id

    def _open(self) -> ReceiptId:
        if self._basket is None:
            self._basket = self._done(receipts.start_basket(self.desk, self.session))
        return self._basket.id

    def _kept(self, outcome: Outcome[Basket]) -> ReceiptState:
        self._basket = self._done(outcome)
        return self._state()

    def _add(self, product_id: ProductId) -> Taken:
        return Taken(self._kept(receipts.add_product(self.desk, self.session, self._open(), product_id)))

    def _put_customer(self, customer_id: CustomerId) -> Taken:
        return Taken(self._kept(receipts.set_customer(self.desk, self.session, self._open(), customer_id)))

    def _take_pass(self, pass_id: PassId) -> Taken:
        basket = self._done(passes.accept(self.desk, self.session, pass_id, self._open()))
        self._basket = basket
        return Taken(self._state(), Text(N_("Pass accepted")))

    def _state(self) -> ReceiptState:
        return desk_rows.receipt(self._basket, receipts.held_baskets(self.desk), self.speaker)

    def _figures(self, shift_id: ShiftId) -> tuple[ReportRow, ...]:
        counts = reporting.shift_figures(self.desk, shift_id)
        return desk_words.figures(kpis(counts), counts.sold_minor, counts.returned_minor, self.speaker)

    def _write_report(self, shift_id: ShiftId, kind: Literal["X", "Z"], *, is_copy: bool = False) -> Path:
        pdf = reporting.shift_report(
            self.desk, self.session, shift_id, kind=kind, speaker=self.speaker, is_copy=is_copy
        )
        target = self._reports / f"{kind.lower()}-{shift_id}.pdf"
        reporting.save_report(target, pdf)
        return target
