"""Copies that the program made before an upgrade go by their age like every other copy."""

from __future__ import annotations

import os
from pathlib import Path

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.store.sweeping import BEFORE_UPGRADE, destroy_old_copies

NOW_MS = 1_800_000_000_000


def test_a_copy_made_before_an_upgrade_goes_at_its_term_and_the_database_stays(tmp_path: Path) -> None:
    ages = {"counter.db": 400, "counter-before-0001.db": 31, "counter-before-0002.db": 29}
    for name, days in ages.items():
        path = tmp_path / name
        path.write_bytes(b"Anna")
        os.utime(path, ns=((NOW_MS - days * DAY_MS) * 1_000_000,) * 2)
    assert destroy_old_copies(tmp_path, NOW_MS, BEFORE_UPGRADE) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counter-before-0002.db", "counter.db"]
