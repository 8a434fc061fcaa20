"""Turns the demo shop into rows: master data for the centre, and a year of receipts for a counter's history.

Ids are named after the shop's own codes, so every counter and the centre get the same ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.interchange import demo_fit
from crosssell_desktop.interchange.demo_history import DemoHistory
from crosssell_desktop.interchange.demo_shop import DemoCombination, DemoEvidence, DemoShop
from crosssell_desktop.store import history_rows
from crosssell_desktop.store.fit_codec import predicates_to_json, value_to_json

if TYPE_CHECKING:
    from crosssell_desktop.interchange.demo_people import DemoCustomer
    from crosssell_desktop.store.engine import Database
    from crosssell_desktop.store.unit import Connection

Row = dict[str, Any]
Rows = dict[str, list[Row]]

LEAD_ROLE = "complex_sales_lead"
SOURCE = "demo"
BATCH_RECEIPTS = 5_000


def demo_id(kind: str, code: str) -> UUID:
    """Return the fixed id of a thing of the demo shop."""
    return named_id(f"demo.{kind}", code)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a demo counter stands."""

    counter_id: UUID
    department_id: UUID
    store_id: UUID
    prefix: str


def seat(shop: DemoShop, code: str) -> Seat:
    """Return the place of a demo counter by its code."""
    found = next(c for c in shop.counters if c.code == code)
    return Seat(
        demo_id("counter", found.code),
        _department(found.store, found.department),
        demo_id("store", found.store),
        found.code,
    )


def places(shop: DemoShop, ver: int) -> Rows:
    """Return company, stores, departments, counters, people and their roles."""
    company = demo_id("company", shop.company.code)
    home = shop.stores[0].code
    people, roles = [], []
    for one in shop.people:
        store = one.store or home
        department = one.departments[0] if one.departments else shop.departments[0].code
        person = demo_id("person", one.code)
        people.append(
            {
                "id": person,
                "store_id": demo_id("store", store),
                "department_id": _department(store, department),
                "full_name": one.name.ru,
                "short_name": short_name(one.name.ru),
                "level": one.level,
                "language": "ru",
                "active": True,
                "ver": ver,
            }
        )
        names = {one.role} | ({LEAD_ROLE} if one.level in {2, 3} else set())
        roles += [
            {
                "id": demo_id("role", f"{one.code}/{name}"),
                "person_id": person,
                "store_id": demo_id("store", store),
                "role": name,
                "active": True,
                "ver": ver,
            }
            for name in sorted(names)
        ]
    return {
        "company": [
            {
                "id": company,
                "name": shop.company.name.ru,
                "currency": shop.company.currency,
                "invented": True,
                "ver": ver,
            }
        ],
        "store": [
            {
                "id": demo_id("store", s.code),
                "company_id": company,
                "code": s.code,
                "name": s.name.ru,
                "time_zone": s.timezone,
                "ver": ver,
            }
            for s in shop.stores
        ],
        "department": [
            {
                "id": _department(s.code, d.code),
                "store_id": demo_id("store", s.code),
                "code": d.code,
                "name_ru": d.name.ru,
                "name_en": d.name.en,
                "ver": ver,
            }
            for s in shop.stores
            for d in shop.departments
            if d.code in s.departments
        ],
        "counter": [
            {
                "id": demo_id("counter", c.code),
                "department_id": _department(c.store, c.department),
                "store_id": demo_id("store", c.store),
                "code": c.code,
                "name": c.name.ru,
                "prefix": c.code,
                "ver": ver,
            }
            for c in shop.counters
        ],
        "person": people,
        "person_role": roles,
        "setting": [company_setting("experiment.holdout_bps", 0, ver)],
    }


def company_setting(key: str, value: int, ver: int) -> Row:
    """Return a business setting of the whole company."""
    return {
        "id": named_id("setting", f"company/{key}"),
        "scope_kind": "company",
        "scope_id": None,
        "key": key,
        "value": value,
        "ver": ver,
    }


def policy(number: int, numbers: dict[str, int], ver: int) -> Row:
    """Return a version of the credit scheme: the default with some numbers of its own."""
    return {
        "id": demo_id("policy", str(number)),
        "number": number,
        "valid_from": 0,
        "numbers": numbers,
        "ver": ver,
    }


