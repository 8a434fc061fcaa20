"""Office: how far the forecast of the next visit came true, in words and by bands of probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QStackedLayout, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.forecast import ForecastState, percent, sentences
from crosssell_desktop.suggest.backtest import ERROR_MOST, LEAST_OF_A_BAND
from crosssell_desktop.ui.theme import Column
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, StateNote
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings

COLUMNS = (N_("Foreseen with"), N_("Cases"), N_("Said"), N_("Came true"))


class ForecastActions(Protocol):
    """What the page asks of its presenter."""

    state_changed: SignalInstance
    state: ForecastState

    def refresh(self) -> None:
        """Work it out."""


class ForecastScreen(Part):
    """What the test says above its bands."""

    def __init__(self, at: Surroundings, presenter: ForecastActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.title = PlainLabel(at, kind="title")
        self.words = PlainLabel(at, lines=6)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.table = TextTable(at, COLUMNS, (1, 0, 0, 0))
        self.nothing = StateNote(at)
        self.work = KeyButton(at, kind="primary")
        self.work.clicked.connect(presenter.refresh)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self.table)
        for part in (self.title, self.words, self.trouble):
            box.addWidget(part)
        box.addLayout(self._stack, 1)
        box.addWidget(self.work)
        panel.setLayout(box)
        outer = Column(at.look, (8, 8, 8, 8), 0)
        outer.addWidget(panel, 1)
        self.setLayout(outer)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def focus_field(self) -> None:
        """Begin at the button: it takes seconds, so it is not pressed by itself."""
        self.work.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_anew(self) -> None:
        """F5 works it out."""
        self.presenter.refresh()

    def show_state(self, state: ForecastState) -> None:
        """Show what is known now."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state, speech = self.state, self.at.speech
        self.title.set_text(self.say(N_("Did the forecast come true?")))
        self.setAccessibleName(self.title.full_text)
        self.words.set_text(" ".join(speech.say(one) for one in sentences(state.found)) if state.found else "")
        self.words.setVisible(state.found is not None)
        self.trouble.set_text("" if state.trouble is None else speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self.work.show_words(self.say(N_("Working…")) if state.is_busy else self.say(N_("Test the forecast")), "F5")
        self.work.setEnabled(not state.is_busy)
        self._stack.setCurrentIndex(1 if state.has_cases else 0)
        self.nothing.show_note(
            "clock",
            self.say(N_("Not tested yet")) if state.found is None else self.say(N_("Too little data")),
            self.say(N_("The last six weeks are put aside and foreseen from what lies before them.")),
        )
        self.table.setAccessibleName(self.title.full_text)
        bands = state.found.bands if state.found else ()
        self.table.show_rows(
            [
                (
                    (f"{percent(x.least)} – {percent(x.most)}", str(x.n), percent(x.said), percent(x.seen)),
                    "plain" if x.n < LEAST_OF_A_BAND else "ok" if abs(x.said - x.seen) <= ERROR_MOST else "bad",
                )
                for x in bands
            ]
        )
