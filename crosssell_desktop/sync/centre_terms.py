"""The centre's terms: what is kept for a time only goes from tables, feed, conflicts and operations when it is over.

Law: an operation that lost words keeps the digest of what it said, so that signed heads and audit go on vouching for
the rest. Counters do the same to their own files (``store.sweeping``).
"""

# ruff: noqa: S608  # the statements are made from our own metadata, and from nothing that anybody typed

from __future__ import annotations

from typing import TYPE_CHECKING

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.store.sweeping import DAYS_KEPT
from crosssell_desktop.sync import centre_erasure

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    Pg = psycopg.Connection[TupleRow]

_OVER = "'$.care_until ? (@ > 0 && @ < $now)'"
_CARE = "'$.rows.customer[*].care_until ? (@ > 0 && @ < $now)'"
_NOTES = "'$.rows.customer_note[*] ? (@.valid_until < $now).id'"
_GUESSES = "'$.rows.need[*] ? (@.source == \"inferred\" && (@.told_at < $guess || @.valid_until < $guess)).id'"


def statements() -> list[str]:
    """Return the index and the functions of the terms, after those of erasure."""
    return [
        "CREATE INDEX op_looks ON sync.op (made_at) WHERE (body->'rows') ? 'access'",
        f"""CREATE FUNCTION sync.without_over(p_body jsonb, p_gone text[], p_at jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = sync, pg_temp AS $f$
BEGIN
  IF jsonb_typeof(p_body->'rows') IS DISTINCT FROM 'object' THEN
    RETURN p_body;
  END IF;
  RETURN p_body || jsonb_build_object('rows', (
    SELECT jsonb_object_agg(t.key, CASE WHEN t.key NOT IN ('note_text', 'need', 'customer')
        OR jsonb_typeof(t.value) <> 'array' THEN t.value ELSE (
        SELECT coalesce(jsonb_agg(CASE WHEN t.key = 'customer' AND jsonb_path_exists(r.value, {_OVER}, p_at, true)
            THEN r.value || '{{"care_until": 0}}' ELSE r.value END ORDER BY r.n), '[]')
        FROM jsonb_array_elements(t.value) WITH ORDINALITY AS r(value, n)
        WHERE t.key = 'customer' OR NOT coalesce(lower(r.value->>'id') = ANY (p_gone), false)) END)
    FROM jsonb_each(p_body->'rows') t));
END $f$""",
        _keep(centre_erasure.personal_array()),
    ]


