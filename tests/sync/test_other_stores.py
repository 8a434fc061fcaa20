"""A40 at the centre: with a counter's own password nobody reads other stores' people, by any of twenty tricks and more.

What counters share on purpose is the card (docs/adr/036): it comes by the exchange, to this company's counters alone.
What another store sold to whom, offered, passed on, wrote down or looked at does not come at all.
"""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.rows import TupleRow

from crosssell_desktop.sync.link import CentreAway, Link
from crosssell_desktop.sync.transport import connect
from tests.sync.kit import Shop, Till, row

Pg = psycopg.Connection[TupleRow]
MARK = "ТАЙНАЯ-ПОКУПКА"


@contextlib.contextmanager
def within_limit(link: Link) -> Iterator[Pg]:
    """Connect as a counter; the server frees the place of a session a moment after its end."""
    for _ in range(100):
        try:
            connection = connect(link)
            break
        except CentreAway:
            time.sleep(0.05)
    else:
        pytest.fail("no session was freed")
    with connection:
        yield connection


REFUSED: dict[str, str] = {
    "read the sales": "SELECT * FROM shop.sale",
    "read the cards": "SELECT * FROM shop.customer",
    "read the phones": "SELECT * FROM shop.contact_point",
    "read who looked at whom": "SELECT * FROM shop.access",
    "read the operations": "SELECT * FROM sync.op",
    "read the feed": "SELECT * FROM sync.feed",
    "count them only": "SELECT count(*) FROM shop.sale WHERE customer_id IS NOT NULL",
    "copy them out": "COPY shop.contact_point TO STDOUT",
    "switch the fences off": "SET row_security = off; SELECT * FROM shop.sale",
    "become the owner": "SET ROLE crosssell_owner",
    "become another": "SET SESSION AUTHORIZATION postgres",
    "let a view of one's own read": "CREATE VIEW public.mine AS SELECT * FROM shop.sale",
    "let a temporary table keep": "CREATE TEMP TABLE mine AS SELECT * FROM shop.sale",
    "ask the planner": "EXPLAIN ANALYZE SELECT * FROM shop.contact_point",
    "call what is for the owner": "SELECT sync.is_erased('x')",
    "project by oneself": "SELECT sync.reproject(1, gen_random_uuid(), 1)",
    "lock the table": "SELECT 1 FROM shop.sale FOR UPDATE",
    "read the server's files": "SELECT pg_read_file('postgresql.conf')",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "load an extension": "CREATE EXTENSION dblink",
    "widen one's own scopes": "INSERT INTO sync.scope_of SELECT session_user, scope FROM sync.scope",
    "call oneself the office": "UPDATE sync.counter SET kind = 'office'",
    "grant it to oneself": "GRANT SELECT ON shop.sale TO CURRENT_USER",
}


def _settings(connection: Pg, _shop: Shop) -> str:
    connection.execute("SELECT set_config('crosssell.incarnation', gen_random_uuid()::text, false)")
    connection.execute("SELECT set_config('crosssell.store', '1', false), set_config('role', 'none', false)")
    return str(connection.execute("SELECT * FROM sync.sync_snapshot('sale', NULL, 1000)").fetchall())


def _every_snapshot(connection: Pg, _shop: Shop) -> str:
    names = ("sale", "sale_line", "payment", "offer", "offer_answer", "pass", "return", "fact_text", "shift", "access")
    found = [connection.execute("SELECT * FROM sync.sync_snapshot(%s, NULL, 1000)", (n,)).fetchall() for n in names]
    return str(found)


def _injected(connection: Pg, _shop: Shop) -> str:
    for name in ("sale' OR '1'='1", "sale; SELECT * FROM shop.sale", "SALE", "shop.sale", "_model"):
        answer = connection.execute("SELECT * FROM sync.sync_snapshot(%s, NULL, 10)", (name,)).fetchone()
        assert answer is not None
        assert answer[-1] == "[]"
    return ""


def _forged_cursors(connection: Pg, shop: Shop) -> str:
    (store,) = shop.ask("SELECT store_scope FROM sync.counter ORDER BY no LIMIT 1")[0]
    (epoch,) = shop.ask("SELECT sync.current_epoch()")[0]
    found = ""
    for token in (f"{epoch}/{store}:0:0:{store}:{uuid.UUID(int=0)}", f"{epoch}/{store}:1:1", "nonsense", ""):
        try:
            found += str(connection.execute("SELECT * FROM sync.sync_pull(%s, 1000)", (token,)).fetchall())
        except psycopg.Error as error:
            found += str(error)
    return found


def _statistics(connection: Pg, _shop: Shop) -> str:
    return str(connection.execute("SELECT * FROM pg_stats WHERE schemaname IN ('shop', 'sync')").fetchall())


def _others_at_work(connection: Pg, _shop: Shop) -> str:
    return str(connection.execute("SELECT query FROM pg_stat_activity WHERE usename <> session_user").fetchall())


def _others_standing(connection: Pg, _shop: Shop) -> str:
    told = json.loads(str(connection.execute("SELECT sync.sync_standing()").fetchone()[0]))  # type: ignore[index]
    assert len(told["counters"]) == 1
    return json.dumps(told, ensure_ascii=False)


