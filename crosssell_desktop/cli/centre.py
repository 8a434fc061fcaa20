"""``centre`` and ``sync``: the central database, who may reach it, and one exchange."""

from __future__ import annotations

import dataclasses
import datetime as dt
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from crosssell_desktop.cli.context import Command, shared
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.sync.centre import CursorScheme, LostRange

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
    "--certificates",
    type=click.Path(file_okay=False, path_type=Path),
    help="Make an own authority and the server's certificate in this folder.",
)
@click.option("--host", "hosts", multiple=True, help="A name or address of the server; the URL's when left out.")
@click.option(
    "--cursor",
    type=click.Choice(["horizon", "sequencer"]),
    help="How counters follow the news: horizon (PostgreSQL's own order, the default) or sequencer (row locks only).",
)
@shared
def init(
    command: Command, url: str, certificates: Path | None, hosts: tuple[str, ...], *, cursor: CursorScheme | None
) -> None:
    """Make the centre in an existing empty database: roles, schema, functions, and the certificates of its server."""
    from crosssell_desktop.sync import centre as the_centre
    from crosssell_desktop.sync import certificates as maker

    link = the_centre.admin_link(url)
    told: dict[str, object] = {"epoch": the_centre.init(url, cursor=cursor)}
    if certificates is not None:
        made = maker.make(certificates.resolve(), hosts or (link.host,))
        pem = made.root.read_text(encoding="ascii")
        the_centre.keep_root(url, pem)
        told["root"] = str(made.root)
        told["fingerprint"] = maker.fingerprint(pem)
        told["postgresql_conf"] = maker.server_settings(made)
    elif link.root_cert:
        the_centre.keep_root(url, Path(link.root_cert).read_text(encoding="ascii"))
    told["pg_hba"] = maker.hba_lines(link.dbname)
    command.report(told, "\n".join(_lines(told)))


def _lines(told: dict[str, object]) -> list[str]:
    lines: list[str] = []
    for name, value in told.items():
        lines += [f"{name}:", *(f"  {one}" for one in value)] if isinstance(value, list) else [f"{name}: {value}"]
    return lines


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
@click.option("--valid", default=15, show_default=True, type=click.IntRange(1, 1_440), help="Minutes a code is good.")
@_url
@shared
def enrol(  # the options of one command
    command: Command,
    name: str,
    store_code: str | None,
    department_code: str | None,
    valid: int,
    url: str,
    *,
    office: bool,
) -> None:
    """Print a one-time code by which another computer joins as counter NAME; with --profile, join that profile now."""
    from crosssell_desktop.services import enrolment
    from crosssell_desktop.system.clock import SystemClock
    from crosssell_desktop.system.ids import MonotonicIds
    from crosssell_desktop.system.instance import take_profile
    from crosssell_desktop.system.secrets import system_keyring

    if not office and store_code is None:
        raise click.UsageError("name --store CODE, or --office")
    clock = SystemClock()
    if command.folder is None and not office:
        code = enrolment.invite(
            url,
            name,
            store_code=store_code or "",
            department_code=department_code,
            minutes=valid,
            clock=clock,
            ids=MonotonicIds(clock),
        )
        command.report({"code": code, "name": name, "minutes": valid}, code)
        return
    profile = command.profile()
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


@centre.command("join")
@click.argument("code")
@shared
def join(command: Command, code: str) -> None:
    """Join the profile to the centre by a one-time CODE of «centre enrol»."""
    from crosssell_desktop.services import enrolment
    from crosssell_desktop.system.clock import SystemClock
    from crosssell_desktop.system.ids import MonotonicIds
    from crosssell_desktop.system.instance import take_profile
    from crosssell_desktop.system.secrets import system_keyring

    profile = command.profile()
    clock = SystemClock()
    with take_profile(profile):
        done = enrolment.join(code, profile, keyring=system_keyring(), clock=clock, ids=MonotonicIds(clock))
    command.report({"counter": str(done.counter_id), "name": done.name, "role": done.role, "pulled": done.pulled})


@centre.command("revoke")
@click.argument("name")
@click.option("--lost", is_flag=True, help="Its computer is gone for ever: name what it never sent.")
@click.option(
    "--last-receipt", type=click.IntRange(0), help="The last receipt number on paper; the next goes on there."
)
@_url
@shared
def revoke(command: Command, name: str, last_receipt: int | None, url: str, *, lost: bool) -> None:
    """Take a counter's access at once; its live connection is cut."""
    from crosssell_desktop.sync import centre as the_centre

    found = [c for c in the_centre.status(url).counters if c.name == name]
    if not found:
        raise Refusal("unknown_counter", Text(N_("No such counter is enrolled at the centre.")))
    for one in found:
        the_centre.revoke(url, one.counter_id, is_lost=lost, last_receipt=last_receipt)
    told: dict[str, object] = {"revoked": [str(one.counter_id) for one in found]}
    if lost:
        after = {c.counter_id: c for c in the_centre.status(url).counters}
        told["lost"] = [_lost(x) for one in found for x in after[one.counter_id].lost]
    command.report(told)


