"""Fills the demo's cards beyond who a person is: families, things owned, needs, events, a firm, and the staff's week.

Everything is invented and follows from the invented past: what is owned was bought in it, who lives together shares a
surname there. Nothing here changes what is suggested: a need names no kind of product.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import StoreId
from crosssell_desktop.interchange.demo_history import DemoHistory
from crosssell_desktop.interchange.demo_loading import SOURCE, Row, Rows, customer_id, demo_id, short_name
from crosssell_desktop.interchange.demo_shop import DemoShop
from crosssell_desktop.store import card_rows, puts, rota_rows

OWNED_DAYS = 90
"""How far back bought cores are written down as owned; a year of them would make the demo slow to set up."""
WARRANTY_DAYS = 365
FIRM_NAME = "ООО «Вымышленная ромашка»"
FIRM_INN = "7700000129"
"""Invented; its check digit is right, so that the card takes it."""
NEEDS = ("подарок сыну к дню рождения", "что-то для поездки в отпуск", "свет на рабочий стол")
BEGINS_MINUTE, DAY_MINUTES = 600, 540
"""The shop opens at ten; a day on the rota is nine hours."""


def cards(history: DemoHistory, shop: DemoShop, *, ver: int, now_ms: int) -> Rows:
    """Return the rows beside :func:`demo_loading.customers`; the firm's card is among them."""
    told_by = demo_id("person", shop.people[0].code)
    families = [c for c in history.customers if c.household is not None]
    rows: Rows = {
        "household_member": [
            {
                "id": card_rows.one_of(customer_id(c), "household_member"),
                "customer_id": customer_id(c),
                "role": "",
                "share_history": False,
                "stamps": None,
                "ver": ver,
            }
            for c in families
        ],
        "ownership": _owned(history, shop, ver, now_ms),
        "need": [
            {
                "id": demo_id("need", str(c.number)),
                "customer_id": customer_id(c),
                "source": "stated",
                "status": "open",
                "product_type": None,
                "product_id": None,
                "text": NEEDS[place % len(NEEDS)],
                "told_at": now_ms - (place % 60) * DAY_MS,
                "told_by": told_by,
                "event_id": None,
                "valid_until": None,
                "stamps": None,
                "ver": ver,
            }
            for place, c in enumerate(history.customers[::20])
        ],
        "context_event": [
            _event(f"move/{home}", "move", "переезжают в новую квартиру", told_by, now_ms, ver)
            | {"household_id": demo_id("household", str(home))}
            for home in sorted({c.household for c in families if c.household is not None})[:10]
        ],
        "rota": _week(shop, ver, now_ms),
    }
    _add_firm(rows, history, shop, told_by, ver, now_ms)
    return rows


def _owned(history: DemoHistory, shop: DemoShop, ver: int, now_ms: int) -> list[Row]:
    cores = {pair.core for pair in shop.combinations if pair.status == "approved"}
    back = set(history.returned_line[history.returned_line >= 0].tolist())
    owned: dict[UUID, Row] = {}
    for line, (receipt, product) in enumerate(
        zip(history.line_receipt.tolist(), history.product_no.tolist(), strict=True)
    ):
        who, at = int(history.customer_no[receipt]), int(history.at_ms[receipt])
        sku = shop.products[product].sku
        is_kept = line not in back and history.qty_milli[line] > 0
        if who < 0 or at < now_ms - OWNED_DAYS * DAY_MS or sku not in cores or not is_kept:
            continue
        card, thing = customer_id(history.customers[who]), demo_id("product", sku)
        id_ = card_rows.one_of(card, f"ownership/{thing}")
        owned[id_] = {
            "id": id_,
            "customer_id": card,
            "product_id": thing,
            "text": "",
            "serial": "",
            "since": at,
            "warranty_until": at + WARRANTY_DAYS * DAY_MS,
            "source": "told",
            "stamps": None,
            "ver": ver,
        }
    return list(owned.values())


def _event(code: str, kind: str, impact: str, told_by: UUID, now_ms: int, ver: int) -> Row:
    return {
        "id": demo_id("context_event", code),
        "customer_id": None,
        "household_id": None,
        "product_id": None,
        "type": kind,
        "at": now_ms - 10 * DAY_MS,
        "impact": impact,
        "size": 0,
        "told_by": told_by,
        "active": True,
        "stamps": None,
        "ver": ver,
    }


def _week(shop: DemoShop, ver: int, now_ms: int) -> list[Row]:
    """Return everybody's five days of this week, worked as planned up to yesterday."""
    today = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC).date()
    monday = today - dt.timedelta(days=today.weekday())
    rows = []
    for place, one in enumerate(shop.people):
        store, person = demo_id("store", one.store or shop.stores[0].code), demo_id("person", one.code)
        for n in range(5):
            # Days off go round, so that the shop is never without people.
            day = monday + dt.timedelta(days=(n + place) % 7)
            rows.append(
                {
                    "id": rota_rows.row_id(StoreId(store), str(person), day.isoformat()),
                    "store_id": store,
                    "person_id": person,
                    "who": short_name(one.name.ru),
                    "day": day.isoformat(),
                    "starts_at": BEGINS_MINUTE,
                    "planned_minutes": DAY_MINUTES,
                    "worked_minutes": DAY_MINUTES if day < today else None,
                    "source": SOURCE,
                    "ver": ver,
                }
            )
    return rows


def _add_firm(rows: Rows, history: DemoHistory, shop: DemoShop, told_by: UUID, ver: int, now_ms: int) -> None:
    """Add an organisation that opens an office for ten, with a person who speaks for it."""
    firm, speaker = demo_id("customer", "firm"), customer_id(history.customers[-1])
    rows["customer"] = [
        {
            "id": firm,
            "kind": "organisation",
            "display_name": FIRM_NAME,
            "family_name": "",
            "given_name": "",
            "patronymic": "",
            "birthday": "",
            "language": "ru",
            "status": "active",
            "care_until": 0,
            "do_not_contact": False,
            "created_store_id": demo_id("store", shop.stores[0].code),
            "household_id": None,
            "invented": True,
            "ver": ver,
        }
    ]
    rows["identifier"] = [
        {
            "id": puts.identifier_id(firm, "inn", FIRM_INN),
            "customer_id": firm,
            "type": "inn",
            "value": FIRM_INN,
            "ver": ver,
        }
    ]
    rows["org_contact"] = [
        {
            "id": card_rows.linked(firm, speaker),
            "organisation_id": firm,
            "customer_id": speaker,
            "role": "закупки",
            "active": True,
            "stamps": None,
            "ver": ver,
        }
    ]
    rows["context_event"].append(
        _event("firm", "new_office", "открывает офис на десять мест", told_by, now_ms, ver)
        | {"customer_id": firm, "size": 10}
    )
