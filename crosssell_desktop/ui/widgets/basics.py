"""Small parts every screen is made of: plain labels, chips, rules, buttons that show their key.

Law: data reaches the screen as plain text only; ``QLabel`` is not used elsewhere.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from crosssell_desktop.domain.text import Text
from crosssell_desktop.ui.theme import ICON_PX, TOUCH_PX, Column, Row

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

    from crosssell_desktop.presenters.state import Tone
    from crosssell_desktop.ui.surroundings import Surroundings

MOST_CHARS = 1_000
"""Longer texts are cut before layout: nobody reads them, and layout time grows with length."""
TOOLTIP_CHARS = 400
PARAGRAPH = 4
"""From so many lines on a label is measured as it is painted, to the pixel."""
_ROOM = QRect(0, 0, 100_000, 100_000)
"""More room than any text takes."""
_UNSAFE = dict.fromkeys((*range(32), 127, *range(8234, 8239), *range(8294, 8298), 8206, 8207), " ")


def plain(text: str) -> str:
    """Return a text fit for one line on the screen: no control or direction characters, no line breaks, not endless."""
    return text[:MOST_CHARS].translate(_UNSAFE).strip()


def tooltip(text: str) -> str:
    """Return a text for ``setToolTip``, which would otherwise read markup."""
    return f"<qt>{escape(plain(text)[:TOOLTIP_CHARS])}</qt>" if text else ""


def unkeyed(text: str) -> str:
    """Return a text for a button or combo, where ``&`` would become a mnemonic."""
    return plain(text).replace("&", "&&")


def mark(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties the style sheet reads, and polish the widget again when one changed."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)
        for child in widget.findChildren(QLabel):
            style.unpolish(child)
            style.polish(child)
        widget.updateGeometry()


class Part(QFrame):
    """A frame that knows its surroundings and is told when they change."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None, *, surface: str = "none") -> None:
        super().__init__(parent)
        self.at = at
        self.setProperty("surface", surface)
        at.look.changed.connect(self.restyle)
        at.speech.changed.connect(self.relabel)

    def restyle(self) -> None:
        """Follow a new scheme or text scale: icons and fixed sizes."""

    def relabel(self) -> None:
        """Follow a new language: fixed words, then the last state again."""

    def say(self, message: str, **values: object) -> str:
        """Say a message of the program in the language of the screen."""
        return self.at.speech.say(Text(message, values))


