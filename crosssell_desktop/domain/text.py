"""Texts for people before they have a language: a message id with its values.

Pure packages name what they want to say in English; the border (screen, PDF, command line) says it
in the reader's language through a :class:`Translator`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Language = Literal["ru", "en"]


def N_(message: str) -> str:  # noqa: N802  # the usual gettext marker
    """Mark a literal for the catalogues and return it unchanged."""
    return message


def NP_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802  # plural form of the marker
    """Mark a singular and plural pair for the catalogues and return it unchanged."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Text:
    """A message id and its values; ``count`` chooses the plural form when ``plural`` is given."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None
    count: int | None = None

    def __str__(self) -> str:
        """Return the English text; for logs and tests, never for a screen."""
        chosen = self.message if self.plural is None or self.count == 1 else self.plural
        return chosen.format(**self.values)


class Translator(Protocol):
    """Says texts in one language."""

    @property
    def language(self) -> Language:
        """The language spoken."""

    def say(self, text: Text) -> str:
        """Return the text in this language with its values filled in; values are plain text."""

    def gettext(self, message: str) -> str:
        """Return a bare message in this language."""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the right plural form for ``n`` in this language."""
