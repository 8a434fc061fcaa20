"""How a panel of a page begins: its title, and beside it the one button that belongs to the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings


def headed(at: Surroundings, button: KeyButton) -> tuple[Part, Column, PlainLabel]:
    """Return a panel with its head, the column below to be filled, and the title to be said."""
    panel = Part(at, surface="panel")
    box = Column(at.look, (16, 12, 16, 16), 8)
    panel.setLayout(box)
    head = Row(at.look, (0, 0, 0, 0), 8)
    title = PlainLabel(at, kind="title")
    head.addWidget(title, 1)
    head.addWidget(button)
    box.addLayout(head)
    return panel, box, title
