from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Literal

import pytest

from crosssell_desktop.domain import basket as moves
from crosssell_desktop.domain.basket import Basket, Item, ShownOffer
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import (
    CategoryId,
    DepartmentId,
    LineId,
    OfferId,
    PersonId,
    ProductId,
    ReceiptId,
    RunId,
)

ANNA = PersonId(uuid.UUID(int=1))
BORIS = PersonId(uuid.UUID(int=2))


def item(number: int, price: int = 10_000, kind: Literal["goods", "service"] = "goods") -> Item:
    return Item(
        product_id=ProductId(uuid.UUID(int=100 + number)),
        sku=f"S{number}",
        kind=kind,
        name_ru=f"Вещь {number}",
        name_en=f"Thing {number}",
        category_id=CategoryId(uuid.UUID(int=7)),
        product_type="thing",
        business_line="things",
        department_id=DepartmentId(uuid.UUID(int=8)),
        credit_role="service" if kind == "service" else "periphery",
        price_minor=price,
        vat_bps=2_200,
    )


def line_id(number: int) -> LineId:
    return LineId(uuid.UUID(int=1_000 + number))


def offer(number: int) -> ShownOffer:
    return ShownOffer(OfferId(uuid.UUID(int=2_000 + number)), item(number).product_id, number)


def empty() -> Basket:
    return Basket(ReceiptId(uuid.UUID(int=3)), ANNA, 0)


def add(basket: Basket, number: int, *, kind: Literal["goods", "service"] = "goods", who: PersonId = ANNA) -> Basket:
    return moves.add_item(basket, item(number, kind=kind), line_id=line_id(number), person=who, now_ms=1)


def with_round(*offers: int) -> Basket:
    confirmed = moves.confirm_core(add(empty(), 0), 5)
    shown = tuple(offer(n) for n in offers)
    return moves.show_offers(confirmed, RunId(uuid.UUID(int=4)), shown, held_out=False)


def accept(basket: Basket, number: int) -> Basket:
    shown = offer(number)
    return moves.accept_offer(basket, shown.id, item(number), line_id=line_id(number), person=ANNA, now_ms=6)


def test_first_goods_become_the_core_and_a_service_does_not() -> None:
    service_first = add(empty(), 1, kind="service")
    assert service_first.core is None
    with_goods = add(service_first, 2)
    assert with_goods.core_line_id == line_id(2)
    assert with_goods.core_chosen_by == ANNA


def test_the_same_product_again_raises_the_quantity_of_its_line() -> None:
    twice = add(add(empty(), 1), 1)
    assert [line.qty_milli for line in twice.lines] == [2_000]
    assert twice.total_minor == 20_000


def test_what_another_person_adds_is_a_line_of_their_own() -> None:
    basket = moves.add_item(add(empty(), 1), item(1), line_id=line_id(9), person=BORIS, now_ms=2)
    assert [line.added_by for line in basket.lines] == [ANNA, BORIS]


@pytest.mark.parametrize("quantity", [0, -1, moves.MAX_QTY_MILLI + 1])
def test_a_quantity_outside_its_limits_is_refused(quantity: int) -> None:
    with pytest.raises(Refusal, match="bad_quantity"):
        moves.set_quantity(add(empty(), 1), line_id(1), quantity)


def test_adding_past_the_largest_quantity_is_refused_and_changes_nothing() -> None:
    full = moves.set_quantity(add(empty(), 1), line_id(1), moves.MAX_QTY_MILLI)
    with pytest.raises(Refusal, match="bad_quantity"):
        add(full, 1)


def test_a_receipt_takes_no_line_beyond_its_limit_by_any_way() -> None:
    lines = tuple(replace(add(empty(), n).lines[0], id=line_id(n)) for n in range(3_000, 3_000 + moves.MAX_LINES))
    full = replace(with_round(1), lines=lines, core_line_id=lines[0].id)
    with pytest.raises(Refusal, match="too_many_lines"):
        add(full, 2)
    with pytest.raises(Refusal, match="too_many_lines"):
        accept(full, 1)
    with pytest.raises(Refusal, match="too_many_lines"):
        moves.put_back(full, add(empty(), 2).lines[0], place=0, was_core=False)


def test_nothing_is_shown_before_the_core_is_confirmed() -> None:
    with pytest.raises(Refusal, match="core_not_confirmed"):
        moves.show_offers(add(empty(), 0), RunId(uuid.UUID(int=4)), (), held_out=False)


def test_a_core_that_is_not_chosen_cannot_be_confirmed() -> None:
    with pytest.raises(Refusal, match="no_core"):
        moves.confirm_core(add(empty(), 1, kind="service"), 5)


def test_confirming_twice_keeps_the_first_time() -> None:
    assert moves.confirm_core(moves.confirm_core(add(empty(), 0), 5), 9).core_confirmed_at == 5


def test_a_second_round_is_refused() -> None:
    with pytest.raises(Refusal, match="second_round"):
        moves.show_offers(with_round(1), RunId(uuid.UUID(int=5)), (), held_out=False)


def test_an_empty_round_is_a_round_too() -> None:
    with pytest.raises(Refusal, match="second_round"):
        moves.show_offers(with_round(), RunId(uuid.UUID(int=5)), (offer(1),), held_out=False)


def test_a_service_cannot_be_the_core() -> None:
    basket = add(add(empty(), 0), 1, kind="service")
    with pytest.raises(Refusal, match="service_is_not_core"):
        moves.choose_core(basket, line_id(1), ANNA)


