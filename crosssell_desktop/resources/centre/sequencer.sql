ALTER TABLE sync.centre ADD COLUMN cursor_scheme text NOT NULL DEFAULT 'horizon'
  CHECK (cursor_scheme IN ('horizon', 'sequencer'))
--;
ALTER TABLE sync.feed ADD COLUMN pos bigint
--;
CREATE TABLE sync.sequence (
  scope int PRIMARY KEY,
  last bigint NOT NULL DEFAULT 0,
  floor bigint NOT NULL DEFAULT 0
)
--;
CREATE FUNCTION sync.choose_cursor(p_scheme text) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
  -- Changing it later is harmless: cursors of the other scheme mean nothing here, so every counter fetches anew.
  UPDATE sync.centre SET cursor_scheme = p_scheme;
  IF p_scheme = 'sequencer' THEN
    -- Only who stamps needs them: under the horizon every row would stand in the second for ever.
    CREATE UNIQUE INDEX IF NOT EXISTS feed_stamped ON sync.feed (scope, pos) WHERE pos IS NOT NULL;
    CREATE INDEX IF NOT EXISTS feed_unstamped ON sync.feed (scope, id) WHERE pos IS NULL;
  ELSE
    DROP INDEX IF EXISTS sync.feed_stamped, sync.feed_unstamped;
  END IF;
END $f$
--;
CREATE FUNCTION sync.stamp(p_scopes int[]) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE s int; before bigint; n bigint;
BEGIN
  -- Who comes by stamps what is committed and unstamped. The row lock of the scope is held to the end of this
  -- transaction, so numbers become visible in their order and without gaps: no transaction id and no snapshot of the
  -- engine is looked at, and a pusher waits for nobody.
  FOR s IN SELECT x.scope FROM unnest(p_scopes) AS x(scope)
    WHERE EXISTS (SELECT 1 FROM sync.feed f WHERE f.scope = x.scope AND f.pos IS NULL) ORDER BY x.scope
  LOOP
    INSERT INTO sync.sequence (scope) VALUES (s) ON CONFLICT DO NOTHING;
    SELECT q.last INTO before FROM sync.sequence q WHERE q.scope = s FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;  -- somebody else is stamping it now; the next look hears of it
    WITH o AS (SELECT f.xid, f.id, row_number() OVER (ORDER BY f.id) AS k FROM sync.feed f
      WHERE f.scope = s AND f.pos IS NULL)
    UPDATE sync.feed f SET pos = before + o.k FROM o WHERE f.scope = s AND f.xid = o.xid AND f.id = o.id;
    GET DIAGNOSTICS n = ROW_COUNT;
    UPDATE sync.sequence q SET last = before + n WHERE q.scope = s;
  END LOOP;
