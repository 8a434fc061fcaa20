"""A customer at one counter: found, served, offered, refused, stored."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crosssell_desktop.presenters.state import Answer, FlowStep
from crosssell_desktop.services import finding
from crosssell_desktop.ui.dialogs.forms import NewCustomerForm
from tests.journeys.conftest import OpenShop, Shop

NOBODY_S_CODE = "4600000000015"
PHONE_CODE = "2900000000698"


def unique_tail(shop: Shop, code: str) -> str:
    """Return the last four digits of a phone that only one customer has."""
    stage = shop.stages[code]
    while True:
        tail = shop.somebody(stage).phone[-4:]
        if len(finding.look_up(stage.program.port.desk, stage.program.port.session, tail, 5).customers.customers) == 1:
            return tail


def test_a_known_customer_buys_a_camera_and_one_suggestion_with_eight_keys_and_one_scan(shop: Shop) -> None:
    stage = shop.begin("K3")
    tail = unique_tail(shop, "K3")
    player, counter = shop.player, stage.program.counter
    assert shop.screen(stage).field.hasFocus()
    player.keys_pressed = 0
    assert player.name_customer(stage, tail)
    assert shop.screen(stage).field.hasFocus()
    player.scan_item(stage, shop.plot.first_core)
    player.confirm(stage)
    offer = shop.offered(stage)[0]
    player.answer(stage, 1, yes=True)
    assert counter.state.receipt.lines[1].attached_to == counter.state.receipt.core_line
    done = player.complete(stage)
    assert player.keys_pressed == 8
    assert shop.screen(stage).field.hasFocus()
    assert f"Продажа {done.number} сохранена" in shop.screen(stage).toast.label.full_text
    [(core_at, first_shown_at, customer)] = shop.facts(
        stage,
        "SELECT s.core_confirmed_at, min(o.made_at), s.customer_id FROM sale s JOIN offer o ON o.receipt_id = s.id"
        " WHERE s.number = :number GROUP BY s.id",
        number=done.number,
    )
    assert isinstance(core_at, int)
    assert isinstance(first_shown_at, int)
    assert core_at <= first_shown_at
    assert customer is not None
    lines = shop.facts(
        stage,
        "SELECT l.offer_id IS NOT NULL, l.attached_to_line_id IS NOT NULL FROM sale_line l"
        " JOIN sale s ON s.id = l.sale_id WHERE s.number = :number ORDER BY l.line_no",
        number=done.number,
    )
    assert lines == [(0, 0), (1, 1)]
    assert offer.proof


def test_the_same_sale_speaks_english_to_an_english_seller(shop: Shop) -> None:
    stage = shop.begin("K3")
    player = shop.player
    player.speak(stage, "en")
    player.ready(stage)
    player.scan_item(stage, shop.plot.first_core)
    assert "The receipt is empty" not in shop.words(stage)
    player.confirm(stage)
    offer = shop.offered(stage)[0]
    assert "also took it" in offer.proof or "on both" in offer.proof
    player.answer(stage, offer.number, yes=False, reason=3)
    assert "No: expensive" in shop.words(stage)
    done = player.complete(stage)
    assert f"Sale {done.number} is stored" in shop.screen(stage).toast.label.full_text


def test_an_unknown_barcode_says_so_without_a_modal_and_the_next_scan_is_taken(shop: Shop) -> None:
    stage = shop.begin("K3")
    shop.player.scan(NOBODY_S_CODE)
    toast = shop.screen(stage).toast
    shop.player.wait("the sentence", toast.isVisible)
    assert toast.label.full_text == f"По «{NOBODY_S_CODE}» ничего не найдено"
    assert QApplication.activeModalWidget() is None
    assert stage.program.counter.state.receipt.is_empty
    assert shop.screen(stage).field.hasFocus()
    assert shop.screen(stage).field.text() == ""
    shop.player.scan_item(stage, shop.plot.small_item)
    shop.player.complete(stage)


def test_names_with_markup_and_200_letters_are_shown_as_letters(shop: Shop) -> None:
    stage = shop.begin("K3")
    name = ("<b>Жанна</b> & «Ко» <img src=x> " + "ё" * 200)[:200]
    shop.player.press(stage, Qt.Key.Key_F2)
    forms = stage.program.forms
    assert forms is not None
    shop.player.wait("the form", lambda: isinstance(forms.dialog, NewCustomerForm))
    assert isinstance(forms.dialog, NewCustomerForm)
    forms.dialog.name.setText(name)
    forms.dialog.phone.setText("+7 912 000-77-31")
    QTest.keyClick(forms.dialog.phone, Qt.Key.Key_Return)
    shop.player.wait("the card", lambda: stage.program.counter.state.card is not None)
    label = shop.screen(stage).customer.name
    assert label.full_text == name
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert "<b>Жанна</b>" in label.text()
    assert "<img" not in label.toolTip()
    shop.player.ready(stage)
    shop.player.scan_item(stage, shop.plot.small_item)
    shop.player.complete(stage)
    assert shop.player.name_customer(stage, "79120007731")
    assert shop.card(stage).name == name


def test_a_refusal_is_taken_back_by_one_key_and_only_then_offered_again(shop: Shop) -> None:
    stage = shop.begin("K2")
    shop.player.name_customer(stage, shop.somebody(stage).phone)
    shop.player.scan_item(stage, shop.plot.passed_core)
    shop.player.confirm(stage)
    shop.player.answer(stage, shop.offered(stage)[0].number, yes=False, reason=2)
    assert "Нет: не нужно" in shop.words(stage)
    shop.player.press(stage, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    row = shop.offered(stage)[0]
    shop.player.wait(
        "the open offer",
        lambda: shop.offered(stage)[0].answer in {Answer.OPEN, Answer.UNDONE},
    )
    shop.player.answer(stage, row.number, yes=True)
    shop.player.complete(stage)
    answers = shop.facts(
        stage, "SELECT answer FROM offer_answer WHERE offer_id = :offer ORDER BY made_at, id", offer=row.offer_id.bytes
    )
    assert answers == [("declined",), ("undone",), ("accepted",)]


def test_wrong_pin_says_so_in_a_sentence_and_the_right_one_opens_the_counter(shop: Shop) -> None:
    stage = shop.stages["K3"]
    player, screen = shop.player, stage.program.login_screen
    player.front(stage)
    name = shop.plot.sellers["K3"]
    player.wait("people", lambda: any(p.name == name for p in screen.people))
    screen.focus_field()
    player.press(stage, Qt.Key.Key_Home)
    for _ in range(next(i for i, p in enumerate(screen.people) if p.name == name)):
        player.press(stage, Qt.Key.Key_Down)
    player.press(stage, Qt.Key.Key_Return)
    player.wait("the PIN field", screen.secret.hasFocus)
    player.write("000000")
    player.wait("the refusal", lambda: screen.secret.property("wrong") == "true")
    shop.player.rest(100)
    assert screen.trouble.full_text.startswith("Неверный ПИН. Осталось")
    assert "000000" not in shop.words(stage)
    assert not stage.program.window.is_working
    player.log_in(stage, name)
    assert stage.program.window.is_working


def test_a_full_disk_keeps_the_receipt_and_the_sale_is_stored_when_there_is_room(shop: Shop) -> None:
    stage = shop.begin("K3")
    stage.cable.is_plugged = False
    shop.player.scan_item(stage, shop.plot.first_core)
    shop.player.confirm(stage)
    shop.player.rest(100)
    lines = stage.program.counter.state.receipt.lines
    raw = stage.program.port.desk.database._writer.raw_connection()
    sql = raw.cursor()
    pages = sql.execute("PRAGMA page_count").fetchone()[0]
    sql.execute("CREATE TABLE filler (x BLOB)")
    sql.execute(f"PRAGMA max_page_count = {pages + 64}")
    for size in (100_000, 4_000, 400):
        _fill(sql, size)
    try:
        shop.player.press(stage, Qt.Key.Key_F12)
        toast = shop.screen(stage).toast
        shop.player.wait("the sentence", lambda: toast.isVisible() and "Диск заполнен" in toast.label.full_text)
        assert stage.program.counter.state.receipt.lines == lines
        assert stage.program.counter.state.receipt.step in {FlowStep.OFFERS, FlowStep.DONE}
        assert not stage.program.counter.state.busy
    finally:
        sql.execute("PRAGMA max_page_count = 1000000000")
        sql.execute("DROP TABLE filler")
        raw.close()
    done = shop.player.complete(stage)
    assert done.total_minor == sum(line.total_minor for line in lines)
    stage.cable.is_plugged = True
    shop.all_sent("K3")


def _fill(sql: object, size: int) -> None:
    """Write until the file may not grow any more."""
    from sqlcipher3 import dbapi2

    for _ in range(2_000):
        try:
            sql.execute(f"INSERT INTO filler VALUES (randomblob({size}))")  # type: ignore[attr-defined]  # a raw cursor
        except dbapi2.OperationalError as error:
            assert "full" in str(error)
            return
    raise AssertionError("the file never got full")


def test_an_idle_counter_locks_itself_and_the_receipt_waits_for_its_owner(open_shop: OpenShop) -> None:
    shop = open_shop(idle_lock_s=6.0)
    stage = shop.begin("K3")
    shop.player.scan_item(stage, shop.plot.small_item)
    lines = stage.program.counter.state.receipt.lines
    shop.player.wait("the lock", lambda: not stage.program.window.is_working)
    assert "EOS" not in shop.words(stage)
    shop.player.log_in(stage, shop.plot.supervisor)
    shop.player.ready(stage)
    shop.player.wait("an empty receipt", lambda: stage.program.counter.state.receipt.is_empty)
    shop.player.lock(stage)
    shop.player.log_in(stage, shop.plot.sellers["K3"])
    shop.player.ready(stage)
    shop.player.wait("the owner's receipt", lambda: stage.program.counter.state.receipt.lines == lines)
    shop.player.complete(stage)
