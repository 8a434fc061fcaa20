"""``staff``: who works here, and the first manager of a store that nobody manages yet."""

from __future__ import annotations

import click

from crosssell_desktop.cli.context import Command, shared


@click.group("staff")
def staff() -> None:
    """People and how they log in; everything else is done in the Office of the program."""


@staff.command("list")
@shared
def list_(command: Command) -> None:
    """Show who works in this store and who cannot log in yet."""
    from crosssell_desktop.services import login

    with command.desk() as desk:
        people = login.people_here(desk)
    told = [{"name": p.short_name, "level": p.level, "can_log_in": p.has_pin} for p in people]
    command.report(
        {"people": told}, "\n".join(f"{p.short_name:20} {p.level} {'' if p.has_pin else '—'}".rstrip() for p in people)
    )


@staff.command("first-manager")
@click.argument("name")
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@shared
def first_manager(command: Command, name: str, *, language: str) -> None:
    """Take NAME on as the first manager and print the one-time PIN; refused where somebody manages already."""
    from crosssell_desktop.services import staff_office

    with command.desk(writes=True) as desk:
        hired = staff_office.first_manager(desk, name, "en" if language == "en" else "ru").value
    command.report({"person": str(hired.person_id), "one_time_pin": hired.one_time_pin}, hired.one_time_pin)
