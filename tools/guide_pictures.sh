#!/usr/bin/env bash
# Makes the pictures of README and guide again from a played day of the demo. Usage: tools/guide_pictures.sh [OUT]
# OUT is what `./run demo --offscreen OUT` left; without it a day is played now.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${CROSSSELL_PYTHON:-.venv/bin/python}
out=${1:-}
if [ -z "$out" ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
  ./run demo --offscreen "$out"
fi
mkdir -p docs/pictures
QT_QPA_PLATFORM=offscreen "$python" - "$out" docs/pictures <<'PYTHON'
"""Keeps the chosen pictures with their own 256 most frequent colours: a third of the size, and texts stay sharp."""
import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

CHOSEN = {
    "counter-suggestions-ru": "counter-ru",
    "counter-suggestions-en": "counter-en",
    "counter-why-ru": "why-ru",
    "counter-offline-ru": "counter-offline-ru",
    "customer-view-ru": "customer-view-ru",
    "login-ru": "login-ru",
    "pass-form-ru": "pass-form-ru",
    "passes-ru": "passes-ru",
    "shift-ru": "shift-ru",
    "shift-en": "shift-en",
}
out, target = Path(sys.argv[1]), Path(sys.argv[2])
for name, kept in CHOSEN.items():
    picture = QImage(str(out / f"{name}.png"))
    if picture.isNull():
        sys.exit(f"{name}.png is missing: was the day played to its end?")
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    colours, counts = np.unique(np.frombuffer(picture.constBits(), np.uint32), return_counts=True)
    table = [int(colour) | 0xFF000000 for colour in colours[np.argsort(-counts)][:256]]
    small = picture.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither)
    if not small.save(str(target / f"{kept}.png"), "PNG", 0):
        sys.exit(f"{kept}.png could not be written")
PYTHON
