"""Finds the program's own files and the folder of one profile; knows no other place on the machine.

A profile is everything one counter keeps on one machine: database, settings, logs, crash reports.
"""

from __future__ import annotations

import importlib.resources
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.text import N_, Text

_APP_NAME = "CrossSell"
_PRIVATE_DIR_MODE = 0o700


def resource(*parts: str) -> Path:
    """Return the path of a file or folder shipped in ``crosssell_desktop/resources``.

    Works from a checkout, an installed wheel and the frozen program alike.

    Raises:
        FileNotFoundError: if the program does not ship it; that is a bug in the packaging.
    """
    return _shipped("resources", *parts)


def migrations(tree: str) -> Path:
    """Return the folder of one Alembic tree, ``counter`` or ``centre``.

    Raises:
        FileNotFoundError: if the program does not ship it.
    """
    return _shipped("migrations", tree)


def _shipped(*parts: str) -> Path:
    path = Path(str(importlib.resources.files("crosssell_desktop").joinpath(*parts)))
    if not path.exists():
        raise FileNotFoundError(f"the program does not ship {'/'.join(parts)}")
    return path


@dataclass(frozen=True, slots=True)
class Profile:
    """The files of one profile. Naming a file does not make it; only :func:`open_profile` makes folders."""

    root: Path

    @property
    def database(self) -> Path:
        """The counter's encrypted database."""
        return self.root / "counter.db"

    @property
    def settings(self) -> Path:
        """The settings of this machine, TOML."""
        return self.root / "settings.toml"

    @property
    def identity(self) -> Path:
        """A random name of this profile, made once; what its key is filed under in the system's keyring."""
        return self.root / "profile.id"

    @property
    def key_file(self) -> Path:
        """Where the key lies when the system has no keyring: beside the profile, so that a copy of it is not enough."""
        return self.root.with_name(f"{self.root.name}.key")

    @property
    def lock(self) -> Path:
        """Locked by the one running instance."""
        return self.root / "instance.lock"

    @property
    def logs(self) -> Path:
        """Folder of the redacted logs."""
        return self.root / "logs"

    @property
    def crashes(self) -> Path:
        """Folder of the redacted crash reports."""
        return self.root / "crashes"

    @property
    def reports(self) -> Path:
        """Folder of printed reports, purged after 30 days."""
        return self.root / "reports"

    @property
    def backups(self) -> Path:
        """Folder of database copies made before upgrades."""
        return self.root / "backups"

    @property
    def practice(self) -> Profile:
        """The profile of practice mode: its own database, beside nothing real."""
        return Profile(self.root / "practice")


def default_profile_folder() -> Path:
    """Return the platform's data folder for this program; it may not exist yet."""
    # Local, never roaming: a database in a folder that is copied about behind its back does not stay whole.
    return Path(platformdirs.user_data_dir(_APP_NAME, appauthor=False, roaming=False)) / "profile"


def open_profile(folder: Path | None = None) -> Profile:
    """Return the profile in ``folder`` (default: the platform's), making its folders, for this user alone.

    Raises:
        EnvironmentTrouble: ``profile_unusable`` if the folder cannot be made or written to.
    """
    root = (folder if folder is not None else default_profile_folder()).expanduser().absolute()
    profile = Profile(root)
    try:
        for path in (root, profile.logs, profile.crashes, profile.reports, profile.backups):
            path.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_DIR_MODE)
        if not os.access(root, os.W_OK | os.X_OK):
            raise PermissionError(root)
        if sys.platform != "win32":
            root.chmod(_PRIVATE_DIR_MODE)
    except OSError as error:
        text = Text(
            N_("The profile folder {folder} cannot be used: {reason}. Name another one with --profile."),
            {"folder": str(root), "reason": error.strerror or type(error).__name__},
        )
        raise EnvironmentTrouble("profile_unusable", text) from error
    return profile
