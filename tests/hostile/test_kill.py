"""The program is killed at random moments while sales are being saved: what was acknowledged is there, once."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
from collections import Counter as Tally
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from crosssell_desktop.services import upkeep
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from tests.shop import desk_on, make_file

ROOT = Path(__file__).parents[2]
AT_START = 6
"""One in so many is killed while it starts, anywhere from the interpreter's start to the first sale."""


@dataclass
class Figures:
    """What the walk came to."""

    kills: int = 0
    acknowledged: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    unacknowledged: int = 0
    """Sales found on the disk that the program had no time to acknowledge: at most one a kill."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"kills {self.kills}, acknowledged sales {len(self.acknowledged)}, lost {len(self.lost)}, "
            f"doubled {len(self.doubled)}, on the disk before they could be acknowledged {self.unacknowledged}"
        )


def life(path: Path, seed: int, chance: random.Random) -> list[str]:
    """Let the seller live for a random while; return what it acknowledged."""
    command = [sys.executable, "-m", "tests.hostile.seller", str(path), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as seller:
        assert seller.stdout is not None
        if chance.randrange(AT_START):
            first = seller.stdout.readline()
            assert first == b"ready\n", first
            _let_live(seller, chance.uniform(0.0, 1.2))
        else:
            _let_live(seller, chance.uniform(0.0, 1.5))
        seller.kill()
        rest = seller.stdout.read()
    # A line cut short was not heard by anybody.
    return [line for line in rest.decode().split("\n")[:-1] if line != "ready"]


def _let_live(seller: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        seller.wait(seconds)
        pytest.fail("the seller ended by itself")


def look(desk: Desk, figures: Figures) -> None:
    """Compare the file with everything ever acknowledged."""
    with desk.look() as connection:
        kept = connection.exec_driver_sql(
            "SELECT s.id, s.number, s.total_minor, s.line_count, count(l.id), sum(l.amount_minor) "
            "FROM sale s LEFT JOIN sale_line l ON l.sale_id = s.id GROUP BY s.id"
        ).all()
        seqs = list(connection.exec_driver_sql("SELECT seq FROM outbox ORDER BY seq").scalars())
        orphans = connection.exec_driver_sql(
            "SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM chain c WHERE c.op_id = o.op_id)"
        ).scalar()
        completed = connection.exec_driver_sql(
            "SELECT count(*) FROM basket b WHERE (b.state = 'completed') <> "
            "EXISTS (SELECT 1 FROM sale s WHERE s.id = b.id)"
        ).scalar()
    assert seqs == list(range(1, len(seqs) + 1))
    assert (orphans, completed) == (0, 0)
    by_id = {UUID(bytes=row[0]): (row[1], row[2]) for row in kept}
    figures.lost = [
        number for one, (number, total) in figures.acknowledged.items() if by_id.get(one) != (number, total)
    ]
    figures.doubled = [number for number, times in Tally(row[1] for row in kept).items() if times > 1]
    figures.unacknowledged = len(set(by_id) - set(figures.acknowledged))
    assert all(lines == count and amount == total for _, _, total, count, lines, amount in kept)
    numbers = sorted(int(row[1].split("-")[1]) for row in kept)
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_no_acknowledged_sale_is_lost_or_doubled_when_the_program_is_killed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = request.config.getoption("--kills")
    seed = random.SystemRandom().randrange(1 << 30)
    chance = random.Random(seed)
    make_file(tmp_path / "template.db", "K1")
    path = tmp_path / "K1.db"
    shutil.copyfile(tmp_path / "template.db", path)
    clock = SystemClock()
    figures = Figures()
    for kill in range(1, kills + 1):
        for line in life(path, chance.randrange(1 << 30), chance):
            sale_id, number, total = line.split()
            assert UUID(sale_id) not in figures.acknowledged, f"{number} acknowledged twice, seed {seed}"
            figures.acknowledged[UUID(sale_id)] = (number, int(total))
        figures.kills = kill
        desk = desk_on(path, clock, MonotonicIds(clock))
        try:
            look(desk, figures)
            assert not figures.lost, f"seed {seed}: {figures}"
            assert not figures.doubled, f"seed {seed}: {figures}"
            assert figures.unacknowledged <= kill
            if kill == kills or kill % 10 == 0:
                assert upkeep.verify(desk).faults == ()
        finally:
            desk.database.close()
    assert len(figures.acknowledged) > kills, f"hardly anything was sold: {figures}"
    print(f"\nseed {seed}: {figures}")  # noqa: T201  # the figures the issue asks for, seen with -s
