"""F9: the server restarts, conflicts, runs into its limits or out of time: the counter waits and loses nothing."""

from __future__ import annotations

import pytest

from crosssell_desktop.sync import centre
from crosssell_desktop.sync.link import CentreAway
from tests.sync.kit import Shop

RAISES = (
    "CREATE FUNCTION public.trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'for a while' USING ERRCODE = '{state}'; END $$"
)


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("40001", "serialisation failure"),
        ("40P01", "deadlock"),
        ("55P03", "lock not available"),
        ("57014", "statement timeout"),
        ("53100", "the server's disk is full"),
        ("53200", "the server is out of memory"),
        ("58030", "the server's disk fails"),
    ],
)
@pytest.mark.parametrize("table", ["sync.op", "shop.sale"])
def test_f9_what_passes_by_itself_is_waited_for_and_never_put_aside(
    shop: Shop, state: str, what: str, table: str
) -> None:
    one = shop.till()
    one.sync()
    sale = one.sell()
    shop.ask(RAISES.format(state=state))
    shop.ask(f"CREATE TRIGGER trouble BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION public.trouble()")
    for _ in range(2):
        with pytest.raises(CentreAway):
            one.sync()
    assert one.state().unsent == 1, what
    assert shop.ask("SELECT count(*) FROM sync.op") == [(0,)], what
    shop.ask(f"DROP TRIGGER trouble ON {table}")
    assert one.sync().pushed == 1
    assert set(shop.contents("sale")) == {sale}
    shop.must_be_level()


def test_f9_a_backend_killed_in_the_middle_of_a_push_leaves_all_or_nothing(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    sales = {one.sell() for _ in range(3)}
    shop.ask(
        "CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NEW; END $$"
    )
    shop.ask("CREATE TRIGGER die AFTER INSERT ON shop.payment FOR EACH ROW EXECUTE FUNCTION public.die()")
    with pytest.raises(CentreAway):
        one.sync()
    assert shop.ask("SELECT (SELECT count(*) FROM sync.op), (SELECT count(*) FROM shop.sale)") == [(0, 0)]
    shop.ask("DROP TRIGGER die ON shop.payment")
    one.sync()
    assert set(shop.contents("sale")) == sales
    shop.must_be_level()


def test_f9_a_third_machine_of_one_name_waits_until_there_is_room(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    sale = one.sell()
    shop.ask(f"ALTER ROLE {one.link.role} CONNECTION LIMIT 0")
    one.network.real.close()
    with pytest.raises(CentreAway, match="centre_away"):
        one.sync()
    shop.ask(f"ALTER ROLE {one.link.role} CONNECTION LIMIT {centre.CONNECTIONS}")
    one.sync()
    assert set(shop.contents("sale")) == {sale}
