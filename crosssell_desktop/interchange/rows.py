"""Takes a table row by row: typed, or refused with line, column and reason into a file beside it."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, TypeVar

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.interchange.cells import BadCell
from crosssell_desktop.interchange.result import RefusedRow
from crosssell_desktop.interchange.tabular import Table

T = TypeVar("T")

KEPT_REFUSALS = 20
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RowView:
    """The cells of one row by field; a field without a column, or an empty cell, is None."""

    line: int
    cells: Sequence[str]
    places: dict[str, int]
    header: Sequence[str]

    def text(self, name: str) -> str | None:
        """Return a field's cell as it stands, None when there is nothing in it."""
        place = self.places.get(name)
        if place is None:
            return None
        return alive(self.cells[place]).strip() or None

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        """Return a field's typed value, None when there is nothing in it.

        Raises:
            BadRow: the reader refused the cell.
        """
        place = self.places.get(name)
        cell = "" if place is None else alive(self.cells[place]).strip()
        if not cell:
            return None
        try:
            return reader(cell)
        except BadCell as bad:
            raise BadRow(self.line, self.header[self.places[name]], bad.reason) from bad

    def must(self, name: str, reader: Callable[[str], T]) -> T:
        """Return a field's typed value.

        Raises:
            BadRow: there is none, or the reader refused it.
        """
        value = self.read(name, reader)
        if value is None:
            heading = self.header[self.places[name]] if name in self.places else name
            raise BadRow(self.line, heading, Text(N_("nothing is written here")))
        return value

    def bad(self, name: str, reason: Text) -> BadRow:
        """Return the refusal of this row for a field."""
        return BadRow(self.line, self.header[self.places[name]] if name in self.places else "", reason)


class BadRow(ValueError):  # noqa: N818  # the row is bad, not the program
    """A row that cannot be taken."""

    def __init__(self, line: int, column: str, reason: Text) -> None:
        super().__init__(f"line {line}, {column}: {reason}")
        self.refused = RefusedRow(line, column, reason)


def views(
    table: Table, places: dict[str, int], refuse: Callable[[RefusedRow, Sequence[str]], None]
) -> Iterator[RowView]:
    """Yield the rows whose cells stand under their headings; shifted ones are refused."""
    width = len(table.header)
    for line, cells in table.rows():
        extra = [cell for cell in cells[width:] if cell.strip()]
        if extra or len(cells) < width:
            refuse(
                RefusedRow(
                    line,
                    "",
                    Text(N_("the row has {n} cells, the heading {m}: it is shifted"), {"n": len(cells), "m": width}),
                ),
                cells,
            )
            continue
        yield RowView(line, cells[:width], places, table.header)


@dataclass(slots=True)
class RefusedFile:
    """Collects refused rows; with a place, writes them to a csv file that appears whole or not at all."""

    header: Sequence[str]
    path: Path | None
    translator: Translator
    count: int = 0
    first: list[RefusedRow] = field(default_factory=list)
    _open: TextIO | None = None

    def add(self, refused: RefusedRow, cells: Sequence[str]) -> None:
        """Refuse a row."""
        self.count += 1
        if len(self.first) < KEPT_REFUSALS:
            self.first.append(refused)
        if self.path is None:
            return
        say = self.translator.gettext
        if self._open is None:
            try:
                self._open = self._part.open("w", encoding="utf-8-sig", newline="")
            except OSError as error:
                raise EnvironmentTrouble(
                    "cannot_write",
                    Text(
                        N_("The refused rows cannot be written beside the file: copy it to where you may write."),
                    ),
                ) from error
            self._write([say(N_("Line")), say(N_("Column")), say(N_("Reason")), *self.header])
        self._write([str(refused.line), refused.column, self.translator.say(refused.reason), *cells])

    def _write(self, cells: Sequence[str]) -> None:
        if self._open is not None:
            csv.writer(self._open, delimiter=";", lineterminator="\r\n").writerow([inert(cell) for cell in cells])

    @property
    def _part(self) -> Path:
        if self.path is None:
            msg = "a file without a place has no part"
            raise ValueError(msg)
        return self.path.with_name(self.path.name + ".part")

    def close(self, *, keep: bool) -> Path | None:
        """Finish; return the file when there is one."""
        if self._open is None or self.path is None:
            return None
        self._open.flush()
        os.fsync(self._open.fileno())
        self._open.close()
        self._open = None
        if not keep:
            self._part.unlink()
            return None
        self._part.replace(self.path)
        return self.path


def inert(cell: str) -> str:
    """Return a cell that a spreadsheet will not take for a formula."""
    return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell


def alive(cell: str) -> str:
    """Return a cell without the mark that :func:`inert` put before it: our own files are read back as they were."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell
