"""What it costs to find one customer among a million, and whether it is the right one.

Run it as ``python -m benchmarks.find [--cards N] [--queries N] [--keep FOLDER]``. The cards are those of
``benchmarks.cards``, the queries are drawn from them evenly by a fixed seed: nobody is asked for more often than
another. The budgets are those of the design, p95 of the first 20: 20 ms, and 40 ms with a typing error or the wrong
keyboard layout; beside the time on the wall stands the time of the processor, which other work on the machine does
not lengthen. ``first5_at_best`` is the share that any order could reach: namesakes who agree in all that was typed
cannot be told apart. Exit 1 when a budget or a share is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.cards import NOW_MS, Card, Cards
from crosssell_desktop.domain.fold import CYRILLIC_KEYS, LATIN_KEYS, found_words
from crosssell_desktop.domain.ids import named_id
from crosssell_desktop.store import exchange_rows, find_index, journal
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.exchange_rows import DownRow
from crosssell_desktop.store.opening import open_database
from crosssell_desktop.store.puts import (
    ContactPut,
    CustomerPut,
    IdentifierPut,
    Put,
    contact_id,
    identifier_id,
    rows_of_puts,
)
from crosssell_desktop.store.queries.find import find_customers
from crosssell_desktop.sync.tables import HEARD

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.engine import Connection

SEED = 20
BUDGET_MS = 20.0
BUDGET_MISTYPED_MS = 40.0
FIRST5_TYPED = 0.99
FIRST5_MISTYPED = 0.95
PULLED = 10_000
PULL_PAGE = 500

MIX: dict[str, int] = {
    "last four digits": 10,
    "phone, any writing": 10,
    "phone, begun": 3,
    "loyalty card": 8,
    "e-mail": 4,
    "external id": 3,
    "name and patronymic": 8,
    "name and last four": 8,
    "name and street": 8,
    "surname and first name": 8,
    "surname": 4,
    "beginnings of both": 6,
    "beginning of surname": 2,
    "name and patronymic, typo": 4,
    "name and last four, typo": 4,
    "name and street, typo": 4,
    "name and patronymic, two typos": 1,
    "wrong layout": 3,
    "Latin letters": 2,
}
"""Queries of a hundred."""

TYPED = ("name and patronymic", "name and last four", "name and street")
MISTYPED = tuple(f"{kind}, typo" for kind in TYPED)
SLOWER = (*MISTYPED, "name and patronymic, two typos", "wrong layout", "Latin letters")
_TO_KEYS = str.maketrans(CYRILLIC_KEYS, LATIN_KEYS)
_LATIN_OF = (
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh "
    "щ=shch ъ= ы=y ь= э=e ю=yu я=ya"
)
_LATIN = dict(pair.split("=") for pair in _LATIN_OF.split())


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed, who is meant, and how many cards agree with it as it was meant (0 where nobody counts)."""

    kind: str
    text: str
    no: int
    alike: int = 0


# ----------------------------------------------------------------------------------------------------------- cards


def puts_of(card: Card) -> Iterator[Put]:
    """Yield the rows of one card."""
    yield CustomerPut(
        id=card.id, display_name=card.name, family_name=card.family, given_name=card.given, patronymic=card.patronymic
    )
    for kind, value in (("phone", card.phone), ("email", card.email), (find_index.ADDRESS, card.address)):
        if value:
            yield ContactPut(id=contact_id(card.id, kind, value), customer_id=card.id, type=kind, value=value)
    for kind, value in (("card", card.loyalty), ("external", card.external)):
        if value:
            yield IdentifierPut(id=identifier_id(card.id, kind, value), customer_id=card.id, type=kind, value=value)


def fill(database: Database, cards: Cards) -> dict[str, Any]:
    """Put all cards in, as a first fetch does; return seconds, and those of them that are the index's own."""
    started, indexing = time.perf_counter(), 0.0
    refresh = find_index.refresh

    def timed(connection: Connection, rows: journal.Rows, joined: Collection[UUID] = ()) -> None:
        nonlocal indexing
        before = time.perf_counter()
        refresh(connection, rows, joined)
        indexing += time.perf_counter() - before

    find_index.refresh = timed
    try:
        for part in cards.parts():
            with database.write() as connection:
                journal.save_rows(connection, rows_of_puts((put for card in part for put in puts_of(card)), 1))
                connection.exec_driver_sql(
                    "INSERT INTO customer_seen(no, at) SELECT no, ? FROM customer WHERE id = ?",
                    [(card.seen, card.id.bytes) for card in part if card.seen],
                )
    finally:
        find_index.refresh = refresh
    database.checkpoint()
    whole = time.perf_counter() - started
    return {
        "seconds": round(whole, 1),
        "index_seconds": round(indexing, 1),
        "index_us_per_card": round(indexing / cards.count * 1e6),
        "with_index_over_without": round(whole / (whole - indexing), 2),
    }


