"""A table that a child process has read: its rows lie in a nameless temporary file and are walked as often as wanted.

Law: what a reader of a foreign file says is looked at before it is believed; it may have been turned by the file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange.tabular import Row, Table, open_table

BATCH_ROWS = 200
BATCH_LETTERS = 200_000
"""A batch ends with the row that passes this, so that it fits a message of the child."""


class Speak(Protocol):
    """How a reader in a child process talks to its parent."""

    def rows(self, rows: list[Any]) -> None:
        """Hand over a batch of rows."""

    def progress(self, done: int, total: int) -> None:
        """Tell how far the reading is."""


def speak_table(arguments: Any, speak: Speak) -> Any:  # noqa: ANN401  # JSON, as the child's reader takes and gives it
    """Read the table named by ``arguments["path"]`` and speak its rows; the summary is its heading.

    Raises:
        Refusal: the file is damaged or beyond a limit.
    """
    table = open_table(Path(arguments["path"]))
    batch: list[Row] = []
    letters = done = 0
    for line, cells in table.rows():
        batch.append((line, cells))
        letters += sum(map(len, cells))
        if len(batch) >= BATCH_ROWS or letters >= BATCH_LETTERS:
            done += len(batch)
            speak.rows(list(batch))
            speak.progress(done, 0)
            batch.clear()
            letters = 0
    speak.rows(list(batch))
    return {"header": table.header}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpooledTable(Table):
    """A table whose rows were read already."""

    file: IO[bytes]
    count: int

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header."""
        self.file.seek(0)
        for told in self.file:
            line, cells = json.loads(told)
            yield line, cells

    def close(self) -> None:
        """Let the rows go; the temporary file has no name and is gone with it."""
        self.file.close()


class Spool:
    """Takes the rows a reader speaks."""

    def __init__(self) -> None:
        # Closed by whoever lets the table go.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._count = 0

    def take(self, rows: list[Any]) -> None:
        """Keep a batch.

        Raises:
            Refusal: ``reader_stopped`` when these are no rows.
        """
        for row in rows:
            if not (isinstance(row, list) and len(row) == 2 and isinstance(row[0], int) and _is_texts(row[1])):
                raise _no_table()
            self._file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
            self._count += 1

    def table(self, path: Path, summary: Any) -> SpooledTable:  # noqa: ANN401  # what the reader said at its end
        """Return what was read as a table.

        Raises:
            Refusal: ``reader_stopped`` when the summary has no heading.
        """
        header = summary.get("header") if isinstance(summary, dict) else None
        if header is None or not _is_texts(header):
            raise _no_table()
        return SpooledTable(path, list(header), file=self._file, count=self._count)

    def close(self) -> None:
        """Let everything go, when no table comes of it."""
        self._file.close()


def _is_texts(told: Any) -> bool:  # noqa: ANN401  # what a reader said
    return isinstance(told, list) and all(isinstance(one, str) for one in told)


def _no_table() -> Refusal:
    return Refusal("reader_stopped", Text(N_("The file could not be read. Nothing was changed.")))
