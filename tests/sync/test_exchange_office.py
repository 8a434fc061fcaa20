"""What was put aside is seen with its reason, corrected by a manager and sent again; the evidence stays."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from crosssell_desktop.domain.access import Level, Session
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import DepartmentId, PersonId, StoreId
from crosssell_desktop.services import exchange, exchange_office
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.exchange_office import reason_of
from crosssell_desktop.store.queries import chain
from crosssell_desktop.store.unit import me_of
from crosssell_desktop.sync import centre, centre_work
from tests.sync.kit import Shop, Till, row


def session(level: Level) -> Session:
    return Session(
        uuid.uuid4(), PersonId(uuid.uuid4()), "М.", level, DepartmentId(uuid.uuid4()), StoreId(uuid.uuid4()), "ru"
    )


MANAGER = session(Level.MANAGER)


def desk_of(till: Till) -> Desk:
    with till.database.read() as connection:
        me = me_of(connection)
    desk = Desk(till.database, till.clock, till.ids, b"p", till.folder, me)
    exchange.remember_link(desk, till.link)
    return desk


def poison(till: Till) -> dict[str, Any]:
    """Sell something whose department is another counter's: the centre puts it aside."""
    sale = row("sale", id=till.ids.new(), counter_id=uuid.uuid4(), made_at=1, total_minor=500)
    till.record("sale_completed", {"sale": [sale]})
    return sale


def test_the_poison_is_shown_corrected_and_sent_again_and_stays_as_evidence(shop: Shop) -> None:
    till, other = shop.till(), shop.till()
    desk = desk_of(till)
    sale = poison(till)
    till.sync()
    shown = exchange_office.view(desk, MANAGER)
    (item,) = shown.set_aside
    assert (item.counter, item.kind, item.resent) == ("K1", "sale_completed", False)
    assert item.reason.message == "It speaks for another counter."
    assert shown.standing.quarantined == 1
    assert shop.contents("sale") == {}

    rows = json.loads(item.rows)
    rows["sale"][0]["counter_id"] = str(till.counter_id)
    exchange_office.send_again(desk, MANAGER, item, json.dumps(rows))
    till.sync()
    other.sync()
    assert list(shop.contents("sale")) == [sale["id"]] == list(other.contents("sale"))
    # The evidence: the operation is still there, put aside, and says what stands for it.
    kept = shop.ask("SELECT state, resent_as IS NOT NULL, body->'instead_of' IS NULL FROM sync.op ORDER BY seq")
    assert kept == [("quarantined", True, True), ("ok", False, False)]
    assert centre_work.work(shop.url, audit=True).faults == []
    with till.database.read() as connection:
        assert chain.faults(connection) == []
    after = exchange_office.view(desk, MANAGER)
    assert (after.standing.quarantined, [x.resent for x in after.set_aside]) == (0, [True])
    for one in (item, after.set_aside[0]):
        with pytest.raises(Refusal, match="already_resent"):
            exchange_office.send_again(desk, MANAGER, one, json.dumps(rows))


@pytest.mark.parametrize("level", [Level.CASHIER, Level.CONSULTANT, Level.SUPERVISOR, Level.DATA_ADMIN])
def test_only_a_manager_sees_and_does_it(shop: Shop, level: Level) -> None:
    till = shop.till()
    desk = desk_of(till)
    poison(till)
    till.sync()
    (item,) = exchange_office.view(desk, MANAGER).set_aside
    who = session(level)
    for act in (
        lambda: exchange_office.view(desk, who),
        lambda: exchange_office.ask_centre(desk, who),
        lambda: exchange_office.send_again(desk, who, item, item.rows),
        lambda: exchange_office.fetch_anew(desk, who),
    ):
        with pytest.raises(Refusal, match="not_allowed"):
            act()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"nowhere": []}', '{"sale": {}}', '{"sale": [1]}', '{"sale": [{"total_minor": 1}]}',
     '{"sale": [{"id": "no id"}]}', '{"sale": [{"id": "00000000-0000-0000-0000-000000000001", "odd": 1}]}'],
)  # fmt: skip
def test_rows_that_make_no_sense_are_refused_and_nothing_is_written(shop: Shop, text: str) -> None:
    till = shop.till()
    desk = desk_of(till)
    poison(till)
    till.sync()
    (item,) = exchange_office.view(desk, MANAGER).set_aside
    with pytest.raises(Refusal, match="bad_rows"):
        exchange_office.send_again(desk, MANAGER, item, text)
    assert till.state().top_seq == 1


