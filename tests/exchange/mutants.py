"""Named ways to break the exchange; the simulator is trusted only because it catches every one of them.

Two rules of the counter stand behind a second fence and have no mutant here, because breaking them alone changes
nothing: forgetting the cursor when healing (the centre looks whether it knows the row of the cursor) and sending all
again in a new life of the centre (a number that went back asks for it as well). The sum over what both ends have is
a second fence too: a rule it would stand in for is broken together with it.

Law: a mutant changes the code under test from outside, in a test; the product has no switches for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from crosssell_desktop.store import exchange_rows, journal, only_here
from crosssell_desktop.sync import pull, push, wire
from crosssell_desktop.sync import round as round_
from crosssell_desktop.sync.link import AccessRefused
from crosssell_desktop.sync.push import Taken
from tests.exchange import model_centre
from tests.exchange.machine import FIRST_ERA, SECOND_ERA
from tests.exchange.model_centre import Fed, ModelCentre

Patches = Callable[[], list[Any]]


@dataclass(frozen=True)
class Mutant:
    """One broken rule: where it is broken, and by which patches."""

    name: str
    rule: str
    patches: Patches
    era: int = FIRST_ERA
    """Of the seeds that catch it: a rarer meeting of faults is drawn more often in the era that was made for it."""
    seed: int = 0
    """The one that caught it last; should it no longer, the search begins anew."""


def _on(where: Any, name: str, new: Any) -> Any:  # noqa: ANN401
    return patch.object(where, name, new)


def _ackall() -> list[Any]:
    def ack(connection: Any, up_to_seq: int) -> int:  # noqa: ANN401
        del up_to_seq
        return real(connection, 1 << 60)

    real = exchange_rows.ack
    return [_on(exchange_rows, "ack", ack), *_nodigest()]


def _cursorfirst() -> list[Any]:
    """The cursor moves in a transaction of its own, before the rows."""

    def step(self: Any, tally: Any) -> bool:  # noqa: ANN401
        ask = self._ask

        def asked(state: Any, ops: Any) -> Any:  # noqa: ANN401
            answers = ask(state, ops)
            if answers is not None and isinstance(answers[1], wire.PullAnswer) and answers[1].status == "ok":
                with self._database.write() as connection:
                    exchange_rows.put_token(connection, answers[1].token, 0)
            return answers

        self._ask = asked
        try:
            return bool(real(self, tally))
        finally:
            del self._ask

    real = round_.Exchange._step
    return [_on(round_.Exchange, "_step", step)]


def _answer(change: Callable[..., Any]) -> list[Any]:
    real = push.take_answer

    def take(connection: Any, **given: Any) -> Taken:  # noqa: ANN401
        taken: Taken = change(real, connection, **given)
        return taken

    return [_on(push, "take_answer", take)]


def _forkdrop() -> list[Any]:
    """On a fork the own operations are thrown away."""

    def change(real: Any, connection: Any, **given: Any) -> Taken:  # noqa: ANN401
        if given["answer"].status == "fork":
            connection.exec_driver_sql("DELETE FROM outbox WHERE acked = 0")
        taken: Taken = real(connection, **given)
        return taken

    return _answer(change)


def _noresend() -> list[Any]:
    """A centre that forgot is not given again what it had."""
    return [
        _on(exchange_rows, "unack_above", lambda *_: 0),
    ]


def _deleteafterack() -> list[Any]:
    def ack(connection: Any, up_to_seq: int) -> int:  # noqa: ANN401
        n = real(connection, up_to_seq)
        connection.exec_driver_sql("DELETE FROM outbox WHERE acked = 1")
        return n

    real = exchange_rows.ack
    return [_on(exchange_rows, "ack", ack)]


def _norollbackcheck() -> list[Any]:
    """A centre that has more than the file ever made is believed, and the file goes on under its old name."""

    def change(real: Any, connection: Any, **given: Any) -> Taken:  # noqa: ANN401
        top = max(given["state"].top_seq, push._last(given["sent"]))
        if given["answer"].status == "ok" and given["answer"].acked > top:
            given["answer"] = replace(given["answer"], acked=top)
        taken: Taken = real(connection, **given)
        return taken

    return _answer(change)


def _nodigest() -> list[Any]:
    """Only numbers are compared, not what they stand for."""
    return [_on(round_.Exchange, "_digest", lambda *_: None)]


def _nolww() -> list[Any]:
    """What arrives replaces what is there, whichever is newer."""
    real = exchange_rows._put_run

    def put(connection: Any, table: Any, names: Any, some: Any) -> int:  # noqa: ANN401
        if table.info["kind"] == "register":
            for one in some:
                connection.exec_driver_sql(f'UPDATE "{table.name}" SET ver = 0 WHERE id = ?', (UUID(one.pk).bytes,))
        return real(connection, table, names, some)

    return [_on(exchange_rows, "_put_run", put)]


def _freshids() -> list[Any]:
    """A retry after a failure is made of new operations."""

    def unsent(connection: Any, after_seq: int, **given: Any) -> Any:  # noqa: ANN401
        import uuid

        return tuple(replace(op, op_id=uuid.uuid4()) for op in real(connection, after_seq, **given))

    real = exchange_rows.unsent
    return [_on(exchange_rows, "unsent", unsent)]


def _outboxlater() -> list[Any]:
    """The operation is written after the fact's own transaction, so a crash between the two loses it."""

    def save_rows(connection: Any, rows: Any) -> None:  # noqa: ANN401
        real(connection, rows)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    real = journal.save_rows
    return [_on(journal, "save_rows", save_rows)]


