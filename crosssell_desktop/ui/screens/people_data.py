"""Office: who looked at whom and why, and the wishes to be erased: approve, refuse, erase, tell the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QWidget

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.people_data import GROUPS, REASONS, PeopleDataState, Step, WishRow
from crosssell_desktop.presenters.wording import when
from crosssell_desktop.services.access_log import Looked
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, Picker, PlainLabel, StateNote, unkeyed
from crosssell_desktop.ui.widgets.panels import headed
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.ui.surroundings import Surroundings

PERIODS = ((0, N_("At any time")), (1, N_("Last 24 hours")), (7, N_("Last 7 days")), (30, N_("Last 30 days")))
LOOKS = (N_("Time"), N_("Who"), N_("Counter"), N_("Customer"), N_("What"), N_("Why"))
WISHES = (N_("Asked"), N_("Customer"), N_("Until"), N_("State"))


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
    """The log at the left, the wishes at the right."""

    def __init__(self, at: Surroundings, presenter: PeopleDataActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        self._sure_of: CustomerId | None = None
        """Whose erasure is asked for once more."""
        box = Row(at.look, (8, 8, 8, 8), 8)
        box.addWidget(self._build_log(), 3)
        box.addWidget(self._build_wishes(), 2)
        self.setLayout(box)
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
        panel = Part(at, surface="panel")
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
        self.steps: dict[Step, KeyButton] = {
            "approve": KeyButton(at, kind="primary"),
            "refuse": KeyButton(at),
            "extract": KeyButton(at),
            "erase": KeyButton(at),
        }
        self.sure = KeyButton(at, kind="primary")
        self.sure.clicked.connect(self._erase)
        self.sure.hide()
        box.addWidget(self.wishes_title)
        box.addLayout(self._wish_stack, 1)
        box.addWidget(self.ground)
        for step, button in self.steps.items():
            button.setProperty("step", step)
            button.clicked.connect(self._pressed)
            box.addWidget(button)
        box.addWidget(self.sure)
        panel.setLayout(box)
        return panel

    def focus_field(self) -> None:
        """Ask anew and begin with the search."""
        self.presenter.refresh()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F5 asks the centre."""
        if event.key() == Qt.Key.Key_F5 and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.presenter.refresh()
        else:
            super().keyPressEvent(event)

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
        self.export.show_words(self.say(N_("Write the log to a file")))
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
        words = {
            "approve": N_("Approve the erasure"),
            "refuse": N_("Refuse: the law keeps the data"),
            "extract": N_("Extract for the person"),
            "erase": N_("Erase for ever"),
        }
        for step, button in self.steps.items():
            button.show_words(self.say(words[step]))
            button.setVisible(step in state.can)
        self.sure.show_words(self.say(N_("Yes, erase now: it cannot be taken back")))
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
            return
        self.presenter.do(step, row.customer_id)

    def _erase(self) -> None:
        self._sure_of = None
        self.sure.hide()
        row = self.current()
        if row is not None:
            self.presenter.do("erase", row.customer_id)