# --------------------------------------------------------------------------------------------------------- queries


def questions(cards: Cards, count: int) -> list[Query]:
    """Return the queries of the mix in a mixed order."""
    chance = random.Random(SEED)
    wanted = {kind: count * share // 100 for kind, share in MIX.items()}
    named: Counter[tuple[str, ...]] = Counter()
    drawn: list[Card] = []
    for part in cards.parts():
        for card in part:
            for third in _thirds(card).values():
                named[(*_folded(card.family), *_folded(card.given), third)] += 1
        drawn += chance.sample(part, min(len(part), 1 + 6 * count // max(1, cards.count // len(part))))
    chance.shuffle(drawn)
    made: list[Query] = []
    for kind, n in wanted.items():
        found = 0
        for card in drawn[len(made) :]:
            text = _typed(kind, card, chance)
            if text and found < n:
                third = _thirds(card).get(kind.removesuffix(", typo"))
                alike = named[(*_folded(card.family), *_folded(card.given), third)] if third else 0
                made.append(Query(kind, text, card.no, alike))
                found += 1
    chance.shuffle(made)
    return made


def _folded(text: str) -> tuple[str, ...]:
    return found_words(text)


def _thirds(card: Card) -> dict[str, str]:
    told = {
        "name and patronymic": card.patronymic,
        "name and last four": card.phone[-4:],
        "name and street": card.street,
    }
    return {kind: " ".join(_folded(value)) for kind, value in told.items() if value}


def _typed(kind: str, card: Card, chance: random.Random) -> str:  # noqa: PLR0911, PLR0912, C901  # one line for one kind
    """Return what is typed for a card; nothing where the card lacks it."""
    digits = card.phone[2:]
    name = [card.family, card.given]
    match kind:
        case "last four digits":
            return digits[-4:]
        case "phone, any writing":
            a, b, c, d = digits[:3], digits[3:6], digits[6:8], digits[8:]
            ways = (
                f"8-{a}-{b}-{c}-{d}",
                f"+7 ({a}) {b}-{c}-{d}",
                f"8{digits}",
                digits,
                f"7 {a} {b}{c}{d}",
                f"8 ({a}){b} {c} {d}",
            )
            return chance.choice(ways) if digits else ""
        case "phone, begun":
            return chance.choice(("8", "+7", "")) + digits[:8] if digits else ""
        case "loyalty card":
            return card.loyalty
        case "e-mail":
            return card.email
        case "external id":
            return card.external
        case "surname and first name":
            return _mixed(name, chance)
        case "surname":
            return card.family.lower()
        case "beginnings of both":
            return f"{card.family[:4]} {card.given[:3]}".lower()
        case "beginning of surname":
            return card.family[:3].lower()
        case "wrong layout":
            third = chance.choice([digits[-4:], card.patronymic])
            return _mixed([*name, third], chance).lower().translate(_TO_KEYS) if third else ""
        case "Latin letters":
            third = digits[-4:]
            return "".join(_LATIN.get(c, c) for c in _mixed([*name, third], chance).lower()) if third else ""
    third = _thirds(card).get(kind.partition(",")[0], "")
    if not third:
        return ""
    parts = [*name, third]
    errors = 2 if kind.endswith("two typos") else 1 if kind.endswith("typo") else 0
    for at in chance.sample([i for i, part in enumerate(parts) if not part.isdigit()], min(errors, 2)):
        parts[at] = mistyped(parts[at], chance)
    return _mixed(parts, chance)


def _mixed(parts: Sequence[str], chance: random.Random) -> str:
    return " ".join(chance.sample(parts, len(parts)))


def mistyped(word: str, chance: random.Random) -> str:
    """Return a word with one wrong, missing, added or swapped letter, never the same word."""
    letters = "абвгдежзиклмнопрстуфхцчшыэюя"
    while True:
        at = chance.randrange(len(word))
        made = chance.choice(
            (
                word[:at] + chance.choice(letters) + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + chance.choice(letters) + word[at:],
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            )
        )
        if len(made) > 1 and found_words(made) != found_words(word):
            return made


# -------------------------------------------------------------------------------------------------------- measured


@dataclass(slots=True)
class Answered:
    """What the queries of one kind came to."""

    ms: list[float]
    processor_ms: list[float] = field(default_factory=list)
    first5: int = 0
    first20: int = 0
    at_best: float = 0.0

    def told(self, budget: float) -> dict[str, Any]:
        """Return it in figures."""
        n = len(self.ms)
        p95 = _p(self.ms, 95)
        told: dict[str, Any] = {
            "n": n,
            "p50_ms": round(statistics.median(self.ms), 2),
            "p95_ms": round(p95, 2),
            "max_ms": round(max(self.ms), 1),
            "budget_ms": budget,
            "p95_over_budget": round(p95 / budget, 2),
            "processor_p95_ms": round(_p(self.processor_ms, 95), 2),
            "processor_p95_over_budget": round(_p(self.processor_ms, 95) / budget, 2),
            "first5": round(self.first5 / n, 4),
            "first20": round(self.first20 / n, 4),
        }
        if self.at_best:
            told["first5_at_best"] = round(self.at_best / n, 4)
        return told


def _p(values: Sequence[float], part: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def ask(database: Database, asked: Iterable[Query], no_of: dict[int, int]) -> dict[str, Answered]:
    """Ask every query in a transaction of its own, as the counter's field does."""
    told: dict[str, Answered] = {}
    for query in asked:
        started, worked = time.perf_counter(), time.thread_time()
        with database.read() as connection:
            found = find_customers(connection, query.text, 20)
        one = told.setdefault(query.kind, Answered([]))
        one.ms.append((time.perf_counter() - started) * 1000)
        one.processor_ms.append((time.thread_time() - worked) * 1000)
        nos = [c.no for c in found.customers]
        one.first5 += no_of[query.no] in nos[:5]
        one.first20 += no_of[query.no] in nos
        one.at_best += min(1.0, 5 / query.alike) if query.alike else 0.0
    return told


@contextmanager
def pulling(database: Database, start: int) -> Iterator[Callable[[], bool]]:
    """Apply rows that a centre sends, page by page, until the frame ends; tell whether they are all in."""
    done = threading.Event()
    faults: list[BaseException] = []
    stop = threading.Event()
    fresh = Cards(SEED + 1, PULLED)

    def work() -> None:
        for ver, part in enumerate(fresh.parts(PULL_PAGE // 4), 2):
            rows = [
                DownRow(table, str(row["id"]), ver, deleted=False, body={k: journal.plain(v) for k, v in row.items()})
                for table, some in rows_of_puts((p for card in _apart(part, start) for p in puts_of(card)), ver).items()
                for row in some
            ]
            with database.write() as connection:
                exchange_rows.apply_rows(connection, rows, known=frozenset(HEARD), token=str(ver), now_ms=NOW_MS)
            if stop.is_set():
                return
        done.set()

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            faults.append(error)
            done.set()
            raise

    thread = threading.Thread(target=guarded)
    thread.start()
    try:
        yield done.is_set
    finally:
        stop.set()
        thread.join()
    if faults:
        raise faults[0]


def _apart(part: Iterable[Card], start: int) -> Iterator[Card]:
    for card in part:
        yield replace(card, no=start + card.no)


def by_like(database: Database, cards: Iterable[Query]) -> list[float]:
    """Return the milliseconds of plain LIKE on the name, for the first queries of two words."""
    taken: list[float] = []
    for query in cards:
        where = " AND ".join("display_name LIKE ?" for _ in query.text.split())
        started = time.perf_counter()
        with database.read() as connection:
            connection.exec_driver_sql(
                f"SELECT no, id, display_name FROM customer WHERE {where} LIMIT 20",  # noqa: S608  # our own text
                tuple(f"%{word}%" for word in query.text.split()),
            ).all()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


_PAYLOAD = {
    "words": "SELECT sum(length(block)) FROM customer_words_data",
    "words in plain": "SELECT sum(length(CAST(family || given || more || keys AS BLOB)) + 8) FROM customer_found",
    "keys": "SELECT sum(length(kind) + length(CAST(value AS BLOB)) + 8) FROM customer_key",
    "visits": "SELECT count(*) * 11 FROM customer_seen",
    "vocabulary": "SELECT sum(2 * length(CAST(word AS BLOB)) + 2 * length(sound) + 24) FROM find_word",
}


def sizes(database: Database) -> dict[str, Any]:
    """Return megabytes of the file and of what is kept to find by, without the pages' own."""
    with database.read() as connection:
        mb = {name: connection.exec_driver_sql(sql).scalar_one() / 2**20 for name, sql in _PAYLOAD.items()}
        words = connection.exec_driver_sql("SELECT count(*) FROM find_word").scalar_one()
    return {
        "file_mb": round(database.path.stat().st_size / 2**20),
        "found_by_mb": {name: round(size) for name, size in mb.items()},
        "distinct_words": words,
    }


def main(arguments: list[str] | None = None) -> int:
    """Fill, ask, ask again while rows arrive, and print it all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, default=None, help="keep the filled database here, or use the one that is")
    options = parser.parse_args(arguments)
    cards = Cards(SEED, options.cards)
    with tempfile.TemporaryDirectory() as folder:
        path = (options.keep or Path(folder)) / f"cards-{options.cards}.db"
        is_new = not path.exists()
        database = open_database(path, b"b" * 32, create=True)
        told: dict[str, Any] = {"cards": options.cards, "seed": SEED, "mix_percent": MIX}
        if is_new:
            told["fill"] = fill(database, cards)
        try:
            told |= measure(database, cards, options.queries)
        finally:
            database.close()
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return 0 if not told["missed"] else 1


def measure(database: Database, cards: Cards, count: int) -> dict[str, Any]:
    """Ask the mix twice: alone, and while ten thousand rows arrive."""
    asked = questions(cards, count)
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT id, no FROM customer").all()
    nos = {bytes(row[0]): row[1] for row in rows}
    held = len(rows)
    no_of = {query.no: nos[_id_of(query.no)] for query in asked}
    del rows, nos
    alone = ask(database, asked, no_of)
    fields = {kind: alone[kind].told(_budget(kind)) for kind in MIX if kind in alone}
    beside: dict[str, Any] = {}
    with pulling(database, held) as is_done:
        turned = iter(asked)
        some: list[Query] = []
        slow: list[float] = []
        plain: list[float] = []
        while not is_done():
            query = next(turned, None)
            if query is None:
                break
            some.append(query)
            (slow if query.kind in SLOWER else plain).extend(ask(database, [query], no_of)[query.kind].ms)
        beside = {
            "cards_pulled": PULLED,
            "n": len(some),
            "p95_ms": round(_p(plain, 95), 2),
            "p95_over_budget": round(_p(plain, 95) / BUDGET_MS, 2),
            "p95_mistyped_ms": round(_p(slow, 95), 2),
            "p95_mistyped_over_budget": round(_p(slow, 95) / BUDGET_MISTYPED_MS, 2),
        }
    typed, mistyped_ = (_together(alone[kind] for kind in kinds if kind in alone) for kinds in (TYPED, MISTYPED))
    like = by_like(database, [q for q in asked if q.kind == "surname and first name"][:20])
    pair = alone["surname and first name"].ms
    shares = {"typed": typed.told(BUDGET_MS), "one typo": mistyped_.told(BUDGET_MISTYPED_MS)}
    missed = [kind for kind, one in fields.items() if one["p95_over_budget"] > 1]
    missed += [
        f"first5 {kind}"
        for kind, least in (("typed", FIRST5_TYPED), ("one typo", FIRST5_MISTYPED))
        if shares[kind]["first5"] < least
    ]
    return {
        "queries": len(asked),
        "by_kind": fields,
        "three_things": shares,
        "while_pulling": beside,
        "like": {
            "n": len(like),
            "p50_ms": round(statistics.median(like), 1),
            "like_over_ours": round(statistics.median(like) / statistics.median(pair), 1),
        },
        "size": sizes(database),
        "missed": missed,
    }


def _id_of(no: int) -> bytes:
    return named_id("benchmark_card", str(no)).bytes


def _budget(kind: str) -> float:
    return BUDGET_MISTYPED_MS if kind in SLOWER else BUDGET_MS


def _together(some: Iterable[Answered]) -> Answered:
    made = Answered([])
    for one in some:
        made.ms += one.ms
        made.processor_ms += one.processor_ms
        made.first5 += one.first5
        made.first20 += one.first20
        made.at_best += one.at_best
    return made


if __name__ == "__main__":
    sys.exit(main())
