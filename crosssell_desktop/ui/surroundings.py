"""What every widget is handed: the look, the language, and the shop's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from crosssell_desktop.domain.spoken import Voice, speak

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crosssell_desktop.domain.text import Language, Text, Translator
    from crosssell_desktop.ui.theme import Look


class Speech(QObject):
    """The language of the screen, which can change at any moment; is itself a ``Translator``.

    *Signals:* ``changed`` fires after another language was chosen.
    """

    changed = Signal()

    def __init__(
        self, translators: Mapping[Language, Translator], language: Language, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._translators = dict(translators)
        self._now = self._translators[language]

    @property
    def language(self) -> Language:
        """The language spoken now."""
        return self._now.language

    def say(self, text: Text) -> str:
        """Say a text in the language of the screen."""
        return speak(text, Voice(self._now))

    def gettext(self, message: str) -> str:
        """Say a bare message."""
        return self._now.gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the right plural form."""
        return self._now.ngettext(singular, plural, n)

    def choose(self, language: Language) -> None:
        """Speak another language from now on."""
        if language != self.language:
            self._now = self._translators[language]
            self.changed.emit()

    def next_language(self) -> None:
        """Go to the next language there is."""
        known = list(self._translators)
        self.choose(known[(known.index(self.language) + 1) % len(known)])


@dataclass(slots=True)
class Surroundings:
    """Look, language and time zone, handed to every widget by its maker."""

    look: Look
    speech: Speech
    utc_offset_minutes: int = 0
    """The shop's time zone; told once, when the shop has been opened."""