def catalogue(shop: DemoShop, *, ver: int, now_ms: int) -> Rows:
    """Return categories with their kinds, products with everything about them, rules, benefits and combinations."""
    start = now_ms - 400 * DAY_MS
    home = shop.stores[0].code
    rows: Rows = {name: [] for name in ("category", "attribute_definition", "product", "barcode", "attribute", "price")}
    rows |= {name: [] for name in ("cost_price", "stock", "fit_rule", "benefit", "combination", "evidence")}
    for c in shop.categories:
        rows["category"].append(
            {
                "id": demo_id("category", c.code),
                "parent_id": None if c.parent is None else demo_id("category", c.parent),
                "code": c.code,
                "name_ru": c.name.ru,
                "name_en": c.name.en,
                "business_line": c.business_line,
                "ver": ver,
            }
        )
        rows["category"] += [
            {
                "id": demo_fit.type_category(shop, c.code, t.code),
                "parent_id": demo_id("category", c.code),
                "code": f"{c.code}/{t.code}",
                "name_ru": t.name.ru,
                "name_en": t.name.en,
                "business_line": c.business_line,
                "ver": ver,
            }
            for t in c.types
        ]
    rows["attribute_definition"] = [
        {
            "id": demo_id("attribute_definition", a.code),
            "key": a.code,
            "kind": a.kind,
            "name_ru": a.name.ru,
            "name_en": a.name.en,
            "ver": ver,
        }
        for a in shop.attributes
    ]
    again = {h.sku: h.interval_days for h in shop.history.habits} | {
        f.sku: f.interval_days for f in shop.history.follow_ups
    }
    again |= {c.periphery: again.get(c.periphery, 0) for c in shop.combinations if c.relation == "consumable"}
    titles = {s.code: s.title.ru for s in shop.sources}
    for p in shop.products:
        product = demo_id("product", p.sku)
        stated = demo_fit.attribute_values(shop, p.sku)
        rows["product"].append(
            {
                "id": product,
                "sku": p.sku,
                "kind": p.kind,
                "name_ru": p.name.ru,
                "name_en": p.name.en,
                "category_id": demo_fit.type_category(shop, p.category, p.type),
                "product_type": p.type,
                "brand": p.brand,
                "unit": "796",
                "vat_bps": p.vat_bps,
                "department_id": _department(home, p.department),
                "credit_role": "service" if p.kind == "service" else "periphery",
                "marked": False,
                "archived": False,
                "repeatable": p.sku in again,
                "due_every_days": again.get(p.sku) or None,
                "source": SOURCE,
                "ver": ver,
            }
        )
        rows["barcode"] += [
            {"id": demo_id("barcode", f"{p.sku}/{b}"), "gtin": b.zfill(14), "product_id": product, "ver": ver}
            for b in p.barcodes
        ]
        rows["attribute"] += [
            {
                "id": demo_id("attribute", f"{p.sku}/{a.code}"),
                "product_id": product,
                "key": a.code,
                "value": value_to_json(stated[a.code]),
                "source": titles.get(a.source, a.source),
                "ver": ver,
            }
            for a in p.attributes
        ]
        rows["price"].append(
            {
                "id": demo_id("price", p.sku),
                "product_id": product,
                "price_type": "retail",
                "valid_from": start,
                "amount_minor": p.price_minor,
                "ver": ver,
            }
        )
        rows["cost_price"].append(
            {
                "id": demo_id("cost", p.sku),
                "product_id": product,
                "valid_from": start,
                "amount_minor": p.cost_minor,
                "ver": ver,
            }
        )
    rows["stock"] = [
        {
            "id": demo_id("stock", f"{s.store}/{s.sku}"),
            "product_id": demo_id("product", s.sku),
            "store_id": demo_id("store", s.store),
            "qty_milli": s.qty_milli,
            "place": s.place.ru,
            "told_at": now_ms,
            "ver": ver,
        }
        for s in shop.stock
    ]
    rows["fit_rule"] = [
        {
            "id": demo_id("fit_rule", rule.rule_id),
            "core_category_id": rule.core_category,
            "periphery_category_id": rule.item_category,
            "predicates": predicates_to_json(rule.predicates),
            "source": rule.source,
            "ver": ver,
        }
        for rule in demo_fit.domain_rules(shop)
    ]
    rows["benefit"] = [
        {
            "id": demo_id("benefit", f"{b.sku}/{n}"),
            "product_id": demo_id("product", b.sku),
            "feature_ru": b.feature.ru,
            "feature_en": b.feature.en,
            "advantage_ru": b.advantage.ru,
            "advantage_en": b.advantage.en,
            "benefit_ru": b.benefit.ru,
            "benefit_en": b.benefit.en,
            "status": "approved" if b.approved else "draft",
            "approved_by": None,
            "ver": ver,
        }
        for n, b in enumerate(shop.benefits)
    ]
    rows["competitive_claim"] = [
        {
            "id": demo_id("competitive_claim", f"{claim.sku}/{n}"),
            "product_id": demo_id("product", claim.sku),
            "versus_ru": claim.versus.ru,
            "versus_en": claim.versus.en,
            "fact_ru": claim.fact.ru,
            "fact_en": claim.fact.en,
            "is_worse": claim.is_worse,
            "source": titles.get(claim.source, claim.source),
            "dated_at": now_ms - claim.dated_days * DAY_MS,
            "valid_until": now_ms + claim.valid_days * DAY_MS,
            "status": "approved",
            "approved_by": None,
            "ver": ver,
        }
        for n, claim in enumerate(shop.claims)
    ]
    prices = {p.sku: p.price_minor for p in shop.products}
    for pair in shop.combinations:
        price = prices[pair.periphery]
        combination, proofs = _combination(pair, titles, price, ver=ver, start=start, now_ms=now_ms)
        rows["combination"].append(combination)
        rows["evidence"] += proofs
    return rows


