"""Writes the first counter revision from the models; used until the first release, never after it."""

from __future__ import annotations

from pathlib import Path

import crosssell_desktop.store.schema  # noqa: F401  # defines the tables
from crosssell_desktop.store import ddl

TARGET = Path(__file__).parent.parent / "crosssell_desktop/migrations/counter/versions/0001_initial.sql"


def main() -> None:
    """Freeze the statements."""
    TARGET.write_text("\n--;\n".join(ddl.statements()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
