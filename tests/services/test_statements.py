"""What a screen asks often costs a fixed number of statements, however much there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event

from crosssell_desktop.services import customers, offers, receipts
from crosssell_desktop.services.business import business
from crosssell_desktop.store import unit
from tests.shop import PRODUCTS, Counter, SetClock, customer, known, product

Count = Callable[[Callable[[], object]], int]


@pytest.fixture
def count(photo: Counter) -> Iterator[Count]:
    """Return how many statements an act asks of the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    engines = (photo.desk.database._readers, photo.desk.database._writer)
    for one in engines:
        event.listen(one, "before_cursor_execute", note)

    def counted(act: Callable[[], object]) -> int:
        asked.clear()
        act()
        return len(asked)

    yield counted
    for one in engines:
        event.remove(one, "before_cursor_execute", note)


def hold_some(photo: Counter, how_many: int) -> None:
    for _ in range(how_many):
        basket = photo.basket("anna", "CARD-64")
        receipts.hold(photo.desk, photo.session("anna"), basket.id, "потом")


def test_listing_held_receipts_is_one_statement(photo: Counter, count: Count) -> None:
    hold_some(photo, 1)
    assert count(lambda: receipts.held_baskets(photo.desk)) == 1
    hold_some(photo, 25)
    assert count(lambda: receipts.held_baskets(photo.desk)) == 1
    assert len(receipts.held_baskets(photo.desk)) == 26


def test_a_card_costs_the_same_with_one_purchase_and_with_sixty(photo: Counter, count: Count, wall: SetClock) -> None:
    photo.open_shift()
    anna = photo.session("anna")

    def look() -> object:
        return customers.card(photo.desk, anna, customer("olga"))

    photo.sell("anna", "CAM-1", of="olga")
    customers.add_note(photo.desk, anna, customer("olga"), "who", "раз")
    one = count(look)
    for n in range(20):
        wall.advance(s=60)
        photo.sell("anna", *(PRODUCTS[(n + k) % len(PRODUCTS)][0] for k in range(3)), of="olga")
        customers.add_note(photo.desk, anna, customer("olga"), "traits", f"и ещё {n}")
    assert count(look) == one
    assert one <= 26


def test_a_suggestion_snapshot_costs_the_same_whatever_the_shop_and_the_past(
    photo: Counter, count: Count, wall: SetClock
) -> None:
    photo.open_shift()
    customers.set_consent(photo.desk, photo.session("anna"), customer("olga"), "profiling", given=True)
    photo.sell("anna", "CUP-1", of="olga")

    def freeze(*basket: str) -> object:
        with photo.desk.look() as connection:
            return offers.freeze(
                connection,
                photo.desk,
                business(connection, unit.me_of(connection)),
                core=product("CAM-1"),
                basket=tuple(product(sku) for sku in basket),
                receipt_total_minor=1,
                customer_id=customer("olga"),
                situation="",
                care_mode=False,
                budget_cap_minor=None,
                now_ms=wall.now_ms(),
            )

    few = count(freeze)
    for sku, *_ in PRODUCTS[2:]:
        wall.advance(s=60)
        photo.sell("anna", sku, of="olga")
    with photo.desk.database.write() as connection:
        for n, (sku, *_) in enumerate(PRODUCTS[1:]):
            connection.exec_driver_sql(
                "INSERT OR IGNORE INTO combination SELECT ?, core_product_id, ?, relation, status, status_reason, "
                "emergent_ru, emergent_en, without_ru, without_en, phrase_ru, phrase_en, audience, situations, "
                "valid_from, valid_to, version, approved_by, ver FROM combination WHERE periphery_product_id = ?",
                (known("more", str(n)).bytes, product(sku).bytes, product("CARD-64").bytes),
            )
    assert count(lambda: freeze(*(sku for sku, *_ in PRODUCTS[1:]))) == few
    assert few <= 30


def test_a_sale_of_ten_lines_asks_no_more_than_one_of_one(photo: Counter, count: Count) -> None:
    photo.open_shift()
    anna = photo.session("anna")
    small = photo.basket("anna", "CAM-1", of="olga")
    large = photo.basket("anna", *(sku for sku, *_ in PRODUCTS[:10]), of="olga")
    few = count(lambda: receipts.complete(photo.desk, anna, small.id))
    assert count(lambda: receipts.complete(photo.desk, anna, large.id)) == few
