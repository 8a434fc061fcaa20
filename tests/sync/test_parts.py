"""The small parts: back-off, pace, wire, connection parameters, meaning of errors, links."""

from __future__ import annotations

import os
import uuid

import psycopg
import pytest
from psycopg import errors

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.store.exchange_rows import DownRow, Op
from crosssell_desktop.sync import centre
from crosssell_desktop.sync.backoff import LONGEST_MS, Backoff
from crosssell_desktop.sync.link import AccessRefused, BatchRefused, BatchTooSlow, CentreAway, Link, is_this_machine
from crosssell_desktop.sync.push import Pace
from crosssell_desktop.sync.transport import PgTransport, connect, forget_environment, parameters, told
from crosssell_desktop.sync.wire import MAX_OPS, PullCall, PushCall, decode_rows, encode_ops, encode_unreadable
from tests.sync.kit import Shop

HOSTILE = {
    "PGHOST": "evil.example",
    "PGHOSTADDR": "203.0.113.7",
    "PGPORT": "1",
    "PGSSLMODE": "disable",
    "PGSERVICE": "evil",
    "PGSERVICEFILE": "/nowhere/evil.conf",
    "PGOPTIONS": "-c search_path=evil",
    "PGUSER": "evil",
    "PGPASSWORD": "evil",
    "PGDATABASE": "evil",
    "PGREQUIREAUTH": "none",
    "PGTARGETSESSIONATTRS": "standby",
    "PGMINPROTOCOLVERSION": "nonsense",
}


def test_waits_double_up_to_five_minutes_and_are_spread_over_the_whole_bound() -> None:
    longest = Backoff(lambda: 0.999999)
    waits = [longest.failed() for _ in range(12)]
    assert waits[:4] == [999, 1999, 3999, 7999]
    assert waits[-1] == LONGEST_MS - 1
    longest.succeeded()
    assert longest.failed() == 999
    assert Backoff(lambda: 0.0).failed() == 0


def test_the_pace_stays_between_one_and_the_most() -> None:
    pace = Pace()
    for _ in range(20):
        pace.slower()
    assert pace.ops == 1
    pace.faster()
    assert pace.ops >= 50
    for _ in range(60):
        pace.faster()
    assert pace.ops == MAX_OPS


def test_a_batch_carries_bodies_as_they_are_kept() -> None:
    op = Op(1, uuid.UUID(int=5), 'sale"x', 1, '{"rows":{"б":[]}}', "ab", 7, 8)
    assert encode_ops([op]) == (
        '[{"seq":1,"op_id":"00000000-0000-0000-0000-000000000005","kind":"sale\\"x","schema_v":1,'
        '"hash":"ab","hlc":7,"made_at":8,"body":{"rows":{"б":[]}}}]'
    )
    assert '"raw":"eyJyb3dzIjp7' in encode_unreadable(op)


def test_a_page_is_read_row_by_row() -> None:
    assert decode_rows('[["sale","a",3,true,1,{"id":"a"}]]') == (
        DownRow("sale", "a", 3, deleted=True, body={"id": "a"}),
    )


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (errors.QueryCanceled(), BatchTooSlow),
        (errors.SerializationFailure(), CentreAway),
        (errors.DeadlockDetected(), CentreAway),
        (errors.LockNotAvailable(), CentreAway),
        (errors.TooManyConnections(), CentreAway),
        (errors.AdminShutdown(), CentreAway),
        (errors.ConnectionFailure(), CentreAway),
        (errors.IdleInTransactionSessionTimeout(), CentreAway),
        (psycopg.OperationalError("gone"), CentreAway),
        (errors.InsufficientPrivilege(), AccessRefused),
        (errors.InvalidPassword(), AccessRefused),
        (errors.InvalidTextRepresentation(), BatchRefused),
        (errors.UndefinedFunction(), BatchRefused),
    ],
)
def test_each_class_of_error_has_its_answer(error: psycopg.Error, meaning: type[Exception]) -> None:
    assert type(told(error)) is meaning


def test_the_surroundings_decide_nothing_about_the_connection(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    link = shop.till().link
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    with connect(link) as connection:
        assert connection.info.user == link.role
        assert connection.info.dbname == link.dbname
        assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)
    assert not [name for name in os.environ if name in HOSTILE]
    forget_environment()


def test_over_a_network_the_name_the_certificate_and_the_channel_are_checked() -> None:
    given = parameters(Link("centre.example", 5432, "shop", "pos", "word", root_cert="/etc/own-ca.pem"))
    assert given["sslmode"] == "verify-full"
    assert given["sslrootcert"] == "/etc/own-ca.pem"
    assert given["channel_binding"] == "require"
    assert given["require_auth"] == "scram-sha-256"
    assert given["connect_timeout"] == 5
    assert given["hostaddr"] == ""
    assert parameters(Link("centre.example", 5432, "shop", "pos", "word"))["sslrootcert"] == "system"


def test_plain_text_never_leaves_this_machine() -> None:
    with pytest.raises(Refusal, match="plain_text_refused"):
        Link("centre.example", 5432, "shop", "pos", "word", "local")
    assert [is_this_machine(h) for h in ("localhost", "::1", "127.9.9.9", "/run/pg", "10.0.0.1", "db")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_an_address_of_the_centre_is_read_or_refused_with_a_sentence() -> None:
    far = centre.admin_link("postgresql://boss:word@centre.example/shop?sslrootcert=/ca.pem")
    assert (far.tls, far.root_cert, far.port, far.dbname) == ("verify-full", "/ca.pem", 5432, "shop")
    near = centre.admin_link("postgresql:///shop")
    assert (near.tls, near.host, near.role) == ("local", "/var/run/postgresql", "postgres")
    with pytest.raises(Refusal, match="bad_centre_url"):
        centre.admin_link("postgresql://[")


def test_a_centre_that_is_not_there_is_away_and_not_an_error_of_ours() -> None:
    link = Link("127.0.0.1", 1, "shop", "pos", "word", "local")
    with pytest.raises(CentreAway):
        PgTransport(link).exchange(PushCall(uuid.uuid4(), "", 1, "[]"), PullCall(None))
    with pytest.raises(CentreAway):
        centre.admin_connect("postgresql://boss@127.0.0.1:1/shop")


def test_a_plain_server_is_refused_where_tls_is_asked(shop: Shop) -> None:
    from dataclasses import replace

    with pytest.raises(AccessRefused):
        connect(replace(shop.till().link, tls="verify-full", root_cert="/nowhere.pem"))


def test_a_connection_that_was_cut_is_made_anew_at_the_next_round(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    shop.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (one.link.role,))
    with pytest.raises(CentreAway):
        one.sync()
    assert one.sync().pushed == 1


def test_a_server_older_than_fifteen_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centre, "OLDEST_SERVER", 10**9)
    with pytest.raises(Refusal, match="centre_too_old"):
        centre.admin_connect(shop.url)
