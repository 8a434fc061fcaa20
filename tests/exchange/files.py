"""Where a counter of the simulator keeps its shop: the real store code over a real file, or over memory."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine as BareEngine
from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import open_database

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

KEY = bytes(range(32))


class File(Protocol):
    """One counter's disk."""

    def open(self) -> Database:
        """Open what is on the disk, as after a start of the program."""

    def keep(self) -> Any:  # noqa: ANN401  # whatever the kind of disk makes of a copy
        """Copy the disk as it is."""

    def put_back(self, copy: Any) -> None:  # noqa: ANN401
        """Replace the disk by a copy; it must not be open."""

    def close(self) -> None:
        """Let go."""

    def discard(self) -> None:
        """Let go for ever."""


_REAL: list[Any] = []
_REAL_COMPILED: dict[Any, Any] = {}


class RealFile:
    """An encrypted file in a folder."""

    def __init__(self, path: Path, template: Path) -> None:
        self.path = path
        self._database: Database | None = None
        self._copies = 0
        shutil.copyfile(template, path)

    def open(self) -> Database:
        self.close()
        self._database = open_database(self.path, KEY, create=False)
        for engine in (self._database._writer, self._database._readers):
            # As in memory: one dialect, already introduced to its driver, and one memory of compiled statements.
            _REAL.append(engine.dialect)
            engine.dialect = _REAL[0]
            engine.update_execution_options(compiled_cache=_REAL_COMPILED)
            del _REAL[1:]
        return self._database

    def keep(self) -> Path:
        assert self._database is not None
        self._database.checkpoint()
        self._copies += 1
        copy = self.path.with_name(f"{self.path.stem}-{self._copies}.copy")
        shutil.copyfile(self.path, copy)
        return copy

    def put_back(self, copy: Path) -> None:
        self.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, self.path)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def discard(self) -> None:
        self.close()
        for left in (self.path, *self.path.parent.glob(f"{self.path.stem}-*.copy")):
            left.unlink(missing_ok=True)


class MemoryDatabase(Database):
    """The store code over one connection in memory; only the opening differs."""

    def __init__(self, raw: Any) -> None:  # noqa: ANN401  # a driver's connection
        self.path = Path("nowhere") / ":memory:"
        self._raw = raw
        self._writer = self._make_engine(writer=True)
        self._readers = self._make_engine(writer=False)

    def _make_engine(self, *, writer: bool) -> Engine:
        if not _SHARED:
            _SHARED.append(
                create_engine("sqlite://", module=sqlcipher, creator=lambda: self._raw, poolclass=StaticPool)
            )
            _SHARED[0].connect().close()
        # One dialect and one memory of compiled statements for all files: compiling was a third of a seed's time.
        first = _SHARED[0]
        engine = BareEngine(StaticPool(lambda: self._raw, dialect=first.dialect), first.dialect, first.url)
        engine.update_execution_options(compiled_cache=_COMPILED)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

        return engine

    def compact(self) -> None:
        """Do nothing: what is on no disk leaves no remains there."""


_SHARED: list[BareEngine] = []
_COMPILED: dict[Any, Any] = {}


class MemoryFile:
    """A disk in memory: copies are byte strings of the whole database."""

    _template: bytes | None = None

    def __init__(self) -> None:
        self._raw = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._database: MemoryDatabase | None = None
        source = self.template()
        source.backup(self._raw)
        self._raw.execute("PRAGMA foreign_keys=ON")

    @classmethod
    def template(cls) -> Any:  # noqa: ANN401
        """Return an empty shop, made once by the real migrations."""
        if _TEMPLATE:
            return _TEMPLATE[0]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "shop.db"
            made = open_database(path, KEY, create=True)
            made.checkpoint()
            made.close()
            real = sqlcipher.connect(str(path), isolation_level=None)
            real.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
            plain = Path(folder) / "plain.db"
            real.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
            real.execute("SELECT sqlcipher_export('plain')")
            real.execute("DETACH DATABASE plain")
            real.close()
            opened = sqlcipher.connect(str(plain), isolation_level=None)
            memory = sqlcipher.connect(":memory:", isolation_level=None)
            opened.backup(memory)
            opened.close()
        _TEMPLATE.append(memory)
        return memory

    def open(self) -> Database:
        if self._database is None:
            self._database = MemoryDatabase(self._raw)
        return self._database

    def keep(self) -> Any:  # noqa: ANN401
        copy = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._raw.backup(copy)
        return copy

    def put_back(self, copy: Any) -> None:  # noqa: ANN401
        copy.backup(self._raw)

    def close(self) -> None:
        """Memory is given back with the object."""

    discard = close


_TEMPLATE: list[Any] = []
