"""Says the demo shop's attributes and fit rules in the words of ``domain.fit``, so that one judge answers everywhere.

A product type is the leaf of the category tree a rule speaks about: a rule of the files becomes one rule
of the domain for each pair of a core type and a periphery type.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from crosssell_desktop.domain.fit import (
    FitRule,
    FitVerdict,
    Operand,
    Operator,
    Predicate,
    Scalar,
    Value,
    constant,
    judge,
    of_core,
    of_item,
)
from crosssell_desktop.domain.ids import CategoryId, named_id
from crosssell_desktop.domain.text import Language
from crosssell_desktop.interchange import demo_shop
from crosssell_desktop.interchange.demo_shop import AttributeKind, DemoShop


def type_category(shop: DemoShop, category: str, product_type: str) -> CategoryId:
    """Return the fixed id of a leaf category: a product type inside its category."""
    return CategoryId(named_id("demo.category", f"{shop.name}/{category}/{product_type}"))


def attribute_values(shop: DemoShop, sku: str) -> dict[str, Value]:
    """Return what a product states, as the domain compares it: numbers exact, flags as yes or no, ranges as two."""
    kinds = _kinds(shop)
    return {a.code: _value(kinds[a.code], a.values) for a in shop.product(sku).attributes}


def domain_rules(shop: DemoShop, language: Language = "ru") -> tuple[FitRule, ...]:
    """Return every rule for every pair of types it speaks about; the source is named in ``language``."""
    kinds = _kinds(shop)
    source = next(s.title.say(language) for s in shop.sources if s.code == "passport")
    return tuple(
        FitRule(
            rule_id=f"{rule.code}.{core_type}.{item_type}",
            core_category=type_category(shop, rule.core_category, core_type),
            item_category=type_category(shop, rule.periphery_category, item_type),
            predicates=tuple(_predicate(test, kinds) for test in rule.predicates),
            source=source,
        )
        for rule in shop.fit_rules
        for core_type in rule.core_types
        for item_type in rule.periphery_types
    )


def judge_pair(shop: DemoShop, core: str, periphery: str) -> FitVerdict:
    """Return whether a periphery fits a core by all rules of the shop."""
    first, second = (shop.product(sku) for sku in (core, periphery))
    leaves = [type_category(shop, p.category, p.type) for p in (first, second)]
    rules = [rule for rule in domain_rules(shop) if rule.applies(leaves[:1], leaves[1:])]
    return judge(rules, attribute_values(shop, core), attribute_values(shop, periphery))


def _kinds(shop: DemoShop) -> Mapping[str, AttributeKind]:
    return {a.code: a.kind for a in shop.attributes}


def _value(kind: AttributeKind, values: tuple[str, ...]) -> Value:
    if kind == "list":
        return values
    text = values[0]
    if kind == "range":
        return tuple(_number(part) for part in text.split(".."))
    if kind == "flag":
        return text == "1"
    return _number(text) if kind == "number" else text


def _number(text: str) -> Scalar:
    return int(text) if text.isdecimal() else Decimal(text)


def _predicate(test: demo_shop.FitPredicate, kinds: Mapping[str, AttributeKind]) -> Predicate:
    kind = kinds[test.left.partition(".")[2]]
    right = _operand(test.right) if test.right is not None else constant(_value(kind, (test.value or "",)))
    return Predicate(_operand(test.left), Operator(test.operator), right)


def _operand(name: str) -> Operand:
    side, _, attribute = name.partition(".")
    return of_core(attribute) if side == "core" else of_item(attribute)
