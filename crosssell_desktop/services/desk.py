"""What an open profile offers its services: the database, the clock, ids, the key, and the learned model."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store import people, unit
from crosssell_desktop.store.engine import Database

if TYPE_CHECKING:
    from crosssell_desktop.domain.access import Session
    from crosssell_desktop.store.unit import Connection
    from crosssell_desktop.suggest.model import Model


@dataclass(slots=True)
class Desk:
    """One counter's open profile; made by ``open_desk`` in the composition root."""

    database: Database
    clock: Clock
    ids: IdSource
    pepper: bytes = field(repr=False)
    folder: Path
    me: unit.Me
    """Who this counter is; the incarnation is read afresh where it matters."""
    model: Model | None = None
    """The learned model in use; swapped whole when a newer one is published."""
    base_model: Model | None = None
    """The model as it was learned, when ``model`` has today's receipts added."""
    model_trouble: Refusal | None = None
    """Why the learned model cannot be used; the shop sells without it, and learning again mends it."""

    @contextlib.contextmanager
    def begin(self) -> Iterator[unit.Unit]:
        """Open the one writing transaction of a service."""
        with unit.begin(self.database, self.clock, self.ids) as work:
            yield work

    @contextlib.contextmanager
    def begin_by(self, session: Session) -> Iterator[unit.Unit]:
        """Open the one writing transaction of an act of a person who still works here, at the level logged in with.

        Raises:
            Refusal: ``no_person``, ``level_changed``.
        """
        with self.begin() as work:
            must_be_at_work(work.connection, session)
            yield work

    @contextlib.contextmanager
    def look(self) -> Iterator[Connection]:
        """Open a reading snapshot."""
        with self.database.read() as connection:
            yield connection


def must_be_at_work(connection: Connection, session: Session) -> None:
    """Refuse who was dismissed, or has another level, since the session was opened; the window hears of it later.

    Raises:
        Refusal: ``no_person``, ``level_changed``.
    """
    level = people.level_now(connection, session.person_id)
    if level is None:
        raise Refusal("no_person", Text(N_("This person no longer works here.")))
    if level != session.level:
        raise Refusal("level_changed", Text(N_("Your role was changed at the office: log in anew.")))
