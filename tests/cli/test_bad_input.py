"""What people do wrong at a terminal: each gets a sentence and its exit code, and nothing is half done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crosssell_desktop.cli.main import COMMANDS, cli
from crosssell_desktop.store.engine import Database
from crosssell_desktop.system.secrets import profile_key
from tests.cli.conftest import NO_KEYRING, Terminal


def started(*arguments: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """Start the program itself, without a display and without this machine's language."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LANG", "LC_MESSAGES"}
    }
    return subprocess.run(
        [sys.executable, "-m", "crosssell_desktop", *arguments],
        env={**kept, "PYTHON_KEYRING_BACKEND": NO_KEYRING, "LC_ALL": "C.UTF-8", **surroundings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is known to have no display")
def test_the_demo_without_a_display_says_so_and_names_the_other_way(tmp_path: Path) -> None:
    done = started("demo", "--profile", str(tmp_path / "demo"))
    assert done.returncode == 1
    assert "--offscreen" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is known to have no display")
def test_the_window_without_a_display_says_so_in_the_persons_language(tmp_path: Path) -> None:
    # Only the language is Russian: a machine without that locale still reads its folders in UTF-8.
    russian = {"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}
    done = started("run", "--profile", str(tmp_path / "p"), **russian)
    assert done.returncode == 1
    assert "--offscreen" in done.stderr
    assert "экран" in done.stderr


@pytest.mark.parametrize("arguments", [["sell"], ["--nothing"], ["find", "--nothing"], ["demo", "--shop", "toys"]])
def test_what_is_no_command_is_exit_2_with_the_usage(arguments: list[str]) -> None:
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 2
    assert "Usage" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments", [["suggest"], ["find"], ["backup"], ["shift", "report"], ["suggest", "--core", "A", "-k", "0"]]
)
def test_a_command_without_what_it_needs_is_exit_2(empty: Terminal, arguments: list[str]) -> None:
    done = empty.run(*arguments)
    assert done.exit_code == 2
    assert "Error" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(command: str) -> None:
    done = CliRunner().invoke(cli, [command, "--help"])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) > 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", "Иван"],
        ["suggest", "--core", "A"],
        ["learn"],
        ["verify"],
        ["shift", "report", "--kind", "x", "--out", "x.pdf"],
    ],
)
def test_an_empty_profile_is_named_and_stays_empty(empty: Terminal, arguments: list[str]) -> None:
    told = empty.told(*arguments, exit_code=1)
    assert told["refused"] == "no_database"
    assert str(empty.profile.root) in told["message"]
    assert not empty.profile.database.exists()


@pytest.mark.parametrize("arguments", [["verify"], ["learn"], ["find", "x"], ["import", "products", "PRODUCTS"]])
def test_a_database_newer_than_the_program_is_refused_untouched(
    learned: Terminal, arguments: list[str], tmp_path: Path
) -> None:
    products = tmp_path / "p.csv"
    products.write_text("sku;name\nNEW;New\n", encoding="utf-8")
    arguments = [str(products) if word == "PRODUCTS" else word for word in arguments]
    with_key = Database(learned.profile.database, profile_key(learned.profile, None).key.reveal())
    with with_key.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with_key.close()
    before = learned.profile.database.read_bytes()
    told = learned.told(*arguments, exit_code=1)
    assert told["refused"] == "database_newer"
    assert "9999" in told["message"]
    assert learned.profile.database.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(learned: Terminal) -> None:
    learned.profile.database.write_bytes(b"this is not a database" * 500)
    before = learned.profile.database.read_bytes()
    assert learned.told("verify", exit_code=1)["refused"] == "wrong_key_or_damaged"
    assert learned.profile.database.read_bytes() == before


def test_a_damaged_model_is_named_and_learning_again_mends_it(learned: Terminal) -> None:
    model = learned.profile.root / "learned.model"
    whole = bytearray(model.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    model.write_bytes(whole)
    told = learned.told("suggest", "--core", "CAM", exit_code=1)
    assert told["refused"] == "model_damaged"
    assert learned.told("verify", exit_code=1)["faults"] == [told["message"]]
    # What needs no model goes on.
    assert learned.told("find", "nobody")["items"] == []
    assert learned.told("learn")["receipts"] == 200
    assert learned.told("suggest", "--core", "CAM", "--gates", "off")["items"]
    assert learned.told("verify")["clean"] is True


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"core": "CAM", "k": "many"}', '{"at": "tomorrow"}'])
def test_a_bad_line_of_a_batch_is_named_by_its_number(learned: Terminal, tmp_path: Path, line: str) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text(f'{{"core": "CAM"}}\n\n{line}\n{{"core": "CAM"}}\n', encoding="utf-8")
    done = learned.run("suggest", "--batch", str(batch), "--gates", "off")
    assert done.exit_code == 1, done.output
    assert "3" in done.stderr
    answers = [json.loads(row) for row in done.stdout.splitlines()]
    assert [answer.get("refused") for answer in answers] == [None, "bad_question", None]
    assert answers[0]["items"] == answers[2]["items"] != []


