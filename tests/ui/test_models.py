from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.ids import PassId
from crosssell_desktop.ui.surroundings import Surroundings
from crosssell_desktop.ui.widgets.field import HitsModel
from crosssell_desktop.ui.widgets.receipt import NAME, TOTAL, ReceiptModel, ReceiptTable
from crosssell_desktop.ui.widgets.text_table import TextModel
from tests.ui import samples


def test_the_receipt_is_a_sound_model(at: Surroundings, qtmodeltester: ModelTester) -> None:
    model = ReceiptModel(at)
    model.show_lines(samples.WORST.receipt.lines)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt
    model.show_lines(samples.NORMAL.receipt.lines)
    assert model.index(0, TOTAL).data() == "89\u00a0990,00"
    assert model.index(1, NAME).data() == "Карта памяти SDXC V30 64 ГБ"


def test_the_found_list_is_a_sound_model(at: Surroundings, qtmodeltester: ModelTester) -> None:
    model = HitsModel(at)
    model.show_hits(samples.FOUND.search.hits)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt


def test_a_table_of_texts_is_a_sound_model(at: Surroundings, qtmodeltester: ModelTester) -> None:
    model = TextModel(at, ("Customer", "Code"))
    model.show_rows([((row.customer, row.code), row.tone) for row in samples.PASSES.to_us])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt


def test_a_chosen_pass_stays_chosen_when_another_comes_above_it(other: object) -> None:
    from dataclasses import replace

    from crosssell_desktop.ui.screens.passes import PassesScreen

    window = other("passes")  # type: ignore[operator]  # the fixture's function
    screen = window.findChild(PassesScreen)
    shown = screen.presenter.state
    first, *rest = shown.to_us
    screen.to_us.table.setCurrentIndex(screen.to_us.table.rows.index(0, 0))
    new = replace(first, pass_id=PassId(samples.uid(4_711)), code="NEW", can_answer=False)
    screen.show_state(replace(shown, to_us=(new, first, *rest)))
    assert screen.to_us.current() == first
    assert screen.accept.isEnabled() is first.can_answer
    screen.to_us.table.setCurrentIndex(screen.to_us.table.rows.index(0, 0))
    assert screen.to_us.current() == new
    assert not screen.accept.isEnabled()


def test_a_changed_line_keeps_the_rows_and_tells_only_itself(at: Surroundings, qtbot: QtBot) -> None:
    from dataclasses import replace

    model = ReceiptModel(at)
    lines = samples.NORMAL.receipt.lines
    model.show_lines(lines)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))
    with qtbot.assertNotEmitted(model.modelReset):
        model.show_lines((lines[0], replace(lines[1], qty_milli=3000), *lines[2:]))
    assert told == [(1, 1)]


def test_rows_have_one_fixed_height_and_the_newest_line_is_selected(at: Surroundings, qtbot: QtBot) -> None:
    from dataclasses import replace

    table = ReceiptTable(at)
    qtbot.addWidget(table)
    table.resize(600, 400)
    receipt = samples.NORMAL.receipt
    table.show_receipt(receipt)
    heights = {table.rowHeight(row) for row in range(table.lines.rowCount())}
    assert len(heights) == 1
    fresh = samples.line(50, "Новый товар", 10_000)
    table.show_receipt(replace(receipt, lines=(*receipt.lines, fresh)))
    current = table.current_line()
    assert current is not None
    assert current.line_id == fresh.line_id


def test_a_chosen_line_stays_chosen_when_another_is_removed(at: Surroundings, qtbot: QtBot) -> None:
    from dataclasses import replace

    table = ReceiptTable(at)
    qtbot.addWidget(table)
    receipt = samples.NORMAL.receipt
    table.show_receipt(receipt)
    table.setCurrentIndex(table.lines.index(2, 0))
    table.show_receipt(replace(receipt, lines=(receipt.lines[0], *receipt.lines[2:])))
    current = table.current_line()
    assert current is not None
    assert current.line_id == receipt.lines[2].line_id
    assert table.lines.headerData(0, Qt.Orientation.Horizontal) == "Товар"
