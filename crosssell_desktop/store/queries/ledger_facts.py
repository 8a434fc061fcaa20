"""The facts the ledger computes from: paid lines, passes and returns, in the ledger's own words."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import (
    CategoryId,
    CustomerId,
    DepartmentId,
    LineId,
    PassId,
    PersonId,
    ProductId,
    ReceiptId,
    ReturnId,
)
from crosssell_desktop.domain.spoken import unpack
from crosssell_desktop.ledger.credit import CreditEntry, LineCredit, LinePool
from crosssell_desktop.ledger.facts import LineFacts, PassFacts, ReturnFacts
from crosssell_desktop.ledger.policy import AssistPolicy
from crosssell_desktop.store.schema.ledger import credit_entry, credit_policy
from crosssell_desktop.store.schema.places import person
from crosssell_desktop.store.schema.selling import pass_, pass_event, return_, return_line, sale, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

WINDOW_DAYS = 40
"""The longest window a policy may have."""


_POLICIES = select(credit_policy).order_by(credit_policy.c.number)
_DEPARTMENTS = select(person.c.id, person.c.department_id)


def policies(connection: Connection) -> tuple[AssistPolicy, ...]:
    """Return every version of the scheme; the default when none was published yet."""
    rows = connection.execute(_POLICIES).all()
    if not rows:
        return (AssistPolicy(),)
    return tuple(_policy(row.number, row.valid_from, row.numbers) for row in rows)


def _policy(number: int, valid_from: int, numbers: dict[str, Any]) -> AssistPolicy:
    known = {f.name for f in dataclasses.fields(AssistPolicy)} - {"version", "valid_from_ms"}
    values: dict[str, Any] = {}
    for name, value in numbers.items():
        if name == "category_rates_bps":
            values[name] = tuple((CategoryId(UUID(key)), rate) for key, rate in value)
        elif name in known:
            values[name] = tuple(value) if isinstance(value, list) else value
    return AssistPolicy(version=number, valid_from_ms=valid_from, **values)


def category_paths(connection: Connection) -> dict[CategoryId, tuple[CategoryId, ...]]:
    """Return every category with its ancestors, itself first."""
    # The raw driver: hundreds of rows at every scan that only make the key.
    raw = connection.connection.driver_connection
    return _paths(tuple(raw.execute("SELECT id, parent_id FROM category").fetchall()))  # type: ignore[union-attr]


@functools.lru_cache(maxsize=4)
def _paths(rows: tuple[tuple[Any, ...], ...]) -> dict[CategoryId, tuple[CategoryId, ...]]:
    """Work the tree out once; the key is the whole tree, so that a changed one is worked out anew."""
    parents = {UUID(bytes=one): None if parent is None else UUID(bytes=parent) for one, parent in rows}
    paths: dict[CategoryId, tuple[CategoryId, ...]] = {}
    for start in parents:
        path: list[CategoryId] = []
        at: UUID | None = start
        while at is not None and at in parents and at not in path:
            path.append(CategoryId(at))
            at = parents[at]
        paths[CategoryId(start)] = tuple(path)
    return paths


def departments_of_people(connection: Connection) -> dict[PersonId, DepartmentId]:
    """Return in which department each person works."""
    return {PersonId(row.id): DepartmentId(row.department_id) for row in connection.execute(_DEPARTMENTS)}


_PASSES = (
    select(pass_)
    .where(
        or_(
            pass_.c.customer_id == bindparam("customer"),
            pass_.c.id.in_(
                select(pass_event.c.pass_id).where(
                    pass_event.c.customer_id == bindparam("customer"), pass_event.c.event == "accepted"
                )
            ),
            pass_.c.code.in_(bindparam("codes", expanding=True)),
        ),
        pass_.c.made_at >= bindparam("since"),
    )
    .order_by(pass_.c.made_at)
)


def passes_for(
    connection: Connection, *, customer_id: CustomerId | None, codes: Sequence[str], now_ms: int
) -> tuple[PassFacts, ...]:
    """Return the passes that may concern a customer or the slips shown, void ones marked."""
    if customer_id is None and not codes:
        return ()
    asked = {"customer": customer_id, "codes": list(codes), "since": now_ms - WINDOW_DAYS * DAY_MS}
    rows = connection.execute(_PASSES, asked).all()
    return _pass_facts(connection, rows, customer_id)


def all_passes(connection: Connection) -> tuple[PassFacts, ...]:
    """Return every pass known here; for a full recompute."""
    return _pass_facts(connection, connection.execute(select(pass_)).all(), None)


def _pass_facts(connection: Connection, rows: Sequence[Any], customer_id: CustomerId | None) -> tuple[PassFacts, ...]:
    ids = [row.id for row in rows]
    events = connection.execute(select(pass_event).where(pass_event.c.pass_id.in_(ids))).all() if ids else []
    void = {e.pass_id for e in events if e.event in {"void", "declined"}}
    bound = {e.pass_id: e.customer_id for e in events if e.event == "accepted" and e.customer_id is not None}
    return tuple(
        PassFacts(
            pass_id=PassId(row.id),
            kind=row.kind,
            from_person_id=PersonId(row.person_id),
            from_department_id=DepartmentId(row.from_department_id),
            created_at_ms=row.made_at,
            to_department_id=DepartmentId(row.to_department_id),
            to_person_id=None if row.to_person_id is None else PersonId(row.to_person_id),
            customer_id=_customer(row.customer_id or bound.get(row.id) or (customer_id if row.id in bound else None)),
            code=row.code,
            product_id=None if row.product_id is None else ProductId(row.product_id),
            category_id=None if row.category_id is None else CategoryId(row.category_id),
            is_void=row.id in void,
        )
        for row in rows
    )


def _customer(value: UUID | None) -> CustomerId | None:
    return None if value is None else CustomerId(value)


def lines_beside(
    connection: Connection, customer_ids: Iterable[CustomerId], codes: Iterable[str], *, since_ms: int
) -> tuple[LineFacts, ...]:
    """Return what customers, told by card or by the slip they showed, bought anywhere since a time.

    These lines may break the chain of a pass.
    """
    by_slip = (
        select(pass_event.c.receipt_id)
        .join(pass_, pass_.c.id == pass_event.c.pass_id)
        .where(pass_.c.code.in_(list(codes)), pass_event.c.event == "matched")
    )
    theirs = or_(sale.c.customer_id.in_(list(customer_ids)), sale.c.id.in_(by_slip))
    rows = connection.execute(_lines().where(theirs, sale.c.made_at >= since_ms)).all()
    return _line_facts(connection, rows)


def lines_of_sale(connection: Connection, sale_id: ReceiptId) -> tuple[LineFacts, ...]:
    """Return the lines of one sale."""
    return _line_facts(connection, connection.execute(_lines().where(sale.c.id == sale_id)).all())


def all_lines(connection: Connection) -> tuple[LineFacts, ...]:
    """Return every line sold that is known here; for a full recompute."""
    return _line_facts(connection, connection.execute(_lines()).all())


def _lines() -> Any:
    return (
        select(sale_line, sale.c.customer_id, sale.c.counter_id, pass_event.c.pass_id, pass_.c.code.label("pass_code"))
        .join(sale, sale.c.id == sale_line.c.sale_id)
        .outerjoin(pass_event, (pass_event.c.receipt_id == sale.c.id) & (pass_event.c.event == "matched"))
        .outerjoin(pass_, pass_.c.id == pass_event.c.pass_id)
        .order_by(sale_line.c.added_at, sale_line.c.id)
    )


def _line_facts(connection: Connection, rows: Sequence[Any]) -> tuple[LineFacts, ...]:
    paths = category_paths(connection)
    departments = departments_of_people(connection)
    by_line: dict[UUID, LineFacts] = {}
    for row in rows:
        known = by_line.get(row.id)
        codes = () if row.pass_code is None else (row.pass_code,)
        if known is not None:
            by_line[row.id] = dataclasses.replace(known, pass_codes=tuple(sorted({*known.pass_codes, *codes})))
            continue
        by_line[row.id] = LineFacts(
            line_id=LineId(row.id),
            receipt_id=ReceiptId(row.sale_id),
            closer_id=PersonId(row.added_by),
            closer_department_id=departments.get(PersonId(row.added_by), DepartmentId(row.department_id)),
            product_id=ProductId(row.product_id),
            category_ids=paths.get(CategoryId(row.category_id), (CategoryId(row.category_id),)),
            role=row.role,
            amount_minor=row.amount_minor,
            vat_bps=row.vat_bps,
            added_at_ms=row.added_at,
            customer_id=_customer(row.customer_id),
            pass_codes=codes,
        )
    return tuple(by_line.values())


def returns_of_lines(connection: Connection, line_ids: Iterable[UUID]) -> tuple[ReturnFacts, ...]:
    """Return what was given back of some lines."""
    wanted = list(line_ids)
    return _return_facts(connection.execute(_returns().where(return_line.c.sale_line_id.in_(wanted))).all())


def all_returns(connection: Connection) -> tuple[ReturnFacts, ...]:
    """Return everything given back that is known here; for a full recompute."""
    return _return_facts(connection.execute(_returns()).all())


def _returns() -> Any:
    return select(return_line, return_.c.made_at, return_.c.reason).join(
        return_, return_.c.id == return_line.c.return_id
    )


def _return_facts(rows: Sequence[Any]) -> tuple[ReturnFacts, ...]:
    return tuple(
        ReturnFacts(
            return_id=ReturnId(row.return_id),
            line_id=LineId(row.sale_line_id),
            returned_minor=row.amount_minor,
            at_ms=row.made_at,
            is_felt_pushed=row.reason == "felt_pushed",
            is_same_product_exchange=row.reason == "same_product_exchange",
        )
        for row in rows
        if row.amount_minor  # a part worth less than half a kopeck gives nothing back, so it takes nothing
    )


def entry_ids_of_lines(connection: Connection, line_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return the ids of the entries already written for some lines."""
    wanted = list(line_ids)
    return frozenset(
        connection.execute(select(credit_entry.c.id).where(credit_entry.c.sale_line_id.in_(wanted))).scalars()
    )


