"""F6 with a centre: a counter whose file was torn is level with everybody after one exchange, and nothing is twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from crosssell_desktop.store import salvage
from crosssell_desktop.store.opening import open_database
from crosssell_desktop.store.queries.find import find_customers
from crosssell_desktop.store.schema import metadata
from tests.sync.kit import KEY, Shop, Till

PAGE = 4_096


def _rescue(till: Till) -> salvage.Salvaged:
    till.database.close()
    wreck = salvage.Wreck(till.path, KEY)
    who = salvage.identity(wreck)
    assert who is not None
    fresh = till.folder / "fresh.db"
    database = open_database(fresh, KEY, create=True)
    with database.write() as connection:
        done = salvage.bring_over(connection, wreck, who, till.ids.new(), till.clock.now_ms())
    database.checkpoint()
    database.close()
    wreck.close()
    till.put_back(fresh)
    return done


def test_a_row_that_finds_another_under_its_key_is_counted_and_named(shop: Shop) -> None:
    till = shop.till()
    one, two = till.meet("Анна"), till.meet("Борис")
    till.database.checkpoint()
    wreck = salvage.Wreck(till.path, KEY)
    who = salvage.identity(wreck)
    assert who is not None
    database = open_database(till.folder / "fresh.db", KEY, create=True)
    with database.write() as connection:
        # One of the two stands there already as it is, and another person under the key of the second.
        kept = till.look(f"SELECT * FROM customer WHERE id = x'{one.hex}'")[0]
        marks = ", ".join("?" * len(kept))
        connection.exec_driver_sql(f"INSERT INTO customer VALUES ({marks})", kept)
        other = [*till.look(f"SELECT * FROM customer WHERE id = x'{two.hex}'")[0]]
        other[list(metadata.tables["customer"].columns.keys()).index("display_name")] = "Вера"
        connection.exec_driver_sql(f"INSERT INTO customer VALUES ({marks})", tuple(other))
        done = salvage.bring_over(connection, wreck, who, till.ids.new(), till.clock.now_ms())
    with database.read() as connection:
        # Who was brought over is found by name: the index is made anew.
        assert [c.id for c in find_customers(connection, "анна", 5).customers] == [one]
        assert [c.id for c in find_customers(connection, "вера", 5).customers] == [two]
        assert find_customers(connection, "борис", 5).customers == ()
    database.close()
    wreck.close()
    assert done.passed_over == (("customer", 1),)
    assert done.torn == ()


@pytest.mark.parametrize("seed", range(4))
def test_f6_a_torn_counter_sends_what_was_whole_and_hears_the_rest(shop: Shop, seed: int) -> None:
    torn, other = shop.till(), shop.till()
    customer = torn.meet("Анна")
    for _ in range(15):
        torn.sell(customer)
        other.sell()
    shop.sync_all()
    unsent = {torn.sell(customer) for _ in range(10)}
    torn.database.checkpoint()
    torn.database.close()
    _tear(torn.path, random.Random(seed))
    done = _rescue(torn)
    lost = sum(last - first + 1 for first, last in done.lost)
    assert done.operations + lost == 26
    before = set(torn.contents("sale"))
    shop.sync_all()
    shop.must_be_level()
    # A sale is gone only where its row and its operation were both torn.
    there = set(shop.contents("sale"))
    assert len(there) >= 40 - lost
    assert unsent & there == unsent & before
    doubled = shop.ask("SELECT op_id FROM sync.op WHERE state <> 'dup' GROUP BY op_id HAVING count(*) > 1")
    assert doubled == []
    assert shop.ask("SELECT error FROM sync.op WHERE state = 'quarantined'") == []
    assert torn.look("SELECT entity FROM only_here") == []


def _tear(path: Path, chance: random.Random) -> None:
    raw = bytearray(path.read_bytes())
    for page in chance.sample(range(2, len(raw) // PAGE), 3):
        raw[page * PAGE + 100 : page * PAGE + 612] = bytes(512)
    path.write_bytes(bytes(raw))
