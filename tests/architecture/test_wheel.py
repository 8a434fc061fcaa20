"""The wheel holds what the program reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT


def test_every_resource_and_migration_is_in_the_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", PACKAGE.name], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    missing = {name for name in tracked if name and (ROOT / name).exists()} - inside
    assert not missing
    assert "crosssell_desktop/resources/fonts/PT_Sans-Web-Regular.ttf" in inside
