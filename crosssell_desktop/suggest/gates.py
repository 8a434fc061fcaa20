"""The gates: what may not be offered, and why, in words; each candidate is stopped by the first gate it fails.

Order of the gates: what is wrong with the item comes before what is wrong with the moment. The last gates look at the
whole list (one of a relation, one service, total share, budget, number of items).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crosssell_desktop.domain.fit import FitAnswer
from crosssell_desktop.domain.money import take_bps
from crosssell_desktop.domain.spoken import MoneyValue
from crosssell_desktop.domain.text import N_, NP_, Text
from crosssell_desktop.suggest.candidates import Candidate, Known
from crosssell_desktop.suggest.evidence import co_purchase, own_history, speaks_for, suspended
from crosssell_desktop.suggest.substitutes import instead
from crosssell_desktop.suggest.vocabulary import EvidenceKind, Reason, Relation

Check = Callable[[Candidate, Known], Text | None]
"""Returns why a candidate may not be offered, None when it may."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate: its name, its check (None for gates over the whole list) and how its count is said."""

    name: str
    check: Check | None
    summary: tuple[str, str]
    """Singular and plural of «{n} …»."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A candidate a gate has stopped."""

    candidate: Candidate
    gate: str
    text: Text


def _price(candidate: Candidate, _: Known) -> Text | None:
    return None if candidate.goods.price_minor > 0 else Text(N_("has no price today"))


def _validity(candidate: Candidate, known: Known) -> Text | None:
    combination = candidate.combination
    if combination is None or combination.valid(known.snapshot.day):
        return None
    return Text(N_("the combination is not in force today"))


def _incompatible(candidate: Candidate, _: Known) -> Text | None:
    return Text(N_("must not be used with the core product")) if candidate.relation is Relation.INCOMPATIBLE else None


def _fit(candidate: Candidate, _: Known) -> Text | None:
    return candidate.fit.reason if candidate.fit.answer is FitAnswer.DOES_NOT_FIT else None


def _fit_unknown(candidate: Candidate, _: Known) -> Text | None:
    return candidate.fit.reason if candidate.fit.answer is FitAnswer.UNKNOWN else None


def _substitute(candidate: Candidate, known: Known) -> Text | None:
    if candidate.relation is not None and candidate.relation.instead_of_core:
        return Text(N_("is bought instead of the core product"))
    if candidate.combination is not None or known.model is None or min(candidate.index, known.core_index) < 0:
        return None
    return (
        Text(N_("is bought instead of the core product"))
        if instead(known.model, known.core_index, candidate.index)
        else None
    )


def _owned(candidate: Candidate, known: Known) -> Text | None:
    customer = known.snapshot.customer
    if customer is None or not customer.profiling:
        return None
    goods = candidate.goods
    bought = [owned for owned in customer.owned if owned.product == goods.product]
    if bought and not goods.repeatable and not own_history.is_due(candidate.pairing):
        return Text(N_("the customer has it already"))
    return None


def _not_due(candidate: Candidate, _: Known) -> Text | None:
    every, last = candidate.goods.due_every_days, candidate.pairing.last_bought_day
    if every is None or last is None or own_history.is_due(candidate.pairing):
        return None
    return Text(N_("was bought lately and is not due yet"))


def _refused(candidate: Candidate, known: Known) -> Text | None:
    """Refusals hold without consent too: they are the customer's will, not a profile."""
    snapshot = known.snapshot
    if snapshot.customer is None:
        return None
    for refused in snapshot.customer.refused:
        if refused.item != candidate.goods.product or refused.core not in (None, snapshot.core):
            continue
        if refused.never_again:
            return Text(N_("the customer asked not to be offered it again"))
        if snapshot.day - refused.day < snapshot.settings.refusal_days:
            age = max(0, snapshot.day - refused.day)
            one, many = _REFUSED
            return Text(one, {"age": age}, many, age)
    return None


_REFUSED = NP_("refused {age} day ago", "refused {age} days ago")


def _stock(candidate: Candidate, _: Known) -> Text | None:
    goods = candidate.goods
    if goods.stock_milli is None or goods.stock_milli > 0 or goods.stock_elsewhere_milli > 0:
        return None
    return Text(N_("is out of stock"))


def _budget(candidate: Candidate, known: Known) -> Text | None:
    snapshot = known.snapshot
    if snapshot.budget_cap_minor is None:
        return None
    left = snapshot.budget_cap_minor - snapshot.receipt_total_minor
    if candidate.goods.price_minor <= left:
        return None
    return Text(
        N_("costs {price}, and {left} is left of the budget"),
        {"price": MoneyValue(candidate.goods.price_minor), "left": MoneyValue(max(0, left))},
    )


def _care_mode(candidate: Candidate, known: Known) -> Text | None:
    if not known.snapshot.care_mode or candidate.relation is Relation.REQUIRED:
        return None
    return Text(N_("in care mode only what is needed is offered"))


def _benefit(candidate: Candidate, _: Known) -> Text | None:
    combination = candidate.combination
    if combination is None or candidate.goods.benefits or combination.emergent_ru:
        return None
    return Text(N_("has no approved benefit for the customer"))


def _suspended(candidate: Candidate, _: Known) -> Text | None:
    return Text(N_("is suspended: more returns with it than without")) if suspended(candidate.evidence) else None


def _evidence(candidate: Candidate, known: Known) -> Text | None:
    """Curated: anything live. Learned: co-purchase or own history, nothing less (design ruling 13.1)."""
    if candidate.combination is not None:
        return None if speaks_for(candidate.evidence) else Text(N_("has no live evidence"))
    if any(one.kind in (EvidenceKind.CO_PURCHASE, EvidenceKind.OWN_HISTORY) for one in candidate.evidence):
        return None
    pair = candidate.pairing.pair
    if pair is not None:
        figures = co_purchase.assess(pair, known.snapshot.settings)
        if not figures.enough:
            return co_purchase.too_little(figures, known.snapshot.settings)
    return Text(N_("is not bought together often enough to prove anything"))


