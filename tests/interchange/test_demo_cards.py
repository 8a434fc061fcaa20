"""The demo's cards live: families, things owned, needs, events, a firm with a valid number, and the staff's week."""

from __future__ import annotations

import datetime as dt

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.inn import is_inn
from crosssell_desktop.interchange import demo_cards
from crosssell_desktop.interchange.demo_history import generate_history
from crosssell_desktop.interchange.demo_loading import Rows
from crosssell_desktop.interchange.demo_shop import load_shop
from crosssell_desktop.store.schema import metadata

NOW = dt.datetime(2026, 3, 11, 9, tzinfo=dt.UTC)
NOW_MS = int(NOW.timestamp() * 1_000)


@pytest.fixture(scope="module")
def rows() -> Rows:
    shop = load_shop("electronics")
    return demo_cards.cards(generate_history(shop, 7, end_day=NOW.date()), shop, ver=1, now_ms=NOW_MS)


def test_every_row_has_the_columns_of_its_table_and_an_id_of_its_own(rows: Rows) -> None:
    for table, some in rows.items():
        columns = {c.name for c in metadata.tables[table].columns}
        assert some, table
        assert all(set(row) <= columns for row in some), table
        assert len({row["id"] for row in some}) == len(some), table


def test_what_is_owned_was_bought_lately_and_is_under_warranty(rows: Rows) -> None:
    assert all(0 <= NOW_MS - row["since"] <= demo_cards.OWNED_DAYS * DAY_MS for row in rows["ownership"])
    assert all(row["warranty_until"] > NOW_MS for row in rows["ownership"])


def test_the_firm_has_a_right_number_and_an_event_and_no_need_names_a_kind(rows: Rows) -> None:
    assert is_inn(demo_cards.FIRM_INN)
    (firm,) = rows["customer"]
    assert [e["size"] for e in rows["context_event"] if e["customer_id"] == firm["id"]] == [10]
    assert all((e["customer_id"] is None) != (e["household_id"] is None) for e in rows["context_event"])
    assert {n["product_type"] for n in rows["need"]} == {None}


def test_each_day_of_the_week_has_people_and_the_days_past_were_worked(rows: Rows) -> None:
    days = {row["day"] for row in rows["rota"]}
    assert len(days) == 7
    assert all((row["worked_minutes"] is not None) == (row["day"] < NOW.date().isoformat()) for row in rows["rota"])
