CREATE TABLE sync.pull_mark (counter_no int PRIMARY KEY, xid xid8, heard jsonb, at timestamptz NOT NULL)
--;
CREATE TABLE sync.pending (
  kind text NOT NULL,
  entity text NOT NULL,
  pk uuid NOT NULL,
  ver bigint NOT NULL,
  body jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (entity, pk)
)
--;
CREATE TABLE sync.published (publication_id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())
--;
CREATE TABLE sync.customer_alias (id uuid PRIMARY KEY, root uuid NOT NULL)
--;
CREATE TABLE sync.work_log (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  what text NOT NULL,
  detail jsonb NOT NULL
)
--;
CREATE FUNCTION sync.note_pull(p_counter_no int, p_token text) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE rest text := substr(p_token, strpos(p_token, ':') + 1);
BEGIN
  IF p_token IS NULL OR EXISTS (SELECT 1 FROM sync.pull_mark m
    WHERE m.counter_no = p_counter_no AND m.at > clock_timestamp() - interval '1 hour')
  THEN
    RETURN;
  END IF;
  -- A cursor of either scheme, as far as it tells how far the feed was heard.
  INSERT INTO sync.pull_mark (counter_no, xid, heard, at)
    VALUES (p_counter_no, substring(rest FROM '^([0-9]{1,19}):')::xid8,
      CASE WHEN (SELECT c.cursor_scheme FROM sync.centre c) = 'sequencer' AND rest LIKE '{%}' THEN rest::jsonb END,
      clock_timestamp())
    ON CONFLICT (counter_no) DO UPDATE SET xid = excluded.xid, heard = excluded.heard, at = excluded.at;
END $f$
--;
CREATE FUNCTION sync.hold(p_kind text, p_entity text, p_rows jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
  INSERT INTO sync.pending AS t (kind, entity, pk, ver, body)
    SELECT p_kind, p_entity, (e.value->>'id')::uuid, (e.value->>'ver')::bigint, e.value
    FROM jsonb_array_elements(p_rows) e ORDER BY e.value->>'id'
    ON CONFLICT (entity, pk) DO UPDATE SET ver = excluded.ver, body = excluded.body, at = now()
    WHERE t.ver < excluded.ver;
END $f$
--;
CREATE FUNCTION sync.publish(p_kind text, p_effective bigint) RETURNS uuid
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := gen_random_uuid();
  now_ms bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  n bigint; total numeric;
BEGIN
  WITH taken AS (DELETE FROM sync.pending p WHERE p.kind = p_kind RETURNING p.entity, p.pk, p.ver, p.body),
  made AS (
    INSERT INTO shop.publication_row (id, publication_id, entity, pk, body, ver)
    SELECT md5(key::text || t.entity || t.pk::text)::uuid, key, t.entity, t.pk::text, t.body::text, t.ver
    FROM taken t RETURNING *),
  fed AS (
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
    SELECT 0, 'publication_row', m.id, m.ver, false, 1, 0, '00000000-0000-0000-0000-000000000000', to_jsonb(m)
    FROM made m ORDER BY m.entity, m.pk)
  SELECT count(*), coalesce(sum(('x' || left(md5(
      m.entity || ':' || m.pk || ':' || m.ver || ':' || m.body), 15))::bit(60)::bigint), 0)
    INTO n, total FROM made m;
  IF n = 0 THEN
    RETURN NULL;
  END IF;
  INSERT INTO shop.publication (id, kind, n_rows, checksum, effective_from, ver)
    VALUES (key, p_kind, n, (total % 1152921504606846976)::bigint::text, p_effective, now_ms * 65536);
  INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
    SELECT 0, 'publication', t.id, t.ver, false, 1, 0, '00000000-0000-0000-0000-000000000000', to_jsonb(t)
    FROM shop.publication t WHERE t.id = key;
  RETURN key;
END $f$
--;
CREATE TABLE sync.join_code (
  role_name name PRIMARY KEY,
  counter_id uuid NOT NULL,
  place jsonb NOT NULL,
  sealed text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
)
--;
CREATE FUNCTION sync.sync_join() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE spent sync.join_code;
BEGIN
  UPDATE sync.join_code j SET used_at = clock_timestamp()
    WHERE j.role_name = session_user AND j.used_at IS NULL AND j.expires_at > clock_timestamp() RETURNING j.* INTO spent;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this code was used, or its time is over' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN (spent.place || jsonb_build_object('sealed', spent.sealed,
    'root_cert', (SELECT c.root_cert FROM sync.centre c)))::text;
