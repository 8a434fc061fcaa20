"""Starts the command line, or the window for the gui script; imports nothing heavy to do so."""

from __future__ import annotations

import sys
from pathlib import Path

from crosssell_desktop import __version__


def main() -> None:
    """Run the command line; ``--version`` alone answers at once, without Qt or the database layer."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"crosssell {__version__}\n")
        return
    if getattr(sys, "frozen", False):
        from crosssell_desktop.runtime.child import serve_frozen_child

        serve_frozen_child()
    from crosssell_desktop.app import start

    start()


def main_window() -> None:
    """Open the window: the same as ``crosssell run`` with the arguments given."""
    sys.argv[1:1] = ["run"]
    main()


if __name__ == "__main__":
    # The frozen program has two starts in one folder: with a terminal, and without one for the window.
    (main_window if Path(sys.executable).stem == "crosssell-desktop" else main)()
