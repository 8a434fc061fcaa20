"""The centre's half of erasure: guards that no late counter passes, and the removal of what operations still say.

Law: typed tables forget in the transaction that brings the tombstone; operations, feed, conflicts and what was put
aside forget in the next run of the worker, and from the tombstone on nothing personal of the erased is written.
"""

# ruff: noqa: S608  # the statements are made from our own metadata, and from nothing that anybody typed

from __future__ import annotations

from typing import TYPE_CHECKING

from crosssell_desktop.store import law_ddl
from crosssell_desktop.sync.tables import BY_TABLE

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    Pg = psycopg.Connection[TupleRow]

PG = "LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$"


def _array(names: list[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in names) + "]"


def _travelling(names: list[str]) -> list[str]:
    return [name for name in names if name in BY_TABLE]


def personal_array() -> str:
    """Return the travelling tables that hold personal data, as SQL."""
    return _array(_travelling(law_ddl.personal_names()))


def statements() -> list[str]:
    """Return the functions, columns and triggers of erasure, after all tables are made."""
    personal = personal_array()
    registers = _array(_travelling(law_ddl.register_names()))
    owned = [t.name for t in law_ddl.personal_registers() if t.name in BY_TABLE]
    deletes = "\n".join(f'  DELETE FROM shop."{name}" t WHERE t.customer_id = NEW.customer_id;' for name in owned)
    blank = law_ddl.upsert_blank("shop.customer", "NEW.customer_id", law_ddl.ERASED_VER)
    made = [
        "ALTER TABLE sync.op ADD COLUMN salt uuid DEFAULT gen_random_uuid(), ADD COLUMN kept text",
        f"CREATE INDEX op_personal ON sync.op (counter_no, incarnation, seq) WHERE (body->'rows') ?| {personal}",
        "CREATE INDEX ON shop.tombstone (customer_id)",
        # What is looked up comes out of JSON that may be poison: as a text it cannot fail to be read.
        "CREATE INDEX ON shop.tombstone ((customer_id::text))",
        (
            "CREATE TABLE sync.erased (customer_id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),"
            " detail jsonb NOT NULL)"
        ),
        """CREATE FUNCTION sync.is_erased(p_id text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = sync, pg_temp AS $f$
  SELECT EXISTS (SELECT 1 FROM shop.tombstone t WHERE t.customer_id::text = lower(p_id))
$f$""",
        """CREATE FUNCTION sync.whose(p_entity text, p_body jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN p_entity = 'customer' THEN p_body->>'id' ELSE p_body->>'customer_id' END
$f$""",
        f"""CREATE FUNCTION sync.redact(p_body jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = sync, pg_temp AS $f$
BEGIN
  IF jsonb_typeof(p_body->'rows') IS DISTINCT FROM 'object' THEN
    RETURN p_body;
  END IF;
  RETURN p_body || jsonb_build_object('rows', (
    SELECT jsonb_object_agg(t.key, CASE WHEN t.key = ANY ({personal}) AND jsonb_typeof(t.value) = 'array' THEN (
        SELECT coalesce(jsonb_agg(r.value ORDER BY r.n), '[]')
        FROM jsonb_array_elements(t.value) WITH ORDINALITY AS r(value, n)
        WHERE NOT sync.is_erased(sync.whose(t.key, r.value))) ELSE t.value END)
    FROM jsonb_each(p_body->'rows') t));
END $f$""",
        f"""CREATE FUNCTION sync.facts_of(p_body jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN jsonb_typeof(p_body->'rows') = 'object'
    THEN jsonb_set(p_body, '{{rows}}', (p_body->'rows') - {registers}::text[]) ELSE p_body END::text
$f$""",
        f"""CREATE FUNCTION sync.registers_of(p_body jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN jsonb_typeof(p_body->'rows') = 'object' THEN (
    SELECT jsonb_object_agg(t.key, t.value)::text FROM jsonb_each(p_body->'rows') t
    WHERE t.key = ANY ({registers})) END
$f$""",
        """CREATE FUNCTION sync.register_digest(o sync.op) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  -- Salted by what is blanked on erasure: of the digest that stays nobody can guess back what it was of.
  SELECT coalesce(o.kept, encode(sha256(convert_to(concat_ws('|', o.salt, coalesce(sync.registers_of(o.body), ''),
    coalesce(o.raw, '')), 'UTF8')), 'hex'))
$f$""",
        """CREATE FUNCTION sync.op_digest(o sync.op) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN o.kept LIKE 'all:%' THEN substr(o.kept, 5) ELSE
    encode(sha256(convert_to(concat_ws('|', o.seq, o.op_id, o.kind, o.schema_v, o.hash, o.hlc, o.made_at,
      coalesce(sync.facts_of(o.body), ''), sync.register_digest(o)), 'UTF8')), 'hex') END
$f$""",
        f"""CREATE FUNCTION sync.bury() RETURNS trigger {PG}
BEGIN
{deletes}
  {blank};
  RETURN NULL;
END $f$""",
        "CREATE TRIGGER bury AFTER INSERT ON shop.tombstone FOR EACH ROW EXECUTE FUNCTION sync.bury()",
        f"""CREATE FUNCTION sync.keep_out() RETURNS trigger {PG}
BEGIN
  IF sync.is_erased(NEW.customer_id::text) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $f$""",
        f"""CREATE FUNCTION sync.keep_card_out() RETURNS trigger {PG}
BEGIN
  -- An edit of one field says nothing of the status, so what is erased already takes no edit at all.
  IF (NEW.status <> 'erased' OR (TG_OP = 'UPDATE' AND OLD.status = 'erased')) AND sync.is_erased(NEW.id::text) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $f$""",
        f"""CREATE FUNCTION sync.keep_words_out() RETURNS trigger {PG}
BEGIN
  IF TG_TABLE_NAME = 'op' THEN
    NEW.body := sync.redact(NEW.body);
  ELSIF TG_TABLE_NAME = 'feed' THEN
    IF sync.is_erased(sync.whose(NEW.entity, NEW.body)) THEN
      RETURN NULL;
    END IF;
  ELSIF sync.is_erased(sync.whose(NEW.entity, NEW.lost)) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $f$""",
    ]
    made += [
        f'CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."{name}"'
        " FOR EACH ROW EXECUTE FUNCTION sync.keep_out()"
        for name in owned
    ]
    words = "FOR EACH ROW WHEN ({}) EXECUTE FUNCTION sync.keep_words_out()"
    made += [
        (
            "CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop.customer"
            " FOR EACH ROW EXECUTE FUNCTION sync.keep_card_out()"
        ),
        "CREATE TRIGGER keep_out BEFORE INSERT ON sync.op " + words.format(f"(NEW.body->'rows') ?| {personal}"),
        "CREATE TRIGGER keep_out BEFORE INSERT ON sync.feed " + words.format(f"NEW.entity = ANY ({personal})"),
        "CREATE TRIGGER keep_out BEFORE INSERT ON sync.conflict " + words.format(f"NEW.entity = ANY ({personal})"),
        _sweep(personal),
    ]
    return made


def _sweep(personal: str) -> str:
    return f"""CREATE FUNCTION sync.sweep_erased() RETURNS int {PG}
DECLARE
  due uuid[]; n int; ops bigint; fed bigint; lost bigint; aside bigint;
BEGIN
  SELECT coalesce(array_agg(DISTINCT t.customer_id), '{{}}') INTO due FROM shop.tombstone t
    WHERE NOT EXISTS (SELECT 1 FROM sync.erased e WHERE e.customer_id = t.customer_id);
  -- What a late counter brought unreadable or refused cannot be told apart row by row: it goes whole.
  UPDATE sync.op p SET kept = 'all:' || sync.op_digest(p), salt = NULL, raw = NULL, body = NULL,
      error = left(p.error, 5) || ' (erased)'
    WHERE p.state = 'quarantined' AND (p.body IS NOT NULL OR p.raw IS NOT NULL) AND EXISTS (
      SELECT 1 FROM regexp_matches(lower(coalesce(p.body::text, p.raw)),
        '[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}', 'g') AS m(id)
      WHERE sync.is_erased(m.id[1]));
  GET DIAGNOSTICS aside = ROW_COUNT;
  IF cardinality(due) = 0 THEN
    RETURN 0;
  END IF;
  UPDATE sync.op p SET kept = sync.register_digest(p), salt = NULL, body = sync.redact(p.body)
    WHERE (p.body->'rows') ?| {personal} AND sync.redact(p.body) <> p.body;
  GET DIAGNOSTICS ops = ROW_COUNT;
  -- A row of the feed is what cursors stand on: it stays, and says that there is nothing any more.
  UPDATE sync.feed f SET body = '{{}}', del = true
    WHERE f.entity = ANY ({personal}) AND f.entity <> 'customer' AND (f.body->>'customer_id')::uuid = ANY (due);
  GET DIAGNOSTICS fed = ROW_COUNT;
  UPDATE sync.feed f SET body = (SELECT to_jsonb(c) || jsonb_build_object('stamps', NULL) FROM shop.customer c
      WHERE c.id = f.pk), ver = (SELECT c.ver FROM shop.customer c WHERE c.id = f.pk)
    WHERE f.entity = 'customer' AND f.pk = ANY (due);
  DELETE FROM sync.conflict c WHERE c.entity = ANY ({personal})
    AND sync.whose(c.entity, c.lost) = ANY (due::text[]);
  GET DIAGNOSTICS lost = ROW_COUNT;
  INSERT INTO sync.erased (customer_id, detail) SELECT d.id, jsonb_build_object(
      'operations', ops, 'feed', fed, 'conflicts', lost, 'set_aside', aside, 'together', cardinality(due))
    FROM unnest(due) AS d(id);
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $f$"""


def sweep(connection: Pg) -> int:
    """Remove what operations, feed and conflicts still say of people who were erased; return how many people."""
    row = connection.execute("SELECT sync.sweep_erased()").fetchone()
    return 0 if row is None else int(row[0])
