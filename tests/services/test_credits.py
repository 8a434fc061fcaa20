"""The worked fixture: an accessory of 3 490 roubles, base 2 860.66, pool 85.82, across departments 111.57."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.services import receipts, returns, upkeep
from crosssell_desktop.store import baskets
from tests.shop import Counter, SetClock, person


def shares(counter: Counter, kind: str = "earn") -> dict[str, int]:
    """Return what each person has of the card's line, by name."""
    names = {person(code).bytes: code for code in ("katya", "anna", "vera", "boris", "sergey", "maria")}
    rows = counter.rows(
        "SELECT c.beneficiary_id, sum(c.amount_minor) FROM credit_entry c JOIN sale_line l ON l.id = c.sale_line_id "
        "WHERE c.kind = ? AND l.sku = 'CARD-64' GROUP BY c.beneficiary_id HAVING sum(c.amount_minor) <> 0",
        kind,
    )
    return {names[who]: amount for who, amount in rows}  # type: ignore[index,misc]


def give_back(counter: Counter, number: str, qty: int = 1_000, reason: str = "changed_mind") -> returns.ReturnDone:
    sale = returns.find_sale(counter.desk, number)
    assert sale is not None
    line = next(line for line in sale.lines if line.name == "Товар CARD-64")
    return returns.take_back(counter.desk, counter.session("anna"), sale.sale_id, {line.line_id: qty}, reason).value


@pytest.fixture
def open_counter(photo: Counter) -> Counter:
    photo.open_shift()
    return photo


def test_alone_the_seller_has_the_whole_pool(open_counter: Counter) -> None:
    open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(open_counter) == {"anna": 8_582}


