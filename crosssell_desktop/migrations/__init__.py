"""Two Alembic trees: the counter's SQLite file and the centre's PostgreSQL."""
