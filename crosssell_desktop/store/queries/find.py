"""Finds a customer among a million by whatever was typed or scanned into the one field.

Exact keys come first (card, phone, e-mail, number of another system, last four digits), then words in any order:
whole ones before beginnings, in the name before in the street or the household, who came last before who came long
ago. Only when nothing answers: the other keyboard layout, the other alphabet, typing errors, and at last all words but
one.

A common name has thousands of cards. Then no more than :data:`CANDIDATES` of them are ordered, the newest cards, and
the answer says that there are more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.fold import TAIL_DIGITS, digits, found_words, other_layout, phone_digits, tail
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.merging import surviving
from crosssell_desktop.domain.sound import sound
from crosssell_desktop.store.find_index import NO_STREET
from crosssell_desktop.store.find_words import Vocabulary, alike, beginning, vocabulary
from crosssell_desktop.store.schema.customers import contact_point, customer, customer_alias

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MatchedBy = Literal["card", "phone", "email", "external", "tail", "words", "layout", "sound", "typo", "part"]

CANDIDATES = 500
"""Cards of one query that are ordered; more are counted as «more than»."""

JUDGED = 100
"""Cards whose words are read to be ordered by how well they answer; of more, only the last visit is read."""

MIN_PHONE_DIGITS = 5
MAX_TEXT = 200
MAX_WORDS = 8
ENOUGH_WORDS = 3
"""Whole words enough to leave beginnings alone when they are found."""

SHORT_BEGINNING = 3
"""Letters up to which the word index keeps beginnings (``store.ddl``)."""

MOST_BEGUN = 200
"""Words of one beginning that are asked one by one."""

BUT_ONE_FROM = 3
"""So many words are enough to leave one out."""

LONG_WORD = 5
"""From so many letters on, two typing errors in one word are forgiven."""

_PHONE = re.compile(r"[\d\s()+.\-\u00a0\u2010-\u2015]+")
_PHONE_INSIDE = re.compile(r"(?<!\w)\+?\d(?:[\s()\-\u00a0\u2010-\u2015]{0,2}\d){6,14}(?!\w)")


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer that answers to a text; ``phone_tail`` is all that may be shown of the phone."""

    id: CustomerId
    no: int
    display_name: str
    phone_tail: str
    matched_by: MatchedBy


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the customers that answer, the best first; with ``is_more`` there are more than ``total``."""

    customers: tuple[FoundCustomer, ...] = ()
    total: int = 0
    is_more: bool = False


NOBODY = Found()


def find_customers(connection: Connection, text: str, limit: int = 20, offset: int = 0) -> Found:
    """Return at most ``limit`` customers after the first ``offset``."""
    text = text.strip()[:MAX_TEXT]
    if not text or limit <= 0:
        return NOBODY
    upto = offset + limit
    for understood in _ways(connection, text, upto):
        found = understood()
        if found.nos:
            page = dict(list(found.nos.items())[offset:upto])
            return Found(_described(connection, page), found.total, found.is_more)
    return NOBODY


def customer_by_key(connection: Connection, key: str) -> CustomerId | None:
    """Return the one customer who has this card, phone, e-mail or number of another system; None if not exactly one."""
    found = {no for no, by in _exact(connection, key.strip()).items() if by != "tail"}
    if len(found) != 1:
        return None
    return CustomerId(connection.execute(select(customer.c.id).where(customer.c.no == found.pop())).scalar_one())


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Numbers of cards in order; ``total`` counts those that were left out too."""

    nos: dict[int, MatchedBy]
    total: int
    is_more: bool = False


_NOTHING = _Ranked({}, 0)


# ------------------------------------------------------------------------------------------------------------ keys


