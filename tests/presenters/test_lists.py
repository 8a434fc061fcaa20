"""The page of lists: what is mapped, what is stopped, and what a refusal leaves on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.interchange.columns import Kind, Mapping_
from crosssell_desktop.interchange.result import ImportResult, stop_if
from crosssell_desktop.presenters.lists import BatchLine, Hear, ListFile, ListsPresenter

FILE = ListFile("a.csv", ("Номер", "Кто"), (("1", "Ольга"),), 1, Mapping_("optics"))


class Port:
    """Answers at once; asked to take in, it looks whether it should stop."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.calls: list[tuple[object, ...]] = []
        self.taken: list[tuple[Mapping_, bool]] = []
        self.before_taking: Callable[[], None] = lambda: None

    def look(self) -> tuple[tuple[Kind, ...], tuple[BatchLine, ...], int]:
        if self.trouble is not None:
            raise self.trouble
        return ("customers", "rota"), (BatchLine(1, "optics", "a.csv", 5, "done"),), 9

    def read(self, kind: Kind, source: str, path: Path, hear: Hear, cancelled: Callable[[], bool]) -> ListFile:
        self.calls.append((kind, source, path, hear, cancelled))
        return FILE

    def take_in(
        self, kind: Kind, mapping: Mapping_, hear: Hear, cancelled: Callable[[], bool], *, dry_run: bool
    ) -> ImportResult:
        self.calls.append((kind,))
        self.before_taking()
        stop_if(cancelled)
        hear(Text("Rows read"), 1, 1)
        self.taken.append((mapping, dry_run))
        return ImportResult(1, 1, dry_run=dry_run)

    def undo(self, number: int, hear: Hear, cancelled: Callable[[], bool]) -> tuple[int, int, tuple[str, ...]]:
        self.calls.append((number, hear, cancelled))
        return 1, 0, ("Ольга",)


class Now:
    """Lanes and pool in one: everything at once."""

    def report(self, value: object) -> None:
        self.value = value

    def is_cancelled(self) -> bool:
        return False

    def read(self, _key: str, work: Any, done: Any, failed: Any) -> None:  # noqa: ANN401  # any work
        self.run(lambda _: work(), done, failed)

    def run(self, work: Any, done: Any = None, failed: Any = None, progress: Any = None) -> None:  # noqa: ANN401
        del progress
        try:
            value = work(self)
        except Exception as error:  # noqa: BLE001  # it goes to its asker
            failed(error)
        else:
            done(value)


@pytest.fixture
def made(qtbot: QtBot) -> tuple[ListsPresenter, Port]:
    port, now = Port(), Now()
    presenter = ListsPresenter(port, now, now)  # type: ignore[arg-type]
    presenter.refresh()
    presenter.read("a.csv")
    return presenter, port


Made = tuple[ListsPresenter, Port]


def test_nothing_is_taken_before_what_is_needed_has_a_column(made: Made) -> None:
    presenter, port = made
    presenter.take_in()
    assert port.taken == []
    assert {x.name for x in presenter.state.fields if x.is_missing} == {"name", "family_name", "given_name"}
    presenter.map("name", "Кто")
    assert not any(x.is_missing for x in presenter.state.fields)
    presenter.check()
    presenter.take_in()
    assert [(mapping.columns, dry) for mapping, dry in port.taken] == [
        ({"name": "Кто"}, True),
        ({"name": "Кто"}, False),
    ]


def test_stopped_work_leaves_a_sentence_and_the_file(made: Made) -> None:
    presenter, port = made
    presenter.map("name", "Кто")
    port.before_taking = presenter.stop
    presenter.take_in()
    assert port.taken == []
    assert presenter.state.trouble is not None
    assert not presenter.state.is_busy
    port.before_taking = lambda: None
    presenter.take_in()
    assert len(port.taken) == 1


def test_a_refused_look_is_told_once_and_no_bug(made: Made, qtbot: QtBot) -> None:
    presenter, port = made
    bugs: list[object] = []
    presenter.failed.connect(bugs.append)
    port.trouble = Refusal("not_allowed", Text("no"))
    presenter.refresh()
    assert presenter.state.trouble == Text("no")
    assert bugs == []


def test_another_list_lets_the_file_go(made: Made) -> None:
    presenter, _ = made
    presenter.choose("rota", "")
    assert presenter.state.file is None
    assert presenter.state.kinds == ("customers", "rota")
    presenter.undo(1)
    assert "Ольга" in str(presenter.state.outcome[-1].values)