def customers(history: DemoHistory, shop: DemoShop, ver: int) -> Rows:
    """Return the cards, contacts and loyalty cards of the invented customers."""
    rows: Rows = {"customer": [], "contact_point": [], "identifier": []}
    for c in history.customers:
        me = customer_id(c)
        born = "" if c.birth_day is None or c.birth_month is None else f"{c.birth_month:02d}-{c.birth_day:02d}"
        rows["customer"].append(
            {
                "id": me,
                "kind": "person",
                "display_name": c.display_name,
                "family_name": c.surname,
                "given_name": c.given_name,
                "patronymic": c.patronymic or "",
                "birthday": born if not born or c.birth_year is None else f"{c.birth_year}-{born}",
                "language": c.language,
                "status": "active",
                "care_until": 0,
                "do_not_contact": c.do_not_contact,
                "created_store_id": demo_id("store", shop.stores[c.home_store].code),
                "household_id": None if c.household is None else demo_id("household", str(c.household)),
                "invented": True,
                "ver": ver,
            }
        )
        for kind, value in (("phone", c.phone), ("email", c.email)):
            if value:
                rows["contact_point"].append(
                    {
                        "id": demo_id("contact", f"{c.number}/{kind}"),
                        "customer_id": me,
                        "type": kind,
                        "value": value,
                        "is_primary": kind == "phone",
                        "verified_at": None,
                        "source": SOURCE,
                        "ver": ver,
                    }
                )
        rows["identifier"].append(
            {
                "id": demo_id("card", str(c.number)),
                "customer_id": me,
                "type": "loyalty_ean13",
                "value": c.loyalty_card,
                "ver": ver,
            }
        )
    return rows


def consents(history: DemoHistory, *, by: UUID, counter_id: UUID, text_hash: str) -> list[Row]:
    """Return the consents as facts given on paper when the customer registered."""
    rows = []
    for c in history.customers:
        for given in c.consents:
            for channel in given.channels or ("",):
                at = _midnight_ms(given.given_on) + 12 * 3_600_000
                rows.append(
                    {
                        "id": demo_id("consent", f"{c.number}/{given.purpose}/{channel}"),
                        "counter_id": counter_id,
                        "made_at": at,
                        "person_id": by,
                        "session_id": demo_id("session", "import"),
                        "shift_id": None,
                        "customer_id": customer_id(c),
                        "purpose": given.purpose,
                        "channel": channel,
                        "state": "given",
                        "text_hash": text_hash,
                        "form": "paper",
                        "base_hlc": at << 16,
                        "hlc": at << 16,
                    }
                )
    return rows


def customer_id(customer: DemoCustomer) -> UUID:
    """Return the id of an invented customer."""
    return demo_id("customer", str(customer.number))


def load_history(
    database: Database, shop: DemoShop, history: DemoHistory, source_no: int
) -> history_rows.HistoryCounts:
    """Load the year of receipts into a counter whose catalogue and customers are already there."""
    with database.write() as connection:
        stores = history_rows.store_nos(connection, [s.code for s in shop.stores])
        history_rows.name_stores(connection, {s.code: demo_id("store", s.code) for s in shop.stores})
    with database.read() as connection:
        products = _local_numbers(connection, "product", [demo_id("product", p.sku) for p in shop.products])
        people = _local_numbers(connection, "customer", [customer_id(c) for c in history.customers])
    batches = _batches(history, np.array([stores[s.code] for s in shop.stores], np.int64), products, people)
    return history_rows.load(database, source_no, batches, told=_heard)


def _heard(_: history_rows.HistoryCounts) -> None:
    """Listen to the counts so far; the demo's load is short."""


