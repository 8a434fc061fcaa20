"""The one list of what travels, and the centre's schema made from it."""

from __future__ import annotations

from pathlib import Path

from crosssell_desktop.store.schema import metadata
from crosssell_desktop.sync import centre_ddl
from crosssell_desktop.sync.tables import BY_TABLE, HEARD, TRAVELS
from tests.sync.kit import Shop

FROZEN = Path(centre_ddl.__file__).parent.parent / "migrations/centre/versions/0001_initial.sql"


def test_every_table_that_is_not_local_is_in_the_list_and_no_other() -> None:
    travelling = {t.name for t in metadata.tables.values() if t.info["kind"] != "local"}
    assert {t.table for t in TRAVELS} == travelling
    assert len(TRAVELS) == len(BY_TABLE)


def test_registers_travel_as_registers_and_facts_as_facts() -> None:
    for travel in TRAVELS:
        is_register = metadata.tables[travel.table].info["kind"] == "register"
        assert (travel.rule == "register") == is_register, travel.table


def test_parents_stand_before_their_children() -> None:
    order = [t.table for t in TRAVELS]
    for name in order:
        for key in metadata.tables[name].foreign_keys:
            assert order.index(key.column.table.name) < order.index(name)


def test_what_only_goes_up_is_not_heard() -> None:
    assert {t.table for t in TRAVELS} - set(HEARD) == {"suggestion_run", "access"}


def test_every_travelling_table_has_an_id_and_every_register_a_version() -> None:
    for travel in TRAVELS:
        names = set(metadata.tables[travel.table].columns.keys())
        assert "id" in names
        assert travel.rule != "register" or "ver" in names


def test_the_frozen_revision_is_what_the_list_makes() -> None:
    made = centre_ddl.SEPARATOR.join(centre_ddl.statements()) + "\n"
    assert FROZEN.read_text(encoding="utf-8") == made, "run tools/freeze_centre_schema.py"


def test_the_centre_has_every_travelling_column_in_its_own_type(shop: Shop) -> None:
    found = {
        (table, column): kind
        for table, column, kind in shop.ask(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'shop'"
        )
    }
    kinds = {"Id": "uuid", "Int": "bigint", "Flag": "bigint", "Json": "text", "Str": "text"}
    for travel in TRAVELS:
        for column in centre_ddl.travelling_columns(travel.table):
            assert found.pop((travel.table, column.name)) == kinds[centre_ddl.kind_of(column)]
    assert {column for _, column in found} == {"_scope"}
