"""Two counters write one card: fields merge, what lost unseen is told to all, and a wrong clock wins nothing."""

from __future__ import annotations

import functools
import json
import random
from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.fields import edited, merge
from crosssell_desktop.store import card_rows, field_rows
from crosssell_desktop.store.queries import card as cards
from crosssell_desktop.store.schema.customers import customer as customers
from crosssell_desktop.store.unit import begin
from tests.sync.kit import Shop, Till, row

YEAR_MS = 365 * 86_400_000


def change(till: Till, customer: UUID, **changes: Any) -> None:  # noqa: ANN401  # any field
    with begin(till.database, till.clock, till.ids) as unit:
        kept = field_rows.row_of(unit.connection, customers, customer)
        assert kept is not None
        unit.record("customer_changed", {"customer": [edited(kept, changes, unit.tick(), till.counter_id)]})


def card(till: Till, customer: UUID) -> cards.Card:
    with till.database.read() as connection:
        found = cards.card_of(connection, customer, now_ms=till.clock.now_ms(), counter_id=till.counter_id)  # type: ignore[arg-type]
    assert found is not None
    return found


def three(shop: Shop) -> tuple[Till, Till, Till, UUID]:
    one, two, other = shop.till(), shop.till(), shop.till()
    customer = one.meet("Анна")
    shop.sync_all()
    return one, two, other, customer


def test_edits_of_different_fields_both_stay(shop: Shop) -> None:
    one, two, other, customer = three(shop)
    change(one, customer, display_name="Анна Белова")
    change(two, customer, birthday="05-17", do_not_contact=True)
    shop.sync_all()
    shop.must_be_level()
    for till in (one, two, other):
        found = card(till, customer)
        assert (found.display_name, found.birthday, found.do_not_contact) == ("Анна Белова", "05-17", True)
        assert found.lost == ()


@pytest.mark.parametrize("later_first", [False, True])
def test_the_later_edit_of_a_field_wins_in_any_order_and_the_loser_is_shown_everywhere(
    shop: Shop, *, later_first: bool
) -> None:
    one, two, other, customer = three(shop)
    change(one, customer, display_name="Анна Рано")
    two.clock.at_ms += 1_000
    change(two, customer, display_name="Анна Поздно")
    for till in (two, one) if later_first else (one, two):
        till.sync()
    shop.sync_all()
    shop.must_be_level()
    assert other.contents("customer_field_lost") == shop.contents("customer_field_lost")
    for till in (one, two, other):
        found = card(till, customer)
        assert found.display_name == "Анна Поздно"
        assert [(item.field, item.value) for item in found.lost] == [("display_name", "Анна Рано")]
    change(other, customer, display_name="Анна Рано")
    shop.sync_all()
    for till in (one, two, other):
        found = card(till, customer)
        assert (found.display_name, found.lost) == ("Анна Рано", ())


def test_two_counters_correct_one_phone_and_what_lost_is_told_with_its_row(shop: Shop) -> None:
    one, two, other, customer = three(shop)
    phone = one.ids.new()
    born = row("contact_point", id=phone, customer_id=customer, type="phone", value="+79160000001", stamps=None, ver=1)
    one.record("contact", {"contact_point": [born]})
    shop.sync_all()

    def correct(till: Till, **changes: Any) -> None:  # noqa: ANN401  # any field
        with begin(till.database, till.clock, till.ids) as unit:
            made = card_rows.put(unit, "contact_point", phone, changes)
            assert made is not None
            unit.record("card_changed", {"contact_point": [made]})

    correct(one, value="+79160000002")
    correct(one, verified_at=7)
    two.clock.at_ms += 1_000
    correct(two, value="+79160000003", is_primary=True)
    shop.sync_all()
    shop.must_be_level()
    assert other.contents("customer_field_lost") == shop.contents("customer_field_lost")
    for till in (one, two, other):
        (kept,) = till.look(f"SELECT value, verified_at, is_primary FROM contact_point WHERE id = x'{phone.hex}'")
        assert kept == ("+79160000003", 7, 1)
        (lost,) = card(till, customer).lost
        assert (lost.entity, lost.field, lost.value) == ("contact_point", "value", "+79160000002")
    correct(other, value="+79160000002")
    shop.sync_all()
    assert [card(till, customer).lost for till in shop.tills] == [()] * 3


def test_an_edit_that_saw_the_one_before_loses_nothing(shop: Shop) -> None:
    one, two, _, customer = three(shop)
    change(one, customer, display_name="Анна Первая")
    shop.sync_all()
    change(two, customer, display_name="Анна Вторая")
    shop.sync_all()
    assert shop.contents("customer_field_lost") == {}
    assert card(one, customer).display_name == "Анна Вторая"


