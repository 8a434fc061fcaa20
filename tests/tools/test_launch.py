"""The start from a checkout: makes the environment once, repairs it, and says what is missing by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import launch

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "Моя касса 1"
    root.mkdir()
    for name in ("requirements-demo.lock", "requirements-dev.lock", "pyproject.toml"):
        (root / name).write_text(name, encoding="utf-8")
    return root


class Steps:
    """Stands for the real commands: makes the file the first one makes, fails where it is told to."""

    def __init__(self, root: Path, fail_at: int | None = None) -> None:
        self.root = root
        self.fail_at = fail_at
        self.asked: list[list[str]] = []

    def __call__(self, command: Sequence[str]) -> int:
        self.asked.append(list(command))
        if "venv" in command:
            python = launch.venv_python(self.root)
            python.parent.mkdir(parents=True)
            python.touch()
            version = ".".join(str(part) for part in sys.version_info[:3])
            (self.root / ".venv" / "pyvenv.cfg").write_text(f"version = {version}\n", encoding="utf-8")
        return 1 if self.fail_at == len(self.asked) - 1 else 0


def test_it_is_made_from_the_lock_by_hash_and_is_whole_then(checkout: Path) -> None:
    steps = Steps(checkout)
    assert not launch.is_made(checkout, "demo")
    assert launch.make(checkout, "demo", steps)
    assert launch.is_made(checkout, "demo")
    packages, own = steps.asked[1], steps.asked[2]
    assert {"--require-hashes", "--only-binary", str(checkout / "requirements-demo.lock")} <= set(packages)
    assert {"--no-deps", "--no-build-isolation", "-e", str(checkout)} <= set(own)


@pytest.mark.parametrize("name", ["requirements-demo.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_renews_it_in_place(checkout: Path, name: str) -> None:
    launch.make(checkout, "demo", Steps(checkout))
    (checkout / name).write_text("changed", encoding="utf-8")
    assert not launch.is_made(checkout, "demo")
    steps = Steps(checkout)
    assert launch.make(checkout, "demo", steps)
    assert not any("venv" in command for command in steps.asked)
    assert launch.is_made(checkout, "demo")


def test_another_python_makes_it_from_nothing(checkout: Path) -> None:
    launch.make(checkout, "demo", Steps(checkout))
    (checkout / ".venv" / "pyvenv.cfg").write_text("version = 3.9.2\n", encoding="utf-8")
    (checkout / "pyproject.toml").write_text("changed", encoding="utf-8")
    steps = Steps(checkout)
    assert launch.make(checkout, "demo", steps)
    assert "venv" in steps.asked[0]


@pytest.mark.parametrize("fail_at", [0, 1, 2, 3])
def test_an_interrupted_making_is_repaired_by_the_next_start(
    checkout: Path, fail_at: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not launch.make(checkout, "demo", Steps(checkout, fail_at))
    assert "could not be prepared" in capsys.readouterr().err
    assert not launch.is_made(checkout, "demo")
    steps = Steps(checkout)
    assert launch.make(checkout, "demo", steps)
    assert "venv" in steps.asked[0]
    assert launch.is_made(checkout, "demo")


def test_what_tests_need_is_enough_for_the_program_and_not_the_other_way(checkout: Path) -> None:
    launch.make(checkout, "dev", Steps(checkout))
    assert launch.is_made(checkout, "demo")
    shutil.rmtree(checkout / ".venv")
    launch.make(checkout, "demo", Steps(checkout))
    assert not launch.is_made(checkout, "dev")


def test_a_moved_checkout_makes_it_anew(checkout: Path) -> None:
    launch.make(checkout, "demo", Steps(checkout))
    moved = checkout.rename(checkout.with_name("elsewhere"))
    assert not launch.is_made(moved, "demo")


@pytest.mark.skipif(sys.platform == "win32", reason="the lock is another one there")
def test_a_second_start_waits_for_the_first(checkout: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tools import launch\n"
        "with launch.alone(Path(sys.argv[1])): print('in', flush=True)"
    )
    with launch.alone(checkout):
        second = subprocess.Popen(
            [sys.executable, "-c", code, str(checkout)],
            cwd=ROOT,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "waiting for it" in second.stderr.readline()
        assert second.poll() is None
    said, _ = second.communicate(timeout=10)
    assert said == "in\n"


def test_missing_libraries_are_named_as_one_package_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "apt-get" else None)
    gone = {"libEGL.so.1", "libxcb-cursor.so.0"}
    missing = launch.missing_libraries(x11=True, loads=lambda name: name not in gone)
    assert launch.package_line(missing) == "sudo apt-get install libegl1 libxcb-cursor0"
    assert launch.missing_libraries(x11=False, loads=lambda name: name != "libxcb-cursor.so.0") == []
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "dnf" else None)
    assert launch.package_line(missing) == "sudo dnf install libglvnd-egl xcb-util-cursor"


def test_a_python_that_cannot_make_environments_names_its_package(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "apt-get" else None)
    assert not launch.make(checkout, "demo", Steps(checkout))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"sudo apt-get install python{version}-venv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "sentence"), [("C.UTF-8", "There is no display"), ("ru_RU.UTF-8", "Здесь нет экрана")]
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_a_demo_without_a_display_names_the_way_without_one(language: str, sentence: str) -> None:
    surroundings = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    done = subprocess.run(
        [str(ROOT / "run"), "demo"],
        env={**surroundings, "LC_ALL": language},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "./run demo --offscreen out" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="run.cmd does it there")
def test_alone_it_tells_its_use_and_a_wrong_word_is_named() -> None:
    surroundings = {**os.environ, "LC_ALL": "C.UTF-8"}
    plain = subprocess.run([str(ROOT / "run")], capture_output=True, encoding="utf-8", check=False, env=surroundings)
    assert (plain.returncode, plain.stdout) == (0, "")
    assert "./run demo" in plain.stderr
    wrong = subprocess.run(
        [str(ROOT / "run"), "oops"], capture_output=True, encoding="utf-8", check=False, env=surroundings
    )
    assert wrong.returncode == 2
    assert "«oops»" in wrong.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="run.cmd does it there")
def test_without_a_new_enough_python_the_line_that_installs_it_is_said(tmp_path: Path) -> None:
    for name in ("dirname", "apt-get"):
        (tmp_path / name).symlink_to(shutil.which(name) or "/bin/true")
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "run"), "demo"],
        env={"PATH": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "found: Python 3.9.2" in done.stderr
    assert "sudo apt-get install python3.11 python3.11-venv" in done.stderr


@pytest.mark.parametrize("name", ["requirements-demo.lock", "requirements-dev.lock"])
def test_the_locks_fix_every_package_by_hash_and_name_no_address(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if "==" in line]
    assert len(packages) > 30
    assert all(line.endswith("\\") for line in packages)
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    assert {"hatchling", "editables"} <= {line.partition("==")[0] for line in packages}


def test_the_program_s_lock_is_part_of_the_one_for_development() -> None:
    def packages(name: str) -> set[str]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.partition(" ")[0] for line in lines if "==" in line}

    assert packages("requirements-demo.lock") <= packages("requirements-dev.lock")


def test_the_version_is_told_without_qt_or_the_database_layer() -> None:
    code = (
        "import sys; sys.argv = ['crosssell', '--version']; from crosssell_desktop.__main__ import main; main();"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] in {'PySide6', 'sqlalchemy', 'click'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    version, heavy = done.stdout.splitlines()
    assert version.startswith("crosssell ")
    assert heavy == "[]"


@pytest.mark.parametrize(
    ("options", "on_two"),
    [
        ([], True),
        (["--cov=crosssell_desktop.ledger", "--durations=15", "-q"], True),
        (["tests/store"], False),
        (["-k", "money"], False),
        (["-n0"], False),
        (["--pdb"], False),
    ],
)
def test_the_whole_run_goes_on_two_processors_and_a_part_on_one(options: list[str], on_two: bool) -> None:  # noqa: FBT001
    assert bool(launch.side_by_side(options)) is on_two
