"""The demo shop as plain values: an invented electronics and home goods shop in Russian and English.

The shop is kept in readable files under ``resources/demo/<name>``. What leaves this module is whole:
every reference leads somewhere, every text is there in both languages, every barcode has the right
check digit; a damaged file is refused with the file, the place and the problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crosssell_desktop.domain.text import Language

ProductKind = Literal["goods", "service"]
AttributeKind = Literal["text", "number", "list", "range", "flag"]
CombinationStatus = Literal["approved", "rejected", "undecided"]
Operator = Literal["eq", "in", "ge", "le", "range", "contains", "model_in"]
Relation = Literal[
    "required",
    "enhances",
    "consumable",
    "protects",
    "care",
    "service",
    "spare",
    "upgrade",
    "substitute",
    "cheaper_alternative",
    "incompatible",
]


@dataclass(frozen=True, slots=True)
class TwoLanguages:
    """One text in Russian and in English; both are complete."""

    ru: str
    en: str

    def say(self, language: Language) -> str:
        """Return the text in the asked language."""
        return self.ru if language == "ru" else self.en


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code of a small list (business line, product type, situation, audience, department) and its name."""

    code: str
    name: TwoLanguages


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """The company; ``invented`` is always true here and ``notice`` says so to people."""

    code: str
    name: TwoLanguages
    notice: TwoLanguages
    currency: str
    invented: bool


@dataclass(frozen=True, slots=True)
class BarcodeRange:
    """What a two-digit EAN-13 prefix means in this shop: ``product`` or ``loyalty_card``."""

    prefix: str
    meaning: str
    note: TwoLanguages


@dataclass(frozen=True, slots=True)
class DemoStore:
    """A store; hours are local ``HH:MM``, the offset is that of its time zone (Russia keeps no summer time)."""

    code: str
    name: TwoLanguages
    city: TwoLanguages
    timezone: str
    utc_offset_minutes: int
    opens: str
    closes: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoCounter:
    """A counter; its code is also the prefix of its receipt numbers."""

    code: str
    store: str
    department: str
    name: TwoLanguages


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A member of staff; ``level`` is 1 to 5 of the access matrix, ``store`` is None for the whole company.

    ``pin`` is six digits, for the demo only, and ``pin_is_demo`` is always true.
    """

    code: str
    name: TwoLanguages
    role: str
    level: int
    store: str | None
    departments: tuple[str, ...]
    position: TwoLanguages
    pin: str
    pin_is_demo: bool


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """An attribute products may have; ``range`` values are written ``low..high``, flags ``0`` or ``1``."""

    code: str
    kind: AttributeKind
    name: TwoLanguages


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A node of the category tree with its product types and the attributes its products have."""

    code: str
    parent: str | None
    name: TwoLanguages
    business_line: str
    department: str
    types: tuple[NamedCode, ...]
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoAttribute:
    """One attribute of one product: its values (one, or several of a list) and the code of the source."""

    code: str
    values: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A product or a service; prices include VAT, costs do not; barcodes are EAN-13 with right check digits."""

    sku: str
    barcodes: tuple[str, ...]
    name: TwoLanguages
    category: str
    type: str
    brand: str
    kind: ProductKind
    vat_bps: int
    price_minor: int
    cost_minor: int
    department: str
    attributes: tuple[DemoAttribute, ...]

    def values(self, attribute: str) -> tuple[str, ...]:
        """Return the values of an attribute, empty when the product does not state it."""
        return next((a.values for a in self.attributes if a.code == attribute), ())


@dataclass(frozen=True, slots=True)
class DemoSource:
    """Where a fact comes from; ``document`` is an address or None, ``invented`` tells made-up papers apart."""

    code: str
    title: TwoLanguages
    document: str | None
    invented: bool


@dataclass(frozen=True, slots=True)
class FitPredicate:
    """One test of a fit rule: ``left operator right`` over ``core.x`` and ``periphery.x``, or a fixed ``value``.

    Exactly one of ``right`` and ``value`` is given. ``reason`` is said when the test fails; its
    placeholders are ``{core_x}`` and ``{periphery_x}``.
    """

    left: str
    operator: Operator
    right: str | None
    value: str | None
    reason: TwoLanguages


@dataclass(frozen=True, slots=True)
class FitRule:
    """A compatibility rule: every predicate must hold; a missing attribute gives ``unknown``, never a fit.

    It speaks about a core of ``core_category`` and ``core_types`` with a periphery of
    ``periphery_category`` and ``periphery_types``; about other pairs it says nothing, so a bag is not
    asked for its hood code.
    """

    code: str
    core_category: str
    periphery_category: str
    core_types: tuple[str, ...]
    periphery_types: tuple[str, ...]
    predicates: tuple[FitPredicate, ...]
    fits: TwoLanguages
    unknown: TwoLanguages


@dataclass(frozen=True, slots=True)
class DemoBenefit:
    """A product's own benefit: feature, advantage, benefit."""

    sku: str
    feature: TwoLanguages
    advantage: TwoLanguages
    benefit: TwoLanguages
    approved: bool


