CREATE TABLE access (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	customer_id BLOB, 
	field_group TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	cards INTEGER, 
	CONSTRAINT pk_access PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_access_customer_id ON access (customer_id, made_at)
--;
CREATE TABLE attribute (
	id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	source TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_attribute PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_attribute_product_id ON attribute (product_id)
--;
CREATE TABLE attribute_definition (
	id BLOB NOT NULL, 
	"key" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_attribute_definition PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE barcode (
	id BLOB NOT NULL, 
	gtin TEXT NOT NULL, 
	product_id BLOB NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_barcode PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_barcode_gtin ON barcode (gtin)
--;
CREATE TABLE basket (
	id BLOB NOT NULL, 
	owner_id BLOB NOT NULL, 
	customer_id BLOB, 
	state TEXT NOT NULL, 
	label TEXT NOT NULL, 
	body TEXT NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_basket PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_basket_state ON basket (state)
--;
CREATE TABLE benefit (
	id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	feature_ru TEXT NOT NULL, 
	feature_en TEXT NOT NULL, 
	advantage_ru TEXT NOT NULL, 
	advantage_en TEXT NOT NULL, 
	benefit_ru TEXT NOT NULL, 
	benefit_en TEXT NOT NULL, 
	status TEXT NOT NULL, 
	approved_by BLOB, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_benefit PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_benefit_product_id ON benefit (product_id)
--;
CREATE TABLE category (
	id BLOB NOT NULL, 
	parent_id BLOB, 
	code TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	business_line TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_category PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE chain (
	no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	op_id BLOB NOT NULL, 
	fact_hash TEXT NOT NULL, 
	head TEXT NOT NULL, 
	CONSTRAINT uq_chain_op_id UNIQUE (op_id)
)
 STRICT
--;
CREATE TABLE channel_pref (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	channel TEXT NOT NULL, 
	hours TEXT NOT NULL, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_channel_pref PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_channel_pref_customer_id ON channel_pref (customer_id)
--;
CREATE TABLE combination (
	id BLOB NOT NULL, 
	core_product_id BLOB NOT NULL, 
	periphery_product_id BLOB NOT NULL, 
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
	valid_from INTEGER NOT NULL, 
	valid_to INTEGER, 
	version INTEGER NOT NULL, 
	approved_by BLOB, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_combination PRIMARY KEY (id), 
	CONSTRAINT uq_combination_core_product_id_periphery_product_id UNIQUE (core_product_id, periphery_product_id)
)
 STRICT
--;
CREATE TABLE company (
	id BLOB NOT NULL, 
	name TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	invented INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_company PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE competitive_claim (
	id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	versus_ru TEXT NOT NULL, 
	versus_en TEXT NOT NULL, 
	fact_ru TEXT NOT NULL, 
	fact_en TEXT NOT NULL, 
	is_worse INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	dated_at INTEGER, 
	valid_until INTEGER, 
	status TEXT NOT NULL, 
	approved_by BLOB, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_competitive_claim PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_competitive_claim_product_id ON competitive_claim (product_id)
--;
CREATE TABLE consent (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	customer_id BLOB NOT NULL, 
	purpose TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	state TEXT NOT NULL, 
	text_hash TEXT NOT NULL, 
	form TEXT NOT NULL, 
	basis TEXT, 
	store_id BLOB, 
	base_hlc INTEGER NOT NULL, 
	hlc INTEGER NOT NULL, 
	CONSTRAINT pk_consent PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_consent_customer_id ON consent (customer_id)
--;
CREATE INDEX ix_consent_shift_id ON consent (shift_id)
--;
CREATE TABLE contact_point (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	type TEXT NOT NULL, 
	value TEXT NOT NULL, 
	is_primary INTEGER NOT NULL, 
	verified_at INTEGER, 
	source TEXT NOT NULL, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_contact_point PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_contact_point_customer_id ON contact_point (customer_id)
--;
CREATE TABLE context_event (
	id BLOB NOT NULL, 
	customer_id BLOB, 
	household_id BLOB, 
	product_id BLOB, 
	type TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	impact TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	told_by BLOB NOT NULL, 
	active INTEGER NOT NULL, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_context_event PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_context_event_customer_id ON context_event (customer_id)
--;
CREATE INDEX ix_context_event_household_id ON context_event (household_id)
--;
CREATE INDEX ix_context_event_product_id ON context_event (product_id)
--;
CREATE TABLE cost_price (
	id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	valid_from INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_cost_price PRIMARY KEY (id), 
	CONSTRAINT uq_cost_price_product_id_valid_from UNIQUE (product_id, valid_from)
)
 STRICT
--;
CREATE TABLE counter (
	id BLOB NOT NULL, 
	department_id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	prefix TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_counter PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE credential (
	person_id BLOB NOT NULL, 
	pin_ver INTEGER NOT NULL, 
	failures INTEGER DEFAULT 0 NOT NULL, 
	locked_until INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_credential PRIMARY KEY (person_id)
)
 STRICT
--;
CREATE TABLE credit_entry (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	sale_id BLOB NOT NULL, 
	sale_line_id BLOB NOT NULL, 
	beneficiary_id BLOB NOT NULL, 
	role TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	base_minor INTEGER NOT NULL, 
	pool_minor INTEGER NOT NULL, 
	weight_bps INTEGER NOT NULL, 
	pass_id BLOB, 
	return_id BLOB, 
	period TEXT NOT NULL, 
	origin_period TEXT NOT NULL, 
	policy_version INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	"explain" TEXT NOT NULL, 
	CONSTRAINT pk_credit_entry PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_credit_entry_beneficiary_id ON credit_entry (beneficiary_id, period)
--;
CREATE INDEX ix_credit_entry_sale_line_id ON credit_entry (sale_line_id)
--;
CREATE INDEX ix_credit_entry_shift_id ON credit_entry (shift_id)
--;
CREATE TABLE credit_policy (
	id BLOB NOT NULL, 
	number INTEGER NOT NULL, 
	valid_from INTEGER NOT NULL, 
	numbers TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_credit_policy PRIMARY KEY (id), 
	CONSTRAINT uq_credit_policy_number UNIQUE (number)
)
 STRICT
--;
CREATE TABLE cursor (
	stream TEXT NOT NULL, 
	token TEXT NOT NULL, 
	moved_at INTEGER NOT NULL, 
	CONSTRAINT pk_cursor PRIMARY KEY (stream)
)
 STRICT
--;
CREATE TABLE customer (
	no INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	given_name TEXT NOT NULL, 
	patronymic TEXT NOT NULL, 
	birthday TEXT NOT NULL, 
	language TEXT NOT NULL, 
	status TEXT NOT NULL, 
	care_until INTEGER NOT NULL, 
	do_not_contact INTEGER NOT NULL, 
	created_store_id BLOB, 
	household_id BLOB, 
	invented INTEGER NOT NULL, 
	name_source TEXT, 
	birthday_source TEXT, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_customer PRIMARY KEY (no), 
	CONSTRAINT uq_customer_id UNIQUE (id)
)
 STRICT
--;
CREATE INDEX ix_customer_household_id ON customer (household_id) WHERE household_id IS NOT NULL
--;
CREATE TABLE customer_alias (
	id BLOB NOT NULL, 
	root BLOB NOT NULL, 
	CONSTRAINT pk_customer_alias PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_customer_alias_root ON customer_alias (root)
--;
CREATE TABLE customer_field_lost (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	entity TEXT NOT NULL, 
	row_id BLOB NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT NOT NULL, 
	stamp TEXT NOT NULL, 
	won TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_customer_field_lost PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_customer_field_lost_customer_id ON customer_field_lost (customer_id)
--;
CREATE TABLE customer_found (
	no INTEGER NOT NULL, 
	family TEXT NOT NULL, 
	given TEXT NOT NULL, 
	more TEXT NOT NULL, 
	keys TEXT NOT NULL, 
	household_id BLOB, 
	CONSTRAINT pk_customer_found PRIMARY KEY (no)
)
 STRICT
--;
CREATE INDEX ix_customer_found_household_id ON customer_found (household_id) WHERE household_id IS NOT NULL
--;
CREATE TABLE customer_key (
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	customer_no INTEGER NOT NULL, 
	CONSTRAINT pk_customer_key PRIMARY KEY (kind, value, customer_no)
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE customer_merge (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	loser_id BLOB NOT NULL, 
	winner_id BLOB NOT NULL, 
	wanted TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	score_bps INTEGER, 
	proposal_id BLOB, 
	CONSTRAINT pk_customer_merge PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_customer_merge_loser_id ON customer_merge (loser_id)
--;
CREATE INDEX ix_customer_merge_shift_id ON customer_merge (shift_id)
--;
CREATE INDEX ix_customer_merge_winner_id ON customer_merge (winner_id)
--;
CREATE TABLE customer_note (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	customer_id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	valid_until INTEGER, 
	CONSTRAINT pk_customer_note PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_customer_note_customer_id ON customer_note (customer_id)
--;
CREATE INDEX ix_customer_note_shift_id ON customer_note (shift_id)
--;
CREATE TABLE customer_seen (
	no INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_customer_seen PRIMARY KEY (no)
)
 STRICT
--;
CREATE TABLE customer_unmerge (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	merge_id BLOB NOT NULL, 
	CONSTRAINT pk_customer_unmerge PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_customer_unmerge_merge_id ON customer_unmerge (merge_id)
--;
CREATE INDEX ix_customer_unmerge_shift_id ON customer_unmerge (shift_id)
--;
CREATE TABLE department (
	id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	code TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_department PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE dismissal (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	by_person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	person_id BLOB NOT NULL, 
	event TEXT NOT NULL, 
	lifts BLOB, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_dismissal PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_dismissal_person_id ON dismissal (person_id)
--;
CREATE TABLE erasure_step (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	customer_id BLOB NOT NULL, 
	step TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	CONSTRAINT pk_erasure_step PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_erasure_step_customer_id ON erasure_step (customer_id, made_at)
--;
CREATE INDEX ix_erasure_step_shift_id ON erasure_step (shift_id)
--;
CREATE TABLE evidence (
	id BLOB NOT NULL, 
	core_product_id BLOB NOT NULL, 
	periphery_product_id BLOB NOT NULL, 
	code TEXT NOT NULL, 
	claim_ru TEXT NOT NULL, 
	claim_en TEXT NOT NULL, 
	numbers TEXT NOT NULL, 
	n INTEGER, 
	period_from INTEGER, 
	period_to INTEGER, 
	source TEXT NOT NULL, 
	method TEXT NOT NULL, 
	limits_ru TEXT NOT NULL, 
	limits_en TEXT NOT NULL, 
	computed_at INTEGER NOT NULL, 
	valid_until INTEGER, 
	status TEXT NOT NULL, 
	author TEXT NOT NULL, 
	approver BLOB, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_evidence PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_evidence_pair ON evidence (core_product_id, periphery_product_id)
--;
CREATE TABLE external_ref (
	source_no INTEGER NOT NULL, 
	entity TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	id BLOB NOT NULL, 
	digest TEXT NOT NULL, 
	batch_no INTEGER, 
	ver INTEGER, 
	CONSTRAINT pk_external_ref PRIMARY KEY (source_no, entity, external_id)
)
 STRICT
--;
CREATE INDEX ix_external_ref_batch_no ON external_ref (batch_no) WHERE batch_no IS NOT NULL
--;
CREATE INDEX ix_external_ref_id ON external_ref (id)
--;
CREATE TABLE fact_text (
	id BLOB NOT NULL, 
	text TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_fact_text PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE find_word (
	no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	word TEXT NOT NULL, 
	sound TEXT NOT NULL, 
	cards INTEGER NOT NULL, 
	CONSTRAINT uq_find_word_word UNIQUE (word)
)
 STRICT
--;
CREATE INDEX ix_find_word_sound ON find_word (sound)
--;
CREATE TABLE fit_rule (
	id BLOB NOT NULL, 
	core_category_id BLOB NOT NULL, 
	periphery_category_id BLOB NOT NULL, 
	predicates TEXT NOT NULL, 
	source TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_fit_rule PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_fit_rule_pair ON fit_rule (core_category_id, periphery_category_id)
--;
CREATE TABLE help_event (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	customer_id BLOB, 
	kind TEXT NOT NULL, 
	CONSTRAINT pk_help_event PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_help_event_shift_id ON help_event (shift_id)
--;
CREATE TABLE history_line (
	no INTEGER NOT NULL, 
	receipt_no INTEGER NOT NULL, 
	product_no INTEGER NOT NULL, 
	qty_milli INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	discount_minor INTEGER NOT NULL, 
	CONSTRAINT pk_history_line PRIMARY KEY (no)
)
 STRICT
--;
CREATE INDEX ix_history_line_receipt_no ON history_line (receipt_no)
--;
CREATE TABLE history_receipt (
	no INTEGER NOT NULL, 
	source_no INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	customer_no INTEGER, 
	store_no INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	day INTEGER NOT NULL, 
	digest INTEGER NOT NULL, 
	CONSTRAINT pk_history_receipt PRIMARY KEY (no)
)
 STRICT
--;
CREATE INDEX ix_history_receipt_customer_no ON history_receipt (customer_no, at)
--;
CREATE UNIQUE INDEX uq_history_receipt_key ON history_receipt (source_no, "key")
--;
CREATE TABLE history_store (
	no INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	store_id BLOB, 
	CONSTRAINT pk_history_store PRIMARY KEY (no), 
	CONSTRAINT uq_history_store_code UNIQUE (code)
)
 STRICT
--;
CREATE TABLE household_member (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	role TEXT NOT NULL, 
	share_history INTEGER NOT NULL, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_household_member PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_household_member_customer_id ON household_member (customer_id)
--;
CREATE TABLE identifier (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	type TEXT NOT NULL, 
	value TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_identifier PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_identifier_customer_id ON identifier (customer_id)
--;
CREATE TABLE import_batch (
	no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source_no INTEGER NOT NULL, 
	entity TEXT NOT NULL, 
	file TEXT NOT NULL, 
	started_at INTEGER NOT NULL, 
	ended_at INTEGER, 
	state TEXT NOT NULL, 
	counts TEXT NOT NULL
)
 STRICT
--;
CREATE TABLE import_change (
	batch_no INTEGER NOT NULL, 
	external_id TEXT NOT NULL, 
	customer_id BLOB NOT NULL, 
	rule TEXT NOT NULL, 
	was_digest TEXT NOT NULL, 
	fields TEXT NOT NULL, 
	made TEXT NOT NULL, 
	CONSTRAINT pk_import_change PRIMARY KEY (batch_no, external_id)
)
 STRICT
--;
CREATE INDEX ix_import_change_customer_id ON import_change (customer_id)
--;
CREATE TABLE import_source (
	no INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	mapping TEXT NOT NULL, 
	last_at INTEGER NOT NULL, 
	CONSTRAINT pk_import_source PRIMARY KEY (no), 
	CONSTRAINT uq_import_source_name UNIQUE (name)
)
 STRICT
--;
CREATE TABLE lease (
	one INTEGER NOT NULL, 
	public_key TEXT NOT NULL, 
	counted_ms INTEGER NOT NULL, 
	wall_ms INTEGER NOT NULL, 
	closed_at INTEGER DEFAULT 0 NOT NULL, 
	is_clean INTEGER DEFAULT 0 NOT NULL, 
	erased_at INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_lease PRIMARY KEY (one)
)
 STRICT
--;
CREATE TABLE link (
	one INTEGER NOT NULL, 
	host TEXT NOT NULL, 
	port INTEGER NOT NULL, 
	dbname TEXT NOT NULL, 
	role TEXT NOT NULL, 
	password TEXT NOT NULL, 
	tls TEXT NOT NULL, 
	root_cert TEXT NOT NULL, 
	office INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_link PRIMARY KEY (one)
)
 STRICT
--;
CREATE TABLE match_detail (
	one BLOB NOT NULL, 
	other BLOB NOT NULL, 
	probability_bps INTEGER, 
	weights TEXT NOT NULL, 
	later_until INTEGER NOT NULL, 
	CONSTRAINT pk_match_detail PRIMARY KEY (one, other)
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE me (
	one INTEGER NOT NULL, 
	counter_id BLOB NOT NULL, 
	department_id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	prefix TEXT NOT NULL, 
	incarnation BLOB NOT NULL, 
	epoch TEXT NOT NULL, 
	proto INTEGER NOT NULL, 
	hlc INTEGER NOT NULL, 
	receipt_no INTEGER NOT NULL, 
	return_no INTEGER NOT NULL, 
	shift_no INTEGER NOT NULL, 
	salt TEXT NOT NULL, 
	CONSTRAINT pk_me PRIMARY KEY (one)
)
 STRICT
--;
CREATE TABLE merge_verdict (
	id BLOB NOT NULL, 
	accepted INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_merge_verdict PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE need (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	source TEXT NOT NULL, 
	status TEXT NOT NULL, 
	product_type TEXT, 
	product_id BLOB, 
	text TEXT NOT NULL, 
	told_at INTEGER NOT NULL, 
	told_by BLOB, 
	event_id BLOB, 
	valid_until INTEGER, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_need PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_need_customer_id ON need (customer_id)
--;
CREATE TABLE note_text (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	text TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_note_text PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE offer (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	receipt_id BLOB NOT NULL, 
	run_id BLOB NOT NULL, 
	customer_id BLOB, 
	core_product_id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	rank INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	relation TEXT NOT NULL, 
	price_minor INTEGER NOT NULL, 
	evidence TEXT NOT NULL, 
	CONSTRAINT pk_offer PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_offer_customer_id ON offer (customer_id, made_at)
--;
CREATE INDEX ix_offer_receipt_id ON offer (receipt_id)
--;
CREATE INDEX ix_offer_shift_id ON offer (shift_id)
--;
CREATE TABLE offer_answer (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	offer_id BLOB NOT NULL, 
	receipt_id BLOB NOT NULL, 
	customer_id BLOB, 
	product_id BLOB NOT NULL, 
	answer TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	undoes_id BLOB, 
	CONSTRAINT pk_offer_answer PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_offer_answer_customer_id ON offer_answer (customer_id, made_at)
--;
CREATE INDEX ix_offer_answer_offer_id ON offer_answer (offer_id)
--;
CREATE INDEX ix_offer_answer_shift_id ON offer_answer (shift_id)
--;
CREATE TABLE only_here (
	entity TEXT NOT NULL, 
	pk BLOB NOT NULL, 
	ver INTEGER NOT NULL, 
	body TEXT, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_only_here PRIMARY KEY (entity, pk, ver)
)
 STRICT
--;
CREATE TABLE org_contact (
	id BLOB NOT NULL, 
	organisation_id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	role TEXT NOT NULL, 
	active INTEGER NOT NULL, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_org_contact PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_org_contact_customer_id ON org_contact (customer_id)
--;
CREATE INDEX ix_org_contact_organisation_id ON org_contact (organisation_id)
--;
CREATE TABLE outbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	op_id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	schema_v INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	hlc INTEGER NOT NULL, 
	made_at INTEGER NOT NULL, 
	acked INTEGER DEFAULT 0 NOT NULL, 
	salt TEXT, 
	CONSTRAINT uq_outbox_op_id UNIQUE (op_id)
)
 STRICT
--;
CREATE TABLE outbox_mark (
	seq INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_outbox_mark PRIMARY KEY (seq)
)
 STRICT
--;
CREATE TABLE ownership (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	product_id BLOB, 
	text TEXT NOT NULL, 
	serial TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	warranty_until INTEGER, 
	source TEXT NOT NULL, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_ownership PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_ownership_customer_id ON ownership (customer_id)
--;
CREATE TABLE pass (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	code TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	from_department_id BLOB NOT NULL, 
	to_department_id BLOB NOT NULL, 
	to_person_id BLOB, 
	customer_id BLOB, 
	category_id BLOB, 
	product_id BLOB, 
	expires_at INTEGER NOT NULL, 
	hlc INTEGER NOT NULL, 
	CONSTRAINT pk_pass PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_pass_code ON pass (code)
--;
CREATE INDEX ix_pass_customer_id ON pass (customer_id, made_at)
--;
CREATE INDEX ix_pass_shift_id ON pass (shift_id)
--;
CREATE TABLE pass_event (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	pass_id BLOB NOT NULL, 
	event TEXT NOT NULL, 
	customer_id BLOB, 
	receipt_id BLOB, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_pass_event PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_pass_event_pass_id ON pass_event (pass_id)
--;
CREATE INDEX ix_pass_event_shift_id ON pass_event (shift_id)
--;
CREATE TABLE perk (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	worth INTEGER NOT NULL, 
	valid_until INTEGER, 
	source TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_perk PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_perk_customer_id ON perk (customer_id)
--;
CREATE TABLE person (
	id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	department_id BLOB NOT NULL, 
	full_name TEXT NOT NULL, 
	short_name TEXT NOT NULL, 
	level INTEGER NOT NULL, 
	language TEXT NOT NULL, 
	active INTEGER NOT NULL, 
	badge TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_person PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE person_pin (
	id BLOB NOT NULL, 
	person_id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	key_id BLOB NOT NULL, 
	verifier TEXT NOT NULL, 
	one_time INTEGER NOT NULL, 
	valid_until INTEGER NOT NULL, 
	set_at INTEGER NOT NULL, 
	set_by BLOB, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_person_pin PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_person_pin_person_id ON person_pin (person_id)
--;
CREATE TABLE person_role (
	id BLOB NOT NULL, 
	person_id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	role TEXT NOT NULL, 
	active INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_person_role PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_person_role_person_id ON person_role (person_id)
--;
CREATE TABLE pin_door (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	public_key TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_pin_door PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE pin_key (
	id BLOB NOT NULL, 
	key_id BLOB NOT NULL, 
	for_counter_id BLOB NOT NULL, 
	for_public_key TEXT NOT NULL, 
	sealed TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_pin_key PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE pin_secret (
	key_id BLOB NOT NULL, 
	secret TEXT NOT NULL, 
	made_at INTEGER NOT NULL, 
	CONSTRAINT pk_pin_secret PRIMARY KEY (key_id)
)
 STRICT
--;
CREATE TABLE price (
	id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	price_type TEXT NOT NULL, 
	valid_from INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_price PRIMARY KEY (id), 
	CONSTRAINT uq_price_product_id_price_type_valid_from UNIQUE (product_id, price_type, valid_from)
)
 STRICT
--;
CREATE TABLE product (
	no INTEGER NOT NULL, 
	id BLOB NOT NULL, 
	sku TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name_ru TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	category_id BLOB NOT NULL, 
	product_type TEXT NOT NULL, 
	brand TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	vat_bps INTEGER NOT NULL, 
	department_id BLOB, 
	credit_role TEXT NOT NULL, 
	marked INTEGER NOT NULL, 
	archived INTEGER NOT NULL, 
	repeatable INTEGER DEFAULT 0 NOT NULL, 
	due_every_days INTEGER, 
	source TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_product PRIMARY KEY (no), 
	CONSTRAINT uq_product_id UNIQUE (id), 
	CONSTRAINT uq_product_sku UNIQUE (sku)
)
 STRICT
--;
CREATE INDEX ix_product_category_id ON product (category_id)
--;
CREATE INDEX ix_product_product_type ON product (product_type)
--;
CREATE TABLE promise (
	id BLOB NOT NULL, 
	customer_id BLOB NOT NULL, 
	product_id BLOB, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	due_at INTEGER NOT NULL, 
	owner_id BLOB NOT NULL, 
	status TEXT NOT NULL, 
	stamps TEXT, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_promise PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_promise_customer_id ON promise (customer_id)
--;
CREATE TABLE publication (
	id BLOB NOT NULL, 
	kind TEXT NOT NULL, 
	n_rows INTEGER NOT NULL, 
	checksum TEXT NOT NULL, 
	effective_from INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_publication PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE publication_done (
	id BLOB NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_publication_done PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE publication_row (
	id BLOB NOT NULL, 
	publication_id BLOB NOT NULL, 
	entity TEXT NOT NULL, 
	pk TEXT NOT NULL, 
	body TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_publication_row PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_publication_row_publication_id ON publication_row (publication_id)
--;
CREATE TABLE quarantine_down (
	id BLOB NOT NULL, 
	token TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	pk TEXT NOT NULL, 
	body TEXT NOT NULL, 
	error TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_quarantine_down PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE quarantine_up (
	incarnation BLOB NOT NULL, 
	seq INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	resent_as BLOB, 
	CONSTRAINT pk_quarantine_up PRIMARY KEY (incarnation, seq)
)
 STRICT
--;
CREATE TABLE retired (
	entity TEXT NOT NULL, 
	upto INTEGER NOT NULL, 
	CONSTRAINT pk_retired PRIMARY KEY (entity)
)
 STRICT
--;
CREATE TABLE return (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	store_id BLOB NOT NULL, 
	business_date TEXT NOT NULL, 
	number TEXT NOT NULL, 
	sale_id BLOB NOT NULL, 
	customer_id BLOB, 
	reason TEXT NOT NULL, 
	total_minor INTEGER NOT NULL, 
	CONSTRAINT pk_return PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_return_number ON return (number)
--;
CREATE INDEX ix_return_sale_id ON return (sale_id)
--;
CREATE INDEX ix_return_shift_id ON return (shift_id)
--;
CREATE TABLE returns_seen (
	core_product_id BLOB NOT NULL, 
	periphery_product_id BLOB NOT NULL, 
	back INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	back_without INTEGER NOT NULL, 
	n_without INTEGER NOT NULL, 
	counted_at INTEGER NOT NULL, 
	valid_until INTEGER NOT NULL, 
	CONSTRAINT pk_returns_seen PRIMARY KEY (core_product_id, periphery_product_id)
)
 STRICT
--;
CREATE TABLE rota (
	id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	person_id BLOB, 
	who TEXT NOT NULL, 
	day TEXT NOT NULL, 
	starts_at INTEGER, 
	planned_minutes INTEGER DEFAULT 0 NOT NULL, 
	worked_minutes INTEGER, 
	source TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_rota PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_rota_day ON rota (store_id, day)
--;
CREATE TABLE run_log (
	no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at INTEGER NOT NULL, 
	what TEXT NOT NULL, 
	detail TEXT NOT NULL
)
 STRICT
--;
CREATE TABLE sale (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	store_id BLOB NOT NULL, 
	department_id BLOB NOT NULL, 
	business_date TEXT NOT NULL, 
	number TEXT NOT NULL, 
	customer_id BLOB, 
	core_line_id BLOB, 
	core_confirmed_at INTEGER, 
	opened_at INTEGER NOT NULL, 
	line_count INTEGER NOT NULL, 
	total_minor INTEGER NOT NULL, 
	situation TEXT NOT NULL, 
	budget_cap_minor INTEGER, 
	care_mode INTEGER NOT NULL, 
	held_out INTEGER NOT NULL, 
	pulse INTEGER NOT NULL, 
	playbook_version INTEGER NOT NULL, 
	policy_version INTEGER NOT NULL, 
	CONSTRAINT pk_sale PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_sale_customer_id ON sale (customer_id, made_at)
--;
CREATE INDEX ix_sale_number ON sale (number)
--;
CREATE INDEX ix_sale_shift_id ON sale (shift_id)
--;
CREATE TABLE sealed (
	no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	entity TEXT NOT NULL, 
	stays INTEGER NOT NULL, 
	bytes BLOB NOT NULL
)
 STRICT
--;
CREATE TABLE session (
	id BLOB NOT NULL, 
	person_id BLOB NOT NULL, 
	opened_at INTEGER NOT NULL, 
	method TEXT NOT NULL, 
	closed_at INTEGER, 
	CONSTRAINT pk_session PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE setting (
	id BLOB NOT NULL, 
	scope_kind TEXT NOT NULL, 
	scope_id BLOB, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE shift (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	store_id BLOB NOT NULL, 
	department_id BLOB NOT NULL, 
	number INTEGER NOT NULL, 
	business_date TEXT NOT NULL, 
	responsible_id BLOB, 
	override_reason TEXT NOT NULL, 
	opening_cash_minor INTEGER NOT NULL, 
	CONSTRAINT pk_shift PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_shift_shift_id ON shift (shift_id)
--;
CREATE TABLE shift_close (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	z_number INTEGER NOT NULL, 
	totals TEXT NOT NULL, 
	till_total_minor INTEGER, 
	till_z_number TEXT NOT NULL, 
	counted_cash_minor INTEGER, 
	chain_head TEXT NOT NULL, 
	CONSTRAINT pk_shift_close PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_shift_close_shift_id ON shift_close (shift_id)
--;
CREATE TABLE skipped_entity (
	entity TEXT NOT NULL, 
	first_token TEXT NOT NULL, 
	CONSTRAINT pk_skipped_entity PRIMARY KEY (entity)
)
 STRICT
--;
CREATE TABLE step_log (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	receipt_id BLOB NOT NULL, 
	step TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	CONSTRAINT pk_step_log PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_step_log_receipt_id ON step_log (receipt_id)
--;
CREATE INDEX ix_step_log_shift_id ON step_log (shift_id)
--;
CREATE TABLE stock (
	id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	qty_milli INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	told_at INTEGER NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_stock PRIMARY KEY (id), 
	CONSTRAINT uq_stock_product_id_store_id UNIQUE (product_id, store_id)
)
 STRICT
--;
CREATE TABLE store (
	id BLOB NOT NULL, 
	company_id BLOB NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	time_zone TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_store PRIMARY KEY (id)
)
 STRICT
--;
CREATE TABLE suggestion_input (
	input_hash TEXT NOT NULL, 
	snapshot TEXT NOT NULL, 
	kept_until INTEGER NOT NULL, 
	CONSTRAINT pk_suggestion_input PRIMARY KEY (input_hash)
)
 STRICT
--;
CREATE TABLE suggestion_run (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	receipt_id BLOB NOT NULL, 
	customer_id BLOB, 
	core_product_id BLOB NOT NULL, 
	input_hash TEXT NOT NULL, 
	model_version TEXT NOT NULL, 
	held_out INTEGER NOT NULL, 
	result TEXT NOT NULL, 
	gates TEXT NOT NULL, 
	CONSTRAINT pk_suggestion_run PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_suggestion_run_receipt_id ON suggestion_run (receipt_id)
--;
CREATE INDEX ix_suggestion_run_shift_id ON suggestion_run (shift_id)
--;
CREATE TABLE swept (
	customer_id BLOB NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_swept PRIMARY KEY (customer_id)
)
 STRICT
--;
CREATE TABLE sync_log (
	no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at INTEGER NOT NULL, 
	result TEXT NOT NULL, 
	pushed INTEGER NOT NULL, 
	pulled INTEGER NOT NULL, 
	ms INTEGER NOT NULL, 
	error TEXT
)
 STRICT
--;
CREATE TABLE tombstone (
	id BLOB NOT NULL, 
	counter_id BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	person_id BLOB NOT NULL, 
	session_id BLOB NOT NULL, 
	shift_id BLOB, 
	customer_id BLOB NOT NULL, 
	act_no TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	asked_at INTEGER NOT NULL, 
	keys TEXT NOT NULL, 
	CONSTRAINT pk_tombstone PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_tombstone_customer_id ON tombstone (customer_id)
--;
CREATE INDEX ix_tombstone_shift_id ON tombstone (shift_id)
--;
CREATE TABLE tombstone_key (
	hash TEXT NOT NULL, 
	CONSTRAINT pk_tombstone_key PRIMARY KEY (hash)
)
 STRICT
--;
CREATE TABLE visitor_count (
	id BLOB NOT NULL, 
	store_id BLOB NOT NULL, 
	day TEXT NOT NULL, 
	hour INTEGER NOT NULL, 
	visitors INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	ver INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_visitor_count PRIMARY KEY (id)
)
 STRICT
--;
CREATE INDEX ix_visitor_count_day ON visitor_count (store_id, day)
--;
CREATE TABLE payment (
	id BLOB NOT NULL, 
	sale_id BLOB NOT NULL, 
	means TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	CONSTRAINT pk_payment PRIMARY KEY (id), 
	CONSTRAINT fk_payment_sale_id_sale FOREIGN KEY(sale_id) REFERENCES sale (id)
)
 STRICT
--;
CREATE INDEX ix_payment_sale_id ON payment (sale_id)
--;
CREATE TABLE return_line (
	id BLOB NOT NULL, 
	return_id BLOB NOT NULL, 
	sale_line_id BLOB NOT NULL, 
	product_id BLOB NOT NULL, 
	qty_milli INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	CONSTRAINT pk_return_line PRIMARY KEY (id), 
	CONSTRAINT fk_return_line_return_id_return FOREIGN KEY(return_id) REFERENCES return (id)
)
 STRICT
--;
CREATE INDEX ix_return_line_return_id ON return_line (return_id)
--;
CREATE INDEX ix_return_line_sale_line_id ON return_line (sale_line_id)
--;
CREATE TABLE sale_line (
	id BLOB NOT NULL, 
	sale_id BLOB NOT NULL, 
	line_no INTEGER NOT NULL, 
	product_id BLOB NOT NULL, 
	sku TEXT NOT NULL, 
	name TEXT NOT NULL, 
	category_id BLOB NOT NULL, 
	product_type TEXT NOT NULL, 
	business_line TEXT NOT NULL, 
	department_id BLOB NOT NULL, 
	role TEXT NOT NULL, 
	qty_milli INTEGER NOT NULL, 
	price_minor INTEGER NOT NULL, 
	discount_minor INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	vat_bps INTEGER NOT NULL, 
	attached_to_line_id BLOB, 
	offer_id BLOB, 
	customer_yes_at INTEGER, 
	added_by BLOB NOT NULL, 
	added_at INTEGER NOT NULL, 
	marking_code TEXT NOT NULL, 
	CONSTRAINT pk_sale_line PRIMARY KEY (id), 
	CONSTRAINT fk_sale_line_sale_id_sale FOREIGN KEY(sale_id) REFERENCES sale (id)
)
 STRICT
--;
CREATE INDEX ix_sale_line_marking_code ON sale_line (marking_code) WHERE marking_code <> ''
--;
CREATE INDEX ix_sale_line_product_id ON sale_line (product_id)
--;
CREATE INDEX ix_sale_line_sale_id ON sale_line (sale_id)
--;
CREATE VIRTUAL TABLE customer_words USING fts5(family, given, more, content='customer_found', content_rowid='no', prefix='1 2 3', detail='column', columnsize=0, tokenize='ascii')
--;
INSERT INTO customer_words(customer_words, rank) VALUES ('secure-delete', 1)
--;
INSERT INTO customer_words(customer_words, rank) VALUES ('pgsz', 3900)
--;
CREATE VIRTUAL TABLE product_words USING fts5(words, content='', contentless_delete=1, prefix='2 3', tokenize='unicode61 remove_diacritics 2')
--;
CREATE TRIGGER access_no_update BEFORE UPDATE ON "access" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER access_no_delete BEFORE DELETE ON "access" WHEN OLD.made_at >= (SELECT coalesce(max(r.upto), 0) FROM retired r WHERE r.entity = 'access') BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER consent_no_update BEFORE UPDATE ON "consent" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER consent_no_delete BEFORE DELETE ON "consent" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER credit_entry_no_update BEFORE UPDATE ON "credit_entry" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER credit_entry_no_delete BEFORE DELETE ON "credit_entry" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER customer_merge_no_update BEFORE UPDATE ON "customer_merge" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER customer_merge_no_delete BEFORE DELETE ON "customer_merge" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER customer_note_no_update BEFORE UPDATE ON "customer_note" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER customer_note_no_delete BEFORE DELETE ON "customer_note" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER customer_unmerge_no_update BEFORE UPDATE ON "customer_unmerge" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER customer_unmerge_no_delete BEFORE DELETE ON "customer_unmerge" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER dismissal_no_update BEFORE UPDATE ON "dismissal" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER dismissal_no_delete BEFORE DELETE ON "dismissal" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER erasure_step_no_update BEFORE UPDATE ON "erasure_step" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER erasure_step_no_delete BEFORE DELETE ON "erasure_step" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER help_event_no_update BEFORE UPDATE ON "help_event" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER help_event_no_delete BEFORE DELETE ON "help_event" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER offer_no_update BEFORE UPDATE ON "offer" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER offer_no_delete BEFORE DELETE ON "offer" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER offer_answer_no_update BEFORE UPDATE ON "offer_answer" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER offer_answer_no_delete BEFORE DELETE ON "offer_answer" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER pass_no_update BEFORE UPDATE ON "pass" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER pass_no_delete BEFORE DELETE ON "pass" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER pass_event_no_update BEFORE UPDATE ON "pass_event" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER pass_event_no_delete BEFORE DELETE ON "pass_event" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER return_no_update BEFORE UPDATE ON "return" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER return_no_delete BEFORE DELETE ON "return" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER sale_no_update BEFORE UPDATE ON "sale" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER sale_no_delete BEFORE DELETE ON "sale" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER shift_no_update BEFORE UPDATE ON "shift" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER shift_no_delete BEFORE DELETE ON "shift" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER shift_close_no_update BEFORE UPDATE ON "shift_close" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER shift_close_no_delete BEFORE DELETE ON "shift_close" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER step_log_no_update BEFORE UPDATE ON "step_log" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER step_log_no_delete BEFORE DELETE ON "step_log" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER suggestion_run_no_update BEFORE UPDATE ON "suggestion_run" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER suggestion_run_no_delete BEFORE DELETE ON "suggestion_run" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER tombstone_no_update BEFORE UPDATE ON "tombstone" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER tombstone_no_delete BEFORE DELETE ON "tombstone" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER payment_no_update BEFORE UPDATE ON "payment" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER payment_no_delete BEFORE DELETE ON "payment" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER return_line_no_update BEFORE UPDATE ON "return_line" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER return_line_no_delete BEFORE DELETE ON "return_line" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER sale_line_no_update BEFORE UPDATE ON "sale_line" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER sale_line_no_delete BEFORE DELETE ON "sale_line" BEGIN SELECT RAISE(ABORT, 'a fact is never edited: append a new one'); END
--;
CREATE TRIGGER tombstone_erases AFTER INSERT ON tombstone BEGIN DELETE FROM "channel_pref" WHERE customer_id = NEW.customer_id; DELETE FROM "contact_point" WHERE customer_id = NEW.customer_id; DELETE FROM "context_event" WHERE customer_id = NEW.customer_id; DELETE FROM "customer_field_lost" WHERE customer_id = NEW.customer_id; DELETE FROM "household_member" WHERE customer_id = NEW.customer_id; DELETE FROM "identifier" WHERE customer_id = NEW.customer_id; DELETE FROM "need" WHERE customer_id = NEW.customer_id; DELETE FROM "note_text" WHERE customer_id = NEW.customer_id; DELETE FROM "org_contact" WHERE customer_id = NEW.customer_id; DELETE FROM "ownership" WHERE customer_id = NEW.customer_id; DELETE FROM "perk" WHERE customer_id = NEW.customer_id; DELETE FROM "promise" WHERE customer_id = NEW.customer_id; DELETE FROM "import_change" WHERE customer_id = NEW.customer_id; DELETE FROM external_ref WHERE entity = 'customer' AND id = NEW.customer_id; UPDATE basket SET customer_id = NULL, label = '' WHERE customer_id = NEW.customer_id; INSERT INTO customer ("id", "kind", "display_name", "family_name", "given_name", "patronymic", "birthday", "language", "status", "care_until", "do_not_contact", "created_store_id", "household_id", "invented", "name_source", "birthday_source", "stamps", "ver") VALUES (NEW.customer_id, 'person', '', '', '', '', '', 'ru', 'erased', 0, 0, NULL, NULL, 0, NULL, NULL, NULL, NEW.made_at * 65536) ON CONFLICT (id) DO UPDATE SET "kind" = excluded."kind", "display_name" = excluded."display_name", "family_name" = excluded."family_name", "given_name" = excluded."given_name", "patronymic" = excluded."patronymic", "birthday" = excluded."birthday", "language" = excluded."language", "status" = excluded."status", "care_until" = excluded."care_until", "do_not_contact" = excluded."do_not_contact", "created_store_id" = excluded."created_store_id", "household_id" = excluded."household_id", "invented" = excluded."invented", "name_source" = excluded."name_source", "birthday_source" = excluded."birthday_source", "stamps" = excluded."stamps", "ver" = excluded."ver"; INSERT OR IGNORE INTO tombstone_key (hash) SELECT value FROM json_each(NEW.keys); END
--;
CREATE TRIGGER channel_pref_keeps_out BEFORE INSERT ON "channel_pref" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER contact_point_keeps_out BEFORE INSERT ON "contact_point" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER context_event_keeps_out BEFORE INSERT ON "context_event" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER customer_field_lost_keeps_out BEFORE INSERT ON "customer_field_lost" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER household_member_keeps_out BEFORE INSERT ON "household_member" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER identifier_keeps_out BEFORE INSERT ON "identifier" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER need_keeps_out BEFORE INSERT ON "need" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER note_text_keeps_out BEFORE INSERT ON "note_text" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER org_contact_keeps_out BEFORE INSERT ON "org_contact" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER ownership_keeps_out BEFORE INSERT ON "ownership" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER perk_keeps_out BEFORE INSERT ON "perk" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER promise_keeps_out BEFORE INSERT ON "promise" WHEN EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.customer_id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER customer_keeps_out_insert BEFORE INSERT ON customer WHEN NEW.status <> 'erased' AND EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.id) BEGIN SELECT RAISE(IGNORE); END
--;
CREATE TRIGGER customer_keeps_out_update BEFORE UPDATE ON customer WHEN (OLD.status = 'erased' OR NEW.status <> 'erased') AND EXISTS (SELECT 1 FROM tombstone t WHERE t.customer_id = NEW.id) BEGIN SELECT RAISE(IGNORE); END
