"""``run`` and ``demo``: open the program, or a whole demo with its own centre."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.cli.starters import Starters


def _starters() -> Starters:
    found: Starters = click.get_current_context().find_root().obj["starters"]
    return found


@click.command("run")
@shared
def run(command: Command) -> None:
    """Open the program."""
    starters = _starters()
    sys.exit(starters.open_window(command.profile()))


@click.command("demo")
@click.option(
    "--offscreen",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Play a whole day without a screen and leave pictures, papers and day.json here.",
)
@click.option("--shop", type=click.Choice(["electronics", "journey"]), default="electronics", show_default=True)
@click.option("--fresh", is_flag=True, help="Throw the demo's earlier state away first.")
@shared
def demo(command: Command, out: Path | None, shop: str, *, fresh: bool) -> None:
    """Show a whole demo: a centre, two counters, a shop; then the counter, or a day played offscreen."""
    starters = _starters()
    if out is not None:
        sys.exit(starters.play_demo(out, command.folder, shop, fresh))
    sys.exit(starters.open_demo(command.folder, shop, fresh))