def _others_looks(connection: Pg, _shop: Shop) -> str:
    answer = connection.execute("SELECT sync.sync_access('{\"limit\": 5000}')").fetchone()
    assert answer == ("[]",)
    return str(answer)


def _guess_by_clash(connection: Pg, shop: Shop) -> str:
    """Write a sale under another's id: the refusal says that it exists, and nothing of what it is."""
    (sale,) = shop.ask("SELECT id FROM shop.sale LIMIT 1")[0]
    thief = shop.tills[-1]
    thief.record("sale", {"sale": [row("sale", id=sale, counter_id=thief.counter_id)]})
    thief.sync()
    return str(thief.look("SELECT error FROM quarantine_up"))


READ: dict[str, Callable[[Pg, Shop], str]] = {
    "set the settings the functions look at": _settings,
    "fetch every snapshot": _every_snapshot,
    "inject SQL into a name": _injected,
    "forge a cursor of the other store": _forged_cursors,
    "read the planner's statistics": _statistics,
    "read what others are asking": _others_at_work,
    "ask how others stand": _others_standing,
    "ask who looked at whom": _others_looks,
    "guess by clashes": _guess_by_clash,
}


@pytest.fixture
def victim(shop: Shop) -> Till:
    """A counter of another store that sold something to somebody and wrote it down."""
    one = shop.till(store_id=uuid.uuid4())
    who = one.meet("Анна")
    sale = one.sell(who)
    facts = {"counter_id": one.counter_id, "customer_id": who}
    one.record(
        "much",
        {
            "sale": [row("sale", number=MARK, **facts)],
            "offer": [row("offer", relation=MARK, **facts)],
            "pass": [row("pass", code=MARK, **facts)],
            "return": [row("return", reason=MARK, sale_id=sale, **facts)],
            "access": [row("access", reason=MARK, **facts)],
            "fact_text": [row("fact_text", text=MARK, ver=1)],
        },
    )
    one.sync()
    return one


def test_a40_other_stores_people_cannot_be_read_by_any_of_the_tricks(shop: Shop, victim: Till) -> None:
    assert len(REFUSED) + len(READ) >= 20
    thief = shop.till(store_id=uuid.uuid4())
    thief.sync()
    for trick, query in REFUSED.items():
        with within_limit(thief.link) as connection:
            try:
                for part in query.split("; "):
                    connection.execute(part)
            except psycopg.Error as error:
                assert error.sqlstate in {"42501", "0A000"}, trick
            else:
                pytest.fail(f"nobody refused to {trick}")
    for trick, act in READ.items():
        with within_limit(thief.link) as connection:
            assert MARK not in act(connection, shop), trick
    thief.sync()
    for table in ("sale", "offer", "pass", "return", "fact_text"):
        assert MARK not in str(thief.contents(table)), table
    # The same questions at the other's own counter find it: the search is not blind.
    with within_limit(victim.link) as connection:
        assert MARK in _every_snapshot(connection, shop)
        assert MARK in str(connection.execute("SELECT sync.sync_access('{}')").fetchone())


def test_a40_row_level_security_stands_behind_every_table_of_a_store(shop: Shop, victim: Till) -> None:
    """Even with a grant by mistake a counter's role sees its own store only."""
    fenced = dict(
        shop.ask(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c JOIN pg_attribute a"
            " ON a.attrelid = c.oid AND a.attname = '_scope' WHERE c.relnamespace = 'shop'::regnamespace AND"
            " c.relkind = 'r'"
        )
    )
    assert len(fenced) >= 15
    assert all(fenced.values()), fenced
    thief = shop.till(store_id=uuid.uuid4())
    thief.sync()
    thief.sell()
    thief.sync()
    # A function of ours that forgot to ask whose rows it reads: the fence holds it to the caller's store.
    names = ("sale", "offer", "pass", "return", "access", "fact_text")
    for name in names:
        shop.ask(
            f"CREATE FUNCTION sync.leak_{name}() RETURNS text LANGUAGE sql SECURITY DEFINER AS"
            f" $f$ SELECT coalesce(string_agg(t::text, ' '), '') FROM shop.{name} t $f$"
        )
        shop.ask(f"ALTER FUNCTION sync.leak_{name}() OWNER TO crosssell_owner")
    for till, sees in ((thief, False), (victim, True)):
        with within_limit(till.link) as connection:
            told = [str(connection.execute(f"SELECT sync.leak_{name}()").fetchone()) for name in names]
        assert [MARK in one for one in told] == [sees] * len(names)
    # A table granted by mistake is closed all the same.
    shop.ask("GRANT USAGE ON SCHEMA shop TO crosssell_counter")
    shop.ask("GRANT SELECT ON shop.sale TO crosssell_counter")
    with within_limit(thief.link) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT count(*) FROM shop.sale")


def test_a40_a_card_comes_to_counters_of_the_company_by_the_exchange_alone(shop: Shop, victim: Till) -> None:
    one = shop.till(store_id=uuid.uuid4())
    one.sync()
    assert set(one.contents("customer")) == set(victim.contents("customer"))
    shop.ask("UPDATE sync.counter SET state = 'revoked' WHERE counter_id = %s", (one.counter_id,))
    with pytest.raises(Exception, match=r"revoked|refus"):
        one.sync()
