"""The look of the program: colour tokens, fonts, sizes and icons, in one place.

Law: no widget names a colour, a point size or a pixel distance of its own; it asks the :class:`Look`.
One style sheet (``resources/style.qss``) and one palette are made from the tokens.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QByteArray, QMargins, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QHBoxLayout, QStyleFactory, QVBoxLayout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QApplication

Scheme = Literal["light", "dark", "contrast"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark", "contrast")
SCALES: tuple[int, ...] = (100, 125, 150, 175, 200)
"""Text scales a person may choose, per cent."""

FONT_FAMILY = "PT Sans"
ICON_PX = 20
TOUCH_PX = 44
ROW_PX = 32
FOLD_BELOW_PX = 1280
"""A window narrower than this (in pixels of 100 % text) folds what it can."""
POINTS = {"caption": 9.0, "body": 10.5, "title": 13.0, "large": 16.0, "total": 22.0}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme by what they are for; every value is ``#RRGGBB``."""

    bg: str
    surface: str
    sunken: str
    line: str
    text: str
    muted: str
    accent: str
    accent_weak: str
    on_accent: str
    core: str
    core_weak: str
    assist: str
    assist_weak: str
    ok: str
    ok_weak: str
    warn: str
    warn_weak: str
    bad: str
    bad_weak: str
    hairline_px: int = 1


TOKENS: dict[Scheme, Tokens] = {
    "light": Tokens(
        bg="#F4F6F8", surface="#FFFFFF", sunken="#E9EDF1", line="#CBD2DA", text="#161B22", muted="#55606E",
        accent="#1D5BB8", accent_weak="#E4EDFA", on_accent="#FFFFFF", core="#0A6A68", core_weak="#DDF1F0",
        assist="#6338AE", assist_weak="#EEE8FA", ok="#1A7444", ok_weak="#E1F3E8", warn="#8A5700",
        warn_weak="#FFF1D1", bad="#AE241C", bad_weak="#FBE7E5",
    ),
    "dark": Tokens(
        bg="#12161B", surface="#1A2027", sunken="#0D1115", line="#3A4552", text="#E9EDF2", muted="#A5B0BE",
        accent="#86B6FF", accent_weak="#1B2F4C", on_accent="#12161B", core="#6FD3CF", core_weak="#113634",
        assist="#C3A8FF", assist_weak="#2C2147", ok="#7BD6A0", ok_weak="#153523", warn="#F2C063",
        warn_weak="#3A2C0E", bad="#FF9A92", bad_weak="#431916",
    ),
    "contrast": Tokens(
        bg="#000000", surface="#000000", sunken="#000000", line="#FFFFFF", text="#FFFFFF", muted="#FFFFFF",
        accent="#FFFF00", accent_weak="#000000", on_accent="#000000", core="#7FFFFA", core_weak="#000000",
        assist="#E0CCFF", assist_weak="#000000", ok="#8CFFB5", ok_weak="#000000", warn="#FFD75E",
        warn_weak="#000000", bad="#FFB3AD", bad_weak="#000000", hairline_px=2,
    ),
}  # fmt: skip


def load_fonts() -> tuple[str, ...]:
    """Give Qt the PT Sans faces that ship with the program; return the families Qt found in them."""
    families: list[str] = []
    folder = files("crosssell_desktop").joinpath("resources", "fonts")
    for face in sorted(folder.iterdir(), key=lambda item: item.name):
        if face.name.endswith(".ttf"):
            number = QFontDatabase.addApplicationFontFromData(QByteArray(face.read_bytes()))
            families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(dict.fromkeys(families))


