"""Holds packages to a share of covered lines and branches, each by itself, so that one cannot hide behind another.

Usage: python tools/coverage_floor.py COVERAGE.json 90 domain ledger …   (COVERAGE.json is made by ``coverage json``)
Exit 1 and the names of those below the floor, with the files where most is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

PACKAGE = "crosssell_desktop"
WORST_TOLD = 3


@dataclass
class Share:
    """Lines and branches of a package: how many there are, how many ran, and what is missing in which file."""

    all: int = 0
    covered: int = 0
    missing: dict[str, int] | None = None

    @property
    def percent(self) -> float:
        """Covered share in percent; a package without code is covered."""
        return 100.0 * self.covered / self.all if self.all else 100.0


def shares(files: Mapping[str, Any]) -> dict[str, Share]:
    """Return the share of each package from the files of a coverage report."""
    found: dict[str, Share] = {}
    for name, file in files.items():
        parts = PurePath(name.replace("\\", "/")).parts
        if PACKAGE not in parts:
            continue
        inside = parts[parts.index(PACKAGE) + 1 :]
        if len(inside) == 1:
            continue
        summary = file["summary"]
        share = found.setdefault(inside[0], Share(missing={}))
        size = summary["num_statements"] + summary.get("num_branches", 0)
        covered = summary["covered_lines"] + summary.get("covered_branches", 0)
        share.all += size
        share.covered += covered
        if share.missing is not None and covered < size:
            share.missing["/".join(inside)] = size - covered
    return found


def main(arguments: list[str]) -> int:
    """Print every package's share; return 1 when one of those named is below the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("floor", type=float)
    parser.add_argument("packages", nargs="+")
    asked = parser.parse_args(arguments)
    found = shares(json.loads(asked.report.read_text(encoding="utf-8"))["files"])
    below = []
    for name in sorted({*found, *asked.packages}):
        share = found.get(name)
        is_held = name in asked.packages
        if share is None:
            print(f"{name:14} not measured")
            below.append(name)
            continue
        print(f"{name:14} {share.percent:5.1f} %{'' if is_held else '  (no floor)'}")
        if is_held and share.percent < asked.floor:
            below.append(name)
            worst = sorted((share.missing or {}).items(), key=lambda item: -item[1])[:WORST_TOLD]
            for file, count in worst:
                print(f"  {file}: {count} missing")
    if below:
        print(f"below {asked.floor:g} %: {', '.join(below)}")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
