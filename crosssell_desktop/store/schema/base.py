"""What every table shares: the metadata, naming, column types that fit STRICT SQLite and PostgreSQL alike.

A table says in ``info["kind"]`` how its rows live:

``fact``      appended only; triggers refuse UPDATE and DELETE;
``register``  current state with a version, replaced by a newer version;
``local``     belongs to this counter's file and never travels.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, cast
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

Kind = Literal["fact", "register", "local"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


ZERO = text("0")


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes in SQLite, ``uuid`` in PostgreSQL."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the native type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Give the database its form."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Give Python its form."""
        if value is None or dialect.name == "postgresql":
            return cast("UUID | None", value)
        return UUID(bytes=bytes(value))


class Int(TypeDecorator[int]):
    """A 64-bit integer on both sides."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the native type."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "postgresql" else Integer())


class Flag(TypeDecorator[bool]):
    """Yes or no, kept as 0 or 1 (STRICT tables know no BOOLEAN)."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the native type."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "postgresql" else Integer())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: FBT001  # SQLAlchemy's signature
        """Give the database its form."""
        del dialect
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Give Python its form."""
        del dialect
        return None if value is None else bool(value)


class Json(TypeDecorator[Any]):
    """A JSON value kept as canonical text (sorted keys, no spaces), so that equal values are equal bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Give the database its form."""
        del dialect
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Give Python its form."""
        del dialect
        return None if value is None else json.loads(value)


class Str(TypeDecorator[str]):
    """Unbounded text."""

    impl = Text
    cache_ok = True


def canonical_json(value: Any) -> str:
    """Return the one text of a JSON value: sorted keys, no spaces, non-ASCII kept."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def id_key() -> Column[UUID]:
    """Return the primary key column of a thing with a global id."""
    return Column("id", Id, primary_key=True, nullable=False)


def local_no() -> Column[int]:
    """Return a file-local integer key; joins big tables cheaply and never travels."""
    return Column("no", Integer, primary_key=True)


def need(name: str, kind: type[TypeEngine[Any]] | TypeEngine[Any], **options: Any) -> Column[Any]:
    """Return a column that must have a value."""
    return Column(name, kind, nullable=False, **options)


def may(name: str, kind: type[TypeEngine[Any]] | TypeEngine[Any], **options: Any) -> Column[Any]:
    """Return a column that may be empty."""
    return Column(name, kind, nullable=True, **options)


def table(name: str, kind: Kind, *items: SchemaItem, without_rowid: bool = False) -> Table:
    """Define a STRICT table of a kind."""
    return Table(
        name,
        metadata,
        *items,
        info={"kind": kind},
        sqlite_strict=True,
        sqlite_with_rowid=not without_rowid,
        # Without it SQLite gives the numbers of deleted last rows out again.
        sqlite_autoincrement=any(isinstance(i, Column) and i.autoincrement is True for i in items),
    )


def fact_columns() -> tuple[Column[Any], ...]:
    """Return what every fact carries: where it was made, when, by whom, in which session and shift.

    A shift's facts are found by ``shift_id``, never by time: the clock may be wrong.
    """
    return (
        need("counter_id", Id),
        need("made_at", Int),
        need("person_id", Id),
        need("session_id", Id),
        may("shift_id", Id, index=True),
    )


def version() -> Column[int]:
    """Return the version column of a register: a packed hybrid clock or the centre's row version."""
    return need("ver", Int, server_default=ZERO)
