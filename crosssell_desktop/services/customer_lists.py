"""Customers given out as a file, and imports of them taken back: by whom, of how many cards, is in the access log."""

from __future__ import annotations

from pathlib import Path

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_
from crosssell_desktop.interchange import export_customers, import_tables
from crosssell_desktop.services import access_log, lease
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import customer_exports, customer_imports
from crosssell_desktop.store.customer_undo import Undoing

REASONS: dict[str, str] = {"export": N_("written to a file"), "import_undo": N_("an import taken back")}
"""Why many cards are in the log at once."""


def export(desk: Desk, session: Session, shop: import_tables.Shop, path: Path, source: str) -> Outcome[int]:
    """Write every card that may be used to a file, as a source knows it; return how many rows.

    It is recorded before the first card is read, so that a file that was cut short is in the log too.

    Raises:
        Refusal: ``not_allowed``, ``people_locked``, ``cancelled``.
    """
    require(session, Act.MOVE_LISTS)
    with desk.begin() as work:
        lease.require_open(work.connection, desk)
        access_log.note_list(work, session, "export", customer_exports.count(work.connection))
    return Outcome(export_customers.export_customers(shop, path, source), frozenset({Change.SYNC}))


def undo(desk: Desk, session: Session, shop: import_tables.Shop, number: int) -> Outcome[Undoing]:
    """Take a batch of customers back; what was worked with since stays and is named.

    Raises:
        Refusal: ``not_allowed``, ``people_locked``, ``no_such_batch``, ``already_undone``, ``newer_batch``.
    """
    require(session, Act.MOVE_LISTS)
    batch = import_tables.undoable(shop, number)
    with desk.begin() as work:
        lease.require_open(work.connection, desk)
        cards = customer_imports.cards_of_batch(work.connection, batch.no)
        access_log.note_list(work, session, "import_undo", cards)
    return Outcome(import_tables.undo_batch(shop, number), frozenset({Change.SYNC}))
