"""The staff as the office keeps them: hiring, levels and roles, PINs that are reset, and dismissals that end at once.

Law: who people are is written at the office only and heard by every counter; a PIN is given anywhere in its store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crosssell_desktop.domain.access import Act, Level, Session, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId, named_id
from crosssell_desktop.domain.names import split_name
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.staffing import (
    REASONS,
    ROLES,
    Member,
    require_dismissal,
    require_edit,
    require_hire,
    require_level,
    require_reset,
)
from crosssell_desktop.domain.text import N_, Language, Text
from crosssell_desktop.services import pins
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import people
from crosssell_desktop.store.link_rows import kept_link
from crosssell_desktop.store.queries import staff as staff_rows
from crosssell_desktop.store.queries.staff import DepartmentRow, StaffRow
from crosssell_desktop.store.unit import Connection, Unit

NAME_MOST = 120
BADGE_MOST = 64
LANGUAGES: tuple[Language, ...] = ("ru", "en")
_CHANGED = frozenset({Change.PEOPLE, Change.SYNC})


@dataclass(frozen=True, slots=True)
class Profile:
    """What is said of a person beside the level; an empty ``short_name`` is made from the full one."""

    full_name: str
    department_id: DepartmentId
    short_name: str = ""
    language: Language = "ru"
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Hired:
    """A new person and the PIN for the first log-in; it is empty where the person's store is another."""

    person_id: PersonId
    one_time_pin: str


@dataclass(frozen=True, slots=True)
class StaffView:
    """What the screen shows; ``is_office`` says whether anything but PINs can be changed here."""

    people: tuple[StaffRow, ...]
    departments: tuple[DepartmentRow, ...]
    is_office: bool
    now_ms: int