def test_a_new_core_is_to_be_confirmed_and_takes_unanswered_suggestions_along() -> None:
    changed = moves.choose_core(add(with_round(1, 2), 5), line_id(5), BORIS)
    assert changed.core_confirmed_at is None
    assert changed.core_chosen_by == BORIS
    assert changed.offers == ()
    assert changed.run_id is None


def test_once_an_answer_was_given_the_round_is_over_whatever_the_core() -> None:
    changed = moves.choose_core(add(accept(with_round(1, 2), 1), 5), line_id(5), ANNA)
    assert changed.run_id is not None
    assert changed.line(line_id(1)).attached_to == line_id(5)
    with pytest.raises(Refusal, match="core_not_confirmed"):
        accept(changed, 2)
    with pytest.raises(Refusal, match="second_round"):
        moves.show_offers(moves.confirm_core(changed, 9), RunId(uuid.UUID(int=5)), (), held_out=False)


def test_a_suggested_item_that_becomes_the_core_hangs_on_nothing() -> None:
    changed = moves.choose_core(accept(with_round(1), 1), line_id(1), ANNA)
    assert changed.line(line_id(1)).attached_to is None


def test_a_yes_adds_one_linked_line_and_only_once() -> None:
    basket = accept(with_round(1), 1)
    line = basket.line(line_id(1))
    assert (line.offer_id, line.attached_to, line.customer_yes_at) == (offer(1).id, line_id(0), 6)
    with pytest.raises(Refusal, match="already_answered"):
        accept(basket, 1)
    with pytest.raises(Refusal, match="already_answered"):
        moves.decline_offer(basket, offer(1).id, "expensive")


def test_an_answer_can_be_taken_back_and_given_otherwise() -> None:
    undone = moves.undo_answer(accept(with_round(1), 1), offer(1).id)
    assert [line.id for line in undone.lines] == [line_id(0)]
    declined = moves.decline_offer(undone, offer(1).id, "felt_pushed")
    assert (declined.offer(offer(1).id).answer, declined.offer(offer(1).id).reason) == ("declined", "felt_pushed")
    later = moves.postpone_offer(moves.undo_answer(declined, offer(1).id), offer(1).id)
    assert later.offer(offer(1).id).answer == "postponed"
    with pytest.raises(Refusal, match="nothing_to_undo"):
        moves.undo_answer(with_round(1), offer(1).id)


def test_taking_back_a_yes_whose_item_became_the_core_leaves_no_core_behind() -> None:
    crowned = moves.choose_core(accept(with_round(1), 1), line_id(1), ANNA)
    undone = moves.undo_answer(crowned, offer(1).id)
    assert undone.core is None
    assert undone.core_line_id is None


def test_taking_out_a_suggested_line_opens_its_suggestion_again() -> None:
    removed = moves.remove_line(accept(with_round(1), 1), line_id(1))
    assert removed.offer(offer(1).id).answer is None
    assert len(accept(removed, 1).lines) == 2


def test_taking_out_the_core_unlinks_what_hung_on_it_and_putting_it_back_links_it_again() -> None:
    basket = accept(with_round(1), 1)
    core = basket.line(line_id(0))
    removed = moves.remove_line(basket, line_id(0))
    assert (removed.core, removed.core_confirmed_at) == (None, None)
    assert removed.line(line_id(1)).attached_to is None
    back = moves.put_back(removed, core, place=0, was_core=True)
    assert [line.id for line in back.lines] == [line_id(0), line_id(1)]
    assert back.core_line_id == line_id(0)
    assert back.core_confirmed_at is None
    assert back.line(line_id(1)).attached_to == line_id(0)


def test_a_line_put_back_twice_stays_once() -> None:
    basket = add(add(empty(), 0), 1)
    gone = basket.line(line_id(1))
    back = moves.put_back(moves.remove_line(basket, gone.id), gone, place=99, was_core=False)
    assert moves.put_back(back, gone, place=0, was_core=False) is back
    assert back.lines == basket.lines


def test_a_suggested_line_is_never_put_back_without_a_yes() -> None:
    basket = accept(with_round(1), 1)
    gone = basket.line(line_id(1))
    with pytest.raises(Refusal, match="needs_customer_yes"):
        moves.put_back(moves.remove_line(basket, gone.id), gone, place=1, was_core=False)


def test_lines_and_suggestions_that_are_gone_are_named_in_the_refusal() -> None:
    with pytest.raises(Refusal, match="no_such_line"):
        moves.remove_line(empty(), line_id(1))
    with pytest.raises(Refusal, match="no_such_offer"):
        moves.decline_offer(with_round(), offer(1).id, "expensive")


def test_an_empty_receipt_cannot_be_completed() -> None:
    with pytest.raises(Refusal, match="empty_receipt"):
        moves.check_completable(empty())


def test_a_suggested_line_without_a_yes_cannot_be_completed() -> None:
    basket = accept(with_round(1), 1)
    without = replace(basket, lines=(basket.lines[0], replace(basket.lines[1], customer_yes_at=None)))
    with pytest.raises(Refusal, match="no_customer_yes"):
        moves.check_completable(without)


def test_a_total_below_zero_cannot_be_completed() -> None:
    basket = add(empty(), 0)
    cheap = replace(basket, lines=(replace(basket.lines[0], discount_minor=10_001),))
    with pytest.raises(Refusal, match="negative_total"):
        moves.check_completable(cheap)


def test_roles_follow_kind_and_core() -> None:
    basket = add(add(add(empty(), 0), 1), 2, kind="service")
    assert [basket.role_of(line) for line in basket.lines] == ["core", "periphery", "service"]
