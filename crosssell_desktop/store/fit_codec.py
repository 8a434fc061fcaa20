"""Fit rules and attribute values as JSON columns keep them, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.fit import FitRule, Operand, Operator, Predicate, Scalar, Side, Value
from crosssell_desktop.domain.ids import CategoryId


def value_to_json(value: Value) -> Any:
    """Return an attribute value as JSON: decimals as ``{"decimal": "7.8"}``, lists as lists."""
    if isinstance(value, tuple):
        return [value_to_json(one) for one in value]
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    return value


def value_from_json(body: Any) -> Value:
    """Read an attribute value back."""
    if isinstance(body, list):
        return tuple(_scalar(one) for one in body)
    return _scalar(body)


def _scalar(body: Any) -> Scalar:
    if isinstance(body, dict):
        return Decimal(body["decimal"])
    if isinstance(body, bool | int | str):
        return body
    msg = f"not an attribute value: {body!r}"
    raise ValueError(msg)


def predicates_to_json(predicates: tuple[Predicate, ...]) -> list[dict[str, Any]]:
    """Return the predicates of a rule as JSON."""
    return [
        {"left": _operand_to_json(p.left), "op": p.operator.value, "right": _operand_to_json(p.right)}
        for p in predicates
    ]


def _operand_to_json(operand: Operand) -> dict[str, Any]:
    body: dict[str, Any] = {"side": operand.side.value}
    if operand.attribute:
        body["attribute"] = operand.attribute
    if operand.constant is not None:
        body["constant"] = value_to_json(operand.constant)
    if operand.times != 1:
        body["times"] = format(operand.times, "f")
    return body


def rule_from_row(
    rule_id: UUID, core_category: UUID, item_category: UUID, predicates: list[dict[str, Any]], source: str
) -> FitRule:
    """Read a rule back."""
    return FitRule(
        rule_id=str(rule_id),
        core_category=CategoryId(core_category),
        item_category=CategoryId(item_category),
        predicates=tuple(
            Predicate(_operand_from_json(p["left"]), Operator(p["op"]), _operand_from_json(p["right"]))
            for p in predicates
        ),
        source=source,
    )


def _operand_from_json(body: dict[str, Any]) -> Operand:
    constant = body.get("constant")
    return Operand(
        Side(body["side"]),
        body.get("attribute", ""),
        None if constant is None else value_from_json(constant),
        Decimal(body.get("times", "1")),
    )
