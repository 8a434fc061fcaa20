"""Terms: what is kept for a time only goes at both ends when it is over, and the centre is still vouched for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.store import sweeping, unit
from crosssell_desktop.sync import centre, centre_audit, centre_heads, centre_terms, centre_work
from tests.sync.kit import Shop, Till, row
from tests.sync.pages import pages_of

T = TypeVar("T")
SOON = 10 * DAY_MS
"""Everything of this shop that has a term has this long to go."""
CARE = SOON + 777
"""The care mode, so that its date is told from the end of a note, which is a fact and stays."""
OVER = ("розы аллергия", "догадка давняя", "догадка с концом", "отложенное слово", "отложенная догадка")
STAYS = ("розы любит", "догадка свежая", "сказала сама")


@dataclass
class Kept:
    """What was written down of one customer."""

    now: int
    customer: UUID
    looks: dict[str, UUID] = field(default_factory=dict)


def note(till: Till, customer: UUID, words: str, until: int | None, **more: list[dict[str, Any]]) -> None:
    one = till.ids.new()
    fact = {"counter_id": till.counter_id, "made_at": till.clock.now_ms(), "customer_id": customer}
    with unit.begin(till.database, till.clock, till.ids) as work:
        text = row("note_text", id=one, customer_id=customer, text=words, ver=work.tick())
        work.record(
            "note",
            {"customer_note": [row("customer_note", id=one, valid_until=until, **fact)], "note_text": [text], **more},
        )


def wish(till: Till, customer: UUID, words: str, source: str, told_at: int, until: int | None = None) -> dict[str, Any]:
    return row(
        "need", id=till.ids.new(), customer_id=customer, text=words, source=source, status="open", told_at=told_at,
        valid_until=until, stamps=None, ver=1,
    )  # fmt: skip


def look(till: Till, customer: UUID, at: int) -> UUID:
    one = till.ids.new()
    told = row("access", id=one, counter_id=till.counter_id, made_at=at, customer_id=customer, reason="call_asked")
    clock, till.clock.at_ms = till.clock.at_ms, at
    till.record("access", {"access": [told]})
    till.clock.at_ms = max(clock, till.clock.at_ms)
    return one


def write_down(shop: Shop, till: Till) -> Kept:
    with centre.admin_connect(shop.url) as connection:
        now = centre_work.now_ms(connection)
    kept = Kept(now, till.meet("Анна"))
    guess, log = (now - sweeping.DAYS_KEPT[name] * DAY_MS + SOON for name in ("inferred", "access"))
    kept.looks = {"old": look(till, kept.customer, log), "fresh": look(till, kept.customer, now - DAY_MS)}
    till.clock.at_ms = now
    card = {"display_name": "Анна", "status": "active"}
    with unit.begin(till.database, till.clock, till.ids) as work:
        some = [
            row("customer", id=kept.customer, care_until=now + CARE, ver=work.tick(), **card),
            row("customer", id=till.ids.new(), care_until=now + 90 * DAY_MS, ver=work.tick(), **card),
        ]
        work.record("care", {"customer": some})
    till.sell(kept.customer)
    note(till, kept.customer, OVER[0], now + SOON)
    note(till, kept.customer, STAYS[0], now + 365 * DAY_MS)
    needs = [
        wish(till, kept.customer, OVER[1], "inferred", guess),
        wish(till, kept.customer, OVER[2], "inferred", now - DAY_MS, guess),
        wish(till, kept.customer, STAYS[1], "inferred", now - DAY_MS),
        wish(till, kept.customer, STAYS[2], "stated", guess),
    ]
    till.record("need", {"need": needs})
    # What the centre puts aside never reaches its tables.
    price = {"price": [row("price", id=till.ids.new(), ver=1)]}
    note(till, kept.customer, OVER[3], now + SOON, **price)
    till.record("need", {"need": [wish(till, kept.customer, OVER[4], "inferred", guess)], **price})
    return kept


def at_the_centre(shop: Shop) -> str:
    """Return every row of every table of the centre as text."""
    tables = shop.ask(
        "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('sync', 'shop')"
    )
    return "\n".join(str(one[0]) for (name,) in tables for one in shop.ask(f"SELECT t::text FROM {name} t"))


def writer(till: Till) -> Callable[[Callable[[unit.Connection], T]], T]:
    def write(act: Callable[[unit.Connection], T]) -> T:
        with till.database.write() as connection:
            return act(connection)

    return write


def test_the_centre_forgets_what_is_over_to_the_word_and_is_still_vouched_for(shop: Shop, tmp_path: Path) -> None:
    till, other = shop.till(), shop.till()
    kept = write_down(shop, till)
    shop.sync_all()
    file = tmp_path / "heads.jsonl"
    first = centre_work.work(shop.url, heads_file=file, audit=True)
    assert first.over == {"notes": 0, "guesses": 0, "care": 0, "looks": 0, "operations": 0}
    there = at_the_centre(shop)
    assert [words for words in (*OVER, *STAYS) if words not in there] == []
    faults = first.faults
    assert faults == []

    with centre.admin_connect(shop.url) as connection:
        gone = centre_terms.keep(connection, kept.now + SOON + DAY_MS)
        # The one operation of the care, one of a note and one of needs, and two that were put aside.
        assert gone == {"notes": 1, "guesses": 2, "care": 1, "looks": 1, "operations": 5}
        again = centre_terms.keep(connection, kept.now + SOON + DAY_MS)
        assert again == dict.fromkeys(gone, 0)
    there = at_the_centre(shop)
    assert [words for words in OVER if words in there] == []
    assert [words for words in STAYS if words not in there] == []
    assert str(kept.now + CARE) not in there
    assert str(kept.now + 90 * DAY_MS) in there
    assert str(kept.looks["old"]) not in there
    assert str(kept.looks["fresh"]) in there

    done = centre_work.work(shop.url, heads_file=file, audit=True)
    assert done.faults == []
    assert done.over == {}
    with centre.admin_connect(shop.url) as connection:
        assert centre_audit.faults(connection) == []
        assert centre_heads.check(connection, centre_heads.HeadsFile(file)) == []
    # A counter that hears of everything from the start hears no word of it; the exchange goes on as before.
    late = shop.till()
    shop.sync_all()
    assert [words for words in OVER if any(words.encode() in page for page in pages_of(late.path))] == []
    assert any(STAYS[0].encode() in page for page in pages_of(late.path))
    assert late.contents("need") == shop.contents("need")
    assert till.state().unsent == 0
    assert other.state().unsent == 0


def test_what_an_operation_says_beside_its_words_is_still_held_against_the_heads(shop: Shop, tmp_path: Path) -> None:
    till = shop.till()
    kept = write_down(shop, till)
    shop.sync_all()
    file = tmp_path / "heads.jsonl"
    assert centre_work.work(shop.url, heads_file=file, audit=True).faults == []
    with centre.admin_connect(shop.url) as connection:
        centre_terms.keep(connection, kept.now + SOON + DAY_MS)
    shop.ask(
        "UPDATE sync.op SET body = jsonb_set(body, '{rows,customer_note,0,kind}', '\"чужое\"') WHERE kind = 'note'"
    )
    faults = centre_work.work(shop.url, heads_file=file, audit=True).faults
    assert len([fault for fault in faults if fault.startswith("K0: operation") and fault.endswith("was changed")]) == 3


def test_words_that_come_late_go_with_the_next_run_and_a_guess_the_customer_confirmed_stays(shop: Shop) -> None:
    till, late = shop.till(), shop.till()
    kept = write_down(shop, till)
    shop.sync_all()
    later = kept.now + SOON + DAY_MS
    # Away for long, the late counter heard the customer say that the old guess is so, and brings an old note.
    late.clock.at_ms = kept.now + DAY_MS
    (guessed,) = [id_ for id_, told in late.contents("need").items() if OVER[1] in told]
    with unit.begin(late.database, late.clock, late.ids) as work:
        said = wish(late, kept.customer, "подтвердила сама", "stated", work.now_ms)
        work.record("need", {"need": [{**said, "id": guessed, "ver": work.tick()}]})
    note(late, kept.customer, "поздняя запись", kept.now + SOON)
    with centre.admin_connect(shop.url) as connection:
        centre_terms.keep(connection, later)
        late.sync()
        gone = centre_terms.keep(connection, later)
    assert (gone["notes"], gone["guesses"]) == (1, 0)
    there = at_the_centre(shop)
    assert "поздняя запись" not in there
    assert "подтвердила сама" in there


def test_a_counter_forgets_the_same_by_the_same_terms(shop: Shop) -> None:
    till, other = shop.till(), shop.till()
    kept = write_down(shop, till)
    shop.sync_all()
    for one in (till, other):
        # The round before was the day's: nothing is over yet, and everything is there.
        assert any(OVER[0] in told for told in one.contents("note_text").values())
        assert sweeping.keep_terms(one.database, writer(one), kept.now) == 0
    later = kept.now + SOON + 2 * DAY_MS
    assert sweeping.keep_terms(till.database, writer(till), later) == 2 + 3 + 1 + 1
    # The other heard nothing of what was put aside, and no log of another counter.
    assert sweeping.keep_terms(other.database, writer(other), later) == 1 + 2 + 1
    assert sweeping.keep_terms(other.database, writer(other), later) == 0
    for one in (till, other):
        typed = "\n".join((*one.contents("note_text").values(), *one.contents("need").values()))
        assert [words for words in OVER if words in typed] == []
        assert [words for words in STAYS if words not in typed] == []
        dates = one.look("SELECT care_until FROM customer ORDER BY care_until")
        assert dates == [(0,), (kept.now + 90 * DAY_MS,)]
    assert [words for words in OVER if any(words.encode() in page for page in pages_of(other.path))] == []
    assert till.look("SELECT count(*) FROM access") == [(1,)]
    with centre.admin_connect(shop.url) as connection:
        centre_terms.keep(connection, later)
    for table in ("customer", "note_text", "need"):
        assert other.contents(table) == shop.contents(table), table
