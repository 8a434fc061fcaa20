"""What a code at the counter names: goods, how much of them, and which marked unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crosssell_desktop.domain import basket as moves
from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.basket import Basket, Item
from crosssell_desktop.domain.codes import Code, PrefixMeaning, label_keys, read_code
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.gtin import short
from crosssell_desktop.domain.ids import LineId, ReceiptId
from crosssell_desktop.domain.money import MILLI_ONE
from crosssell_desktop.domain.outcome import Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services import receipts
from crosssell_desktop.services.business import business
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import unit
from crosssell_desktop.store.queries import items, marked_units

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection

LABELS = "scan.labels"
"""The setting: what the shop's own labels carry, by their two first digits, e.g. ``{"21": "weight"}``."""
_MEANINGS: tuple[PrefixMeaning, ...] = ("weight", "price", "own")


@dataclass(frozen=True, slots=True)
class Named:
    """What a code names; several products where a barcode was used twice. ``note`` is to be told to the seller."""

    code: Code
    items: tuple[Item, ...]
    note: Text | None = None


def name_of(desk: Desk, text: str) -> Named:
    """Say what a scanned or typed code names."""
    with desk.look() as connection:
        code = read_code(text, _labels(connection, desk))
        now = desk.clock.now_ms()
        found = _by_label(connection, code, now) if code.kind in {"weighed", "priced"} else ()
        if not found:
            found = items.items_by_code(connection, code.gtin if code.kind in {"marked", "gtin"} else code.text, now)
        if not found and code.kind != "marked" and code.text != text.strip():
            found = items.items_by_code(connection, text.strip(), now)
        needs_unit = code.kind != "marked" and len(found) == 1 and items.is_marked(connection, found[0].product_id)
    return Named(code, found, _note(code, needs_unit=needs_unit, is_known=bool(found)))


def add(desk: Desk, session: Session, basket_id: ReceiptId, named: Named) -> Outcome[Basket]:
    """Put what a code names into the receipt: a weighed label with its weight, a marked unit with its code.

    Raises:
        Refusal: ``unit_in_receipt``, ``unit_sold``, ``empty_label``, and those of :func:`receipts.add_product`.
    """
    require(session, Act.SELL)
    code = named.code

    def move(work: unit.Unit, basket: Basket) -> Basket:
        item = receipts.priced_item(work, named.items[0].product_id)
        qty_milli = MILLI_ONE
        if code.kind in {"weighed", "priced"} and not code.amount:
            raise Refusal("empty_label", Text(N_("The label says nothing about weight or price: print it again.")))
        if code.kind == "weighed":
            qty_milli = code.amount
        elif code.kind == "priced":
            item = replace(item, price_minor=code.amount)
        elif code.kind == "marked":
            _check_unit(work, basket, code)
        return moves.add_item(
            basket,
            item,
            line_id=LineId(work.new_id()),
            person=session.person_id,
            now_ms=work.now_ms,
            qty_milli=qty_milli,
            marking_code=code.text if code.kind == "marked" else "",
        )

    return receipts.change(desk, basket_id, move)


def _check_unit(work: unit.Unit, basket: Basket, code: Code) -> None:
    if any(line.marking_code and read_code(line.marking_code).unit == code.unit for line in basket.lines):
        raise Refusal("unit_in_receipt", Text(N_("This very unit is in the receipt already: scan the next one.")))
    sold = marked_units.sold_as(work.connection, code.unit)
    if sold is not None:
        raise Refusal(
            "unit_sold",
            Text(
                N_("This very unit was sold by receipt {number}: put it aside and call the supervisor."),
                {"number": sold},
            ),
        )


def _by_label(connection: Connection, code: Code, now_ms: int) -> tuple[Item, ...]:
    for key in label_keys(code):
        found = items.items_by_code(connection, key, now_ms)
        if found:
            return found
    return ()


def _note(code: Code, *, needs_unit: bool, is_known: bool) -> Text | None:
    if code.kind == "marked" and not is_known:
        return Text(N_("No product has the barcode {gtin} of this marked unit."), {"gtin": short(code.gtin)})
    if code.has_lost_gs:
        words = N_("The scanner swallowed the GS signs: the register may refuse this code. Set the scanner to COM.")
        return Text(words)
    if needs_unit:
        return Text(N_("Marked goods: scan the square code of the unit as well, the register will want it."))
    return None


def _labels(connection: Connection, desk: Desk) -> dict[str, PrefixMeaning]:
    told: Any = business(connection, desk.me).values.get(LABELS, {})
    if not isinstance(told, dict):
        return {}
    return {str(key): meaning for key, meaning in told.items() if meaning in _MEANINGS}
