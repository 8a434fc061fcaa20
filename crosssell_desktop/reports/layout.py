"""The paper itself: A4 pages that flow, tables that line up, a footer that can be checked.

Law: every text is drawn as it is, never parsed as markup, so no name can break or change a report;
what cannot be drawn (control and direction marks) is left out by :func:`plain`; equal data give equal
bytes. Hairlines, one weight of emphasis, negative amounts in dark red *and* with a minus.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from crosssell_desktop.domain.format import MINUS, NBSP

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN_X = 17 * mm
MARGIN_TOP = 15 * mm
MARGIN_BOTTOM = 25 * mm
WIDTH = PAGE_WIDTH - 2 * MARGIN_X
QR_SIZE = 14 * mm

Weight = Literal["regular", "bold"]
Align = Literal["left", "right"]
Ink = tuple[float, float, float]

BLACK: Ink = (0, 0, 0)
SOFT: Ink = (0.36, 0.36, 0.36)
FAINT: Ink = (0.78, 0.78, 0.78)
NEGATIVE: Ink = (0.62, 0, 0)

_USUAL = re.compile(r"[ -~\u00a0-\u00ac\u00ae-\u00ff\u0400-\u045f\u2013\u2014\u2026\u2116\u20bd\u2212]*")


@dataclass(frozen=True, slots=True)
class Fonts:
    """The bytes of two TrueType fonts that know Cyrillic and ₽ (PT Sans)."""

    regular: bytes
    bold: bytes


def plain(text: str) -> str:
    """Return a text as it can be drawn: composed, one line, without control, format and direction marks.

    Narrow and other special spaces become U+00A0, line breaks a space, what has no meaning U+FFFD.
    """
    if _USUAL.fullmatch(text):
        return text
    return "".join(_drawable(char) for char in unicodedata.normalize("NFC", text))


_INSTEAD = {"\u2032": "'", "\u2033": '"', "\u2010": "-", "\u2011": "-", "\u2012": "\u2013", "\u2192": ">"}
"""Signs that PT Sans lacks and the plain sign that means the same."""


def _drawable(char: str) -> str:
    category = unicodedata.category(char)
    if char in _INSTEAD:
        return _INSTEAD[char]
    if category in {"Zl", "Zp"} or (category == "Cc" and char in "\t\n\r\v\f\x85"):
        return " "
    if category in {"Cc", "Cf"}:
        return ""
    if category == "Zs":
        return char if char == " " else NBSP
    return "\ufffd" if category in {"Cs", "Co", "Cn"} or ord(char) > 0xFFFF else char


class Face:
    """One weight of the font: its name for the canvas and its measured letters."""

    def __init__(self, data: bytes) -> None:
        self.name = f"f{hashlib.sha256(data).hexdigest()[:16]}"
        if self.name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(self.name, io.BytesIO(data)))
        face = pdfmetrics.getFont(self.name).face
        self._widths: dict[int, float] = face.charWidths
        self._default: float = face.defaultWidth

    def width(self, text: str, size: float) -> float:
        """Return the width of a text in points."""
        widths, default = self._widths, self._default
        return sum([widths.get(ord(char), default) for char in text]) * size / 1000

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Break a text into lines no wider than ``width``: at spaces, and inside a word that is too long."""
        if self.width(text, size) <= width:
            return [text]
        lines: list[str] = []
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width(longer, size) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while len(line) > 1 and self.width(line, size) > width:
                cut = self._letters_that_fit(line, size, width)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line)
        return lines

    def cut(self, text: str, size: float, width: float) -> str:
        """Return the beginning of a text that fits."""
        return text[: self._letters_that_fit(text, size, width)]

    def _letters_that_fit(self, word: str, size: float, width: float) -> int:
        used, count = 0.0, 0
        for char in word:
            used += self._widths.get(ord(char), self._default) * size / 1000
            if used > width:
                break
            count += 1
        return max(1, count)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: numbers go right; ``grow`` shares out the width that is left over."""

    title: str
    align: Align = "left"
    grow: int = 0


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands at the foot of every page; ``page`` makes «page n of m»."""

    lines: tuple[str, ...]
    page: Callable[[int, int], str]
    hash_label: str
    running_title: str
    """Repeated on top of the second and later pages, so that a loose sheet is known."""
    qr_payload: str


