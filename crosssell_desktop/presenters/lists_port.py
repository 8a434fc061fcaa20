"""Carries out what the page of lists asks: a file is read by a child process, its rows taken in turns at the writer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange.spooled import Spool, SpooledTable, speak_table
from crosssell_desktop.presenters.lists import FIRST_ROWS, BatchLine, Hear, ListFile
from crosssell_desktop.runtime.cancel import Cancelled
from crosssell_desktop.runtime.child import Limits, run_in_child
from crosssell_desktop.services import lists

if TYPE_CHECKING:
    from crosssell_desktop.interchange.columns import Kind, Mapping_
    from crosssell_desktop.interchange.result import ImportResult
    from crosssell_desktop.presenters.desk_port import DeskPort
    from crosssell_desktop.store.engine import Turn

LIMITS = Limits(seconds=300.0, megabytes=600)


class OfficeListsPort:
    """Calls the services with the session of the counter's port; keeps the rows of the file that was read last."""

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None], turn: Turn) -> None:
        self._port = port
        self._announce = announce
        self._turn = turn
        self._table: SpooledTable | None = None

    def look(self) -> tuple[tuple[Kind, ...], tuple[BatchLine, ...], int]:
        """Return the kinds of lists this level may take in, the batches of customers, and the time."""
        desk, session = self._port.desk, self._port.session
        found = tuple(
            BatchLine(one.no, one.source, one.file, one.started_at, one.state, one.counts)
            for one in lists.batches(desk, session)
        )
        return lists.kinds(session), found, desk.clock.now_ms()

    def read(self, kind: Kind, source: str, path: Path, hear: Hear, cancelled: Callable[[], bool]) -> ListFile:
        """Read a file in a process of its own; what was read before is let go."""
        mapping = lists.kept_mapping(self._port.desk, self._port.session, kind, source)
        self.close()
        spool = Spool()
        try:
            summary: Any = run_in_child(
                speak_table,
                {"path": str(path)},
                limits=LIMITS,
                take_rows=spool.take,
                tell_progress=lambda done, total: hear(Text(N_("Rows read")), done, total),
                is_cancelled=cancelled,
            )
            table = spool.table(path, summary)
        except Cancelled as stopped:
            spool.close()
            raise Refusal("cancelled", Text(N_("Reading was stopped; nothing was changed."))) from stopped
        except BaseException:
            spool.close()
            raise
        self._table = table
        width = len(table.header)
        first = tuple(tuple((cells + [""] * width)[:width]) for _, cells in islice(table.rows(), FIRST_ROWS))
        return ListFile(path.name, tuple(table.header), first, table.count, mapping)

    def close(self) -> None:
        """Let go what was read."""
        if self._table is not None:
            self._table.close()
            self._table = None

    def take_in(
        self, kind: Kind, mapping: Mapping_, hear: Hear, cancelled: Callable[[], bool], *, dry_run: bool
    ) -> ImportResult:
        """Take in what was read, or say what would come of it."""
        if self._table is None:
            raise Refusal("not_shown", Text(N_("This is not on the screen any more.")))
        work = self._work(hear, cancelled)
        desk, session = self._port.desk, self._port.session
        done = lists.take_in(desk, session, kind, self._table, mapping, work, dry_run=dry_run)
        self._announce(done.changes)
        return done.value

    def undo(self, number: int, hear: Hear, cancelled: Callable[[], bool]) -> tuple[int, int, tuple[str, ...]]:
        """Take a batch back; return how many cards went, how many were put back, and the names of those that stay."""
        done = lists.undo(self._port.desk, self._port.session, number, self._work(hear, cancelled))
        self._announce(done.changes)
        return done.value.removed, done.value.restored, tuple(kept.name for kept in done.value.kept)

    def _work(self, hear: Hear, cancelled: Callable[[], bool]) -> lists.Work:
        return lists.Work(self._turn, self._port.speaker, hear, cancelled)
