"""Two counters of the small shop, each test on its own copies of their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shop import Counter, SetClock, counter_on, make_file


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("templates")
    made = {code: folder / f"{code}.db" for code in ("K1", "K2")}
    for code, path in made.items():
        make_file(path, code)
    return made


@pytest.fixture
def wall() -> SetClock:
    """The one clock on the wall of the shop."""
    return SetClock()


@pytest.fixture
def photo(templates: dict[str, Path], tmp_path: Path, wall: SetClock) -> Iterator[Counter]:
    counter = counter_on(templates["K1"], tmp_path / "K1.db", wall)
    yield counter
    counter.desk.database.close()


@pytest.fixture
def home(templates: dict[str, Path], tmp_path: Path, wall: SetClock) -> Iterator[Counter]:
    counter = counter_on(templates["K2"], tmp_path / "K2.db", wall)
    yield counter
    counter.desk.database.close()
