CREATE TABLE sync.clamped (
  counter_no int NOT NULL,
  raw text NOT NULL,
  stamp text NOT NULL,
  hlc bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (counter_no, raw)
)
--;
CREATE INDEX ON sync.clamped (counter_no, hlc)
--;
CREATE FUNCTION sync.hlc_of(p_stamp text) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT ('x' || left(p_stamp, 16))::bit(64)::bigint
$f$
--;
CREATE FUNCTION sync.whole_stamp(p_ver bigint) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT lpad(to_hex(p_ver), 16, '0')
$f$
--;
CREATE FUNCTION sync.stamps_of(p_row jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN jsonb_typeof(p_row->'stamps') = 'object' THEN p_row->'stamps'
    ELSE jsonb_build_object('*', sync.whole_stamp((p_row->>'ver')::bigint)) END
$f$
--;
CREATE FUNCTION sync.clamped_stamp(p_counter_no int, p_raw text, p_latest bigint) RETURNS text
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE made text; h bigint;
BEGIN
  -- The same edit comes back in later rows of its counter: it must not grow younger each time.
  SELECT c.stamp INTO made FROM sync.clamped c WHERE c.counter_no = p_counter_no AND c.raw = p_raw;
  IF NOT FOUND THEN
    SELECT greatest(p_latest, coalesce(max(c.hlc) + 1, 0)) INTO h FROM sync.clamped c WHERE c.counter_no = p_counter_no;
    -- The mark at its end tells it from an edit the counter itself may yet make at that reading.
    made := sync.whole_stamp(h) || CASE WHEN length(p_raw) > 16 THEN substr(p_raw, 17) || '~' ELSE '' END;
    INSERT INTO sync.clamped (counter_no, raw, stamp, hlc) VALUES (p_counter_no, p_raw, made, h);
  END IF;
  RETURN made;
END $f$
--;
CREATE FUNCTION sync.clamp(me sync.counter, p_rows jsonb, p_latest bigint) RETURNS jsonb
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE made jsonb := '[]'; j jsonb; fixed jsonb; s record; put text; top text;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM jsonb_array_elements(p_rows) e WHERE (e.value->>'ver')::bigint > p_latest) THEN
    RETURN p_rows;
  END IF;
  FOR j IN SELECT e.value FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS e(value, n)
    ORDER BY (e.value->>'ver')::bigint, e.n
  LOOP
    IF (j->>'ver')::bigint > p_latest THEN
      fixed := '{}';
      top := '';
      FOR s IN SELECT z.key, z.value FROM jsonb_each_text(sync.stamps_of(j)) z ORDER BY z.value COLLATE "C", z.key LOOP
        put := s.value;
        IF sync.hlc_of(put) > p_latest THEN
          put := sync.clamped_stamp(me.no, s.value, p_latest);
          fixed := fixed || jsonb_build_object(s.value, put);
        END IF;
        IF jsonb_typeof(j->'stamps') = 'object' THEN
          j := jsonb_set(j, ARRAY['stamps', s.key], to_jsonb(put));
        END IF;
        top := greatest(top COLLATE "C", put);
      END LOOP;
      j := j || jsonb_build_object('ver', sync.hlc_of(top), '_raw', fixed);
    END IF;
    made := made || jsonb_build_array(j);
  END LOOP;
  RETURN made;
END $f$
--;
CREATE FUNCTION sync.keep_lost(
  me sync.counter, p_schema_v int, p_entity text, p_row uuid, p_customer uuid, p_field text, p_value jsonb,
  p_stamp text, p_won text)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := md5(p_row::text || p_field || p_stamp)::uuid;
  now_ms bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
BEGIN
  IF p_customer IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO shop.customer_field_lost (id, customer_id, entity, row_id, field, value, stamp, won, at, ver)
    VALUES (key, p_customer, p_entity, p_row, p_field, p_value::text, p_stamp, p_won, now_ms, sync.hlc_of(p_stamp))
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'customer_field_lost', key, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000',
        to_jsonb(t) || jsonb_build_object('value', t.value::jsonb)
      FROM shop.customer_field_lost t WHERE t.id = key;
  END IF;
END $f$
