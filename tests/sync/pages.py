"""Reads a SQLCipher file as it lies on the disk, with its key: free pages, slack and the write-ahead log too."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.sync.kit import KEY

PAGE, RESERVE, IV = 4096, 80, 16


def pages_of(path: Path) -> Iterable[bytes]:
    """Decrypt every page of a SQLCipher file as it lies there: free pages and slack too, and those of its WAL."""
    raw = path.read_bytes()
    for at in range(0, len(raw) - PAGE + 1, PAGE):
        yield _open_page(raw[at : at + PAGE], skip=16 if at == 0 else 0)
    wal = path.with_name(path.name + "-wal")
    if wal.exists():
        log = wal.read_bytes()
        for at in range(32, len(log) - 24 - PAGE + 1, 24 + PAGE):
            frame = log[at + 24 : at + 24 + PAGE]
            yield _open_page(frame, skip=0)
            yield _open_page(frame, skip=16)


def _open_page(page: bytes, *, skip: int) -> bytes:
    iv = page[-RESERVE : -RESERVE + IV]
    opened = Cipher(algorithms.AES(KEY), modes.CBC(iv)).decryptor()
    return opened.update(page[skip:-RESERVE]) + opened.finalize()
