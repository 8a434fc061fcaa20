"""Settings of the machine are read, checked and written whole."""

from __future__ import annotations

import dataclasses
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.system.settings import (
    DECLARED,
    MachineSettings,
    change_settings,
    load_settings,
    save_settings,
    to_toml,
)


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml").settings == MachineSettings()


def test_what_is_saved_is_read_again_with_unknown_keys_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    settings = change_settings(MachineSettings(), language="ru", scanner_gap_ms=50, printer='Касса "1"\n')
    save_settings(path, settings, {"future.colour": "blue"})
    loaded = load_settings(path)
    assert loaded.settings == settings
    assert loaded.unknown == {"future.colour": "blue"}
    assert [item.name for item in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('look.language = "de"', "look.language"),
        ("scanner.gap_ms = 1", "from 5 to 200"),
        ('scanner.gap_ms = "35"', "scanner.gap_ms"),
        ("safety.idle_lock_s = true", "safety.idle_lock_s"),
        ("look.theme = 1.5", "look.theme"),
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        load_settings(path)
    assert refused.value.code == "setting_invalid"
    assert message in str(refused.value.text)


@pytest.mark.parametrize("content", [b"look = [", b"\xff\xfe"])
def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        load_settings(path)
    assert refused.value.code == "settings_unreadable"
    assert str(path) in str(refused.value.text)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's full disk")
def test_a_full_disk_leaves_the_old_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save_settings(path, change_settings(MachineSettings(), language="ru"))
    (tmp_path / "settings.toml.new").symlink_to("/dev/full")
    with pytest.raises(EnvironmentTrouble) as refused:
        save_settings(path, change_settings(MachineSettings(), language="en"))
    assert refused.value.code == "settings_unwritable"
    assert load_settings(path).settings.language == "ru"


def test_every_setting_is_declared_once_with_a_section_and_a_default_inside_its_limits() -> None:
    keys = [declared.key for declared in DECLARED.values()]
    assert len(set(keys)) == len(keys)
    for item in dataclasses.fields(MachineSettings):
        assert "." in DECLARED[item.name].key
        assert (
            change_settings(MachineSettings(), **{item.name: getattr(MachineSettings(), item.name)})
            == MachineSettings()
        )


_NAMES = st.text(min_size=1, max_size=8).filter(lambda name: "." not in name)


@given(
    st.dictionaries(
        st.tuples(_NAMES, _NAMES).map(".".join),
        st.text() | st.booleans() | st.integers(min_value=-(2**63), max_value=2**63 - 1),
        max_size=6,
    )
)
def test_any_scalar_comes_back_from_our_toml_as_it_was(values: dict[str, str | int | bool]) -> None:
    read = tomllib.loads(to_toml(values))
    assert {f"{section}.{name}": v for section, table in read.items() for name, v in table.items()} == values
