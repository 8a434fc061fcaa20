"""Counts of a counter's own facts, and customers who may come to a played day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.store.schema.catalogue import category, price, product
from crosssell_desktop.store.schema.customers import contact_point, customer, identifier
from crosssell_desktop.store.schema.history import history_line, history_receipt
from crosssell_desktop.store.schema.ledger import credit_entry
from crosssell_desktop.store.schema.selling import offer, offer_answer, pass_, return_, sale, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Counts that add up over counters."""

    sales: int = 0
    lines: int = 0
    offers_shown: int = 0
    offers_accepted: int = 0
    offers_declined: int = 0
    passes: int = 0
    assists: int = 0
    returns: int = 0
    credits_minor: int = 0

    def __add__(self, other: DayCounts) -> DayCounts:
        """Add another counter's."""
        return DayCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Coming:
    """A customer with everything one may be found by."""

    family_name: str
    given_name: str
    phone: str
    email: str
    card: str


def of_counter(connection: Connection, counter_id: UUID) -> DayCounts:
    """Count what a counter made itself."""

    def count(table: object, *conditions: object) -> int:
        statement = select(func.count()).select_from(table).where(table.c.counter_id == counter_id, *conditions)  # type: ignore[arg-type,attr-defined]
        return int(connection.execute(statement).scalar_one())

    lines = (
        select(func.count())
        .select_from(sale_line)
        .join(sale, sale.c.id == sale_line.c.sale_id)
        .where(sale.c.counter_id == counter_id)
    )
    money = select(func.coalesce(func.sum(credit_entry.c.amount_minor), 0)).where(
        credit_entry.c.counter_id == counter_id
    )
    return DayCounts(
        sales=count(sale),
        lines=int(connection.execute(lines).scalar_one()),
        offers_shown=count(offer),
        offers_accepted=count(offer_answer, offer_answer.c.answer == "accepted"),
        offers_declined=count(offer_answer, offer_answer.c.answer == "declined"),
        passes=count(pass_),
        assists=count(credit_entry, credit_entry.c.role != "closer", credit_entry.c.kind == "earn"),
        returns=count(return_),
        credits_minor=int(connection.execute(money).scalar_one()),
    )


def customers_to_come(connection: Connection, limit: int) -> tuple[Coming, ...]:
    """Return customers whose phone names nobody else, in the order of their ids."""
    alone = (
        select(contact_point.c.value)
        .where(contact_point.c.type == "phone")
        .group_by(contact_point.c.value)
        .having(func.count() == 1)
    )
    rows = connection.execute(
        select(customer.c.id, customer.c.family_name, customer.c.given_name, contact_point.c.value)
        .join(contact_point, contact_point.c.customer_id == customer.c.id)
        .where(contact_point.c.type == "phone", contact_point.c.value.in_(alone), customer.c.status == "active")
        .order_by(customer.c.id)
        .limit(limit)
    ).all()
    ids = [row.id for row in rows]
    mails = {
        row.customer_id: row.value
        for row in connection.execute(
            select(contact_point.c.customer_id, contact_point.c.value).where(
                contact_point.c.type == "email", contact_point.c.customer_id.in_(ids)
            )
        )
    }
    cards = {
        row.customer_id: row.value
        for row in connection.execute(
            select(identifier.c.customer_id, identifier.c.value).where(identifier.c.customer_id.in_(ids))
        )
    }
    return tuple(
        Coming(row.family_name, row.given_name, row.value, mails.get(row.id, ""), cards.get(row.id, "")) for row in rows
    )


@dataclass(frozen=True, slots=True)
class BestSeller:
    """A product many receipts hold, and the root of its category."""

    sku: str
    root_category: str


def best_sellers(connection: Connection, limit: int) -> list[BestSeller]:
    """Return the products in most past receipts, those that have a price only."""
    root = category.alias("root")
    rows = connection.execute(
        select(product.c.sku, func.coalesce(root.c.name_ru, category.c.name_ru).label("root"))
        .join(history_line, history_line.c.product_no == product.c.no)
        .join(category, category.c.id == product.c.category_id)
        .outerjoin(root, root.c.id == category.c.parent_id)
        .where(select(price.c.id).where(price.c.product_id == product.c.id).exists())
        .group_by(product.c.no)
        .order_by(func.count().desc(), product.c.sku)
        .limit(limit)
    )
    return [BestSeller(row.sku, row.root) for row in rows]


def busiest_customers(connection: Connection, limit: int) -> list[str]:
    """Return the numbers of the customers with most past receipts."""
    rows = connection.execute(
        select(identifier.c.value)
        .join(customer, customer.c.id == identifier.c.customer_id)
        .join(history_receipt, history_receipt.c.customer_no == customer.c.no)
        .where(identifier.c.type == "external")
        .group_by(customer.c.no)
        .order_by(func.count().desc(), customer.c.no)
        .limit(limit)
    )
    return [row.value for row in rows]
