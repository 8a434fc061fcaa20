"""Who does it: a command that needs rights asks for a person and, on the terminal, for the PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.domain.access import Session
    from crosssell_desktop.domain.ids import PersonId
    from crosssell_desktop.services.desk import Desk

person_option = click.option("--person", required=True, help="Who does it: short name as on the log-in screen.")


def person_id(desk: Desk, short_name: str) -> PersonId:
    """Return who is called so here.

    Raises:
        Refusal: ``no_person``.
    """
    from crosssell_desktop.services import login

    found = [p.id for p in login.people_here(desk) if p.short_name == short_name]
    if len(found) != 1:
        raise Refusal("no_person", Text(N_("Nobody here is called {name}."), {"name": short_name}))
    return found[0]


def log_in(desk: Desk, short_name: str) -> Session:
    """Ask for the PIN on the terminal and open a session.

    Raises:
        Refusal: ``no_person``; those of :func:`crosssell_desktop.services.login.log_in`.
    """
    from crosssell_desktop.services import login

    pin = click.prompt("PIN", hide_input=True, err=True)
    return login.log_in(desk, person_id(desk, short_name), pin).value
