"""The centre as a plain Python model: what ``sync_push``, ``sync_look`` and ``sync_snapshot`` mean, without a database.

Law: it is written from the rules and not from the SQL; a seed run on both must end in the same state.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.fields import REST, hlc_of, merge, stamp, stamps_of, whole_stamp
from crosssell_desktop.store.exchange_rows import DownRow
from crosssell_desktop.store.field_rows import RAW, SEEN, fields_of, is_by_field
from crosssell_desktop.store.schema import metadata
from crosssell_desktop.sync.centre_ddl import LEEWAY_MS
from crosssell_desktop.sync.link import AccessRefused, BatchRefused, CentreAway
from crosssell_desktop.sync.tables import BY_TABLE, TRAVELS
from crosssell_desktop.sync.transport import PullTrouble
from crosssell_desktop.sync.wire import PullAnswer, PullCall, PushAnswer, PushCall, SnapshotAnswer
from tests.exchange.rows import canonical

ZERO = UUID(int=0)
NUL = "\\u0000"
Body = dict[str, Any]
Scope = str
FACTS = ("append", "strictest", "first_accept")


@dataclass(frozen=True)
class Fed:
    """A row of the feed."""

    xid: int
    id: int
    scope: Scope
    entity: str
    pk: str
    ver: int
    incarnation: UUID
    body: Body


@dataclass(frozen=True)
class Kept:
    """An operation as the centre keeps it."""

    op_id: str
    kind: str
    hash: str
    schema_v: int
    hlc: int
    state: str
    body: Body | None


@dataclass(frozen=True)
class Known:
    """An enrolled counter."""

    no: int
    counter_id: UUID
    store_id: UUID | None
    live: bool = True
    office: bool = False

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return tuple(sorted({"all", self.scope("store"), self.scope("counter")}))

    def scope(self, kind: str) -> Scope:
        if kind == "company" or (kind == "store" and self.store_id is None):
            return "all"
        return f"store {self.store_id}" if kind == "store" else f"counter {self.counter_id}"


@dataclass
class State:
    """Everything a dump of the database would hold."""

    life: int = 1
    xid: int = 990
    feed_id: int = 0
    floor: int = 0
    schema_v: int = 1
    feed: list[Fed] = field(default_factory=list)
    ops: dict[tuple[int, UUID, int], Kept] = field(default_factory=dict)
    seen: dict[str, tuple[int, UUID, int, str]] = field(default_factory=dict)
    cursors: dict[tuple[int, UUID], int] = field(default_factory=dict)
    digests: dict[tuple[int, UUID], int] = field(default_factory=dict)
    rows: dict[str, dict[str, tuple[Scope, Body]]] = field(default_factory=dict)
    fields: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)
    clamped: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)
    forks: int = 0
    lost: list[tuple[str, str, Body]] = field(default_factory=list)

    def copy(self) -> State:
        return replace(
            self,
            feed=list(self.feed),
            ops=dict(self.ops),
            seen=dict(self.seen),
            cursors=dict(self.cursors),
            digests=dict(self.digests),
            rows={name: dict(some) for name, some in self.rows.items()},
            fields={name: dict(some) for name, some in self.fields.items()},
            accepted=dict(self.accepted),
            clamped=dict(self.clamped),
            lost=list(self.lost),
        )


def _newest_of(some: list[Body]) -> list[Body]:
    """Return of each card written twice in a batch only the newest, by id."""
    newest: dict[str, Body] = {}
    for row in some:
        if row["id"] not in newest or newest[row["id"]]["ver"] < row["ver"]:
            newest[row["id"]] = row
    return [newest[id_] for id_ in sorted(newest)]


def _stored(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in {RAW, SEEN}}


class Poison(Exception):  # noqa: N818
    """This operation cannot be projected."""


class ModelCentre:
    """The centre; ``late`` transactions are open ones that hold the horizon."""

    def __init__(self, now_ms: Callable[[], int], server_ms: Callable[[], int] | None = None) -> None:
        self.s = State()
        self.now_ms = now_ms
        self.server_ms = server_ms or now_ms
        self.counters: dict[UUID, Known] = {}
        self.late: dict[int, list[Fed]] = {}
        self.full_for: set[UUID] = set()
        self._lives = self.s.life

    # ---------------------------------------------------------------------------------------- the schedule's side

    def enrol(self, counter_id: UUID, store_id: UUID | None, *, office: bool = False) -> ModelTransport:
        self.counters[counter_id] = Known(len(self.counters) + 1, counter_id, store_id, office=office)
        return ModelTransport(self, counter_id)

    def revoke(self, counter_id: UUID) -> None:
        self.counters[counter_id] = replace(self.counters[counter_id], live=False)

    def enrol_again(self, counter_id: UUID) -> ModelTransport:
        self.counters[counter_id] = replace(self.counters[counter_id], live=True)
        return ModelTransport(self, counter_id)

    def open_late(self, products: list[Body]) -> int:
        """Begin a transaction of the office that writes products and stays open."""
        xid = self._begin()
        fed = []
        for body in products:
            self.s.feed_id += 1
            fed.append(Fed(xid, self.s.feed_id, "all", "product", body["id"], body["ver"], ZERO, body))
        self.late[xid] = fed
        return xid

    def end_late(self, handle: int, *, commit: bool) -> None:
        fed = self.late.pop(handle)
        if commit:
            for row in fed:
                self.s.rows.setdefault("product", {})[row.pk] = ("all", row.body)
            self.s.feed = sorted([*self.s.feed, *fed], key=lambda f: (f.xid, f.id))

    def keep(self) -> State:
        return self.s.copy()

    def put_back(self, kept: State, *, told: bool) -> None:
        self.late.clear()
        self.s = kept.copy()
        if told:
            self.new_epoch()

    def new_epoch(self) -> None:
        self._lives += 1
        self.s.life = self._lives

    def cut(self, session: ModelTransport) -> None:
        """End a session: its next call finds out."""
        session.is_cut = True

    def full(self, counter_id: UUID, *, is_full: bool) -> None:
        """Let nobody log in as this counter, or let it again."""
        (self.full_for.add if is_full else self.full_for.discard)(counter_id)

    def prune(self) -> None:
        """Retention: the feed below the horizon goes, but for the newest row of each scope."""
        floor = self.horizon()
        newest = {f.scope: f for f in self.s.feed if f.xid < floor}
        self.s.feed = [f for f in self.s.feed if f.xid >= floor or newest[f.scope] is f]
        self.s.floor = floor
        self._begin()  # Forgetting is a transaction too: a second time reaches past the first.

    def upgrade(self) -> None:
        """Learn the next form of operations, and look again at what was put aside."""
        self.s.schema_v = 2
        for key in sorted(self.s.ops, key=lambda k: (k[0], str(k[1]), k[2])):
            kept = self.s.ops[key]
            if kept.state == "quarantined" and kept.body is not None:
                me = next(c for c in self.counters.values() if c.no == key[0])
                op = {"schema_v": kept.schema_v, "body": kept.body}
                state = self._project(me, key[1], self._begin(), [op])
                self.s.ops[key] = replace(kept, state=state)

    # ------------------------------------------------------------------------------------------------ its own side

    def epoch(self) -> str:
        return f"life{self.s.life}"

    def _begin(self) -> int:
        self.s.xid += 1
        return self.s.xid

    def horizon(self) -> int:
        return min([*self.late, self.s.xid + 1])

    def who(self, counter_id: UUID) -> Known:
        me = self.counters[counter_id]
        if not me.live:
            raise AccessRefused("revoked")
        return me

    def push(self, me: Known, call: PushCall) -> PushAnswer:
        def answer(status: Any, acked: int, bad: tuple[tuple[int, str], ...] = ()) -> PushAnswer:  # noqa: ANN401
            return PushAnswer(
                status, acked, self.epoch(), self.now_ms(), 0, bad, self.s.digests.get((me.no, call.incarnation), 0)
            )

        if NUL in call.ops:
            # jsonb takes no NUL: the whole batch is unreadable, before anything else is looked at.
            raise BatchRefused
        if call.epoch != self.epoch():
            return answer("epoch", 0)
        ops = json.loads(call.ops)
        mine = (me.no, call.incarnation)
        last = self.s.cursors.get(mine, 0)
        if not ops:
            return answer("ok", last)
        xid = self._begin()
        first, top = ops[0]["seq"], ops[-1]["seq"]
        if first > last + 1 or top - first + 1 != len(ops):
            return answer("gap", last)
        if self.is_fork(mine, ops):
            self.s.forks += 1
            return answer("fork", last)
        self._take(me, call.incarnation, xid, [op for op in ops if op["seq"] > last])
        for op in ops:
            if op["seq"] > last:
                mark = hashlib.md5(f"{op['seq']}:{op['hash']}".encode(), usedforsecurity=False).hexdigest()[:15]
                self.s.digests[mine] = (self.s.digests.get(mine, 0) + int(mark, 16)) % (1 << 60)
        self.s.cursors[mine] = max(last, top)
        bad = tuple((op["seq"], "put aside") for op in ops if self._is_put_aside((*mine, op["seq"])))
        return answer("ok", max(last, top), bad)

    def _is_put_aside(self, key: tuple[int, UUID, int]) -> bool:
        """Say whether an operation waits aside, under this number or under the one it came with first."""
        kept = self.s.ops[key]
        if kept.state == "dup":
            kept = self.s.ops[self.s.seen[kept.op_id][:3]]
        return kept.state == "quarantined"

    def is_fork(self, mine: tuple[int, UUID], ops: list[Body]) -> bool:
        kept = ((self.s.ops.get((*mine, op["seq"])), op) for op in ops)
        return any(k is not None and (k.hash, k.op_id) != (op["hash"], op["op_id"]) for k, op in kept)

    def _take(self, me: Known, incarnation: UUID, xid: int, ops: list[Body]) -> None:
        """Keep operations, and project the new ones: together while all of one form are good, else each by itself."""
        todo = []
        for op in ops:
            key = (me.no, incarnation, op["seq"])
            seen = self.s.seen.get(op["op_id"])
            if seen is None:
                self.s.seen[op["op_id"]] = (*key, op["hash"])
                state = "quarantined" if "raw" in op else "ok"
                todo += [] if "raw" in op else [op]
            else:
                state = "dup" if (seen[0], seen[3]) == (me.no, op["hash"]) else "quarantined"
            self.s.ops[key] = Kept(
                op["op_id"], op["kind"], op["hash"], op["schema_v"], op["hlc"], state, op.get("body")
            )
        if len({op["schema_v"] for op in todo}) == 1 and self._project(me, incarnation, xid, todo) == "ok":
            return
        for op in todo:
            key = (me.no, incarnation, op["seq"])
            self.s.ops[key] = replace(self.s.ops[key], state=self._project(me, incarnation, xid, [op]))

    def _project(self, me: Known, incarnation: UUID, xid: int, ops: list[Body]) -> str:
        """Put the rows of operations into their tables, table by table, or nothing of them."""
        rows: dict[str, list[Body]] = {}
        try:
            for op in ops:
                self._check(me, op["schema_v"], op["body"])
                for table, some in op["body"]["rows"].items():
                    rows.setdefault(table, []).extend(some)
        except (Poison, KeyError, ValueError):
            return "quarantined"
        for travel in TRAVELS:
            self._put(me, incarnation, xid, travel.table, rows.get(travel.table, []))
        return "ok"

    def _check(self, me: Known, schema_v: int, body: Body) -> None:
        if schema_v > self.s.schema_v or set(body["rows"]) - set(BY_TABLE):
            raise Poison
        for table, some in body["rows"].items():
            travel = BY_TABLE[table]
            if travel.direction == "down" and not me.office:
                raise Poison
            for row in some:
                UUID(row["id"])
                if not me.office and row.get("counter_id", str(me.counter_id)) != str(me.counter_id):
                    raise Poison
                if travel.rule in FACTS and row["id"] in self.s.rows.get(table, {}):
                    raise Poison

    def _put(self, me: Known, incarnation: UUID, xid: int, table: str, some: list[Body]) -> None:
        travel = BY_TABLE[table]
        kept = self.s.rows.setdefault(table, {})
        scope = me.scope(travel.scope)

        def feed(body: Body) -> None:
            # A row with a corrected clock is told to its own counter too.
            writer = ZERO if RAW in body else incarnation
            self._feed(xid, scope, table, body["id"], body.get("ver", 0), writer, body)

        if travel.rule != "register":
            self._add(kept, scope, table, some, feed)
            return
        by_field = is_by_field(metadata.tables[table])
        coming = self._clamp(me, _newest_of([row for row in some if not (by_field and row.get("stamps"))]))
        for body in coming:
            old = kept.get(body["id"])
            if old is None or (old[1]["ver"] < body["ver"] and not old[1].get("stamps")):
                kept[body["id"]] = (scope, _stored(body))
                if RAW not in body:
                    feed(body)
        for body in coming:
            if RAW in body:
                feed({**kept[body["id"]][1], RAW: body[RAW]})
        if by_field:
            stamped = [r for r in some if r.get("stamps") or kept.get(r["id"], ("", {}))[1].get("stamps")]
            for row in sorted(stamped, key=lambda r: str(r["id"])):
                self._merge(xid, kept, scope, table, self._clamp(me, [row])[0], feed)

    def _add(
        self, kept: dict[str, tuple[Scope, Body]], scope: Scope, table: str, some: list[Body],
        feed: Callable[[Body], None],
    ) -> None:  # fmt: skip
        for body in some:
            kept[body["id"]] = (scope, body)
            if BY_TABLE[table].is_heard:
                feed(body)
            if BY_TABLE[table].rule == "first_accept" and body["event"] == "accepted":
                self.s.accepted.setdefault(body["pass_id"], body["id"])

    def _merge(
        self, xid: int, kept: dict[str, tuple[Scope, Body]], scope: Scope, table: str, row: Body,
        feed: Callable[[Body], None],
    ) -> None:  # fmt: skip
        """Put a card's row beside the one that is kept, each field by its own clock; tell what lost unseen."""
        if row["id"] not in kept:
            kept[row["id"]] = (scope, _stored(row))
            feed({name: value for name, value in row.items() if name != SEEN})
            return
        old = kept[row["id"]][1]
        here, there, seen = stamps_of(old), stamps_of(row), row.get(SEEN, {})
        for name in fields_of(metadata.tables[table]):
            ours, theirs = stamp(here, name), stamp(there, name)
            if name not in row or row[name] == old[name] or name not in seen:
                continue
            if theirs > ours and seen[name] < ours:
                self._keep_lost(xid, table, row, name, (old[name], ours, theirs))
            elif theirs < ours:
                self._keep_lost(xid, table, row, name, (row[name], theirs, ours))
        made = merge(old, _stored(row), fields_of(metadata.tables[table]))
        made["stamps"] = made["stamps"] or {REST: max(here[REST], there[REST])}
        kept[row["id"]] = (scope, made)
        if made != old or RAW in row:
            feed(made | ({RAW: row[RAW]} if RAW in row else {}))

    def _keep_lost(self, xid: int, table: str, row: Body, name: str, told: tuple[Any, str, str]) -> None:
        value, lost, won = told
        mark = hashlib.md5(f"{row['id']}{name}{lost}".encode(), usedforsecurity=False).hexdigest()
        body = {
            "id": str(UUID(mark)), "customer_id": row["id"] if table == "customer" else row["customer_id"],
            "entity": table, "row_id": row["id"], "field": name, "value": value, "stamp": lost, "won": won,
            "at": self.server_ms(), "ver": hlc_of(lost),
        }  # fmt: skip
        kept = self.s.rows.setdefault("customer_field_lost", {})
        if body["id"] not in kept:
            kept[body["id"]] = ("all", body)
            self._feed(xid, "all", "customer_field_lost", body["id"], body["ver"], ZERO, body)

    def _clamp(self, me: Known, some: list[Body]) -> list[Body]:
        """Put clocks that run ahead back to what the centre's own allows, the same edit to the same reading."""
        latest = (self.server_ms() + LEEWAY_MS) * 65536
        if all(row["ver"] <= latest for row in some):
            return some
        made = []
        for row in sorted(some, key=lambda r: int(r["ver"])):
            fixed: dict[str, str] = {}
            stamps = dict(stamps_of(row))
            for name, raw in sorted(stamps.items(), key=lambda item: (item[1], item[0])):
                if hlc_of(raw) > latest:
                    stamps[name] = fixed[raw] = self._clamped(me, raw, latest)
            right = {**row, "ver": hlc_of(max(stamps.values())), RAW: fixed} if row["ver"] > latest else row
            made.append({**right, "stamps": stamps} if row.get("stamps") else right)
        return made

    def _clamped(self, me: Known, raw: str, latest: int) -> str:
        if (me.no, raw) not in self.s.clamped:
            mine = [hlc + 1 for (no, _), (_, hlc) in self.s.clamped.items() if no == me.no]
            hlc = max([latest, *mine])
            told = whole_stamp(hlc) + (f"{raw[16:]}~" if len(raw) > 16 else "")
            self.s.clamped[me.no, raw] = (told, hlc)
        return self.s.clamped[me.no, raw][0]

    def _feed(self, xid: int, scope: Scope, entity: str, pk: str, ver: int, incarnation: UUID, body: Body) -> None:
        self.s.feed_id += 1
        row = Fed(xid, self.s.feed_id, scope, entity, pk, ver, incarnation, body)
        # Kept in order by (xid, id); only a transaction that was open longer comes before the end.
        at = len(self.s.feed)
        while at and (self.s.feed[at - 1].xid, self.s.feed[at - 1].id) > (row.xid, row.id):
            at -= 1
        self.s.feed.insert(at, row)

    def visible(self, me: Known) -> list[Fed]:
        """Return what a pull may show: the rows of the counter's scopes below the horizon, in order."""
        horizon = self.horizon()
        return [f for f in self.s.feed if f.scope in me.scopes and f.xid < horizon]

    def token_at(self, row: Fed) -> str:
        return f"{self.epoch()}:{row.xid}:{row.id}:{row.scope}:{row.pk}:{row.ver}"

    def knows(self, me: Known, parts: list[str]) -> bool:
        return any(self.token_at(f).split(":") == parts for f in self.visible(me))

    def pull(self, me: Known, incarnation: UUID, call: PullCall) -> PullAnswer:
        shown = self.visible(me)
        newest = self.token_at(shown[-1]) if shown else f"{self.epoch()}:{self.s.floor}:0"
        if call.token == newest:
            return PullAnswer("ok", newest, False, ())
        parts = (call.token or "").split(":")
        good = len(parts) in {3, 6} and parts[0] == self.epoch() and int(parts[1]) >= self.s.floor
        if good and len(parts) == 6:
            good = self.knows(me, parts)
        if not good:
            return PullAnswer("snapshot", newest, False, ())
        after = self.after(parts)
        rest = [f for f in shown if after(f) and f.incarnation != incarnation]
        page = rest[: call.page]
        token = self.token_at(page[-1]) if len(page) == call.page else newest
        rows = tuple(DownRow(f.entity, f.pk, f.ver, False, f.body) for f in page)
        return PullAnswer("ok", token, len(page) == call.page, rows)

    def after(self, parts: list[str]) -> Callable[[Fed], bool]:
        at = (int(parts[1]), int(parts[2]))
        return lambda f: (f.xid, f.id) > at

    def snapshot(self, me: Known, entity: str, after: UUID | None, page: int) -> SnapshotAnswer:
        start = str(after) if after else ""
        found = sorted(
            (pk, body) for pk, (scope, body) in self.s.rows.get(entity, {}).items() if scope in me.scopes and pk > start
        )[:page]
        rows = tuple(DownRow(entity, pk, body.get("ver", 0), False, body) for pk, body in found)
        return SnapshotAnswer(UUID(found[-1][0]) if found else None, len(found) == page, rows)

    # -------------------------------------------------------------------------------------------------- the laws

    def ops(self) -> list[tuple[int, UUID, int, UUID, str, str, int]]:
        return [(no, inc, seq, UUID(k.op_id), k.state, k.kind, k.schema_v) for (no, inc, seq), k in self.s.ops.items()]

    def cursors(self) -> dict[tuple[int, UUID], int]:
        return self.s.cursors

    def numbers(self) -> dict[UUID, int]:
        """Return how the centre numbers its counters."""
        return {c.counter_id: c.no for c in self.counters.values()}

    def contents(self, table: str, counter_id: UUID | None = None) -> dict[UUID, str]:
        """Return a table as text, whole or as one counter may hear it."""
        scopes = None if counter_id is None else self.counters[counter_id].scopes
        return {
            UUID(pk): canonical(table, body)
            for pk, (scope, body) in self.s.rows.get(table, {}).items()
            if scopes is None or scope in scopes
        }

    def close(self) -> None:
        """Nothing is open."""


