"""The daily audit of the centre: nothing missing, nothing added, nothing changed, and the counters' own sums hold.

Each fault is one sentence that names the counter, the number or the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from psycopg import sql

from crosssell_desktop.sync.centre_ddl import column_values, record_of, travelling_columns
from crosssell_desktop.sync.tables import TRAVELS, Travel

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    Pg = psycopg.Connection[TupleRow]

NAMED_AT_MOST = 20
"""Rows named for each table; the count is told in full."""

_DENSITY: LiteralString = (
    "SELECT c.name, p.incarnation, p.last_seq, t.n, t.top, p.digest, t.digest FROM sync.push_cursor p"
    " JOIN sync.counter c ON c.no = p.counter_no CROSS JOIN LATERAL ("
    "  SELECT count(*) AS n, coalesce(max(o.seq), 0) AS top,"
    "   (coalesce(sum(sync.digest_of(o.seq, o.hash)), 0) % 1152921504606846976)::bigint AS digest"
    "  FROM sync.op o WHERE o.counter_no = p.counter_no AND o.incarnation = p.incarnation) t"
    " WHERE (t.n, t.top, t.digest) IS DISTINCT FROM (p.last_seq, p.last_seq, p.digest) ORDER BY c.no"
)
_HOLES: LiteralString = (
    "SELECT g.seq FROM sync.push_cursor p CROSS JOIN LATERAL generate_series(1, p.last_seq) AS g(seq)"
    " WHERE p.incarnation = %s AND NOT EXISTS (SELECT 1 FROM sync.op o WHERE o.counter_no = p.counter_no"
    "  AND o.incarnation = p.incarnation AND o.seq = g.seq) ORDER BY g.seq LIMIT %s"
)
_SHIFTS: LiteralString = (
    "SELECT c.name, s.business_date, z.z_number, (z.totals::jsonb->>'receipts')::bigint,"
    " (z.totals::jsonb->>'sold_minor')::bigint, (z.totals::jsonb->>'returned_minor')::bigint, t.n, t.sold, r.back"
    " FROM shop.shift_close z JOIN sync.counter c ON c.counter_id = z.counter_id"
    " LEFT JOIN shop.shift s ON s.id = z.shift_id"
    " CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(sum(x.total_minor), 0)::bigint AS sold FROM shop.sale x"
    "  WHERE x.shift_id = z.shift_id) t"
    " CROSS JOIN LATERAL (SELECT coalesce(sum(x.total_minor), 0)::bigint AS back FROM shop.return x"
    "  WHERE x.shift_id = z.shift_id) r"
    " WHERE jsonb_typeof(z.totals::jsonb) = 'object'"
    "  AND ((z.totals::jsonb->>'receipts')::bigint, (z.totals::jsonb->>'sold_minor')::bigint,"
    "   (z.totals::jsonb->>'returned_minor')::bigint) IS DISTINCT FROM (t.n, t.sold, r.back)"
    " ORDER BY c.no, s.business_date, z.z_number"
)


def faults(connection: Pg) -> list[str]:
    """Return every fault of the audit; an empty list is well."""
    return [*density_faults(connection), *projection_faults(connection), *shift_faults(connection)]


def density_faults(connection: Pg) -> list[str]:
    """Check that the numbers of every incarnation are dense and their sum is the one kept at each push."""
    found = []
    for name, life, last, n, top, kept, summed in connection.execute(_DENSITY).fetchall():
        holes = [row[0] for row in connection.execute(_HOLES, (life, NAMED_AT_MOST))]
        if holes:
            found.append(f"{name}: operations {_ranges(holes)} of {life} are missing ({last - n} of {last})")
        elif (n, top) != (last, last):
            found.append(f"{name}: {n} operations up to {top} of {life}, where {last} were taken")
        elif kept != summed:
            found.append(f"{name}: the operations of {life} are not those that were taken (their sum differs)")
    return found


def _ranges(numbers: list[int]) -> str:
    """Say numbers as ranges: 3, 7-9."""
    told: list[list[int]] = []
    for number in numbers:
        if told and number == told[-1][1] + 1:
            told[-1][1] = number
        else:
            told.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in told)


def projection_faults(connection: Pg) -> list[str]:
    """Hold every fact's row against the operation that brought it: changed, missing, or brought by none."""
    found = []
    for travel in TRAVELS:
        if travel.rule == "register":
            continue
        rows = connection.execute(_projection_query(travel)).fetchall()
        found += [
            f"{travel.table} {id_}: {what}" + (f" (operation {seq} of {name})" if seq is not None else "")
            for what, id_, name, seq in rows[:NAMED_AT_MOST]
        ]
        if len(rows) > NAMED_AT_MOST:
            found.append(f"{travel.table}: {len(rows) - NAMED_AT_MOST} rows more")
    return found


def _projection_query(travel: Travel) -> sql.Composed:
    columns = travelling_columns(travel.table)
    made = (
        "WITH r AS MATERIALIZED (SELECT c.name AS _name, o.seq AS _seq, x.* FROM sync.op o"
        " JOIN sync.counter c ON c.no = o.counter_no"
        " CROSS JOIN LATERAL jsonb_to_recordset(sync.upcast(o.schema_v, jsonb_build_array(jsonb_build_object("
        "  'body', o.body)))->0->'body'->'rows'->{name}) AS x({record})"
        " WHERE o.state = 'ok' AND o.body->'rows' ? {name})"
        " SELECT CASE WHEN t.id IS NULL THEN 'is missing' ELSE 'was changed' END, r.id, r._name, r._seq"
        " FROM r LEFT JOIN {table} t ON t.id = r.id"
        " WHERE t.id IS NULL OR ROW({kept}) IS DISTINCT FROM ROW({told})"
        " UNION ALL SELECT 'was brought by no operation', t.id, NULL, NULL FROM {table} t"
        " WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.id = t.id)"
    )
    return sql.SQL(made).format(
        name=sql.Literal(travel.table),
        record=sql.SQL(record_of(columns)),
        table=sql.Identifier("shop", travel.table),
        kept=sql.SQL(", ").join(sql.Identifier("t", c.name) for c in columns),
        told=sql.SQL(column_values(columns)),
    )


def shift_faults(connection: Pg) -> list[str]:
    """Hold what each closed shift states against what the centre has of it."""
    return [
        f"{name} {date or '?'}, Z {z}: the shift states {receipts} receipts of {sold} and returns of {returned},"
        f" the centre has {n} of {there} and {back}"
        for name, date, z, receipts, sold, returned, n, there, back in connection.execute(_SHIFTS)
    ]
