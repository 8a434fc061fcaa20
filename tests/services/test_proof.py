"""Proof that is counted from our own facts, and comparisons that live only as long as their date."""

from __future__ import annotations

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.services import catalogue, learning, returns
from crosssell_desktop.store.puts import CompetitiveClaimPut
from crosssell_desktop.store.queries import returns_seen
from crosssell_desktop.suggest.evidence import stored
from tests import shop
from tests.shop import Counter, known, product


def sell(counter: Counter, times: int, *skus: str, back: int = 0) -> None:
    for turn in range(times):
        done = counter.sell("anna", *skus)
        if turn < back:
            sale = returns.find_sale(counter.desk, done.number)
            assert sale is not None
            returns.take_back(
                counter.desk, counter.session("anna"), sale.sale_id, {sale.lines[0].line_id: 1_000}, "changed_mind"
            )


def test_a55_returns_with_and_without_the_item_are_counted_from_our_own_receipts(photo: Counter) -> None:
    photo.open_shift()
    sell(photo, 3, "CAM-1", "CARD-64", back=1)
    sell(photo, 4, "CAM-1", back=2)
    sell(photo, 1, "CARD-64")
    learning.learn_all(photo.desk)
    with photo.desk.look() as connection:
        seen = returns_seen.of_core(connection, product("CAM-1"))
    record = seen[product("CARD-64")]
    assert dict(record.numbers) == {"back": 1, "n": 3, "back_without": 2, "n_without": 4}
    assert record.source == "receipts"
    today = photo.desk.clock.now_ms() // DAY_MS
    assert stored.live([record], today, 1) == [], "three receipts prove nothing"
    learning.learn_all(photo.desk)
    with photo.desk.look() as connection:
        assert returns_seen.of_core(connection, product("CAM-1")) == seen, "counted again it is the same"


def test_a55_receipts_older_than_the_window_are_not_counted(photo: Counter) -> None:
    photo.open_shift()
    sell(photo, 1, "CAM-1", "CARD-64")
    with photo.desk.begin() as work:
        now = work.now_ms
        assert returns_seen.recount(work.connection, since_ms=now + 1, now_ms=now, valid_days=90) == 0
        assert returns_seen.recount(work.connection, since_ms=now - DAY_MS, now_ms=now, valid_days=90) > 0


def claim(counter: Counter, **changes: object) -> None:
    now = counter.desk.clock.now_ms()
    values: dict[str, object] = {
        "id": known("competitive_claim", str(changes)),
        "product_id": product("CARD-64"),
        "versus_ru": "карты 32 ГБ",
        "versus_en": "the 32 GB card",
        "fact_ru": "вдвое больше снимков",
        "fact_en": "twice the pictures",
        "source": "паспорт",
        "dated_at": now - DAY_MS,
        "valid_until": now,
        "status": "approved",
    }
    put = CompetitiveClaimPut(**{**values, **changes})  # type: ignore[arg-type]
    shop.put_rows(counter.desk.database, counter.desk.clock, counter.desk.ids, "catalogue_changed", [put])


def test_a6_a_claim_without_source_or_date_is_not_shown_and_an_expired_one_vanishes_next_day(photo: Counter) -> None:
    claim(photo)
    claim(photo, source="")
    claim(photo, dated_at=None)
    claim(photo, status="draft")
    card = product("CARD-64")
    assert [one.source for one in catalogue.claims(photo.desk, [card])[card]] == ["паспорт"]
    photo.clock.advance(days=1)
    assert catalogue.claims(photo.desk, [card]) == {}
