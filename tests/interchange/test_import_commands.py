"""The import commands as a person runs them: one JSON object on stdout, sentences on stderr, exit 0, 1 or 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crosssell_desktop.cli.main import cli


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["import", *arguments, "--profile", str(folder / "profile"), "--json"])


def test_products_into_an_empty_profile_and_again(folder: Path) -> None:
    path = folder / "p.csv"
    path.write_text("Артикул;Наименование;Штрихкод\nA;Чехол;\nB;Кабель;4,607E+12\n", encoding="cp1251")
    first = run(folder, "products", str(path))
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert {name: told[name] for name in ("read", "added", "changed", "same", "refused")} == {
        "read": 2,
        "added": 1,
        "changed": 0,
        "same": 0,
        "refused": 1,
    }
    assert Path(told["refused_file"]).exists()
    assert "p.csv" in first.stderr
    again = json.loads(run(folder, "products", str(path)).stdout)
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 1)


def test_several_files_are_summed(folder: Path) -> None:
    paths = []
    for name in ("p", "q"):
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(f"sku;name\n{name};{name}\n", encoding="utf-8")
    told = json.loads(run(folder, "products", *map(str, paths)).stdout)
    assert (told["read"], told["added"], len(told["files"])) == (2, 2, 2)


def test_a_refusal_is_exit_1_with_a_sentence(folder: Path) -> None:
    done = run(folder, "customers", str(folder / "none.csv"))
    assert done.exit_code == 1
    assert json.loads(done.stdout)["refused"] == "no_file"
    assert "none.csv" in done.stderr


def test_the_last_line_of_the_progress_is_the_sum(folder: Path) -> None:
    path = folder / "c.csv"
    path.write_text("Код;ФИО\n" + "".join(f"{n};Иванов Иван\n" for n in range(1_200)), encoding="utf-8")
    done = run(folder, "customers", str(path))
    assert done.exit_code == 0, done.output
    counted = [line.split(": ")[1] for line in done.stderr.splitlines() if line.split(": ")[-1].isdigit()]
    assert counted == ["500", "1200"]


def test_wrong_usage_is_exit_2(folder: Path) -> None:
    assert run(folder, "products").exit_code == 2
    assert run(folder, "nothing").exit_code == 2


def test_weeks_that_are_none_make_no_profile(folder: Path) -> None:
    assert run(folder, "completejourney", "--weeks", "60").exit_code == 1
    assert not (folder / "profile" / "shop.db").exists()
