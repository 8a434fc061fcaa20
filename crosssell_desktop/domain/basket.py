"""The receipt being made: an immutable basket and the moves a person can make with it.

Laws kept here: nothing is offered before the core is confirmed (A12); a suggested line needs the customer's
yes (A54); one offer round a receipt; every line knows who put it there (the closer is per line).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

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
    RunId,
)
from crosssell_desktop.domain.money import MILLI_ONE, extend
from crosssell_desktop.domain.text import N_, Text

Answer = Literal["accepted", "declined", "postponed"]
RefusalReason = Literal[
    "already_have",
    "not_needed",
    "expensive",
    "will_think",
    "buys_elsewhere",
    "does_not_fit",
    "do_not_offer",
    "felt_pushed",
]
REFUSAL_REASONS: tuple[RefusalReason, ...] = (
    "already_have",
    "not_needed",
    "expensive",
    "will_think",
    "buys_elsewhere",
    "does_not_fit",
    "do_not_offer",
    "felt_pushed",
)
REFUSAL_WORDS: dict[RefusalReason, str] = {
    "already_have": N_("already have"),
    "not_needed": N_("not needed"),
    "expensive": N_("expensive"),
    "will_think": N_("will think"),
    "buys_elsewhere": N_("buys elsewhere"),
    "does_not_fit": N_("does not fit"),
    "do_not_offer": N_("do not offer again"),
    "felt_pushed": N_("felt pushed"),
}
"""The eight reasons in the order of their keys (domain rules, section 3)."""

Situation = Literal["", "gift", "first_time", "repair", "move", "child", "work"]
CreditRole = Literal["core", "periphery", "service"]

MAX_LINES = 500
MAX_QTY_MILLI = 99_999 * MILLI_ONE


@dataclass(frozen=True, slots=True)
class Item:
    """A product as it is sold now: what a line copies from the catalogue at the moment of adding."""

    product_id: ProductId
    sku: str
    kind: Literal["goods", "service"]
    name_ru: str
    name_en: str
    category_id: CategoryId
    product_type: str
    business_line: str
    department_id: DepartmentId
    credit_role: Literal["periphery", "service"]
    price_minor: int
    vat_bps: int


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of the receipt; amounts in kopecks with VAT, quantity in thousandths."""

    id: LineId
    item: Item
    qty_milli: int
    added_by: PersonId
    added_at: int
    offer_id: OfferId | None = None
    customer_yes_at: int | None = None
    attached_to: LineId | None = None
    discount_minor: int = 0
    marking_code: str = ""

    @property
    def amount_minor(self) -> int:
        """Price times quantity less discount."""
        return extend(self.item.price_minor, self.qty_milli) - self.discount_minor


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """One suggestion shown in this receipt's round, and the answer so far."""

    id: OfferId
    product_id: ProductId
    rank: int
    answer: Answer | None = None
    reason: RefusalReason | None = None
    answer_id: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """A receipt being made; every move returns a new one."""

    id: ReceiptId
    owner_id: PersonId
    opened_at: int
    lines: tuple[BasketLine, ...] = ()
    customer_id: CustomerId | None = None
    core_line_id: LineId | None = None
    core_chosen_by: PersonId | None = None
    core_confirmed_at: int | None = None
    situation: Situation = ""
    budget_cap_minor: int | None = None
    care_mode: bool = False
    run_id: RunId | None = None
    held_out: bool = False
    offers: tuple[ShownOffer, ...] = ()
    pass_id: PassId | None = None
    label: str = ""

    @property
    def total_minor(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def core(self) -> BasketLine | None:
        """The core line, if chosen."""
        return next((line for line in self.lines if line.id == self.core_line_id), None)

    def line(self, line_id: LineId) -> BasketLine:
        """Return a line.

        Raises:
            Refusal: ``no_such_line``.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise Refusal("no_such_line", Text(N_("This line is no longer in the receipt.")))

    def offer(self, offer_id: OfferId) -> ShownOffer:
        """Return a shown offer.

        Raises:
            Refusal: ``no_such_offer``.
        """
        for shown in self.offers:
            if shown.id == offer_id:
                return shown
        raise Refusal("no_such_offer", Text(N_("This suggestion is no longer on the screen.")))

    def role_of(self, line: BasketLine) -> CreditRole:
        """Say which credit rate a line earns: a service is a service, the core is core, the rest periphery."""
        if line.item.kind == "service" or line.item.credit_role == "service":
            return "service"
        return "core" if line.id == self.core_line_id else "periphery"


def add_item(
    basket: Basket,
    item: Item,
    *,
    line_id: LineId,
    person: PersonId,
    now_ms: int,
    qty_milli: int = MILLI_ONE,
    marking_code: str = "",
) -> Basket:
    """Put an item in; the same product again raises the quantity of its line; the first goods become the core.

    A marked unit has a line of its own: each bears another code.

    Raises:
        Refusal: ``too_many_lines``, ``bad_quantity``.
    """
    _check_quantity(qty_milli)
    same = next(
        (
            line
            for line in basket.lines
            if line.item.product_id == item.product_id
            and line.item.price_minor == item.price_minor
            and line.added_by == person
            and not line.marking_code
            and not marking_code
        ),
        None,
    )
    if same is not None:
        return set_quantity(basket, same.id, same.qty_milli + qty_milli)
    _check_room(basket)
    line = BasketLine(line_id, item, qty_milli, person, now_ms, marking_code=marking_code)
    after = replace(basket, lines=(*basket.lines, line))
    if basket.core is None and item.kind == "goods":
        return choose_core(after, line_id, person)
    return after


def set_quantity(basket: Basket, line_id: LineId, qty_milli: int) -> Basket:
    """Set the quantity of a line.

    Raises:
        Refusal: ``bad_quantity``, ``one_unit``, ``no_such_line``.
    """
    _check_quantity(qty_milli)
    if basket.line(line_id).marking_code and qty_milli != MILLI_ONE:
        raise Refusal("one_unit", Text(N_("A marked unit is one: scan the code of each next one.")))
    return replace(basket, lines=tuple(replace(x, qty_milli=qty_milli) if x.id == line_id else x for x in basket.lines))


def remove_line(basket: Basket, line_id: LineId) -> Basket:
    """Take a line out; before payment no reason is asked (A62). An accepted offer on it opens again."""
    gone = basket.line(line_id)
    lines = tuple(
        replace(x, attached_to=None) if x.attached_to == line_id else x for x in basket.lines if x.id != line_id
    )
    offers = tuple(replace(x, answer=None, reason=None) if x.id == gone.offer_id else x for x in basket.offers)
    after = replace(basket, lines=lines, offers=offers)
    if basket.core_line_id == line_id:
        after = replace(after, core_line_id=None, core_chosen_by=None, core_confirmed_at=None)
    return after


def put_back(basket: Basket, line: BasketLine, *, place: int, was_core: bool) -> Basket:
    """Bring a removed line back where it was; a line somebody put back twice stays once.

    Raises:
        Refusal: ``needs_customer_yes`` for a suggested line, ``too_many_lines``.
    """
    if line.offer_id is not None:
        raise Refusal("needs_customer_yes", Text(N_("A suggested line comes back only by the customer's yes.")))
    if any(x.id == line.id for x in basket.lines):
        return basket
    _check_room(basket)
    at = min(max(place, 0), len(basket.lines))
    after = replace(basket, lines=(*basket.lines[:at], line, *basket.lines[at:]))
    if was_core and basket.core is None:
        return _reattach(replace(after, core_line_id=line.id, core_chosen_by=line.added_by))
    return after


def choose_core(basket: Basket, line_id: LineId, person: PersonId) -> Basket:
    """Make a line the core (A10); a new core must be confirmed again.

    Suggestions that nobody has answered yet go with the old core; once one was answered, the round is over.

    Raises:
        Refusal: ``service_is_not_core``, ``no_such_line``.
    """
    line = basket.line(line_id)
    if line.id == basket.core_line_id:
        return basket
    if line.item.kind == "service":
        raise Refusal("service_is_not_core", Text(N_("A service goes with something: choose goods as the core.")))
    after = _reattach(replace(basket, core_line_id=line_id, core_chosen_by=person, core_confirmed_at=None))
    if any(shown.answer is not None for shown in basket.offers):
        return after
    return replace(after, run_id=None, offers=(), held_out=False)


def confirm_core(basket: Basket, now_ms: int) -> Basket:
    """Note that the core suits the customer; only now may anything be offered (A12).

    Raises:
        Refusal: ``no_core``.
    """
    if basket.core is None:
        raise Refusal("no_core", Text(N_("Choose the core first: scan or name what the customer came for.")))
    if basket.core_confirmed_at is not None:
        return basket
    return replace(basket, core_confirmed_at=now_ms)


def show_offers(basket: Basket, run_id: RunId, offers: tuple[ShownOffer, ...], *, held_out: bool) -> Basket:
    """Note the one offer round of this receipt.

    Raises:
        Refusal: ``core_not_confirmed``, ``second_round`` (A54).
    """
    _check_confirmed(basket)
    if basket.run_id is not None:
        raise Refusal(
            "second_round", Text(N_("One round of suggestions a receipt: the customer has already answered."))
        )
    return replace(basket, run_id=run_id, offers=offers, held_out=held_out)


def accept_offer(
    basket: Basket, offer_id: OfferId, item: Item, *, line_id: LineId, person: PersonId, now_ms: int
) -> Basket:
    """Add the suggested item with the customer's yes.

    Raises:
        Refusal: ``core_not_confirmed`` when the core was changed since, ``already_answered``, ``no_such_offer``,
            ``too_many_lines``.
    """
    shown = basket.offer(offer_id)
    _check_open(shown)
    _check_confirmed(basket)
    _check_room(basket)
    line = BasketLine(
        line_id,
        item,
        MILLI_ONE,
        person,
        now_ms,
        offer_id=offer_id,
        customer_yes_at=now_ms,
        attached_to=basket.core_line_id,
    )
    return _answer(replace(basket, lines=(*basket.lines, line)), shown, "accepted", None)


def decline_offer(basket: Basket, offer_id: OfferId, reason: RefusalReason) -> Basket:
    """Note a no with its reason.

    Raises:
        Refusal: ``already_answered``, ``no_such_offer``.
    """
    shown = basket.offer(offer_id)
    _check_open(shown)
    return _answer(basket, shown, "declined", reason)


def postpone_offer(basket: Basket, offer_id: OfferId) -> Basket:
    """Note a «later».

    Raises:
        Refusal: ``already_answered``, ``no_such_offer``.
    """
    shown = basket.offer(offer_id)
    _check_open(shown)
    return _answer(basket, shown, "postponed", None)


def undo_answer(basket: Basket, offer_id: OfferId) -> Basket:
    """Take an answer back; a line that came with it goes.

    Raises:
        Refusal: ``nothing_to_undo``, ``no_such_offer``.
    """
    shown = basket.offer(offer_id)
    if shown.answer is None:
        raise Refusal("nothing_to_undo", Text(N_("There is no answer to take back.")))
    came = next((line for line in basket.lines if line.offer_id == offer_id), None)
    after = basket if came is None else remove_line(basket, came.id)
    offers = tuple(replace(x, answer=None, reason=None) if x.id == offer_id else x for x in after.offers)
    return replace(after, offers=offers)


def check_completable(basket: Basket) -> None:
    """Refuse to complete what would break a law.

    Raises:
        Refusal: ``empty_receipt``, ``no_customer_yes``, ``negative_total``.
    """
    if not basket.lines:
        raise Refusal("empty_receipt", Text(N_("The receipt is empty: scan or name the first item.")))
    for line in basket.lines:
        if line.offer_id is not None and line.customer_yes_at is None:
            raise Refusal(
                "no_customer_yes",
                Text(
                    N_("«{name}» was suggested and has no yes from the customer: ask, or take it out."),
                    {"name": line.item.name_ru},
                ),
            )
    if basket.total_minor < 0:
        raise Refusal("negative_total", Text(N_("The total is below zero: check the discounts.")))


def note_answer_id(basket: Basket, offer_id: OfferId, answer_id: str) -> Basket:
    """Remember which fact holds an answer, so that taking it back can point at it."""
    offers = tuple(replace(x, answer_id=answer_id) if x.id == offer_id else x for x in basket.offers)
    return replace(basket, offers=offers)


def _answer(basket: Basket, shown: ShownOffer, answer: Answer, reason: RefusalReason | None) -> Basket:
    offers = tuple(replace(x, answer=answer, reason=reason) if x.id == shown.id else x for x in basket.offers)
    return replace(basket, offers=offers)


def _check_open(shown: ShownOffer) -> None:
    if shown.answer is not None:
        raise Refusal("already_answered", Text(N_("This suggestion is already answered; undo the answer first.")))


def _check_confirmed(basket: Basket) -> None:
    if basket.core_confirmed_at is None:
        raise Refusal("core_not_confirmed", Text(N_("Suggestions open after «Core suits».")))


def _check_room(basket: Basket) -> None:
    if len(basket.lines) >= MAX_LINES:
        raise Refusal(
            "too_many_lines",
            Text(
                N_("A receipt holds at most {limit} lines. Complete this one and open another."), {"limit": MAX_LINES}
            ),
        )


def _check_quantity(qty_milli: int) -> None:
    if not 0 < qty_milli <= MAX_QTY_MILLI:
        raise Refusal("bad_quantity", Text(N_("The quantity must be above 0 and at most 99,999.")))


def _reattach(basket: Basket) -> Basket:
    """Hang the accepted offers on the present core; lines that no one suggested stay unlinked (A13)."""
    core = basket.core_line_id
    lines = tuple(
        replace(x, attached_to=None if x.id == core else core) if x.offer_id is not None else x for x in basket.lines
    )
    return replace(basket, lines=lines)
