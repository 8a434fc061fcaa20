"""Every place of the program, with the shop's real data, in one language at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QTableView, QWidget

from crosssell_desktop.app.player import Stage
from crosssell_desktop.domain.text import Language
from crosssell_desktop.presenters.state import Place
from crosssell_desktop.services import staff
from crosssell_desktop.ui.widgets.basics import KeyButton, PlainLabel, Tick
from tests.journeys.conftest import Shop, World, new_world

CYRILLIC = re.compile(r"[А-Яа-яЁё]{2,}")
LATIN = re.compile(r"[A-Za-z]{2,}")
KEYS = {"Alt", "Ctrl", "Shift", "Esc", "Enter", "Delete", "Del", "Ins", "CrossSell", "Desktop", "CTRL", "Space"}


def said(root: QWidget) -> set[str]:
    """Return everything a person can read in a window: labels, buttons, fields, choices, headers, tooltips."""
    found: set[str] = set()
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisibleTo(root):
            continue
        if isinstance(widget, PlainLabel):
            found.add(widget.full_text)
        elif isinstance(widget, KeyButton | Tick):
            found.add(widget.words)
        elif isinstance(widget, QLineEdit):
            found.add(widget.placeholderText())
        elif isinstance(widget, QComboBox):
            found |= {widget.itemText(row) for row in range(widget.count())}
        elif isinstance(widget, QTableView):
            model = widget.model()
            columns = range(model.columnCount())
            found |= {str(model.headerData(column, Qt.Orientation.Horizontal) or "") for column in columns}
        found |= {widget.accessibleName(), re.sub(r"<[^>]*>", "", widget.toolTip())}
    return {text for text in found if text}


def shop_data(shop: Shop) -> list[str]:
    """Return what the shop itself is called and calls its things; the longest first."""
    found: set[str] = set()
    for stage in shop.stages.values():
        place = staff.place(stage.program.port.desk)
        found |= {place.counter, place.store, *staff.short_names(stage.program.port.desk).values()}
        state = stage.program.counter.state
        for line in state.receipt.lines:
            found.add(line.name)
        for row in state.suggestions.rows:
            found |= {row.name, row.benefit, row.fit_detail, row.claim, row.source, row.proof}
            found |= {text for point in row.why for text in (point.text, point.source)}
        found |= {state.suggestions.without, state.suggestions.core_name}
        if state.card is not None:
            found.add(state.card.name)
            lists = (state.card.purchases, state.card.refusals, state.card.owns)
            found |= {text for part in lists for item in part.items for text in (item.title, item.remark)}
    return sorted((text for text in found if text), key=len, reverse=True)


def rest_of(texts: set[str], data: list[str]) -> str:
    whole = " | ".join(sorted(texts))
    for name in data:
        whole = whole.replace(name, "·")
    return whole


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop in which nothing has happened: names other journeys left in its lists belong to no language."""
    yield from new_world(tmp_path_factory)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_place_speaks_one_language_and_names_of_the_shop_only_are_left_as_they_are(
    shop: Shop, language: Language
) -> None:
    player = shop.player
    stage = shop.begin("K3")
    player.speak(stage, language)
    player.ready(stage)
    texts: set[str] = set()
    player.name_customer(stage, shop.somebody(stage).phone)
    texts |= said(stage.program.window)
    player.scan_item(stage, shop.plot.first_core)
    player.rest(50)
    texts |= said(stage.program.window)
    player.confirm(stage)
    player.press(stage, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    player.rest(50)
    texts |= said(stage.program.window)
    data = shop_data(shop)
    texts |= _said_by_forms(shop, stage)
    data += [str(choice) for choice in _names_of_the_shop(shop, language)]
    player.go(stage, 2, Place.PASSES)
    player.rest(80)
    texts |= said(stage.program.window)
    passes = stage.program.passes.state
    data += [text for row in (*passes.to_us, *passes.from_us) for text in (row.customer, row.code) if text]
    player.lock(stage)
    player.rest(80)
    texts |= said(stage.program.window)
    player.log_in(stage, shop.plot.supervisor)
    player.go(stage, 4, Place.SHIFT)
    player.wait("figures", lambda: bool(stage.program.shift.state.figures))
    assert stage.program.shift_screen is not None
    stage.program.shift_screen.z_button.setFocus()
    player.press(stage, Qt.Key.Key_Space)
    player.rest(80)
    texts |= said(stage.program.window)
    left = rest_of(texts, sorted(data, key=len, reverse=True))
    assert QApplication.activeModalWidget() is None
    if language == "en":
        assert CYRILLIC.findall(left) == []
    else:
        assert sorted(set(LATIN.findall(left)) - KEYS) == []
    player.lock(stage)
    player.log_in(stage, shop.plot.sellers["K3"])
    player.ready(stage)
    player.wait("the receipt", lambda: bool(stage.program.counter.state.receipt.lines))
    player.complete(stage)


def _said_by_forms(shop: Shop, stage: Stage) -> set[str]:
    player, forms = shop.player, stage.program.forms
    assert forms is not None
    texts: set[str] = set()
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F5, Qt.Key.Key_F7):
        player.press(stage, key)
        player.wait("a form", lambda: forms.dialog is not None)
        player.rest(80)
        assert forms.dialog is not None
        texts |= said(forms.dialog)
        forms.dialog.reject()
        player.wait("no form", lambda: forms.dialog is None)
        player.ready(stage)
    return texts


def _names_of_the_shop(shop: Shop, language: Language) -> list[str]:
    """Return people and the categories by their names in a language."""
    ending = "ru" if language == "ru" else "en"
    query = f"SELECT name_{ending} FROM category UNION SELECT name_{ending} FROM department"
    rows = shop.facts(shop.stages["K3"], query)
    return [str(row[0]) for row in rows]
