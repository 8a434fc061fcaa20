CREATE FUNCTION sync.who() RETURNS sync.counter
LANGUAGE plpgsql STABLE AS $f$
DECLARE me sync.counter;
BEGIN
  SELECT c.* INTO me FROM sync.counter c WHERE c.role_name = session_user;
  IF NOT FOUND OR me.state <> 'live' THEN
    RAISE EXCEPTION 'this counter is not enrolled, or its access was revoked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN me;
END $f$
--;
CREATE FUNCTION sync.epoch_of(p_runbook uuid) RETURNS text
LANGUAGE plpgsql STABLE AS $f$
DECLARE
  -- The identity of the cluster stands in a file; a session reads it once, for it outlives no restart.
  cluster text := current_setting('crosssell.cluster', true);
BEGIN
  IF coalesce(cluster, '') = '' THEN
    SELECT s.system_identifier::text INTO cluster FROM pg_control_system() s;
    PERFORM set_config('crosssell.cluster', cluster, false);
  END IF;
  RETURN p_runbook || '.' || cluster || '.' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8);
END $f$
--;
CREATE FUNCTION sync.current_epoch() RETURNS text
LANGUAGE sql STABLE SET search_path = sync, pg_temp AS $f$
  SELECT sync.epoch_of(c.runbook) FROM sync.centre c
$f$
--;
CREATE FUNCTION sync.prune_feed(p_older interval) RETURNS bigint
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  floor xid8; n bigint;
BEGIN
  IF (SELECT c.cursor_scheme FROM sync.centre c) = 'sequencer' THEN
    RETURN sync.prune_sequenced(p_older);
  END IF;
  -- Never by the time of a row: a transaction that was open for long is old the moment it shows. The mark says
  -- which numbers had all ended so long ago.
  SELECT max(m.xid) INTO floor FROM sync.feed_mark m WHERE m.at <= clock_timestamp() - p_older;
  -- Never above where a counter that still lives stands: it would have to fetch everything anew.
  floor := least(floor, (SELECT m.xid FROM sync.pull_mark m JOIN sync.counter c ON c.no = m.counter_no
    WHERE floor IS NOT NULL AND m.xid IS NOT NULL AND c.state = 'live' AND m.at > clock_timestamp() - interval '70 days'
    ORDER BY m.xid LIMIT 1));
  IF p_older = interval '0' THEN
    floor := pg_snapshot_xmin(pg_current_snapshot());
  END IF;
  IF floor IS NULL THEN
    RETURN 0;
  END IF;
  -- The newest row of each scope stays: it is what a counter that heard everything stands on.
  DELETE FROM sync.feed f USING (
    SELECT s.scope, z.xid, z.id FROM (SELECT 0 AS scope UNION ALL SELECT x.scope FROM sync.scope x) s
    CROSS JOIN LATERAL (SELECT g.xid, g.id FROM sync.feed g WHERE g.scope = s.scope AND g.xid < floor
      ORDER BY g.scope DESC, g.xid DESC, g.id DESC LIMIT 1) z) k
    WHERE f.scope = k.scope AND f.xid < floor AND (f.xid, f.id) <> (k.xid, k.id);
  GET DIAGNOSTICS n = ROW_COUNT;
  UPDATE sync.centre c SET feed_floor = greatest(c.feed_floor, floor);
  DELETE FROM sync.feed_mark m WHERE m.xid < floor;
  RETURN n;