def _keep(personal: str) -> str:
    # Which operations are personal is said as the index of erasure says it, or the index is not asked.
    return f"""CREATE FUNCTION sync.keep_terms(p_now bigint, p_guess bigint, p_look bigint)
RETURNS TABLE (notes bigint, guesses bigint, care bigint, looks bigint, operations bigint)
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  terms jsonb := jsonb_build_object('now', p_now, 'guess', p_guess, 'look', p_look);
  here uuid[]; gone text[]; aside text[]; lost uuid[];
BEGIN
  WITH d AS (DELETE FROM shop.note_text t USING shop.customer_note n
    WHERE n.id = t.id AND n.valid_until < p_now RETURNING t.id)
  SELECT coalesce(array_agg(d.id), '{{}}'), count(*) INTO here, notes FROM d;
  WITH d AS (DELETE FROM shop.need t
    WHERE t.source = 'inferred' AND (t.told_at < p_guess OR t.valid_until < p_guess) RETURNING t.id)
  SELECT here || coalesce(array_agg(d.id), '{{}}'), count(*) INTO here, guesses FROM d;
  UPDATE shop.customer t SET care_until = 0 WHERE t.care_until > 0 AND t.care_until < p_now;
  GET DIAGNOSTICS care = ROW_COUNT;
  gone := here::text[];
  -- What was put aside has reached no table: its term is read from what it says itself.
  SELECT coalesce(array_agg(lower(x.id #>> '{{}}')), '{{}}') INTO aside FROM (
    SELECT jsonb_path_query(o.body, {_NOTES}, terms, true) FROM sync.op o
      WHERE o.state = 'quarantined' AND jsonb_path_exists(o.body, '$.rows.note_text[*]', '{{}}', true)
    UNION ALL SELECT jsonb_path_query(o.body, {_GUESSES}, terms, true) FROM sync.op o
      WHERE o.state = 'quarantined') x(id);
  UPDATE sync.op p SET kept = sync.register_digest(p), salt = NULL, body = z.body
    FROM (SELECT o.counter_no, o.incarnation, o.seq, sync.without_over(
        o.body, CASE WHEN o.state = 'quarantined' THEN gone || aside ELSE gone END, terms) AS body
      FROM sync.op o
      WHERE (o.body->'rows') ?| {personal}
        AND (cardinality(gone) + cardinality(aside) > 0 OR jsonb_path_exists(o.body, {_CARE}, terms, true))) z
    WHERE (p.counter_no, p.incarnation, p.seq) = (z.counter_no, z.incarnation, z.seq) AND p.body <> z.body;
  GET DIAGNOSTICS operations = ROW_COUNT;
  -- A look is a fact, and the whole of its operation: nothing of it stays but the digest.
  WITH due AS (
    SELECT o.counter_no, o.incarnation, o.seq, o.body FROM sync.op o
      WHERE (o.body->'rows') ? 'access' AND o.made_at < p_look AND (o.body->'rows') - 'access' = '{{}}'
        AND NOT jsonb_path_exists(o.body, '$.rows.access[*].made_at ? (@ >= $look)', terms, true)),
  cut AS (
    UPDATE sync.op p SET kept = 'all:' || sync.op_digest(p), salt = NULL, body = NULL FROM due d
      WHERE (p.counter_no, p.incarnation, p.seq) = (d.counter_no, d.incarnation, d.seq)),
  told AS (
    SELECT DISTINCT jsonb_path_query(d.body, '$.rows.access[*].id', '{{}}', true) #>> '{{}}' AS id FROM due d),
  d AS (DELETE FROM shop.access a USING told t WHERE a.id::text = lower(t.id) AND a.made_at < p_look RETURNING 1)
  SELECT count(*) INTO looks FROM d;
  WITH d AS (DELETE FROM shop.customer_field_lost l
    WHERE (l.entity = 'need' AND l.row_id = ANY (here)) OR (l.entity = 'customer' AND l.field = 'care_until'
      AND CASE WHEN l.value ~ '^[0-9]{{1,15}}$' THEN l.value::bigint < p_now END) RETURNING l.id)
  SELECT coalesce(array_agg(d.id), '{{}}') INTO lost FROM d;
  -- A row of the feed is what cursors stand on: it stays, and says that there is nothing any more.
  UPDATE sync.feed f SET body = '{{}}', del = true
    WHERE (f.entity IN ('note_text', 'need') AND f.pk = ANY (here))
      OR (f.entity = 'customer_field_lost' AND f.pk = ANY (lost));
  UPDATE sync.feed f SET body = f.body || '{{"care_until": 0}}'
    WHERE f.entity = 'customer' AND jsonb_path_exists(f.body, {_OVER}, terms, true);
  DELETE FROM sync.conflict c WHERE (c.entity IN ('note_text', 'need') AND lower(c.lost->>'id') = ANY (gone))
    OR (c.entity = 'customer' AND jsonb_path_exists(c.lost, {_OVER}, terms, true));
  RETURN NEXT;
END $f$"""


def keep(connection: Pg, now_ms: int) -> dict[str, int]:
    """Delete what is kept for a term that is over at this moment (UTC ms); return how many of each kind.

    ``notes``, ``guesses`` and ``looks`` are rows that went, ``care`` the cards whose care mode is over, ``operations``
    those that lost words; all in one transaction.
    """
    cursor = connection.execute(
        "SELECT * FROM sync.keep_terms(%s, %s, %s)",
        (now_ms, now_ms - DAYS_KEPT["inferred"] * DAY_MS, now_ms - DAYS_KEPT["access"] * DAY_MS),
    )
    names = [column.name for column in cursor.description or ()]
    row = cursor.fetchone() or ()
    return {name: int(number) for name, number in zip(names, row, strict=True)}
