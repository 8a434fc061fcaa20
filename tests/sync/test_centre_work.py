"""The centre's worker: audit, signed heads, merges, retention; twice at once and killed at any point."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.store import outbox_rows
from crosssell_desktop.store.queries import chain
from crosssell_desktop.sync import centre, centre_work
from crosssell_desktop.sync import centre_heads as heads
from tests.sync.kit import Shop, Till, row

DAY_MS = 86_400_000


@pytest.fixture
def heads_file(tmp_path: Path) -> Path:
    return tmp_path / "outside" / "heads.jsonl"


def close_shift(till: Till, receipts: int) -> None:
    """Sell in a shift and close it; each receipt is of 200."""
    shift = till.ids.new()
    facts = {"counter_id": till.counter_id, "made_at": till.clock.now_ms(), "shift_id": shift}
    till.record("shift_opened", {"shift": [row("shift", id=shift, business_date="2026-03-04", **facts)]})
    for _ in range(receipts):
        till.record("sale", {"sale": [row("sale", id=till.ids.new(), total_minor=200, **facts)]})
    totals = {"receipts": receipts, "sold_minor": receipts * 200, "returned_minor": 0, "credits_minor": 0}
    till.record("shift_closed", {"shift_close": [row("shift_close", z_number=3, totals=totals, **facts)]})


def test_a_sound_centre_has_no_faults_and_the_heads_are_written_once(shop: Shop, heads_file: Path) -> None:
    one, two = shop.till(), shop.till()
    for till in (one, two):
        till.sell()
        till.meet("Анна")
        close_shift(till, 2)
        till.spoil()
    shop.sync_all()
    done = centre_work.work(shop.url, heads_file=heads_file, audit=True)
    assert (done.faults, done.audited, done.heads) == ([], True, 14)
    again = centre_work.work(shop.url, heads_file=heads_file)
    assert (again.faults, again.audited, again.heads) == ([], False, 0)
    assert heads_file.with_name("heads.jsonl.key").stat().st_mode & 0o077 == 0


def test_every_update_by_the_administrator_is_named(shop: Shop, heads_file: Path) -> None:
    till = shop.till()
    sale = till.sell()
    close_shift(till, 2)
    till.sync()
    assert centre_work.work(shop.url, heads_file=heads_file, audit=True).faults == []

    # The projection alone: held against the operation.
    shop.ask("UPDATE shop.sale SET total_minor = 1 WHERE id = %s", (sale,))
    faults = centre_work.work(shop.url, heads_file=heads_file, audit=True).faults
    assert faults == [f"sale {sale}: was changed (operation 1 of K0)"]
    # The operation as well: held against the signed heads.
    shop.ask(
        "UPDATE sync.op SET body = jsonb_set(body, '{rows,sale,0,total_minor}', '1') WHERE seq = 1 AND state = 'ok'"
    )
    faults = centre_work.work(shop.url, heads_file=heads_file, audit=True).faults
    assert len(faults) == 1
    assert faults[0].startswith("K0: operation 1 of ")
    assert faults[0].endswith(" was changed")


def test_what_is_deleted_or_put_in_is_named(shop: Shop, heads_file: Path) -> None:
    till = shop.till()
    sales = [till.sell() for _ in range(3)]
    till.sync()
    centre_work.work(shop.url, heads_file=heads_file)
    ghost = uuid.uuid4()
    shop.ask("DELETE FROM sync.op WHERE seq = 2")
    shop.ask("DELETE FROM shop.sale WHERE id = %s", (sales[2],))
    shop.ask(
        "INSERT INTO shop.sale SELECT (jsonb_populate_record(t, jsonb_build_object('id', %s::text))).*"
        " FROM shop.sale t WHERE t.id = %s",
        (str(ghost), sales[0]),
    )
    faults = centre_work.work(shop.url, heads_file=heads_file, audit=True).faults
    life = till.state().incarnation
    assert f"K0: operation 2 of {life} is missing" in faults
    assert f"K0: operations 2 of {life} are missing (1 of 3)" in faults
    assert f"sale {sales[2]}: is missing (operation 3 of K0)" in faults
    assert f"sale {ghost}: was brought by no operation" in faults


def test_a_shift_whose_sums_the_centre_has_not_is_named(shop: Shop) -> None:
    till = shop.till()
    close_shift(till, 3)
    till.sync()
    shop.ask("DELETE FROM shop.sale WHERE id = (SELECT id FROM shop.sale LIMIT 1)")
    faults = centre_work.work(shop.url, audit=True).faults
    assert (
        "K0 2026-03-04, Z 3: the shift states 3 receipts of 600 and returns of 0, the centre has 2 of 400 and 0"
        in faults
    )


def test_a_file_of_heads_that_was_changed_or_cut_is_named(shop: Shop, heads_file: Path) -> None:
    till = shop.till()
    for _ in range(3):
        till.sell()
        till.sync()
        centre_work.work(shop.url, heads_file=heads_file)
    whole = heads_file.read_text()
    lines = whole.splitlines(keepends=True)
    assert len(lines) == 3
    heads_file.write_text("".join(lines[:2]))
    assert "the heads' file was cut short: its last lines are missing" in _faults(shop, heads_file)
    heads_file.write_text(lines[0] + lines[2])
    assert "line 2 of the heads' file was changed, or lines before it are missing" in _faults(shop, heads_file)
    told = json.loads(lines[1])
    told["head"] = "0" * 64
    heads_file.write_text(lines[0] + json.dumps(told) + "\n" + lines[2])
    assert "line 2 of the heads' file was changed, or lines before it are missing" in _faults(shop, heads_file)
    heads_file.with_name("heads.jsonl.key").unlink()
    with pytest.raises(Refusal, match="heads_key_missing"):
        heads.HeadsFile(heads_file)


def _faults(shop: Shop, file: Path) -> list[str]:
    with centre.admin_connect(shop.url) as connection:
        kept = heads.HeadsFile(file)
        seal = connection.execute("SELECT detail->>'seal' FROM sync.work_log ORDER BY no DESC LIMIT 1").fetchone()
        assert seal is not None
        cut = [] if seal[0] in kept.seals else ["the heads' file was cut short: its last lines are missing"]
        return [*cut, *heads.check(connection, kept)]


def test_a_second_worker_finds_the_first_at_work(shop: Shop) -> None:
    with centre.admin_connect(shop.url) as first:
        first.execute("SELECT pg_advisory_lock(%s)", (centre_work.LOCK,))
        assert centre_work.work(shop.url).busy
    assert not centre_work.work(shop.url).busy


def test_killed_between_writing_the_heads_and_noting_it_the_next_run_goes_on(shop: Shop, heads_file: Path) -> None:
    till = shop.till()
    till.sell()
    till.sync()
    centre_work.work(shop.url, heads_file=heads_file)
    till.sell()
    till.sync()
    with centre.admin_connect(shop.url) as connection:
        assert heads.export(connection, heads.HeadsFile(heads_file), 0) == 1
    done = centre_work.work(shop.url, heads_file=heads_file)
    assert (done.faults, done.heads) == ([], 0)


@pytest.mark.parametrize("step", ["publish", "apply_due", "join_cards", "prune", "_heads", "_is_due"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_cut_off_at_any_step_the_next_run_does_the_rest(
    shop: Shop, heads_file: Path, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    till = shop.till()
    till.sell()
    a, b = till.meet("Анна"), till.meet("Анна Б.")
    chief = a_manager(shop, till)
    fact = {"counter_id": till.counter_id, "person_id": chief, "wanted": "merge"}
    till.record("merged", {"customer_merge": [row("customer_merge", loser_id=b, winner_id=a, **fact)]})
    till.sync()
    centre_work.hold(shop.url, ("prices",))
    centre.push_master(shop.office(), {"price": [row("price", ver=1)]}, till.clock, till.ids)
    real = getattr(centre_work, step)

    def cut(*arguments: Any) -> None:  # noqa: ANN401  # those of the step
        if when == "after":
            real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(centre_work, step, cut)
    with pytest.raises(KeyboardInterrupt):
        centre_work.work(shop.url, heads_file=heads_file)
    monkeypatch.undo()
    done = centre_work.work(shop.url, heads_file=heads_file, audit=True)
    assert (done.busy, done.faults) == (False, [])
    till.sync()
    assert till.contents("price") == shop.contents("price") != {}
    assert shop.ask("SELECT count(*) FROM sync.customer_alias") == [(1,)]
    assert shop.ask("SELECT count(*) FROM shop.publication") == [(1,)]
    again = centre_work.work(shop.url, heads_file=heads_file, audit=True)
    assert (again.faults, again.heads, again.published) == ([], 0, [])


def a_manager(shop: Shop, till: Till) -> UUID:
    """Tell the centre of a manager, who may merge cards."""
    chief = row("person", level=4, active=True, ver=1)
    centre.push_master(shop.office(), {"person": [chief]}, till.clock, till.ids)
    return UUID(str(chief["id"]))


def test_merged_cards_stand_under_the_smallest_id(shop: Shop) -> None:
    till = shop.till()
    a, b, c = sorted(till.meet("Анна") for _ in range(3))
    fact = {"counter_id": till.counter_id, "person_id": a_manager(shop, till), "wanted": "merge"}
    for loser, winner in ((b, c), (b, a)):
        till.record("merged", {"customer_merge": [row("customer_merge", loser_id=loser, winner_id=winner, **fact)]})
    till.sync()
    assert centre_work.work(shop.url).merged == 2
    assert dict(shop.ask("SELECT id, root FROM sync.customer_alias")) == {b: a, c: a}
    assert centre_work.work(shop.url).merged == 2


def age_marks(shop: Shop) -> None:
    """Let a month pass for the marks of either cursor scheme."""
    for table in ("feed_mark", "sequence_mark"):
        shop.ask(f"UPDATE sync.{table} SET at = at - interval '31 days'")


def test_the_feed_is_kept_for_a_counter_that_lives_and_not_for_one_that_is_gone(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    for _ in range(5):
        one.sell()
        one.sync()
    shop.ask("UPDATE sync.pull_mark SET at = now() - interval '40 days'")
    one.sync()
    centre_work.work(shop.url)
    age_marks(shop)
    # The second has not looked for 40 days, and lives.
    assert centre_work.work(shop.url).feed_pruned == 0
    two.sync()
    assert len(two.contents("sale")) == 5
    shop.ask("UPDATE sync.pull_mark SET at = now() - interval '71 days' WHERE counter_no <> 1")
    age_marks(shop)
    assert centre_work.work(shop.url).feed_pruned > 0
    shop.must_be_level()


def test_a_counter_older_than_the_feed_fetches_everything_anew(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    for _ in range(3):
        one.sell()
        one.sync()
    shop.ask("SELECT sync.prune_feed(interval '0')")
    assert two.sync().healed == ("snapshot",)
    shop.must_be_level()


def test_the_outbox_forgets_what_was_taken_seventy_days_ago_and_never_what_is_unsent(shop: Shop) -> None:
    till = shop.till()
    for _ in range(4):
        till.sell()
    till.sync()
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")[0]
    assert till.look("SELECT seq, at / 86400000 FROM outbox_mark") == [(4, now // DAY_MS)]
    till.sell()

    def later(days: int) -> int:
        with till.database.write() as connection:
            outbox_rows.mark(connection, now + days * DAY_MS)
            return outbox_rows.retire(connection, now + days * DAY_MS)

    assert later(69) == 0
    assert later(71) == 4
    assert later(400) == 0
    assert till.look("SELECT seq, acked FROM outbox") == [(5, 0)]
    with till.database.read() as connection:
        assert chain.faults(connection) == []
    till.sync()
    shop.must_be_level()
    assert till.state().first_seq == 5


def test_marks_of_another_numbering_retire_nothing(shop: Shop) -> None:
    till = shop.till()
    for _ in range(4):
        till.sell()
    till.sync()
    copy = till.keep_copy()
    till.sell()
    till.sync()
    till.put_back(copy)
    till.sell()
    assert "reincarnated" in till.sync().healed
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")[0]
    with till.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox_mark SET seq = 99")
        outbox_rows.mark(connection, now + 2 * DAY_MS)
        assert outbox_rows.retire(connection, now + 71 * DAY_MS) == 0
