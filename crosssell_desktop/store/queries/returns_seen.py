"""What came back with an item and without it: the counts that evidence E3 is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import ProductId
from crosssell_desktop.store.schema.catalogue import returns_seen
from crosssell_desktop.suggest.snapshot import StoredEvidence
from crosssell_desktop.suggest.vocabulary import EvidenceKind, EvidenceStatus

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

# A receipt counts once however often it holds the core; it came back when any of its lines of the core did.
_COUNT = """
WITH pair AS (SELECT DISTINCT core_product_id AS core, periphery_product_id AS item FROM combination
              WHERE status = 'approved'),
     sold AS (SELECT l.product_id AS core, l.sale_id AS sale,
                     max(EXISTS (SELECT 1 FROM return_line b WHERE b.sale_line_id = l.id)) AS back
              FROM sale_line l JOIN sale s ON s.id = l.sale_id
              WHERE l.product_id IN (SELECT core FROM pair) AND s.made_at >= :since
              GROUP BY l.product_id, l.sale_id),
     seen AS (SELECT pair.core, pair.item, sold.back,
                     EXISTS (SELECT 1 FROM sale_line o
                             WHERE o.sale_id = sold.sale AND o.product_id = pair.item) AS with_it
              FROM pair JOIN sold ON sold.core = pair.core)
INSERT INTO returns_seen (core_product_id, periphery_product_id,
                          back, n, back_without, n_without, counted_at, valid_until)
SELECT core, item, sum(back * with_it), sum(with_it), sum(back * (1 - with_it)), sum(1 - with_it), :now, :until
FROM seen GROUP BY core, item
"""


def recount(connection: Connection, *, since_ms: int, now_ms: int, valid_days: int) -> int:
    """Count anew, for every approved combination, our own receipts since a moment; return the number of pairs.

    Imported receipts take no part: they do not say which sale a return belongs to.
    """
    connection.execute(delete(returns_seen))
    done = connection.execute(text(_COUNT), {"since": since_ms, "now": now_ms, "until": now_ms + valid_days * DAY_MS})
    return done.rowcount


def of_core(connection: Connection, core: ProductId) -> dict[ProductId, StoredEvidence]:
    """Return E3 of the items of a core, as it was counted here; whether it may be shown is for the evidence to say."""
    return {
        ProductId(row.periphery_product_id): StoredEvidence(
            evidence_id=f"returns:{row.core_product_id}:{row.periphery_product_id}",
            kind=EvidenceKind.FEWER_RETURNS,
            claim_ru="",
            claim_en="",
            status=EvidenceStatus.APPROVED,
            source="receipts",
            n=row.n,
            valid_from_day=row.counted_at // DAY_MS,
            valid_until_day=row.valid_until // DAY_MS,
            numbers=(
                ("back", row.back),
                ("back_without", row.back_without),
                ("n", row.n),
                ("n_without", row.n_without),
            ),
        )
        for row in connection.execute(select(returns_seen).where(returns_seen.c.core_product_id == core))
    }
