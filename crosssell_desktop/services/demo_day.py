"""What a played day needs to know before, and what it came to after: customers to come, and sums to compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.interchange import demo_loading
from crosssell_desktop.interchange.demo_shop import DemoPerson, DemoShop, load_shop
from crosssell_desktop.services.opening import opened
from crosssell_desktop.store import exchange_rows
from crosssell_desktop.store.queries import day_figures
from crosssell_desktop.sync import centre
from crosssell_desktop.sync.tables import BY_TABLE

if TYPE_CHECKING:
    from crosssell_desktop.services.desk import Desk
    from crosssell_desktop.system.paths import Profile

COMPARED = (
    "customer",
    "contact_point",
    "consent",
    "product",
    "combination",
    "shift",
    "shift_close",
    "sale",
    "sale_line",
    "payment",
    "offer",
    "offer_answer",
    "pass",
    "pass_event",
    "return",
    "return_line",
    "credit_entry",
    "suggestion_run",
    "step_log",
)
"""What both counters together and the centre must hold alike."""

PASSED_CORE = "PHN-IP15"
FIRST_CORE = "CAM-R50"
SMALL_ITEM = "SD-V30-64"
CORES_BY_COUNTER = {
    "K3": ("CAM-R50", "CAM-LM20", "LEN-RF50", "TEL-130"),
    "K2": ("PHN-IP15", "PHN-V7", "TAB-V11", "PRN-L210"),
}


@dataclass(frozen=True, slots=True)
class Plot:
    """Who comes to the shop and what for."""

    supervisor: str
    sellers: Mapping[str, str]
    """Short name by counter."""
    cores: Mapping[str, list[str]]
    """Barcodes of cores by counter."""
    first_customer: str
    first_core: str
    passed_customer: str
    passed_core: str
    small_item: str
    pass_department: str
    pass_category: str
    customers: list[str]
    """What is typed to find each of the day's known customers: a phone, a tail, a name, an e-mail, a card."""
    assister: UUID
    period: str


def plot(profiles: Mapping[str, Profile], name: str, *, clock: Clock) -> Plot:
    """Choose the day's cast from the demo shop's own counters."""
    shop = load_shop("electronics")
    if name == "journey":
        return _journey_plot(profiles, shop, clock=clock)
    with opened(profiles["K3"]) as desk, desk.look() as connection:
        people = day_figures.customers_to_come(connection, 80)
    barcodes = {p.sku: p.barcodes[0] for p in shop.products if p.barcodes}
    seller = {code: _seller(shop, code) for code in profiles}
    asked = [_ask_for(n, person) for n, person in enumerate(people[2:])]
    phones = next(c for c in shop.categories if c.code == _category(shop, PASSED_CORE))
    now = dt.datetime.fromtimestamp(clock.now_ms() / 1000, dt.UTC)
    return Plot(
        supervisor=demo_loading.short_name(next(p for p in shop.people if p.level == 3).name.ru),
        sellers={code: demo_loading.short_name(person.name.ru) for code, person in seller.items()},
        cores={code: [barcodes[sku] for sku in skus if sku in barcodes] for code, skus in CORES_BY_COUNTER.items()},
        first_customer=people[0].phone,
        first_core=barcodes[FIRST_CORE],
        passed_customer=people[1].phone,
        passed_core=barcodes[PASSED_CORE],
        small_item=barcodes[SMALL_ITEM],
        pass_department=next(d for d in shop.departments if d.code == "phones").name.ru,
        pass_category=phones.name.ru,
        customers=asked,
        assister=demo_loading.demo_id("person", seller["K3"].code),
        period=now.strftime("%Y-%m"),
    )


def figures(desks: Mapping[str, Desk]) -> day_figures.DayCounts:
    """Add up each counter's own facts of the day."""
    total = day_figures.DayCounts()
    for desk in desks.values():
        with desk.look() as connection:
            total += day_figures.of_counter(connection, desk.me.counter_id)
    return total


def differences(url: str, desks: Mapping[str, Desk]) -> list[str]:
    """Compare the centre row by row with what the counters hold; return each table and id that differs."""
    found = []
    for table in COMPARED:
        at_counters: dict[UUID, str] = {}
        for desk in desks.values():
            with desk.look() as connection:
                at_counters |= exchange_rows.contents(connection, table)
        at_centre = centre.contents(url, table)
        wrong = {one for one in at_counters.keys() | at_centre.keys() if at_counters.get(one) != at_centre.get(one)}
        found += [f"{BY_TABLE[table].table} {one}" for one in sorted(wrong)]
    return found


def _journey_plot(profiles: Mapping[str, Profile], shop: DemoShop, *, clock: Clock) -> Plot:
    """Households come by their numbers; the cores are what is bought most."""
    with opened(profiles["K3"]) as desk, desk.look() as connection:
        households = day_figures.busiest_customers(connection, 60)
        best = day_figures.best_sellers(connection, 24)
    seller = {code: _seller(shop, code) for code in profiles}
    now = dt.datetime.fromtimestamp(clock.now_ms() / 1000, dt.UTC)
    return Plot(
        supervisor=demo_loading.short_name(next(p for p in shop.people if p.level == 3).name.ru),
        sellers={code: demo_loading.short_name(person.name.ru) for code, person in seller.items()},
        cores={"K3": [b.sku for b in best[0::2]], "K2": [b.sku for b in best[1::2]]},
        first_customer=households[0],
        first_core=best[0].sku,
        passed_customer=households[1],
        passed_core=best[1].sku,
        small_item=best[2].sku,
        pass_department=next(d for d in shop.departments if d.code == "phones").name.ru,
        pass_category=best[1].root_category,
        customers=households[2:],
        assister=demo_loading.demo_id("person", seller["K3"].code),
        period=now.strftime("%Y-%m"),
    )


def _seller(shop: DemoShop, code: str) -> DemoPerson:
    counter = next(c for c in shop.counters if c.code == code)
    return next(p for p in shop.people if p.level == 2 and counter.department in p.departments)


def _category(shop: DemoShop, sku: str) -> str:
    return next(p for p in shop.products if p.sku == sku).category


def _ask_for(n: int, person: day_figures.Coming) -> str:
    ways = (
        person.phone,
        person.phone[-4:],
        f"{person.given_name} {person.family_name}",
        person.email or person.phone,
        person.card or person.phone,
        person.family_name,
    )
    return ways[n % len(ways)]
