"""Backups of the centre by PostgreSQL's own tools, and the drill that proves that one can be restored.

Law: a backup is a dump and a card beside it (``<file>.json``: rows by table, the counters' roles with their SCRAM
verifiers); both are for their user only. The password reaches the tools through their environment, never a command
line.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import urlsplit, urlunsplit

from psycopg import sql

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.sync import centre_audit
from crosssell_desktop.sync import centre_heads as heads
from crosssell_desktop.sync.centre import admin_connect, admin_link, limit_role, make_roles
from crosssell_desktop.sync.centre_server import candidate_binaries, tool
from crosssell_desktop.sync.link import Link
from crosssell_desktop.sync.transport import parameters

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    Pg = psycopg.Connection[TupleRow]

_TIME_LIMIT_S = 6 * 3_600


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made."""

    path: Path
    bytes: int
    rows: int
    ms: int


@dataclass(slots=True)
class Drill:
    """What a drill found; without faults the backup can be relied on."""

    backup_ms: int = 0
    restore_ms: int = 0
    check_ms: int = 0
    bytes: int = 0
    rows: int = 0
    faults: list[str] = field(default_factory=list)


def backup(url: str, path: Path) -> Backup:
    """Write a dump of the centre to ``path``, and the card beside it; what counters do meanwhile waits for nothing.

    Raises:
        EnvironmentTrouble: ``no_postgres_tools``, ``backup_failed``.
    """
    started = time.perf_counter()
    unfinished = path.with_name(path.name + ".part")
    with admin_connect(url) as connection, connection.transaction():
        # The card counts what the dump holds: both look at one snapshot.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
        rows = _rows(connection)
        card = {"rows": rows, "roles": _roles(connection), "server_version": connection.info.server_version}
        _private(unfinished)
        _run(
            connection.info.server_version,
            "pg_dump",
            admin_link(url),
            ["--format=custom", f"--snapshot={snapshot}", f"--file={unfinished}"],
        )
    card_path = card_of(path)
    _private(card_path)
    card_path.write_text(json.dumps(card), encoding="utf-8")
    unfinished.replace(path)
    return Backup(path, path.stat().st_size, sum(rows.values()), round((time.perf_counter() - started) * 1_000))


def card_of(path: Path) -> Path:
    """Return where the card of a backup lies."""
    return path.with_name(path.name + ".json")


