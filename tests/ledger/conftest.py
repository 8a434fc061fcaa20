from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.ledger.facts import LineFacts, PassFacts

NOON = 100 * DAY_MS


def uid(kind: int, number: int) -> UUID:
    return UUID(int=kind << 64 | number)


def person(number: int) -> Any:  # noqa: ANN401  # any id type of the domain
    return uid(1, number)


def department(number: int) -> Any:  # noqa: ANN401
    return uid(2, number)


def make_line(**changes: Any) -> LineFacts:  # noqa: ANN401
    values: dict[str, Any] = {
        "line_id": uid(3, 1),
        "receipt_id": uid(4, 1),
        "closer_id": person(1),
        "closer_department_id": department(1),
        "product_id": uid(5, 1),
        "category_ids": (uid(6, 1), uid(6, 100)),
        "role": "periphery",
        "amount_minor": 3_490_00,
        "vat_bps": 2_200,
        "added_at_ms": NOON,
        "customer_id": uid(7, 1),
    }
    return LineFacts(**(values | changes))


def make_pass(**changes: Any) -> PassFacts:  # noqa: ANN401
    values: dict[str, Any] = {
        "pass_id": uid(8, 1),
        "kind": "recommend",
        "from_person_id": person(2),
        "from_department_id": department(2),
        "created_at_ms": NOON - 3_600_000,
        "customer_id": uid(7, 1),
        "category_id": uid(6, 1),
    }
    return PassFacts(**(values | changes))


@pytest.fixture
def a_line() -> Callable[..., LineFacts]:
    return make_line


@pytest.fixture
def a_pass() -> Callable[..., PassFacts]:
    return make_pass


@pytest.fixture
def ident() -> Callable[[int, int], Any]:
    return uid
