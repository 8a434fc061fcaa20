"""Who may be the customer being written down, as rows that one key takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.ui.theme import Column
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, tooltip

if TYPE_CHECKING:
    from crosssell_desktop.presenters.ports import SimilarCustomer
    from crosssell_desktop.ui.surroundings import Surroundings

MOST_SIMILAR = 3
_NAME_LETTERS = 36
"""A button is as wide as its words; a longer name is told whole by its tooltip."""


class SimilarRow(Part):
    """One known customer: a button with the name, what speaks for it below."""

    def __init__(self, at: Surroundings, number: int, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.number = number
        self.button = KeyButton(at)
        self.button.left = True
        self.button.setAutoDefault(False)
        self.button.setShortcut(f"Alt+{number}")
        self.remark = PlainLabel(at, kind="caption", ink="muted")
        box = Column(at.look, (0, 0, 0, 0), 2)
        box.addWidget(self.button)
        box.addWidget(self.remark)
        self.setLayout(box)

    def show_one(self, one: SimilarCustomer) -> None:
        """Show a customer."""
        name = one.title if len(one.title) <= _NAME_LETTERS else one.title[: _NAME_LETTERS - 1] + "…"
        self.button.show_words(name, f"Alt+{self.number}")
        self.button.setToolTip(tooltip(one.title))
        self.button.setAccessibleName(joined(one.title, one.remark))
        self.remark.set_text(one.remark)


class SimilarList(Part):
    """At most three who may be the same.

    *Signals:* ``chosen(key of the known customer)``.
    """

    chosen = Signal(str)

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.similar: tuple[SimilarCustomer, ...] = ()
        self.title = PlainLabel(at, kind="strong", ink="warn", lines=2)
        self.rows = tuple(SimilarRow(at, number) for number in range(1, MOST_SIMILAR + 1))
        box = Column(at.look, (0, 4, 0, 4), 4)
        box.addWidget(self.title)
        for row in self.rows:
            row.button.clicked.connect(self._choose)
            box.addWidget(row)
        self.setLayout(box)
        self.show_similar(())

    def show_similar(self, similar: tuple[SimilarCustomer, ...]) -> None:
        """Show who may be the same; nobody hides the list."""
        self.similar = similar[:MOST_SIMILAR]
        for row in self.rows:
            row.setVisible(row.number <= len(self.similar))
            # A hidden button's key would still answer.
            row.button.setEnabled(row.number <= len(self.similar))
        for row, one in zip(self.rows, self.similar, strict=False):
            row.show_one(one)
        self.setVisible(bool(self.similar))
        self.relabel()

    def relabel(self) -> None:
        """Say the fixed words."""
        self.title.set_text(self.say(N_("Perhaps already known. Alt and the number takes that card:")))
        self.setAccessibleName(self.title.full_text)

    def _choose(self) -> None:
        row = next(row for row in self.rows if row.button is self.sender())
        self.chosen.emit(self.similar[row.number - 1].hit_key)
