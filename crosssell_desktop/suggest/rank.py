"""Ranking: a frozen snapshot in, at most three offers out, each with its proof; the same on every machine.

``rank`` is for the counter: candidates, gates, score. ``rank_learned`` orders the whole catalogue by what was learned,
without gates: for evaluation only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fit import FitVerdict
from crosssell_desktop.domain.ids import CombinationId, ProductId, StoreId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.suggest import score
from crosssell_desktop.suggest.candidates import Candidate, Known, find
from crosssell_desktop.suggest.evidence import Evidence
from crosssell_desktop.suggest.gates import GATES, Removed, choose, first_stop, summary
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.relevance import SCORE, Blend, Question, relevance
from crosssell_desktop.suggest.snapshot import Benefit, Snapshot, goods_by_id, hash_of
from crosssell_desktop.suggest.vocabulary import Reason, Relation


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One offer."""

    product: ProductId
    sku: str
    name: str
    price_minor: int
    relation: Relation | None
    """None for what was only learned."""
    reason: Reason
    benefits: tuple[Benefit, ...]
    """What appears only together first, then the product's own; empty for what was only learned."""
    without_ru: str
    without_en: str
    """«Можно без этого: …»."""
    evidence: tuple[Evidence, ...]
    score: int
    """Millionths."""
    score_parts: Mapping[str, int]
    """Part name -> millionths; they sum to ``score``."""
    relevance_parts: Mapping[str, int]
    """The parts of the learned relevance in billionths."""
    fit: FitVerdict
    combination_id: CombinationId | None
    service: bool


@dataclass(frozen=True, slots=True)
class RankedList:
    """The answer to a snapshot, with everything that was left out and why."""

    input_hash: str
    input_bytes: bytes = field(repr=False)
    """The snapshot in its canonical form, by which the run can be run again."""
    suggestions: tuple[Suggestion, ...]
    alternatives: tuple[Suggestion, ...]
    """Instead of the core; only before it is confirmed."""
    considered: int
    removed: tuple[Removed, ...]
    gate_counts: tuple[tuple[str, int], ...]
    """(gate, how many it stopped) in the order of the gates, without zeros."""
    notes: tuple[Text, ...]
    """What limited the run as a whole (no consent, nothing learned)."""
    diagnosis: Text | None
    """Why the list is empty; None when it is not."""

    @property
    def summary(self) -> tuple[Text, ...]:
        """Return «3 do not fit», «1 is owned already» … for the screen."""
        return tuple(summary(name, count) for name, count in self.gate_counts)

    def why(self) -> dict[str, object]:
        """Return the whole run for ``--why --json`` and for the run log: plain values only."""
        return {
            "input_hash": self.input_hash,
            "considered": self.considered,
            "items": [_plain_suggestion(one) for one in self.suggestions],
            "alternatives": [_plain_suggestion(one) for one in self.alternatives],
            "gates": dict(self.gate_counts),
            "removed": [
                {"sku": one.candidate.goods.sku, "gate": one.gate, "text": str(one.text)} for one in self.removed
            ],
            "notes": [str(note) for note in self.notes],
            "diagnosis": None if self.diagnosis is None else str(self.diagnosis),
        }


@dataclass(frozen=True, slots=True)
class Learned:
    """One product ordered by learned relevance alone."""

    product: ProductId
    sku: str
    score: int
    """Billionths."""
    parts: Mapping[str, int]
    """Empty unless asked for."""


def rank(snapshot: Snapshot, model: Model | None, k: int | None = None) -> RankedList:
    """Return at most ``k`` offers (never more than the setting ``max_items``) and all that was left out.

    Raises:
        Refusal: ``model_changed`` when the model is not the one the snapshot names.
    """
    if (model.digest if model is not None else "") != snapshot.model_digest:
        raise Refusal(
            "model_changed", Text(N_("The suggestions were asked with other learned combinations; ask again."))
        )
    if snapshot.core is None:
        return _nothing(snapshot, Text(N_("Choose the core product first.")))
    known = _known(snapshot, snapshot.core, model)
    candidates = find(known)
    notes = _notes(known)
    scored: list[tuple[int, dict[str, int], Candidate]] = []
    alternatives: list[tuple[int, dict[str, int], Candidate]] = []
    removed: list[Removed] = []
    for candidate in candidates:
        instead = candidate.relation is not None and candidate.relation.instead_of_core
        open_question = instead and not snapshot.core_confirmed
        stop = first_stop(candidate, known, _FOR_ALTERNATIVES if open_question else frozenset())
        if stop is not None:
            removed.append(stop)
            continue
        parts = score.parts(candidate, known)
        (alternatives if open_question else scored).append((sum(parts.values()), parts, candidate))
    limit = min(snapshot.settings.max_items, k if k is not None else snapshot.settings.max_items)
    scored.sort(key=lambda one: score.order_key(one[2], one[0]))
    alternatives.sort(key=lambda one: score.order_key(one[2], one[0]))
    chosen: list[Candidate] = []
    if snapshot.core_confirmed:
        chosen, left_out = choose([candidate for _, _, candidate in scored], known, limit)
        removed += left_out
    else:
        notes.append(Text(N_("Offers open when the core product is confirmed.")))
    by_product = {candidate.goods.product: (total, parts) for total, parts, candidate in scored}
    counted = Counter(one.gate for one in removed)
    suggestions = tuple(_suggestion(candidate, *by_product[candidate.goods.product]) for candidate in chosen)
    canonical = snapshot.canonical_bytes()
    return RankedList(
        input_hash=hash_of(canonical),
        input_bytes=canonical,
        suggestions=suggestions,
        alternatives=tuple(_suggestion(one, total, parts) for total, parts, one in alternatives[:limit]),
        considered=len(candidates),
        removed=tuple(removed),
        gate_counts=tuple((gate.name, counted[gate.name]) for gate in GATES if counted[gate.name]),
        notes=tuple(notes),
        diagnosis=None if suggestions else _diagnosis(snapshot, candidates, known),
    )


