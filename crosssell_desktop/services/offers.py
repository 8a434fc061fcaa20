"""Suggestions with proof: freeze the input, rank, log, only then show; every answer is a fact."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosssell_desktop.domain import basket as moves
from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.basket import Basket, RefusalReason, ShownOffer
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId, LineId, OfferId, ProductId, ReceiptId, RunId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.answers import record_answer
from crosssell_desktop.services.business import Business, business
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.receipts import change, priced_item
from crosssell_desktop.services.shifts import who
from crosssell_desktop.store import baskets, unit
from crosssell_desktop.store.queries import shifts, suggest_facts
from crosssell_desktop.store.suggest_rows import keep_input
from crosssell_desktop.suggest.candidates import products_to_load
from crosssell_desktop.suggest.rank import RankedList, Suggestion, rank
from crosssell_desktop.suggest.snapshot import CustomerView, Snapshot
from crosssell_desktop.suggest.vocabulary import Reason

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection

INPUT_KEPT_DAYS = 30
_OFFERS = frozenset({Change.BASKET, Change.OFFERS, Change.SYNC})


@dataclass(frozen=True, slots=True)
class Round:
    """The offer round of a receipt: what was ranked, and which offers were shown for it."""

    basket: Basket
    ranked: RankedList

    def suggestion_of(self, shown: ShownOffer) -> Suggestion | None:
        """Return the ranking's row of a shown offer, when it would still be ranked."""
        return next((s for s in self.ranked.suggestions if s.product == shown.product_id), None)


def freeze(  # noqa: PLR0913  # the parts of one question
    connection: Connection,
    desk: Desk,
    settings: Business,
    *,
    core: ProductId,
    basket: tuple[ProductId, ...],
    receipt_total_minor: int,
    customer_id: CustomerId | None,
    situation: str,
    care_mode: bool,
    budget_cap_minor: int | None,
    now_ms: int,
    core_confirmed: bool = True,
) -> Snapshot:
    """Return everything that may change the answer, as one frozen value.

    Raises:
        Refusal: ``unknown_core``.
    """
    situations = (situation,) if situation else ()
    view: CustomerView | None = None
    if customer_id is not None:
        view = suggest_facts.customer_view(connection, customer_id, situations=situations)
    elif situations:
        view = CustomerView(profiling=False, situations=situations)
    combinations = suggest_facts.combinations_of(connection, core)
    day = now_ms // DAY_MS
    own = view.baskets if view is not None and view.profiling else ()
    learned = products_to_load(desk.model, core, basket, own, desk.me.store_id, day=day)
    goods = suggest_facts.goods_of(
        connection,
        (core, *basket, *(c.item for c in combinations), *learned),
        store_id=desk.me.store_id,
        now_ms=now_ms,
    )
    return Snapshot(
        core=core,
        goods=goods,
        model_digest="" if desk.model is None else desk.model.digest,
        day=day,
        basket=basket,
        receipt_total_minor=receipt_total_minor,
        store=desk.me.store_id,
        core_confirmed=core_confirmed,
        customer=view,
        care_mode=care_mode,
        budget_cap_minor=budget_cap_minor,
        combinations=combinations,
        fit_rules=suggest_facts.fit_rules(connection, core=core),
        settings=settings.rank,
    )


def open_round(desk: Desk, session: Session, basket_id: ReceiptId) -> Outcome[Round]:
    """Rank for a receipt whose core is confirmed, log the run and its offers, and open the one round.

    The hold-out share of receipts (fixed by a hash before anything is displayed) gets no suggestion but
    required items; what it would have got is logged silently, so that the gain can be measured.

    Raises:
        Refusal: ``core_not_confirmed``, ``second_round``, ``no_core``, ``receipt_is_closed``.
    """
    require(session, Act.OFFER)
    with desk.begin() as work:
        basket = baskets.load(work.connection, basket_id)
        if basket is None:
            raise Refusal("receipt_is_closed", Text(N_("This receipt is already closed.")))
        snapshot, settings = _snapshot(work.connection, desk, work.me, basket, work.now_ms)
        ranked = rank(snapshot, desk.model)
        held_out = is_held_out(basket.id, work.me.salt, settings.number("experiment.holdout_bps"))
        visible = [s for s in ranked.suggestions if not held_out or s.reason is Reason.REQUIRED]
        run_id = RunId(work.new_id())
        shown = tuple(ShownOffer(OfferId(work.new_id()), s.product, place) for place, s in enumerate(visible, 1))
        after = moves.show_offers(basket, run_id, shown, held_out=held_out)
        keep_input(
            work.connection,
            ranked.input_hash,
            ranked.input_bytes,
            work.now_ms + INPUT_KEPT_DAYS * DAY_MS,
            work.now_ms,
        )
        _record_run(work, session, after, ranked, visible, snapshot.model_digest)
        baskets.save(work.connection, after, state="open", now_ms=work.now_ms)
    return Outcome(Round(after, ranked), _OFFERS)


def round_of(desk: Desk, basket: Basket) -> Round | None:
    """Return the round already open on a receipt, ranked again for display; None before it opened."""
    if basket.run_id is None or basket.core is None:
        return None
    with desk.look() as connection:
        me = unit.me_of(connection)
        snapshot, _ = _snapshot(connection, desk, me, basket, desk.clock.now_ms())
    return Round(basket, rank(snapshot, desk.model))


