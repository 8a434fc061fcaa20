"""Opens or makes a counter's database: new, current, upgraded with a backup first, or refused when it is newer."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import insert, inspect, select, text

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.schema.exchange import me

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection

HEAD = "0001"
"""The newest counter revision this program knows; a test compares it with the migration tree."""

PROTO = 1
FREE_BYTES_AT_LEAST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    """What enrolment gives a counter: ids, prefix of human numbers, and the secret salt of its hashes."""

    counter_id: UUID
    department_id: UUID
    store_id: UUID
    prefix: str
    incarnation: UUID
    salt: str
    receipt_no: int = 0
    """The last receipt number given out at this place before."""


def open_database(path: Path, key: bytes, *, create: bool) -> Database:
    """Open the file; make it if ``create`` and missing; upgrade it if older.

    Raises:
        Refusal: ``no_database`` when missing, ``database_newer`` when a newer program wrote it,
            ``wrong_key_or_damaged``.
        EnvironmentTrouble: the disk is full or cannot be written.
    """
    is_new = not path.exists()
    if is_new:
        if not create:
            raise Refusal(
                "no_database",
                Text(
                    N_("There is no shop in this profile yet: {folder}. Make one with «crosssell demo» or import."),
                    {"folder": str(path.parent)},
                ),
            )
        path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(path.parent).free < FREE_BYTES_AT_LEAST:
        raise EnvironmentTrouble(
            "disk_full",
            Text(N_("The disk is full. Nothing was saved; free some space and press the key again.")),
        )
    if is_new:
        # Made before SQLite opens it, so that it is nobody else's from the first byte on.
        path.touch(mode=0o600)
    database = Database(path, key)
    try:
        found = _revision(database)
        if found != HEAD:
            _upgrade(database, path, found)
        # A power cut in the middle of folding leaves torn pages that the log still covers. Folding again mends them;
        # SQLCipher's own check reads the file alone and would call them damage.
        database.checkpoint()
    except BaseException:
        database.close()
        raise
    return database


def _revision(database: Database) -> str | None:
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(database: Database, path: Path, found: str | None) -> None:
    # Alembic is imported only when there is something to do: it would cost every start a third of a second.
    from alembic import command  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = migration_config()
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise Refusal(
            "database_newer",
            Text(
                N_(
                    "The database was written by a newer program (revision {found}). "
                    "Update this program; nothing was changed."
                ),
                {"found": found},
            ),
        )
    if found is not None:
        database.backup_to(path.with_name(f"{path.stem}-before-{HEAD}{path.suffix}"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def migration_config() -> Config:
    """Return Alembic's configuration for the counter tree, made without any ini file."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations" / "counter"))
    return config


def has_identity(database: Database) -> bool:
    """Say whether the counter has been enrolled."""
    with database.read() as connection:
        return connection.execute(select(me.c.one)).first() is not None


def enrol(connection: Connection, identity: Identity) -> None:
    """Write who this counter is; done once."""
    connection.execute(
        insert(me).values(
            one=1,
            counter_id=identity.counter_id,
            department_id=identity.department_id,
            store_id=identity.store_id,
            prefix=identity.prefix,
            incarnation=identity.incarnation,
            epoch="",
            proto=PROTO,
            hlc=0,
            receipt_no=identity.receipt_no,
            return_no=0,
            shift_no=0,
            salt=identity.salt,
        )
    )
