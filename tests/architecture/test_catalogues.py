"""Every text of the program has its Russian, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import ast
import gettext
import io
from pathlib import Path

import pytest

from tools import catalogues


def _check(source: str, russian: catalogues.Catalogue) -> list[str]:
    texts = catalogues.Texts()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            catalogues._take(node, "here:1", texts)
    return [*texts.faults, *catalogues.check(texts, russian, dict.fromkeys(russian, "a.po"))]


def test_every_text_has_its_russian_and_nothing_is_left_over() -> None:
    texts = catalogues.find_texts(catalogues.PACKAGE)
    faults = list(texts.faults)
    russian, origin = catalogues.read_translations(catalogues.LOCALE / "ru", faults)
    faults += catalogues.check(texts, russian, origin)
    assert not faults, "\n".join(faults)


def test_the_compiled_catalogues_are_fresh() -> None:
    texts = catalogues.find_texts(catalogues.PACKAGE)
    russian, _ = catalogues.read_translations(catalogues.LOCALE / "ru", [])
    assert not catalogues.stale(catalogues.compiled(texts, russian))


@pytest.mark.parametrize(
    ("source", "russian", "fault"),
    [
        ("N_('Sale')", {}, "no Russian"),
        ("Text('Sale', {}, plural='Sales', count=2)", {"Sale\0Sales": ("a", "b")}, "2 plural forms of 3"),
        ("Text('Hello {name}', {})", {"Hello {name}": ("Привет {nam}",)}, "other parameters"),
        ("N_(f'Sale {x}')", {}, "f-string"),
        ("x", {"Sale": ("Продажа",)}, "no longer in the program"),
    ],
)
def test_a_fault_is_named(source: str, russian: catalogues.Catalogue, fault: str) -> None:
    found = _check(source, russian)
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    "source",
    [
        "N_('one')",
        "_('one')",
        "self.translator.gettext('one')",
        "Text('one', {'a': 1})",
        "Text(message='one')",
        "Text(N_('one'))",
        "Text('o' 'ne')",
    ],
)
def test_every_marker_is_found(source: str) -> None:
    assert _check(source, {"one": ("один",)}) == []


@pytest.mark.parametrize(
    "source",
    ["NP_('one', 'many')", "ngettext('one', 'many', n)", "Text('one', {}, 'many', n)", "Text('one', plural='many')"],
)
def test_every_plural_marker_is_found(source: str) -> None:
    assert _check(source, {"one\0many": ("один", "два", "пять")}) == []


def test_a_compiled_catalogue_is_read_by_gettext_with_russian_plurals(tmp_path: Path) -> None:
    content = catalogues.compile_mo(
        {"Sale": ("Продажа",), "{n} receipt\0{n} receipts": ("{n} чек", "{n} чека", "{n} чеков")},
        "ru",
        catalogues.RU_PLURAL,
    )
    (tmp_path / "x.mo").write_bytes(content)
    read = gettext.GNUTranslations(io.BytesIO(content))
    assert read.gettext("Sale") == "Продажа"
    said = [read.ngettext("{n} receipt", "{n} receipts", n).format(n=n) for n in (1, 2, 5, 11, 21, 111, 112, 122)]
    assert said == ["1 чек", "2 чека", "5 чеков", "11 чеков", "21 чек", "111 чеков", "112 чеков", "122 чека"]