def view(desk: Desk, session: Session) -> StaffView:
    """Return the staff: of the own store, or of all for the data administrator.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.SEE_STAFF)
    everywhere = session.level is Level.DATA_ADMIN
    with desk.look() as connection:
        found = staff_rows.staff(connection, None if everywhere else session.store_id)
        departments = staff_rows.departments(connection)
        office = is_office(connection)
    mine = departments if everywhere else tuple(d for d in departments if d.store_id == session.store_id)
    return StaffView(found, mine, office, desk.clock.now_ms())


def is_office(connection: Connection) -> bool:
    """Say whether master data may be written here: at the office, and in a shop without a centre."""
    link = kept_link(connection)
    return link is None or link.office


def require_office(connection: Connection) -> None:
    """Refuse what only the office's computer writes.

    Raises:
        Refusal: ``not_office``.
    """
    if not is_office(connection):
        raise Refusal(
            "not_office", Text(N_("This is changed at the office's computer; every counter hears it from there."))
        )


def hire(desk: Desk, session: Session, profile: Profile, level: Level, *, lead: bool = False) -> Outcome[Hired]:
    """Take a person on; the one-time PIN is for the first log-in and is told once.

    Raises:
        Refusal: ``not_allowed``, ``not_office``, ``not_his_store``, ``not_his_level``, ``bad_name``, ``same_name``,
            ``badge_taken``, ``unknown_department``.
    """
    require(session, Act.MANAGE_STAFF)
    with desk.begin_by(session) as work:
        require_office(work.connection)
        store_id = _store_of(work.connection, profile.department_id)
        require_hire(session, store_id, level)
        hired = _take_on(work, profile, store_id, level, lead=lead, by=session.person_id)
    return Outcome(hired, _CHANGED)


def first_manager(desk: Desk, full_name: str, language: Language = "ru") -> Outcome[Hired]:
    """Take the first manager of a store on, for whoever sets it up; nobody is asked, for nobody is there.

    Raises:
        Refusal: ``has_manager`` when somebody manages already, ``not_office``, ``bad_name``.
    """
    with desk.begin() as work:
        require_office(work.connection)
        if staff_rows.others_at(work.connection, Level.MANAGER, PersonId(work.me.counter_id), work.me.store_id):
            raise Refusal(
                "has_manager", Text(N_("This store has a manager already: people are taken on in the Office."))
            )
        profile = Profile(full_name, work.me.department_id, language=language)
        hired = _take_on(work, profile, work.me.store_id, Level.MANAGER, lead=False, by=None)
    return Outcome(hired, _CHANGED)


def edit(  # what is said of a person
    desk: Desk,
    session: Session,
    person_id: PersonId,
    profile: Profile,
    *,
    seen_ver: int,
    lead: bool,
    level: Level | None = None,
) -> Outcome[None]:
    """Change what is said of a person, the level with it, and whether they may be responsible for complex sales.

    Whose secret must be of another kind from now on chooses it at the next log-in.

    Raises:
        Refusal: those of :func:`hire` and :func:`crosssell_desktop.domain.staffing.require_level`; ``no_person``;
            ``changed_meanwhile`` when another changed it after it was seen.
    """
    require(session, Act.MANAGE_STAFF)
    with desk.begin_by(session) as work:
        require_office(work.connection)
        row, known = _known(work.connection, person_id)
        require_edit(session, _member(known))
        _require_seen(row, seen_ver)
        store_id = _store_of(work.connection, profile.department_id)
        if store_id != known.store_id:
            raise Refusal(
                "other_store",
                Text(N_("This department is of another store. Dismiss the person here and take them on there.")),
            )
        fresh = _checked(work.connection, profile, known.store_id, but=person_id)
        given = Level(known.level) if level is None else level
        require_level(session, _member(known), given, _others(work.connection, known))
        person = {**row, **fresh, "level": int(given), "ver": work.tick()}
        rows: dict[str, list[dict[str, Any]]] = {"person": [person]}
        role = _lead_row(work, person_id, known.store_id, active=lead)
        if role is not None:
            rows["person_role"] = [role]
        work.record("person_changed", rows)
        if pins.kind_for(given) != pins.kind_for(known.level) and known.store_id == work.me.store_id:
            pins.ask_for_own(work, person_id, by=session.person_id)
    return Outcome(None, _CHANGED)


def reset_pin(desk: Desk, session: Session, person_id: PersonId) -> Outcome[str]:
    """Give a person a one-time PIN, good for three days at every counter of the store; the old one is over at once.

    Raises:
        Refusal: ``not_allowed``, ``no_person``, ``not_his_store``, and those of
            :func:`crosssell_desktop.domain.staffing.require_reset`.
    """
    require(session, Act.RESET_PIN)
    with desk.begin_by(session) as work:
        _, known = _known(work.connection, person_id)
        require_reset(session, _member(known))
        _require_here(work, known.store_id)
        pin = pins.fresh_pin()
        pins.give(work, person_id, pin, "pin", one_time=True, by=session.person_id)
    return Outcome(pin, _CHANGED)


def dismiss(desk: Desk, session: Session, person_id: PersonId, reason: str) -> Outcome[None]:
    """Dismiss a person: every counter refuses the log-in and ends a session as soon as it hears of it.

    Raises:
        Refusal: ``not_allowed``, ``not_office``, ``no_person``, ``bad_reason``, and those of
            :func:`crosssell_desktop.domain.staffing.require_dismissal`.
    """
    require(session, Act.MANAGE_STAFF)
    if reason not in REASONS:
        raise Refusal("bad_reason", Text(N_("Choose a reason from the list.")))
    with desk.begin_by(session) as work:
        require_office(work.connection)
        _, known = _known(work.connection, person_id)
        require_dismissal(session, _member(known), _others(work.connection, known))
        _record_dismissal(work, session, person_id, people.DISMISSED, reason, None)
    return Outcome(None, _CHANGED)


def take_back(desk: Desk, session: Session, person_id: PersonId) -> Outcome[str]:
    """Take a dismissed person on again, with a one-time PIN: the one they had before stays over.

    Raises:
        Refusal: ``not_allowed``, ``not_office``, ``no_person``, ``not_his_store``, ``not_his_level``, ``works_here``.
    """
    require(session, Act.MANAGE_STAFF)
    with desk.begin_by(session) as work:
        require_office(work.connection)
        known = staff_rows.one(work.connection, person_id)
        if known is None:
            raise _no_person()
        require_hire(session, known.store_id, Level(known.level))
        _require_here(work, known.store_id)
        lifted = staff_rows.open_dismissals(work.connection, person_id)
        if known.works or not lifted:
            raise Refusal("works_here", Text(N_("This person works here already.")))
        for one in lifted:
            _record_dismissal(work, session, person_id, people.TAKEN_BACK, "", one)
        pin = pins.fresh_pin()
        pins.give(work, person_id, pin, "pin", one_time=True, by=session.person_id)
    return Outcome(pin, _CHANGED)


# ---------------------------------------------------------------------------------------------------- inside


def _take_on(
    work: Unit, profile: Profile, store_id: StoreId, level: Level, *, lead: bool, by: PersonId | None
) -> Hired:
    fresh = _checked(work.connection, profile, store_id, but=None)
    person_id = PersonId(work.new_id())
    row = {
        "id": person_id,
        "store_id": store_id,
        "level": int(level),
        "active": True,
        **fresh,
        "ver": work.tick(),
    }
    rows: dict[str, list[dict[str, Any]]] = {"person": [row]}
    role = _lead_row(work, person_id, store_id, active=lead)
    if role is not None:
        rows["person_role"] = [role]
    work.record("person_hired", rows)
    if store_id != work.me.store_id:
        return Hired(person_id, "")
    pin = pins.fresh_pin()
    pins.give(work, person_id, pin, "pin", one_time=True, by=by)
    return Hired(person_id, pin)


def _checked(connection: Connection, profile: Profile, store_id: StoreId, *, but: PersonId | None) -> dict[str, Any]:
    """Return the columns of a profile that may be kept."""
    full = " ".join(profile.full_name.split())
    short = " ".join(profile.short_name.split()) or short_of(full)
    badge = profile.badge.strip() or None
    if not full or len(full) > NAME_MOST or len(short) > NAME_MOST or not full.isprintable() or not short.isprintable():
        raise Refusal("bad_name", Text(N_("A name has 1 to {most} letters."), {"most": NAME_MOST}))
    if badge is not None and (len(badge) > BADGE_MOST or not badge.isprintable()):
        raise Refusal("bad_badge", Text(N_("A badge has at most {most} signs."), {"most": BADGE_MOST}))
    for other in staff_rows.staff(connection, None):
        if other.id == but or not other.works:
            continue
        if other.store_id == store_id and other.short_name.casefold() == short.casefold():
            raise Refusal(
                "same_name",
                Text(
                    N_("«{name}» works in this store already: write the short name so that they can be told apart."),
                    {"name": other.short_name},
                ),
            )
        if badge is not None and other.badge == badge:
            raise Refusal("badge_taken", Text(N_("This badge belongs to {name}."), {"name": other.short_name}))
    return {
        "department_id": profile.department_id,
        "full_name": full,
        "short_name": short,
        "language": profile.language if profile.language in LANGUAGES else LANGUAGES[0],
        "badge": badge,
    }


def short_of(full_name: str) -> str:
    """Return «Анна К.» for a full name in any order of its words."""
    parts = split_name(full_name)
    return f"{parts.given} {parts.family[:1]}." if parts.family else parts.given or full_name


def _lead_row(work: Unit, person_id: PersonId, store_id: StoreId, *, active: bool) -> dict[str, Any] | None:
    """Return the changed row of the role, None when it is as it should be."""
    (role,) = ROLES
    known = staff_rows.role_row(work.connection, person_id, store_id, role)
    if known is None and not active:
        return None
    if known is not None and known["active"] == active:
        return None
    base = known or {
        "id": named_id("person_role", f"{person_id}/{store_id}/{role}"),
        "person_id": person_id,
        "store_id": store_id,
        "role": role,
    }
    return {**base, "active": active, "ver": work.tick()}


def _record_dismissal(
    work: Unit, session: Session, person_id: PersonId, event: str, reason: str, lifts: object
) -> None:
    row = {
        "id": work.new_id(),
        "counter_id": work.me.counter_id,
        "made_at": work.now_ms,
        "by_person_id": session.person_id,
        "session_id": session.id,
        "person_id": person_id,
        "event": event,
        "lifts": lifts,
        "reason": reason,
    }
    work.record(f"person_{event}", {"dismissal": [row]})


def _known(connection: Connection, person_id: PersonId) -> tuple[dict[str, Any], StaffRow]:
    row = staff_rows.person_row(connection, person_id)
    known = staff_rows.one(connection, person_id)
    if row is None or known is None or not known.works:
        raise _no_person()
    return row, known


def _member(known: StaffRow) -> Member:
    return Member(known.id, known.store_id, Level(known.level))


def _others(connection: Connection, known: StaffRow) -> int:
    everywhere = known.level == Level.DATA_ADMIN
    return staff_rows.others_at(connection, known.level, known.id, None if everywhere else known.store_id)


def _store_of(connection: Connection, department_id: DepartmentId) -> StoreId:
    for one in staff_rows.departments(connection):
        if one.id == department_id:
            return one.store_id
    raise Refusal("unknown_department", Text(N_("Choose a department.")))


def _require_here(work: Unit, store_id: StoreId) -> None:
    if store_id != work.me.store_id:
        raise Refusal("pin_of_another_store", Text(N_("A PIN is given at a counter of the store the person works in.")))


def _require_seen(row: dict[str, Any], seen_ver: int) -> None:
    if row["ver"] != seen_ver:
        raise Refusal(
            "changed_meanwhile",
            Text(N_("Somebody else has just changed this. Look at it again and change it then.")),
        )


def _no_person() -> Refusal:
    return Refusal("no_person", Text(N_("This person no longer works here.")))
