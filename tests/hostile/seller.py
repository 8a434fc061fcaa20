"""Sells without end on a counter's real file and says each sale aloud once it is on the disk; made to be killed.

``python -m tests.hostile.seller FILE SEED``: the first line is ``ready``, each other one a sale as
``id number total_minor lines``.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from crosssell_desktop.domain.access import Session
from crosssell_desktop.services import login, offers, receipts, shifts
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from tests.shop import PIN, PRODUCTS, customer, desk_on, person, product


def say(words: str) -> None:
    """Write past every buffer of Python: what is read at the other end was written after the commit."""
    os.write(sys.stdout.fileno(), f"{words}\n".encode())


def sell_one(desk: Desk, session: Session, chance: random.Random) -> receipts.SaleCompleted:
    """Sell one to four things, often to somebody known, now and then with a suggestion."""
    basket = receipts.current_basket(desk, session) or receipts.start_basket(desk, session).value
    if chance.random() < 0.6:
        basket = receipts.set_customer(
            desk, session, basket.id, customer(chance.choice(["olga", "pavel", "irina"]))
        ).value
    for _ in range(chance.randint(1, 4)):
        basket = receipts.add_product(desk, session, basket.id, product(chance.choice(PRODUCTS)[0])).value
    if basket.core is not None and chance.random() < 0.5:
        basket = receipts.confirm_core(desk, session, basket.id).value
        if basket.run_id is None:
            basket = offers.open_round(desk, session, basket.id).value.basket
        for shown in basket.offers:
            if shown.answer is None:
                basket = offers.accept(desk, session, basket.id, shown.id).value
    return receipts.complete(desk, session, basket.id).value


def main() -> None:
    """Sell until killed."""
    clock = SystemClock()
    desk = desk_on(Path(sys.argv[1]), clock, MonotonicIds(clock))
    chance = random.Random(int(sys.argv[2]))
    session = login.log_in(desk, person("anna"), PIN).value
    if shifts.current_shift(desk) is None:
        supervisor = login.log_in(desk, person("sergey"), PIN).value
        shifts.open_shift(desk, supervisor, responsible_id=person("sergey"))
    say("ready")
    while True:
        done = sell_one(desk, session, chance)
        say(f"{done.sale_id} {done.number} {done.total_minor}")


if __name__ == "__main__":
    main()
