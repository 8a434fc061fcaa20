"""Carries out what the pages of staff, places and rota ask, for the person who is logged in at the counter's port."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from crosssell_desktop.domain.access import Act, Level, may
from crosssell_desktop.domain.format import day
from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.staffing import GRANTS, REASONS, ROLES
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters import desk_words
from crosssell_desktop.presenters.exchange import SILENT, STATES
from crosssell_desktop.presenters.places_page import (
    CounterLine,
    DepartmentLine,
    PlacesState,
    TypedCounter,
    TypedDepartment,
)
from crosssell_desktop.presenters.rota import RotaLine, RotaState
from crosssell_desktop.presenters.staff import OneTimePin, StaffLine, StaffState, TypedPerson
from crosssell_desktop.presenters.state import Choice, Tone
from crosssell_desktop.services import places_office, rota, staff_office
from crosssell_desktop.services.staff_office import Profile

if TYPE_CHECKING:
    from crosssell_desktop.presenters.desk_port import DeskPort
    from crosssell_desktop.services.exchange_office import CounterLag
    from crosssell_desktop.store.queries.staff import CounterRow, StaffRow

T = TypeVar("T")


class OfficePort:
    """Calls the services with the session of the counter's port.

    ``centre_url`` is the administrator's way to the centre where this computer has one: only then codes are made here.
    """

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None], centre_url: str = "") -> None:
        self._port = port
        self._announce = announce
        self._centre_url = centre_url

    def _done(self, outcome: Outcome[T]) -> T:
        self._announce(outcome.changes)
        return outcome.value

    @property
    def _is_russian(self) -> bool:
        return self._port.speaker.language == "ru"

    # ------------------------------------------------------------------ staff

    def staff(self) -> StaffState:
        """Return the staff as this level may see them."""
        return self._staff(None)

    def _staff(self, one_time: OneTimePin | None) -> StaffState:
        session = self._port.session
        view = staff_office.view(self._port.desk, session)
        return StaffState(
            lines=tuple(self._line(row, view.now_ms) for row in view.people),
            departments=tuple(
                Choice(str(d.id), d.name_ru if self._is_russian else d.name_en) for d in view.departments
            ),
            levels=tuple(
                (int(level), Text(desk_words.ROLES[level])) for level in sorted(GRANTS.get(session.level, frozenset()))
            ),
            reasons=tuple((code, Text(words)) for code, words in REASONS.items()),
            may_edit=view.is_office and may(session, Act.MANAGE_STAFF),
            is_office=view.is_office,
            one_time=one_time,
            is_loading=one_time is None,
        )

    def _line(self, row: StaffRow, now_ms: int) -> StaffLine:
        state, tone = self._way_in(row, now_ms)
        return StaffLine(
            person_id=row.id,
            name=row.short_name,
            full_name=row.full_name,
            department_id=str(row.department_id),
            department=row.department_ru if self._is_russian else row.department_en,
            level=row.level,
            level_name=Text(desk_words.ROLES[row.level]),
            state=state,
            tone=tone,
            is_lead=bool(row.roles & set(ROLES)),
            badge=row.badge or "",
            language=row.language,
            works=row.works,
            ver=row.ver,
        )

    def _way_in(self, row: StaffRow, now_ms: int) -> tuple[Text, Tone]:
        if not row.works:
            when = day(row.dismissed_at or 0, self._port.speaker.language, self._port.utc_offset_minutes())
            return (Text(N_("dismissed {day}"), {"day": when}), "bad") if row.dismissed_at else (_GONE, "bad")
        if row.one_time_until > now_ms:
            return Text(N_("a one-time PIN waits")), "accent"
        if row.one_time_until:
            return Text(N_("the one-time PIN is over")), "warn"
        if row.pin is None:
            return Text(N_("cannot log in: no PIN")), "warn"
        return Text(N_("logs in by password") if row.pin == "password" else N_("logs in by PIN")), "plain"

    def save_person(self, typed: TypedPerson) -> StaffState:
        """Take a person on or change one."""
        desk, session = self._port.desk, self._port.session
        profile = Profile(
            typed.full_name,
            DepartmentId(UUID(typed.department_id)),
            typed.short_name,
            "en" if typed.language == "en" else "ru",
            typed.badge,
        )
        level = Level(typed.level)
        if typed.person_id is None:
            hired = self._done(staff_office.hire(desk, session, profile, level, lead=typed.is_lead))
            shown = OneTimePin(typed.full_name.strip(), hired.one_time_pin) if hired.one_time_pin else None
            return self._staff(shown)
        self._done(
            staff_office.edit(
                desk,
                session,
                typed.person_id,
                profile,
                seen_ver=typed.seen_ver,
                lead=typed.is_lead,
                level=level,
            )
        )
        return self._staff(None)

    def reset_pin(self, person_id: PersonId) -> StaffState:
        """Give a one-time PIN."""
        pin = self._done(staff_office.reset_pin(self._port.desk, self._port.session, person_id))
        return self._staff(OneTimePin(self._name(person_id), pin))

    def dismiss(self, person_id: PersonId, reason: str) -> StaffState:
        """Dismiss a person."""
        self._done(staff_office.dismiss(self._port.desk, self._port.session, person_id, reason))
        return self._staff(None)

    def take_back(self, person_id: PersonId) -> StaffState:
        """Take a dismissed person on again."""
        pin = self._done(staff_office.take_back(self._port.desk, self._port.session, person_id))
        return self._staff(OneTimePin(self._name(person_id), pin))

    def _name(self, person_id: PersonId) -> str:
        people = staff_office.view(self._port.desk, self._port.session).people
        return next((row.short_name for row in people if row.id == person_id), "")

    # ------------------------------------------------------------------ places

    def places(self) -> PlacesState:
        """Return what this counter knows."""
        return self._places({})

    def ask_lags(self) -> PlacesState:
        """Return it with what the centre says; waits for the network."""
        return self._places(places_office.lags(self._port.desk, self._port.session))

    def _places(self, lags: dict[str, CounterLag], code: str = "") -> PlacesState:
        view = places_office.view(self._port.desk, self._port.session)
        names = {d.id: d.name_ru if self._is_russian else d.name_en for d in view.departments}
        return PlacesState(
            departments=tuple(
                DepartmentLine(d.id, d.store_id, d.code, d.name_ru, d.name_en, d.ver) for d in view.departments
            ),
            counters=tuple(_counter(c, names.get(c.department_id, ""), lags.get(c.code)) for c in view.counters),
            choices=tuple(Choice(str(key), name) for key, name in names.items()),
            stores=tuple(Choice(str(key), name) for key, _, name in view.stores),
            may_edit=view.is_office,
            may_invite=bool(self._centre_url),
            now_ms=self._port.desk.clock.now_ms(),
            code=code,
        )

    def save_department(self, typed: TypedDepartment) -> PlacesState:
        """Add or rename a department."""
        self._done(
            places_office.put_department(
                self._port.desk,
                self._port.session,
                department_id=None if typed.department_id is None else DepartmentId(typed.department_id),
                store_id=StoreId(UUID(typed.store_id)),
                code=typed.code,
                name_ru=typed.name_ru,
                name_en=typed.name_en,
                seen_ver=typed.seen_ver,
            )
        )
        return self._places({})

    def save_counter(self, typed: TypedCounter) -> PlacesState:
        """Rename or move a counter."""
        self._done(
            places_office.put_counter(
                self._port.desk,
                self._port.session,
                typed.counter_id,
                name=typed.name,
                department_id=DepartmentId(UUID(typed.department_id)),
                seen_ver=typed.seen_ver,
            )
        )
        return self._places({})

    def invite(self, name: str, department_id: str) -> PlacesState:
        """Make a one-time code; waits for the network."""
        view = places_office.view(self._port.desk, self._port.session)
        chosen = next((d for d in view.departments if str(d.id) == department_id), None)
        code = places_office.invite(
            self._port.desk,
            self._port.session,
            self._centre_url,
            name=name,
            store_code="" if chosen is None else chosen.store_code,
            department_code="" if chosen is None else chosen.code,
        )
        return self._places({}, code)

    # ------------------------------------------------------------------ the rota

    def week(self, day: dt.date | None) -> RotaState:
        """Return the week of a day, of today when left out."""
        session = self._port.session
        view = rota.week(self._port.desk, session, day)
        return RotaState(
            monday=view.monday,
            today=view.today,
            lines=tuple(
                RotaLine(
                    line.person_id,
                    line.name,
                    tuple(None if one is None else (one.planned, one.worked) for one in line.days),
                    line.planned,
                    line.worked,
                    "bad" if line.person_id is None else "plain",
                )
                for line in view.lines
            ),
            without_account=view.without_account,
            may_edit=view.is_office and may(session, Act.MANAGE_STAFF),
        )

    def put_day(self, person_id: PersonId, day: dt.date, planned: str, worked: str) -> RotaState:
        """Type a person's day; return its week."""
        self._done(rota.put(self._port.desk, self._port.session, person_id, day, planned=planned, worked=worked))
        return self.week(day)


_GONE = Text(N_("does not work here"))


def _counter(row: CounterRow, department: str, lag: CounterLag | None) -> CounterLine:
    known = CounterLine(row.id, row.code, row.name, str(row.department_id), department, row.ver)
    if lag is None:
        return known
    alarm, tone = SILENT[lag.silence]
    return CounterLine(
        row.id,
        row.code,
        row.name,
        str(row.department_id),
        department,
        row.ver,
        seen_ms=lag.seen_ms,
        is_known=True,
        state=alarm if alarm.message else Text(STATES[lag.state]),
        tone=tone if lag.state == "live" else "bad",
    )
