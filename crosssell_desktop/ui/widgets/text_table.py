"""A table of texts made ready before painting: fixed rows, columns sized once from their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from crosssell_desktop.ui.theme import ROW_PX
from crosssell_desktop.ui.widgets.basics import plain, tooltip

if TYPE_CHECKING:
    from crosssell_desktop.ui.surroundings import Surroundings

Index = QModelIndex | QPersistentModelIndex
WIDEST_PX = 260


class TextModel(QAbstractTableModel):
    """Rows of texts, each with one tone for its last column."""

    def __init__(self, at: Surroundings, headers: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self.headers = headers
        self._rows: list[tuple[str, ...]] = []
        self._tones: list[str] = []

    def show_rows(self, rows: list[tuple[tuple[str, ...], str]]) -> None:
        """Replace the rows; each is its texts and the tone of the last one."""
        self.beginResetModel()
        self._rows = [tuple(plain(text) for text in texts) for texts, _ in rows]
        self._tones = [tone for _, tone in rows]
        self.endResetModel()

    def texts(self, column: int) -> list[str]:
        """Return what stands in a column."""
        return [row[column] for row in self._rows]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Answer from texts made ready before."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        text = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(text)
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == len(self.headers) - 1:
            tone = self._tones[index.row()]
            return self._at.look.colour("text" if tone == "plain" else tone)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.headers):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._at.speech.gettext(self.headers[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class TextTable(QTableView):
    """The table; columns of weight 0 are as wide as their texts, the others share the rest."""

    def __init__(
        self, at: Surroundings, headers: tuple[str, ...], weights: tuple[int, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._at = at
        self._weights = weights
        self.rows = TextModel(at, headers, self)
        self.setModel(self.rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        at.look.changed.connect(self.size_up)
        self.size_up()

    def show_rows(self, rows: list[tuple[tuple[str, ...], str]]) -> None:
        """Replace the rows; the chosen place stays chosen."""
        place = max(0, min(self.currentIndex().row(), len(rows) - 1))
        self.rows.show_rows(rows)
        self.size_up()
        if rows:
            self.setCurrentIndex(self.rows.index(place, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self.size_up()

    def size_up(self) -> None:
        """Size rows and columns once, from texts and tokens."""
        look = self._at.look
        metrics = look.metrics()
        height = max(look.px(ROW_PX), metrics.height() + look.px(8))
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        fixed = 0
        for column, weight in enumerate(self._weights):
            if not weight:
                texts = [self._at.speech.gettext(self.rows.headers[column]), *self.rows.texts(column)[:200]]
                # The style sheet's padding, and the margin Qt adds to an item's text.
                width = max(metrics.horizontalAdvance(text) for text in texts) + look.px(2 * 8) + 10
                width = min(width, look.px(WIDEST_PX))
                self.setColumnWidth(column, width)
                fixed += width
        room = max(self.viewport().width() - fixed, look.px(96))
        for column, weight in enumerate(self._weights):
            if weight:
                self.setColumnWidth(column, room * weight // sum(self._weights))
