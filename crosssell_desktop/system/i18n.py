"""Says texts in Russian or English from the compiled gettext catalogues; English is the message itself."""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
from typing import get_args

from crosssell_desktop.domain.text import Language, Text
from crosssell_desktop.system.paths import resource

_DOMAIN = "crosssell"
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The languages the program speaks."""


class CatalogueTranslator:
    """A :class:`crosssell_desktop.domain.text.Translator` over one compiled catalogue."""

    def __init__(self, language: Language, catalogue: gettext.NullTranslations) -> None:
        self._language = language
        self._catalogue = catalogue

    @property
    def language(self) -> Language:
        """The language spoken."""
        return self._language

    def say(self, text: Text) -> str:
        """Return the text in this language; a value that is itself a :class:`Text` is said too."""
        if text.plural is None or text.count is None:
            message = self.gettext(text.message)
        else:
            message = self.ngettext(text.message, text.plural, text.count)
        return message.format(
            **{name: self.say(value) if isinstance(value, Text) else value for name, value in text.values.items()}
        )

    def gettext(self, message: str) -> str:
        """Return a bare message in this language."""
        # gettext answers the empty message with the catalogue's own header.
        return self._catalogue.gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the right plural form for ``n`` in this language."""
        return self._catalogue.ngettext(singular, plural, abs(n))


def translator(language: Language) -> CatalogueTranslator:
    """Return the translator of a language.

    Raises:
        FileNotFoundError: if its catalogue was not compiled into the resources (``tools/catalogues.py`` does it).
    """
    path = resource("locale", language, "LC_MESSAGES", f"{_DOMAIN}.mo")
    with path.open("rb") as file:
        return CatalogueTranslator(language, gettext.GNUTranslations(file))


def choose_language(setting: str = "auto", environ: Mapping[str, str] | None = None) -> Language:
    """Return the language of a setting; for ``auto`` that of the surroundings, English when they name none of ours."""
    if setting in LANGUAGES:
        return setting
    surroundings = os.environ if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = surroundings.get(name, "")
        if value:
            code = value.split(".")[0].split("_")[0].lower()
            return code if code in LANGUAGES else "en"
    if environ is None:
        # Windows sets none of the variables and calls the place Russian_Russia.
        place = locale.getlocale()[0] or ""
        return "ru" if place.lower().startswith("ru") else "en"
    return "en"
