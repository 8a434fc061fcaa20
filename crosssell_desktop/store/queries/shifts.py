"""Shifts: the open one, and what a shift holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from crosssell_desktop.domain.ids import PersonId, ShiftId
from crosssell_desktop.store.schema.ledger import credit_entry
from crosssell_desktop.store.schema.selling import (
    fact_text,
    help_event,
    offer,
    offer_answer,
    pass_,
    pass_event,
    payment,
    return_,
    return_line,
    sale,
    sale_line,
    shift,
    shift_close,
    step_log,
    suggestion_run,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift of this counter, open or closed."""

    id: ShiftId
    number: int
    business_date: str
    opened_at: int
    opened_by: PersonId
    responsible_id: PersonId | None
    override_reason: str
    opening_cash_minor: int
    closed_at: int | None
    closed_by: PersonId | None
    z_number: int | None
    till_total_minor: int | None
    till_z_number: str
    counted_cash_minor: int | None
    chain_head: str


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """Everything that happened in a shift, as plain rows by kind; reports and totals are computed from it."""

    sales: tuple[Any, ...]
    lines: tuple[Any, ...]
    payments: tuple[Any, ...]
    returns: tuple[Any, ...]
    return_lines: tuple[Any, ...]
    offers: tuple[Any, ...]
    answers: tuple[Any, ...]
    runs: tuple[Any, ...]
    passes: tuple[Any, ...]
    pass_events: tuple[Any, ...]
    helps: tuple[Any, ...]
    credits: tuple[Any, ...]
    steps: tuple[Any, ...]


def _selected() -> Any:
    return select(
        shift,
        shift_close.c.made_at.label("closed_at"),
        shift_close.c.person_id.label("closed_by"),
        shift_close.c.z_number,
        shift_close.c.till_total_minor,
        shift_close.c.till_z_number,
        shift_close.c.counted_cash_minor,
        shift_close.c.chain_head,
    ).outerjoin(shift_close, shift_close.c.shift_id == shift.c.id)


def _row(found: Any) -> ShiftRow:
    return ShiftRow(
        id=ShiftId(found.id),
        number=found.number,
        business_date=found.business_date,
        opened_at=found.made_at,
        opened_by=PersonId(found.person_id),
        responsible_id=None if found.responsible_id is None else PersonId(found.responsible_id),
        override_reason=found.override_reason,
        opening_cash_minor=found.opening_cash_minor,
        closed_at=found.closed_at,
        closed_by=None if found.closed_by is None else PersonId(found.closed_by),
        z_number=found.z_number,
        till_total_minor=found.till_total_minor,
        till_z_number=found.till_z_number or "",
        counted_cash_minor=found.counted_cash_minor,
        chain_head=found.chain_head or "",
    )


# Statements that every sale asks are put together once: building one costs more than its answer.
_OPEN = (
    _selected()
    .where(shift.c.counter_id == bindparam("counter"), shift_close.c.id.is_(None))
    .order_by(shift.c.number.desc())
    .limit(1)
)


def open_shift(connection: Connection, counter_id: UUID) -> ShiftRow | None:
    """Return the shift now open at a counter."""
    found = connection.execute(_OPEN, {"counter": counter_id}).first()
    return None if found is None else _row(found)


def shift_by_id(connection: Connection, shift_id: ShiftId) -> ShiftRow | None:
    """Return a shift."""
    found = connection.execute(_selected().where(shift.c.id == shift_id)).first()
    return None if found is None else _row(found)


def last_shifts(connection: Connection, counter_id: UUID, limit: int) -> tuple[ShiftRow, ...]:
    """Return the newest shifts of a counter."""
    rows = connection.execute(
        _selected().where(shift.c.counter_id == counter_id).order_by(shift.c.number.desc()).limit(limit)
    )
    return tuple(_row(found) for found in rows)


@dataclass(frozen=True, slots=True)
class SaleHead:
    """What a completed sale is called and came to."""

    number: str
    total_minor: int


_HEAD = select(sale.c.number, sale.c.total_minor).where(sale.c.id == bindparam("sale"))


def completed_sale(connection: Connection, sale_id: UUID) -> SaleHead | None:
    """Return a sale by its receipt id, when it was completed."""
    row = connection.execute(_HEAD, {"sale": sale_id}).first()
    return None if row is None else SaleHead(row.number, row.total_minor)


def last_z(connection: Connection, counter_id: UUID) -> int:
    """Return the number of the last Z of a counter, 0 when there is none."""
    return int(
        connection.execute(
            select(func.coalesce(func.max(shift_close.c.z_number), 0)).where(shift_close.c.counter_id == counter_id)
        ).scalar_one()
    )


def facts_of(connection: Connection, row: ShiftRow) -> ShiftFacts:
    """Read everything of one shift in a fixed number of statements, whatever its size."""
    sales = connection.execute(
        select(sale).where(sale.c.shift_id == row.id).order_by(sale.c.made_at, sale.c.number)
    ).all()
    of_sales = select(sale.c.id).where(sale.c.shift_id == row.id)
    returns = connection.execute(select(return_).where(return_.c.shift_id == row.id).order_by(return_.c.made_at)).all()
    of_returns = select(return_.c.id).where(return_.c.shift_id == row.id)

    def of_shift(table: Any) -> tuple[Any, ...]:
        return tuple(
            connection.execute(
                select(table).where(table.c.shift_id == row.id).order_by(table.c.made_at, table.c.id)
            ).all()
        )

    return ShiftFacts(
        sales=tuple(sales),
        lines=tuple(
            connection.execute(
                select(sale_line)
                .where(sale_line.c.sale_id.in_(of_sales))
                .order_by(sale_line.c.sale_id, sale_line.c.line_no)
            ).all()
        ),
        payments=tuple(connection.execute(select(payment).where(payment.c.sale_id.in_(of_sales))).all()),
        returns=tuple(returns),
        return_lines=tuple(
            connection.execute(select(return_line).where(return_line.c.return_id.in_(of_returns))).all()
        ),
        offers=of_shift(offer),
        answers=of_shift(offer_answer),
        runs=of_shift(suggestion_run),
        passes=of_shift(pass_),
        pass_events=of_shift(pass_event),
        helps=of_shift(help_event),
        credits=of_shift(credit_entry),
        steps=of_shift(step_log),
    )


def text_of(connection: Connection, fact_id: UUID) -> str:
    """Return the words that belong to a fact, or nothing."""
    return connection.execute(select(fact_text.c.text).where(fact_text.c.id == fact_id)).scalar_one_or_none() or ""


def text_of_close(connection: Connection, shift_id: ShiftId) -> str:
    """Return the hand-over notes written when a shift was closed."""
    return (
        connection.execute(
            select(fact_text.c.text)
            .join(shift_close, shift_close.c.id == fact_text.c.id)
            .where(shift_close.c.shift_id == shift_id)
        ).scalar_one_or_none()
        or ""
    )
