"""The frozen input of a suggestion run: everything that may change the answer, and nothing else.

Equal snapshots give equal lists on every machine (requirement A3). Lists whose order means nothing are put into one
order when the snapshot is made, so that the hash does not depend on how a database answered.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from uuid import UUID

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fit import FitRule, Value
from crosssell_desktop.domain.ids import CategoryId, CombinationId, ProductId, StoreId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.suggest.history import OwnBasket
from crosssell_desktop.suggest.vocabulary import CombinationStatus, EvidenceKind, EvidenceStatus, NeedSource, Relation

SNAPSHOT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Benefit:
    """A customer benefit in both languages; only approved ones are put into a snapshot."""

    text_ru: str
    text_en: str


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """A piece of evidence that people or a job have recorded (E1-E9)."""

    evidence_id: str
    kind: EvidenceKind
    claim_ru: str
    claim_en: str
    status: EvidenceStatus
    source: str
    n: int | None = None
    valid_from_day: int | None = None
    valid_until_day: int | None = None
    """The last day it may be shown; None is without end."""
    against: bool = False
    """It speaks against the offer: lowers the strength, E3 suspends the combination."""
    numbers: tuple[tuple[str, int], ...] = ()
    """The counts it was computed from, by name, where it can be computed again."""
    limits_ru: str = ""
    limits_en: str = ""
    """How far it reaches: what was assumed, what it does not say."""

    def live(self, day: int) -> bool:
        """Say whether it may be shown on a day: approved, begun, not expired, its source named."""
        return (
            self.status is EvidenceStatus.APPROVED
            and bool(self.source)
            and (self.valid_from_day is None or self.valid_from_day <= day)
            and (self.valid_until_day is None or day <= self.valid_until_day)
        )


@dataclass(frozen=True, slots=True)
class CombinationFacts:
    """A curated combination core -> item."""

    combination_id: CombinationId
    core: ProductId
    item: ProductId
    relation: Relation
    status: CombinationStatus
    emergent_ru: str = ""
    emergent_en: str = ""
    """What appears only together (requirement A8)."""
    valid_from_day: int | None = None
    valid_until_day: int | None = None
    without_ru: str = ""
    without_en: str = ""
    """«Можно без этого: …» — what happens if the customer does not buy it."""
    situations: tuple[str, ...] = ()
    """Codes of the situations it answers; empty is all."""
    need_codes: tuple[str, ...] = ()
    bundle_price_minor: int | None = None
    """Price of both together when there is one (evidence E4)."""
    evidence: tuple[StoredEvidence, ...] = ()

    def valid(self, day: int) -> bool:
        """Say whether it is approved and within its dates."""
        return (
            self.status is CombinationStatus.APPROVED
            and (self.valid_from_day is None or self.valid_from_day <= day)
            and (self.valid_until_day is None or day <= self.valid_until_day)
        )


@dataclass(frozen=True, slots=True)
class Goods:
    """What ranking must know of a product: the core, what is in the basket, and each candidate."""

    product: ProductId
    sku: str
    name: str
    type_key: str
    """The product type, as in the learned model."""
    categories: tuple[CategoryId, ...]
    """Its category and all above it."""
    price_minor: int
    """Today's price of one for this customer."""
    cost_minor: int | None = None
    """Cost of one without VAT; only breaks ties, and is never shown."""
    stock_milli: int | None = None
    """On hand here; None where stock is not kept (services)."""
    stock_elsewhere_milli: int = 0
    """On hand in departments it can be handed over from."""
    service: bool = False
    repeatable: bool = False
    """Is bought again and again (consumables, food): owning it is no reason not to offer it."""
    due_every_days: int | None = None
    """How long one lasts, where that is known."""
    attributes: tuple[tuple[str, Value], ...] = ()
    benefits: tuple[Benefit, ...] = ()
    """Approved benefits only."""
    need_codes: tuple[str, ...] = ()
    """Needs this product answers."""

    def attribute_map(self) -> dict[str, Value]:
        """Return the attributes by key."""
        return dict(self.attributes)


