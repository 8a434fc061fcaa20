"""Says that work stopped because a person asked for it; apart, so that a child process needs no Qt to know it."""

from __future__ import annotations


class Cancelled(Exception):  # noqa: N818  # no error: the person asked for it
    """The work stopped because it was asked to."""
