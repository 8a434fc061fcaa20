"""THE list of what travels between counters and the centre: which way, under which conflict rule, to whom.

Law: a table that is not here does not travel; a table that is not ``local`` must be here (a test says so).
The centre's projections, its feed and its snapshots, and what a counter accepts, are all made from this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down", "both"]
"""``up``: counters tell the centre; ``down``: only the office writes it; ``both``: any counter writes, all hear."""

Rule = Literal["append", "register", "strictest", "first_accept"]
"""How two writers are reconciled.

``append``: a fact is added once and never changes;
``register``: the whole row with the greatest hybrid clock reading (``ver``) wins, the loser is kept at the centre;
a register with a column ``stamps`` is merged field by field instead, and what lost unseen is told to all
(``customer_field_lost``);
``strictest``: facts are appended, and who reads them lets a withdrawal beat a grant that had not seen it;
``first_accept``: facts are appended, and the first acceptance committed at the centre is the one that counts.
"""

Scope = Literal["company", "store", "counter"]
"""Who hears a row: every counter, the counters of the writer's store, or the writer alone (after a restore)."""


@dataclass(frozen=True, slots=True)
class Travel:
    """How one table travels; the order in :data:`TRAVELS` is the order of projection and of snapshots."""

    table: str
    direction: Direction
    rule: Rule
    scope: Scope

    @property
    def is_heard(self) -> bool:
        """Whether counters receive rows of this table."""
        return self.direction != "up"


def _down(*names: str) -> tuple[Travel, ...]:
    return tuple(Travel(name, "down", "register", "company") for name in names)


def _card(*names: str) -> tuple[Travel, ...]:
    return tuple(Travel(name, "both", "register", "company") for name in names)


def _of_store(*names: str) -> tuple[Travel, ...]:
    return tuple(Travel(name, "both", "register", "store") for name in names)


def _facts(scope: Scope, *names: str) -> tuple[Travel, ...]:
    return tuple(Travel(name, "both", "append", scope) for name in names)


TRAVELS: tuple[Travel, ...] = (
    *_down("company", "store", "department", "counter", "person", "person_role", "setting", "credit_policy"),
    Travel("dismissal", "down", "append", "company"),
    *_down("rota", "visitor_count"),
    *_of_store("pin_door", "pin_key", "person_pin"),
    *_down(
        "category",
        "product",
        "barcode",
        "attribute_definition",
        "attribute",
        "price",
        "cost_price",
        "stock",
        "fit_rule",
    ),
    *_down("benefit", "competitive_claim", "combination", "evidence"),
    *_down("publication_row", "publication"),
    Travel("tombstone", "down", "append", "company"),
    *_facts("company", "erasure_step"),
    *_down("customer_field_lost"),
    *_card("customer", "contact_point", "identifier", "channel_pref", "need", "ownership", "promise"),
    *_card("household_member", "org_contact", "perk", "context_event"),
    Travel("consent", "both", "strictest", "company"),
    Travel("customer_note", "both", "append", "company"),
    Travel("note_text", "both", "register", "company"),
    *_facts("company", "customer_merge", "customer_unmerge"),
    *_down("merge_verdict"),
    *_facts("counter", "shift", "shift_close"),
    *_facts("store", "sale", "sale_line", "payment", "offer", "offer_answer", "pass"),
    Travel("pass_event", "both", "first_accept", "store"),
    *_facts("store", "return", "return_line", "credit_entry"),
    *_facts("counter", "help_event", "step_log"),
    Travel("suggestion_run", "up", "append", "counter"),
    Travel("access", "up", "append", "counter"),
    Travel("fact_text", "both", "register", "store"),
)
"""Parents stand before their children."""

PUBLICATIONS: dict[str, tuple[str, ...]] = {
    "catalogue": ("category", "product", "barcode", "attribute_definition", "attribute", "fit_rule"),
    "prices": ("price",),
    "combinations": ("benefit", "competitive_claim", "combination", "evidence", "credit_policy"),
    "staff": ("person", "person_role"),
    "model": (),
}
"""What may be held back at the centre and published whole: kind and tables; the model is a file in pieces."""

MODEL_PART = "_model"
"""The entity of a piece of the learned model in a publication."""

BY_TABLE: dict[str, Travel] = {travel.table: travel for travel in TRAVELS}

HEARD: tuple[str, ...] = tuple(travel.table for travel in TRAVELS if travel.is_heard)
"""What a new counter fetches as a snapshot, in this order."""
