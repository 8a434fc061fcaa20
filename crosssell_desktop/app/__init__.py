"""The composition root: the only package that knows every other; windows are put together here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from crosssell_desktop.system.paths import Profile


def start() -> None:
    """Run the command line with the starters of the windows handed in (design ruling 11)."""
    from crosssell_desktop.cli.main import main
    from crosssell_desktop.cli.starters import Starters

    main(Starters(open_window=_open_window, open_demo=_open_demo, play_demo=_play_demo))


def _open_window(profile: Profile) -> int:
    from crosssell_desktop.app.run import open_window

    return open_window(profile)


def _open_demo(folder: Path | None, shop: str, fresh: bool) -> int:  # noqa: FBT001  # the signature of a starter
    from crosssell_desktop.app.demo import open_demo

    return open_demo(folder, shop, fresh=fresh)


def _play_demo(out: Path, folder: Path | None, shop: str, fresh: bool) -> int:  # noqa: FBT001  # the same
    from crosssell_desktop.app.demo import play_demo

    return play_demo(out, folder, shop, fresh=fresh)