def _nohorizon() -> list[Any]:
    return [_on(ModelCentre, "horizon", lambda self: self.s.xid + 1)]


def _idwatermark() -> list[Any]:
    """The cursor is the row's own number, which is taken before the commit."""

    def after(self: ModelCentre, parts: list[str]) -> Callable[[Fed], bool]:
        del self
        at = int(parts[2])
        return lambda f: f.id > at

    def visible(self: ModelCentre, me: Any) -> list[Fed]:  # noqa: ANN401
        return sorted((f for f in self.s.feed if f.scope in me.scopes), key=lambda f: f.id)

    return [_on(ModelCentre, "after", after), _on(ModelCentre, "visible", visible)]


def _xidonlycursor() -> list[Any]:
    def after(self: ModelCentre, parts: list[str]) -> Callable[[Fed], bool]:
        del self
        at = int(parts[1])
        return lambda f: f.xid > at

    return [_on(ModelCentre, "after", after)]


def _textorder() -> list[Any]:
    """The feed is ordered by the number's text."""

    def visible(self: ModelCentre, me: Any) -> list[Fed]:  # noqa: ANN401
        return sorted(real(self, me), key=lambda f: (str(f.xid), f.id))

    real = ModelCentre.visible
    return [_on(ModelCentre, "visible", visible)]


def _norowcheck() -> list[Any]:
    """The centre does not look whether it knows the row the counter stands on."""
    return [_on(ModelCentre, "knows", lambda *_: True), *_nodigest()]


def _nohash() -> list[Any]:
    """What a number stands for is looked at by neither end; the counter's sum would find it a round later."""
    return [_on(ModelCentre, "is_fork", lambda *_: False), *_nodigest()]


def _nostub() -> list[Any]:
    """An operation that came under another number already is taken again."""

    class Forgetful(dict[Any, Any]):
        """A memory that never finds anything."""

        def get(self, key: Any, default: Any = None) -> Any:  # noqa: ANN401
            del key, default

    def take(self: ModelCentre, *given: Any) -> None:  # noqa: ANN401
        seen, self.s.seen = self.s.seen, Forgetful()
        try:
            real(self, *given)
        finally:
            self.s.seen = seen | dict(self.s.seen)

    real = ModelCentre._take
    return [_on(ModelCentre, "_take", take)]


def _nogap() -> list[Any]:
    """The centre takes whatever number comes."""

    def push_(self: ModelCentre, me: Any, call: Any) -> Any:  # noqa: ANN401
        import json

        ops = json.loads(call.ops) if "\\u0000" not in call.ops else []
        mine = (me.no, call.incarnation)
        if ops and call.epoch == self.epoch() and ops[0]["seq"] > self.s.cursors.get(mine, 0) + 1:
            self.s.cursors[mine] = ops[0]["seq"] - 1
        return real(self, me, call)

    real = ModelCentre.push
    return [_on(ModelCentre, "push", push_)]


def _openscope() -> list[Any]:
    """Everybody hears everything."""

    def visible(self: ModelCentre, me: Any) -> list[Fed]:  # noqa: ANN401
        del me
        return [f for f in self.s.feed if f.xid < self.horizon()]

    return [_on(ModelCentre, "visible", visible)]


def _pruneall() -> list[Any]:
    """Retention forgets to move the floor."""

    def prune(self: ModelCentre) -> None:
        self.s.feed = self.s.feed[-1:]

    return [_on(ModelCentre, "prune", prune)]


def _poisonblocks() -> list[Any]:
    """A poisonous operation is refused instead of put aside."""

    def take(self: ModelCentre, me: Any, incarnation: Any, xid: Any, ops: Any) -> None:  # noqa: ANN401
        real(self, me, incarnation, xid, ops)
        if any(self.s.ops[me.no, incarnation, op["seq"]].state == "quarantined" for op in ops):
            raise model_centre.CentreAway("poison")

    real = ModelCentre._take
    return [_on(ModelCentre, "_take", take)]


