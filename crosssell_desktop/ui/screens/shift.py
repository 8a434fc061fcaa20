"""The shift: open with a responsible person, see how it goes, X and Z reports, copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.state import ShiftState
from crosssell_desktop.presenters.wording import counted, joined, when
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import (
    Chip,
    KeyButton,
    Part,
    Picker,
    PlainLabel,
    Rule,
    StateNote,
    ink_of,
    unkeyed,
)
from crosssell_desktop.ui.widgets.fields import TypedField
from crosssell_desktop.ui.widgets.strips import UNSENT

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings


class ShiftActions(Protocol):
    """What the screen asks of its presenter."""

    state_changed: SignalInstance
    state: ShiftState

    def refresh(self) -> None:
        """Ask how the shift stands."""

    def open(self, responsible: str, reason: str = "", cash: str = "") -> None:
        """Open a shift; the cash as typed."""

    def close(self, till_total: str = "", z_number: str = "", counted: str = "", notes: str = "") -> None:
        """Close the shift with what was typed."""

    def report(self, kind: str) -> None:
        """Make a report."""


class ShiftScreen(Part):
    """Figures at the left, acts at the right."""

    def __init__(self, at: Surroundings, presenter: ShiftActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        box = Row(at.look, (8, 8, 8, 8), 8)
        box.addWidget(self._build_figures(), 3)
        box.addWidget(self._build_acts(), 2)
        self.setLayout(box)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _build_figures(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 12), 8)
        self.title = PlainLabel(at, kind="title")
        self.since = PlainLabel(at, ink="muted")
        self.responsible = PlainLabel(at)
        self.note = StateNote(at)
        self.grid_part = Part(at)
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(at.look.px(16))
        self.grid.setVerticalSpacing(at.look.px(8))
        self.grid.setColumnStretch(0, 1)
        self.grid_part.setLayout(self.grid)
        self.cells: list[tuple[PlainLabel, PlainLabel]] = []
        for part in (self.title, self.since, self.responsible, Rule(), self.grid_part, self.note):
            box.addWidget(part)
        box.addStretch(1)
        panel.setLayout(box)
        return panel

    def _build_acts(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.acts_title = PlainLabel(at, kind="title")
        self.who_title = PlainLabel(at, kind="caption", ink="muted")
        self.who = Picker(at)
        self.who.currentIndexChanged.connect(self._who_changed)
        self.why_nobody = TypedField(at, N_("Why nobody is responsible (it is printed in the report)"))
        self.opening_cash = TypedField(at, N_("Cash in the drawer at opening, ₽"))
        self.open_button = KeyButton(at, kind="primary", icon="shift")
        self.open_button.clicked.connect(self._open)
        self.x_button = KeyButton(at, icon="report")
        self.x_button.clicked.connect(self._x)
        self.z_button = KeyButton(at, icon="lock")
        self.z_button.clicked.connect(self._ask_close)
        self.till_total = TypedField(at, N_("Total by the fiscal register, ₽"))
        self.till_z = TypedField(at, N_("Number of its Z report"), most=40)
        self.counted = TypedField(at, N_("Cash counted in the drawer, ₽"))
        self.notes = TypedField(at, N_("Notes for the next shift"), most=4_000)
        self.closing = (self.till_total, self.till_z, self.counted, self.notes)
        self.sure = PlainLabel(at, ink="warn", lines=3)
        self.sure_button = KeyButton(at, kind="primary")
        self.sure_button.clicked.connect(self._close)
        self.unsent = Chip(at)
        self.trouble = PlainLabel(at, ink="bad", lines=4)
        self.copies_title = PlainLabel(at, kind="caption", ink="muted")
        self.copies = Picker(at)
        self.copy_button = KeyButton(at, icon="printer")
        self.copy_button.clicked.connect(self._copy)
        acts: tuple[QWidget, ...] = (
            self.acts_title,
            self.unsent,
            self.trouble,
            self.who_title,
            self.who,
            self.why_nobody,
            self.opening_cash,
            self.open_button,
            self.x_button,
            self.z_button,
            *self.closing,
            self.sure,
            self.sure_button,
        )
        for part in acts:
            box.addWidget(part)
        box.addStretch(1)
        self.copies_rule = Rule()
        for part in (self.copies_rule, self.copies_title, self.copies, self.copy_button):
            box.addWidget(part)
        inner = QWidget()
        inner.setLayout(box)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        whole = Column(at.look, (0, 1, 0, 1), 0)
        whole.addWidget(self.area)
        panel.setLayout(whole)
        self._unsure()
        self._size()
        return panel

    def restyle(self) -> None:
        """Follow the text scale."""
        self._size()

    def _size(self) -> None:
        for picker in (self.who, self.copies):
            picker.setFixedHeight(self.at.look.px(44))

    def focus_field(self) -> None:
        """Ask anew and put the cursor on the act that comes next."""
        self.presenter.refresh()
        target = self.x_button if self.state.header.shift_id is not None else self.who
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, state: ShiftState) -> None:
        """Show how the shift stands."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state, speech = self.state, self.at.speech
        header = state.header
        is_open = header.shift_id is not None
        self.setAccessibleName(self.say(N_("Shift and reports")))
        self.title.set_text(self.say(N_("Shift {n}"), n=header.number) if is_open else self.say(N_("No shift is open")))
        opened = ""
        if is_open and state.opened_at_ms is not None:
            told = when(state.opened_at_ms, header.now_ms, speech.language, self.at.utc_offset_minutes)
            opened = self.say(N_("opened at {time}"), time=told)
        self.since.set_text(joined(opened, header.store, header.counter))
        self.responsible.set_text(
            self.say(N_("responsible: {name}"), name=header.responsible) if header.responsible else ""
        )
        self.responsible.setVisible(bool(header.responsible))
        self._show_figures(state)
        self._show_acts(state, is_open=is_open)

    def _show_figures(self, state: ShiftState) -> None:
        self.note.setVisible(not state.figures)
        self.note.show_note(
            "report", self.say(N_("No figures yet")), self.say(N_("They appear with the first receipt of the shift."))
        )
        self.grid_part.setVisible(bool(state.figures))
        while len(self.cells) < len(state.figures):
            pair = (PlainLabel(self.at), PlainLabel(self.at, kind="strong"))
            pair[1].setAlignment(Qt.AlignmentFlag.AlignRight)
            row = len(self.cells)
            self.grid.addWidget(pair[0], row, 0)
            self.grid.addWidget(pair[1], row, 1)
            self.cells.append(pair)
        for place, (title, value) in enumerate(self.cells):
            shown = place < len(state.figures)
            title.setVisible(shown)
            value.setVisible(shown)
            if shown:
                figure = state.figures[place]
                title.set_text(self.at.speech.say(figure.title))
                value.set_text(figure.value)
                value.set_ink("" if figure.tone == "plain" else ink_of(figure.tone))

    def _show_acts(self, state: ShiftState, *, is_open: bool) -> None:
        self.acts_title.set_text(self.say(N_("What to do")))
        self.unsent.setVisible(bool(state.unsent))
        self.unsent.show_text(counted(self.at.speech, UNSENT, state.unsent), "warn", "sync_wait")
        self.trouble.set_text("" if state.trouble is None else self.at.speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self.who_title.set_text(self.say(N_("Responsible for complex sales")))
        nobody = ("", self.say(N_("Nobody, for a reason")))
        knew_nobody = self.who.count() <= 1
        self._fill(self.who, [*((one.key, one.title) for one in state.people), nobody])
        if knew_nobody:
            # «Nobody» is a choice a person makes, never what was left before the people were known.
            self.who.setCurrentIndex(0)
        self.who.setAccessibleName(self.who_title.full_text)
        for part in (self.who_title, self.who, self.opening_cash, self.open_button):
            part.setVisible(not is_open)
        self._who_changed()
        self.open_button.show_words(self.say(N_("Open the shift")))
        self.open_button.setEnabled(not state.is_busy)
        self.x_button.show_words(self.say(N_("X report: how it goes")))
        self.z_button.show_words(self.say(N_("Close the shift: Z report")))
        for button in (self.x_button, self.z_button):
            button.setVisible(is_open)
            button.setEnabled(not state.is_busy)
        if is_open:
            self.opening_cash.field.clear()
            self.why_nobody.field.clear()
        else:
            self._unsure()
            for one in self.closing:
                one.field.clear()
        self.sure.set_text(
            self.say(
                N_(
                    "Leave empty what nobody counted. A closed shift stays closed; "
                    "unsent sales go on being sent by themselves."
                )
            )
        )
        self.sure_button.show_words(self.say(N_("Close it now")))
        self.copies_title.set_text(self.say(N_("Print again")))
        self._fill(self.copies, [(one.key, joined(one.title, one.remark)) for one in state.reports])
        self.copies.setAccessibleName(self.copies_title.full_text)
        self.copy_button.show_words(self.say(N_("Print a copy")))
        self.copy_button.setEnabled(bool(state.reports) and not state.is_busy)
        self.copies.setEnabled(bool(state.reports))

    @staticmethod
    def _fill(picker: Picker, choices: list[tuple[str, str]]) -> None:
        kept = picker.currentData()
        picker.clear()
        for key, title in choices:
            picker.addItem(unkeyed(title), key)
        picker.setCurrentIndex(max(picker.findData(kept), 0 if choices else -1))

    def _who_changed(self) -> None:
        is_nobody = self.state.header.shift_id is None and self.who.currentData() == ""
        self.why_nobody.setVisible(is_nobody)

    def _open(self) -> None:
        responsible = str(self.who.currentData() or "")
        reason = "" if responsible else self.why_nobody.typed
        self.presenter.open(responsible, reason, self.opening_cash.typed)

    def _x(self) -> None:
        self.presenter.report("x")

    def _ask_close(self) -> None:
        self._show_closing(shown=True)
        self.till_total.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _unsure(self) -> None:
        self._show_closing(shown=False)

    def _show_closing(self, *, shown: bool) -> None:
        for part in (*self.closing, self.sure, self.sure_button):
            part.setVisible(shown)
        for other in (self.copies_rule, self.copies_title, self.copies, self.copy_button):
            other.setVisible(not shown)

    def _close(self) -> None:
        """Hand on what was typed; it stays on the screen until the shift is closed."""
        self.presenter.close(*(one.typed for one in self.closing))

    def _copy(self) -> None:
        self.presenter.report(str(self.copies.currentData()))
