"""Whether a customer about to be written down is known already: the cards most like them, each with its reasons.

For a counter without any extra: exact keys and names by their sound. It only asks; it never decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.names import split_name
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.matching.cards import Card, keys_of
from crosssell_desktop.matching.compare import Comparison, Finding, compare, similarity
from crosssell_desktop.matching.given_names import full_names

MOST_SHOWN = 3
"""More than these nobody reads before saving."""

REASONS: tuple[tuple[Finding, Text], ...] = (
    (Finding.PHONE, Text(N_("the same phone"))),
    (Finding.EMAIL, Text(N_("the same e-mail"))),
    (Finding.BIRTHDAY, Text(N_("the same birthday"))),
)
SAME_NAME = Text(N_("the same name"))
LIKE_NAME = Text(N_("a similar name"))
_BY_NAME = (SAME_NAME, LIKE_NAME)
OTHER_NAME = Text(N_("another name: a family's phone?"))
_WEIGHT = {Finding.PHONE: 4.0, Finding.EMAIL: 4.0, Finding.BIRTHDAY: 2.0}


@dataclass(frozen=True, slots=True)
class Likely:
    """A known card that may be the newcomer; ``is_exact`` when a contact is the same."""

    key: str
    reasons: tuple[Text, ...]
    is_exact: bool
    score: float


def likely(asked: Card, known: Iterable[Card], limit: int = MOST_SHOWN) -> tuple[Likely, ...]:
    """Return the known cards most like what is being written down, the likeliest first."""
    keys = keys_of(asked)
    found = [one for one in (_judged(compare(keys, keys_of(card))) for card in known) if one is not None]
    return tuple(sorted(found, key=lambda one: (-one.score, one.key))[:limit])


def _judged(pair: Comparison) -> Likely | None:
    findings = pair.findings
    is_exact = bool(findings & {Finding.PHONE, Finding.EMAIL})
    names = _named(pair)
    if not is_exact and names not in _BY_NAME:
        return None
    reasons = tuple(text for finding, text in REASONS if finding in findings)
    score = sum(weight for finding, weight in _WEIGHT.items() if finding in findings)
    score += similarity(pair.left.family, pair.right.family) + similarity(pair.left.given, pair.right.given)
    return Likely(pair.right.card.key, reasons + ((names,) if names else ()), is_exact, round(score, 4))


def _named(pair: Comparison) -> Text | None:
    findings = pair.findings
    if {Finding.FAMILY_EQUAL, Finding.GIVEN_EQUAL} <= findings and not findings & _OTHERS:
        return SAME_NAME
    if {Finding.FAMILY_CLOSE, Finding.GIVEN_AGREES} <= findings and not findings & _OTHERS:
        return LIKE_NAME
    is_one_word = not (pair.left.family and pair.left.given)
    if is_one_word and {Finding.FAMILY_CLOSE, Finding.GIVEN_AGREES} & findings:
        return LIKE_NAME
    contradicted = findings & {Finding.FAMILY_OTHER, *_OTHERS}
    return OTHER_NAME if contradicted and Finding.PHONE in findings else None


_OTHERS = frozenset({Finding.GIVEN_CONTRADICTS, Finding.PATRONYMIC_CONTRADICTS, Finding.SEX_CONTRADICTS})


def looked_for(asked: Card) -> tuple[str, ...]:
    """Return the texts by which a counter's own finding brings the cards worth comparing.

    >>> looked_for(Card(key="", name="Маша Петрова"))
    ('Маша Петрова', 'мария Петрова', 'Петрова')
    """
    parts = split_name(asked.name)
    texts = [asked.name]
    if parts.family and parts.given:
        forms = sorted(full_names(fold(parts.given)) - {fold(parts.given)})
        texts += [f"{form} {parts.family}" for form in forms]
        texts.append(parts.family)
    return tuple(dict.fromkeys(text for text in texts if text.strip()))
