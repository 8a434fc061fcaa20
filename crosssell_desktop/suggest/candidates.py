"""Where offers come from: approved combinations of the core, learned complements, habits, things due, open needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crosssell_desktop.domain.fit import FitVerdict, judge
from crosssell_desktop.domain.ids import ProductId, StoreId
from crosssell_desktop.suggest.evidence import Evidence, Pairing, collect
from crosssell_desktop.suggest.evidence.own_history import is_due, is_habit
from crosssell_desktop.suggest.history import OwnBasket, OwnHistory
from crosssell_desktop.suggest.kinship import new_kinds
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.newcomer import TERM, is_new, relevance_of_new
from crosssell_desktop.suggest.relevance import NOVEL, Question, Relevance, relevance
from crosssell_desktop.suggest.snapshot import CombinationFacts, Goods, Snapshot
from crosssell_desktop.suggest.vocabulary import CombinationStatus, EvidenceKind, Reason, Relation

NEW_KINDS = 8
"""Kinds new to the customer whose best seller is looked at."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that might be offered, with all that the gates and the score look at."""

    goods: Goods
    combination: CombinationFacts | None
    relation: Relation | None
    """The relation of the combination; None for what was only learned."""
    reason: Reason
    fit: FitVerdict
    evidence: tuple[Evidence, ...]
    relevance: int
    """Learned relevance in billionths."""
    relevance_parts: Mapping[str, int]
    pairing: Pairing
    index: int
    """Index in the model, -1 when the model does not know it."""
    needs: tuple[str, ...] = ()
    """Codes of open needs it answers."""
    stated_need: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What was worked out once for a run."""

    snapshot: Snapshot
    core: Goods
    core_index: int
    """Index of the core in the model, -1 when the model does not know it."""
    goods: Mapping[ProductId, Goods]
    model: Model | None
    history: OwnHistory
    question: Question | None
    relevance: Relevance | None
    in_basket: frozenset[ProductId]
    profiled: bool
    """The customer's history may be used, and there is one."""
    absent: list[ProductId] = field(default_factory=list)
    """Candidates whose facts the snapshot does not carry."""


def products_to_load(
    model: Model | None,
    core: ProductId,
    basket: Sequence[ProductId] = (),
    baskets: Sequence[OwnBasket] = (),
    store: StoreId | None = None,
    *,
    day: int | None = None,
    limit: int = 40,
) -> tuple[ProductId, ...]:
    """Return the learned candidates whose facts a snapshot should carry: the likeliest, and what may be new.

    New are the likeliest products the customer never had, and the best sellers of the kinds that would be new.

    Give ``baskets`` only with consent to profiling.
    """
    if model is None or len(model) == 0:
        return ()
    history = OwnHistory.of_open(baskets, model) if isinstance(baskets, tuple) else OwnHistory.of(baskets, model)
    question = Question.of(model, model.indexes([core, *basket]), history, store, day)
    likely = relevance(model, question, k=limit).best(limit)
    new = relevance(model, question, NOVEL, k=limit, leave_out=history.items).best(limit, leave_out=history.items)
    view = model.store_view(store)
    kinds = new_kinds(model, question, NEW_KINDS)
    of_kinds = view.in_type_order[view.type_starts[kinds]]
    found = dict.fromkeys([*likely.tolist(), *new.tolist(), *of_kinds.tolist()])
    return tuple(model.product(int(index)) for index in found)


def find(known: Known) -> list[Candidate]:
    """Return all candidates of a run in the order of product ids, each product once."""
    snapshot = known.snapshot
    combinations: dict[ProductId, CombinationFacts] = {}
    for combination in snapshot.combinations:
        if combination.core != known.core.product or combination.status is not CombinationStatus.APPROVED:
            continue
        held = combinations.get(combination.item)
        if held is None or _precedence(combination) < _precedence(held):
            combinations[combination.item] = combination
    found = []
    learned = {one.product for one in snapshot.goods} if snapshot.settings.learned else set()
    for product in sorted(combinations.keys() | learned, key=lambda one: one.int):
        if product in known.in_basket:
            continue
        goods = known.goods.get(product)
        if goods is None:
            known.absent.append(product)
            continue
        candidate = _candidate(known, goods, combinations.get(product))
        if candidate is not None:
            found.append(candidate)
    return found


_ORDER = {relation: place for place, relation in enumerate(Relation)}


def _precedence(combination: CombinationFacts) -> tuple[int, int, int]:
    """Return what decides between two combinations of the same pair: incompatible first, then as listed."""
    incompatible = combination.relation is not Relation.INCOMPATIBLE
    return int(incompatible), _ORDER[combination.relation], combination.combination_id.int


