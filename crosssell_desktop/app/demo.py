"""The demo: its own centre, two enrolled counters of the invented shop; shown on a screen, or played without one."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import demo_setup, exchange
from crosssell_desktop.services.opening import open_desk
from crosssell_desktop.sync import centre, centre_server
from crosssell_desktop.sync.link import CentreAway
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.i18n import choose_language, translator
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.paths import Profile, default_profile_folder, open_profile

if TYPE_CHECKING:
    from uuid import UUID

    from crosssell_desktop.sync.transport import PullTrouble, Transport
    from crosssell_desktop.sync.wire import PullAnswer, PullCall, PushAnswer, PushCall, SnapshotAnswer

COUNTERS = ("K3", "K2")
"""Photo and phones: the counters that are opened; the first one is shown."""
SHOP_ZONE = ZoneInfo("Europe/Moscow")
DAY_BEGINS_H = 10
JOURNEY_DAY = dt.date(2017, 7, 3)


@dataclass(slots=True)
class StageClock:
    """A clock that stands where the play has got to, and runs on from there."""

    at_ms: int
    _last_real_ms: int = 0

    def now_ms(self) -> int:
        """Return the play's time, never twice the same millisecond going backwards."""
        real = SystemClock().monotonic_ms()
        if self._last_real_ms:
            self.at_ms += max(0, real - self._last_real_ms)
        self._last_real_ms = real
        return self.at_ms

    def advance_to(self, at_ms: int) -> None:
        """Let the play's time pass up to a moment; it never goes back."""
        self.at_ms = max(self.now_ms(), at_ms)


@dataclass(slots=True)
class Cable:
    """The wire between a counter and the centre; pulled out, every call fails as it does without a network."""

    is_plugged: bool = True

    def wrap(self, transport: Transport) -> Transport:
        """Put the cable between the exchange and the network."""
        return _Cabled(transport, self)


@dataclass(slots=True)
class _Cabled:
    inner: Transport
    cable: Cable

    @property
    def round_trips(self) -> int:
        """Round trips made."""
        return self.inner.round_trips

    def exchange(self, push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | PullTrouble | None]:
        """Push and pull while the cable is in."""
        self._check()
        return self.inner.exchange(push, pull)

    def snapshot(self, entity: str, after: UUID | None, page: int) -> SnapshotAnswer:
        """Fetch a page while the cable is in."""
        self._check()
        return self.inner.snapshot(entity, after, page)

    def lease_key(self) -> bytes:
        """Fetch the key while the cable is in."""
        self._check()
        return self.inner.lease_key()

    def close(self) -> None:
        """Let go of the connection."""
        self.inner.close()

    def _check(self) -> None:
        if not self.cable.is_plugged:
            self.inner.close()
            raise CentreAway("the cable is pulled out")


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is set up: the centre's address and the profiles of its counters."""

    url: str
    profiles: dict[str, Profile]
    pins: dict[str, str]
    """PIN by short name."""
    shop: str


@contextlib.contextmanager
def centre_of(folder: Path, *, throw_away: bool) -> Iterator[str]:
    """Run the demo's own PostgreSQL; give the address of its database. A throw-away one leaves nothing behind."""
    server = centre_server.start(folder / "centre", throw_away=throw_away)
    try:
        yield centre_server.make_database(server.url, "crosssell")
    finally:
        if throw_away:
            server.discard()
        else:
            server.stop()


