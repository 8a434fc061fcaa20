"""``import``: products, customers, past sales, costs, visitors and rota from files, and The Complete Journey."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.cli.person import log_in, person_option
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.domain.clock import Clock
    from crosssell_desktop.domain.ids import IdSource
    from crosssell_desktop.interchange.result import ImportResult
    from crosssell_desktop.store.engine import Database

TOLD_EVERY_S = 0.5
_WHY = {
    "named": N_("another list names this person too"),
    "edited": N_("changed since"),
    "used": N_("worked with since"),
}
"""Why a card outlives its batch; else it is the field that was written since."""
_MAY_BE_SAME = N_("Phones, e-mails or numbers on several cards: {n}. Who is who: «crosssell match --batch {batch}».")
HOUSE = frozenset({"costs", "visitors", "rota"})
"""Lists of the house itself: only the office takes them, all others hear of them."""


@click.group("import")
def import_group() -> None:
    """Bring in what other systems know; a second run of the same changes nothing."""


@import_group.command("completejourney")
@click.option("--weeks", help="A part of the year, such as 1-26.")
@shared
def complete_journey(command: Command, weeks: str | None) -> None:
    """Import The Complete Journey: products, households and their receipts."""
    from crosssell_desktop.interchange.complete_journey import parse_weeks
    from crosssell_desktop.interchange.import_journey import import_complete_journey
    from crosssell_desktop.services.business import apply_preset

    chosen = parse_weeks(weeks) if weeks else None
    with _profile(command) as (database, clock, ids), _Teller(command) as teller:
        result = import_complete_journey(
            database, clock, ids, weeks=chosen, progress=teller.hear, cancelled=teller.cancelled
        )
        apply_preset(database, clock, ids, "grocery")
    _report(command, result.as_json(), teller)


def _tables(kind: str) -> click.Command:
    @click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
    @click.option("--mapping", type=click.Path(path_type=Path), help="TOML or JSON: which column holds which field.")
    @click.option("--source", help="Whose list it is: keys and the saved mapping belong to it.")
    @click.option("--dry-run", is_flag=True, help="Say what would be done and write nothing.")
    @shared
    def run(
        command: Command, paths: tuple[Path, ...], mapping: Path | None, source: str | None, *, dry_run: bool
    ) -> None:
        from crosssell_desktop.interchange import house_tables, import_tables
        from crosssell_desktop.services import staff_office

        if kind in HOUSE and source is not None:
            raise click.UsageError(f"{kind} have no --source")
        act: Callable[..., ImportResult] = {
            "products": import_tables.import_products,
            "customers": import_tables.import_customers,
            "sales": import_tables.import_sales,
            "costs": house_tables.import_costs,
            "visitors": house_tables.import_visitors,
            "rota": house_tables.import_rota,
        }[kind]
        whose = {} if kind in HOUSE else {"source": source}
        results: list[tuple[Path, ImportResult]] = []
        with _profile(command) as (database, clock, ids), _Teller(command) as teller:
            if kind in HOUSE:
                with database.read() as connection:
                    staff_office.require_office(connection)
            shop = import_tables.Shop(database, clock, ids, command.speaker, teller.hear, teller.cancelled)
            for path in paths:
                result = act(shop, path, mapping=mapping, dry_run=dry_run, **whose)
                for row in result.first_refused:
                    command.say(row.told(path.name, command.speaker))
                if result.may_be_same:
                    told_of = {"n": result.may_be_same, "batch": result.batch}
                    command.say(Text(_MAY_BE_SAME, told_of))
                results.append((path, result))
        told = results[0][1].as_json() if len(results) == 1 else _together(results)
        _report(command, told, teller)

    run.__doc__ = f"Import {kind} from csv or xlsx files."
    return click.command(kind)(run)


for _kind in ("products", "customers", "sales", "costs", "visitors", "rota"):
    import_group.add_command(_tables(_kind))


@import_group.command("batches")
@shared
def batches(command: Command) -> None:
    """List the batches of customers, the newest first."""
    from crosssell_desktop.interchange import import_tables

    with _profile(command) as (database, clock, ids):
        shop = import_tables.Shop(database, clock, ids, command.speaker)
        told = [asdict(batch) for batch in import_tables.batches(shop)]
    words = "\n".join(f"{b['no']}\t{b['source']}\t{b['file']}\t{b['state']}\t{b['counts']}" for b in told)
    command.report({"batches": told}, words)


@import_group.command("undo")
@click.argument("batch", type=int)
@person_option
@shared
def undo(command: Command, batch: int, person: str) -> None:
    """Take a batch of customers back: its cards go, what was worked with since stays and is named."""
    from crosssell_desktop.interchange import import_tables
    from crosssell_desktop.services import customer_lists

    with command.desk(writes=True) as desk:
        session = log_in(desk, person)
        with _Teller(command) as teller:
            shop = import_tables.Shop(
                desk.database, desk.clock, desk.ids, command.speaker, teller.hear, teller.cancelled
            )
            done = customer_lists.undo(desk, session, shop, batch).value
    for kept in done.kept:
        why = command.speaker.gettext(_WHY.get(kept.why, kept.why))
        command.say(Text(N_("{key}: «{name}» stays ({why})"), {"key": kept.external_id, "name": kept.name, "why": why}))
    told = {"removed": done.removed, "restored": done.restored, "kept": [asdict(kept) for kept in done.kept]}
    _report(command, told, teller)


@click.group("export")
def export_group() -> None:
    """Give out what other systems read; imported again it changes nothing."""


@export_group.command("customers")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--source", default="customers", show_default=True, help="Whose keys the cards bear.")
@person_option
@shared
def export_customers(command: Command, path: Path, source: str, person: str) -> None:
    """Write the customers as a csv file."""
    from crosssell_desktop.interchange import import_tables
    from crosssell_desktop.services import customer_lists

    with command.desk(writes=True) as desk:
        session = log_in(desk, person)
        with _Teller(command) as teller:
            shop = import_tables.Shop(
                desk.database, desk.clock, desk.ids, command.speaker, teller.hear, teller.cancelled
            )
            written = customer_lists.export(desk, session, shop, path, source).value
    _report(command, {"written": written, "file": str(path)}, teller)


def _together(results: list[tuple[Path, ImportResult]]) -> dict[str, Any]:
    """Return the sums of several files, and each file by itself."""
    names = ("read", "added", "changed", "same", "refused", "joined", "lines_nonpositive")
    told: dict[str, Any] = {name: sum(getattr(result, name) for _, result in results) for name in names}
    told["refused_file"] = [str(result.refused_file) for _, result in results if result.refused_file]
    told["files"] = {str(path): result.as_json() for path, result in results}
    return told


def _report(command: Command, told: dict[str, Any], teller: _Teller) -> None:
    from crosssell_desktop.system.measure import peak_mb

    command.report({**told, "seconds": teller.seconds, "peak_mb": peak_mb()})


@contextlib.contextmanager
def _profile(command: Command) -> Iterator[tuple[Database, Clock, IdSource]]:
    """Open the profile's database with clock and ids; an empty profile becomes a shop of its own."""
    from crosssell_desktop.interchange import import_tables
    from crosssell_desktop.services.founding import found_alone
    from crosssell_desktop.services.opening import open_store
    from crosssell_desktop.system.clock import SystemClock
    from crosssell_desktop.system.ids import MonotonicIds
    from crosssell_desktop.system.instance import take_profile
    from crosssell_desktop.system.secrets import system_keyring

    profile = command.profile()
    clock = SystemClock()
    ids = MonotonicIds(clock)
    with take_profile(profile):
        database, _key = open_store(profile, keyring=system_keyring(), create=True)
        try:
            found_alone(database, clock, ids)
            import_tables.take_back_cut_off(import_tables.Shop(database, clock, ids, command.speaker))
            yield database, clock, ids
        finally:
            database.close()


