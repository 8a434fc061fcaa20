"""Takes customers from files of other systems, batch by batch.

Law: a row that says what it said last time changes nothing; what people say at the counter is never undone by a file;
a card is found to be the same person by the automatic rules of ``matching`` only; nobody who was erased comes back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, union, update

from crosssell_desktop.domain.fields import edited
from crosssell_desktop.domain.fold import phone_digits
from crosssell_desktop.matching import cards as people
from crosssell_desktop.matching.compare import compare
from crosssell_desktop.matching.rules import Zone, judge
from crosssell_desktop.store import sources
from crosssell_desktop.store.among import AMONG, EACH, ask, hexed
from crosssell_desktop.store.find_index import ADDRESS, FOUND_STATUSES
from crosssell_desktop.store.puts import ContactPut, CustomerPut, IdentifierPut, contact_id, identifier_id, row_of_put
from crosssell_desktop.store.registers import Counts, Desk
from crosssell_desktop.store.schema.catalogue import external_ref, import_source
from crosssell_desktop.store.schema.customers import contact_point, customer, identifier
from crosssell_desktop.store.schema.imports import import_batch, import_change
from crosssell_desktop.store.tombstones import tombstoned
from crosssell_desktop.store.unit import Unit, begin

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

UNDONE = "undone"
"""The status of a card that came by a batch which was taken back: empty, and not found."""

OPEN, DONE = "open", "done"
CHUNK = 500
"""Rows in one transaction: a sale beside it waits some tenths of a second at the most."""
CANDIDATES = 20
"""Cards with a key in common that are compared with one row; a key of more people proves nothing."""

LOYALTY = ("card", "loyalty_ean13")
OWN_SYSTEM = "external_1c"
OWN_KEY = "crosssell:"
"""Begins the key of a card that the other system has from us (``customer_exports``)."""

_OUTSIDE = (OWN_SYSTEM,)
"""Identifiers that one system gives, so that the same in two files is the same person (M1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One customer as a file tells it; empty is «says nothing».

    ``contacts`` are type, value and whether it is verified; ``identifiers`` type and value.
    """

    external_id: str
    id: UUID
    digest: str
    card: CustomerPut
    contacts: tuple[tuple[str, str, bool], ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()

    def keys(self, source: str) -> Iterator[tuple[str, str]]:
        """Yield the keys by which an erased person would be known."""
        yield "external", f"{source}:{self.external_id}"
        for kind, value, _ in self.contacts:
            if kind in {"phone", "email"}:
                yield kind, value
        for kind, value in self.identifiers:
            yield ("card" if kind in LOYALTY else "external"), value


@dataclass(slots=True)
class Taken:
    """What became of a chunk: counts, how many rows were found to be known people, and those nobody may bring back."""

    counts: Counts = field(default_factory=Counts)
    joined: int = 0
    erased: list[str] = field(default_factory=list)


# --------------------------------------------------------------------------------------------------------- batches


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of customers as it is kept; ``counts`` are those it told at its end."""

    no: int
    source: str
    file: str
    started_at: int
    state: str
    counts: Mapping[str, int]


def cards_of_batch(connection: Connection, number: int) -> int:
    """Return how many rows of a batch made a card or changed one."""
    made = select(external_ref.c.external_id).where(
        external_ref.c.batch_no == number, external_ref.c.entity == "customer"
    )
    changed = select(import_change.c.external_id).where(import_change.c.batch_no == number)
    return int(connection.execute(select(func.count()).select_from(union(made, changed).subquery())).scalar_one())


def open_batch(connection: Connection, source: int, file: str, now_ms: int) -> int:
    """Begin a batch; return its number."""
    values = {
        "source_no": source,
        "entity": "customer",
        "file": file,
        "started_at": now_ms,
        "state": OPEN,
        "counts": {},
    }
    return int(connection.execute(insert(import_batch).values(values).returning(import_batch.c.no)).scalar_one())


def close_batch(connection: Connection, no: int, now_ms: int, counts: Mapping[str, int]) -> None:
    """End a batch that is whole; one that did nothing is forgotten."""
    if not any(counts.get(name) for name in ("added", "changed")):
        connection.execute(delete(import_batch).where(import_batch.c.no == no))
        return
    done = {"state": DONE, "ended_at": now_ms, "counts": dict(counts)}
    connection.execute(update(import_batch).where(import_batch.c.no == no).values(done))


def batches(connection: Connection, state: str | None = None) -> tuple[Batch, ...]:
    """Return the batches, the newest first."""
    b = import_batch.c
    asked = select(b.no, import_source.c.name, b.file, b.started_at, b.state, b.counts)
    asked = asked.join(import_source, import_source.c.no == b.source_no).order_by(b.no.desc())
    rows = connection.execute(asked if state is None else asked.where(b.state == state))
    return tuple(Batch(*row) for row in rows)


def cut_off(connection: Connection) -> tuple[int, ...]:
    """Return the batches that are open; for whoever has the profile alone, those a cut left behind."""
    asked = select(import_batch.c.no).where(import_batch.c.state == OPEN).order_by(import_batch.c.no.desc())
    return tuple(connection.execute(asked).scalars())


# ----------------------------------------------------------------------------------------------------------- taken


@dataclass(slots=True)
class Known:
    """A card that is here, with what hangs on it."""

    row: dict[str, Any]
    contacts: dict[UUID, Any] = field(default_factory=dict)
    identifiers: dict[UUID, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    """What this chunk changes; ``row`` stays what it was before."""
    is_new: bool = False
    """This chunk makes it."""

    def value(self, name: str) -> Any:
        """Return one field with the changes."""
        return self.changes.get(name, self.row[name])

    @property
    def now(self) -> dict[str, Any]:
        """The row with the changes."""
        return {**self.row, **self.changes}


def known_cards(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Known]:
    """Return those of some cards that are here, with contacts and identifiers."""
    found: dict[UUID, Known] = {}
    here = ask(connection, f"SELECT id FROM customer WHERE id IN {AMONG}", hexed(id_.bytes for id_ in ids))  # noqa: S608  # our own text
    for part in slices(UUID(bytes=row.id) for row in here):
        for row in connection.execute(select(customer).where(customer.c.id.in_(part))).mappings():
            found[row["id"]] = Known({name: value for name, value in row.items() if name != "no"})
        for table in (contact_point, identifier):
            for one in connection.execute(select(table).where(table.c.customer_id.in_(part))):
                if one.customer_id in found:
                    kept = found[one.customer_id]
                    (kept.contacts if table is contact_point else kept.identifiers)[one.id] = one
    return found


def slices(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Yield ids in parts of one statement."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), sources.SLICE):
        yield wanted[start : start + sources.SLICE]


def foresee(connection: Connection, source: int | None, rows: Sequence[Row]) -> Taken:
    """Say what :func:`take` would do by what the source said last; who is whom is not looked at."""
    if source is None:
        return Taken(Counts(added=len(rows)))
    refs = sources.refs(connection, source, "customer", [row.external_id for row in rows])
    for external_id in _gone(connection, refs):
        del refs[external_id]
    same = sum(1 for row in rows if row.external_id in refs and refs[row.external_id].digest == row.digest)
    added = sum(1 for row in rows if row.external_id not in refs)
    return Taken(Counts(added, len(rows) - same - added, same))


def take(desk: Desk, source_name: str, batch: int, rows: Sequence[Row]) -> Taken:
    """Take one chunk in one transaction and one event."""
    taken = Taken()
    with begin(desk.database, desk.clock, desk.ids) as unit:
        refs = sources.refs(unit.connection, desk.source, "customer", [row.external_id for row in rows])
        gone = [(desk.source, external_id) for external_id in _gone(unit.connection, refs)]
        if gone:
            unit.connection.exec_driver_sql(sources.FORGET_CUSTOMER, gone)
            for _, external_id in gone:
                del refs[external_id]
        news = [row for row in rows if row.external_id not in refs or refs[row.external_id].digest != row.digest]
        taken.counts += Counts(same=len(rows) - len(news))
        erased = tombstoned(unit.connection, (key for row in news for key in row.keys(source_name)))
        fresh = news
        if erased:
            fresh = [row for row in news if erased.isdisjoint(row.keys(source_name))]
            taken.erased = [row.external_id for row in news if not erased.isdisjoint(row.keys(source_name))]
        if fresh:
            _Chunk(unit, desk, batch, refs, taken).write(fresh)
    return taken


def _gone(connection: Connection, refs: Mapping[str, sources.Ref]) -> list[str]:
    """Return the rows whose card went with a batch that was taken back, here or at another counter."""
    asked = hexed({ref.id.bytes for ref in refs.values()})
    gone = {UUID(bytes=row.id) for row in ask(connection, _UNDONE_AMONG, asked, UNDONE)}
    return [external_id for external_id, ref in refs.items() if ref.id in gone] if gone else []


_UNDONE_AMONG = f"SELECT c.id FROM {EACH} customer AS c ON c.id = unhex(j.value) WHERE c.status = ?"  # noqa: S608  # our own text


@dataclass(slots=True)
class _Chunk:
    """Rows that say something new, while they become the rows of one event."""

    unit: Unit
    desk: Desk
    batch: int
    refs: Mapping[str, sources.Ref]
    taken: Taken
    hlc: int = 0
    known: dict[UUID, Known] = field(default_factory=dict)
    by_key: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)
    own: set[UUID] = field(default_factory=set)
    """Cards that this batch made: they go as a whole."""
    rows: dict[str, list[Any]] = field(default_factory=lambda: {"contact_point": [], "identifier": []})
    remembered: list[tuple[Any, ...]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def write(self, fresh: Sequence[Row]) -> None:
        """Find who each row is, and record what is new."""
        connection = self.unit.connection
        self.hlc = self.unit.tick()
        self._look_up(fresh)
        for row in fresh:
            ref = self.refs.get(row.external_id)
            if ref is not None:
                self._change(row, ref.id, "", ref.digest)
            elif row.id in self.known and self.known[row.id].row["status"] != UNDONE:
                self._change(row, row.id, "", "")
            else:
                target, rule = self._same_person(row)
                if target is None:
                    self._add(row)
                else:
                    self.taken.joined += 1
                    self._change(row, target, rule, "")
        cards = [known for known in self.known.values() if known.is_new or known.changes]
        rows = {"customer": [self._written(known) for known in cards], **self.rows}
        if any(rows.values()):
            self.unit.record("customer_imported", rows)
        connection.exec_driver_sql(sources.REMEMBER_OF_BATCH, self.remembered)
        if self.changes:
            connection.execute(insert(import_change), self.changes)

    def _look_up(self, fresh: Sequence[Row]) -> None:
        """Read every card that a row is, or may be."""
        connection = self.unit.connection
        ids = {ref.id for ref in self.refs.values()} | {row.id for row in fresh}
        keys = {key for row in fresh if row.external_id not in self.refs for key in _exact_keys(row)}
        # CROSS JOIN keeps the keys outside: the other way round every key of every card would be walked through.
        found = connection.exec_driver_sql(
            "SELECT k.kind, k.value, c.id FROM json_each(?) AS j CROSS JOIN customer_key AS k "
            "ON k.kind = json_extract(j.value, '$[0]') AND k.value = json_extract(j.value, '$[1]') "
            "JOIN customer AS c ON c.no = k.customer_no",
            (json.dumps(sorted(keys)),),
        )
        for kind, value, id_ in found:
            self.by_key.setdefault((kind, value), []).append(UUID(bytes=id_))
        ids |= {id_ for some in self.by_key.values() if len(some) <= CANDIDATES for id_ in some}
        self.known = known_cards(connection, ids)
        known = hexed(id_.bytes for id_ in self.known)
        self.own |= {UUID(bytes=row.id) for row in ask(connection, _OWN, self.batch, known, self.batch)}

    def _written(self, known: Known) -> dict[str, Any]:
        if known.is_new and known.row.get("status") != UNDONE:
            return known.now
        # The card of a batch that was taken back comes to life again, as an edit of what is left of it.
        return edited(known.row, known.changes, self.hlc, self.unit.me.counter_id)

    def _same_person(self, row: Row) -> tuple[UUID | None, str]:
        """Return the card that is this person by a rule that may join by itself, and the rule."""
        asked: people.Keys | None = None
        for key in _exact_keys(row):
            some = self.by_key.get(key, [])
            for id_ in some if len(some) <= CANDIDATES else ():
                known = self.known.get(id_)
                if known is None or known.value("status") not in FOUND_STATUSES or not _may_prove(key, row, known):
                    continue
                asked = asked or people.keys_of(_as_told(row))
                verdict = judge(compare(asked, people.keys_of(_asknown_cards(known))), is_family_phone=len(some) > 1)
                if verdict.zone is Zone.AUTO and known.value("kind") == row.card.kind:
                    return id_, verdict.rule
        return None, ""

    def _add(self, row: Row) -> None:
        self.taken.counts += Counts(added=1)
        made = row_of_put(row.card, self.hlc)
        gone = self.known.get(row.id)
        if gone is None:
            self.known[row.id] = Known(made, is_new=True)
        else:
            gone.is_new = True
            gone.changes = {name: value for name, value in made.items() if name not in {"id", "ver"}}
        self.own.add(row.id)
        self._hang(row, row.id)
        for key in _exact_keys(row):
            self.by_key.setdefault(key, []).append(row.id)
        self._remember(row, row.id, is_ours=True)

    def _change(self, row: Row, target: UUID, rule: str, was_digest: str) -> None:
        known = self.known.get(target)
        if known is None:
            # Nothing of the card is here but the memory of it: it was erased.
            self._remember(row, target, is_ours=False)
            self.taken.counts += Counts(same=1)
            return
        now = known.now
        changes = _changes(now, row.card, joined=bool(rule))
        before = {name: [now[name], value] for name, value in changes.items()}
        known.changes |= changes
        hung, is_proved = self._hang(row, target)
        is_news = bool(changes or hung or rule or is_proved)
        self._remember(row, target, is_ours=is_news or target in self.own)
        self.taken.counts += Counts(changed=1) if is_news else Counts(same=1)
        if not is_news or target in self.own:
            return
        self.changes.append(
            {
                "batch_no": self.batch,
                "external_id": row.external_id,
                "customer_id": target,
                "rule": rule,
                "was_digest": was_digest,
                "fields": {name: [plain_value(a), plain_value(b)] for name, (a, b) in before.items()},
                "made": hung,
            }
        )

    def _hang(self, row: Row, target: UUID) -> tuple[list[list[Any]], bool]:
        """Add the contacts and identifiers that are not there yet.

        Returns:
            Table, id and version of each, and whether a contact that was there is verified now.
        """
        known = self.known[target]
        hung: list[list[Any]] = []
        is_proved = False
        for kind, value, verified in row.contacts:
            key = contact_id(target, kind, value)
            kept = known.contacts.get(key)
            if kept is not None and kept.value != value:
                kept = None  # taken back once
            if kept is not None and (kept.verified_at is not None or not verified):
                continue
            put = ContactPut(
                id=key,
                customer_id=target,
                type=kind,
                value=value,
                is_primary=True if kept is None else kept.is_primary,
                verified_at=self.unit.now_ms if verified else None,
                source="import" if kept is None else kept.source,
            )
            self.rows["contact_point"].append(row_of_put(put, self.hlc))
            known.contacts[key] = put
            is_proved |= kept is not None
            if kept is None and target not in self.own:
                hung.append(["contact_point", str(key), self.hlc])
        for kind, value in row.identifiers:
            key = identifier_id(target, kind, value)
            if kind in LOYALTY and any(i.value == value for i in known.identifiers.values() if i.type in LOYALTY):
                continue
            number = known.identifiers.get(key)
            if number is None or number.value != value:
                one = IdentifierPut(id=key, customer_id=target, type=kind, value=value)
                self.rows["identifier"].append(row_of_put(one, self.hlc))
                known.identifiers[key] = one
                if target in self.own:
                    continue
                hung.append(["identifier", str(key), self.hlc])
        return hung, is_proved

    def _remember(self, row: Row, target: UUID, *, is_ours: bool) -> None:
        """Keep what the row said; ``is_ours`` when taking the batch back has to do with it."""
        is_new = is_ours and row.external_id not in self.refs
        batch = self.batch if is_new else None
        told = (self.desk.source, "customer", row.external_id, target.bytes, row.digest, batch, self.hlc)
        self.remembered.append(told)


_OWN = (
    f"SELECT e.id FROM external_ref AS e WHERE +e.batch_no = ? AND e.id IN {AMONG} AND NOT EXISTS "  # noqa: S608  # our own text
    "(SELECT 1 FROM import_change AS c WHERE c.batch_no = ? AND c.external_id = e.external_id)"
)


def plain_value(value: Any) -> Any:
    """Return a field as JSON can carry it."""
    return str(value) if isinstance(value, UUID) else value


def _exact_keys(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the keys of the index that a card of the same person would share, the surest first."""
    for kind, value in row.identifiers:
        if kind in LOYALTY:
            yield "card", value
        elif kind in _OUTSIDE:
            yield "external", value
    for kind, value, _ in row.contacts:
        if kind == "phone":
            yield "phone", phone_digits(value)
        elif kind == "email":
            yield "email", value


def _may_prove(key: tuple[str, str], row: Row, known: Known) -> bool:
    """Say whether a key in common may join two cards by itself: a phone or e-mail only when both proved it (M2, M3)."""
    kind, value = key
    if kind not in {"phone", "email"}:
        return True

    def is_proved(contacts: Iterable[tuple[str, str, bool]]) -> bool:
        told = (text for of, text, proved in contacts if of == kind and proved)
        return value in (phone_digits(text) if kind == "phone" else text.lower() for text in told)

    return is_proved(row.contacts) and is_proved(
        (c.type, c.value, c.verified_at is not None) for c in known.contacts.values()
    )


def _changes(was: Mapping[str, Any], told: CustomerPut, *, joined: bool) -> dict[str, Any]:
    """Return what a file changes in a card that is there.

    Of a card that the source does not own it fills only what is empty; a name from a document or typed by staff and a
    birthday the client stated stay; what only people say (care mode, do not contact) is never taken back.
    """
    changes: dict[str, Any] = {}
    names = ("display_name", "family_name", "given_name", "patronymic")
    may_rename = not was["name_source"] and not joined
    for name in (*names, "birthday", "language", "kind"):
        value = getattr(told, name)
        is_free = may_rename if name in names else not (name == "birthday" and was["birthday_source"]) and not joined
        if value and value != was[name] and (is_free or not was[name]):
            changes[name] = value
    if may_rename and changes.keys() & set(names):
        changes |= {name: getattr(told, name) for name in names if getattr(told, name) != was[name]}
    if joined and not (was["name_source"] or {"family_name", "given_name"} <= changes.keys()):
        # Half a name from one file and half from another would be nobody's.
        changes = {name: value for name, value in changes.items() if name not in names or name == "patronymic"}
    if told.do_not_contact and not was["do_not_contact"]:
        changes["do_not_contact"] = True
    return changes


def _as_told(row: Row) -> people.Card:
    """Return a row as matching sees it."""
    return _as_person(
        row.external_id,
        {
            name: getattr(row.card, name)
            for name in ("display_name", "family_name", "given_name", "patronymic", "birthday")
        },
        row.contacts,
        row.identifiers,
        is_birthday_verified=False,
    )


def _asknown_cards(known: Known) -> people.Card:
    """Return a card that is here as matching sees it."""
    return _as_person(
        str(known.row["id"]),
        # As this chunk leaves it: a card that comes to life again is empty before.
        known.now,
        [(c.type, c.value, c.verified_at is not None) for c in known.contacts.values() if c.value],
        [(i.type, i.value) for i in known.identifiers.values() if i.value],
        is_birthday_verified=bool(known.value("birthday_source")),
    )


def _as_person(
    key: str,
    row: Mapping[str, Any],
    contacts: Sequence[tuple[str, str, bool]],
    identifiers: Sequence[tuple[str, str]],
    *,
    is_birthday_verified: bool,
) -> people.Card:
    return people.Card(
        key=key,
        name=row["display_name"],
        family=row["family_name"],
        given=row["given_name"],
        patronymic=row["patronymic"],
        birthday=row["birthday"],
        is_birthday_verified=is_birthday_verified,
        phones=tuple(people.Contact(value, verified) for kind, value, verified in contacts if kind == "phone"),
        emails=tuple(people.Contact(value, verified) for kind, value, verified in contacts if kind == "email"),
        loyalty=tuple(value for kind, value in identifiers if kind in LOYALTY),
        external_ids=tuple(f"{kind}/{value}" for kind, value in identifiers if kind in _OUTSIDE),
        inn=next((value for kind, value in identifiers if kind == "inn"), ""),
        address=next((value for kind, value, _ in contacts if kind == ADDRESS), ""),
    )