def test_a_clock_years_ahead_is_put_back_and_the_next_edit_of_anybody_wins(shop: Shop) -> None:
    one, two, other, customer = three(shop)
    one.clock.at_ms += 10 * YEAR_MS
    change(one, customer, display_name="Из будущего")
    shop.sync_all()
    shop.must_be_level()
    assert card(other, customer).display_name == "Из будущего"
    # The raw reading is kept: in the operation, and beside the one put in its place.
    (raw,), (kept,) = shop.ask("SELECT max(hlc) FROM sync.op"), shop.ask("SELECT raw, stamp FROM sync.clamped")
    assert raw[0] >> 16 > one.clock.at_ms - 1_000
    assert (int(kept[0][:16], 16) >> 16) > int(kept[1][:16], 16) >> 16
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")
    assert abs((int(kept[1][:16], 16) >> 16) - now[0] - 300_000) < 60_000
    two.clock.at_ms = now[0] + 301_000
    change(two, customer, display_name="Теперь")
    shop.sync_all()
    shop.must_be_level()
    assert {card(till, customer).display_name for till in shop.tills} == {"Теперь"}
    # The one whose clock is wrong edits another field: its old edit of the name does not come back with it.
    change(one, customer, birthday="01-02")
    shop.sync_all()
    shop.must_be_level()
    assert {(c.display_name, c.birthday) for c in (card(t, customer) for t in shop.tills)} == {("Теперь", "01-02")}


def test_a_clock_ahead_does_not_pull_the_others_along(shop: Shop) -> None:
    one, two, _, customer = three(shop)
    one.clock.at_ms += 10 * YEAR_MS
    change(one, customer, display_name="Из будущего")
    shop.sync_all()
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")
    assert two.look("SELECT hlc >> 16 FROM me")[0][0] <= now[0] + 301_000


def test_whole_rows_of_a_clock_ahead_are_put_back_too(shop: Shop) -> None:
    one, two, other, _ = three(shop)
    one.clock.at_ms += 10 * YEAR_MS
    contact = one.meet("Вера")
    shop.sync_all()
    shop.must_be_level()
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")
    two.clock.at_ms = now[0] + 301_000
    two.rename(contact, "Вера Новая")
    shop.sync_all()
    shop.must_be_level()
    assert {card(till, contact).display_name for till in (one, two, other)} == {"Вера Новая"}


def test_a_loser_with_a_clock_ahead_takes_what_stands(shop: Shop) -> None:
    """The counter ahead holds its row for the newest; the centre has a later one and says so."""
    one, two, _, _ = three(shop)
    customer = one.meet("Глеб")
    shop.sync_all()
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")
    one.clock.at_ms = now[0] + 10 * YEAR_MS
    one.rename(customer, "Глеб Завтра")
    two.clock.at_ms = now[0] + 299_000
    two.rename(customer, "Глеб Сегодня")
    two.sync()
    shop.sync_all()
    shop.must_be_level()


def test_an_import_changes_what_it_changes_and_no_more(shop: Shop) -> None:
    one, two, _, customer = three(shop)
    change(two, customer, display_name="Анна Ручная")
    with begin(one.database, one.clock, one.ids) as unit:
        row = field_rows.row_of(unit.connection, customers, customer)
        assert row is not None
        told = {**row, "language": "en", "ver": unit.tick()}
        rows = field_rows.as_edits(unit.connection, customers, [told], hlc=told["ver"], counter_id=one.counter_id)
        unit.record("import", {"customer": rows})
    shop.sync_all()
    shop.must_be_level()
    assert [card(t, customer).display_name for t in shop.tills] == ["Анна Ручная"] * 3
    assert [card(t, customer).language for t in shop.tills] == ["en"] * 3


def test_the_centre_merges_as_the_counters_do(shop: Shop) -> None:
    """Many versions of one card, in a random order each time: SQL and Python come to the same row."""
    chance = random.Random(7)
    till = shop.till()
    for _ in range(12):
        customer = till.meet("Анна")
        with till.database.read() as connection:
            born = field_rows.row_of(connection, customers, customer)
        assert born is not None
        fields = field_rows.fields_of(customers)
        seen = dict.fromkeys(range(3), born)
        made: list[dict[str, Any]] = []
        for n in range(6):
            who = chance.randrange(3)
            if made and chance.random() < 0.5:
                seen[who] = merge(seen[who], chance.choice(made), fields)
            chosen = chance.sample(["display_name", "birthday", "language"], chance.randint(1, 2))
            hlc = max(seen[who]["ver"] + 1, born["ver"] + chance.randint(1, 50))
            row = edited(seen[who], dict.fromkeys(chosen, f"слово {n}"), hlc, UUID(int=who + 1))
            seen[who] = {k: v for k, v in row.items() if k != "seen"}
            made.append(row)
        expected = functools.reduce(lambda a, b: merge(a, b, fields), [born, *made])
        expected.pop("seen", None)
        chance.shuffle(made)
        for row in made:
            till.record("customer_changed", {"customer": [row]})
        till.sync()
        assert json.loads(till.contents("customer")[customer]) == json.loads(shop.contents("customer")[customer])
        there = json.loads(shop.contents("customer")[customer])
        assert {name: there[name] for name in (*fields, "stamps", "ver")} == {
            name: (str(v) if isinstance(v := expected[name], UUID) else v) for name in (*fields, "stamps", "ver")
        }
