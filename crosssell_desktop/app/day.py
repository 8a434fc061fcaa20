"""Plays a shop's day through the real windows with real keys, and counts what the files hold after.

An hour offline, a pass that becomes an assist, a return: nothing here knows a service of the counter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest

from crosssell_desktop.app.demo import COUNTERS, Cable, Demo, StageClock
from crosssell_desktop.app.player import Player, PlayStopped, Stage
from crosssell_desktop.app.program import CounterProgram, Means
from crosssell_desktop.app.run import make_application
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.state import Answer, Place
from crosssell_desktop.services import demo_day, exchange, reporting, upkeep
from crosssell_desktop.system.i18n import translator
from crosssell_desktop.system.ids import MonotonicIds

RECEIPTS = 44
MINUTE_MS = 60_000


@dataclass(slots=True)
class DayFigures:
    """What the day came to, counted from the counters' files and the centre after the last exchange."""

    sales: int = 0
    lines: int = 0
    offers_shown: int = 0
    offers_accepted: int = 0
    offers_declined: int = 0
    passes: int = 0
    assists: int = 0
    returns: int = 0
    credits_minor: int = 0
    unsent_after_sync: int = 0
    unsent_at_most: int = 0
    """Most operations waiting at once, in the hour offline."""
    centre_equals_counters: bool = False
    verified: bool = False
    counters: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def play_day(demo: Demo, out: Path, *, clock: StageClock, begins_ms: int, say: Callable[[Text], None]) -> DayFigures:
    """Play the day and return what it came to.

    Raises:
        PlayStopped: when the screens do not show what they should.
    """
    _application, look, keys = make_application()
    player = Player(demo, out, clock, look, keys)
    plot = demo_day.plot(demo.profiles, demo.shop, clock=clock)
    stages = [_open_stage(player, code, plot.cores[code]) for code in COUNTERS]
    photo, phones = stages
    try:
        say(Text(N_("The day begins.")))
        clock.advance_to(begins_ms)
        _Play(player, photo, phones, plot, begins_ms, say).run()
        return _count(player, stages)
    finally:
        for stage in stages:
            stage.program.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _open_stage(player: Player, code: str, cores: list[str]) -> Stage:
    cable = Cable()
    means = Means(
        player.demo.profiles[code],
        player.clock,
        MonotonicIds(player.clock),
        None,
        "ru",
        cable=cable.wrap,
        opens_papers=False,
    )
    program = CounterProgram(means, player.look, player.keys, player.bugs.append)
    program.failed.connect(player.bugs.append)
    program.completed.connect(player.completed.append)
    ready: list[bool] = []
    program.ready.connect(lambda: ready.append(True))
    program.show()
    player.wait(f"counter {code} is open", lambda: bool(ready))
    return Stage(code, program, cable, cores)


