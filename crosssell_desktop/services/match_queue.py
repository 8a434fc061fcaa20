"""The queue of pairs that may be one person: filled by a run over the profile's cards, answered by a person.

Law: what is decided is a fact of ``services.merging``; this module only finds, explains and puts off.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from crosssell_desktop.domain.access import Act, Level, Session, may, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange import who_is_who
from crosssell_desktop.interchange.result import Progress
from crosssell_desktop.matching.cards import Card, all_keys, keys_of
from crosssell_desktop.matching.compare import Field, compare
from crosssell_desktop.matching.explain import Line, lines
from crosssell_desktop.matching.organisations import firm_lines, firm_pairs, judge_firms
from crosssell_desktop.matching.pairs import Judged, Pair, judge_all
from crosssell_desktop.matching.rules import Zone, judge
from crosssell_desktop.services import card_edit, lease, merging
from crosssell_desktop.services.card_guard import must_be_here
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.masking import mask_email, mask_phone
from crosssell_desktop.store import clusters, match_rows
from crosssell_desktop.store.queries import matching, merges

LATER_MS = 7 * 86_400_000
"""How long a pair that was put off is not shown."""
HELD_BACK = "r"
"""Follows the code of an automatic rule that something keeps from acting by itself, so that a person decides."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run did: cards compared, pairs merged by the sure rules, pairs left to a person, and what was new."""

    cards: int
    auto: int
    review: int
    recorded: int
    weighed: bool


def fill(
    desk: Desk, *, rules_only: bool = False, progress: Progress | None = None, batch: int | None = None
) -> Outcome[Filled]:
    """Compare all cards of the profile; merge what the sure rules join, propose the rest to a person.

    Pairs a person has told apart are never proposed again.

    Args:
        desk: the profile.
        rules_only: do not weigh the evidence.
        progress: hears the steps.
        batch: an import of customers: only its cards and those that share a phone, e-mail or number with them are
            compared, by the rules alone; who is alike by name only is found by a run over all.

    Raises:
        Refusal: ``people_locked``.
    """
    with desk.look() as connection:
        lease.require_open(connection, desk)
        near = None if batch is None else matching.near_batch(connection, batch)
        cards = matching.cards(connection, near)
        ids = [UUID(card.key) for card in cards]
        tops = clusters.roots_of(connection, ids)
        apart = merges.kept_apart(connection)
    place = {id_: number for number, id_ in enumerate(ids)}
    known_apart: list[Pair] = [
        (min(place[a], place[b]), max(place[a], place[b])) for a, b in apart if a in place and b in place
    ]
    keys = all_keys(cards)
    weighs = not rules_only and batch is None and who_is_who.is_installed() and who_is_who.is_enough(keys)
    scored = who_is_who.score(keys, progress=progress) if weighs else None
    found = [
        one
        for one in judge_all(keys, scored, apart=[*known_apart, *_joined(ids, tops)])
        if tops[ids[one.at[0]]] != tops[ids[one.at[1]]]
    ]
    of_firms = _firms_found(desk, apart)
    recorded = merging.record_found(desk, [*(_found(one, ids) for one in found), *of_firms])
    with desk.database.write() as connection:
        match_rows.keep(connection, [_detail(one, ids) for one in found])
    auto = sum(1 for one in found if one.verdict.zone is Zone.AUTO)
    auto += sum(1 for one in of_firms if one.rule in merging.SURE_RULES)
    review = len(found) + len(of_firms) - auto
    return Outcome(Filled(len(cards), auto, review, recorded.value, weighs), recorded.changes)


def _firms_found(desk: Desk, apart: Collection[tuple[UUID, UUID]]) -> list[merging.Found]:
    """Return the pairs of organisations that may be one and are not yet."""
    with desk.look() as connection:
        firms = matching.firms(connection)
        ids = [UUID(firm.key) for firm in firms]
        tops = clusters.roots_of(connection, ids)
    place = {id_: number for number, id_ in enumerate(ids)}
    known = {(min(place[a], place[b]), max(place[a], place[b])) for a, b in apart if a in place and b in place}
    return [
        merging.Found(CustomerId(ids[a]), CustomerId(ids[b]), verdict.rule)
        for (a, b), verdict in firm_pairs(firms, known)
        if tops[ids[a]] != tops[ids[b]]
    ]


def _joined(ids: list[UUID], tops: dict[UUID, UUID]) -> list[Pair]:
    """Return the pairs that are one person already: nothing is left to be asked of them."""
    people: dict[UUID, list[int]] = {}
    for number, id_ in enumerate(ids):
        people.setdefault(tops[id_], []).append(number)
    return [pair for some in people.values() for pair in combinations(some, 2)]


def _found(one: Judged, ids: list[UUID]) -> merging.Found:
    rule = one.verdict.rule
    if one.verdict.zone is not Zone.AUTO and rule in merging.SURE_RULES:
        rule += HELD_BACK
    return merging.Found(CustomerId(ids[one.at[0]]), CustomerId(ids[one.at[1]]), rule, _bps(one.verdict.probability))


def _bps(probability: float | None) -> int | None:
    return None if probability is None else round(probability * 10_000)


