"""Brings over into a fresh database what can still be read of a damaged one; the damaged file is kept as it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.upkeep import set_aside
from crosssell_desktop.store import opening, salvage
from crosssell_desktop.store.salvage import Salvaged, Wreck
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.paths import Profile

_SIDES = ("", "-wal")
"""The file and its log; the index of the log is made anew."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """What was brought over, and where the damaged file is kept."""

    kept: Path | None
    salvaged: Salvaged


def rescue(profile: Profile, key: bytes) -> Rescued:
    """Make the counter's database anew from its damaged file; what the centre knows comes with the next exchange.

    Until the new file is whole the damaged one stays where it is; then it is kept beside, never thrown away.

    Raises:
        Refusal: ``no_database``; ``nothing_to_rescue`` when neither the file nor a backup tells whose it is.
        EnvironmentTrouble: the profile cannot be written.
    """
    if not profile.database.exists():
        raise Refusal("no_database", Text(N_("There is no file {file}."), {"file": profile.database.name}))
    wreck_file = profile.root / "rescuing-wreck.db"
    fresh_file = profile.root / "rescuing-fresh.db"
    _sweep(profile)
    try:
        # A copy is read: opening the file itself might fold a log into it that is all that is left of a sale.
        for side in _SIDES:
            present = profile.database.with_name(profile.database.name + side)
            if present.exists():
                shutil.copyfile(present, wreck_file.with_name(wreck_file.name + side))
        salvaged = _rebuild(profile, key, wreck_file, fresh_file)
        kept = set_aside(profile)
        fresh_file.replace(profile.database)
    except OSError as error:
        raise EnvironmentTrouble(
            "cannot_write",
            Text(N_("{file} cannot be written: {why}."), {"file": fresh_file.name, "why": error.strerror or ""}),
        ) from error
    finally:
        _sweep(profile)
    return Rescued(kept, salvaged)


def _sweep(profile: Profile) -> None:
    for leftover in profile.root.glob("rescuing-*.db*"):
        leftover.unlink()


def _rebuild(profile: Profile, key: bytes, wreck_file: Path, fresh_file: Path) -> Salvaged:
    wreck = Wreck(wreck_file, key)
    clock = SystemClock()
    try:
        who = salvage.identity(wreck) or _identity_of_backups(profile, key)
        if who is None:
            raise Refusal(
                "nothing_to_rescue",
                Text(
                    N_(
                        "Of this database nothing can be read, and there is no backup beside it. "
                        "Put a backup in place with «crosssell restore», or join this computer again with a new code."
                    )
                ),
            )
        database = opening.open_database(fresh_file, key, create=True)
        try:
            with database.write() as connection:
                salvaged = salvage.bring_over(connection, wreck, dict(who), MonotonicIds(clock).new(), clock.now_ms())
            database.checkpoint()
        finally:
            database.close()
    finally:
        wreck.close()
    return salvaged


def _identity_of_backups(profile: Profile, key: bytes) -> Mapping[str, Any] | None:
    """Return who the counter is as its newest readable backup says."""
    backups = sorted(profile.backups.glob("*.db"), key=lambda path: path.stat().st_mtime, reverse=True)
    backups += sorted(profile.root.glob("counter-before-*.db"))
    for path in backups:
        backup = Wreck(path, key)
        try:
            found = salvage.identity(backup)
        finally:
            backup.close()
        if found is not None:
            return found
    return None
