"""Sets a whole demo up: the centre's master data, and counters that know the shop, its customers and its past."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import IdSource, PersonId
from crosssell_desktop.interchange import demo_loading
from crosssell_desktop.interchange.demo_history import DemoHistory, generate_history
from crosssell_desktop.interchange.demo_shop import DemoShop, load_shop
from crosssell_desktop.services import exchange, learning, login
from crosssell_desktop.services.customers import CONSENT_TEXT_RU, text_hash
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.opening import open_desk, open_store
from crosssell_desktop.store import opening, sources
from crosssell_desktop.sync import centre

if TYPE_CHECKING:
    from crosssell_desktop.system.paths import Profile

SEED = 20260101


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """The invented shop with its year, ready to be told to centre and counters."""

    shop: DemoShop
    history: DemoHistory
    url: str
    """The administrator's address of the centre's database."""


def pins(world: DemoWorld) -> dict[str, str]:
    """Return the demo PINs by short name, for showing them to whoever tries the demo."""
    return {demo_loading.short_name(p.name.ru): p.pin for p in world.shop.people if p.pin_is_demo}


def make_world(url: str, name: str, *, clock: Clock, ids: IdSource) -> DemoWorld:
    """Make the centre in an empty database and publish the shop, its people and its customers there."""
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
    rows["consent"] = demo_loading.consents(
        history,
        by=demo_loading.demo_id("person", shop.people[0].code),
        counter_id=demo_loading.demo_id("counter", "office"),
        text_hash=text_hash(CONSENT_TEXT_RU),
    )
    centre.push_master(office, rows, clock, ids)
    return DemoWorld(shop, history, url)


def enrol_counter(world: DemoWorld, code: str, profile: Profile, *, clock: Clock, ids: IdSource) -> Desk:
    """Enrol a demo counter, let it fetch everything, load its past and give its people their demo PINs."""
    seat = demo_loading.seat(world.shop, code)
    link = centre.enrol(world.url, centre.NewCounter(seat.counter_id, code, seat.store_id))
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
    try:
        exchange.remember_link(desk, link)
        exchange.one_round(desk)
        with desk.database.write() as connection:
            source = sources.source_no(connection, demo_loading.SOURCE, now_ms=clock.now_ms())
        demo_loading.load_history(desk.database, world.shop, world.history, source)
        learning.learn_all(desk)
        here = {person.id for person in login.people_here(desk)}
        for person in world.shop.people:
            person_id = PersonId(demo_loading.demo_id("person", person.code))
            if person_id in here:
                login.set_pin(desk, person_id, person.pin)
    except BaseException:
        desk.database.close()
        raise
    return desk
