"""Whether a marked unit was sold before: the same code twice is a stop (domain rules, section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crosssell_desktop.domain.codes import read_code
from crosssell_desktop.store.schema.selling import return_line, sale, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def sold_as(connection: Connection, unit: str) -> str | None:
    """Return the number of the receipt by which a unit was sold and not brought back; None when it is free.

    Args:
        connection: a reading one.
        unit: GTIN and serial number, :attr:`crosssell_desktop.domain.codes.Code.unit`.
    """
    line = sale_line.c
    came_back = (
        select(func.coalesce(func.sum(return_line.c.qty_milli), 0))
        .where(return_line.c.sale_line_id == line.id)
        .scalar_subquery()
    )
    # The code is kept whole, with its check part, so the unit is where it begins; the serial may go on, though.
    rows = connection.execute(
        select(line.marking_code, sale.c.number)
        .join(sale, sale.c.id == line.sale_id)
        .where(line.marking_code >= unit, line.marking_code < unit + "\U0010ffff", line.qty_milli > came_back)
    )
    return next((row.number for row in rows if read_code(row.marking_code).unit == unit), None)
