"""Customers of one source written as a table that the import reads back without changing anything (A39).

Cards the source does not know yet bear our own number, so that the other system can keep it and hand it back.
"""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange.import_tables import Shop
from crosssell_desktop.interchange.result import stop_if
from crosssell_desktop.interchange.rows import inert
from crosssell_desktop.store import customer_exports, lease_rows

COLUMNS: tuple[tuple[str, str], ...] = (
    ("external_id", "ref"),
    ("display_name", "display_name"),
    ("family_name", "family_name"),
    ("given_name", "given_name"),
    ("patronymic", "patronymic"),
    ("kind", "kind"),
    ("phones", "phone"),
    ("email", "email"),
    ("address", "address"),
    ("birthday", "birthday"),
    ("card", "card"),
    ("inn", "inn"),
    ("external_1c", "external_1c"),
    ("language", "language"),
    ("do_not_contact", "do not contact"),
)
"""Field of a card and the heading by which the import knows it (``columns.SYNONYMS``)."""


def export_customers(shop: Shop, path: Path, source: str) -> int:
    """Write every card that may be used, as the source knows it; return how many. The file appears whole or not.

    Raises:
        Refusal: ``cancelled``, ``people_locked``.
        EnvironmentTrouble: ``cannot_write``: nothing can be written there.
    """
    try:
        return _written(shop, path, source)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EnvironmentTrouble(
            "cannot_write", Text(N_("{file} cannot be written: {reason}"), {"file": path.name, "reason": reason})
        ) from error


def _written(shop: Shop, path: Path, source: str) -> int:
    part = path.with_name(path.name + ".part")
    count = 0
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as opened:
            writer = csv.writer(opened, delimiter=";", lineterminator="\r\n")
            writer.writerow([heading for _, heading in COLUMNS])
            with shop.database.read() as connection:
                lease_rows.require_open(connection, shop.clock.now_ms())
                for card in customer_exports.cards(connection, source):
                    writer.writerow([inert(card.get(name, "")) for name, _ in COLUMNS])
                    count += 1
                    if count % 1_000 == 0:
                        stop_if(shop.cancelled)
        part.replace(path)
    finally:
        # Where no folder is, there is nothing to clear away either.
        with contextlib.suppress(OSError):
            part.unlink()
    return count
