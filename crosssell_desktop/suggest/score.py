"""The score that orders offers: customer gain in integers of a millionth; margin is not in it and only breaks ties.

score = 0.35 need + 0.25 learned relevance + 0.20 evidence + 0.10 price fit + 0.10 situation, + 1.0 if required
(domain rules, section 3; design ruling 13.2)
"""

from __future__ import annotations

from collections.abc import Mapping

from crosssell_desktop.domain.money import half_up
from crosssell_desktop.suggest.candidates import Candidate, Known
from crosssell_desktop.suggest.evidence import strength_bps
from crosssell_desktop.suggest.relevance import SCORE_ONE
from crosssell_desktop.suggest.vocabulary import Reason, Relation

ONE = 1_000_000
WEIGHTS: Mapping[str, int] = {"need": 3_500, "relevance": 2_500, "evidence": 2_000, "price": 1_000, "situation": 1_000}
"""Weights in basis points."""
_HALF_RELEVANCE = SCORE_ONE * 3 // 20
"""The learned relevance that counts half: what a pair bought together in every second receipt has."""
_INFERRED = 6_000
_BPS = 10_000


def parts(candidate: Candidate, known: Known) -> dict[str, int]:
    """Return the parts of a score in millionths, weights included."""
    terms = {
        "need": need_bps(candidate),
        "relevance": relevance_bps(candidate.relevance),
        "evidence": strength_bps(candidate.evidence),
        "price": price_bps(candidate, known),
        "situation": situation_bps(candidate, known),
    }
    scored = {name: half_up(WEIGHTS[name] * value * ONE, _BPS * _BPS) for name, value in terms.items()}
    if candidate.relation is Relation.REQUIRED:
        scored["required"] = ONE
    return scored


def need_bps(candidate: Candidate) -> int:
    """Return how well it answers a need: stated or due wholly, inferred by 0.6."""
    if candidate.stated_need or candidate.reason is Reason.DUE_AGAIN:
        return _BPS
    return _INFERRED if candidate.needs else 0


def relevance_bps(relevance: int) -> int:
    """Return learned relevance on a scale of 0 to 1: r / (r + 0.15), which keeps its order."""
    return half_up(relevance * _BPS, relevance + _HALF_RELEVANCE) if relevance > 0 else 0


def price_bps(candidate: Candidate, known: Known) -> int:
    """Return 1 up to a tenth of the core's price, falling to 0 at the quarter; what is required always fits."""
    if candidate.relation is Relation.REQUIRED:
        return _BPS
    core, settings = known.core.price_minor, known.snapshot.settings
    if core <= 0:
        return 0
    share = half_up(candidate.goods.price_minor * _BPS, core)
    cheap, limit = settings.cheap_share_bps, settings.total_share_bps
    if share <= cheap:
        return _BPS
    return 0 if share >= limit else half_up((limit - share) * _BPS, limit - cheap)


def situation_bps(candidate: Candidate, known: Known) -> int:
    """Return whether it answers a situation picked in this visit."""
    customer, combination = known.snapshot.customer, candidate.combination
    if customer is None or combination is None:
        return 0
    return _BPS if set(combination.situations) & set(customer.situations) else 0


def margin_minor(candidate: Candidate) -> int:
    """Return the margin of one, 0 when the cost is not known."""
    goods = candidate.goods
    return goods.price_minor - goods.cost_minor if goods.cost_minor is not None else 0


def order_key(candidate: Candidate, score: int) -> tuple[int, int, str]:
    """Return what offers are sorted by: score, then margin, then SKU."""
    return -score, -margin_minor(candidate), candidate.goods.sku
