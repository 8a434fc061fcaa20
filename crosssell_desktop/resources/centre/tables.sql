CREATE TABLE sync.centre (
  one int PRIMARY KEY DEFAULT 1 CHECK (one = 1),
  runbook uuid NOT NULL DEFAULT gen_random_uuid(),
  proto_min int NOT NULL DEFAULT 1,
  proto_max int NOT NULL DEFAULT 1,
  schema_v int NOT NULL DEFAULT 1,
  retry_after_s int NOT NULL DEFAULT 0,
  feed_floor xid8 NOT NULL DEFAULT '0',
  held text[] NOT NULL DEFAULT '{}',
  root_cert text NOT NULL DEFAULT ''
)
--;
INSERT INTO sync.centre DEFAULT VALUES
--;
CREATE TABLE sync.scope (
  scope int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('store', 'counter')),
  id uuid NOT NULL,
  UNIQUE (kind, id)
)
--;
CREATE TABLE sync.counter (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  counter_id uuid NOT NULL UNIQUE,
  role_name name NOT NULL UNIQUE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('counter', 'office')),
  store_scope int NOT NULL,
  own_scope int NOT NULL,
  scopes int[] NOT NULL,
  state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'revoked')),
  enrolled_at timestamptz NOT NULL DEFAULT now(),
  -- Made with the counter, so that every copy of the centre that knows the counter can open what it has sealed.
  lease_key bytea NOT NULL DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
)
--;
CREATE TABLE sync.scope_of (role_name name NOT NULL, scope int NOT NULL, PRIMARY KEY (role_name, scope))
--;
CREATE TABLE sync.push_cursor (
  counter_no int NOT NULL REFERENCES sync.counter,
  incarnation uuid NOT NULL,
  last_seq bigint NOT NULL DEFAULT 0,
  digest bigint NOT NULL DEFAULT 0,
  last_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (counter_no, incarnation)
)
--;
CREATE TABLE sync.op (
  counter_no int NOT NULL,
  incarnation uuid NOT NULL,
  seq bigint NOT NULL,
  op_id uuid NOT NULL,
  kind text NOT NULL,
  schema_v int NOT NULL,
  hash text NOT NULL,
  hlc bigint NOT NULL,
  made_at bigint NOT NULL,
  body jsonb,
  raw text,
  state text NOT NULL CHECK (state IN ('ok', 'dup', 'quarantined')),
  error text,
  resent_as uuid,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (counter_no, incarnation, seq)
)
--;
DO $f$ BEGIN
  -- Bodies are written once and read seldom: the quicker packing is a tenth of a push. A server built without it
  -- keeps its own.
  ALTER TABLE sync.op ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END $f$
--;
CREATE INDEX op_quarantined ON sync.op (counter_no, incarnation, seq) WHERE state = 'quarantined'
--;
CREATE TABLE sync.op_seen (
  op_id uuid PRIMARY KEY, counter_no int NOT NULL, incarnation uuid NOT NULL, seq bigint NOT NULL, hash text NOT NULL
)
--;
CREATE TABLE sync.feed (
  scope int NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id bigint GENERATED ALWAYS AS IDENTITY,
  entity text NOT NULL,
  pk uuid NOT NULL,
  ver bigint NOT NULL,
  del boolean NOT NULL,
  schema_v int NOT NULL,
  counter_no int NOT NULL,
  incarnation uuid NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (scope, xid, id)
)
--;
CREATE TABLE sync.fork_log (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  counter_no int NOT NULL,
  incarnation uuid NOT NULL,
  last_seq bigint NOT NULL,
  seq bigint NOT NULL,
  op_id uuid NOT NULL
)
--;
CREATE TABLE sync.conflict (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  entity text NOT NULL,
  pk uuid NOT NULL,
  counter_no int NOT NULL,
  incarnation uuid NOT NULL,
  lost jsonb NOT NULL
)
--;
CREATE TABLE sync.pass_accept (
  pass_id uuid PRIMARY KEY, event_id uuid NOT NULL, counter_no int NOT NULL, at timestamptz NOT NULL DEFAULT now()
)
--;
CREATE TABLE sync.feed_mark (
  at timestamptz PRIMARY KEY DEFAULT clock_timestamp(), xid xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot())
)