@dataclass(frozen=True, slots=True)
class Owned:
    """Something the customer has."""

    product: ProductId
    day: int
    """When it was bought (days since 1970-01-01)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal at any counter, of an item with a core or (core None) of the item as such."""

    item: ProductId
    core: ProductId | None
    day: int
    never_again: bool = False
    """The customer said «do not offer again»."""


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need that is not met yet."""

    code: str
    source: NeedSource
    type_key: str = ""
    product: ProductId | None = None


@dataclass(frozen=True, slots=True)
class CustomerView:
    """What may be known of the customer; without consent to profiling only refusals are looked at."""

    profiling: bool
    """Consent to profiling is in force."""
    baskets: tuple[OwnBasket, ...] = ()
    owned: tuple[Owned, ...] = ()
    refused: tuple[Refused, ...] = ()
    needs: tuple[OpenNeed, ...] = ()
    situations: tuple[str, ...] = ()
    """Situations picked in this visit (gift, repair, travel); said by the customer, so no profiling."""


@dataclass(frozen=True, slots=True)
class RankSettings:
    """The business settings that change the answer (settings registry, section 10 of the domain rules)."""

    max_items: int = 3
    total_share_bps: int = 2_500
    """Total of what is shown, at most this share of the core's price."""
    cheap_share_bps: int = 1_000
    """Up to this share of the core's price the price fits wholly."""
    refusal_days: int = 90
    evidence_min_n: int = 30
    evidence_min_lift_bps: int = 12_000
    evidence_min_lower_bps: int = 1_000
    evidence_valid_days: int = 90
    habit_min_times: int = 2
    habit_min_share_bps: int = 2_000
    learned: bool = True
    """Learned complements, habits and due items may be offered beside curated combinations."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One question: this core, this basket, this customer, here, today."""

    core: ProductId | None
    goods: tuple[Goods, ...]
    """Facts of the core, of the basket, and of every product that may be offered."""
    model_digest: str
    """Which learned model was used («» for none)."""
    day: int
    """The business day (days since 1970-01-01)."""
    basket: tuple[ProductId, ...] = ()
    """Other products of the receipt."""
    receipt_total_minor: int = 0
    """Total of the receipt so far, the core included."""
    store: StoreId | None = None
    core_confirmed: bool = True
    """«Ядро подошло»: before that only alternatives to the core are listed."""
    customer: CustomerView | None = None
    care_mode: bool = False
    budget_cap_minor: int | None = None
    """The most the whole receipt may come to."""
    combinations: tuple[CombinationFacts, ...] = ()
    fit_rules: tuple[FitRule, ...] = ()
    settings: RankSettings = RankSettings()

    def __post_init__(self) -> None:
        """Put lists into one order and refuse what cannot be.

        Raises:
            Refusal: ``unknown_core``, ``negative_price``, ``negative_total``, ``bad_settings``.
        """
        put = object.__setattr__
        goods = {one.product: one for one in self.goods}
        put(self, "goods", tuple(sorted(goods.values(), key=lambda one: one.product.int)))
        put(self, "basket", tuple(sorted(set(self.basket) - {self.core}, key=lambda one: one.int)))
        put(self, "combinations", tuple(sorted(self.combinations, key=lambda one: one.combination_id.int)))
        put(self, "fit_rules", tuple(sorted(self.fit_rules, key=lambda one: one.rule_id)))
        if self.core is not None and self.core not in goods:
            raise Refusal(
                "unknown_core",
                Text(N_("The core product {product} is not in the catalogue."), {"product": str(self.core)}),
            )
        for one in goods.values():
            if one.price_minor < 0:
                raise Refusal("negative_price", Text(N_("The price of {name} is negative."), {"name": one.name}))
        if self.receipt_total_minor < 0 or (self.budget_cap_minor is not None and self.budget_cap_minor < 0):
            raise Refusal("negative_total", Text(N_("The total of a receipt and a budget cannot be negative.")))
        if self.settings.max_items < 1 or self.settings.total_share_bps < 0:
            raise Refusal("bad_settings", Text(N_("The settings of suggestions are out of their limits.")))

    def canonical_bytes(self) -> bytes:
        """Return the snapshot as canonical JSON: the same bytes for the same input on every machine."""
        body = {"version": SNAPSHOT_VERSION, **_plain_fields(self)}
        return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def input_hash(self) -> str:
        """SHA-256 of the canonical bytes, in hex."""
        return hash_of(self.canonical_bytes())


def hash_of(canonical: bytes) -> str:
    """Return the SHA-256 of a snapshot's canonical bytes, in hex."""
    return hashlib.sha256(canonical).hexdigest()


_FIELDS: dict[type, tuple[tuple[str, str], ...]] = {}
"""Names and paths of a dataclass's fields, worked out once: a run asks for them thousands of times."""


def _plain_fields(value: object) -> dict[str, object]:
    kind = type(value)
    fields = _FIELDS.get(kind)
    if fields is None:
        names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]  # dataclasses only
        fields = _FIELDS[kind] = tuple((name, f"{kind.__name__}.{name}") for name in names)
    return {name: _plain(getattr(value, name), path) for name, path in fields}


_AS_SET = {
    "Goods.categories",
    "Goods.attributes",
    "Goods.benefits",
    "Goods.need_codes",
    "StoredEvidence.numbers",
    "CombinationFacts.situations",
    "CombinationFacts.need_codes",
    "CombinationFacts.evidence",
    "CustomerView.owned",
    "CustomerView.refused",
    "CustomerView.needs",
    "CustomerView.situations",
}
"""Fields whose order means nothing."""
_ORDER_OF_A_SET = json.JSONEncoder(sort_keys=True).encode
_PLAIN_ALREADY = frozenset({bool, int, str})


def _plain(value: object, path: str = "") -> object:  # noqa: PLR0911  # one line for one type
    if value is None or type(value) in _PLAIN_ALREADY:
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return {"decimal": format(value.normalize(), "f")}
    if path == "CustomerView.baskets" and isinstance(value, tuple):
        # a customer has hundreds of baskets: said shortly, and sorted without writing each one out
        return sorted([basket.day, *sorted({product.hex for product in basket.products})] for basket in value)
    if isinstance(value, tuple):
        listed = [_plain(one) for one in value]
        if len(listed) > 1 and path in _AS_SET:
            listed.sort(key=_ORDER_OF_A_SET)
        return listed
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if dataclasses.is_dataclass(value):
        return _plain_fields(value)
    msg = f"a snapshot cannot hold {type(value).__name__}"
    raise TypeError(msg)


def goods_by_id(goods: Iterable[Goods]) -> dict[ProductId, Goods]:
    """Return products by id."""
    return {one.product: one for one in goods}
