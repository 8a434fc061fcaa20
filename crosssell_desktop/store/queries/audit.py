"""Sums that must agree: a stored total is an assertion, and this is where it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crosssell_desktop.ledger.reversal import recompute
from crosssell_desktop.store.queries import ledger_facts
from crosssell_desktop.store.schema.exchange import me
from crosssell_desktop.store.schema.ledger import credit_entry
from crosssell_desktop.store.schema.selling import payment, return_, return_line, sale, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is."""

    sales: int
    credits_minor: int


def figures(connection: Connection) -> Figures:
    """Count the sales and sum the credits known here."""
    return Figures(
        int(connection.execute(select(func.count()).select_from(sale)).scalar_one()),
        int(connection.execute(select(func.coalesce(func.sum(credit_entry.c.amount_minor), 0))).scalar_one()),
    )


def sum_faults(connection: Connection) -> list[str]:
    """Compare each sale with its lines and payments, each return with its lines and with what was bought."""
    found = []
    lines = (
        select(sale_line.c.sale_id, func.sum(sale_line.c.amount_minor).label("amount"), func.count().label("n"))
        .group_by(sale_line.c.sale_id)
        .subquery()
    )
    paid = (
        select(payment.c.sale_id, func.sum(payment.c.amount_minor).label("paid")).group_by(payment.c.sale_id).subquery()
    )
    rows = connection.execute(
        select(sale.c.number, sale.c.total_minor, sale.c.line_count, lines.c.amount, lines.c.n, paid.c.paid)
        .outerjoin(lines, lines.c.sale_id == sale.c.id)
        .outerjoin(paid, paid.c.sale_id == sale.c.id)
    )
    for row in rows:
        if row.amount != row.total_minor or row.n != row.line_count:
            found.append(
                f"sale {row.number}: its lines come to {row.amount} in {row.n}, "
                f"not {row.total_minor} in {row.line_count}"
            )
        if row.paid is not None and row.paid != row.total_minor:
            found.append(f"sale {row.number}: payments come to {row.paid}, not {row.total_minor}")
    back = (
        select(return_line.c.return_id, func.sum(return_line.c.amount_minor).label("amount"))
        .group_by(return_line.c.return_id)
        .subquery()
    )
    returned = connection.execute(
        select(return_.c.number, return_.c.total_minor, back.c.amount).outerjoin(back, back.c.return_id == return_.c.id)
    )
    found += [
        f"return {one.number}: its lines come to {one.amount}, not {one.total_minor}"
        for one in returned
        if one.amount != one.total_minor
    ]
    over = connection.execute(
        select(sale_line.c.id, sale_line.c.qty_milli, func.sum(return_line.c.qty_milli).label("back"))
        .join(return_line, return_line.c.sale_line_id == sale_line.c.id)
        .group_by(sale_line.c.id)
        .having(func.sum(return_line.c.qty_milli) > sale_line.c.qty_milli)
    )
    found += [f"line {row.id}: {row.back} came back of {row.qty_milli}" for row in over]
    return found


def credit_faults(connection: Connection) -> list[str]:
    """Recompute this counter's credits from the facts; name each line whose entries do not follow or do not sum."""
    mine = connection.execute(select(me.c.counter_id)).scalar_one_or_none()
    if mine is None:
        return []
    found = []
    pools = connection.execute(
        select(
            credit_entry.c.sale_line_id,
            func.sum(credit_entry.c.amount_minor).label("paid"),
            func.max(credit_entry.c.pool_minor).label("pool"),
        )
        .where(credit_entry.c.kind == "earn")
        .group_by(credit_entry.c.sale_line_id)
    )
    found += [
        f"line {row.sale_line_id}: the shares come to {row.paid}, the pool is {row.pool}"
        for row in pools
        if row.paid != row.pool
    ]
    nets = connection.execute(
        select(
            credit_entry.c.sale_line_id,
            credit_entry.c.beneficiary_id,
            func.sum(credit_entry.c.amount_minor).label("net"),
        )
        .group_by(credit_entry.c.sale_line_id, credit_entry.c.beneficiary_id)
        .having(func.sum(credit_entry.c.amount_minor) < 0)
    )
    found += [
        f"line {row.sale_line_id}: more was taken back from {row.beneficiary_id} than was given, {row.net}"
        for row in nets
    ]
    lines = ledger_facts.all_lines(connection)
    known = {line.line_id for line in lines}
    returns = [r for r in ledger_facts.all_returns(connection) if r.line_id in known]
    passes, policies = ledger_facts.all_passes(connection), ledger_facts.policies(connection)
    try:
        expected = {e.entry_id: e for e in recompute(lines, passes, returns, policies)}
    except ValueError as error:
        return [*found, f"the credits cannot be computed again: {error}"]
    for row in connection.execute(select(credit_entry).where(credit_entry.c.counter_id == mine)):
        entry = expected.get(row.id)
        if entry is not None and (entry.amount_minor, entry.person_id) != (row.amount_minor, row.beneficiary_id):
            found.append(f"credit {row.id}: stored {row.amount_minor}, the facts say {entry.amount_minor}")
    return found
