"""The centre as it is: PostgreSQL with the functions of the migrations, and what the schedule does to it."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from crosssell_desktop.store.schema.base import canonical_json
from crosssell_desktop.sync import centre
from crosssell_desktop.sync.centre_ddl import kind_of, travelling_columns
from crosssell_desktop.sync.link import Link
from crosssell_desktop.sync.tables import BY_TABLE
from crosssell_desktop.sync.transport import PgTransport, connect
from tests.exchange.machine import TABLES, TOLD
from tests.exchange.rows import Row

_SYNC = (
    "centre", "scope", "counter", "scope_of", "push_cursor", "op", "op_seen", "feed", "fork_log", "conflict",
    "pass_accept",
)  # fmt: skip
_WIPED = ("push_cursor", "op", "op_seen", "feed", "fork_log", "conflict", "pass_accept", "scope_of", "counter", "scope")
_KEPT = ("push_cursor", "op", "op_seen", "feed", "fork_log", "conflict", "pass_accept", "sequence", "clamped")
ROOM = 10
"""Sessions of one role: every clone of a file gets in, where the real limit would keep the third waiting."""
_numbers = itertools.count(1)


TABLES_KEPT = [("sync", name) for name in _KEPT] + [("shop", name) for name in (*TABLES, *TOLD)]
Dump = dict[tuple[str, str], bytes]


def dump(admin: psycopg.Connection[TupleRow]) -> Dump:
    """Copy what a restored backup would bring back: everything but who is enrolled."""
    kept = {}
    for table in TABLES_KEPT:
        with admin.cursor().copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(*table))) as c:
            kept[table] = b"".join(bytes(part) for part in c)
    row = admin.execute("SELECT feed_floor::text, schema_v, runbook::text FROM sync.centre").fetchone()
    assert row is not None
    kept["sync", "centre"] = canonical_json(list(row)).encode()
    return kept


def restore(admin: psycopg.Connection[TupleRow], kept: Dump) -> None:
    """Put a copy back in one transaction."""
    with admin.transaction():
        for table in TABLES_KEPT:
            name = sql.Identifier(*table)
            admin.execute(sql.SQL("DELETE FROM {}").format(name))
            with admin.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(name)) as c:
                c.write(kept[table])
        admin.execute(
            "UPDATE sync.centre SET feed_floor = %s::text::xid8, schema_v = %s, runbook = %s",
            json.loads(kept["sync", "centre"]),
        )


@dataclass
class Late:
    """An open transaction of the office."""

    connection: psycopg.Connection[TupleRow]


class RealCentre:
    """One database used by many seeds, one after the other: emptied at the start of each."""

    def __init__(self, url: str, offices: dict[str, Link]) -> None:
        self.url = url
        self._admin = centre.admin_connect(url)
        self._offices = offices
        self._links: dict[UUID, tuple[Link, UUID | None]] = {}
        self._transports: list[PgTransport] = []
        self._late: list[Late] = []
        self._dbname = self._admin.info.dbname
        for table in TABLES_KEPT:
            if table[1] not in {"counter", "scope", "scope_of"}:
                self._admin.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
        self._admin.execute("DELETE FROM sync.counter WHERE kind <> 'office'")
        self._admin.execute("UPDATE sync.centre SET runbook = gen_random_uuid(), feed_floor = '0', schema_v = 1")

    # ---------------------------------------------------------------------------------------- the schedule's side

    def enrol(self, counter_id: UUID, store_id: UUID | None, *, office: bool = False) -> PgTransport:
        link = self._take_role(counter_id, store_id, office=office)
        self._links[counter_id] = (link, store_id)
        made = PgTransport(link)
        self._transports.append(made)
        return made

    def _take_role(self, counter_id: UUID, store_id: UUID | None, *, office: bool) -> Link:
        link = centre.enrol(self.url, centre.NewCounter(counter_id, f"K{next(_numbers)}", store_id, office=office))
        self._limit(link.role, ROOM)
        return link

    def _limit(self, role: str, most: int) -> None:
        self._admin.execute(
            sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(sql.Identifier(role), sql.Literal(most))
        )

    def revoke(self, counter_id: UUID) -> None:
        centre.revoke(self.url, counter_id)

    def enrol_again(self, counter_id: UUID) -> PgTransport:
        # A clone uses the file's own password: enrolling again would lock the first machine out.
        link, store_id = self._links[counter_id]
        state = self._admin.execute("SELECT state FROM sync.counter WHERE counter_id = %s", (counter_id,)).fetchone()
        if state != ("live",):
            return self.enrol(counter_id, store_id)
        made = PgTransport(link)
        self._transports.append(made)
        return made

    def open_late(self, products: list[Row]) -> Late:
        link = self._office()
        connection = connect(link)
        connection.autocommit = False
        epoch = self._one("SELECT sync.current_epoch()")
        body = {"rows": {"product": products}}
        op = {
            "seq": 1, "op_id": str(uuid.uuid4()), "kind": "master.product", "schema_v": 1, "hash": "office", "hlc": 0,
            "made_at": 0, "body": body,
        }  # fmt: skip
        answer = connection.execute(
            "SELECT status, quarantined FROM sync.sync_push(%s::uuid, %s::text, 1, %s::text::jsonb)",
            (uuid.uuid4(), epoch, json.dumps([op])),
        ).fetchone()
        assert answer == ("ok", "[]"), answer
        late = Late(connection)
        self._late.append(late)
        return late

    def _office(self) -> Link:
        if self.url not in self._offices:
            self._offices[self.url] = centre.enrol(
                self.url, centre.NewCounter(uuid.uuid4(), "office", None, office=True)
            )
            self._admin.execute(
                sql.SQL("ALTER ROLE {} CONNECTION LIMIT 10").format(sql.Identifier(self._offices[self.url].role))
            )
            self._admin.execute(
                sql.SQL("ALTER ROLE {} SET idle_in_transaction_session_timeout = 0").format(
                    sql.Identifier(self._offices[self.url].role)
                )
            )
        return self._offices[self.url]

    def end_late(self, handle: Late, *, commit: bool) -> None:
        if commit:
            handle.connection.commit()
        handle.connection.close()
        self._late.remove(handle)

    def keep(self) -> Dump:
        return dump(self._admin)

    def put_back(self, kept: Dump, *, told: bool) -> None:
        restore(self._admin, kept)
        if told:
            centre.new_epoch(self.url)

    def new_epoch(self) -> None:
        centre.new_epoch(self.url)

    def cut(self, session: PgTransport) -> None:
        assert session._connection is not None
        self._admin.execute("SELECT pg_terminate_backend(%s, 5000)", (session._connection.info.backend_pid,))

    def full(self, counter_id: UUID, *, is_full: bool) -> None:
        self._limit(self._links[counter_id][0].role, 0 if is_full else ROOM)

    def prune(self) -> None:
        self._admin.execute("SELECT sync.prune_feed(interval '0')")

    def upgrade(self) -> None:
        self._admin.execute("UPDATE sync.centre SET schema_v = 2")
        rows = self._admin.execute(
            "SELECT counter_no, incarnation, seq FROM sync.op WHERE state = 'quarantined' AND raw IS NULL"
            " ORDER BY 1, 2, 3"
        ).fetchall()
        for row in rows:
            self._admin.execute("SELECT sync.reproject(%s, %s, %s)", row)

    # -------------------------------------------------------------------------------------------------- the laws

    def _one(self, query: Any, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401
        row = self._admin.execute(query, values).fetchone()
        assert row is not None
        return row[0]

    def ops(self) -> list[tuple[int, UUID, int, UUID, str, str, int]]:
        return [
            tuple(row)
            for row in self._admin.execute(
                "SELECT o.counter_no, o.incarnation, o.seq, o.op_id, o.state, o.kind, o.schema_v FROM sync.op o"
                " JOIN sync.counter c ON c.no = o.counter_no WHERE c.kind = 'counter'"
            )
        ]

    def cursors(self) -> dict[tuple[int, UUID], int]:
        return {
            (no, inc): n
            for no, inc, n in self._admin.execute("SELECT counter_no, incarnation, last_seq FROM sync.push_cursor")
        }

    def numbers(self) -> dict[UUID, int]:
        return dict(self._admin.execute("SELECT counter_id, no FROM sync.counter WHERE kind = 'counter'").fetchall())

    def contents(self, table: str, counter_id: UUID | None = None) -> dict[UUID, str]:
        columns = travelling_columns(table)
        readers: dict[str, Any] = {"Json": json.loads, "Flag": bool, "Id": str}
        names = sql.SQL(", ").join(sql.Identifier(c.name) for c in columns)
        query = sql.SQL("SELECT {} FROM {} t").format(names, sql.Identifier("shop", table))
        values: tuple[Any, ...] = ()
        if counter_id is not None and BY_TABLE[table].scope != "company":
            query += sql.SQL(" WHERE t._scope = ANY (SELECT unnest(scopes) FROM sync.counter WHERE counter_id = %s)")
            values = (counter_id,)
        found: dict[UUID, str] = {}
        for row in self._admin.execute(query, values):
            kept = {
                c.name: None if value is None else readers.get(kind_of(c), lambda v: v)(value)
                for c, value in zip(columns, row, strict=True)
            }
            found[UUID(kept["id"])] = canonical_json(kept)
        return found

    def close(self) -> None:
        for late in list(self._late):
            self.end_late(late, commit=False)
        for transport in self._transports:
            transport.close()
        for counter_id in self._links:
            role = self._admin.execute(
                "SELECT role_name FROM sync.counter WHERE counter_id = %s", (counter_id,)
            ).fetchone()
            if role is not None:
                self._admin.execute(
                    sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(
                        sql.Identifier(self._dbname), sql.Identifier(role[0])
                    )
                )
                self._admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role[0])))
        self._admin.close()


def maker(url: str, offices: dict[str, Link]) -> Callable[[Callable[[], int]], RealCentre]:
    """Return what makes a centre for a machine; its time is the server's."""
    return lambda _now_ms: RealCentre(url, offices)
