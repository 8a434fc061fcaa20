"""What every import tells: counts of what it did, progress on the way, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.store.registers import Counts

Progress = Callable[[Text, int, int], None]
"""Hears the step, how far it is, and how far it goes (0 when unknown)."""

Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken; ``column`` is its heading, empty when the whole row is at fault."""

    line: int
    column: str
    reason: Text

    def told(self, file: str, translator: Translator) -> Text:
        """Return the refusal as one sentence."""
        values = {"file": file, "line": self.line, "column": self.column, "reason": translator.say(self.reason)}
        if self.column:
            return Text(N_("{file}, line {line}, «{column}»: {reason}"), values)
        return Text(N_("{file}, line {line}: {reason}"), values)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The counts of one import; ``read = added + changed + same + refused`` counts rows of the file.

    For past sales a row is a line of a receipt. ``details`` counts what came along: receipts, products, customers.
    ``lines_nonpositive`` are lines whose quantity is 0 or less; they are kept.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    refused_file: Path | None = None
    lines_nonpositive: int = 0
    details: dict[str, Counts] = field(default_factory=dict)
    dry_run: bool = False
    batch: int | None = None
    """The number by which an import of customers is taken back; None when it changed nothing."""

    joined: int = 0
    """Rows that were found to be somebody who is known already, by a rule that may join by itself."""

    may_be_same: int = 0
    """Phones, e-mails and numbers of the batch's cards that are on another card too; «match --batch» looks at these."""

    first_refused: tuple[RefusedRow, ...] = ()
    """The first of the refused rows, for whoever shows them at once; the file has them all."""

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON can carry it."""
        made = asdict(replace(self, first_refused=()))
        del made["first_refused"]
        made["refused_file"] = None if self.refused_file is None else str(self.refused_file)
        return made


def silent(step: Text, done: int, total: int) -> None:
    """Hear progress and say nothing."""
    del step, done, total


def never() -> bool:
    """Never ask to stop."""
    return False


def stop_if(cancelled: Cancelled) -> None:
    """Raise when the person asked to stop.

    Raises:
        Refusal: ``cancelled``; an import repeated later gives the right result.
    """
    if cancelled():
        raise Refusal(
            "cancelled",
            Text(N_("The import was stopped. What was already taken stays; run it again to finish.")),
        )
