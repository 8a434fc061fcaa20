"""Customers' data on a lease, as the people at a counter meet it: words that warn, a lock, and sales that go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.presenters.desk_port import DeskPort
from crosssell_desktop.presenters.state import HitKind
from crosssell_desktop.services import customers
from crosssell_desktop.store import lease_rows
from crosssell_desktop.sync.lease import LeaseWatch
from crosssell_desktop.system import sealing
from tests.services.conftest import photo, templates, wall
from tests.shop import PIN, Counter, SetClock, customer, person, product
from tests.ui.speaking import Speaker

__all__ = ["photo", "templates", "wall"]
SEED = bytes(range(32))


@pytest.fixture
def port(photo: Counter, tmp_path: Path) -> DeskPort:
    made = DeskPort(Speaker("ru"), reports=tmp_path, announce=lambda _: None)
    made.attach(photo.desk)
    photo.open_shift()
    made.log_in(person("anna"), PIN)
    with photo.desk.database.write() as connection:
        lease_rows.begin(connection, sealing.public_key(SEED), photo.clock.now_ms())
    return made


def watch(photo: Counter) -> LeaseWatch:
    def write(work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        with photo.desk.database.write() as connection:
            return work(connection)

    return LeaseWatch(photo.desk.database, write, photo.desk.clock)


class Centre:
    def lease_key(self) -> bytes:
        return SEED


def said(port: DeskPort) -> str:
    trouble = port.sync().trouble
    return "" if trouble is None else port.speaker.say(trouble).replace("\u00a0", " ")


def test_the_strip_warns_from_the_tenth_day_and_says_what_is_locked_since_when_and_what_to_do(
    port: DeskPort, photo: Counter, wall: SetClock
) -> None:
    watch(photo).enforce()
    assert said(port) == ""
    wall.advance(days=10)
    assert said(port) == "данные клиентов закроются через 4 дн.: восстановите связь с центром"
    wall.advance(days=3)
    assert said(port) == "данные клиентов закроются через 1 дн.: восстановите связь с центром"
    wall.advance(days=1)
    watch(photo).enforce()
    locked_at = said(port)
    assert locked_at.startswith("данные клиентов закрыты с ")
    wall.advance(days=16)
    watch(photo).enforce()
    assert "стёрты здесь" in said(port)
    assert watch(photo).reopen(Centre())
    assert said(port) == ""


def test_the_term_is_a_setting_of_the_company(port: DeskPort, photo: Counter, wall: SetClock) -> None:
    with photo.desk.begin() as work:
        key = {"id": work.new_id(), "scope_kind": "company", "scope_id": None, "key": "pii.lock_days", "value": 2}
        work.record("settings_changed", {"setting": [{**key, "ver": work.tick()}]})
    wall.advance(days=2)
    assert said(port).startswith("данные клиентов закрыты")


def test_while_data_are_locked_products_are_found_and_receipts_are_held_and_sold(
    port: DeskPort, photo: Counter, wall: SetClock
) -> None:
    before = photo.basket("anna", "CAM-1", of="olga")
    port.log_in(person("anna"), PIN)
    wall.at_ms += 14 * DAY_MS
    watch(photo).enforce()
    port.log_in(person("anna"), PIN)
    found = port.search("ольга", 10)
    assert [hit for hit in found.hits if hit.kind in {HitKind.CUSTOMER, HitKind.NEW_CUSTOMER}] == []
    assert found.trouble is not None
    assert port.search("CAM-1", 10).hits
    with pytest.raises(Refusal, match="people_locked"):
        port.card(customer("olga"))
    held = port.hold(before.id)
    assert len(held.held) == 1
    port.resume(before.id)
    sold = photo.basket("anna", "CAM-1", of="olga")
    assert sold.lines[0].item.product_id == product("CAM-1")
    photo.sell("anna", "CARD-64", of="olga")
    assert photo.rows("SELECT count(*) FROM sale WHERE customer_id = ?", customer("olga").bytes) == [(1,)]
    assert photo.rows("SELECT display_name, status FROM customer WHERE id = ?", customer("olga").bytes) == [
        ("", "locked")
    ]
    watch(photo).reopen(Centre())
    assert customers.card(photo.desk, photo.session("anna"), customer("olga")).display_name
    assert [hit.kind for hit in port.search("ольга", 10).hits][:1] == [HitKind.CUSTOMER]
