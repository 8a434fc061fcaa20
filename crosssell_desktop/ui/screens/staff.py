"""Office: the staff in a table, the chosen person in a form beside it, and the one-time PIN that is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.staff import StaffLine, StaffState, TypedPerson
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, Rule, StateNote, Tick
from crosssell_desktop.ui.widgets.fields import ChoiceField, TypedField
from crosssell_desktop.ui.widgets.panels import headed
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.ui.surroundings import Surroundings

HEADERS = (N_("Name"), N_("Department"), N_("Level"), N_("Log-in"))
LANGUAGES = (("ru", "Русский"), ("en", "English"))


class StaffActions(Protocol):
    """What the page asks of its presenter."""

    state_changed: SignalInstance
    state: StaffState

    def refresh(self) -> None:
        """Ask who works here."""

    def save(self, typed: TypedPerson) -> None:
        """Take a person on or change one."""

    def reset_pin(self, person_id: PersonId) -> None:
        """Give a one-time PIN."""

    def dismiss(self, person_id: PersonId, reason: str) -> None:
        """Dismiss a person."""

    def take_back(self, person_id: PersonId) -> None:
        """Take a dismissed person on again."""

    def hide_pin(self) -> None:
        """Forget the PIN that was shown."""


class StaffScreen(Part):
    """The table at the left, the form at the right."""

    def __init__(self, at: Surroundings, presenter: StaffActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        self._shown: tuple[PersonId | None, int] | None = None
        self._is_new = False
        box = Row(at.look, (0, 8, 0, 8), 8)
        box.addWidget(self._build_table(), 3)
        box.addWidget(self._build_form(), 2)
        self.setLayout(box)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _build_table(self) -> Part:
        at = self.at
        self.add = KeyButton(at, icon="plus")
        self.add.clicked.connect(self._begin_new)
        panel, box, self.title = headed(at, self.add)
        self.where = PlainLabel(at, ink="muted", lines=2)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.note = StateNote(at)
        self.table = TextTable(at, HEADERS, (3, 2, 0, 0))
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        for part in (self.where, self.trouble):
            box.addWidget(part)
        box.addWidget(self.note, 1)
        box.addWidget(self.table, 1)
        return panel

    def _build_form(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        self.form_title = PlainLabel(at, kind="title")
        self.full_name = TypedField(at, N_("Full name"), most=120, height_px=44)
        self.short_name = TypedField(at, N_("Short name"), most=120, height_px=44)
        self.department = ChoiceField(at, N_("Department"))
        self.level = ChoiceField(at, N_("Level"))
        self.language = ChoiceField(at, N_("Language"))
        self.badge = TypedField(at, N_("Badge"), most=64, height_px=44)
        self.lead = Tick(at)
        self.save = KeyButton(at, kind="primary", icon="check")
        self.save.clicked.connect(self._save)
        self.pin_box = self._build_pin()
        self.reset = KeyButton(at, icon="lock")
        self.reset.clicked.connect(self._reset)
        self.reason = ChoiceField(at, N_("Reason of the dismissal"))
        self.dismiss = KeyButton(at, icon="logout")
        self.dismiss.clicked.connect(self._ask_dismissal)
        self.sure = KeyButton(at, kind="primary")
        self.sure.clicked.connect(self._dismiss)
        self.back = KeyButton(at, icon="undo")
        self.back.clicked.connect(self._take_back)
        self._keys: dict[int, tuple[KeyButton, ...]] = {
            Qt.Key.Key_P: (self.reset,),
            Qt.Key.Key_D: (self.dismiss, self.back),
        }
        box = Column(at.look, (16, 12, 16, 16), 8)
        box.addWidget(self.pin_box)
        box.addWidget(self.form_title)
        pairs = ((self.full_name, self.short_name), (self.department, self.level), (self.language, self.badge))
        for pair in pairs:
            row = Row(at.look, (0, 0, 0, 0), 8)
            for field in pair:
                row.addWidget(field, 1)
            box.addLayout(row)
        below: tuple[QWidget, ...] = (
            self.lead,
            self.save,
            Rule(),
            self.reset,
            self.reason,
            self.dismiss,
            self.sure,
            self.back,
        )
        for part in below:
            box.addWidget(part)
        box.addStretch(1)
        inner = QWidget()
        inner.setLayout(box)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        outer = Column(at.look, (0, 0, 0, 0), 0)
        outer.addWidget(self.area)
        panel.setLayout(outer)
        return panel

    def _build_pin(self) -> Part:
        """Return the place of the PIN: above the form and under its own heading, for another may be chosen below."""
        at = self.at
        part = Part(at, surface="well")
        self.pin_of = PlainLabel(at, kind="title", lines=2)
        self.pin = PlainLabel(at, kind="total", ink="accent", is_whole=True)
        self.pin_words = PlainLabel(at, lines=3)
        self.hide_pin = KeyButton(at)
        self.hide_pin.clicked.connect(self.presenter.hide_pin)
        box = Column(at.look, (12, 8, 12, 12), 8)
        for label in (self.pin_of, self.pin, self.pin_words, self.hide_pin):
            box.addWidget(label)
        part.setLayout(box)
        return part

    def focus_field(self) -> None:
        """Ask anew and begin in the table."""
        self.presenter.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_anew(self) -> None:
        """Ask anew: the window has F5 and Esc as keys of its own and hands them on."""
        self.presenter.refresh()

    def leave(self) -> None:
        """Leave a new person that was begun, and hide the PIN."""
        self._is_new = False
        self.sure.hide()
        self.presenter.hide_pin()
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+N begins a new person, Ctrl+Enter saves; Ctrl+P gives a PIN, Ctrl+D dismisses or takes on again."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_N and control and self.add.isEnabled():
            self._begin_new()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and control and self.save.isEnabled():
            self._save()
        elif control and event.key() in self._keys:
            for button in self._keys[event.key()]:
                if button.isVisible() and button.isEnabled():
                    button.click()
                    break
        else:
            super().keyPressEvent(event)

    def current(self) -> StaffLine | None:
        """Return the chosen person; None while a new one is filled in."""
        row = self.table.currentIndex().row()
        return self.state.lines[row] if not self._is_new and 0 <= row < len(self.state.lines) else None

    def show_state(self, state: StaffState) -> None:
        """Show the staff as it stands."""
        if self._is_new and self.state.is_busy and not state.is_busy and state.trouble is None:
            self._is_new = False
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state, speech = self.state, self.at.speech
        self.setAccessibleName(self.say(N_("Staff")))
        self.title.set_text(self.say(N_("Staff")))
        self.add.show_words(self.say(N_("Take on")), "Ctrl+N")
        self.add.setEnabled(state.may_edit and not state.is_busy)
        self.where.set_text(
            "" if state.is_office else self.say(N_("People are changed at the office's computer; PINs are given here."))
        )
        self.where.setVisible(not state.is_office)
        self.trouble.set_text("" if state.trouble is None else speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self.note.setVisible(not state.lines)
        self.table.setVisible(bool(state.lines))
        self.note.show_note("people", self.say(N_("Nobody is on the staff yet")))
        self.table.setAccessibleName(self.title.full_text)
        self.table.show_rows(
            [
                ((line.name, line.department, speech.say(line.level_name), speech.say(line.state)), line.tone)
                for line in state.lines
            ]
        )
        self.department.show_choices((choice.key, choice.title) for choice in state.departments)
        self.language.show_choices(LANGUAGES)
        self.reason.show_choices((code, speech.say(words)) for code, words in state.reasons)
        self.lead.show_words(self.say(N_("may be responsible for complex sales")))
        self.save.show_words(self.say(N_("Take on")) if self._is_new else self.say(N_("Save")), "Ctrl+Enter")
        self.reset.show_words(self.say(N_("Give a one-time PIN")), "Ctrl+P")
        self.dismiss.show_words(self.say(N_("Dismiss")), "Ctrl+D")
        self.sure.show_words(self.say(N_("Dismiss now: the log-in ends everywhere")), "Space")
        self.back.show_words(self.say(N_("Take on again")), "Ctrl+D")
        self.hide_pin.show_words(self.say(N_("Hide the PIN")), "Esc")
        self._fill()

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._is_new = False
        self._fill()

    def _fill(self) -> None:
        """Show the chosen person; what is being typed stays while the same version is in sight."""
        state, line = self.state, self.current()
        shown = (None, 0) if line is None else (line.person_id, line.ver)
        self.form_title.set_text(self.say(N_("A new person")) if self._is_new else "" if line is None else line.name)
        levels = {str(key): self.at.speech.say(words) for key, words in state.levels}
        if line is not None:
            levels.setdefault(str(line.level), self.at.speech.say(line.level_name))
        self.level.show_choices(sorted(levels.items()))
        if shown != self._shown:
            self._shown = shown
            self.sure.hide()
            self.full_name.field.setText("" if line is None else line.full_name)
            self.short_name.field.setText("" if line is None else line.name)
            self.badge.field.setText("" if line is None else line.badge)
            self.department.choose("" if line is None else line.department_id)
            self.level.choose("2" if line is None else str(line.level))
            self.language.choose("ru" if line is None else line.language)
            self.lead.setChecked(line is not None and line.is_lead)
        here = self._is_new or (line is not None and line.works)
        can = here and state.may_edit and not state.is_busy
        for part in (
            self.full_name,
            self.short_name,
            self.department,
            self.level,
            self.language,
            self.badge,
            self.lead,
        ):
            part.setEnabled(can)
        self.save.setEnabled(can)
        self.save.show_words(self.say(N_("Take on")) if self._is_new else self.say(N_("Save")), "Ctrl+Enter")
        works = line is not None and line.works
        self.reset.setVisible(works)
        self.reset.setEnabled(not state.is_busy)
        leaving: tuple[QWidget, ...] = (self.reason, self.dismiss)
        for act in leaving:
            act.setVisible(works and state.may_edit)
            act.setEnabled(not state.is_busy)
        self.back.setVisible(line is not None and not line.works and state.may_edit)
        self._show_pin()

    def _show_pin(self) -> None:
        one = self.state.one_time
        if one is not None and not self.pin_box.isVisible():
            self.area.verticalScrollBar().setValue(0)
        self.pin_box.setVisible(one is not None)
        if one is not None:
            self.pin_of.set_text(self.say(N_("One-time PIN: {name}"), name=one.name))
            self.pin_words.set_text(
                self.say(N_("Tell {name} this PIN: it is shown once and good for one log-in within three days."),
                         name=one.name)
            )  # fmt: skip
            self.pin.set_text(f"{one.pin[:3]} {one.pin[3:]}")

    def _begin_new(self) -> None:
        self._is_new = True
        self._fill()
        self.full_name.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        line = self.current()
        typed = TypedPerson(
            person_id=None if line is None else line.person_id,
            full_name=self.full_name.typed,
            short_name=self.short_name.typed,
            department_id=self.department.key,
            level=int(self.level.key or 2),
            language=self.language.key,
            badge=self.badge.typed,
            is_lead=self.lead.isChecked(),
            seen_ver=0 if line is None else line.ver,
        )
        if typed.department_id:
            self.presenter.save(typed)

    def _reset(self) -> None:
        line = self.current()
        if line is not None:
            self.presenter.reset_pin(line.person_id)

    def _ask_dismissal(self) -> None:
        self.sure.setVisible(True)
        self.sure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _dismiss(self) -> None:
        line = self.current()
        self.sure.hide()
        if line is not None:
            self.presenter.dismiss(line.person_id, self.reason.key)

    def _take_back(self) -> None:
        line = self.current()
        if line is not None:
            self.presenter.take_back(line.person_id)
