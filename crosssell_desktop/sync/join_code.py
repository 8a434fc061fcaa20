"""The one-time code by which a counter joins: where the centre is, a secret, and the fingerprint of its root.

Nobody types an administrator's password at a counter. The secret is the password of a role that may only join, for
some minutes and once; SCRAM with channel binding proves to the counter that the server knows it too, so a server in
between gets nothing. The counter's own password comes sealed by the secret, which the centre does not keep.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.sync.link import Tls

MARK = "CS1-"
_CHECK = 4


@dataclass(frozen=True, slots=True)
class JoinCode:
    """What a code says."""

    host: str
    port: int
    dbname: str
    role: str
    secret: bytes = field(repr=False)
    tls: Tls = "verify-full"
    root_print: str = ""
    """The SHA-256 of the centre's root certificate; empty on this machine only, where nothing is encrypted."""

    @property
    def password(self) -> str:
        """The password of the joining role."""
        return hmac.new(self.secret, b"crosssell-join-1", hashlib.sha256).hexdigest()


def encode(code: JoinCode) -> str:
    """Return the code as it is handed on: one line, to be pasted or shown as a picture."""
    told = [code.host, code.port, code.dbname, code.role, code.secret.hex(), code.tls, code.root_print]
    raw = json.dumps(told, separators=(",", ":")).encode()
    check = hashlib.sha256(raw).digest()[:_CHECK]
    return MARK + base64.urlsafe_b64encode(check + raw).decode().rstrip("=")


def decode(text: str) -> JoinCode:
    """Read a code.

    Raises:
        Refusal: ``bad_code``; ``plain_text_refused`` when it would lead over a network without encryption.
    """
    clean = "".join(text.split())
    body = clean.removeprefix(MARK)
    try:
        whole = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        check, raw = whole[:_CHECK], whole[_CHECK:]
        host, port, dbname, role, secret, tls, root_print = json.loads(raw)
        code = JoinCode(
            host=str(host),
            port=int(port),
            dbname=str(dbname),
            role=str(role),
            secret=bytes.fromhex(secret),
            tls="local" if tls == "local" else "verify-full",
            root_print=str(root_print),
        )
    except (ValueError, TypeError, binascii.Error) as error:
        raise _bad() from error
    if body == clean or not hmac.compare_digest(check, hashlib.sha256(raw).digest()[:_CHECK]):
        raise _bad()
    return code


def _bad() -> Refusal:
    return Refusal(
        "bad_code", Text(N_("This is no code of a centre, or a part of it is missing. Copy the whole line."))
    )


def seal(secret: bytes, password: str) -> str:
    """Return a password that only who knows the secret can read; a secret seals one password and no second."""
    return _mix(secret, password.encode()).hex()


def unseal(secret: bytes, sealed: str) -> str:
    """Return the password that was sealed."""
    return _mix(secret, bytes.fromhex(sealed)).decode()


def _mix(secret: bytes, text: bytes) -> bytes:
    stream = b""
    block = 0
    while len(stream) < len(text):
        stream += hmac.new(secret, b"crosssell-seal-1" + block.to_bytes(4), hashlib.sha256).digest()
        block += 1
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))
