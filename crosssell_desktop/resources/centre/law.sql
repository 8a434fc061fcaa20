CREATE INDEX ON shop.access (customer_id, made_at)
--;
CREATE INDEX ON shop.access (made_at)
--;
CREATE FUNCTION sync.sync_access(p_wanted jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE me sync.counter := sync.who();
BEGIN
  -- The office reads the log of every counter, a counter its own.
  RETURN (SELECT coalesce(jsonb_agg(z.j ORDER BY z.made_at DESC, z.id DESC), '[]') FROM (
    SELECT a.made_at, a.id, to_jsonb(a) - '_scope' AS j FROM shop.access a
    WHERE (me.kind = 'office' OR a.counter_id = me.counter_id)
      AND (p_wanted->>'customer_id' IS NULL OR a.customer_id = (p_wanted->>'customer_id')::uuid)
      AND (p_wanted->>'person_id' IS NULL OR a.person_id = (p_wanted->>'person_id')::uuid)
      AND (p_wanted->>'since' IS NULL OR a.made_at >= (p_wanted->>'since')::bigint)
      AND (p_wanted->>'until' IS NULL OR a.made_at < (p_wanted->>'until')::bigint)
    ORDER BY a.made_at DESC, a.id DESC LIMIT least(coalesce((p_wanted->>'limit')::int, 500), 5000)) z)::text;
END $f$
--;
CREATE FUNCTION sync.sync_lease_key() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE me sync.counter := sync.who();
BEGIN
  -- Who may still log in may read again; a counter that was revoked never opens what it has sealed.
  RETURN encode(me.lease_key, 'hex');
END $f$
--;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sync FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION sync.sync_access(jsonb) TO crosssell_counter
--;
GRANT EXECUTE ON FUNCTION sync.sync_lease_key() TO crosssell_counter
