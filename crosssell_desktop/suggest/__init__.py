"""Suggestions: learned from receipts, ranked for one customer at one core, each with its proof; pure."""
