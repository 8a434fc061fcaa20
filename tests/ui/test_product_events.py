"""The Office's page of product events, by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from crosssell_desktop.ui.screens.product_events import ProductEventsScreen
from tests.ui import samples

CONTROL = Qt.KeyboardModifier.ControlModifier
Other = Callable[..., Any]


def test_a_recall_is_put_on_the_cards_by_keys_alone_and_the_form_begins_anew(other: Other) -> None:
    screen = other("events").findChild(ProductEventsScreen)
    screen.presenter.calls.clear()
    QTest.keyClicks(screen.wanted.field, "mach")
    assert screen.presenter.calls[-1] == ("search", "mach")
    assert not screen.save.isEnabled()
    QTest.keyClick(screen.product.picker, Qt.Key.Key_Down)
    QTest.keyClick(screen.kind.picker, Qt.Key.Key_Down)
    QTest.keyClicks(screen.impact.field, "keep it off")
    QTest.keyClick(screen.impact.field, Qt.Key.Key_Return, CONTROL)
    assert screen.presenter.calls[-1] == ("record", samples.PRODUCT_EVENTS.found[1].key, "price_change", "keep it off")
    screen.show_state(replace(samples.PRODUCT_EVENTS, typed="", found=(), recorded=1))
    assert (screen.wanted.typed, screen.impact.typed, screen.product.key) == ("", "", "")
    assert not screen.save.isEnabled()


def test_an_event_is_taken_off_the_cards_when_it_was_asked_twice(other: Other) -> None:
    screen = other("events").findChild(ProductEventsScreen)
    screen.presenter.calls.clear()
    QTest.keyClick(screen.table, Qt.Key.Key_D, CONTROL)
    assert screen.sure.isVisible()
    QTest.keyClick(screen.table, Qt.Key.Key_Down)
    assert not screen.sure.isVisible()
    assert screen.whole.full_text.startswith(samples.PRODUCT_EVENTS.lines[1].impact)
    QTest.keyClick(screen.table, Qt.Key.Key_D, CONTROL)
    QTest.keyClick(screen.sure, Qt.Key.Key_Space)
    assert screen.presenter.calls == [("end", samples.PRODUCT_EVENTS.lines[1].event_id)]
    assert not screen.sure.isVisible()