class _Teller:
    """Says on stderr how far the work is, at most twice a second; Ctrl+C asks it to stop cleanly."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._started = time.monotonic()
        self._told = 0.0
        self._step = ""
        self._unsaid = ""
        """How far the step is that is under way, while that was not said yet."""
        self._stop = False

    @property
    def seconds(self) -> float:
        """Seconds since the work began."""
        return round(time.monotonic() - self._started, 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._catch_up()
        if self._step and sys.stderr.isatty():
            click.echo(err=True)
        if kind is KeyboardInterrupt:
            raise Refusal(
                "cancelled",
                Text(N_("The import was stopped. What was already taken stays; run it again to finish.")),
            ) from error

    def cancelled(self) -> bool:
        """Say whether the person asked to stop."""
        return self._stop

    def hear(self, step: Text, done: int, total: int) -> None:
        """Take a step of the work."""
        now = time.monotonic()
        words = self._command.speaker.say(step)
        fresh = words != self._step
        if fresh:
            self._catch_up()
        self._step = words
        self._unsaid = f"{words}: {done}/{total}" if total else f"{words}: {done}"
        due = sys.stderr.isatty() and now - self._told >= TOLD_EVERY_S
        if fresh or due or done == total:
            self._told = now
            self._catch_up()

    def _catch_up(self) -> None:
        """Say what was not said yet: the last of a step is its sum."""
        if self._unsaid and sys.stderr.isatty():
            click.echo(f"\r\x1b[K{self._unsaid}", nl=False, err=True)
        elif self._unsaid:
            click.echo(self._unsaid, err=True)
        self._unsaid = ""
