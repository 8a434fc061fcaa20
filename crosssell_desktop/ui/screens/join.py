"""The first start of a computer: one field for the code that makes it a counter of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QLineEdit, QProgressBar, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import IconLabel, KeyButton, Part, PlainLabel

if TYPE_CHECKING:
    from crosssell_desktop.domain.text import Text
    from crosssell_desktop.ui.surroundings import Surroundings


class JoinActions(Protocol):
    """What the screen asks of its presenter."""

    busy_changed: SignalInstance
    refused: SignalInstance

    def join(self, code: str) -> None:
        """Join with a code."""


class JoinScreen(Part):
    """Says what is missing, takes the code, shows that it is at work, and says what was wrong."""

    def __init__(self, at: Surroundings, presenter: JoinActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self._trouble: Text | None = None
        self.panel = Part(at, surface="panel")
        inside = Column(at.look, (24, 24, 24, 24), 12)
        head = Row(at.look, (0, 0, 0, 0), 8)
        head.addWidget(IconLabel(at, "core", "core", size=24))
        self.title = PlainLabel(at, kind="title")
        head.addWidget(self.title, 1)
        inside.addLayout(head)
        self.what = PlainLabel(at, lines=4)
        self.code = QLineEdit()
        self.code.setClearButtonEnabled(True)
        self.code.setMaxLength(4_000)
        self.code.returnPressed.connect(self._submit)
        self.code.textChanged.connect(self._typed)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.trouble = PlainLabel(at, ink="bad", lines=4)
        self.enter = KeyButton(at, kind="primary", key="Enter")
        self.enter.clicked.connect(self._submit)
        for part in (self.what, self.code, self.busy, self.trouble, self.enter):
            inside.addWidget(part)
        self.panel.setLayout(inside)
        box = Column(at.look, (24, 24, 24, 24), 0)
        box.addStretch(1)
        box.addWidget(self.panel, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        self.setLayout(box)
        presenter.busy_changed.connect(self.show_busy)
        presenter.refused.connect(self.show_refusal)
        self.show_busy(busy=False)
        self.restyle()
        self.relabel()

    def focus_field(self) -> None:
        """Begin in the field."""
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_busy(self, busy: bool) -> None:  # noqa: FBT001  # a slot
        """Show that the code is being used; meanwhile nothing can be asked twice."""
        self.busy.setVisible(busy)
        self.enter.setEnabled(not busy)
        self.code.setReadOnly(busy)

    def show_refusal(self, text: Text) -> None:
        """Say why it did not work; the code stays, to be looked at."""
        self._trouble = text
        self.trouble.set_text(self.at.speech.say(text))
        self.focus_field()
        self.code.selectAll()

    def restyle(self) -> None:
        """Follow the text scale."""
        look = self.at.look
        self.panel.setFixedWidth(min(look.px(640), 1200))
        self.code.setFixedHeight(look.px(44))
        self.busy.setFixedHeight(look.px(6))

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        self.title.set_text(self.say(N_("This computer is not a counter yet")))
        self.what.set_text(
            self.say(
                N_(
                    "Paste the one-time code that the office gave for this counter. "
                    "The code works once and for a short time; catalogue, prices and people come with it."
                )
            )
        )
        self.setAccessibleName(self.title.full_text)
        self.code.setAccessibleName(self.say(N_("Code")))
        self.code.setPlaceholderText("CS1-…")
        self.busy.setAccessibleName(self.say(N_("Fetching the shop from the centre…")))
        self.enter.show_words(self.say(N_("Join the shop")), "Enter")
        if self._trouble is not None:
            self.trouble.set_text(self.at.speech.say(self._trouble))

    def _typed(self, _: str) -> None:
        self._trouble = None
        self.trouble.set_text("")

    def _submit(self) -> None:
        if self.enter.isEnabled():
            self.presenter.join(self.code.text())