END $f$
--;
CREATE FUNCTION sync.project_each(me sync.counter, p_incarnation uuid, p_ops jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE o jsonb; why text;
BEGIN
  FOR o IN SELECT e.value FROM jsonb_array_elements(p_ops) WITH ORDINALITY AS e(value, n) ORDER BY e.n LOOP
    BEGIN
      PERFORM sync.project(me, p_incarnation, (o->>'schema_v')::int, jsonb_build_array(o));
    EXCEPTION WHEN OTHERS THEN
      IF left(SQLSTATE, 2) IN ('40', '53', '55', '57', '58', 'XX') THEN
        RAISE;
      END IF;
      why := SQLSTATE || ' ' || SQLERRM;
      UPDATE sync.op p SET state = 'quarantined', error = why
        WHERE p.counter_no = me.no AND p.incarnation = p_incarnation AND p.seq = (o->>'seq')::bigint;
    END;
  END LOOP;
END $f$
--;
CREATE FUNCTION sync.digest_of(p_seq bigint, p_hash text) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT ('x' || left(md5(p_seq::text || ':' || p_hash), 15))::bit(60)::bigint
$f$
--;
CREATE FUNCTION sync.sync_push(p_incarnation uuid, p_epoch text, p_proto int, p_ops jsonb)
RETURNS TABLE (
  status text, acked bigint, epoch text, server_ms bigint, proto_min int, proto_max int, retry_after_s int,
  quarantined text, digest bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE
  me sync.counter := sync.who();
  here sync.centre;
  ep text := sync.current_epoch();
  now_ms bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  n int := jsonb_array_length(p_ops);
  first_seq bigint; top_seq bigint; last bigint; sum_at bigint; forked record; fresh uuid[]; todo jsonb; v int; versions int;
BEGIN
  SELECT c.* INTO here FROM sync.centre c;
  -- What the pull of this connection must not send back, and what it may be asked for.
  PERFORM set_config('crosssell.incarnation', p_incarnation::text, false),
    set_config('crosssell.proto', p_proto::text, false);
  IF p_epoch <> ep THEN
    RETURN QUERY SELECT 'epoch', 0::bigint, ep, now_ms, here.proto_min, here.proto_max, here.retry_after_s, '[]', 0::bigint;
    RETURN;
  END IF;
  IF n = 0 THEN
    -- An idle look writes nothing: no row lock, no transaction id.
    SELECT p.last_seq, p.digest INTO last, sum_at FROM sync.push_cursor p
      WHERE p.counter_no = me.no AND p.incarnation = p_incarnation;
    RETURN QUERY SELECT 'ok', coalesce(last, 0), ep, now_ms, here.proto_min, here.proto_max, here.retry_after_s, '[]',
      coalesce(sum_at, 0);
    RETURN;
  END IF;
  -- A retry waits here for the call it thinks lost, so that the two cannot both be first.
  INSERT INTO sync.push_cursor (counter_no, incarnation) VALUES (me.no, p_incarnation) ON CONFLICT DO NOTHING;
  SELECT p.last_seq, p.digest INTO last, sum_at FROM sync.push_cursor p
    WHERE p.counter_no = me.no AND p.incarnation = p_incarnation FOR UPDATE;
  SELECT min(o.seq), max(o.seq) INTO first_seq, top_seq FROM jsonb_to_recordset(p_ops) AS o(seq bigint);
  IF first_seq > last + 1 OR top_seq - first_seq + 1 <> n THEN
    RETURN QUERY SELECT 'gap', last, ep, now_ms, here.proto_min, here.proto_max, here.retry_after_s, '[]',
      sum_at;
    RETURN;
  END IF;
  SELECT o.seq, o.op_id INTO forked
    FROM jsonb_to_recordset(p_ops) AS o(seq bigint, op_id uuid, hash text)
    JOIN sync.op p ON p.counter_no = me.no AND p.incarnation = p_incarnation AND p.seq = o.seq
    WHERE p.hash <> o.hash OR p.op_id <> o.op_id ORDER BY o.seq LIMIT 1;
  IF FOUND THEN
    INSERT INTO sync.fork_log (counter_no, incarnation, last_seq, seq, op_id)
      VALUES (me.no, p_incarnation, last, forked.seq, forked.op_id);
    RETURN QUERY SELECT 'fork', last, ep, now_ms, here.proto_min, here.proto_max, here.retry_after_s, '[]',
      sum_at;
    RETURN;
  END IF;
  IF top_seq > last THEN
    WITH o AS (SELECT x.* FROM jsonb_to_recordset(p_ops) AS x(seq bigint, op_id uuid, hash text) WHERE x.seq > last),
    new AS (
      INSERT INTO sync.op_seen (op_id, counter_no, incarnation, seq, hash)
      SELECT o.op_id, me.no, p_incarnation, o.seq, o.hash FROM o ORDER BY o.op_id
      ON CONFLICT (op_id) DO NOTHING RETURNING op_id)
    SELECT coalesce(array_agg(new.op_id), '{}') INTO fresh FROM new;
    INSERT INTO sync.op
      (counter_no, incarnation, seq, op_id, kind, schema_v, hash, hlc, made_at, body, raw, state, error)
      SELECT me.no, p_incarnation, o.seq, o.op_id, o.kind, o.schema_v, o.hash, o.hlc, o.made_at, o.body,
        convert_from(decode(o.raw, 'base64'), 'UTF8'),
        CASE WHEN o.op_id = ANY (fresh) THEN CASE WHEN o.raw IS NULL THEN 'ok' ELSE 'quarantined' END
             WHEN s.counter_no = me.no AND s.hash = o.hash THEN 'dup' ELSE 'quarantined' END,
        CASE WHEN o.op_id = ANY (fresh) THEN CASE WHEN o.raw IS NULL THEN NULL ELSE 'the body cannot be read' END
             WHEN s.counter_no = me.no AND s.hash = o.hash THEN NULL
             ELSE 'this operation id belongs to another operation' END
      FROM jsonb_to_recordset(p_ops) AS o(
        seq bigint, op_id uuid, kind text, schema_v int, hash text, hlc bigint, made_at bigint, body jsonb, raw text)
      LEFT JOIN sync.op_seen s ON s.op_id = o.op_id
      WHERE o.seq > last;
    IF first_seq > last AND cardinality(fresh) = n AND NOT jsonb_path_exists(p_ops, '$[*].raw') THEN
      todo := p_ops;
    ELSE
      -- Stubs and unreadable bodies have no effect; they only keep the sequence dense.
      SELECT coalesce(jsonb_agg(e.value ORDER BY e.n), '[]') INTO todo
        FROM jsonb_array_elements(p_ops) WITH ORDINALITY AS e(value, n)
        WHERE (e.value->>'seq')::bigint > last AND (e.value->>'op_id')::uuid = ANY (fresh)
          AND e.value->>'raw' IS NULL;
    END IF;
    SELECT count(DISTINCT o.schema_v), min(o.schema_v) INTO versions, v
      FROM jsonb_to_recordset(todo) AS o(schema_v int);
    IF versions = 1 THEN
      BEGIN
        PERFORM sync.project(me, p_incarnation, v, todo);
      EXCEPTION WHEN OTHERS THEN
        IF left(SQLSTATE, 2) IN ('40', '53', '55', '57', '58', 'XX') THEN
          RAISE;
        END IF;
        PERFORM sync.project_each(me, p_incarnation, todo);
      END;
    ELSIF versions > 1 THEN
      PERFORM sync.project_each(me, p_incarnation, todo);
    END IF;
    SELECT ((sum_at + sum(sync.digest_of(o.seq, o.hash))) % 1152921504606846976)::bigint INTO sum_at
      FROM jsonb_to_recordset(p_ops) AS o(seq bigint, hash text) WHERE o.seq > last;
    UPDATE sync.push_cursor p SET last_seq = top_seq, digest = sum_at, last_at = now()
      WHERE p.counter_no = me.no AND p.incarnation = p_incarnation;
  END IF;
  RETURN QUERY SELECT 'ok', greatest(last, top_seq), ep, now_ms, here.proto_min, here.proto_max, here.retry_after_s,
    -- A stub of what was put aside under another number is put aside too.
    (SELECT coalesce(jsonb_agg(jsonb_build_array(p.seq, coalesce(p.error, q.error)) ORDER BY p.seq), '[]')::text
      FROM sync.op p
      LEFT JOIN sync.op_seen s ON p.state = 'dup' AND s.op_id = p.op_id
      LEFT JOIN sync.op q ON q.counter_no = s.counter_no AND q.incarnation = s.incarnation AND q.seq = s.seq
      WHERE p.counter_no = me.no AND p.incarnation = p_incarnation AND p.seq BETWEEN first_seq AND top_seq
        AND (p.state = 'quarantined' OR q.state = 'quarantined')), sum_at;
END $f$
--;
CREATE FUNCTION sync.token_of(life text, xid xid8, id bigint, scope int, pk uuid, ver bigint) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT concat_ws(':', life, xid::text, id::text, scope::text, pk::text, ver::text)
$f$
--;
CREATE FUNCTION sync.newest_in(p_scopes int[], life text) RETURNS text
LANGUAGE plpgsql STABLE AS $f$
DECLARE f record;
BEGIN
  -- The newest row of these scopes below the horizon: a counter that stands on it has heard everything.
  SELECT z.xid, z.id, z.scope, z.pk, z.ver INTO f
  FROM unnest(p_scopes) AS s(scope) CROSS JOIN LATERAL (
    SELECT g.xid, g.id, g.scope, g.pk, g.ver FROM sync.feed g
    WHERE g.scope = s.scope AND g.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY g.scope DESC, g.xid DESC, g.id DESC LIMIT 1) z
  ORDER BY z.xid DESC, z.id DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN life || ':' || (SELECT c.feed_floor FROM sync.centre c) || ':0';
  END IF;
  RETURN concat_ws(':', life, f.xid, f.id, f.scope, f.pk, f.ver);
END $f$
--;
CREATE FUNCTION sync.feed_page(me sync.counter, mine uuid, life text, p_token text, p_page int)
RETURNS TABLE (status text, token text, n int, more boolean, page text)
LANGUAGE plpgsql STABLE AS $f$
DECLARE
  parts text[]; newest text; from_xid xid8; from_id bigint; from_scope int;
BEGIN
  newest := sync.newest_in(me.scopes, life);
  IF p_token = newest THEN
    RETURN QUERY SELECT 'ok', newest, 0, false, '[]';
    RETURN;
  END IF;
  parts := string_to_array(p_token, ':');
  -- A cursor of the other scheme, or of nobody, is no cursor.
  IF cardinality(parts) IN (3, 6) AND parts[1] = life AND parts[2] ~ '^\d+$' AND parts[3] ~ '^\d+$' THEN
    from_xid := parts[2]::xid8;
    from_id := parts[3]::bigint;
    from_scope := parts[4]::int;
    -- A centre that was put back without a word does not know the row the counter stands on, or holds another
    -- one in its place, be it another version of the same; what was committed in between would be passed over.
    IF from_scope IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM sync.feed f WHERE f.scope = from_scope AND f.xid = from_xid AND f.id = from_id
        AND f.pk = parts[5]::uuid AND f.ver = parts[6]::bigint AND from_scope = ANY (me.scopes))
    THEN
      from_xid := NULL;
    ELSIF from_xid < (SELECT c.feed_floor FROM sync.centre c) THEN
      from_xid := NULL;
    END IF;
  END IF;
  IF from_xid IS NULL THEN
    -- The way back in: where the feed will go on once the snapshot has been fetched.
    RETURN QUERY SELECT 'snapshot', newest, 0, false, '[]';
    RETURN;
  END IF;
  -- One statement, one snapshot: the horizon and the rows below it. The limit stands inside each scope, so that
  -- every scope is read along its index and never sorted as a whole. Own rows are passed over.
  RETURN QUERY
  WITH p AS MATERIALIZED (
    SELECT z.xid, z.id, z.scope, z.entity, z.pk, z.ver, z.del, z.schema_v, z.body
    FROM unnest(me.scopes) AS s(scope) CROSS JOIN LATERAL (
      SELECT f.xid, f.id, f.scope, f.entity, f.pk, f.ver, f.del, f.schema_v, f.body FROM sync.feed f
      WHERE f.scope = s.scope AND (f.xid, f.id) > (from_xid, from_id)
        AND f.xid < pg_snapshot_xmin(pg_current_snapshot())
        AND (mine IS NULL OR f.incarnation <> mine)
      ORDER BY f.xid, f.id LIMIT p_page) z
    ORDER BY z.xid, z.id LIMIT p_page),
  top AS (
    SELECT z.xid, z.id, z.scope, z.pk, z.ver FROM unnest(me.scopes) AS s(scope) CROSS JOIN LATERAL (
      SELECT f.xid, f.id, f.scope, f.pk, f.ver FROM sync.feed f
      WHERE f.scope = s.scope AND f.xid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY f.scope DESC, f.xid DESC, f.id DESC LIMIT 1) z
    ORDER BY z.xid DESC, z.id DESC LIMIT 1)
  SELECT 'ok',
    CASE WHEN count(*) = p_page
      THEN (SELECT sync.token_of(life, q.xid, q.id, q.scope, q.pk, q.ver) FROM p q ORDER BY q.xid DESC, q.id DESC LIMIT 1)
      ELSE coalesce((SELECT sync.token_of(life, t.xid, t.id, t.scope, t.pk, t.ver) FROM top t), p_token) END,
    count(*)::int, count(*) = p_page,
    coalesce(jsonb_agg(jsonb_build_array(p.entity, p.pk, p.ver, p.del, p.schema_v, p.body) ORDER BY p.xid, p.id),
      '[]')::text
  FROM p;
END $f$
--;
CREATE FUNCTION sync.sync_pull(p_token text, p_page int)
RETURNS TABLE (status text, token text, n int, more boolean, page text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE
  me sync.counter := sync.who();
  mine uuid := nullif(current_setting('crosssell.incarnation', true), '')::uuid;
BEGIN
  IF coalesce(nullif(current_setting('crosssell.proto', true), ''), '1')::int
    < (SELECT c.proto_min FROM sync.centre c)
  THEN
    RETURN QUERY SELECT 'update', p_token, 0, false, '[]';
    RETURN;
  END IF;
  IF (SELECT c.cursor_scheme FROM sync.centre c) = 'sequencer' THEN
    RETURN QUERY SELECT g.* FROM sync.sequencer_page(me, mine, sync.current_epoch() || '/' || me.store_scope, p_token, p_page) g;
    RETURN;
  END IF;
  RETURN QUERY SELECT g.* FROM sync.feed_page(me, mine, sync.current_epoch() || '/' || me.store_scope, p_token, p_page) g;
END $f$
--;
CREATE FUNCTION sync.sync_look(
  p_incarnation uuid, p_epoch text, p_proto int, p_token text, p_page int,
  OUT status text, OUT acked bigint, OUT epoch text, OUT server_ms bigint, OUT proto_min int, OUT proto_max int,
  OUT retry_after_s int, OUT digest bigint, OUT pull_status text, OUT token text, OUT n int, OUT more boolean,
  OUT page text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE s record; g record; life text;
BEGIN
  -- An idle look writes nothing but once an hour where the counter stands: no row lock, no transaction id. A thousand
  -- counters ask four times a minute, so one statement finds all that the usual answer needs.
  SELECT c AS me, c.state, c.scopes, c.store_scope, h.runbook, h.proto_min, h.proto_max, h.retry_after_s,
      h.cursor_scheme, p.last_seq, p.digest, m.at
    INTO s
    FROM sync.counter c CROSS JOIN sync.centre h
    LEFT JOIN sync.push_cursor p ON p.counter_no = c.no AND p.incarnation = p_incarnation
    LEFT JOIN sync.pull_mark m ON m.counter_no = c.no
    WHERE c.role_name = session_user;
  IF NOT FOUND OR s.state <> 'live' THEN
    s.me := sync.who();  -- it says why not
  END IF;
  status := 'ok'; acked := 0; epoch := sync.epoch_of(s.runbook); digest := 0; n := 0; more := false; page := '[]';
  server_ms := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  proto_min := s.proto_min; proto_max := s.proto_max; retry_after_s := s.retry_after_s;
  IF p_epoch <> epoch THEN
    status := 'epoch';
    RETURN;
  END IF;
  acked := coalesce(s.last_seq, 0); digest := coalesce(s.digest, 0);
  IF p_token IS NOT NULL AND coalesce(s.at < clock_timestamp() - interval '1 hour', true) THEN
    PERFORM sync.note_pull((s.me).no, p_token);
  END IF;
  IF p_page = 0 THEN
    RETURN;
  ELSIF p_proto < s.proto_min THEN
    pull_status := 'update'; token := p_token;
    RETURN;
  END IF;
  life := epoch || '/' || s.store_scope;
  IF s.cursor_scheme = 'sequencer' THEN
    SELECT q.* INTO g FROM sync.sequencer_page(s.me, p_incarnation, life, p_token, p_page) q;
  ELSIF p_token = sync.newest_in(s.scopes, life) THEN
    pull_status := 'ok'; token := p_token;
    RETURN;
  ELSE
    SELECT q.* INTO g FROM sync.feed_page(s.me, p_incarnation, life, p_token, p_page) q;
  END IF;
  pull_status := g.status; token := g.token; n := g.n; more := g.more; page := g.page;
END $f$
--;
CREATE FUNCTION sync.reproject(p_counter_no int, p_incarnation uuid, p_seq bigint) RETURNS text
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE me sync.counter; o sync.op;
BEGIN
  SELECT p.* INTO o FROM sync.op p WHERE p.counter_no = p_counter_no AND p.incarnation = p_incarnation AND p.seq = p_seq
    AND p.state = 'quarantined' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'not quarantined';
  END IF;
  SELECT c.* INTO me FROM sync.counter c WHERE c.no = p_counter_no;
  UPDATE sync.op p SET state = 'ok', error = NULL
    WHERE p.counter_no = p_counter_no AND p.incarnation = p_incarnation AND p.seq = p_seq;
  PERFORM sync.project_each(me, p_incarnation, jsonb_build_array(jsonb_build_object(
    'seq', o.seq, 'kind', o.kind, 'schema_v', o.schema_v, 'body', o.body)));
  RETURN (SELECT p.state FROM sync.op p
    WHERE p.counter_no = p_counter_no AND p.incarnation = p_incarnation AND p.seq = p_seq);
END $f$
--;
ALTER TABLE sync.op ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE sync.op FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_operations ON sync.op
  USING (counter_no = (SELECT c.no FROM sync.counter c WHERE c.role_name = session_user)
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE sync.feed ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE sync.feed FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON sync.feed
  USING (scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sync FROM PUBLIC
--;
GRANT USAGE ON SCHEMA sync TO crosssell_counter
--;
GRANT EXECUTE ON FUNCTION sync.sync_push(uuid, text, int, jsonb), sync.sync_pull(text, int),
  sync.sync_look(uuid, text, int, text, int),
  sync.sync_snapshot(text, uuid, int) TO crosssell_counter
