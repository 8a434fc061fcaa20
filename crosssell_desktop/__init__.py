"""CrossSell Desktop: a counter assistant for cross-selling with proof, goals and assists."""

__version__ = "0.1.0"
