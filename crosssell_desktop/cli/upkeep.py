"""``verify``, ``backup`` and ``restore``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.domain.text import N_, Text


@click.command("verify")
@shared
def verify(command: Command) -> None:
    """Check everything that can be checked; exit 1 and names on any fault."""
    from crosssell_desktop.services import upkeep

    with command.desk() as desk:
        verdict = upkeep.verify(desk)
        faults = list(verdict.faults)
        if desk.model_trouble is not None:
            faults.append(command.speaker.say(desk.model_trouble.text))
    command.report(
        {
            "clean": not faults,
            "faults": faults,
            "operations": verdict.operations,
            "sales": verdict.sales,
            "credits_minor": verdict.credits_minor,
            "unsent": verdict.unsent,
            "head": verdict.head,
        }
    )
    if faults:
        for fault in faults:
            click.echo(fault, err=True)
        sys.exit(1)


@click.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@shared
def backup(command: Command, target: Path) -> None:
    """Copy the database, encrypted with the profile's key, into TARGET."""
    from crosssell_desktop.services import upkeep

    with command.desk() as desk:
        size = upkeep.back_up(desk, target)
    command.report({"file": str(target), "bytes": size})


@click.command("restore")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@shared
def restore(command: Command, source: Path) -> None:
    """Put a backup in place; the counter becomes a new incarnation and sends again what it keeps."""
    from crosssell_desktop.services import upkeep
    from crosssell_desktop.system.instance import take_profile
    from crosssell_desktop.system.secrets import profile_key, system_keyring

    profile = command.profile()
    with take_profile(profile):
        kept = upkeep.restore(profile, profile_key(profile, system_keyring()).key.reveal(), source)
    command.say(Text(N_("Restored. The earlier file is kept: {file}"), {"file": "—" if kept is None else kept.name}))
    command.report({"kept": None if kept is None else str(kept)})
