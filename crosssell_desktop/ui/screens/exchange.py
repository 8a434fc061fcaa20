"""Office: how every counter stands with the centre, what was put aside and why, and what a manager can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.exchange import AsideRow, ExchangeState
from crosssell_desktop.presenters.wording import joined, when
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import Chip, KeyButton, Part, PlainLabel, Rule, StateNote, ink_of
from crosssell_desktop.ui.widgets.panels import headed
from crosssell_desktop.ui.widgets.strips import SyncLine
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.ui.surroundings import Surroundings

COUNTERS = (N_("Counter"), N_("Last heard"), N_("Operations"), N_("Set aside"), N_("Never sent"), N_("State"))
ASIDE = (N_("Time"), N_("Counter"), N_("What"), N_("Why"))


class ExchangeActions(Protocol):
    """What the screen asks of its presenter."""

    state_changed: SignalInstance
    state: ExchangeState

    def refresh(self) -> None:
        """Ask the counter, then the centre."""

    def send_again(self, op_id: UUID, rows: str) -> None:
        """Send what was put aside again, corrected."""

    def fetch_anew(self) -> None:
        """Fetch everything anew."""


class ExchangeScreen(Part):
    """Counters at the left, what was put aside at the right."""

    def __init__(self, at: Surroundings, presenter: ExchangeActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        self._edited: UUID | None = None
        box = Row(at.look, (8, 8, 8, 8), 8)
        box.addWidget(self._build_counters(), 3)
        box.addWidget(self._build_aside(), 3)
        self.setLayout(box)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _build_counters(self) -> Part:
        at = self.at
        self.ask = KeyButton(at, icon="sync_ok", compact=True)
        self.ask.clicked.connect(self.presenter.refresh)
        panel, box, self.title = headed(at, self.ask)
        self.strip = SyncLine(at)
        self.alarm = Chip(at)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.note = StateNote(at)
        self.table = TextTable(at, COUNTERS, (1, 0, 0, 0, 0, 2))
        self._stack = QStackedLayout()
        self._stack.addWidget(self.note)
        self._stack.addWidget(self.table)
        self.anew_words = PlainLabel(at, ink="muted", lines=3)
        self.anew = KeyButton(at, icon="undo")
        self.anew.clicked.connect(self._ask_anew)
        self.sure = KeyButton(at, kind="primary")
        self.sure.clicked.connect(self._anew)
        self.sure.hide()
        above: tuple[QWidget, ...] = (self.strip, self.alarm, self.trouble, Rule())
        below: tuple[QWidget, ...] = (self.anew_words, self.anew, self.sure)
        for part in above:
            box.addWidget(part)
        box.addLayout(self._stack, 1)
        for part in below:
            box.addWidget(part)
        return panel

    def _build_aside(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.aside_title = PlainLabel(at, kind="title")
        self.nothing = StateNote(at)
        self.aside = TextTable(at, ASIDE, (0, 0, 2, 3))
        self.aside.selectionModel().currentRowChanged.connect(self._moved)
        self.reason = PlainLabel(at, kind="strong", lines=3)
        self.rows_title = PlainLabel(at, kind="caption", ink="muted", lines=2)
        self.rows = QPlainTextEdit()
        self.rows.setTabChangesFocus(True)
        self.rows.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.send = KeyButton(at, kind="primary", icon="sync_wait")
        self.send.clicked.connect(self._send)
        inner = QWidget()
        below = Column(at.look, (0, 0, 0, 0), 8)
        below.addWidget(self.aside, 2)
        for part in (self.reason, self.rows_title):
            below.addWidget(part)
        below.addWidget(self.rows, 3)
        below.addWidget(self.send)
        inner.setLayout(below)
        self._aside_stack = QStackedLayout()
        self._aside_stack.addWidget(self.nothing)
        self._aside_stack.addWidget(inner)
        box.addWidget(self.aside_title)
        box.addLayout(self._aside_stack, 1)
        panel.setLayout(box)
        return panel

    def focus_field(self) -> None:
        """Ask anew and begin where something is to be done."""
        self.presenter.refresh()
        target = self.aside if self.state.set_aside else self.table if self.state.counters else self.ask
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_anew(self) -> None:
        """Ask the centre anew: the window has F5 as a key of its own and hands it on."""
        self.presenter.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F5 asks the centre, Ctrl+Enter sends what was corrected."""
        if event.key() == Qt.Key.Key_F5 and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.presenter.refresh()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.send.isEnabled()
        ):
            self._send()
        else:
            super().keyPressEvent(event)

    def show_state(self, state: ExchangeState) -> None:
        """Show what is known now."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state = self.state
        self.setAccessibleName(self.say(N_("Exchange with the centre")))
        self.title.set_text(self.say(N_("Exchange with the centre")))
        self.ask.show_words(self.say(N_("Asking…")) if state.is_asking else self.say(N_("Ask the centre")), "F5")
        self.ask.setEnabled(not state.is_asking)
        self.strip.show_sync(state.strip, state.now_ms)
        alarm = self.at.speech.say(state.alarm)
        self.alarm.setVisible(bool(alarm))
        if alarm:
            self.alarm.show_text(alarm, state.alarm_tone, "warning")
        self.trouble.set_text("" if state.trouble is None else self.at.speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self._show_counters(state)
        self._show_anew(state)
        self._show_aside(state)

    def _show_counters(self, state: ExchangeState) -> None:
        speech = self.at.speech
        self._stack.setCurrentIndex(1 if state.counters else 0)
        self.note.show_note(
            "people",
            self.say(N_("Asking the centre…")) if state.is_asking else self.say(N_("The centre was not asked yet")),
            self.say(N_("The office sees every counter here, a counter sees itself.")),
        )
        self.table.setAccessibleName(self.say(N_("Counters")))
        self.table.show_rows(
            [
                (
                    (
                        row.name,
                        self.say(N_("never")) if row.seen_ms is None else self._when(row.seen_ms),
                        str(row.operations),
                        str(row.set_aside),
                        str(row.lost),
                        joined(speech.say(row.kind), speech.say(row.alarm) or speech.say(row.state)),
                    ),
                    row.tone,
                )
                for row in state.counters
            ]
        )

    def _show_anew(self, state: ExchangeState) -> None:
        words = self.say(
            N_("Fetching everything anew takes a few minutes and changes nothing that is unsent. Selling goes on.")
        )
        if state.not_applied:
            words = self.say(N_("{n} rows of the centre could not be kept here."), n=state.not_applied) + " " + words
        self.anew_words.set_text(words)
        self.anew.show_words(self.say(N_("Fetch everything anew")))
        self.anew.setEnabled(not state.is_busy)
        self.sure.show_words(self.say(N_("Fetch it now")))

    def _show_aside(self, state: ExchangeState) -> None:
        speech = self.at.speech
        waiting = sum(1 for row in state.set_aside if not row.resent)
        self.aside_title.set_text(self.say(N_("Set aside by the centre: {n}"), n=waiting))
        self._aside_stack.setCurrentIndex(1 if state.set_aside else 0)
        self.nothing.show_note(
            "check",
            self.say(N_("Nothing is set aside")),
            self.say(N_("What the centre cannot take stands here with its reason; the rest goes on.")),
        )
        self.aside.setAccessibleName(self.aside_title.full_text)
        self.aside.show_rows(
            [
                (
                    (
                        self._when(row.at_ms),
                        row.counter,
                        speech.say(row.kind),
                        self.say(N_("sent again")) if row.resent else speech.say(row.reason),
                    ),
                    "ok" if row.resent else "bad",
                )
                for row in state.set_aside
            ]
        )
        self.rows_title.set_text(
            self.say(N_("What it says; correct it and send it again. The first stays as evidence."))
        )
        self.rows.setAccessibleName(self.rows_title.full_text)
        self.send.show_words(self.say(N_("Send it again")), "Ctrl+Enter")
        self._show_chosen()

    def current(self) -> AsideRow | None:
        """Return the operation that is chosen."""
        place = self.aside.currentIndex().row()
        return self.state.set_aside[place] if 0 <= place < len(self.state.set_aside) else None

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        row = self.current()
        can = row is not None and not row.resent and not self.state.is_busy
        self.send.setEnabled(can)
        self.rows.setReadOnly(not can)
        if row is None:
            self._edited = None
            return
        self.reason.set_text(self.at.speech.say(row.reason))
        self.reason.set_ink("" if row.resent else ink_of("bad"))
        # What a person is typing is not replaced because the centre answered meanwhile.
        if self._edited != row.op_id or row.resent:
            self._edited = row.op_id
            self.rows.setPlainText(row.rows)

    def _when(self, at_ms: int) -> str:
        return when(at_ms, self.state.now_ms, self.at.speech.language, self.at.utc_offset_minutes)

    def _send(self) -> None:
        row = self.current()
        if row is not None:
            self.presenter.send_again(row.op_id, self.rows.toPlainText())

    def _ask_anew(self) -> None:
        self.sure.setVisible(True)
        self.sure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _anew(self) -> None:
        self.sure.hide()
        self.presenter.fetch_anew()
