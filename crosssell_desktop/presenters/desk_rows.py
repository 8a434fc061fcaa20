"""Turns what the services found into the screens' frozen rows; nothing is asked here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from crosssell_desktop.domain.access import Session
from crosssell_desktop.domain.basket import Basket
from crosssell_desktop.domain.format import calendar_day
from crosssell_desktop.domain.ids import PassId, ProductId
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.presenters import desk_words
from crosssell_desktop.presenters.ports import ReturnLine, ReturnSource, SimilarCustomer
from crosssell_desktop.presenters.state import (
    Choice,
    FlowStep,
    HeldReceipt,
    Hit,
    HitKind,
    PassKind,
    PassRow,
    ReceiptLine,
    ReceiptState,
    SellersStrip,
    SuggestionsPhase,
    SuggestionsState,
)
from crosssell_desktop.presenters.suggestion_words import Named, row_of
from crosssell_desktop.presenters.wording import joined

if TYPE_CHECKING:
    from crosssell_desktop.services.finding import Finds
    from crosssell_desktop.services.newcomers import Similar
    from crosssell_desktop.services.offers import Round
    from crosssell_desktop.services.passes import PassRow as FoundPass
    from crosssell_desktop.store.baskets import ParkedBasket
    from crosssell_desktop.store.queries.returns import ReturnableSale
    from crosssell_desktop.store.queries.shifts import ShiftRow

MOST_TYPED = 200
ASK_TO_ADD_FROM = 3
"""So many letters are taken for the name of somebody who is not known yet."""


def similar(one: Similar, speaker: Translator) -> SimilarCustomer:
    """Return somebody known in words: the phone's last digits and what speaks for its being them."""
    tail = f"•••-{one.phone_tail[:2]}-{one.phone_tail[2:]}" if one.phone_tail else ""
    reasons = ", ".join(speaker.say(reason) for reason in one.reasons)
    return SimilarCustomer(f"customer:{one.id}", one.display_name, joined(tail, reasons), one.is_exact)


def hits(found: Finds, typed: str, speaker: Translator, *, may_add: bool) -> tuple[Hit, ...]:
    """Return everything found, a pass first; at the end the offer to add a customer when none was found."""
    ru = speaker.language == "ru"
    rows: list[Hit] = []
    if found.a_pass is not None:
        one = found.a_pass
        remark = f"{one.from_person} · {one.category_ru if ru else one.category_en}"
        rows.append(Hit(HitKind.PASS, f"pass:{one.id}", one.customer_name or one.code, remark=remark))
    for known in found.customers.customers:
        tail = known.phone_tail
        remark = f"•••-{tail[:2]}-{tail[2:]}" if tail else ""
        rows.append(Hit(HitKind.CUSTOMER, f"customer:{known.id}", known.display_name, remark=remark))
    for item in found.products:
        name = item.name_ru if ru else item.name_en
        rows.append(
            Hit(HitKind.PRODUCT, f"product:{item.product_id}", name, remark=item.sku, price_minor=item.price_minor)
        )
    if found.a_sale is not None:
        rows.append(Hit(HitKind.RECEIPT, f"receipt:{found.a_sale.number}", found.a_sale.number))
    name = typed.strip()[:MOST_TYPED]
    is_unknown = not found.customers.customers and found.listed_at_most is None
    if may_add and is_unknown and len(name) >= ASK_TO_ADD_FROM:
        rows.append(Hit(HitKind.NEW_CUSTOMER, f"new:{name}", name))
    return tuple(rows)


def too_wide(found: Finds) -> Text | None:
    """Return why customers that answer are not listed; None when nothing is held back."""
    if found.listed_at_most is None:
        return None
    return Text(
        N_("More than {n} customers answer to this and are not listed: write more of the name, or the phone."),
        {"n": found.listed_at_most},
    )


def ready(
    basket: Basket, the_round: Round, names: Named, *, core: ProductId, core_name: str, words: Mapping[str, str]
) -> SuggestionsState:
    """Return an open round in words; with nothing to offer, the reasons with their counts."""
    ranked = the_round.ranked
    rows = tuple(
        row_of(shown, the_round.suggestion_of(shown), names, core=core, attribute_words=words)
        for shown in basket.offers
    )
    if not rows:
        reasons = tuple(ranked.summary) or ((ranked.diagnosis,) if ranked.diagnosis is not None else ())
        return SuggestionsState(SuggestionsPhase.EMPTY, reasons=reasons, core_name=core_name)
    first = next((s for s in ranked.suggestions if s.without_ru), None)
    without = "" if first is None else (first.without_ru if names.speaker.language == "ru" else first.without_en)
    return SuggestionsState(
        SuggestionsPhase.READY,
        rows=rows,
        without=without,
        core_name=core_name,
        total_minor=sum(r.price_minor for r in rows),
    )