def _lost(x: LostRange) -> dict[str, object]:
    """Name what is lost: operations by number, receipts by number where the last one is known."""
    return {
        "incarnation": str(x.incarnation),
        "operations_from": x.from_seq,
        "not_sent_since_ms": x.last_ms,
        "receipts_after": x.known_receipt,
        "receipts": None if x.last_receipt is None else list(range(x.known_receipt + 1, x.last_receipt + 1))[:1_000],
    }


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
            "seen_ms": c.seen_ms,
            "silence": c.silence,
            "lost": [_lost(x) for x in c.lost],
        }
        for c in found.counters
    ]
    words = "\n".join(
        f"{c['name']:12} {c['kind']:8} {c['state']:8} operations {c['operations']}, quarantined {c['quarantined']}"
        + (f", silent for a {c['silence']}" if c["silence"] else "")
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


@centre.command("work")
@click.option("--once", is_flag=True, help="Do what is due and end; otherwise go on until Ctrl+C.")
@click.option("--every", default=60, show_default=True, type=click.IntRange(1, 86_400), help="Seconds between runs.")
@click.option("--heads", type=click.Path(dir_okay=False, path_type=Path), help="The file of signed heads.")
@click.option("--audit", is_flag=True, help="Audit now; otherwise once a day.")
@_url
@shared
def work(  # the options of one command
    command: Command, url: str, every: int, heads: Path | None, *, once: bool, audit: bool
) -> None:
    """Do the centre's own work: publications, merges, retention, signed heads, the daily audit."""
    from crosssell_desktop.sync import centre_work
    from crosssell_desktop.sync.link import CentreAway

    file = heads or command.profile().root / "centre-heads.jsonl"
    while True:
        try:
            done = centre_work.work(url, heads_file=file, audit=audit)
        except CentreAway as away:
            if once:
                raise
            command.say(away.text)
        else:
            command.report(dataclasses.asdict(done))
            sys.stdout.flush()
            if once:
                sys.exit(1 if done.faults else 0)
        time.sleep(every)


@centre.command("hold")
@click.argument("kinds", nargs=-1)
@_url
@shared
def hold(command: Command, kinds: tuple[str, ...], url: str) -> None:
    """Let KINDS (catalogue, prices, combinations, staff) wait at the centre until they are published whole."""
    from crosssell_desktop.sync import centre_work

    command.report({"held": list(centre_work.hold(url, kinds))})


@centre.command("publish")
@click.argument("kind")
@click.option("--at", "at", help="From when it counts, ISO time; at once when left out.")
@_url
@shared
def publish(command: Command, kind: str, at: str | None, url: str) -> None:
    """Publish what waits of KIND, or the model learned in this profile, to count everywhere from one moment."""
    from crosssell_desktop.services.opening import MODEL_FILE
    from crosssell_desktop.sync import centre_work
    from crosssell_desktop.sync.tables import PUBLICATIONS

    if kind not in PUBLICATIONS:
        raise click.UsageError("KIND is one of " + ", ".join(PUBLICATIONS))
    at_ms = _moment(at)
    made: UUID | None
    if kind == "model":
        file = command.profile().root / MODEL_FILE
        made = centre_work.publish_model(url, file.read_bytes() if file.exists() else b"", at_ms)
    else:
        made = centre_work.publish_at(url, kind, at_ms)
    command.report({"publication": None if made is None else str(made), "kind": kind, "effective_ms": at_ms})


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError("--at takes an ISO time, as 2026-12-01T09:00+03:00") from error
    return round(moment.astimezone(dt.UTC).timestamp() * 1_000)


@centre.command("backup")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@_url
@shared
def backup(command: Command, path: Path, url: str) -> None:
    """Back the centre up to PATH while it works, with a card beside it."""
    from crosssell_desktop.sync import centre_backup

    done = centre_backup.backup(url, path)
    command.report({"path": str(done.path), "bytes": done.bytes, "rows": done.rows, "ms": done.ms})


@centre.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_url
@shared
def restore(command: Command, path: Path, url: str) -> None:
    """Put a backup into an EMPTY database; it is a new life of the centre, and counters send again what they keep."""
    from crosssell_desktop.sync import centre as the_centre
    from crosssell_desktop.sync import centre_backup

    centre_backup.restore(url, path)
    command.report({"epoch": the_centre.new_epoch(url)})


@centre.command("drill")
@click.option("--backup", "path", type=click.Path(dir_okay=False, path_type=Path), help="Try this one; else a new one.")
@click.option("--heads", type=click.Path(dir_okay=False, path_type=Path), help="The file of signed heads.")
@_url
@shared
def drill(command: Command, path: Path | None, heads: Path | None, url: str) -> None:
    """Restore a backup into a fresh database, check and time it, and drop it; exit 1 with names on any fault."""
    from crosssell_desktop.sync import centre_backup

    file = heads or command.profile().root / "centre-heads.jsonl"
    done = centre_backup.drill(url, path=path, heads_file=file)
    command.report(dataclasses.asdict(done))
    sys.exit(1 if done.faults else 0)


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
