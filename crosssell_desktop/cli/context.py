"""What every command shares: the profile, JSON on stdout, messages on stderr, and exit codes 0, 1, 2."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.system.i18n import choose_language, translator
from crosssell_desktop.system.paths import Profile, open_profile

if TYPE_CHECKING:
    from crosssell_desktop.services.desk import Desk


@dataclass(slots=True)
class Command:
    """One run of the program from the command line."""

    folder: Path | None
    as_json: bool
    speaker: Translator

    def profile(self) -> Profile:
        """Return the profile named, or the platform's."""
        return open_profile(self.folder)

    def say(self, text: Text) -> None:
        """Say a sentence to the person on stderr."""
        click.echo(self.speaker.say(text), err=True)

    def report(self, value: dict[str, Any], words: str = "") -> None:
        """Print the result: one JSON object, or words for a person."""
        if self.as_json:
            click.echo(json.dumps(value, ensure_ascii=False, default=str))
        else:
            click.echo(words or "\n".join(f"{name}: {item}" for name, item in value.items()))

    @contextlib.contextmanager
    def desk(self, *, writes: bool = False) -> Iterator[Desk]:
        """Open the profile for services, and close it afterwards.

        A command that only reads may run beside an open window. One that ``writes`` takes the profile for itself: the
        window's own writer is the one writer of a profile (design ruling 12).

        Raises:
            Refusal: ``profile_in_use`` when it writes and another program has the profile; those of opening.
        """
        from crosssell_desktop.services.opening import opened
        from crosssell_desktop.system.instance import take_profile
        from crosssell_desktop.system.secrets import system_keyring

        profile = self.profile()
        held = take_profile(profile) if writes else contextlib.nullcontext()
        with held, opened(profile, keyring=system_keyring()) as desk:
            self._take_back_cut_off(profile, desk, is_alone=writes)
            yield desk

    def _take_back_cut_off(self, profile: Profile, desk: Desk, *, is_alone: bool) -> None:
        """Take back an import of customers that a cut left half done, unless it is another program's, under way."""
        from crosssell_desktop.store.customer_imports import cut_off
        from crosssell_desktop.system.instance import take_profile

        with desk.database.read() as connection:
            if not cut_off(connection):
                return
        from crosssell_desktop.interchange import import_tables

        shop = import_tables.Shop(desk.database, desk.clock, desk.ids, self.speaker)
        try:
            with contextlib.nullcontext() if is_alone else take_profile(profile):
                import_tables.take_back_cut_off(shop)
        except EnvironmentTrouble as trouble:
            self.say(trouble.text)
        except Refusal as refused:
            if refused.code != "profile_in_use":
                raise
        else:
            self.say(Text(N_("An import of customers had been cut off; what it had taken was put back.")))


def shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--profile`` and ``--json`` and its :class:`Command`; turn a refusal into exit 1."""

    @click.option(
        "--profile", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder of the profile."
    )
    @click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
    @click.pass_context
    def wrapped(context: click.Context, /, folder: Path | None, as_json: bool, **arguments: object) -> None:
        command = Command(folder, as_json, translator(choose_language()))
        try:
            context.invoke(function, command, **arguments)
        except Refusal as refused:
            if as_json:
                click.echo(
                    json.dumps(
                        {"refused": refused.code, "message": command.speaker.say(refused.text)}, ensure_ascii=False
                    )
                )
            command.say(refused.text)
            sys.exit(1)

    wrapped.__name__ = function.__name__
    wrapped.__doc__ = function.__doc__
    return wrapped
