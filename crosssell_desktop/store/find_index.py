"""Keeps what customers and products are found by in step with their rows, inside the same transaction.

Law: nothing but :func:`refresh` and :func:`rebuild_seen` writes the tables of ``schema.finding`` and the two word
indexes. A card whose words and keys are what they were costs a comparison and no write.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, select

from crosssell_desktop.domain.fold import fold, found_words, phone_digits, tail
from crosssell_desktop.domain.names import split_name
from crosssell_desktop.domain.sound import sound
from crosssell_desktop.store.among import AMONG, EACH, ask, hexed

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SLICE = 1_000
"""Cards whose entries are made at once: few statements, little memory."""

FOUND_BY = frozenset({"customer", "contact_point", "identifier", "product", "sale", "tombstone"})
"""Tables whose rows change what is found, or in which order."""

FOUND_STATUSES = frozenset({"active", "restricted"})
ADDRESS = "post"
"""The contact point that is an address."""

HOUSEHOLD_AT_MOST = 12
_IS_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CARD_TYPES = frozenset({"loyalty_ean13", "card", "card_hash"})
_EVERY_ADDRESS = (
    "г гор город ул улица д дом кв квартира пр пркт просп проспект пер переулок корп корпус к стр строение пл площадь "
    "ш шоссе б бул бульвар наб набережная мкр микрорайон обл область край респ республика р н район пос поселок с село "
    "дер деревня st street apt rus россия"
)
NO_STREET = frozenset(_EVERY_ADDRESS.split())
"""Words of every address, by which nobody is found."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How a card stands in the index: words by column, keys as ``kind:value``, and the household it lives in."""

    family: str = ""
    given: str = ""
    more: str = ""
    keys: tuple[str, ...] = ()
    household_id: bytes | None = None

    @property
    def columns(self) -> tuple[str, str, str]:
        """The words as the word index takes them."""
        return self.family, self.given, self.more

    @property
    def words(self) -> set[str]:
        """The words that may be mistyped: no bare numbers."""
        return {word for words in self.columns for word in words.split() if not word.isdigit()}


NOTHING = Entry()


def refresh(
    connection: Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]], joined: Collection[UUID] = ()
) -> None:
    """Index again every customer and product that the saved rows touch, and note the visits among them.

    ``joined`` are the cards whose cluster may be another now (``store.clusters``).
    """
    cards = {id_.bytes for id_ in joined} | {row["id"].bytes for row in rows.get("customer", ())}
    for name in ("contact_point", "identifier", "tombstone"):
        cards |= {row["customer_id"].bytes for row in rows.get(name, ())}
    for part in _slices(_with_households(connection, _with_clusters(connection, cards))):
        _index_customers(connection, part)
    _see(connection, rows.get("sale", ()))
    for part in _slices({row["id"].bytes for row in rows.get("product", ())}):
        _index_products(connection, part)


def owners(connection: Connection, table: Table, keys: Collection[str]) -> list[dict[str, Any]]:
    """Return whose rows these are before they are deleted, so that nobody is found by them afterwards.

    Keys that are none are passed over: whoever deletes the rows judges them.
    """
    if not keys or table.name not in FOUND_BY or "customer_id" not in table.c:
        return []
    ids = [UUID(key) for key in keys if _IS_ID.fullmatch(key)]
    found = connection.execute(select(table.c.customer_id).where(table.c.id.in_(ids)).distinct())
    return [{"customer_id": id_} for id_ in found.scalars()]


