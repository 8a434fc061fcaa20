"""Office: pages behind tabs, each for whoever's level opens it; Ctrl+PgUp and Ctrl+PgDown turn them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QScrollArea, QStackedWidget, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.office import BY_KEY, PAGES
from crosssell_desktop.ui.theme import Column
from crosssell_desktop.ui.widgets.basics import KeyButton, Part
from crosssell_desktop.ui.widgets.flow import Flow

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings


class OfficeScreen(Part):
    """A row of tabs above the page in front."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.tabs: dict[str, KeyButton] = {}
        self.pages: dict[str, QWidget] = {}
        self._areas: dict[str, QScrollArea] = {}
        self._open: tuple[str, ...] = ()
        self.key = ""
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._row = Flow(at.look, gap=4)
        self._head = Part(at)
        self._head.setLayout(self._row)
        self._stack = QStackedWidget()
        box = Column(at.look, (8, 8, 8, 0), 0)
        box.addWidget(self._head)
        box.addWidget(self._stack, 1)
        self.setLayout(box)
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setProperty("step", step)
            shortcut.activated.connect(self._turn)
        self.relabel()

    def add_page(self, key: str, page: QWidget) -> None:
        """Add a page of ``presenters.office.PAGES``; its tab stands where the list has it."""
        tab = KeyButton(self.at, icon=BY_KEY[key].icon, kind="place", parent=self._head)
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tab.clicked.connect(self._press)
        self._group.addButton(tab)
        self.tabs[key] = tab
        self.pages[key] = page
        # With large text a page may need more height than a counter's screen has: it scrolls, the window stays.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        self._areas[key] = area
        self._stack.addWidget(area)
        while self._row.takeAt(0) is not None:
            pass
        for known in PAGES:
            if known.key in self.tabs:
                self._row.addWidget(self.tabs[known.key])
        self.show_pages((*self._open, key))
        self.relabel()

    def show_pages(self, keys: tuple[str, ...]) -> None:
        """Let a person see the pages of his level only; the one in front is left when it is not among them."""
        self._open = tuple(page.key for page in PAGES if page.key in keys and page.key in self.pages)
        for key, tab in self.tabs.items():
            tab.setVisible(key in self._open)
        if self.key not in self._open and self._open:
            self._show(self._open[0])

    def go(self, key: str) -> None:
        """Show a page and begin there; one this person has not does nothing."""
        if key in self._open:
            self._show(key)
            self.focus_field()

    def focus_field(self) -> None:
        """Begin in the page in front; it asks anew."""
        page = self.pages.get(self.key)
        focus = getattr(page, "focus_field", None)
        if callable(focus):
            focus()
        elif page is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def run(self, command_id: str) -> None:
        """Hand a key of the program on to the page in front: F5 asks anew, Esc leaves what was begun."""
        page = self.pages.get(self.key)
        for wanted, name in (("pass", "ask_anew"), ("back", "leave")):
            act = getattr(page, name, None)
            if command_id == wanted and callable(act):
                act()

    def relabel(self) -> None:
        """Name the pages."""
        self.setAccessibleName(self.say(N_("Office")))
        for key, tab in self.tabs.items():
            tab.show_words(self.say(BY_KEY[key].title))

    def _show(self, key: str) -> None:
        self.key = key
        self.tabs[key].setChecked(True)
        self._stack.setCurrentWidget(self._areas[key])

    def _press(self) -> None:
        self.go(next(key for key, tab in self.tabs.items() if tab is self.sender()))

    def _turn(self) -> None:
        if self._open:
            step = int(self.sender().property("step"))
            self.go(self._open[(self._open.index(self.key) + step) % len(self._open)])
