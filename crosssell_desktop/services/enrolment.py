"""Joining a counter, or the office, to a centre: a place in the shop, a role at the server, a link in the profile."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import IdSource, named_id
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import exchange
from crosssell_desktop.services.opening import open_desk, open_store
from crosssell_desktop.store import opening
from crosssell_desktop.sync import centre, centre_join
from crosssell_desktop.sync.centre_join import VALID_MINUTES, Place
from crosssell_desktop.sync.link import Link

if TYPE_CHECKING:
    from crosssell_desktop.system.paths import Profile
    from crosssell_desktop.system.secrets import Keyring

PREFIX_AT_MOST = 6
ROOT_FILE = "centre-root.crt"
"""Where a profile keeps the root certificate of its centre."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A counter that may exchange."""

    counter_id: UUID
    name: str
    role: str
    pulled: int


def enrol_office(url: str, name: str, profile: Profile, *, keyring: Keyring | None) -> Enrolled:
    """Make a profile with a shop of its own the office of a centre: its catalogue and people go up, then on to all.

    Raises:
        Refusal: ``no_database`` when the profile is empty: import into it first.
    """
    desk = open_desk(profile, keyring=keyring)
    try:
        link = centre.enrol(url, centre.NewCounter(desk.me.counter_id, name, desk.me.store_id, office=True))
        exchange.remember_link(desk, link, office=True)
        result = exchange.one_round(desk)
        return Enrolled(desk.me.counter_id, name, link.role, result.pulled)
    finally:
        desk.database.close()


def enrol_counter(  # a place has that many parts
    url: str,
    name: str,
    profile: Profile,
    *,
    store_code: str,
    department_code: str | None,
    keyring: Keyring | None,
    clock: Clock,
    ids: IdSource,
) -> Enrolled:
    """Enrol a new counter in a store and let it fetch everything; the name is also the prefix of its numbers.

    A counter the shop already knows by this name takes its place; a profile enrolled before gets a new link.

    Raises:
        Refusal: ``unknown_store``, ``unknown_department``, ``bad_counter_name``.
    """
    place = _place(url, name, store_code=store_code, department_code=department_code, clock=clock, ids=ids)
    link = centre.enrol(url, centre.NewCounter(place.counter_id, place.prefix, place.store_id))
    return _settle(profile, place, link, keyring=keyring, clock=clock, ids=ids)


def invite(  # a place has that many parts
    url: str,
    name: str,
    *,
    store_code: str,
    department_code: str | None,
    minutes: int = VALID_MINUTES,
    clock: Clock,
    ids: IdSource,
) -> str:
    """Return a one-time code by which another computer joins as this counter, good for some minutes.

    Raises:
        Refusal: those of :func:`enrol_counter`; ``no_root``.
    """
    place = _place(url, name, store_code=store_code, department_code=department_code, clock=clock, ids=ids)
    return centre_join.make_code(url, place, minutes=minutes)


def join(code: str, profile: Profile, *, keyring: Keyring | None, clock: Clock, ids: IdSource) -> Enrolled:
    """Join the centre by a one-time code, and fetch everything.

    Raises:
        Refusal: ``bad_code``, ``code_spent``, ``other_root``, ``other_counter``.
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
    """
    place, link = centre_join.spend(code, profile.root / ROOT_FILE)
    return _settle(profile, place, link, keyring=keyring, clock=clock, ids=ids)


def _place(  # a place has that many parts
    url: str, name: str, *, store_code: str, department_code: str | None, clock: Clock, ids: IdSource
) -> Place:
    prefix = name.strip().upper()
    if not prefix.isalnum() or not prefix.isascii() or len(prefix) > PREFIX_AT_MOST:
        raise Refusal(
            "bad_counter_name",
            Text(
                N_("A counter's name is 1 to {limit} Latin letters and digits: it begins its receipt numbers."),
                {"limit": PREFIX_AT_MOST},
            ),
        )
    places = centre.places(url)
    store = next((s for s in places.stores if s.code == store_code), None)
    if store is None:
        raise Refusal(
            "unknown_store",
            Text(
                N_("There is no store {code} at the centre. Known: {known}."),
                {"code": store_code, "known": ", ".join(s.code for s in places.stores) or "—"},
            ),
        )
    departments = [d for d in places.departments if d.store_id == store.id]
    department = next((d for d in departments if department_code in {None, d.code}), None)
    if department is None:
        raise Refusal(
            "unknown_department",
            Text(
                N_("There is no department {code} in this store. Known: {known}."),
                {"code": department_code or "", "known": ", ".join(d.code for d in departments) or "—"},
            ),
        )
    known = next((c for c in places.counters if c.code == prefix and c.store_id == store.id), None)
    counter_id = named_id("counter", f"{store.id}/{prefix}") if known is None else known.id
    if known is None:
        _publish_counter(url, counter_id, store.id, department.id, prefix, clock=clock, ids=ids)
    return Place(counter_id, store.id, department.id if known is None else known.department_id, prefix)


def _settle(  # what a profile needs
    profile: Profile, place: Place, link: Link, *, keyring: Keyring | None, clock: Clock, ids: IdSource
) -> Enrolled:
    """Make the profile this counter, if it is nobody yet, keep its way to the centre and fetch everything."""
    database, _ = open_store(profile, keyring=keyring, create=True)
    try:
        if not opening.has_identity(database):
            with database.write() as connection:
                opening.enrol(
                    connection,
                    opening.Identity(
                        counter_id=place.counter_id,
                        department_id=place.department_id,
                        store_id=place.store_id,
                        prefix=place.prefix,
                        incarnation=ids.new(),
                        salt=secrets.token_hex(32),
                        receipt_no=place.receipt_no,
                    ),
                )
    finally:
        database.close()
    desk = open_desk(profile, keyring=keyring, clock=clock, ids=ids)
    try:
        if desk.me.counter_id != place.counter_id:
            raise Refusal(
                "other_counter",
                Text(N_("This profile already belongs to another counter ({prefix})."), {"prefix": desk.me.prefix}),
            )
        exchange.remember_link(desk, link)
        result = exchange.one_round(desk)
        return Enrolled(place.counter_id, place.prefix, link.role, result.pulled)
    finally:
        desk.database.close()


def _publish_counter(  # the row of a counter
    url: str, counter_id: UUID, store_id: UUID, department_id: UUID, prefix: str, *, clock: Clock, ids: IdSource
) -> None:
    clerk = centre.enrol(url, centre.NewCounter(named_id("counter", "enrolment"), "enrolment", None, office=True))
    row = {
        "id": counter_id,
        "department_id": department_id,
        "store_id": store_id,
        "code": prefix,
        "name": prefix,
        "prefix": prefix,
        "ver": clock.now_ms() << 16,
    }
    centre.push_master(clerk, {"counter": [row]}, clock, ids)
