"""How much is applied in one write: as much as a sale does not notice."""

from __future__ import annotations

from crosssell_desktop.sync.pull import FEWEST_ROWS, FIRST_ROWS, LONGEST_WRITE_MS, Breath


def test_a_write_that_held_a_sale_up_makes_the_next_ones_smaller_down_to_a_few_rows() -> None:
    breath = Breath(400)
    assert breath.rows == FIRST_ROWS
    breath.took(LONGEST_WRITE_MS * 2, FIRST_ROWS)
    assert breath.rows == FEWEST_ROWS
    for _ in range(5):
        breath.took(LONGEST_WRITE_MS * 4, breath.rows)
    assert breath.rows == FEWEST_ROWS


def test_short_writes_let_it_grow_again_up_to_where_it_began() -> None:
    breath = Breath(400)
    breath.took(LONGEST_WRITE_MS * 4, 400)
    for _ in range(40):
        breath.took(1.0, breath.rows)
    assert breath.rows == 400


def test_a_page_that_was_not_full_says_nothing_about_a_full_one() -> None:
    breath = Breath(400)
    breath.took(1.0, 3)
    assert breath.rows == FIRST_ROWS


def test_a_fixed_size_stays() -> None:
    breath = Breath(7, fixed=True)
    breath.took(LONGEST_WRITE_MS * 40, 7)
    assert breath.rows == 7


def test_another_tables_rows_begin_short_and_the_same_tables_go_on() -> None:
    breath = Breath(400)
    breath.begin("price")
    for _ in range(40):
        breath.took(1.0, breath.rows)
    breath.begin("price")
    assert breath.rows == 400
    breath.begin("customer")
    assert breath.rows == FIRST_ROWS
