"""Reads tables from csv and xlsx files of other programs: guarded by limits, as text, row by row with line numbers.

Law: nothing of a file is trusted. Sizes are limited before parsing, cells are text or what the sheet holds, and a
formula is never worked out.
"""

from __future__ import annotations

import csv
import functools
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

MAX_CSV_BYTES = 512 * 1024 * 1024
MAX_XLSX_BYTES = 50 * 1024 * 1024
"""All parts of an xlsx unpacked, together."""

MAX_RATIO = 100
MAX_PARTS = 2_000
MAX_ROWS = 2_000_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
MAX_SHEET_CELLS = 5_000_000
"""Rows times columns of a sheet: one cell in the far corner makes the parser lay out all between."""

SNIFF_BYTES = 64 * 1024
DELIMITERS = ";,\t"
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})([0-9]{1,7})["']""")

Cell = str
Row = tuple[int, list[Cell]]
"""The line in the file (the first is 1) and its cells as text."""


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table: its header and how to walk through its rows, as often as wanted."""

    path: Path
    header: list[str]
    encoding: str = ""
    delimiter: str = ""

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header; empty ones are left out.

        Raises:
            Refusal: the file is damaged or beyond a limit.
        """
        is_header = True
        for line, cells in _rows(self.path, self.encoding, self.delimiter):
            if any(cell.strip() for cell in cells):
                if not is_header:
                    yield line, cells
                is_header = False


