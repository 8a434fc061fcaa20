"""What a sold line earns and how it is divided between the goal and the assists, to the kopeck.

Law: the entries are a function of the set of facts and the policy; the parts sum to the pool exactly;
every entry says in one sentence how its amount came about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar
from uuid import UUID

from crosssell_desktop.domain.canon import digest
from crosssell_desktop.domain.ids import LineId, PassId, PersonId, ReturnId, named_id
from crosssell_desktop.domain.money import BPS_ONE, Claim, half_up, largest_remainder, take_bps, without_vat
from crosssell_desktop.domain.spoken import DayValue, MoneyValue, PersonValue, ShareValue
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.ledger.facts import LineFacts, PassFacts
from crosssell_desktop.ledger.match import FactIndex, MatchedAssist, match_assists
from crosssell_desktop.ledger.policy import AssistPolicy, policy_at

T = TypeVar("T", LineFacts, PassFacts)

CreditRole = Literal["closer", "assist1", "assist2"]
CreditKind = Literal["earn", "reverse"]


@dataclass(frozen=True, slots=True)
class LinePool:
    """What a line puts up: base without VAT, rate, pool, and the uplift when another department assisted."""

    line_id: LineId
    base_minor: int
    rate_bps: int
    pool_minor: int
    uplift_bps: int
    """0 when no counted assist is from another department."""
    pool_final_minor: int
    policy_version: int

    @property
    def explain(self) -> Text:
        """How the pool came about, in one sentence."""
        values: dict[str, object] = {
            "base": MoneyValue(self.base_minor),
            "rate": ShareValue(self.rate_bps),
            "pool": MoneyValue(self.pool_minor),
        }
        if not self.uplift_bps:
            return Text(N_("without VAT {base} × {rate} = {pool}"), values)
        values |= {"uplift": ShareValue(self.uplift_bps), "final": MoneyValue(self.pool_final_minor)}
        return Text(N_("without VAT {base} × {rate} = {pool}, another department +{uplift} = {final}"), values)


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """One entry of the ledger, proposed from facts.

    ``amount_minor`` is signed kopecks: an earn is never negative, a reverse is the (mostly negative)
    difference to what was reversed before. ``weight_bps`` is the part of the pool. ``passed_at_ms`` orders
    ties. Equal entries have equal ids, different ones different ids, on every machine.
    """

    line_id: LineId
    person_id: PersonId
    role: CreditRole
    kind: CreditKind
    amount_minor: int
    weight_bps: int
    policy_version: int
    at_ms: int
    """When it was earned or reversed: the line's or the return's moment."""
    vests_at_ms: int
    explain: Text = field(hash=False)
    pass_id: PassId | None = None
    passed_at_ms: int = 0
    return_id: ReturnId | None = None

    @property
    def entry_id(self) -> UUID:
        """The id named by the content, so that counter and centre write the same entry once."""
        content = (
            self.line_id, self.person_id, self.role, self.kind, self.amount_minor, self.weight_bps,
            self.policy_version, self.at_ms, self.vests_at_ms, self.pass_id, self.return_id,
        )  # fmt: skip
        return named_id("credit", digest("crosssell.credit", content).hex())

    @property
    def tie_key(self) -> tuple[int | str, ...]:
        """What decides an equal fraction: the closer, the earlier pass, the smaller person id."""
        return (0 if self.role == "closer" else 1, self.passed_at_ms, self.person_id.hex)


@dataclass(frozen=True, slots=True)
class LineCredit:
    """The whole of one line: its pool, its assists, and the entries that divide the pool."""

    pool: LinePool
    assists: tuple[MatchedAssist, ...]
    entries: tuple[CreditEntry, ...]

    @property
    def assists_given(self) -> int:
        """How many assists count; a goal and an assist are one point each, money aside."""
        return len(self.assists)


def line_pool(line: LineFacts, assists: Sequence[MatchedAssist], policy: AssistPolicy) -> LinePool:
    """Return the pool of a line: base without VAT times rate, raised once if another department assisted."""
    base = without_vat(line.amount_minor, line.vat_bps)
    rate = policy.rate_bps(line.role, line.category_ids)
    pool = take_bps(base, rate)
    is_across = any(assist.passed.from_department_id != line.closer_department_id for assist in assists)
    uplift = policy.uplift_bps if is_across else 0
    final = half_up(pool * (BPS_ONE + uplift), BPS_ONE)
    return LinePool(line.line_id, base, rate, pool, uplift, final, policy.version)


def credit_line(
    line: LineFacts,
    passes: Iterable[PassFacts],
    other_lines: Iterable[LineFacts],
    policy: AssistPolicy,
) -> LineCredit:
    """Divide the pool of a line between its closer and its assists (domain rules, section 1).

    ``passes`` and ``other_lines`` are any facts in any order; what does not concern the line is ignored.
    """
    assists = match_assists(line, passes, other_lines, policy)
    pool = line_pool(line, assists, policy)
    shares = policy.assist_shares_bps(len(assists))
    weights = [share * assist.decay_bps // BPS_ONE for share, assist in zip(shares, assists, strict=True)]
    seats: list[tuple[CreditRole, PersonId, int, MatchedAssist | None, int]] = [
        ("closer", line.closer_id, BPS_ONE - sum(weights), None, 0),
    ]
    roles: tuple[CreditRole, ...] = ("assist1", "assist2")
    for role, assist, weight, share in zip(roles, assists, weights, shares, strict=False):
        seats.append((role, assist.passed.from_person_id, weight, assist, share))
    claims = [Claim(weight, _tie_key(person, assist)) for _, person, weight, assist, _ in seats]
    parts = largest_remainder(pool.pool_final_minor, claims)
    entries = tuple(
        CreditEntry(
            line_id=line.line_id,
            person_id=person,
            role=role,
            kind="earn",
            amount_minor=part,
            weight_bps=weight,
            policy_version=policy.version,
            at_ms=line.added_at_ms,
            vests_at_ms=policy.vests_at_ms(line.added_at_ms),
            explain=_explain(pool.pool_final_minor, weight, part, _reason(assist, share)),
            pass_id=None if assist is None else assist.passed.pass_id,
            passed_at_ms=0 if assist is None else assist.passed.created_at_ms,
        )
        for (role, person, weight, assist, share), part in zip(seats, parts, strict=True)
    )
    return LineCredit(pool, assists, entries)


def _tie_key(person: PersonId, assist: MatchedAssist | None) -> tuple[int | str, ...]:
    return (0, 0, person.hex) if assist is None else (1, assist.passed.created_at_ms, person.hex)


def _reason(assist: MatchedAssist | None, share_bps: int) -> Text:
    if assist is None:
        return Text(N_("goal"))
    values: dict[str, object] = {
        "person": PersonValue(assist.passed.from_person_id),
        "day": DayValue(assist.passed.created_at_ms),
    }
    if assist.decay_bps == BPS_ONE:
        return Text(N_("pass: {person}, {day}"), values)
    values |= {"share": ShareValue(share_bps), "decay": ShareValue(assist.decay_bps), "days": assist.age_days}
    return Text(N_("pass: {person}, {day}; {share} × {decay} after {days} d"), values)


def _explain(pool_minor: int, weight_bps: int, amount_minor: int, reason: Text) -> Text:
    """Say pool times share; where the kopeck of the remainder fell, say that too, so the sum can be redone."""
    floor_minor = pool_minor * weight_bps // BPS_ONE
    values: dict[str, object] = {
        "pool": MoneyValue(pool_minor),
        "share": ShareValue(weight_bps),
        "floor": MoneyValue(floor_minor),
        "reason": reason,
    }
    if amount_minor == floor_minor:
        return Text(N_("pool {pool} × {share} = {floor}; {reason}"), values)
    values |= {"rest": amount_minor - floor_minor, "amount": MoneyValue(amount_minor)}
    return Text(N_("pool {pool} × {share} = {floor}, +{rest} kop. remainder = {amount}; {reason}"), values)


def credit_lines(
    lines: Iterable[LineFacts],
    passes: Iterable[PassFacts],
    policies: Sequence[AssistPolicy],
) -> tuple[LineCredit, ...]:
    """Credit every line by the policy in force when it was added, in one canonical order.

    Facts may come in any order and more than once; a second copy of a fact changes nothing.

    Raises:
        ValueError: if two different facts carry one id, or a line is older than every policy.
    """
    unique_lines = _unique(lines, "line_id")
    unique_passes = _unique(passes, "pass_id")
    index = FactIndex(unique_lines, unique_passes)
    credits_ = []
    for line in sorted(unique_lines, key=lambda one: (one.added_at_ms, one.line_id)):
        concerned = index.passes_for(line)
        beside = index.lines_beside(line, concerned) if concerned else ()
        credits_.append(credit_line(line, concerned, beside, policy_at(policies, line.added_at_ms)))
    return tuple(credits_)


def _unique(facts: Iterable[T], key: str) -> list[T]:
    kept: dict[UUID, T] = {}
    for fact in facts:
        known = kept.setdefault(getattr(fact, key), fact)
        if known != fact:
            msg = f"two different facts carry one id: {key} {getattr(fact, key)}"
            raise ValueError(msg)
    return list(kept.values())
