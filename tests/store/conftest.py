"""The small shop's counters, as the services' tests have them."""

from __future__ import annotations

from tests.services.conftest import home, photo, templates, wall

__all__ = ["home", "photo", "templates", "wall"]
