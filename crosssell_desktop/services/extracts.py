"""What is kept of a person, told to that person as paper and as JSON; and the paper that it was destroyed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.reports.people_papers import ErasureActData, ExtractData, Section
from crosssell_desktop.reports.registry import make_paper
from crosssell_desktop.services import access_log, lease, staff
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.erasure import GROUNDS, Erased
from crosssell_desktop.services.reporting import fonts
from crosssell_desktop.store import people, unit
from crosssell_desktop.store.queries import extracts

HIDDEN = frozenset({"ver", "stamps", "hlc", "base_hlc", "session_id", "_scope"})
"""Columns of the exchange, which say nothing of the person."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The same extract twice: for a machine, and as paper."""

    json: str
    pdf: bytes


def subject_extract(desk: Desk, session: Session, customer_id: CustomerId, *, speaker: Translator) -> Outcome[Extract]:
    """Return everything that is kept of a person, over all merged cards; that it was told is recorded.

    Raises:
        Refusal: ``not_allowed``, ``no_such_customer``, ``people_locked``.
    """
    require(session, Act.SUBJECT_EXTRACT)
    with desk.begin_by(session) as work:
        lease.require_open(work.connection, desk)
        found = extracts.everything_of(work.connection, customer_id)
        if not found.get("customer"):
            raise Refusal("no_such_customer", Text(N_("This customer's card has not reached this counter yet.")))
        access_log.note(work, session, customer_id, "extract", "subject_asked")
        data = _data(work, desk, found)
    told = json.dumps(
        {"made_at": data.generated_at_ms, "tables": found}, ensure_ascii=False, indent=1, default=str, sort_keys=True
    )
    pdf = make_paper(data, fonts(), Voice(speaker, data.utc_offset_minutes, {}))
    return Outcome(Extract(told, pdf), frozenset({Change.SYNC}))


def _data(work: unit.Unit, desk: Desk, found: dict[str, list[dict[str, Any]]]) -> ExtractData:
    place = people.place_of(work.connection, desk.me.counter_id)
    sections = tuple(
        Section(
            table,
            tuple(
                tuple(
                    (name, str(value)) for name, value in row.items() if name not in HIDDEN and value not in {None, ""}
                )
                for row in rows
            ),
        )
        for table, rows in found.items()
        if rows
    )
    return ExtractData(
        company=place.company if place else "",
        store=place.store if place else "",
        subject=str(found["customer"][0]["display_name"]),
        sections=sections,
        generated_at_ms=work.now_ms,
        utc_offset_minutes=staff.utc_offset_minutes(desk),
    )


def erasure_act(desk: Desk, session: Session, done: Erased, *, speaker: Translator) -> bytes:
    """Return the act of a destruction as PDF.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.EXECUTE_ERASURE)
    with desk.look() as connection:
        place = people.place_of(connection, desk.me.counter_id)
    data = ErasureActData(
        company=place.company if place else "",
        store=place.store if place else "",
        act_no=done.act_no,
        ids=tuple(str(one) for one in done.customer_ids),
        ground=Text(GROUNDS[done.ground]),
        asked_at_ms=done.asked_at,
        approved_at_ms=done.approved_at,
        erased_at_ms=done.at,
        counts=done.counts,
        executor=session.short_name,
        generated_at_ms=desk.clock.now_ms(),
        utc_offset_minutes=staff.utc_offset_minutes(desk),
    )
    return make_paper(data, fonts(), Voice(speaker, data.utc_offset_minutes, {}))
