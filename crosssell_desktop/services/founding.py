"""Founds a counter of its own in an empty profile, so that imports and learning need no centre."""

from __future__ import annotations

import secrets

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import Identity, enrol, has_identity
from crosssell_desktop.store.unit import Unit

LONE_PREFIX = "L1"
"""The prefix of human numbers until a centre enrols the counter and gives another."""

_SALT_BYTES = 16


def found_alone(database: Database, clock: Clock, ids: IdSource) -> bool:
    """Give a profile without an identity a company, a store, a department and a counter; say whether it was so.

    Currency and time zone are those of the rules: roubles, and UTC until someone tells the zone.
    """
    if has_identity(database):
        return False
    company, store, department, counter, incarnation = (ids.new() for _ in range(5))
    with database.write() as connection:
        enrol(
            connection,
            Identity(counter, department, store, LONE_PREFIX, incarnation, secrets.token_hex(_SALT_BYTES)),
        )
        work = Unit(connection, clock, ids)
        ver = work.tick()
        work.record(
            "place_founded",
            {
                "company": [{"id": company, "name": "—", "currency": "RUB", "invented": False, "ver": ver}],
                "store": [
                    {"id": store, "company_id": company, "code": "1", "name": "1", "time_zone": "UTC", "ver": ver}
                ],
                "department": [
                    {"id": department, "store_id": store, "code": "1", "name_ru": "1", "name_en": "1", "ver": ver}
                ],
                "counter": [
                    {
                        "id": counter,
                        "department_id": department,
                        "store_id": store,
                        "code": LONE_PREFIX,
                        "name": LONE_PREFIX,
                        "prefix": LONE_PREFIX,
                        "ver": ver,
                    }
                ],
            },
        )
    return True
