"""The tables of a counter's database, one module per area; importing this package defines them all."""

from __future__ import annotations

from crosssell_desktop.store.schema import (
    card,
    catalogue,
    customers,
    exchange,
    finding,
    history,
    imports,
    law,
    lease,
    ledger,
    matching,
    places,
    publications,
    selling,
    staff,
)
from crosssell_desktop.store.schema.base import metadata

__all__ = [
    "card",
    "catalogue",
    "customers",
    "exchange",
    "finding",
    "history",
    "imports",
    "law",
    "lease",
    "ledger",
    "matching",
    "metadata",
    "places",
    "publications",
    "selling",
    "staff",
]
