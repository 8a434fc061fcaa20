"""Runs the centre's migrations on the connection handed in, inside its one transaction: all or nothing."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    transactional_ddl=True,
    transaction_per_migration=False,
    version_table="alembic_version",
    version_table_schema="sync",
)
# The caller's transaction holds everything, so Alembic opens none of its own.
context.run_migrations()
