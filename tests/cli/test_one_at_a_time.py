"""A profile that is open elsewhere: commands that write are refused with a sentence, reading ones run beside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosssell_desktop.system.instance import take_profile
from tests.cli.conftest import Terminal


@pytest.fixture
def taken(learned: Terminal) -> Iterator[Terminal]:
    """The profile while another program has it open."""
    with take_profile(learned.profile):
        yield learned


@pytest.mark.parametrize(
    "arguments",
    [
        ["learn"],
        ["import", "products", "FILE"],
        ["import", "sales", "FILE"],
        ["import", "completejourney", "--weeks", "1-2"],
        ["restore", "FILE"],
        ["sync", "--once"],
        ["shift", "open", "--person", "Anna"],
        ["shift", "close", "--person", "Anna"],
    ],
    ids=" ".join,
)
def test_what_writes_is_refused_and_names_the_profile(taken: Terminal, tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / "p.csv"
    file.write_text("sku;name\nNEW;New\n", encoding="utf-8")
    before = taken.profile.database.read_bytes()
    told = taken.told(*(str(file) if word == "FILE" else word for word in arguments), exit_code=1)
    assert told["refused"] == "profile_in_use"
    assert str(taken.profile.root) in told["message"]
    assert taken.profile.database.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [["verify"], ["find", "nobody"], ["suggest", "--core", "CAM", "--gates", "off"], ["backup", "COPY"]],
    ids=" ".join,
)
def test_what_reads_runs_beside(taken: Terminal, tmp_path: Path, arguments: list[str]) -> None:
    taken.told(*(str(tmp_path / "copy.db") if word == "COPY" else word for word in arguments))


def test_the_profile_is_free_again_after_a_command(learned: Terminal) -> None:
    learned.told("learn")
    with take_profile(learned.profile):
        pass
