"""Each package is held to the floor by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import coverage_floor


def _report(folder: Path, **files: tuple[int, int]) -> Path:
    path = folder / "coverage.json"
    entries = {
        f"crosssell_desktop/{name.replace('__', '/')}.py": {
            "summary": {"num_statements": size, "covered_lines": covered, "num_branches": 0, "covered_branches": 0}
        }
        for name, (size, covered) in files.items()
    }
    path.write_text(json.dumps({"files": entries}), encoding="utf-8")
    return path


def test_a_package_at_the_floor_passes(tmp_path: Path) -> None:
    assert coverage_floor.main([str(_report(tmp_path, ledger__credit=(10, 9))), "90", "ledger"]) == 0


def test_one_below_is_named_with_its_worst_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = _report(tmp_path, domain__money=(10, 5), domain__ids=(90, 84), ledger__credit=(1000, 1000))
    assert coverage_floor.main([str(report), "90", "domain", "ledger"]) == 1
    said = capsys.readouterr().out
    assert "below 90 %: domain" in said
    assert said.index("domain/ids.py: 6") < said.index("domain/money.py: 5")


def test_a_package_nobody_measured_does_not_pass(tmp_path: Path) -> None:
    assert coverage_floor.main([str(_report(tmp_path, domain__money=(1, 1))), "90", "sync"]) == 1


def test_branches_count_too(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    summary = {"num_statements": 10, "covered_lines": 10, "num_branches": 10, "covered_branches": 5}
    path.write_text(json.dumps({"files": {"crosssell_desktop/sync/push.py": {"summary": summary}}}), encoding="utf-8")
    assert coverage_floor.shares(json.loads(path.read_text())["files"])["sync"].percent == 75