def earned_of_sale(connection: Connection, sale_id: ReceiptId) -> tuple[tuple[str, int], ...]:
    """Return role and amount of every entry a sale earned."""
    rows = connection.execute(
        select(credit_entry.c.role, credit_entry.c.amount_minor)
        .join(sale_line, sale_line.c.id == credit_entry.c.sale_line_id)
        .where(sale_line.c.sale_id == sale_id, credit_entry.c.kind == "earn")
    )
    return tuple((row.role, row.amount_minor) for row in rows)


def written_credits(connection: Connection, line_ids: Iterable[LineId]) -> dict[LineId, LineCredit]:
    """Return what was written as earned on some lines, as the ledger proposed it then; no line without entries."""
    versions = {policy.version: policy for policy in policies(connection)}
    rows = connection.execute(
        select(credit_entry, sale_line.c.added_at, pass_.c.made_at.label("passed_at"))
        .join(sale_line, sale_line.c.id == credit_entry.c.sale_line_id)
        .outerjoin(pass_, pass_.c.id == credit_entry.c.pass_id)
        .where(credit_entry.c.sale_line_id.in_(list(line_ids)), credit_entry.c.kind == "earn")
        .order_by(credit_entry.c.role, credit_entry.c.id)
    ).all()
    entries: dict[LineId, list[CreditEntry]] = defaultdict(list)
    pools: dict[LineId, LinePool] = {}
    for row in rows:
        line_id = LineId(row.sale_line_id)
        pools[line_id] = LinePool(line_id, row.base_minor, 0, row.pool_minor, 0, row.pool_minor, row.policy_version)
        entries[line_id].append(
            CreditEntry(
                line_id=line_id,
                person_id=PersonId(row.beneficiary_id),
                role=row.role,
                kind="earn",
                amount_minor=row.amount_minor,
                weight_bps=row.weight_bps,
                policy_version=row.policy_version,
                at_ms=row.added_at,
                vests_at_ms=versions.get(row.policy_version, AssistPolicy()).vests_at_ms(row.added_at),
                explain=unpack(json.dumps(row.explain)),
                pass_id=None if row.pass_id is None else PassId(row.pass_id),
                passed_at_ms=row.passed_at or 0,
            )
        )
    return {line_id: LineCredit(pool, (), tuple(entries[line_id])) for line_id, pool in pools.items()}


def explain_json(packed: str) -> Any:
    """Return a packed text as the JSON column takes it."""
    return json.loads(packed)
