"""Office: pairs that may be one person, both cards side by side, what agrees and differs, one key each way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QStackedLayout, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.matching import Answer, MatchingState
from crosssell_desktop.ui.theme import Column
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, StateNote
from crosssell_desktop.ui.widgets.flow import Flow
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings

COLUMNS = (N_("What"), N_("One card"), N_("The other"), N_("Points"), N_("Agreement"))
BUTTONS: tuple[tuple[Answer, str, str, str], ...] = (
    ("same", N_("One person"), "Alt+1", "check"),
    ("different", N_("Two people"), "Alt+2", "cross"),
    ("household", N_("One household"), "Alt+3", "people"),
    ("later", N_("Later"), "Alt+4", "hold"),
)


class MatchingActions(Protocol):
    """What the page asks of its presenter."""

    state_changed: SignalInstance
    state: MatchingState

    def refresh(self) -> None:
        """Show the first pair of the queue."""

    def answer(self, said: Answer) -> None:
        """Answer the pair in front."""


class MatchingScreen(Part):
    """One pair at a time."""

    def __init__(self, at: Surroundings, presenter: MatchingActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.title = PlainLabel(at, kind="title")
        self.names = PlainLabel(at, kind="strong", lines=2)
        self.reasons = PlainLabel(at, ink="muted", lines=3)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.table = TextTable(at, COLUMNS, (0, 1, 1, 0, 0))
        self.nothing = StateNote(at)
        self.buttons: dict[Answer, KeyButton] = {}
        row = Flow(at.look, gap=8)
        keys = Part(at)
        for said, _, key, icon in BUTTONS:
            button = KeyButton(at, icon=icon, kind="primary" if said == "same" else "", parent=keys)
            button.setShortcut(key)
            button.clicked.connect(self._press)
            self.buttons[said] = button
            row.addWidget(button)
        keys.setLayout(row)
        inner = QWidget()
        below = Column(at.look, (0, 0, 0, 0), 8)
        for part in (self.names, self.reasons):
            below.addWidget(part)
        below.addWidget(self.table, 1)
        below.addWidget(keys)
        inner.setLayout(below)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(inner)
        box.addWidget(self.title)
        box.addWidget(self.trouble)
        box.addLayout(self._stack, 1)
        panel.setLayout(box)
        outer = Column(at.look, (8, 8, 8, 8), 0)
        outer.addWidget(panel, 1)
        self.setLayout(outer)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def focus_field(self) -> None:
        """Ask anew and begin at the pair."""
        self.presenter.refresh()
        (self.table if self.state.has_pair else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, state: MatchingState) -> None:
        """Show the pair in front."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state, speech = self.state, self.at.speech
        self.title.set_text(self.say(N_("Perhaps one person: {n}"), n=state.waiting))
        self.setAccessibleName(self.title.full_text)
        self.trouble.set_text("" if state.trouble is None else speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self._stack.setCurrentIndex(1 if state.has_pair else 0)
        self.nothing.show_note(
            "check",
            self.say(N_("Asking…")) if state.is_asking else self.say(N_("No pair waits")),
            self.say(N_("What «crosssell match --store» finds and may not join by itself stands here.")),
        )
        self.names.set_text(self.say(N_("{one}  and  {other}"), one=state.left, other=state.right))
        reasons = "; ".join(speech.say(reason) for reason in state.reasons)
        score = self.say(N_("probability {score}"), score=state.score) if state.score else ""
        self.reasons.set_text(" · ".join(part for part in (reasons, score) if part))
        self.table.setAccessibleName(self.names.full_text)
        self.table.show_rows(
            [((speech.say(x.title), x.left, x.right, x.points, speech.say(x.words)), x.tone) for x in state.lines]
        )
        for said, words, key, _ in BUTTONS:
            self.buttons[said].show_words(self.say(words), key)
            can = state.has_pair and not state.is_busy and (said != "household" or state.is_family)
            self.buttons[said].setEnabled(can)

    def _press(self) -> None:
        self.presenter.answer(next(said for said, button in self.buttons.items() if button is self.sender()))
