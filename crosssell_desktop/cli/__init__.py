"""The command line: one small file per group of commands, each a thin skin over services."""
