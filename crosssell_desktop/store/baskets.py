"""Receipts being made, kept whole at every change so that no crash, lock or switch loses one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import delete, select

from crosssell_desktop.domain.basket import Basket, BasketLine, Item, ShownOffer
from crosssell_desktop.domain.ids import (
    CategoryId,
    CustomerId,
    DepartmentId,
    LineId,
    OfferId,
    PassId,
    PersonId,
    ProductId,
    ReceiptId,
    RunId,
)
from crosssell_desktop.store.schema.base import canonical_json
from crosssell_desktop.store.schema.selling import basket as table

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class ParkedBasket:
    """A held receipt as a list shows it."""

    id: ReceiptId
    owner_id: PersonId
    label: str
    line_count: int
    total_minor: int
    updated_at: int


def save(connection: Connection, basket: Basket, *, state: str, now_ms: int) -> None:
    """Keep the basket as it now is."""
    connection.exec_driver_sql(
        "INSERT INTO basket (id, owner_id, customer_id, state, label, body, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, customer_id = excluded.customer_id, "
        "state = excluded.state, label = excluded.label, body = excluded.body, updated_at = excluded.updated_at",
        (
            basket.id.bytes,
            basket.owner_id.bytes,
            None if basket.customer_id is None else basket.customer_id.bytes,
            state,
            basket.label,
            canonical_json(encode(basket)),
            now_ms,
        ),
    )


def load(connection: Connection, basket_id: ReceiptId) -> Basket | None:
    """Return a basket that is open or held."""
    body = connection.exec_driver_sql(
        "SELECT body FROM basket WHERE id = ? AND state IN ('open', 'held')", (basket_id.bytes,)
    ).scalar_one_or_none()
    return None if body is None else decode(json.loads(body))


def state_of(connection: Connection, basket_id: ReceiptId) -> str | None:
    """Return open, held, completed or dropped; None when never saved."""
    return connection.execute(select(table.c.state).where(table.c.id == basket_id)).scalar_one_or_none()


def open_of(connection: Connection, owner: PersonId) -> Basket | None:
    """Return the basket a person had on the screen last."""
    body = connection.execute(
        select(table.c.body)
        .where(table.c.state == "open", table.c.owner_id == owner)
        .order_by(table.c.updated_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if body is None else decode(body)


def held(connection: Connection) -> tuple[ParkedBasket, ...]:
    """Return the held receipts, oldest first."""
    rows = connection.execute(
        select(table.c.body, table.c.updated_at).where(table.c.state == "held").order_by(table.c.updated_at)
    )
    made = []
    for row in rows:
        basket = decode(row.body)
        made.append(
            ParkedBasket(
                basket.id, basket.owner_id, basket.label, len(basket.lines), basket.total_minor, row.updated_at
            )
        )
    return tuple(made)


def forget_finished(connection: Connection, *, before_ms: int) -> int:
    """Drop the working copies of receipts completed or dropped long ago; the facts stay."""
    return connection.execute(
        delete(table).where(table.c.state.in_(("completed", "dropped")), table.c.updated_at < before_ms)
    ).rowcount


def encode(basket: Basket) -> dict[str, Any]:
    """Return the basket as JSON can carry it."""
    return cast("dict[str, Any]", _plain(basket))


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [_plain(x) for x in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def decode(body: dict[str, Any]) -> Basket:
    """Read a basket back."""
    return Basket(
        id=ReceiptId(UUID(body["id"])),
        owner_id=PersonId(UUID(body["owner_id"])),
        opened_at=body["opened_at"],
        lines=tuple(_line(x) for x in body["lines"]),
        customer_id=_opt(CustomerId, body["customer_id"]),
        core_line_id=_opt(LineId, body["core_line_id"]),
        core_chosen_by=_opt(PersonId, body["core_chosen_by"]),
        core_confirmed_at=body["core_confirmed_at"],
        situation=body["situation"],
        budget_cap_minor=body["budget_cap_minor"],
        care_mode=body["care_mode"],
        run_id=_opt(RunId, body["run_id"]),
        held_out=body["held_out"],
        offers=tuple(
            ShownOffer(
                OfferId(UUID(x["id"])),
                ProductId(UUID(x["product_id"])),
                x["rank"],
                x["answer"],
                x["reason"],
                x["answer_id"],
            )
            for x in body["offers"]
        ),
        pass_id=_opt(PassId, body["pass_id"]),
        label=body["label"],
    )


def _opt(kind: Any, text: str | None) -> Any:
    return None if text is None else kind(UUID(text))


def _line(body: dict[str, Any]) -> BasketLine:
    item = body["item"]
    return BasketLine(
        id=LineId(UUID(body["id"])),
        item=Item(
            product_id=ProductId(UUID(item["product_id"])),
            sku=item["sku"],
            kind=item["kind"],
            name_ru=item["name_ru"],
            name_en=item["name_en"],
            category_id=CategoryId(UUID(item["category_id"])),
            product_type=item["product_type"],
            business_line=item["business_line"],
            department_id=DepartmentId(UUID(item["department_id"])),
            credit_role=item["credit_role"],
            price_minor=item["price_minor"],
            vat_bps=item["vat_bps"],
        ),
        qty_milli=body["qty_milli"],
        added_by=PersonId(UUID(body["added_by"])),
        added_at=body["added_at"],
        offer_id=_opt(OfferId, body["offer_id"]),
        customer_yes_at=body["customer_yes_at"],
        attached_to=_opt(LineId, body["attached_to"]),
        discount_minor=body["discount_minor"],
        marking_code=body["marking_code"],
    )