def restore(url: str, path: Path) -> None:
    """Put a backup into an empty database, with the roles of its counters; then say ``centre.new_epoch``.

    Raises:
        EnvironmentTrouble: ``no_postgres_tools``, ``backup_failed`` with what the tool said.
        Refusal: ``not_a_backup``, ``database_not_empty``.
    """
    card = _card(path)
    with admin_connect(url) as connection:
        if _one(connection, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('sync', 'shop')"):
            raise Refusal(
                "database_not_empty", Text(N_("There is a centre in this database already. Name an empty one."))
            )
        make_roles(connection)
        for role, verifier in card["roles"].items():
            _make_role(connection, role, verifier)
        version = connection.info.server_version
    _run(version, "pg_restore", admin_link(url), ["--exit-on-error", "--single-transaction", str(path)])


def drill(url: str, *, path: Path | None = None, heads_file: Path | None = None) -> Drill:
    """Restore a backup into a database of its own on the same server, check it, and drop it again.

    Args:
        url: the administrator's.
        path: the backup to try; None makes one now.
        heads_file: the signed heads to hold the copy against.
    """
    done = Drill()
    with contextlib.ExitStack() as after:
        if path is None:
            folder = after.enter_context(tempfile.TemporaryDirectory(prefix="crosssell-drill-"))
            path = Path(folder) / "centre.dump"
            done.backup_ms = backup(url, path).ms
        card = _card(path)
        done.bytes = path.stat().st_size
        copy = after.enter_context(_fresh_database(url))
        started = time.perf_counter()
        try:
            restore(copy, path)
        except EnvironmentTrouble as trouble:
            done.faults.append(str(trouble.text.values.get("detail", trouble.code)))
            return done
        done.restore_ms = round((time.perf_counter() - started) * 1_000)
        started = time.perf_counter()
        with admin_connect(copy) as connection:
            rows = _rows(connection)
            done.rows = sum(rows.values())
            wanted = card["rows"]
            done.faults += [
                f"{name}: {rows.get(name, 0)} rows, the backup's card says {wanted.get(name, 0)}"
                for name in sorted(rows.keys() | wanted.keys())
                if rows.get(name) != wanted.get(name)
            ]
            done.faults += centre_audit.faults(connection)
            if heads_file is not None and heads_file.exists():
                done.faults += heads.check(connection, heads.HeadsFile(heads_file), is_copy=True)
        done.check_ms = round((time.perf_counter() - started) * 1_000)
    return done


@contextlib.contextmanager
def _fresh_database(url: str) -> Iterator[str]:
    name = f"crosssell_drill_{secrets.token_hex(4)}"
    with admin_connect(url) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield with_database(url, name)
    finally:
        with admin_connect(url) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def with_database(url: str, name: str) -> str:
    """Return the URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _one(connection: Pg, query: LiteralString | sql.Composed) -> Any:  # noqa: ANN401  # whatever was asked for
    row = connection.execute(query).fetchone()
    return None if row is None else row[0]


def _rows(connection: Pg) -> dict[str, int]:
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('sync', 'shop') ORDER BY 1, 2"
    ).fetchall()
    count = sql.SQL("SELECT count(*) FROM {}")
    return {
        f"{schema}.{table}": int(_one(connection, count.format(sql.Identifier(schema, table))))
        for schema, table in tables
    }


def _roles(connection: Pg) -> dict[str, str]:
    """Return the verifiers of the counters' passwords; the passwords themselves are known to nobody."""
    found = connection.execute(
        "SELECT a.rolname, a.rolpassword FROM pg_authid a JOIN sync.counter c ON c.role_name = a.rolname"
        " WHERE a.rolpassword IS NOT NULL AND c.state = 'live'"
    )
    return {str(role): str(verifier) for role, verifier in found}


def _make_role(connection: Pg, role: str, verifier: str) -> None:
    if not re.fullmatch(r"pos_[0-9a-f_]+", role) or not verifier.startswith("SCRAM-SHA-256$"):
        raise _not_a_backup()
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
        name = sql.Identifier(role)
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN INHERIT PASSWORD {}").format(name, sql.Literal(verifier)))
        limit_role(connection, role)


def _card(path: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads(card_of(path).read_text(encoding="utf-8"))
        path.stat()
    except (OSError, ValueError) as error:
        raise _not_a_backup() from error
    return card


def _not_a_backup() -> Refusal:
    return Refusal(
        "not_a_backup", Text(N_("This is no backup of a centre: the dump and its card beside it belong together."))
    )


def _private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


# ------------------------------------------------------------------------------------------------ the tools


def _run(server_version: int, name: str, link: Link, arguments: list[str]) -> None:
    given = {
        key: value
        for key, value in parameters(replace(link, password="")).items()
        if key in {"host", "port", "dbname", "user", "sslmode", "sslrootcert", "channel_binding", "connect_timeout"}
        and value != ""
    }
    conninfo = " ".join(f"{key}='{_quoted(str(value))}'" for key, value in given.items())
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    binary = tool(_binaries(server_version), name)
    try:
        done = subprocess.run(
            [str(binary), f"--dbname={conninfo}", "--no-password", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIME_LIMIT_S,
            env={**clean, "PGPASSWORD": link.password, "LC_ALL": "C"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(name, str(error)) from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise _failed(name, "; ".join(lines[:3])[:500])


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _binaries(server_version: int) -> Path:
    """Return the tools of the server's own version, else of the next newer one: older ones refuse to dump it."""
    wanted = server_version // 10_000
    found: dict[int, Path] = {}
    for folder in candidate_binaries():
        if tool(folder, "pg_dump").is_file():
            told = subprocess.run(
                [str(tool(folder, "pg_dump")), "--version"], capture_output=True, check=False, timeout=30
            ).stdout.decode(errors="replace")
            major = re.search(r"(\d+)", told)
            if major is not None:
                found.setdefault(int(major[1]), folder)
    usable = sorted(major for major in found if major >= wanted)
    if not usable:
        raise EnvironmentTrouble(
            "no_postgres_tools",
            Text(
                N_("There is no pg_dump of version {version} or newer here. Name its folder in {name}."),
                {"version": wanted, "name": "CROSSSELL_PG_BIN"},
            ),
        )
    return found[usable[0]]


def _failed(name: str, detail: str) -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "backup_failed", Text(N_("{tool} did not succeed: {detail}"), {"tool": name, "detail": detail})
    )
