"""Rows of the catalogue and the customer card as frozen values, with the defaults a sender may leave out.

Law: the fields of a put are the columns of its table without ``no``, ``ver`` and ``stamps``; the writing unit
gives those.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

from crosssell_desktop.domain.ids import beside_id, named_id


@dataclass(frozen=True, slots=True)
class Put:
    """Base of every put: ``TABLE`` names where it goes."""

    TABLE: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPut(Put):
    """A node of the category tree."""

    TABLE: ClassVar[str] = "category"
    id: UUID
    code: str
    name_ru: str
    name_en: str
    business_line: str = ""
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPut(Put):
    """A product or a service; ``vat_bps`` is the rate inside its price."""

    TABLE: ClassVar[str] = "product"
    id: UUID
    sku: str
    name_ru: str
    name_en: str
    category_id: UUID
    kind: str = "goods"
    product_type: str = ""
    brand: str = ""
    unit: str = "pcs"
    vat_bps: int = 0
    department_id: UUID | None = None
    credit_role: str = "periphery"
    marked: bool = False
    archived: bool = False
    repeatable: bool = False
    due_every_days: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodePut(Put):
    """A barcode; ``gtin`` is the fourteen digits of ``domain.gtin`` or an in-store code as it is."""

    TABLE: ClassVar[str] = "barcode"
    id: UUID
    gtin: str
    product_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributePut(Put):
    """One property of a product, any JSON value."""

    TABLE: ClassVar[str] = "attribute"
    id: UUID
    product_id: UUID
    key: str
    value: Any
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePut(Put):
    """A price of a type from a moment on, in minor units."""

    TABLE: ClassVar[str] = "price"
    id: UUID
    product_id: UUID
    amount_minor: int
    price_type: str = "retail"
    valid_from: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPut(Put):
    """What the product costs the shop from a moment on, in minor units."""

    TABLE: ClassVar[str] = "cost_price"
    id: UUID
    product_id: UUID
    amount_minor: int
    valid_from: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPut(Put):
    """How much of a product a store was said to have, in thousandths, and when."""

    TABLE: ClassVar[str] = "stock"
    id: UUID
    product_id: UUID
    store_id: UUID
    qty_milli: int
    told_at: int
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRulePut(Put):
    """What must agree for a thing of one category to fit a thing of another."""

    TABLE: ClassVar[str] = "fit_rule"
    id: UUID
    core_category_id: UUID
    periphery_category_id: UUID
    predicates: Sequence[Mapping[str, Any]]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitPut(Put):
    """Feature, advantage and benefit of a product, in both languages."""

    TABLE: ClassVar[str] = "benefit"
    id: UUID
    product_id: UUID
    benefit_ru: str
    benefit_en: str
    feature_ru: str = ""
    feature_en: str = ""
    advantage_ru: str = ""
    advantage_en: str = ""
    status: str = "draft"
    approved_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinationPut(Put):
    """A core with a periphery, why, and what is gained only together."""

    TABLE: ClassVar[str] = "combination"
    id: UUID
    core_product_id: UUID
    periphery_product_id: UUID
    relation: str
    status: str = "draft"
    status_reason: str = ""
    emergent_ru: str = ""
    emergent_en: str = ""
    without_ru: str = ""
    without_en: str = ""
    phrase_ru: str = ""
    phrase_en: str = ""
    audience: str = ""
    situations: Sequence[str] = field(default_factory=list)
    valid_from: int = 0
    valid_to: int | None = None
    version: int = 1
    approved_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitiveClaimPut(Put):
    """A product beside a named alternative, also where it is worse."""

    TABLE: ClassVar[str] = "competitive_claim"
    id: UUID
    product_id: UUID
    versus_ru: str
    versus_en: str
    fact_ru: str
    fact_en: str
    is_worse: bool = False
    source: str = ""
    dated_at: int | None = None
    valid_until: int | None = None
    status: str = "draft"
    approved_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePut(Put):
    """A proof for a combination: kind, claim, figures, where they come from and their limits."""

    TABLE: ClassVar[str] = "evidence"
    id: UUID
    core_product_id: UUID
    periphery_product_id: UUID
    code: str
    claim_ru: str
    claim_en: str
    computed_at: int
    numbers: Mapping[str, Any] = field(default_factory=dict)
    n: int | None = None
    period_from: int | None = None
    period_to: int | None = None
    source: str = ""
    method: str = ""
    limits_ru: str = ""
    limits_en: str = ""
    valid_until: int | None = None
    status: str = "approved"
    author: str = ""
    approver: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPut(Put):
    """A customer; ``birthday`` is ``MM-DD``, ``YYYY-MM-DD`` or empty."""

    TABLE: ClassVar[str] = "customer"
    id: UUID
    display_name: str
    kind: str = "person"
    family_name: str = ""
    given_name: str = ""
    patronymic: str = ""
    birthday: str = ""
    language: str = ""
    status: str = "active"
    care_until: int = 0
    do_not_contact: bool = False
    created_store_id: UUID | None = None
    household_id: UUID | None = None
    invented: bool = False
    name_source: str | None = None
    birthday_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPut(Put):
    """A way to reach a customer; ``value`` is E.164 for ``phone`` and lower case for ``email``."""

    TABLE: ClassVar[str] = "contact_point"
    id: UUID
    customer_id: UUID
    type: str
    value: str
    is_primary: bool = True
    verified_at: int | None = None
    source: str = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierPut(Put):
    """A card or a number of another system by which a customer is known: loyalty_ean13, card, inn, external."""

    TABLE: ClassVar[str] = "identifier"
    id: UUID
    customer_id: UUID
    type: str
    value: str


ORDER = (
    CategoryPut,
    ProductPut,
    BarcodePut,
    AttributePut,
    PricePut,
    CostPut,
    StockPut,
    FitRulePut,
    BenefitPut,
    CombinationPut,
    CompetitiveClaimPut,
    EvidencePut,
    CustomerPut,
    ContactPut,
    IdentifierPut,
)
"""Parents before children."""


def _fields(kind: type[Put]) -> tuple[tuple[str, ...], Callable[[Put], tuple[Any, ...]]]:
    names = tuple(f.name for f in dataclasses.fields(kind))
    return names, attrgetter(*names)


_FIELDS: dict[type[Put], tuple[tuple[str, ...], Callable[[Put], tuple[Any, ...]]]] = {
    kind: _fields(kind) for kind in ORDER
}


def rows_of_puts(puts: Iterable[Put], ver: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows by table, parents first, all of one version."""
    made: dict[str, list[dict[str, Any]]] = {kind.TABLE: [] for kind in ORDER}
    for put in puts:
        made[put.TABLE].append(row_of_put(put, ver))
    return {name: rows for name, rows in made.items() if rows}


