"""A profile as commands leave it: products, past sales and what was learned from them; each test has its own copy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crosssell_desktop.cli.main import cli
from crosssell_desktop.cli.starters import Starters
from crosssell_desktop.system.paths import Profile, open_profile

NO_KEYRING = "keyring.backends.fail.Keyring"


@dataclass
class Terminal:
    """Runs commands on one profile, as a person types them."""

    profile: Profile

    def run(self, *arguments: str, typed: str = "") -> Result:
        """Run a command; the profile is named for it."""
        starters = Starters(open_window=lambda _: 0, open_demo=lambda *_: 0, play_demo=lambda *_: 0)
        line = [*arguments, "--profile", str(self.profile.root)]
        return CliRunner().invoke(cli, line, obj={"starters": starters}, input=typed)

    def told(self, *arguments: str, exit_code: int = 0) -> dict[str, Any]:
        """Run a command with ``--json`` and return the one object it prints."""
        done = self.run(*arguments, "--json")
        assert done.exit_code == exit_code, done.output
        rows = done.stdout.splitlines()
        assert len(rows) == 1, done.stdout
        found = json.loads(rows[0])
        assert isinstance(found, dict)
        return found


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", NO_KEYRING)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def empty(quiet: None, tmp_path: Path) -> Terminal:
    return Terminal(open_profile(tmp_path / "пустая касса"))


@pytest.fixture(scope="session")
def learned_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned")
    products = folder / "products.csv"
    products.write_text(
        "sku;name;price\n" + "".join(f"{sku};{name};{price}\n" for sku, name, price in _PRODUCTS), encoding="utf-8"
    )
    sales = folder / "sales.csv"
    rows = [
        f"R{number};2026-01-{number % 27 + 1:02} 12:00;{sku};1;100\n"
        for number in range(200)
        for sku in (("CAM", "CARD") if number % 4 else ("CAM",) if number % 8 else ("BAG",))
    ]
    sales.write_text("receipt;date;sku;qty;amount\n" + "".join(rows), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_KEYRING_BACKEND", NO_KEYRING)
        terminal = Terminal(open_profile(folder / "profile"))
        assert terminal.told("import", "products", str(products))["added"] == len(_PRODUCTS)
        assert terminal.told("import", "sales", str(sales))["refused"] == 0
        assert terminal.told("learn")["receipts"] == 200
    return folder


_PRODUCTS = (("CAM", "Camera", "1000"), ("CARD", "Memory card", "100"), ("BAG", "Bag", "300"))


@pytest.fixture
def learned(quiet: None, learned_profile: Path, tmp_path: Path) -> Terminal:
    """A profile with three products, 200 receipts and a model; the key lies beside it."""
    shutil.copytree(learned_profile / "profile", tmp_path / "profile")
    shutil.copy(learned_profile / "profile.key", tmp_path / "profile.key")
    return Terminal(open_profile(tmp_path / "profile"))


@pytest.fixture
def bytes_of(learned: Terminal) -> Callable[[], bytes]:
    """The database as it lies on the disk, to see that nothing was touched."""
    return learned.profile.database.read_bytes
