CREATE SCHEMA IF NOT EXISTS sync
--;
CREATE SCHEMA IF NOT EXISTS shop
--;
CREATE TABLE shop.company (
	id UUID NOT NULL, 
	name TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	invented BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.store (
	id UUID NOT NULL, 
	company_id UUID NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	time_zone TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.department (
	id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	code TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.counter (
	id UUID NOT NULL, 
	department_id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	prefix TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.person (
	id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	department_id UUID NOT NULL, 
	full_name TEXT NOT NULL, 
	short_name TEXT NOT NULL, 
	level BIGINT NOT NULL, 
	language TEXT NOT NULL, 
	active BIGINT NOT NULL, 
	badge TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.person_role (
	id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	active BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.setting (
	id UUID NOT NULL, 
	scope_kind TEXT NOT NULL, 
	scope_id UUID, 
	key TEXT NOT NULL, 
	value TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.credit_policy (
	id UUID NOT NULL, 
	number BIGINT NOT NULL, 
	valid_from BIGINT NOT NULL, 
	numbers TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (number)
)
--;
CREATE TABLE shop.dismissal (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	by_person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	event TEXT NOT NULL, 
	lifts UUID, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.rota (
	id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	person_id UUID, 
	who TEXT NOT NULL, 
	day TEXT NOT NULL, 
	starts_at BIGINT, 
	planned_minutes BIGINT NOT NULL, 
	worked_minutes BIGINT, 
	source TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.visitor_count (
	id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	day TEXT NOT NULL, 
	hour BIGINT NOT NULL, 
	visitors BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.pin_door (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	public_key TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."pin_door" (_scope, id)
--;
CREATE TABLE shop.pin_key (
	id UUID NOT NULL, 
	key_id UUID NOT NULL, 
	for_counter_id UUID NOT NULL, 
	for_public_key TEXT NOT NULL, 
	sealed TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."pin_key" (_scope, id)
--;
CREATE TABLE shop.person_pin (
	id UUID NOT NULL, 
	person_id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	key_id UUID NOT NULL, 
	verifier TEXT NOT NULL, 
	one_time BIGINT NOT NULL, 
	valid_until BIGINT NOT NULL, 
	set_at BIGINT NOT NULL, 
	set_by UUID, 
	ver BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."person_pin" (_scope, id)
--;
CREATE TABLE shop.category (
	id UUID NOT NULL, 
	parent_id UUID, 
	code TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	business_line TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.product (
	id UUID NOT NULL, 
	sku TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	category_id UUID NOT NULL, 
	product_type TEXT NOT NULL, 
	brand TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	vat_bps BIGINT NOT NULL, 
	department_id UUID, 
	credit_role TEXT NOT NULL, 
	marked BIGINT NOT NULL, 
	archived BIGINT NOT NULL, 
	repeatable BIGINT NOT NULL, 
	due_every_days BIGINT, 
	source TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (id), 
	UNIQUE (sku)
)
--;
CREATE TABLE shop.barcode (
	id UUID NOT NULL, 
	gtin TEXT NOT NULL, 
	product_id UUID NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.attribute_definition (
	id UUID NOT NULL, 
	key TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.attribute (
	id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	value TEXT NOT NULL, 
	source TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.price (
	id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	price_type TEXT NOT NULL, 
	valid_from BIGINT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
ALTER TABLE shop."price" ADD UNIQUE ("product_id", "price_type", "valid_from")
--;
CREATE TABLE shop.cost_price (
	id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	valid_from BIGINT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
ALTER TABLE shop."cost_price" ADD UNIQUE ("product_id", "valid_from")
--;
CREATE TABLE shop.stock (
	id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	store_id UUID NOT NULL, 
	qty_milli BIGINT NOT NULL, 
	place TEXT NOT NULL, 
	told_at BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
ALTER TABLE shop."stock" ADD UNIQUE ("product_id", "store_id")
--;
CREATE TABLE shop.fit_rule (
	id UUID NOT NULL, 
	core_category_id UUID NOT NULL, 
	periphery_category_id UUID NOT NULL, 
	predicates TEXT NOT NULL, 
	source TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.benefit (
	id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	feature_ru TEXT NOT NULL, 
	feature_en TEXT NOT NULL, 
	advantage_ru TEXT NOT NULL, 
	advantage_en TEXT NOT NULL, 
	benefit_ru TEXT NOT NULL, 
	benefit_en TEXT NOT NULL, 
	status TEXT NOT NULL, 
	approved_by UUID, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.competitive_claim (
	id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	versus_ru TEXT NOT NULL, 
	versus_en TEXT NOT NULL, 
	fact_ru TEXT NOT NULL, 
	fact_en TEXT NOT NULL, 
	is_worse BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	dated_at BIGINT, 
	valid_until BIGINT, 
	status TEXT NOT NULL, 
	approved_by UUID, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.combination (
	id UUID NOT NULL, 
	core_product_id UUID NOT NULL, 
	periphery_product_id UUID NOT NULL, 
	relation TEXT NOT NULL, 
	status TEXT NOT NULL, 
	status_reason TEXT NOT NULL, 
	emergent_ru TEXT NOT NULL, 
	emergent_en TEXT NOT NULL, 
	without_ru TEXT NOT NULL, 
	without_en TEXT NOT NULL, 
	phrase_ru TEXT NOT NULL, 
	phrase_en TEXT NOT NULL, 
	audience TEXT NOT NULL, 
	situations TEXT NOT NULL, 
	valid_from BIGINT NOT NULL, 
	valid_to BIGINT, 
	version BIGINT NOT NULL, 
	approved_by UUID, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
ALTER TABLE shop."combination" ADD UNIQUE ("core_product_id", "periphery_product_id")
--;
CREATE TABLE shop.evidence (
	id UUID NOT NULL, 
	core_product_id UUID NOT NULL, 
	periphery_product_id UUID NOT NULL, 
	code TEXT NOT NULL, 
	claim_ru TEXT NOT NULL, 
	claim_en TEXT NOT NULL, 
	numbers TEXT NOT NULL, 
	n BIGINT, 
	period_from BIGINT, 
	period_to BIGINT, 
	source TEXT NOT NULL, 
	method TEXT NOT NULL, 
	limits_ru TEXT NOT NULL, 
	limits_en TEXT NOT NULL, 
	computed_at BIGINT NOT NULL, 
	valid_until BIGINT, 
	status TEXT NOT NULL, 
	author TEXT NOT NULL, 
	approver UUID, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.publication_row (
	id UUID NOT NULL, 
	publication_id UUID NOT NULL, 
	entity TEXT NOT NULL, 
	pk TEXT NOT NULL, 
	body TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.publication (
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	n_rows BIGINT NOT NULL, 
	checksum TEXT NOT NULL, 
	effective_from BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.tombstone (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	customer_id UUID NOT NULL, 
	act_no TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	asked_at BIGINT NOT NULL, 
	keys TEXT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.erasure_step (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	customer_id UUID NOT NULL, 
	step TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.customer_field_lost (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	entity TEXT NOT NULL, 
	row_id UUID NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	won TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.customer (
	id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	given_name TEXT NOT NULL, 
	patronymic TEXT NOT NULL, 
	birthday TEXT NOT NULL, 
	language TEXT NOT NULL, 
	status TEXT NOT NULL, 
	care_until BIGINT NOT NULL, 
	do_not_contact BIGINT NOT NULL, 
	created_store_id UUID, 
	household_id UUID, 
	invented BIGINT NOT NULL, 
	name_source TEXT, 
	birthday_source TEXT, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (id)
)
--;
CREATE TABLE shop.contact_point (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	type TEXT NOT NULL, 
	value TEXT NOT NULL, 
	is_primary BIGINT NOT NULL, 
	verified_at BIGINT, 
	source TEXT NOT NULL, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.identifier (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	type TEXT NOT NULL, 
	value TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.channel_pref (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	hours TEXT NOT NULL, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.need (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	source TEXT NOT NULL, 
	status TEXT NOT NULL, 
	product_type TEXT, 
	product_id UUID, 
	text TEXT NOT NULL, 
	told_at BIGINT NOT NULL, 
	told_by UUID, 
	event_id UUID, 
	valid_until BIGINT, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.ownership (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	product_id UUID, 
	text TEXT NOT NULL, 
	serial TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	warranty_until BIGINT, 
	source TEXT NOT NULL, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.promise (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	product_id UUID, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	due_at BIGINT NOT NULL, 
	owner_id UUID NOT NULL, 
	status TEXT NOT NULL, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.household_member (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	share_history BIGINT NOT NULL, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.org_contact (
	id UUID NOT NULL, 
	organisation_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	active BIGINT NOT NULL, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.perk (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	worth BIGINT NOT NULL, 
	valid_until BIGINT, 
	source TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.context_event (
	id UUID NOT NULL, 
	customer_id UUID, 
	household_id UUID, 
	product_id UUID, 
	type TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	impact TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	told_by UUID NOT NULL, 
	active BIGINT NOT NULL, 
	stamps TEXT, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.consent (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	customer_id UUID NOT NULL, 
	purpose TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	state TEXT NOT NULL, 
	text_hash TEXT NOT NULL, 
	form TEXT NOT NULL, 
	basis TEXT, 
	store_id UUID, 
	base_hlc BIGINT NOT NULL, 
	hlc BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.customer_note (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	customer_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	valid_until BIGINT, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.note_text (
	id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	text TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.customer_merge (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	loser_id UUID NOT NULL, 
	winner_id UUID NOT NULL, 
	wanted TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	score_bps BIGINT, 
	proposal_id UUID, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.customer_unmerge (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	merge_id UUID NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.merge_verdict (
	id UUID NOT NULL, 
	accepted BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	ver BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.shift (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	store_id UUID NOT NULL, 
	department_id UUID NOT NULL, 
	number BIGINT NOT NULL, 
	business_date TEXT NOT NULL, 
	responsible_id UUID, 
	override_reason TEXT NOT NULL, 
	opening_cash_minor BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."shift" (_scope, id)
--;
CREATE TABLE shop.shift_close (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	z_number BIGINT NOT NULL, 
	totals TEXT NOT NULL, 
	till_total_minor BIGINT, 
	till_z_number TEXT NOT NULL, 
	counted_cash_minor BIGINT, 
	chain_head TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."shift_close" (_scope, id)
--;
CREATE TABLE shop.sale (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	store_id UUID NOT NULL, 
	department_id UUID NOT NULL, 
	business_date TEXT NOT NULL, 
	number TEXT NOT NULL, 
	customer_id UUID, 
	core_line_id UUID, 
	core_confirmed_at BIGINT, 
	opened_at BIGINT NOT NULL, 
	line_count BIGINT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	situation TEXT NOT NULL, 
	budget_cap_minor BIGINT, 
	care_mode BIGINT NOT NULL, 
	held_out BIGINT NOT NULL, 
	pulse BIGINT NOT NULL, 
	playbook_version BIGINT NOT NULL, 
	policy_version BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."sale" (_scope, id)
--;
CREATE TABLE shop.sale_line (
	id UUID NOT NULL, 
	sale_id UUID NOT NULL, 
	line_no BIGINT NOT NULL, 
	product_id UUID NOT NULL, 
	sku TEXT NOT NULL, 
	name TEXT NOT NULL, 
	category_id UUID NOT NULL, 
	product_type TEXT NOT NULL, 
	business_line TEXT NOT NULL, 
	department_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	qty_milli BIGINT NOT NULL, 
	price_minor BIGINT NOT NULL, 
	discount_minor BIGINT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	vat_bps BIGINT NOT NULL, 
	attached_to_line_id UUID, 
	offer_id UUID, 
	customer_yes_at BIGINT, 
	added_by UUID NOT NULL, 
	added_at BIGINT NOT NULL, 
	marking_code TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."sale_line" (_scope, id)
--;
CREATE TABLE shop.payment (
	id UUID NOT NULL, 
	sale_id UUID NOT NULL, 
	means TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."payment" (_scope, id)
--;
CREATE TABLE shop.offer (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	receipt_id UUID NOT NULL, 
	run_id UUID NOT NULL, 
	customer_id UUID, 
	core_product_id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	rank BIGINT NOT NULL, 
	round BIGINT NOT NULL, 
	relation TEXT NOT NULL, 
	price_minor BIGINT NOT NULL, 
	evidence TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."offer" (_scope, id)
--;
CREATE TABLE shop.offer_answer (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	offer_id UUID NOT NULL, 
	receipt_id UUID NOT NULL, 
	customer_id UUID, 
	product_id UUID NOT NULL, 
	answer TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	undoes_id UUID, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."offer_answer" (_scope, id)
--;
CREATE TABLE shop.pass (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	code TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	from_department_id UUID NOT NULL, 
	to_department_id UUID NOT NULL, 
	to_person_id UUID, 
	customer_id UUID, 
	category_id UUID, 
	product_id UUID, 
	expires_at BIGINT NOT NULL, 
	hlc BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."pass" (_scope, id)
--;
CREATE TABLE shop.pass_event (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	pass_id UUID NOT NULL, 
	event TEXT NOT NULL, 
	customer_id UUID, 
	receipt_id UUID, 
	reason TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."pass_event" (_scope, id)
--;
CREATE TABLE shop.return (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	store_id UUID NOT NULL, 
	business_date TEXT NOT NULL, 
	number TEXT NOT NULL, 
	sale_id UUID NOT NULL, 
	customer_id UUID, 
	reason TEXT NOT NULL, 
	total_minor BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."return" (_scope, id)
--;
CREATE TABLE shop.return_line (
	id UUID NOT NULL, 
	return_id UUID NOT NULL, 
	sale_line_id UUID NOT NULL, 
	product_id UUID NOT NULL, 
	qty_milli BIGINT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."return_line" (_scope, id)
--;
CREATE TABLE shop.credit_entry (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	sale_id UUID NOT NULL, 
	sale_line_id UUID NOT NULL, 
	beneficiary_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	base_minor BIGINT NOT NULL, 
	pool_minor BIGINT NOT NULL, 
	weight_bps BIGINT NOT NULL, 
	pass_id UUID, 
	return_id UUID, 
	period TEXT NOT NULL, 
	origin_period TEXT NOT NULL, 
	policy_version BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	explain TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."credit_entry" (_scope, id)
--;
CREATE TABLE shop.help_event (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	customer_id UUID, 
	kind TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."help_event" (_scope, id)
--;
CREATE TABLE shop.step_log (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	receipt_id UUID NOT NULL, 
	step TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."step_log" (_scope, id)
--;
CREATE TABLE shop.suggestion_run (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	shift_id UUID, 
	receipt_id UUID NOT NULL, 
	customer_id UUID, 
	core_product_id UUID NOT NULL, 
	input_hash TEXT NOT NULL, 
	model_version TEXT NOT NULL, 
	held_out BIGINT NOT NULL, 
	result TEXT NOT NULL, 
	gates TEXT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.access (
	id UUID NOT NULL, 
	counter_id UUID NOT NULL, 
	made_at BIGINT NOT NULL, 
	person_id UUID NOT NULL, 
	session_id UUID NOT NULL, 
	customer_id UUID, 
	field_group TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	cards BIGINT, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE TABLE shop.fact_text (
	id UUID NOT NULL, 
	text TEXT NOT NULL, 
	ver BIGINT NOT NULL, 
	_scope BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ON shop."fact_text" (_scope, id)
--;
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
--;
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
--;
CREATE FUNCTION sync.upcast(p_schema_v int, p_ops jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = sync, pg_temp AS $f$
BEGIN
  -- Operations of older programs are turned into today's form here, one version at a time; a revision that changes
  -- a form adds its step. The first form needs none.
  RETURN p_ops;
END $f$
--;
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
--;
CREATE FUNCTION sync.merge_customer(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."customer" ("id", "kind", "display_name", "family_name", "given_name", "patronymic", "birthday", "language", "status", "care_until", "do_not_contact", "created_store_id", "household_id", "invented", "name_source", "birthday_source", "stamps", "ver") SELECT r."id", r."kind", r."display_name", r."family_name", r."given_name", r."patronymic", r."birthday", r."language", r."status", r."care_until", CASE r."do_not_contact" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."do_not_contact"::bigint END, r."created_store_id", r."household_id", CASE r."invented" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."invented"::bigint END, r."name_source", r."birthday_source", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "kind" text, "display_name" text, "family_name" text, "given_name" text, "patronymic" text, "birthday" text, "language" text, "status" text, "care_until" bigint, "do_not_contact" text, "created_store_id" uuid, "household_id" uuid, "invented" text, "name_source" text, "birthday_source" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'customer', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('do_not_contact', t."do_not_contact" <> 0, 'invented', t."invented" <> 0, 'stamps', t."stamps"::jsonb) INTO old FROM shop."customer" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['kind', 'display_name', 'family_name', 'given_name', 'patronymic', 'birthday', 'language', 'status', 'care_until', 'do_not_contact', 'created_store_id', 'household_id', 'invented', 'name_source', 'birthday_source'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'customer', key, key, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'customer', key, key, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."customer" SET ("id", "kind", "display_name", "family_name", "given_name", "patronymic", "birthday", "language", "status", "care_until", "do_not_contact", "created_store_id", "household_id", "invented", "name_source", "birthday_source", "stamps", "ver") = (SELECT r."id", r."kind", r."display_name", r."family_name", r."given_name", r."patronymic", r."birthday", r."language", r."status", r."care_until", CASE r."do_not_contact" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."do_not_contact"::bigint END, r."created_store_id", r."household_id", CASE r."invented" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."invented"::bigint END, r."name_source", r."birthday_source", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "kind" text, "display_name" text, "family_name" text, "given_name" text, "patronymic" text, "birthday" text, "language" text, "status" text, "care_until" bigint, "do_not_contact" text, "created_store_id" uuid, "household_id" uuid, "invented" text, "name_source" text, "birthday_source" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'customer', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_contact_point(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."contact_point" ("id", "customer_id", "type", "value", "is_primary", "verified_at", "source", "stamps", "ver") SELECT r."id", r."customer_id", r."type", r."value", CASE r."is_primary" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."is_primary"::bigint END, r."verified_at", r."source", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "customer_id" uuid, "type" text, "value" text, "is_primary" text, "verified_at" bigint, "source" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'contact_point', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('is_primary', t."is_primary" <> 0, 'stamps', t."stamps"::jsonb) INTO old FROM shop."contact_point" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['customer_id', 'type', 'value', 'is_primary', 'verified_at', 'source'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'contact_point', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'contact_point', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."contact_point" SET ("id", "customer_id", "type", "value", "is_primary", "verified_at", "source", "stamps", "ver") = (SELECT r."id", r."customer_id", r."type", r."value", CASE r."is_primary" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."is_primary"::bigint END, r."verified_at", r."source", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "customer_id" uuid, "type" text, "value" text, "is_primary" text, "verified_at" bigint, "source" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'contact_point', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_channel_pref(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."channel_pref" ("id", "customer_id", "channel", "hours", "stamps", "ver") SELECT r."id", r."customer_id", r."channel", r."hours", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "customer_id" uuid, "channel" text, "hours" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'channel_pref', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) INTO old FROM shop."channel_pref" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['customer_id', 'channel', 'hours'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'channel_pref', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'channel_pref', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."channel_pref" SET ("id", "customer_id", "channel", "hours", "stamps", "ver") = (SELECT r."id", r."customer_id", r."channel", r."hours", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "customer_id" uuid, "channel" text, "hours" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'channel_pref', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_need(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."need" ("id", "customer_id", "source", "status", "product_type", "product_id", "text", "told_at", "told_by", "event_id", "valid_until", "stamps", "ver") SELECT r."id", r."customer_id", r."source", r."status", r."product_type", r."product_id", r."text", r."told_at", r."told_by", r."event_id", r."valid_until", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "customer_id" uuid, "source" text, "status" text, "product_type" text, "product_id" uuid, "text" text, "told_at" bigint, "told_by" uuid, "event_id" uuid, "valid_until" bigint, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'need', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) INTO old FROM shop."need" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['customer_id', 'source', 'status', 'product_type', 'product_id', 'text', 'told_at', 'told_by', 'event_id', 'valid_until'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'need', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'need', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."need" SET ("id", "customer_id", "source", "status", "product_type", "product_id", "text", "told_at", "told_by", "event_id", "valid_until", "stamps", "ver") = (SELECT r."id", r."customer_id", r."source", r."status", r."product_type", r."product_id", r."text", r."told_at", r."told_by", r."event_id", r."valid_until", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "customer_id" uuid, "source" text, "status" text, "product_type" text, "product_id" uuid, "text" text, "told_at" bigint, "told_by" uuid, "event_id" uuid, "valid_until" bigint, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'need', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_ownership(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."ownership" ("id", "customer_id", "product_id", "text", "serial", "since", "warranty_until", "source", "stamps", "ver") SELECT r."id", r."customer_id", r."product_id", r."text", r."serial", r."since", r."warranty_until", r."source", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "customer_id" uuid, "product_id" uuid, "text" text, "serial" text, "since" bigint, "warranty_until" bigint, "source" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'ownership', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) INTO old FROM shop."ownership" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['customer_id', 'product_id', 'text', 'serial', 'since', 'warranty_until', 'source'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'ownership', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'ownership', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."ownership" SET ("id", "customer_id", "product_id", "text", "serial", "since", "warranty_until", "source", "stamps", "ver") = (SELECT r."id", r."customer_id", r."product_id", r."text", r."serial", r."since", r."warranty_until", r."source", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "customer_id" uuid, "product_id" uuid, "text" text, "serial" text, "since" bigint, "warranty_until" bigint, "source" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'ownership', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_promise(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."promise" ("id", "customer_id", "product_id", "kind", "text", "due_at", "owner_id", "status", "stamps", "ver") SELECT r."id", r."customer_id", r."product_id", r."kind", r."text", r."due_at", r."owner_id", r."status", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "customer_id" uuid, "product_id" uuid, "kind" text, "text" text, "due_at" bigint, "owner_id" uuid, "status" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'promise', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) INTO old FROM shop."promise" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['customer_id', 'product_id', 'kind', 'text', 'due_at', 'owner_id', 'status'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'promise', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'promise', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."promise" SET ("id", "customer_id", "product_id", "kind", "text", "due_at", "owner_id", "status", "stamps", "ver") = (SELECT r."id", r."customer_id", r."product_id", r."kind", r."text", r."due_at", r."owner_id", r."status", r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "customer_id" uuid, "product_id" uuid, "kind" text, "text" text, "due_at" bigint, "owner_id" uuid, "status" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'promise', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_household_member(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."household_member" ("id", "customer_id", "role", "share_history", "stamps", "ver") SELECT r."id", r."customer_id", r."role", CASE r."share_history" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."share_history"::bigint END, r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "customer_id" uuid, "role" text, "share_history" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'household_member', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('share_history', t."share_history" <> 0, 'stamps', t."stamps"::jsonb) INTO old FROM shop."household_member" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['customer_id', 'role', 'share_history'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'household_member', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'household_member', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."household_member" SET ("id", "customer_id", "role", "share_history", "stamps", "ver") = (SELECT r."id", r."customer_id", r."role", CASE r."share_history" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."share_history"::bigint END, r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "customer_id" uuid, "role" text, "share_history" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'household_member', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_org_contact(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."org_contact" ("id", "organisation_id", "customer_id", "role", "active", "stamps", "ver") SELECT r."id", r."organisation_id", r."customer_id", r."role", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "organisation_id" uuid, "customer_id" uuid, "role" text, "active" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'org_contact', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('active', t."active" <> 0, 'stamps', t."stamps"::jsonb) INTO old FROM shop."org_contact" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['organisation_id', 'customer_id', 'role', 'active'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'org_contact', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'org_contact', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."org_contact" SET ("id", "organisation_id", "customer_id", "role", "active", "stamps", "ver") = (SELECT r."id", r."organisation_id", r."customer_id", r."role", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "organisation_id" uuid, "customer_id" uuid, "role" text, "active" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'org_contact', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
CREATE FUNCTION sync.merge_context_event(me sync.counter, p_incarnation uuid, p_schema_v int, j jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  key uuid := (j->>'id')::uuid; old jsonb; made jsonb; here jsonb; there jsonb; stamps jsonb;
  field text; rest text; ours text; theirs text; top text;
BEGIN
  INSERT INTO shop."context_event" ("id", "customer_id", "household_id", "product_id", "type", "at", "impact", "size", "told_by", "active", "stamps", "ver") SELECT r."id", r."customer_id", r."household_id", r."product_id", r."type", r."at", r."impact", r."size", r."told_by", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(j) AS r("id" uuid, "customer_id" uuid, "household_id" uuid, "product_id" uuid, "type" text, "at" bigint, "impact" text, "size" bigint, "told_by" uuid, "active" text, "stamps" jsonb, "ver" bigint)
    ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'context_event', key, (j->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END, j - 'seen');
    RETURN;
  END IF;
  SELECT to_jsonb(t) || jsonb_build_object('active', t."active" <> 0, 'stamps', t."stamps"::jsonb) INTO old FROM shop."context_event" t WHERE t.id = key FOR UPDATE;
  here := sync.stamps_of(old);
  there := sync.stamps_of(j);
  rest := greatest((here->>'*') COLLATE "C", there->>'*');
  made := old;
  stamps := jsonb_build_object('*', rest);
  top := rest;
  FOREACH field IN ARRAY ARRAY['customer_id', 'household_id', 'product_id', 'type', 'at', 'impact', 'size', 'told_by', 'active'] LOOP
    ours := coalesce(here->>field, here->>'*');
    theirs := coalesce(there->>field, there->>'*');
    IF j ? field AND theirs COLLATE "C" > ours THEN
      IF j->field <> old->field AND (j->'seen'->>field) COLLATE "C" < ours THEN
        PERFORM sync.keep_lost(me, p_schema_v, 'context_event', key, (old->>'customer_id')::uuid, field, old->field, ours, theirs);
      END IF;
      made := made || jsonb_build_object(field, j->field);
      ours := theirs;
    ELSIF j->'seen' ? field AND j->field <> old->field AND theirs COLLATE "C" < ours THEN
      PERFORM sync.keep_lost(me, p_schema_v, 'context_event', key, (old->>'customer_id')::uuid, field, j->field, theirs, ours);
    END IF;
    IF ours <> rest THEN
      stamps := stamps || jsonb_build_object(field, ours);
      top := greatest(top COLLATE "C", ours);
    END IF;
  END LOOP;
  made := made || jsonb_build_object('stamps', stamps, 'ver', sync.hlc_of(top));
  IF made <> old THEN
    UPDATE shop."context_event" SET ("id", "customer_id", "household_id", "product_id", "type", "at", "impact", "size", "told_by", "active", "stamps", "ver") = (SELECT r."id", r."customer_id", r."household_id", r."product_id", r."type", r."at", r."impact", r."size", r."told_by", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."stamps"::text, coalesce(r."ver", 0) FROM jsonb_to_record(made) AS r("id" uuid, "customer_id" uuid, "household_id" uuid, "product_id" uuid, "type" text, "at" bigint, "impact" text, "size" bigint, "told_by" uuid, "active" text, "stamps" jsonb, "ver" bigint)) WHERE id = key;
  END IF;
  IF made <> old OR j ? '_raw' THEN
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      VALUES (0, 'context_event', key, (made->>'ver')::bigint, false, p_schema_v, me.no,
        CASE WHEN j ? '_raw' THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE p_incarnation END,
        made || CASE WHEN j ? '_raw' THEN jsonb_build_object('_raw', j->'_raw') ELSE '{}' END);
  END IF;
END $f$
--;
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
--;
CREATE FUNCTION sync.project(me sync.counter, p_incarnation uuid, p_schema_v int, p_ops jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  g jsonb; d jsonb; j jsonb; n bigint; bad text;
  -- A clock may run ahead by this much; what is later yet is put back to it (sync.clamp).
  latest bigint := ((extract(epoch FROM clock_timestamp()) * 1000)::bigint + 300000) * 65536;
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
  SELECT k.name INTO bad FROM jsonb_object_keys(g) AS k(name) WHERE k.name NOT IN ('company', 'store', 'department', 'counter', 'person', 'person_role', 'setting', 'credit_policy', 'dismissal', 'rota', 'visitor_count', 'pin_door', 'pin_key', 'person_pin', 'category', 'product', 'barcode', 'attribute_definition', 'attribute', 'price', 'cost_price', 'stock', 'fit_rule', 'benefit', 'competitive_claim', 'combination', 'evidence', 'publication_row', 'publication', 'tombstone', 'erasure_step', 'customer_field_lost', 'customer', 'contact_point', 'identifier', 'channel_pref', 'need', 'ownership', 'promise', 'household_member', 'org_contact', 'perk', 'context_event', 'consent', 'customer_note', 'note_text', 'customer_merge', 'customer_unmerge', 'merge_verdict', 'shift', 'shift_close', 'sale', 'sale_line', 'payment', 'offer', 'offer_answer', 'pass', 'pass_event', 'return', 'return_line', 'credit_entry', 'help_event', 'step_log', 'suggestion_run', 'access', 'fact_text') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the table % is not known here', bad;
  END IF;
  IF me.kind <> 'office' THEN
    SELECT k.name INTO bad FROM jsonb_object_keys(g) AS k(name) WHERE k.name NOT IN ('pin_door', 'pin_key', 'person_pin', 'erasure_step', 'customer', 'contact_point', 'identifier', 'channel_pref', 'need', 'ownership', 'promise', 'household_member', 'org_contact', 'perk', 'context_event', 'consent', 'customer_note', 'note_text', 'customer_merge', 'customer_unmerge', 'shift', 'shift_close', 'sale', 'sale_line', 'payment', 'offer', 'offer_answer', 'pass', 'pass_event', 'return', 'return_line', 'credit_entry', 'help_event', 'step_log', 'suggestion_run', 'access', 'fact_text') LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'a counter may not write %', bad;
    END IF;
    SELECT t.key INTO bad FROM jsonb_each(g) AS t CROSS JOIN LATERAL jsonb_array_elements(t.value) AS r
      WHERE r.value->>'counter_id' <> me.counter_id::text LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'a % of another counter', bad;
    END IF;
  END IF;
  IF g ? 'company' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'company') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."company" AS t ("id", "name", "currency", "invented", "ver")
      SELECT r."id", r."name", r."currency", CASE r."invented" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."invented"::bigint END, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "name" text, "currency" text, "invented" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "name" = excluded."name", "currency" = excluded."currency", "invented" = excluded."invented", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'company', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'company', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."company" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'store' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'store') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."store" AS t ("id", "company_id", "code", "name", "time_zone", "ver")
      SELECT r."id", r."company_id", r."code", r."name", r."time_zone", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "company_id" uuid, "code" text, "name" text, "time_zone" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "company_id" = excluded."company_id", "code" = excluded."code", "name" = excluded."name", "time_zone" = excluded."time_zone", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'store', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'store', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."store" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'department' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'department') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."department" AS t ("id", "store_id", "code", "name_ru", "name_en", "ver")
      SELECT r."id", r."store_id", r."code", r."name_ru", r."name_en", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "store_id" uuid, "code" text, "name_ru" text, "name_en" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "store_id" = excluded."store_id", "code" = excluded."code", "name_ru" = excluded."name_ru", "name_en" = excluded."name_en", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'department', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'department', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."department" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'counter' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'counter') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."counter" AS t ("id", "department_id", "store_id", "code", "name", "prefix", "ver")
      SELECT r."id", r."department_id", r."store_id", r."code", r."name", r."prefix", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "department_id" uuid, "store_id" uuid, "code" text, "name" text, "prefix" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "department_id" = excluded."department_id", "store_id" = excluded."store_id", "code" = excluded."code", "name" = excluded."name", "prefix" = excluded."prefix", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'counter', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'counter', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."counter" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'person' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'person') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'staff' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('staff', 'person', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."person" AS t ("id", "store_id", "department_id", "full_name", "short_name", "level", "language", "active", "badge", "ver")
      SELECT r."id", r."store_id", r."department_id", r."full_name", r."short_name", r."level", r."language", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."badge", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "store_id" uuid, "department_id" uuid, "full_name" text, "short_name" text, "level" bigint, "language" text, "active" text, "badge" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "store_id" = excluded."store_id", "department_id" = excluded."department_id", "full_name" = excluded."full_name", "short_name" = excluded."short_name", "level" = excluded."level", "language" = excluded."language", "active" = excluded."active", "badge" = excluded."badge", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'person', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'person', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."person" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'person_role' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'person_role') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'staff' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('staff', 'person_role', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."person_role" AS t ("id", "person_id", "store_id", "role", "active", "ver")
      SELECT r."id", r."person_id", r."store_id", r."role", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "person_id" uuid, "store_id" uuid, "role" text, "active" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "person_id" = excluded."person_id", "store_id" = excluded."store_id", "role" = excluded."role", "active" = excluded."active", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'person_role', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'person_role', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."person_role" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'setting' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'setting') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."setting" AS t ("id", "scope_kind", "scope_id", "key", "value", "ver")
      SELECT r."id", r."scope_kind", r."scope_id", r."key", coalesce(r."value", 'null'::jsonb)::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "scope_kind" text, "scope_id" uuid, "key" text, "value" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "scope_kind" = excluded."scope_kind", "scope_id" = excluded."scope_id", "key" = excluded."key", "value" = excluded."value", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'setting', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'setting', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('value', t."value"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."setting" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'credit_policy' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'credit_policy') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'combinations' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('combinations', 'credit_policy', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."credit_policy" AS t ("id", "number", "valid_from", "numbers", "ver")
      SELECT r."id", r."number", r."valid_from", coalesce(r."numbers", 'null'::jsonb)::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "number" bigint, "valid_from" bigint, "numbers" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "number" = excluded."number", "valid_from" = excluded."valid_from", "numbers" = excluded."numbers", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'credit_policy', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'credit_policy', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('numbers', t."numbers"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."credit_policy" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'dismissal' THEN
    WITH ins AS (
      INSERT INTO shop."dismissal" ("id", "counter_id", "made_at", "by_person_id", "session_id", "person_id", "event", "lifts", "reason")
      SELECT r."id", r."counter_id", r."made_at", r."by_person_id", r."session_id", r."person_id", r."event", r."lifts", r."reason"
      FROM jsonb_to_recordset(g->'dismissal') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "by_person_id" uuid, "session_id" uuid, "person_id" uuid, "event" text, "lifts" uuid, "reason" text)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'dismissal', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'dismissal') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'dismissal') THEN
      RAISE EXCEPTION 'a dismissal is known already by another operation';
    END IF;
  END IF;
  IF g ? 'rota' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'rota') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."rota" AS t ("id", "store_id", "person_id", "who", "day", "starts_at", "planned_minutes", "worked_minutes", "source", "ver")
      SELECT r."id", r."store_id", r."person_id", r."who", r."day", r."starts_at", coalesce(r."planned_minutes", 0), r."worked_minutes", r."source", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "store_id" uuid, "person_id" uuid, "who" text, "day" text, "starts_at" bigint, "planned_minutes" bigint, "worked_minutes" bigint, "source" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "store_id" = excluded."store_id", "person_id" = excluded."person_id", "who" = excluded."who", "day" = excluded."day", "starts_at" = excluded."starts_at", "planned_minutes" = excluded."planned_minutes", "worked_minutes" = excluded."worked_minutes", "source" = excluded."source", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'rota', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'rota', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."rota" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'visitor_count' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'visitor_count') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."visitor_count" AS t ("id", "store_id", "day", "hour", "visitors", "source", "ver")
      SELECT r."id", r."store_id", r."day", r."hour", r."visitors", r."source", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "store_id" uuid, "day" text, "hour" bigint, "visitors" bigint, "source" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "store_id" = excluded."store_id", "day" = excluded."day", "hour" = excluded."hour", "visitors" = excluded."visitors", "source" = excluded."source", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'visitor_count', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'visitor_count', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."visitor_count" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'pin_door' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'pin_door') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."pin_door" AS t ("id", "counter_id", "store_id", "public_key", "ver", _scope)
      SELECT r."id", r."counter_id", r."store_id", r."public_key", coalesce(r."ver", 0), me.store_scope
      FROM jsonb_to_recordset(d) AS r("id" uuid, "counter_id" uuid, "store_id" uuid, "public_key" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "counter_id" = excluded."counter_id", "store_id" = excluded."store_id", "public_key" = excluded."public_key", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t._scope = excluded._scope RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'pin_door', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'pin_door', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT me.store_scope, 'pin_door', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          (to_jsonb(t) - '_scope') || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."pin_door" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'pin_key' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'pin_key') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."pin_key" AS t ("id", "key_id", "for_counter_id", "for_public_key", "sealed", "ver", _scope)
      SELECT r."id", r."key_id", r."for_counter_id", r."for_public_key", r."sealed", coalesce(r."ver", 0), me.store_scope
      FROM jsonb_to_recordset(d) AS r("id" uuid, "key_id" uuid, "for_counter_id" uuid, "for_public_key" text, "sealed" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "key_id" = excluded."key_id", "for_counter_id" = excluded."for_counter_id", "for_public_key" = excluded."for_public_key", "sealed" = excluded."sealed", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t._scope = excluded._scope RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'pin_key', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'pin_key', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT me.store_scope, 'pin_key', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          (to_jsonb(t) - '_scope') || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."pin_key" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'person_pin' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'person_pin') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."person_pin" AS t ("id", "person_id", "store_id", "kind", "key_id", "verifier", "one_time", "valid_until", "set_at", "set_by", "ver", _scope)
      SELECT r."id", r."person_id", r."store_id", r."kind", r."key_id", r."verifier", CASE r."one_time" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."one_time"::bigint END, r."valid_until", r."set_at", r."set_by", coalesce(r."ver", 0), me.store_scope
      FROM jsonb_to_recordset(d) AS r("id" uuid, "person_id" uuid, "store_id" uuid, "kind" text, "key_id" uuid, "verifier" text, "one_time" text, "valid_until" bigint, "set_at" bigint, "set_by" uuid, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "person_id" = excluded."person_id", "store_id" = excluded."store_id", "kind" = excluded."kind", "key_id" = excluded."key_id", "verifier" = excluded."verifier", "one_time" = excluded."one_time", "valid_until" = excluded."valid_until", "set_at" = excluded."set_at", "set_by" = excluded."set_by", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t._scope = excluded._scope RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'person_pin', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'person_pin', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT me.store_scope, 'person_pin', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          (to_jsonb(t) - '_scope') || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."person_pin" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'category' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'category') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'catalogue' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('catalogue', 'category', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."category" AS t ("id", "parent_id", "code", "name_ru", "name_en", "business_line", "ver")
      SELECT r."id", r."parent_id", r."code", r."name_ru", r."name_en", r."business_line", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "parent_id" uuid, "code" text, "name_ru" text, "name_en" text, "business_line" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "parent_id" = excluded."parent_id", "code" = excluded."code", "name_ru" = excluded."name_ru", "name_en" = excluded."name_en", "business_line" = excluded."business_line", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'category', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'category', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."category" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'product' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'product') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'catalogue' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('catalogue', 'product', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."product" AS t ("id", "sku", "kind", "name_ru", "name_en", "category_id", "product_type", "brand", "unit", "vat_bps", "department_id", "credit_role", "marked", "archived", "repeatable", "due_every_days", "source", "ver")
      SELECT r."id", r."sku", r."kind", r."name_ru", r."name_en", r."category_id", r."product_type", r."brand", r."unit", r."vat_bps", r."department_id", r."credit_role", CASE r."marked" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."marked"::bigint END, CASE r."archived" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."archived"::bigint END, CASE r."repeatable" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."repeatable"::bigint END, r."due_every_days", r."source", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "sku" text, "kind" text, "name_ru" text, "name_en" text, "category_id" uuid, "product_type" text, "brand" text, "unit" text, "vat_bps" bigint, "department_id" uuid, "credit_role" text, "marked" text, "archived" text, "repeatable" text, "due_every_days" bigint, "source" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "sku" = excluded."sku", "kind" = excluded."kind", "name_ru" = excluded."name_ru", "name_en" = excluded."name_en", "category_id" = excluded."category_id", "product_type" = excluded."product_type", "brand" = excluded."brand", "unit" = excluded."unit", "vat_bps" = excluded."vat_bps", "department_id" = excluded."department_id", "credit_role" = excluded."credit_role", "marked" = excluded."marked", "archived" = excluded."archived", "repeatable" = excluded."repeatable", "due_every_days" = excluded."due_every_days", "source" = excluded."source", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'product', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'product', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."product" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'barcode' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'barcode') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'catalogue' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('catalogue', 'barcode', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."barcode" AS t ("id", "gtin", "product_id", "ver")
      SELECT r."id", r."gtin", r."product_id", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "gtin" text, "product_id" uuid, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "gtin" = excluded."gtin", "product_id" = excluded."product_id", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'barcode', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'barcode', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."barcode" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'attribute_definition' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'attribute_definition') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'catalogue' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('catalogue', 'attribute_definition', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."attribute_definition" AS t ("id", "key", "kind", "name_ru", "name_en", "ver")
      SELECT r."id", r."key", r."kind", r."name_ru", r."name_en", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "key" text, "kind" text, "name_ru" text, "name_en" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "key" = excluded."key", "kind" = excluded."kind", "name_ru" = excluded."name_ru", "name_en" = excluded."name_en", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'attribute_definition', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'attribute_definition', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."attribute_definition" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'attribute' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'attribute') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'catalogue' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('catalogue', 'attribute', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."attribute" AS t ("id", "product_id", "key", "value", "source", "ver")
      SELECT r."id", r."product_id", r."key", coalesce(r."value", 'null'::jsonb)::text, r."source", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "product_id" uuid, "key" text, "value" jsonb, "source" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "key" = excluded."key", "value" = excluded."value", "source" = excluded."source", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'attribute', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'attribute', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('value', t."value"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."attribute" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'price' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'price') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'prices' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('prices', 'price', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."price" AS t ("id", "product_id", "price_type", "valid_from", "amount_minor", "ver")
      SELECT r."id", r."product_id", r."price_type", r."valid_from", r."amount_minor", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "product_id" uuid, "price_type" text, "valid_from" bigint, "amount_minor" bigint, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "price_type" = excluded."price_type", "valid_from" = excluded."valid_from", "amount_minor" = excluded."amount_minor", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'price', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'price', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."price" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'cost_price' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'cost_price') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."cost_price" AS t ("id", "product_id", "valid_from", "amount_minor", "ver")
      SELECT r."id", r."product_id", r."valid_from", r."amount_minor", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "product_id" uuid, "valid_from" bigint, "amount_minor" bigint, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "valid_from" = excluded."valid_from", "amount_minor" = excluded."amount_minor", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'cost_price', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'cost_price', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."cost_price" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'stock' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'stock') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."stock" AS t ("id", "product_id", "store_id", "qty_milli", "place", "told_at", "ver")
      SELECT r."id", r."product_id", r."store_id", r."qty_milli", r."place", r."told_at", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "product_id" uuid, "store_id" uuid, "qty_milli" bigint, "place" text, "told_at" bigint, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "store_id" = excluded."store_id", "qty_milli" = excluded."qty_milli", "place" = excluded."place", "told_at" = excluded."told_at", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'stock', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'stock', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."stock" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'fit_rule' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'fit_rule') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'catalogue' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('catalogue', 'fit_rule', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."fit_rule" AS t ("id", "core_category_id", "periphery_category_id", "predicates", "source", "ver")
      SELECT r."id", r."core_category_id", r."periphery_category_id", coalesce(r."predicates", 'null'::jsonb)::text, r."source", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "core_category_id" uuid, "periphery_category_id" uuid, "predicates" jsonb, "source" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "core_category_id" = excluded."core_category_id", "periphery_category_id" = excluded."periphery_category_id", "predicates" = excluded."predicates", "source" = excluded."source", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'fit_rule', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'fit_rule', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('predicates', t."predicates"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."fit_rule" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'benefit' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'benefit') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'combinations' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('combinations', 'benefit', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."benefit" AS t ("id", "product_id", "feature_ru", "feature_en", "advantage_ru", "advantage_en", "benefit_ru", "benefit_en", "status", "approved_by", "ver")
      SELECT r."id", r."product_id", r."feature_ru", r."feature_en", r."advantage_ru", r."advantage_en", r."benefit_ru", r."benefit_en", r."status", r."approved_by", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "product_id" uuid, "feature_ru" text, "feature_en" text, "advantage_ru" text, "advantage_en" text, "benefit_ru" text, "benefit_en" text, "status" text, "approved_by" uuid, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "feature_ru" = excluded."feature_ru", "feature_en" = excluded."feature_en", "advantage_ru" = excluded."advantage_ru", "advantage_en" = excluded."advantage_en", "benefit_ru" = excluded."benefit_ru", "benefit_en" = excluded."benefit_en", "status" = excluded."status", "approved_by" = excluded."approved_by", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'benefit', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'benefit', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."benefit" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'competitive_claim' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'competitive_claim') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'combinations' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('combinations', 'competitive_claim', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."competitive_claim" AS t ("id", "product_id", "versus_ru", "versus_en", "fact_ru", "fact_en", "is_worse", "source", "dated_at", "valid_until", "status", "approved_by", "ver")
      SELECT r."id", r."product_id", r."versus_ru", r."versus_en", r."fact_ru", r."fact_en", CASE r."is_worse" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."is_worse"::bigint END, r."source", r."dated_at", r."valid_until", r."status", r."approved_by", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "product_id" uuid, "versus_ru" text, "versus_en" text, "fact_ru" text, "fact_en" text, "is_worse" text, "source" text, "dated_at" bigint, "valid_until" bigint, "status" text, "approved_by" uuid, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "versus_ru" = excluded."versus_ru", "versus_en" = excluded."versus_en", "fact_ru" = excluded."fact_ru", "fact_en" = excluded."fact_en", "is_worse" = excluded."is_worse", "source" = excluded."source", "dated_at" = excluded."dated_at", "valid_until" = excluded."valid_until", "status" = excluded."status", "approved_by" = excluded."approved_by", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'competitive_claim', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'competitive_claim', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."competitive_claim" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'combination' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'combination') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'combinations' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('combinations', 'combination', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."combination" AS t ("id", "core_product_id", "periphery_product_id", "relation", "status", "status_reason", "emergent_ru", "emergent_en", "without_ru", "without_en", "phrase_ru", "phrase_en", "audience", "situations", "valid_from", "valid_to", "version", "approved_by", "ver")
      SELECT r."id", r."core_product_id", r."periphery_product_id", r."relation", r."status", r."status_reason", r."emergent_ru", r."emergent_en", r."without_ru", r."without_en", r."phrase_ru", r."phrase_en", r."audience", coalesce(r."situations", 'null'::jsonb)::text, r."valid_from", r."valid_to", r."version", r."approved_by", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "core_product_id" uuid, "periphery_product_id" uuid, "relation" text, "status" text, "status_reason" text, "emergent_ru" text, "emergent_en" text, "without_ru" text, "without_en" text, "phrase_ru" text, "phrase_en" text, "audience" text, "situations" jsonb, "valid_from" bigint, "valid_to" bigint, "version" bigint, "approved_by" uuid, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "core_product_id" = excluded."core_product_id", "periphery_product_id" = excluded."periphery_product_id", "relation" = excluded."relation", "status" = excluded."status", "status_reason" = excluded."status_reason", "emergent_ru" = excluded."emergent_ru", "emergent_en" = excluded."emergent_en", "without_ru" = excluded."without_ru", "without_en" = excluded."without_en", "phrase_ru" = excluded."phrase_ru", "phrase_en" = excluded."phrase_en", "audience" = excluded."audience", "situations" = excluded."situations", "valid_from" = excluded."valid_from", "valid_to" = excluded."valid_to", "version" = excluded."version", "approved_by" = excluded."approved_by", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'combination', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'combination', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('situations', t."situations"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."combination" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'evidence' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'evidence') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    IF 'combinations' = ANY ((SELECT c.held FROM sync.centre c)::text[]) THEN
      PERFORM sync.hold('combinations', 'evidence', d);
    ELSE
    WITH up AS (
      INSERT INTO shop."evidence" AS t ("id", "core_product_id", "periphery_product_id", "code", "claim_ru", "claim_en", "numbers", "n", "period_from", "period_to", "source", "method", "limits_ru", "limits_en", "computed_at", "valid_until", "status", "author", "approver", "ver")
      SELECT r."id", r."core_product_id", r."periphery_product_id", r."code", r."claim_ru", r."claim_en", coalesce(r."numbers", 'null'::jsonb)::text, r."n", r."period_from", r."period_to", r."source", r."method", r."limits_ru", r."limits_en", r."computed_at", r."valid_until", r."status", r."author", r."approver", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "core_product_id" uuid, "periphery_product_id" uuid, "code" text, "claim_ru" text, "claim_en" text, "numbers" jsonb, "n" bigint, "period_from" bigint, "period_to" bigint, "source" text, "method" text, "limits_ru" text, "limits_en" text, "computed_at" bigint, "valid_until" bigint, "status" text, "author" text, "approver" uuid, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "core_product_id" = excluded."core_product_id", "periphery_product_id" = excluded."periphery_product_id", "code" = excluded."code", "claim_ru" = excluded."claim_ru", "claim_en" = excluded."claim_en", "numbers" = excluded."numbers", "n" = excluded."n", "period_from" = excluded."period_from", "period_to" = excluded."period_to", "source" = excluded."source", "method" = excluded."method", "limits_ru" = excluded."limits_ru", "limits_en" = excluded."limits_en", "computed_at" = excluded."computed_at", "valid_until" = excluded."valid_until", "status" = excluded."status", "author" = excluded."author", "approver" = excluded."approver", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'evidence', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    END IF;
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'evidence', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('numbers', t."numbers"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."evidence" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'publication_row' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'publication_row') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."publication_row" AS t ("id", "publication_id", "entity", "pk", "body", "ver")
      SELECT r."id", r."publication_id", r."entity", r."pk", r."body", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "publication_id" uuid, "entity" text, "pk" text, "body" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "publication_id" = excluded."publication_id", "entity" = excluded."entity", "pk" = excluded."pk", "body" = excluded."body", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'publication_row', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'publication_row', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."publication_row" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'publication' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'publication') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."publication" AS t ("id", "kind", "n_rows", "checksum", "effective_from", "ver")
      SELECT r."id", r."kind", r."n_rows", r."checksum", r."effective_from", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "kind" text, "n_rows" bigint, "checksum" text, "effective_from" bigint, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "kind" = excluded."kind", "n_rows" = excluded."n_rows", "checksum" = excluded."checksum", "effective_from" = excluded."effective_from", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'publication', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'publication', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."publication" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'tombstone' THEN
    WITH ins AS (
      INSERT INTO shop."tombstone" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "customer_id", "act_no", "ground", "asked_at", "keys")
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."customer_id", r."act_no", r."ground", r."asked_at", coalesce(r."keys", 'null'::jsonb)::text
      FROM jsonb_to_recordset(g->'tombstone') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "customer_id" uuid, "act_no" text, "ground" text, "asked_at" bigint, "keys" jsonb)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'tombstone', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'tombstone') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'tombstone') THEN
      RAISE EXCEPTION 'a tombstone is known already by another operation';
    END IF;
  END IF;
  IF g ? 'erasure_step' THEN
    WITH ins AS (
      INSERT INTO shop."erasure_step" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "customer_id", "step", "ground")
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."customer_id", r."step", r."ground"
      FROM jsonb_to_recordset(g->'erasure_step') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "customer_id" uuid, "step" text, "ground" text)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'erasure_step', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'erasure_step') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'erasure_step') THEN
      RAISE EXCEPTION 'a erasure_step is known already by another operation';
    END IF;
  END IF;
  IF g ? 'customer_field_lost' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'customer_field_lost') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."customer_field_lost" AS t ("id", "customer_id", "entity", "row_id", "field", "value", "stamp", "won", "at", "ver")
      SELECT r."id", r."customer_id", r."entity", r."row_id", r."field", coalesce(r."value", 'null'::jsonb)::text, r."stamp", r."won", r."at", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "entity" text, "row_id" uuid, "field" text, "value" jsonb, "stamp" text, "won" text, "at" bigint, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "entity" = excluded."entity", "row_id" = excluded."row_id", "field" = excluded."field", "value" = excluded."value", "stamp" = excluded."stamp", "won" = excluded."won", "at" = excluded."at", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'customer_field_lost', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'customer_field_lost', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('value', t."value"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."customer_field_lost" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'customer' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'customer') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."customer" AS t ("id", "kind", "display_name", "family_name", "given_name", "patronymic", "birthday", "language", "status", "care_until", "do_not_contact", "created_store_id", "household_id", "invented", "name_source", "birthday_source", "stamps", "ver")
      SELECT r."id", r."kind", r."display_name", r."family_name", r."given_name", r."patronymic", r."birthday", r."language", r."status", r."care_until", CASE r."do_not_contact" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."do_not_contact"::bigint END, r."created_store_id", r."household_id", CASE r."invented" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."invented"::bigint END, r."name_source", r."birthday_source", r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "kind" text, "display_name" text, "family_name" text, "given_name" text, "patronymic" text, "birthday" text, "language" text, "status" text, "care_until" bigint, "do_not_contact" text, "created_store_id" uuid, "household_id" uuid, "invented" text, "name_source" text, "birthday_source" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "kind" = excluded."kind", "display_name" = excluded."display_name", "family_name" = excluded."family_name", "given_name" = excluded."given_name", "patronymic" = excluded."patronymic", "birthday" = excluded."birthday", "language" = excluded."language", "status" = excluded."status", "care_until" = excluded."care_until", "do_not_contact" = excluded."do_not_contact", "created_store_id" = excluded."created_store_id", "household_id" = excluded."household_id", "invented" = excluded."invented", "name_source" = excluded."name_source", "birthday_source" = excluded."birthday_source", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'customer', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'customer', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."customer" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'customer', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('do_not_contact', t."do_not_contact" <> 0, 'invented', t."invented" <> 0, 'stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."customer" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'customer') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."customer" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_customer(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'contact_point' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'contact_point') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."contact_point" AS t ("id", "customer_id", "type", "value", "is_primary", "verified_at", "source", "stamps", "ver")
      SELECT r."id", r."customer_id", r."type", r."value", CASE r."is_primary" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."is_primary"::bigint END, r."verified_at", r."source", r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "type" text, "value" text, "is_primary" text, "verified_at" bigint, "source" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "type" = excluded."type", "value" = excluded."value", "is_primary" = excluded."is_primary", "verified_at" = excluded."verified_at", "source" = excluded."source", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'contact_point', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'contact_point', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."contact_point" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'contact_point', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('is_primary', t."is_primary" <> 0, 'stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."contact_point" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'contact_point') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."contact_point" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_contact_point(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'identifier' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'identifier') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."identifier" AS t ("id", "customer_id", "type", "value", "ver")
      SELECT r."id", r."customer_id", r."type", r."value", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "type" text, "value" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "type" = excluded."type", "value" = excluded."value", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'identifier', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'identifier', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'identifier', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."identifier" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'channel_pref' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'channel_pref') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."channel_pref" AS t ("id", "customer_id", "channel", "hours", "stamps", "ver")
      SELECT r."id", r."customer_id", r."channel", r."hours", r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "channel" text, "hours" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "channel" = excluded."channel", "hours" = excluded."hours", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'channel_pref', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'channel_pref', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."channel_pref" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'channel_pref', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."channel_pref" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'channel_pref') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."channel_pref" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_channel_pref(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'need' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'need') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."need" AS t ("id", "customer_id", "source", "status", "product_type", "product_id", "text", "told_at", "told_by", "event_id", "valid_until", "stamps", "ver")
      SELECT r."id", r."customer_id", r."source", r."status", r."product_type", r."product_id", r."text", r."told_at", r."told_by", r."event_id", r."valid_until", r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "source" text, "status" text, "product_type" text, "product_id" uuid, "text" text, "told_at" bigint, "told_by" uuid, "event_id" uuid, "valid_until" bigint, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "source" = excluded."source", "status" = excluded."status", "product_type" = excluded."product_type", "product_id" = excluded."product_id", "text" = excluded."text", "told_at" = excluded."told_at", "told_by" = excluded."told_by", "event_id" = excluded."event_id", "valid_until" = excluded."valid_until", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'need', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'need', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."need" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'need', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."need" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'need') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."need" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_need(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'ownership' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'ownership') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."ownership" AS t ("id", "customer_id", "product_id", "text", "serial", "since", "warranty_until", "source", "stamps", "ver")
      SELECT r."id", r."customer_id", r."product_id", r."text", r."serial", r."since", r."warranty_until", r."source", r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "product_id" uuid, "text" text, "serial" text, "since" bigint, "warranty_until" bigint, "source" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "product_id" = excluded."product_id", "text" = excluded."text", "serial" = excluded."serial", "since" = excluded."since", "warranty_until" = excluded."warranty_until", "source" = excluded."source", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'ownership', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'ownership', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."ownership" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'ownership', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."ownership" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'ownership') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."ownership" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_ownership(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'promise' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'promise') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."promise" AS t ("id", "customer_id", "product_id", "kind", "text", "due_at", "owner_id", "status", "stamps", "ver")
      SELECT r."id", r."customer_id", r."product_id", r."kind", r."text", r."due_at", r."owner_id", r."status", r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "product_id" uuid, "kind" text, "text" text, "due_at" bigint, "owner_id" uuid, "status" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "product_id" = excluded."product_id", "kind" = excluded."kind", "text" = excluded."text", "due_at" = excluded."due_at", "owner_id" = excluded."owner_id", "status" = excluded."status", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'promise', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'promise', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."promise" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'promise', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."promise" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'promise') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."promise" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_promise(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'household_member' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'household_member') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."household_member" AS t ("id", "customer_id", "role", "share_history", "stamps", "ver")
      SELECT r."id", r."customer_id", r."role", CASE r."share_history" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."share_history"::bigint END, r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "role" text, "share_history" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "role" = excluded."role", "share_history" = excluded."share_history", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'household_member', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'household_member', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."household_member" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'household_member', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('share_history', t."share_history" <> 0, 'stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."household_member" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'household_member') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."household_member" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_household_member(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'org_contact' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'org_contact') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."org_contact" AS t ("id", "organisation_id", "customer_id", "role", "active", "stamps", "ver")
      SELECT r."id", r."organisation_id", r."customer_id", r."role", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "organisation_id" uuid, "customer_id" uuid, "role" text, "active" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "organisation_id" = excluded."organisation_id", "customer_id" = excluded."customer_id", "role" = excluded."role", "active" = excluded."active", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'org_contact', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'org_contact', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."org_contact" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'org_contact', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('active', t."active" <> 0, 'stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."org_contact" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'org_contact') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."org_contact" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_org_contact(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'perk' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'perk') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."perk" AS t ("id", "customer_id", "kind", "text", "worth", "valid_until", "source", "ver")
      SELECT r."id", r."customer_id", r."kind", r."text", r."worth", r."valid_until", r."source", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "kind" text, "text" text, "worth" bigint, "valid_until" bigint, "source" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "kind" = excluded."kind", "text" = excluded."text", "worth" = excluded."worth", "valid_until" = excluded."valid_until", "source" = excluded."source", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'perk', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'perk', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'perk', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."perk" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'context_event' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'context_event') WITH ORDINALITY AS e(value, n)
      WHERE true AND jsonb_typeof(e.value->'stamps') IS DISTINCT FROM 'object'
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."context_event" AS t ("id", "customer_id", "household_id", "product_id", "type", "at", "impact", "size", "told_by", "active", "stamps", "ver")
      SELECT r."id", r."customer_id", r."household_id", r."product_id", r."type", r."at", r."impact", r."size", r."told_by", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."stamps"::text, coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "household_id" uuid, "product_id" uuid, "type" text, "at" bigint, "impact" text, "size" bigint, "told_by" uuid, "active" text, "stamps" jsonb, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "household_id" = excluded."household_id", "product_id" = excluded."product_id", "type" = excluded."type", "at" = excluded."at", "impact" = excluded."impact", "size" = excluded."size", "told_by" = excluded."told_by", "active" = excluded."active", "stamps" = excluded."stamps", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t.stamps IS NULL RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'context_event', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'context_event', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid) AND NOT EXISTS (SELECT 1 FROM shop."context_event" t WHERE t.id = (j.value->>'id')::uuid AND t.stamps IS NOT NULL);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'context_event', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('active', t."active" <> 0, 'stamps', t."stamps"::jsonb) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."context_event" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
    FOR j IN SELECT e.value FROM jsonb_array_elements(g->'context_event') WITH ORDINALITY AS e(value, n)
      WHERE jsonb_typeof(e.value->'stamps') = 'object' OR EXISTS (
        SELECT 1 FROM shop."context_event" t WHERE t.id = (e.value->>'id')::uuid AND t.stamps IS NOT NULL)
      ORDER BY e.value->>'id', e.n
    LOOP
      PERFORM sync.merge_context_event(me, p_incarnation, p_schema_v, sync.clamp(me, jsonb_build_array(j), latest)->0);
    END LOOP;
  END IF;
  IF g ? 'consent' THEN
    WITH ins AS (
      INSERT INTO shop."consent" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "customer_id", "purpose", "channel", "state", "text_hash", "form", "basis", "store_id", "base_hlc", "hlc")
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."customer_id", r."purpose", r."channel", r."state", r."text_hash", r."form", r."basis", r."store_id", r."base_hlc", r."hlc"
      FROM jsonb_to_recordset(g->'consent') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "customer_id" uuid, "purpose" text, "channel" text, "state" text, "text_hash" text, "form" text, "basis" text, "store_id" uuid, "base_hlc" bigint, "hlc" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'consent', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'consent') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'consent') THEN
      RAISE EXCEPTION 'a consent is known already by another operation';
    END IF;
  END IF;
  IF g ? 'customer_note' THEN
    WITH ins AS (
      INSERT INTO shop."customer_note" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "customer_id", "kind", "valid_until")
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."customer_id", r."kind", r."valid_until"
      FROM jsonb_to_recordset(g->'customer_note') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "customer_id" uuid, "kind" text, "valid_until" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'customer_note', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'customer_note') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'customer_note') THEN
      RAISE EXCEPTION 'a customer_note is known already by another operation';
    END IF;
  END IF;
  IF g ? 'note_text' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'note_text') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."note_text" AS t ("id", "customer_id", "text", "ver")
      SELECT r."id", r."customer_id", r."text", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "customer_id" uuid, "text" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "customer_id" = excluded."customer_id", "text" = excluded."text", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'note_text', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'note_text', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'note_text', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."note_text" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'customer_merge' THEN
    WITH ins AS (
      INSERT INTO shop."customer_merge" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "loser_id", "winner_id", "wanted", "rule", "score_bps", "proposal_id")
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."loser_id", r."winner_id", r."wanted", r."rule", r."score_bps", r."proposal_id"
      FROM jsonb_to_recordset(g->'customer_merge') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "loser_id" uuid, "winner_id" uuid, "wanted" text, "rule" text, "score_bps" bigint, "proposal_id" uuid)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'customer_merge', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'customer_merge') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'customer_merge') THEN
      RAISE EXCEPTION 'a customer_merge is known already by another operation';
    END IF;
    PERFORM sync.judge_merges(me, p_schema_v, ARRAY(
      SELECT (e.value->>'id')::uuid FROM jsonb_array_elements(g->'customer_merge') e));
  END IF;
  IF g ? 'customer_unmerge' THEN
    WITH ins AS (
      INSERT INTO shop."customer_unmerge" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "merge_id")
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."merge_id"
      FROM jsonb_to_recordset(g->'customer_unmerge') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "merge_id" uuid)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'customer_unmerge', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'customer_unmerge') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'customer_unmerge') THEN
      RAISE EXCEPTION 'a customer_unmerge is known already by another operation';
    END IF;
    PERFORM sync.judge_merges(me, p_schema_v, ARRAY(
      SELECT (e.value->>'id')::uuid FROM jsonb_array_elements(g->'customer_unmerge') e));
  END IF;
  IF g ? 'merge_verdict' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'merge_verdict') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."merge_verdict" AS t ("id", "accepted", "reason", "at", "ver")
      SELECT r."id", CASE r."accepted" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."accepted"::bigint END, r."reason", r."at", coalesce(r."ver", 0)
      FROM jsonb_to_recordset(d) AS r("id" uuid, "accepted" text, "reason" text, "at" bigint, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "accepted" = excluded."accepted", "reason" = excluded."reason", "at" = excluded."at", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver RETURNING t.id, t.ver)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT 0, 'merge_verdict', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw';
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT 0, 'merge_verdict', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          to_jsonb(t) || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."merge_verdict" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF g ? 'shift' THEN
    WITH ins AS (
      INSERT INTO shop."shift" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "store_id", "department_id", "number", "business_date", "responsible_id", "override_reason", "opening_cash_minor", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."store_id", r."department_id", r."number", r."business_date", r."responsible_id", r."override_reason", r."opening_cash_minor", me.own_scope
      FROM jsonb_to_recordset(g->'shift') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "store_id" uuid, "department_id" uuid, "number" bigint, "business_date" text, "responsible_id" uuid, "override_reason" text, "opening_cash_minor" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.own_scope, 'shift', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'shift') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'shift') THEN
      RAISE EXCEPTION 'a shift is known already by another operation';
    END IF;
  END IF;
  IF g ? 'shift_close' THEN
    WITH ins AS (
      INSERT INTO shop."shift_close" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "z_number", "totals", "till_total_minor", "till_z_number", "counted_cash_minor", "chain_head", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."z_number", coalesce(r."totals", 'null'::jsonb)::text, r."till_total_minor", r."till_z_number", r."counted_cash_minor", r."chain_head", me.own_scope
      FROM jsonb_to_recordset(g->'shift_close') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "z_number" bigint, "totals" jsonb, "till_total_minor" bigint, "till_z_number" text, "counted_cash_minor" bigint, "chain_head" text)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.own_scope, 'shift_close', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'shift_close') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'shift_close') THEN
      RAISE EXCEPTION 'a shift_close is known already by another operation';
    END IF;
  END IF;
  IF g ? 'sale' THEN
    WITH ins AS (
      INSERT INTO shop."sale" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "store_id", "department_id", "business_date", "number", "customer_id", "core_line_id", "core_confirmed_at", "opened_at", "line_count", "total_minor", "situation", "budget_cap_minor", "care_mode", "held_out", "pulse", "playbook_version", "policy_version", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."store_id", r."department_id", r."business_date", r."number", r."customer_id", r."core_line_id", r."core_confirmed_at", r."opened_at", r."line_count", r."total_minor", r."situation", r."budget_cap_minor", CASE r."care_mode" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."care_mode"::bigint END, CASE r."held_out" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."held_out"::bigint END, r."pulse", r."playbook_version", r."policy_version", me.store_scope
      FROM jsonb_to_recordset(g->'sale') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "store_id" uuid, "department_id" uuid, "business_date" text, "number" text, "customer_id" uuid, "core_line_id" uuid, "core_confirmed_at" bigint, "opened_at" bigint, "line_count" bigint, "total_minor" bigint, "situation" text, "budget_cap_minor" bigint, "care_mode" text, "held_out" text, "pulse" bigint, "playbook_version" bigint, "policy_version" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'sale', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'sale') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'sale') THEN
      RAISE EXCEPTION 'a sale is known already by another operation';
    END IF;
  END IF;
  IF g ? 'sale_line' THEN
    WITH ins AS (
      INSERT INTO shop."sale_line" ("id", "sale_id", "line_no", "product_id", "sku", "name", "category_id", "product_type", "business_line", "department_id", "role", "qty_milli", "price_minor", "discount_minor", "amount_minor", "vat_bps", "attached_to_line_id", "offer_id", "customer_yes_at", "added_by", "added_at", "marking_code", _scope)
      SELECT r."id", r."sale_id", r."line_no", r."product_id", r."sku", r."name", r."category_id", r."product_type", r."business_line", r."department_id", r."role", r."qty_milli", r."price_minor", r."discount_minor", r."amount_minor", r."vat_bps", r."attached_to_line_id", r."offer_id", r."customer_yes_at", r."added_by", r."added_at", r."marking_code", me.store_scope
      FROM jsonb_to_recordset(g->'sale_line') AS r("id" uuid, "sale_id" uuid, "line_no" bigint, "product_id" uuid, "sku" text, "name" text, "category_id" uuid, "product_type" text, "business_line" text, "department_id" uuid, "role" text, "qty_milli" bigint, "price_minor" bigint, "discount_minor" bigint, "amount_minor" bigint, "vat_bps" bigint, "attached_to_line_id" uuid, "offer_id" uuid, "customer_yes_at" bigint, "added_by" uuid, "added_at" bigint, "marking_code" text)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'sale_line', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'sale_line') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'sale_line') THEN
      RAISE EXCEPTION 'a sale_line is known already by another operation';
    END IF;
  END IF;
  IF g ? 'payment' THEN
    WITH ins AS (
      INSERT INTO shop."payment" ("id", "sale_id", "means", "amount_minor", _scope)
      SELECT r."id", r."sale_id", r."means", r."amount_minor", me.store_scope
      FROM jsonb_to_recordset(g->'payment') AS r("id" uuid, "sale_id" uuid, "means" text, "amount_minor" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'payment', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'payment') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'payment') THEN
      RAISE EXCEPTION 'a payment is known already by another operation';
    END IF;
  END IF;
  IF g ? 'offer' THEN
    WITH ins AS (
      INSERT INTO shop."offer" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "receipt_id", "run_id", "customer_id", "core_product_id", "product_id", "rank", "round", "relation", "price_minor", "evidence", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."receipt_id", r."run_id", r."customer_id", r."core_product_id", r."product_id", r."rank", r."round", r."relation", r."price_minor", coalesce(r."evidence", 'null'::jsonb)::text, me.store_scope
      FROM jsonb_to_recordset(g->'offer') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "receipt_id" uuid, "run_id" uuid, "customer_id" uuid, "core_product_id" uuid, "product_id" uuid, "rank" bigint, "round" bigint, "relation" text, "price_minor" bigint, "evidence" jsonb)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'offer', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'offer') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'offer') THEN
      RAISE EXCEPTION 'a offer is known already by another operation';
    END IF;
  END IF;
  IF g ? 'offer_answer' THEN
    WITH ins AS (
      INSERT INTO shop."offer_answer" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "offer_id", "receipt_id", "customer_id", "product_id", "answer", "reason", "undoes_id", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."offer_id", r."receipt_id", r."customer_id", r."product_id", r."answer", r."reason", r."undoes_id", me.store_scope
      FROM jsonb_to_recordset(g->'offer_answer') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "offer_id" uuid, "receipt_id" uuid, "customer_id" uuid, "product_id" uuid, "answer" text, "reason" text, "undoes_id" uuid)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'offer_answer', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'offer_answer') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'offer_answer') THEN
      RAISE EXCEPTION 'a offer_answer is known already by another operation';
    END IF;
  END IF;
  IF g ? 'pass' THEN
    WITH ins AS (
      INSERT INTO shop."pass" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "code", "kind", "from_department_id", "to_department_id", "to_person_id", "customer_id", "category_id", "product_id", "expires_at", "hlc", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."code", r."kind", r."from_department_id", r."to_department_id", r."to_person_id", r."customer_id", r."category_id", r."product_id", r."expires_at", r."hlc", me.store_scope
      FROM jsonb_to_recordset(g->'pass') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "code" text, "kind" text, "from_department_id" uuid, "to_department_id" uuid, "to_person_id" uuid, "customer_id" uuid, "category_id" uuid, "product_id" uuid, "expires_at" bigint, "hlc" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'pass', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'pass') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'pass') THEN
      RAISE EXCEPTION 'a pass is known already by another operation';
    END IF;
  END IF;
  IF g ? 'pass_event' THEN
    WITH ins AS (
      INSERT INTO shop."pass_event" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "pass_id", "event", "customer_id", "receipt_id", "reason", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."pass_id", r."event", r."customer_id", r."receipt_id", r."reason", me.store_scope
      FROM jsonb_to_recordset(g->'pass_event') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "pass_id" uuid, "event" text, "customer_id" uuid, "receipt_id" uuid, "reason" text)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'pass_event', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'pass_event') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'pass_event') THEN
      RAISE EXCEPTION 'a pass_event is known already by another operation';
    END IF;
    WITH asked AS (
      SELECT (j.value->>'pass_id')::uuid AS pass_id, (j.value->>'id')::uuid AS event_id, j.value AS body, j.n AS n
      FROM jsonb_array_elements(g->'pass_event') WITH ORDINALITY AS j(value, n) WHERE j.value->>'event' = 'accepted'),
    won AS (
      INSERT INTO sync.pass_accept (pass_id, event_id, counter_no)
      SELECT a.pass_id, a.event_id, me.no FROM asked a ORDER BY a.pass_id, a.n
      ON CONFLICT (pass_id) DO NOTHING RETURNING event_id)
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'pass_event', a.event_id, me.no, p_incarnation, a.body FROM asked a
      WHERE NOT EXISTS (SELECT 1 FROM won WHERE won.event_id = a.event_id);
  END IF;
  IF g ? 'return' THEN
    WITH ins AS (
      INSERT INTO shop."return" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "store_id", "business_date", "number", "sale_id", "customer_id", "reason", "total_minor", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."store_id", r."business_date", r."number", r."sale_id", r."customer_id", r."reason", r."total_minor", me.store_scope
      FROM jsonb_to_recordset(g->'return') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "store_id" uuid, "business_date" text, "number" text, "sale_id" uuid, "customer_id" uuid, "reason" text, "total_minor" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'return', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'return') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'return') THEN
      RAISE EXCEPTION 'a return is known already by another operation';
    END IF;
  END IF;
  IF g ? 'return_line' THEN
    WITH ins AS (
      INSERT INTO shop."return_line" ("id", "return_id", "sale_line_id", "product_id", "qty_milli", "amount_minor", _scope)
      SELECT r."id", r."return_id", r."sale_line_id", r."product_id", r."qty_milli", r."amount_minor", me.store_scope
      FROM jsonb_to_recordset(g->'return_line') AS r("id" uuid, "return_id" uuid, "sale_line_id" uuid, "product_id" uuid, "qty_milli" bigint, "amount_minor" bigint)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'return_line', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'return_line') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'return_line') THEN
      RAISE EXCEPTION 'a return_line is known already by another operation';
    END IF;
  END IF;
  IF g ? 'credit_entry' THEN
    WITH ins AS (
      INSERT INTO shop."credit_entry" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "sale_id", "sale_line_id", "beneficiary_id", "role", "kind", "amount_minor", "base_minor", "pool_minor", "weight_bps", "pass_id", "return_id", "period", "origin_period", "policy_version", "state", "explain", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."sale_id", r."sale_line_id", r."beneficiary_id", r."role", r."kind", r."amount_minor", r."base_minor", r."pool_minor", r."weight_bps", r."pass_id", r."return_id", r."period", r."origin_period", r."policy_version", r."state", coalesce(r."explain", 'null'::jsonb)::text, me.store_scope
      FROM jsonb_to_recordset(g->'credit_entry') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "sale_id" uuid, "sale_line_id" uuid, "beneficiary_id" uuid, "role" text, "kind" text, "amount_minor" bigint, "base_minor" bigint, "pool_minor" bigint, "weight_bps" bigint, "pass_id" uuid, "return_id" uuid, "period" text, "origin_period" text, "policy_version" bigint, "state" text, "explain" jsonb)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'credit_entry', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'credit_entry') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'credit_entry') THEN
      RAISE EXCEPTION 'a credit_entry is known already by another operation';
    END IF;
  END IF;
  IF g ? 'help_event' THEN
    WITH ins AS (
      INSERT INTO shop."help_event" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "customer_id", "kind", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."customer_id", r."kind", me.own_scope
      FROM jsonb_to_recordset(g->'help_event') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "customer_id" uuid, "kind" text)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.own_scope, 'help_event', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'help_event') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'help_event') THEN
      RAISE EXCEPTION 'a help_event is known already by another operation';
    END IF;
  END IF;
  IF g ? 'step_log' THEN
    WITH ins AS (
      INSERT INTO shop."step_log" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "receipt_id", "step", "subject", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."receipt_id", r."step", r."subject", me.own_scope
      FROM jsonb_to_recordset(g->'step_log') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "receipt_id" uuid, "step" text, "subject" text)
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.own_scope, 'step_log', ins.id, 0, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(g->'step_log') AS j JOIN ins ON ins.id = (j.value->>'id')::uuid;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'step_log') THEN
      RAISE EXCEPTION 'a step_log is known already by another operation';
    END IF;
  END IF;
  IF g ? 'suggestion_run' THEN
    INSERT INTO shop."suggestion_run" ("id", "counter_id", "made_at", "person_id", "session_id", "shift_id", "receipt_id", "customer_id", "core_product_id", "input_hash", "model_version", "held_out", "result", "gates", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."shift_id", r."receipt_id", r."customer_id", r."core_product_id", r."input_hash", r."model_version", CASE r."held_out" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."held_out"::bigint END, coalesce(r."result", 'null'::jsonb)::text, coalesce(r."gates", 'null'::jsonb)::text, me.own_scope
      FROM jsonb_to_recordset(g->'suggestion_run') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "shift_id" uuid, "receipt_id" uuid, "customer_id" uuid, "core_product_id" uuid, "input_hash" text, "model_version" text, "held_out" text, "result" jsonb, "gates" jsonb)
      ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'suggestion_run') THEN
      RAISE EXCEPTION 'a suggestion_run is known already by another operation';
    END IF;
  END IF;
  IF g ? 'access' THEN
    INSERT INTO shop."access" ("id", "counter_id", "made_at", "person_id", "session_id", "customer_id", "field_group", "reason", "cards", _scope)
      SELECT r."id", r."counter_id", r."made_at", r."person_id", r."session_id", r."customer_id", r."field_group", r."reason", r."cards", me.own_scope
      FROM jsonb_to_recordset(g->'access') AS r("id" uuid, "counter_id" uuid, "made_at" bigint, "person_id" uuid, "session_id" uuid, "customer_id" uuid, "field_group" text, "reason" text, "cards" bigint)
      ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> jsonb_array_length(g->'access') THEN
      RAISE EXCEPTION 'a access is known already by another operation';
    END IF;
  END IF;
  IF g ? 'fact_text' THEN
    SELECT jsonb_agg(q.j) INTO d FROM (
      SELECT DISTINCT ON (e.value->>'id') e.value AS j
      FROM jsonb_array_elements(g->'fact_text') WITH ORDINALITY AS e(value, n)
      WHERE true
      ORDER BY e.value->>'id', (e.value->>'ver')::bigint DESC NULLS LAST, e.n) q;
    d := sync.clamp(me, coalesce(d, '[]'), latest);
    WITH up AS (
      INSERT INTO shop."fact_text" AS t ("id", "text", "ver", _scope)
      SELECT r."id", r."text", coalesce(r."ver", 0), me.store_scope
      FROM jsonb_to_recordset(d) AS r("id" uuid, "text" text, "ver" bigint) ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET "text" = excluded."text", "ver" = excluded."ver"
      WHERE t.ver < excluded.ver AND t._scope = excluded._scope RETURNING t.id, t.ver),
    fed AS (
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
      SELECT me.store_scope, 'fact_text', up.id, up.ver, false, p_schema_v, me.no, p_incarnation, j.value
      FROM jsonb_array_elements(d) AS j JOIN up ON up.id = (j.value->>'id')::uuid WHERE NOT j.value ? '_raw')
    INSERT INTO sync.conflict (entity, pk, counter_no, incarnation, lost)
      SELECT 'fact_text', (j.value->>'id')::uuid, me.no, p_incarnation, j.value FROM jsonb_array_elements(d) AS j
      WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = (j.value->>'id')::uuid);
    IF d @? '$[*]._raw' THEN
      -- A counter whose clock ran ahead holds its own row for the newest: it is told what stands instead.
      INSERT INTO sync.feed (scope, entity, pk, ver, del, schema_v, counter_no, incarnation, body)
        SELECT me.store_scope, 'fact_text', t.id, t.ver, false, p_schema_v, me.no, '00000000-0000-0000-0000-000000000000'::uuid,
          (to_jsonb(t) - '_scope') || jsonb_build_object('_raw', j.value->'_raw')
        FROM jsonb_array_elements(d) AS j JOIN shop."fact_text" t ON t.id = (j.value->>'id')::uuid
        WHERE j.value ? '_raw';
    END IF;
  END IF;
  IF p_ops @? '$[*].body.instead_of' THEN
    PERFORM sync.note_resent(me, p_ops);
  END IF;
END $f$
--;
CREATE FUNCTION sync.sync_snapshot(p_entity text, p_after uuid, p_page int)
RETURNS TABLE (status text, last uuid, n int, more boolean, page text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sync, pg_temp AS $f$
DECLARE
  me sync.counter := sync.who();
  after uuid := coalesce(p_after, '00000000-0000-0000-0000-000000000000');
BEGIN
  CASE p_entity
  WHEN 'company' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."company" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('company', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'store' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."store" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('store', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'department' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."department" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('department', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'counter' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."counter" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('counter', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'person' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."person" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('person', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'person_role' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."person_role" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('person_role', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'setting' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('value', t."value"::jsonb) AS body FROM shop."setting" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('setting', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'credit_policy' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('numbers', t."numbers"::jsonb) AS body FROM shop."credit_policy" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('credit_policy', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'dismissal' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, 0 AS ver, to_jsonb(t) AS body FROM shop."dismissal" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('dismissal', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'rota' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."rota" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('rota', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'visitor_count' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."visitor_count" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('visitor_count', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'pin_door' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, t.ver AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."pin_door" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('pin_door', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'pin_key' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, t.ver AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."pin_key" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('pin_key', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'person_pin' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, t.ver AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."person_pin" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('person_pin', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'category' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."category" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('category', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'product' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."product" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('product', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'barcode' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."barcode" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('barcode', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'attribute_definition' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."attribute_definition" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('attribute_definition', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'attribute' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('value', t."value"::jsonb) AS body FROM shop."attribute" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('attribute', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'price' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."price" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('price', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'cost_price' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."cost_price" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('cost_price', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'stock' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."stock" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('stock', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'fit_rule' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('predicates', t."predicates"::jsonb) AS body FROM shop."fit_rule" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('fit_rule', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'benefit' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."benefit" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('benefit', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'competitive_claim' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."competitive_claim" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('competitive_claim', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'combination' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('situations', t."situations"::jsonb) AS body FROM shop."combination" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('combination', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'evidence' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('numbers', t."numbers"::jsonb) AS body FROM shop."evidence" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('evidence', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'publication_row' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."publication_row" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('publication_row', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'publication' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."publication" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('publication', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'tombstone' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, 0 AS ver, to_jsonb(t) || jsonb_build_object('keys', t."keys"::jsonb) AS body FROM shop."tombstone" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('tombstone', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'erasure_step' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, 0 AS ver, to_jsonb(t) AS body FROM shop."erasure_step" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('erasure_step', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'customer_field_lost' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('value', t."value"::jsonb) AS body FROM shop."customer_field_lost" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('customer_field_lost', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'customer' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('do_not_contact', t."do_not_contact" <> 0, 'invented', t."invented" <> 0, 'stamps', t."stamps"::jsonb) AS body FROM shop."customer" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('customer', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'contact_point' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('is_primary', t."is_primary" <> 0, 'stamps', t."stamps"::jsonb) AS body FROM shop."contact_point" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('contact_point', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'identifier' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."identifier" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('identifier', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'channel_pref' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) AS body FROM shop."channel_pref" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('channel_pref', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'need' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) AS body FROM shop."need" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('need', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'ownership' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) AS body FROM shop."ownership" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('ownership', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'promise' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('stamps', t."stamps"::jsonb) AS body FROM shop."promise" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('promise', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'household_member' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('share_history', t."share_history" <> 0, 'stamps', t."stamps"::jsonb) AS body FROM shop."household_member" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('household_member', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'org_contact' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('active', t."active" <> 0, 'stamps', t."stamps"::jsonb) AS body FROM shop."org_contact" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('org_contact', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'perk' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."perk" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('perk', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'context_event' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) || jsonb_build_object('active', t."active" <> 0, 'stamps', t."stamps"::jsonb) AS body FROM shop."context_event" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('context_event', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'consent' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, 0 AS ver, to_jsonb(t) AS body FROM shop."consent" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('consent', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'customer_note' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, 0 AS ver, to_jsonb(t) AS body FROM shop."customer_note" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('customer_note', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'note_text' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."note_text" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('note_text', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'customer_merge' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, 0 AS ver, to_jsonb(t) AS body FROM shop."customer_merge" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('customer_merge', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'customer_unmerge' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, 0 AS ver, to_jsonb(t) AS body FROM shop."customer_unmerge" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('customer_unmerge', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'merge_verdict' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT t.id, t.ver AS ver, to_jsonb(t) AS body FROM shop."merge_verdict" t WHERE t.id > after ORDER BY t.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('merge_verdict', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'shift' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."shift" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('shift', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'shift_close' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') || jsonb_build_object('totals', t."totals"::jsonb) AS body FROM shop."shift_close" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('shift_close', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'sale' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."sale" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('sale', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'sale_line' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."sale_line" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('sale_line', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'payment' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."payment" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('payment', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'offer' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') || jsonb_build_object('evidence', t."evidence"::jsonb) AS body FROM shop."offer" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('offer', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'offer_answer' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."offer_answer" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('offer_answer', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'pass' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."pass" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('pass', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'pass_event' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."pass_event" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('pass_event', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'return' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."return" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('return', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'return_line' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."return_line" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('return_line', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'credit_entry' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') || jsonb_build_object('explain', t."explain"::jsonb) AS body FROM shop."credit_entry" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('credit_entry', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'help_event' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."help_event" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('help_event', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'step_log' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, 0 AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."step_log" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('step_log', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  WHEN 'fact_text' THEN
    RETURN QUERY WITH p AS MATERIALIZED (SELECT z.id, z.ver, z.body FROM sync.scope_of s CROSS JOIN LATERAL (
          SELECT t.id, t.ver AS ver, (to_jsonb(t) - '_scope') AS body FROM shop."fact_text" t
          WHERE t._scope = s.scope AND t.id > after ORDER BY t.id LIMIT p_page) z
        WHERE s.role_name = session_user ORDER BY z.id LIMIT p_page)
      SELECT 'ok', (SELECT q.id FROM p q ORDER BY q.id DESC LIMIT 1), count(*)::int, count(*) = p_page,
        coalesce(jsonb_agg(
          jsonb_build_array('fact_text', p.id, p.ver, false, 1, p.body) ORDER BY p.id), '[]')::text
      FROM p;
  ELSE
    RETURN QUERY SELECT 'ok', NULL::uuid, 0, false, '[]';
  END CASE;
END $f$
--;
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
--;
CREATE FUNCTION sync.apply_publication(p_publication uuid) RETURNS void
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
  INSERT INTO shop."category" AS t ("id", "parent_id", "code", "name_ru", "name_en", "business_line", "ver")
    SELECT r."id", r."parent_id", r."code", r."name_ru", r."name_en", r."business_line", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "parent_id" uuid, "code" text, "name_ru" text, "name_en" text, "business_line" text, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'category' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "parent_id" = excluded."parent_id", "code" = excluded."code", "name_ru" = excluded."name_ru", "name_en" = excluded."name_en", "business_line" = excluded."business_line", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."product" AS t ("id", "sku", "kind", "name_ru", "name_en", "category_id", "product_type", "brand", "unit", "vat_bps", "department_id", "credit_role", "marked", "archived", "repeatable", "due_every_days", "source", "ver")
    SELECT r."id", r."sku", r."kind", r."name_ru", r."name_en", r."category_id", r."product_type", r."brand", r."unit", r."vat_bps", r."department_id", r."credit_role", CASE r."marked" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."marked"::bigint END, CASE r."archived" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."archived"::bigint END, CASE r."repeatable" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."repeatable"::bigint END, r."due_every_days", r."source", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "sku" text, "kind" text, "name_ru" text, "name_en" text, "category_id" uuid, "product_type" text, "brand" text, "unit" text, "vat_bps" bigint, "department_id" uuid, "credit_role" text, "marked" text, "archived" text, "repeatable" text, "due_every_days" bigint, "source" text, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'product' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "sku" = excluded."sku", "kind" = excluded."kind", "name_ru" = excluded."name_ru", "name_en" = excluded."name_en", "category_id" = excluded."category_id", "product_type" = excluded."product_type", "brand" = excluded."brand", "unit" = excluded."unit", "vat_bps" = excluded."vat_bps", "department_id" = excluded."department_id", "credit_role" = excluded."credit_role", "marked" = excluded."marked", "archived" = excluded."archived", "repeatable" = excluded."repeatable", "due_every_days" = excluded."due_every_days", "source" = excluded."source", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."barcode" AS t ("id", "gtin", "product_id", "ver")
    SELECT r."id", r."gtin", r."product_id", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "gtin" text, "product_id" uuid, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'barcode' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "gtin" = excluded."gtin", "product_id" = excluded."product_id", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."attribute_definition" AS t ("id", "key", "kind", "name_ru", "name_en", "ver")
    SELECT r."id", r."key", r."kind", r."name_ru", r."name_en", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "key" text, "kind" text, "name_ru" text, "name_en" text, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'attribute_definition' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "key" = excluded."key", "kind" = excluded."kind", "name_ru" = excluded."name_ru", "name_en" = excluded."name_en", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."attribute" AS t ("id", "product_id", "key", "value", "source", "ver")
    SELECT r."id", r."product_id", r."key", coalesce(r."value", 'null'::jsonb)::text, r."source", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "product_id" uuid, "key" text, "value" jsonb, "source" text, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'attribute' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "key" = excluded."key", "value" = excluded."value", "source" = excluded."source", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."fit_rule" AS t ("id", "core_category_id", "periphery_category_id", "predicates", "source", "ver")
    SELECT r."id", r."core_category_id", r."periphery_category_id", coalesce(r."predicates", 'null'::jsonb)::text, r."source", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "core_category_id" uuid, "periphery_category_id" uuid, "predicates" jsonb, "source" text, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'fit_rule' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "core_category_id" = excluded."core_category_id", "periphery_category_id" = excluded."periphery_category_id", "predicates" = excluded."predicates", "source" = excluded."source", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."price" AS t ("id", "product_id", "price_type", "valid_from", "amount_minor", "ver")
    SELECT r."id", r."product_id", r."price_type", r."valid_from", r."amount_minor", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "product_id" uuid, "price_type" text, "valid_from" bigint, "amount_minor" bigint, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'price' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "price_type" = excluded."price_type", "valid_from" = excluded."valid_from", "amount_minor" = excluded."amount_minor", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."benefit" AS t ("id", "product_id", "feature_ru", "feature_en", "advantage_ru", "advantage_en", "benefit_ru", "benefit_en", "status", "approved_by", "ver")
    SELECT r."id", r."product_id", r."feature_ru", r."feature_en", r."advantage_ru", r."advantage_en", r."benefit_ru", r."benefit_en", r."status", r."approved_by", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "product_id" uuid, "feature_ru" text, "feature_en" text, "advantage_ru" text, "advantage_en" text, "benefit_ru" text, "benefit_en" text, "status" text, "approved_by" uuid, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'benefit' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "feature_ru" = excluded."feature_ru", "feature_en" = excluded."feature_en", "advantage_ru" = excluded."advantage_ru", "advantage_en" = excluded."advantage_en", "benefit_ru" = excluded."benefit_ru", "benefit_en" = excluded."benefit_en", "status" = excluded."status", "approved_by" = excluded."approved_by", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."competitive_claim" AS t ("id", "product_id", "versus_ru", "versus_en", "fact_ru", "fact_en", "is_worse", "source", "dated_at", "valid_until", "status", "approved_by", "ver")
    SELECT r."id", r."product_id", r."versus_ru", r."versus_en", r."fact_ru", r."fact_en", CASE r."is_worse" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."is_worse"::bigint END, r."source", r."dated_at", r."valid_until", r."status", r."approved_by", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "product_id" uuid, "versus_ru" text, "versus_en" text, "fact_ru" text, "fact_en" text, "is_worse" text, "source" text, "dated_at" bigint, "valid_until" bigint, "status" text, "approved_by" uuid, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'competitive_claim' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "product_id" = excluded."product_id", "versus_ru" = excluded."versus_ru", "versus_en" = excluded."versus_en", "fact_ru" = excluded."fact_ru", "fact_en" = excluded."fact_en", "is_worse" = excluded."is_worse", "source" = excluded."source", "dated_at" = excluded."dated_at", "valid_until" = excluded."valid_until", "status" = excluded."status", "approved_by" = excluded."approved_by", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."combination" AS t ("id", "core_product_id", "periphery_product_id", "relation", "status", "status_reason", "emergent_ru", "emergent_en", "without_ru", "without_en", "phrase_ru", "phrase_en", "audience", "situations", "valid_from", "valid_to", "version", "approved_by", "ver")
    SELECT r."id", r."core_product_id", r."periphery_product_id", r."relation", r."status", r."status_reason", r."emergent_ru", r."emergent_en", r."without_ru", r."without_en", r."phrase_ru", r."phrase_en", r."audience", coalesce(r."situations", 'null'::jsonb)::text, r."valid_from", r."valid_to", r."version", r."approved_by", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "core_product_id" uuid, "periphery_product_id" uuid, "relation" text, "status" text, "status_reason" text, "emergent_ru" text, "emergent_en" text, "without_ru" text, "without_en" text, "phrase_ru" text, "phrase_en" text, "audience" text, "situations" jsonb, "valid_from" bigint, "valid_to" bigint, "version" bigint, "approved_by" uuid, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'combination' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "core_product_id" = excluded."core_product_id", "periphery_product_id" = excluded."periphery_product_id", "relation" = excluded."relation", "status" = excluded."status", "status_reason" = excluded."status_reason", "emergent_ru" = excluded."emergent_ru", "emergent_en" = excluded."emergent_en", "without_ru" = excluded."without_ru", "without_en" = excluded."without_en", "phrase_ru" = excluded."phrase_ru", "phrase_en" = excluded."phrase_en", "audience" = excluded."audience", "situations" = excluded."situations", "valid_from" = excluded."valid_from", "valid_to" = excluded."valid_to", "version" = excluded."version", "approved_by" = excluded."approved_by", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."evidence" AS t ("id", "core_product_id", "periphery_product_id", "code", "claim_ru", "claim_en", "numbers", "n", "period_from", "period_to", "source", "method", "limits_ru", "limits_en", "computed_at", "valid_until", "status", "author", "approver", "ver")
    SELECT r."id", r."core_product_id", r."periphery_product_id", r."code", r."claim_ru", r."claim_en", coalesce(r."numbers", 'null'::jsonb)::text, r."n", r."period_from", r."period_to", r."source", r."method", r."limits_ru", r."limits_en", r."computed_at", r."valid_until", r."status", r."author", r."approver", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "core_product_id" uuid, "periphery_product_id" uuid, "code" text, "claim_ru" text, "claim_en" text, "numbers" jsonb, "n" bigint, "period_from" bigint, "period_to" bigint, "source" text, "method" text, "limits_ru" text, "limits_en" text, "computed_at" bigint, "valid_until" bigint, "status" text, "author" text, "approver" uuid, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'evidence' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "core_product_id" = excluded."core_product_id", "periphery_product_id" = excluded."periphery_product_id", "code" = excluded."code", "claim_ru" = excluded."claim_ru", "claim_en" = excluded."claim_en", "numbers" = excluded."numbers", "n" = excluded."n", "period_from" = excluded."period_from", "period_to" = excluded."period_to", "source" = excluded."source", "method" = excluded."method", "limits_ru" = excluded."limits_ru", "limits_en" = excluded."limits_en", "computed_at" = excluded."computed_at", "valid_until" = excluded."valid_until", "status" = excluded."status", "author" = excluded."author", "approver" = excluded."approver", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."credit_policy" AS t ("id", "number", "valid_from", "numbers", "ver")
    SELECT r."id", r."number", r."valid_from", coalesce(r."numbers", 'null'::jsonb)::text, coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "number" bigint, "valid_from" bigint, "numbers" jsonb, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'credit_policy' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "number" = excluded."number", "valid_from" = excluded."valid_from", "numbers" = excluded."numbers", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."person" AS t ("id", "store_id", "department_id", "full_name", "short_name", "level", "language", "active", "badge", "ver")
    SELECT r."id", r."store_id", r."department_id", r."full_name", r."short_name", r."level", r."language", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, r."badge", coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "store_id" uuid, "department_id" uuid, "full_name" text, "short_name" text, "level" bigint, "language" text, "active" text, "badge" text, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'person' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "store_id" = excluded."store_id", "department_id" = excluded."department_id", "full_name" = excluded."full_name", "short_name" = excluded."short_name", "level" = excluded."level", "language" = excluded."language", "active" = excluded."active", "badge" = excluded."badge", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO shop."person_role" AS t ("id", "person_id", "store_id", "role", "active", "ver")
    SELECT r."id", r."person_id", r."store_id", r."role", CASE r."active" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE r."active"::bigint END, coalesce(r."ver", 0) FROM shop.publication_row p CROSS JOIN LATERAL jsonb_to_record(p.body::jsonb) AS r("id" uuid, "person_id" uuid, "store_id" uuid, "role" text, "active" text, "ver" bigint)
    WHERE p.publication_id = p_publication AND p.entity = 'person_role' ORDER BY r.id
    ON CONFLICT (id) DO UPDATE SET "person_id" = excluded."person_id", "store_id" = excluded."store_id", "role" = excluded."role", "active" = excluded."active", "ver" = excluded."ver" WHERE t.ver < excluded.ver;
  INSERT INTO sync.published (publication_id) VALUES (p_publication) ON CONFLICT DO NOTHING;
END $f$
--;
ALTER TABLE sync.op ADD COLUMN salt uuid DEFAULT gen_random_uuid(), ADD COLUMN kept text
--;
CREATE INDEX op_personal ON sync.op (counter_no, incarnation, seq) WHERE (body->'rows') ?| ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise']
--;
CREATE INDEX ON shop.tombstone (customer_id)
--;
CREATE INDEX ON shop.tombstone ((customer_id::text))
--;
CREATE TABLE sync.erased (customer_id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), detail jsonb NOT NULL)
--;
CREATE FUNCTION sync.is_erased(p_id text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = sync, pg_temp AS $f$
  SELECT EXISTS (SELECT 1 FROM shop.tombstone t WHERE t.customer_id::text = lower(p_id))
$f$
--;
CREATE FUNCTION sync.whose(p_entity text, p_body jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN p_entity = 'customer' THEN p_body->>'id' ELSE p_body->>'customer_id' END
$f$
--;
CREATE FUNCTION sync.redact(p_body jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = sync, pg_temp AS $f$
BEGIN
  IF jsonb_typeof(p_body->'rows') IS DISTINCT FROM 'object' THEN
    RETURN p_body;
  END IF;
  RETURN p_body || jsonb_build_object('rows', (
    SELECT jsonb_object_agg(t.key, CASE WHEN t.key = ANY (ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise']) AND jsonb_typeof(t.value) = 'array' THEN (
        SELECT coalesce(jsonb_agg(r.value ORDER BY r.n), '[]')
        FROM jsonb_array_elements(t.value) WITH ORDINALITY AS r(value, n)
        WHERE NOT sync.is_erased(sync.whose(t.key, r.value))) ELSE t.value END)
    FROM jsonb_each(p_body->'rows') t));
END $f$
--;
CREATE FUNCTION sync.facts_of(p_body jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN jsonb_typeof(p_body->'rows') = 'object'
    THEN jsonb_set(p_body, '{rows}', (p_body->'rows') - ARRAY['attribute', 'attribute_definition', 'barcode', 'benefit', 'category', 'channel_pref', 'combination', 'company', 'competitive_claim', 'contact_point', 'context_event', 'cost_price', 'counter', 'credit_policy', 'customer', 'customer_field_lost', 'department', 'evidence', 'fact_text', 'fit_rule', 'household_member', 'identifier', 'merge_verdict', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'person', 'person_pin', 'person_role', 'pin_door', 'pin_key', 'price', 'product', 'promise', 'publication', 'publication_row', 'rota', 'setting', 'stock', 'store', 'visitor_count']::text[]) ELSE p_body END::text
$f$
--;
CREATE FUNCTION sync.registers_of(p_body jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN jsonb_typeof(p_body->'rows') = 'object' THEN (
    SELECT jsonb_object_agg(t.key, t.value)::text FROM jsonb_each(p_body->'rows') t
    WHERE t.key = ANY (ARRAY['attribute', 'attribute_definition', 'barcode', 'benefit', 'category', 'channel_pref', 'combination', 'company', 'competitive_claim', 'contact_point', 'context_event', 'cost_price', 'counter', 'credit_policy', 'customer', 'customer_field_lost', 'department', 'evidence', 'fact_text', 'fit_rule', 'household_member', 'identifier', 'merge_verdict', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'person', 'person_pin', 'person_role', 'pin_door', 'pin_key', 'price', 'product', 'promise', 'publication', 'publication_row', 'rota', 'setting', 'stock', 'store', 'visitor_count'])) END
$f$
--;
CREATE FUNCTION sync.register_digest(o sync.op) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  -- Salted by what is blanked on erasure: of the digest that stays nobody can guess back what it was of.
  SELECT coalesce(o.kept, encode(sha256(convert_to(concat_ws('|', o.salt, coalesce(sync.registers_of(o.body), ''),
    coalesce(o.raw, '')), 'UTF8')), 'hex'))
$f$
--;
CREATE FUNCTION sync.op_digest(o sync.op) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sync, pg_temp AS $f$
  SELECT CASE WHEN o.kept LIKE 'all:%' THEN substr(o.kept, 5) ELSE
    encode(sha256(convert_to(concat_ws('|', o.seq, o.op_id, o.kind, o.schema_v, o.hash, o.hlc, o.made_at,
      coalesce(sync.facts_of(o.body), ''), sync.register_digest(o)), 'UTF8')), 'hex') END
$f$
--;
CREATE FUNCTION sync.bury() RETURNS trigger LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
  DELETE FROM shop."channel_pref" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."contact_point" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."context_event" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."customer_field_lost" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."household_member" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."identifier" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."need" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."note_text" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."org_contact" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."ownership" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."perk" t WHERE t.customer_id = NEW.customer_id;
  DELETE FROM shop."promise" t WHERE t.customer_id = NEW.customer_id;
  INSERT INTO shop.customer ("id", "kind", "display_name", "family_name", "given_name", "patronymic", "birthday", "language", "status", "care_until", "do_not_contact", "created_store_id", "household_id", "invented", "name_source", "birthday_source", "stamps", "ver") VALUES (NEW.customer_id, 'person', '', '', '', '', '', 'ru', 'erased', 0, 0, NULL, NULL, 0, NULL, NULL, NULL, NEW.made_at * 65536) ON CONFLICT (id) DO UPDATE SET "kind" = excluded."kind", "display_name" = excluded."display_name", "family_name" = excluded."family_name", "given_name" = excluded."given_name", "patronymic" = excluded."patronymic", "birthday" = excluded."birthday", "language" = excluded."language", "status" = excluded."status", "care_until" = excluded."care_until", "do_not_contact" = excluded."do_not_contact", "created_store_id" = excluded."created_store_id", "household_id" = excluded."household_id", "invented" = excluded."invented", "name_source" = excluded."name_source", "birthday_source" = excluded."birthday_source", "stamps" = excluded."stamps", "ver" = excluded."ver";
  RETURN NULL;
END $f$
--;
CREATE TRIGGER bury AFTER INSERT ON shop.tombstone FOR EACH ROW EXECUTE FUNCTION sync.bury()
--;
CREATE FUNCTION sync.keep_out() RETURNS trigger LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
  IF sync.is_erased(NEW.customer_id::text) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $f$
--;
CREATE FUNCTION sync.keep_card_out() RETURNS trigger LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
BEGIN
  -- An edit of one field says nothing of the status, so what is erased already takes no edit at all.
  IF (NEW.status <> 'erased' OR (TG_OP = 'UPDATE' AND OLD.status = 'erased')) AND sync.is_erased(NEW.id::text) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $f$
--;
CREATE FUNCTION sync.keep_words_out() RETURNS trigger LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
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
END $f$
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."channel_pref" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."contact_point" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."context_event" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."customer_field_lost" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."household_member" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."identifier" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."need" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."note_text" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."org_contact" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."ownership" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."perk" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop."promise" FOR EACH ROW EXECUTE FUNCTION sync.keep_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT OR UPDATE ON shop.customer FOR EACH ROW EXECUTE FUNCTION sync.keep_card_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT ON sync.op FOR EACH ROW WHEN ((NEW.body->'rows') ?| ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise']) EXECUTE FUNCTION sync.keep_words_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT ON sync.feed FOR EACH ROW WHEN (NEW.entity = ANY (ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise'])) EXECUTE FUNCTION sync.keep_words_out()
--;
CREATE TRIGGER keep_out BEFORE INSERT ON sync.conflict FOR EACH ROW WHEN (NEW.entity = ANY (ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise'])) EXECUTE FUNCTION sync.keep_words_out()
--;
CREATE FUNCTION sync.sweep_erased() RETURNS int LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  due uuid[]; n int; ops bigint; fed bigint; lost bigint; aside bigint;
BEGIN
  SELECT coalesce(array_agg(DISTINCT t.customer_id), '{}') INTO due FROM shop.tombstone t
    WHERE NOT EXISTS (SELECT 1 FROM sync.erased e WHERE e.customer_id = t.customer_id);
  -- What a late counter brought unreadable or refused cannot be told apart row by row: it goes whole.
  UPDATE sync.op p SET kept = 'all:' || sync.op_digest(p), salt = NULL, raw = NULL, body = NULL,
      error = left(p.error, 5) || ' (erased)'
    WHERE p.state = 'quarantined' AND (p.body IS NOT NULL OR p.raw IS NOT NULL) AND EXISTS (
      SELECT 1 FROM regexp_matches(lower(coalesce(p.body::text, p.raw)),
        '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g') AS m(id)
      WHERE sync.is_erased(m.id[1]));
  GET DIAGNOSTICS aside = ROW_COUNT;
  IF cardinality(due) = 0 THEN
    RETURN 0;
  END IF;
  UPDATE sync.op p SET kept = sync.register_digest(p), salt = NULL, body = sync.redact(p.body)
    WHERE (p.body->'rows') ?| ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise'] AND sync.redact(p.body) <> p.body;
  GET DIAGNOSTICS ops = ROW_COUNT;
  -- A row of the feed is what cursors stand on: it stays, and says that there is nothing any more.
  UPDATE sync.feed f SET body = '{}', del = true
    WHERE f.entity = ANY (ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise']) AND f.entity <> 'customer' AND (f.body->>'customer_id')::uuid = ANY (due);
  GET DIAGNOSTICS fed = ROW_COUNT;
  UPDATE sync.feed f SET body = (SELECT to_jsonb(c) || jsonb_build_object('stamps', NULL) FROM shop.customer c
      WHERE c.id = f.pk), ver = (SELECT c.ver FROM shop.customer c WHERE c.id = f.pk)
    WHERE f.entity = 'customer' AND f.pk = ANY (due);
  DELETE FROM sync.conflict c WHERE c.entity = ANY (ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise'])
    AND sync.whose(c.entity, c.lost) = ANY (due::text[]);
  GET DIAGNOSTICS lost = ROW_COUNT;
  INSERT INTO sync.erased (customer_id, detail) SELECT d.id, jsonb_build_object(
      'operations', ops, 'feed', fed, 'conflicts', lost, 'set_aside', aside, 'together', cardinality(due))
    FROM unnest(due) AS d(id);
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $f$
--;
CREATE INDEX op_looks ON sync.op (made_at) WHERE (body->'rows') ? 'access'
--;
CREATE FUNCTION sync.without_over(p_body jsonb, p_gone text[], p_at jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = sync, pg_temp AS $f$
BEGIN
  IF jsonb_typeof(p_body->'rows') IS DISTINCT FROM 'object' THEN
    RETURN p_body;
  END IF;
  RETURN p_body || jsonb_build_object('rows', (
    SELECT jsonb_object_agg(t.key, CASE WHEN t.key NOT IN ('note_text', 'need', 'customer')
        OR jsonb_typeof(t.value) <> 'array' THEN t.value ELSE (
        SELECT coalesce(jsonb_agg(CASE WHEN t.key = 'customer' AND jsonb_path_exists(r.value, '$.care_until ? (@ > 0 && @ < $now)', p_at, true)
            THEN r.value || '{"care_until": 0}' ELSE r.value END ORDER BY r.n), '[]')
        FROM jsonb_array_elements(t.value) WITH ORDINALITY AS r(value, n)
        WHERE t.key = 'customer' OR NOT coalesce(lower(r.value->>'id') = ANY (p_gone), false)) END)
    FROM jsonb_each(p_body->'rows') t));
END $f$
--;
CREATE FUNCTION sync.keep_terms(p_now bigint, p_guess bigint, p_look bigint)
RETURNS TABLE (notes bigint, guesses bigint, care bigint, looks bigint, operations bigint)
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $f$
DECLARE
  terms jsonb := jsonb_build_object('now', p_now, 'guess', p_guess, 'look', p_look);
  here uuid[]; gone text[]; aside text[]; lost uuid[];
BEGIN
  WITH d AS (DELETE FROM shop.note_text t USING shop.customer_note n
    WHERE n.id = t.id AND n.valid_until < p_now RETURNING t.id)
  SELECT coalesce(array_agg(d.id), '{}'), count(*) INTO here, notes FROM d;
  WITH d AS (DELETE FROM shop.need t
    WHERE t.source = 'inferred' AND (t.told_at < p_guess OR t.valid_until < p_guess) RETURNING t.id)
  SELECT here || coalesce(array_agg(d.id), '{}'), count(*) INTO here, guesses FROM d;
  UPDATE shop.customer t SET care_until = 0 WHERE t.care_until > 0 AND t.care_until < p_now;
  GET DIAGNOSTICS care = ROW_COUNT;
  gone := here::text[];
  -- What was put aside has reached no table: its term is read from what it says itself.
  SELECT coalesce(array_agg(lower(x.id #>> '{}')), '{}') INTO aside FROM (
    SELECT jsonb_path_query(o.body, '$.rows.customer_note[*] ? (@.valid_until < $now).id', terms, true) FROM sync.op o
      WHERE o.state = 'quarantined' AND jsonb_path_exists(o.body, '$.rows.note_text[*]', '{}', true)
    UNION ALL SELECT jsonb_path_query(o.body, '$.rows.need[*] ? (@.source == "inferred" && (@.told_at < $guess || @.valid_until < $guess)).id', terms, true) FROM sync.op o
      WHERE o.state = 'quarantined') x(id);
  UPDATE sync.op p SET kept = sync.register_digest(p), salt = NULL, body = z.body
    FROM (SELECT o.counter_no, o.incarnation, o.seq, sync.without_over(
        o.body, CASE WHEN o.state = 'quarantined' THEN gone || aside ELSE gone END, terms) AS body
      FROM sync.op o
      WHERE (o.body->'rows') ?| ARRAY['customer', 'channel_pref', 'contact_point', 'context_event', 'customer_field_lost', 'household_member', 'identifier', 'need', 'note_text', 'org_contact', 'ownership', 'perk', 'promise']
        AND (cardinality(gone) + cardinality(aside) > 0 OR jsonb_path_exists(o.body, '$.rows.customer[*].care_until ? (@ > 0 && @ < $now)', terms, true))) z
    WHERE (p.counter_no, p.incarnation, p.seq) = (z.counter_no, z.incarnation, z.seq) AND p.body <> z.body;
  GET DIAGNOSTICS operations = ROW_COUNT;
  -- A look is a fact, and the whole of its operation: nothing of it stays but the digest.
  WITH due AS (
    SELECT o.counter_no, o.incarnation, o.seq, o.body FROM sync.op o
      WHERE (o.body->'rows') ? 'access' AND o.made_at < p_look AND (o.body->'rows') - 'access' = '{}'
        AND NOT jsonb_path_exists(o.body, '$.rows.access[*].made_at ? (@ >= $look)', terms, true)),
  cut AS (
    UPDATE sync.op p SET kept = 'all:' || sync.op_digest(p), salt = NULL, body = NULL FROM due d
      WHERE (p.counter_no, p.incarnation, p.seq) = (d.counter_no, d.incarnation, d.seq)),
  told AS (
    SELECT DISTINCT jsonb_path_query(d.body, '$.rows.access[*].id', '{}', true) #>> '{}' AS id FROM due d),
  d AS (DELETE FROM shop.access a USING told t WHERE a.id::text = lower(t.id) AND a.made_at < p_look RETURNING 1)
  SELECT count(*) INTO looks FROM d;
  WITH d AS (DELETE FROM shop.customer_field_lost l
    WHERE (l.entity = 'need' AND l.row_id = ANY (here)) OR (l.entity = 'customer' AND l.field = 'care_until'
      AND CASE WHEN l.value ~ '^[0-9]{1,15}$' THEN l.value::bigint < p_now END) RETURNING l.id)
  SELECT coalesce(array_agg(d.id), '{}') INTO lost FROM d;
  -- A row of the feed is what cursors stand on: it stays, and says that there is nothing any more.
  UPDATE sync.feed f SET body = '{}', del = true
    WHERE (f.entity IN ('note_text', 'need') AND f.pk = ANY (here))
      OR (f.entity = 'customer_field_lost' AND f.pk = ANY (lost));
  UPDATE sync.feed f SET body = f.body || '{"care_until": 0}'
    WHERE f.entity = 'customer' AND jsonb_path_exists(f.body, '$.care_until ? (@ > 0 && @ < $now)', terms, true);
  DELETE FROM sync.conflict c WHERE (c.entity IN ('note_text', 'need') AND lower(c.lost->>'id') = ANY (gone))
    OR (c.entity = 'customer' AND jsonb_path_exists(c.lost, '$.care_until ? (@ > 0 && @ < $now)', terms, true));
  RETURN NEXT;
END $f$
--;
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
--;
GRANT USAGE ON SCHEMA sync TO crosssell_join
--;
GRANT EXECUTE ON FUNCTION sync.sync_join() TO crosssell_join
--;
GRANT EXECUTE ON FUNCTION sync.sync_standing() TO crosssell_counter
--;
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
--;
ALTER TABLE shop."pin_door" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."pin_door" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."pin_door"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."pin_key" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."pin_key" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."pin_key"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."person_pin" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."person_pin" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."person_pin"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."shift" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."shift" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."shift"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."shift_close" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."shift_close" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."shift_close"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."sale" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."sale" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."sale"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."sale_line" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."sale_line" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."sale_line"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."payment" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."payment" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."payment"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."offer" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."offer" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."offer"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."offer_answer" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."offer_answer" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."offer_answer"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."pass" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."pass" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."pass"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."pass_event" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."pass_event" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."pass_event"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."return" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."return" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."return"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."return_line" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."return_line" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."return_line"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."credit_entry" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."credit_entry" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."credit_entry"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."help_event" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."help_event" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."help_event"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."step_log" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."step_log" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."step_log"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."suggestion_run" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."suggestion_run" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."suggestion_run"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."access" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."access" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."access"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
--;
ALTER TABLE shop."fact_text" ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shop."fact_text" FORCE ROW LEVEL SECURITY
--;
CREATE POLICY own_scopes ON shop."fact_text"
  USING (_scope = ANY (ARRAY(SELECT s.scope FROM sync.scope_of s WHERE s.role_name = session_user))
    OR (SELECT EXISTS (SELECT 1 FROM sync.counter c WHERE c.role_name = session_user AND c.kind = 'office'))
    OR (SELECT pg_has_role(session_user, 'crosssell_owner', 'MEMBER')))
