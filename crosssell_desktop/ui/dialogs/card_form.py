"""The form of a customer's card: pages at the left, what is there and a short form at the right, all by keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QDialog, QFrame, QLineEdit, QScrollArea, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.card_edit import TITLES, CardEditState, EditField, EditPage, EditRow
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, Picker, PlainLabel, Rule, Tick, unkeyed

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import CustomerId
    from crosssell_desktop.ui.surroundings import Surroundings

PAGE_PX = 168
FIELD_PX = 44
WIDTH_AT_MOST_PX, HEIGHT_AT_MOST_PX = 1_340, 740
"""A counter's screen has 1366 by 768, whatever the text scale."""


class CardEditActions(Protocol):
    """What the form asks of its presenter."""

    state: CardEditState
    state_changed: SignalInstance

    def open(self, customer_id: CustomerId) -> None:
        """Ask for a card."""

    def submit(self, page: str, values: Mapping[str, str]) -> None:
        """Write a page's form."""

    def act(self, page: str, key: str, act: str) -> None:
        """Do something with one row."""


class FormRow(Part):
    """One thing on the card with the buttons of its acts."""

    def __init__(self, at: Surroundings, row: EditRow, form: CardForm) -> None:
        super().__init__(at)
        self._form = form
        self.key = row.key
        box = Row(at.look, (0, 0, 0, 0), 8)
        words = Column(at.look, (0, 0, 0, 0), 0)
        title = PlainLabel(at, row.title, lines=2)
        words.addWidget(title)
        if row.remark:
            words.addWidget(PlainLabel(at, row.remark, kind="caption", ink="muted"))
        box.addLayout(words, 1)
        self.buttons: dict[str, KeyButton] = {}
        for act in row.acts:
            button = KeyButton(at)
            button.setAutoDefault(False)
            button.setProperty("act", act.key)
            button.show_words(act.title)
            button.setAccessibleName(joined(act.title, row.title))
            button.clicked.connect(self._act)
            self.buttons[act.key] = button
            box.addWidget(button)
        self.setLayout(box)

    def _act(self) -> None:
        self._form.act(self.key, str(self.sender().property("act")))