def _poisonskipped() -> list[Any]:
    """A poisonous operation is acknowledged and forgotten."""

    def take(self: ModelCentre, me: Any, incarnation: Any, xid: Any, ops: Any) -> None:  # noqa: ANN401
        real(self, me, incarnation, xid, ops)
        for op in ops:
            key = (me.no, incarnation, op["seq"])
            if self.s.ops[key].state == "quarantined":
                self.s.ops[key] = replace(self.s.ops[key], state="ok")

    real = ModelCentre._take
    return [_on(ModelCentre, "_take", take)]


def _revokedserved() -> list[Any]:
    def who(self: ModelCentre, counter_id: UUID) -> Any:  # noqa: ANN401
        try:
            return real(self, counter_id)
        except AccessRefused:
            return self.counters[counter_id]

    real = ModelCentre.who
    return [_on(ModelCentre, "who", who)]


def _snapshotlate() -> list[Any]:
    """The feed's cursor is taken after the snapshot instead of before it: a page in between is passed over."""

    def take_feed(connection: Any, heard: Any, answer: Any, *, now_ms: int) -> Any:  # noqa: ANN401
        if answer.status == "snapshot":
            exchange_rows.put_token(connection, answer.token, now_ms)
            return exchange_rows.Applied()
        return real(connection, heard, answer, now_ms=now_ms)

    real = pull.take_feed
    return [_on(pull, "take_feed", take_feed)]


def _unnamed() -> list[Any]:
    """What a centre put back has lost is kept here in silence."""
    return [_on(only_here, "compare", lambda *_, **__: 0)]


def _nogiveway() -> list[Any]:
    """A newer version that only this counter has stays on its screen, whatever the others see."""
    return [_on(only_here, "_give_way", lambda *_: None)]


def _namedforever() -> list[Any]:
    """A name stays when the row came back."""
    return [_on(only_here, "settle", lambda *_: None)]


MUTANTS: tuple[Mutant, ...] = (
    Mutant("unnamed", "what a centre put back has lost is named", _unnamed, SECOND_ERA, 9),
    Mutant("nogiveway", "the centre decides about a version nobody can send again", _nogiveway, SECOND_ERA, 9),
    Mutant("namedforever", "what came back is no longer called lost", _namedforever, SECOND_ERA, 6),
    Mutant("ackall", "only what was sent is marked as taken", _ackall, seed=12),
    Mutant("cursorfirst", "rows and cursor are one transaction", _cursorfirst),
    Mutant("forkdrop", "a fork loses nothing", _forkdrop, seed=26),
    Mutant("noresend", "a centre that forgot is given everything again", _noresend, seed=2),
    Mutant("deleteafterack", "operations that were taken are kept", _deleteafterack),
    Mutant("norollbackcheck", "a file that is behind its own past becomes someone new", _norollbackcheck, seed=5),
    Mutant("nodigest", "both ends have the same operations, not only as many", _nodigest, seed=197),
    Mutant("nolww", "the newer version stays", _nolww),
    Mutant("freshids", "a retry is the same operation", _freshids),
    Mutant("outboxlater", "a fact and its operation are one transaction", _outboxlater),
    Mutant("snapshotskipped", "the way back in is a snapshot", _snapshotlate),
    Mutant("nohorizon", "nothing is shown that may still be overtaken", _nohorizon, seed=11),
    Mutant("idwatermark", "the cursor is not the row's number", _idwatermark, seed=11),
    Mutant("xidonlycursor", "a page may end inside a transaction", _xidonlycursor),
    Mutant("textorder", "numbers are ordered as numbers", _textorder),
    Mutant("norowcheck", "a centre put back without a word is noticed by who pulls", _norowcheck, seed=197),
    Mutant("nohash", "the same number with another content is a fork", _nohash, seed=19),
    Mutant("nostub", "an operation has its effect once", _nostub),
    Mutant("nogap", "a number may not be passed over", _nogap, seed=10),
    Mutant("openscope", "a counter hears its own scopes only", _openscope),
    Mutant("pruneall", "who is behind the floor fetches anew", _pruneall, seed=109),
    Mutant("poisonblocks", "poison does not stop the queue", _poisonblocks),
    Mutant("poisonskipped", "poison is kept aside with its reason", _poisonskipped),
    Mutant("revokedserved", "a revoked counter is refused", _revokedserved),
)
"""Each must be caught by some seed of the model; those of the counter's side break the product's own code."""

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


@contextlib.contextmanager
def broken(name: str) -> Iterator[None]:
    """Break one rule for a while."""
    with contextlib.ExitStack() as stack:
        for one in BY_NAME[name].patches():
            stack.enter_context(one)
        yield
