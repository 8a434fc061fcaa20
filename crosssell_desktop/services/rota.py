"""The rota: what is planned and what was worked, by person and day, and who stands on it without an account (A38)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fold import fold
from crosssell_desktop.domain.hours import Hours, read_hours
from crosssell_desktop.domain.ids import PersonId, StoreId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import staff as places
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.staff_office import is_office, require_office
from crosssell_desktop.store import rota_rows, told_rows
from crosssell_desktop.store.queries import staff as staff_rows
from crosssell_desktop.store.queries.staff import StaffRow
from crosssell_desktop.store.rota_rows import RotaRow
from crosssell_desktop.store.unit import Connection

WEEK_DAYS = 7
LOOKS_BACK_DAYS = 7
LOOKS_AHEAD_DAYS = 31
"""Whose name stands on the rota within these days needs an account."""
TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Line:
    """A person's week: the days in order, each None where nothing is written."""

    person_id: PersonId | None
    name: str
    days: tuple[RotaRow | None, ...]

    @property
    def planned(self) -> int:
        """Minutes planned in the week."""
        return sum(day.planned for day in self.days if day is not None)

    @property
    def worked(self) -> int:
        """Minutes worked in the week, as far as told."""
        return sum(day.worked or 0 for day in self.days if day is not None)


@dataclass(frozen=True, slots=True)
class RotaView:
    """A week of the store; ``without_account`` names who is on the rota and cannot log in."""

    monday: dt.date
    today: dt.date
    lines: tuple[Line, ...]
    without_account: tuple[str, ...]
    is_office: bool


def today(desk: Desk) -> dt.date:
    """Return the day on the shop's wall."""
    zone = ZoneInfo(places.place(desk).time_zone)
    return dt.datetime.fromtimestamp(desk.clock.now_ms() / 1000, zone).date()


def week(desk: Desk, session: Session, day: dt.date | None = None) -> RotaView:
    """Return the week of a day, of this one when left out.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.SEE_STAFF)
    now = today(desk)
    chosen = day or now
    monday = chosen - dt.timedelta(days=chosen.weekday())
    days = [(monday + dt.timedelta(days=n)).isoformat() for n in range(WEEK_DAYS)]
    with desk.look() as connection:
        staff = staff_rows.staff(connection, session.store_id)
        rows = rota_rows.between(connection, session.store_id, days[0], days[-1])
        without = _without_account(connection, session.store_id, staff, now)
        office = is_office(connection)
    return RotaView(monday, now, _lines(staff, rows, days), without, office)


def without_account(desk: Desk, session: Session) -> tuple[str, ...]:
    """Return who stands on the rota from a week ago to a month ahead and cannot log in (A38).

    Raises:
        Refusal: ``not_allowed``.
    """
    return week(desk, session).without_account


def put(desk: Desk, session: Session, person_id: PersonId, day: dt.date, *, planned: str, worked: str) -> Outcome[None]:
    """Type a person's day; an empty text leaves what is written, ``-`` takes the worked hours back.

    Raises:
        Refusal: ``not_allowed``, ``not_office``, ``no_person``, ``bad_hours``, ``not_worked_yet``.
    """
    require(session, Act.MANAGE_STAFF)
    plan, fact = _read(planned), _read(worked)
    if fact is not None and fact.minutes and day > today(desk):
        raise Refusal("not_worked_yet", Text(N_("This day is still to come: only a plan can be written.")))
    with desk.begin_by(session) as work:
        require_office(work.connection)
        known = staff_rows.one(work.connection, person_id)
        if known is None or known.store_id != session.store_id:
            raise Refusal("no_person", Text(N_("This person no longer works here.")))
        id_ = rota_rows.row_id(known.store_id, str(person_id), day.isoformat())
        before = told_rows.kept(work.connection, "rota", [id_]).get(id_)
        row = before or {
            "id": id_,
            "store_id": known.store_id,
            "person_id": person_id,
            "day": day.isoformat(),
            "starts_at": None,
            "planned_minutes": 0,
            "worked_minutes": None,
        }
        fresh = {**row, "who": known.full_name, "source": TYPED}
        if plan is not None:
            fresh |= {"planned_minutes": plan.minutes, "starts_at": plan.starts_at}
        if fact is not None:
            fresh["worked_minutes"] = fact.minutes or None
        told_rows.put(work, "rota_typed", "rota", [fresh])
    return Outcome(None, frozenset({Change.PEOPLE, Change.SYNC}))


def _read(text: str) -> Hours | None:
    if not text.strip():
        return None
    hours = read_hours(text)
    if hours is None:
        raise Refusal(
            "bad_hours", Text(N_("«{text}» is no hours: write 8, 7,5, 7:30 or 09:00-18:00."), {"text": text[:40]})
        )
    return hours


def _lines(staff: tuple[StaffRow, ...], rows: tuple[RotaRow, ...], days: list[str]) -> tuple[Line, ...]:
    named = _by_name(staff)
    cells: dict[tuple[object, str], RotaRow] = {}
    strangers: dict[str, str] = {}
    for row in rows:
        owner = row.person_id or named.get(fold(row.who))
        if owner is None:
            strangers.setdefault(fold(row.who), row.who)
        cells[owner or fold(row.who), row.day] = row
    planned = {key for key, _ in cells}
    return tuple(
        Line(one.id, one.short_name, tuple(cells.get((one.id, day)) for day in days))
        for one in staff
        if one.works or one.id in planned
    ) + tuple(Line(None, who, tuple(cells.get((key, day)) for day in days)) for key, who in sorted(strangers.items()))


def _by_name(staff: tuple[StaffRow, ...]) -> dict[str, PersonId]:
    """Return who a name on the rota means; a name that two bear means nobody."""
    found: dict[str, PersonId | None] = {}
    for one in staff:
        if one.works:
            for name in {fold(one.full_name), fold(one.short_name), fold(one.badge or "")} - {""}:
                found[name] = None if name in found else one.id
    return {name: who for name, who in found.items() if who is not None}


def _without_account(
    connection: Connection, store_id: StoreId, staff: tuple[StaffRow, ...], now: dt.date
) -> tuple[str, ...]:
    first = (now - dt.timedelta(days=LOOKS_BACK_DAYS)).isoformat()
    last = (now + dt.timedelta(days=LOOKS_AHEAD_DAYS)).isoformat()
    known = {one.id: one for one in staff}
    named = _by_name(staff)
    without: set[str] = set()
    for row in rota_rows.between(connection, store_id, first, last):
        owner = row.person_id or named.get(fold(row.who))
        one = None if owner is None else known.get(owner)
        # Whoever was dismissed since stands on last week's rota rightly.
        is_due = one is None or (row.day >= now.isoformat() and (not one.works or one.pin is None))
        if (row.planned or row.worked) and is_due:
            without.add(row.who if one is None else one.full_name)
    return tuple(sorted(without, key=fold))
