"""What happens in a customer's life or firm and what it calls for (requirement A52)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from crosssell_desktop.domain.text import N_

EventType = Literal["move", "new_office", "recall", "price_change", "end_of_support", "other"]

EVENTS: Mapping[EventType, str] = {
    "move": N_("Move"),
    "new_office": N_("New office"),
    "recall": N_("Recall"),
    "price_change": N_("Price change"),
    "end_of_support": N_("End of support"),
    "other": N_("Event"),
}
OF_A_PRODUCT: frozenset[EventType] = frozenset({"recall", "price_change", "end_of_support"})
"""These are said of a product, and shown on the card of everyone who owns it."""

NEEDS: Mapping[EventType, tuple[str, ...]] = {
    "new_office": ("laser_printer", "printer_cable", "setup", "surge_protector", "extension_lead", "desk_lamp"),
    "move": ("extension_lead", "bulb", "surge_protector", "installation"),
}
"""Types of products an event calls for; a shop sets its own by the business setting ``context.needs``."""
EVENT_DAYS = 180
"""How long an event is shown and its needs stay open."""


def needed_types(event: str, own: Mapping[str, object] | None) -> tuple[str, ...]:
    """Return the types of products an event calls for: the shop's own list, else the usual one."""
    told = None if own is None else own.get(event)
    if isinstance(told, list):
        return tuple(str(kind) for kind in told)
    return next((kinds for name, kinds in NEEDS.items() if name == event), ())
