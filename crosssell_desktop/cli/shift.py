"""``shift`` and ``credits``: open, close and print shifts; statements and the reason of every entry."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.cli.person import log_in, person_id, person_option
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text


@click.group("shift")
def shift() -> None:
    """Open, close and print shifts."""


@shift.command("open")
@person_option
@click.option("--responsible", help="Short name of the person responsible for complex sales.")
@click.option("--reason", default="", help="Why there is no responsible person.")
@click.option("--cash", "cash_minor", type=int, default=0, help="Cash in the drawer, kopecks.")
@shared
def open_(command: Command, person: str, responsible: str | None, reason: str, cash_minor: int) -> None:
    """Open a shift; the PIN is asked for on the terminal."""
    from crosssell_desktop.services import shifts

    with command.desk(writes=True) as desk:
        session = log_in(desk, person)
        lead = None if responsible is None else person_id(desk, responsible)
        shift_id = shifts.open_shift(
            desk, session, responsible_id=lead, override_reason=reason, opening_cash_minor=cash_minor
        ).value
    command.report({"shift": str(shift_id)})


@shift.command("close")
@person_option
@click.option("--till-total", "till_minor", type=int, help="What the fiscal register says it took, kopecks.")
@click.option("--notes", default="", help="Notes for the next shift.")
@shared
def close(command: Command, person: str, till_minor: int | None, notes: str) -> None:
    """Close the open shift for good."""
    from crosssell_desktop.services import shifts

    with command.desk(writes=True) as desk:
        session = log_in(desk, person)
        shift_id = shifts.close_shift(desk, session, till_total_minor=till_minor, notes=notes).value
    command.report({"shift": str(shift_id)})


@shift.command("report")
@click.argument("which", default="last")
@click.option("--kind", type=click.Choice(["x", "z"]), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@shared
def report(command: Command, which: str, kind: str, out: Path, language: str) -> None:
    """Print a shift report as PDF; WHICH is a shift's id or «last»."""
    from crosssell_desktop.domain.ids import ShiftId
    from crosssell_desktop.services import reporting
    from crosssell_desktop.system.i18n import translator

    with command.desk() as desk:
        try:
            shift_id = None if which == "last" else ShiftId(UUID(which))
        except ValueError as error:
            raise Refusal("no_such_shift", Text(N_("There is no such shift at this counter."))) from error
        pdf = reporting.shift_report(
            desk,
            None,
            shift_id,
            kind="X" if kind == "x" else "Z",
            speaker=translator("ru" if language == "ru" else "en"),
        )
        reporting.save_report(out, pdf)
    command.report({"file": str(out), "bytes": len(pdf)})


@click.group("credits")
def credits_() -> None:
    """Statements, and why an entry is what it is."""


@credits_.command("statement")
@click.option("--person", required=True, help="Short name.")
@click.option("--period", required=True, help="Month, 2026-03.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@shared
def statement(command: Command, person: str, period: str, out: Path, language: str) -> None:
    """Print a person's credits of a month, each with its explanation."""
    from crosssell_desktop.services import reporting
    from crosssell_desktop.system.i18n import translator

    with command.desk() as desk:
        speaker = translator("ru" if language == "ru" else "en")
        pdf = reporting.statement(desk, None, person_id(desk, person), period, speaker=speaker)
        reporting.save_report(out, pdf)
    command.report({"file": str(out), "bytes": len(pdf)})


@credits_.command("explain")
@click.argument("entry")
@shared
def explain(command: Command, entry: str) -> None:
    """Say in one line how an entry came about."""
    from crosssell_desktop.services import reporting

    try:
        entry_id = UUID(entry)
    except ValueError as error:
        raise Refusal("no_such_entry", Text(N_("There is no such credit entry."))) from error
    with command.desk() as desk:
        found = reporting.explain_entry(desk, entry_id, command.speaker)
    command.report(
        {"entry": entry, "amount_minor": found.amount_minor, "person": found.person, "explain": found.words},
        found.words,
    )
