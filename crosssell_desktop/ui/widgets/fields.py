"""A control under its caption: one line to type, or one of several to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLineEdit, QWidget

from crosssell_desktop.ui.theme import Column
from crosssell_desktop.ui.widgets.basics import Part, Picker, PlainLabel, unkeyed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crosssell_desktop.ui.surroundings import Surroundings


class TypedField(Part):
    """A field for one line under its caption."""

    def __init__(
        self, at: Surroundings, caption: str, *, most: int = 200, height_px: int = 36, parent: QWidget | None = None
    ) -> None:
        super().__init__(at, parent)
        self._caption = caption
        self._height_px = height_px
        box = Column(at.look, (0, 0, 0, 0), 2)
        self.caption = PlainLabel(at, kind="caption", ink="muted")
        self.field = QLineEdit()
        self.field.setMaxLength(most)
        box.addWidget(self.caption)
        box.addWidget(self.field)
        self.setLayout(box)
        self.restyle()
        self.relabel()

    @property
    def typed(self) -> str:
        """What was typed."""
        return self.field.text()

    def restyle(self) -> None:
        """Follow the text scale."""
        self.field.setFixedHeight(self.at.look.px(self._height_px))

    def relabel(self) -> None:
        """Say the caption."""
        self.caption.set_text(self.say(self._caption))
        self.field.setAccessibleName(self.caption.full_text)


class ChoiceField(Part):
    """A picker under its caption; each choice is a key and its words."""

    def __init__(self, at: Surroundings, caption: str, *, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self._caption = caption
        self._shown: tuple[tuple[str, str], ...] = ()
        box = Column(at.look, (0, 0, 0, 0), 2)
        self.caption = PlainLabel(at, kind="caption", ink="muted")
        self.picker = Picker(at)
        box.addWidget(self.caption)
        box.addWidget(self.picker)
        self.setLayout(box)
        self.restyle()
        self.relabel()

    @property
    def key(self) -> str:
        """The key of what is chosen, empty when nothing is."""
        return str(self.picker.currentData() or "")

    def show_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these; what was chosen stays chosen."""
        fresh = tuple(choices)
        if fresh == self._shown:
            return
        kept = self.key
        self._shown = fresh
        with QSignalBlocker(self.picker):
            self.picker.clear()
            for key, words in fresh:
                self.picker.addItem(unkeyed(words), key)
        self.choose(kept)

    def choose(self, key: str) -> None:
        """Choose by key; an unknown one chooses the first."""
        self.picker.setCurrentIndex(max(0, self.picker.findData(key)))

    def restyle(self) -> None:
        """Follow the text scale."""
        self.picker.setFixedHeight(self.at.look.px(44))

    def relabel(self) -> None:
        """Say the caption."""
        self.caption.set_text(self.say(self._caption))
        self.picker.setAccessibleName(self.caption.full_text)
