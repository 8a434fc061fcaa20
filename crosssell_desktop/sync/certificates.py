"""The centre's own certificate authority and its server's certificate, made by the ``openssl`` program.

The program has no library for certificates at run time; whoever runs a PostgreSQL with TLS has OpenSSL beside it.
Elliptic keys (P-256) with SHA-256: what SCRAM's channel binding is sure of in every version.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text

ROOT_DAYS = 3_650
SERVER_DAYS = 825

_CONFIG = """[req]
distinguished_name = dn
prompt = no
[dn]
CN = {common}
[root]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = {names}
"""
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the authority and the server's certificate lie; ``root`` is what counters need."""

    root: Path
    root_key: Path
    server: Path
    server_key: Path


def make(folder: Path, hosts: Sequence[str]) -> Certificates:
    """Make what is missing: an authority once, and a server's certificate for these names each time.

    Args:
        folder: for the user only; keep ``root.key`` elsewhere once the server has its certificate.
        hosts: names or addresses by which counters reach the server; the first is the certificate's name.

    Raises:
        EnvironmentTrouble: ``no_openssl``, ``certificates_failed``.
        Refusal: ``bad_host``.
    """
    for host in hosts:
        if not host or (any(c in host for c in " ,:/\n") and not _is_address(host)):
            raise Refusal("bad_host", Text(N_("«{host}» is no name of a server."), {"host": host[:60]}))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = Certificates(*(folder / name for name in ("root.crt", "root.key", "server.crt", "server.key")))
    names = ", ".join(f"IP:{host}" if _is_address(host) else f"DNS:{host}" for host in hosts)
    config = folder / "openssl.cnf"
    if not (made.root.exists() and made.root_key.exists()):
        config.write_text(_CONFIG.format(common="CrossSell centre", names="DNS:localhost"), encoding="ascii")
        _openssl(
            folder,
            *("req", "-x509", "-config", str(config), "-extensions", "root", *_NEW_KEY),
            *("-days", str(ROOT_DAYS), "-keyout", str(made.root_key), "-out", str(made.root)),
        )
    config.write_text(_CONFIG.format(common=hosts[0][:64], names=names), encoding="ascii")
    request = folder / "server.csr"
    _openssl(
        folder,
        *("req", "-new", "-config", str(config), *_NEW_KEY, "-keyout", str(made.server_key), "-out", str(request)),
    )
    _openssl(
        folder,
        *("x509", "-req", "-in", str(request), "-CA", str(made.root), "-CAkey", str(made.root_key)),
        *("-set_serial", "0x" + os.urandom(16).hex(), "-days", str(SERVER_DAYS), "-sha256"),
        *("-extfile", str(config), "-extensions", "server", "-out", str(made.server)),
    )
    for path in (request, config):
        path.unlink()
    for path in (made.root_key, made.server_key):
        path.chmod(0o600)
    return made


def fingerprint(pem: str) -> str:
    """Return the SHA-256 of a certificate, hex.

    Raises:
        Refusal: ``bad_certificate``.
    """
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.strip() + "\n")).hexdigest()
    except ValueError as error:
        raise Refusal("bad_certificate", Text(N_("This is no certificate."))) from error


def hba_lines(dbname: str) -> list[str]:
    """Return what belongs into the server's pg_hba.conf, in this order."""
    return [
        f"hostssl {dbname} +crosssell_counter all scram-sha-256",
        f"hostssl {dbname} +crosssell_join all scram-sha-256",
        "hostnossl all all all reject",
    ]


def server_settings(made: Certificates) -> list[str]:
    """Return what belongs into the server's postgresql.conf."""
    return [
        "ssl = on",
        f"ssl_cert_file = '{made.server}'",
        f"ssl_key_file = '{made.server_key}'",
        "ssl_min_protocol_version = 'TLSv1.2'",
        "password_encryption = 'scram-sha-256'",
        "max_prepared_transactions = 0",
        "log_parameter_max_length = 0",
        "log_parameter_max_length_on_error = 0",
    ]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _openssl(folder: Path, *arguments: str) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise EnvironmentTrouble(
            "no_openssl", Text(N_("The program «openssl» is not on this machine. Install it, or bring certificates."))
        )
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=folder,
        # Nobody's own configuration decides what the certificates say.
        env={"PATH": os.environ.get("PATH", ""), "OPENSSL_CONF": str(folder / "openssl.cnf"), "LC_ALL": "C"},
        check=False,
        timeout=60,
        umask=0o077,
    )
    if done.returncode != 0:
        detail = done.stderr.decode(errors="replace").strip()[-300:]
        raise EnvironmentTrouble(
            "certificates_failed", Text(N_("The certificates were not made: {detail}"), {"detail": detail})
        )