class _Play:
    """The scenes of the day, in their order."""

    def __init__(  # the cast
        self,
        player: Player,
        photo: Stage,
        phones: Stage,
        plot: demo_day.Plot,
        begins_ms: int,
        say: Callable[[Text], None],
    ) -> None:
        self.player = player
        self.photo = photo
        self.phones = phones
        self.plot = plot
        self.begins_ms = begins_ms
        self.say = say
        self.minute = 0

    def at(self, minute: int) -> None:
        """Let the shop's clock come to a minute of the day."""
        self.minute = max(self.minute, minute)
        self.player.clock.advance_to(self.begins_ms + self.minute * MINUTE_MS)

    def run(self) -> None:
        """Play from opening to closing."""
        player, plot = self.player, self.plot
        player.picture(self.photo.program.window, "login-ru")
        for stage in (self.photo, self.phones):
            player.open_shift(stage, plot.supervisor)
        for stage, seller in ((self.photo, plot.sellers["K3"]), (self.phones, plot.sellers["K2"])):
            player.log_in(stage, seller)
        self.first_sale()
        self.a_pass()
        self.the_assist()
        self.say(Text(N_("A pass became an assist; the shop goes on.")))
        for n in range(16):
            self.a_customer(n)
        self.offline()
        for n in range(30, 30 + RECEIPTS - 28):
            self.a_customer(n)
        self.a_return()
        self.closing()

    def first_sale(self) -> None:
        """A camera for a known customer, shown in every light and language."""
        player, stage = self.player, self.photo
        self.at(12)
        player.ready(stage)
        player.picture(stage.program.window, "counter-empty-ru")
        player.name_customer(stage, self.plot.first_customer)
        player.ready(stage)
        player.scan_item(stage, self.plot.first_core)
        player.picture(stage.program.window, "counter-locked-ru")
        player.confirm(stage)
        window = stage.program.window
        player.picture(window, "counter-suggestions-ru")
        player.speak(stage, "en")
        player.wait("English words", lambda: stage.program.counter.state.card is not None)
        player.settle()
        player.picture(window, "counter-suggestions-en")
        player.speak(stage, "ru")
        self._in_other_lights(stage)
        rows = stage.program.counter.state.suggestions.rows
        if rows:
            player.press(stage, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
            player.picture(window, "counter-why-ru")
            player.press(stage, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
            self._to_the_customer(stage)
            player.answer(stage, rows[0].number, yes=True)
        for row in rows[1:2]:
            player.answer(stage, row.number, yes=False, reason=3)
        player.picture(window, "counter-answered-ru")
        player.complete(stage)
        player.picture(window, "counter-stored-ru")

    def _in_other_lights(self, stage: Stage) -> None:
        player = self.player
        control = Qt.KeyboardModifier.ControlModifier
        for scheme in ("dark", "contrast"):
            player.press(stage, Qt.Key.Key_T, control)
            player.wait(f"the {scheme} scheme", lambda scheme=scheme: player.look.scheme == scheme)  # type: ignore[misc]
            player.picture(stage.program.window, f"counter-suggestions-{scheme}-ru")
        player.press(stage, Qt.Key.Key_T, control)
        player.wait("the light scheme", lambda: player.look.scheme == "light")

    def _to_the_customer(self, stage: Stage) -> None:
        player = self.player
        player.press(stage, Qt.Key.Key_F9)
        forms = stage.program.forms
        if forms is None:
            raise PlayStopped("there is no customer view")
        player.wait("the customer view", forms.view.isVisible)
        player.picture(forms.view, "customer-view-ru")
        QTest.keyClick(forms.view, Qt.Key.Key_Escape)
        player.wait("the counter again", lambda: not forms.view.isVisible())
        player.ready(stage)

    def a_pass(self) -> None:
        """Photo sends a customer on to phones."""
        player, stage = self.player, self.photo
        self.at(25)
        player.ready(stage)
        player.name_customer(stage, self.plot.passed_customer)
        player.pass_on(stage, self.plot.pass_department, self.plot.pass_category)
        player.wait("the pass is sent", lambda: stage.program.counter.state.sync.unsent == 0)
        player.ready(stage)
        player.scan_item(stage, self.plot.small_item)
        player.complete(stage)

    def the_assist(self) -> None:
        """The passed customer buys at phones; the pass fills the assist by itself."""
        player, stage = self.player, self.phones
        self.at(55)
        player.go(stage, 2, Place.PASSES)
        player.wait("the pass at the other counter", lambda: bool(stage.program.passes.state.to_us))
        player.picture(stage.program.window, "passes-ru")
        player.ready(stage)
        player.name_customer(stage, self.plot.passed_customer)
        sellers = stage.program.counter
        player.wait(
            "the assist in the strip", lambda: bool(sellers.state.sellers.assists or sellers.state.sellers.waiting)
        )
        player.ready(stage)
        player.scan_item(stage, self.plot.passed_core)
        player.confirm(stage)
        player.picture(stage.program.window, "counter-assist-ru")
        for row in stage.program.counter.state.suggestions.rows[:1]:
            player.answer(stage, row.number, yes=True)
        player.complete(stage)

    def a_customer(self, n: int) -> None:
        """One ordinary customer: known or not, one core, answers as they fall."""
        player = self.player
        stage = (self.photo, self.phones)[n % 2]
        dice = player.random
        self.at(self.minute + dice.randint(4, 9))
        player.ready(stage)
        if dice.random() < 0.7:
            player.name_customer(stage, self.plot.customers[n % len(self.plot.customers)])
            player.ready(stage)
        player.scan_item(stage, stage.cores[dice.randrange(len(stage.cores))])
        player.confirm(stage)
        for row in stage.program.counter.state.suggestions.rows:
            if row.answer is not Answer.OPEN:
                continue
            if dice.random() < 0.45:
                player.answer(stage, row.number, yes=True)
            else:
                player.answer(stage, row.number, yes=False, reason=dice.randint(1, 5))
        player.complete(stage)

    def offline(self) -> None:
        """An hour without the centre: everything works, and the strip says what is unsent and since when."""
        player = self.player
        self.at(4 * 60)
        for stage in (self.photo, self.phones):
            stage.cable.is_plugged = False
        self.say(Text(N_("The cable is pulled out for an hour; selling goes on.")))
        for n in range(20, 28):
            self.a_customer(n)
        self.at(5 * 60)
        for stage in (self.photo, self.phones):
            player.wait("unsent facts", lambda stage=stage: stage.program.counter.state.sync.unsent > 0)  # type: ignore[misc]
            player.unsent_at_most = max(player.unsent_at_most, stage.program.counter.state.sync.unsent)
        player.front(self.photo)
        player.picture(self.photo.program.window, "counter-offline-ru")
        for stage in (self.photo, self.phones):
            stage.cable.is_plugged = True
            if stage.program.sync is not None:
                stage.program.sync.wake()
        for stage in (self.photo, self.phones):
            player.wait("everything sent", lambda stage=stage: _unsent(stage) == 0)  # type: ignore[misc]

    def a_return(self) -> None:
        """A customer brings a line back."""
        self.at(9 * 60)
        number = self.player.completed[-1].number
        stage = self.photo if number.startswith("K3") else self.phones
        self.player.take_back(stage, number)

    def closing(self) -> None:
        """The supervisor prints an X, closes both shifts; papers in both languages."""
        player = self.player
        self.at(10 * 60)
        for stage in (self.photo, self.phones):
            player.lock(stage)
            player.log_in(stage, self.plot.supervisor)
            player.go(stage, 4, Place.SHIFT)
            screen = stage.program.shift_screen
            if screen is None:
                raise PlayStopped("there is no shift screen")
            player.wait("the shift's figures", lambda stage=stage: bool(stage.program.shift.state.figures))  # type: ignore[misc]
            if stage is self.photo:
                player.picture(stage.program.window, "shift-ru")
                player.speak(stage, "en")
                player.settle()
                player.picture(stage.program.window, "shift-en")
                player.speak(stage, "ru")
            screen.z_button.setFocus()
            player.press(stage, Qt.Key.Key_Space)
            player.wait("the question", screen.sure_button.isVisible)
            screen.sure_button.setFocus()
            player.press(stage, Qt.Key.Key_Space)
            player.wait("the closed shift", lambda stage=stage: stage.program.shift.state.header.shift_id is None)  # type: ignore[misc]
        for stage in (self.photo, self.phones):
            if stage.program.sync is not None:
                stage.program.sync.wake()
            player.wait("everything sent", lambda stage=stage: _unsent(stage) == 0)  # type: ignore[misc]
        player.picture(self.photo.program.window, "shift-closed-ru")
        self._papers()

    def _papers(self) -> None:
        desk = self.photo.program.port.desk
        for language in ("ru", "en"):
            speaker = translator("ru" if language == "ru" else "en")
            end = "" if language == "ru" else "-en"
            pdf = reporting.shift_report(desk, None, None, kind="Z", speaker=speaker)
            reporting.save_report(self.player.out / f"shift-report{end}.pdf", pdf)
            paper = reporting.statement(desk, None, self.plot.assister, self.plot.period, speaker=speaker)
            reporting.save_report(self.player.out / f"statement{end}.pdf", paper)


def _unsent(stage: Stage) -> int:
    return exchange.standing(stage.program.port.desk).unsent


def _count(player: Player, stages: list[Stage]) -> DayFigures:
    for stage in stages:
        # The other counter's last facts are fetched too, so that everybody holds the same.
        if stage.program.sync is not None:
            stage.program.sync.wake()
    player.settle()
    desks = {stage.code: stage.program.port.desk for stage in stages}
    for stage in stages:
        stage.program.stop_exchange()
        exchange.one_round(desks[stage.code])
    figures = demo_day.figures(desks)
    differing = demo_day.differences(player.demo.url, desks)
    return DayFigures(
        sales=figures.sales,
        lines=figures.lines,
        offers_shown=figures.offers_shown,
        offers_accepted=figures.offers_accepted,
        offers_declined=figures.offers_declined,
        passes=figures.passes,
        assists=figures.assists,
        returns=figures.returns,
        credits_minor=figures.credits_minor,
        unsent_after_sync=sum(exchange.standing(desk).unsent for desk in desks.values()),
        unsent_at_most=player.unsent_at_most,
        centre_equals_counters=not differing,
        verified=all(upkeep.verify(desk).is_clean for desk in desks.values()),
        counters=list(desks),
        pictures=player.pictures,
        differing=differing,
    )
