"""A list of a department taken in at the Office by keys: columns, check, taking in, refused lines, taking back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from crosssell_desktop.app.player import Stage
from crosssell_desktop.interchange import import_tables
from crosssell_desktop.presenters.state import Place
from crosssell_desktop.services.opening import open_desk
from crosssell_desktop.system.i18n import translator
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.ui.screens.lists import ListsScreen
from crosssell_desktop.ui.widgets.basics import KeyButton
from tests.journeys.conftest import OpenShop, Shop, World
from tests.journeys.test_erasure import MANAGER, enrol

HEADING = "Номер;Кто;Телефон"
ROWS = [f"O-{n};Проверкин Тест {n};8 916 555-10-{n:02}" for n in range(40)]


@pytest.fixture
def office(world: World) -> Iterator[str]:
    enrol(world, "K3", office=True)
    yield "K3"
    enrol(world, "K3", office=False)


def _page(shop: Shop, stage: Stage) -> ListsScreen:
    shop.begin("K3", person=MANAGER)
    shop.player.go(stage, 5, Place.OFFICE)
    screen = stage.program.office_screen
    assert screen is not None
    screen.go("lists")
    page = screen.pages["lists"]
    assert isinstance(page, ListsScreen)
    shop.player.wait("the lists", lambda: bool(page.state.kinds))
    return page


def _read(shop: Shop, stage: Stage, page: ListsScreen, path: Path) -> None:
    page.path.field.setText(str(path))
    page.path.field.setFocus()
    shop.player.press(stage, Qt.Key.Key_Return)
    shop.player.wait("the file is read", lambda: not page.state.is_busy)


def _press(shop: Shop, stage: Stage, page: ListsScreen, button: KeyButton) -> None:
    shop.player.wait(f"{button.words} can be pressed", button.isEnabled)
    button.setFocus()
    shop.player.press(stage, Qt.Key.Key_Space)
    shop.player.wait(f"{button.words} is done", lambda: not page.state.is_busy)


def _cards(shop: Shop, stage: Stage) -> int:
    (told,) = shop.facts(stage, "SELECT count(*) FROM customer WHERE display_name LIKE 'Проверкин%'")
    return int(str(told[0]))


def test_a31_a_list_is_checked_taken_in_and_taken_back_at_the_office(
    office: str, open_shop: OpenShop, tmp_path: Path
) -> None:
    shop = open_shop()
    stage = shop.stages[office]
    page = _page(shop, stage)
    path = tmp_path / "optics.csv"
    path.write_text("\n".join([HEADING, *ROWS, "O-99;Проверкин Кривой;12", "O-98;shifted"]), encoding="utf-8")
    page.source.field.setText("optics")
    _read(shop, stage, page, path)
    assert page.state.trouble is None
    assert page.state.file is not None
    assert page.state.file.rows == 42
    # «Кто» is no usual heading: nothing can be taken in before it is told what it holds.
    assert not page.take.isEnabled()
    assert page.check.shortcut().toString() == "Alt+1"
    page.fields.selectRow([line.name for line in page.state.fields].index("name"))
    page.column.choose("Кто")
    page.column.picker.activated.emit(page.column.picker.currentIndex())
    page.presenter.map("external_id", "Номер")

    _press(shop, stage, page, page.check)
    assert "42" in page.words.full_text
    assert [one.line for one in page.state.refused] == [42, 43]
    assert _cards(shop, stage) == 0
    assert not list(tmp_path.glob("*.refused.csv"))

    _press(shop, stage, page, page.take)
    assert _cards(shop, stage) == 40
    assert (tmp_path / "optics.refused.csv").read_text(encoding="utf-8-sig").count("\n") == 3
    # Other lists may have come in before: the newest stands first once the page has asked anew.
    shop.player.wait("the batch", lambda: bool(page.state.batches) and page.state.batches[0].counts["added"] == 40)

    # The mapping was saved for the source: the same file again needs no word and changes nothing.
    _read(shop, stage, page, path)
    assert page.take.isEnabled()
    _press(shop, stage, page, page.take)
    assert "40" in page.words.full_text
    assert _cards(shop, stage) == 40

    # A batch that changed nothing stands above; it is taken back first.
    def of_ours() -> list[int]:
        return [n for n, one in enumerate(page.state.batches) if one.can_go and one.source == "optics"]

    shop.player.wait("the batches of this list", lambda: bool(of_ours()))
    while of_ours():
        shop.player.wait("the batches", lambda: not page.state.is_busy)
        waiting = len(of_ours())
        page.batches.selectRow(of_ours()[0])
        page.undo.setFocus()
        shop.player.press(stage, Qt.Key.Key_Space)
        assert page.sure.isVisible()
        shop.player.press(stage, Qt.Key.Key_Space)
        shop.player.wait("taken back", lambda waiting=waiting: len(of_ours()) < waiting)  # type: ignore[misc]
    (told,) = shop.facts(
        stage, "SELECT count(*) FROM customer WHERE display_name LIKE 'Проверкин%' AND status='active'"
    )
    assert told == (0,)


def test_a_file_that_is_no_table_is_refused_with_a_sentence(office: str, open_shop: OpenShop, tmp_path: Path) -> None:
    shop = open_shop()
    stage = shop.stages[office]
    page = _page(shop, stage)
    path = tmp_path / "bad.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    _read(shop, stage, page, path)
    assert page.state.trouble is not None
    assert "bad.xlsx" in page.trouble.full_text
    assert page.state.file is None
    assert not page.take.isEnabled()


def test_what_a_killed_import_left_goes_while_the_window_is_opened(
    world: World, open_shop: OpenShop, tmp_path: Path
) -> None:
    path = tmp_path / "cut.csv"
    path.write_text("Номер;ФИО\nC-1;Оборвышев Пётр\n", encoding="utf-8")
    desk = open_desk(world.demo.profiles["K3"], clock=world.clock, ids=MonotonicIds(world.clock))
    try:
        into = import_tables.Shop(desk.database, desk.clock, desk.ids, translator("ru"))
        batch = import_tables.import_customers(into, path, source="cut off").batch
        with desk.database.write() as connection:
            # As a kill leaves it: what was taken is in, the batch is open.
            connection.exec_driver_sql("UPDATE import_batch SET state = 'open' WHERE no = ?", (batch,))
    finally:
        desk.database.close()
    shop = open_shop()
    stage = shop.stages["K3"]
    cards = "SELECT count(*) FROM customer WHERE display_name = 'Оборвышев Пётр'"
    shop.player.wait("what was cut off goes", lambda: shop.facts(stage, cards) == [(0,)])
    assert shop.facts(stage, "SELECT count(*) FROM import_batch WHERE state = 'open'") == [(0,)]
