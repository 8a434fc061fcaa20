"""What stands around every screen of a counter: who may log in, who works, which places are open, how the centre is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosssell_desktop.domain.access import ALLOWED, Act, Session, may
from crosssell_desktop.domain.format import day_and_month
from crosssell_desktop.domain.lease import Stage
from crosssell_desktop.domain.silence import silence
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.presenters import desk_words
from crosssell_desktop.presenters.exchange import SILENT
from crosssell_desktop.presenters.office import pages_of
from crosssell_desktop.presenters.state import PersonChoice, Place, ShiftHeader, SyncStrip
from crosssell_desktop.services import exchange, lease, login, passes, pins, shifts, staff

if TYPE_CHECKING:
    from crosssell_desktop.services.desk import Desk

STALE_MS = 24 * 3_600_000
LOCKED = Text(
    N_(
        "Customers' data are locked: this counter has not reached the centre for too long. Products are found and sold "
        "as ever; connect to the centre, and everything is back."
    )
)


def choices(desk: Desk, speaker: Translator) -> tuple[PersonChoice, ...]:
    """Return who may log in here."""
    ru = speaker.language == "ru"
    return tuple(
        PersonChoice(
            p.id,
            p.short_name,
            desk_words.role_at(p.level, p.department_ru if ru else p.department_en),
            needs_password=p.proves_by == "password",
            chooses_password=pins.kind_for(p.level) == "password",
            badge=p.badge or "",
        )
        for p in login.people_here(desk)
        if p.has_pin
    )


def notice(desk: Desk, session: Session) -> Text | None:
    """Return what a person is told at log-in: that their PIN was in use elsewhere a moment ago (A38)."""
    counters = ", ".join(login.elsewhere(desk, session.person_id))
    if not counters:
        return None
    return Text(
        N_("Your PIN was in use a moment ago at: {counters}. If that was not you, change the PIN."),
        {"counters": counters},
    )


def header(desk: Desk, session: Session | None, speaker: Translator) -> ShiftHeader:
    """Return shift, person and place."""
    shift = shifts.current_shift(desk)
    place = staff.place(desk)
    names = staff.short_names(desk)
    ru = speaker.language == "ru"
    waiting = 0
    if session is not None:
        waiting = sum(1 for p in passes.to_us(desk, session) if p.state == "sent")
    return ShiftHeader(
        shift_id=None if shift is None else shift.id,
        number=0 if shift is None else shift.number,
        person="" if session is None else session.short_name,
        person_id=None if session is None else session.person_id,
        responsible="" if shift is None or shift.responsible_id is None else names.get(shift.responsible_id, ""),
        counter=place.counter,
        store=place.store,
        department=place.department_ru if ru else place.department_en,
        now_ms=desk.clock.now_ms(),
        passes_waiting=waiting,
        places=_places(session),
        office_pages=pages_of(session),
        openers=_openers(desk) if shift is None else (),
    )


def _places(session: Session | None) -> tuple[Place, ...]:
    """Return the places the person's role opens; the counter is there for everybody."""
    acts = ((Place.PASSES, Act.PASS_ON), (Place.SHIFT, Act.OPEN_SHIFT))
    office = (Place.OFFICE,) if pages_of(session) else ()
    return (Place.COUNTER, *(place for place, act in acts if session is not None and may(session, act)), *office)


def _openers(desk: Desk) -> tuple[str, ...]:
    return tuple(p.short_name for p in login.people_here(desk) if p.level in ALLOWED[Act.OPEN_SHIFT])


def strip(desk: Desk, speaker: Translator, *, is_centre_away: bool) -> SyncStrip:
    """Return how the counter stands with the centre."""
    now = desk.clock.now_ms()
    standing = exchange.standing(desk)
    quiet = "" if standing.last_at is None else silence(now - standing.last_at)
    trouble = _of_lease(desk, speaker) or (SILENT[quiet][0] if quiet else None)
    return SyncStrip(
        unsent=standing.unsent,
        oldest_at_ms=standing.oldest_at,
        last_at_ms=standing.last_at,
        quarantined=standing.quarantined,
        prices_at_ms=standing.last_at,
        online=not is_centre_away and not standing.last_error,
        trouble=trouble,
        prices_stale=standing.last_at is not None and now - standing.last_at > STALE_MS,
    )


def _of_lease(desk: Desk, speaker: Translator) -> Text | None:
    """Return what is said of customers' data while the lease runs out, and after it: what, since when, what to do."""
    now = lease.standing(desk)
    if now.stage is Stage.WARN:
        return Text(
            N_("customers' data will be locked in {days} d.: connect to the centre"),
            {"days": max(now.terms.lock_days - now.days, 1)},
        )
    if not now.stage.is_closed:
        return None
    at_ms = now.closed_at or desk.clock.now_ms()
    since = day_and_month(at_ms, speaker.language, staff.utc_offset_minutes(desk))
    said = {
        Stage.LOCKED: N_("customers' data locked since {day}: connect to the centre"),
        Stage.ERASED: N_("customers' data locked since {day} and erased here: they come back from the centre"),
    }
    return Text(said[now.stage], {"day": since})