def _by_key(connection: Connection, text: str, upto: int) -> _Ranked:
    exact = _exact(connection, text)
    if exact:
        return _by_visit(connection, exact)
    if "@" in text:
        return _starting(connection, "email", [text.lower()])
    if not _PHONE.fullmatch(text):
        return _NOTHING
    typed = digits(text)
    if len(typed) == TAIL_DIGITS:
        return _tails(connection, typed, upto)
    if len(typed) < MIN_PHONE_DIGITS:
        return _NOTHING
    starts = {typed} if text.startswith("+") else {typed, "7" + typed.removeprefix("8"), "7" + typed}
    found = _starting(connection, "phone", sorted(starts))
    return found if found.nos else _ending(connection, typed)


def _exact(connection: Connection, text: str) -> dict[int, MatchedBy]:
    """Return the cards one of whose keys is this text, the surest kind first."""
    low = text.lower()
    asked: list[tuple[MatchedBy, str]] = [("card", text)]
    if "@" in text:
        asked.append(("email", low))
    if _PHONE.fullmatch(text):
        asked += [("phone", phone_digits(text)), ("card", digits(text))]
    asked.append(("external", text))
    found: dict[int, MatchedBy] = {}
    for kind, value in dict.fromkeys(asked):
        for (no,) in connection.exec_driver_sql(
            "SELECT customer_no FROM customer_key WHERE kind = ? AND value = ? LIMIT ?", (kind, value, JUDGED)
        ):
            found.setdefault(no, kind)
    return found


def _starting(connection: Connection, kind: MatchedBy, starts: Iterable[str]) -> _Ranked:
    """Return the cards with a key not yet typed to the end."""
    found: dict[int, MatchedBy] = {}
    for start in starts:
        rows = connection.exec_driver_sql(
            "SELECT customer_no FROM customer_key WHERE kind = ? AND value >= ? AND value < ? LIMIT ?",
            (kind, start, start + "\U0010ffff", JUDGED + 1),
        )
        found |= {row[0]: kind for row in rows}
    return _by_visit(connection, found, is_more=len(found) > JUDGED)


_TAILS = """SELECT k.customer_no FROM customer_key k LEFT JOIN customer_seen s ON s.no = k.customer_no
WHERE k.kind = 'tail' AND k.value = ? ORDER BY s.at DESC, k.customer_no DESC LIMIT ?"""


def _tails(connection: Connection, typed: str, upto: int) -> _Ranked:
    """Return everyone whose phone ends so, who came last first; no one is left out of the count."""
    counted = "SELECT count(*) FROM customer_key WHERE kind = 'tail' AND value = ?"
    nos = connection.exec_driver_sql(_TAILS, (typed, upto)).scalars()
    return _Ranked(dict.fromkeys(nos, "tail"), int(connection.exec_driver_sql(counted, (typed,)).scalar_one()))


def _ending(connection: Connection, typed: str) -> _Ranked:
    """Return those whose phone ends with more than four digits: a number told without its code."""
    nos = connection.exec_driver_sql(_TAILS, (tail(typed), CANDIDATES)).scalars().all()
    found: dict[int, MatchedBy] = {
        card.no: "phone"
        for card in _cards(connection, nos)
        if any(key.startswith("phone:") and key.endswith(typed) for key in card.keys)
    }
    return _Ranked(found, len(found))


def _by_visit(connection: Connection, found: Mapping[int, MatchedBy], *, is_more: bool = False) -> _Ranked:
    seen = _seen(connection, list(found))
    kinds = list(dict.fromkeys(found.values()))
    ordered = sorted(found, key=lambda no: (kinds.index(found[no]), -seen.get(no, 0), -no))
    return _Ranked({no: found[no] for no in ordered}, len(found), is_more)


def _seen(connection: Connection, nos: Sequence[int]) -> dict[int, int]:
    if not nos:
        return {}
    marks = ", ".join("?" * len(nos))
    rows = connection.exec_driver_sql(f"SELECT no, at FROM customer_seen WHERE no IN ({marks})", tuple(nos))  # noqa: S608  # marks
    return {row[0]: row[1] for row in rows}


# ----------------------------------------------------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class _Card:
    """The words of a card, and when it was seen last."""

    no: int
    family: frozenset[str]
    name: frozenset[str]
    more: frozenset[str]
    keys: tuple[str, ...]
    seen: int


