"""Sets a whole demo up: the centre's master data, and counters that know the shop, its customers and its past."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.consents import WORDINGS
from crosssell_desktop.domain.ids import IdSource, PersonId
from crosssell_desktop.interchange import demo_cards, demo_loading, import_journey
from crosssell_desktop.interchange.complete_journey import Weeks
from crosssell_desktop.interchange.demo_history import generate_history
from crosssell_desktop.interchange.demo_shop import DemoShop, load_shop
from crosssell_desktop.services import exchange, learning, login
from crosssell_desktop.services.business import PRESETS
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.opening import open_desk, open_store
from crosssell_desktop.store import opening, pin_rows, sources
from crosssell_desktop.store.pin_rows import PinKey
from crosssell_desktop.sync import centre
from crosssell_desktop.system.paths import open_profile

if TYPE_CHECKING:
    from crosssell_desktop.sync.link import Link
    from crosssell_desktop.system.paths import Profile

SEED = 20260101
JOURNEY = "journey"
JOURNEY_WEEKS = (1, 26)
"""Half a year is enough to learn from, and half a minute to load."""


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """A shop that the centre knows; its past is loaded into each counter."""

    shop: DemoShop
    """Whose places and people these are."""
    url: str
    """The administrator's address of the centre's database."""
    load_past: Callable[[Desk], None]
    pin_key: PinKey
    """Given to both counters at once, so that nobody waits until one has sealed it for the other."""


def pins(world: DemoWorld) -> dict[str, str]:
    """Return the demo PINs by short name, for showing them to whoever tries the demo."""
    return {demo_loading.short_name(p.name.ru): p.pin for p in world.shop.people if p.pin_is_demo}


def make_world(url: str, name: str, home: Path, *, clock: Clock, ids: IdSource) -> DemoWorld:
    """Make the centre in an empty database and publish a shop, its people and its customers there.

    ``home`` is a folder for what only the setting-up needs.
    """
    return _journey(url, home, clock=clock, ids=ids) if name == JOURNEY else _invented(url, name, clock=clock, ids=ids)


def _invented(url: str, name: str, *, clock: Clock, ids: IdSource) -> DemoWorld:
    shop = load_shop(name)
    now = clock.now_ms()
    today = dt.datetime.fromtimestamp(now / 1000, dt.UTC).date()
    history = generate_history(shop, SEED, end_day=today)
    centre.init(url)
    office = centre.enrol(
        url, centre.NewCounter(demo_loading.demo_id("counter", "office"), "Office", None, office=True)
    )
    ver = now << 16
    rows = (
        demo_loading.places(shop, ver)
        | demo_loading.catalogue(shop, ver=ver, now_ms=now)
        | demo_loading.customers(history, shop, ver)
    )
    for table, some in demo_cards.cards(history, shop, ver=ver, now_ms=now).items():
        rows[table] = [*rows.get(table, ()), *some]
    rows["consent"] = demo_loading.consents(
        history,
        by=demo_loading.demo_id("person", shop.people[0].code),
        counter_id=demo_loading.demo_id("counter", "office"),
        text_hash=WORDINGS[0].hash,
    )
    centre.push_master(office, rows, clock, ids)

    def load_past(desk: Desk) -> None:
        with desk.database.write() as connection:
            source = sources.source_no(connection, demo_loading.SOURCE, now_ms=clock.now_ms())
        demo_loading.load_history(desk.database, shop, history, source)

    return DemoWorld(shop, url, load_past, _pin_key(ids))


def _journey(url: str, home: Path, *, clock: Clock, ids: IdSource) -> DemoWorld:
    """Publish the places and people of the invented shop with the catalogue and households of The Complete Journey."""
    shop = load_shop("electronics")
    weeks = Weeks(*JOURNEY_WEEKS)
    centre.init(url)
    seat = demo_loading.seat(shop, shop.counters[0].code)
    office_id = demo_loading.demo_id("counter", "office")
    link = centre.enrol(url, centre.NewCounter(office_id, "Office", seat.store_id, office=True))
    ver = clock.now_ms() << 16
    rows = demo_loading.places(shop, ver)
    rows["company"][0]["name"] = "The Complete Journey (учебный магазин)"
    rows["setting"] += [demo_loading.company_setting(key, value, ver) for key, value in PRESETS["grocery"].items()]
    rows["credit_policy"] = [demo_loading.policy(1, {"min_line_minor": 0}, ver)]
    centre.push_master(link, rows, clock, ids)
    office = _found(
        open_profile(home / "office"),
        demo_loading.Seat(office_id, seat.department_id, seat.store_id, "OF"),
        link,
        clock=clock,
        ids=ids,
    )
    try:
        import_journey.import_complete_journey(office.database, clock, ids, weeks=weeks)
        exchange.one_round(office)
    finally:
        office.database.close()

    def load_past(desk: Desk) -> None:
        import_journey.recognise(desk.database, clock, weeks)
        import_journey.import_complete_journey(desk.database, clock, ids, weeks=weeks)

    return DemoWorld(shop, url, load_past, _pin_key(ids))


def enrol_counter(world: DemoWorld, code: str, profile: Profile, *, clock: Clock, ids: IdSource) -> Desk:
    """Enrol a demo counter, let it fetch everything, load its past and give its people their demo PINs."""
    seat = demo_loading.seat(world.shop, code)
    link = centre.enrol(world.url, centre.NewCounter(seat.counter_id, code, seat.store_id))
    desk = _found(profile, seat, link, clock=clock, ids=ids)
    try:
        world.load_past(desk)
        learning.learn_all(desk)
        with desk.database.write() as connection:
            pin_rows.keep_key(connection, world.pin_key, clock.now_ms())
        without = {person.id for person in login.people_here(desk) if not person.has_pin}
        for person in world.shop.people:
            person_id = PersonId(demo_loading.demo_id("person", person.code))
            if person_id in without:
                login.set_pin(desk, person_id, person.pin)
        exchange.one_round(desk)
    except BaseException:
        desk.database.close()
        raise
    return desk


def _pin_key(ids: IdSource) -> PinKey:
    return PinKey(ids.new(), secrets.token_bytes(32))


def _found(profile: Profile, seat: demo_loading.Seat, link: Link, *, clock: Clock, ids: IdSource) -> Desk:
    """Give a profile its identity and its link, and let it fetch what the centre has."""
    database, _ = open_store(profile, keyring=None, create=True)
    try:
        with database.write() as connection:
            opening.enrol(
                connection,
                opening.Identity(
                    counter_id=seat.counter_id,
                    department_id=seat.department_id,
                    store_id=seat.store_id,
                    prefix=seat.prefix,
                    incarnation=ids.new(),
                    salt=secrets.token_hex(32),
                ),
            )
    finally:
        database.close()
    desk = open_desk(profile, clock=clock, ids=ids)
    exchange.remember_link(desk, link)
    exchange.one_round(desk)
    return desk