def test_the_office_sees_every_counter_and_corrects_for_it_and_a_counter_sees_itself(shop: Shop) -> None:
    till, office = shop.till(), shop.till()
    link = centre.enrol(shop.url, centre.NewCounter(office.counter_id, "office", office.store_id, office=True))
    office.network.real._link = office.link = link
    poison(till)
    shop.sync_all()
    shop.ask("UPDATE sync.pull_mark SET at = now() - interval '2 days' WHERE counter_no = 1")
    shop.ask("UPDATE sync.push_cursor SET last_at = now() - interval '2 days' WHERE counter_no = 1")

    desk = desk_of(office)
    shown = exchange_office.ask_centre(desk, MANAGER)
    assert [(c.name, c.silence, c.set_aside) for c in shown.counters] == [("K0", "day", 1), ("office", "", 0)]
    (item,) = shown.set_aside
    rows = json.loads(item.rows)
    rows["sale"][0]["counter_id"] = str(till.counter_id)
    exchange_office.send_again(desk, MANAGER, item, json.dumps(rows))
    office.sync()
    assert len(shop.contents("sale")) == 1
    assert exchange_office.ask_centre(desk, MANAGER).counters[0].set_aside == 0
    assert [c.name for c in exchange_office.ask_centre(desk_of(till), MANAGER).counters] == ["K0"]


def test_a_counter_cannot_speak_for_what_another_had_put_aside(shop: Shop) -> None:
    till, other = shop.till(), shop.till()
    poison(till)
    till.sync()
    (item,) = exchange_office.view(desk_of(till), MANAGER).set_aside
    rows = json.loads(item.rows)
    rows["sale"][0]["counter_id"] = str(other.counter_id)
    exchange_office.send_again(desk_of(other), MANAGER, item, json.dumps(rows))
    other.sync()
    assert shop.ask("SELECT resent_as FROM sync.op WHERE state = 'quarantined'") == [(None,)]


def test_everything_is_fetched_anew_on_request_and_nothing_unsent_is_lost(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    one.sell()
    shop.sync_all()
    two.sell()
    exchange_office.fetch_anew(desk_of(two), MANAGER)
    assert "snapshot" in two.sync().healed
    shop.sync_all()
    shop.must_be_level()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("P0001 a sale is known already by another operation", "The centre has this already"),
        ("P0001 a counter may not write price", "only the office may"),
        ("P0001 the table x is not known here", "older than this one"),
        ("P0001 schema version 9 is not known here", "older than this one"),
        ("the body cannot be read", "signs that the centre cannot keep"),
        ("23502 null value in column", "must be there"),
        ("23505 duplicate key value", "same code"),
        ("22P02 invalid input syntax", "has a form"),
        ("XX999 something odd", "The centre refused it"),
    ],
)
def test_every_reason_is_said_in_words(error: str, words: str) -> None:
    assert words in str(reason_of(error).message)


def test_a_quiet_shop_is_not_a_silent_centre(shop: Shop) -> None:
    till = shop.till()
    desk = desk_of(till)
    till.sync()
    till.clock.at_ms += 23 * 3_600_000
    till.sync()
    till.clock.at_ms += 2 * 3_600_000
    assert exchange_office.view(desk, MANAGER).silence == ""
    till.clock.at_ms += 24 * 3_600_000
    assert exchange_office.view(desk, MANAGER).silence == "day"
    till.clock.at_ms += 30 * 24 * 3_600_000
    assert exchange_office.view(desk, MANAGER).silence == "month"
    till.sync()
    assert exchange_office.view(desk, MANAGER).silence == ""
