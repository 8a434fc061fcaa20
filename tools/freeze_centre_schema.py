"""Writes the first centre revision from the list of what travels; used until the first release, never after it."""

from __future__ import annotations

from pathlib import Path

from crosssell_desktop.sync import centre_ddl

TARGET = Path(__file__).parent.parent / "crosssell_desktop/migrations/centre/versions/0001_initial.sql"


def main() -> None:
    """Freeze the statements."""
    TARGET.write_text(centre_ddl.SEPARATOR.join(centre_ddl.statements()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
