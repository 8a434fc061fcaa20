"""What the customer sees: benefit, proof and price, large; never cost, margin or notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from crosssell_desktop.domain.format import money
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.state import Answer, SuggestionRow, SuggestionsState
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import IconLabel, KeyButton, Part, PlainLabel, Rule
from crosssell_desktop.ui.widgets.suggestions import MOST_CARDS

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings


class ShownCard(Part):
    """One suggestion for the customer's eyes."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="panel")
        box = Column(at.look, (24, 16, 24, 16), 8)
        head = Row(at.look, (0, 0, 0, 0), 16)
        self.name = PlainLabel(at, kind="total", lines=2)
        self.price = PlainLabel(at, kind="total")
        self.price.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.name, 1)
        head.addWidget(self.price)
        gain = Row(at.look, (0, 0, 0, 0), 8)
        self.benefit = PlainLabel(at, kind="large", ink="ok", lines=2)
        self.gain_icon = IconLabel(at, "check", "ok", size=24)
        gain.addWidget(self.gain_icon, 0, Qt.AlignmentFlag.AlignTop)
        gain.addWidget(self.benefit, 1)
        self.proof = PlainLabel(at, kind="large", lines=3)
        self.source = PlainLabel(at, ink="muted", lines=2)
        box.addLayout(head)
        box.addLayout(gain)
        box.addWidget(self.proof)
        box.addWidget(self.source)
        self.setLayout(box)

    def show_row(self, row: SuggestionRow) -> None:
        """Show name, price, gain and proof; nothing else of a suggestion reaches this screen."""
        self.name.set_text(row.name)
        self.price.set_text(money(row.price_minor, self.at.speech.language))
        self.benefit.set_text(row.benefit)
        self.gain_icon.setVisible(bool(row.benefit))
        # A recorded claim may be the very words of the gain; said twice it proves nothing more.
        claim = "" if row.claim == row.benefit else row.claim
        self.proof.set_text(claim)
        self.proof.setVisible(bool(claim))
        self.source.set_text(row.source)
        self.source.setVisible(bool(claim and row.source))


class CustomerView(Part):
    """The full-screen view for the customer; Esc or F9 closes it.

    *Signals:* ``closed`` when it was closed.
    """

    closed = Signal()

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.state = SuggestionsState()
        box = Column(at.look, (48, 32, 48, 24), 16)
        self.title = PlainLabel(at, kind="title", ink="core", lines=2)
        box.addWidget(self.title)
        self.cards = [ShownCard(at) for _ in range(MOST_CARDS)]
        for card in self.cards:
            box.addWidget(card)
        box.addStretch(1)
        box.addWidget(Rule())
        foot = Row(at.look, (0, 0, 0, 0), 16)
        self.without = PlainLabel(at, kind="large", lines=3)
        self.close_button = KeyButton(at, key="Esc")
        self.close_button.clicked.connect(self.leave)
        foot.addWidget(self.without, 1)
        foot.addWidget(self.close_button)
        box.addLayout(foot)
        self.setLayout(box)
        self.relabel()

    def show_state(self, state: SuggestionsState) -> None:
        """Show the suggestions that are not yet refused."""
        self.state = state
        self.relabel()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state = self.state
        self.setAccessibleName(self.say(N_("Customer view")))
        self.title.set_text(
            self.say(N_("To your {core}"), core=state.core_name) if state.core_name else self.say(N_("For you"))
        )
        rows = [row for row in state.rows if row.answer is not Answer.NO]
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(rows))
            if place < len(rows):
                card.show_row(rows[place])
        self.without.set_text(self.say(N_("Can do without: {text}"), text=state.without) if state.without else "")
        self.close_button.show_words(self.say(N_("Back")), "Esc")

    def leave(self) -> None:
        """Close the view."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc or F9."""
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_F9}:
            self.leave()
        else:
            super().keyPressEvent(event)
