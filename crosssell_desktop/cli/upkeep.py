"""``verify``, ``backup``, ``restore`` and ``rescue``."""

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


@click.command("rescue")
@shared
def rescue(command: Command) -> None:
    """Make a damaged database anew from what can still be read of it; the damaged file is kept."""
    from crosssell_desktop.services.rescue import rescue as bring_over
    from crosssell_desktop.system.instance import take_profile
    from crosssell_desktop.system.secrets import profile_key, system_keyring

    profile = command.profile()
    with take_profile(profile):
        done = bring_over(profile, profile_key(profile, system_keyring()).key.reveal())
    found = done.salvaged
    command.say(
        Text(
            N_(
                "Brought over {operations} operations, {unsent} of them unsent. "
                "Exchange now: what is missing comes from the centre."
            ),
            {"operations": found.operations, "unsent": found.unsent},
        )
    )
    for first, last in found.lost:
        command.say(Text(N_("Operations {first} to {last} could not be read."), {"first": first, "last": last}))
    for table, count in found.passed_over:
        command.say(
            Text(
                N_("{n} rows of «{table}» were passed over: others stand under their keys."),
                {"n": count, "table": table},
            )
        )
    command.report(
        {
            "kept": None if done.kept is None else str(done.kept),
            "operations": found.operations,
            "unsent": found.unsent,
            "lost": [list(span) for span in found.lost],
            "rows": found.rows,
            "torn": list(found.torn),
            "passed_over": dict(found.passed_over),
            "waiting": found.waiting,
        }
    )
