"""Records what the store writes, and lays power cuts at random points of it."""

from __future__ import annotations

import contextlib
import ctypes
import random
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlcipher3._sqlite3 as bundled

SECTOR = 512
SOURCE = Path(__file__).with_name("trace_vfs.c")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the file layer was asked: w(rite), t(runcate), s(ync), d(elete), or an acknowledgement m(arked)."""

    what: str
    name: str
    at: int
    size: int
    data: bytes


@dataclass
class Disk:
    """A file as the platters have it, and what has been asked of it since the last sync."""

    safe: bytearray = field(default_factory=bytearray)
    loose: list[Step] = field(default_factory=list)


def build(folder: Path) -> ctypes.CDLL:
    """Compile the recording layer."""
    made = folder / "trace_vfs.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE)], check=True)
    return ctypes.CDLL(str(made))


@contextlib.contextmanager
def recording(layer: ctypes.CDLL, trace: Path) -> Iterator[None]:
    """Put the layer under every file that the bundled SQLite opens."""
    sqlite = ctypes.CDLL(bundled.__file__)
    assert layer.trace_begin(sqlite.sqlite3_vfs_find, sqlite.sqlite3_vfs_register, str(trace).encode()) == 0
    try:
        yield
    finally:
        assert layer.trace_end(sqlite.sqlite3_vfs_unregister, sqlite.sqlite3_vfs_register) == 0


def read(trace: Path) -> list[Step]:
    """Read a recording."""
    raw = trace.read_bytes()
    steps = []
    at = 0
    while at < len(raw):
        what = chr(raw[at])
        (length,) = struct.unpack_from("=i", raw, at + 1)
        name = raw[at + 5 : at + 5 + length].decode()
        offset, size = struct.unpack_from("=qq", raw, at + 5 + length)
        at += 21 + length
        data = b""
        if what == "w":
            data = raw[at : at + size]
            at += size
        steps.append(Step(what, name, offset, size, data))
    return steps


def _do(content: bytearray, step: Step, parts: list[tuple[int, int]]) -> None:
    if step.what == "t":
        if step.size < len(content):
            del content[step.size :]
        else:
            content.extend(bytes(step.size - len(content)))
        return
    for start, end in parts:
        if len(content) < step.at + end:
            content.extend(bytes(step.at + end - len(content)))
        content[step.at + start : step.at + end] = step.data[start:end]


def cut(steps: list[Step], at: int, chance: random.Random) -> tuple[dict[str, bytes], int]:
    """Return the files after a power cut before step ``at``, and the last acknowledgement before it.

    What was synced is there. Of what was not, each write is kept, lost, or torn at sectors, in any order.
    """
    disks: dict[str, Disk] = {}
    marked = 0
    for step in steps[:at]:
        if step.what == "m":
            marked = step.at
            continue
        if step.what == "d":
            disks.pop(step.name, None)
            continue
        disk = disks.setdefault(step.name, Disk())
        if step.what == "s":
            for one in disk.loose:
                _do(disk.safe, one, [(0, len(one.data))])
            disk.loose.clear()
        else:
            disk.loose.append(step)
    for disk in disks.values():
        loose = list(disk.loose)
        if chance.random() < 0.5:
            chance.shuffle(loose)
        keep = chance.choice([0.0, 0.5, 0.9])
        for one in loose:
            if chance.random() < keep:
                _do(disk.safe, one, [(0, len(one.data))])
            elif one.what == "w" and chance.random() < 0.5:
                sectors = [(s, min(s + SECTOR, one.size)) for s in range(0, one.size, SECTOR)]
                _do(disk.safe, one, [s for s in sectors if chance.random() < 0.5])
    return {name: bytes(disk.safe) for name, disk in disks.items()}, marked
