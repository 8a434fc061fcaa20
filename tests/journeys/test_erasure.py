"""T18: a customer withdraws the consents at one counter, asks to be erased, and no list brings the person back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from crosssell_desktop.app.player import Stage, form_of
from crosssell_desktop.domain.text import Language
from crosssell_desktop.interchange import import_tables
from crosssell_desktop.presenters.state import CustomerCard, Place
from crosssell_desktop.services import exchange
from crosssell_desktop.services.opening import open_desk
from crosssell_desktop.sync import centre, centre_work
from crosssell_desktop.system.i18n import translator
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.ui.dialogs.consents_form import ConsentsForm
from crosssell_desktop.ui.screens.people_data import PeopleDataScreen
from tests.journeys.conftest import OpenShop, Shop, World

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
MANAGER, DATA_ADMIN = "Елена В.", "Руслан Г."
WORDS: dict[Language, tuple[str, str, str]] = {
    "ru": ("можно писать", "Всё отозвано", "не беспокоить"),
    "en": ("may be written to", "Everything is withdrawn", "do not contact"),
}


def enrol(world: World, code: str, *, office: bool) -> None:
    ids = MonotonicIds(world.clock)
    desk = open_desk(world.demo.profiles[code], clock=world.clock, ids=ids)
    try:
        seat = centre.NewCounter(desk.me.counter_id, code, desk.me.store_id, office=office)
        exchange.remember_link(desk, centre.enrol(world.demo.url, seat), office=office)
    finally:
        desk.database.close()


@pytest.fixture
def office(world: World) -> Iterator[str]:
    """Make one of the two computers the office's, as the manager's is, and a counter again."""
    enrol(world, "K3", office=True)
    yield "K3"
    enrol(world, "K3", office=False)


def _card(shop: Shop, stage: Stage) -> CustomerCard:
    return shop.card(stage)


def _open_consents(shop: Shop, stage: Stage) -> ConsentsForm:
    shop.player.ready(stage)
    shop.player.press(stage, Qt.Key.Key_G, CONTROL)
    shop.player.wait("the consents", lambda: isinstance(form_of(stage), ConsentsForm))
    form = form_of(stage)
    assert isinstance(form, ConsentsForm)
    shop.player.wait("what is allowed", lambda: stage.program.consents.state.is_known)
    return form


def _closed(shop: Shop, stage: Stage) -> None:
    shop.player.wait("the dialog closes", lambda: form_of(stage) is None)
    shop.player.ready(stage)


def _press(shop: Shop, stage: Stage, button: QPushButton) -> None:
    shop.player.wait(f"{button.accessibleName()} can be pressed", button.isEnabled)
    button.setFocus()
    shop.player.press(stage, Qt.Key.Key_Space)


def _at_the_office(shop: Shop, stage: Stage, person: str) -> PeopleDataScreen:
    shop.player.lock(stage)
    shop.player.log_in(stage, person)
    shop.player.go(stage, 5, Place.OFFICE)
    office_screen = stage.program.office_screen
    assert office_screen is not None
    office_screen.go("people_data")
    page = office_screen.pages["people_data"]
    assert isinstance(page, PeopleDataScreen)
    shop.player.wait("the wish", lambda: len(page.state.wishes) == 1 and not page.state.is_asking)
    page.wishes.setFocus()
    shop.player.press(stage, Qt.Key.Key_Home)
    page.wishes.selectRow(0)
    return page


@pytest.mark.parametrize("language", ["ru", "en"])
def test_t18_a_customer_withdraws_and_is_erased_everywhere_and_no_list_revives_them(
    world: World, office: str, open_shop: OpenShop, language: Language, tmp_path: Path
) -> None:
    may_write, withdrawn, barred = WORDS[language]
    shop = open_shop()
    player, photo, phones = shop.player, shop.begin(office), shop.begin("K2")
    phone = shop.somebody(phones).phone
    player.speak(phones, language)
    player.name_customer(phones, phone)
    customer_id, name = _card(shop, phones).customer_id, _card(shop, phones).name

    # The customer agrees to news, all channels; the other counter may write too.
    form = _open_consents(shop, phones)
    for of in ("sms", "call", "email", "messenger", "post"):
        if not form.ticks["marketing", of].isChecked():
            form.ticks["marketing", of].setFocus()
            player.press(phones, Qt.Key.Key_Space)
    player.press(phones, Qt.Key.Key_Return)
    _closed(shop, phones)
    player.wait("may be written to", lambda: _card(shop, phones).consents.marketing)
    assert may_write in shop.words(phones)
    shop.all_sent()
    player.ready(photo)
    player.name_customer(photo, phone)
    player.wait("the other counter may write", lambda: _card(shop, photo).consents.marketing)

    # One tap withdraws everything; it is taken back by Ctrl+Z, for it was a slip, and done once more.
    for is_slip in (True, False):
        _open_consents(shop, phones)
        player.press(phones, Qt.Key.Key_1, ALT)
        _closed(shop, phones)
        player.wait("nothing is allowed", lambda: not _card(shop, phones).consents.marketing)
        assert withdrawn in shop.screen(phones).toast.label.full_text
        if is_slip:
            player.press(phones, Qt.Key.Key_Z, CONTROL)
            player.wait("it is allowed again", lambda: _card(shop, phones).consents.marketing)
    shop.all_sent()
    player.wait("marketing stops at the other counter", lambda: not _card(shop, photo).consents.marketing)

    # The wish to be erased: what it means is said first, then Enter records it.
    form = _open_consents(shop, phones)
    player.press(phones, Qt.Key.Key_4, ALT)
    player.wait("what it means", lambda: form.is_asking)
    player.press(phones, Qt.Key.Key_Return)
    _closed(shop, phones)
    player.wait("nobody contacts", lambda: _card(shop, phones).consents.do_not_contact)
    assert barred in shop.words(phones)
    shop.all_sent()
    player.wait("nobody contacts from there either", lambda: _card(shop, photo).consents.do_not_contact)

    # A manager approves, the data administrator erases, and the act is paper that names nobody.
    page = _at_the_office(shop, photo, MANAGER)
    assert page.state.wishes[0].customer_id == customer_id
    assert page.state.wishes[0].due_at - page.state.wishes[0].asked_at == 30 * 86_400_000
    _press(shop, photo, page.steps["approve"])
    player.wait("approved", lambda: page.state.wishes[0].is_approved)
    page = _at_the_office(shop, photo, DATA_ADMIN)
    _press(shop, photo, page.steps["erase"])
    _press(shop, photo, page.sure)
    player.wait("nobody waits", lambda: not page.state.wishes)
    reports = photo.program.means.profile.reports
    player.wait("the act", lambda: any(reports.glob("erasure-*.pdf")))
    shop.all_sent()
    centre_work.work(world.demo.url)

    gone = "SELECT count(*) FROM contact_point WHERE value LIKE :tail"
    tail = f"%{phone[-10:]}"
    player.wait("erased at the other counter", lambda: shop.facts(phones, gone, tail=tail) == [(0,)])

    # The nightly list brings them: refused, at the office and by what every counter hears of it.
    night = tmp_path / "1c.csv"
    night.write_text(f"Код;Наименование;Телефон\nC-777;{name};{phone}\nC-778;Ночной Пётр;+79990001122\n", "utf-8")
    desk = photo.program.port.desk
    taken = import_tables.import_customers(
        import_tables.Shop(desk.database, desk.clock, desk.ids, translator("ru")), night, source="1c"
    )
    assert (taken.added, taken.refused) == (1, 1)
    shop.all_sent()
    player.wait(
        "the list at the counter",
        lambda: shop.facts(phones, gone, tail="%9990001122") == [(1,)],
    )
    assert shop.facts(phones, gone, tail=tail) == [(0,)]
    player.ready(phones)
    assert not player.name_customer(phones, phone)
    for act in reports.glob("erasure-*.pdf"):
        act.unlink()
    assert taken.batch is not None
    import_tables.undo_batch(import_tables.Shop(desk.database, desk.clock, desk.ids, translator("ru")), taken.batch)
