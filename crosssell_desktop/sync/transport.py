"""Speaks to the centre: one kept connection, prepared statements, push and pull in one pipelined round trip.

Law: nothing of the connection comes from the surroundings. Every parameter libpq knows is given, and its environment
variables are taken out of this process, because ``PGSERVICE`` cannot be overruled by a parameter.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

import psycopg
from psycopg import pq
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from crosssell_desktop.sync.link import AccessRefused, BatchRefused, BatchTooSlow, CentreAway, Link, NotOurCentre
from crosssell_desktop.sync.wire import (
    NOTHING,
    PullAnswer,
    PullCall,
    PullStatus,
    PushAnswer,
    PushCall,
    PushStatus,
    SnapshotAnswer,
    decode_quarantined,
    decode_rows,
)

T = TypeVar("T")
CONNECT_TIMEOUT_S = 5
TCP_USER_TIMEOUT_MS = 10_000
ANSWER_WITHIN_S = 45.0
"""How long a call may go unanswered: longer than the server itself allows a statement, so that it tells us first.

The kernel notices a peer that no longer acknowledges, but not something in between that acknowledges and passes
nothing on: a proxy, a router after a power cut.
"""

_PUSH = "SELECT * FROM sync.sync_push(%s::uuid, %s::text, %s::int, %s::text::jsonb)"
_PULL = "SELECT * FROM sync.sync_pull(%s::text, %s::int)"
_LOOK = "SELECT * FROM sync.sync_look(%s::uuid, %s::text, %s::int, %s::text, %s::int)"
_SNAPSHOT = "SELECT * FROM sync.sync_snapshot(%s::text, %s::uuid, %s::int)"
_LEASE_KEY = "SELECT sync.sync_lease_key()"

_RETRY = ("08", "0A", "25", "26", "40", "53", "55", "57", "58", "XX")
"""Classes that pass by themselves: connection, statements prepared before an upgrade, idle time-out, conflict,
resources, locks, operator, system."""
_STOP = ("28", "3D", "0L", "0P")
_ACCESS_WORDS = (
    "authentication failed",
    "not permitted to log in",
    "no pg_hba.conf entry",
    "pg_hba.conf rejects",
    "certificate",
    "does not support SSL",
    "authentication method",
    "authentication requirement",
    "channel binding",
    'role "',
    "no password supplied",
)
_IMPOSTOR_WORDS = (
    "certificate",
    "does not support SSL",
    "authentication method",
    "authentication requirement",
    "channel binding",
)


@dataclass(frozen=True, slots=True)
class PullTrouble:
    """The push was answered and the pull was not: the answer counts, then ``error`` is raised."""

    error: CentreAway | AccessRefused


class Transport(Protocol):
    """The way to the centre; tests put faults in between."""

    @property
    def round_trips(self) -> int:
        """Round trips made since the start."""

    def exchange(self, push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | PullTrouble | None]:
        """Push, and pull in the same round trip."""

    def snapshot(self, entity: str, after: UUID | None, page: int) -> SnapshotAnswer:
        """Fetch one page of a table by primary key."""

    def lease_key(self) -> bytes:
        """Return the key of what this counter may have under seal, 32 bytes."""

    def close(self) -> None:
        """Let go of the connection."""


def forget_environment() -> None:
    """Take libpq's variables out of this process, so that nobody's shell decides where sales go."""
    for option in pq.Conninfo.get_defaults():
        if option.envvar is not None:
            os.environ.pop(option.envvar.decode(), None)
    for name in ("PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR"):
        os.environ.pop(name, None)


def parameters(link: Link) -> dict[str, str | int]:
    """Return every connection parameter: ours where it matters, libpq's compiled default everywhere else."""
    given: dict[str, str | int] = {
        "host": link.host,
        "hostaddr": "",
        "port": link.port,
        "dbname": link.dbname,
        "user": link.role,
        "password": link.password,
        "require_auth": "scram-sha-256",
        "connect_timeout": CONNECT_TIMEOUT_S,
        "tcp_user_timeout": TCP_USER_TIMEOUT_MS,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "client_encoding": "UTF8",
        "application_name": "crosssell",
        "options": "",
        "gssencmode": "disable",
        "target_session_attrs": "read-write",
        "load_balance_hosts": "disable",
        "sslcertmode": "disable",
        "sslkeylogfile": "",
    }
    if link.tls == "verify-full":
        given |= {
            "sslmode": "verify-full",
            "sslrootcert": link.root_cert or "system",
            "channel_binding": "require",
            "ssl_min_protocol_version": "TLSv1.2",
        }
    else:
        given |= {"sslmode": "disable", "channel_binding": "prefer"}
    known = {option.keyword.decode(): option.compiled for option in pq.Conninfo.get_defaults()}
    compiled = {name: value.decode() for name, value in known.items() if value is not None}
    return compiled | {name: value for name, value in given.items() if name in known}


