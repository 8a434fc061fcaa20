"""Office: who looked at whom and why, and the wishes to be erased: approve, refuse, erase, tell the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtWidgets import QBoxLayout, QFrame, QLineEdit, QScrollArea, QStackedLayout, QWidget

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.people_data import GROUPS, REASONS, PeopleDataState, Step, WishRow
from crosssell_desktop.presenters.wording import when
from crosssell_desktop.services.access_log import Looked
from crosssell_desktop.ui.theme import ROW_PX, Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, Picker, PlainLabel, Rule, StateNote, unkeyed
from crosssell_desktop.ui.widgets.flow import Flow
from crosssell_desktop.ui.widgets.panels import headed
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.ui.surroundings import Surroundings

PERIODS = ((0, N_("At any time")), (1, N_("Last 24 hours")), (7, N_("Last 7 days")), (30, N_("Last 30 days")))
LOOKS = (N_("Time"), N_("Who"), N_("Counter"), N_("Customer"), N_("What"), N_("Why"))
WISHES = (N_("Asked"), N_("Customer"), N_("Until"), N_("State"))
STEPS: tuple[tuple[Step, str, str, str, str], ...] = (
    ("approve", N_("Approve the erasure"), "Ctrl+Enter", "check", "primary"),
    ("refuse", N_("Refuse: the law keeps the data"), "Ctrl+O", "cross", ""),
    ("extract", N_("Extract for the person"), "Ctrl+P", "printer", ""),
    ("erase", N_("Danger: erase for ever"), "Ctrl+D", "trash", "danger"),
)
"""Each step of a wish with its words, key, icon, and kind of button."""
KEYS: dict[int, Step] = {
    Qt.Key.Key_Return: "approve",
    Qt.Key.Key_Enter: "approve",
    Qt.Key.Key_O: "refuse",
    Qt.Key.Key_P: "extract",
    Qt.Key.Key_D: "erase",
}
"""The same keys with Ctrl, as Qt tells them."""
STACK_ABOVE = 125
"""Above this text scale the log stands below the wishes, for beside them neither has room for its columns."""
ROWS_AT_LEAST = 3


class PeopleDataActions(Protocol):
    """What the screen asks of its presenter."""

    state_changed: SignalInstance
    state: PeopleDataState

    def refresh(self) -> None:
        """Ask the counter, then the centre."""

    def do(self, step: Step, customer_id: CustomerId) -> None:
        """Carry out a step of a wish."""

    def narrow(self, person: str, days: int, customer: str) -> None:
        """Show the looks of one person or of all, so many days back, at one customer or at all."""

    def search(self, text: str) -> None:
        """Look for the customer that is meant."""

    def export(self, text: str) -> None:
        """Write down what speaks of a text."""


class PeopleDataScreen(Part):
    """The log at the left, the wishes at the right; with large text the wishes above, for they have a term."""

    def __init__(self, at: Surroundings, presenter: PeopleDataActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        self._sure_of: CustomerId | None = None
        """Whose erasure is asked for once more."""
        inner = QWidget()
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._halves.addWidget(self._build_log(), 3)
        self._halves.addWidget(self._build_wishes(), 2)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        outer = Column(at.look)
        outer.addWidget(self.area)
        self.setLayout(outer)
        self.restyle()
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _build_log(self) -> Part:
        at = self.at
        self.ask = KeyButton(at, icon="sync_ok", compact=True)
        self.ask.clicked.connect(self.presenter.refresh)
        panel, box, self.title = headed(at, self.ask)
        self.search = QLineEdit()
        self.search.setFixedHeight(at.look.px(44))
        self.search.textChanged.connect(self._narrow)
        self.whose = QLineEdit()
        self.whose.setFixedHeight(at.look.px(44))
        self.whose.textEdited.connect(self.presenter.search)
        self.person, self.period, self.customer = Picker(at), Picker(at), Picker(at)
        fields, more = Row(at.look, (0, 0, 0, 0), 8), Row(at.look, (0, 0, 0, 0), 8)
        fields.addWidget(self.search, 3)
        more.addWidget(self.whose, 3)
        for picker, row, share in ((self.person, fields, 2), (self.period, fields, 2), (self.customer, more, 4)):
            picker.setFixedHeight(at.look.px(44))
            picker.activated.connect(self._ask_for)
            row.addWidget(picker, share)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.note = StateNote(at)
        self.log = TextTable(at, LOOKS, (0, 0, 0, 1, 0, 2))
        self._log_stack = QStackedLayout()
        self._log_stack.addWidget(self.note)
        self._log_stack.addWidget(self.log)
        self.export = KeyButton(at)
        self.export.clicked.connect(self._export)
        box.addLayout(fields)
        box.addLayout(more)
        box.addWidget(self.trouble)
        box.addLayout(self._log_stack, 1)
        box.addWidget(self.export)
        return panel

    def _build_wishes(self) -> Part:
        at = self.at
        panel = self.wishes_panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.wishes_title = PlainLabel(at, kind="title")
        self.nothing = StateNote(at)
        self.wishes = TextTable(at, WISHES, (0, 1, 0, 0))
        self.wishes.selectionModel().currentRowChanged.connect(self._moved)
        for note in (self.note, self.nothing):
            note.setMinimumHeight(1)  # with large text a table in its place needs less
        self._wish_stack = QStackedLayout()
        self._wish_stack.addWidget(self.nothing)
        self._wish_stack.addWidget(self.wishes)
        self.ground = PlainLabel(at, ink="muted", lines=2)
        keys = Part(at)
        row = Flow(at.look, gap=8)
        self.steps: dict[Step, KeyButton] = {}
        for step, _, _, icon, kind in STEPS:
            button = KeyButton(at, kind=kind, icon=icon, parent=keys if step != "erase" else panel)
            button.setProperty("step", step)
            button.clicked.connect(self._pressed)
            self.steps[step] = button
            if step != "erase":
                row.addWidget(button)
        keys.setLayout(row)
        self.sure = KeyButton(at, kind="danger", icon="warning")
        self.sure.clicked.connect(self._erase)
        self.sure.hide()
        box.addWidget(self.wishes_title)
        box.addLayout(self._wish_stack, 1)
        box.addWidget(self.ground)
        box.addWidget(keys)
        self._apart = Rule()  # what cannot be taken back stands apart from what can
        for part in (self._apart, self.steps["erase"]):
            box.addWidget(part)
        box.addWidget(self.sure)
        panel.setLayout(box)
        return panel

    def restyle(self) -> None:
        """Set the halves beside each other or, with large text, one above the other."""
        look, way = self.at.look, QBoxLayout.Direction
        self._halves.setDirection(way.BottomToTop if self._is_stacked else way.LeftToRight)
        self._halves.setContentsMargins(*(look.px(side) for side in (8, 8, 8, 8)))
        self._halves.setSpacing(look.px(8))
        for table in (self.log, self.wishes):
            table.setMinimumHeight(look.px(ROW_PX) * (ROWS_AT_LEAST + 1) + look.px(8))

    @property
    def _is_stacked(self) -> bool:
        return self.at.look.scale > STACK_ABOVE

    def focus_field(self) -> None:
        """Ask anew and begin with the search; where the wishes stand above it, with them."""
        self.presenter.refresh()
        first = self.wishes if self._is_stacked and self.state.wishes else self.search
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.area.ensureWidgetVisible(first)

    def ask_anew(self) -> None:
        """Ask anew: the window has F5 and Esc as keys of its own and hands them on."""
        self.presenter.refresh()

    def leave(self) -> None:
        """Take back the question whether to erase."""
        self._sure_of = None
        self._show_chosen()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter approves, Ctrl+O refuses, Ctrl+P makes the extract, Ctrl+D asks whether to erase.

        Ctrl+S writes the log to a file, F5 asks the centre.
        """
        control = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.ControlModifier
        step = KEYS.get(event.key()) if control else None
        if step is not None:
            button = self.steps[step]
        elif control and event.key() == Qt.Key.Key_S:
            button = self.export
        elif event.key() == Qt.Key.Key_F5 and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            button = self.ask
        else:
            super().keyPressEvent(event)
            return
        if button.isVisible() and button.isEnabled():
            button.click()

    def show_state(self, state: PeopleDataState) -> None:
        """Show what is known now."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state = self.state
        self.setAccessibleName(self.say(N_("People's data")))
        self.title.set_text(self.say(N_("Who looked at whom")))
        self.ask.show_words(self.say(N_("Asking…")) if state.is_asking else self.say(N_("Ask the centre")), "F5")
        self.ask.setEnabled(not state.is_asking)
        self.search.setPlaceholderText(self.say(N_("Person, customer, counter or day")))
        self.search.setAccessibleName(self.search.placeholderText())
        self.whose.setPlaceholderText(self.say(N_("Whose: name, phone or card")))
        self.whose.setAccessibleName(self.whose.placeholderText())
        trouble = state.trouble or state.not_found
        self.trouble.set_text("" if trouble is None else self.at.speech.say(trouble))
        self.trouble.setVisible(trouble is not None)
        self.export.show_words(self.say(N_("Write the log to a file")), "Ctrl+S")
        self.note.show_note(
            "check",
            self.say(N_("Nobody opened anything")),
            self.say(N_("Every masked contact that is opened stands here with its reason.")),
        )
        self.log.setAccessibleName(self.title.full_text)
        self._show_fields(state)
        self._narrow()
        self._show_wishes(state)

    def _show_fields(self, state: PeopleDataState) -> None:
        self.person.setAccessibleName(self.say(N_("Who looked")))
        self.period.setAccessibleName(self.say(N_("Since when")))
        self.customer.setAccessibleName(self.say(N_("Whose data were looked at")))
        for part in (self.person, self.whose, self.customer):
            part.setVisible(bool(state.staff))
        nobody = bool(state.typed) and not state.customers
        anybody = self.say(N_("Nobody is found")) if nobody else self.say(N_("Any customer"))
        self.customer.setEnabled(bool(state.customers))
        filled = (
            (
                self.person,
                [("", self.say(N_("Everybody"))), *((one.key, one.title) for one in state.staff)],
                state.person,
            ),
            (self.period, [(days, self.say(words)) for days, words in PERIODS], state.days),
            (
                self.customer,
                [("", anybody), *((one.key, one.title) for one in state.customers)],
                state.customer,
            ),
        )
        for picker, entries, chosen in filled:
            picker.clear()
            for key, title in entries:
                picker.addItem(unkeyed(title), key)
            picker.setCurrentIndex(max(picker.findData(chosen), 0))

    def _ask_for(self) -> None:
        self.presenter.narrow(
            str(self.person.currentData() or ""),
            int(self.period.currentData() or 0),
            str(self.customer.currentData() or ""),
        )

    def _export(self) -> None:
        self.presenter.export(self.search.text())

    def _whose(self, one: Looked) -> str:
        if one.customer_id is None:
            return self.say(N_("Cards: {n}"), n=one.cards or 0)
        return one.customer or str(one.customer_id)[-8:]

    def _narrow(self) -> None:
        wanted = self.search.text().strip().casefold()
        rows = [
            (
                when(one.at, self.state.now_ms, self.at.speech.language, self.at.utc_offset_minutes),
                one.person or str(one.person_id)[-8:],
                one.counter,
                self._whose(one),
                self.say(GROUPS.get(one.field_group, one.field_group)),
                self.say(REASONS.get(one.reason, one.reason)),
            )
            for one in self.state.looks
        ]
        shown = [row for row in rows if not wanted or any(wanted in text.casefold() for text in row)]
        self._log_stack.setCurrentIndex(1 if rows else 0)
        self.log.show_rows([(row, "plain") for row in shown])
        self.export.setEnabled(bool(rows))

    def _show_wishes(self, state: PeopleDataState) -> None:
        self.wishes_title.set_text(self.say(N_("Wishes to be erased: {n}"), n=len(state.wishes)))
        self._wish_stack.setCurrentIndex(1 if state.wishes else 0)
        self.nothing.show_note(
            "people",
            self.say(N_("Nobody waits")),
            self.say(N_("A wish told at any counter comes here; the law gives 30 days.")),
        )
        self.wishes.setAccessibleName(self.wishes_title.full_text)
        self.wishes.show_rows(
            [
                (
                    (
                        self._day(row.asked_at),
                        row.name,
                        self._day(row.due_at),
                        self.say(N_("approved")) if row.is_approved else self.say(N_("waits")),
                    ),
                    "bad" if row.due_at < state.now_ms else "ok" if row.is_approved else "warn",
                )
                for row in state.wishes
            ]
        )
        for step, words, key, *_ in STEPS:
            self.steps[step].show_words(self.say(words), key)
            self.steps[step].setVisible(step in state.can)
        self._apart.setVisible("erase" in state.can)
        self.wishes_panel.setVisible(bool(state.can))
        self.sure.show_words(self.say(N_("Yes, erase now: it cannot be taken back")), "Space")
        self._show_chosen()

    def _day(self, at_ms: int) -> str:
        return when(at_ms, self.state.now_ms, self.at.speech.language, self.at.utc_offset_minutes)

    def current(self) -> WishRow | None:
        """Return the wish that is chosen."""
        place = self.wishes.currentIndex().row()
        return self.state.wishes[place] if 0 <= place < len(self.state.wishes) else None

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        row = self.current()
        if row is not None and row.customer_id != self._sure_of:
            self._sure_of = None
        # An answer of the centre that comes meanwhile takes the question away from nobody.
        self.sure.setVisible(row is not None and self._sure_of is not None)
        self.ground.set_text("" if row is None else self.at.speech.say(row.ground))
        self.steps["approve"].setEnabled(row is not None and not row.is_approved)
        self.steps["refuse"].setEnabled(row is not None)
        self.steps["extract"].setEnabled(row is not None)
        self.steps["erase"].setEnabled(row is not None and row.is_approved)

    def _pressed(self) -> None:
        row = self.current()
        step = next((one for one, button in self.steps.items() if button is self.sender()), None)
        if row is None or step is None:
            return
        if step == "erase":
            self._sure_of = row.customer_id
            self.sure.setVisible(True)
            self.sure.setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(self.sure)
            return
        self.presenter.do(step, row.customer_id)

    def _erase(self) -> None:
        self._sure_of = None
        self.sure.hide()
        row = self.current()
        if row is not None:
            self.presenter.do("erase", row.customer_id)