def row_of_put(put: Put, ver: int) -> dict[str, Any]:
    """Return the row of one put."""
    names, values = _FIELDS[type(put)]
    row = dict(zip(names, values(put), strict=True))
    row["ver"] = ver
    return row


def price_id(product_id: UUID, price_type: str = "retail", valid_from: int = 0) -> UUID:
    """Return the fixed id of a price, so that the same price told twice is one row."""
    return named_id("price", f"{product_id}\x1f{price_type}\x1f{valid_from}")


def cost_id(product_id: UUID, valid_from: int = 0) -> UUID:
    """Return the fixed id of a cost."""
    return named_id("cost", f"{product_id}\x1f{valid_from}")


def barcode_id(product_id: UUID, gtin: str) -> UUID:
    """Return the fixed id of a product's barcode."""
    return named_id("barcode", f"{product_id}\x1f{gtin}")


def stock_id(product_id: UUID, store_id: UUID) -> UUID:
    """Return the fixed id of a product's stock in a store."""
    return named_id("stock", f"{product_id}\x1f{store_id}")


def contact_id(customer_id: UUID, kind: str, value: str) -> UUID:
    """Return the fixed id of a contact point."""
    return beside_id(customer_id, "contact", f"{kind}\x1f{value}")


def identifier_id(customer_id: UUID, kind: str, value: str) -> UUID:
    """Return the fixed id of an identifier."""
    return beside_id(customer_id, "identifier", f"{kind}\x1f{value}")
