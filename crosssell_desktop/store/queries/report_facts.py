"""What reports need beside a shift's own facts: names, the state of the exchange, and one person's credits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.store.exchange_rows import quarantined_counts
from crosssell_desktop.store.schema.catalogue import product
from crosssell_desktop.store.schema.exchange import chain, cursor, outbox, sync_log
from crosssell_desktop.store.schema.ledger import credit_entry
from crosssell_desktop.store.schema.selling import pass_, sale, sale_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class ExchangeFigures:
    """How the counter stands with the centre."""

    unsent: int
    oldest_unsent_at: int | None
    last_good_at: int | None
    chain_facts: int
    last_error: str
    quarantined: int


def exchange_figures(connection: Connection) -> ExchangeFigures:
    """Return what is unsent and when the last exchange went well."""
    unsent, oldest = connection.execute(
        select(func.count(), func.min(outbox.c.made_at)).where(outbox.c.acked == 0)
    ).one()
    good = connection.execute(select(func.max(sync_log.c.at)).where(sync_log.c.result.like("ok%"))).scalar_one()
    moved = connection.execute(select(func.max(cursor.c.moved_at))).scalar_one()
    last = connection.execute(
        select(sync_log.c.result, sync_log.c.error).order_by(sync_log.c.no.desc()).limit(1)
    ).first()
    return ExchangeFigures(
        unsent=int(unsent),
        oldest_unsent_at=oldest,
        last_good_at=max((x for x in (good, moved) if x is not None), default=None),
        chain_facts=int(connection.execute(select(func.count()).select_from(chain)).scalar_one()),
        quarantined=sum(quarantined_counts(connection)),
        last_error="" if last is None or last.result.startswith("ok") else (last.error or last.result),
    )


def product_names(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return Russian and English names by id."""
    wanted = list(dict.fromkeys(ids))
    return {
        row.id: (row.name_ru, row.name_en)
        for row in connection.execute(
            select(product.c.id, product.c.name_ru, product.c.name_en).where(product.c.id.in_(wanted))
        )
    }


def pass_makers(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, PersonId]:
    """Return who made each pass."""
    wanted = list(dict.fromkeys(ids))
    return {
        row.id: PersonId(row.person_id)
        for row in connection.execute(select(pass_.c.id, pass_.c.person_id).where(pass_.c.id.in_(wanted)))
    }


def credits_of_person(connection: Connection, person_id: UUID, period: str) -> tuple[Any, ...]:
    """Return a person's entries of a month (``YYYY-MM``) with receipt and product, oldest first."""
    return tuple(
        connection.execute(
            select(
                credit_entry,
                sale.c.number,
                sale_line.c.name,
                sale_line.c.product_id,
                sale_line.c.added_at,
            )
            .outerjoin(sale, sale.c.id == credit_entry.c.sale_id)
            .outerjoin(sale_line, sale_line.c.id == credit_entry.c.sale_line_id)
            .where(credit_entry.c.beneficiary_id == person_id, credit_entry.c.period == period)
            .order_by(credit_entry.c.made_at, credit_entry.c.id)
        ).all()
    )


def credit_by_id(connection: Connection, entry_id: UUID) -> Any | None:
    """Return one entry with its receipt and product."""
    return connection.execute(
        select(credit_entry, sale.c.number, sale_line.c.name)
        .outerjoin(sale, sale.c.id == credit_entry.c.sale_id)
        .outerjoin(sale_line, sale_line.c.id == credit_entry.c.sale_line_id)
        .where(credit_entry.c.id == entry_id)
    ).first()
