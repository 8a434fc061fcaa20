"""What the Office's page of lists shows and does: a file, whose column is what, a check, the taking in, batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.interchange.columns import SYNONYMS, Kind, Mapping_, missing, recognised, usual_heading
from crosssell_desktop.interchange.result import ImportResult, RefusedRow
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.state import Message

T = TypeVar("T")

Hear = Callable[[Text, int, int], None]
KINDS: dict[Kind, str] = {
    "customers": N_("Customers"),
    "costs": N_("Cost prices"),
    "visitors": N_("Visitors"),
    "rota": N_("Rota"),
}
FIRST_ROWS = 3


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file that was read: its headings, its first rows, how many rows there are, and the source's saved mapping."""

    name: str
    header: tuple[str, ...]
    first: tuple[tuple[str, ...], ...]
    rows: int
    mapping: Mapping_


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of the list: its key, the heading it is read from (empty: not in the file), and what stands there."""

    name: str
    heading: str
    example: str
    is_missing: bool = False
    """Whether nothing can be taken in before this field, or one of its group, has a column."""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch of customers."""

    no: int
    source: str
    file: str
    started_at: int
    state: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def can_go(self) -> bool:
        """Whether it can be taken back."""
        return self.state != "undone"


@dataclass(frozen=True, slots=True)
class ListsState:
    """The whole page; ``step`` says what is under way, ``done`` how far, of ``total`` (0: unknown)."""

    kinds: tuple[Kind, ...] = ()
    kind: Kind = "customers"
    source: str = ""
    file: ListFile | None = None
    fields: tuple[FieldLine, ...] = ()
    step: Text | None = None
    done: int = 0
    total: int = 0
    is_stopping: bool = False
    outcome: tuple[Text, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    batches: tuple[BatchLine, ...] = ()
    now_ms: int = 0
    trouble: Text | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self.step is not None

    @property
    def can_take(self) -> bool:
        """Whether the file may be checked and taken in."""
        return self.file is not None and not self.is_busy and not any(line.is_missing for line in self.fields)


class ListsPort(Protocol):
    """What the page asks of the counter."""

    def look(self) -> tuple[tuple[Kind, ...], tuple[BatchLine, ...], int]:
        """Return the kinds of lists this level may take in, the batches of customers, and the time."""

    def read(self, kind: Kind, source: str, path: Path, hear: Hear, cancelled: Callable[[], bool]) -> ListFile:
        """Read a file in a process of its own; what was read before is let go."""

    def take_in(
        self, kind: Kind, mapping: Mapping_, hear: Hear, cancelled: Callable[[], bool], *, dry_run: bool
    ) -> ImportResult:
        """Take in what was read, or say what would come of it."""

    def undo(self, number: int, hear: Hear, cancelled: Callable[[], bool]) -> tuple[int, int, tuple[str, ...]]:
        """Take a batch back; return how many cards went, how many were put back, and the names of those that stay."""


class PoolProgress(Protocol):
    """What pool work is handed."""

    def report(self, value: object) -> None:
        """Tell how far it is."""

    def is_cancelled(self) -> bool:
        """Whether the program closes."""


class Pool(Protocol):
    """Runs long work off every lane."""

    def run(
        self,
        work: Callable[[PoolProgress], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
        progress: Callable[[object], None] | None = None,
    ) -> object:
        """Run it; the callbacks, bound methods of QObjects, are called on the main thread."""


def field_lines(kind: Kind, file: ListFile) -> tuple[FieldLine, ...]:
    """Return the fields of a list with the columns they are read from.

    Raises:
        Refusal: ``unknown_columns``.
    """
    found = recognised(kind, file.header, file.mapping)
    wanted = {name for group in missing(kind, found) for name in group}
    return tuple(
        FieldLine(
            name,
            file.header[found[name]] if name in found else "",
            next((row[found[name]] for row in file.first if row[found[name]].strip()), "") if name in found else "",
            name in wanted,
        )
        for name in SYNONYMS[kind]
    )


def title_of(kind: Kind, name: str, language: str) -> str:
    """Return a field as its column is usually headed."""
    return usual_heading(kind, name, language).capitalize()


def outcome_of(result: ImportResult) -> tuple[Text, ...]:
    """Return what came of a list, in words."""
    counts = {
        "read": result.read,
        "added": result.added,
        "changed": result.changed,
        "same": result.same,
        "refused": result.refused,
    }
    said = [Text(N_("This was a check: nothing was written."))] if result.dry_run else []
    said.append(Text(N_("Rows: {read}. New {added}, changed {changed}, the same {same}, refused {refused}."), counts))
    if result.joined:
        said.append(Text(N_("Found to be known already: {n}."), {"n": result.joined}))
    if result.batch is not None:
        said.append(Text(N_("It can be taken back as batch {n}."), {"n": result.batch}))
    if result.may_be_same:
        told = {"n": result.may_be_same, "batch": result.batch}
        said.append(
            Text(
                N_("Phones, e-mails or numbers on several cards: {n}. Who is who: «crosssell match --batch {batch}»."),
                told,
            )
        )
    if result.refused_file is not None:
        said.append(
            Text(N_("All refused rows with reasons lie beside the file: {file}."), {"file": result.refused_file.name})
        )
    return tuple(said)


class ListsPresenter(QObject):
    """One file at a time; what is under way can be stopped.

    *Signals:* ``state_changed(ListsState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: ListsPort, lanes: Lanes, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._pool = pool
        self._stop = False
        self.state = ListsState()

    @Slot()
    def refresh(self) -> None:
        """Ask what may be taken in and which batches there are."""
        self._lanes.read("lists", self._port.look, self._looked, self._not_looked)

    def choose(self, kind: Kind, source: str) -> None:
        """Take in another list, or of another source; a file that was read for a former one goes from the screen."""
        if not self.state.is_busy and (kind, source) != (self.state.kind, self.state.source):
            kept = ListsState(self.state.kinds, kind, source, batches=self.state.batches, now_ms=self.state.now_ms)
            self._have(kept)

    def read(self, path: str) -> None:
        """Read a file."""
        if self.state.is_busy or not path.strip():
            return
        kind, source, file = self.state.kind, self._source(), Path(path.strip()).expanduser()
        self._begin(N_("Reading the file"))
        self._pool.run(
            lambda progress: self._port.read(kind, source, file, self._hear(progress), self._cancelled(progress)),
            self._have_file,
            self._wrong,
            self._heard,
        )

    def map(self, name: str, heading: str) -> None:
        """Read a field from another column; from none when the heading is empty."""
        file = self.state.file
        if file is None or self.state.is_busy:
            return
        columns = {**file.mapping.columns, name: heading}
        self._show(replace(file, mapping=replace(file.mapping, columns=columns)))

    def check(self) -> None:
        """Say what would come of the file, and write nothing."""
        self._take(dry_run=True)

    def take_in(self) -> None:
        """Take the file in."""
        self._take(dry_run=False)

    def undo(self, number: int) -> None:
        """Take a batch back; this is not stopped half-way."""
        if self.state.is_busy:
            return
        self._begin(N_("Taking the batch back"))
        self._pool.run(
            lambda progress: self._port.undo(number, self._hear(progress), self._cancelled(progress)),
            self._undone,
            self._wrong,
            self._heard,
        )

    @Slot()
    def stop(self) -> None:
        """Stop what is under way; what a list of customers brought so far is put back."""
        if self.state.is_busy:
            self._stop = True
            self._have(replace(self.state, is_stopping=True))

    def _take(self, *, dry_run: bool) -> None:
        file = self.state.file
        if file is None or not self.state.can_take:
            return
        kind = self.state.kind
        self._begin(N_("Checking") if dry_run else N_("Taking in"))
        self._pool.run(
            lambda progress: self._port.take_in(
                kind, file.mapping, self._hear(progress), self._cancelled(progress), dry_run=dry_run
            ),
            self._taken,
            self._wrong,
            self._heard,
        )

    def _source(self) -> str:
        return (self.state.source.strip() or "customers") if self.state.kind == "customers" else self.state.kind

    def _hear(self, progress: PoolProgress) -> Hear:
        def hear(step: Text, done: int, total: int) -> None:
            # Asked to stop, the work says by itself when; a report would throw in the midst of putting things back.
            if not progress.is_cancelled():
                progress.report((step, done, total))

        return hear

    def _cancelled(self, progress: PoolProgress) -> Callable[[], bool]:
        return lambda: self._stop or progress.is_cancelled()

    def _begin(self, step: str) -> None:
        self._stop = False
        self._have(
            replace(
                self.state, step=Text(step), done=0, total=0, is_stopping=False, outcome=(), refused=(), trouble=None
            )
        )

    def _have(self, state: ListsState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _rest(self) -> ListsState:
        return replace(self.state, step=None, is_stopping=False, trouble=None)

    def _looked(self, found: tuple[tuple[Kind, ...], tuple[BatchLine, ...], int]) -> None:
        kinds, batches, now_ms = found
        kind = self.state.kind if self.state.kind in kinds or not kinds else kinds[0]
        self._have(replace(self.state, kinds=kinds, kind=kind, batches=batches, now_ms=now_ms))

    def _not_looked(self, error: BaseException) -> None:
        self._have(replace(self.state, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _heard(self, value: object) -> None:
        if self.state.is_busy and isinstance(value, tuple):
            step, done, total = value
            self._have(replace(self.state, step=step, done=done, total=total))

    def _have_file(self, file: ListFile) -> None:
        self._have(self._rest())
        self._show(file)

    def _show(self, file: ListFile) -> None:
        try:
            fields = field_lines(self.state.kind, file)
        except Refusal as refused:
            self._have(replace(self.state, file=None, fields=(), trouble=refused.text))
            return
        self._have(replace(self.state, file=file, fields=fields, outcome=(), refused=(), trouble=None))

    def _taken(self, result: ImportResult) -> None:
        said = outcome_of(result)
        self._have(replace(self._rest(), outcome=said, refused=result.first_refused))
        if not result.dry_run:
            self.told.emit(Message(Text(N_("The list is taken in.")), "warn" if result.refused else "ok"))
            self.refresh()

    def _undone(self, done: tuple[int, int, tuple[str, ...]]) -> None:
        removed, restored, kept = done
        said = [Text(N_("Cards gone: {removed}, put back: {restored}."), {"removed": removed, "restored": restored})]
        if kept:
            said.append(
                Text(
                    N_("These stay, they were worked with since or another list names them: {names}."),
                    {"names": ", ".join(kept[:20])},
                )
            )
        self._have(replace(self._rest(), outcome=tuple(said)))
        self.told.emit(Message(Text(N_("The batch is taken back.")), "ok"))
        self.refresh()

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self._rest(), trouble=told_of(error)))
        if isinstance(error, Refusal):
            self.refresh()
        else:
            self.failed.emit(error)
