"""Office: a week of the rota, planned and worked hours by person and day, and who stands on it without an account."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtWidgets import QWidget

from crosssell_desktop.domain.hours import write_hours
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.rota import RotaLine, RotaState
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, StateNote
from crosssell_desktop.ui.widgets.fields import ChoiceField, TypedField
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.ui.surroundings import Surroundings

DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
HEADERS = (N_("Name"), *DAYS, N_("Week"))


class RotaActions(Protocol):
    """What the page asks of its presenter."""

    state_changed: SignalInstance
    state: RotaState

    def refresh(self) -> None:
        """Ask for the week in sight."""

    def turn(self, weeks: int) -> None:
        """Go some weeks on, or back."""

    def put(self, person_id: PersonId, day: dt.date, planned: str, worked: str) -> None:
        """Type a person's day."""


class RotaScreen(Part):
    """The week above, the day that is typed below."""

    def __init__(self, at: Surroundings, presenter: RotaActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        head = Row(at.look, (0, 0, 0, 0), 8)
        self.title = PlainLabel(at, kind="title")
        self.earlier = KeyButton(at)
        self.earlier.clicked.connect(self._earlier)
        self.later = KeyButton(at)
        self.later.clicked.connect(self._later)
        head.addWidget(self.title, 1)
        head.addWidget(self.earlier)
        head.addWidget(self.later)
        self.without = PlainLabel(at, ink="bad", lines=3)
        self.trouble = PlainLabel(at, ink="bad", lines=2)
        self.note = StateNote(at)
        self.table = TextTable(at, HEADERS, (3, 2, 2, 2, 2, 2, 2, 2, 2))
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.who = PlainLabel(at, kind="strong")
        self.day = ChoiceField(at, N_("Day"))
        self.planned = TypedField(at, N_("Planned: 8, 7:30 or 09:00-18:00"), most=40, height_px=44)
        self.worked = TypedField(at, N_("Worked"), most=40, height_px=44)
        self.save = KeyButton(at, kind="primary", icon="check")
        self.save.clicked.connect(self._save)
        self.lists = PlainLabel(at, ink="muted", lines=2)
        box.addLayout(head)
        for part in (self.without, self.trouble):
            box.addWidget(part)
        box.addWidget(self.note, 1)
        box.addWidget(self.table, 1)
        box.addWidget(self.who)
        line = Row(at.look, (0, 0, 0, 0), 8)
        for field in (self.day, self.planned, self.worked):
            line.addWidget(field, 1)
        line.addWidget(self.save, 0, Qt.AlignmentFlag.AlignBottom)
        box.addLayout(line)
        box.addWidget(self.lists)
        panel.setLayout(box)
        outer = Row(at.look, (0, 8, 0, 8), 0)
        outer.addWidget(panel, 1)
        self.setLayout(outer)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def focus_field(self) -> None:
        """Ask anew and begin in the table."""
        self.presenter.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_anew(self) -> None:
        """Ask anew: the window has F5 and Esc as keys of its own and hands them on."""
        self.presenter.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Left and Ctrl+Right turn the week, Ctrl+Enter saves the day."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Left and control:
            self._earlier()
        elif event.key() == Qt.Key.Key_Right and control:
            self._later()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and control and self.save.isEnabled():
            self._save()
        else:
            super().keyPressEvent(event)

    def show_state(self, state: RotaState) -> None:
        """Show the week."""
        if self.state.is_busy and not state.is_busy and state.trouble is None:
            self.planned.field.clear()
            self.worked.field.clear()
        is_other = state.monday != self.state.monday
        self.state = state
        self.relabel()
        if is_other and state.monday is not None and state.today is not None:
            away = (state.today - state.monday).days
            self.day.choose(str(away if 0 <= away < len(DAYS) else 0))

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state = self.state
        self.setAccessibleName(self.say(N_("Rota")))
        monday = state.monday
        self.title.set_text(
            self.say(N_("Rota"))
            if monday is None
            else self.say(
                N_("Rota: {first} to {last}"), first=self._day(monday), last=self._day(monday + dt.timedelta(days=6))
            )
        )
        self.earlier.show_words(self.say(N_("Week before")), "Ctrl+Left")
        self.later.show_words(self.say(N_("Week after")), "Ctrl+Right")
        names = ", ".join(state.without_account)
        self.without.set_text(self.say(N_("On the rota without an account: {names}"), names=names) if names else "")
        self.without.setVisible(bool(names))
        self.trouble.set_text("" if state.trouble is None else self.at.speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self.note.setVisible(not state.lines)
        self.table.setVisible(bool(state.lines))
        self.note.show_note("clock", self.say(N_("Nobody is on the staff yet")))
        self.table.setAccessibleName(self.title.full_text)
        self.table.show_rows(
            [
                ((line.name, *map(_cell, line.days), _cell((line.planned, line.worked))), line.tone)
                for line in state.lines
            ]
        )
        self.day.show_choices(
            (
                str(n),
                f"{self.say(DAYS[n])} {'' if monday is None else self._day(monday + dt.timedelta(days=n))}".strip(),
            )
            for n in range(len(DAYS))
        )
        self.save.show_words(self.say(N_("Save")), "Ctrl+Enter")
        self.lists.set_text(self.say(N_("A whole rota is taken in from csv or xlsx on the page «Lists».")))
        self._show_chosen()

    def _day(self, day: dt.date) -> str:
        return f"{day.day:02}.{day.month:02}" if self.at.speech.language == "ru" else f"{day.day:02}/{day.month:02}"

    def current(self) -> RotaLine | None:
        """Return the chosen person's week."""
        row = self.table.currentIndex().row()
        return self.state.lines[row] if 0 <= row < len(self.state.lines) else None

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        line = self.current()
        self.who.set_text("" if line is None else line.name)
        can = line is not None and line.person_id is not None and self.state.may_edit and not self.state.is_busy
        for part in (self.day, self.planned, self.worked, self.save):
            part.setEnabled(can)

    def _save(self) -> None:
        line = self.current()
        if line is not None and line.person_id is not None and self.state.monday is not None:
            day = self.state.monday + dt.timedelta(days=int(self.day.key or 0))
            self.presenter.put(line.person_id, day, self.planned.typed, self.worked.typed)

    def _earlier(self) -> None:
        self.presenter.turn(-1)

    def _later(self) -> None:
        self.presenter.turn(1)


def _cell(day: tuple[int, int | None] | None) -> str:
    """Return «8:00 / 7:45», the plan alone where nothing was worked yet, nothing where nothing is written."""
    if day is None:
        return ""
    planned, worked = day
    return write_hours(planned) if worked is None else f"{write_hours(planned)} / {write_hours(worked)}"
