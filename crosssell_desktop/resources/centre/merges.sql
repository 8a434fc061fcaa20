CREATE FUNCTION sync.judge_merges(me sync.counter, p_schema_v int, p_ids uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE now_ms bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
BEGIN
  -- Who may: a manager or data administrator; a shift supervisor where somebody else proposed it, or to take a merge
  -- back; the office's matching by its sure rules, which has no person. A proposal itself gets no verdict.
  WITH asked AS (
    SELECT m.id, m.counter_id, m.person_id, m.proposal_id, m.loser_id, m.winner_id, m.rule, false AS is_back
      FROM shop.customer_merge m WHERE m.id = ANY (p_ids) AND m.wanted = 'merge'
    UNION ALL
    SELECT u.id, u.counter_id, u.person_id, NULL, NULL, NULL, '', true
      FROM shop.customer_unmerge u WHERE u.id = ANY (p_ids)),
  said AS (
    SELECT a.id, CASE
      WHEN a.loser_id = a.winner_id THEN 'one_card'
      WHEN EXISTS (SELECT 1 FROM shop.customer c WHERE c.id IN (a.loser_id, a.winner_id) AND c.status = 'erased')
        THEN 'erased'
      WHEN a.person_id = '00000000-0000-0000-0000-000000000000' AND a.rule IN ('M1', 'M2', 'M3', 'O1')
        AND (SELECT k.kind FROM sync.counter k WHERE k.counter_id = a.counter_id) = 'office' THEN ''
      WHEN p.active = 1 AND p.level >= 4 THEN ''
      WHEN p.active = 1 AND p.level = 3 AND a.is_back THEN ''
      WHEN p.active = 1 AND p.level = 3 AND EXISTS (
        SELECT 1 FROM shop.customer_merge q WHERE q.id = a.proposal_id AND q.wanted = 'propose'
          AND q.person_id <> a.person_id
          AND ARRAY[q.loser_id, q.winner_id] @> ARRAY[a.loser_id, a.winner_id]) THEN ''
      ELSE 'not_allowed' END AS reason
    FROM asked a LEFT JOIN shop.person p ON p.id = a.person_id),
  made AS (
    INSERT INTO shop.merge_verdict (id, accepted, reason, at, ver)
      SELECT s.id, CASE s.reason WHEN '' THEN 1 ELSE 0 END, s.reason, now_ms, now_ms * 65536 FROM said s ORDER BY s.id
      ON CONFLICT (id) DO NOTHING RETURNING *)
  INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
    SELECT 0, 'merge_verdict', d.id, d.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000',
      to_jsonb(d) FROM made d ORDER BY d.id;
END $f$
