"""Reading: one module per screen or task, frozen rows out."""
