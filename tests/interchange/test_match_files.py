"""Who is who over customer files, by the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.interchange.match_files import Truth, figures, read_cards, read_truth

FURNITURE = "Код;ФИО;Телефон;Телефон подтвержден\nM1;Семёнова Алёна Петровна;8-916-123-45-67;да\nM2;Орлов Пётр;;\n"
OPTICS = "id,name,phone,phone verified\nO1,Семенова Алена,+79161234567,yes\nO2,Мороз Инна,+79990000000,yes\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "мебель.csv", tmp_path / "оптика.csv"
    one.write_text(FURNITURE, encoding="cp1251")
    other.write_text(OPTICS, encoding="utf-8")
    return one, other


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crosssell_desktop", "match", *arguments], capture_output=True, text=True, check=False
    )


def test_a31_one_person_of_two_lists_is_found_however_they_are_written(files: tuple[Path, Path]) -> None:
    truth = files[0].with_name("truth.csv")
    truth.write_text("key,person\nM1,a\nO1,a\nM2,b\nO2,c\n")
    done = run(*map(str, files), "--rules-only", "--json", "--truth", str(truth))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [(p["left"], p["right"], p["zone"], p["rule"]) for p in told["pairs"]] == [("M1", "O1", "auto", "M2")]
    assert told["cards"] == 4
    assert told["truth"]["auto"] == {"found": 1, "right": 1, "true": 1, "precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    nameless = tmp_path / "x.csv"
    nameless.write_text("phone,city\n1,2\n")
    done = run(str(nameless), "--rules-only")
    assert done.returncode == 1
    assert "x.csv" in done.stderr


def test_equal_numbers_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("id,name\n1,Орлов Пётр\n")
    read = read_cards([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert [card.key for card in read.cards] == ["a/1", "b/1"]
    assert list(read.files) == [0, 1]


def test_a_truth_of_pairs_is_the_same_as_one_of_people(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("left,right\nb,a\nc,d\n")
    (tmp_path / "people.csv").write_text("key,person\na,1\nb,1\nc,2\nd,2\n")
    assert read_truth(tmp_path / "pairs.csv") == read_truth(tmp_path / "people.csv")


def test_a_truth_of_one_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("key\na\n")
    with pytest.raises(Refusal, match="bad_truth"):
        read_truth(tmp_path / "t.csv")


def test_the_figures_are_counted_right() -> None:
    truth = Truth(frozenset({("a", "b"), ("c", "d"), ("e", "f")}))
    found = figures([("b", "a"), ("c", "d"), ("x", "y")], truth)
    assert (found.precision, found.recall) == (2 / 3, 2 / 3)
    assert found.f1 == pytest.approx(2 / 3)
