"""What a counter needs to reach the centre, and how the exchange can fail."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text

Tls = Literal["verify-full", "local"]
"""``local`` is plain text on this machine only (Unix socket or loopback): demo and tests."""


@dataclass(frozen=True, slots=True)
class Link:
    """The result of enrolment: where the centre is and as whom to log in; the caller keeps the password secret."""

    host: str
    port: int
    dbname: str
    role: str
    password: str = field(repr=False)
    tls: Tls = "verify-full"
    root_cert: str = ""
    """Path of the centre's own root certificate; empty takes the system's roots."""

    def __post_init__(self) -> None:
        """Refuse plain text over a network."""
        if self.tls == "local" and not is_this_machine(self.host):
            raise Refusal(
                "plain_text_refused",
                Text(
                    N_("The connection to {host} must be encrypted. Give the centre's root certificate."),
                    {"host": self.host},
                ),
            )


def is_this_machine(host: str) -> bool:
    """Say whether a host name means this machine: a socket folder, ``localhost`` or a loopback address."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class CentreAway(EnvironmentTrouble):
    """The centre does not answer now; the exchange tries again for ever, and sales go on."""

    def __init__(self, detail: str) -> None:
        super().__init__("centre_away", Text(N_("The centre does not answer. Sales go on and will be sent later.")))
        self.detail = detail


class AccessRefused(Refusal):
    """The centre refuses this counter; trying again will not help, a person must look."""

    def __init__(self, detail: str, code: str = "centre_refuses", text: Text | None = None) -> None:
        said = Text(N_("The centre refuses this counter. Nothing is lost; call the administrator to enrol it again."))
        super().__init__(code, said if text is None else text)
        self.detail = detail


class NotOurCentre(AccessRefused):
    """What answered is not the centre: no certificate of ours, another name, or a question for the bare password."""

    def __init__(self, detail: str) -> None:
        if "does not match" in detail:
            text = Text(N_("The server that answered bears another name than the centre. Nothing was sent to it."))
        elif "SSL" in detail and "certificate" not in detail:
            text = Text(N_("The server that answered does not encrypt. Nothing was sent to it."))
        elif "certificate" in detail:
            text = Text(
                N_(
                    "The certificate of the server that answered is not the centre's, or has run out. Nothing was sent"
                    " to it. Check the clock of this computer, then call the administrator."
                )
            )
        else:
            text = Text(N_("The server that answered asks for the password openly. Nothing was sent to it."))
        super().__init__(detail, "not_our_centre", text)


class BatchRefused(Exception):  # noqa: N818  # it is an answer: send less at once
    """The centre cannot read this batch; the half of it may pass."""


class BatchTooSlow(CentreAway):
    """The centre took too long over this batch; the next one is smaller."""
