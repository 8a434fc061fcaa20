"""The first schema of a counter, frozen as the statements beside this file."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEPARATOR = "\n--;\n"


def upgrade() -> None:
    """Make every table, index and trigger."""
    frozen = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in frozen.split(SEPARATOR):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)
