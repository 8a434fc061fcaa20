"""What commands print: with ``--json`` one object on stdout and nothing else there; without it, words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from crosssell_desktop import __version__
from crosssell_desktop.cli.main import cli
from tests.cli.conftest import Terminal


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["verify"], {"clean", "faults", "operations", "sales", "credits_minor", "unsent", "head"}),
        (["learn"], {"receipts", "lines", "products", "pairs", "seconds", "peak_mb", "model_bytes"}),
        (["find", "nobody"], {"items", "ms"}),
        (["suggest", "--core", "CAM"], {"items", "ms"}),
        (["suggest", "--core", "CAM", "--why"], {"items", "ms", "why"}),
        (["backup", "COPY"], {"file", "bytes"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_json_is_one_object_with_what_is_promised(
    learned: Terminal, tmp_path: Path, arguments: list[str], names: set[str]
) -> None:
    told = learned.told(*(str(tmp_path / "c.db") if word == "COPY" else word for word in arguments))
    assert names <= set(told)


def test_a_refusal_with_json_is_an_object_and_the_sentence_goes_to_stderr(learned: Terminal) -> None:
    done = learned.run("suggest", "--core", "NONE", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["message"] == done.stderr.strip()


def test_without_json_a_refusal_leaves_stdout_empty(learned: Terminal) -> None:
    done = learned.run("suggest", "--core", "NONE")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "NONE" in done.stderr


def test_words_for_a_person(learned: Terminal) -> None:
    done = learned.run("suggest", "--core", "CAM", "--gates", "off")
    assert done.exit_code == 0
    assert done.stdout.startswith("1. CARD")
    assert "clean: True" in learned.run("verify").stdout


def test_the_learned_share_is_that_of_a_direct_count(learned: Terminal) -> None:
    told = learned.told("suggest", "--core", "CAM", "--gates", "off")
    figures = told["items"][0]["evidence"][0]
    # Of 175 receipts with the camera 150 hold the card too.
    assert (figures["hits"], figures["n"]) == (150, 175)
    assert figures["low_bps"] < figures["share_bps"] < figures["high_bps"]


def test_a_restored_backup_is_a_new_life_of_the_counter(learned: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "копия 1.db"
    learned.told("backup", str(copy))
    told = learned.told("restore", str(copy))
    assert (learned.profile.backups / Path(told["kept"]).name).exists()
    assert learned.told("verify")["clean"] is True


def test_the_version_is_said_at_once() -> None:
    done = CliRunner().invoke(cli, ["--version"])
    assert done.stdout == f"crosssell {__version__}\n"
