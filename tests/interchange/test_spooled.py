"""A table read by a child process is the table, row for row; what is no table is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.interchange.spooled import BATCH_ROWS, Spool, speak_table
from crosssell_desktop.interchange.tabular import open_table
from crosssell_desktop.runtime.child import Limits, run_in_child


def test_a_child_hands_over_every_row_and_it_is_walked_twice(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Код;Имя\n" + "".join(f"{n};Ольга «{n}»\n" for n in range(BATCH_ROWS + 7)), encoding="utf-8")
    spool = Spool()
    summary: Any = run_in_child(speak_table, {"path": str(path)}, limits=Limits(60), take_rows=spool.take)
    table = spool.table(path, summary)
    own = open_table(path)
    assert table.header == own.header
    assert table.count == BATCH_ROWS + 7
    assert list(table.rows()) == list(table.rows()) == list(own.rows())
    table.close()


@pytest.mark.parametrize("row", [None, [1], ["1", ["a"]], [1, "a"], [1, [2]], {"line": 1}])
def test_what_a_turned_reader_says_is_not_believed(row: object) -> None:
    spool = Spool()
    with pytest.raises(Refusal, match="reader_stopped"):
        spool.take([row])
    spool.close()


@pytest.mark.parametrize("summary", [None, {}, {"header": "Код"}, {"header": [1]}])
def test_a_summary_without_a_heading_is_refused(summary: object, tmp_path: Path) -> None:
    spool = Spool()
    with pytest.raises(Refusal, match="reader_stopped"):
        spool.table(tmp_path, summary)
    spool.close()
