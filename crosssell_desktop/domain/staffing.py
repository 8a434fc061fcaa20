"""Who may do what to whom among the staff, as data: resets of PINs, levels that are given, and who must be left.

Law: nobody changes his own level or dismisses himself; a store is never left without a manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId, StoreId
from crosssell_desktop.domain.text import N_, Text

_ALL = frozenset(Level)
_UP_TO_MANAGER = _ALL - {Level.DATA_ADMIN}

RESETS: Mapping[Level, frozenset[Level]] = {
    Level.SUPERVISOR: frozenset({Level.CASHIER, Level.CONSULTANT}),
    Level.MANAGER: _UP_TO_MANAGER,
    Level.DATA_ADMIN: _ALL,
}
"""Whose PIN each level may reset."""

GRANTS: Mapping[Level, frozenset[Level]] = {Level.MANAGER: _UP_TO_MANAGER, Level.DATA_ADMIN: _ALL}
"""Which levels each level may give, take, hire and dismiss."""

OWN_STORE = frozenset({Level.SUPERVISOR, Level.MANAGER})
"""Levels that act in their own store only."""

REASONS: Mapping[str, str] = {
    "own_wish": N_("at their own wish"),
    "agreed": N_("by agreement"),
    "term_over": N_("the term is over"),
    "breach": N_("for a breach"),
    "other": N_("another reason"),
}
"""Why somebody is dismissed, by code: facts carry no free text."""

ROLES: Mapping[str, str] = {"complex_sales_lead": N_("responsible for complex sales")}
"""Roles beside the level, held per store."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff, as far as these rules look."""

    id: PersonId
    store_id: StoreId
    level: Level


def require_reset(by: Session, whom: Member) -> None:
    """Refuse to reset a PIN that is not the person's to reset.

    Raises:
        Refusal: ``own_pin``, ``not_his_store``, ``not_his_level``.
    """
    if whom.id == by.person_id:
        raise Refusal("own_pin", Text(N_("Change your own PIN at the log-in; another resets it for you.")))
    _require_store(by, whom.store_id)
    if whom.level not in RESETS.get(by.level, frozenset()):
        raise _above()


def require_hire(by: Session, store_id: StoreId, level: Level) -> None:
    """Refuse to hire for another's store or above one's own level.

    Raises:
        Refusal: ``not_his_store``, ``not_his_level``.
    """
    _require_store(by, store_id)
    if level not in GRANTS.get(by.level, frozenset()):
        raise _above()


def require_edit(by: Session, whom: Member) -> None:
    """Refuse to change the name, department, badge or role of one who is not the person's to change.

    Raises:
        Refusal: ``not_his_store``, ``not_his_level``.
    """
    _require_store(by, whom.store_id)
    if whom.level not in GRANTS.get(by.level, frozenset()):
        raise _above()


def require_level(by: Session, whom: Member, level: Level, others: int) -> None:
    """Refuse to give a level.

    Args:
        by: who gives it.
        whom: to whom.
        level: the new one.
        others: how many others of the old level are left, in the store; in the company for data administrators.

    Raises:
        Refusal: ``own_level``, ``not_his_store``, ``not_his_level``, ``last_manager``.
    """
    if level == whom.level:
        return
    if whom.id == by.person_id:
        raise Refusal("own_level", Text(N_("Nobody changes his own level.")))
    require_edit(by, whom)
    if level not in GRANTS.get(by.level, frozenset()):
        raise _above()
    require_left(whom, others)


def require_dismissal(by: Session, whom: Member, others: int) -> None:
    """Refuse a dismissal; the arguments are those of :func:`require_level`.

    Raises:
        Refusal: ``own_dismissal``, ``not_his_store``, ``not_his_level``, ``last_manager``.
    """
    if whom.id == by.person_id:
        raise Refusal("own_dismissal", Text(N_("Nobody dismisses himself.")))
    require_edit(by, whom)
    require_left(whom, others)


def require_left(whom: Member, others: int) -> None:
    """Refuse to take the last manager of a store, or the last data administrator.

    Raises:
        Refusal: ``last_manager``.
    """
    if whom.level >= Level.MANAGER and others < 1:
        raise Refusal(
            "last_manager",
            Text(N_("This is the last one who may manage here. Give the level to somebody else first.")),
        )


def _require_store(by: Session, store_id: StoreId) -> None:
    if by.level in OWN_STORE and store_id != by.store_id:
        raise Refusal("not_his_store", Text(N_("This person works in another store.")))


def _above() -> Refusal:
    return Refusal("not_his_level", Text(N_("This level is above yours: ask who stands above.")))
