"""What a counter's role may and may not do, and whom it may speak for."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.store.journal import body_of
from crosssell_desktop.sync import centre
from crosssell_desktop.sync.link import AccessRefused, Link
from crosssell_desktop.sync.transport import PgTransport, connect
from crosssell_desktop.sync.wire import PullCall, PushCall
from tests.sync.kit import Ids, Shop, TestClock, row


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM sync.op",
        "SELECT * FROM sync.feed",
        "SELECT * FROM shop.customer",
        "INSERT INTO sync.feed VALUES (0, '1', DEFAULT, 'x', gen_random_uuid(), 1, false, 1, 1, NULL, NULL)",
        "UPDATE sync.counter SET kind = 'office'",
        "DELETE FROM shop.sale",
        "TRUNCATE sync.op",
        "CREATE TABLE public.mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
        "SELECT sync.project(NULL, gen_random_uuid(), 1, '[]')",
        "SELECT sync.reproject(1, gen_random_uuid(), 1)",
        "SET ROLE crosssell_owner",
        "SET SESSION AUTHORIZATION postgres",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "ALTER FUNCTION sync.sync_pull(text, int) OWNER TO CURRENT_USER",
    ],
)
def test_a_counters_role_can_call_its_functions_and_nothing_else(shop: Shop, query: str) -> None:
    link = shop.till().link
    with connect(link) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(query)
    assert caught.value.sqlstate == "42501"


def test_every_function_of_the_centre_is_closed_to_the_public_and_fixes_its_search_path(shop: Shop) -> None:
    open_ones = shop.ask(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'sync'::regnamespace"
        " AND (has_function_privilege('public', p.oid, 'EXECUTE')"
        "   OR NOT ('search_path=sync, pg_temp' = ANY (p.proconfig)))"
    )
    assert open_ones == []


def test_the_fences_hold_even_for_the_owner_of_the_tables(shop: Shop) -> None:
    assert shop.ask(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE oid IN ('sync.op'::regclass, 'sync.feed'::regclass) ORDER BY 1"
    ) == [("feed", True, True), ("op", True, True)]


def test_who_pushes_is_decided_by_the_login_and_never_by_the_call(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    one.sync()
    sale = row("sale", counter_id=two.counter_id)
    one.record("sale", {"sale": [sale]})
    assert one.sync().quarantined == 1
    assert shop.contents("sale") == {}


def test_a_counter_hears_only_its_own_scopes(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shift = row("shift", counter_id=one.counter_id)
    one.record("shift", {"shift": [shift]})
    one.sync()
    two.sync()
    assert two.contents("shift") == {}
    copy = one.keep_copy()
    one.put_back(copy)
    one.sync()
    assert set(one.contents("shift")) == {shift["id"]}


def test_a_private_fact_comes_back_to_its_own_counter_after_a_restore(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    copy = one.keep_copy()
    shift = row("shift", counter_id=one.counter_id)
    one.record("shift", {"shift": [shift]})
    one.sync()
    one.put_back(copy)
    one.sync()
    assert set(one.contents("shift")) == {shift["id"]}


def test_a_role_that_is_not_enrolled_is_told_so(shop: Shop) -> None:
    link = shop.till().link
    shop.ask("DELETE FROM sync.counter")
    transport = PgTransport(link)
    with pytest.raises(AccessRefused):
        transport.exchange(PushCall(uuid.uuid4(), "", 1, "[]"), PullCall(None))
    with pytest.raises(AccessRefused):
        transport.snapshot("sale", None, 10)
    transport.close()


def test_revocation_hits_the_live_session_at_its_next_call(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    shop.ask("UPDATE sync.counter SET state = 'revoked'")
    with pytest.raises(AccessRefused):
        one.sync()
    assert one.state().unsent == 1


def test_a_revoked_counter_is_cut_off_and_cannot_log_in_again(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    centre.revoke(shop.url, one.counter_id)
    one.sell()
    for _ in range(2):
        with pytest.raises(Refusal):
            one.sync()
    with pytest.raises(AccessRefused):
        connect(one.link)
    assert one.state().unsent == 1
    again = centre.enrol(shop.url, centre.NewCounter(one.counter_id, "K1", one.store_id))
    one.network.real = PgTransport(again)
    assert one.sync().pushed == 1


def test_revoking_a_stranger_is_refused(shop: Shop) -> None:
    with pytest.raises(Refusal, match="unknown_counter"):
        centre.revoke(shop.url, uuid.uuid4())


def test_a_wrong_password_is_an_alarm_and_not_a_reason_to_try_again(shop: Shop) -> None:
    from dataclasses import replace

    with pytest.raises(AccessRefused):
        connect(replace(shop.till().link, password="guess"))


def test_a_role_has_limits(shop: Shop) -> None:
    link = shop.till().link
    assert shop.ask("SELECT rolconnlimit, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = %s", (link.role,)) == [
        (2, False, False)
    ]
    with connect(link) as connection:
        found = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        }
    assert found == {
        "statement_timeout": ("30s",),
        "lock_timeout": ("5s",),
        "idle_in_transaction_session_timeout": ("10s",),
    }


def test_the_office_publishes_and_counters_hear_it(shop: Shop) -> None:
    one = shop.till()
    shop.sync_all()
    office = shop.office()
    clock = TestClock()
    products = [row("product", sku=f"S{i}", ver=1) for i in range(1_203)]
    done = centre.push_master(office, {"product": products}, clock, Ids(clock))
    assert (done.operations, done.rows, done.refused) == (3, 1_203, ())
    heard = one.sync()
    assert heard.pulled == 1_203
    newer = {**products[0], "name_ru": "новое", "ver": 2}
    older = {**products[1], "name_ru": "старое", "ver": 0}
    clash = row("product", sku="S5", ver=9)
    assert centre.push_master(office, {"product": [newer, older]}, clock, Ids(clock)).refused == ()
    refused = centre.push_master(office, {"product": [clash]}, clock, Ids(clock)).refused
    assert len(refused) == 1
    assert "duplicate key" in refused[0]
    assert one.sync().pulled == 1
    assert "новое" in one.contents("product")[products[0]["id"]]
    assert one.contents("product") == shop.contents("product")
    new = shop.till()
    new.sync()
    assert new.contents("product") == shop.contents("product")
    with pytest.raises(ValueError, match="basket does not travel"):
        centre.push_master(office, {"basket": []}, clock, Ids(clock))


def test_a_fact_written_by_the_office_is_heard_by_all(shop: Shop) -> None:
    one = shop.till()
    shop.sync_all()
    customer = row("customer", status="active", ver=7)
    clock = TestClock()
    centre.push_master(shop.office(), {"customer": [customer]}, clock, Ids(clock))
    one.sync()
    assert set(one.contents("customer")) == {customer["id"]}


def test_the_status_tells_how_every_counter_stands(shop: Shop) -> None:
    one = shop.till()
    one.sell()
    one.spoil()
    one.sync()
    told = centre.status(shop.url)
    assert (told.operations, told.revision, told.conflicts, told.oldest_writer_s) == (2, "0001", 0, 0)
    (counter,) = told.counters
    assert (counter.operations, counter.quarantined, counter.forks, counter.state) == (2, 1, 0, "live")
    assert counter.last_push_ms is not None
    assert told.epoch == one.state().epoch


def test_making_the_centre_again_changes_nothing(shop: Shop) -> None:
    before = centre.status(shop.url)
    assert centre.init(shop.url) == before.epoch
    assert centre.status(shop.url) == before


def test_the_body_helper_and_the_centre_agree_on_every_kind_of_column(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    offer = row("offer", counter_id=one.counter_id, evidence=[{"n": 3, "текст": "ё"}, None, 1.5])
    shift = row("sale", counter_id=one.counter_id, care_mode=True, held_out=False)
    rows: dict[str, list[dict[str, Any]]] = {"offer": [offer], "sale": [shift]}
    assert body_of(rows)
    one.record("mixed", rows)
    one.sync()
    assert one.contents("offer") == shop.contents("offer")
    assert one.contents("sale") == shop.contents("sale")


def test_the_password_is_in_no_text_of_the_link() -> None:
    link = Link("127.0.0.1", 5432, "shop", "pos", "secret-word", "local")
    assert "secret-word" not in repr(link)
    assert "secret-word" not in str(link)
