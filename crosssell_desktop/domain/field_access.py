"""How much of a customer's card each level sees: field groups x levels, as data (A40; domain rules, section 4).

Law: nobody decides a mask anywhere else. ``services.masking`` applies it to whatever leaves a service, the centre's
fences repeat it for whole stores.
"""

from __future__ import annotations

from enum import StrEnum

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text


class Sight(StrEnum):
    """How a group of fields is seen."""

    FULL = "full"
    MASKED = "masked"
    REVEAL = "reveal"
    """Masked, and opened by a reveal that is logged with its reason."""
    DAY = "day"
    """Day and month without the year."""
    LAST = "last"
    """The newest only."""
    TOP3 = "top3"
    BAND = "band"
    """A coarse band instead of the figure."""
    FLAG = "flag"
    """Whether, and nothing more."""
    OWN = "own"
    STORE = "store"
    """Of the person's store."""
    NONE = "none"


class Group(StrEnum):
    """Fields that are seen alike."""

    NAME = "name"
    CONTACT = "contact"
    BIRTHDAY = "birthday"
    ADDRESS = "address"
    PURCHASES = "purchases"
    NOTES = "notes"
    """Notes, needs, reactions, promises, events."""
    CARE = "care"
    FORECAST = "forecast"
    COST = "cost"
    CREDITS = "credits"
    CONSENTS = "consents"
    ACCESS_LOG = "access_log"


_F, _M, _R, _N = Sight.FULL, Sight.MASKED, Sight.REVEAL, Sight.NONE
MATRIX: dict[Group, tuple[Sight, Sight, Sight, Sight, Sight]] = {
    # cashier, consultant, shift supervisor, manager, data administrator
    Group.NAME: (_F, _F, _F, _F, _M),
    Group.CONTACT: (_M, _R, _F, _F, _M),
    Group.BIRTHDAY: (_N, Sight.DAY, _F, _F, _M),
    Group.ADDRESS: (_N, _N, _R, _F, _M),
    Group.PURCHASES: (Sight.LAST, _F, _F, _F, _N),
    Group.NOTES: (_N, _F, _F, _F, _N),
    Group.CARE: (Sight.FLAG, Sight.FLAG, _F, _F, _N),
    Group.FORECAST: (_N, Sight.TOP3, _F, _F, _N),
    Group.COST: (_N, _N, Sight.BAND, _F, _N),
    Group.CREDITS: (Sight.OWN, Sight.OWN, Sight.STORE, _F, _N),
    Group.CONSENTS: (_F, _F, _F, _F, _F),
    Group.ACCESS_LOG: (Sight.OWN, Sight.OWN, Sight.STORE, _F, _F),
}
"""What a level sees; what it may do stands in ``domain.access``."""

WRITES: dict[str, Group] = {
    "display_name": Group.NAME,
    "language": Group.NAME,
    "do_not_contact": Group.CONSENTS,
    "birthday": Group.BIRTHDAY,
    "contact_point.value": Group.CONTACT,
}
"""The group a field of the card belongs to when it is written; a field that is not here is a note.

A field of a row beside the card bears its table's name.
"""
_WRITABLE = frozenset({Sight.FULL, Sight.REVEAL, Sight.DAY, Sight.FLAG, Sight.TOP3})
"""Whom the customer may tell something new, though they do not see what stood there."""

REVEAL_REASONS: dict[str, str] = {
    "call_back": N_("to call back as promised"),
    "check_identity": N_("to make sure it is this customer"),
    "order_ready": N_("to say that the order is ready"),
    "delivery": N_("for a delivery or a repair"),
    "customer_asked": N_("the customer asked to see it"),
}
"""Why a masked contact may be opened; a short list, for a free text would say too much or nothing."""
REVEAL_TO_REACH: dict[str, str] = {"call_back": "consent", "order_ready": "contract", "delivery": "contract"}
"""Reasons that end in reaching the customer, each with the basis it stands on (``domain.consents.BASES``)."""

LISTED_AT_MOST: dict[Level, int] = {
    Level.CASHIER: 20,
    Level.CONSULTANT: 200,
    Level.SUPERVISOR: 1_000,
    Level.MANAGER: 1_000_000,
    Level.DATA_ADMIN: 20,
}
"""A search that more cards answer to lists nobody: it would be browsing (four last digits give about a hundred)."""


def sight(session: Session, group: Group) -> Sight:
    """Return how the person sees a group of fields."""
    return MATRIX[group][session.level - 1]


def may_write(session: Session, field: str) -> bool:
    """Say whether the person may write a field of the card."""
    return sight(session, WRITES.get(field, Group.NOTES)) in _WRITABLE


def require_write(session: Session, field: str) -> None:
    """Refuse to write a field whose group the level does not open.

    Raises:
        Refusal: ``not_allowed``.
    """
    if not may_write(session, field):
        raise Refusal("not_allowed", Text(N_("Your role does not allow this; ask the shift supervisor.")))


def is_too_wide(session: Session, found: int) -> bool:
    """Say whether a search answers to more people than the level may list."""
    return found > LISTED_AT_MOST[session.level]