GATES: Sequence[Gate] = (
    Gate("price", _price, NP_("{n} without a price", "{n} without a price")),
    Gate("validity", _validity, NP_("{n} not in force", "{n} not in force")),
    Gate("incompatible", _incompatible, NP_("{n} incompatible", "{n} incompatible")),
    Gate("fit", _fit, NP_("{n} does not fit", "{n} do not fit")),
    Gate("fit_unknown", _fit_unknown, NP_("{n} to be checked for fit", "{n} to be checked for fit")),
    Gate("substitute", _substitute, NP_("{n} bought instead", "{n} bought instead")),
    Gate("owned", _owned, NP_("{n} is owned already", "{n} are owned already")),
    Gate("not_due", _not_due, NP_("{n} not due yet", "{n} not due yet")),
    Gate("refused", _refused, NP_("{n} refused lately", "{n} refused lately")),
    Gate("stock", _stock, NP_("{n} out of stock", "{n} out of stock")),
    Gate("care_mode", _care_mode, NP_("{n} not needed now", "{n} not needed now")),
    Gate("budget", _budget, NP_("{n} over the budget", "{n} over the budget")),
    Gate("benefit", _benefit, NP_("{n} without a benefit", "{n} without a benefit")),
    Gate("suspended", _suspended, NP_("{n} suspended", "{n} suspended")),
    Gate("evidence", _evidence, NP_("{n} without evidence", "{n} without evidence")),
    Gate("relation", None, NP_("{n} of the same kind", "{n} of the same kind")),
    Gate("service", None, NP_("{n} more service", "{n} more services")),
    Gate("total_share", None, NP_("{n} over the share of the core", "{n} over the share of the core")),
    Gate("budget_total", None, NP_("{n} over the budget with the others", "{n} over the budget with the others")),
    Gate("max_items", None, NP_("{n} more", "{n} more")),
)
"""All gates in their order; services, screens and reports name them by ``name``."""

_BY_NAME: Mapping[str, Gate] = {gate.name: gate for gate in GATES}


def first_stop(candidate: Candidate, known: Known, skip: frozenset[str] = frozenset()) -> Removed | None:
    """Return the first gate that stops a candidate by itself, None when it passes."""
    for gate in GATES:
        if gate.check is None or gate.name in skip:
            continue
        text = gate.check(candidate, known)
        if text is not None:
            return Removed(candidate, gate.name, text)
    return None


def summary(name: str, count: int) -> Text:
    """Return «3 do not fit» for the screen."""
    one, many = _BY_NAME[name].summary
    return Text(one, {"n": count}, many, count)


def slot(candidate: Candidate) -> tuple[str, str]:
    """Return what only one of is shown: the relation, or for learned ones the reason with the product type."""
    if candidate.relation is not None:
        return candidate.relation.value, ""
    return candidate.reason.value, candidate.goods.type_key


def choose(ranked: Sequence[Candidate], known: Known, limit: int) -> tuple[list[Candidate], list[Removed]]:
    """Take from the best downwards what the gates over the whole list allow, and say why the others were left out.

    What is required is never stopped by the share of the core, but its price counts for the others. Habits and things
    due take all places but one: the last is kept for something else when there is anything else.
    """
    settings, snapshot = known.snapshot.settings, known.snapshot
    share = take_bps(known.core.price_minor, settings.total_share_bps)
    chosen: list[Candidate] = []
    removed: list[Removed] = []
    waiting = list(ranked)
    while waiting:
        candidate = waiting.pop(0)
        stop = _list_stop(candidate, chosen, snapshot.budget_cap_minor, snapshot.receipt_total_minor, share)
        if stop is None and len(chosen) >= limit:
            stop = "max_items", Text(N_("better ones were found"))
        if stop is None and limit > 1 and len(chosen) == limit - 1 and _own(candidate) and all(map(_own, chosen)):
            other = next(
                (
                    at
                    for at, one in enumerate(waiting)
                    if not _own(one)
                    and _list_stop(one, chosen, snapshot.budget_cap_minor, snapshot.receipt_total_minor, share) is None
                ),
                None,
            )
            if other is not None:
                chosen.append(waiting.pop(other))
                stop = "max_items", Text(N_("the last place is kept for something else than a habit"))
        if stop is None:
            chosen.append(candidate)
        else:
            removed.append(Removed(candidate, *stop))
    return chosen, removed


def _own(candidate: Candidate) -> bool:
    return candidate.reason in (Reason.HABIT, Reason.DUE_AGAIN)


def _list_stop(
    candidate: Candidate, chosen: Sequence[Candidate], cap_minor: int | None, receipt_minor: int, share_minor: int
) -> tuple[str, Text] | None:
    if candidate.relation is not Relation.REQUIRED and any(slot(one) == slot(candidate) for one in chosen):
        return "relation", Text(N_("one of this kind is offered already"))
    if candidate.goods.service and any(one.goods.service for one in chosen):
        return "service", Text(N_("at most one service is offered"))
    total = sum(one.goods.price_minor for one in chosen) + candidate.goods.price_minor
    if cap_minor is not None and receipt_minor + total > cap_minor:
        return "budget_total", Text(N_("together with the others it exceeds the budget"))
    if candidate.relation is not Relation.REQUIRED and total > share_minor:
        return "total_share", Text(
            N_("together it would come to more than {limit}, the agreed share of the core's price"),
            {"limit": MoneyValue(share_minor)},
        )
    return None
