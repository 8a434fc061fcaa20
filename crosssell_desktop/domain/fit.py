"""Compatibility: rules over attributes that answer fits, does not fit, unknown or not applicable, with the reason.

A rule is a conjunction of predicates between a core product and another item (domain rules, section 3). Unknown is
never a fit: a missing attribute blocks and becomes a task «уточнить» (design ruling 13.1). Where no rule names the
pair of categories the question does not arise, and that passes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crosssell_desktop.domain.ids import CategoryId
from crosssell_desktop.domain.text import N_, Text

Scalar = str | int | bool | Decimal
Value = Scalar | tuple[Scalar, ...]
"""An attribute's value: a text, a number (int or Decimal, never float), yes/no, or a list of such."""
Attributes = Mapping[str, Value]


class FitAnswer(StrEnum):
    """The four answers."""

    FITS = "fits"
    DOES_NOT_FIT = "does_not_fit"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def passes(self) -> bool:
        """Say whether the item may be offered."""
        return self in (FitAnswer.FITS, FitAnswer.NOT_APPLICABLE)


class Operator(StrEnum):
    """How two values are compared; the left one is asked about."""

    EQ = "eq"
    IN = "in"
    """Left is one of the list on the right."""
    GE = "ge"
    LE = "le"
    RANGE = "range"
    """Left lies between the two numbers on the right, both included."""
    CONTAINS = "contains"
    """The list on the left holds the value on the right."""
    MODEL_IN = "model_in"
    """Left is a model name that the list on the right names exactly («15» is not «15 Pro»)."""


class Side(StrEnum):
    """Whose attribute an operand reads."""

    CORE = "core"
    ITEM = "item"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class Operand:
    """An attribute of one side, or a constant; numbers may be multiplied (magnification <= 2 x aperture)."""

    side: Side
    attribute: str = ""
    constant: Value | None = None
    times: Decimal = Decimal(1)

    def read(self, core: Attributes, item: Attributes) -> Value | None:
        """Return the value, None when the attribute is not known."""
        if self.side is Side.CONSTANT:
            value = self.constant
        else:
            value = (core if self.side is Side.CORE else item).get(self.attribute)
        if value is None or value in ("", ()):
            return None
        if self.times != 1 and isinstance(value, int | Decimal) and not isinstance(value, bool):
            return value * self.times
        return value

    def name(self, labels: Mapping[str, str]) -> str:
        """Return the name of the attribute for a person."""
        return labels.get(self.attribute, self.attribute)


def of_core(attribute: str, times: Decimal = Decimal(1)) -> Operand:
    """Read an attribute of the core product."""
    return Operand(Side.CORE, attribute, None, times)


def of_item(attribute: str, times: Decimal = Decimal(1)) -> Operand:
    """Read an attribute of the other item."""
    return Operand(Side.ITEM, attribute, None, times)


def constant(value: Value) -> Operand:
    """Use a fixed value."""
    return Operand(Side.CONSTANT, "", value)


@dataclass(frozen=True, slots=True)
class Predicate:
    """One comparison of a rule."""

    left: Operand
    operator: Operator
    right: Operand


