"""Faults of the second era: a disk that only reads, a month away, a session cut, a server that is full.

A seed means one schedule of one era; seeds that were found in the first era keep their meaning.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.sync.link import CentreAway
from crosssell_desktop.sync.wire import NOTHING, PushCall

if TYPE_CHECKING:
    from tests.exchange.machine import Machine, Till

DAY = 86_400_000


def quiet_hearer(world: Machine, till: Till) -> None:
    """F10 for one who only listens: the centre goes back without a word, and its numbers grow past him again."""
    if len(world.tills) > 3:
        return
    world._close_late()
    world.faults["F10 centre put back without a word"] += 1
    world.put_backs += 1
    kept, there = world.centre.keep(), world._at_centre()
    teller, newcomer = world._new_till(till.store_id), world._new_till(till.store_id)
    for one, times in ((teller, 3), (newcomer, 1)):
        for _ in range(times):
            world.sell(one)
            one.exchange.pace.ops = 1
            with contextlib.suppress(CentreAway):
                world._note(one, one.exchange.round())
        with contextlib.suppress(CentreAway):
            world._note(till, till.exchange.round())
        if one is teller:
            world.centre.put_back(kept, told=False)
            world.there = there


def card_forgotten(world: Machine, till: Till) -> None:
    """F10 and F19: a card was changed at a machine that is gone, and the centre goes back behind that change."""
    known = till.look("SELECT id FROM customer ORDER BY id LIMIT 1")
    if not known or len(world.tills) > 3:
        return
    world._close_late()
    world.faults["F19 card forgotten"] += 1
    world.put_backs += 1
    kept, there = world.centre.keep(), world._at_centre()
    gone = world._new_till(till.store_id)
    gone.clock.at_ms = till.clock.at_ms + DAY
    with contextlib.suppress(CentreAway):
        world._note(gone, gone.exchange.round())
        world._card(gone, UUID(bytes=bytes(known[0][0])))
        world._note(gone, gone.exchange.round())
        world._note(till, till.exchange.round())
    world.drop(gone)
    world.centre.put_back(kept, told=world.chance.random() < 0.5)
    world.there = there


def read_only(world: Machine, till: Till) -> None:
    """F5: the disk takes nothing: a sale is refused aloud, an exchange stops, and both go when it does again."""
    world.faults["F5 read-only disk"] += 1
    rows = world._sale(till)[3]
    raw = till.database._writer.raw_connection()
    try:
        raw.cursor().execute("PRAGMA query_only=ON")
        refused = False
        try:
            world._record(till, "sale", lambda _: rows)
        except EnvironmentTrouble:
            refused = True
        world.must(refused, "F5 a disk that only reads is not noticed")
        with contextlib.suppress(EnvironmentTrouble):
            till.exchange.round(max_steps=3)
    finally:
        raw.cursor().execute("PRAGMA query_only=OFF")
        raw.close()


def month_off(world: Machine, till: Till) -> None:
    """F16: thirty days without the centre, which forgets its feed meanwhile."""
    world.faults["F16 a month offline"] += 1
    for _ in range(world.chance.randint(10, 20)):
        till.clock.at_ms += 2 * DAY
        world.sell(till)
    world.prune(till)


def session_cut(world: Machine, till: Till) -> None:
    """F9: the server ends the session between two calls, as at its restart."""
    _open_session(till)
    world.faults["F9 session cut"] += 1
    world.centre.cut(till.wire.real)
    _must_be_away(world, till)


def server_full(world: Machine, till: Till) -> None:
    """F9: no connection is left for this counter (53300); it waits and loses nothing."""
    _open_session(till)
    world.faults["F9 connection limit"] += 1
    world.centre.full(till.counter_id, is_full=True)
    world.centre.cut(till.wire.real)
    world.sell(till)
    for _ in range(2):
        _must_be_away(world, till)
    world.centre.full(till.counter_id, is_full=False)


def _open_session(till: Till) -> None:
    state = till.state()
    till.wire.real.exchange(PushCall(state.incarnation, state.epoch, state.proto, NOTHING), None)


def _must_be_away(world: Machine, till: Till) -> None:
    away = False
    try:
        till.exchange.round(max_steps=1)
    except CentreAway:
        away = True
    world.must(away, "F9 a session that was cut answered")


MORE: dict[str, Callable[[Machine, Till], None]] = {
    "quiet_hearer": quiet_hearer,
    "card_forgotten": card_forgotten,
    "read_only": read_only,
    "month_off": month_off,
    "session_cut": session_cut,
    "server_full": server_full,
}
