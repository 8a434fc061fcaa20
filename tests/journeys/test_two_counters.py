"""What one counter knows of the other: refusals, passes, returns, and an hour apart."""

from __future__ import annotations

from PySide6.QtCore import Qt

from crosssell_desktop.presenters.state import Place
from crosssell_desktop.services import demo_day, exchange
from tests.journeys.conftest import OpenShop, Shop


def test_a_refused_case_is_not_offered_at_the_other_counter(shop: Shop) -> None:
    phones = shop.begin("K2")
    customer = shop.somebody(phones).phone
    shop.player.name_customer(phones, customer)
    shop.player.scan_item(phones, shop.plot.passed_core)
    shop.player.confirm(phones)
    refused = shop.offered(phones)[0]
    shop.player.answer(phones, refused.number, yes=False, reason=3)
    shop.player.complete(phones)
    shop.all_sent("K2")
    photo = shop.begin("K3")
    shop.all_sent("K3")
    shop.player.wait("the customer at the other counter", lambda: _refusals(shop, customer) == 1)
    shop.player.name_customer(photo, customer)
    [said_no_to] = shop.card(photo).refusals.items
    assert said_no_to.title == refused.name
    assert said_no_to.remark == "дорого · Касса 2, телефоны и офис"
    shop.player.scan_item(photo, shop.plot.passed_core)
    shop.player.confirm(photo)
    rows = photo.program.counter.state.suggestions.rows
    assert refused.product_id not in [row.product_id for row in rows]
    shop.player.complete(photo)


def later(shop: Shop, *, minutes: int) -> None:
    """Let the customer take his time on the way: a pass younger than a minute is no assist."""
    shop.world.clock.advance_to(shop.world.clock.now_ms() + minutes * 60_000)


def _refusals(shop: Shop, phone: str) -> int:
    found = shop.facts(
        shop.stages["K3"],
        "SELECT count(*) FROM offer_answer a JOIN offer o ON o.id = a.offer_id JOIN contact_point c"
        " ON c.customer_id = o.customer_id WHERE a.answer = 'declined' AND c.value = :phone",
        phone=phone,
    )
    return int(str(found[0][0]))


def test_a_photo_pass_becomes_an_assist_at_phones_when_the_customer_comes_by_himself(shop: Shop) -> None:
    photo = shop.begin("K3")
    customer = shop.somebody(photo).phone
    shop.player.name_customer(photo, customer)
    shop.player.pass_on(photo, shop.plot.pass_department, shop.plot.pass_category)
    shop.player.ready(photo)
    shop.player.scan_item(photo, shop.plot.small_item)
    shop.player.complete(photo)
    shop.all_sent("K3")
    shop.world.clock.advance_to(shop.world.clock.now_ms() + 40 * 60_000)
    phones = shop.begin("K2")
    if phones.program.sync is not None:
        phones.program.sync.wake()
    shop.player.go(phones, 2, Place.PASSES)
    shop.player.wait("the pass", lambda: any(row.can_answer for row in phones.program.passes.state.to_us))
    shop.player.ready(phones)
    shop.player.name_customer(phones, customer)
    strip = phones.program.counter
    shop.player.wait("the pass in the strip", lambda: bool(strip.state.sellers.waiting))
    assert strip.state.sellers.waiting == ("Анна К. (Фото и видео)",)
    shop.player.scan_item(phones, shop.plot.passed_core)
    shop.player.confirm(phones)
    done = shop.player.complete(phones)
    assert "1 передача" in shop.screen(phones).toast.label.full_text
    entries = shop.facts(
        phones,
        "SELECT c.role, c.amount_minor, c.pool_minor, c.pass_id IS NOT NULL, p.short_name FROM credit_entry c"
        " JOIN sale s ON s.id = c.sale_id JOIN person p ON p.id = c.beneficiary_id WHERE s.number = :number"
        " ORDER BY c.role",
        number=done.number,
    )
    by_role = {str(role): (amount, name) for role, amount, _, _, name in entries}
    assert by_role["assist1"][1] == "Анна К."
    assert by_role["closer"][1] == "Игорь С."
    assert sum(int(str(amount)) for _, amount, _, _, _ in entries) == entries[0][2]


