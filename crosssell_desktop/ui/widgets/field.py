"""The one field that takes everything, and the list of what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from crosssell_desktop.domain.format import money
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.state import Hit, HitKind, SearchResults
from crosssell_desktop.ui.theme import TOUCH_PX, Column
from crosssell_desktop.ui.widgets.basics import IconLabel, Part, PlainLabel, plain, tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from crosssell_desktop.ui.surroundings import Surroundings

Index = QModelIndex | QPersistentModelIndex
HIT_ICONS = {
    HitKind.CUSTOMER: ("customer", "accent"),
    HitKind.PRODUCT: ("product", "text"),
    HitKind.PASS: ("pass", "assist"),
    HitKind.NEW_CUSTOMER: ("plus", "accent"),
    HitKind.RECEIPT: ("receipt", "text"),
}
HIT_WORDS = {
    HitKind.CUSTOMER: N_("Customer"),
    HitKind.PRODUCT: N_("Product"),
    HitKind.PASS: N_("Pass"),
    HitKind.NEW_CUSTOMER: N_("New customer"),
    HitKind.RECEIPT: N_("Receipt"),
}
MOST_ROWS = 8
"""Rows of the list without scrolling."""


class OneField(QLineEdit):
    """Scan, phone, name, SKU or pass code: type decides the action.

    *Signals:* ``submitted(text)`` on Enter, ``moved(step)`` on the arrows, ``deleted`` on Del in an empty field,
    ``undone`` on Ctrl+Z in an empty field, ``left`` on Esc in an empty field,
    ``resized`` when it got another size.
    """

    submitted = Signal(str)
    moved = Signal(int)
    deleted = Signal()
    undone = Signal()
    left = Signal()
    resized = Signal()

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self.setProperty("kind", "one")
        self.setMaxLength(500)
        self.setFixedHeight(at.look.px(TOUCH_PX))
        self._icon = IconLabel(at, "scan", "muted", parent=self)
        at.look.changed.connect(self.restyle)
        at.speech.changed.connect(self.relabel)
        self.relabel()

    def restyle(self) -> None:
        """Follow scheme and scale."""
        self.setFixedHeight(max(self._at.look.px(TOUCH_PX), self._at.look.metrics("title").height() + 8))
        self._place_icon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the icon in the middle of the left edge."""
        super().resizeEvent(event)
        self._place_icon()
        self.resized.emit()

    def _place_icon(self) -> None:
        self._icon.move(self._at.look.px(10), (self.height() - self._icon.height()) // 2)

    def relabel(self) -> None:
        """Say what the field takes."""
        self.setPlaceholderText(self._at.speech.gettext(N_("Scan, phone, name, product or pass code")))
        self.setAccessibleName(self._at.speech.gettext(N_("The field for everything")))

    def event(self, event: QEvent) -> bool:
        """Leave Del and Ctrl+Z to the receipt while the field is empty."""
        if event.type() == QEvent.Type.ShortcutOverride and not self.text():
            key = event.key()  # type: ignore[attr-defined]  # a ShortcutOverride is a QKeyEvent
            control = event.modifiers() == Qt.KeyboardModifier.ControlModifier  # type: ignore[attr-defined]
            if key == Qt.Key.Key_Delete or (control and key == Qt.Key.Key_Z):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the list with the arrows, submit with Enter, clear with Esc."""
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.submitted.emit(self.text())
        elif key == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                self.textEdited.emit("")
            else:
                self.left.emit()
        elif key == Qt.Key.Key_Delete and not self.text():
            self.deleted.emit()
        elif not self.text() and key == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.undone.emit()
        else:
            super().keyPressEvent(event)


class HitsModel(QAbstractListModel):
    """The hits of one search, ready to paint."""

    HIT = Qt.ItemDataRole.UserRole + 1
    REMARK = Qt.ItemDataRole.UserRole + 2
    PRICE = Qt.ItemDataRole.UserRole + 3

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self._hits: tuple[Hit, ...] = ()
        self._ready: list[tuple[str, str, str]] = []

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Replace the hits."""
        self.beginResetModel()
        self._hits = hits
        speech = self._at.speech
        self._ready = []
        for hit in hits:
            remark = plain(hit.remark)
            if hit.stock is not None:
                remark = f"{remark}\u00a0\u00a0{speech.say(hit.stock)}".strip()
            price = "" if hit.price_minor is None else money(hit.price_minor, speech.language)
            self._ready.append((plain(hit.title), remark, price))
        self.endResetModel()

    def hit(self, row: int) -> Hit | None:
        """Return the hit of a row."""
        return self._hits[row] if 0 <= row < len(self._hits) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return the number of hits."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Answer from strings made ready before."""
        row = index.row()
        if not index.isValid() or row >= len(self._ready):
            return None
        title, remark, price = self._ready[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            kind = self._at.speech.gettext(HIT_WORDS[self._hits[row].kind])
            return ", ".join(part for part in (kind, title, remark, price) if part)
        answers: dict[int, object] = {
            self.REMARK: remark,
            self.PRICE: price,
            self.HIT: self._hits[row],
            Qt.ItemDataRole.ToolTipRole: tooltip(title),
        }
        return answers.get(role)


def hit_height(at: Surroundings) -> int:
    """Return the height of one hit: two lines, and enough for a finger."""
    look = at.look
    return max(look.px(TOUCH_PX), look.metrics().height() + look.metrics("caption").height() + look.px(6))


class HitDelegate(QStyledItemDelegate):
    """Paints a hit: icon, title, remark below, price at the right."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One touchable row."""
        return QSize(self._at.look.px(200), hit_height(self._at))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one hit."""
        look = self._at.look
        box: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, look.colour("accent_weak"))
            painter.fillRect(QRect(box.left(), box.top(), look.px(3), box.height()), look.colour("accent"))
        hit = index.data(HitsModel.HIT)
        side = look.px(20)
        icon, ink = HIT_ICONS[hit.kind]
        left = box.left() + look.px(12)
        look.icon(icon, ink).paint(painter, QRect(left, box.top() + (box.height() - side) // 2, side, side))
        left += side + look.px(10)
        right = box.right() - look.px(12)
        price = index.data(HitsModel.PRICE)
        bold = look.font(bold=True)
        if price:
            painter.setFont(bold)
            painter.setPen(look.colour("text"))
            width = QFontMetrics(bold).horizontalAdvance(price)
            painter.drawText(
                QRect(right - width - 2, box.top(), width + 4, box.height()), Qt.AlignmentFlag.AlignVCenter, price
            )
            right -= width + look.px(12)
        remark = index.data(HitsModel.REMARK)
        body, caption = look.font(), look.font("caption")
        top = (
            box.top()
            + (box.height() - QFontMetrics(body).height() - (QFontMetrics(caption).height() if remark else 0)) // 2
        )
        self._line(
            painter, QRect(left, top, right - left, QFontMetrics(body).height()), index.data(), "text", bold=False
        )
        if remark:
            below = QRect(left, top + QFontMetrics(body).height(), right - left, QFontMetrics(caption).height())
            self._line(painter, below, remark, "muted", caption=True)
        painter.restore()

    def _line(
        self, painter: QPainter, box: QRect, text: str, ink: str, *, bold: bool = False, caption: bool = False
    ) -> None:
        font = self._at.look.font("caption" if caption else "body", bold=bold)
        painter.setFont(font)
        painter.setPen(self._at.look.colour(ink))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class ResultsPane(Part):
    """The list below the one field; it floats over the screen and never takes the focus.

    *Signals:* ``chosen(key)`` when a row is clicked.
    """

    chosen = Signal(str)

    def __init__(self, at: Surroundings, parent: QWidget) -> None:
        super().__init__(at, parent, surface="popup")
        self.results = SearchResults()
        box = Column(at.look, (1, 4, 1, 4), 0)
        self.list = QListView(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = HitsModel(at, self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(HitDelegate(at, self))
        self.list.clicked.connect(self._click)
        self.note = PlainLabel(at, ink="muted", lines=3)
        self.note.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.list)
        wrap = Column(at.look, (14, 4, 14, 4), 0)
        wrap.addWidget(self.note)
        box.addLayout(wrap)
        self.setLayout(box)
        self.hide()

    def show_results(self, results: SearchResults) -> None:
        """Show what was found; an idle search hides the list."""
        kept = self.current()
        self.results = results
        self.model.show_hits(results.hits)
        self.relabel()
        self.setVisible(results.phase != "idle")
        if results.hits:
            row = next((i for i, hit in enumerate(results.hits) if kept is not None and hit.key == kept.key), 0)
            self.list.setCurrentIndex(self.model.index(row, 0))
        if self.isVisible():
            self.place()
            self.raise_()

    def relabel(self) -> None:
        """Say how many more there are, or that there is nothing."""
        results = self.results
        self.list.setAccessibleName(self.say(N_("Found")))
        text = ""
        if results.trouble is not None:
            text = self.at.speech.say(results.trouble)
        elif results.held_back is not None:
            text = self.at.speech.say(results.held_back)
        elif results.phase == "loading" and not results.hits:
            text = self.say(N_("Searching…"))
        elif results.phase == "ready" and not results.hits:
            text = self.say(N_("Nothing found for «{query}». F2 adds a customer."), query=plain(results.query)[:60])
        elif results.more and results.is_more:
            text = self.say(N_("more than {n} more: go on typing"), n=results.more)
        elif results.more:
            text = self.say(N_("{n} more: go on typing"), n=results.more)
        self.note.set_text(text)
        self.note.setVisible(bool(text))
        self.list.setVisible(bool(results.hits))
        self.model.show_hits(results.hits)

    def current(self) -> Hit | None:
        """Return the row that Enter would take."""
        return self.model.hit(self.list.currentIndex().row()) if self.isVisible() else None

    def is_last(self) -> bool:
        """Say whether the last row is chosen."""
        return self.list.currentIndex().row() == self.model.rowCount() - 1

    def move_by(self, step: int) -> None:
        """Walk the list."""
        row = min(max(self.list.currentIndex().row() + step, 0), self.model.rowCount() - 1)
        self.list.setCurrentIndex(self.model.index(row, 0))

    def place_below(self, field: QWidget) -> None:
        """Stand below the field, as wide as it."""
        self._field = field
        self.place()

    def place(self) -> None:
        """Take position and height for the rows there are."""
        parent, field = self.parentWidget(), self._field
        if parent is None:
            return
        spot = parent.mapFromGlobal(field.mapToGlobal(QPoint(0, field.height() + self.at.look.px(4))))
        rows = min(self.model.rowCount(), MOST_ROWS)
        height = self.at.look.px(10)
        if rows:
            unit = hit_height(self.at)
            self.list.setFixedHeight(rows * unit)
            height += rows * unit
        if not self.note.isHidden():
            height += self.note.heightForWidth(field.width() - self.at.look.px(30)) + self.at.look.px(8)
        self.setGeometry(spot.x(), spot.y(), field.width(), height)

    _field: QWidget

    def _click(self, index: QModelIndex) -> None:
        hit = self.model.hit(index.row())
        if hit is not None:
            self.chosen.emit(hit.key)
