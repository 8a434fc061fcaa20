"""Sends what is unsent and heals what the centre's answer shows: gap, fork, a new life of the centre, an old file.

Law: an operation is marked as taken only if it was in what was sent, whatever number the centre names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from crosssell_desktop.store import exchange_rows, only_here
from crosssell_desktop.store.exchange_rows import LinkState, Op
from crosssell_desktop.sync.wire import MAX_OPS, MIN_OPS, PushAnswer

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection

FIRST_OPS = 200


class Pace:
    """How many operations go in one push: a tenth more after each success, half after a failure."""

    def __init__(self, ops: int = FIRST_OPS) -> None:
        self.ops = ops

    def faster(self) -> None:
        """The centre kept up."""
        self.ops = min(MAX_OPS, max(self.ops, MIN_OPS) * 11 // 10)

    def slower(self) -> None:
        """The centre did not keep up, or could not read the batch; down to one operation."""
        self.ops = max(1, self.ops // 2)


Healing = Literal["none", "resend", "epoch", "reincarnated"]


@dataclass(frozen=True, slots=True)
class LostRange:
    """Operations that the centre misses and the file that made them no longer keeps: what is lost is named."""

    counter_id: UUID
    incarnation: UUID
    first: int
    last: int

    def __str__(self) -> str:
        """Return the range as it stands in the log of the exchange."""
        return f"{self.incarnation} {self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer changed: operations newly marked, how many were put aside, how the file healed, what is lost."""

    acked: int
    quarantined: int
    healing: Healing
    lost: LostRange | None = None


def take_answer(
    connection: Connection,
    *,
    state: LinkState,
    sent: Sequence[Op],
    answer: PushAnswer,
    new_incarnation: UUID,
    now_ms: int,
    own_digest: int | None = None,
) -> Taken:
    """Do what the centre's answer asks for, in the caller's transaction.

    ``own_digest`` is the file's own sum up to the answer's number; None where the file no longer has all of them.
    """
    if answer.status == "epoch":
        exchange_rows.begin_epoch(connection, answer.epoch)
        return Taken(0, 0, "epoch")
    is_behind = answer.status == "gap" or answer.acked < state.acked_seq
    if answer.status == "fork" or answer.acked > max(state.top_seq, _last(sent)):
        # Another file lived under our name, or ours was put back to an older state: from here on we are someone new.
        taken = Taken(0, 0, "reincarnated")
    elif is_behind and state.first_seq and answer.acked + 1 < state.first_seq:
        lost = LostRange(state.counter_id, state.incarnation, answer.acked + 1, state.first_seq - 1)
        taken = Taken(0, 0, "reincarnated", lost)
    elif answer.status == "ok" and own_digest is not None and own_digest != answer.digest:
        # As many operations, but not ours: a clone went on under our name at a centre that was put back.
        taken = Taken(0, 0, "reincarnated")
    elif is_behind and answer.acked == state.acked_seq:
        # We sent just what should come next, so the hole is in our own file; numbered anew it is gone.
        taken = Taken(0, 0, "reincarnated")
    elif is_behind:
        # The centre forgot without saying so: what it told us since is in doubt as well.
        exchange_rows.unack_above(connection, answer.acked)
        exchange_rows.drop_cursors(connection)
        taken = Taken(0, 0, "resend")
    else:
        put_aside = exchange_rows.note_quarantined(connection, state.incarnation, answer.quarantined, now_ms)
        acked = exchange_rows.ack(connection, min(answer.acked, _last(sent))) if sent else 0
        refused = {seq for seq, _ in answer.quarantined}
        only_here.settle_bodies(
            connection, (op.body for op in sent if op.seq <= answer.acked and op.seq not in refused)
        )
        taken = Taken(acked, put_aside, "none")
    if taken.healing == "reincarnated":
        exchange_rows.reincarnate(connection, new_incarnation)
    return taken


def _last(sent: Sequence[Op]) -> int:
    return sent[-1].seq if sent else 0
