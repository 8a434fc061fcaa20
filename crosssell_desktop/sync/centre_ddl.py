"""Writes the centre's schema as statements: tables, functions and fences, all from the list of what travels.

Law: the text is frozen beside its revision by ``tools/freeze_centre_schema.py``; a test compares the two.
Only features of PostgreSQL 15 are used.
"""

# ruff: noqa: S608  # the statements are made from our own metadata, and from nothing that anybody typed

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

from sqlalchemy import Column, MetaData, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateSchema, CreateTable

from crosssell_desktop.domain.clock import MINUTE_MS
from crosssell_desktop.store import field_rows
from crosssell_desktop.store.schema import metadata
from crosssell_desktop.store.schema.base import Int
from crosssell_desktop.sync import centre_erasure, centre_terms
from crosssell_desktop.sync.tables import BY_TABLE, PUBLICATIONS, TRAVELS, Travel

SEPARATOR = "\n--;\n"
LOCAL_COLUMNS = frozenset({"no"})
LEEWAY_MS = 5 * MINUTE_MS
KIND_OF = {table: kind for kind, tables in PUBLICATIONS.items() for table in tables}
JUDGED = frozenset({"customer_merge", "customer_unmerge"})
"""Facts that count only when the centre says so; it says so as they come."""
NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
"""The incarnation of rows the centre itself writes: every counter hears them, the sender too."""


def travelling_columns(name: str) -> list[Column[Any]]:
    """Return the columns of a table that travel: all but the keys that mean something in one file only."""
    return [column for column in metadata.tables[name].columns if column.name not in LOCAL_COLUMNS]


def kind_of(column: Column[Any]) -> str:
    """Return the name of a column's kind: Id, Int, Flag, Json or Str."""
    return type(column.type).__name__


def _projection(travel: Travel) -> Table:
    """Return the centre's table of the same columns; one of narrow scope also knows who may hear each row.

    It has no foreign keys: one operation is whole, so a line cannot come without its sale, and the check would only
    slow the push.
    """
    columns: list[Column[Any]] = [
        Column(
            column.name,
            column.type,
            primary_key=column.name == "id",
            nullable=column.nullable,
            unique=column.unique if travel.rule == "register" else None,
        )
        for column in travelling_columns(travel.table)
    ]
    if travel.scope != "company":
        columns.append(Column("_scope", Int, nullable=False))
    return Table(travel.table, MetaData(), *columns, schema="shop")


def _uniques(travel: Travel) -> list[str]:
    """Return the statements of a register's natural keys: the office learns of a clash once, not every counter."""
    made = []
    for constraint in sorted(metadata.tables[travel.table].constraints, key=lambda c: str(c.name)):
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) > 1:
            names = ", ".join(_q(c.name) for c in constraint.columns)
            made.append(f"ALTER TABLE shop.{_q(travel.table)} ADD UNIQUE ({names})")
    return made


def is_by_field(travel: Travel) -> bool:
    """Say whether rows of a table are merged field by field."""
    return field_rows.is_by_field(metadata.tables[travel.table])


def _q(name: str) -> str:
    return '"' + name + '"'


def statements() -> list[str]:
    """Return every statement that makes an empty centre, in order."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    # "sync" is there already when the revision runs: Alembic keeps its own table in it.
    made = [str(CreateSchema(name, if_not_exists=True).compile(dialect=dialect)) for name in ("sync", "shop")]
    for travel in TRAVELS:
        made.append(str(CreateTable(_projection(travel)).compile(dialect=dialect)).strip())
        if travel.rule == "register":
            made += _uniques(travel)
        if travel.scope != "company" and travel.is_heard:
            made.append(f"CREATE INDEX ON shop.{_q(travel.table)} (_scope, id)")
    made += _parts("tables.sql")
    made += _parts("sequencer.sql")
    made.append(_UPCAST)
    made += _parts("clocks.sql")
    made += [merge_function(travel) for travel in TRAVELS if is_by_field(travel)]
    made += _parts("merges.sql")
    made.append(project_function())
    made.append(snapshot_function())
    made += _parts("worker.sql")
    made.append(apply_publication_function())
    made += centre_erasure.statements()
    made += centre_terms.statements()
    made += _parts("functions.sql")
    made += _parts("grants.sql")
    made += _parts("law.sql")
    made += _fences()
    return made


_SEEN_BY = """_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER'))"""


