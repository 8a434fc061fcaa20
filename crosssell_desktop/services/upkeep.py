"""Checking, copying and putting back a counter's database; no act here can drop an unsent event."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.ids import CounterId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import opening, unit
from crosssell_desktop.store.engine import Database, DatabaseDamaged
from crosssell_desktop.store.exchange_rows import reincarnate
from crosssell_desktop.store.queries import audit, chain
from crosssell_desktop.store.sweeping import ASIDE
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
    try:
        return _verify(desk)
    except DatabaseDamaged as damage:
        return Verdict((str(damage.text),), operations=0, sales=0, credits_minor=0, unsent=0, head="")


def _verify(desk: Desk) -> Verdict:
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
    Until the copy is whole, checked and renewed, the present database stays where it is.

    Raises:
        Refusal: ``no_file``, ``wrong_key_or_damaged``, ``backup_damaged``, ``database_newer``, ``not_enrolled``,
            ``other_counter`` when the backup is of another counter than the database in place.
        EnvironmentTrouble: the profile cannot be written.
    """
    if not source.is_file():
        raise Refusal("no_file", Text(N_("There is no file {file}."), {"file": source.name}))
    fresh = profile.root / "restoring.db"
    for leftover in profile.root.glob("restoring*.db*"):
        leftover.unlink()
    try:
        shutil.copyfile(source, fresh)
        _renew(profile, key, fresh)
        kept = set_aside(profile)
        fresh.replace(profile.database)
    except OSError as error:
        raise EnvironmentTrouble(
            "cannot_write",
            Text(N_("{file} cannot be written: {why}."), {"file": fresh.name, "why": error.strerror or ""}),
        ) from error
    finally:
        for leftover in profile.root.glob("restoring*.db*"):
            leftover.unlink()
    return kept


def _renew(profile: Profile, key: bytes, fresh: Path) -> None:
    """Check the copy of a backup and make it a new incarnation."""
    checked = Database(fresh, key)
    try:
        faults = checked.integrity_faults()
    except DatabaseDamaged as damage:
        faults = [str(damage.text)]
    finally:
        checked.close()
    if faults:
        raise Refusal(
            "backup_damaged", Text(N_("The backup is damaged and was not used: {fault}."), {"fault": faults[0]})
        )
    database = opening.open_database(fresh, key, create=False)
    try:
        with database.write() as connection:
            told = unit.me_of(connection).counter_id
            here = _counter_in_place(profile, key)
            if here is not None and here != told:
                raise Refusal("other_counter", Text(N_("This backup was made at another counter.")))
            reincarnate(connection, MonotonicIds(SystemClock()).new())
        database.checkpoint()
    finally:
        database.close()


def _counter_in_place(profile: Profile, key: bytes) -> CounterId | None:
    """Return whose database is in place, None when there is none or it can no longer be read."""
    if not profile.database.exists():
        return None
    database = Database(profile.database, key)
    try:
        with database.read() as connection:
            return unit.me_of(connection).counter_id
    except Refusal:
        # A database that cannot be read is just what a backup is for.
        return None
    finally:
        database.close()


def set_aside(profile: Profile) -> Path | None:
    """Move the present database away with its write-ahead log, which must never meet another file."""
    profile.backups.mkdir(parents=True, exist_ok=True)
    kept = profile.backups / f"{ASIDE}{secrets.token_hex(4)}.db"
    moved = False
    for side in ("", "-wal", "-shm"):
        present = profile.database.with_name(profile.database.name + side)
        if present.exists():
            present.replace(kept.with_name(kept.name + side))
            moved = moved or not side
    return kept if moved else None
