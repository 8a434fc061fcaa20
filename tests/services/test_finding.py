"""Finding through the service: merged, erased and related people, and how many more there are."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from crosssell_desktop.domain.access import Level
from crosssell_desktop.domain.field_access import LISTED_AT_MOST
from crosssell_desktop.domain.ids import CustomerId, named_id
from crosssell_desktop.services import customers, finding, merging
from crosssell_desktop.store import lookups, registers
from crosssell_desktop.store.exchange_rows import DownRow, apply_rows
from crosssell_desktop.store.puts import CustomerPut
from crosssell_desktop.store.unit import begin
from tests.shop import Counter, customer
from tests.store.test_tombstones import bury

OLGA, PAVEL = customer("olga"), customer("pavel")


def found(counter: Counter, text: str) -> list[CustomerId]:
    return [c.id for c in finding.look_up(counter.desk, counter.session("anna"), text, 20).customers.customers]


def keys_of(counter: Counter, who: CustomerId) -> list[str]:
    return [
        str(row[0])
        for row in counter.rows(
            "SELECT value FROM contact_point WHERE type = 'phone' AND customer_id = "
            f"x'{who.bytes.hex()}' UNION ALL SELECT display_name FROM customer WHERE id = x'{who.bytes.hex()}'"
        )
    ]


def test_merged_cards_are_found_as_the_one_that_stands_for_them_and_apart_again(photo: Counter) -> None:
    photo.open_shift()
    photo.sell("anna", "CUP-1", of="pavel")
    one, other = min(OLGA, PAVEL), max(OLGA, PAVEL)
    merging.merge(photo.desk, photo.session("maria"), OLGA, PAVEL)
    for key in (*keys_of(photo, one), *keys_of(photo, other)):
        assert found(photo, key) == [one], key
    shown = customers.card(photo.desk, photo.session("maria"), one).display_name
    look = finding.look_up(photo.desk, photo.session("anna"), keys_of(photo, other)[-1], 20)
    assert [c.display_name for c in look.customers.customers] == [shown]
    merging.unmerge(photo.desk, photo.session("maria"), PAVEL)
    for who in (one, other):
        for key in keys_of(photo, who):
            assert found(photo, key) == [who], key


def put_together(counter: Counter, *cards: CustomerId) -> None:
    desk = counter.desk
    with begin(desk.database, desk.clock, desk.ids) as unit:
        for card in cards:
            was = lookups.customer_of(unit.connection, card)
            assert isinstance(was, CustomerPut)
            registers.put(unit, "customer_changed", [replace(was, household_id=named_id("household", "1"))])


def test_a_household_finds_by_the_name_of_another_until_that_one_is_erased(photo: Counter) -> None:
    put_together(photo, OLGA, PAVEL)
    assert found(photo, "соколов ольга") == [PAVEL]
    bury(photo)
    assert "ольга" not in str(photo.rows("SELECT family, given, more FROM customer_found"))
    assert photo.rows("SELECT cards FROM find_word WHERE word IN ('ольга', 'ветрова')") == []
    assert found(photo, "соколов павел") == [PAVEL]


def test_a40_no_level_lists_more_people_than_it_may_and_nobody_browses(photo: Counter) -> None:
    desk = photo.desk
    most = LISTED_AT_MOST[Level.CONSULTANT]
    with begin(desk.database, desk.clock, desk.ids) as unit:
        namesakes = [
            CustomerPut(id=CustomerId(named_id("namesake", str(n))), display_name=f"Браузеров Пётр {n}", language="ru")
            for n in range(most + 1)
        ]
        registers.put(unit, "customer_created", namesakes)
    wide = finding.look_up(desk, photo.session("anna"), "браузеров", 20)
    assert (wide.customers.customers, wide.listed_at_most) == ((), most)
    assert finding.look_up(desk, photo.session("anna"), "бр", 20).customers.customers == ()
    narrow = finding.look_up(desk, photo.session("anna"), "браузеров 7", 20)
    assert narrow.listed_at_most is None
    assert narrow.customers.customers[0].id == CustomerId(named_id("namesake", "7"))
    supervisor = finding.look_up(desk, photo.session("sergey"), "браузеров", 20)
    assert len(supervisor.customers.customers) == 20
    assert (supervisor.customers.total, supervisor.listed_at_most) == (most + 1, None)


def test_nobody_is_found_by_a_contact_that_the_centre_deleted(photo: Counter) -> None:
    known = photo.rows("SELECT id, value, ver FROM contact_point WHERE type = 'phone' AND customer_id = ?", OLGA.bytes)
    assert known
    assert found(photo, str(known[0][1])) == [OLGA]
    gone = [
        DownRow("contact_point", str(UUID(bytes=id_)), ver, deleted=True, body={})
        for id_, _, ver in known
        if isinstance(id_, bytes) and isinstance(ver, int)
    ]
    with photo.desk.database.write() as connection:
        apply_rows(connection, gone, known=frozenset({"contact_point"}), token="t", now_ms=photo.clock.at_ms)
    assert found(photo, str(known[0][1])) == []
    assert OLGA in found(photo, "Ольга")
