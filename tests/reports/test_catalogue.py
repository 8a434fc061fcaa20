"""The Russian catalogues of the ledger and the reports are complete and keep the values."""

from __future__ import annotations

import ast
import string
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

PACKAGE = files("crosssell_desktop")


def messages_of(area: str) -> set[str]:
    found: set[str] = set()
    for module in (PACKAGE / area).iterdir():
        if module.name.endswith(".py"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                    found.add(ast.literal_eval(node.args[0]))
    return found


def catalogue(area: str) -> dict[str, str]:
    with (PACKAGE / "resources" / "locale" / "ru" / f"{area}.po").open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream) if message.id}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("area", ["ledger", "reports"])
def test_every_message_is_said_in_russian_with_the_same_values(area: str) -> None:
    everywhere = (PACKAGE / "resources" / "locale" / "ru").iterdir()
    translated = {
        k: v for file in everywhere if file.name.endswith(".po") for k, v in catalogue(file.name[:-3]).items()
    }
    messages = messages_of(area)
    assert len(messages) > 5
    for message in messages:
        assert translated.get(message), message
        assert fields(translated[message]) == fields(message), message


@pytest.mark.parametrize("area", ["ledger", "reports"])
def test_the_catalogue_holds_nothing_that_is_not_said(area: str) -> None:
    assert set(catalogue(area)) <= messages_of("ledger") | messages_of("reports")