def _slices(ids: Collection[bytes]) -> Iterator[Sequence[bytes]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        yield wanted[start : start + SLICE]


# ------------------------------------------------------------------------------------------------------- customers


@dataclass(slots=True)
class _Gathered:
    """A card while its entry is made."""

    row: Any
    family: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Take the words of the name."""
        self.family, self.given = _name_words(self.row)

    @property
    def is_found(self) -> bool:
        """Whether the card may be found at all."""
        return self.row.status in FOUND_STATUSES


def _entry(cards: Sequence[_Gathered]) -> Entry:
    """Return the entry of a card, or of several that are one person, with the one that stands for all first."""
    alive = [card for card in cards if card.is_found]
    if not alive:
        return NOTHING
    family = dict.fromkeys(word for card in alive for word in card.family)
    given = dict.fromkeys(word for card in alive for word in card.given if word not in family)
    more = dict.fromkeys(word for card in alive for word in card.more if word not in family and word not in given)
    keys = {key for card in alive for key in card.keys}
    home = next((card.row.household_id for card in alive if card.row.household_id is not None), None)
    return Entry(" ".join(family), " ".join(given), " ".join(more), tuple(sorted(keys)), home)


def _with_clusters(connection: Connection, ids: set[bytes]) -> set[bytes]:
    """Add the cards that are one person with these."""
    return ids | {row.id for part in _slices(ids) for row in ask(connection, _ONE_PERSON, hexed(part))}


_ONE_PERSON = f"SELECT id FROM customer_alias WHERE root IN (SELECT root FROM customer_alias WHERE id IN {AMONG})"  # noqa: S608  # our own text


def _with_households(connection: Connection, ids: set[bytes]) -> set[bytes]:
    """Add the other members of the households of these cards, past ones too: each is found by the others' names."""
    homes = {
        home
        for part in _slices(ids)
        for row in ask(connection, _HOMES, hexed(part))
        for home in row
        if home is not None
    }
    members = ids | {row.id for part in _slices(homes) for row in ask(connection, _AT_HOME, hexed(part))}
    return _with_clusters(connection, members) if members != ids else members


_HOMES = (
    "SELECT c.household_id, f.household_id AS before "  # noqa: S608  # our own text
    f"FROM {EACH} customer AS c ON c.id = unhex(j.value) LEFT JOIN customer_found AS f ON f.no = c.no "
    "WHERE c.household_id IS NOT NULL OR f.household_id IS NOT NULL"
)
_AT_HOME = (
    "SELECT id, household_id, display_name, given_name, status "  # noqa: S608  # our own text
    f"FROM customer WHERE household_id IN {AMONG} ORDER BY id"
)


def _index_customers(connection: Connection, ids: Sequence[bytes]) -> None:
    asked = hexed(ids)
    cards = {row.id: _Gathered(row) for row in ask(connection, _CARDS, asked)}
    for of, kind, value in ask(connection, _CONTACTS, asked):
        if of in cards:
            _take_contact(cards[of], kind, value)
    for of, kind, value in ask(connection, _NUMBERS, asked):
        if of in cards:
            cards[of].keys.add(f"{'card' if kind in _CARD_TYPES else 'external'}:{value}")
    _take_households(connection, cards.values())
    made: dict[int, Entry] = {card.row.no: NOTHING for card in cards.values()}
    for cluster in _clusters(connection, cards):
        made[cluster[0].row.no] = _entry(cluster)
        if len(cluster) > 1:
            _see_together(connection, [card.row.no for card in cluster])
    kept = _kept(connection, list(made))
    _write(connection, {no: (kept.get(no, NOTHING), entry) for no, entry in made.items()})


_CARDS = (
    "SELECT c.no, c.id, c.kind, c.display_name, c.family_name, c.given_name, c.patronymic, c.status, "  # noqa: S608  # our own text
    f"c.household_id FROM {EACH} customer AS c ON c.id = unhex(j.value)"
)
_CONTACTS = (
    f"SELECT p.customer_id, p.type, p.value FROM {EACH} contact_point AS p "  # noqa: S608  # our own text
    "ON p.customer_id = unhex(j.value) WHERE p.value <> ''"
)
_NUMBERS = (
    f"SELECT i.customer_id, i.type, i.value FROM {EACH} identifier AS i "  # noqa: S608  # our own text
    "ON i.customer_id = unhex(j.value) WHERE i.value <> '' AND i.type <> 'kpp'"
)


def _clusters(connection: Connection, cards: Mapping[bytes, _Gathered]) -> list[list[_Gathered]]:
    """Return the cards in the clusters they are one person in, the one that stands for all first."""
    roots: dict[bytes, bytes] = {id_: root for id_, root in ask(connection, _ROOTS, hexed(cards))}  # noqa: C416  # rows
    together: dict[bytes, list[_Gathered]] = {}
    for id_ in sorted(cards, key=lambda id_: (roots.get(id_, id_) != id_, id_)):
        together.setdefault(roots.get(id_, id_), []).append(cards[id_])
    return list(together.values())


_ROOTS = f"SELECT id, root FROM customer_alias WHERE id IN {AMONG}"  # noqa: S608  # our own text


def _see_together(connection: Connection, nos: Sequence[int]) -> None:
    marks = ", ".join("?" * len(nos))
    connection.exec_driver_sql(
        f"INSERT INTO customer_seen(no, at) SELECT ?, max(at) FROM customer_seen WHERE no IN ({marks}) "  # noqa: S608  # marks
        "HAVING max(at) IS NOT NULL ON CONFLICT(no) DO UPDATE SET at = max(at, excluded.at)",
        (nos[0], *nos),
    )


def _take_contact(card: _Gathered, kind: str, value: str) -> None:
    if kind == "phone":
        end = tail(value)
        card.keys |= {f"phone:{phone_digits(value)}", f"tail:{end}"}
        card.more.append(end)
    elif kind == "email":
        card.keys.add(f"email:{value.lower()}")
    elif kind == ADDRESS:
        card.more += [word for word in found_words(value) if word not in NO_STREET]


def _take_households(connection: Connection, cards: Iterable[_Gathered]) -> None:
    at_home: dict[bytes, list[_Gathered]] = {}
    for card in cards:
        if card.row.household_id is not None:
            at_home.setdefault(card.row.household_id, []).append(card)
    for part in _slices(at_home):
        counted: Counter[bytes] = Counter()
        for row in ask(connection, _AT_HOME, hexed(part)):
            counted[row.household_id] += 1
            if counted[row.household_id] > HOUSEHOLD_AT_MOST or row.status not in FOUND_STATUSES:
                continue
            for card in at_home[row.household_id]:
                if card.row.id != row.id:
                    card.more += found_words(row.given_name or split_name(row.display_name).given)


def _name_words(row: Any) -> tuple[list[str], list[str]]:
    """Return the words of the family name (or of an organisation), and all others of the name."""
    family, given = row.family_name, f"{row.given_name} {row.patronymic}"
    if not family and not given.strip():
        if row.kind == "organisation":
            family = row.display_name
        else:
            parts = split_name(row.display_name)
            family, given = parts.family, f"{parts.given} {parts.patronymic}"
    families = list(dict.fromkeys(found_words(family)))
    others = found_words(given)
    if row.display_name != f"{family} {given}".strip():
        others += found_words(row.display_name)
    return families, list(dict.fromkeys(word for word in others if word not in families))


_KEEP = "INSERT OR REPLACE INTO customer_found(no, family, given, more, keys, household_id) VALUES (?, ?, ?, ?, ?, ?)"


def _kept(connection: Connection, nos: Sequence[int]) -> dict[int, Entry]:
    return {
        row.no: Entry(
            row.family, row.given, row.more, tuple(row.keys.split("\n")) if row.keys else (), row.household_id
        )
        for row in ask(connection, _ENTRIES, json.dumps(nos))
    }


_ENTRIES = "SELECT f.* FROM json_each(?) AS j CROSS JOIN customer_found AS f ON f.no = j.value"


def _write(connection: Connection, cards: Mapping[int, tuple[Entry, Entry]]) -> None:
    """Take out of the index what is there no more and put in what is new, for every card by its number."""
    changed = {no: pair for no, pair in cards.items() if pair[0] != pair[1]}
    if not changed:
        return
    words: Counter[str] = Counter()
    lost_words, new_words, lost_keys, new_keys = [], [], [], []
    for no, (was, now) in changed.items():
        if was.columns != now.columns:
            lost_words += [(no, *was.columns)] if any(was.columns) else []
            new_words += [(no, *now.columns)] if any(now.columns) else []
            words.subtract(was.words)
            words.update(now.words)
        lost_keys += [(*key.split(":", 1), no) for key in set(was.keys) - set(now.keys)]
        new_keys += [(*key.split(":", 1), no) for key in set(now.keys) - set(was.keys)]
    for statement, values in (
        (
            "INSERT INTO customer_words(customer_words, rowid, family, given, more) VALUES ('delete',?,?,?,?)",
            lost_words,
        ),
        ("INSERT INTO customer_words(rowid, family, given, more) VALUES (?, ?, ?, ?)", sorted(new_words)),
        ("DELETE FROM customer_key WHERE kind = ? AND value = ? AND customer_no = ?", lost_keys),
        ("INSERT INTO customer_key(kind, value, customer_no) VALUES (?, ?, ?)", sorted(new_keys)),
        ("DELETE FROM customer_found WHERE no = ?", [(no,) for no, (_, now) in changed.items() if now == NOTHING]),
        (
            _KEEP,
            [
                (no, *now.columns, "\n".join(now.keys), now.household_id)
                for no, (_, now) in changed.items()
                if now != NOTHING
            ],
        ),
    ):
        if values:
            connection.exec_driver_sql(statement, values)
    _count_words(connection, words)


def _count_words(connection: Connection, words: Mapping[str, int]) -> None:
    more = [(word, sound(word), n) for word, n in words.items() if n > 0]
    fewer = [(n, word) for word, n in words.items() if n < 0]
    if more:
        connection.exec_driver_sql(
            "INSERT INTO find_word(word, sound, cards) VALUES (?, ?, ?) "
            "ON CONFLICT(word) DO UPDATE SET cards = cards + excluded.cards",
            more,
        )
    if fewer:
        connection.exec_driver_sql("UPDATE find_word SET cards = cards + ? WHERE word = ?", fewer)
        connection.exec_driver_sql("DELETE FROM find_word WHERE word = ? AND cards <= 0", [(w,) for _, w in fewer])


def _see(connection: Connection, sales: Iterable[Mapping[str, Any]]) -> None:
    seen = [(row["made_at"], row["customer_id"].bytes) for row in sales if row["customer_id"] is not None]
    if seen:
        connection.exec_driver_sql(
            "INSERT INTO customer_seen(no, at) SELECT c.no, :at FROM customer c "
            "WHERE c.id = coalesce((SELECT root FROM customer_alias WHERE id = :id), :id) "
            "ON CONFLICT(no) DO UPDATE SET at = max(at, excluded.at)",
            [{"at": at, "id": id_} for at, id_ in seen],
        )


def rebuild_seen(connection: Connection) -> None:
    """Note the last visit of every customer anew, from the sales and from the past that was imported."""
    connection.exec_driver_sql(
        "INSERT INTO customer_seen(no, at) SELECT no, max(at) FROM ("
        "SELECT customer_no AS no, max(at) AS at FROM history_receipt WHERE customer_no IS NOT NULL GROUP BY 1 "
        "UNION ALL SELECT c.no, max(s.made_at) FROM sale s JOIN customer c ON c.id = s.customer_id GROUP BY 1"
        ") GROUP BY 1 ON CONFLICT(no) DO UPDATE SET at = max(at, excluded.at)"
    )


# -------------------------------------------------------------------------------------------------------- products


def _index_products(connection: Connection, ids: Sequence[bytes]) -> None:
    found = ask(connection, _PRODUCTS, hexed(ids))
    if not found:
        return
    connection.exec_driver_sql("DELETE FROM product_words WHERE rowid = ?", [(row.no,) for row in found])
    live = [(row.no, _product_words(row)) for row in found if not row.archived]
    if live:
        connection.exec_driver_sql("INSERT INTO product_words(rowid, words) VALUES (?, ?)", live)


_PRODUCTS = f"SELECT no, sku, name_ru, name_en, brand, product_type, archived FROM product WHERE id IN {AMONG}"  # noqa: S608  # our own text


def _product_words(row: Any) -> str:
    names = (row.sku, row.name_ru, "" if row.name_en == row.name_ru else row.name_en, row.brand, row.product_type)
    return fold(" ".join(names))