class ModelTransport:
    """The way to the model."""

    def __init__(self, centre: ModelCentre, counter_id: UUID) -> None:
        self._centre = centre
        self._counter_id = counter_id
        self.round_trips = 0
        self.is_cut = False
        self._is_open = False

    def _who(self) -> Known:
        if self.is_cut:
            # The call that finds the session gone opens no other.
            self.is_cut = self._is_open = False
            raise CentreAway("57P01")
        if not self._is_open and self._counter_id in self._centre.full_for:
            raise CentreAway("53300")
        self._is_open = True
        return self._centre.who(self._counter_id)

    def exchange(self, push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | PullTrouble | None]:
        self.round_trips += 1
        me = self._who()
        answer = self._centre.push(me, push)
        if pull is None or (push.ops == "[]" and answer.status == "epoch"):
            return answer, None
        return answer, self._centre.pull(me, push.incarnation, pull)

    def snapshot(self, entity: str, after: UUID | None, page: int) -> SnapshotAnswer:
        self.round_trips += 1
        return self._centre.snapshot(self._who(), entity, after, page)

    def lease_key(self) -> bytes:
        self.round_trips += 1
        self._who()
        return self._counter_id.bytes * 2

    def close(self) -> None:
        self._is_open = self.is_cut = False


__all__ = ["CentreAway", "ModelCentre", "ModelTransport"]