class Look(QObject):
    """How everything looks now; the only object widgets ask for colours, sizes, fonts and icons.

    *Signals:* ``changed`` fires after a scheme or a text scale was chosen and applied.
    """

    changed = Signal()

    def __init__(self, scheme: Scheme = "light", scale: int = 100, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scheme: Scheme = scheme
        self.scale = scale
        self.motion = True
        self._icons: dict[tuple[str, str, int], QIcon] = {}
        self._svg: dict[str, str] = {}
        self._app: QApplication | None = None

    @property
    def tokens(self) -> Tokens:
        """The colours of the scheme in force."""
        return TOKENS[self.scheme]

    def colour(self, token: str) -> QColor:
        """Return a token as a colour; an unknown name is our bug and raises ``AttributeError``."""
        return QColor(getattr(self.tokens, token))

    def px(self, distance: float) -> int:
        """Return a distance of the 100 % drawing in pixels of the present text scale."""
        return round(distance * self.scale / 100)

    def font(self, kind: str = "body", *, bold: bool = False) -> QFont:
        """Return the font for ``caption``, ``body``, ``title`` or ``total``."""
        font = QFont(FONT_FAMILY)
        font.setPointSizeF(POINTS[kind] * self.scale / 100)
        font.setBold(bold or kind in {"title", "total"})
        return font

    def metrics(self, kind: str = "body", *, bold: bool = False) -> QFontMetrics:
        """Return the metrics of :meth:`font`."""
        return QFontMetrics(self.font(kind, bold=bold))

    def apply(self, app: QApplication) -> None:
        """Dress the application: Fusion, palette, font, style sheet; remembers it for later choices."""
        if self._app is None:
            style = QStyleFactory.create("Fusion")
            app.setStyle(style)
        self._app = app
        app.setPalette(self._palette())
        app.setFont(self.font())
        app.setStyleSheet(self.style_sheet())

    def choose(self, *, scheme: Scheme | None = None, scale: int | None = None) -> None:
        """Change scheme or text scale at run time and tell every widget."""
        self.scheme = scheme or self.scheme
        self.scale = scale or self.scale
        if self._app is not None:
            self.apply(self._app)
        self.changed.emit()

    def next_scheme(self) -> None:
        """Go from light to dark to high contrast and round again."""
        self.choose(scheme=SCHEMES[(SCHEMES.index(self.scheme) + 1) % len(SCHEMES)])

    def next_scale(self) -> None:
        """Go to the next larger text, and from the largest back to 100 %."""
        self.choose(scale=next((step for step in SCALES if step > self.scale), SCALES[0]))

    def style_sheet(self) -> str:
        """Render ``style.qss`` with the tokens and sizes in force."""
        raw = files("crosssell_desktop").joinpath("resources", "style.qss").read_text(encoding="utf-8")
        sizes = {f"px{n}": f"{self.px(n)}px" for n in (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 36, 44, 56)}
        points = {f"pt_{kind}": f"{value * self.scale / 100:g}pt" for kind, value in POINTS.items()}
        return Template(raw).substitute(
            asdict(self.tokens) | sizes | points | {"family": FONT_FAMILY, "hair": f"{self.tokens.hairline_px}px"}
        )

    def pixmap(self, name: str, ink: str = "text", size: int = ICON_PX, ratio: float = 2.0) -> QPixmap:
        """Draw an icon of our set in a token's colour; ``size`` in pixels of the 100 % drawing."""
        side = self.px(size)
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        source = self._source(name).replace("currentColor", getattr(self.tokens, ink))
        QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side * ratio, side * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def icon(self, name: str, ink: str = "text", size: int = ICON_PX) -> QIcon:
        """Return an icon of our set tinted by a token; drawn once per colour and size."""
        key = (name, getattr(self.tokens, ink), self.px(size))
        if key not in self._icons:
            icon = QIcon(self.pixmap(name, ink, size))
            icon.addPixmap(self.pixmap(name, ink, size), QIcon.Mode.Disabled)
            self._icons[key] = icon
        return self._icons[key]

    def icon_size(self, size: int = ICON_PX) -> QSize:
        """Return the scaled square of an icon."""
        return QSize(self.px(size), self.px(size))

    def _source(self, name: str) -> str:
        if name not in self._svg:
            path = files("crosssell_desktop").joinpath("resources", "icons", f"{name}.svg")
            self._svg[name] = path.read_text(encoding="utf-8")
        return self._svg[name]

    def _palette(self) -> QPalette:
        tokens = self.tokens
        roles = {
            QPalette.ColorRole.Window: tokens.bg,
            QPalette.ColorRole.WindowText: tokens.text,
            QPalette.ColorRole.Base: tokens.surface,
            QPalette.ColorRole.AlternateBase: tokens.sunken,
            QPalette.ColorRole.Text: tokens.text,
            QPalette.ColorRole.PlaceholderText: tokens.muted,
            QPalette.ColorRole.Button: tokens.surface,
            QPalette.ColorRole.ButtonText: tokens.text,
            QPalette.ColorRole.BrightText: tokens.bad,
            QPalette.ColorRole.Highlight: tokens.accent,
            QPalette.ColorRole.HighlightedText: tokens.on_accent,
            QPalette.ColorRole.ToolTipBase: tokens.surface,
            QPalette.ColorRole.ToolTipText: tokens.text,
            QPalette.ColorRole.Link: tokens.accent,
            QPalette.ColorRole.Light: tokens.surface,
            QPalette.ColorRole.Mid: tokens.line,
            QPalette.ColorRole.Dark: tokens.line,
        }
        palette = QPalette()
        for role, value in roles.items():
            palette.setColor(role, QColor(value))
        disabled = QPalette.ColorGroup.Disabled
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(disabled, role, QColor(tokens.muted))
        return palette


class Column(QVBoxLayout):
    """A vertical layout whose margins and gap follow the text scale."""

    def __init__(self, look: Look, margins: Iterable[int] = (0, 0, 0, 0), gap: int = 0) -> None:
        super().__init__()
        self._look = look
        self._drawn = (*margins,)
        self._gap = gap
        look.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setContentsMargins(QMargins(*(self._look.px(side) for side in self._drawn)))
        self.setSpacing(self._look.px(self._gap))


class Row(QHBoxLayout):
    """A horizontal layout whose margins and gap follow the text scale."""

    def __init__(self, look: Look, margins: Iterable[int] = (0, 0, 0, 0), gap: int = 0) -> None:
        super().__init__()
        self._look = look
        self._drawn = (*margins,)
        self._gap = gap
        look.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setContentsMargins(QMargins(*(self._look.px(side) for side in self._drawn)))
        self.setSpacing(self._look.px(self._gap))
