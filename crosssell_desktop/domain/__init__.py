"""The pure vocabulary of the shop: values, rules and errors; no Qt, no SQL, no clock, no files."""
