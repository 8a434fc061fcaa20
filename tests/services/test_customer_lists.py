"""Lists of customers leave the counter by a person who may, and the log says who took how many cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.interchange import import_tables
from crosssell_desktop.services import access_log, customer_lists
from crosssell_desktop.services.access_log import LogFilter
from crosssell_desktop.store import lease_rows
from crosssell_desktop.system import sealing
from crosssell_desktop.system.i18n import translator
from tests.shop import Counter, SetClock

ACTIVE = "SELECT count(*) FROM customer WHERE status = 'active'"


def shop_of(counter: Counter) -> import_tables.Shop:
    desk = counter.desk
    return import_tables.Shop(desk.database, desk.clock, desk.ids, translator("ru"))


def test_an_export_is_in_the_log_with_its_person_and_the_number_of_cards(photo: Counter, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    for who in ("katya", "anna", "sergey"):
        with pytest.raises(Refusal, match="not_allowed"):
            customer_lists.export(photo.desk, photo.session(who), shop_of(photo), path, "optics")
    assert not path.exists()
    maria = photo.session("maria")
    written = customer_lists.export(photo.desk, maria, shop_of(photo), path, "optics").value
    assert written == photo.number(ACTIVE) > 0
    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == written + 1
    (one,) = access_log.entries(photo.desk, maria, LogFilter())
    assert (one.person_id, one.field_group, one.reason) == (maria.person_id, "list", "export")
    assert (one.customer_id, one.cards) == (None, written)
    assert access_log.as_csv([one]).splitlines()[1].endswith(f";;{written};list;export")


def test_an_import_taken_back_is_in_the_log_with_the_cards_of_its_batch(photo: Counter, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("Код;ФИО;Телефон\n1;Новый Пётр;+79031230001\n2;Новая Анна;+79031230002\n", encoding="utf-8")
    before = photo.number(ACTIVE)
    done = import_tables.import_customers(shop_of(photo), path, source="optics")
    assert (done.added, photo.number(ACTIVE)) == (2, before + 2)
    assert done.batch is not None
    with pytest.raises(Refusal, match="not_allowed"):
        customer_lists.undo(photo.desk, photo.session("sergey"), shop_of(photo), done.batch)
    dima = photo.session("dima")
    undone = customer_lists.undo(photo.desk, dima, shop_of(photo), done.batch).value
    assert (undone.removed, photo.number(ACTIVE)) == (2, before)
    with pytest.raises(Refusal, match="already_undone"):
        customer_lists.undo(photo.desk, dima, shop_of(photo), done.batch)
    (one,) = access_log.entries(photo.desk, dima, LogFilter())
    assert (one.person_id, one.reason, one.cards) == (dima.person_id, "import_undo", 2)


def test_nothing_is_exported_or_taken_back_while_data_are_locked(
    photo: Counter, wall: SetClock, tmp_path: Path
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("Код;ФИО;Телефон\n1;Новый Пётр;+79031230001\n", encoding="utf-8")
    batch = import_tables.import_customers(shop_of(photo), source, source="optics").batch
    assert batch is not None
    with photo.desk.database.write() as connection:
        lease_rows.begin(connection, sealing.public_key(bytes(range(32))), wall.at_ms)
    wall.at_ms += 15 * DAY_MS
    path = tmp_path / "out.csv"
    maria = photo.session("maria")
    with pytest.raises(Refusal, match="people_locked"):
        customer_lists.export(photo.desk, maria, shop_of(photo), path, "optics")
    with pytest.raises(Refusal, match="people_locked"):
        customer_lists.undo(photo.desk, maria, shop_of(photo), batch)
    assert not path.exists()
    assert photo.number("SELECT count(*) FROM access") == 0
