"""Makes and keeps the centre: roles, schema by Alembic, enrolment, revocation, status, master data of the office.

Law: these acts need the administrator's URL; a counter's own role can do none of them. The URL is read once and every
other parameter is given, so the surroundings decide nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from sqlalchemy import create_engine

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.domain.silence import silence
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store.exchange_rows import Op
from crosssell_desktop.store.journal import SCHEMA_V, body_of, new_salt, op_hash
from crosssell_desktop.store.schema.base import canonical_json
from crosssell_desktop.sync.centre_ddl import kind_of, travelling_columns
from crosssell_desktop.sync.link import CentreAway, Link, is_this_machine
from crosssell_desktop.sync.tables import BY_TABLE, TRAVELS
from crosssell_desktop.sync.transport import PgTransport, connect, forget_environment, parameters
from crosssell_desktop.sync.wire import PushCall, encode_ops

OWNER = "crosssell_owner"
GROUP = "crosssell_counter"
JOINERS = "crosssell_join"
OLDEST_SERVER = 150_000
CONNECTIONS = 2
MASTER_ROWS = 500
"""Rows of master data in one operation: a page of the feed holds two of them."""

CursorScheme = Literal["horizon", "sequencer"]
"""``horizon`` needs PostgreSQL's transaction ids; ``sequencer`` needs nothing but row locks."""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class NewCounter:
    """A counter to enrol; an ``office`` may write master data too. ``store_id`` None hears the company only."""

    counter_id: UUID
    name: str
    store_id: UUID | None
    office: bool = False


@dataclass(frozen=True, slots=True)
class LostRange:
    """What a computer that is gone never sent: all from ``from_seq`` on, and receipts after ``known_receipt``.

    ``last_receipt`` is the last one that is known from paper, None when nobody could say.
    """

    incarnation: UUID
    from_seq: int
    last_ms: int
    known_receipt: int
    last_receipt: int | None


@dataclass(frozen=True, slots=True)
class CounterStatus:
    """How one counter stands, as the centre sees it; ``silence`` is empty, ``day``, ``week`` or ``month``."""

    counter_id: UUID
    name: str
    role: str
    kind: str
    state: str
    operations: int
    quarantined: int
    forks: int
    last_push_ms: int | None
    seen_ms: int | None
    silence: str
    lost: tuple[LostRange, ...]


