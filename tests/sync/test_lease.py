"""Ruling 7: customers' data are readable 14 days without an exchange, then locked by key, and erased at 30 days.

Nothing unsent is lost by either, and everything is back after the next exchange.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId, DepartmentId, PersonId, StoreId
from crosssell_desktop.domain.lease import Stage
from crosssell_desktop.services import customers, finding, upkeep
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import journal, lease_rows, unit
from crosssell_desktop.store.queries import chain
from crosssell_desktop.sync import centre
from crosssell_desktop.sync.link import AccessRefused, CentreAway
from tests.sync.kit import KEY, MakeShop, Shop, Till, row
from tests.sync.pages import pages_of

PEOPLE = 30


@dataclass
class Place:
    shop: Shop
    away: Till
    other: Till
    people: list[UUID] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def later(self, days: float) -> None:
        for till in self.shop.tills:
            till.clock.at_ms += int(days * DAY_MS)

    def cut(self) -> None:
        self.away.network.is_cut = True
        self.away.network.close()

    def heal(self) -> None:
        self.away.network.is_cut = False

    def try_in_vain(self) -> None:
        with pytest.raises(CentreAway):
            self.away.sync()

    def said(self) -> set[str]:
        """Return the seeded words that stand anywhere in the files of the counter that is away, decrypted."""
        files = [path for path in self.away.folder.rglob("*.db") if path.is_file()]
        content = b"\0".join(itertools.chain.from_iterable(pages_of(path) for path in files))
        return {word for word in self.words if word.encode() in content}


def desk_of(till: Till) -> Desk:
    with till.database.write() as connection:
        me = unit.me_of(connection)
        journal.save_rows(connection, {"person": [person_row(level) for level in Level]})
    return Desk(till.database, till.clock, till.ids, KEY, till.folder, me)


def person_row(level: Level) -> dict[str, Any]:
    some = uuid.UUID(int=level)
    return {
        "id": some,
        "store_id": some,
        "department_id": some,
        "full_name": "Д.",
        "short_name": "Д.",
        "level": int(level),
        "language": "ru",
        "active": True,
        "ver": 1,
    }


def person(level: Level = Level.CONSULTANT) -> Session:
    some = uuid.UUID(int=level)
    return Session(some, PersonId(some), "Д.", level, DepartmentId(some), StoreId(some), "ru")


def meet(place: Place, till: Till, n: int) -> UUID:
    """Make a card with seeded words everywhere a card can have one."""
    one, note = till.ids.new(), till.ids.new()
    name, phone, street, told, wish, serial = (
        f"Семенов{n:04}ский", f"+7916{n:07}", f"Тайная{n:04} улица", f"любит{n:04}грушу", f"ищет{n:04}лампу",
        f"SER{n:06}X",
    )  # fmt: skip
    fact = {"counter_id": till.counter_id, "made_at": till.clock.now_ms(), "customer_id": one}
    with unit.begin(till.database, till.clock, till.ids) as work:
        own = {"customer_id": one, "ver": work.tick()}
        card = {"display_name": name, "family_name": name, "status": "active", "birthday": "05-04"}
        work.record(
            "met",
            {
                "customer": [row("customer", id=one, **card, ver=work.tick())],
                "contact_point": [
                    row("contact_point", type=kind, value=value, **own)
                    for kind, value in (("phone", phone), ("post", street))
                ],
                "customer_note": [row("customer_note", id=note, **fact)],
                "note_text": [row("note_text", id=note, text=told, **own)],
                "need": [row("need", text=wish, status="open", source="stated", **own)],
                "ownership": [row("ownership", serial=serial, text="вещь", **own)],
            },
        )
    place.people.append(one)
    place.words += [name, phone, street, told, wish, serial]
    return one


@pytest.fixture
def place(make_shop: MakeShop) -> Iterable[Place]:
    shop = make_shop()
    made = Place(shop, shop.till(), shop.till())
    for n in range(PEOPLE):
        meet(made, (made.away, made.other)[n % 2], n)
    shop.sync_all()
    upkeep.back_up(desk_of(made.away), made.away.folder / "backups" / "monday.db")
    yield made
    shop.close()


def stage(till: Till) -> Stage:
    with till.database.read() as connection:
        return lease_rows.standing(connection, till.clock.now_ms()).stage


def personal(till: Till) -> dict[str, object]:
    tables = ("customer", "contact_point", "note_text", "need", "ownership", "sale")
    return {name: till.contents(name) for name in tables}


def finds(till: Till, text: str) -> list[UUID]:
    found = finding.look_up(desk_of(till), person(), text, 5).customers.customers
    return [one.id for one in found]


def edit_unsent(place: Place) -> tuple[UUID, UUID, UUID]:
    """Sell, edit a card and make a card that the centre does not hear of; return sale, edited and made."""
    desk = desk_of(place.away)
    sale = place.away.sell(place.people[3])
    edited = place.people[4]
    customers.edit(desk, person(), CustomerId(edited), {"display_name": "Правленый Иван"})
    place.words.append("Правленый")
    made = meet(place, place.away, 7_777)
    return sale, edited, made


def test_selling_goes_on_and_data_are_locked_by_key_on_the_fourteenth_day(place: Place) -> None:
    assert place.said() == set(place.words)
    before = personal(place.away)
    place.cut()
    edit_unsent(place)
    mine = personal(place.away)
    place.later(9.9)
    place.try_in_vain()
    assert stage(place.away) is Stage.OPEN
    place.later(3)
    place.try_in_vain()
    assert stage(place.away) is Stage.WARN
    assert finds(place.away, "Семенов0001ский") == [place.people[1]]
    place.later(1.2)
    # From the very second on nobody is shown, whether the bytes are sealed yet or not.
    with pytest.raises(Refusal, match="people_locked"):
        customers.card(desk_of(place.away), person(), CustomerId(place.people[1]))
    place.try_in_vain()
    assert stage(place.away) is Stage.LOCKED
    assert place.said() == set()
    ((key,),) = place.shop.ask(
        "SELECT encode(lease_key, 'hex') FROM sync.counter WHERE counter_id = %s", (place.away.counter_id,)
    )
    content = b"".join(pages_of(place.away.path))
    assert bytes.fromhex(key) not in content
    assert key.encode() not in content
    assert place.away.look("SELECT count(*) FROM find_word") == [(0,)]
    with pytest.raises(Refusal, match="people_locked"):
        customers.edit(desk_of(place.away), person(), CustomerId(place.people[1]), {"display_name": "Никто"})
    with pytest.raises(Refusal, match="people_locked"):
        customers.create(desk_of(place.away), person(), name="Новый Человек")
    late_sale = place.away.sell(place.people[1])
    with place.away.database.read() as connection:
        assert chain.faults(connection) == []

    place.heal()
    assert "unlocked" in place.away.sync().healed
    assert stage(place.away) is Stage.OPEN
    after = personal(place.away)
    assert late_sale in place.shop.contents("sale")
    assert {**after, "sale": None} == {**mine, "sale": None}
    assert before != mine
    assert finds(place.away, "Семенов0001ский") == [place.people[1]]
    place.shop.sync_all()
    place.shop.must_be_level()
    assert place.away.look("SELECT count(*) FROM sealed") == [(0,)]
    with place.away.database.read() as connection:
        assert chain.faults(connection) == []


def test_after_31_days_data_are_gone_and_unsent_sales_and_cards_still_go_up(place: Place) -> None:
    place.cut()
    sale, edited, made = edit_unsent(place)
    place.later(15)
    place.try_in_vain()
    under_seal = place.away.look("SELECT count(*) FROM sealed WHERE stays = 0")[0][0]
    place.later(16)
    place.try_in_vain()
    assert stage(place.away) is Stage.ERASED
    assert under_seal > 0
    # What the centre has as well is gone, seal and all; what nobody else has waits.
    assert place.away.look("SELECT DISTINCT entity, stays FROM sealed") == [("outbox", 1)]
    assert place.said() == set()
    place.away.sell(edited)
    place.heal()
    place.other.rename(place.people[1], "Другое Имя")
    place.other.sync()
    assert "unlocked" in place.away.sync().healed
    place.shop.sync_all()
    assert sale in place.shop.contents("sale")
    assert "Правленый Иван" in place.shop.contents("customer")[edited]
    assert "Семенов7777ский" in place.shop.contents("customer")[made]
    for table in ("customer", "contact_point", "note_text", "need", "ownership"):
        assert place.away.contents(table) == place.shop.contents(table), table
    place.shop.must_be_level()
    assert finds(place.away, "Правленый") == [edited]
    assert finds(place.away, "Семенов7777ский") == [made]
    assert finds(place.away, "Другое Имя")[0] == place.people[1]
    assert place.away.look("SELECT count(*) FROM customer WHERE status = 'locked'") == [(0,)]
    with place.away.database.read() as connection:
        assert chain.faults(connection) == []


def test_a_cut_in_the_middle_of_locking_and_opening_loses_nothing(place: Place) -> None:
    place.cut()
    edit_unsent(place)
    mine = personal(place.away)
    place.later(15)
    for step in (1, 3, 6, 10):
        place.away.exchange._lease.write = _breaking_after(place.away, step)
        with pytest.raises(_PowerCut):
            place.away.sync()
        place.away.database.close()
        place.away.open()
    place.try_in_vain()
    assert place.said() == set()
    place.heal()
    for step in (1, 4, 8):
        place.away.exchange._lease.write = _breaking_after(place.away, step)
        with pytest.raises(_PowerCut):
            place.away.sync()
        place.away.database.close()
        place.away.open()
    place.away.sync()
    assert personal(place.away) == mine
    place.shop.sync_all()
    place.shop.must_be_level()


class _PowerCut(Exception):  # noqa: N818
    pass


def _breaking_after(till: Till, steps: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    left = [steps]

    def write(work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        with till.database.write() as connection:
            done = work(connection)
            left[0] -= 1
            if left[0] < 0:
                raise _PowerCut
            return done

    return write


def test_a_counter_that_was_revoked_never_opens_again(place: Place) -> None:
    place.later(1)
    centre.revoke(place.shop.url, place.away.counter_id)
    for days in (1, 13, 1):
        place.later(days)
        # The first look finds its session ended.
        with pytest.raises((AccessRefused, CentreAway)):
            place.away.sync()
    assert place.said() == set()
    with pytest.raises(AccessRefused):
        place.away.sync()
    assert stage(place.away) is Stage.LOCKED


@pytest.mark.parametrize("back_days", [1, 20, 4_000])
def test_a_clock_that_is_set_back_lengthens_nothing(place: Place, back_days: int) -> None:
    place.cut()
    place.later(9)
    place.try_in_vain()
    for times in range(3):
        # Off in the evening, and in the morning the clock is where it was long ago.
        place.away.clock.at_ms -= back_days * DAY_MS
        place.away.database.close()
        place.away.open()
        place.try_in_vain()
        assert stage(place.away) is (Stage.WARN if times == 0 else Stage.LOCKED)
    assert place.said() == set()


def test_a_clock_set_forward_and_back_locks_and_the_exchange_opens(place: Place) -> None:
    place.cut()
    place.later(20)
    place.try_in_vain()
    place.away.clock.at_ms -= 20 * DAY_MS
    place.try_in_vain()
    assert stage(place.away) is Stage.LOCKED
    place.heal()
    place.away.sync()
    assert stage(place.away) is Stage.OPEN
    assert finds(place.away, "Семенов0001ский") == [place.people[1]]


def test_copies_made_before_the_lock_are_replaced(place: Place) -> None:
    folder: Path = place.away.folder / "backups"
    assert [path.name for path in folder.glob("*.db")] == ["monday.db"]
    place.cut()
    place.later(15)
    place.try_in_vain()
    (copy,) = folder.glob("*.db")
    assert copy.name.startswith("locked-")
    place.heal()
    place.away.put_back(copy)
    # The copy is the locked file: it opens by the centre's key like the file itself.
    assert place.said() == set()
    place.away.sync()
    assert finds(place.away, "Семенов0001ский") == [place.people[1]]
