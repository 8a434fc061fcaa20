"""What crosses the wire: batches of operations as one JSON text, pages of rows as one JSON text.

Law: a batch is at most :data:`MAX_BYTES` and :data:`MAX_OPS`; a single operation goes however big it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from crosssell_desktop.store.exchange_rows import DownRow, Op

MAX_BYTES = 4 * 1024 * 1024
MIN_OPS = 50
MAX_OPS = 2_000
PAGE = 400
"""Rows in a page of the feed or of a snapshot: applied in one short write."""

NOTHING = "[]"
"""An empty batch."""

PushStatus = Literal["ok", "gap", "fork", "epoch"]
PullStatus = Literal["ok", "snapshot", "update"]


@dataclass(frozen=True, slots=True)
class PushCall:
    """One push: whose file, of which life of the centre, in which language of the exchange, and the operations."""

    incarnation: UUID
    epoch: str
    proto: int
    ops: str


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What the centre says to a push; ``acked`` is the last sequence number it has for this incarnation."""

    status: PushStatus
    acked: int
    epoch: str
    server_ms: int
    retry_after_s: int
    quarantined: tuple[tuple[int, str], ...]
    digest: int = 0
    """A sum over all operations up to ``acked``: both ends must have the same."""


@dataclass(frozen=True, slots=True)
class PullCall:
    """One look at the feed after ``token``; None asks for the way in."""

    token: str | None
    page: int = PAGE


@dataclass(frozen=True, slots=True)
class PullAnswer:
    """A page of the feed and the token to go on with; ``more`` says that the page was full."""

    status: PullStatus
    token: str
    more: bool
    rows: tuple[DownRow, ...]


@dataclass(frozen=True, slots=True)
class SnapshotAnswer:
    """A page of a table by primary key; ``last`` is where the next page begins."""

    last: UUID | None
    more: bool
    rows: tuple[DownRow, ...]


def encode_ops(ops: Sequence[Op]) -> str:
    """Return the JSON text of a batch; bodies are put in as they are kept, not parsed again."""
    return "[" + ",".join(_encode(op, f'"body":{op.body}') for op in ops) + "]"


def encode_unreadable(op: Op) -> str:
    """Return the JSON text of one operation whose body the centre's JSON refuses: it travels as base64."""
    raw = base64.b64encode(op.body.encode()).decode("ascii")
    return "[" + _encode(op, f'"raw":"{raw}"') + "]"


def _encode(op: Op, body: str) -> str:
    return (
        f'{{"seq":{op.seq},"op_id":"{op.op_id}","kind":{json.dumps(op.kind)},"schema_v":{op.schema_v},'
        f'"hash":"{op.hash}","hlc":{op.hlc},"made_at":{op.made_at},{body}}}'
    )


def decode_rows(page: str) -> tuple[DownRow, ...]:
    """Read a page's rows; what is inside each row is judged only when it is applied."""
    rows: list[list[Any]] = json.loads(page)
    return tuple(
        DownRow(entity=entity, pk=pk, ver=ver, deleted=deleted, body=body)
        for entity, pk, ver, deleted, _schema_v, body in rows
    )


def decode_quarantined(text: str) -> tuple[tuple[int, str], ...]:
    """Read the sequence numbers the centre put aside, each with its reason."""
    return tuple((int(seq), str(error)) for seq, error in json.loads(text))
