"""The exchange as a manager sees it: every counter's lag, what was put aside and why, and what can be done about it.

Law: what was put aside stays as evidence; a correction is a new operation that stands for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.silence import Silence, silence
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import exchange
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.exchange import Standing
from crosssell_desktop.store import exchange_rows
from crosssell_desktop.store.journal import Correction
from crosssell_desktop.store.queries import exchange_view
from crosssell_desktop.sync import transport
from crosssell_desktop.sync.tables import BY_TABLE

REASONS: tuple[tuple[str, str], ...] = (
    ("known already by another", N_("The centre has this already, from another operation.")),
    ("a counter may not write", N_("A counter may not change this; only the office may.")),
    ("of another counter", N_("It speaks for another counter.")),
    ("schema version", N_("The centre's program is older than this one. Upgrade it, and it is taken in.")),
    ("is not known here", N_("The centre's program is older than this one. Upgrade it, and it is taken in.")),
    ("has no rows", N_("It says nothing the centre could keep.")),
    ("cannot be read", N_("It holds signs that the centre cannot keep.")),
    ("belongs to another operation", N_("Its number belongs to another operation.")),
    ("23502", N_("A value that must be there is missing.")),
    ("23505", N_("Something with the same code is at the centre already.")),
    ("22", N_("A value has a form that the centre cannot keep.")),
)
"""Signs in the centre's reason, the first that is found counts, and what it means to a person."""


@dataclass(frozen=True, slots=True)
class CounterLag:
    """How one counter stands; ``seen_ms`` is None when it was never heard; ``lost`` counts ranges never sent."""

    name: str
    kind: str
    state: str
    seen_ms: int | None
    silence: Silence
    operations: int
    set_aside: int
    lost: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """An operation that was put aside: whose, what, why in words, and its rows as a person can edit them."""

    op_id: UUID
    counter: str
    kind: str
    reason: Text
    rows: str
    at_ms: int
    resent: bool


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """The whole screen; ``counters`` is empty until the centre was asked."""

    standing: Standing
    silence: Silence
    set_aside: tuple[SetAside, ...]
    not_applied: tuple[exchange_view.NotApplied, ...]
    rounds: tuple[exchange_view.Round, ...]
    counters: tuple[CounterLag, ...] = ()


def reason_of(error: str) -> Text:
    """Return in words why the centre put something aside."""
    for sign, words in REASONS:
        if error.startswith(sign) if sign.isdecimal() else sign in error:
            return Text(words)
    return Text(N_("The centre refused it: {error}"), {"error": error[:200]})


def view(desk: Desk, session: Session) -> ExchangeView:
    """Return what this counter's own file knows.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.MANAGE_EXCHANGE)
    standing = exchange.standing(desk)
    with desk.look() as connection:
        ours = exchange_view.put_aside(connection)
        downs = exchange_view.not_applied(connection)
        rounds = exchange_view.rounds(connection)
    quiet_ms = 0 if standing.last_at is None else desk.clock.now_ms() - standing.last_at
    return ExchangeView(
        standing,
        silence(quiet_ms),
        tuple(
            SetAside(x.op_id, desk.me.prefix, x.kind, reason_of(x.error), editable(x.body), x.at, x.resent)
            for x in ours
        ),
        downs,
        rounds,
    )


def _ours(x: exchange_view.PutAside, counter: str) -> SetAside:
    return SetAside(x.op_id, counter, x.kind, reason_of(x.error), editable(x.body), x.at, x.resent)


def ask_centre(desk: Desk, session: Session) -> ExchangeView:
    """Return the same with what the centre says: of all counters for the office, of itself for a counter.

    It waits for the network: never on a lane where a sale waits.

    Raises:
        Refusal: ``not_allowed``, ``no_centre``.
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
    """
    here = view(desk, session)
    told = transport.standing_of(exchange.link_of(desk))
    now_ms = int(told["now_ms"])
    counters = tuple(
        CounterLag(
            name=str(c["name"]),
            kind=str(c["kind"]),
            state=str(c["state"]),
            seen_ms=c["seen_ms"],
            silence=silence(now_ms - (c["seen_ms"] or c["enrolled_ms"])) if c["state"] == "live" else "",
            operations=int(c["operations"]),
            set_aside=int(c["quarantined"]),
            lost=len(c["lost"]),
        )
        for c in told["counters"]
    )
    known = {x.op_id for x in here.set_aside}
    others = tuple(
        SetAside(
            UUID(x["op_id"]),
            str(x["counter"]),
            str(x["kind"]),
            reason_of(str(x["error"])),
            editable(str(x["body"] or "")),
            int(x["at_ms"]),
            bool(x["resent"]),
        )
        for x in told["set_aside"]
        if UUID(x["op_id"]) not in known
    )
    return replace(here, counters=counters, set_aside=(*here.set_aside, *others))


def editable(body: str) -> str:
    """Return the rows of an operation as JSON on lines of its own; as it is when it cannot be read."""
    try:
        return json.dumps(json.loads(body)["rows"], ensure_ascii=False, indent=2, sort_keys=True)
    except (ValueError, KeyError, TypeError):
        return body


def send_again(desk: Desk, session: Session, item: SetAside, rows: str) -> Outcome[UUID]:
    """Send what was put aside again, as it was corrected: a new operation that stands for the other.

    Raises:
        Refusal: ``not_allowed``, ``already_resent``, ``bad_rows`` with what is wrong.
    """
    require(session, Act.MANAGE_EXCHANGE)
    read = _read_rows(rows)
    with desk.begin() as work:
        if any(x.op_id == item.op_id and x.resent for x in exchange_view.put_aside(work.connection)) or item.resent:
            raise Refusal("already_resent", Text(N_("This was sent again already.")))
        ver = work.tick()
        fresh = {name: [{**row, "ver": ver} if "ver" in row else row for row in some] for name, some in read.items()}
        made = work.correct(Correction(item.kind, fresh, item.op_id, session.person_id))
        exchange_view.mark_resent(work.connection, item.op_id, made)
    return Outcome(made, frozenset({Change.SYNC}))


def _read_rows(text: str) -> dict[str, list[dict[str, Any]]]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise _bad(str(error)) from error
    if not isinstance(told, Mapping) or not told:
        raise _bad("{…}")
    read: dict[str, list[dict[str, Any]]] = {}
    for name, some in told.items():
        if name not in BY_TABLE or not isinstance(some, list):
            raise _bad(str(name))
        for row in some:
            unknown = (
                sorted(set(row) - set(exchange_rows.column_names(name))) if isinstance(row, Mapping) else [str(row)]
            )
            if unknown or "id" not in row:
                raise _bad(f"{name}: {', '.join(unknown) or 'id'}")
        try:
            read[name] = [exchange_rows.typed(name, row) for row in some]
        except (ValueError, AttributeError, TypeError) as error:
            raise _bad(f"{name}: {error}") from error
    return read


def _bad(detail: str) -> Refusal:
    return Refusal("bad_rows", Text(N_("These rows cannot be sent: {detail}"), {"detail": detail[:200]}))


def fetch_anew(desk: Desk, session: Session) -> Outcome[None]:
    """Forget how far the centre was heard, so that the next round fetches everything; what is unsent stays.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.MANAGE_EXCHANGE)
    with desk.database.write() as connection:
        exchange_rows.drop_cursors(connection)
    return Outcome(None, frozenset({Change.SYNC}))
