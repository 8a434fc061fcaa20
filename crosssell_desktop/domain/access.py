"""Who may do what: five levels and the acts they open, as data (domain rules, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from uuid import UUID

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId
from crosssell_desktop.domain.text import N_, Text


class Level(IntEnum):
    """Levels by volume of information (A40)."""

    CASHIER = 1
    CONSULTANT = 2
    SUPERVISOR = 3
    MANAGER = 4
    DATA_ADMIN = 5


class Act(StrEnum):
    """What a person may be allowed to do."""

    SELL = "sell"
    SEE_CARD = "see_card"
    SEE_PHONE = "see_phone"
    SAVE_CUSTOMER = "save_customer"
    PROPOSE_MERGE = "propose_merge"
    APPROVE_MERGE = "approve_merge"
    DECIDE_MERGE = "decide_merge"
    OFFER = "offer"
    PASS_ON = "pass_on"  # noqa: S105  # a pass from hand to hand, no password
    RETURN = "return"
    OPEN_SHIFT = "open_shift"
    CLOSE_SHIFT = "close_shift"
    SHIFT_REPORT = "shift_report"
    OWN_CREDITS = "own_credits"
    STORE_CREDITS = "store_credits"
    SEE_COST = "see_cost"
    MANAGE_CATALOGUE = "manage_catalogue"
    MANAGE_EXCHANGE = "manage_exchange"
    SEE_STAFF = "see_staff"
    RESET_PIN = "reset_pin"
    MANAGE_STAFF = "manage_staff"
    MANAGE_PLACES = "manage_places"
    OPEN_CARD = "open_card"
    """Open a card; how much of it is seen stands in ``domain.field_access``."""
    REVEAL_CONTACT = "reveal_contact"
    RECORD_CONSENT = "record_consent"
    SEE_ACCESS_LOG = "see_access_log"
    SEE_STORE_LOG = "see_store_log"
    """See the log of others: the store's, or all."""
    RESTRICT_PROCESSING = "restrict_processing"
    SUBJECT_EXTRACT = "subject_extract"
    MOVE_LISTS = "move_lists"
    """Write customers to a file, take an import of them back."""
    ASK_ERASURE = "ask_erasure"
    APPROVE_ERASURE = "approve_erasure"
    EXECUTE_ERASURE = "execute_erasure"
    SEE_FORECAST_TEST = "see_forecast_test"
    IMPORT_LISTS = "import_lists"
    """Take in files of other systems and take them back; a list of costs is for those who see costs."""


_SELLERS = frozenset({Level.CASHIER, Level.CONSULTANT, Level.SUPERVISOR, Level.MANAGER})
_CONSULTANTS = frozenset({Level.CONSULTANT, Level.SUPERVISOR, Level.MANAGER})
_SUPERVISORS = frozenset({Level.SUPERVISOR, Level.MANAGER})
_MANAGERS = frozenset({Level.MANAGER})
_EVERYBODY = frozenset(Level)
_DATA = frozenset({Level.MANAGER, Level.DATA_ADMIN})

ALLOWED: dict[Act, frozenset[Level]] = {
    Act.SELL: _SELLERS,
    Act.SEE_CARD: _CONSULTANTS,
    Act.SEE_PHONE: _SUPERVISORS,
    Act.SAVE_CUSTOMER: _CONSULTANTS,
    Act.PROPOSE_MERGE: _CONSULTANTS | {Level.DATA_ADMIN},
    Act.APPROVE_MERGE: _SUPERVISORS | {Level.DATA_ADMIN},
    Act.DECIDE_MERGE: _MANAGERS | {Level.DATA_ADMIN},
    Act.OFFER: _CONSULTANTS,
    Act.PASS_ON: _SELLERS,
    Act.RETURN: _SELLERS,
    Act.OPEN_SHIFT: _SUPERVISORS,
    Act.CLOSE_SHIFT: _SUPERVISORS,
    Act.SHIFT_REPORT: _SUPERVISORS,
    Act.OWN_CREDITS: _SELLERS,
    Act.STORE_CREDITS: _MANAGERS,
    Act.SEE_COST: _MANAGERS,
    Act.MANAGE_CATALOGUE: _MANAGERS,
    Act.MANAGE_EXCHANGE: _MANAGERS,
    Act.SEE_STAFF: _SUPERVISORS | {Level.DATA_ADMIN},
    Act.RESET_PIN: _SUPERVISORS | {Level.DATA_ADMIN},
    Act.MANAGE_STAFF: _MANAGERS | {Level.DATA_ADMIN},
    Act.MANAGE_PLACES: _MANAGERS | {Level.DATA_ADMIN},
    Act.OPEN_CARD: _EVERYBODY,
    Act.REVEAL_CONTACT: _CONSULTANTS,
    Act.RECORD_CONSENT: _CONSULTANTS | {Level.DATA_ADMIN},
    Act.SEE_ACCESS_LOG: _EVERYBODY,
    Act.SEE_STORE_LOG: _SUPERVISORS | {Level.DATA_ADMIN},
    Act.RESTRICT_PROCESSING: _DATA,
    Act.SUBJECT_EXTRACT: _DATA,
    Act.MOVE_LISTS: _DATA,
    Act.ASK_ERASURE: _CONSULTANTS | {Level.DATA_ADMIN},
    Act.APPROVE_ERASURE: _MANAGERS,
    Act.EXECUTE_ERASURE: frozenset({Level.DATA_ADMIN}),
    Act.SEE_FORECAST_TEST: _MANAGERS,
    Act.IMPORT_LISTS: _DATA,
}


@dataclass(frozen=True, slots=True)
class Session:
    """A person at this counter after log-in; every credited act carries it."""

    id: UUID
    person_id: PersonId
    short_name: str
    level: Level
    department_id: DepartmentId
    store_id: StoreId
    language: str


def may(session: Session, act: Act) -> bool:
    """Say whether the person's level opens the act."""
    return session.level in ALLOWED[act]


def require(session: Session, act: Act) -> None:
    """Refuse an act the person's level does not open.

    Raises:
        Refusal: ``not_allowed``.
    """
    if not may(session, act):
        raise Refusal("not_allowed", Text(N_("Your role does not allow this; ask the shift supervisor.")))
