"""The receipt in the middle: lines with the core marked, what hangs on it, and the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from crosssell_desktop.domain.format import amount, quantity
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.state import ReceiptLine, ReceiptState
from crosssell_desktop.ui.theme import ROW_PX
from crosssell_desktop.ui.widgets.basics import plain, tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from crosssell_desktop.domain.ids import LineId
    from crosssell_desktop.ui.surroundings import Surroundings

Index = QModelIndex | QPersistentModelIndex
NAME, QTY, PRICE, TOTAL = range(4)
HEADERS = (N_("Product"), N_("Qty"), N_("Price, ₽"), N_("Sum, ₽"))


class ReceiptModel(QAbstractTableModel):
    """The lines of the receipt as strings made ready before painting; rows are known by line id."""

    LINE = Qt.ItemDataRole.UserRole + 1

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self._lines: tuple[ReceiptLine, ...] = ()
        self._ready: list[tuple[str, str, str, str]] = []

    def show_lines(self, lines: tuple[ReceiptLine, ...]) -> None:
        """Show other lines; only what changed is told to the view."""
        ready = [self._row(line) for line in lines]
        same_rows = [line.line_id for line in lines] == [line.line_id for line in self._lines]
        if same_rows:
            before_lines, before_ready = self._lines, self._ready
            self._lines, self._ready = lines, ready
            for row, (old, new) in enumerate(zip(before_lines, lines, strict=True)):
                if old != new or before_ready[row] != ready[row]:
                    self.dataChanged.emit(self.index(row, 0), self.index(row, TOTAL))
            return
        self.beginResetModel()
        self._lines, self._ready = lines, ready
        self.endResetModel()

    def line(self, row: int) -> ReceiptLine | None:
        """Return the line of a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, line_id: LineId) -> int:
        """Return the row of a line, -1 when it is not there."""
        return next((row for row, line in enumerate(self._lines) if line.line_id == line_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Name, quantity, price, sum."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Answer from strings made ready before."""
        row, column = index.row(), index.column()
        if not index.isValid() or row >= len(self._ready):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._ready[row][column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column == NAME else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == self.LINE:
            return self._lines[row]
        if role == Qt.ItemDataRole.ToolTipRole:
            trouble = self._lines[row].fit_trouble
            return tooltip(f"{self._ready[row][NAME]}. {trouble}" if trouble else self._ready[row][NAME])
        return self._spoken(row) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADERS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._at.speech.gettext(HEADERS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == NAME else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _row(self, line: ReceiptLine) -> tuple[str, str, str, str]:
        language = self._at.speech.language
        return (
            plain(line.name),
            quantity(line.qty_milli, language),
            amount(line.price_minor, language),
            amount(line.total_minor, language),
        )

    def _spoken(self, row: int) -> str:
        line = self._lines[row]
        speech = self._at.speech
        words = [speech.gettext(N_("core"))] if line.is_core else []
        if line.from_offer:
            words.append(speech.gettext(N_("from a suggestion")))
        return ", ".join((self._ready[row][NAME], self._ready[row][TOTAL], *words))


class ReceiptDelegate(QStyledItemDelegate):
    """Paints a line: the core with its bar and word, attached lines indented on an elbow, ticks and warnings."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Height of a row; widths are the view's."""
        return QSize(self._at.look.px(60), self._at.look.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        look = self._at.look
        box: QRect = option.rect
        line: ReceiptLine = index.data(ReceiptModel.LINE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.fillRect(box, look.colour("accent_weak"))
        elif line.is_core:
            painter.fillRect(box, look.colour("core_weak"))
        if not line.is_core and not selected:
            hair = look.tokens.hairline_px
            painter.fillRect(QRect(box.left(), box.bottom() + 1 - hair, box.width(), hair), look.colour("sunken"))
        font = look.font(bold=line.is_core)
        if index.column() == NAME:
            if selected or line.is_core:
                bar = look.colour("accent" if selected else "core")
                painter.fillRect(QRect(box.left(), box.top(), look.px(3), box.height()), bar)
            self._paint_name(painter, box, line, str(index.data()), font)
        else:
            painter.setFont(font)
            painter.setPen(look.colour("text" if index.column() != PRICE or line.is_core else "muted"))
            inner = box.adjusted(0, 0, -look.px(8), 0)
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        painter.restore()

    def _paint_name(self, painter: QPainter, box: QRect, line: ReceiptLine, name: str, font: QFont) -> None:
        look = self._at.look
        left, right = box.left() + look.px(12), box.right() - look.px(8)
        middle = box.center().y()
        side = look.px(16)
        if line.attached_to is not None:
            painter.setPen(QPen(look.colour("core"), look.px(1.5)))
            painter.drawPolyline([
                QPoint(left + look.px(6), box.top() + look.px(2)), QPoint(left + look.px(6), middle),
                QPoint(left + look.px(16), middle),
            ])  # fmt: skip
            left += look.px(24)
        if line.is_core:
            left = self._paint_core_chip(painter, left, box)
        marks = []
        if line.fit_trouble:
            marks.append(("warning", "bad"))
        if line.from_offer:
            marks.append(("check", "ok"))
        for icon, ink in marks:
            right -= side
            look.icon(icon, ink, 16).paint(painter, QRect(right, middle - side // 2, side, side))
            right -= look.px(6)
        painter.setFont(font)
        painter.setPen(look.colour("bad" if line.fit_trouble else "text"))
        shown = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideRight, max(right - left, 0))
        painter.drawText(
            QRect(left, box.top(), max(right - left, 0), box.height()),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown,
        )  # fmt: skip

    def _paint_core_chip(self, painter: QPainter, left: int, box: QRect) -> int:
        look = self._at.look
        word = self._at.speech.gettext(N_("CORE"))
        font = look.font("caption", bold=True)
        width = QFontMetrics(font).horizontalAdvance(word) + look.px(12)
        height = QFontMetrics(font).height() + look.px(2)
        chip = QRect(left, box.center().y() - height // 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("core"))
        painter.drawRoundedRect(chip, look.px(4), look.px(4))
        painter.setFont(font)
        painter.setPen(look.colour("surface"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, word)
        return chip.right() + look.px(8)


class ReceiptTable(QTableView):
    """The lines; keeps the selection by line, follows the newest line.

    *Signals:* ``line_chosen(line id or None)`` when the selection moves, ``typed(text)`` never: typing belongs to the
    one field.
    """

    line_chosen = Signal(object)

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self.lines = ReceiptModel(at, self)
        self.setModel(self.lines)
        self.setItemDelegate(ReceiptDelegate(at, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.selectionModel().currentRowChanged.connect(self._chosen)
        at.look.changed.connect(self.restyle)
        at.speech.changed.connect(self.relabel)
        self._state = ReceiptState()
        self.restyle()
        self.relabel()

    def show_receipt(self, state: ReceiptState) -> None:
        """Show a receipt; a new line is selected, otherwise the selected line stays."""
        known = {line.line_id for line in self._state.lines}
        fresh = [line.line_id for line in state.lines if line.line_id not in known]
        kept = self.current_line()
        self._state = state
        self.lines.show_lines(state.lines)
        wanted = fresh[-1] if fresh else (kept.line_id if kept is not None else None)
        row = self.lines.row_of(wanted) if wanted is not None else -1
        if row < 0 and state.lines:
            row = len(state.lines) - 1
        if row >= 0:
            self.setCurrentIndex(self.lines.index(row, 0))
            self.scrollTo(self.lines.index(row, 0))
        self._size_columns()

    def current_line(self) -> ReceiptLine | None:
        """Return the selected line."""
        return self.lines.line(self.currentIndex().row())

    def move_by(self, step: int) -> None:
        """Select the line above or below."""
        row = min(max(self.currentIndex().row() + step, 0), self.lines.rowCount() - 1)
        if row >= 0:
            self.setCurrentIndex(self.lines.index(row, 0))

    def restyle(self) -> None:
        """Fix row heights and column widths for the text scale."""
        look = self._at.look
        height = max(look.px(ROW_PX), look.metrics(bold=True).height() + look.px(8))
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self._size_columns()

    def relabel(self) -> None:
        """Say names, numbers and headers in the language of the screen."""
        self.setAccessibleName(self._at.speech.gettext(N_("Receipt")))
        self.lines.show_lines(self._state.lines)
        self.lines.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, TOTAL)
        self.viewport().update()
        self._size_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the name what the numbers leave."""
        super().resizeEvent(event)
        self._size_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters and digits are not a search of the table: they go on to the one field."""
        if event.text() and event.text().isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def _size_columns(self) -> None:
        look = self._at.look
        bold, caption = look.metrics(bold=True), look.metrics("caption")
        language = self._at.speech.language
        samples = {QTY: [quantity(line.qty_milli, language) for line in self._state.lines[:200]],
                   PRICE: [amount(line.price_minor, language) for line in self._state.lines[:200]],
                   TOTAL: [amount(line.total_minor, language) for line in self._state.lines[:200]]}  # fmt: skip
        floor = {QTY: "00", PRICE: "89 990,00", TOTAL: "189 990,00"}
        used = 0
        for column, texts in samples.items():
            head = caption.horizontalAdvance(self._at.speech.gettext(HEADERS[column]))
            widest = max((bold.horizontalAdvance(text) for text in (*texts, floor[column])), default=0)
            width = max(head, widest) + look.px(18)
            self.setColumnWidth(column, width)
            used += width
        self.setColumnWidth(NAME, max(self.viewport().width() - used, look.px(80)))

    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        line = self.lines.line(current.row())
        self.line_chosen.emit(None if line is None else line.line_id)