@dataclass(frozen=True, slots=True)
class _Run:
    x: float
    y: float
    text: str
    size: float
    weight: Weight
    ink: Ink


@dataclass(frozen=True, slots=True)
class _Line:
    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table once measured: where its columns stand and how high its header is."""

    columns: Sequence[Column]
    places: Sequence[tuple[float, float]]
    titles: Sequence[Sequence[str]]
    header_height: float
    right: float


class Sheet:
    """A document being laid out from top to bottom; :meth:`finish` makes the PDF."""

    def __init__(self, fonts: Fonts, title: str, footer: Footer) -> None:
        self._faces: dict[Weight, Face] = {"regular": Face(fonts.regular), "bold": Face(fonts.bold)}
        self._title = plain(title)
        self._footer = footer
        self._pages: list[tuple[list[_Run], list[_Line]]] = []
        self.y = 0.0
        self._new_page()

    # ---------------------------------------------------------------- drawing

    def width(self, text: str, size: float, weight: Weight = "regular") -> float:
        """Return the width of a text in points as it will be drawn."""
        return self._faces[weight].width(plain(text), size)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        *,
        weight: Weight = "regular",
        align: Align = "left",
        ink: Ink = BLACK,
    ) -> None:
        """Draw one line of text at a baseline; ``x`` is its left or right end."""
        drawn = plain(text)
        if align == "right":
            x -= self._faces[weight].width(drawn, size)
        self._pages[-1][0].append(_Run(x, y, drawn, size, weight, ink))

    def line(self, x1: float, x2: float, y: float, width: float = 0.3, ink: Ink = FAINT) -> None:
        """Draw a horizontal rule."""
        self._pages[-1][1].append(_Line(x1, y, x2, y, width, ink))

    def box(self, x: float, y: float, width: float, height: float, line: float = 0.8) -> None:
        """Draw an empty rectangle; ``y`` is its lower edge."""
        for x1, y1, x2, y2 in (
            (x, y, x + width, y), (x, y + height, x + width, y + height),
            (x, y, x, y + height), (x + width, y, x + width, y + height),
        ):  # fmt: skip
            self._pages[-1][1].append(_Line(x1, y1, x2, y2, line, BLACK))

    # ---------------------------------------------------------------- flow

    def _new_page(self) -> None:
        self._pages.append(([], []))
        self.y = PAGE_HEIGHT - MARGIN_TOP
        if len(self._pages) > 1:
            self.text(MARGIN_X, self.y - 7, self._on_one_line(self._footer.running_title, 7.5, WIDTH), 7.5, ink=SOFT)
            self.line(MARGIN_X, MARGIN_X + WIDTH, self.y - 12)
            self.y -= 22

    def _on_one_line(self, text: str, size: float, width: float) -> str:
        """Return a text cut to one line; only for what stands in full elsewhere on the paper."""
        drawn, face = plain(text), self._faces["regular"]
        if face.width(drawn, size) <= width:
            return drawn
        return face.cut(drawn, size, width - face.width("…", size)) + "…"

    def need(self, height: float) -> bool:
        """Go to a new page when less than ``height`` points are left; say whether that happened."""
        if self.y - height >= MARGIN_BOTTOM:
            return False
        self._new_page()
        return True

    def space(self, height: float) -> None:
        """Leave room; at the foot of a page none is needed."""
        self.y -= height

    def heading(self, number: str, title: str, keep_with: float = 60) -> None:
        """Start a block: a number, a title, a rule; never alone at the foot of a page."""
        self.space(15)
        self.need(24 + keep_with)
        self.y -= 11
        self.text(MARGIN_X, self.y, number, 11.5, weight="bold")
        self.text(MARGIN_X + (16 if number else 0), self.y, title, 11.5, weight="bold")
        self.y -= 5
        self.line(MARGIN_X, MARGIN_X + WIDTH, self.y, 0.6, BLACK)
        self.y -= 4

    def sentence(self, text: str, size: float = 9, *, ink: Ink = BLACK, weight: Weight = "regular") -> None:
        """Put a paragraph over the whole width."""
        for part in self._faces[weight].wrap(plain(text), size, WIDTH):
            self.need(size * 1.35)
            self.y -= size * 1.35
            self.text(MARGIN_X, self.y, part, size, weight=weight, ink=ink)

    def narrow_sentence(self, text: str, size: float, width: float) -> None:
        """Put a paragraph over a part of the width, beside something that stands on the right."""
        for part in self._faces["regular"].wrap(plain(text), size, width):
            self.y -= size * 1.35
            self.text(MARGIN_X, self.y, part, size)

    def signatures(
        self,
        number: str,
        title: str,
        rows: Sequence[tuple[str, str]],
        captions: tuple[str, str, str],
        stamp: str = "",
    ) -> None:
        """Put a block to sign, never parted: who, signature, name, date; a place for a stamp if it is named."""
        gap, role_width = 10.0, 118.0
        cell = (WIDTH - (86 if stamp else 0) - role_width - 3 * gap) / 3
        regular = self._faces["regular"]
        wrapped = [
            (regular.wrap(plain(role), 9, role_width), regular.wrap(plain(name), 9, cell) if name else [])
            for role, name in rows
        ]
        heights = [34.0 + 11 * max(0, len(role) - 2, len(name) - 2) for role, name in wrapped]
        self.heading(number, title, sum(heights) + 12)
        top = self.y
        for (role, name), height in zip(wrapped, heights, strict=True):
            self.y -= height
            base = self.y + 10
            for row, part in enumerate(reversed(role)):
                self.text(MARGIN_X, base + 11 * row, part, 9)
            for position, caption in enumerate(captions):
                x = MARGIN_X + role_width + gap + position * (cell + gap)
                self.line(x, x + cell, base - 2, 0.5, BLACK)
                self.text(x, base - 10, caption, 6.5, ink=SOFT)
                if position == 1:
                    for row, part in enumerate(reversed(name)):
                        self.text(x, base + 1 + 11 * row, part, 9)
        if stamp:
            side = 74.0
            self.box(MARGIN_X + WIDTH - side, top - 12 - side, side, side, 0.3)
            self.text(MARGIN_X + WIDTH - side + 5, top - 8 - side, stamp, 6.5, ink=SOFT)
        self.y -= 12

    def fields(self, pairs: Sequence[tuple[str, str]], columns: int = 3) -> None:
        """Put labelled values in a grid: a small label above its value."""
        gap = 10.0
        cell = (WIDTH - gap * (columns - 1)) / columns
        regular = self._faces["regular"]
        for start in range(0, len(pairs), columns):
            row = [
                (regular.wrap(plain(label), 7.5, cell), regular.wrap(plain(value), 9.5, cell))
                for label, value in pairs[start : start + columns]
            ]
            label_lines = max(len(label) for label, _ in row)
            height = 6 + label_lines * 9 + max(len(value) for _, value in row) * 12
            self.need(height)
            for position, (label, value) in enumerate(row):
                x, y = MARGIN_X + position * (cell + gap), self.y - 6 - (label_lines - len(label)) * 9
                for part in label:
                    y -= 7.5
                    self.text(x, y, part, 7.5, ink=SOFT)
                    y -= 1.5
                y -= 1
                for part in value:
                    y -= 9.5
                    self.text(x, y, part, 9.5)
                    y -= 2.5
            self.y -= height
        self.y -= 4

    def figures(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Put a strip of large figures, each with its label under it."""
        gap = 11.0
        cell = (WIDTH - gap * (len(pairs) - 1)) / len(pairs)
        labels = [self._faces["regular"].wrap(plain(label), 7.5, cell) for label, _ in pairs]
        height = 26 + 9 * max(len(label) for label in labels)
        self.need(height)
        size = 16.0
        while size > 9 and max(self.width(value, size, "bold") for _, value in pairs) > cell:
            size -= 0.5
        for position, ((_, value), label) in enumerate(zip(pairs, labels, strict=True)):
            x = MARGIN_X + position * (cell + gap)
            self.text(x, self.y - 19, value, size, weight="bold", ink=NEGATIVE if value.startswith(MINUS) else BLACK)
            for number, part in enumerate(label):
                self.text(x, self.y - 29 - 9 * number, part, 7.5, ink=SOFT)
        self.y -= height

    # ---------------------------------------------------------------- tables

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        total: Sequence[str] | None = None,
        *,
        size: float = 8.5,
        part: float = 1.0,
    ) -> None:
        """Put a table: header repeated on every page, a hairline under each row, the total ruled above.

        ``part`` of the page's width keeps a label and its number close together in a table of few columns.

        Columns that do not grow take the width of their widest cell; the others share what is left and wrap.
        """
        cells = [[plain(cell) for cell in row] for row in rows]
        foot = None if total is None else [plain(cell) for cell in total]
        grid = self._grid(columns, cells, foot, size, WIDTH * part)
        foot_height = 0.0 if foot is None else self._row_height(grid, foot, size, "bold")
        self.need(grid.header_height + 2 * (size + 6))
        self._header(grid)
        for number, row in enumerate(cells, start=1):
            kept_with = foot_height if number == len(cells) else 0.0  # a total never stands alone on a page
            self._row(grid, row, size, "regular", kept_with)
        if foot is not None:
            self._row(grid, foot, size, "bold", 0.0)
        self.y -= 3

    def _grid(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        foot: Sequence[str] | None,
        size: float,
        width: float,
    ) -> _Grid:
        gap = 14.0 if len(columns) <= 5 else 9.0
        regular, bold = self._faces["regular"], self._faces["bold"]
        titles = [plain(column.title).replace(" ₽", f"{NBSP}₽").replace(" %", f"{NBSP}%") for column in columns]
        natural = []
        for position, column in enumerate(columns):
            if column.grow:
                natural.append(0.0)
                continue
            title = max((regular.width(word, 7.5) for word in titles[position].split(" ")), default=0.0)
            body = max((regular.width(text, size) for text in {row[position] for row in rows}), default=0.0)
            last = bold.width(foot[position], size) if foot else 0.0
            natural.append(min(max(title, body, last), width * 0.3) + 0.5)
        rest = width - sum(natural) - gap * (len(columns) - 1)
        grow = sum(column.grow for column in columns)
        widths = [rest * c.grow / grow if c.grow else n for c, n in zip(columns, natural, strict=True)]
        places, x = [], MARGIN_X
        for one in widths:
            places.append((x, one))
            x += one + gap
        titles_wrapped = [regular.wrap(title, 7.5, one) for title, one in zip(titles, widths, strict=True)]
        header_height = 6 + 9 * max(len(lines) for lines in titles_wrapped)
        return _Grid(columns, places, titles_wrapped, header_height, MARGIN_X + width)

    def _header(self, grid: _Grid) -> None:
        for column, (x, width), lines in zip(grid.columns, grid.places, grid.titles, strict=True):
            y = self.y - grid.header_height + 4 + 9 * (len(lines) - 1)
            for part in lines:
                self._cell(column, x, width, y, part, 7.5, "regular", SOFT)
                y -= 9
        self.y -= grid.header_height
        self.line(MARGIN_X, grid.right, self.y, 0.4, SOFT)

    def _wrapped(self, grid: _Grid, row: Sequence[str], size: float, weight: Weight) -> list[list[str]]:
        face = self._faces[weight]
        return [face.wrap(text, size, width) if text else [] for text, (_, width) in zip(row, grid.places, strict=True)]

    def _row_height(self, grid: _Grid, row: Sequence[str], size: float, weight: Weight) -> float:
        lines = max(len(part) for part in self._wrapped(grid, row, size, weight))
        return 5.2 + size * 1.22 * max(1, lines)

    def _row(self, grid: _Grid, row: Sequence[str], size: float, weight: Weight, kept_with: float) -> None:
        parts = self._wrapped(grid, row, size, weight)
        step = size * 1.22
        height = 5.2 + step * max(1, *(len(lines) for lines in parts))
        if self.need(height + kept_with):
            self._header(grid)
        if weight == "bold":
            self.line(MARGIN_X, grid.right, self.y, 0.7, BLACK)
        for column, (x, width), lines in zip(grid.columns, grid.places, parts, strict=True):
            y = self.y - 2.6 - size * 0.95
            for part in lines:
                is_negative = column.align == "right" and part.startswith(MINUS)
                self._cell(column, x, width, y, part, size, weight, NEGATIVE if is_negative else BLACK)
                y -= step
        self.y -= height
        if weight != "bold":
            self.line(MARGIN_X, grid.right, self.y)

    def _cell(  # noqa: PLR0917  # where, what, how
        self, column: Column, x: float, width: float, y: float, text: str, size: float, weight: Weight, ink: Ink
    ) -> None:
        if column.align == "right":
            x += width - self._faces[weight].width(text, size)
        self._pages[-1][0].append(_Run(x, y, text, size, weight, ink))

    def page_break(self) -> None:
        """Go on at the top of a new page."""
        self._new_page()

    # ---------------------------------------------------------------- the end

    def finish(self) -> bytes:
        """Draw everything, now that the number of pages is known, and return the PDF."""
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=A4, pageCompression=1, invariant=1)
        canvas.setTitle(self._title)
        canvas.setCreator("CrossSell Desktop")
        _draw_qr_form(canvas, self._footer.qr_payload)
        for number, (runs, lines) in enumerate(self._pages, start=1):
            self._draw_page(canvas, runs + self._footer_runs(number), lines)
            canvas.showPage()
        canvas.save()
        return target.getvalue()

    def _footer_runs(self, number: int) -> list[_Run]:
        y = MARGIN_BOTTOM - 9 * mm
        right = MARGIN_X + WIDTH - QR_SIZE - 8
        runs = [
            _Run(MARGIN_X, y - 9.5 * i, plain(text), 7.5, "regular", SOFT) for i, text in enumerate(self._footer.lines)
        ]
        page = plain(self._footer.page(number, len(self._pages)))
        for i, text in enumerate((page, plain(self._footer.hash_label))):
            width = self._faces["regular"].width(text, 7.5)
            runs.append(_Run(right - width, y - 9.5 * i, text, 7.5, "regular", SOFT if i else BLACK))
        return runs

    def _draw_page(self, canvas: Any, runs: Sequence[_Run], lines: Sequence[_Line]) -> None:  # noqa: ANN401  # untyped library
        foot = MARGIN_BOTTOM - 3 * mm
        for rule in (*lines, _Line(MARGIN_X, foot, MARGIN_X + WIDTH, foot, 0.3, FAINT)):
            canvas.setLineWidth(rule.width)
            canvas.setStrokeColorRGB(*rule.ink)
            canvas.line(rule.x1, rule.y1, rule.x2, rule.y2)
        canvas.saveState()
        canvas.translate(MARGIN_X + WIDTH - QR_SIZE, foot - 2 * mm - QR_SIZE)
        canvas.doForm("qr")
        canvas.restoreState()
        out = canvas.beginText()
        style: tuple[Weight, float] | None = None
        ink: Ink | None = None
        for run in runs:
            if style != (run.weight, run.size):
                style = (run.weight, run.size)
                out.setFont(self._faces[run.weight].name, run.size)
            if ink != run.ink:
                ink = run.ink
                out.setFillColorRGB(*ink)
            out.setTextOrigin(run.x, run.y)
            out.textOut(run.text)
        canvas.drawText(out)


def _draw_qr_form(canvas: Any, payload: str) -> None:  # noqa: ANN401  # the library carries no types
    matrix = segno.make_qr(payload, error="m").matrix
    module = QR_SIZE / len(matrix)
    canvas.beginForm("qr", 0, 0, QR_SIZE, QR_SIZE)
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for row, bits in enumerate(matrix):
        start = None
        for column, bit in enumerate([*bits, 0]):
            if bit and start is None:
                start = column
            elif not bit and start is not None:
                path.rect(start * module, QR_SIZE - (row + 1) * module, (column - start) * module, module)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.endForm()
