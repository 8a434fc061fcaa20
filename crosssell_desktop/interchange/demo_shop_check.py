"""Checks that a demo shop holds together: references, both languages, barcodes, combinations, history.

Every check is a generator of problems, so that a test or a person sees all of them; the loader refuses
with the first.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import get_args

from crosssell_desktop.domain.gtin import is_gtin
from crosssell_desktop.domain.matrix import Words, approval_faults, boasts
from crosssell_desktop.interchange.demo_shop import (
    DemoCombination,
    DemoProduct,
    DemoShop,
    FitPredicate,
    FitRule,
    Operator,
    Relation,
    TwoLanguages,
)
from crosssell_desktop.interchange.demo_shop_read import damaged

Problem = tuple[str, str, str]
"""A file, a place in it, and what is wrong there."""


def refuse_if_damaged(shop: DemoShop) -> None:
    """Raise a refusal that names the first problem; return when there is none."""
    for file, place, problem in problems(shop):
        raise damaged(file, place, problem)


def problems(shop: DemoShop) -> Iterator[Problem]:
    """Yield everything that does not hold together in the shop."""
    return chain(
        _unique(shop),
        _places(shop),
        _categories(shop),
        _products(shop),
        _rules(shop),
        _benefits(shop),
        _combinations(shop),
        _stock(shop),
        _history(shop),
        _texts(shop),
    )


def _unique(shop: DemoShop) -> Iterator[Problem]:
    lists: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("shop.json", "store", (s.code for s in shop.stores)),
        ("shop.json", "department", (d.code for d in shop.departments)),
        ("shop.json", "counter", (c.code for c in shop.counters)),
        ("shop.json", "person", (p.code for p in shop.people)),
        ("shop.json", "PIN", (p.pin for p in shop.people)),
        ("categories.json", "category", (c.code for c in shop.categories)),
        ("categories.json", "attribute", (a.code for a in shop.attributes)),
        ("products.csv", "SKU", (p.sku for p in shop.products)),
        ("products.csv", "barcode", (b for p in shop.products for b in p.barcodes)),
        ("sources.json", "source", (s.code for s in shop.sources)),
        ("fit_rules.json", "rule", (r.code for r in shop.fit_rules)),
        ("combinations.json", "pair", (f"{c.core} > {c.periphery}" for c in shop.combinations)),
        ("stock.csv", "row", (f"{s.store} {s.sku}" for s in shop.stock)),
    )
    for file, what, codes in lists:
        for code, times in Counter(codes).items():
            if times > 1:
                yield file, code, f"{what} is there {times} times"


def _places(shop: DemoShop) -> Iterator[Problem]:
    stores = {s.code: s for s in shop.stores}
    departments = {d.code for d in shop.departments}
    if not shop.company.invented:
        yield "shop.json", shop.company.code, "the company is not marked as invented"
    for store in shop.stores:
        for code in set(store.departments) - departments:
            yield "shop.json", store.code, f"no department {code}"
    for counter in shop.counters:
        if counter.store not in stores:
            yield "shop.json", counter.code, f"no store {counter.store}"
        elif counter.department not in stores[counter.store].departments:
            yield "shop.json", counter.code, f"no department {counter.department} in store {counter.store}"
    for person in shop.people:
        if person.store is not None and person.store not in stores:
            yield "shop.json", person.code, f"no store {person.store}"
        for code in set(person.departments) - departments:
            yield "shop.json", person.code, f"no department {code}"
        if not (len(person.pin) == 6 and person.pin.isdecimal() and person.pin_is_demo):
            yield "shop.json", person.code, "the PIN is not six digits marked as demo"
        if person.level not in range(1, 6):
            yield "shop.json", person.code, f"access level {person.level} is not 1 to 5"


def _categories(shop: DemoShop) -> Iterator[Problem]:
    known = {c.code for c in shop.categories}
    lines = {line.code for line in shop.business_lines}
    departments = {d.code for d in shop.departments}
    attributes = {a.code for a in shop.attributes}
    for category in shop.categories:
        if category.parent is not None and category.parent not in known:
            yield "categories.json", category.code, f"no parent category {category.parent}"
        if category.business_line not in lines:
            yield "categories.json", category.code, f"no business line {category.business_line}"
        if category.department not in departments:
            yield "categories.json", category.code, f"no department {category.department}"
        for code in set(category.attributes) - attributes:
            yield "categories.json", category.code, f"no attribute {code}"


def _products(shop: DemoShop) -> Iterator[Problem]:
    categories = {c.code: c for c in shop.categories}
    sources = {s.code for s in shop.sources}
    prefixes = tuple(r.prefix for r in shop.barcode_ranges if r.meaning == "product")
    for product in shop.products:
        category = categories.get(product.category)
        if category is None:
            yield "products.csv", product.sku, f"no category {product.category}"
            continue
        if product.type not in {kind.code for kind in category.types}:
            yield "products.csv", product.sku, f"no type {product.type} in category {category.code}"
        if product.department != category.department:
            yield "products.csv", product.sku, f"department {product.department} is not that of its category"
        if product.kind not in {"goods", "service"}:
            yield "products.csv", product.sku, f"kind {product.kind} is neither goods nor service"
        if not 0 < product.cost_minor < product.price_minor:
            yield "products.csv", product.sku, "the cost is not between zero and the price"
        for attribute in product.attributes:
            if attribute.code not in category.attributes:
                yield "products.csv", product.sku, f"no attribute {attribute.code} in category {category.code}"
            if attribute.source not in sources:
                yield "products.csv", product.sku, f"no source {attribute.source} for {attribute.code}"
        yield from _barcodes(product, prefixes)


def _barcodes(product: DemoProduct, prefixes: tuple[str, ...]) -> Iterator[Problem]:
    if bool(product.barcodes) == (product.kind == "service"):
        yield "products.csv", product.sku, "goods need a barcode and services have none"
    for code in product.barcodes:
        if len(code) != 13 or not is_gtin(code):
            yield "products.csv", product.sku, f"barcode {code} has a wrong check digit"
        if not code.startswith(prefixes):
            yield "products.csv", product.sku, f"barcode {code} is outside the shop's own range"


def _operands(predicate: FitPredicate) -> tuple[str, ...]:
    return (predicate.left,) if predicate.right is None else (predicate.left, predicate.right)


def _rules(shop: DemoShop) -> Iterator[Problem]:
    categories = {c.code: c for c in shop.categories}
    for rule in shop.fit_rules:
        sides = {"core": rule.core_category, "periphery": rule.periphery_category}
        missing = [code for code in sides.values() if code not in categories]
        if missing:
            yield "fit_rules.json", rule.code, f"no category {missing[0]}"
            continue
        for side, types in (("core", rule.core_types), ("periphery", rule.periphery_types)):
            for code in set(types) - {kind.code for kind in categories[sides[side]].types}:
                yield "fit_rules.json", rule.code, f"no type {code} in category {sides[side]}"
        for predicate in rule.predicates:
            if predicate.operator not in get_args(Operator):
                yield "fit_rules.json", rule.code, f"no operator {predicate.operator}"
            if (predicate.right is None) == (predicate.value is None):
                yield "fit_rules.json", rule.code, "a test needs either «right» or «value»"
            for operand in _operands(predicate):
                side, _, attribute = operand.partition(".")
                if side not in sides or attribute not in categories[sides[side]].attributes:
                    yield "fit_rules.json", rule.code, f"no attribute {operand}"
        yield from _placeholders(rule, {f"{s}_{a}" for s, c in sides.items() for a in categories[c].attributes})


def _placeholders(rule: FitRule, known: set[str]) -> Iterator[Problem]:
    for text in (rule.fits, rule.unknown, *(p.reason for p in rule.predicates)):
        for language in (text.ru, text.en):
            for _, field, _, _ in string.Formatter().parse(language):
                if field is not None and field not in known:
                    yield "fit_rules.json", rule.code, f"no value for {{{field}}}"


def _benefits(shop: DemoShop) -> Iterator[Problem]:
    for benefit in shop.benefits:
        if benefit.sku not in shop.numbers:
            yield "benefits.json", benefit.sku, "no such product"
    papers = {source.code for source in shop.sources}
    for claim in shop.claims:
        if claim.sku not in shop.numbers:
            yield "claims.json", claim.sku, "no such product"
        if claim.source not in papers:
            yield "claims.json", claim.sku, f"no source {claim.source}"


def _combinations(shop: DemoShop) -> Iterator[Problem]:
    known: dict[str, set[str]] = {
        "audience": {a.code for a in shop.audiences},
        "situation": {s.code for s in shop.situations},
        "person": {p.code for p in shop.people},
        "source": {s.code for s in shop.sources},
        "rule": {r.code for r in shop.fit_rules},
        "product": set(shop.numbers),
    }
    for combination in shop.combinations:
        place = f"{combination.core} > {combination.periphery}"
        used = [
            *(("audience", code) for code in combination.audiences),
            *(("situation", code) for code in combination.situations),
            *(("person", code) for code in (combination.owner, combination.approver) if code is not None),
            *(("source", item.source) for item in combination.evidence),
            *(("rule", code) for code in (combination.fit_rule,) if code is not None),
            ("product", combination.core),
            ("product", combination.periphery),
        ]
        for what, code in used:
            if code not in known[what]:
                yield "combinations.json", place, f"no {what} {code}"
        if combination.relation not in get_args(Relation):
            yield "combinations.json", place, f"no relation {combination.relation}"
        if combination.status == "approved":
            yield from _approved(shop, combination, place)
        elif combination.reason is None:
            yield "combinations.json", place, "a combination that is not approved needs a reason"


def _approved(shop: DemoShop, combination: DemoCombination, place: str) -> Iterator[Problem]:
    texts = {
        "emergent benefit": combination.emergent_benefit,
        "text without it": combination.without,
        "phrase": combination.phrase,
    }
    for what, text in texts.items():
        if text is None:
            yield "combinations.json", place, f"no {what}"
    if not combination.audiences or not combination.situations:
        yield "combinations.json", place, "no audience or situation"
    proud = Counter(b.sku for b in shop.benefits if b.approved)
    emergent = combination.emergent_benefit
    own = (
        _words(part)
        for b in shop.benefits
        if b.sku in {combination.core, combination.periphery}
        for part in (b.feature, b.advantage, b.benefit)
    )
    for fault in approval_faults(
        Words("", "") if emergent is None else _words(emergent),
        own,
        core_benefits=proud[combination.core],
        item_benefits=proud[combination.periphery],
        author=combination.owner,
        approver=combination.approver,
    ):
        yield "combinations.json", place, str(fault)


def _words(text: TwoLanguages) -> Words:
    return Words(text.ru, text.en)


def _stock(shop: DemoShop) -> Iterator[Problem]:
    stores = {s.code for s in shop.stores}
    for row in shop.stock:
        if row.store not in stores:
            yield "stock.csv", row.sku, f"no store {row.store}"
        if row.sku not in shop.numbers:
            yield "stock.csv", row.sku, "no such product"
        elif shop.product(row.sku).kind == "service":
            yield "stock.csv", row.sku, "a service has no stock"
        if row.qty_milli < 0:
            yield "stock.csv", row.sku, "the quantity is negative"


def _history(shop: DemoShop) -> Iterator[Problem]:
    settings = shop.history
    used = chain(
        settings.core_bps,
        settings.everyday_bps,
        chain.from_iterable(settings.everyday_pairs),
        chain.from_iterable(settings.substitutes),
        settings.confounders,
        (h.sku for h in settings.habits),
        (f.core for f in settings.follow_ups),
        (f.sku for f in settings.follow_ups),
    )
    for sku in used:
        if sku not in shop.numbers:
            yield "history.json", sku, "no such product"
    approved = {(c.core, c.periphery) for c in shop.combinations if c.status == "approved"}
    pairs = approved | set(settings.everyday_pairs)
    for sku in {core for core, _ in pairs} & {periphery for _, periphery in pairs}:
        yield "history.json", sku, "a product cannot both draw another and be drawn: its true lift would not be known"
    for sku, times in Counter(chain.from_iterable(settings.substitutes)).items():
        if times > 1:
            yield "history.json", sku, "a product can stand in one substitute pair only"
    if len(settings.weekday_percent) != 7 or len(settings.month_percent) != 12:
        yield "history.json", "weekday_percent, month_percent", "seven days and twelve months are needed"


def _texts(shop: DemoShop) -> Iterator[Problem]:
    for place, text in all_texts(shop, shop.name):
        for language, said in (("ru", text.ru), ("en", text.en)):
            if not said.strip():
                yield "texts", place, f"no text in {language}"
            if boasts(said):
                yield "texts", place, f"«{said}» boasts without a fact"
        if text.ru != text.en and not any("а" <= letter <= "я" for letter in text.ru.casefold()):
            yield "texts", place, f"«{text.ru}» is not Russian"
        if any("а" <= letter <= "я" or letter == "ё" for letter in text.en.casefold()):
            yield "texts", place, f"«{text.en}» is not English"


def all_texts(value: object, place: str) -> Iterator[tuple[str, TwoLanguages]]:
    """Yield every text in two languages inside a value, with the place where it stands."""
    if isinstance(value, TwoLanguages):
        yield place, value
    elif isinstance(value, tuple):
        for item in value:
            label = next((str(getattr(item, name)) for name in ("sku", "code", "core") if hasattr(item, name)), "")
            yield from all_texts(item, f"{place} {label}".strip())
    elif is_dataclass(value):
        for field in fields(value):
            yield from all_texts(getattr(value, field.name), f"{place} {field.name}")