def open_table(path: Path) -> Table:
    """Open a csv or xlsx file, find out how it is written, and check that all of it can be read.

    The first row that is not empty is the header. Reading it through once finds what is broken before the first
    row is taken, so that a broken file changes nothing.

    Raises:
        Refusal: with the reason in words a shop understands.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Refusal("no_file", Text(N_("There is no file {file}."), {"file": path.name})) from error
    if path.is_dir():
        raise Refusal("not_a_file", Text(N_("{file} is a folder: name the list in it."), {"file": path.name}))
    if not path.is_file():
        raise Refusal("not_a_file", Text(N_("{file} is no file that can be read again."), {"file": path.name}))
    kind = path.suffix.lower()
    if kind == ".xlsx":
        _check_workbook(path)
        encoding = delimiter = ""
    elif kind in {".csv", ".txt", ".tsv"}:
        if size > MAX_CSV_BYTES:
            raise _too_big(path, Text(N_("larger than {limit} MB"), {"limit": MAX_CSV_BYTES >> 20}))
        encoding = _encoding(path)
        if encoding == "cp1251":
            _check_one_encoding(path)
        delimiter = _delimiter(path, encoding)
    else:
        raise Refusal(
            "unknown_format",
            Text(N_("The file {file} is neither csv nor xlsx. Save the table in one of these."), {"file": path.name}),
        )
    header: list[str] = []
    for _line, cells in _rows(path, encoding, delimiter):
        if not header and any(cell.strip() for cell in cells):
            header = [cell.strip() for cell in cells]
    if not header:
        raise Refusal("empty_file", Text(N_("The file {file} is empty."), {"file": path.name}))
    return Table(path, header, encoding, delimiter)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    walk = _sheet_rows(path) if not encoding else _csv_rows(path, encoding, delimiter)
    for count, (line, cells) in enumerate(walk, 1):
        if count > MAX_ROWS:
            raise _too_big(path, Text(N_("more than {limit} rows"), {"limit": MAX_ROWS}))
        if len(cells) > MAX_COLUMNS:
            raise _too_big(
                path, Text(N_("more than {limit} columns in line {line}"), {"limit": MAX_COLUMNS, "line": line})
            )
        if max(map(len, cells), default=0) > MAX_CELL:
            raise _too_big(
                path, Text(N_("a cell longer than {limit} letters in line {line}"), {"limit": MAX_CELL, "line": line})
            )
        yield line, cells


def _too_big(path: Path, why: Text) -> Refusal:
    return Refusal(
        "file_too_big",
        Text(
            N_("The file {file} is beyond what is safe to read: {why}. Nothing was changed."),
            {"file": path.name, "why": why},
        ),
    )


def _damaged(path: Path, why: Text) -> Refusal:
    return Refusal(
        "damaged_file",
        Text(N_("The file {file} is damaged: {why}. Nothing was changed."), {"file": path.name, "why": why}),
    )


# ------------------------------------------------------------------------------------------------------------- csv


def _encoding(path: Path) -> str:
    """UTF-8 with or without a mark if all of it is UTF-8, UTF-16 by its mark, else Windows-1251."""
    with path.open("rb") as opened:
        start = opened.read(4)
        if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return "utf-16"
        opened.seek(0)
        decoder = io.TextIOWrapper(opened, encoding="utf-8-sig", newline="")
        try:
            while decoder.read(1 << 20):
                pass
        except UnicodeDecodeError:
            return "cp1251"
        return "utf-8-sig"


_CYRILLIC = re.compile("[а-яёА-ЯЁ]{2}")
TOLD_LINES = 5


def _check_one_encoding(path: Path) -> None:
    """Refuse a file some of whose lines are UTF-8 and others not: each half read as the other would be gibberish.

    Raises:
        Refusal: ``mixed_encodings`` with the lines of the rarer one.
    """
    in_utf8: list[int] = []
    others: list[int] = []
    with path.open("rb") as opened:
        for line, content in enumerate(iter(lambda: opened.readline(MAX_CELL * 20), b""), 1):
            if content.isascii():
                continue
            try:
                is_utf8 = _CYRILLIC.search(content.decode("utf-8-sig")) is not None
            except UnicodeDecodeError:
                is_utf8 = False
            (in_utf8 if is_utf8 else others).append(line)
    if in_utf8 and others:
        rarer = min(in_utf8, others, key=len)
        raise Refusal(
            "mixed_encodings",
            Text(
                N_(
                    "Some lines of {file} are written in another encoding than the rest, such as {lines}. Save it anew."
                ),
                {"file": path.name, "lines": ", ".join(str(line) for line in rarer[:TOLD_LINES])},
            ),
        )


def _open_text(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, newline="")


def _delimiter(path: Path, encoding: str) -> str:
    """The one of ``; , TAB`` that cuts the first lines into the most equal columns."""
    try:
        with _open_text(path, encoding) as opened:
            start = opened.read(SNIFF_BYTES)
    except UnicodeDecodeError as error:
        raise _damaged(path, Text(N_("its letters are in no known encoding"))) from error
    best, best_score = ";", (0, 0)
    for delimiter in DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(start.splitlines()[:50], delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not counts or counts[0] < 2:
            continue
        score = (sum(1 for c in counts if c == counts[0]), counts[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    # The csv module's own limit is global to the process, so long fields are stopped by the line guard instead.
    with _open_text(path, encoding) as opened:
        reader = csv.reader(_guarded(path, opened), delimiter=delimiter, strict=False)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise _damaged(path, Text(N_("line {line} cannot be cut into cells"), {"line": line})) from error
        except UnicodeDecodeError as error:
            raise _damaged(path, Text(N_("its letters are in no known encoding"))) from error


def _guarded(path: Path, opened: TextIO) -> Iterator[str]:
    line = 0
    longest = MAX_CELL * 20
    while text := opened.readline(longest + 1):
        line += 1
        if len(text) > longest:
            raise _too_big(
                path, Text(N_("a cell longer than {limit} letters in line {line}"), {"limit": MAX_CELL, "line": line})
            )
        if "\x00" in text:
            raise _damaged(path, Text(N_("there is a zero byte in line {line}"), {"line": line}))
        yield text


# ------------------------------------------------------------------------------------------------------------ xlsx


def _check_workbook(path: Path) -> None:
    """Refuse a zip that would unpack beyond the limits, by its directory, before anything is unpacked."""
    if path.stat().st_size > MAX_XLSX_BYTES:
        raise _too_big(path, Text(N_("larger than {limit} MB"), {"limit": MAX_XLSX_BYTES >> 20}))
    try:
        with zipfile.ZipFile(path) as opened:
            parts = opened.infolist()
            total = 0
            for part in parts:
                total += _unpacked_size(path, opened, part, MAX_XLSX_BYTES - total)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise _damaged(path, Text(N_("it is no xlsx workbook"))) from error
    if len(parts) > MAX_PARTS:
        raise _too_big(path, Text(N_("more than {limit} parts"), {"limit": MAX_PARTS}))
    if total > path.stat().st_size * MAX_RATIO:
        raise _too_big(path, Text(N_("it unpacks to {mb} MB"), {"mb": total >> 20}))


def _unpacked_size(path: Path, opened: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    if part.file_size > left:
        raise _too_big(path, Text(N_("it unpacks to more than {limit} MB"), {"limit": MAX_XLSX_BYTES >> 20}))
    # The directory may lie: zipfile stops at the told size, and a wrong sum is an error.
    content = opened.read(part)
    if part.filename.startswith("xl/worksheets/"):
        _check_extent(path, content)
    return part.file_size


def _check_extent(path: Path, sheet: bytes) -> None:
    rows = columns = 1
    for found in _REFERENCE.finditer(sheet):
        letters, number = found[1], found[2]
        rows = max(rows, int(number))
        columns = max(columns, functools.reduce(lambda n, letter: n * 26 + letter - 64, letters, 0))
    if rows * columns > MAX_SHEET_CELLS:
        raise _too_big(
            path, Text(N_("its sheet spans {rows} rows and {columns} columns"), {"rows": rows, "columns": columns})
        )


def _sheet_rows(path: Path) -> Iterator[Row]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # only xlsx pays for it

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            if not book.sheet_names:
                raise _damaged(path, Text(N_("it has no sheet")))
            sheet = book.get_sheet_by_index(0)
            first = (sheet.start or (0, 0))[0]
            for offset, cells in enumerate(sheet.iter_rows()):
                yield first + offset + 1, [_as_text(cell) for cell in cells]
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(path, Text(N_("it is no xlsx workbook"))) from error


def _as_text(cell: object) -> str:
    """Return a sheet's value as its text: whole numbers without a point, dates in ISO form.

    A number too long for a sheet's fifteen digits keeps its exponent, so that a spoilt barcode shows.
    """
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time(0) else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
