"""Texts are said in the reader's language."""

from __future__ import annotations

import gettext
import io

import pytest

from crosssell_desktop.domain.text import Text
from crosssell_desktop.system.i18n import CatalogueTranslator, choose_language, translator
from tools.catalogues import RU_PLURAL, compile_mo


@pytest.fixture
def russian() -> CatalogueTranslator:
    catalogue = {
        "{n} receipt\0{n} receipts": ("{n} чек", "{n} чека", "{n} чеков"),
        "Closed: {what}": ("Закрыто: {what}",),
        "Shift": ("Смена",),
    }
    return CatalogueTranslator("ru", gettext.GNUTranslations(io.BytesIO(compile_mo(catalogue, "ru", RU_PLURAL))))


def test_a_plural_takes_the_form_of_its_count(russian: CatalogueTranslator) -> None:
    said = [russian.say(Text("{n} receipt", {"n": n}, "{n} receipts", n)) for n in (1, 3, 11, -2)]
    assert said == ["1 чек", "3 чека", "11 чеков", "-2 чека"]


def test_a_text_inside_a_text_is_said_too(russian: CatalogueTranslator) -> None:
    assert russian.say(Text("Closed: {what}", {"what": Text("Shift")})) == "Закрыто: Смена"


def test_a_value_with_braces_and_markup_stays_as_it_is(russian: CatalogueTranslator) -> None:
    assert russian.say(Text("Closed: {what}", {"what": "<b>{0}</b>"})) == "Закрыто: <b>{0}</b>"


def test_an_empty_message_does_not_show_the_header_of_the_catalogue(russian: CatalogueTranslator) -> None:
    assert russian.gettext("") == ""


def test_the_shipped_catalogues_speak_both_languages() -> None:
    assert translator("ru").gettext("Language") == "Язык"
    assert translator("en").gettext("Language") == "Language"
    assert translator("en").ngettext("one", "many", 21) == "many"


@pytest.mark.parametrize(
    ("setting", "environ", "language"),
    [
        ("ru", {"LANG": "en_US.UTF-8"}, "ru"),
        ("en", {"LANG": "ru_RU.UTF-8"}, "en"),
        ("auto", {"LANG": "ru_RU.UTF-8"}, "ru"),
        ("auto", {"LC_ALL": "C.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ("auto", {"LANG": "de_DE"}, "en"),
        ("auto", {}, "en"),
    ],
)
def test_the_language_comes_from_the_setting_then_from_the_surroundings(
    setting: str, environ: dict[str, str], language: str
) -> None:
    assert choose_language(setting, environ) == language
