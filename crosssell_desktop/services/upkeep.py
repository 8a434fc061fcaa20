"""Checking, copying and putting back a counter's database; no act here can drop an unsent event."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import opening
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.exchange_rows import reincarnate
from crosssell_desktop.store.queries import audit, chain
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.paths import Profile


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, how much of it, and every fault by name."""

    faults: tuple[str, ...]
    operations: int
    sales: int
    credits_minor: int
    unsent: int
    head: str

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was found."""
        return not self.faults


def verify(desk: Desk) -> Verdict:
    """Check everything that can be checked here: file, chain, outbox, sums, and credits against the facts."""
    faults = list(desk.database.integrity_faults())
    with desk.look() as connection:
        faults += chain.faults(connection)
        faults += audit.sum_faults(connection)
        faults += audit.credit_faults(connection)
        figures = audit.figures(connection)
        return Verdict(
            faults=tuple(faults),
            operations=chain.facts_in_chain(connection),
            sales=figures.sales,
            credits_minor=figures.credits_minor,
            unsent=chain.unsent(connection)[0],
            head=chain.head_of(connection),
        )


def back_up(desk: Desk, target: Path) -> int:
    """Copy the database, encrypted with the same key, by the backup API; return its bytes.

    Raises:
        Refusal: ``file_exists``.
        EnvironmentTrouble: the place cannot be written.
    """
    if target.exists():
        raise Refusal("file_exists", Text(N_("{file} already exists; name another."), {"file": target.name}))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        desk.database.backup_to(target)
    except OSError as error:
        raise EnvironmentTrouble(
            "cannot_write",
            Text(N_("{file} cannot be written: {why}."), {"file": target.name, "why": error.strerror or ""}),
        ) from error
    return target.stat().st_size


def restore(profile: Profile, key: bytes, source: Path) -> Path | None:
    """Put a backup in place of the database; the old file is kept beside it, the counter starts a new incarnation.

    Returns where the old file went. The restored numbers may have been used since the backup, so the
    centre must be able to tell the two lives apart: everything kept is sent again under a new incarnation.

    Raises:
        Refusal: ``no_file``, ``wrong_key_or_damaged``, ``database_newer``.
    """
    if not source.is_file():
        raise Refusal("no_file", Text(N_("There is no file {file}."), {"file": source.name}))
    fresh = profile.root / "restoring.db"
    for leftover in profile.root.glob("restoring.db*"):
        leftover.unlink()
    fresh.write_bytes(source.read_bytes())
    checked = Database(fresh, key)
    try:
        faults = checked.integrity_faults()
        if faults:
            raise Refusal(
                "backup_damaged", Text(N_("The backup is damaged and was not used: {fault}."), {"fault": faults[0]})
            )
    finally:
        checked.close()
    kept: Path | None = None
    if profile.database.exists():
        kept = profile.backups / f"replaced-{secrets.token_hex(4)}.db"
        old = Database(profile.database, key)
        try:
            old.checkpoint()
        finally:
            old.close()
        profile.database.replace(kept)
        for side in ("-wal", "-shm"):
            profile.database.with_name(profile.database.name + side).unlink(missing_ok=True)
    fresh.replace(profile.database)
    database = opening.open_database(profile.database, key, create=False)
    try:
        with database.write() as connection:
            reincarnate(connection, MonotonicIds(SystemClock()).new())
    finally:
        database.close()
    return kept