def _fences() -> list[str]:
    """Return row-level security on what has a store or a counter: it holds for our own functions too."""
    made = []
    for travel in TRAVELS:
        if travel.scope != "company":
            table = f"shop.{_q(travel.table)}"
            made += [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY own_scopes ON {table}\n  USING ({_SEEN_BY})",
            ]
    return made


def _parts(name: str) -> list[str]:
    text = (resources.files("crosssell_desktop") / "resources" / "centre" / name).read_text(encoding="utf-8")
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


# ------------------------------------------------------------------------------------------------ projection


_UPCAST = """CREATE FUNCTION sync.upcast(p_schema_v int, p_ops jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = sync, pg_temp AS $f$
BEGIN
  -- Operations of older programs are turned into today's form here, one version at a time; a revision that changes
  -- a form adds its step. The first form needs none.
  RETURN p_ops;
END $f$"""


def project_function() -> str:
    """Return the function that puts the rows of operations into their tables and into the feed."""
    blocks = "\n".join(_block(travel) for travel in TRAVELS)
    known = ", ".join(f"'{travel.table}'" for travel in TRAVELS)
    upward = ", ".join(f"'{travel.table}'" for travel in TRAVELS if travel.direction != "down")
    return f"""CREATE FUNCTION sync.project(me sync.counter, p_incarnation uuid, p_schema_v int, p_ops jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  g jsonb; d jsonb; j jsonb; n bigint; bad text;
  -- A clock may run ahead by this much; what is later yet is put back to it (sync.clamp).
  latest bigint := ((extract(epoch FROM clock_timestamp()) * 1000)::bigint + {LEEWAY_MS}) * 65536;
BEGIN
  IF p_schema_v > (SELECT c.schema_v FROM sync.centre c) THEN
    RAISE EXCEPTION 'schema version % is not known here', p_schema_v;
  END IF;
  p_ops := sync.upcast(p_schema_v, p_ops);
  SELECT o.value->>'kind' INTO bad FROM jsonb_array_elements(p_ops) o
    WHERE jsonb_typeof(o.value->'body'->'rows') IS DISTINCT FROM 'object' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the operation % has no rows', bad;
  END IF;
  SELECT jsonb_object_agg(x.tab, x.some) INTO g FROM (
    SELECT t.key AS tab, jsonb_agg(r.value ORDER BY o.n, r.n) AS some
      FROM jsonb_array_elements(p_ops) WITH ORDINALITY AS o(value, n)
      CROSS JOIN LATERAL jsonb_each(o.value->'body'->'rows') AS t
      CROSS JOIN LATERAL jsonb_array_elements(t.value) WITH ORDINALITY AS r(value, n)
      GROUP BY t.key) x;
  IF g IS NULL THEN
    RETURN;
  END IF;
  SELECT k.name INTO bad FROM jsonb_object_keys(g) AS k(name) WHERE k.name NOT IN ({known}) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the table % is not known here', bad;
  END IF;
  IF me.kind <> 'office' THEN
    SELECT k.name INTO bad FROM jsonb_object_keys(g) AS k(name) WHERE k.name NOT IN ({upward}) LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'a counter may not write %', bad;
    END IF;
    SELECT t.key INTO bad FROM jsonb_each(g) AS t CROSS JOIN LATERAL jsonb_array_elements(t.value) AS r
      WHERE r.value->>'counter_id' <> me.counter_id::text LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'a % of another counter', bad;
    END IF;
  END IF;
{blocks}
  IF p_ops @? '$[*].body.instead_of' THEN
    PERFORM sync.note_resent(me, p_ops);
  END IF;
END $f$"""


def _scope_of(travel: Travel) -> str:
    return {"company": "0", "store": "me.store_scope", "counter": "me.own_scope"}[travel.scope]


def _record_type(column: Column[Any]) -> str:
    # Flags come as true or false, and a bigint does not read those.
    return {"Id": "uuid", "Int": "bigint", "Flag": "text", "Json": "jsonb", "Str": "text"}[kind_of(column)]


def _value(column: Column[Any]) -> str:
    read = f"r.{_q(column.name)}"
    if kind_of(column) == "Flag":
        read = f"CASE {read} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE {read}::bigint END"
    elif kind_of(column) == "Json":
        read = f"coalesce({read}, 'null'::jsonb)::text" if not column.nullable else f"{read}::text"
    elif column.server_default is not None:
        read = f"coalesce({read}, 0)"
    return read


def record_of(columns: Sequence[Column[Any]]) -> str:
    """Return the columns with their types, as a record of JSON is read."""
    return ", ".join(f"{_q(c.name)} {_record_type(c)}" for c in columns)