def connect(link: Link) -> psycopg.Connection[TupleRow]:
    """Open an AUTOCOMMIT connection.

    Raises:
        CentreAway: no answer, or the server is full or shutting down.
        AccessRefused: the server is not the right one, or refuses this role.
    """
    forget_environment()
    try:
        return _Impatient.connect(autocommit=True, **cast("dict[str, Any]", parameters(link)))
    except psycopg.OperationalError as error:
        raise trouble_of(error) from error


def trouble_of(error: psycopg.OperationalError) -> CentreAway | AccessRefused:
    """Return what it means that a connection was not opened."""
    words = str(error)
    if any(sign in words for sign in _ACCESS_WORDS) and "too many connections" not in words:
        return NotOurCentre(words) if any(sign in words for sign in _IMPOSTOR_WORDS) else AccessRefused(words)
    return CentreAway(words)


def told(error: psycopg.Error) -> CentreAway | AccessRefused | BatchRefused:
    """Return what the exchange does about a driver's error; its words may hold personal data and are left out."""
    state = error.sqlstate
    detail = f"{state}: {type(error).__name__}"
    if state == "57014":
        return BatchTooSlow(detail)
    if state is None or state.startswith(_RETRY):
        return CentreAway(detail)
    if state == "42501" or state.startswith(_STOP):
        return AccessRefused(detail)
    return BatchRefused(detail)


class _Impatient(psycopg.Connection[TupleRow]):
    """A connection that gives up a call without an answer, and itself with it: what it holds back is not for us."""

    def wait(self, gen: PQGen[T], *given: Any, **named: Any) -> T:  # noqa: ANN401  # the driver's own arguments
        """Wait for the driver's next step.

        Raises:
            psycopg.OperationalError: nothing came in time; the connection is closed.
        """
        # The parent's waiting has no limit by itself; without one a half-open connection would hold the exchange for
        # ever, with the strip saying that all is well.
        waited = _timed(gen, time.monotonic() + ANSWER_WITHIN_S)
        try:
            answer: T = super().wait(waited, *given, **named)
        except _Silence:
            self.pgconn.finish()
            msg = "the centre does not answer"
            raise psycopg.OperationalError(msg) from None
        return answer


class _Silence(Exception):  # noqa: N818  # it is an answer of its own: none came
    """Nothing came in time."""


def _timed(gen: PQGen[T], until: float) -> PQGen[T]:
    """Pass a generator of the driver on, until its time is over; it is asked at least every interval."""
    ready: Any = None
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > until:
                raise _Silence
            wanted = gen.send(ready)
    except StopIteration as end:
        value: T = end.value
        return value


def standing_of(link: Link) -> dict[str, Any]:
    """Ask the centre how counters stand and what it put aside: of all for the office, of itself for a counter.

    Raises:
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
    """
    with connect(link) as connection:
        try:
            row = connection.execute("SELECT sync.sync_standing()").fetchone()
        except psycopg.Error as error:
            meaning = told(error)
            raise (CentreAway(str(meaning)) if isinstance(meaning, BatchRefused) else meaning) from error
    if row is None:
        msg = "the centre gave no answer row"
        raise CentreAway(msg)
    found: dict[str, Any] = json.loads(row[0])
    return found


