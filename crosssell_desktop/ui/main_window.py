"""The one window: log-in first, then the places this role may see, the sync line always at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QMainWindow, QPushButton, QStackedWidget, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.commands import COMMANDS
from crosssell_desktop.presenters.state import CounterState, Message, Place, ShiftHeader
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.ui.theme import FOLD_BELOW_PX, TOUCH_PX, Column, Row
from crosssell_desktop.ui.widgets.basics import Part, PlainLabel, tooltip
from crosssell_desktop.ui.widgets.strips import ShiftLine, SyncLine
from crosssell_desktop.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QResizeEvent

    from crosssell_desktop.ui.surroundings import Surroundings

PLACES: dict[Place, tuple[str, str]] = {
    Place.COUNTER: (N_("Counter"), "receipt"),
    Place.PASSES: (N_("Passes"), "pass"),
    Place.MY_SHIFT: (N_("My shift"), "shift"),
    Place.SHIFT: (N_("Shift and reports"), "report"),
    Place.OFFICE: (N_("Office"), "office"),
}
"""The five places, in the order of Ctrl+1..5: title and icon."""


class PlaceButton(QPushButton):
    """A place of the program: an icon, its name in the tooltip and for screen readers."""

    def __init__(self, at: Surroundings, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.at = at
        self.place = place
        self.setCheckable(True)
        self.setProperty("kind", "place")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        at.look.changed.connect(self.restyle)
        at.speech.changed.connect(self.relabel)
        self.toggled.connect(self.restyle)
        self.restyle()
        self.relabel()

    def restyle(self) -> None:
        """Follow scheme, scale and choice."""
        look = self.at.look
        self.setFixedSize(look.px(TOUCH_PX), look.px(TOUCH_PX))
        self.setIcon(look.icon(PLACES[self.place][1], "accent" if self.isChecked() else "muted"))
        self.setIconSize(look.icon_size())

    def relabel(self) -> None:
        """Name the place and its key."""
        title = self.at.speech.gettext(PLACES[self.place][0])
        key = f"Ctrl+{list(PLACES).index(self.place) + 1}"
        self.setToolTip(tooltip(joined(title, key)))
        self.setAccessibleName(title)


class TopBar(Part):
    """Places at the left, the place's own controls in the middle, shift and clock at the right.

    *Signals:* ``place_asked(Place)``; ``language_asked``, ``theme_asked``, ``lock_asked`` from the small buttons.
    """

    place_asked = Signal(object)
    language_asked = Signal()
    theme_asked = Signal()
    lock_asked = Signal()

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="bar")
        self._box = Row(at.look, (8, 5, 12, 5), 8)
        self._places = Row(at.look, (0, 0, 0, 0), 0)
        self.group = QButtonGroup(self)
        self.group.setExclusive(True)
        self.buttons: dict[Place, PlaceButton] = {}
        self.middle = QStackedWidget()
        self.shift = ShiftLine(at)
        self.theme = self._small("contrast")
        self.theme.clicked.connect(self.theme_asked)
        self.language = self._small("language")
        self.language.clicked.connect(self.language_asked)
        self.lock = self._small("lock")
        self.lock.clicked.connect(self.lock_asked)
        self._box.addLayout(self._places)
        self._box.addWidget(self.middle, 1)
        self._box.addWidget(self.shift)
        small = Row(at.look, (0, 0, 0, 0), 0)
        for button in (self.theme, self.language, self.lock):
            small.addWidget(button)
        self._box.addLayout(small)
        self.setLayout(self._box)
        self.restyle()
        self.relabel()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has a key when there is little room."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() * 100 / self.at.look.scale < FOLD_BELOW_PX
        self.theme.setVisible(not narrow)
        self.language.setVisible(not narrow)
        self.shift.fold(narrow)

    def add_place(self, place: Place, middle: QWidget) -> None:
        """Add a place with its own controls."""
        button = PlaceButton(self.at, place, self)
        button.clicked.connect(self._press)
        self.buttons[place] = button
        self.group.addButton(button)
        self._places.addWidget(button)
        self.middle.addWidget(middle)

    def show_place(self, place: Place, middle: QWidget) -> None:
        """Mark a place as the present one."""
        self.buttons[place].setChecked(True)
        self.middle.setCurrentWidget(middle)

    def restyle(self) -> None:
        """Follow scheme and scale."""
        look = self.at.look
        self._fold()
        names = {self.theme: {"light": "sun", "dark": "moon", "contrast": "contrast"}[look.scheme],
                 self.language: "language", self.lock: "lock"}  # fmt: skip
        for button, name in names.items():
            button.setIcon(look.icon(name, "muted"))
            button.setIconSize(look.icon_size())
            button.setFixedSize(look.px(TOUCH_PX), look.px(TOUCH_PX))

    def relabel(self) -> None:
        """Name the small buttons."""
        words = {
            self.theme: joined(self.say(N_("Light, dark, high contrast")), "Ctrl+T"),
            self.language: joined(self.say(N_("Language: Russian, English")), "Ctrl+L"),
            self.lock: joined(self.say(N_("Lock, change the person")), "Ctrl+Q"),
        }
        for button, text in words.items():
            button.setToolTip(tooltip(text))
            button.setAccessibleName(text)

    def _small(self, icon: str) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("kind", "quiet")
        button.setProperty("icon_name", icon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, PlaceButton):
            self.place_asked.emit(sender.place)


class PlaceTitle(Part):
    """What the top bar shows in the middle where a place has no controls of its own there."""

    def __init__(self, at: Surroundings, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self._place = place
        box = Row(at.look, (8, 0, 0, 0), 0)
        self.title = PlainLabel(at, kind="title")
        box.addWidget(self.title, 1)
        self.setLayout(box)
        self.relabel()

    def relabel(self) -> None:
        """Name the place."""
        self.title.set_text(self.say(PLACES[self._place][0]))


class MainWindow(QMainWindow):
    """Holds the log-in and the places, and hands commands to the place in front.

    *Signals:* ``locked`` when the person locks the counter; ``closing`` before the window closes;
    ``place_changed(Place)``.
    """

    locked = Signal()
    closing = Signal()
    place_changed = Signal(object)

    def __init__(self, at: Surroundings, login: QWidget) -> None:
        super().__init__()
        self.at = at
        self.login = login
        self._screens: dict[Place, QWidget] = {}
        self._middles: dict[Place, QWidget] = {}
        self._open_places = frozenset(Place)
        self.place: Place | None = None
        self.top = TopBar(at)
        self.places = QStackedWidget()
        self.sync = SyncLine(at)
        self._frame = Part(at)
        working = Column(at.look, (0, 0, 0, 0), 0)
        working.addWidget(self.top)
        working.addWidget(self.places, 1)
        self._work = QWidget()
        self._work.setLayout(working)
        self.stack = QStackedWidget()
        self.stack.addWidget(login)
        self.stack.addWidget(self._work)
        whole = Column(at.look, (0, 0, 0, 0), 0)
        whole.addWidget(self.stack, 1)
        whole.addWidget(self.sync)
        self._frame.setLayout(whole)
        self.setCentralWidget(self._frame)
        self.toast = Toast(at, self._frame, self._toast_room)
        self.top.place_asked.connect(self.go)
        self.top.theme_asked.connect(at.look.next_scheme)
        self.top.language_asked.connect(at.speech.next_language)
        self.top.lock_asked.connect(self.lock)
        at.speech.changed.connect(self.relabel)
        at.look.changed.connect(self.restyle)
        self._make_shortcuts()
        self.resize(1366, 768)
        self.relabel()

    def add_place(self, place: Place, screen: QWidget, middle: QWidget | None = None) -> None:
        """Add a place this role may see; what is not added is not there at all."""
        self._screens[place] = screen
        self._middles[place] = middle or PlaceTitle(self.at, place)
        self.places.addWidget(screen)
        self.top.add_place(place, self._middles[place])

    def go(self, place: Place) -> None:
        """Show a place; one that this role has not does nothing."""
        if place not in self._screens or place not in self._open_places:
            return
        if place is not self.place:
            self.toast.hide()
        self.place = place
        self.places.setCurrentWidget(self._screens[place])
        self.top.show_place(place, self._middles[place])
        self._focus_screen(self._screens[place])
        self.place_changed.emit(place)

    def show_places(self, places: tuple[Place, ...]) -> None:
        """Let a person see the places of his role only; the one in front is left when it is not among them."""
        self._open_places = frozenset(places)
        for place, button in self.top.buttons.items():
            button.setVisible(place in self._open_places)
        if self.place is not None and self.place not in self._open_places:
            self.place = None

    def screen_of(self, place: Place) -> QWidget | None:
        """Return the screen of a place, None when this role has not got it."""
        return self._screens.get(place)

    def enter(self) -> None:
        """Leave the log-in for the first place."""
        self.stack.setCurrentWidget(self._work)
        self.go(self.place or next(iter(self._screens)))

    def show_first(self, screen: QWidget) -> None:
        """Show what comes before anybody can log in."""
        if self.stack.indexOf(screen) < 0:
            self.stack.addWidget(screen)
        # There is nothing yet that could be unsent.
        self.sync.hide()
        self.stack.setCurrentWidget(screen)
        self._focus_screen(screen)

    def show_login(self) -> None:
        """Show the log-in, once there is a shop to log in to."""
        self.sync.show()
        self.stack.setCurrentWidget(self.login)
        self._focus_screen(self.login)

    def lock(self) -> None:
        """Go back to the log-in; what is in hand stays with its owner."""
        self.toast.hide()
        self.show_login()
        self.locked.emit()

    @property
    def is_working(self) -> bool:
        """Somebody is logged in."""
        return self.stack.currentWidget() is self._work

    def show_header(self, header: ShiftHeader) -> None:
        """Show shift, person and clock; practice wears its frame."""
        self.top.shift.show_header(header)
        self._frame.setProperty("surface", "practice" if header.practice else "none")
        self._frame.style().unpolish(self._frame)
        self._frame.style().polish(self._frame)

    def show_counter(self, state: CounterState) -> None:
        """Show what the counter's state says about the whole program."""
        if state.header != self.top.shift.header:
            self.show_header(state.header)
        place = joined(state.header.store, state.header.counter)
        self.sync.show_sync(state.sync, state.header.now_ms, place)

    def say_message(self, message: Message) -> None:
        """Show a toast over whatever place is in front; the counter has its own place for it."""
        own = getattr(self.places.currentWidget(), "say_message", None)
        if callable(own) and self.is_working:
            own(message)
        else:
            self.toast.show_message(message)

    def _toast_room(self) -> QRect:
        return QRect(0, 0, self._frame.width(), self.sync.y())

    def relabel(self) -> None:
        """Name the window."""
        self.setWindowTitle("CrossSell Desktop")

    def restyle(self) -> None:
        """Nothing of its own to size."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell the rest of the program first."""
        self.closing.emit()
        super().closeEvent(event)

    def _make_shortcuts(self) -> None:
        self._shortcuts: dict[str, QShortcut] = {}
        for item in COMMANDS:
            for keys in item.keys:
                shortcut = QShortcut(QKeySequence(keys), self)
                shortcut.setProperty("command", item.id)
                shortcut.setAutoRepeat(False)
                shortcut.activated.connect(self._command)
                self._shortcuts[keys] = shortcut
        for number, place in enumerate(PLACES, start=1):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.setProperty("place", place.value)
            shortcut.activated.connect(self._place_key)
            self._shortcuts[f"Ctrl+{number}"] = shortcut

    def _command(self) -> None:
        sender = self.sender()
        command_id = str(sender.property("command"))
        own = {
            "language": self.at.speech.next_language,
            "theme": self.at.look.next_scheme,
            "larger": self.at.look.next_scale,
        }
        if command_id in own:
            own[command_id]()
        elif self.is_working:
            if command_id == "lock":
                self.lock()
            else:
                self._hand_on(self.places.currentWidget(), command_id)
        else:
            self._hand_on(self.login, command_id)

    @staticmethod
    def _hand_on(screen: QWidget | None, command_id: str) -> None:
        run = getattr(screen, "run", None)
        if callable(run):
            run(command_id)

    def _place_key(self) -> None:
        if self.is_working:
            self.go(Place(str(self.sender().property("place"))))

    @staticmethod
    def _focus_screen(screen: QWidget) -> None:
        focus = getattr(screen, "focus_field", None)
        if callable(focus):
            focus()
        else:
            screen.setFocus(Qt.FocusReason.OtherFocusReason)
