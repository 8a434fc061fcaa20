"""Reads the files of a demo shop into its values; a file that cannot be read is refused by name and place."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange.demo_shop import (
    AttributeDefinition,
    BarcodeRange,
    DemoAttribute,
    DemoBenefit,
    DemoCategory,
    DemoClaim,
    DemoCombination,
    DemoCompany,
    DemoCounter,
    DemoEvidence,
    DemoPerson,
    DemoProduct,
    DemoShop,
    DemoSource,
    DemoStock,
    DemoStore,
    FitPredicate,
    FitRule,
    FollowUp,
    Habit,
    HistorySettings,
    NamedCode,
    TwoLanguages,
)
from crosssell_desktop.system.paths import resource

Row = Mapping[str, Any]
Value = TypeVar("Value")


def damaged(file: str, place: str, problem: str) -> Refusal:
    """Return the refusal that names the file, the place in it and what is wrong there."""
    return Refusal(
        "demo_shop_damaged",
        Text(
            N_("The demo shop is damaged: {file}, {place}: {problem}. Install the program again."),
            {"file": file, "place": place, "problem": problem},
        ),
    )


def read_shop(name: str) -> DemoShop:
    """Read every file of the shop; references between files are checked elsewhere."""
    root = resource("demo")
    known = sorted(entry.name for entry in root.iterdir() if entry.is_dir())
    if name not in known:
        raise Refusal(
            "demo_shop_unknown",  # a code, not the sentence
            Text(
                N_("There is no demo shop named “{name}”. There is: {known}."),
                {"name": name, "known": ", ".join(known)},
            ),
        )
    folder = root.joinpath(name)
    shop = _json(folder, "shop.json")
    tree = _json(folder, "categories.json")
    choices = _json(folder, "situations.json")
    kinds = {row["code"]: row["kind"] for row in tree["attributes"]}
    return DemoShop(
        name=name,
        company=_one("shop.json", shop["company"], _company),
        barcode_ranges=_each("shop.json", shop["barcode_ranges"], _barcode_range),
        stores=_each("shop.json", shop["stores"], _store),
        departments=_each("shop.json", shop["departments"], _named),
        counters=_each("shop.json", shop["counters"], _counter),
        people=_each("shop.json", shop["people"], _person),
        business_lines=_each("categories.json", tree["business_lines"], _named),
        attributes=_each("categories.json", tree["attributes"], _attribute),
        categories=_each("categories.json", tree["categories"], _category),
        products=_each("products.csv", _csv(folder, "products.csv"), lambda row: _product(row, kinds)),
        sources=_each("sources.json", _json(folder, "sources.json"), _source),
        fit_rules=_each("fit_rules.json", _json(folder, "fit_rules.json"), _fit_rule),
        benefits=_each("benefits.json", _json(folder, "benefits.json"), _benefit),
        claims=_each("claims.json", _json(folder, "claims.json"), _claim),
        combinations=_each("combinations.json", _json(folder, "combinations.json"), _combination),
        situations=_each("situations.json", choices["situations"], _named),
        audiences=_each("situations.json", choices["audiences"], _named),
        stock=_each("stock.csv", _csv(folder, "stock.csv"), _stock),
        history=_one("history.json", _json(folder, "history.json"), _history),
    )


def _text(folder: Path, file: str) -> str:
    try:
        return folder.joinpath(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise damaged(file, "1", str(trouble)) from trouble


def _json(folder: Path, file: str) -> Any:  # noqa: ANN401  # the shape is checked field by field below
    try:
        return json.loads(_text(folder, file))
    except json.JSONDecodeError as trouble:
        raise damaged(file, str(trouble.lineno), trouble.msg) from trouble


def _csv(folder: Path, file: str) -> Sequence[Row]:
    return list(csv.DictReader(io.StringIO(_text(folder, file)), strict=True))


def _one(file: str, row: Row, build: Callable[[Row], Value], place: str = "1") -> Value:
    try:
        return build(row)
    except KeyError as trouble:
        raise damaged(file, place, f"no {trouble.args[0]}") from trouble
    except (TypeError, ValueError) as trouble:
        raise damaged(file, place, str(trouble)) from trouble


def _each(file: str, rows: Sequence[Row], build: Callable[[Row], Value]) -> tuple[Value, ...]:
    return tuple(_one(file, row, build, str(number)) for number, row in enumerate(rows, start=1))


def _both(row: Mapping[str, str]) -> TwoLanguages:
    return TwoLanguages(row["ru"], row["en"])


def _both_or_none(row: Mapping[str, str] | None) -> TwoLanguages | None:
    return None if row is None else _both(row)


def _named(row: Row) -> NamedCode:
    return NamedCode(row["code"], _both(row["name"]))


def _company(row: Row) -> DemoCompany:
    return DemoCompany(row["code"], _both(row["name"]), _both(row["notice"]), row["currency"], row["invented"])


def _barcode_range(row: Row) -> BarcodeRange:
    return BarcodeRange(row["prefix"], row["meaning"], _both(row["note"]))


def _store(row: Row) -> DemoStore:
    return DemoStore(
        row["code"],
        _both(row["name"]),
        _both(row["city"]),
        row["timezone"],
        row["utc_offset_minutes"],
        row["opens"],
        row["closes"],
        tuple(row["departments"]),
    )


def _counter(row: Row) -> DemoCounter:
    return DemoCounter(row["code"], row["store"], row["department"], _both(row["name"]))


def _person(row: Row) -> DemoPerson:
    return DemoPerson(
        row["code"],
        _both(row["name"]),
        row["role"],
        row["level"],
        row["store"],
        tuple(row["departments"]),
        _both(row["position"]),
        row["pin"],
        row["pin_is_demo"],
    )


def _attribute(row: Row) -> AttributeDefinition:
    return AttributeDefinition(row["code"], row["kind"], _both(row["name"]))


def _category(row: Row) -> DemoCategory:
    return DemoCategory(
        row["code"],
        row["parent"],
        _both(row["name"]),
        row["business_line"],
        row["department"],
        tuple(_named(kind) for kind in row["types"]),
        tuple(row["attributes"]),
    )


def _product(row: Row, kinds: Mapping[str, str]) -> DemoProduct:
    attributes = []
    for part in filter(None, (piece.strip() for piece in row["attributes"].split(";"))):
        code, equals, value = part.partition("=")
        if not equals or not value:
            message = f"attribute «{part}» has no value"
            raise ValueError(message)
        values = tuple(value.split(",")) if kinds.get(code) == "list" else (value,)
        attributes.append(DemoAttribute(code, values, row["source"]))
    return DemoProduct(
        sku=row["sku"],
        barcodes=tuple(row["barcodes"].split()),
        name=TwoLanguages(row["name_ru"], row["name_en"]),
        category=row["category"],
        type=row["type"],
        brand=row["brand"],
        kind=row["kind"],
        vat_bps=int(row["vat_bps"]),
        price_minor=int(row["price_minor"]),
        cost_minor=int(row["cost_minor"]),
        department=row["department"],
        attributes=tuple(attributes),
    )


def _source(row: Row) -> DemoSource:
    return DemoSource(row["code"], _both(row["title"]), row["document"], row["invented"])


def _fit_rule(row: Row) -> FitRule:
    return FitRule(
        code=row["code"],
        core_category=row["core_category"],
        periphery_category=row["periphery_category"],
        core_types=tuple(row["core_types"]),
        periphery_types=tuple(row["periphery_types"]),
        predicates=tuple(
            FitPredicate(test["left"], test["operator"], test.get("right"), test.get("value"), _both(test["reason"]))
            for test in row["predicates"]
        ),
        fits=_both(row["fits"]),
        unknown=_both(row["unknown"]),
    )


def _benefit(row: Row) -> DemoBenefit:
    return DemoBenefit(
        row["sku"], _both(row["feature"]), _both(row["advantage"]), _both(row["benefit"]), row["approved"]
    )


def _claim(row: Row) -> DemoClaim:
    return DemoClaim(
        row["sku"],
        _both(row["versus"]),
        _both(row["fact"]),
        row["is_worse"],
        row["source"],
        row["dated_days"],
        row["valid_days"],
    )


def _evidence(row: Row) -> DemoEvidence:
    return DemoEvidence(
        row["type"],
        _both(row["claim"]),
        row["value"],
        row["source"],
        _both(row["limits"]),
        row["valid_days"],
        row.get("units"),
    )


def _combination(row: Row) -> DemoCombination:
    return DemoCombination(
        core=row["core"],
        periphery=row["periphery"],
        status=row["status"],
        relation=row["relation"],
        audiences=tuple(row["audiences"]),
        situations=tuple(row["situations"]),
        fit_rule=row["fit_rule"],
        reason=_both_or_none(row["reason"]),
        emergent_benefit=_both_or_none(row["emergent_benefit"]),
        without=_both_or_none(row["without"]),
        phrase=_both_or_none(row["phrase"]),
        evidence=tuple(_evidence(item) for item in row["evidence"]),
        owner=row["owner"],
        approver=row["approver"],
    )


def _stock(row: Row) -> DemoStock:
    return DemoStock(row["store"], row["sku"], int(row["qty_milli"]), TwoLanguages(row["place_ru"], row["place_en"]))


def _pair(text: str, mark: str) -> tuple[str, str]:
    first, found, second = text.partition(mark)
    if not found:
        message = f"«{text}» is not a pair"
        raise ValueError(message)
    return first, second


def _span(values: Sequence[int]) -> tuple[int, int]:
    low, high = values
    return low, high


def _history(row: Row) -> HistorySettings:
    return HistorySettings(
        core_bps=row["core_bps"],
        everyday_bps=row["everyday_bps"],
        other_bps_range=_span(row["other_bps_range"]),
        approved_share_bps={relation: _span(span) for relation, span in row["approved_share_bps"].items()},
        approved_share_exact_bps={
            _pair(pair, ">"): _span(span) for pair, span in row["approved_share_exact_bps"].items()
        },
        everyday_pairs=tuple(_pair(pair, ">") for pair in row["everyday_pairs"]),
        everyday_pairs_kept=row["everyday_pairs_kept"],
        lift_milli_range=_span(row["lift_milli_range"]),
        confounders=tuple(row["confounders"]),
        substitutes=tuple(_pair(pair, "/") for pair in row["substitutes"]),
        substitute_kept_apart_bps=row["substitute_kept_apart_bps"],
        habits=tuple(Habit(item["sku"], item["interval_days"]) for item in row["habits"]),
        habit_share_bps=row["habit_share_bps"],
        follow_up_share_bps=row["follow_up_share_bps"],
        follow_ups=tuple(
            FollowUp(item["core"], item["sku"], item["interval_days"], item["share_bps"]) for item in row["follow_ups"]
        ),
        weekday_percent=tuple(row["weekday_percent"]),
        month_percent=tuple(row["month_percent"]),
        department_month_percent={name: tuple(line) for name, line in row["department_month_percent"].items()},
    )
