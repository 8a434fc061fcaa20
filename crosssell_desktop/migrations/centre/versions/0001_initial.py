"""The first schema of the centre, frozen as the statements beside this file."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEPARATOR = "\n--;\n"


def upgrade() -> None:
    """Make every schema, table, function and fence."""
    # no_parameters: a percent sign in a function is a percent sign.
    connection = op.get_bind().execution_options(no_parameters=True)
    frozen = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in frozen.split(SEPARATOR):
        if statement.strip():
            connection.exec_driver_sql(statement)
