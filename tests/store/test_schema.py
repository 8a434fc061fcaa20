from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.services import upkeep
from crosssell_desktop.store import ddl, opening
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import HEAD, migration_config, open_database
from crosssell_desktop.store.schema import metadata
from tests.shop import KEY, Counter, SetClock, desk_on


def shape(database: Database) -> dict[str, str]:
    """Return the whole schema as SQLite keeps it, white space aside."""
    with database.read() as connection:
        return {
            f"{kind} {name}": " ".join(sql.split())
            for kind, name, sql in connection.exec_driver_sql(
                "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
            )
        }


def test_a_migrated_file_is_what_the_models_say(tmp_path: Path) -> None:
    migrated = open_database(tmp_path / "migrated.db", KEY, create=True)
    fresh = Database(tmp_path / "fresh.db", KEY)
    with fresh.write() as connection:
        for statement in ddl.statements():
            connection.exec_driver_sql(statement)
    assert shape(migrated) == shape(fresh)
    migrated.close()
    fresh.close()


def test_the_program_knows_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(migration_config()).get_heads() == [HEAD]


def test_a_database_written_by_a_newer_program_is_refused_and_left_alone(photo: Counter) -> None:
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = photo.rows("SELECT count(*) FROM outbox")
    with pytest.raises(Refusal, match="database_newer") as caught:
        open_database(photo.path, KEY, create=False)
    assert "9999" in str(caught.value.text)
    assert photo.rows("SELECT version_num FROM alembic_version") == [("9999",)]
    assert photo.rows("SELECT count(*) FROM outbox") == before
    assert not list(photo.path.parent.glob("*-before-*"))


def test_every_revision_goes_up_with_data(photo: Counter, tmp_path: Path) -> None:
    """Each revision is reached with the rows of a real day put in at the one before, and no row is lost."""
    photo.open_shift()
    photo.sell("anna", "CAM-1", "CARD-64", of="olga")
    revisions = list(reversed(list(ScriptDirectory.from_config(migration_config()).walk_revisions())))
    database = Database(tmp_path / "step.db", KEY)
    kept: dict[str, int] = {}
    for revision in revisions:
        with database.write() as connection:
            config = migration_config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision.revision)
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            here = set(inspect(connection).get_table_names())
            assert all(_count(connection, name) == count for name, count in kept.items())
            kept = {name: _copy(photo, connection, name) for name in metadata.tables if name in here}
    assert kept["sale_line"] == 2
    assert set(kept) == set(metadata.tables)
    assert shape(photo.desk.database) == shape(database)
    database.close()


def _count(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())


def _copy(photo: Counter, connection: Connection, name: str) -> int:
    """Copy the rows of a table into a file of an older shape, once; return how many there are."""
    if _count(connection, name):
        return _count(connection, name)
    there = {c["name"] for c in inspect(connection).get_columns(name)}
    columns = [c.name for c in metadata.tables[name].columns if c.name in there]
    quoted = ", ".join(f'"{c}"' for c in columns)
    rows = photo.rows(f'SELECT {quoted} FROM "{name}"')
    if rows:
        connection.exec_driver_sql(
            f'INSERT INTO "{name}"({quoted}) VALUES ({", ".join("?" * len(columns))})',
            rows,
        )
    return len(rows)


def test_an_upgrade_backs_up_first_and_a_failing_one_changes_nothing(
    photo: Counter, wall: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo.open_shift()
    photo.sell("anna", "CAM-1", of="olga")
    facts = photo.rows("SELECT number, total_minor FROM sale")
    photo.desk.database.close()
    monkeypatch.setattr(opening, "HEAD", "0002")

    def half_way(config: object, _target: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]
        connection.exec_driver_sql("ALTER TABLE basket ADD COLUMN mood TEXT")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
        raise EnvironmentTrouble("disk_full", Text("full"))

    monkeypatch.setattr(command, "upgrade", half_way)
    with pytest.raises(EnvironmentTrouble, match="disk_full"):
        open_database(photo.path, KEY, create=False)
    backup = photo.path.with_name("K1-before-0002.db")
    monkeypatch.undo()
    for path in (photo.path, backup):
        desk = desk_on(path, wall, photo.desk.ids)
        with desk.look() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
            assert [tuple(r) for r in connection.exec_driver_sql("SELECT number, total_minor FROM sale")] == facts
            assert "mood" not in {c["name"] for c in inspect(connection).get_columns("basket")}
        assert upkeep.verify(desk).faults == ()
        desk.database.close()


@pytest.mark.parametrize("table", ddl.fact_tables())
@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_fact_is_never_edited(photo: Counter, table: str, act: str) -> None:
    """Each fact table refuses: a row is put in by force, since an empty table would agree to anything."""
    shape_of = metadata.tables[table]
    values = {"Id": b"x" * 16, "Int": 1, "Flag": 1, "Json": "{}"}
    columns = [c.name for c in shape_of.columns]
    row = [values.get(type(c.type).__name__, "x") for c in shape_of.columns]
    with photo.desk.database.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        names = ", ".join(f'"{c}"' for c in columns)
        connection.exec_driver_sql(
            f'INSERT INTO "{table}"({names}) VALUES ({", ".join("?" * len(columns))})',
            tuple(row),
        )
        statement = f'UPDATE "{table}" SET id = id' if act == "update" else f'DELETE FROM "{table}"'
        with pytest.raises(DBAPIError, match="a fact is never edited"):
            connection.exec_driver_sql(statement)
        connection.rollback()


def test_every_table_is_strict_and_says_how_it_lives() -> None:
    for table in metadata.tables.values():
        assert table.info["kind"] in {"fact", "register", "local"}
    made = [s for s in ddl.statements() if s.startswith("CREATE TABLE")]
    assert len(made) == len(metadata.tables)
    assert all(s.rstrip().endswith(("STRICT", "STRICT, WITHOUT ROWID", "WITHOUT ROWID, STRICT")) for s in made)


def test_a_text_does_not_get_into_a_column_of_money(photo: Counter) -> None:
    with pytest.raises(DBAPIError, match="cannot store TEXT"), photo.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE price SET amount_minor = 'much'")


def test_a_line_needs_its_sale(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CUP-1")
    with pytest.raises(DBAPIError, match="FOREIGN KEY"), photo.desk.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO payment(id, sale_id, means, amount_minor) VALUES (randomblob(16), randomblob(16), 'cash', 1)"
        )
