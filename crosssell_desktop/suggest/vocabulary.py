"""The words of suggestions: relations, reasons, kinds and states of evidence, answers of gates."""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """What an item is to a core product in a combination (domain rules, section 3)."""

    REQUIRED = "required"
    ENHANCES = "enhances"
    CONSUMABLE = "consumable"
    PROTECTS = "protects"
    CARE = "care"
    SERVICE = "service"
    SPARE = "spare"
    UPGRADE = "upgrade"
    SUBSTITUTE = "substitute"
    CHEAPER_ALTERNATIVE = "cheaper_alternative"
    INCOMPATIBLE = "incompatible"

    @property
    def instead_of_core(self) -> bool:
        """Say whether the item is bought instead of the core: shown before the core is chosen, never after."""
        return self in (Relation.UPGRADE, Relation.SUBSTITUTE, Relation.CHEAPER_ALTERNATIVE)


class Reason(StrEnum):
    """Why an item is offered to this customer now; each has its own words on the screen."""

    REQUIRED = "required"
    DUE_AGAIN = "due_again"
    CONSUMABLE = "consumable"
    COMPLEMENT = "complement"
    HABIT = "habit"
    NEW_FOR_YOU = "new_for_you"
    CHEAPER_ALTERNATIVE = "cheaper_alternative"


class EvidenceKind(StrEnum):
    """The kinds of evidence E1 to E9."""

    COMPATIBILITY = "E1"
    CO_PURCHASE = "E2"
    FEWER_RETURNS = "E3"
    BUNDLE = "E4"
    OWNERSHIP_COST = "E5"
    SERVICE_DATA = "E6"
    OWN_HISTORY = "E7"
    MAKER = "E8"
    DEMO = "E9"


class EvidenceStatus(StrEnum):
    """The life of a piece of evidence."""

    DRAFT = "draft"
    APPROVED = "approved"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class CombinationStatus(StrEnum):
    """The state of a cell of the matrix of combinations."""

    APPROVED = "approved"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


class NeedSource(StrEnum):
    """How a need became known."""

    STATED = "stated"
    INFERRED = "inferred"
