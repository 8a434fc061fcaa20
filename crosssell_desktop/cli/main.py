"""The root of the command line; each group lives in a file of its own and is imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from crosssell_desktop import __version__

if TYPE_CHECKING:
    from crosssell_desktop.cli.starters import Starters

COMMANDS: dict[str, str] = {
    "run": "crosssell_desktop.cli.window:run",
    "demo": "crosssell_desktop.cli.window:demo",
    "import": "crosssell_desktop.cli.imports:import_group",
    "export": "crosssell_desktop.cli.imports:export_group",
    "learn": "crosssell_desktop.cli.suggest:learn",
    "suggest": "crosssell_desktop.cli.suggest:suggest",
    "find": "crosssell_desktop.cli.find:find",
    "match": "crosssell_desktop.cli.match:match",
    "centre": "crosssell_desktop.cli.centre:centre",
    "sync": "crosssell_desktop.cli.centre:sync",
    "staff": "crosssell_desktop.cli.staff:staff",
    "shift": "crosssell_desktop.cli.shift:shift",
    "credits": "crosssell_desktop.cli.shift:credits_",
    "verify": "crosssell_desktop.cli.upkeep:verify",
    "backup": "crosssell_desktop.cli.upkeep:backup",
    "restore": "crosssell_desktop.cli.upkeep:restore",
    "rescue": "crosssell_desktop.cli.upkeep:rescue",
}


class LazyGroup(click.Group):
    """Loads a command's module only when the command is used, so that ``--version`` stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        del ctx
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="crosssell", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Serve the customer at the counter, prove every suggestion, credit goals and assists."""
    context.ensure_object(dict)


def main(starters: Starters) -> None:
    """Run the command line with the starters of the windows, which only the composition root knows."""
    cli(prog_name="crosssell", obj={"starters": starters})