def sellers(found: Iterable[FoundPass], carried: PassId | None, mine: Session, speaker: Translator) -> SellersStrip:
    """Return who scores and whose passes count or may count; ``carried`` is the pass put on the receipt."""
    ru = speaker.language == "ru"
    counted: list[str] = []
    waiting: list[str] = []
    for one in found:
        if one.from_person_id == mine.person_id:
            continue
        words = f"{one.from_person} ({one.from_department_ru if ru else one.from_department_en})"
        (counted if one.state == "accepted" or one.id == carried else waiting).append(words)
    return SellersStrip(goal=mine.short_name, assists=tuple(counted), waiting=tuple(waiting))


def pass_row(found: FoundPass, mine: Session, speaker: Translator) -> PassRow:
    """Return one pass; it can be answered by anybody it was not made by, while it is only sent."""
    ru = speaker.language == "ru"
    words, tone = desk_words.pass_state(found.state)
    by_me = found.from_person_id == mine.person_id
    to, from_ = (
        (found.to_department_ru, found.from_department_ru) if ru else (found.to_department_en, found.from_department_en)
    )
    return PassRow(
        pass_id=found.id,
        kind=PassKind(found.kind),
        person=found.from_person,
        department=to if by_me else from_,
        customer=found.customer_name,
        category=found.category_ru if ru else found.category_en,
        code=found.code,
        at_ms=found.made_at,
        state=words,
        tone=tone,
        can_answer=found.state == "sent" and not by_me,
    )


def return_source(found: ReturnableSale) -> ReturnSource:
    """Return an earlier sale with what is left of its lines to be returned."""
    return ReturnSource(
        found.sale_id,
        found.number,
        found.made_at,
        tuple(
            ReturnLine(line.line_id, line.name, line.left_milli, line.amount_minor * 1000 // line.qty_milli)
            for line in found.lines
            if line.left_milli > 0
        ),
    )


def receipt(basket: Basket | None, parked: Iterable[ParkedBasket], speaker: Translator) -> ReceiptState:
    """Return the receipt in hand, and those put aside."""
    held = tuple(HeldReceipt(p.id, p.label or f"{p.line_count}", p.total_minor, p.updated_at) for p in parked)
    if basket is None:
        return ReceiptState(held=held)
    ru = speaker.language == "ru"
    return ReceiptState(
        receipt_id=basket.id,
        lines=tuple(
            ReceiptLine(
                line_id=line.id,
                product_id=line.item.product_id,
                name=line.item.name_ru if ru else line.item.name_en,
                qty_milli=line.qty_milli,
                price_minor=line.item.price_minor,
                total_minor=line.amount_minor,
                is_core=line.id == basket.core_line_id,
                attached_to=line.attached_to,
                from_offer=line.offer_id is not None,
                is_service=line.item.kind == "service",
            )
            for line in basket.lines
        ),
        total_minor=basket.total_minor,
        discount_minor=sum(line.discount_minor for line in basket.lines),
        core_line=basket.core_line_id,
        core_confirmed=basket.core_confirmed_at is not None,
        customer_id=basket.customer_id,
        held=held,
        step=step(basket),
    )


def step(basket: Basket) -> FlowStep:
    """Return where the talk with the customer is."""
    if basket.core is None:
        return FlowStep.CUSTOMER if basket.customer_id is None else FlowStep.CORE
    if basket.core_confirmed_at is None:
        return FlowStep.CONFIRMED
    return FlowStep.OFFERS if any(o.answer is None for o in basket.offers) else FlowStep.DONE


def reports(past: Iterable[ShiftRow], speaker: Translator) -> tuple[Choice, ...]:
    """Return the Z reports that can be printed again."""
    return tuple(
        Choice(
            str(shift.id),
            speaker.say(Text(N_("Z report {n}"), {"n": shift.z_number})),
            calendar_day(dt.date.fromisoformat(shift.business_date), speaker.language),
        )
        for shift in past
        if shift.closed_at is not None
    )