def rank_learned(
    model: Model,
    basket: Sequence[ProductId],
    k: int,
    history: OwnHistory | None = None,
    store: StoreId | None = None,
    *,
    day: int | None = None,
    blend: Blend = SCORE,
    explain: bool = False,
) -> list[Learned]:
    """Return the ``k`` most relevant products of the whole catalogue, without any gate (``--gates off``).

    Raises:
        Refusal: ``unknown_core`` when the model knows nothing of the basket.
    """
    indexes = model.indexes(basket)
    if len(indexes) and int(indexes.max()) < 0:
        raise Refusal("unknown_core", Text(N_("Nothing has been learned of this product.")))
    found = relevance(model, Question.of(model, indexes, history, store, day), blend, k=k)
    return [
        Learned(
            model.product(index),
            model.sku(index),
            found.of(index),
            found.parts_of(index) if explain else {},
        )
        for index in found.best(k).tolist()
    ]


_FOR_ALTERNATIVES = frozenset({"substitute"})


def _known(snapshot: Snapshot, core: ProductId, model: Model | None) -> Known:
    customer = snapshot.customer
    may_profile = customer is not None and customer.profiling
    by_id = goods_by_id(snapshot.goods)
    usable = model if model is not None and len(model) else None
    history, question, found = OwnHistory.empty(), None, None
    if usable is not None:
        if customer is not None and may_profile:
            history = OwnHistory.of_open(customer.baskets, usable)
        question = Question.of(usable, usable.indexes([core, *snapshot.basket]), history, snapshot.store, snapshot.day)
        found = relevance(usable, question, extra=(known := usable.indexes(by_id)).tolist(), only=known)
    return Known(
        snapshot=snapshot,
        core=by_id[core],
        core_index=usable.index(core) if usable is not None else -1,
        goods=by_id,
        model=usable,
        history=history,
        question=question,
        relevance=found,
        in_basket=frozenset({core, *snapshot.basket}),
        profiled=may_profile,
    )


def _notes(known: Known) -> list[Text]:
    notes = []
    customer = known.snapshot.customer
    if customer is not None and not customer.profiling:
        notes.append(Text(N_("No consent to profiling: only the basket is used.")))
    if known.model is None:
        notes.append(Text(N_("Nothing has been learned yet: only approved combinations are offered.")))
    elif known.core_index < 0:
        notes.append(Text(N_("Nothing has been learned of the core product yet.")))
    return notes


def _diagnosis(snapshot: Snapshot, candidates: Sequence[Candidate], known: Known) -> Text:
    if not snapshot.core_confirmed:
        return Text(N_("Offers open when the core product is confirmed."))
    if candidates:
        return Text(N_("Nothing that was found passes the checks."))
    if known.absent:
        return Text(N_("The products of the approved combinations are not in the catalogue."))
    return Text(N_("No approved combination and nothing learned goes with this product."))


def _nothing(snapshot: Snapshot, why: Text) -> RankedList:
    canonical = snapshot.canonical_bytes()
    return RankedList(hash_of(canonical), canonical, (), (), 0, (), (), (), why)


def _suggestion(candidate: Candidate, total: int, parts: Mapping[str, int]) -> Suggestion:
    goods, combination = candidate.goods, candidate.combination
    benefits: tuple[Benefit, ...] = ()
    if combination is not None:
        emergent = (Benefit(combination.emergent_ru, combination.emergent_en),) if combination.emergent_ru else ()
        benefits = (*emergent, *goods.benefits)
    return Suggestion(
        product=goods.product,
        sku=goods.sku,
        name=goods.name,
        price_minor=goods.price_minor,
        relation=candidate.relation,
        reason=candidate.reason,
        benefits=benefits,
        without_ru=combination.without_ru if combination else "",
        without_en=combination.without_en if combination else "",
        evidence=candidate.evidence,
        score=total,
        score_parts=dict(parts),
        relevance_parts=dict(candidate.relevance_parts),
        fit=candidate.fit,
        combination_id=combination.combination_id if combination else None,
        service=goods.service,
    )


def _plain_suggestion(one: Suggestion) -> dict[str, object]:
    return {
        "sku": one.sku,
        "price_minor": one.price_minor,
        "relation": one.relation.value if one.relation else None,
        "reason": one.reason.value,
        "score": one.score / score.ONE,
        "score_parts": {name: part / score.ONE for name, part in one.score_parts.items()},
        "relevance_parts": dict(one.relevance_parts),
        "fit": one.fit.answer.value,
        "fit_reason": str(one.fit.reason),
        "evidence": [plain_evidence(evidence) for evidence in one.evidence],
        "combination": str(one.combination_id) if one.combination_id else None,
    }


def plain_evidence(one: Evidence) -> dict[str, object]:
    """Return a proof as plain values for JSON, what is not known left out."""
    values: dict[str, object] = {
        "kind": one.kind.value,
        "text": str(one.text) if one.text is not None else one.claim_en,
        "hits": one.hits,
        "n": one.n,
        "share_bps": one.share_bps,
        "low_bps": one.low_bps,
        "high_bps": one.high_bps,
        "lift_bps": one.lift_bps,
        "period_days": one.period_days,
        "until_day": one.until_day,
        "valid_until_day": one.valid_until_day,
        "source": one.source,
        "method": one.method,
        "against": one.against or None,
    }
    return {name: value for name, value in values.items() if value is not None}
