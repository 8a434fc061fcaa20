"""The unit of work: one thing a person does, in one transaction, with the counter's clock and numbers.

``begin`` hands out a :class:`Unit`; leaving it normally commits everything, leaving it by an error
leaves the file exactly as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from crosssell_desktop.domain.clock import Clock, Hlc
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CounterId, DepartmentId, IdSource, StoreId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store import journal
from crosssell_desktop.store.schema.exchange import me

if TYPE_CHECKING:
    from crosssell_desktop.store.engine import Database


_ME = select(me)

__all__ = ["Connection", "Me", "Unit", "begin", "me_of"]
"""``Connection`` is handed on so that services can name what they pass between store functions."""


@dataclass(frozen=True, slots=True)
class Me:
    """Who this counter is: written once at enrolment, renewed only as a new incarnation."""

    counter_id: CounterId
    department_id: DepartmentId
    store_id: StoreId
    prefix: str
    incarnation: UUID
    epoch: str
    salt: str


def me_of(connection: Connection) -> Me:
    """Return who this counter is.

    Raises:
        Refusal: ``not_enrolled``.
    """
    return _me(_row_of_me(connection))


def _row_of_me(connection: Connection) -> Any:
    row = connection.execute(_ME).first()
    if row is None:
        raise Refusal(
            "not_enrolled",
            Text(N_("This counter is not enrolled yet: run «crosssell centre enrol» or «crosssell demo».")),
        )
    return row


def _me(row: Any) -> Me:
    return Me(
        counter_id=CounterId(row.counter_id),
        department_id=DepartmentId(row.department_id),
        store_id=StoreId(row.store_id),
        prefix=row.prefix,
        incarnation=row.incarnation,
        epoch=row.epoch,
        salt=row.salt,
    )


class Unit:
    """An open writing transaction that can record events; made by :func:`begin` only."""

    def __init__(self, connection: Connection, clock: Clock, ids: IdSource) -> None:
        row = _row_of_me(connection)
        self.connection = connection
        self.now_ms = clock.now_ms()
        self.me = _me(row)
        self._ids = ids
        self._kept_hlc = row.hlc
        self._hlc = Hlc(row.hlc)

    def new_id(self) -> UUID:
        """Return a fresh id."""
        return self._ids.new()

    def tick(self) -> int:
        """Return the next reading of the counter's hybrid clock, packed; it is kept when the unit ends."""
        self._hlc = self._hlc.tick(self.now_ms)
        return self._hlc.packed

    def keep_clock(self) -> None:
        """Write the hybrid clock down, within the same transaction; the unit's frame does it once at its end."""
        if self._hlc.packed != self._kept_hlc:
            self.connection.exec_driver_sql("UPDATE me SET hlc = ? WHERE hlc < ?", (self._hlc.packed, self._hlc.packed))
            self._kept_hlc = self._hlc.packed

    def next_number(self, column: str) -> int:
        """Return the next human number: ``receipt_no``, ``return_no`` or ``shift_no``."""
        counted = me.c[column].name
        statement = f'UPDATE me SET "{counted}" = "{counted}" + 1 RETURNING "{counted}"'  # noqa: S608  # a column of me
        return int(self.connection.exec_driver_sql(statement).scalar_one())

    def record(self, kind: str, rows: journal.Rows) -> UUID:
        """Save an event's rows, its outbox operation and its chain link; return the operation's id."""
        op_id = self.new_id()
        journal.append(
            self.connection,
            op_id=op_id,
            kind=kind,
            rows=rows,
            hlc=self.tick(),
            made_at=self.now_ms,
            salt=self.me.salt,
        )
        return op_id

    def record_again(self, kind: str, rows: journal.Rows) -> UUID:
        """Write an operation for rows that are here already and whose own was lost; return its id."""
        op_id = self.new_id()
        journal.append_again(
            self.connection,
            op_id=op_id,
            kind=kind,
            rows=rows,
            hlc=self.tick(),
            made_at=self.now_ms,
            salt=self.me.salt,
        )
        return op_id

    def correct(self, correction: journal.Correction) -> UUID:
        """Write an operation that stands for one the centre put aside; return its id."""
        op_id = self.new_id()
        journal.append_correction(
            self.connection, correction, op_id=op_id, hlc=self.tick(), made_at=self.now_ms, salt=self.me.salt
        )
        return op_id


@contextlib.contextmanager
def begin(database: Database, clock: Clock, ids: IdSource) -> Iterator[Unit]:
    """Open a unit of work on the write lane."""
    with database.write() as connection:
        unit = Unit(connection, clock, ids)
        yield unit
        unit.keep_clock()
