"""The contracts of pyproject.toml hold, and each breaks when it is violated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT

_LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _LINT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program's source in a folder of its own, with the contracts beside it."""
    shutil.copytree(
        PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "resources", "migrations")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("domain/money.py", "import crosssell_desktop.store", "Imports run downward only"),
        ("services/act.py", "import crosssell_desktop.presenters", "Imports run downward only"),
        ("cli/command.py", "import crosssell_desktop.ui", "Imports run downward only"),
        ("services/act.py", "from PySide6.QtCore import QObject", "PySide6 only in app, ui, presenters, runtime"),
        ("presenters/counter.py", "import sqlalchemy", "SQL only in store and in the centre's half of sync"),
        ("ledger/pools.py", "import crosssell_desktop.system.clock", "Pure packages know neither the machine"),
        ("suggest/rank.py", "import keyring", "Pure packages know neither the machine"),
        ("anywhere/__init__.py", "", "Imports run downward only"),
    ],
)
def test_a_violation_breaks_its_contract(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / PACKAGE.name / module
    path.parent.mkdir(exist_ok=True)
    old = path.read_text(encoding="utf-8") if path.exists() else "from __future__ import annotations\n"
    path.write_text(f"{old}\n{line}\n", encoding="utf-8")
    result = _lint(copy)
    assert result.returncode != 0
    assert any(contract in row and "BROKEN" in row for row in result.stdout.splitlines()), result.stdout
