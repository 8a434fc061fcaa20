"""Office: the departments at the left, the counters at the right, and the one-time code by which a new one joins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.places_page import (
    CounterLine,
    DepartmentLine,
    PlacesState,
    TypedCounter,
    TypedDepartment,
)
from crosssell_desktop.presenters.wording import when
from crosssell_desktop.ui.theme import Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, Rule
from crosssell_desktop.ui.widgets.fields import ChoiceField, TypedField
from crosssell_desktop.ui.widgets.panels import headed
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.ui.surroundings import Surroundings

DEPARTMENTS = (N_("Code"), N_("Russian name"), N_("English name"))
COUNTERS = (N_("Counter"), N_("Name"), N_("Department"), N_("Last heard"), N_("State"))


class PlacesActions(Protocol):
    """What the page asks of its presenter."""

    state_changed: SignalInstance
    state: PlacesState

    def refresh(self) -> None:
        """Ask anew."""

    def save_department(self, typed: TypedDepartment) -> None:
        """Add or rename a department."""

    def save_counter(self, typed: TypedCounter) -> None:
        """Rename or move a counter."""

    def invite(self, name: str, department_id: str) -> None:
        """Make a one-time code."""


class PlacesScreen(Part):
    """Departments and counters."""

    def __init__(self, at: Surroundings, presenter: PlacesActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        self._is_new = False
        self._department: tuple[object, int] | None = None
        self._counter: tuple[object, int] | None = None
        box = Row(at.look, (0, 8, 0, 8), 8)
        box.addWidget(self._build_departments(), 2)
        box.addWidget(self._build_counters(), 3)
        self.setLayout(box)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _build_departments(self) -> Part:
        at = self.at
        self.add = KeyButton(at, icon="plus")
        self.add.clicked.connect(self._begin_new)
        panel, box, self.title = headed(at, self.add)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.departments = TextTable(at, DEPARTMENTS, (0, 1, 1))
        self.departments.selectionModel().currentRowChanged.connect(self._department_moved)
        self.code = TypedField(at, N_("Code"), most=20, height_px=44)
        self.name_ru = TypedField(at, N_("Russian name"), most=80, height_px=44)
        self.name_en = TypedField(at, N_("English name"), most=80, height_px=44)
        self.save_department = KeyButton(at, kind="primary", icon="check")
        self.save_department.clicked.connect(self._save_department)
        box.addWidget(self.trouble)
        box.addWidget(self.departments, 1)
        for part in (self.code, self.name_ru, self.name_en, self.save_department):
            box.addWidget(part)
        return panel

    def _build_counters(self) -> Part:
        at = self.at
        self.ask = KeyButton(at, icon="sync_ok")
        self.ask.clicked.connect(self.presenter.refresh)
        panel, box, self.counters_title = headed(at, self.ask)
        self.counters = TextTable(at, COUNTERS, (0, 2, 2, 0, 2))
        self.counters.selectionModel().currentRowChanged.connect(self._counter_moved)
        self.counter_name = TypedField(at, N_("Name of the counter"), most=80, height_px=44)
        self.counter_department = ChoiceField(at, N_("Department"))
        self.save_counter = KeyButton(at, icon="check")
        self.save_counter.clicked.connect(self._save_counter)
        self.new_title = PlainLabel(at, kind="strong")
        self.new_name = TypedField(at, N_("Prefix of its receipts"), most=6, height_px=44)
        self.new_department = ChoiceField(at, N_("Department"))
        self.invite = KeyButton(at, icon="plus")
        self.invite.clicked.connect(self._invite)
        self.told = QPlainTextEdit()
        self.told.setReadOnly(True)
        self.told.setTabChangesFocus(True)
        box.addWidget(self.counters, 1)
        box.addLayout(self._line(self.counter_name, self.counter_department, self.save_counter))
        box.addWidget(Rule())
        box.addWidget(self.new_title)
        box.addLayout(self._line(self.new_name, self.new_department, self.invite))
        box.addWidget(self.told)
        return panel

    def _line(self, first: QWidget, second: QWidget, button: KeyButton) -> Row:
        row = Row(self.at.look, (0, 0, 0, 0), 8)
        row.addWidget(first, 1)
        row.addWidget(second, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def restyle(self) -> None:
        """Follow the text scale."""
        self.told.setFixedHeight(self.at.look.px(72))

    def focus_field(self) -> None:
        """Ask anew and begin among the departments."""
        self.presenter.refresh()
        self.departments.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_anew(self) -> None:
        """Ask anew: the window has F5 and Esc as keys of its own and hands them on."""
        self.presenter.refresh()

    def leave(self) -> None:
        """Leave a new department that was begun."""
        self._is_new = False
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+N begins a new department, Ctrl+Enter saves the one in sight."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_N and control and self.add.isEnabled():
            self._begin_new()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and control and self.save_department.isEnabled():
            self._save_department()
        else:
            super().keyPressEvent(event)

    def show_state(self, state: PlacesState) -> None:
        """Show the places as they stand."""
        if self._is_new and self.state.is_busy and not state.is_busy and state.trouble is None:
            self._is_new = False
        self.state = state
        self.restyle()
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state, speech = self.state, self.at.speech
        self.setAccessibleName(self.say(N_("Departments and counters")))
        self.title.set_text(self.say(N_("Departments")))
        self.add.show_words(self.say(N_("Add")), "Ctrl+N")
        self.add.setEnabled(state.may_edit and not state.is_busy)
        self.trouble.set_text("" if state.trouble is None else speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self.departments.setAccessibleName(self.title.full_text)
        self.departments.show_rows([((d.code, d.name_ru, d.name_en), "plain") for d in state.departments])
        self.counters_title.set_text(self.say(N_("Counters")))
        self.ask.show_words(self.say(N_("Asking…")) if state.is_asking else self.say(N_("Ask the centre")), "F5")
        self.counters.setAccessibleName(self.counters_title.full_text)
        self.counters.show_rows(
            [((c.code, c.name, c.department, self._heard(c), speech.say(c.state)), c.tone) for c in state.counters]
        )
        choices = tuple((choice.key, choice.title) for choice in state.choices)
        self.counter_department.show_choices(choices)
        self.new_department.show_choices(choices)
        self.save_department.show_words(self.say(N_("Save")), "Ctrl+Enter")
        self.save_counter.show_words(self.say(N_("Save")))
        self.new_title.set_text(self.say(N_("A new counter joins by a one-time code, good for 15 minutes")))
        self.invite.show_words(self.say(N_("Make a code")) if state.may_invite else self.say(N_("How to do it")))
        self.invite.setEnabled(not state.is_busy)
        self.told.setAccessibleName(self.new_title.full_text)
        self.told.setPlainText(state.code or ("" if state.how_to is None else speech.say(state.how_to)))
        self._fill()

    def _heard(self, line: CounterLine) -> str:
        if not line.is_known:
            return "—"
        if line.seen_ms is None:
            return self.say(N_("never"))
        return when(line.seen_ms, self.state.now_ms, self.at.speech.language, self.at.utc_offset_minutes)

    def department(self) -> DepartmentLine | None:
        """Return the chosen department; None while a new one is filled in."""
        row = self.departments.currentIndex().row()
        return self.state.departments[row] if not self._is_new and 0 <= row < len(self.state.departments) else None

    def counter(self) -> CounterLine | None:
        """Return the chosen counter."""
        row = self.counters.currentIndex().row()
        return self.state.counters[row] if 0 <= row < len(self.state.counters) else None

    def _department_moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._is_new = False
        self._fill()

    def _counter_moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._fill()

    def _fill(self) -> None:
        """Show what is chosen; what is being typed stays while the same version is in sight."""
        one, counter = self.department(), self.counter()
        shown = (None, 0) if one is None else (one.department_id, one.ver)
        if shown != self._department:
            self._department = shown
            for field, text in (
                (self.code, "" if one is None else one.code),
                (self.name_ru, "" if one is None else one.name_ru),
                (self.name_en, "" if one is None else one.name_en),
            ):
                field.field.setText(text)
        can = self.state.may_edit and not self.state.is_busy
        self.code.setEnabled(can and self._is_new)
        fields: tuple[QWidget, ...] = (self.name_ru, self.name_en, self.save_department)
        for part in fields:
            part.setEnabled(can and (self._is_new or one is not None))
        known = None if counter is None else (counter.counter_id, counter.ver)
        if known != self._counter:
            self._counter = known
            self.counter_name.field.setText("" if counter is None else counter.name)
            self.counter_department.choose("" if counter is None else counter.department_id)
        below: tuple[QWidget, ...] = (self.counter_name, self.counter_department, self.save_counter)
        for part in below:
            part.setEnabled(can and counter is not None)

    def _begin_new(self) -> None:
        self._is_new = True
        self._fill()
        self.code.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save_department(self) -> None:
        one = self.department()
        store = str(one.store_id) if one is not None else self.state.stores[0].key if self.state.stores else ""
        if store:
            self.presenter.save_department(
                TypedDepartment(
                    None if one is None else one.department_id,
                    store,
                    self.code.typed,
                    self.name_ru.typed,
                    self.name_en.typed,
                    0 if one is None else one.ver,
                )
            )

    def _save_counter(self) -> None:
        counter = self.counter()
        if counter is not None:
            self.presenter.save_counter(
                TypedCounter(counter.counter_id, self.counter_name.typed, self.counter_department.key, counter.ver)
            )

    def _invite(self) -> None:
        self.presenter.invite(self.new_name.typed, self.new_department.key)
