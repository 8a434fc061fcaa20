"""``centre`` and ``sync``: the central database, who may reach it, and one exchange."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.sync.centre import CursorScheme

_url = click.option(
    "--url",
    envvar="CROSSSELL_CENTRE_URL",
    required=True,
    help="postgresql://admin:password@host:port/shop, or CROSSSELL_CENTRE_URL.",
)


@click.group("centre")
def centre() -> None:
    """The central database."""


@centre.command("init")
@click.argument("url")
@click.option(
    "--cursor",
    type=click.Choice(["horizon", "sequencer"]),
    help="How counters follow the news: horizon (PostgreSQL's own order, the default) or sequencer (row locks only).",
)
@shared
def init(command: Command, url: str, *, cursor: CursorScheme | None) -> None:
    """Make the centre in an existing empty database: roles, schema, functions."""
    from crosssell_desktop.sync import centre as the_centre

    command.report({"epoch": the_centre.init(url, cursor=cursor)})


@centre.command("upgrade")
@click.argument("url")
@shared
def upgrade(command: Command, url: str) -> None:
    """Bring the centre's schema to this program's; doing it again changes nothing."""
    from crosssell_desktop.sync import centre as the_centre

    command.report({"epoch": the_centre.init(url)})


@centre.command("enrol")
@click.argument("name")
@click.option("--store", "store_code", help="Code of the store the counter stands in.")
@click.option("--department", "department_code", help="Code of its department; the first one when left out.")
@click.option("--office", is_flag=True, help="Make this profile the office: its catalogue and people go to all.")
@_url
@shared
def enrol(  # the options of one command
    command: Command, name: str, store_code: str | None, department_code: str | None, url: str, *, office: bool
) -> None:
    """Join the profile to the centre as counter NAME, or as its office."""
    from crosssell_desktop.services import enrolment
    from crosssell_desktop.system.clock import SystemClock
    from crosssell_desktop.system.ids import MonotonicIds
    from crosssell_desktop.system.instance import take_profile
    from crosssell_desktop.system.secrets import system_keyring

    if not office and store_code is None:
        raise click.UsageError("name --store CODE, or --office")
    profile = command.profile()
    clock = SystemClock()
    with take_profile(profile):
        if office:
            done = enrolment.enrol_office(url, name, profile, keyring=system_keyring())
        else:
            done = enrolment.enrol_counter(
                url,
                name,
                profile,
                store_code=store_code or "",
                department_code=department_code,
                keyring=system_keyring(),
                clock=clock,
                ids=MonotonicIds(clock),
            )
    command.report({"counter": str(done.counter_id), "name": done.name, "role": done.role, "pulled": done.pulled})


@centre.command("revoke")
@click.argument("name")
@_url
@shared
def revoke(command: Command, name: str, url: str) -> None:
    """Take a counter's access at once; its live connection is cut."""
    from crosssell_desktop.sync import centre as the_centre

    found = [c for c in the_centre.status(url).counters if c.name == name]
    if not found:
        raise Refusal("unknown_counter", Text(N_("No such counter is enrolled at the centre.")))
    for one in found:
        the_centre.revoke(url, one.counter_id)
    command.report({"revoked": [str(one.counter_id) for one in found]})


@centre.command("status")
@_url
@shared
def status(command: Command, url: str) -> None:
    """Show how the centre and each counter stand."""
    from crosssell_desktop.sync import centre as the_centre

    found = the_centre.status(url)
    counters = [
        {
            "name": c.name,
            "kind": c.kind,
            "state": c.state,
            "operations": c.operations,
            "quarantined": c.quarantined,
            "forks": c.forks,
            "last_push_ms": c.last_push_ms,
        }
        for c in found.counters
    ]
    words = "\n".join(
        f"{c['name']:12} {c['kind']:8} {c['state']:8} operations {c['operations']}, quarantined {c['quarantined']}"
        for c in counters
    )
    command.report(
        {
            "epoch": found.epoch,
            "revision": found.revision,
            "server_version": found.server_version,
            "operations": found.operations,
            "feed_rows": found.feed_rows,
            "conflicts": found.conflicts,
            "oldest_writer_s": found.oldest_writer_s,
            "counters": counters,
        },
        words,
    )


@centre.command("serve-demo")
@click.argument("place", type=click.Path(file_okay=False, path_type=Path))
@shared
def serve_demo(command: Command, place: Path) -> None:
    """Run a private PostgreSQL in PLACE until Ctrl+C, and print the address of its database."""
    from crosssell_desktop.sync import centre_server

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with centre_server.start(place) as server:
        command.report({"url": centre_server.make_database(server.url, "crosssell"), "pid": server.pid})
        sys.stdout.flush()
        try:
            _until_stopped()
        except KeyboardInterrupt:
            command.say(Text(N_("The centre is stopped.")))


def _until_stopped() -> None:
    if sys.platform == "win32":
        click.pause()
    else:
        signal.pause()


@click.command("sync")
@click.option("--once", is_flag=True, help="One exchange (the default); kept for scripts that say so.")
@shared
def sync(command: Command, *, once: bool) -> None:
    """Exchange once with the centre."""
    from crosssell_desktop.services import exchange
    from crosssell_desktop.system.instance import take_profile

    del once
    with take_profile(command.profile()), command.desk() as desk:
        result = exchange.one_round(desk)
    command.report(
        {
            "pushed": result.pushed,
            "pulled": result.pulled,
            "round_trips": result.round_trips,
            "quarantined": result.quarantined,
            "unsent": result.unsent,
            "ms": result.ms,
            "healed": list(result.healed),
        }
    )
