"""One counter's window with everything behind it: lanes, services, presenters, screens and the exchange.

Law: the window is painted before the database is opened; the screen's thread never waits for either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import Language, Text
from crosssell_desktop.presenters.card_edit import CardEditPresenter
from crosssell_desktop.presenters.card_edit_port import DeskCardEditPort
from crosssell_desktop.presenters.consents import ConsentsPresenter
from crosssell_desktop.presenters.consents_port import DeskConsentsPort
from crosssell_desktop.presenters.counter import CounterPresenter
from crosssell_desktop.presenters.desk_port import DeskPort
from crosssell_desktop.presenters.exchange import ExchangePresenter
from crosssell_desktop.presenters.exchange_port import OfficeExchangePort
from crosssell_desktop.presenters.forecast import ForecastPresenter, OfficeForecastPort
from crosssell_desktop.presenters.joining import UNJOINED, JoinPresenter
from crosssell_desktop.presenters.lists import ListsPresenter
from crosssell_desktop.presenters.lists_port import OfficeListsPort
from crosssell_desktop.presenters.matching import MatchingPresenter
from crosssell_desktop.presenters.matching_port import OfficeMatchingPort
from crosssell_desktop.presenters.office_port import OfficePort
from crosssell_desktop.presenters.people_data import OfficePeoplePort, PeopleDataPresenter
from crosssell_desktop.presenters.places import LoginPresenter, PassesPresenter, ShiftPresenter
from crosssell_desktop.presenters.places_page import PlacesPagePresenter
from crosssell_desktop.presenters.ports import PassSlip
from crosssell_desktop.presenters.product_events import OfficeProductEventsPort, ProductEventsPresenter
from crosssell_desktop.presenters.reveal import DeskRevealPort, RevealPresenter
from crosssell_desktop.presenters.rota import RotaPresenter
from crosssell_desktop.presenters.staff import StaffPresenter
from crosssell_desktop.presenters.state import CounterState, Message, Place, ShiftHeader
from crosssell_desktop.runtime.changes import Changes
from crosssell_desktop.runtime.jobs import Jobs, Progress
from crosssell_desktop.runtime.sync_thread import RoundFailed, SyncThread
from crosssell_desktop.services import enrolment, exchange, learning, lists, pin_keys
from crosssell_desktop.services.opening import open_desk
from crosssell_desktop.system.i18n import translator
from crosssell_desktop.ui.counter_forms import CounterForms
from crosssell_desktop.ui.idle import IdleWatch
from crosssell_desktop.ui.keys import KeyWatch
from crosssell_desktop.ui.main_window import MainWindow
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.screens.exchange import ExchangeScreen
from crosssell_desktop.ui.screens.forecast import ForecastScreen
from crosssell_desktop.ui.screens.join import JoinScreen
from crosssell_desktop.ui.screens.lists import ListsScreen
from crosssell_desktop.ui.screens.login import LoginScreen
from crosssell_desktop.ui.screens.matching import MatchingScreen
from crosssell_desktop.ui.screens.office import OfficeScreen
from crosssell_desktop.ui.screens.passes import PassesScreen
from crosssell_desktop.ui.screens.people_data import PeopleDataScreen
from crosssell_desktop.ui.screens.places import PlacesScreen
from crosssell_desktop.ui.screens.product_events import ProductEventsScreen
from crosssell_desktop.ui.screens.rota import RotaScreen
from crosssell_desktop.ui.screens.shift import ShiftScreen
from crosssell_desktop.ui.screens.staff import StaffScreen
from crosssell_desktop.ui.surroundings import Speech, Surroundings

if TYPE_CHECKING:
    from crosssell_desktop.services.desk import Desk
    from crosssell_desktop.store.unit import Connection
    from crosssell_desktop.sync.round import Exchange, RoundResult
    from crosssell_desktop.sync.transport import Transport
    from crosssell_desktop.system.paths import Profile
    from crosssell_desktop.system.secrets import Keyring
    from crosssell_desktop.ui.theme import Look

T = TypeVar("T")

EXCHANGE_EVERY_S = 3.0
"""A pass is seen at the other counter within five seconds (design ruling 13)."""


STAFF_TABLES = frozenset({"person", "dismissal"})
"""News of these are a reason to look whether the person at work still may."""


def _exchange_every_s() -> float:
    return EXCHANGE_EVERY_S


@dataclass(frozen=True, slots=True)
class Means:
    """What a program is given from outside; tests and the demo hand in their own clock, ids and cable."""

    profile: Profile
    clock: Clock
    ids: IdSource
    keyring: Keyring | None
    language: Language
    cable: Callable[[Transport], Transport] | None = None
    """Wraps the way to the centre, so that a demo can pull the plug."""
    opens_papers: bool = True
    """Whether a finished PDF is opened with the system's viewer."""
    centre_url: str = ""
    """The administrator's way to the centre where this computer has one (``CROSSSELL_CENTRE_URL``)."""
    idle_lock_s: float = 120.0
    """After how many seconds without a touch the counter locks itself."""


