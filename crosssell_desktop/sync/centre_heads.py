"""Signed heads of every counter's operations, kept in a file outside the database.

The administrator of the database can change any row and any sum beside it. He cannot change this file: each run
writes down what the operations were since the last one, chained and signed with a key that lies beside the file, and
the next run reads everything again. What was changed, removed or put in between is named by counter and number.

The signature is HMAC-SHA256 of the standard library: the program has no library of public keys at run time
(``cryptography`` is for the tests only), and the one who signs is the one who checks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store.schema.base import canonical_json

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    Pg = psycopg.Connection[TupleRow]

BLOCK = 500
"""Operations in one line of the file."""
MARK = 4
"""Hex digits kept of each operation, so that the one that changed is named and not only its block."""
FIRST = "0" * 64

Life = tuple[str, str]
"""A counter and one of its incarnations."""


@dataclass(frozen=True, slots=True)
class Block:
    """One line: operations ``first`` to ``last`` of a life, a mark of each, and the head after them."""

    counter: str
    incarnation: str
    first: int
    last: int
    marks: str
    head: str
    at: int

    @property
    def life(self) -> Life:
        """Whose operations they are."""
        return self.counter, self.incarnation


class HeadsFile:
    """The file and its key; both are made, for their user only, when they are not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key = _key(path.with_name(path.name + ".key"), is_new=not path.exists())
        self.blocks: list[Block] = []
        self.faults: list[str] = []
        self._mac = ""
        self.seals: set[str] = set()
        """The signature of every line; killed between writing and noting, the file is longer than the note says."""
        if path.exists():
            self._read()

    @property
    def seal(self) -> str:
        """The signature of the last line: a file cut short no longer ends with it."""
        return self._mac

    def _read(self) -> None:
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                told = json.loads(line)
                mac = told.pop("mac")
                block = Block(**told)
            except (ValueError, TypeError, KeyError, AttributeError):
                self.faults.append(f"line {number} of the heads' file cannot be read")
                continue
            if not hmac.compare_digest(mac, self._sign(block)):
                self.faults.append(f"line {number} of the heads' file was changed, or lines before it are missing")
            self._mac = mac
            self.seals.add(mac)
            self.blocks.append(block)

    def _sign(self, block: Block) -> str:
        text = self._mac + canonical_json(_told(block))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def append(self, blocks: list[Block]) -> None:
        """Add lines and put them on the disk."""
        if not blocks:
            return
        with self.path.open("a", encoding="utf-8") as file:
            for block in blocks:
                self._mac = self._sign(block)
                file.write(canonical_json({**_told(block), "mac": self._mac}) + "\n")
                self.blocks.append(block)
            file.flush()
            os.fsync(file.fileno())


def _told(block: Block) -> dict[str, Any]:
    return {name: getattr(block, name) for name in Block.__slots__}


def _key(path: Path, *, is_new: bool) -> bytes:
    if path.exists():
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    if not is_new:
        raise Refusal(
            "heads_key_missing",
            Text(N_("The key of the signed heads is missing: {file}. Without it they prove nothing."), {"file": path}),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex())
    return key


# ------------------------------------------------------------------------------------------------ the database

_OPERATIONS = (
    "SELECT o.seq, sync.op_digest(o)"
    " FROM sync.op o JOIN sync.counter c ON c.no = o.counter_no"
    " WHERE c.counter_id = %s AND o.incarnation = %s AND o.seq > %s AND o.seq <= %s ORDER BY o.seq"
)
_LIVES = (
    "SELECT c.counter_id, p.incarnation, p.last_seq, c.name FROM sync.push_cursor p"
    " JOIN sync.counter c ON c.no = p.counter_no ORDER BY c.no, p.incarnation"
)


def check(connection: Pg, file: HeadsFile, *, is_copy: bool = False) -> list[str]:
    """Read again every operation the file speaks of; name those that are missing or not what they were.

    A database restored from a backup (``is_copy``) need not have what came after it was made.
    """
    lives = connection.execute(_LIVES).fetchall()
    names = {str(counter): name for counter, _, _, name in lives}
    reached = {(str(counter), str(life)): last for counter, life, last, _ in lives}
    found = list(file.faults)
    heads: dict[Life, str] = {}
    for block in file.blocks:
        name = names.get(block.counter, block.counter)
        before = heads.get(block.life, FIRST)
        head, marks = before, {}
        for seq, digest in _operations(connection, block.life, block.first - 1, block.last):
            head = _next(head, digest)
            marks[seq] = digest[:MARK]
        if head != block.head:
            upto = reached.get(block.life, 0) if is_copy else block.last
            found += _named(name, block, marks, upto)
        # The file is what counts: one fault is told once.
        heads[block.life] = block.head
    return found


def _named(name: str, block: Block, marks: dict[int, str], upto: int) -> list[str]:
    found = []
    for place, seq in enumerate(range(block.first, min(block.last, upto) + 1)):
        was = block.marks[place * MARK : (place + 1) * MARK]
        if seq not in marks:
            found.append(f"{name}: operation {seq} of {block.incarnation} is missing")
        elif marks[seq] != was:
            found.append(f"{name}: operation {seq} of {block.incarnation} was changed")
    if upto < block.last:
        return found
    return found or [f"{name}: one of the operations {block.first}-{block.last} of {block.incarnation} was changed"]


def export(connection: Pg, file: HeadsFile, at_ms: int) -> int:
    """Write down the operations that came since the last run; return how many."""
    reached: dict[Life, tuple[int, str]] = {}
    for block in file.blocks:
        reached[block.life] = (block.last, block.head)
    made: list[Block] = []
    lives = [((str(counter), str(life)), last) for counter, life, last, _ in connection.execute(_LIVES)]
    for life, last in lives:
        seq, head = reached.get(life, (0, FIRST))
        while seq < last:
            upto = min(last, seq + BLOCK)
            marks = ""
            for _, digest in _operations(connection, life, seq, upto):
                head = _next(head, digest)
                marks += digest[:MARK]
            made.append(Block(*life, seq + 1, upto, marks, head, at_ms))
            seq = upto
    file.append(made)
    return sum(block.last - block.first + 1 for block in made)


def _operations(connection: Pg, life: Life, after: int, upto: int) -> Iterator[tuple[int, str]]:
    yield from connection.execute(_OPERATIONS, (UUID(life[0]), UUID(life[1]), after, upto)).fetchall()


def _next(head: str, digest: str) -> str:
    return hashlib.sha256(b"crosssell-centre-1\x00" + bytes.fromhex(head) + bytes.fromhex(digest)).hexdigest()