def suggest_for(
    desk: Desk, *, core: ProductId, basket: tuple[ProductId, ...], customer_id: CustomerId | None
) -> RankedList:
    """Return one ranking without logging or showing it; for the command line and for what-if."""
    with desk.look() as connection:
        me = unit.me_of(connection)
        snapshot = freeze(
            connection,
            desk,
            business(connection, me),
            core=core,
            basket=basket,
            receipt_total_minor=0,
            customer_id=customer_id,
            situation="",
            care_mode=False,
            budget_cap_minor=None,
            now_ms=desk.clock.now_ms(),
        )
    return rank(snapshot, desk.model)


def accept(desk: Desk, session: Session, basket_id: ReceiptId, offer_id: OfferId) -> Outcome[Basket]:
    """Add a suggested item with the customer's yes (A54)."""
    require(session, Act.OFFER)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        shown = basket.offer(offer_id)
        item = priced_item(work, shown.product_id)
        after = moves.accept_offer(
            basket, offer_id, item, line_id=LineId(work.new_id()), person=session.person_id, now_ms=work.now_ms
        )
        answer_id = record_answer(work, session, basket, shown, "accepted", "")
        return moves.note_answer_id(after, offer_id, str(answer_id))

    outcome = change(desk, basket_id, move)
    return Outcome(outcome.value, _OFFERS)


def decline(
    desk: Desk, session: Session, basket_id: ReceiptId, offer_id: OfferId, reason: RefusalReason
) -> Outcome[Basket]:
    """Note a no with its reason; the item keeps silent for 90 days at every counter (A42)."""
    require(session, Act.OFFER)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        after = moves.decline_offer(basket, offer_id, reason)
        answer_id = record_answer(work, session, basket, basket.offer(offer_id), "declined", reason)
        return moves.note_answer_id(after, offer_id, str(answer_id))

    outcome = change(desk, basket_id, move)
    return Outcome(outcome.value, _OFFERS | {Change.CUSTOMER})


def undo_answer(desk: Desk, session: Session, basket_id: ReceiptId, offer_id: OfferId) -> Outcome[Basket]:
    """Take an answer back by a new fact that points at it."""
    require(session, Act.OFFER)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        after = moves.undo_answer(basket, offer_id)
        record_answer(work, session, basket, basket.offer(offer_id), "undone", "")
        return moves.note_answer_id(after, offer_id, "")

    outcome = change(desk, basket_id, move)
    return Outcome(outcome.value, _OFFERS | {Change.CUSTOMER})


def is_held_out(receipt_id: ReceiptId, salt: str, share_bps: int) -> bool:
    """Say whether a receipt belongs to the hold-out: a stable hash of its id, never anything else."""
    if share_bps <= 0:
        return False
    digest = hashlib.sha256(b"crosssell-holdout\x00" + bytes.fromhex(salt) + receipt_id.bytes).digest()
    return int.from_bytes(digest[:8], "big") % 10_000 < share_bps


def _snapshot(
    connection: Connection, desk: Desk, me: unit.Me, basket: Basket, now_ms: int
) -> tuple[Snapshot, Business]:
    core = basket.core
    if core is None:
        raise Refusal("no_core", Text(N_("Choose the core first: scan or name what the customer came for.")))
    settings = business(connection, me)
    own_lines = [line for line in basket.lines if line.offer_id is None]
    snapshot = freeze(
        connection,
        desk,
        settings,
        core=core.item.product_id,
        basket=tuple(line.item.product_id for line in own_lines if line.id != core.id),
        receipt_total_minor=sum(line.amount_minor for line in own_lines),
        customer_id=basket.customer_id,
        situation=basket.situation,
        care_mode=basket.care_mode,
        budget_cap_minor=basket.budget_cap_minor,
        now_ms=now_ms,
    )
    return snapshot, settings


def _record_run(  # one fact with its parts
    work: unit.Unit,
    session: Session,
    basket: Basket,
    ranked: RankedList,
    visible: list[Suggestion],
    model_digest: str,
) -> None:
    shift = shifts.open_shift(work.connection, work.me.counter_id)
    by = who(work, session, None if shift is None else shift.id)
    core = basket.core
    if core is None or basket.run_id is None:
        msg = "a round has a core and a run"
        raise AssertionError(msg)
    work.record(
        "suggestions_shown",
        {
            "suggestion_run": [
                {
                    "id": basket.run_id,
                    **by,
                    "receipt_id": basket.id,
                    "customer_id": basket.customer_id,
                    "core_product_id": core.item.product_id,
                    "input_hash": ranked.input_hash,
                    "model_version": model_digest[:32],
                    "held_out": basket.held_out,
                    "result": [
                        {"product": str(s.product), "score": s.score, "reason": s.reason.value}
                        for s in ranked.suggestions
                    ],
                    "gates": dict(ranked.gate_counts),
                }
            ],
            "offer": [
                {
                    "id": shown.id,
                    **by,
                    "receipt_id": basket.id,
                    "run_id": basket.run_id,
                    "customer_id": basket.customer_id,
                    "core_product_id": core.item.product_id,
                    "product_id": s.product,
                    "rank": shown.rank,
                    "round": 1,
                    "relation": s.relation.value if s.relation else s.reason.value,
                    "price_minor": s.price_minor,
                    "evidence": [
                        {"kind": e.kind.value, "n": e.n, "hits": e.hits, "share_bps": e.share_bps} for e in s.evidence
                    ],
                }
                for shown, s in zip(basket.offers, visible, strict=True)
            ],
        },
    )
