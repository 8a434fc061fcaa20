"""One-time codes at both ends: the administrator makes one, a counter spends it.

Law: a code is good for minutes and once, both checked at the centre; it opens one function and nothing else.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg import sql

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.sync import centre, certificates, join_code
from crosssell_desktop.sync.join_code import JoinCode
from crosssell_desktop.sync.link import AccessRefused, CentreAway, Link
from crosssell_desktop.sync.transport import connect, forget_environment, parameters, trouble_of

VALID_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the shop a counter stands."""

    counter_id: UUID
    store_id: UUID
    department_id: UUID
    prefix: str
    receipt_no: int = 0
    """The last receipt number that was given out at this place, also by a computer that is gone."""


def make_code(url: str, place: Place, *, minutes: int = VALID_MINUTES) -> str:
    """Enrol a counter and return the code by which it joins; whoever stood at this place before is cut off.

    Raises:
        Refusal: ``no_root`` when counters would come over a network and the centre keeps no root certificate.
    """
    secret = secrets.token_bytes(24)
    link = centre.enrol(url, centre.NewCounter(place.counter_id, place.prefix, place.store_id))
    with centre.admin_connect(url) as connection, connection.transaction():
        connection.execute(
            "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = %s", (link.role,)
        )
        _sweep(connection)
        row = connection.execute("SELECT root_cert FROM sync.centre").fetchone()
        root = "" if row is None else str(row[0])
        if link.tls == "verify-full" and not root:
            raise Refusal(
                "no_root",
                Text(N_("The centre has no root certificate yet: «crosssell centre init URL --certificates FOLDER».")),
            )
        role = f"join_{secrets.token_hex(8)}"
        code = JoinCode(
            link.host,
            link.port,
            link.dbname,
            role,
            secret,
            tls=link.tls,
            root_print=certificates.fingerprint(root) if root else "",
        )
        verifier = connection.pgconn.encrypt_password(code.password.encode(), role.encode(), b"scram-sha-256").decode()
        until = connection.execute("SELECT clock_timestamp() + make_interval(mins => %s)", (minutes,)).fetchone()
        assert until is not None  # noqa: S101  # a SELECT without FROM gives a row
        name = sql.Identifier(role)
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN INHERIT CONNECTION LIMIT 1 PASSWORD {} VALID UNTIL {} IN ROLE {}").format(
                name, sql.Literal(verifier), sql.Literal(str(until[0])), sql.Identifier(centre.JOINERS)
            )
        )
        connection.execute(sql.SQL("ALTER ROLE {} SET statement_timeout = '10s'").format(name))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(connection.info.dbname), name)
        )
        told = {
            "role": link.role,
            "counter_id": str(place.counter_id),
            "store_id": str(place.store_id),
            "department_id": str(place.department_id),
            "prefix": place.prefix,
            "receipt_no": centre.next_receipt(connection, place.counter_id),
        }
        connection.execute(
            "INSERT INTO sync.join_code (role_name, counter_id, place, sealed, expires_at)"
            " VALUES (%s, %s, %s::jsonb, %s, %s)",
            (role, place.counter_id, json.dumps(told), join_code.seal(secret, link.password), until[0]),
        )
    return join_code.encode(code)


def _sweep(connection: psycopg.Connection[Any]) -> None:
    """Drop the roles of codes that were spent or whose time is over."""
    gone = connection.execute(
        "DELETE FROM sync.join_code j WHERE j.used_at IS NOT NULL OR j.expires_at < now() - interval '1 minute'"
        " RETURNING j.role_name"
    ).fetchall()
    for (role,) in gone:
        name = sql.Identifier(str(role))
        connection.execute("SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = %s", (role,))
        connection.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(sql.Identifier(connection.info.dbname), name)
        )
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


def spend(text: str, root_file: Path) -> tuple[Place, Link]:
    """Spend a code: learn the counter's place and its way to the centre; the root certificate goes to ``root_file``.

    Raises:
        Refusal: ``bad_code``, ``code_spent``, ``other_root``, ``plain_text_refused``.
        CentreAway, AccessRefused: the centre cannot be reached, or what answered is not it.
    """
    code = join_code.decode(text)
    told = _ask(code, root_file)
    root = str(told["root_cert"])
    if code.tls == "verify-full":
        if certificates.fingerprint(root) != code.root_print:
            raise Refusal(
                "other_root",
                Text(N_("The root certificate that came is not the one in the code. Nothing was kept.")),
            )
        root_file.parent.mkdir(parents=True, exist_ok=True)
        root_file.write_text(root, encoding="ascii")
    place = Place(
        counter_id=UUID(told["counter_id"]),
        store_id=UUID(told["store_id"]),
        department_id=UUID(told["department_id"]),
        prefix=str(told["prefix"]),
        receipt_no=int(told["receipt_no"]),
    )
    return place, Link(
        host=code.host,
        port=code.port,
        dbname=code.dbname,
        role=str(told["role"]),
        password=join_code.unseal(code.secret, str(told["sealed"])),
        tls=code.tls,
        root_cert=str(root_file) if code.tls == "verify-full" else "",
    )


def _ask(code: JoinCode, root_file: Path) -> dict[str, Any]:
    link = Link(code.host, code.port, code.dbname, code.role, code.password, tls=code.tls)
    try:
        with _connected(code, link, root_file) as connection:
            row = connection.execute("SELECT sync.sync_join()").fetchone()
    except psycopg.errors.InsufficientPrivilege as error:
        raise _spent() from error
    except AccessRefused as error:
        # A code whose time is over, or that was spent and swept: the role cannot log in any more.
        if error.code == "centre_refuses":
            raise _spent() from error
        raise
    if row is None:
        msg = "the centre gave no answer row"
        raise CentreAway(msg)
    found: dict[str, Any] = json.loads(row[0])
    return found


def _connected(code: JoinCode, link: Link, root_file: Path) -> psycopg.Connection[Any]:
    if code.tls == "local":
        return connect(link)
    # No root certificate is here yet. The server must prove by SCRAM that it knows the code's secret, bound to this
    # very TLS connection: one in between cannot.
    given = parameters(link) | {
        "sslmode": "require",
        "sslrootcert": str(root_file.with_name("no-root-yet")),
        "channel_binding": "require",
        "require_auth": "scram-sha-256",
    }
    forget_environment()
    try:
        return psycopg.connect(autocommit=True, **cast("dict[str, Any]", given))
    except psycopg.OperationalError as error:
        raise trouble_of(error) from error


def _spent() -> Refusal:
    return Refusal(
        "code_spent", Text(N_("This code was used already, or its time is over. Ask the administrator for a new one."))
    )
