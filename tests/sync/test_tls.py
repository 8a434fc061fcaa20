"""The link against impostors: none of them gets a byte of the password, and the person is told."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import struct
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crosssell_desktop.sync.link import AccessRefused, CentreAway, Link
from crosssell_desktop.sync.transport import connect

PASSWORD = "the-password-nobody-may-see"
NOW = dt.datetime.now(dt.UTC)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    """A certificate authority of one key."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._cert = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(name))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - dt.timedelta(days=2))
            .not_valid_after(NOW + dt.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.root = folder / f"{name}.pem"
        self.root.write_bytes(self._cert.public_bytes(serialization.Encoding.PEM))

    def issue(self, host: str, *, ends: dt.timedelta = dt.timedelta(days=1)) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        cert = (
            x509.CertificateBuilder()
            .subject_name(_name(host))
            .issuer_name(self._cert.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - dt.timedelta(days=2))
            .not_valid_after(NOW + ends)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        made = self.folder / f"{host}-{cert.serial_number}.pem", self.folder / f"{host}-{cert.serial_number}.key"
        made[0].write_bytes(cert.public_bytes(serialization.Encoding.PEM))
        made[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return made


class Impostor:
    """Something that answers like PostgreSQL and asks for the password; ``heard`` is all it was told in the clear."""

    def __init__(self, certificate: tuple[Path, Path] | None, ask: bytes) -> None:
        self.heard = b""
        self.asked = False
        self._ask = ask
        self._sockets = contextlib.ExitStack()
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with self._listener, self._listener.accept()[0] as raw, self._sockets:
            raw.settimeout(5)
            try:
                self._speak(raw)
            except (OSError, ssl.SSLError, struct.error):
                return

    def _speak(self, raw: socket.socket) -> None:
        first = raw.recv(8)
        self.heard += first
        connection: socket.socket = raw
        if struct.unpack("!ii", first)[1] == 80877103:
            if self._context is None:
                raw.sendall(b"N")
            else:
                raw.sendall(b"S")
                wrapped = self._context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
                connection = self._sockets.enter_context(wrapped)
                wrapped.do_handshake()
        started = connection.recv(4096)
        self.heard += started
        if not started:
            return
        self.asked = True
        connection.sendall(self._ask)
        self.heard += connection.recv(4096)

    def end(self) -> bytes:
        self._thread.join(10)
        return self.heard


CLEARTEXT = b"R" + struct.pack("!ii", 8, 3)
MD5 = b"R" + struct.pack("!ii", 12, 5) + b"salt"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "ours")


def _refused(impostor: Impostor, root: Path) -> str:
    """Be refused with a sentence; return what the driver said."""
    link = Link("localhost", impostor.port, "shop", "pos_1", PASSWORD, root_cert=str(root))
    with pytest.raises((AccessRefused, CentreAway)) as caught:
        connect(link)
    heard = impostor.end()
    assert PASSWORD.encode() not in heard
    assert isinstance(caught.value, AccessRefused), caught.value
    assert caught.value.code == "not_our_centre"
    assert "Nothing was sent" in str(caught.value.text)
    return str(caught.value.detail)


@pytest.mark.parametrize("ask", [CLEARTEXT, MD5], ids=["cleartext", "md5"])
def test_an_impostor_with_its_own_certificate_gets_nothing(ours: Authority, tmp_path: Path, ask: bytes) -> None:
    theirs = Authority(tmp_path, "theirs")
    impostor = Impostor(theirs.issue("localhost"), ask)
    assert "certificate" in _refused(impostor, ours.root)
    assert not impostor.asked


@pytest.mark.parametrize("ask", [CLEARTEXT, MD5], ids=["cleartext", "md5"])
def test_an_impostor_without_encryption_gets_nothing(ours: Authority, ask: bytes) -> None:
    impostor = Impostor(None, ask)
    assert "SSL" in _refused(impostor, ours.root)
    assert not impostor.asked


def test_the_right_authority_under_a_wrong_name_gets_nothing(ours: Authority) -> None:
    impostor = Impostor(ours.issue("elsewhere.example"), CLEARTEXT)
    assert "elsewhere.example" in _refused(impostor, ours.root)
    assert not impostor.asked


def test_an_expired_certificate_gets_nothing(ours: Authority) -> None:
    impostor = Impostor(ours.issue("localhost", ends=-dt.timedelta(hours=1)), CLEARTEXT)
    assert "certificate" in _refused(impostor, ours.root)
    assert not impostor.asked


@pytest.mark.parametrize("ask", [CLEARTEXT, MD5], ids=["cleartext", "md5"])
def test_even_the_right_certificate_does_not_get_the_password_in_the_clear(ours: Authority, ask: bytes) -> None:
    """The control as well: here the conversation goes as far as the question, and is ended by us."""
    impostor = Impostor(ours.issue("localhost"), ask)
    assert "auth" in _refused(impostor, ours.root)
    assert impostor.asked


def test_a_hostile_environment_decides_nothing(ours: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGSSLMODE": "disable", "PGHOSTADDR": "10.9.9.9", "PGREQUIREAUTH": "none", "PGCHANNELBINDING": "disable",
        "PGSSLROOTCERT": "/nonexistent", "PGSERVICE": "evil", "PGPASSWORD": "x",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    impostor = Impostor(None, CLEARTEXT)
    assert "SSL" in _refused(impostor, ours.root)
    assert not impostor.asked
