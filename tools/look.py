"""Paints the screens in every state without a display, to be looked at: ``python tools/look.py OUT [NAME ...]``.

A name is ``state-language-scheme-scale``, for instance ``worst-ru-dark-150``; without names a useful set is painted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(ROOT))

USUAL = [
    "normal-ru-light-100", "normal-en-dark-100", "normal-ru-light-150", "empty-ru-light-100", "locked-ru-dark-100",
    "loading-en-light-100", "nothing-ru-light-100", "answered-ru-light-100", "worst-ru-light-100", "worst-en-dark-150",
    "found-ru-light-100", "normal-ru-contrast-100",
]  # fmt: skip


def paint(app: QApplication, name: str, out: Path) -> None:
    """Paint one screen to ``OUT/name.png``."""
    from crosssell_desktop.ui.theme import Look  # noqa: PLC0415  # the same
    from tests.ui.samples import STATES  # noqa: PLC0415  # found once the path above is set
    from tests.ui.speaking import Speaker  # noqa: PLC0415  # the same
    from tests.ui.stand import counter_window, other_screen  # noqa: PLC0415  # the same

    state, language, scheme, scale = name.split("-")
    look = Look(scheme, int(scale))  # type: ignore[arg-type]  # the name of a scheme comes from the command line
    look.apply(app)
    speakers = {"ru": Speaker("ru"), "en": Speaker("en")}
    window: QWidget
    if state in STATES:
        window = counter_window(look, speakers, language, STATES[state])  # type: ignore[arg-type]
    else:
        window = other_screen(state, look, speakers, language)  # type: ignore[arg-type]
    for _ in range(3):  # layouts settle over several turns
        app.processEvents()
    window.grab().save(str(out / f"{name}.png"))
    for message in sorted(speakers["ru"].missing):
        print("not translated:", repr(message))
    window.close()
    window.deleteLater()
    app.processEvents()


def main() -> None:
    """Paint what was asked for."""
    from crosssell_desktop.ui.theme import load_fonts  # noqa: PLC0415  # found once the path above is set

    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(["look"])
    assert isinstance(app, QApplication)  # noqa: S101  # a developer's script
    load_fonts()
    for name in sys.argv[2:] or USUAL:
        paint(app, name, out)


if __name__ == "__main__":
    main()