class PlainLabel(QLabel):
    """A label for data: plain text, at most ``lines`` lines, the rest elided and told by a tooltip.

    One that ``is_whole`` (a price, a short word of ours) is never narrower than its text.
    """

    def __init__(
        self,
        at: Surroundings,
        text: str = "",
        *,
        kind: str = "body",
        ink: str = "",
        lines: int = 1,
        is_whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = at.look
        self._is_whole = is_whole
        self._full = ""
        self._lines = lines
        self._kind = kind
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setProperty("type", kind)
        self.setProperty("ink", ink)
        # The lines are broken here; QLabel, breaking them again by its own measure, would push the last one out.
        self.setWordWrap(False)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(lines > 1)
        self.setSizePolicy(policy)
        at.look.changed.connect(self._fit)
        self.set_text(text)

    @property
    def full_text(self) -> str:
        """The whole text, also when less is shown."""
        return self._full

    @property
    def is_elided(self) -> bool:
        """Less than the whole text is shown."""
        return self.text().replace("\n", " ") != self._full

    def set_text(self, text: str) -> None:
        """Show a text of the shop or the program."""
        text = plain(text)
        if text != self._full:
            self._full = text
            self.setAccessibleName(text)
            self._fit()
            self.updateGeometry()

    def set_ink(self, ink: str) -> None:
        """Colour the text by a token's name."""
        mark(self, ink=ink)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide anew for the new width."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Leave room for a few letters; the rest elides."""
        metrics = self._metrics()
        widest = metrics.horizontalAdvance(self._full)
        few = widest + 1 if self._is_whole else metrics.averageCharWidth() * 6
        return QSize(min(widest, few) + 1, metrics.lineSpacing())

    def sizeHint(self) -> QSize:
        """Ask for the whole text on one line, or the lines it needs at the present width."""
        metrics = self._metrics()
        width = metrics.horizontalAdvance(self._full) + 2
        if self._lines > 1:
            return QSize(min(width, self._look.px(360)), self.heightForWidth(max(self.width(), self._look.px(120))))
        return QSize(min(width, self._look.px(1200)), metrics.lineSpacing())

    def hasHeightForWidth(self) -> bool:
        """Say whether narrower is higher; QLabel would say no to a text that it does not wrap itself."""
        return self._lines > 1

    def heightForWidth(self, width: int) -> int:
        """Return the height of the wrapped text, ``lines`` lines at most."""
        metrics = self._metrics()
        if self._lines == 1:
            return metrics.lineSpacing()
        shown = self._wrapped(width)
        if self._lines < PARAGRAPH:
            return max(1, len(shown)) * metrics.lineSpacing()
        # Qt lays each line out a pixel higher than the rounded metrics say; the last of many would lose its foot.
        return max(metrics.lineSpacing(), metrics.boundingRect(_ROOM, 0, "\n".join(shown)).height())

    def _font(self) -> QFont:
        kind = "body" if self._kind == "strong" else self._kind
        return self._look.font(kind, bold=self._kind == "strong")

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._font())

    def _wrapped(self, width: int) -> list[str]:
        metrics = self._metrics()
        layout = QTextLayout(self._full, self._font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        parts: list[str] = []
        while len(parts) < self._lines:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(max(width, 1))
            begin = line.textStart()
            if len(parts) == self._lines - 1:
                rest = self._full[begin:]
                parts.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, max(width, 1)))
            else:
                parts.append(self._full[begin : begin + line.textLength()].rstrip())
        layout.endLayout()
        return parts

    def _fit(self) -> None:
        width = self.contentsRect().width()
        if self._lines > 1:
            shown = "\n".join(self._wrapped(width))
        else:
            shown = self._metrics().elidedText(self._full, Qt.TextElideMode.ElideRight, width)
        if not self.isVisible() and width <= 0:
            shown = self._full
        self.setText(shown)
        self.setToolTip(tooltip(self._full) if shown.replace("\n", " ") != self._full else "")