def column_values(columns: Sequence[Column[Any]]) -> str:
    """Return what of a record ``r`` goes into the columns."""
    return ", ".join(_value(c) for c in columns)


def _block(travel: Travel) -> str:
    columns = travelling_columns(travel.table)
    names = ", ".join(_q(c.name) for c in columns)
    values = column_values(columns)
    record = record_of(columns)
    if travel.scope != "company":
        names += ", _scope"
        values += f", {_scope_of(travel)}"
    if travel.rule == "register":
        return _register_block(travel, columns, names, values, record)
    return _fact_block(travel, names, values, record)


def _fact_block(travel: Travel, names: str, values: str, record: str) -> str:
    some = f"g->'{travel.table}'"
    insert = f"""INSERT INTO shop.{_q(travel.table)} ({names})
      SELECT {values}
      FROM jsonb_to_recordset({some}) AS r({record})
      ON CONFLICT (id) DO NOTHING"""
    if travel.is_heard:
        insert = f"""WITH ins AS (
      {insert} RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT {_scope_of(travel)}, '{travel.table}', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements({some}) AS j JOIN ins ON ins.id = (j.value->>'id')::uuid"""
    extra = _FIRST_ACCEPT if travel.rule == "first_accept" else ""
    if travel.table in JUDGED:
        extra = f"""    PERFORM sync.judge_merges(me, p_schema_v, ARRAY(
      SELECT (e.value->>'id')::uuid FROM jsonb_array_elements({some}) e));
"""
    return f"""  IF g ? '{travel.table}' THEN
    {insert};
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length({some}) THEN
      RAISE EXCEPTION 'a {travel.table} is known already by another operation';
    END IF;
{extra}  END IF;"""


_FIRST_ACCEPT = """    WITH asked AS (
      SELECT (j.value->>'pass_id')::uuid AS pass_id, (j.value->>'id')::uuid AS event_id, j.value AS body, j.n AS n
      FROM jsonb_array_elements(g->'pass_event') WITH ORDINALITY AS j(value, n) WHERE j.value->>'event' = 'accepted'),
    won AS (
      INSERT INTO sync.pass_accept (pass_id, event_id, counter_no)
      SELECT a.pass_id, a.event_id, me.no FROM asked a ORDER BY a.pass_id, a.n
      ON CONFLICT (pass_id) DO NOTHING RETURNING event_id)
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'pass_event', a.event_id, me.no, p_incarnation, a.body FROM asked a
      WHERE NOT EXISTS (SELECT 1 FROM won WHERE won.event_id = a.event_id);
"""


def _register_block(travel: Travel, columns: list[Column[Any]], names: str, values: str, record: str) -> str:
    name = travel.table
    sets = ", ".join(f"{_q(c.name)} = excluded.{_q(c.name)}" for c in columns if c.name != "id")
    then = f"""INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT {_scope_of(travel)}, '{name}', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw'"""
    by_field = is_by_field(travel)
    if travel.direction == "both":
        stamped = f" AND NOT EXISTS (SELECT 1 FROM {_stored(name)} AND t.stamps IS NOT NULL)" if by_field else ""
        then = f"""fed AS (
      {then})
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT '{name}', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid){stamped}"""
    comma = "," if travel.direction == "both" else ""
    whole = " AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'" if by_field else ""
    # A row that is not there yet may be written as a whole; one with clocks of its own is merged below.
    guard = "t.ver < excluded.ver" + (" AND t.stamps IS NULL" if by_field else "")
    if travel.scope != "company":
        # What belongs to one store is not replaced from another.
        guard += " AND t._scope = excluded._scope"
    merging = _merging(name) if by_field else ""
    held = otherwise = ""
    if name in KIND_OF:
        held = f"""    IF '{KIND_OF[name]}' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('{KIND_OF[name]}', '{name}', d);
    ELSE
"""
        otherwise = "    END IF;\n"
    return f"""  IF g ? '{name}' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'{name}') WITH ORDINALITY AS e(value, n)
      WHERE true{whole}
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
{held}    WITH up AS (
      INSERT INTO shop.{_q(name)} AS t ({names})
      SELECT {values}
      FROM jsonb_to_recordset(d) AS r({record}) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET {sets}
      WHERE {guard} RETURNING t.id, t.ver){comma}
    {then};
{otherwise}    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT {_scope_of(travel)}, '{name}', t.id, t.ver, false, p_schema_v, me.no, {NOBODY},
          {_body(travel)} || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop.{_q(name)} t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
{merging}  END IF;"""


