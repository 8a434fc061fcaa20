"""Opens the counter's encrypted SQLite file: one writer, a few readers, every safety pragma set and read back.

Law: one writer connection in the process, and only it checkpoints; a fact is durable when its commit returns
(``synchronous=FULL``); a database newer than the program is refused.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

KEY_BYTES = 32
BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 64 * 1024
BULK_CACHE_KIB = 256 * 1024
"""Holds the indexes of a million cards, so that a row of an import does not fetch a page for each of its keys."""
CHECKPOINT_PAGES = 1_000
BULK_CHECKPOINT_PAGES = 16_000
READERS = 3
WAL_RESET_MENDED = (3, 51, 3)
"""SQLite before this may corrupt a WAL reset under two connections; sqlcipher3 0.6.4 carries 3.53."""

_PRAGMAS: tuple[tuple[str, str | int, object], ...] = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("secure_delete", "ON", 1),
    ("busy_timeout", BUSY_TIMEOUT_MS, BUSY_TIMEOUT_MS),
    ("cache_size", -CACHE_KIB, -CACHE_KIB),
    ("temp_store", "MEMORY", 2),
)


Turn = Callable[[], contextlib.AbstractContextManager[None]]
"""Keeps everybody else from the writer while it lasts."""


class DatabaseDamaged(Refusal):
    """The file opens, but what is in it cannot be read whole."""


class Database:
    """The open file: ``write()`` gives the one writing transaction, ``read()`` a consistent snapshot.

    ``write()`` may be entered by one thread at a time only (the write lane); readers never block it.
    """

    _turn: Turn = contextlib.nullcontext
    """What a transaction waits for; long work beside the lane has one of its own."""

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            msg = f"the database key must be {KEY_BYTES} bytes"
            raise ValueError(msg)
        if sqlcipher.sqlite_version_info < WAL_RESET_MENDED:
            raise Refusal(
                "sqlite_too_old",
                Text(N_("This program needs a newer SQLite than {version}."), {"version": sqlcipher.sqlite_version}),
            )
        self.path = path
        self._key_hex = key.hex()
        self._writer = self._make_engine(writer=True)
        self._readers = self._make_engine(writer=False)

    def in_turns(self, turn: Turn) -> Database:
        """Return the same open file for long work beside the write lane: each transaction waits for its turn.

        Closing stays with the first.
        """
        shared = copy.copy(self)
        shared._turn = turn  # noqa: SLF001  # of its own kind
        return shared

    def __repr__(self) -> str:
        """Show the path only; the key appears nowhere."""
        return f"Database({self.path})"

    def _make_engine(self, *, writer: bool) -> Engine:
        engine = create_engine(
            "sqlite://",
            module=sqlcipher,
            creator=lambda: self._connect(writer=writer),
            poolclass=StaticPool if writer else QueuePool,
            hide_parameters=True,
            **({} if writer else {"pool_size": READERS, "max_overflow": 2}),
        )
        begin = "BEGIN IMMEDIATE" if writer else "BEGIN"

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    def _connect(self, *, writer: bool) -> Any:
        raw = sqlcipher.connect(str(self.path), isolation_level=None, check_same_thread=False)
        try:
            raw.execute("PRAGMA cipher_log_level=NONE")
            raw.execute(f"PRAGMA key = \"x'{self._key_hex}'\"")
            try:
                raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            except sqlcipher.DatabaseError as error:
                if "not a database" not in str(error):
                    raise
                raise Refusal(
                    "wrong_key_or_damaged",
                    Text(
                        N_(
                            "The database {file} cannot be opened: the key is not the one it was made with, "
                            "or the file is damaged."
                        ),
                        {"file": self.path.name},
                    ),
                ) from error
            for name, value, expected in _PRAGMAS:
                raw.execute(f"PRAGMA {name}={value}")
                got = raw.execute(f"PRAGMA {name}").fetchone()[0]
                if got != expected:
                    msg = f"pragma {name} is {got!r}, wanted {expected!r}"
                    raise RuntimeError(msg)  # noqa: TRY301  # the handle is closed below, whatever went wrong
            if not writer:
                raw.execute("PRAGMA wal_autocheckpoint=0")
                raw.execute("PRAGMA query_only=ON")
        except BaseException:
            raw.close()
            raise
        return raw

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Run one writing transaction: everything or nothing, durable on return.

        Raises:
            EnvironmentTrouble: the disk is full, read-only or failing; nothing was written.
        """
        with as_trouble(), self._turn(), self._writer.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def in_bulk(self) -> Iterator[None]:
        """Give the writer room while very much is written: a larger cache, and fewer foldings of the WAL.

        Nothing of what :meth:`write` promises changes.
        """
        self._give_room(BULK_CACHE_KIB, BULK_CHECKPOINT_PAGES)
        try:
            yield
        finally:
            self._give_room(CACHE_KIB, CHECKPOINT_PAGES)

    def _give_room(self, cache_kib: int, checkpoint_pages: int) -> None:
        with self._turn():
            self._give_room_now(cache_kib, checkpoint_pages)

    def _give_room_now(self, cache_kib: int, checkpoint_pages: int) -> None:
        raw = self._writer.raw_connection()
        try:
            raw.cursor().execute(f"PRAGMA cache_size=-{cache_kib}")
            raw.cursor().execute(f"PRAGMA wal_autocheckpoint={checkpoint_pages}")
        finally:
            raw.close()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give one consistent snapshot for reading."""
        with as_trouble(), self._readers.begin() as connection:
            yield connection

    def backup_to(self, target: Path) -> None:
        """Copy the whole database by the backup API into an encrypted file of the same key.

        Raises:
            EnvironmentTrouble: the place is full or cannot be written; no half file is left there.
        """
        try:
            with as_trouble():
                self._copy_to(target)
        except BaseException:
            for side in ("", "-journal", "-wal", "-shm"):
                target.with_name(target.name + side).unlink(missing_ok=True)
            raise

    def _copy_to(self, target: Path) -> None:
        copy = sqlcipher.connect(str(target), isolation_level=None)
        try:
            copy.execute(f"PRAGMA key = \"x'{self._key_hex}'\"")
            copy.execute("PRAGMA synchronous=FULL")
            raw = self._connect(writer=False)
            try:
                raw.backup(copy)
            finally:
                raw.close()
        finally:
            copy.close()

    def checkpoint(self) -> None:
        """Fold the WAL into the file."""
        raw = self._writer.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()

    def fold(self) -> None:
        """Fold the WAL into the file and empty it while the writer goes on; for what must be nowhere any more.

        Beside the writer it is the only one to checkpoint: its own connection, for a moment. A reader that stays
        longer than the busy timeout leaves the end of the WAL for the next time.
        """
        raw = self._connect(writer=True)
        try:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            raw.close()

    def compact(self) -> None:
        """Write the file anew without free pages and slack, where remains of deleted rows may lie, and empty the WAL.

        ``secure_delete`` overwrites what is deleted, not the copies that moving cells between pages leaves behind.
        Writers wait meanwhile, some seconds for a big file.

        Raises:
            EnvironmentTrouble: ``database_busy`` when somebody is writing just now.
        """
        raw = self._connect(writer=True)
        try:
            with as_trouble():
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            raw.close()

    def integrity_faults(self) -> list[str]:
        """Return what SQLite's and SQLCipher's own checks and the foreign keys complain about; empty is well."""
        with self.read() as connection:
            try:
                faults = [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
            except DBAPIError as error:
                # A torn page of a word index stops the check itself: that is an answer too.
                return [str(error.orig)]
            faults += [str(row[0]) for row in connection.execute(text("PRAGMA cipher_integrity_check"))]
            faults += [
                f"foreign key: {row[0]} row {row[1]}" for row in connection.execute(text("PRAGMA foreign_key_check"))
            ]
        return faults

    def close(self) -> None:
        """Close every connection; the last one folds the WAL."""
        self._readers.dispose()
        self._writer.dispose()


@contextlib.contextmanager
def as_trouble() -> Iterator[None]:
    """Turn failures of the surroundings into a sentence a person can act on; bugs pass through."""
    try:
        yield
    except (DBAPIError, sqlcipher.DatabaseError) as error:
        words = str(error.orig if isinstance(error, DBAPIError) else error).lower()
        if "disk is full" in words:
            raise EnvironmentTrouble(
                "disk_full",
                Text(N_("The disk is full. Nothing was saved; free some space and press the key again.")),
            ) from error
        if "disk i/o error" in words or "readonly database" in words or "unable to open" in words:
            raise EnvironmentTrouble(
                "disk_failing",
                Text(N_("The disk refused to write. Nothing was saved; call the administrator.")),
            ) from error
        if "malformed" in words:
            raise DatabaseDamaged(
                "database_damaged",
                Text(
                    N_("The database is damaged. Nothing was saved; bring over what is whole with «crosssell rescue».")
                ),
            ) from error
        if "is locked" in words:
            raise EnvironmentTrouble(
                "database_busy",
                Text(N_("Another program holds the database. Nothing was saved; try again.")),
            ) from error
        raise