END $f$
--;
CREATE TABLE sync.lost_range (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  counter_no int NOT NULL REFERENCES sync.counter,
  incarnation uuid NOT NULL,
  from_seq bigint NOT NULL,
  last_at timestamptz NOT NULL,
  known_receipt bigint NOT NULL,
  last_receipt bigint,
  at timestamptz NOT NULL DEFAULT now()
)
--;
CREATE FUNCTION sync.last_receipt(p_counter uuid) RETURNS bigint
LANGUAGE sql STABLE SET search_path = sync, pg_temp AS $f$
  SELECT coalesce(max(split_part(s.number, '-', 2)::bigint), 0) FROM shop.sale s
  WHERE s.counter_id = p_counter AND s.number ~ '^[^-]+-[0-9]{1,15}-[^-]+$'
$f$
--;
CREATE FUNCTION sync.note_lost(p_counter_no int, p_last_receipt bigint) RETURNS void
LANGUAGE sql SET search_path = sync, pg_temp AS $f$
  INSERT INTO sync.lost_range (counter_no, incarnation, from_seq, last_at, known_receipt, last_receipt)
    SELECT c.no, p.incarnation, p.last_seq + 1, p.last_at, sync.last_receipt(c.counter_id), p_last_receipt
    FROM sync.counter c JOIN LATERAL (
      SELECT q.* FROM sync.push_cursor q WHERE q.counter_no = c.no ORDER BY q.last_at DESC, q.incarnation LIMIT 1) p
      ON true
    WHERE c.no = p_counter_no
$f$
--;
CREATE VIEW sync.standing WITH (security_invoker = true) AS
  SELECT c.no, c.counter_id, c.name, c.kind, c.state,
    (extract(epoch FROM greatest(
      (SELECT max(p.last_at) FROM sync.push_cursor p WHERE p.counter_no = c.no),
      (SELECT m.at FROM sync.pull_mark m WHERE m.counter_no = c.no))) * 1000)::bigint AS seen_ms,
    (extract(epoch FROM c.enrolled_at) * 1000)::bigint AS enrolled_ms,
    (SELECT coalesce(sum(p.last_seq), 0)::bigint FROM sync.push_cursor p WHERE p.counter_no = c.no) AS operations,
    (SELECT count(*) FROM sync.op o WHERE o.counter_no = c.no AND o.state = 'quarantined' AND o.resent_as IS NULL)
      AS quarantined,
    (SELECT count(*) FROM sync.fork_log f WHERE f.counter_no = c.no) AS forks,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('incarnation', l.incarnation, 'from_seq', l.from_seq,
        'last_ms', (extract(epoch FROM l.last_at) * 1000)::bigint, 'known_receipt', l.known_receipt,
        'last_receipt', l.last_receipt) ORDER BY l.no), '[]') FROM sync.lost_range l WHERE l.counter_no = c.no) AS lost
  FROM sync.counter c
--;
CREATE FUNCTION sync.sync_standing() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE me sync.counter := sync.who();
BEGIN
  -- The office sees every counter; a counter sees itself.
  RETURN jsonb_build_object(
    'now_ms', (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    'counters', (SELECT coalesce(jsonb_agg(to_jsonb(s) - 'no' ORDER BY s.no), '[]') FROM sync.standing s
      WHERE s.no = me.no OR (me.kind = 'office' AND s.name <> 'enrolment')),
    'set_aside', (SELECT coalesce(jsonb_agg(z.j ORDER BY z.at DESC), '[]') FROM (
      SELECT o.received_at AS at, jsonb_build_object('counter', c.name, 'counter_id', c.counter_id, 'op_id', o.op_id,
          'kind', o.kind, 'error', o.error, 'body', coalesce(o.body::text, o.raw),
          'at_ms', (extract(epoch FROM o.received_at) * 1000)::bigint, 'resent', o.resent_as IS NOT NULL) AS j
      FROM sync.op o JOIN sync.counter c ON c.no = o.counter_no
      WHERE o.state = 'quarantined' AND (c.no = me.no OR me.kind = 'office')
      ORDER BY o.received_at DESC LIMIT 50) z))::text;
END $f$
--;
CREATE FUNCTION sync.note_resent(me sync.counter, p_ops jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
  -- What was put aside stays as evidence; that a new operation stands in its place is noted beside it. Only the
  -- office may speak for another counter.
  UPDATE sync.op p SET resent_as = (e.value->>'op_id')::uuid
    FROM jsonb_array_elements(p_ops) e
    JOIN sync.op_seen s ON s.op_id = (e.value->'body'->>'instead_of')::uuid
    WHERE p.counter_no = s.counter_no AND p.incarnation = s.incarnation AND p.seq = s.seq
      AND p.state = 'quarantined' AND (p.counter_no = me.no OR me.kind = 'office');
END $f$