def _stored(name: str) -> str:
    return f"shop.{_q(name)} t WHERE t.id = (j.value->>'id')::uuid"


def _merging(name: str) -> str:
    return f"""    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'{name}') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop.{_q(name)} t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_{name}(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
"""


def merge_function(travel: Travel) -> str:
    """Return the function that merges one row field by field, as ``domain.fields.merge`` does."""
    name = travel.table
    columns = travelling_columns(name)
    names = ", ".join(_q(c.name) for c in columns)
    values = column_values(columns)
    record = record_of(columns)
    fields = ", ".join(f"'{field}'" for field in field_rows.fields_of(metadata.tables[name]))
    feed = "INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)"
    whose = "key" if name == "customer" else "(old->>'customer_id')::uuid"
    return f"""CREATE FUNCTION sync.merge_{name}(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop.{_q(name)} ({names}) SELECT {values} FROM jsonb_to_record(j) AS r({record})
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    {feed}
      VALUES ({_scope_of(travel)}, '{name}', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN {NOBODY} ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT {_body(travel)} INTO old FROM shop.{_q(name)} t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY[{fields}] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, '{name}', key, {whose}, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, '{name}', key, {whose}, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop.{_q(name)} SET ({names}) = (SELECT {values} FROM jsonb_to_record(made) AS r({record})) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    {feed}
      VALUES ({_scope_of(travel)}, '{name}', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN {NOBODY} ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{{}}' END);
  END IF;
END $f$"""


def apply_publication_function() -> str:
    """Return the function that makes a publication count at the centre: what a new counter fetches from then on."""
    blocks = ""
    for name in KIND_OF:
        columns = travelling_columns(name)
        names = ", ".join(_q(c.name) for c in columns)
        values = column_values(columns)
        record = record_of(columns)
        sets = ", ".join(f"{_q(c.name)} = excluded.{_q(c.name)}" for c in columns if c.name != "id")
        blocks += f"""  INSERT INTO shop.{_q(BY_TABLE[name].table)} AS t ({names})
    SELECT {values} FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r({record})
    WHERE p.publication_id = p_publication AND p.entity = '{name}' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET {sets} WHERE t.ver < excluded.ver;
"""
    return f"""CREATE FUNCTION sync.apply_publication(p_publication uuid) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
{blocks}  INSERT INTO sync.published (publication_id) VALUES (p_publication) ON CONFLICT DO NOTHING;
END $f$"""


# -------------------------------------------------------------------------------------------------- snapshot


def snapshot_function() -> str:
    """Return the function that pages a table by its key for a new counter."""
    branches = "\n".join(_snapshot_branch(travel) for travel in TRAVELS if travel.is_heard)
    return f"""CREATE FUNCTION sync.sync_snapshot(p_entity text, p_after uuid, p_page int)
RETURNS TABLE (status text, last uuid, n int, more boolean, page text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE
  me sync.counter := sync.who();
  after uuid := coalesce(p_after, '00000000-0000-0000-0000-000000000000');
BEGIN
  CASE p_entity
{branches}
  ELSE
    RETURN QUERY SELECT 'ok', NULL::uuid, 0, false, '[]';
  END CASE;
END $f$"""


def _body(travel: Travel) -> str:
    """Return the expression that turns a stored row ``t`` into what a counter takes."""
    body = "to_jsonb(t)" if travel.scope == "company" else "(to_jsonb(t) - '_scope')"
    readers = {"Json": "t.{}::jsonb"} | ({"Flag": "t.{} <> 0"} if is_by_field(travel) else {})
    typed = ", ".join(
        f"'{c.name}', {readers[kind_of(c)].format(_q(c.name))}"
        for c in travelling_columns(travel.table)
        if kind_of(c) in readers
    )
    return f"{body} || jsonb_build_object({typed})" if typed else body


def _snapshot_branch(travel: Travel) -> str:
    columns = travelling_columns(travel.table)
    body = _body(travel)
    ver = "t.ver" if any(c.name == "ver" for c in columns) else "0"
    if travel.scope == "company":
        source = f"shop.{_q(travel.table)} t WHERE t.id > after ORDER BY t.id LIMIT p_page"
        selected = f"SELECT t.id, {ver} AS ver, {body} AS body FROM {source}"
    else:
        selected = f"""SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, {ver} AS ver, {body} AS body FROM shop.{_q(travel.table)} t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page"""
    return f"""  WHEN '{travel.table}' THEN
    RETURN QUERY WITH p AS MATERIALIZED ({selected})
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('{travel.table}', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;"""