def _batches(
    history: DemoHistory, stores: history_rows.I64, products: history_rows.I64, people: history_rows.I64
) -> Iterator[history_rows.ReceiptBatch]:
    counts = np.bincount(history.line_receipt, minlength=len(history.receipt_no)).astype(np.int64)
    ends = np.concatenate(([0], np.cumsum(counts)))
    customer = np.where(history.customer_no < 0, history_rows.NOBODY, people[np.maximum(history.customer_no, 0)])
    for first in range(0, len(history.receipt_no), BATCH_RECEIPTS):
        last = min(first + BATCH_RECEIPTS, len(history.receipt_no))
        lines = slice(int(ends[first]), int(ends[last]))
        at = history.at_ms[first:last]
        sold = history.product_no[lines]
        digest = history_rows.digests(
            [history.receipt_no[first:last], at],
            [sold, history.qty_milli[lines], history.amount_minor[lines]],
            counts[first:last],
        )
        yield history_rows.ReceiptBatch(
            keys=[str(n) for n in history.receipt_no[first:last].tolist()],
            customer_nos=customer[first:last],
            store_nos=stores[history.store_no[first:last]],
            at_ms=at,
            day=at // DAY_MS,
            digest=digest,
            line_counts=counts[first:last],
            product_nos=products[sold],
            qty_milli=history.qty_milli[lines],
            amount_minor=history.amount_minor[lines],
            discount_minor=np.zeros(lines.stop - lines.start, np.int64),
        )


def _local_numbers(connection: Connection, table: str, ids: list[UUID]) -> history_rows.I64:
    known = history_rows.local_numbers(connection, table)
    return np.array([known[one] for one in ids], np.int64)


def _combination(
    c: DemoCombination, titles: dict[str, str], price_minor: int, *, ver: int, start: int, now_ms: int
) -> tuple[Row, list[Row]]:
    key = f"{c.core}/{c.periphery}"
    core, item = demo_id("product", c.core), demo_id("product", c.periphery)
    approver = None if c.approver is None else demo_id("person", c.approver)
    row = {
        "id": demo_id("combination", key),
        "core_product_id": core,
        "periphery_product_id": item,
        "relation": c.relation,
        "status": c.status,
        "status_reason": "" if c.reason is None else c.reason.ru,
        "emergent_ru": "" if c.emergent_benefit is None else c.emergent_benefit.ru,
        "emergent_en": "" if c.emergent_benefit is None else c.emergent_benefit.en,
        "without_ru": "" if c.without is None else bare_without(c.without.ru),
        "without_en": "" if c.without is None else bare_without(c.without.en),
        "phrase_ru": "" if c.phrase is None else c.phrase.ru,
        "phrase_en": "" if c.phrase is None else c.phrase.en,
        "audience": ",".join(c.audiences),
        "situations": list(c.situations),
        "valid_from": start,
        "valid_to": None,
        "version": 1,
        "approved_by": approver,
        "ver": ver,
    }
    proofs = [
        {
            "id": demo_id("evidence", f"{key}/{n}"),
            "core_product_id": core,
            "periphery_product_id": item,
            "code": e.type,
            "claim_ru": e.claim.ru,
            "claim_en": e.claim.en,
            "numbers": _numbers(e, price_minor),
            "n": None,
            "period_from": None,
            "period_to": None,
            "source": titles.get(e.source, e.source),
            "method": "",
            "limits_ru": e.limits.ru,
            "limits_en": e.limits.en,
            "computed_at": start,
            "valid_until": None if e.valid_days is None else now_ms + e.valid_days * DAY_MS,
            "status": "approved",
            "author": c.owner,
            "approver": approver,
            "ver": ver,
        }
        for n, e in enumerate(c.evidence)
    ]
    return row, proofs


def _numbers(e: DemoEvidence, price_minor: int) -> Row:
    numbers: Row = {} if e.value is None else {"value": e.value}
    if e.type in PRICED:
        numbers["price_minor"] = price_minor
    if e.units is not None:
        numbers["units"] = e.units
    return numbers


PRICED = frozenset({"E4", "E5"})
"""Evidence reckoned with the price of the periphery; it holds only as long as that price does."""


def _department(store: str, code: str) -> UUID:
    return demo_id("department", f"{store}/{code}")


def bare_without(text: str) -> str:
    """Return what happens without the item, less the words the screen says before it anyway."""
    return text.removeprefix("Можно без этого: ").removeprefix("You can do without it: ")


def short_name(name: str) -> str:
    """Return «Анна К.»: enough for a strip, and it never needs to be inflected."""
    given, _, family = name.partition(" ")
    return f"{given} {family[:1]}." if family else given


def _midnight_ms(day: dt.date) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp() * 1000)