def _candidate(known: Known, goods: Goods, combination: CombinationFacts | None) -> Candidate | None:
    snapshot, model = known.snapshot, known.model
    index = model.index(goods.product) if model is not None else -1
    verdict = fit_of(known, goods)
    pairing = Pairing(
        core=known.core,
        item=goods,
        combination=combination,
        fit=verdict,
        pair=model.pair(known.core_index, index)
        if model is not None and index >= 0 and known.core_index >= 0
        else None,
        own_times=known.history.times_bought(index) if index >= 0 else 0,
        own_baskets=len(known.history),
        last_bought_day=_last_bought(known, goods, index),
        day=snapshot.day,
        settings=snapshot.settings,
    )
    evidence = collect(pairing)
    needs, stated = _needs(known, goods, combination)
    if combination is None and not _worth_a_look(evidence, pairing) and not needs:
        return None
    figure, figure_parts = _relevance(known, goods, index)
    return Candidate(
        goods=goods,
        combination=combination,
        relation=combination.relation if combination else None,
        reason=_reason(known, goods, combination, pairing, evidence, index),
        fit=verdict,
        evidence=evidence,
        relevance=figure,
        relevance_parts=figure_parts,
        pairing=pairing,
        index=index,
        needs=needs,
        stated_need=stated,
    )


def _relevance(known: Known, goods: Goods, index: int) -> tuple[int, Mapping[str, int]]:
    """Return learned relevance in billionths with its parts; what nobody has bought yet takes that of its type."""
    if known.model is not None and is_new(known.model, index):
        figure = relevance_of_new(known.model, known.core_index, goods.type_key)
        return figure, {TERM: figure} if figure else {}
    if known.relevance is None:
        return 0, {}
    return known.relevance.of(index), known.relevance.parts_of(index)


def _worth_a_look(evidence: tuple[Evidence, ...], pairing: Pairing) -> bool:
    """Say whether a product that no combination names was learned to go with the core or with the customer."""
    return pairing.pair is not None or any(one.kind is EvidenceKind.OWN_HISTORY for one in evidence)


def fit_of(known: Known, goods: Goods) -> FitVerdict:
    """Return whether an item fits the core and, when it is only for the core, nothing else of the basket."""
    rules = [rule for rule in known.snapshot.fit_rules if rule.applies(known.core.categories, goods.categories)]
    return judge(rules, known.core.attribute_map(), goods.attribute_map())


def _last_bought(known: Known, goods: Goods, index: int) -> int | None:
    days = []
    if index >= 0 and (last := known.history.last_bought(index)) is not None:
        days.append(last)
    if known.snapshot.customer is not None and known.profiled:
        days += [owned.day for owned in known.snapshot.customer.owned if owned.product == goods.product]
    return max(days, default=None)


def _needs(known: Known, goods: Goods, combination: CombinationFacts | None) -> tuple[tuple[str, ...], bool]:
    customer = known.snapshot.customer
    if customer is None or not customer.profiling:
        return (), False
    codes = {*goods.need_codes, *(combination.need_codes if combination else ())}
    met = [
        need
        for need in customer.needs
        if need.code in codes or need.product == goods.product or (need.type_key and need.type_key == goods.type_key)
    ]
    return tuple(sorted({need.code for need in met})), any(need.source.value == "stated" for need in met)


def _reason(  # noqa: PLR0911  # one line for one reason
    known: Known,
    goods: Goods,
    combination: CombinationFacts | None,
    pairing: Pairing,
    evidence: tuple[Evidence, ...],
    index: int,
) -> Reason:
    relation = combination.relation if combination else None
    if relation is Relation.REQUIRED:
        return Reason.REQUIRED
    if relation is not None and relation.instead_of_core:
        return Reason.CHEAPER_ALTERNATIVE if goods.price_minor < known.core.price_minor else Reason.COMPLEMENT
    if is_due(pairing):
        return Reason.DUE_AGAIN
    if relation is Relation.CONSUMABLE:
        return Reason.CONSUMABLE
    if relation is None and is_habit(pairing):
        return Reason.HABIT
    proven = any(one.kind is EvidenceKind.CO_PURCHASE for one in evidence)
    if known.profiled and not proven and pairing.own_times == 0 and not _had_type(known, goods, index):
        return Reason.NEW_FOR_YOU
    return Reason.COMPLEMENT


def _had_type(known: Known, goods: Goods, index: int) -> bool:
    if known.model is None:
        return False
    if index >= 0:
        return known.history.has_type(int(known.model.type_of[index]))
    return goods.type_key in known.model.types and known.history.has_type(known.model.types.index(goods.type_key))
