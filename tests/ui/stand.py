"""Builds windows around invented states, with a presenter that only remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from crosssell_desktop.domain.text import Language, Text, Translator
from crosssell_desktop.presenters.card_edit import CardEditState
from crosssell_desktop.presenters.exchange import ExchangeState
from crosssell_desktop.presenters.forecast import ForecastState
from crosssell_desktop.presenters.lists import ListsState
from crosssell_desktop.presenters.matching import MatchingState
from crosssell_desktop.presenters.people_data import PeopleDataState
from crosssell_desktop.presenters.places_page import PlacesState
from crosssell_desktop.presenters.ports import SimilarCustomer
from crosssell_desktop.presenters.product_events import ProductEventsState
from crosssell_desktop.presenters.rota import RotaState
from crosssell_desktop.presenters.staff import StaffState
from crosssell_desktop.presenters.state import Choice, CounterState, Message, PassesState, Place, ShiftState
from crosssell_desktop.ui.dialogs.card_form import CardForm
from crosssell_desktop.ui.dialogs.consents_form import ConsentsForm
from crosssell_desktop.ui.dialogs.forms import HelpSheet, NewCustomerForm, PassForm, ReturnForm
from crosssell_desktop.ui.dialogs.reveal_form import RevealForm
from crosssell_desktop.ui.main_window import MainWindow
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.screens.customer_view import CustomerView
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
from crosssell_desktop.ui.theme import Look
from tests.ui import samples

SHOP_OFFSET = 180
_kept: list[tuple[object, ...]] = []
"""What must live as long as the window it belongs to; emptied by :func:`forget`."""


def forget() -> None:
    """Let go of the windows of the test before."""
    _kept.clear()


class Asked(QObject):
    """Stands where the presenter stands: shows a state and writes down every call."""

    state_changed = Signal(object)
    told = Signal(object)

    def __init__(self, state: CounterState) -> None:
        super().__init__()
        self.state = state
        self.calls: list[tuple[object, ...]] = []

    def show(self, state: CounterState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _note(self, *call: object) -> None:
        self.calls.append(call)

    def type_text(self, text: str) -> None:
        self._note("type_text", text)

    def show_more(self) -> None:
        self._note("show_more")

    def submit(self, text: str) -> None:
        self._note("submit", text)

    def scan(self, code: str) -> None:
        self._note("scan", code)

    def choose(self, hit_key: str) -> None:
        self._note("choose", hit_key)

    def make_core(self, line_id: object) -> None:
        self._note("make_core", line_id)

    def confirm_core(self) -> None:
        self._note("confirm_core")

    def remove_line(self, line_id: object) -> None:
        self._note("remove_line", line_id)

    def hold(self) -> None:
        self._note("hold")

    def show_held(self) -> None:
        self._note("show_held")

    def complete(self) -> None:
        self._note("complete")

    def accept(self, number: int) -> None:
        self._note("accept", number)

    def decline(self, number: int, reason: object) -> None:
        self._note("decline", number, reason)

    def undo_answer(self, number: int) -> None:
        self._note("undo_answer", number)

    def undo(self) -> None:
        self._note("undo")

    def set_situation(self, situation: str) -> None:
        self._note("set_situation", situation)

    def set_budget(self, budget_minor: int | None) -> None:
        self._note("set_budget", budget_minor)


def surroundings(look: Look, speakers: Mapping[Language, Translator], language: Language) -> Surroundings:
    return Surroundings(look, Speech(speakers, language), SHOP_OFFSET)


def counter_window(
    look: Look, speakers: Mapping[Language, Translator], language: Language, state: CounterState,
    size: tuple[int, int] = (1366, 768),
) -> MainWindow:  # fmt: skip
    at = surroundings(look, speakers, language)
    presenter = Asked(state)
    screen = CounterScreen(at, presenter)
    presenter.setParent(screen)
    window = MainWindow(at, QWidget())
    window.add_place(Place.COUNTER, screen, screen.top)
    window.add_place(Place.PASSES, QWidget())
    window.add_place(Place.SHIFT, QWidget())
    window.resize(*size)
    window.enter()
    window.show_counter(state)
    window.show()
    _kept.append((window, at, presenter))
    return window


class Quiet(QObject):
    """Stands where the presenters of the other places stand."""

    state_changed = Signal(object)
    told = Signal(object)
    people_changed = Signal(object)
    refused = Signal(object)
    logged_in = Signal(object)
    must_change = Signal(object)
    choose_again = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.state: Any = None
        self.calls: list[tuple[object, ...]] = []

    def refresh(self) -> None:
        self.calls.append(("refresh",))

    def log_in(self, person_id: object, secret: str) -> None:
        self.calls.append(("log_in", person_id, secret))

    def check(self) -> None:
        self.calls.append(("check",))

    def take_in(self) -> None:
        self.calls.append(("take_in",))

    def stop(self) -> None:
        self.calls.append(("stop",))

    def join(self, code: str) -> None:
        self.calls.append(("join", code))

    def change_secret(self, person_id: object, old: str, new: str) -> None:
        self.calls.append(("change_secret", person_id, old, new))

    def open(self, *typed: Any) -> None:  # noqa: ANN401  # stands for several presenters
        self.calls.append(("open", *typed))

    def close(self, *typed: Any) -> None:  # noqa: ANN401  # the same
        self.calls.append(("close", *typed))

    def report(self, kind: str) -> None:
        self.calls.append(("report", kind))

    def accept(self, pass_id: object) -> None:
        self.calls.append(("accept", pass_id))

    def decline(self, pass_id: object) -> None:
        self.calls.append(("decline", pass_id))

    def send_again(self, op_id: object, rows: str) -> None:
        self.calls.append(("send_again", op_id, rows))

    def fetch_anew(self) -> None:
        self.calls.append(("fetch_anew",))

    def save(self, *typed: object) -> None:
        self.calls.append(("save", *typed))

    def reset_pin(self, person_id: object) -> None:
        self.calls.append(("reset_pin", person_id))

    def dismiss(self, person_id: object, reason: str) -> None:
        self.calls.append(("dismiss", person_id, reason))

    def take_back(self, person_id: object) -> None:
        self.calls.append(("take_back", person_id))

    def hide_pin(self) -> None:
        self.calls.append(("hide_pin",))

    def turn(self, weeks: int) -> None:
        self.calls.append(("turn", weeks))

    def put(self, *typed: object) -> None:
        self.calls.append(("put", *typed))

    def save_department(self, typed: object) -> None:
        self.calls.append(("save_department", typed))

    def save_counter(self, typed: object) -> None:
        self.calls.append(("save_counter", typed))

    def invite(self, name: str, department_id: str) -> None:
        self.calls.append(("invite", name, department_id))

    def answer(self, said: str) -> None:
        self.calls.append(("answer", said))

    def reveal(self, reason: str) -> None:
        self.calls.append(("reveal", reason))

    def do(self, step: str, customer_id: object) -> None:
        self.calls.append(("do", step, customer_id))

    def export(self, text: str) -> None:
        self.calls.append(("export", text))

    def narrow(self, person: str, days: int, customer: str) -> None:
        self.calls.append(("narrow", person, days, customer))

    def search(self, text: str) -> None:
        self.calls.append(("search", text))

    def record(self, product: str, event: str, impact: str) -> None:
        self.calls.append(("record", product, event, impact))

    def end(self, event_id: object) -> None:
        self.calls.append(("end", event_id))

    def withdraw_all(self) -> None:
        self.calls.append(("withdraw_all",))

    def set_no_contact(self, *, barred: bool) -> None:
        self.calls.append(("set_no_contact", barred))

    def set_restricted(self, *, restricted: bool) -> None:
        self.calls.append(("set_restricted", restricted))

    def ask_erasure(self, ground: str) -> None:
        self.calls.append(("ask_erasure", ground))


class Editing(QObject):
    """Stands where the card form's presenter stands."""

    state_changed = Signal(object)

    def __init__(self, state: CardEditState) -> None:
        super().__init__()
        self.state = state
        self.calls: list[tuple[object, ...]] = []

    def show(self, state: CardEditState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def open(self, customer_id: object) -> None:
        self.calls.append(("open", customer_id))

    def submit(self, page: str, values: Mapping[str, str]) -> None:
        self.calls.append(("submit", page, dict(values)))

    def act(self, page: str, key: str, act: str) -> None:
        self.calls.append(("act", page, key, act))


def card_form(at: Surroundings, page: str) -> CardForm:
    editing = Editing(samples.EDITED)
    form = CardForm(at, editing)
    editing.setParent(form)
    form.go(page)
    return form


OFFICE_PAGES: dict[str, tuple[str, Any, Any]] = {
    "staff": ("staff", StaffScreen, samples.STAFF),
    "reset": ("staff", StaffScreen, samples.RESET),
    "nostaff": ("staff", StaffScreen, StaffState(is_office=False)),
    "people": ("people_data", PeopleDataScreen, samples.PEOPLE_DATA),
    "nopeople": ("people_data", PeopleDataScreen, PeopleDataState()),
    "rota": ("rota", RotaScreen, samples.ROTA),
    "norota": ("rota", RotaScreen, RotaState()),
    "places": ("places", PlacesScreen, samples.HOUSE),
    "events": ("product_events", ProductEventsScreen, samples.PRODUCT_EVENTS),
    "noevents": ("product_events", ProductEventsScreen, ProductEventsState(is_loading=False)),
    "forecast": ("forecast", ForecastScreen, samples.FORECAST),
    "noforecast": ("forecast", ForecastScreen, ForecastState()),
    "lists": ("lists", ListsScreen, samples.LISTS),
    "liststaken": ("lists", ListsScreen, samples.LISTS_TAKEN),
    "listsbusy": ("lists", ListsScreen, samples.LISTS_BUSY),
    "nolists": ("lists", ListsScreen, ListsState(samples.LISTS.kinds)),
    "noplaces": ("places", PlacesScreen, PlacesState()),
}


def place_window(at: Surroundings, place: Place, screen: QWidget) -> MainWindow:
    window = MainWindow(at, QWidget())
    window.add_place(Place.COUNTER, QWidget())
    window.add_place(place, screen)
    window.enter()
    window.go(place)
    window.show_counter(samples.NORMAL)
    return window


def _new_customer(at: Surroundings, similar: tuple[SimilarCustomer, ...]) -> NewCustomerForm:
    form = NewCustomerForm(at, name=samples.LONG_WORDS if similar else "")
    form.show_similar(similar)
    return form


def other_screen(  # noqa: C901, PLR0912  # one branch a screen
    name: str, look: Look, speakers: Mapping[Language, Translator], language: Language
) -> QWidget:
    at = surroundings(look, speakers, language)
    widget: QWidget
    quiet = Quiet()
    if name in {"exchange", "noexchange"}:
        quiet.state = samples.EXCHANGE if name == "exchange" else ExchangeState()
        office = OfficeScreen(at)
        office.add_page("exchange", ExchangeScreen(at, quiet))
        widget = place_window(at, Place.OFFICE, office)
    elif name == "join":
        joining = JoinScreen(at, quiet)
        window = MainWindow(at, QWidget())
        window.show_first(joining)
        joining.show_refusal(Text("«{value}» is not an e-mail address.", {"value": "CS1-abc"}))
        widget = window
    elif name in OFFICE_PAGES:
        key, made, quiet.state = OFFICE_PAGES[name]
        office = OfficeScreen(at)
        office.add_page("exchange", QWidget())
        office.add_page(key, made(at, quiet))
        widget = place_window(at, Place.OFFICE, office)
        office.go(key)
    elif name in {"matching", "pair", "nomatching"}:
        pairs = {"matching": samples.PAIR, "pair": samples.PLAIN_PAIR}
        quiet.state = pairs.get(name, MatchingState(is_asking=False))
        office = OfficeScreen(at)
        office.add_page("matching", MatchingScreen(at, quiet))
        widget = place_window(at, Place.OFFICE, office)
    elif name == "login":
        screen = LoginScreen(at, quiet)
        widget = MainWindow(at, screen)
        screen.show_people(samples.PEOPLE)
        screen.show_refusal(Text("The disk is full"))
    elif name in {"shift", "noshift"}:
        quiet.state = samples.SHIFT if name == "shift" else ShiftState(people=samples.SHIFT.people)
        widget = place_window(at, Place.SHIFT, ShiftScreen(at, quiet))
    elif name in {"passes", "nopasses"}:
        quiet.state = samples.PASSES if name == "passes" else PassesState()
        widget = place_window(at, Place.PASSES, PassesScreen(at, quiet))
    elif name == "view":
        view = CustomerView(at)
        view.show_state(samples.OFFERS)
        view.resize(1366, 768)
        widget = view
    elif name in {"newcustomer", "similar"}:
        widget = _new_customer(at, samples.SIMILAR if name == "similar" else ())
    elif name == "pass":
        form = PassForm(at, None)
        form.show_targets((Choice("d", "Оптика"),), (Choice("c", "Очки"),))
        widget = form
    elif name == "return":
        back = ReturnForm(at)
        back.show_source(samples.SOURCE)
        widget = back
    elif name.startswith("card."):
        widget = card_form(at, name.removeprefix("card."))
    elif name in {"consents", "erasure", "fewconsents"}:
        quiet.state = samples.CONSENTS if name != "fewconsents" else samples.READ_ONLY
        agreed = ConsentsForm(at, quiet)
        if name == "erasure":
            agreed.erase_button.click()
        widget = agreed
    elif name in {"reveal", "revealed"}:
        quiet.state = samples.REVEAL if name == "reveal" else samples.REVEALED
        widget = RevealForm(at, quiet)
    elif name == "help":
        widget = HelpSheet(at)
    elif name in {"menu", "toast"}:
        widget = counter_window(look, speakers, language, samples.NORMAL)
        counter = widget.findChild(CounterScreen)
        assert counter is not None
        if name == "menu":
            counter.ask_reason(2)
        else:
            counter.say_message(Message(Text("Removed: {name}", {"name": samples.LONG_WORDS}), can_undo=True))
    else:
        raise KeyError(name)
    widget.show()
    _kept.append((widget, at, quiet))
    return widget