@dataclass(frozen=True, slots=True)
class CentreStatus:
    """The centre at a glance; ``oldest_writer_s`` is how long an open writing transaction has held the horizon."""

    epoch: str
    revision: str
    server_version: int
    operations: int
    feed_rows: int
    conflicts: int
    oldest_writer_s: int
    counters: tuple[CounterStatus, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did; ``refused`` are reasons of operations that were put aside."""

    operations: int
    rows: int
    refused: tuple[str, ...]


def admin_link(url: str) -> Link:
    """Read an administrator's URL (``postgresql://user:password@host:port/dbname``).

    Raises:
        Refusal: ``bad_centre_url`` when it cannot be read, ``plain_text_refused`` when it would go unencrypted.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise Refusal(
            "bad_centre_url",
            Text(N_("The address of the centre cannot be read. It looks like postgresql://user@host:5432/shop.")),
        ) from error
    host = str(given.get("host") or "/var/run/postgresql")
    local = is_this_machine(host) and given.get("sslmode") in {None, "disable"}
    return Link(
        host=host,
        port=int(given.get("port") or 5432),
        dbname=str(given.get("dbname") or "postgres"),
        role=str(given.get("user") or "postgres"),
        password=str(given.get("password") or ""),
        tls="local" if local else "verify-full",
        root_cert=str(given.get("sslrootcert") or ""),
    )


def admin_connect(url: str) -> psycopg.Connection[TupleRow]:
    """Open an administrator's connection in AUTOCOMMIT.

    Raises:
        CentreAway, AccessRefused, Refusal: it cannot be reached, refuses, or is older than PostgreSQL 15.
    """
    link = admin_link(url)
    if link.tls == "local" and not link.password:
        # A socket of this machine may know us by the operating system's user; there is no password to protect.
        given = parameters(link)
        del given["require_auth"]
        forget_environment()
        try:
            connection = psycopg.connect(autocommit=True, **cast("dict[str, Any]", given))
        except psycopg.OperationalError as error:
            raise CentreAway(str(error)) from error
    else:
        connection = connect(link)
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        connection.close()
        raise Refusal(
            "centre_too_old",
            Text(
                N_("The centre needs PostgreSQL 15 or newer; this one is {version}."),
                {"version": version // 10_000},
            ),
        )
    return connection


# ------------------------------------------------------------------------------------------------ making it


def init(url: str, *, cursor: CursorScheme | None = None) -> str:
    """Make or upgrade the centre in an existing database; return its epoch. Doing it again changes nothing.

    ``cursor`` chooses how counters follow the feed, None leaves it as it is (``horizon`` at first); see
    ``docs/exchange.md``. A change makes every counter fetch anew.
    """
    with admin_connect(url) as connection:
        dbname = connection.info.dbname
        make_roles(connection)
        database = sql.Identifier(dbname)
        for statement in (
            "GRANT CREATE ON DATABASE {db} TO {owner}",
            "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        ):
            connection.execute(sql.SQL(statement).format(db=database, owner=sql.Identifier(OWNER)))
    _migrate(url)
    with admin_connect(url) as connection:
        if cursor is not None:
            connection.execute("SELECT sync.choose_cursor(%s)", (cursor,))
        return _epoch(connection)


def make_roles(connection: psycopg.Connection[TupleRow]) -> None:
    """Make the schema's owner and the counters' group, neither of which can log in."""
    for role in (OWNER, GROUP, JOINERS):
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    if not _one(connection, "SELECT pg_has_role(current_user, %s, 'MEMBER')", (OWNER,))[0]:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))


def _migrate(url: str) -> None:
    # Alembic is imported by those who make a centre only.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations" / "centre"))
    engine = create_engine("postgresql+psycopg://", creator=lambda: _transactional(url))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET ROLE {OWNER}")
            connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS sync")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _transactional(url: str) -> psycopg.Connection[TupleRow]:
    connection = admin_connect(url)
    connection.autocommit = False
    return connection


def keep_root(url: str, pem: str) -> None:
    """Keep the root certificate at the centre: a counter that joins gets it from there."""
    with admin_connect(url) as connection:
        connection.execute("UPDATE sync.centre SET root_cert = %s", (pem,))


def new_epoch(url: str) -> str:
    """Say that the centre begins a new life: the step after restoring it from a copy; return the new epoch.

    Every counter then sends again all it keeps and fetches everything anew.
    """
    with admin_connect(url) as connection:
        connection.execute("UPDATE sync.centre SET runbook = gen_random_uuid()")
        return _epoch(connection)


def _epoch(connection: psycopg.Connection[TupleRow]) -> str:
    return str(_one(connection, "SELECT sync.current_epoch()")[0])


def _one(connection: psycopg.Connection[TupleRow], query: LiteralString, values: Sequence[object] = ()) -> TupleRow:
    row = connection.execute(query, values).fetchone()
    if row is None:
        msg = "the centre gave no answer row"
        raise CentreAway(msg)
    return row


# ------------------------------------------------------------------------------------------------- counters


def enrol(url: str, counter: NewCounter) -> Link:
    """Give a counter its role and password; enrolling again gives a new password and lifts a revocation."""
    password = secrets.token_urlsafe(24)
    admin = admin_link(url)
    with admin_connect(url) as connection, connection.transaction():
        role = _role_name(connection, counter)
        _make_login(connection, role, password)
        store_scope = 0 if counter.store_id is None else _scope(connection, "store", counter.store_id)
        own_scope = _scope(connection, "counter", counter.counter_id)
        scopes = sorted({0, store_scope, own_scope})
        kind = "office" if counter.office else "counter"
        connection.execute(
            "INSERT INTO sync.counter (counter_id, role_name, name, kind, store_scope, own_scope, scopes)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (counter_id) DO UPDATE SET name = excluded.name,"
            " kind = excluded.kind, store_scope = excluded.store_scope, scopes = excluded.scopes, state = 'live'",
            (counter.counter_id, role, counter.name, kind, store_scope, own_scope, scopes),
        )
        # What the fences of the tables look up; the functions read the same from the counter's own row.
        connection.execute("DELETE FROM sync.scope_of WHERE role_name = %s", (role,))
        for scope in scopes:
            connection.execute("INSERT INTO sync.scope_of (role_name, scope) VALUES (%s, %s)", (role, scope))
    return replace(admin, role=role, password=password)


def _role_name(connection: psycopg.Connection[TupleRow], counter: NewCounter) -> str:
    known = connection.execute(
        "SELECT role_name FROM sync.counter WHERE counter_id = %s", (counter.counter_id,)
    ).fetchone()
    if known is not None:
        return str(known[0])
    # Roles belong to the whole server: the same counter in two databases of one server has two roles.
    runbook = _one(connection, "SELECT runbook FROM sync.centre")[0]
    return f"pos_{counter.counter_id.hex[-12:]}_{runbook.hex[:8]}"


def _make_login(connection: psycopg.Connection[TupleRow], role: str, password: str) -> None:
    name = sql.Identifier(role)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    # The password is turned into its SCRAM verifier here: the server and its log never see it.
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN INHERIT PASSWORD {}").format(name, sql.Literal(verifier)))
    limit_role(connection, role)


def limit_role(connection: psycopg.Connection[TupleRow], role: str) -> None:
    """Give a counter's role its limits of time and connections, the group's rights, and this database."""
    name = sql.Identifier(role)
    connection.execute(sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(name, sql.Literal(CONNECTIONS)))
    limits = {
        "plan_cache_mode": "force_generic_plan",
        "statement_timeout": "30s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "10s",
    }
    if connection.info.server_version >= 170_000:
        limits["transaction_timeout"] = "60s"
    for setting, value in limits.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
        )
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(GROUP), name))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(connection.info.dbname), name)
    )


