"""What a suggestion run is frozen from: goods, combinations with evidence, fit rules, and the customer's own past."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.fit import FitRule, Value
from crosssell_desktop.domain.ids import CategoryId, CombinationId, CustomerId, ProductId, StoreId
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.fit_codec import rule_from_row, value_from_json
from crosssell_desktop.store.queries import returns_seen
from crosssell_desktop.store.queries.card import consents_of
from crosssell_desktop.store.queries.contacts import status_of
from crosssell_desktop.store.queries.items import RETAIL
from crosssell_desktop.store.queries.ledger_facts import category_paths
from crosssell_desktop.store.schema.catalogue import (
    combination,
    evidence,
    product,
)
from crosssell_desktop.store.schema.customers import customer, need_, ownership
from crosssell_desktop.store.schema.history import history_line, history_receipt
from crosssell_desktop.store.schema.selling import offer, offer_answer, return_line, sale, sale_line
from crosssell_desktop.suggest.history import OwnBasket
from crosssell_desktop.suggest.snapshot import (
    Benefit,
    CombinationFacts,
    CustomerView,
    Goods,
    OpenNeed,
    Owned,
    Refused,
    StoredEvidence,
)
from crosssell_desktop.suggest.vocabulary import (
    CombinationStatus,
    EvidenceKind,
    EvidenceStatus,
    NeedSource,
    Relation,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

OWN_RECEIPTS = 400
"""The newest receipts of a customer that ranking looks at; older ones have faded."""


def goods_of(
    connection: Connection, product_ids: Iterable[ProductId], *, store_id: StoreId, now_ms: int
) -> tuple[Goods, ...]:
    """Return what ranking must know of some products, in a fixed number of statements.

    Written in SQL by hand: it is asked at every scan, and the rows go straight from the driver into values.
    """
    raw = [one.bytes for one in dict.fromkeys(product_ids)]
    if not raw:
        return ()
    # Padded to a few sizes, so that the driver keeps the statements prepared.
    ids = (*raw, *[raw[-1]] * (-len(raw) % PADDED))
    among = f"({', '.join('?' * len(ids))})"

    def ask(sql: str, *more: object) -> Iterator[Any]:
        return iter(connection.exec_driver_sql(sql.format(ids=among), (*ids, *more)))

    prices = dict(ask(_PRICES, RETAIL, now_ms))
    costs = dict(ask(_COSTS, now_ms))
    attributes: dict[bytes, list[tuple[str, Value]]] = defaultdict(list)
    for product_id, key, value in ask(_ATTRIBUTES):
        attributes[product_id].append((key, _value(value)))
    benefits: dict[bytes, list[Benefit]] = defaultdict(list)
    for product_id, text_ru, text_en in ask(_BENEFITS):
        benefits[product_id].append(Benefit(text_ru, text_en))
    here: dict[bytes, int] = {}
    elsewhere: dict[bytes, int] = defaultdict(int)
    for product_id, where, qty in ask(_STOCK):
        if where == store_id.bytes:
            here[product_id] = qty
        else:
            elsewhere[product_id] += max(0, qty)
    paths = category_paths(connection)
    return tuple(
        Goods(
            product=ProductId(_id(one)),
            sku=sku,
            name=name,
            type_key=kind,
            categories=paths.get(CategoryId(_id(category_id)), (CategoryId(_id(category_id)),)),
            price_minor=prices.get(one, 0),
            cost_minor=costs.get(one),
            stock_milli=None if is_a == "service" else here.get(one),
            stock_elsewhere_milli=elsewhere.get(one, 0),
            service=is_a == "service",
            repeatable=bool(repeatable),
            due_every_days=due,
            attributes=tuple(attributes.get(one, ())),
            benefits=tuple(benefits.get(one, ())),
        )
        for one, sku, name, kind, category_id, is_a, repeatable, due in ask(_PRODUCTS)
    )


PADDED = 32
_PRODUCTS = (
    "SELECT id, sku, name_ru, product_type, category_id, kind, repeatable, due_every_days FROM product "
    "WHERE id IN {ids} AND archived = 0"
)
# The newest price wins: later rows of the same product replace the earlier ones.
_PRICES = (
    "SELECT product_id, amount_minor FROM price WHERE product_id IN {ids} AND price_type = ? AND valid_from <= ? "
    "ORDER BY valid_from"
)
_COSTS = (
    "SELECT product_id, amount_minor FROM cost_price WHERE product_id IN {ids} AND valid_from <= ? ORDER BY valid_from"
)
_ATTRIBUTES = "SELECT product_id, key, value FROM attribute WHERE product_id IN {ids}"
_BENEFITS = (
    "SELECT product_id, benefit_ru, benefit_en FROM benefit "
    "WHERE product_id IN {ids} AND status = 'approved' ORDER BY id"
)
_STOCK = "SELECT product_id, store_id, qty_milli FROM stock WHERE product_id IN {ids}"


def combinations_of(connection: Connection, core: ProductId) -> tuple[CombinationFacts, ...]:
    """Return the curated combinations of a core with their evidence."""
    rows = connection.execute(select(combination).where(combination.c.core_product_id == core)).all()
    proofs: dict[UUID, list[StoredEvidence]] = defaultdict(list)
    for row in connection.execute(select(evidence).where(evidence.c.core_product_id == core)):
        proofs[row.periphery_product_id].append(
            StoredEvidence(
                evidence_id=str(row.id),
                kind=EvidenceKind(row.code),
                claim_ru=row.claim_ru,
                claim_en=row.claim_en,
                status=EvidenceStatus(row.status),
                source=row.source,
                n=row.n,
                valid_from_day=row.computed_at // DAY_MS,
                valid_until_day=None if row.valid_until is None else row.valid_until // DAY_MS,
                against=bool(row.numbers.get("against", False)),
                limits_ru=row.limits_ru,
                limits_en=row.limits_en,
                numbers=tuple(sorted((str(name), value) for name, value in row.numbers.items() if type(value) is int)),
            )
        )
    for item, counted in returns_seen.of_core(connection, core).items():
        # What the centre has published was counted from more receipts than this counter's own.
        if not any(one.kind is EvidenceKind.FEWER_RETURNS for one in proofs[item]):
            proofs[item].append(counted)
    return tuple(
        CombinationFacts(
            combination_id=CombinationId(row.id),
            core=ProductId(row.core_product_id),
            item=ProductId(row.periphery_product_id),
            relation=Relation(row.relation),
            status=CombinationStatus(row.status),
            emergent_ru=row.emergent_ru,
            emergent_en=row.emergent_en,
            valid_from_day=row.valid_from // DAY_MS,
            valid_until_day=None if row.valid_to is None else row.valid_to // DAY_MS,
            without_ru=row.without_ru,
            without_en=row.without_en,
            situations=tuple(row.situations),
            evidence=tuple(proofs.get(row.periphery_product_id, ())),
        )
        for row in rows
    )


def fit_rules(connection: Connection, *, core: ProductId) -> tuple[FitRule, ...]:
    """Return the compatibility rules that speak of a core product; a rule speaks from the core to the item only."""
    rows = connection.exec_driver_sql(
        "WITH RECURSIVE above(id) AS (SELECT category_id FROM product WHERE id = ? "
        "UNION SELECT c.parent_id FROM category c JOIN above ON c.id = above.id WHERE c.parent_id IS NOT NULL) "
        "SELECT id, core_category_id, periphery_category_id, predicates, source FROM fit_rule "
        "WHERE core_category_id IN (SELECT id FROM above) ORDER BY id",
        (core.bytes,),
    )
    return tuple(_rule(*row) for row in rows)


@functools.lru_cache(maxsize=4_096)
def _rule(rule_id: bytes, core_category: bytes, item_category: bytes, predicates: str, source: str) -> FitRule:
    """Read a rule; the key is the whole row, so that a changed row is read anew."""
    return rule_from_row(
        UUID(bytes=rule_id),
        UUID(bytes=core_category),
        UUID(bytes=item_category),
        json.loads(predicates),
        source,
    )


@functools.lru_cache(maxsize=16_384)
def _value(text: str) -> Value:
    return value_from_json(json.loads(text))


@functools.lru_cache(maxsize=65_536)
def _id(raw: bytes) -> UUID:
    """Return an id as a value; the same few hundred products are read again for every receipt."""
    return UUID(bytes=raw)


def customer_view(connection: Connection, customer_id: CustomerId, *, situations: tuple[str, ...]) -> CustomerView:
    """Return what ranking may know of a customer; without consent to profiling, or restricted, only refusals."""
    profiling = "profiling" in consents_of(connection, customer_id) and (
        status_of(connection, customer_id) != "restricted"
    )
    refused = _refused(connection, customer_id)
    if not profiling:
        return CustomerView(profiling=False, refused=refused, situations=situations)
    return CustomerView(
        profiling=True,
        baskets=own_baskets(connection, customer_id),
        owned=_owned(connection, customer_id),
        refused=refused,
        needs=_needs(connection, customer_id),
        situations=situations,
    )


def _refused(connection: Connection, customer_id: CustomerId) -> tuple[Refused, ...]:
    later = offer_answer.alias("later")
    undone = select(later.c.id).where(later.c.undoes_id == offer_answer.c.id).exists()
    rows = connection.execute(
        select(offer_answer.c.product_id, offer_answer.c.made_at, offer_answer.c.reason, offer.c.core_product_id)
        .outerjoin(offer, offer.c.id == offer_answer.c.offer_id)
        .where(
            offer_answer.c.customer_id.in_(cluster_of(connection, customer_id)),
            offer_answer.c.answer == "declined",
            ~undone,
        )
    )
    return tuple(
        Refused(
            item=ProductId(row.product_id),
            core=None,
            day=row.made_at // DAY_MS,
            never_again=row.reason == "do_not_offer",
        )
        for row in rows
    )


def own_baskets(connection: Connection, customer_id: CustomerId) -> tuple[OwnBasket, ...]:
    """Return the newest receipts of a customer, imported and our own; ask only with consent, or for evaluation."""
    ids = cluster_of(connection, customer_id)
    nos = connection.execute(select(customer.c.no).where(customer.c.id.in_(ids))).scalars().all()
    grouped: dict[Any, tuple[int, list[ProductId]]] = {}
    if nos:
        newest = (
            select(history_receipt.c.no)
            .where(history_receipt.c.customer_no.in_(nos))
            .order_by(history_receipt.c.at.desc())
            .limit(OWN_RECEIPTS)
        )
        for row in connection.execute(
            select(history_receipt.c.no, history_receipt.c.day, product.c.id)
            .join(history_line, history_line.c.receipt_no == history_receipt.c.no)
            .join(product, product.c.no == history_line.c.product_no)
            .where(history_receipt.c.no.in_(newest), history_line.c.qty_milli > 0)
        ):
            grouped.setdefault(row.no, (row.day, []))[1].append(ProductId(row.id))
    for row in connection.execute(
        select(sale.c.id, sale.c.made_at, sale_line.c.product_id)
        .join(sale_line, sale_line.c.sale_id == sale.c.id)
        .where(sale.c.customer_id.in_(ids))
    ):
        grouped.setdefault(row.id, (row.made_at // DAY_MS, []))[1].append(ProductId(row.product_id))
    return tuple(OwnBasket(day, tuple(products)) for day, products in grouped.values())


def _owned(connection: Connection, customer_id: CustomerId) -> tuple[Owned, ...]:
    ids = cluster_of(connection, customer_id)
    owned = [
        Owned(ProductId(row.product_id), row.since // DAY_MS)
        for row in connection.execute(
            select(ownership.c.product_id, ownership.c.since).where(
                ownership.c.customer_id.in_(ids), ownership.c.product_id.is_not(None)
            )
        )
    ]
    kept: dict[UUID, list[int]] = {}
    for row in connection.execute(
        select(sale_line.c.id, sale_line.c.product_id, sale_line.c.qty_milli, sale.c.made_at)
        .join(sale, sale.c.id == sale_line.c.sale_id)
        .where(sale.c.customer_id.in_(ids))
    ):
        kept[row.id] = [row.qty_milli, row.made_at, row.product_id]
    if kept:
        for back in connection.execute(
            select(return_line.c.sale_line_id, return_line.c.qty_milli).where(
                return_line.c.sale_line_id.in_(list(kept))
            )
        ):
            kept[back.sale_line_id][0] -= back.qty_milli
    owned += [Owned(ProductId(thing), at // DAY_MS) for left, at, thing in kept.values() if left > 0]  # type: ignore[arg-type]
    nos = connection.execute(select(customer.c.no).where(customer.c.id.in_(ids))).scalars().all()
    if nos:
        balance: dict[UUID, list[int]] = {}
        for past in connection.execute(
            select(product.c.id, history_line.c.qty_milli, history_receipt.c.day)
            .join(history_line, history_line.c.receipt_no == history_receipt.c.no)
            .join(product, product.c.no == history_line.c.product_no)
            .where(history_receipt.c.customer_no.in_(nos))
            .order_by(history_receipt.c.at)
        ):
            entry = balance.setdefault(past.id, [0, past.day])
            entry[0] += past.qty_milli
            entry[1] = max(entry[1], past.day)
        owned += [Owned(ProductId(thing), day) for thing, (left, day) in balance.items() if left > 0]
    return tuple(owned)


def _needs(connection: Connection, customer_id: CustomerId) -> tuple[OpenNeed, ...]:
    rows = connection.execute(
        select(need_).where(need_.c.customer_id.in_(cluster_of(connection, customer_id)), need_.c.status == "open")
    )
    return tuple(
        OpenNeed(
            code=str(row.id),
            source=NeedSource(row.source),
            type_key=row.product_type or "",
            product=None if row.product_id is None else ProductId(row.product_id),
        )
        for row in rows
    )
