"""A power cut at any moment of selling and of checkpointing loses no sale that was acknowledged."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.store import engine
from crosssell_desktop.store.journal import FIRST_HEAD, chain_head
from crosssell_desktop.store.opening import Identity, enrol, open_database
from crosssell_desktop.store.unit import begin
from tests.exchange.rows import SeededIds, SimClock, whole
from tests.power.cuts import build, cut, read, recording

KEY = bytes(range(32))
SALES = 120
CUTS = int(os.environ.get("CROSSSELL_POWER_CUTS", "200"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cc") is None, reason="the recording layer is compiled by the tests"),
]


def _record(folder: Path) -> tuple[Path, Path]:
    """Sell under the recording layer, with checkpoints in between; return the shop's file and the recording."""
    layer = build(folder)
    path, trace = folder / "shop.db", folder / "trace"
    chance = random.Random(1)
    clock = SimClock(1_772_614_800_000)
    ids = SeededIds(chance, clock)
    with recording(layer, trace):
        database = open_database(path, KEY, create=True)
        with database.write() as connection:
            enrol(connection, Identity(ids.new(), ids.new(), ids.new(), "K1", ids.new(), "00" * 32))
        layer.trace_mark(0)
        for number in range(1, SALES + 1):
            with begin(database, clock, ids) as unit:
                sale = whole("sale", ids, counter_id=unit.me.counter_id)
                lines = [whole("sale_line", ids, sale_id=sale["id"], line_no=i) for i in range(3)]
                unit.record("sale", {"sale": [sale], "sale_line": lines})
            layer.trace_mark(number)
            if number % 40 == 0:
                database.checkpoint()
        database.close()
    return path, trace


def _what_is_wrong(path: Path, files: dict[str, bytes], acknowledged: int, into: Path) -> str:
    for name, content in files.items():
        if name.startswith(str(path)):
            (into / Path(name).name).write_bytes(content)
    try:
        database = open_database(into / path.name, KEY, create=False)
    except Refusal as error:
        return f"does not open: {error}"
    try:
        faults = database.integrity_faults()
        with database.read() as connection:
            seqs = [r[0] for r in connection.exec_driver_sql("SELECT seq FROM outbox ORDER BY seq")]
            sales = connection.exec_driver_sql("SELECT count(*) FROM sale").scalar_one()
            lines = connection.exec_driver_sql("SELECT count(*) FROM sale_line").scalar_one()
            chain = list(connection.exec_driver_sql("SELECT fact_hash, head FROM chain ORDER BY no"))
    finally:
        database.close()
    head = FIRST_HEAD
    for fact_hash, kept in chain:
        head = chain_head(head, fact_hash)
        if head != kept:
            faults.append("the chain does not hold")
    if faults:
        return str(faults[:3])
    if seqs != list(range(1, len(seqs) + 1)) or sales != len(seqs) or lines != 3 * sales or len(chain) != sales:
        return "torn"
    return "" if sales >= acknowledged else f"lost {acknowledged - sales}"


def _cuts(folder: Path, how_many: int) -> list[str]:
    path, trace = _record(folder)
    steps = read(trace)
    first = next(i for i, step in enumerate(steps) if step.what == "m")
    wrong = []
    for number in range(how_many):
        chance = random.Random(number)
        files, acknowledged = cut(steps, chance.randint(first + 1, len(steps)), chance)
        into = folder / "cut"
        into.mkdir()
        found = _what_is_wrong(path, files, acknowledged, into)
        if found:
            wrong.append(f"cut {number}: {found}")
        shutil.rmtree(into)
    return wrong


def test_a_power_cut_loses_no_acknowledged_sale_and_tears_none(tmp_path: Path) -> None:
    assert _cuts(tmp_path, CUTS) == []


def test_the_same_cuts_lose_sales_when_commits_are_not_flushed(tmp_path: Path) -> None:
    """The control: this test could not fail if the layer kept too much."""
    weak = tuple(("synchronous", "NORMAL", 1) if p[0] == "synchronous" else p for p in engine._PRAGMAS)
    with patch.object(engine, "_PRAGMAS", weak):
        assert sum("lost" in one for one in _cuts(tmp_path, 40)) > 20