def test_a_pass_without_a_card_is_found_by_its_code(shop: Shop) -> None:
    photo = shop.begin("K3")
    slips: list[object] = []
    photo.program.passed.connect(slips.append)
    shop.player.pass_on(photo, shop.plot.pass_department, shop.plot.pass_category)
    photo.program.passed.disconnect(slips.append)
    code = str(getattr(slips[0], "code", ""))
    shop.all_sent("K3")
    later(shop, minutes=20)
    phones = shop.begin("K2")
    shop.player.wait(
        "the pass at the other counter",
        lambda: shop.facts(phones, "SELECT count(*) FROM pass WHERE code = :code", code=code) == [(1,)],
    )
    shop.player.write(code)
    shop.player.press(phones, Qt.Key.Key_Return)
    shop.player.wait("the assist", lambda: bool(phones.program.counter.state.sellers.assists))
    assert phones.program.counter.state.sellers.assists == ("Анна К. (Фото и видео)",)
    shop.player.scan_item(phones, shop.plot.passed_core)
    shop.player.complete(phones)


def test_an_hour_offline_loses_nothing(shop: Shop) -> None:
    photo, phones = shop.begin("K3"), shop.begin("K2")
    shop.all_sent()
    for stage in (photo, phones):
        stage.cable.is_plugged = False
    for stage in (photo, phones, photo, phones):
        shop.player.ready(stage)
        shop.player.name_customer(stage, shop.somebody(stage).phone)
        shop.player.scan_item(stage, stage.cores[0])
        shop.player.confirm(stage)
        for row in stage.program.counter.state.suggestions.rows[:1]:
            shop.player.answer(stage, row.number, yes=True)
        shop.player.complete(stage)
        shop.world.clock.advance_to(shop.world.clock.now_ms() + 15 * 60_000)
    for stage in (photo, phones):
        shop.player.front(stage)
        stage.program.counter.tick()
        shop.player.wait("the strip", lambda stage=stage: stage.program.counter.state.sync.unsent > 0)  # type: ignore[misc]
        shop.player.wait("no connection", lambda stage=stage: not stage.program.counter.state.sync.online)  # type: ignore[misc]
        said = stage.program.window.sync.label.full_text
        assert said.startswith("нет связи, продажа идёт")
        assert "не отправлено" in said
    for stage in (photo, phones):
        stage.cable.is_plugged = True
    shop.all_sent()
    desks = {code: stage.program.port.desk for code, stage in shop.stages.items()}
    for stage in (photo, phones):
        stage.program.stop_exchange()
    for _ in range(2):
        for desk in desks.values():
            exchange.one_round(desk)
    assert demo_day.differences(shop.world.demo.url, desks) == []


def test_without_a_centre_the_shop_opens_and_sells_on(open_shop: OpenShop) -> None:
    shop = open_shop(plugged=False)
    stage = shop.begin("K2")
    shop.player.name_customer(stage, shop.somebody(stage).phone)
    shop.player.scan_item(stage, shop.plot.passed_core)
    shop.player.confirm(stage)
    assert shop.offered(stage)
    done = shop.player.complete(stage)
    assert shop.facts(stage, "SELECT count(*) FROM sale WHERE number = :n", n=done.number) == [(1,)]
    stage.program.counter.tick()
    shop.player.wait("no connection", lambda: not stage.program.counter.state.sync.online)
    assert "нет связи, продажа идёт" in stage.program.window.sync.label.full_text
    stage.cable.is_plugged = True
    shop.all_sent("K2")


def test_a_return_reverses_credits_of_its_line_and_leaves_the_core_s(shop: Shop) -> None:
    stage = shop.begin("K2")
    shop.player.name_customer(stage, shop.somebody(stage).phone)
    shop.player.scan_item(stage, shop.plot.passed_core)
    shop.player.confirm(stage)
    shop.player.answer(stage, shop.offered(stage)[0].number, yes=True)
    done = shop.player.complete(stage)
    before = _credits(shop, done.number)
    shop.player.take_back(stage, done.number)
    after = _credits(shop, done.number)
    assert before[0] == after[0]
    assert before[0] > 0
    assert before[1] > 0
    assert after[1] == 0
    assert "сохранён" in shop.screen(stage).toast.label.full_text


def _credits(shop: Shop, number: str) -> list[int]:
    """Return what each line of a sale has brought its sellers, in the order of the lines."""
    rows = shop.facts(
        shop.stages["K2"],
        "SELECT coalesce(sum(c.amount_minor), 0) FROM sale s JOIN sale_line l ON l.sale_id = s.id"
        " LEFT JOIN credit_entry c ON c.sale_line_id = l.id WHERE s.number = :number"
        " GROUP BY l.id ORDER BY l.line_no",
        number=number,
    )
    return [int(str(row[0])) for row in rows]