def _detail(one: Judged, ids: list[UUID]) -> match_rows.Detail:
    a, b = sorted((ids[one.at[0]], ids[one.at[1]]))
    weights = {name: round(value, 2) for name, value in one.weights.items()}
    return match_rows.Detail(a, b, _bps(one.verdict.probability), weights)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair that waits for a person."""

    one: CustomerId
    other: CustomerId
    one_name: str
    other_name: str
    rule: str
    probability_bps: int | None


@dataclass(frozen=True, slots=True)
class PairView:
    """Both cards of a pair side by side, as the person's level may see them, with reasons and points."""

    waiting: Waiting
    reasons: tuple[Text, ...]
    lines: tuple[Line, ...]
    is_family: bool


def waiting(desk: Desk, session: Session) -> tuple[Waiting, ...]:
    """Return the pairs that wait for a decision, the oldest first, without those put off.

    Raises:
        Refusal: ``not_allowed``.
    """
    found = merging.proposals(desk, session)
    with desk.look() as connection:
        off = match_rows.put_off_now(connection, desk.clock.now_ms())
    return tuple(
        Waiting(p.one, p.other, p.one_name, p.other_name, p.rule, p.score_bps)
        for p in found
        if (min(p.one, p.other), max(p.one, p.other)) not in off
    )


def pair(desk: Desk, session: Session, one: Waiting) -> PairView:
    """Return both cards side by side: what agrees, what differs, how much each weighs.

    Raises:
        Refusal: ``not_allowed``; ``no_such_customer`` when a card is not here any more; ``people_locked``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.look() as connection:
        lease.require_open(connection, desk)
        for card_id in (one.one, one.other):
            must_be_here(connection, card_id)
        cards = {card.key: card for card in matching.cards(connection, (one.one, one.other))}
        firms = matching.firms(connection, (one.one, one.other))
        detail = match_rows.detail_of(connection, one.one, one.other)
    if len(firms) == 2:
        left_firm, right_firm = sorted(firms, key=lambda firm: firm.key != str(one.one))
        return PairView(
            one, judge_firms(left_firm, right_firm).reasons, firm_lines(left_firm, right_firm), is_family=False
        )
    if len(cards) != 2:
        raise Refusal("no_such_customer", Text(N_("This customer's card has not reached this counter yet.")))
    left, right = cards[str(one.one)], cards[str(one.other)]
    compared = compare(keys_of(left), keys_of(right))
    bps = one.probability_bps
    verdict = judge(compared, probability=None if bps is None else bps / 10_000)
    told = lines(compared, None if detail is None else detail.weights)
    return PairView(one, verdict.reasons, tuple(_seen(line, left, right, session) for line in told), verdict.is_family)


def _seen(line: Line, left: Card, right: Card, session: Session) -> Line:
    if line.field is Field.PHONE and not may(session, Act.SEE_PHONE):
        return _with(line, *(", ".join(mask_phone(c.value) for c in card.phones) for card in (left, right)))
    if line.field is Field.EMAIL and not may(session, Act.SEE_PHONE):
        return _with(line, *(", ".join(mask_email(c.value) for c in card.emails) for card in (left, right)))
    if line.field is Field.BIRTHDAY and session.level == Level.DATA_ADMIN:
        return _with(line, left.birthday and "•••", right.birthday and "•••")
    address = {Field.STREET, Field.HOUSE, Field.AREA, Field.PLACE, Field.POSTCODE}
    if line.field in address and session.level != Level.MANAGER:
        return _with(line, line.left and "•••", line.right and "•••")
    return line


def _with(line: Line, left: str, right: str) -> Line:
    return Line(line.field, left, right, line.agreement, line.points)


def same(desk: Desk, session: Session, one: Waiting) -> Outcome[UUID]:
    """Say that the two are one person.

    Raises:
        Refusal: those of ``merging.merge``.
    """
    require(session, Act.APPROVE_MERGE)
    return merging.merge(
        desk, session, one.one, one.other, rule=one.rule.removesuffix(HELD_BACK), score_bps=one.probability_bps
    )


def different(desk: Desk, session: Session, one: Waiting) -> Outcome[None]:
    """Say that the two are two people; they are never proposed again.

    Raises:
        Refusal: those of ``merging.refuse``.
    """
    require(session, Act.APPROVE_MERGE)
    return merging.refuse(desk, session, one.one, one.other)


def household(desk: Desk, session: Session, one: Waiting) -> Outcome[None]:
    """Say that the two are two people of one household.

    Raises:
        Refusal: those of ``card_edit.join_household`` and ``merging.refuse``.
    """
    require(session, Act.APPROVE_MERGE)
    require(session, Act.SAVE_CUSTOMER)
    joined = card_edit.join_household(desk, session, one.one, one.other)
    refused = merging.refuse(desk, session, one.one, one.other)
    return Outcome(None, joined.changes | refused.changes)


def later(desk: Desk, session: Session, one: Waiting) -> Outcome[None]:
    """Put the pair off for a week.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.database.write() as connection:
        match_rows.put_off(connection, one.one, one.other, desk.clock.now_ms() + LATER_MS)
    return Outcome(None, frozenset({Change.CUSTOMER}))