def _ways(connection: Connection, text: str, upto: int) -> Iterator[Callable[[], _Ranked]]:
    """Yield the ways to understand a text, the plainest first."""
    yield lambda: _by_key(connection, text, upto)
    typed = _words(text)
    if typed:
        yield lambda: _as_typed(connection, typed, upto, "words")
    other = other_layout(text)
    meant = _words(other)
    if meant != typed:
        yield lambda: _by_key(connection, other, upto)
        if meant:
            yield lambda: _as_typed(connection, meant, upto, "layout")
    if typed:
        yield lambda: _by_sound(connection, typed)
        yield lambda: _mistyped(connection, typed, "typo")
    if meant and meant != typed:
        yield lambda: _mistyped(connection, meant, "layout")
    if len(typed) >= BUT_ONE_FROM:
        yield lambda: _but_one(connection, typed)


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text; a phone among them counts by its last four digits, «ул.» and the like do not.

    An e-mail address and bare digits are keys and no words.
    """
    told = _PHONE_INSIDE.sub(lambda found: f" {tail(found[0])} ", text)
    found = tuple(dict.fromkeys(found_words(told)))[:MAX_WORDS]
    if "@" in text or all(word.isdigit() for word in found):
        return ()
    # With a number beside it «д» is a house, without one it may be an initial.
    is_address = any(word.isdigit() for word in found)
    return tuple(word for word in found if word not in NO_STREET or (len(word) == 1 and not is_address)) or found


def _match(connection: Connection, query: str, most: int) -> list[int]:
    """Return the cards that answer a query of the word index, the newest first."""
    sql = "SELECT rowid FROM customer_words WHERE customer_words MATCH ? ORDER BY rowid DESC LIMIT ?"
    return list(connection.exec_driver_sql(sql, (query, most)).scalars())


def _all_of(words: Iterable[str], mark: str = "") -> str:
    # Folded words are letters and digits only, so nothing in them can be query syntax inside the quotes.
    return " AND ".join(f'"{word}"{mark}' for word in words)


def _as_typed(connection: Connection, typed: tuple[str, ...], upto: int, by: MatchedBy) -> _Ranked:
    """Return the cards that have every word: whole first, then as beginnings."""
    whole = _match(connection, _all_of(typed), CANDIDATES + 1)
    found = dict.fromkeys(whole)
    begun: list[str] | None = None
    if len(whole) < upto and (not whole or len(typed) < ENOUGH_WORDS):
        begun = _begun(connection, typed)
        if begun is not None:
            found |= dict.fromkeys(_match(connection, " AND ".join(begun), CANDIDATES + 1))
    nos = list(found)[:CANDIDATES]
    is_more = len(found) > CANDIDATES
    if len(nos) <= JUDGED:
        ordered = _judged(connection, nos, [{word: 0} for word in typed])
    else:
        ordered = _tiered(connection, [f'"{word}"' for word in typed], upto)
        if len(ordered) < upto and begun is not None:
            ordered = list(dict.fromkeys((*ordered, *_tiered(connection, begun, upto))))
    return _Ranked(dict.fromkeys(ordered, by), len(nos), is_more)


def _begun(connection: Connection, typed: Sequence[str]) -> list[str] | None:
    """Return what each word may be the beginning of, as the word index asks it; None when one begins nothing.

    Short beginnings have an index of their own. A longer one is the words it begins, if they are few: the word index
    would first gather all their cards, but looks up single words only where the others stand.
    """
    made: list[str] = []
    for word in typed:
        if word.isdigit():
            made.append(f'"{word}"')
            continue
        known = [word] if len(word) <= SHORT_BEGINNING else beginning(connection, word, MOST_BEGUN)
        if not known:
            return None
        is_few = len(word) > SHORT_BEGINNING and len(known) < MOST_BEGUN
        made.append("(" + " OR ".join(f'"{one}"' for one in known) + ")" if is_few else f'"{word}"*')
    return made


def _tiered(connection: Connection, words: Sequence[str], upto: int) -> list[int]:
    """Order a common name without reading its cards: by where the words stand, and then by the last visit."""
    found: dict[int, None] = {}
    in_family = " OR ".join(
        "(" + " AND ".join([f"family : {word}", *(f"{{family given}} : {w}" for w in words if w != word)]) + ")"
        for word in words
    )
    in_name = " AND ".join(f"{{family given}} : {word}" for word in words)
    for query in (in_family, in_name, " AND ".join(words)):
        nos = _match(connection, query, CANDIDATES)
        seen = _seen(connection, nos)
        found |= dict.fromkeys(sorted(nos, key=lambda no: (-seen.get(no, 0), -no)))
        if len(found) >= upto:
            break
    return list(found)


def _cards(connection: Connection, nos: Sequence[int]) -> list[_Card]:
    if not nos:
        return []
    marks = ", ".join("?" * len(nos))
    rows = connection.exec_driver_sql(
        "SELECT f.no, f.family, f.given, f.more, f.keys, coalesce(s.at, 0) FROM customer_found f "  # noqa: S608  # marks
        f"LEFT JOIN customer_seen s ON s.no = f.no WHERE f.no IN ({marks})",
        tuple(nos),
    )
    return [
        _Card(
            row[0],
            frozenset(row[1].split()),
            frozenset(row[2].split()),
            frozenset(row[3].split()),
            tuple(row[4].split("\n")),
            row[5],
        )
        for row in rows
    ]


Meant = Mapping[str, int]
"""What a typed word may stand for, each with the typing errors that lie between."""


def _judged(connection: Connection, nos: Sequence[int], meant: Sequence[Meant]) -> list[int]:
    """Order cards by how well they answer: fewest errors, whole words, in the name, the family first, seen last."""
    return [
        card.no
        for card in sorted(_cards(connection, nos), key=lambda card: (_faults(card, meant), -card.seen, -card.no))
    ]


def _faults(card: _Card, meant: Sequence[Meant]) -> tuple[int, int, int, int]:
    missing = errors = places = 0
    for options in meant:
        best = min((_fault(card, word, wrong) for word, wrong in options.items()), default=(9, 9))
        missing += best[0] >= 9
        errors += best[0] if best[0] < 9 else _tail_errors(card, options)
        places += best[1]
    first_is_family = any(word in card.family for options in meant[:1] for word in options)
    return missing, errors, places, 0 if first_is_family else 1


def _fault(card: _Card, word: str, wrong: int) -> tuple[int, int]:
    """Return the errors of a word in a card and how far from a whole word of the name it stands; 9 is not there."""
    if word in card.family or word in card.name:
        return wrong, 0
    if word in card.more:
        return wrong, 1
    for place, words in enumerate((card.family | card.name, card.more)):
        if any(one.startswith(word) for one in words):
            return wrong, 2 + place
    return 9, 9


def _tail_errors(card: _Card, options: Meant) -> int:
    """Return how many digits of the nearest phone differ from four that were typed wrong."""
    typed = next(iter(options), "")
    ends = [key[-TAIL_DIGITS:] for key in card.keys if key.startswith("tail:")]
    if len(typed) != TAIL_DIGITS or not typed.isdigit() or not ends:
        return TAIL_DIGITS
    return min(sum(a != b for a, b in zip(typed, end, strict=False)) for end in ends)


def _among(connection: Connection, meant: Sequence[Meant], by: MatchedBy, begun: Iterable[str] = ()) -> _Ranked:
    """Return the cards that have one meaning of each word; ``begun`` may be beginnings as they were typed."""
    if not all(meant):
        return _NOTHING
    starts = set(begun)
    parts = [
        "(" + " OR ".join(f'"{word}"{"*" if word in starts else ""}' for word in options) + ")" for options in meant
    ]
    nos = _match(connection, " AND ".join(parts), CANDIDATES + 1)
    ordered = _judged(connection, nos[: JUDGED * 2], meant)
    return _Ranked(dict.fromkeys(ordered, by), min(len(nos), CANDIDATES), len(nos) > CANDIDATES)


def _by_sound(connection: Connection, typed: tuple[str, ...]) -> _Ranked:
    """Return those whose name sounds so in the other alphabet."""
    if all(word.isdigit() for word in typed):
        return _NOTHING
    meant: list[Meant] = []
    for word in typed:
        if word.isdigit():
            meant.append({word: 0})
            continue
        meant.append(dict.fromkeys(alike(connection, sound(word)), 0))
    return _among(connection, meant, "sound")


def _mistyped(connection: Connection, typed: tuple[str, ...], by: MatchedBy) -> _Ranked:
    """Return those that are meant by mistyped words: first only the unknown ones are doubted, then all."""
    known = vocabulary(connection)
    sure: dict[str, Meant] = {word: {word: 0} for word in typed if word.isdigit() or word in known}
    unsure = {word: {word: 0, **_near(known, word)} for word in typed if word not in sure}
    begun = [word for word in unsure if beginning(connection, word, 1)]
    found = _among(connection, [sure.get(word) or unsure[word] for word in typed], by, begun)
    if found.nos or len(typed) == 1:
        return found
    for most in (1, 2):
        doubted = [
            {word: 0} if word.isdigit() else {word: 0, **known.near(word, min(most, _most(word)))} for word in typed
        ]
        found = _among(connection, doubted, by, begun)
        if found.nos:
            return found
    return _NOTHING


def _most(word: str) -> int:
    """Return how many typing errors are forgiven in a word."""
    return 2 if len(word) >= LONG_WORD else 1


def _near(known: Vocabulary, word: str) -> Meant:
    return known.near(word, 1) or known.near(word, _most(word))


def _but_one(connection: Connection, typed: tuple[str, ...]) -> _Ranked:
    """Return those that have all words but one, who has something near the last one first."""
    found: dict[int, None] = {}
    for left in range(len(typed)):
        found |= dict.fromkeys(_match(connection, _all_of(typed[:left] + typed[left + 1 :]), JUDGED + 1))
    nos = list(found)
    ordered = _judged(connection, nos[: JUDGED * 2], [{word: 0} for word in typed])
    return _Ranked(dict.fromkeys(ordered, "part"), min(len(nos), CANDIDATES), len(nos) > CANDIDATES)


# ----------------------------------------------------------------------------------------------------------- shown


def _described(connection: Connection, found: Mapping[int, MatchedBy]) -> tuple[FoundCustomer, ...]:
    """Return what may be shown of some cards; merged ones show what survives of all of them."""
    c = customer.c
    rows = {row.no: row for row in connection.execute(select(c.no, c.id, c.display_name).where(c.no.in_(list(found))))}
    together: dict[UUID, list[Mapping[str, Any]]] = {}
    a = customer_alias.c
    members = select(customer, a.root).join(customer_alias, a.id == c.id)
    for member in connection.execute(members.where(a.root.in_([row.id for row in rows.values()]))).mappings():
        together.setdefault(member["root"], []).append({str(name): value for name, value in member.items()})
    root_of = {row.id: row.id for row in rows.values()}
    root_of |= {member["id"]: root for root, some in together.items() for member in some}
    points = contact_point.c
    phones: dict[UUID, str] = {}
    told = select(points.customer_id, points.value).where(
        points.type == "phone", points.value != "", points.customer_id.in_(list(root_of))
    )
    for row in connection.execute(told.order_by(points.is_primary, points.id)):
        phones[root_of[row.customer_id]] = row.value[-TAIL_DIGITS:]
    return tuple(
        FoundCustomer(
            CustomerId(rows[no].id),
            no,
            surviving(together[rows[no].id])["display_name"] if rows[no].id in together else rows[no].display_name,
            phones.get(rows[no].id, ""),
            by,
        )
        for no, by in found.items()
    )