class CardForm(QDialog):
    """All that is written on a card; a page at a time, Ctrl+PgUp and Ctrl+PgDown turn them, Enter saves its form."""

    def __init__(self, at: Surroundings, presenter: CardEditActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.at = at
        self.presenter = presenter
        self.key = ""
        self._shown: EditPage | None = None
        self.setModal(True)
        self.title = PlainLabel(at, kind="title")
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.tabs: dict[str, KeyButton] = {}
        self._group = QButtonGroup(self)
        self._pages = Column(at.look, (0, 0, 0, 0), 2)
        inner = QWidget()
        inner.setLayout(self._pages)
        # At 200 % the pages are higher than the screen of a counter.
        left = QScrollArea()
        left.setFrameShape(QFrame.Shape.NoFrame)
        left.setWidgetResizable(True)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setWidget(inner)
        left.setFixedWidth(at.look.px(PAGE_PX))
        self.rows: list[FormRow] = []
        self.fields: dict[str, QLineEdit | Picker | Tick] = {}
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.ok = KeyButton(at, kind="primary")
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.submit)
        self.cancel = KeyButton(at)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self._lay_out(left)
        self.resize(min(at.look.px(760), WIDTH_AT_MOST_PX), min(at.look.px(640), HEIGHT_AT_MOST_PX))
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setProperty("step", step)
            shortcut.activated.connect(self._turn)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _lay_out(self, left: QWidget) -> None:
        look = self.at.look
        middle = Row(look, (0, 0, 0, 0), 16)
        middle.addWidget(left)
        middle.addWidget(self.area, 1)
        buttons = Row(look, (0, 0, 0, 0), 8)
        buttons.addWidget(self.trouble, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.ok)
        whole = Column(look, (20, 16, 20, 16), 8)
        whole.addWidget(self.title)
        whole.addWidget(Rule())
        whole.addLayout(middle, 1)
        whole.addLayout(buttons)
        self.setLayout(whole)

    def say(self, message: str, **values: object) -> str:
        """Say a message of the program in the language of the screen."""
        return self.at.speech.gettext(message).format(**values)

    def show_state(self, state: CardEditState) -> None:
        """Show a card's pages; what was typed stays when the last change was refused."""
        self.title.set_text(state.name)
        self.setWindowTitle(state.name)
        self.cancel.show_words(self.say(N_("Close")), "Esc")
        self.trouble.set_text("" if state.trouble is None else self.at.speech.say(state.trouble))
        self._show_tabs(state)
        if self.key not in self.tabs and state.pages:
            self.key = state.pages[0].key
        page = state.page(self.key)
        if page is not None and page is not self._shown:
            self._show_page(page)
        self.ok.setEnabled(not state.is_busy and page is not None and bool(page.fields))

    def go(self, key: str) -> None:
        """Turn to a page."""
        page = self.presenter.state.page(key)
        if page is not None:
            self.key = key
            self._show_page(page)
            self.ok.setEnabled(bool(page.fields) and not self.presenter.state.is_busy)

    def submit(self) -> None:
        """Write the form of the page in front."""
        if self.ok.isEnabled():
            self.presenter.submit(self.key, self.values())

    def act(self, key: str, act: str) -> None:
        """Do something with one row of the page in front."""
        self.presenter.act(self.key, key, act)

    def values(self) -> dict[str, str]:
        """Return what the fields hold now."""
        made: dict[str, str] = {}
        for name, field in self.fields.items():
            if isinstance(field, Picker):
                made[name] = str(field.currentData() or "")
            elif isinstance(field, Tick):
                made[name] = "1" if field.isChecked() else ""
            else:
                made[name] = field.text()
        return made

    def _show_tabs(self, state: CardEditState) -> None:
        keys = [page.key for page in state.pages]
        if list(self.tabs) != keys:
            for tab in self.tabs.values():
                self._group.removeButton(tab)
                self._pages.removeWidget(tab)
                tab.deleteLater()
            self.tabs = {}
            while self._pages.count():
                self._pages.takeAt(0)
            for key in keys:
                tab = KeyButton(self.at, kind="place")
                tab.left = True
                tab.setCheckable(True)
                tab.setAutoDefault(False)
                tab.clicked.connect(self._press)
                self._group.addButton(tab)
                self.tabs[key] = tab
                self._pages.addWidget(tab)
            self._pages.addStretch(1)
        for page in state.pages:
            count = sum(1 for row in page.rows if row.acts)
            self.tabs[page.key].show_words(joined(self.say(TITLES[page.key]), str(count) if count else ""))

    def _show_page(self, page: EditPage) -> None:
        self._shown = page
        self.tabs[page.key].setChecked(True)
        inner = QWidget()
        box = Column(self.at.look, (2, 2, 10, 2), 6)
        self.fields = {}
        for field in page.fields:
            self._add_field(box, field)
        if page.fields and (page.rows or page.empty):
            box.addSpacing(self.at.look.px(8))
            box.addWidget(Rule())
        self.rows = [FormRow(self.at, row, self) for row in page.rows]
        for row in self.rows:
            box.addWidget(row)
        if not self.rows and page.empty:
            box.addWidget(PlainLabel(self.at, page.empty, ink="muted", lines=2))
        box.addStretch(1)
        inner.setLayout(box)
        self.area.setWidget(inner)
        self.ok.setVisible(bool(page.fields))
        self.ok.show_words(page.submit, "Enter")
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_field(self, box: Column, field: EditField) -> None:
        control: QLineEdit | Picker | Tick
        if field.is_tick:
            control = Tick(self.at)
            control.show_words(field.caption)
            control.setChecked(bool(field.value))
        else:
            caption = PlainLabel(self.at, field.caption, kind="caption", ink="muted")
            box.addWidget(caption)
            if field.choices:
                control = Picker(self.at)
                for choice in field.choices:
                    control.addItem(unkeyed(choice.title), choice.key)
                control.setCurrentIndex(max(control.findData(field.value), 0))
            else:
                control = QLineEdit(field.value)
                control.setMaxLength(1_000)
            control.setFixedHeight(self.at.look.px(FIELD_PX))
        control.setAccessibleName(field.caption)
        self.fields[field.name] = control
        box.addWidget(control)

    def _press(self) -> None:
        self.go(next(key for key, tab in self.tabs.items() if tab is self.sender()))

    def _turn(self) -> None:
        keys = list(self.tabs)
        if keys:
            step = int(self.sender().property("step"))
            self.go(keys[(keys.index(self.key) + step) % len(keys)])