@dataclass(frozen=True, slots=True)
class _JoinPort:
    """Joins the profile of a program."""

    means: Means

    def join(self, code: str) -> None:
        means = self.means
        enrolment.join(code, means.profile, keyring=means.keyring, clock=means.clock, ids=means.ids)


class CounterProgram(QObject):
    """One counter. ``ready`` fires when the shop is open and people can log in; ``failed`` when it cannot open."""

    ready = Signal()
    failed = Signal(object)
    completed = Signal(object)
    """A sale was stored (``presenters.ports.Completed``)."""
    passed = Signal(object)
    """A pass was made (``presenters.ports.PassSlip``)."""
    paper_made = Signal(str)
    """A PDF was written."""
    exchanged = Signal(object)
    """A round with the centre went well (``sync.round.RoundResult``)."""

    def __init__(
        self,
        means: Means,
        look: Look,
        keys: KeyWatch,
        report: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.means = means
        self._report = report
        self._keys = keys
        self.jobs = Jobs(self._stray, self)
        self.changes = Changes(self)
        speech = Speech({"ru": translator("ru"), "en": translator("en")}, means.language)
        self.at = Surroundings(look, speech, 0)
        self.port = DeskPort(speech, reports=means.profile.reports, announce=self._announce)
        self.counter = CounterPresenter(self.port, self.jobs, means.clock, self)
        self.editor = CardEditPresenter(DeskCardEditPort(self.port, self._announce), self.jobs, self)
        self.consents = ConsentsPresenter(DeskConsentsPort(self.port, self._announce), self.jobs, self)
        self.reveals = RevealPresenter(DeskRevealPort(self.port, self._announce), self.jobs, self)
        self.login = LoginPresenter(self.port, self.jobs, self)
        self.passes = PassesPresenter(self.port, self.jobs, self)
        self.shift = ShiftPresenter(self.port, self.jobs, self)
        self.matching = MatchingPresenter(OfficeMatchingPort(self.port, self._announce), self.jobs, self)
        self._lists_port = OfficeListsPort(self.port, self._announce, self.jobs.turn)
        self.lists = ListsPresenter(self._lists_port, self.jobs, self.jobs, self)
        self.office = ExchangePresenter(OfficeExchangePort(self.port, self._announce), self.jobs, self.jobs, self)
        office_port = OfficePort(self.port, self._announce, means.centre_url)
        self.staff = StaffPresenter(office_port, self.jobs, self)
        self.rota = RotaPresenter(office_port, self.jobs, self)
        self.places = PlacesPagePresenter(office_port, self.jobs, self.jobs, self)
        people_port = OfficePeoplePort(self.port, self._announce, means.profile.reports, speech)
        self.forecast = ForecastPresenter(OfficeForecastPort(self.port), self.jobs, self)
        self.people_data = PeopleDataPresenter(people_port, self.jobs, self.jobs, self)
        events_port = OfficeProductEventsPort(self.port, self._announce)
        self.product_events = ProductEventsPresenter(events_port, self.jobs, self)
        self.login_screen = LoginScreen(self.at, self.login)
        self.window = MainWindow(self.at, self.login_screen)
        self.screen: CounterScreen | None = None
        self.passes_screen: PassesScreen | None = None
        self.shift_screen: ShiftScreen | None = None
        self.office_screen: OfficeScreen | None = None
        self.forms: CounterForms | None = None
        self.joining: JoinPresenter | None = None
        self._is_closing = False
        self.idle = IdleWatch(means.idle_lock_s, self)
        self._exchange: Exchange | None = None
        self.sync: SyncThread[RoundResult] | None = None
        self._bind()

    # ------------------------------------------------------------------ beginning and end

    def show(self) -> None:
        """Show the window now and open the shop behind it."""
        self.window.show()
        QTimer.singleShot(0, self.open)

    @Slot()
    def open(self) -> None:
        """Open the profile off the screen's thread."""
        self.jobs.write(self._open_desk, self._opened, self._not_opened)

    def _open_desk(self) -> Desk:
        means = self.means
        return open_desk(means.profile, keyring=means.keyring, clock=means.clock, ids=means.ids)

    def _opened(self, desk: Desk) -> None:
        self.adopt(desk)

    def adopt(self, desk: Desk) -> None:
        """Work with an open desk from now on."""
        self.port.attach(desk)
        self.at.utc_offset_minutes = self.port.utc_offset_minutes()
        self._build_places()
        self.login.start()
        self.start_exchange()
        self.jobs.run(self._take_back_cut_off, self._announce, self._stray)
        self.ready.emit()

    def _take_back_cut_off(self, progress: Progress) -> frozenset[Change]:
        def hear(_step: Text, _done: int, _total: int) -> None:
            progress.stop_if_cancelled()

        work = lists.Work(self.jobs.turn, self.port.speaker, hear)
        return lists.take_back_cut_off(self.port.desk, work)

    def _not_opened(self, error: BaseException) -> None:
        if not isinstance(error, Refusal) or error.code not in UNJOINED:
            self.failed.emit(error)
            return
        if self.joining is None:
            self.joining = JoinPresenter(_JoinPort(self.means), self.jobs, self)
            self.joining.joined.connect(self._joined)
            self.joining.failed.connect(self._report_bug)
        self.window.show_first(JoinScreen(self.at, self.joining))

    @Slot()
    def _joined(self) -> None:
        self.window.show_login()
        self.open()

    def close(self) -> None:
        """Stop asking and exchanging, finish what is being saved, close the database."""
        self._is_closing = True
        self.counter.end()
        self.idle.end()
        self.stop_exchange()
        if self.forms is not None:
            self.forms.view.close()
        self.jobs.close()
        self._lists_port.close()
        self.port.close_desk()
        self.window.close()

    # ------------------------------------------------------------------ the exchange

    def start_exchange(self) -> None:
        """Exchange with the centre every few seconds, and at once after a sale."""
        desk = self.port.desk
        found = exchange.open_exchange(desk, write=self._write_for_exchange, wrap=self.means.cable)
        if found is None:
            return
        self._exchange = found
        # Cut off between the news of a model and its file, the pieces wait.
        self.jobs.write(self._take_model, self._announce)
        self.jobs.write(self._tend_pin_keys, self._announce)
        self.sync = SyncThread(
            self.jobs, found.round, _exchange_every_s, done=self._exchanged, failed=self._exchange_failed
        )
        self.sync.start()

    def stop_exchange(self) -> None:
        """Stop the exchange; what is unsent stays in the outbox."""
        if self.sync is not None:
            self.sync.stop()
            self.sync = None
        if self._exchange is not None:
            self._exchange.close()
            self._exchange = None

    def _write_for_exchange(self, work: Callable[[Connection], T], /) -> T:
        def in_one_transaction() -> T:
            with self.port.desk.database.write() as connection:
                return work(connection)

        return self.jobs.write_and_wait(in_one_transaction)

    def _exchanged(self, result: RoundResult) -> None:
        if self._is_closing:  # the last round's news; what it brought is on the disk
            return
        if self.port.is_centre_away:
            self.port.is_centre_away = False
            self.counter.tick()
        if exchange.MODEL_CAME in result.changes:
            self.jobs.write(self._take_model, self._announce)
        if result.pushed or result.changes & pin_keys.WATCHED:
            self.jobs.write(self._tend_pin_keys, self._announce)
        if result.changes & STAFF_TABLES:
            self.jobs.write(self.port.renew, self._renewed, self._ended)
        if result.changes or result.pushed:
            self.changes.announce(exchange.changes_of(result))
        self.exchanged.emit(result)

    def _take_model(self) -> frozenset[Change]:
        return learning.take_published(self.port.desk).changes

    def _tend_pin_keys(self) -> frozenset[Change]:
        return pin_keys.tend(self.port.desk).changes

    def _renewed(self, header: ShiftHeader | None) -> None:
        """Show the places of the level the person has by now."""
        if header is not None:
            self._show_places(header)
            if self.window.is_working and self.window.place is None:
                self.window.enter()

    def _ended(self, error: BaseException) -> None:
        """Send who was dismissed back to the log-in."""
        if not isinstance(error, Refusal):
            self._report(error)
        elif self.window.is_working:
            self.window.lock()
            self.window.say_message(Message(error.text, "bad"))

    def _show_places(self, header: ShiftHeader) -> None:
        if self.office_screen is not None:
            self.office_screen.show_pages(header.office_pages)
        self.window.show_places(header.places)

    def _stray(self, error: BaseException) -> None:
        """Take an error whose asker has gone: a refusal (nobody is logged in any more) is no fault of the program."""
        if not isinstance(error, Refusal):
            self._report(error)

    def _exchange_failed(self, failure: RoundFailed) -> None:
        self.port.is_centre_away = True
        self.counter.tick()
        if not exchange.is_expected(failure.error):
            self._report(failure.error)

    def _announce(self, kinds: frozenset[Change]) -> None:
        if kinds:
            self.jobs.deliver(self._heard, kinds)

    def _heard(self, kinds: frozenset[Change]) -> None:
        self.changes.announce(kinds)
        if Change.SYNC in kinds and self.sync is not None:
            self.sync.wake()

    # ------------------------------------------------------------------ screens

    def _build_places(self) -> None:
        self.screen = CounterScreen(self.at, self.counter)
        self.forms = CounterForms(
            self.at,
            self.screen,
            self.counter,
            self._keys,
            self.window,
            editor=self.editor,
            consents=self.consents,
            reveals=self.reveals,
        )
        self.window.add_place(Place.COUNTER, self.screen, self.screen.top)
        self.passes_screen = PassesScreen(self.at, self.passes)
        self.window.add_place(Place.PASSES, self.passes_screen)
        self.shift_screen = ShiftScreen(self.at, self.shift)
        self.window.add_place(Place.SHIFT, self.shift_screen)
        self.office_screen = OfficeScreen(self.at)
        self.office_screen.add_page("exchange", ExchangeScreen(self.at, self.office))
        self.office_screen.add_page("staff", StaffScreen(self.at, self.staff))
        self.office_screen.add_page("rota", RotaScreen(self.at, self.rota))
        self.office_screen.add_page("places", PlacesScreen(self.at, self.places))
        self.office_screen.add_page("lists", ListsScreen(self.at, self.lists))
        self.office_screen.add_page("matching", MatchingScreen(self.at, self.matching))
        self.office_screen.add_page("forecast", ForecastScreen(self.at, self.forecast))
        self.office_screen.add_page("product_events", ProductEventsScreen(self.at, self.product_events))
        self.office_screen.add_page("people_data", PeopleDataScreen(self.at, self.people_data))
        self.window.add_place(Place.OFFICE, self.office_screen)

    def _bind(self) -> None:
        self.login.logged_in.connect(self._logged_in)
        self._keys.scanned.connect(self._badge)
        self.counter.state_changed.connect(self._counter_changed)
        self.counter.completed.connect(self.completed)
        self.counter.completed.connect(self._learn_today)
        self.counter.passed.connect(self._have_slip)
        self.consents.done.connect(self.counter.tell_done)
        self.passes.told.connect(self.window.say_message)
        self.shift.told.connect(self.window.say_message)
        for office_page in (
            self.office,
            self.staff,
            self.rota,
            self.places,
            self.lists,
            self.matching,
            self.product_events,
            self.people_data,
        ):
            office_page.told.connect(self.window.say_message)
        self.shift.report_ready.connect(self._have_paper)
        self.shift.changed.connect(self.counter.tick)
        for presenter in (
            self.counter,
            self.editor,
            self.consents,
            self.reveals,
            self.login,
            self.passes,
            self.shift,
            self.office,
            self.lists,
            self.matching,
            self.product_events,
            self.people_data,
            self.forecast,
        ):
            presenter.failed.connect(self._report_bug)
        for kept_page in (self.staff, self.rota, self.places):
            kept_page.failed.connect(self._report_bug)
        self.changes.changed.connect(self._changed)
        self.window.locked.connect(self._locked)
        self.idle.idle.connect(self.window.lock)
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self.idle)
        self.window.place_changed.connect(self._place_changed)
        self.at.speech.changed.connect(self._refresh_words)

    @Slot(object)
    def _learn_today(self, _: object) -> None:
        """Let the receipt just sold count in the next suggestions; the screen does not wait for it."""
        self.jobs.run(self._count_today)

    def _count_today(self, _: Progress) -> None:
        learning.learn_today(self.port.desk)

    @Slot(object)
    def _report_bug(self, error: BaseException) -> None:
        self._report(error)

    @Slot(object)
    def _logged_in(self, header: ShiftHeader) -> None:
        self._show_places(header)
        self.window.enter()
        if header.notice is not None:
            self.window.say_message(Message(header.notice, "warn"))
        self.idle.begin()
        self.counter.start()
        self.shift.refresh()
        self.passes.refresh()
        if header.shift_id is None:
            self.window.go(Place.SHIFT)

    @Slot(str)
    def _badge(self, code: str) -> None:
        if not self.window.is_working:
            self.login_screen.scan(code)

    @Slot(object)
    def _counter_changed(self, state: CounterState) -> None:
        self.window.show_counter(state)

    @Slot()
    def _locked(self) -> None:
        self.idle.end()
        self.counter.stop()
        if self.forms is not None:
            self.forms.leave()
        self.jobs.write(self.port.log_out, self._logged_out)

    def _logged_out(self, _: None) -> None:
        if not self._is_closing:
            self.login.start()

    @Slot(object)
    def _place_changed(self, place: Place) -> None:
        if place is Place.PASSES:
            self.passes.refresh()
        elif place is Place.SHIFT:
            self.shift.refresh()

    @Slot()
    def _refresh_words(self) -> None:
        if self.window.is_working:
            self.counter.start()
            self.counter.refresh()
            self.passes.refresh()
            self.shift.refresh()
            if self.window.place is Place.OFFICE:
                self.matching.refresh()  # its figures are said in the language of the screen
        else:
            self.login.start()

    @Slot(object)
    def _changed(self, kinds: frozenset[str]) -> None:
        if self._is_closing or not self.window.is_working:
            return
        if kinds & {Change.CUSTOMER, Change.PASSES, Change.CATALOGUE, Change.MODEL, Change.CREDITS}:
            self.counter.refresh()
        elif Change.SYNC in kinds or Change.SHIFT in kinds:
            self.counter.tick()
        if Change.PASSES in kinds:
            self.passes.refresh()
        if Change.PEOPLE in kinds and self.window.place is Place.OFFICE:
            self.staff.refresh()
            self.rota.refresh()
        if kinds & {Change.SALES, Change.SHIFT}:
            self.shift.refresh()

    # ------------------------------------------------------------------ papers

    @Slot(object)
    def _have_slip(self, slip: PassSlip) -> None:
        self.passed.emit(slip)
        self.passes.refresh()

    @Slot(str)
    def _have_paper(self, path: str) -> None:
        self.paper_made.emit(path)
        if self.means.opens_papers:
            QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def tell(self, message: Message) -> None:
        """Show a toast."""
        self.window.say_message(message)