class PgTransport:
    """The real way: psycopg in AUTOCOMMIT, reconnecting by itself at the next call after a failure."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._connection: psycopg.Connection[TupleRow] | None = None
        self._round_trips = 0

    @property
    def round_trips(self) -> int:
        """Round trips made since the start; connecting is not counted."""
        return self._round_trips

    def _open(self) -> psycopg.Connection[TupleRow]:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._link)
        return self._connection

    def _failed(self, error: psycopg.Error) -> CentreAway | AccessRefused | BatchRefused:
        meaning = told(error)
        if not isinstance(meaning, BatchRefused):
            # What is still on its way in a connection that failed must not answer the next question.
            self.close()
        return meaning

    def exchange(self, push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | PullTrouble | None]:
        """Push and pull in one round trip, each in a transaction of its own.

        Raises:
            CentreAway, AccessRefused, BatchRefused: see :mod:`crosssell_desktop.sync.link`.
        """
        if push.ops == NOTHING:
            return self._look(push, pull)
        connection = self._open()
        self._round_trips += 1
        trouble: psycopg.Error | None = None
        with connection.cursor() as first, connection.cursor() as second:
            try:
                with connection.pipeline() as pipeline:
                    first.execute(_PUSH, (push.incarnation, push.epoch, push.proto, push.ops), prepare=True)
                    if pull is not None:
                        # Without this the two would be one transaction, and a failed pull would undo the push.
                        pipeline.sync()
                        second.execute(_PULL, (pull.token, pull.page), prepare=True)
            except psycopg.Error as error:
                if pull is None or not _has_rows(first):
                    raise self._failed(error) from error
                trouble = error
            answer = _push_answer(_one(first))
            if pull is None:
                return answer, None
            if trouble is not None:
                meaning = self._failed(trouble)
                return answer, PullTrouble(CentreAway(str(meaning)) if isinstance(meaning, BatchRefused) else meaning)
            status, token, _n, more, page = _one(second)
        return answer, PullAnswer(cast("PullStatus", status), token or "", more, decode_rows(page))

    def _look(self, push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | None]:
        """Ask how we stand and what is new when there is nothing to tell: one call that writes nothing."""
        connection = self._open()
        self._round_trips += 1
        token, page_size = (None, 0) if pull is None else (pull.token, pull.page)
        try:
            with connection.cursor() as cursor:
                cursor.execute(_LOOK, (push.incarnation, push.epoch, push.proto, token, page_size), prepare=True)
                *pushed, digest, status, token, _n, more, page = _one(cursor)
        except psycopg.Error as error:
            raise self._failed(error) from error
        answer = _push_answer((*pushed, NOTHING, digest))
        if pull is None or status is None:
            return answer, None
        return answer, PullAnswer(cast("PullStatus", status), token or "", more, decode_rows(page))

    def snapshot(self, entity: str, after: UUID | None, page: int) -> SnapshotAnswer:
        """Fetch one page of a table by primary key."""
        connection = self._open()
        self._round_trips += 1
        try:
            with connection.cursor() as cursor:
                cursor.execute(_SNAPSHOT, (entity, after, page), prepare=True)
                _status, last, _n, more, rows = _one(cursor)
        except psycopg.Error as error:
            meaning = self._failed(error)
            raise (CentreAway(str(meaning)) if isinstance(meaning, BatchRefused) else meaning) from error
        return SnapshotAnswer(last=last, more=more, rows=decode_rows(rows))

    def lease_key(self) -> bytes:
        """Return the key of what this counter may have under seal; never written on this side.

        Raises:
            CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
        """
        connection = self._open()
        self._round_trips += 1
        try:
            with connection.cursor() as cursor:
                cursor.execute(_LEASE_KEY)
                (told,) = _one(cursor)
        except psycopg.Error as error:
            meaning = self._failed(error)
            raise (CentreAway(str(meaning)) if isinstance(meaning, BatchRefused) else meaning) from error
        return bytes.fromhex(told)

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _push_answer(row: TupleRow) -> PushAnswer:
    status, acked, epoch, server_ms, _proto_min, _proto_max, retry_after_s, quarantined, digest = row
    return PushAnswer(
        status=cast("PushStatus", status),
        acked=acked,
        epoch=epoch,
        server_ms=server_ms,
        retry_after_s=retry_after_s,
        quarantined=decode_quarantined(quarantined),
        digest=digest,
    )


def _has_rows(cursor: psycopg.Cursor[TupleRow]) -> bool:
    return cursor.pgresult is not None and cursor.pgresult.status == pq.ExecStatus.TUPLES_OK


def _one(cursor: psycopg.Cursor[TupleRow]) -> TupleRow:
    row = cursor.fetchone()
    if row is None:
        msg = "the centre gave no answer row"
        raise psycopg.OperationalError(msg)
    return row