@dataclass(frozen=True, slots=True)
class FitRule:
    """What must hold between products of two categories; an empty category means any.

    A rule speaks of the core and the item in this direction only: phone to case, not case to phone.
    """

    rule_id: str
    core_category: CategoryId | None
    item_category: CategoryId | None
    predicates: tuple[Predicate, ...]
    source: str = ""
    """Where the fact comes from («паспорт, с. 12»); evidence E1 needs one."""

    def applies(self, core_categories: Sequence[CategoryId], item_categories: Sequence[CategoryId]) -> bool:
        """Say whether the rule names this pair; categories are given with all their parents."""
        return (self.core_category is None or self.core_category in core_categories) and (
            self.item_category is None or self.item_category in item_categories
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What one predicate said, with the values it saw."""

    rule_id: str
    predicate: Predicate
    answer: FitAnswer
    left: Value | None
    right: Value | None
    source: str

    def text(self, labels: Mapping[str, str] | None = None) -> Text:
        """Return the reason in words, attribute names taken from ``labels`` where given."""
        labels = labels or {}
        left, right = self.predicate.left, self.predicate.right
        values: dict[str, object] = {
            "left": left.name(labels),
            "right": right.name(labels),
            "left_value": shown(self.left),
            "right_value": shown(self.right),
        }
        if self.answer is FitAnswer.UNKNOWN:
            missing = left if self.left is None else right
            return Text(N_("not known: {attribute}"), {"attribute": missing.name(labels)})
        fits = self.answer is FitAnswer.FITS
        if right.side is Side.CONSTANT:
            chosen = _CONSTANT_TEXTS[fits][self.predicate.operator]
        else:
            chosen = _TEXTS[fits][self.predicate.operator]
        return Text(chosen, values)


_EQUAL = N_("{left} {left_value} = {right} {right_value}")
_NOT_EQUAL = N_("{left} {left_value}, but {right} {right_value}")
_LISTED = N_("{left} {left_value} is listed in {right}: {right_value}")
_NOT_LISTED = N_("{left} {left_value} is not listed in {right}: {right_value}")
_HOLDS = N_("{left} has {right_value}: {left_value}")
_LACKS = N_("{left} has no {right_value}, only {left_value}")
_AT_LEAST = N_("{left} {left_value} is enough for {right} {right_value}")
_TOO_LITTLE = N_("{left} {left_value} is less than {right} {right_value}")
_AT_MOST = N_("{left} {left_value} is within {right} {right_value}")
_TOO_MUCH = N_("{left} {left_value} is more than {right} {right_value}")
_WITHIN = N_("{left} {left_value} lies within {right_value}")
_OUTSIDE = N_("{left} {left_value} lies outside {right_value}")
_IS = N_("{left} is {left_value}, as needed")
_IS_NOT = N_("{left} is {left_value}, needed is {right_value}")
_ENOUGH = N_("{left} {left_value}, at least {right_value} is needed")
_LIMIT = N_("{left} {left_value}, at most {right_value} is allowed")

_TEXTS: Mapping[bool, Mapping[Operator, str]] = {
    True: {
        Operator.EQ: _EQUAL,
        Operator.IN: _LISTED,
        Operator.MODEL_IN: _LISTED,
        Operator.CONTAINS: _HOLDS,
        Operator.GE: _AT_LEAST,
        Operator.LE: _AT_MOST,
        Operator.RANGE: _WITHIN,
    },
    False: {
        Operator.EQ: _NOT_EQUAL,
        Operator.IN: _NOT_LISTED,
        Operator.MODEL_IN: _NOT_LISTED,
        Operator.CONTAINS: _LACKS,
        Operator.GE: _TOO_LITTLE,
        Operator.LE: _TOO_MUCH,
        Operator.RANGE: _OUTSIDE,
    },
}
_CONSTANT_TEXTS: Mapping[bool, Mapping[Operator, str]] = {
    True: {
        **_TEXTS[True],
        Operator.EQ: _IS,
        Operator.IN: _IS,
        Operator.MODEL_IN: _IS,
        Operator.GE: _ENOUGH,
        Operator.LE: _LIMIT,
    },
    False: {
        **_TEXTS[False],
        Operator.EQ: _IS_NOT,
        Operator.IN: _IS_NOT,
        Operator.MODEL_IN: _IS_NOT,
        Operator.GE: _ENOUGH,
        Operator.LE: _LIMIT,
    },
}


@dataclass(frozen=True, slots=True)
class FitVerdict:
    """The answer of all rules of a pair, and what each predicate found; the findings that decided come first."""

    answer: FitAnswer
    findings: tuple[Finding, ...]

    @property
    def reason(self) -> Text:
        """Return the deciding reason in words."""
        return self.reason_with({})

    def reason_with(self, labels: Mapping[str, str]) -> Text:
        """Return the deciding reason with attribute names for a person."""
        if not self.findings:
            return Text(N_("no compatibility rule for this pair"))
        return self.findings[0].text(labels)

    @property
    def sourced(self) -> bool:
        """Say whether it fits by rules that all name their source (evidence E1 may be shown)."""
        return self.answer is FitAnswer.FITS and all(finding.source for finding in self.findings)


def judge(rules: Sequence[FitRule], core: Attributes, item: Attributes) -> FitVerdict:
    """Return the verdict of all rules that apply to a pair.

    One broken predicate is enough for «does not fit», even when others are unknown; otherwise one unknown is enough
    for «unknown». A rule without predicates says nothing.
    """
    findings = [
        _finding(rule, predicate, core, item)
        for rule in sorted(rules, key=lambda rule: rule.rule_id)
        for predicate in rule.predicates
    ]
    if not findings:
        return FitVerdict(FitAnswer.NOT_APPLICABLE, ())
    for answer in (FitAnswer.DOES_NOT_FIT, FitAnswer.UNKNOWN):
        deciding = [finding for finding in findings if finding.answer is answer]
        if deciding:
            return FitVerdict(answer, (*deciding, *(finding for finding in findings if finding.answer is not answer)))
    return FitVerdict(FitAnswer.FITS, tuple(findings))


def _finding(rule: FitRule, predicate: Predicate, core: Attributes, item: Attributes) -> Finding:
    left, right = predicate.left.read(core, item), predicate.right.read(core, item)
    holds = None if left is None or right is None else _compare(left, predicate.operator, right)
    answer = FitAnswer.UNKNOWN if holds is None else FitAnswer.FITS if holds else FitAnswer.DOES_NOT_FIT
    return Finding(rule.rule_id, predicate, answer, left, right, rule.source)


def _compare(left: Value, operator: Operator, right: Value) -> bool | None:  # noqa: PLR0911  # one answer an operator
    """Return whether the comparison holds, None when the values cannot be compared (texts where numbers must be)."""
    match operator:
        case Operator.EQ:
            return _equal(left, right)
        case Operator.IN:
            return any(_equal(left, one) for one in _listed(right))
        case Operator.CONTAINS:
            return all(any(_equal(one, wanted) for one in _listed(left)) for wanted in _listed(right))
        case Operator.MODEL_IN:
            return any(_model(left) == _model(one) for one in _listed(right))
        case Operator.GE | Operator.LE:
            numbers = _number(left), _number(right)
            if numbers[0] is None or numbers[1] is None:
                return None
            return numbers[0] >= numbers[1] if operator is Operator.GE else numbers[0] <= numbers[1]
        case Operator.RANGE:
            borders = [_number(one) for one in _listed(right)]
            value = _number(left)
            if value is None or len(borders) != 2 or borders[0] is None or borders[1] is None:
                return None
            return borders[0] <= value <= borders[1]


def _listed(value: Value) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, tuple) or isinstance(right, tuple):
        mine, theirs = _listed(left), _listed(right)
        return len(mine) == len(theirs) and all(any(_equal(one, other) for other in theirs) for one in mine)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    numbers = _number(left), _number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] == numbers[1]
    return _plain(left) == _plain(right)


def _number(value: Value) -> Decimal | None:
    if isinstance(value, bool) or isinstance(value, tuple):  # noqa: SIM101  # bool is an int, said apart on purpose
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    text = value.strip().replace(",", ".")
    return Decimal(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else None


def _plain(value: Value) -> str:
    return " ".join(str(value).casefold().replace("ё", "е").split())


def _model(value: Value) -> str:
    """Return a model name without what people write differently: case, spaces, hyphens, slashes."""
    return re.sub(r"[\s\-_/]+", "", str(value).casefold())


def shown(value: Value | None) -> str:
    """Return a value as a person reads it, without trailing zeros."""
    if value is None:
        return "—"
    if isinstance(value, tuple):
        return ", ".join(shown(one) for one in value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)
