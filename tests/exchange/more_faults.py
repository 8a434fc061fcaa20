"""Faults of the later eras: a disk that only reads or fails, a month away, a session cut, a server that is full.

A seed means one schedule of one era; seeds that were found in an earlier one keep their meaning.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.fields import edited
from crosssell_desktop.store import field_rows
from crosssell_desktop.store.schema.customers import customer as customers
from crosssell_desktop.sync.link import CentreAway
from crosssell_desktop.sync.wire import NOTHING, PushCall

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from crosssell_desktop.store.unit import Unit
    from tests.exchange.machine import Machine, Till
    from tests.exchange.rows import Row

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


def edit(world: Machine, till: Till) -> None:
    """Somebody changes one field of a card, by its own clock, whatever others write beside it."""
    known = till.look("SELECT id FROM customer ORDER BY id")
    if not known:
        return
    customer = UUID(bytes=bytes(world.chance.choice(known)[0]))
    name = world.chance.choice(["display_name", "language", "birthday"])
    value = f"{world.chance.choice(['Анна', 'Борис'])} {world.chance.randint(0, 9)}"

    def rows(unit: Unit) -> dict[str, list[Row]]:
        row = field_rows.row_of(unit.connection, customers, customer)
        assert row is not None
        return {"customer": [edited(row, {name: value}, unit.tick(), till.counter_id)]}

    world._record(till, "customer_changed", rows)


def io_error(world: Machine, till: Till) -> None:
    """F5: the disk fails at a commit of a sale or of an exchange: refused aloud, nothing half done, and it goes on."""
    world.faults["F5 I/O error at a commit"] += 1
    left = world.chance.randint(0, 3)

    def fail(_connection: Connection) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OperationalError("COMMIT", {}, sqlcipher.OperationalError("disk I/O error"))

    engine = till.database._writer
    rows = world._sale(till)[3]
    event.listen(engine, "commit", fail)
    try:
        with contextlib.suppress(EnvironmentTrouble, CentreAway):
            world._note(till, till.exchange.round(max_steps=8))
        left = 0
        refused = False
        try:
            world._record(till, "sale", lambda _: rows)
        except EnvironmentTrouble:
            refused = True
        world.must(refused, "F5 a disk that fails is not noticed")
    finally:
        event.remove(engine, "commit", fail)
    till.token = None


def double_press(world: Machine, till: Till) -> None:
    """F17: the same sale is saved twice, as by a double click that got past the screen: the second is refused."""
    world.faults["F17 saved twice"] += 1
    sale_id, total, lines, rows = world._sale(till)
    op_id = world._record(till, "sale", lambda _: rows)
    world.money[op_id] = (sale_id, total, lines)
    refused = False
    try:
        world._record(till, "sale", lambda _: rows)
    except IntegrityError:
        refused = True
    world.must(refused, "F17 one sale was saved twice")


MORE: dict[str, Callable[[Machine, Till], None]] = {
    "quiet_hearer": quiet_hearer,
    "card_forgotten": card_forgotten,
    "read_only": read_only,
    "month_off": month_off,
    "session_cut": session_cut,
    "server_full": server_full,
}
"""Of the second era."""
THIRD: dict[str, Callable[[Machine, Till], None]] = {"edit": edit, "io_error": io_error, "double_press": double_press}
