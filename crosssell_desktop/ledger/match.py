"""Which passes are assists of a line: the same answer for any order in which the facts arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.ledger.facts import LineFacts, PassFacts
from crosssell_desktop.ledger.policy import AssistPolicy


@dataclass(frozen=True, slots=True)
class MatchedAssist:
    """A pass that counts for a line, its age in full days and its worth after decay."""

    passed: PassFacts
    age_days: int
    decay_bps: int


def is_same_customer(line: LineFacts, passed: PassFacts) -> bool:
    """Say whether a line and a pass are of one customer: the same card, or the slip was shown."""
    if passed.customer_id is not None and passed.customer_id == line.customer_id:
        return True
    return passed.code is not None and passed.code in line.pass_codes


def is_fitting(line: LineFacts, passed: PassFacts) -> bool:
    """Say whether the pass was for what was sold: the product, or a category it belongs to.

    A blanket pass that names neither fits nothing (rule G4).
    """
    if passed.product_id is not None and passed.product_id == line.product_id:
        return True
    return passed.category_id is not None and passed.category_id in line.category_ids


def is_candidate(line: LineFacts, passed: PassFacts, policy: AssistPolicy) -> bool:
    """Say whether a pass may be an assist of a line, the chain aside.

    Help without a sale is counted by itself and never becomes an assist; a pass to oneself is none (G1);
    a purchase with an employee card carries none (G3); age is at least a minute and counted in full days.
    """
    if passed.is_void or passed.kind == "help" or line.is_employee_card or line.amount_minor < policy.min_line_minor:
        return False
    age_ms = line.added_at_ms - passed.created_at_ms
    return (
        passed.from_person_id != line.closer_id
        and age_ms >= policy.min_age_ms
        and policy.decay_at(age_ms) > 0
        and is_same_customer(line, passed)
        and is_fitting(line, passed)
    )


def breaks_chain(line: LineFacts, passed: PassFacts, other: LineFacts) -> bool:
    """Say whether another sold line took the play away between the pass and this line.

    It does when a third person closed the same category with the same customer on another receipt in
    between, as an opponent's possession ends the chain in hockey.
    """
    return (
        other.receipt_id != line.receipt_id
        and other.closer_id not in (line.closer_id, passed.from_person_id)
        and passed.created_at_ms < other.added_at_ms < line.added_at_ms
        and other.category_ids[:1] == line.category_ids[:1]
        and bool(line.category_ids)
        and (_is_one_customer(line, other) or is_same_customer(other, passed))
    )


def _is_one_customer(line: LineFacts, other: LineFacts) -> bool:
    if line.customer_id is not None and line.customer_id == other.customer_id:
        return True
    return not set(line.pass_codes).isdisjoint(other.pass_codes)


def match_assists(
    line: LineFacts,
    passes: Iterable[PassFacts],
    other_lines: Iterable[LineFacts],
    policy: AssistPolicy,
) -> tuple[MatchedAssist, ...]:
    """Return the assists of a line, the latest first: the newest two, the latest pass of each person.

    ``passes`` and ``other_lines`` may hold anything of any customer in any order, also twice.
    """
    if policy.max_assists == 0:
        return ()
    candidates = [passed for passed in passes if is_candidate(line, passed, policy)]
    if not candidates:
        return ()
    others = list(other_lines)
    newest_first = sorted(
        (p for p in candidates if not any(breaks_chain(line, p, other) for other in others)),
        key=lambda p: (-p.created_at_ms, p.from_person_id, p.pass_id),
    )
    latest_of: dict[object, PassFacts] = {}
    for passed in newest_first:
        latest_of.setdefault(passed.from_person_id, passed)
    chosen = list(latest_of.values())[: policy.max_assists]
    return tuple(_matched(line, passed, policy) for passed in chosen)


def _matched(line: LineFacts, passed: PassFacts, policy: AssistPolicy) -> MatchedAssist:
    age_ms = line.added_at_ms - passed.created_at_ms
    return MatchedAssist(passed, age_ms // DAY_MS, policy.decay_at(age_ms))


class FactIndex:
    """Passes and lines by what can join them, so that a recompute reads each customer's facts only."""

    def __init__(self, lines: Iterable[LineFacts], passes: Iterable[PassFacts]) -> None:
        self._passes: dict[object, list[PassFacts]] = defaultdict(list)
        self._lines: dict[object, list[LineFacts]] = defaultdict(list)
        for passed in passes:
            for key in (passed.customer_id, passed.code):
                if key is not None:
                    self._passes[key].append(passed)
        for line in lines:
            for key in (line.customer_id, *line.pass_codes):
                if key is not None:
                    self._lines[key].append(line)

    def passes_for(self, line: LineFacts) -> Sequence[PassFacts]:
        """Return the passes that may concern a line, perhaps more than once."""
        return [p for key in (line.customer_id, *line.pass_codes) if key is not None for p in self._passes.get(key, ())]

    def lines_beside(self, line: LineFacts, passes: Iterable[PassFacts]) -> Sequence[LineFacts]:
        """Return the lines of the same customer, told by card or slip, perhaps more than once."""
        keys = {line.customer_id, *line.pass_codes}
        for passed in passes:
            keys |= {passed.customer_id, passed.code}
        return [other for key in keys if key is not None for other in self._lines.get(key, ())]
