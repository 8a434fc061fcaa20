"""Departments and counters as the office keeps them, and the way a new counter gets its one-time code."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crosssell_desktop.domain.access import Act, Level, Session, may, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import DepartmentId, StoreId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import enrolment, exchange_office
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.exchange_office import CounterLag
from crosssell_desktop.services.staff_office import is_office, require_office
from crosssell_desktop.store.queries import staff as rows
from crosssell_desktop.store.queries.staff import CounterRow, DepartmentRow

NAME_MOST = 80
CODE_MOST = 20
CODE_MINUTES = 15
_CHANGED = frozenset({Change.PEOPLE, Change.SYNC})


@dataclass(frozen=True, slots=True)
class PlacesView:
    """What the screen shows; ``lags`` by the counter's name, empty until the centre was asked."""

    stores: tuple[tuple[StoreId, str, str], ...]
    departments: tuple[DepartmentRow, ...]
    counters: tuple[CounterRow, ...]
    is_office: bool
    lags: dict[str, CounterLag]


def view(desk: Desk, session: Session) -> PlacesView:
    """Return the places this counter knows: of the own store, or of all for the data administrator.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.MANAGE_PLACES)
    with desk.look() as connection:
        stores, departments, counters = rows.stores(connection), rows.departments(connection), rows.counters(connection)
        office = is_office(connection)
    if session.level is not Level.DATA_ADMIN:
        stores = tuple(s for s in stores if s[0] == session.store_id)
        departments = tuple(d for d in departments if d.store_id == session.store_id)
        counters = tuple(c for c in counters if c.store_id == session.store_id)
    return PlacesView(stores, departments, counters, office, {})


def lags(desk: Desk, session: Session) -> dict[str, CounterLag]:
    """Return how each counter stands with the centre, by its name; waits for the network.

    Raises:
        Refusal: ``not_allowed``, ``no_centre``.
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
    """
    if not may(session, Act.MANAGE_EXCHANGE):
        return {}
    return {lag.name: lag for lag in exchange_office.ask_centre(desk, session).counters}


def put_department(
    desk: Desk,
    session: Session,
    *,
    department_id: DepartmentId | None,
    store_id: StoreId,
    code: str,
    name_ru: str,
    name_en: str,
    seen_ver: int = 0,
) -> Outcome[DepartmentId]:
    """Add a department, or rename one; a code stays what it is, for enrolment and imports name it.

    Raises:
        Refusal: ``not_allowed``, ``not_office``, ``not_his_store``, ``bad_name``, ``bad_code``, ``code_taken``,
            ``unknown_department``, ``changed_meanwhile``.
    """
    require(session, Act.MANAGE_PLACES)
    _require_store(session, store_id)
    names = tuple(_name(one) for one in (name_ru, name_en or name_ru))
    with desk.begin_by(session) as work:
        require_office(work.connection)
        known = rows.departments(work.connection)
        found = next((d for d in known if d.id == department_id), None)
        if department_id is not None and (found is None or found.store_id != store_id):
            raise Refusal("unknown_department", Text(N_("Choose a department.")))
        if found is not None and found.ver != seen_ver:
            raise _changed()
        key = found.code if found is not None else code.strip()
        if found is None:
            _check_code(key, {d.code for d in known if d.store_id == store_id})
        made = DepartmentId(work.new_id()) if found is None else found.id
        row = {
            "id": made,
            "store_id": store_id,
            "code": key,
            "name_ru": names[0],
            "name_en": names[1],
            "ver": work.tick(),
        }
        work.record("department_changed", {"department": [row]})
    return Outcome(made, _CHANGED)


def put_counter(
    desk: Desk, session: Session, counter_id: UUID, *, name: str, department_id: DepartmentId, seen_ver: int
) -> Outcome[None]:
    """Rename a counter or set it into another department of its store; the prefix of its numbers stays.

    Raises:
        Refusal: ``not_allowed``, ``not_office``, ``not_his_store``, ``bad_name``, ``unknown_counter``,
            ``unknown_department``, ``changed_meanwhile``.
    """
    require(session, Act.MANAGE_PLACES)
    with desk.begin_by(session) as work:
        require_office(work.connection)
        row = rows.counter_row(work.connection, counter_id)
        if row is None:
            raise Refusal("unknown_counter", Text(N_("No such counter is enrolled at the centre.")))
        _require_store(session, row["store_id"])
        if row["ver"] != seen_ver:
            raise _changed()
        departments = {d.id for d in rows.departments(work.connection) if d.store_id == row["store_id"]}
        if department_id not in departments:
            raise Refusal("unknown_department", Text(N_("Choose a department.")))
        fresh = {**row, "name": _name(name), "department_id": department_id, "ver": work.tick()}
        work.record("counter_changed", {"counter": [fresh]})
    return Outcome(None, _CHANGED)


def invite(desk: Desk, session: Session, url: str, *, name: str, store_code: str, department_code: str) -> str:
    """Return a one-time code by which another computer joins as a counter; waits for the network.

    Args:
        desk: the office's.
        session: who asks.
        url: the administrator's way to the centre; empty where this computer has none.
        name: the counter's, which begins its receipt numbers.
        store_code: of its store.
        department_code: of its department.

    Raises:
        Refusal: ``not_allowed``, ``not_his_store``, ``no_admin_way`` with what to do instead, and those of
            :func:`crosssell_desktop.services.enrolment.invite`.
    """
    require(session, Act.MANAGE_PLACES)
    with desk.look() as connection:
        store = next((s for s in rows.stores(connection) if s[1] == store_code), None)
    if store is not None:
        _require_store(session, store[0])
    if not url:
        raise Refusal("no_admin_way", how_to(name, store_code, department_code))
    return enrolment.invite(
        url,
        name,
        store_code=store_code,
        department_code=department_code,
        minutes=CODE_MINUTES,
        clock=desk.clock,
        ids=desk.ids,
    )


def how_to(name: str, store_code: str, department_code: str) -> Text:
    """Return how a counter is enrolled from where the administrator's way to the centre is known."""
    return Text(
        N_(
            "Who runs the centre makes the code: crosssell centre enrol {name} --store {store} "
            "--department {department} --url … On the new computer: crosssell centre join CODE"
        ),
        {"name": name or "K3", "store": store_code, "department": department_code},
    )


def _require_store(session: Session, store_id: StoreId) -> None:
    if session.level is not Level.DATA_ADMIN and store_id != session.store_id:
        raise Refusal("not_his_store", Text(N_("This belongs to another store.")))


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > NAME_MOST or not name.isprintable():
        raise Refusal("bad_name", Text(N_("A name has 1 to {most} letters."), {"most": NAME_MOST}))
    return name


def _check_code(code: str, taken: set[str]) -> None:
    if not code or len(code) > CODE_MOST or not code.isprintable() or any(sign.isspace() for sign in code):
        raise Refusal("bad_code", Text(N_("A code has 1 to {most} signs without spaces."), {"most": CODE_MOST}))
    if code in taken:
        raise Refusal("code_taken", Text(N_("This store has a department {code} already."), {"code": code}))


def _changed() -> Refusal:
    return Refusal(
        "changed_meanwhile",
        Text(N_("Somebody else has just changed this. Look at it again and change it then.")),
    )