@dataclass(frozen=True, slots=True)
class DemoClaim:
    """How a product compares with a named alternative; days count from the day the shop is made."""

    sku: str
    versus: TwoLanguages
    fact: TwoLanguages
    is_worse: bool
    source: str
    dated_days: int
    valid_days: int


@dataclass(frozen=True, slots=True)
class DemoEvidence:
    """A fact behind a combination, of type E1, E4, E5 or E8; ``valid_days`` None means as long as its document."""

    type: str
    claim: TwoLanguages
    value: str | None
    source: str
    limits: TwoLanguages
    valid_days: int | None
    units: int | None = None
    """E5: how many uses the price of the periphery is divided by."""


@dataclass(frozen=True, slots=True)
class DemoCombination:
    """A cell of the core and periphery matrix.

    Approved cells have all their texts; rejected and undecided ones have a reason instead.
    """

    core: str
    periphery: str
    status: CombinationStatus
    relation: Relation
    audiences: tuple[str, ...]
    situations: tuple[str, ...]
    fit_rule: str | None
    reason: TwoLanguages | None
    emergent_benefit: TwoLanguages | None
    without: TwoLanguages | None
    phrase: TwoLanguages | None
    evidence: tuple[DemoEvidence, ...]
    owner: str
    approver: str | None


@dataclass(frozen=True, slots=True)
class DemoStock:
    """What lies in a store (thousandths of a piece) and where a consultant finds it."""

    store: str
    sku: str
    qty_milli: int
    place: TwoLanguages


@dataclass(frozen=True, slots=True)
class Habit:
    """A consumable people buy again every ``interval_days``."""

    sku: str
    interval_days: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A consumable that a share of a core's buyers comes back for every ``interval_days``."""

    core: str
    sku: str
    interval_days: int
    share_bps: int


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """How the invented year of receipts is made; rates are shares of receipts in basis points."""

    core_bps: Mapping[str, int]
    everyday_bps: Mapping[str, int]
    other_bps_range: tuple[int, int]
    approved_share_bps: Mapping[str, tuple[int, int]]
    approved_share_exact_bps: Mapping[tuple[str, str], tuple[int, int]]
    everyday_pairs: tuple[tuple[str, str], ...]
    everyday_pairs_kept: int
    lift_milli_range: tuple[int, int]
    confounders: tuple[str, ...]
    substitutes: tuple[tuple[str, str], ...]
    substitute_kept_apart_bps: int
    habits: tuple[Habit, ...]
    habit_share_bps: int
    follow_up_share_bps: int
    follow_ups: tuple[FollowUp, ...]
    weekday_percent: tuple[int, ...]
    month_percent: tuple[int, ...]
    department_month_percent: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class DemoShop:
    """The whole demo shop; the position of a product in ``products`` is its number in the history arrays."""

    name: str
    company: DemoCompany
    barcode_ranges: tuple[BarcodeRange, ...]
    stores: tuple[DemoStore, ...]
    departments: tuple[NamedCode, ...]
    counters: tuple[DemoCounter, ...]
    people: tuple[DemoPerson, ...]
    business_lines: tuple[NamedCode, ...]
    attributes: tuple[AttributeDefinition, ...]
    categories: tuple[DemoCategory, ...]
    products: tuple[DemoProduct, ...]
    sources: tuple[DemoSource, ...]
    fit_rules: tuple[FitRule, ...]
    benefits: tuple[DemoBenefit, ...]
    claims: tuple[DemoClaim, ...]
    combinations: tuple[DemoCombination, ...]
    situations: tuple[NamedCode, ...]
    audiences: tuple[NamedCode, ...]
    stock: tuple[DemoStock, ...]
    history: HistorySettings

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Return the number of each SKU, its position in ``products``."""
        return {product.sku: number for number, product in enumerate(self.products)}

    def product(self, sku: str) -> DemoProduct:
        """Return a product by SKU; KeyError when the shop has none."""
        return self.products[self.numbers[sku]]

    @cached_property
    def cores(self) -> tuple[str, ...]:
        """Return the SKUs that are the core of an approved combination, in catalogue order."""
        found = {c.core for c in self.combinations if c.status == "approved"}
        return tuple(p.sku for p in self.products if p.sku in found)


def load_shop(name: str = "electronics") -> DemoShop:
    """Read and check a demo shop kept with the program.

    Raises :class:`crosssell_desktop.domain.errors.Refusal` with code ``demo_shop_unknown`` when there
    is none of this name, ``demo_shop_damaged`` when a file does not hold together.
    """
    from crosssell_desktop.interchange import demo_shop_check, demo_shop_read  # noqa: PLC0415  # they name these types

    shop = demo_shop_read.read_shop(name)
    demo_shop_check.refuse_if_damaged(shop)
    return shop