END $f$
--;
CREATE FUNCTION sync.sequencer_page(me sync.counter, mine uuid, life text, p_token text, p_page int)
RETURNS TABLE (status text, token text, n int, more boolean, page text)
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  heard jsonb; newest text;
BEGIN
  PERFORM sync.stamp(me.scopes);
  -- A cursor is a number for each scope with the row it stands on: life:{"scope": [number, row, version]}.
  SELECT life || ':'
      || coalesce(jsonb_object_agg(z.scope, jsonb_build_array(z.pos, z.pk, z.ver) ORDER BY z.scope), '{}')::text
    INTO newest
    FROM unnest(me.scopes) AS s(scope) CROSS JOIN LATERAL (
      SELECT f.scope, f.pos, f.pk, f.ver FROM sync.feed f WHERE f.scope = s.scope AND f.pos IS NOT NULL
      ORDER BY f.pos DESC LIMIT 1) z;
  IF p_token = newest THEN
    RETURN QUERY SELECT 'ok', newest, 0, false, '[]';
    RETURN;
  END IF;
  IF p_token LIKE life || ':{%' THEN
    heard := substr(p_token, length(life) + 2)::jsonb;
    IF EXISTS (SELECT 1 FROM jsonb_each(heard) h WHERE NOT EXISTS (
        SELECT 1 FROM sync.feed f WHERE f.scope = h.key::int AND f.pos = (h.value->>0)::bigint
          AND f.pk = (h.value->>1)::uuid AND f.ver = (h.value->>2)::bigint AND f.scope = ANY (me.scopes)))
      OR EXISTS (SELECT 1 FROM sync.sequence q WHERE q.scope = ANY (me.scopes)
        AND q.floor > coalesce((heard->(q.scope::text)->>0)::bigint, 0))
    THEN
      heard := NULL;
    END IF;
  END IF;
  IF heard IS NULL THEN
    RETURN QUERY SELECT 'snapshot', newest, 0, false, '[]';
    RETURN;
  END IF;
  RETURN QUERY
  WITH p AS MATERIALIZED (
    SELECT z.* FROM unnest(me.scopes) AS s(scope) CROSS JOIN LATERAL (
      SELECT f.pos, f.scope, f.entity, f.pk, f.ver, f.del, f.schema_v, f.body FROM sync.feed f
      WHERE f.scope = s.scope AND f.pos > coalesce((heard->(s.scope::text)->>0)::bigint, 0)
        AND (mine IS NULL OR f.incarnation <> mine)
      ORDER BY f.pos LIMIT p_page) z
    ORDER BY z.scope, z.pos LIMIT p_page),
  full_page AS (SELECT count(*) = p_page AS is_full, max(p.scope) AS scope FROM p),
  reached AS (
    -- Scopes before the last one of a full page are heard to their end, later ones not at all.
    SELECT s.scope, z.pos, z.pk, z.ver FROM unnest(me.scopes) AS s(scope) CROSS JOIN full_page g CROSS JOIN LATERAL (
      SELECT f.pos, f.pk, f.ver FROM sync.feed f WHERE f.scope = s.scope AND f.pos IS NOT NULL AND CASE
          WHEN NOT g.is_full OR s.scope < g.scope THEN true
          WHEN s.scope = g.scope THEN f.pos = (SELECT max(q.pos) FROM p q WHERE q.scope = g.scope)
          ELSE f.pos = (heard->(s.scope::text)->>0)::bigint END
      ORDER BY f.pos DESC LIMIT 1) z)
  SELECT 'ok',
    (SELECT life || ':'
        || coalesce(jsonb_object_agg(r.scope, jsonb_build_array(r.pos, r.pk, r.ver) ORDER BY r.scope), '{}')::text
      FROM reached r),
    count(*)::int, count(*) = p_page,
    coalesce(jsonb_agg(jsonb_build_array(p.entity, p.pk, p.ver, p.del, p.schema_v, p.body) ORDER BY p.scope, p.pos),
      '[]')::text
  FROM p;
END $f$
--;
CREATE FUNCTION sync.prune_sequenced(p_older interval) RETURNS bigint
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE n bigint;
BEGIN
  -- By the mark of numbers, as old as asked for, and never above where a counter stands that still lives; the newest
  -- row of each scope stays.
  INSERT INTO sync.sequence_mark (scope, last) SELECT q.scope, q.last FROM sync.sequence q
    WHERE p_older = interval '0' OR NOT EXISTS (
      SELECT 1 FROM sync.sequence_mark k WHERE k.scope = q.scope AND k.at > clock_timestamp() - interval '1 hour');
  UPDATE sync.sequence q SET floor = greatest(q.floor, least(m.last, (
    SELECT min(coalesce((p.heard->(q.scope::text)->>0)::bigint, 0)) FROM sync.pull_mark p
    JOIN sync.counter c ON c.no = p.counter_no WHERE p_older > interval '0' AND c.state = 'live'
      AND (q.scope = ANY (c.scopes)) AND p.heard IS NOT NULL
      AND p.at > clock_timestamp() - interval '70 days'))) FROM (
    SELECT k.scope, max(k.last) AS last FROM sync.sequence_mark k WHERE k.at <= clock_timestamp() - p_older
    GROUP BY k.scope) m WHERE m.scope = q.scope;
  DELETE FROM sync.feed f USING sync.sequence q WHERE f.scope = q.scope AND f.pos < q.floor
    AND f.pos < (SELECT max(g.pos) FROM sync.feed g WHERE g.scope = q.scope);
  GET DIAGNOSTICS n = ROW_COUNT;
  DELETE FROM sync.sequence_mark k USING sync.sequence q WHERE k.scope = q.scope AND k.last < q.floor;
  RETURN n;
END $f$
--;
CREATE TABLE sync.sequence_mark (
  scope int NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), last bigint NOT NULL, PRIMARY KEY (scope, at)
)
