"""Lists of other systems and of the house, taken in at the Office: customers, cost prices, visitors, the rota.

The file was read already, in a process of its own; here its rows are checked and taken, or a batch is taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crosssell_desktop.domain.access import Act, Session, may, require
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import Translator
from crosssell_desktop.interchange import house_tables, import_tables
from crosssell_desktop.interchange.columns import Kind, Mapping_, mapping_of
from crosssell_desktop.interchange.result import Cancelled, ImportResult, Progress, never, silent
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.staff_office import require_office
from crosssell_desktop.store import customer_imports, sources

if TYPE_CHECKING:
    from crosssell_desktop.interchange.tabular import Table
    from crosssell_desktop.store.customer_imports import Batch
    from crosssell_desktop.store.customer_undo import Undoing
    from crosssell_desktop.store.engine import Turn

OPENED_BY: dict[Kind, Act] = {
    "customers": Act.IMPORT_LISTS,
    "costs": Act.SEE_COST,
    "visitors": Act.IMPORT_LISTS,
    "rota": Act.MANAGE_STAFF,
}
"""What a list needs beside :attr:`Act.IMPORT_LISTS`: nobody brings in what he may not see or manage."""

_HOUSE: dict[Kind, Callable[..., ImportResult]] = {
    "costs": house_tables.import_costs,
    "visitors": house_tables.import_visitors,
    "rota": house_tables.import_rota,
}
_CHANGED: dict[Kind, frozenset[Change]] = {
    "customers": frozenset({Change.CUSTOMER, Change.SYNC}),
    "costs": frozenset({Change.CATALOGUE, Change.SYNC}),
    "visitors": frozenset({Change.SYNC}),
    "rota": frozenset({Change.PEOPLE, Change.SYNC}),
}


@dataclass(frozen=True, slots=True)
class Work:
    """How long work goes beside a window: its turns at the writer, its words, what hears it and what stops it."""

    turn: Turn
    speaker: Translator
    progress: Progress = silent
    cancelled: Cancelled = never


def kinds(session: Session) -> tuple[Kind, ...]:
    """Return the lists a person may take in; none for whoever may take in nothing."""
    if not may(session, Act.IMPORT_LISTS):
        return ()
    return tuple(kind for kind, act in OPENED_BY.items() if may(session, act))


def kept_mapping(desk: Desk, session: Session, kind: Kind, source: str) -> Mapping_:
    """Return the mapping that was saved for a source with its last list, an empty one for a new source.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.IMPORT_LISTS)
    with desk.look() as connection:
        kept = sources.known_source(connection, source)
    return mapping_of(kind, source, kept[1]) if kept else Mapping_(source)


def take_in(
    desk: Desk, session: Session, kind: Kind, table: Table, mapping: Mapping_, work: Work, *, dry_run: bool = False
) -> Outcome[ImportResult]:
    """Take a list in and save its mapping for the source, or say what would come of it; belongs off every lane.

    Raises:
        Refusal: ``not_allowed``, ``not_office`` for a list of the house, ``unknown_columns``, ``cancelled``.
    """
    require(session, Act.IMPORT_LISTS)
    require(session, OPENED_BY[kind])
    shop = _shop(desk, work, table)
    if kind in _HOUSE:
        with desk.look() as connection:
            require_office(connection)
        result = _HOUSE[kind](shop, table.path, mapping=mapping, dry_run=dry_run)
    else:
        result = import_tables.import_customers(shop, table.path, mapping=mapping, dry_run=dry_run)
    return Outcome(result, frozenset() if dry_run else _CHANGED[kind])


def batches(desk: Desk, session: Session) -> tuple[Batch, ...]:
    """Return the batches of customers, the newest first.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.IMPORT_LISTS)
    with desk.look() as connection:
        return customer_imports.batches(connection)


def undo(desk: Desk, session: Session, number: int, work: Work) -> Outcome[Undoing]:
    """Take a batch of customers back; what was worked with since stays and is named. Belongs off every lane.

    Raises:
        Refusal: ``not_allowed``, ``no_such_batch``, ``already_undone``, ``newer_batch``.
    """
    require(session, Act.IMPORT_LISTS)
    return Outcome(import_tables.undo_batch(_shop(desk, work, None), number), _CHANGED["customers"])


def take_back_cut_off(desk: Desk, work: Work) -> frozenset[Change]:
    """Take back what an import of customers left half done when the program was cut off; belongs off every lane.

    No right is asked for: it ends what somebody with the right began, before anybody works with it.
    """
    return _CHANGED["customers"] if import_tables.take_back_cut_off(_shop(desk, work, None)) else frozenset()


def _shop(desk: Desk, work: Work, table: Table | None) -> import_tables.Shop:
    shop = import_tables.Shop(
        desk.database.in_turns(work.turn), desk.clock, desk.ids, work.speaker, work.progress, work.cancelled
    )
    return shop if table is None else replace(shop, open_table=lambda _path: table)
