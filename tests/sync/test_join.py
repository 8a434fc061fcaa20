"""A counter joins by a one-time code over the centre's own certificates; nobody types an administrator's password."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import enrolment, exchange
from crosssell_desktop.services.opening import opened
from crosssell_desktop.sync import centre, centre_join, centre_server, certificates, join_code
from crosssell_desktop.sync.join_code import JoinCode
from crosssell_desktop.sync.link import AccessRefused, CentreAway, Link
from crosssell_desktop.sync.transport import connect
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.paths import open_profile
from tests.sync.kit import Ids, Shop, TestClock, remove, row

CLOCK = SystemClock()
STORE, DEPARTMENT = uuid.UUID(int=11), uuid.UUID(int=12)


def furnish(url: str) -> None:
    """Give the centre one store with one department."""
    clock = TestClock()
    office = centre.enrol(url, centre.NewCounter(uuid.uuid4(), "office", None, office=True))
    company = uuid.uuid4()
    rows = {
        "company": [row("company", id=company, ver=1)],
        "store": [row("store", id=STORE, company_id=company, code="1", time_zone="Europe/Moscow", ver=1)],
        "department": [row("department", id=DEPARTMENT, store_id=STORE, code="A", ver=1)],
    }
    assert centre.push_master(office, rows, clock, Ids(clock)).refused == ()


def invite(url: str, name: str = "K1") -> str:
    return enrolment.invite(url, name, store_code="1", department_code=None, clock=CLOCK, ids=MonotonicIds(CLOCK))


def join(code: str, folder: Path) -> enrolment.Enrolled:
    return enrolment.join(code, open_profile(folder), keyring=None, clock=CLOCK, ids=MonotonicIds(CLOCK))


@dataclass
class Guarded:
    """A centre with its own authority, reached over TLS only."""

    url: str
    made: certificates.Certificates


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Start a server, set it up as «centre init --certificates» says, start it again."""
    folder = tmp_path_factory.mktemp("guarded")
    first = centre_server.start(folder / "pg", throw_away=True)
    url = centre_server.make_database(first.url, "shop")
    centre.init(url)
    first.stop()
    home, data = first.folder, first.folder / "data"
    made = certificates.make(home / "certificates", ["localhost", "127.0.0.1"])
    owner = data.stat()
    for path in (made.root.parent, made.server, made.server_key):
        os.chown(path, owner.st_uid, owner.st_gid)
    with (data / "postgresql.conf").open("a") as file:
        file.write("\n".join(["", *certificates.server_settings(made), ""]))
    (data / "pg_hba.conf").write_text(
        "\n".join(
            [
                "local all postgres scram-sha-256",
                "hostssl all postgres all scram-sha-256",
                "hostnossl all postgres 127.0.0.1/32 scram-sha-256",
                *certificates.hba_lines("shop"),
                "",
            ]
        )
    )
    os.chown(data / "pg_hba.conf", owner.st_uid, owner.st_gid)
    second = centre_server.start(folder / "pg", throw_away=True)
    at = urlsplit(second.url)
    url = f"postgresql://postgres:{at.password}@localhost:{at.port}/shop?sslmode=verify-full&sslrootcert={made.root}"
    centre.keep_root(url, made.root.read_text())
    furnish(url)
    yield Guarded(url, made)
    second.stop()
    remove(second.folder)


def test_a_counter_joins_with_a_code_and_exchanges_over_the_centres_own_certificate(
    guarded: Guarded, tmp_path: Path
) -> None:
    code = invite(guarded.url)
    done = join(code, tmp_path / "till")
    assert done.name == "K1"
    root = tmp_path / "till" / enrolment.ROOT_FILE
    assert root.read_text() == guarded.made.root.read_text()
    with opened(open_profile(tmp_path / "till")) as desk:
        assert exchange.one_round(desk).healed == ()
        assert desk.me.store_id == STORE
    # Single use: the second computer with the same code gets nothing.
    with pytest.raises(Refusal, match="code_spent"):
        join(code, tmp_path / "thief")
    assert not (tmp_path / "thief" / enrolment.ROOT_FILE).exists()


def test_the_lines_for_pg_hba_let_nobody_in_without_encryption(guarded: Guarded) -> None:
    link = centre.enrol(guarded.url, centre.NewCounter(uuid.uuid4(), "K9", STORE))
    plain = Link("127.0.0.1", link.port, link.dbname, link.role, link.password, tls="local")
    with pytest.raises(AccessRefused, match="centre_refuses") as caught:
        connect(plain)
    assert "rejects connection" in caught.value.detail or "no pg_hba.conf entry" in caught.value.detail
    connect(link).close()


def test_a_code_is_good_for_minutes_only(guarded: Guarded, tmp_path: Path) -> None:
    code = invite(guarded.url, "K2")
    role = join_code.decode(code).role
    with centre.admin_connect(guarded.url) as connection:
        connection.execute("UPDATE sync.join_code SET expires_at = now() - interval '1 second'")
    with pytest.raises(Refusal, match="code_spent"):
        join(code, tmp_path / "late")
    with centre.admin_connect(guarded.url) as connection:
        connection.execute(f"ALTER ROLE {role} VALID UNTIL '2020-01-01'")
    with pytest.raises(Refusal, match="code_spent"):
        join(code, tmp_path / "late")
    # The next code sweeps the role away.
    with centre.admin_connect(guarded.url) as connection:
        connection.execute("UPDATE sync.join_code SET expires_at = now() - interval '1 hour'")
    invite(guarded.url, "K3")
    with centre.admin_connect(guarded.url) as connection:
        assert connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None