def test_why_says_every_part_of_the_score_and_every_gate_in_words(learned: Terminal, tmp_path: Path) -> None:
    sales = tmp_path / "more.csv"
    rows = [f"M{number};2026-01-{number % 27 + 1:02} 12:00;BAG;1;300" for number in range(100)]
    rows += [
        f"B{number};2026-01-{number % 27 + 1:02} 12:00;{sku};1;100" for number in range(2) for sku in ("CAM", "BAG")
    ]
    sales.write_text("\n".join(["receipt;date;sku;qty;amount", *rows]) + "\n", encoding="utf-8")
    assert learned.told("import", "sales", str(sales))["refused"] == 0
    learned.told("learn")
    plain = learned.told("suggest", "--core", "CAM", "--why")
    said = learned.run("suggest", "--core", "CAM", "--why").stdout.splitlines()
    for item in plain["why"]["items"]:
        row = next(line for line in said if f" {item['sku']} " in line)
        assert f"{item['score']:.3f} = " in row
        assert row.count(" + ") + 1 == sum(part != 0 for part in item["score_parts"].values())
    for removed in plain["why"]["removed"]:
        assert any(removed["sku"] in line and f"{removed['gate']}: " in line for line in said)
    assert plain["why"]["items"]
    assert plain["why"]["removed"]


def test_a_question_about_an_unknown_product_is_answered_and_the_batch_goes_on(
    learned: Terminal, tmp_path: Path
) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text('{"core": "NONE"}\n{"core": "CAM"}\n', encoding="utf-8")
    done = learned.run("suggest", "--batch", str(batch), "--gates", "off")
    assert done.exit_code == 0, done.output
    first, second = (json.loads(row) for row in done.stdout.splitlines())
    assert (first["refused"], first["items"]) == ("unknown_core", [])
    assert [item["sku"] for item in second["items"]][:1] == ["CARD"]


def test_refused_rows_lie_in_a_file_with_line_and_reason(learned: Terminal, tmp_path: Path) -> None:
    products = tmp_path / "p.csv"
    products.write_text("sku;name;barcode\nNEW;New;\nBAD;Bad;4,607E+12\n", encoding="utf-8")
    done = learned.run("import", "products", str(products), "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["added"], told["refused"]) == (1, 1)
    refused = Path(told["refused_file"]).read_text(encoding="utf-8-sig").splitlines()
    assert len(refused) == 2
    assert "3" in refused[1]
    assert "BAD" in refused[1]
    assert "p.csv" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["restore", "none.db"], "no_file"),
        (["shift", "report", "nonsense", "--kind", "z", "--out", "z.pdf"], "no_such_shift"),
        (["credits", "explain", "nonsense"], "no_such_entry"),
        (["credits", "statement", "--person", "Nobody", "--period", "2026-03", "--out", "s.pdf"], "no_person"),
        (["suggest", "--core", "NONE"], "unknown_core"),
        (["suggest", "--core", "CAM", "--customer", "nobody"], "no_such_customer"),
    ],
)
def test_what_is_not_there_is_named(learned: Terminal, arguments: list[str], code: str) -> None:
    told = learned.told(*arguments, exit_code=1)
    assert told["refused"] == code
    assert len(told["message"]) > 10


def test_a_backup_over_a_file_is_refused(learned: Terminal, tmp_path: Path) -> None:
    target = tmp_path / "kept.db"
    target.write_text("mine", encoding="utf-8")
    assert learned.told("backup", str(target), exit_code=1)["refused"] == "file_exists"
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_damaged_backup_is_not_put_in_place(learned: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert learned.told("backup", str(copy))["bytes"] == copy.stat().st_size
    broken = bytearray(copy.read_bytes())
    broken[len(broken) // 2] ^= 0xFF
    copy.write_bytes(broken)
    before = learned.profile.database.read_bytes()
    assert learned.told("restore", str(copy), exit_code=1)["refused"] in {"backup_damaged", "wrong_key_or_damaged"}
    assert learned.profile.database.read_bytes() == before
    assert learned.told("verify")["clean"] is True
