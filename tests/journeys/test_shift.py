"""A shift is opened by whoever may, counted, closed, and opened again; others see what to do."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader
from PySide6.QtCore import Qt

from crosssell_desktop.app.player import Stage
from crosssell_desktop.presenters.state import Place
from crosssell_desktop.services import shifts
from tests.journeys.conftest import Shop


def test_a_shift_is_counted_closed_and_opened_again_by_whoever_may(shop: Shop) -> None:
    stage = shop.begin("K3")
    player, program = shop.player, stage.program
    player.scan_item(stage, shop.plot.small_item)
    player.complete(stage)
    assert not program.window.top.buttons[Place.SHIFT].isVisible()
    player.press(stage, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert program.window.place is Place.COUNTER
    player.lock(stage)
    _count_and_close(shop, stage)
    player.log_in(stage, shop.plot.sellers["K3"])
    assert program.window.place is Place.COUNTER
    player.wait("what to do", lambda: "Смена ещё не открыта" in shop.words(stage))
    assert shop.plot.supervisor in shop.words(stage)
    player.lock(stage)
    _open_without_a_responsible_person(shop, stage)


def _count_and_close(shop: Shop, stage: Stage) -> None:
    player, program = shop.player, stage.program
    screen = program.shift_screen
    assert screen is not None
    player.log_in(stage, shop.plot.supervisor)
    player.go(stage, 4, Place.SHIFT)
    player.wait("figures", lambda: bool(program.shift.state.figures))
    number = program.shift.state.header.number
    screen.z_button.setFocus()
    player.press(stage, Qt.Key.Key_Space)
    player.wait("what is asked", screen.till_total.isVisible)
    player.wait("the cursor in it", screen.till_total.field.hasFocus)
    player.write("двадцать")
    screen.sure_button.setFocus()
    player.press(stage, Qt.Key.Key_Space)
    player.wait("the refusal", lambda: program.shift.state.trouble is not None)
    assert "«двадцать» — не сумма" in shop.words(stage)
    screen.till_total.field.setFocus()
    screen.till_total.field.selectAll()
    player.write("1 990,00")
    screen.till_z.field.setFocus()
    player.write("0042")
    screen.notes.field.setFocus()
    player.write("Ключи у охраны")
    screen.sure_button.setFocus()
    player.press(stage, Qt.Key.Key_Space)
    player.wait("the closed shift", lambda: program.shift.state.header.shift_id is None)
    closed = shifts.past_shifts(program.port.desk, 1)[0]
    assert (closed.number, closed.till_total_minor, closed.till_z_number) == (number, 199_000, "0042")
    assert closed.counted_cash_minor is None
    path = Path(program.means.profile.reports) / f"z-{closed.id}.pdf"
    player.wait("the paper", path.exists)
    paper = _words(path)
    assert "0042" in paper
    assert "Ключи у охраны" in paper
    assert "Пересчитано —" in paper or "Пересчитано: —" in paper
    player.lock(stage)


def _open_without_a_responsible_person(shop: Shop, stage: Stage) -> None:
    player, program = shop.player, stage.program
    screen = program.shift_screen
    assert screen is not None
    player.log_in(stage, shop.plot.supervisor)
    player.wait("the shift's place", lambda: program.window.place is Place.SHIFT)
    player.wait("people", lambda: bool(program.shift.state.people))
    screen.who.setFocus()
    player.press(stage, Qt.Key.Key_End)
    player.wait("the reason's field", screen.why_nobody.isVisible)
    screen.open_button.setFocus()
    player.press(stage, Qt.Key.Key_Space)
    player.wait("the refusal", lambda: program.shift.state.trouble is not None)
    screen.why_nobody.field.setFocus()
    player.write("Ответственная заболела")
    screen.opening_cash.field.setFocus()
    player.write("5000")
    screen.open_button.setFocus()
    player.press(stage, Qt.Key.Key_Space)
    player.wait("an open shift", lambda: program.shift.state.header.shift_id is not None)
    opened = shifts.current_shift(program.port.desk)
    assert opened is not None
    assert (opened.responsible_id, opened.opening_cash_minor) == (None, 500_000)


def _words(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())