def test_a_root_that_is_not_the_one_in_the_code_is_not_kept(guarded: Guarded, tmp_path: Path) -> None:
    told = join_code.decode(invite(guarded.url, "K4"))
    other = JoinCode(told.host, told.port, told.dbname, told.role, told.secret, root_print="0" * 64)
    with pytest.raises(Refusal, match="other_root"):
        join(join_code.encode(other), tmp_path / "till")
    assert not [p for p in (tmp_path / "till").iterdir() if p.is_file()]


def test_an_impostor_that_does_not_know_the_secret_gets_nothing(guarded: Guarded, tmp_path: Path) -> None:
    """It has a good certificate of its own, and starts SCRAM; it cannot finish it, and learns no password."""
    heard: list[bytes] = []
    other = certificates.make(tmp_path / "other", ["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(other.server, other.server_key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as raw, contextlib.suppress(OSError, struct.error):
            raw.settimeout(5)
            raw.recv(8)
            raw.sendall(b"S")
            with context.wrap_socket(raw, server_side=True) as talk:
                heard.append(talk.recv(4_096))
                methods = b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"
                talk.sendall(b"R" + struct.pack("!ii", 8 + len(methods), 10) + methods)
                heard.append(talk.recv(4_096))
                nonce = heard[-1].rpartition(b"r=")[2]
                first = b"r=" + nonce + b"mine,s=c2FsdHNhbHRzYWx0c2FsdA==,i=4096"
                talk.sendall(b"R" + struct.pack("!ii", 8 + len(first), 11) + first)
                heard.append(talk.recv(4_096))
                last = b"v=" + b"A" * 43 + b"="
                talk.sendall(b"R" + struct.pack("!ii", 8 + len(last), 12) + last)
                heard.append(talk.recv(4_096))

    thread = threading.Thread(target=serve)
    thread.start()
    code = JoinCode("localhost", listener.getsockname()[1], "shop", "join_1", b"s" * 24, root_print="0" * 64)
    with pytest.raises((AccessRefused, CentreAway, Refusal)):
        join(join_code.encode(code), tmp_path / "till")
    thread.join(10)
    said = b"".join(heard)
    assert b"c=cD10bHMtc2VydmVyLWVuZC1wb2ludC" in said, "the client bound SCRAM to the connection"
    assert code.password.encode() not in said
    assert code.secret not in said


def test_the_role_of_a_code_can_join_and_nothing_else(shop: Shop) -> None:
    furnish(shop.url)
    code = join_code.decode(invite(shop.url))
    link = Link(code.host, code.port, code.dbname, code.role, code.password, tls=code.tls)
    for query in (
        "SELECT sealed FROM sync.join_code",
        "SELECT * FROM sync.sync_pull(NULL, 10)",
        "SELECT * FROM sync.sync_push(gen_random_uuid(), '', 1, '[]')",
        "CREATE TEMP TABLE mine (a int)",
    ):
        with connect(link) as connection, pytest.raises(psycopg.Error) as caught:
            connection.execute(query)
        assert caught.value.sqlstate == "42501"
    with connect(shop.till().link) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT sync.sync_join()")


def test_what_the_centre_keeps_of_a_code_opens_nothing(shop: Shop) -> None:
    furnish(shop.url)
    code = join_code.decode(invite(shop.url))
    kept = str(shop.ask("SELECT j::text FROM sync.join_code j"))
    _, link = centre_join.spend(join_code.encode(code), shop.folder / "root.crt")
    connect(link).close()
    assert link.password not in kept
    assert code.secret.hex() not in kept


@pytest.mark.parametrize("text", ["", "CS1-", "CS1-abc", "hello", "CS1-" + "A" * 200])
def test_what_is_no_code_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Refusal, match="bad_code"):
        join_code.decode(text)


def test_a_code_with_a_letter_lost_or_changed_is_refused_and_spaces_are_not_minded() -> None:
    text = join_code.encode(JoinCode("h.example", 5432, "shop", "join_1", b"x" * 24, root_print="ab"))
    assert join_code.decode(f" {text[:30]}\n {text[30:]} ") == join_code.decode(text)
    for broken in (text[:-1], text[:40] + ("A" if text[40] != "A" else "B") + text[41:], text[4:]):
        with pytest.raises(Refusal, match="bad_code"):
            join_code.decode(broken)


def test_a_password_is_sealed_and_read_again() -> None:
    secret, password = bytes(range(24)), "a-long-password-of-more-than-one-block-" * 2
    assert join_code.unseal(secret, join_code.seal(secret, password)) == password
    assert password.encode().hex() not in join_code.seal(secret, password)


def test_certificates_are_made_once_for_the_authority_and_anew_for_the_server(tmp_path: Path) -> None:
    first = certificates.make(tmp_path / "c", ["shop.example", "10.0.0.5"])
    root, server = first.root.read_text(), first.server.read_text()
    second = certificates.make(tmp_path / "c", ["shop.example"])
    assert second.root.read_text() == root
    assert second.server.read_text() != server
    assert all(p.stat().st_mode & 0o077 == 0 for p in (tmp_path / "c", second.root_key, second.server_key))
    assert len(certificates.fingerprint(root)) == 64
    for bad in ("", "a b", "x,DNS:evil.example", "a:b"):
        with pytest.raises(Refusal, match="bad_host"):
            certificates.make(tmp_path / "d", [bad])
