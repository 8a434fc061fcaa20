"""What the composition root hands to the command line: how to open windows and play the demo (design ruling 11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crosssell_desktop.system.paths import Profile


@dataclass(frozen=True, slots=True)
class Starters:
    """Starters return the process's exit code; they may raise ``Refusal``."""

    open_window: Callable[[Profile], int]
    open_demo: Callable[[Path | None, str, bool], int]
    """Folder, shop and whether to begin afresh."""
    play_demo: Callable[[Path, Path | None, str, bool], int]
    """Where the pictures and papers go, folder, shop and whether to begin afresh."""
