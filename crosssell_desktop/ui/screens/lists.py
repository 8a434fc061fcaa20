"""Office: lists of other systems taken in: the file, its columns, what came of it; batches at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, SignalInstance
from PySide6.QtWidgets import QFileDialog, QStackedLayout, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.lists import KINDS, BatchLine, FieldLine, ListsState, title_of
from crosssell_desktop.presenters.wording import when
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, StateNote
from crosssell_desktop.ui.widgets.fields import ChoiceField, TypedField
from crosssell_desktop.ui.widgets.flow import Flow
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from crosssell_desktop.interchange.columns import Kind
    from crosssell_desktop.ui.surroundings import Surroundings

COLUMNS = (N_("Field"), N_("Column of the file"), N_("First value"))
REFUSED = (N_("Line"), N_("Column"), N_("Reason"))
BATCHES = (N_("No."), N_("Source"), N_("Taken in"), N_("State"))
STATES = {"done": N_("taken in"), "undone": N_("taken back"), "open": N_("broken off")}
LONGEST_PATH = 1_000


class ListsActions(Protocol):
    """What the page asks of its presenter."""

    state_changed: SignalInstance
    state: ListsState

    def refresh(self) -> None:
        """Ask anew."""

    def choose(self, kind: Kind, source: str) -> None:
        """Take in another list, or of another source."""

    def read(self, path: str) -> None:
        """Read a file."""

    def map(self, name: str, heading: str) -> None:
        """Read a field from another column."""

    def check(self) -> None:
        """Say what would come of the file."""

    def take_in(self) -> None:
        """Take the file in."""

    def undo(self, number: int) -> None:
        """Take a batch back."""

    def stop(self) -> None:
        """Stop what is under way."""


class ListsScreen(Part):
    """The file at the left, the batches at the right."""

    def __init__(self, at: Surroundings, presenter: ListsActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        self._sure_of = 0
        """The batch whose undoing is asked for once more."""
        box = Row(at.look, (8, 8, 8, 8), 8)
        box.addWidget(self._build_file(), 5)
        box.addWidget(self._build_batches(), 3)
        self.setLayout(box)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _build_file(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.kind = ChoiceField(at, N_("List"))
        self.kind.picker.activated.connect(self._choose)
        self.source = TypedField(at, N_("Source"), most=60, height_px=44)
        self.source.field.editingFinished.connect(self._choose)
        self.path = TypedField(at, N_("File: csv or xlsx"), most=LONGEST_PATH, height_px=44)
        self.path.field.returnPressed.connect(self._read)
        self.browse = KeyButton(at, icon="search")
        self.browse.clicked.connect(self._browse)
        top = Row(at.look, (0, 0, 0, 0), 8)
        for part, share in ((self.kind, 3), (self.source, 2), (self.path, 3)):
            top.addWidget(part, share)
        top.addWidget(self.browse, 0, Qt.AlignmentFlag.AlignBottom)
        self.title = PlainLabel(at, kind="strong", lines=2)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.words = PlainLabel(at, lines=4)
        self.note = StateNote(at)
        self.note.setMinimumHeight(1)
        self.fields = TextTable(at, COLUMNS, (2, 2, 3))
        self.fields.selectionModel().currentRowChanged.connect(self._moved)
        self.refused = TextTable(at, REFUSED, (0, 1, 4))
        self._stack = QStackedLayout()
        for page in (self.note, self.fields, self.refused):
            self._stack.addWidget(page)
        self.column = ChoiceField(at, N_("Read the chosen field from"))
        self.column.picker.activated.connect(self._map)
        self.check = KeyButton(at, parent=self)
        self.check.clicked.connect(self.presenter.check)
        self.take = KeyButton(at, kind="primary", icon="check", parent=self)
        self.take.clicked.connect(self.presenter.take_in)
        self.halt = KeyButton(at, icon="cross", parent=self)
        self.halt.clicked.connect(self.presenter.stop)
        keys = Part(at)
        row = Flow(at.look, gap=8)
        for button, shortcut in ((self.check, "Alt+1"), (self.take, "Alt+2"), (self.halt, "Alt+3")):
            button.setShortcut(shortcut)
            row.addWidget(button)
        keys.setLayout(row)
        box.addLayout(top)
        for label in (self.title, self.trouble, self.words):
            box.addWidget(label)
        box.addLayout(self._stack, 1)
        box.addWidget(self.column)
        box.addWidget(keys)
        panel.setLayout(box)
        return panel

    def _build_batches(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.batches_title = PlainLabel(at, kind="title")
        self.batches = TextTable(at, BATCHES, (0, 1, 0, 0))
        self.batches.selectionModel().currentRowChanged.connect(self._moved_batch)
        self.nothing = StateNote(at)
        self.nothing.setMinimumHeight(1)
        self._batch_stack = QStackedLayout()
        self._batch_stack.addWidget(self.nothing)
        self._batch_stack.addWidget(self.batches)
        self.counts = PlainLabel(at, ink="muted", lines=3)
        self.undo = KeyButton(at, icon="undo")
        self.undo.clicked.connect(self._ask_undo)
        self.sure = KeyButton(at, kind="primary")
        self.sure.clicked.connect(self._undo)
        box.addWidget(self.batches_title)
        box.addLayout(self._batch_stack, 1)
        for part in (self.counts, self.undo, self.sure):
            box.addWidget(part)
        panel.setLayout(box)
        return panel

    def focus_field(self) -> None:
        """Ask anew and begin with the file."""
        self.presenter.refresh()
        self.path.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_anew(self) -> None:
        """F5 asks anew."""
        self.presenter.refresh()

    def leave(self) -> None:
        """Esc takes the question back, and stops nothing."""
        self._sure_of = 0
        self._show_batch()

    def show_state(self, state: ListsState) -> None:
        """Show what is known now."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state, speech = self.state, self.at.speech
        self.setAccessibleName(self.say(N_("Lists")))
        self.kind.show_choices((kind, self.say(KINDS[kind])) for kind in state.kinds)
        self.kind.choose(state.kind)
        self.source.setVisible(state.kind == "customers")
        self.source.field.setPlaceholderText(self.say(N_("loyalty, 1C, optics…")))
        self.browse.show_words(self.say(N_("Choose a file…")))
        for part in (self.kind, self.source, self.path, self.browse):
            part.setEnabled(not state.is_busy)
        self.trouble.set_text("" if state.trouble is None else speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self.title.set_text(self._title())
        self.title.setVisible(bool(self.title.full_text))
        self.words.set_text(" ".join(speech.say(one) for one in state.outcome))
        self.words.setVisible(bool(state.outcome))
        self.note.show_note(
            "plus",
            self.say(N_("No file is read yet")),
            self.say(N_("Choose a list and its file; its columns are shown before anything is written.")),
        )
        self._show_fields()
        self.refused.setAccessibleName(self.say(N_("Refused rows")))
        self.refused.show_rows([((str(one.line), one.column, speech.say(one.reason)), "bad") for one in state.refused])
        self._stack.setCurrentIndex(2 if state.refused else 1 if state.file is not None else 0)
        self.check.show_words(self.say(N_("Check")), "Alt+1")
        self.take.show_words(self.say(N_("Take in")), "Alt+2")
        self.halt.show_words(self.say(N_("Stopping…")) if state.is_stopping else self.say(N_("Stop")), "Alt+3")
        self.check.setEnabled(state.can_take)
        self.take.setEnabled(state.can_take)
        self.halt.setEnabled(state.is_busy and not state.is_stopping)
        self._show_batches()

    def _title(self) -> str:
        state = self.state
        if state.step is not None:
            far = f"{state.done} / {state.total}" if state.total else str(state.done or "")
            return f"{self.at.speech.say(state.step)} {far}".strip()
        if state.file is None:
            return ""
        words = self.say(N_("{file}: {n} rows"), file=state.file.name, n=state.file.rows)
        lacking = [title_of(state.kind, x.name, self.at.speech.language) for x in state.fields if x.is_missing]
        if not lacking:
            return words
        return f"{words}. {self.say(N_('Choose a column for: {fields}'), fields=', '.join(lacking))}"

    def _show_fields(self) -> None:
        state, language = self.state, self.at.speech.language
        self.fields.setAccessibleName(self.title.full_text)
        kept = self.fields.currentIndex().row()
        self.fields.show_rows(
            [
                (
                    (title_of(state.kind, line.name, language), line.heading or "—", line.example),
                    "bad" if line.is_missing else "ok" if line.heading else "plain",
                )
                for line in state.fields
            ]
        )
        if state.fields:
            self.fields.selectRow(max(0, min(kept, len(state.fields) - 1)))
        self._show_column()

    def _show_column(self) -> None:
        line, file = self.current_field(), self.state.file
        self.column.setVisible(file is not None and not self.state.refused)
        if file is None or line is None:
            return
        with QSignalBlocker(self.column.picker):
            self.column.show_choices([("", self.say(N_("not in the file"))), *((one, one) for one in file.header)])
            self.column.choose(line.heading)
        self.column.setEnabled(not self.state.is_busy)

    def _show_batches(self) -> None:
        state = self.state
        self.batches_title.set_text(self.say(N_("Batches of customers: {n}"), n=len(state.batches)))
        self.nothing.show_note("people", self.say(N_("No list of customers was taken in here yet")))
        self._batch_stack.setCurrentIndex(1 if state.batches else 0)
        self.batches.setAccessibleName(self.batches_title.full_text)
        kept = self.batches.currentIndex().row()
        self.batches.show_rows(
            [
                (
                    (
                        str(one.no),
                        one.source,
                        when(one.started_at, state.now_ms, self.at.speech.language, self.at.utc_offset_minutes),
                        self.say(STATES[one.state]),
                    ),
                    "plain" if one.state == "done" else "warn",
                )
                for one in state.batches
            ]
        )
        if state.batches:
            self.batches.selectRow(max(0, min(kept, len(state.batches) - 1)))
        self.undo.show_words(self.say(N_("Take the batch back")))
        self.sure.show_words(self.say(N_("Yes, take it back")))
        self._show_batch()

    def _show_batch(self) -> None:
        one = self.current_batch()
        if one is None or one.no != self._sure_of:
            self._sure_of = 0
        can = one is not None and one.can_go and not self.state.is_busy
        self.undo.setEnabled(can)
        self.sure.setVisible(bool(self._sure_of))
        self.sure.setEnabled(can)
        counts = {name: 0 if one is None else one.counts.get(name, 0) for name in ("added", "changed", "same")}
        self.counts.set_text(
            f"{one.file}. {self.say(N_('New {added}, changed {changed}, the same {same}'), **counts)}" if one else ""
        )

    def current_field(self) -> FieldLine | None:
        """Return the field that is chosen."""
        row = self.fields.currentIndex().row()
        return self.state.fields[row] if 0 <= row < len(self.state.fields) else None

    def current_batch(self) -> BatchLine | None:
        """Return the batch that is chosen."""
        row = self.batches.currentIndex().row()
        return self.state.batches[row] if 0 <= row < len(self.state.batches) else None

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_column()

    def _moved_batch(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_batch()

    def _choose(self) -> None:
        if self.kind.key:
            self.presenter.choose(cast("Kind", self.kind.key), self.source.typed.strip())

    def _read(self) -> None:
        self._choose()
        self.presenter.read(self.path.typed)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.say(N_("Choose a file…")))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.say(N_("Tables (*.csv *.xlsx *.txt *.tsv)")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.path.field.setText(path)
        self._read()

    def _map(self) -> None:
        line = self.current_field()
        if line is not None:
            self.presenter.map(line.name, self.column.key)

    def _ask_undo(self) -> None:
        one = self.current_batch()
        if one is not None:
            self._sure_of = one.no
            self._show_batch()
            self.sure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _undo(self) -> None:
        number, self._sure_of = self._sure_of, 0
        self.presenter.undo(number)