def set_up(folder: Path, url: str, shop: str, *, clock: Clock, say: Callable[[Text], None]) -> Demo:
    """Make centre and counters, or take up what an earlier start made; links are renewed each time."""
    ids = MonotonicIds(clock)
    note = folder / "demo.json"
    profiles = {code: open_profile(folder / code) for code in COUNTERS}
    if note.exists():
        kept = json.loads(note.read_text(encoding="utf-8"))
        for code, profile in profiles.items():
            desk = open_desk(profile, clock=clock, ids=ids)
            try:
                new = centre.NewCounter(desk.me.counter_id, code, desk.me.store_id)
                exchange.remember_link(desk, centre.enrol(url, new))
            finally:
                desk.database.close()
        return Demo(url, profiles, kept["pins"], kept["shop"])
    say(Text(N_("Making the demo shop and its centre: half a minute, once.")))
    world = demo_setup.make_world(url, shop, folder, clock=clock, ids=ids)
    for code, profile in profiles.items():
        say(Text(N_("Enrolling counter {code} and letting it learn."), {"code": code}))
        demo_setup.enrol_counter(world, code, profile, clock=clock, ids=ids).database.close()
    pins = demo_setup.pins(world)
    part = note.with_suffix(".part")
    part.write_text(json.dumps({"pins": pins, "shop": shop}, ensure_ascii=False), encoding="utf-8")
    part.replace(note)
    return Demo(url, profiles, pins, shop)


def demo_folder(folder: Path | None, shop: str, *, fresh: bool) -> Path:
    """Return where a demo lives, emptied when asked to begin afresh."""
    chosen = folder if folder is not None else default_profile_folder().parent / f"demo-{shop}"
    if fresh and (chosen / "demo.json").exists():
        shutil.rmtree(chosen)
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def open_demo(folder: Path | None, shop: str, *, fresh: bool) -> int:
    """Set the demo up and open its first counter on the screen.

    Raises:
        Refusal: ``no_display``, and those of the set-up.
    """
    from crosssell_desktop.app.run import no_display, show_counter  # Qt, after the refusals

    refused = no_display()
    if refused is not None:
        raise refused
    speaker = translator(choose_language())

    def say(text: Text) -> None:
        sys.stderr.write(speaker.say(text) + "\n")

    home = demo_folder(folder, shop, fresh=fresh)
    with centre_of(home, throw_away=False) as url:
        demo = set_up(home, url, shop, clock=SystemClock(), say=say)
        say(
            Text(
                N_("Everything here is invented. PINs: {pins}"),
                {"pins": ", ".join(f"{n} {p}" for n, p in demo.pins.items())},
            )
        )
        return show_counter(demo.profiles[COUNTERS[0]], keyring=None)


def _today() -> dt.date:
    return dt.datetime.fromtimestamp(SystemClock().now_ms() / 1000, SHOP_ZONE).date()


def play_demo(out: Path, folder: Path | None, shop: str, *, fresh: bool) -> int:
    """Play a whole day without a screen and leave pictures, papers and ``day.json`` in ``out``."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from crosssell_desktop.app.day import play_day  # Qt, after the platform was chosen

    del fresh  # a played day always begins afresh
    speaker = translator(choose_language())

    def say(text: Text) -> None:
        sys.stderr.write(speaker.say(text) + "\n")

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentTrouble(
            "cannot_write",
            Text(N_("{file} cannot be written: {why}."), {"file": out.name, "why": error.strerror or ""}),
        ) from error
    # The invented shop's day was yesterday; the journey's comes right after the weeks its counters learned from.
    played_on = JOURNEY_DAY if shop == "journey" else _today() - dt.timedelta(days=1)
    begins = dt.datetime.combine(played_on, dt.time(DAY_BEGINS_H), SHOP_ZONE)
    clock = StageClock(int(begins.timestamp() * 1000) - 3_600_000)
    with tempfile.TemporaryDirectory(prefix="crosssell-demo-", ignore_cleanup_errors=True) as made:
        home = Path(made) if folder is None else demo_folder(folder, shop, fresh=True)
        with centre_of(home, throw_away=folder is None) as url:
            demo = set_up(home, url, shop, clock=clock, say=say)
            day = play_day(demo, out, clock=clock, begins_ms=int(begins.timestamp() * 1000), say=say)
    target = out / "day.json"
    target.write_text(json.dumps(dataclasses.asdict(day), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    say(
        Text(
            N_("The day is played. Sales: {sales}, assists: {assists}. See {folder}."),
            {"sales": day.sales, "assists": day.assists, "folder": str(out)},
        )
    )
    return 0 if day.centre_equals_counters and day.unsent_after_sync == 0 else 1
