"""Returns mirror the credits of a line: cumulative targets, whole kopecks, a full return nets everyone to 0."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from crosssell_desktop.domain.ids import LineId, PersonId
from crosssell_desktop.domain.money import Claim, half_up, largest_remainder, without_vat
from crosssell_desktop.domain.spoken import MoneyValue
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.ledger.credit import CreditEntry, LineCredit, credit_lines
from crosssell_desktop.ledger.facts import LineFacts, PassFacts, ReturnFacts
from crosssell_desktop.ledger.policy import AssistPolicy


def is_reversing(returned: ReturnFacts, vests_at_ms: int) -> bool:
    """Say whether a return takes credit back: only before vesting, or a pushed sale or fraud at any time."""
    if returned.is_same_product_exchange:
        return False
    return returned.is_felt_pushed or returned.is_fraud or returned.at_ms < vests_at_ms


def allocate_target(target_minor: int, earned: Sequence[CreditEntry]) -> list[int]:
    """Divide a cumulative reversal over what was earned, by largest remainder with the ties of earning."""
    return largest_remainder(target_minor, [Claim(entry.amount_minor, entry.tie_key) for entry in earned])


def reverse_line(line: LineFacts, credit: LineCredit, returns: Iterable[ReturnFacts]) -> tuple[CreditEntry, ...]:
    """Return the reverse entries of a line for its returns, in the order the returns happened.

    Each return raises the cumulative target ``R = half_up(pool × returned base / base)``; R is divided over
    the earned amounts, and the difference to what stands reversed is posted. Largest remainder is not
    monotone, so a second partial return may post +1 kopeck to somebody; the whole return nets all to 0.

    Raises:
        ValueError: if more is returned than was sold.
    """
    counted = sorted(
        (one for one in returns if is_reversing(one, credit.entries[0].vests_at_ms)),
        key=lambda one: (one.at_ms, one.return_id),
    )
    reversed_minor = [0] * len(credit.entries)
    posted: list[CreditEntry] = []
    gross = 0
    for one in counted:
        gross += one.returned_minor
        if gross > line.amount_minor:
            msg = f"more is returned than was sold: line {line.line_id}"
            raise ValueError(msg)
        base = without_vat(gross, line.vat_bps)
        pool = credit.pool
        target = half_up(pool.pool_final_minor * base, pool.base_minor) if pool.base_minor else 0
        shares = allocate_target(target, credit.entries)
        for position, (entry, share) in enumerate(zip(credit.entries, shares, strict=True)):
            amount = reversed_minor[position] - share
            if amount:
                posted.append(_reverse_entry(entry, one, amount, _explain(credit, base, target, entry, share, amount)))
        reversed_minor = shares
    return tuple(posted)


def _reverse_entry(entry: CreditEntry, returned: ReturnFacts, amount_minor: int, explain: Text) -> CreditEntry:
    return CreditEntry(
        line_id=entry.line_id,
        person_id=entry.person_id,
        role=entry.role,
        kind="reverse",
        amount_minor=amount_minor,
        weight_bps=entry.weight_bps,
        policy_version=entry.policy_version,
        at_ms=returned.at_ms,
        vests_at_ms=entry.vests_at_ms,
        explain=explain,
        pass_id=entry.pass_id,
        passed_at_ms=entry.passed_at_ms,
        return_id=returned.return_id,
    )


def _explain(
    credit: LineCredit, base_minor: int, target_minor: int, entry: CreditEntry, share_minor: int, amount_minor: int
) -> Text:
    values: dict[str, object] = {
        "returned": MoneyValue(base_minor),
        "base": MoneyValue(credit.pool.base_minor),
        "target": MoneyValue(target_minor),
        "pool": MoneyValue(credit.pool.pool_final_minor),
        "share": MoneyValue(share_minor),
        "earned": MoneyValue(entry.amount_minor),
        "amount": MoneyValue(amount_minor, signed=True),
    }
    before = share_minor + amount_minor
    if not before:
        return Text(
            N_("return of {returned} of {base}: {target} of the pool {pool}, of it {share} of {earned} = {amount}"),
            values,
        )
    values["before"] = MoneyValue(before)
    return Text(
        N_(
            "returned in all {returned} of {base}: {target} of the pool {pool}, of it {share} of {earned}, "
            "{before} taken back before = {amount}",
        ),
        values,
    )


def recompute(
    lines: Iterable[LineFacts],
    passes: Iterable[PassFacts],
    returns: Iterable[ReturnFacts],
    policies: Sequence[AssistPolicy],
) -> tuple[CreditEntry, ...]:
    """Return every entry that a set of facts makes: the same on a counter and at the centre.

    Raises:
        ValueError: if facts contradict each other, or a return names a line that is not among them.
    """
    all_lines = {line.line_id: line for line in lines}
    by_line: dict[LineId, dict[UUID, ReturnFacts]] = defaultdict(dict)
    for one in returns:
        if one.line_id not in all_lines:
            msg = f"a return names an unknown line: {one.line_id}"
            raise ValueError(msg)
        if by_line[one.line_id].setdefault(one.return_id, one) != one:
            msg = f"two different facts carry one id: return_id {one.return_id}"
            raise ValueError(msg)
    entries: list[CreditEntry] = []
    for credit in credit_lines(all_lines.values(), passes, policies):
        entries.extend(credit.entries)
        line_id = credit.pool.line_id
        if line_id in by_line:
            entries.extend(reverse_line(all_lines[line_id], credit, by_line[line_id].values()))
    return tuple(entries)


def balances(entries: Iterable[CreditEntry]) -> Mapping[PersonId, int]:
    """Return what each person's entries sum to, in kopecks."""
    total: dict[PersonId, int] = defaultdict(int)
    for entry in entries:
        total[entry.person_id] += entry.amount_minor
    return dict(total)


def vested(entries: Iterable[CreditEntry], at_ms: int) -> Mapping[PersonId, int]:
    """Return what each person's entries sum to on lines whose window is over at a moment, in kopecks."""
    return balances(entry for entry in entries if entry.vests_at_ms <= at_ms)


def points(credits_: Iterable[LineCredit]) -> Mapping[PersonId, tuple[int, int]]:
    """Return goals and assists of each person: one point each, as in hockey, apart from money."""
    total: dict[PersonId, list[int]] = defaultdict(lambda: [0, 0])
    for credit in credits_:
        for entry in credit.entries:
            total[entry.person_id][0 if entry.role == "closer" else 1] += 1
    return {person: (goals, assists) for person, (goals, assists) in total.items()}
