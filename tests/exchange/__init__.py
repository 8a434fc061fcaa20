"""The simulator of the exchange: one seed makes the whole schedule, and the laws are checked after healing."""
