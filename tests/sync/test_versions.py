"""F14: a day of counters of three program versions against a centre of today and of tomorrow: all sales land.

The forms are invented, the ways are the real ones: ``schema_v`` of each operation, the centre's upcaster step by step,
quarantine and another look after the upgrade, unknown columns and tables on the way down, ``proto_min``.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.sync.wire import PushCall
from tests.sync.kit import Shop, Till

N = 3
"""Today's form of operations in this test; N-2 wrote roubles and no count of lines, N-1 no count of lines."""

UPCAST = """CREATE OR REPLACE FUNCTION sync.upcast(p_schema_v int, p_ops jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = sync, pg_temp AS $f$
BEGIN
  IF p_schema_v < 2 THEN
    SELECT jsonb_agg(jsonb_set(o, '{body,rows,sale}', (SELECT jsonb_agg((s - 'total_roubles')
        || jsonb_build_object('total_minor', (s->>'total_roubles')::bigint * 100))
      FROM jsonb_array_elements(o->'body'->'rows'->'sale') s))) INTO p_ops
    FROM jsonb_array_elements(p_ops) o;
  END IF;
  IF p_schema_v < 3 THEN
    SELECT jsonb_agg(jsonb_set(o, '{body,rows,sale}', (SELECT jsonb_agg(s
        || jsonb_build_object('line_count', jsonb_array_length(o->'body'->'rows'->'sale_line')))
      FROM jsonb_array_elements(o->'body'->'rows'->'sale') s))) INTO p_ops
    FROM jsonb_array_elements(p_ops) o;
  END IF;
  RETURN p_ops;
END $f$"""


@dataclass
class Versioned:
    """A counter whose program speaks an older, today's or a newer form."""

    till: Till
    version: int
    sales: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        real = self.till.network.real.exchange

        def exchange(push: PushCall, pull: Any) -> Any:  # noqa: ANN401
            ops = [self._as_written(op) for op in json.loads(push.ops)]
            return real(PushCall(push.incarnation, push.epoch, push.proto, json.dumps(ops)) if ops else push, pull)

        self.till.network.real.exchange = exchange  # type: ignore[method-assign]

    def _as_written(self, op: dict[str, Any]) -> dict[str, Any]:
        """Return the operation as a program of this version would have written it."""
        op["schema_v"] = self.version
        for sale in op["body"]["rows"]["sale"]:
            if self.version < N:
                del sale["line_count"]
            if self.version < N - 1:
                sale["total_roubles"] = sale.pop("total_minor") // 100
        return op

    def sell(self, lines: int) -> None:
        self.sales.add(self.till.sell(lines=lines))


def _tomorrow(shop: Shop) -> None:
    """Bring the centre to the next form, and look again at what waited for it."""
    shop.ask(f"UPDATE sync.centre SET schema_v = {N + 1}, proto_max = 2")
    for row in shop.ask(
        "SELECT counter_no, incarnation, seq FROM sync.op WHERE state = 'quarantined' ORDER BY 1, 2, 3"
    ):
        assert shop.ask("SELECT sync.reproject(%s, %s, %s)", row) == [("ok",)]
    # What only tomorrow's programs know: a table, and a column of a table everybody has.
    shop.ask(
        "INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)"
        " VALUES (0, 'hologram', gen_random_uuid(), 1, false, 4, 1, gen_random_uuid(), '{}')"
    )


@pytest.mark.parametrize("upgraded_at", [None, 0, 20], ids=["centre N", "centre N+1", "centre upgraded at noon"])
def test_f14_a_day_of_three_versions_lands_every_sale(shop: Shop, upgraded_at: int | None) -> None:
    shop.ask(UPCAST)
    shop.ask(f"UPDATE sync.centre SET schema_v = {N}")
    chance = random.Random(14)
    counters = [Versioned(shop.till(), version) for version in (N - 2, N - 1, N)]
    shop.sync_all()
    for step in range(40):
        if step == upgraded_at:
            _tomorrow(shop)
        for one in counters:
            for _ in range(chance.randint(0, 2)):
                one.sell(chance.randint(1, 3))
            if chance.random() < 0.4:
                one.till.sync_over_faults()
    shop.sync_all()
    there = {id_: json.loads(text) for id_, text in shop.contents("sale").items()}
    sold = set().union(*(one.sales for one in counters))
    assert set(there) == sold
    assert len(sold) > 60
    assert shop.ask("SELECT count(*) FROM sync.op WHERE state <> 'ok'") == [(0,)]
    lines = [json.loads(text)["sale_id"] for text in shop.contents("sale_line").values()]
    for id_, sale in there.items():
        assert sale["line_count"] == lines.count(str(id_))
        assert sale["total_minor"] == 100 * sale["line_count"]
    shop.must_be_level()


def test_f14_a_newer_programs_sales_wait_at_an_older_centre_and_land_after_its_upgrade(shop: Shop) -> None:
    shop.ask(UPCAST)
    shop.ask(f"UPDATE sync.centre SET schema_v = {N}")
    new, old = Versioned(shop.till(), N + 1), Versioned(shop.till(), N - 2)
    shop.sync_all()
    for one in (new, old):
        one.sell(2)
    result = new.till.sync()
    assert (result.pushed, result.quarantined, result.unsent) == (1, 1, 0), "taken, and kept aside"
    old.till.sync()
    assert set(shop.contents("sale")) == old.sales
    _tomorrow(shop)
    shop.sync_all()
    assert set(shop.contents("sale")) == new.sales | old.sales
    assert set(old.till.contents("sale")) == new.sales | old.sales
    assert old.till.look("SELECT entity FROM skipped_entity") == [("hologram",)]


def test_f14_a_program_below_the_oldest_supported_hears_no_news_and_loses_no_sale(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    shop.ask("UPDATE sync.centre SET proto_min = 2, proto_max = 2")
    sale = one.sell()
    result = one.sync()
    assert (result.pushed, result.update_wanted) == (1, True)
    assert set(shop.contents("sale")) == {sale}
    assert two.sync().update_wanted
    assert two.contents("sale") == {}
    shop.ask("UPDATE sync.centre SET proto_min = 1")
    shop.sync_all()
    shop.must_be_level()


def test_f14_a_column_of_tomorrow_is_passed_over_today(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    customer = one.meet("Анна")
    one.sync()
    shop.ask('UPDATE sync.feed SET body = body || \'{"aura": "green"}\'')
    two.sync()
    assert set(two.contents("customer")) == {customer}