def _scope(connection: psycopg.Connection[TupleRow], kind: str, id_: UUID) -> int:
    connection.execute("INSERT INTO sync.scope (kind, id) VALUES (%s, %s) ON CONFLICT DO NOTHING", (kind, id_))
    return int(_one(connection, "SELECT scope FROM sync.scope WHERE kind = %s AND id = %s", (kind, id_))[0])


@dataclass(frozen=True, slots=True)
class StorePlace:
    """A store the centre knows."""

    id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class DepartmentPlace:
    """A department of a store."""

    id: UUID
    store_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class CounterPlace:
    """A counter of a store, enrolled or not yet."""

    id: UUID
    store_id: UUID
    department_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where counters can stand."""

    stores: tuple[StorePlace, ...]
    departments: tuple[DepartmentPlace, ...]
    counters: tuple[CounterPlace, ...]


def places(url: str) -> Places:
    """Return the stores, departments and counters the centre knows."""
    with admin_connect(url) as connection:
        return Places(
            tuple(StorePlace(*row) for row in connection.execute("SELECT id, code FROM shop.store ORDER BY code")),
            tuple(
                DepartmentPlace(*row)
                for row in connection.execute("SELECT id, store_id, code FROM shop.department ORDER BY code")
            ),
            tuple(
                CounterPlace(*row)
                for row in connection.execute(
                    "SELECT id, store_id, department_id, code FROM shop.counter ORDER BY code"
                )
            ),
        )


def revoke(url: str, counter_id: UUID, *, is_lost: bool = False, last_receipt: int | None = None) -> None:
    """Take a counter's access at once: its next call fails, its live connection is cut, it cannot log in again.

    Args:
        url: the administrator's.
        counter_id: whose.
        is_lost: its computer is gone for ever: what it never sent is noted by number.
        last_receipt: the last receipt number known from paper; the next computer goes on after it.

    Raises:
        Refusal: ``unknown_counter``.
    """
    with admin_connect(url) as connection:
        row = connection.execute(
            "UPDATE sync.counter SET state = 'revoked' WHERE counter_id = %s RETURNING role_name, no", (counter_id,)
        ).fetchone()
        if row is None:
            raise Refusal("unknown_counter", Text(N_("No such counter is enrolled at the centre.")))
        role = sql.Identifier(row[0])
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(role))
        connection.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(GROUP), role))
        connection.execute("SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = %s", (row[0],))
        if is_lost:
            connection.execute("SELECT sync.note_lost(%s, %s)", (row[1], last_receipt))


def next_receipt(connection: psycopg.Connection[TupleRow], counter_id: UUID) -> int:
    """Return the last receipt number a counter may have given out, also one that never came here."""
    row = _one(
        connection,
        "SELECT greatest(sync.last_receipt(%s), (SELECT coalesce(max(l.last_receipt), 0) FROM sync.lost_range l"
        " JOIN sync.counter c ON c.no = l.counter_no WHERE c.counter_id = %s))",
        (counter_id, counter_id),
    )
    return int(row[0])


def _counter_status(row: TupleRow, now_ms: int) -> CounterStatus:
    *known, seen_ms, enrolled_ms, state, kind, lost = row
    return CounterStatus(
        counter_id=known[0],
        name=known[1],
        role=known[2],
        kind=kind,
        state=state,
        operations=known[3],
        quarantined=known[4],
        forks=known[5],
        last_push_ms=known[6],
        seen_ms=seen_ms,
        silence=silence(now_ms - (seen_ms or enrolled_ms)) if state == "live" else "",
        lost=tuple(
            LostRange(UUID(x["incarnation"]), x["from_seq"], x["last_ms"], x["known_receipt"], x["last_receipt"])
            for x in lost
        ),
    )


def status(url: str) -> CentreStatus:
    """Look at the centre."""
    with admin_connect(url) as connection:
        now_ms = int(_one(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")[0])
        counters = tuple(
            _counter_status(row, now_ms)
            for row in connection.execute(
                "SELECT s.counter_id, s.name, c.role_name, s.operations, s.quarantined, s.forks,"
                " (SELECT (extract(epoch FROM max(p.last_at)) * 1000)::bigint FROM sync.push_cursor p"
                "   WHERE p.counter_no = c.no), s.seen_ms, s.enrolled_ms, s.state, s.kind, s.lost"
                " FROM sync.standing s JOIN sync.counter c ON c.no = s.no ORDER BY s.no"
            )
        )
        operations, feed_rows, conflicts, revision, oldest = _one(
            connection,
            "SELECT (SELECT count(*) FROM sync.op), (SELECT count(*) FROM sync.feed),"
            " (SELECT count(*) FROM sync.conflict),"
            " (SELECT version_num FROM sync.alembic_version),"
            " (SELECT coalesce(extract(epoch FROM max(now() - a.xact_start)), 0)::int FROM pg_stat_activity a"
            "   WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid())",
        )
        return CentreStatus(
            epoch=_epoch(connection),
            revision=revision,
            server_version=connection.info.server_version,
            operations=operations,
            feed_rows=feed_rows,
            conflicts=conflicts,
            oldest_writer_s=oldest,
            counters=counters,
        )


def contents(url: str, table: str) -> dict[UUID, str]:
    """Return every row of a projection as canonical text by id, in the form of ``store.exchange_rows.contents``."""
    columns = travelling_columns(BY_TABLE[table].table)
    readers: dict[str, Any] = {"Json": json.loads, "Flag": bool, "Id": str}
    names = sql.SQL(", ").join(sql.Identifier(c.name) for c in columns)
    found: dict[UUID, str] = {}
    with admin_connect(url) as connection:
        query = sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier("shop", table))
        for row in connection.execute(query):
            kept = {
                c.name: None if value is None else readers.get(kind_of(c), lambda v: v)(value)
                for c, value in zip(columns, row, strict=True)
            }
            found[UUID(kept["id"])] = canonical_json(kept)
    return found


# ---------------------------------------------------------------------------------------------- master data


def push_master(office: Link, rows: Rows, clock: Clock, ids: IdSource) -> Published:
    """Publish master data (products, combinations, people …) as the office, through the counters' own function.

    Every call is an incarnation of its own, so that it needs no file: its operations are numbered from 1.

    Args:
        office: the link of a counter enrolled with ``office=True``.
        rows: rows by table, parents first; a row replaces what is there if its ``ver`` is greater.
        clock: for the time of the operations.
        ids: for their ids.

    Raises:
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
    """
    # An operation that was pushed by this call is told apart by its id; nothing personal is in it to be guessed.
    salt = secrets.token_hex(32)
    now_ms = clock.now_ms()
    ops: list[Op] = []
    for travel in TRAVELS:
        some = rows.get(travel.table, ())
        for start in range(0, len(some), MASTER_ROWS):
            body = body_of({travel.table: some[start : start + MASTER_ROWS]})
            op_id = ids.new()
            ops.append(
                Op(
                    seq=len(ops) + 1,
                    op_id=op_id,
                    kind=f"master.{travel.table}",
                    schema_v=SCHEMA_V,
                    body=body,
                    hash=op_hash(salt, op_id, body, new_salt()),
                    hlc=now_ms << 16,
                    made_at=now_ms,
                )
            )
    unknown = sorted(set(rows) - set(BY_TABLE))
    if unknown:
        msg = f"{unknown[0]} does not travel"
        raise ValueError(msg)
    return _push_all(office, ops, ids.new(), sum(len(some) for some in rows.values()))


def _push_all(office: Link, ops: Sequence[Op], incarnation: UUID, rows: int) -> Published:
    transport = PgTransport(office)
    refused: list[str] = []
    epoch = ""
    try:
        at = 0
        while at < len(ops):
            answer, _ = transport.exchange(PushCall(incarnation, epoch, 1, encode_ops(ops[at : at + 8])), None)
            if answer.status == "epoch":
                epoch = answer.epoch
                continue
            if answer.status != "ok":
                msg = f"the centre answered {answer.status} to a publication"
                raise CentreAway(msg)
            refused += [error for _, error in answer.quarantined]
            at += 8
    finally:
        transport.close()
    return Published(len(ops), rows, tuple(refused))