def test_one_pass_of_another_department_the_same_day(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("boris", what="card", to="photo", of="olga")
    wall.advance(s=60)
    done = open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(open_counter) == {"anna": 7_810, "boris": 3_347}
    assert (done.assist_count, done.assists_minor) == (1, 3_347)
    assert open_counter.rows("SELECT event FROM pass_event") == [("matched",)]


def test_the_other_counters_pass_counts_when_it_has_arrived(photo: Counter, home: Counter, wall: SetClock) -> None:
    photo.open_shift()
    home.pass_on("boris", what="photo", to="photo", of="olga")
    photo.hear(home)
    wall.advance(s=60)
    photo.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(photo) == {"anna": 7_810, "boris": 3_347}


def test_two_passes_one_of_another_department(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("vera", what="card", to="photo", of="olga")
    wall.advance(s=60)
    open_counter.pass_on("boris", what="photo", to="photo", of="olga")
    wall.advance(s=60)
    open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(open_counter) == {"anna": 6_694, "boris": 2_789, "vera": 1_674}


def test_a_pass_eight_days_old_is_worth_half(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("boris", what="card", to="photo", of="olga")
    wall.advance(days=8)
    open_counter.sell("anna", "CARD-64", "CAM-1", of="olga")  # the card is first: the core, at 1 %
    assert sum(shares(open_counter).values()) == 3_719


def test_a_pass_eight_days_old_on_the_periphery(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("boris", what="card", to="photo", of="olga")
    wall.advance(days=8)
    open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(open_counter) == {"anna": 9_483, "boris": 1_674}


def test_a_pass_within_the_department_raises_nothing(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("vera", what="card", to="photo", of="olga")
    wall.advance(s=60)
    open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(open_counter) == {"anna": 6_007, "vera": 2_575}


@pytest.mark.parametrize(
    ("category", "seconds", "of"), [("coffee", 60, "olga"), ("card", 59, "olga"), ("card", 60, "pavel")]
)
def test_no_assist_for_another_thing_another_customer_or_after_the_fact(
    open_counter: Counter, wall: SetClock, category: str, seconds: int, of: str
) -> None:
    open_counter.pass_on("boris", what=category, to="photo", of="olga")
    wall.advance(s=seconds)
    open_counter.sell("anna", "CAM-1", "CARD-64", of=of)
    assert shares(open_counter) == {"anna": 8_582}


def test_a_pass_to_oneself_is_no_assist(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("anna", what="card", to="photo", of="olga")
    wall.advance(s=60)
    open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(open_counter) == {"anna": 8_582}


def test_somebody_elses_sale_in_between_breaks_the_chain(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("boris", what="card", to="photo", of="olga")
    wall.advance(s=60)
    open_counter.sell("vera", "CARD-128", of="olga")
    wall.advance(s=60)
    open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(open_counter) == {"anna": 8_582}


def test_it_breaks_the_chain_of_a_slip_without_a_card_too(open_counter: Counter, wall: SetClock) -> None:
    passed = open_counter.pass_on("boris", what="card", to="photo")
    wall.advance(s=60)
    open_counter.sell("vera", "CARD-128", pass_id=passed.id)
    wall.advance(s=60)
    basket = open_counter.basket("anna", "CAM-1", "CARD-64")
    # The slip is shown again at the next receipt: Vera's sale stands between it and the pass.
    with open_counter.desk.begin() as work:
        baskets.save(work.connection, replace(basket, pass_id=passed.id), state="open", now_ms=work.now_ms)
    receipts.complete(open_counter.desk, open_counter.session("anna"), basket.id)
    assert shares(open_counter) == {"anna": 8_582}


def test_an_anonymous_customer_is_told_by_the_slip(open_counter: Counter, wall: SetClock) -> None:
    passed = open_counter.pass_on("boris", what="card", to="photo")
    wall.advance(s=60)
    open_counter.sell("anna", "CAM-1", "CARD-64", pass_id=passed.id)
    assert shares(open_counter) == {"anna": 7_810, "boris": 3_347}


def test_a_return_mirrors_the_credits_and_a_whole_one_leaves_nothing(open_counter: Counter, wall: SetClock) -> None:
    open_counter.pass_on("vera", what="card", to="photo", of="olga")
    wall.advance(s=60)
    open_counter.pass_on("boris", what="photo", to="photo", of="olga")
    wall.advance(s=60)
    done = open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    back = give_back(open_counter, done.number)
    assert back.reversed_minor == -11_157
    assert shares(open_counter, "reverse") == {"anna": -6_694, "boris": -2_789, "vera": -1_674}
    # What the camera earned stands.
    assert open_counter.number("SELECT sum(amount_minor) FROM credit_entry") == 95_891


def test_parts_of_three_pieces_reverse_as_in_the_worked_fixture(open_counter: Counter, wall: SetClock) -> None:
    with open_counter.desk.database.write() as connection:
        # Three pieces come to 3 490.00 together.
        connection.exec_driver_sql(
            "UPDATE price SET amount_minor = 116333 WHERE product_id IN (SELECT id FROM product WHERE sku = 'CARD-64')"
        )
    open_counter.pass_on("vera", what="card", to="photo", of="olga")
    wall.advance(s=60)
    open_counter.pass_on("boris", what="photo", to="photo", of="olga")
    wall.advance(s=60)
    basket = open_counter.basket("anna", "CAM-1", "CARD-64", "CARD-64", "CARD-64", of="olga")
    assert basket.lines[1].amount_minor == 348_999
    done = receipts.complete(open_counter.desk, open_counter.session("anna"), basket.id).value
    assert shares(open_counter) == {"anna": 6_694, "boris": 2_789, "vera": 1_674}
    sums = []
    for _ in range(3):
        give_back(open_counter, done.number)
        sums.append(shares(open_counter, "reverse"))
    assert sums == [
        {"anna": -2_231, "boris": -930, "vera": -558},
        {"anna": -4_463, "boris": -1_859, "vera": -1_116},
        {"anna": -6_694, "boris": -2_789, "vera": -1_674},
    ]


def test_a_return_takes_back_what_was_written_although_a_pass_came_late(
    photo: Counter, home: Counter, wall: SetClock
) -> None:
    photo.open_shift()
    home.pass_on("boris", what="card", to="photo", of="olga")
    wall.advance(s=120)
    done = photo.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert shares(photo) == {"anna": 8_582}
    photo.hear(home)
    back = give_back(photo, done.number)
    assert back.reversed_minor == -8_582
    assert shares(photo, "reverse") == {"anna": -8_582}
    assert upkeep.verify(photo.desk).faults == ()


def test_after_vesting_only_a_pushed_sale_is_taken_back(open_counter: Counter, wall: SetClock) -> None:
    kept = open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    pushed = open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    wall.advance(days=15)
    assert give_back(open_counter, kept.number).reversed_minor == 0
    assert give_back(open_counter, pushed.number, reason="felt_pushed").reversed_minor == -8_582


def test_an_exchange_for_the_same_takes_nothing_back(open_counter: Counter) -> None:
    done = open_counter.sell("anna", "CAM-1", "CARD-64", of="olga")
    assert give_back(open_counter, done.number, reason="same_product_exchange").reversed_minor == 0


def test_a_sale_made_at_one_counter_is_given_back_at_the_other(photo: Counter, home: Counter, wall: SetClock) -> None:
    photo.open_shift()
    home.open_shift()
    home.pass_on("boris", what="card", to="photo", of="olga")
    photo.hear(home)
    wall.advance(s=120)
    done = photo.sell("anna", "CAM-1", "CARD-64", of="olga")
    home.hear(photo)
    assert give_back(home, done.number).reversed_minor == -11_157
    photo.hear(home)
    assert photo.number("SELECT sum(amount_minor) FROM credit_entry") == 73_762
    assert shares(photo, "reverse") == {"anna": -7_810, "boris": -3_347}
    with pytest.raises(Refusal, match="more_than_bought"):
        give_back(photo, done.number)
    assert upkeep.verify(photo.desk).faults == upkeep.verify(home.desk).faults == ()