class IconLabel(QLabel):
    """One icon of our set in a token's colour; said aloud by a name when it stands alone."""

    def __init__(
        self, at: Surroundings, name: str = "", ink: str = "text", *, size: int = ICON_PX, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = at.look
        self._name = name
        self._ink = ink
        self._size = size
        at.look.changed.connect(self._draw)
        self._draw()

    def set_icon(self, name: str, ink: str) -> None:
        """Show another icon or colour."""
        if (name, ink) != (self._name, self._ink):
            self._name, self._ink = name, ink
            self._draw()

    def _draw(self) -> None:
        side = self._look.px(self._size)
        self.setFixedSize(side, side)
        if self._name:
            self.setPixmap(self._look.icon(self._name, self._ink, self._size).pixmap(QSize(side, side)))
        else:
            self.clear()


class Rule(QFrame):
    """A hairline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("rule", "h")


TONE_ICONS: dict[str, str] = {
    "plain": "",
    "accent": "info",
    "core": "core",
    "assist": "assist",
    "ok": "check",
    "warn": "warning",
    "bad": "cross",
}
TONE_INKS: dict[str, str] = {"plain": "muted"}


def ink_of(tone: Tone | str) -> str:
    """Return the token a tone is written in."""
    return TONE_INKS.get(tone, tone)


class Chip(Part):
    """A word on a weak fill with an icon: colour never stands alone."""

    def __init__(
        self,
        at: Surroundings,
        text: str = "",
        tone: str = "plain",
        icon: str = "",
        *,
        is_whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(at, parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        box = Row(at.look, (6, 2, 8, 2), 4)
        self.icon = IconLabel(at, size=14)
        self.label = PlainLabel(at, kind="caption", is_whole=is_whole)
        box.addWidget(self.icon)
        box.addWidget(self.label)
        self.setLayout(box)
        self.show_text(text, tone, icon)

    def show_text(self, text: str, tone: str = "plain", icon: str = "") -> None:
        """Show another text in another tone."""
        mark(self, chip=tone)
        self.label.set_ink(ink_of(tone))
        self.label.set_text(text)
        name = icon or TONE_ICONS.get(tone, "")
        self.icon.set_icon(name, ink_of(tone))
        self.icon.setVisible(bool(name))


class KeyButton(QPushButton):
    """A button that shows its key as a cap beside its words; painted here so that ``&`` stays a letter."""

    def __init__(
        self,
        at: Surroundings,
        text: str = "",
        key: str = "",
        *,
        kind: str = "",
        icon: str = "",
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._at = at
        self.words = ""
        self.key = ""
        self.icon_name = icon
        self._compact = compact
        self.left = False
        """Words begin at the left edge, as in a menu, instead of standing in the middle."""
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        at.look.changed.connect(self._fit)
        self.show_words(text, key)
        self._fit()

    def show_words(self, text: str, key: str = "") -> None:
        """Show words and the key that does the same."""
        text = plain(text)
        if (text, key) != (self.words, self.key):
            self.words, self.key = text, key
            self.setAccessibleName(text)
            self.setAccessibleDescription(key)
            self.updateGeometry()
            self.update()

    def _fit(self) -> None:
        look = self._at.look
        floor = look.px(36) if self._compact else look.px(44)
        self.setFixedHeight(max(floor, look.metrics().height() + look.px(8)))

    def sizeHint(self) -> QSize:
        """Return the width of icon, words and cap."""
        look = self._at.look
        width = look.px(16) + look.metrics(bold=True).horizontalAdvance(self.words)
        if self.icon_name:
            width += look.px(ICON_PX + (6 if self.words else 0))
        if self.key:
            width += self._cap_width() + look.px(6)
        return QSize(width, self.height())

    def minimumSizeHint(self) -> QSize:
        """A button is never narrower than its words."""
        return self.sizeHint()

    def _cap_width(self) -> int:
        look = self._at.look
        return look.metrics("caption").horizontalAdvance(self.key) + look.px(8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the style's button, then cap, icon and words."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_content(painter)

    def _paint_content(self, painter: QPainter) -> None:
        look = self._at.look
        primary = self.property("kind") == "primary" and self.isEnabled()
        danger = self.property("kind") == "danger"
        toast = self.property("kind") == "toast"
        ink = "bad" if danger else "on_accent" if primary else "surface" if toast else "text"
        if not self.isEnabled() and not toast:
            ink = "muted"
        gap = look.px(6)
        words_font = look.font(bold=primary or danger)
        words_width = QFontMetrics(words_font).horizontalAdvance(self.words)
        icon_width = look.px(ICON_PX) if self.icon_name else 0
        cap = self._cap_width() if self.key else 0
        blocks = [width for width in (cap, icon_width, words_width) if width]
        total = sum(blocks) + gap * (len(blocks) - 1)
        x = look.px(8) if self.left else max(look.px(6), (self.width() - total) // 2)
        middle = self.height() // 2
        if self.key:
            x = self._paint_cap(painter, QPoint(x, middle), ink, primary=primary) + gap
        if self.icon_name:
            side = look.px(ICON_PX)
            look.icon(self.icon_name, ink).paint(painter, QRect(x, middle - side // 2, side, side))
            x += side + gap
        painter.setFont(words_font)
        painter.setPen(look.colour(ink))
        box = QRect(x, 0, max(self.width() - x - look.px(2), 0), self.height())
        words = QFontMetrics(words_font).elidedText(self.words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_cap(self, painter: QPainter, at: QPoint, ink: str, *, primary: bool) -> int:
        look = self._at.look
        width, height = self._cap_width(), look.metrics("caption").height() + look.px(2)
        box = QRect(at.x(), at.y() - height // 2, width, height)
        painter.setPen(look.colour("on_accent" if primary else "surface" if ink == "surface" else "line"))
        painter.setBrush(Qt.BrushStyle.NoBrush if primary or ink == "surface" else look.colour("sunken"))
        painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), look.px(3), look.px(3))
        painter.setFont(look.font("caption"))
        painter.setPen(look.colour(ink if primary or ink == "surface" else "muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.key)
        return box.right()


class Picker(QComboBox):
    """A combo box with our own arrow; its texts come through :func:`unkeyed`."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = at.look
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the style's combo box, then the arrow."""
        super().paintEvent(event)
        look = self._look
        side = look.px(16)
        painter = QPainter(self)
        box = QRect(self.width() - side - look.px(8), (self.height() - side) // 2, side, side)
        look.icon("chevron", "muted", 16).paint(painter, box)


class Tick(QCheckBox):
    """A check box with our own box and tick, high enough for a finger."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = at.look
        self.words = ""
        self._fit()
        at.look.changed.connect(self._fit)

    def show_words(self, text: str) -> None:
        """Say what is ticked."""
        self.words = plain(text)
        self.setAccessibleName(self.words)
        self.updateGeometry()
        self.update()

    def _fit(self) -> None:
        self.setFixedHeight(max(self._look.px(TOUCH_PX), self._look.metrics().height() + 8))

    def sizeHint(self) -> QSize:
        """Return the width of box and words."""
        look = self._look
        words = look.px(8) + look.metrics().horizontalAdvance(self.words) if self.words else 0
        return QSize(look.px(12 + ICON_PX) + words, self.height())

    def minimumSizeHint(self) -> QSize:
        """Box and words are never cut."""
        return self.sizeHint()

    def hitButton(self, at: QPoint) -> bool:
        """Take a press anywhere on it."""
        return self.rect().contains(at)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box, the tick, the words, and the focus ring."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = look.px(ICON_PX)
        box = QRect(look.px(6), (self.height() - side) // 2, side, side)
        on = self.isChecked()
        painter.setPen(QPen(look.colour("accent" if on else "muted"), look.tokens.hairline_px))
        painter.setBrush(look.colour("accent" if on else "surface"))
        painter.drawRoundedRect(box.toRectF().adjusted(1, 1, -1, -1), look.px(4), look.px(4))
        if on:
            look.icon("check", "on_accent", 16).paint(painter, box.adjusted(2, 2, -2, -2))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), look.px(6), look.px(6))
        if self.words:
            painter.setFont(look.font())
            painter.setPen(look.colour("text"))
            area = self.rect().adjusted(look.px(6) + side + look.px(8), 0, 0, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.words)


class StateNote(Part):
    """The drawing of a panel that has nothing to list: an icon, what is so, why, and what to do now."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        box = Column(at.look, (16, 16, 16, 16), 6)
        self.icon = IconLabel(at, "info", "muted", size=32)
        self.title = PlainLabel(at, kind="strong", lines=3)
        self.body = PlainLabel(at, ink="muted", lines=8)
        for label in (self.title, self.body):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(2)
        box.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(at.look.px(4))
        box.addWidget(self.title)
        box.addWidget(self.body)
        box.addStretch(3)
        self.setLayout(box)

    def show_note(self, icon: str, title: str, body: str = "", tone: str = "muted") -> None:
        """Say a state in words."""
        self.icon.set_icon(icon, ink_of(tone))
        self.title.set_text(title)
        self.body.set_text(body)
        self.body.setVisible(bool(body))
