"""Reads and writes the settings of this machine, a TOML file in the profile; one field is one setting.

Business settings (rates, limits, windows) are not here: they travel with the shop and live in the database.
No secret is ever a setting.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.text import N_, Text

Value = str | int | bool
"""What a setting holds."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What one setting may be: its name in the file, what a person reads beside it, and its limits."""

    key: str
    """``section.name`` as in the file."""
    label: str
    """A message id."""
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


def _declare(
    key: str, label: str, *, choices: tuple[str, ...] = (), least: int | None = None, most: int | None = None
) -> dict[str, Declared]:
    return {"declared": Declared(key, label, choices, least, most)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSettings:
    """The settings of this machine with their defaults."""

    language: str = field(
        default="auto", metadata=_declare("look.language", N_("Language"), choices=("auto", "ru", "en"))
    )
    theme: str = field(
        default="system",
        metadata=_declare("look.theme", N_("Colours"), choices=("system", "light", "dark", "contrast")),
    )
    idle_lock_s: int = field(
        default=120, metadata=_declare("safety.idle_lock_s", N_("Lock after idle seconds"), least=15, most=900)
    )
    scanner_prefix: str = field(default="", metadata=_declare("scanner.prefix", N_("Scanner prefix")))
    scanner_suffix: str = field(
        default="enter", metadata=_declare("scanner.suffix", N_("Scanner suffix"), choices=("enter", "tab", "none"))
    )
    scanner_gap_ms: int = field(
        default=35, metadata=_declare("scanner.gap_ms", N_("Longest gap in a scan, ms"), least=5, most=200)
    )
    printer: str = field(default="", metadata=_declare("printing.printer", N_("Report printer")))
    receipt_printer: str = field(default="", metadata=_declare("printing.receipt_printer", N_("Receipt printer")))
    receipt_codepage: int = field(
        default=17, metadata=_declare("printing.receipt_codepage", N_("Receipt printer code page"), least=0, most=255)
    )
    centre_host: str = field(default="", metadata=_declare("centre.host", N_("Central server")))
    centre_port: int = field(
        default=5432, metadata=_declare("centre.port", N_("Port of the central server"), least=1, most=65_535)
    )
    centre_database: str = field(default="crosssell", metadata=_declare("centre.database", N_("Central database")))
    centre_role: str = field(default="", metadata=_declare("centre.role", N_("Name of this counter at the centre")))
    centre_ca_file: str = field(
        default="", metadata=_declare("centre.ca_file", N_("Certificate of the central server's authority"))
    )
    exchange_every_s: int = field(
        default=15, metadata=_declare("centre.exchange_every_s", N_("Seconds between exchanges"), least=1, most=3600)
    )


DECLARED: Mapping[str, Declared] = {
    item.name: cast("Declared", item.metadata["declared"]) for item in dataclasses.fields(MachineSettings)
}
"""Every setting by field name: what the settings screen lists."""

_FIELD_BY_KEY = {declared.key: name for name, declared in DECLARED.items()}
_DEFAULTS = MachineSettings()


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What the file said: the settings, and the keys this program does not know, kept when it is written again."""

    settings: MachineSettings
    unknown: Mapping[str, Value]


def load_settings(path: Path) -> LoadedSettings:
    """Read the settings; a missing file means the defaults.

    Raises:
        Refusal: ``settings_unreadable`` for a file that is not TOML, ``setting_invalid`` for a value out of its limits;
            each names the place.
        EnvironmentTrouble: ``settings_unreadable`` if the file cannot be read at all.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LoadedSettings(_DEFAULTS, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        text = Text(
            N_("The settings file {file} is damaged ({reason}). Mend it, or delete it to begin with the defaults."),
            {"file": str(path), "reason": str(error)},
        )
        raise Refusal("settings_unreadable", text) from error
    except OSError as error:
        text = Text(
            N_("The settings file {file} cannot be read: {reason}."),
            {"file": str(path), "reason": error.strerror or type(error).__name__},
        )
        raise EnvironmentTrouble("settings_unreadable", text) from error
    known: dict[str, Value] = {}
    unknown: dict[str, Value] = {}
    for key, value in _flatten(document):
        name = _FIELD_BY_KEY.get(key)
        if name is None:
            unknown[key] = value
        else:
            known[name] = _checked(DECLARED[name], value, getattr(_DEFAULTS, name))
    return LoadedSettings(dataclasses.replace(_DEFAULTS, **known), unknown)  # type: ignore[arg-type]  # checked above


def change_settings(settings: MachineSettings, **changes: Value) -> MachineSettings:
    """Return the settings with some values changed.

    Raises:
        Refusal: ``setting_invalid`` for a value out of its limits.
        KeyError: for a name that is no setting.
    """
    checked = {name: _checked(DECLARED[name], value, getattr(_DEFAULTS, name)) for name, value in changes.items()}
    return dataclasses.replace(settings, **checked)  # type: ignore[arg-type]  # checked above


def save_settings(path: Path, settings: MachineSettings, unknown: Mapping[str, Value] | None = None) -> None:
    """Write the settings that differ from the defaults, and the unknown ones; whole or not at all.

    Raises:
        EnvironmentTrouble: ``settings_unwritable``; the old file is still there.
    """
    values: dict[str, Value] = dict(unknown or {})
    for name, declared in DECLARED.items():
        value: Value = getattr(settings, name)
        if value != getattr(_DEFAULTS, name):
            values[declared.key] = value
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.write(to_toml(values))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        text = Text(
            N_("The settings could not be saved to {file}: {reason}. The old settings stay."),
            {"file": str(path), "reason": error.strerror or type(error).__name__},
        )
        raise EnvironmentTrouble("settings_unwritable", text) from error


def to_toml(values: Mapping[str, Value]) -> str:
    """Return dotted keys and their values as a TOML document with one table per section, in sorted order."""
    sections: dict[str, list[str]] = {}
    for key in sorted(values):
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(f"{_toml_key(name)} = {_toml_value(values[key])}")
    parts = []
    for section, lines in sorted(sections.items()):
        head = [f"[{'.'.join(_toml_key(part) for part in section.split('.'))}]"] if section else []
        parts.append("\n".join([*head, *lines]))
    return "\n\n".join(parts) + "\n" if parts else ""


def _toml_key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _toml_string(name)


def _toml_value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _toml_string(value)


_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def _toml_string(value: str) -> str:
    control = {chr(n): f"\\u{n:04x}" for n in (*range(0x20), 0x7F)}
    return '"' + "".join(_SHORT_ESCAPES.get(c) or control.get(c, c) for c in value) + '"'


def _flatten(document: Mapping[str, object], prefix: str = "") -> list[tuple[str, Value]]:
    found: list[tuple[str, Value]] = []
    for name, value in document.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            found += _flatten(value, f"{key}.")
        elif isinstance(value, str | int | bool):
            found.append((key, value))
        else:
            raise _invalid(key, value)
    return found


def _checked(declared: Declared, value: Value, default: Value) -> Value:
    good = type(value) is type(default)
    if isinstance(value, str) and declared.choices:
        good = good and value in declared.choices
    if isinstance(value, int) and not isinstance(value, bool):
        good = good and (declared.least is None or value >= declared.least)
        good = good and (declared.most is None or value <= declared.most)
    if not good:
        raise _invalid(declared.key, value, declared)
    return value


def _invalid(key: str, value: object, declared: Declared | None = None) -> Refusal:
    values: dict[str, object] = {"key": key, "value": str(value)[:80]}
    if declared is not None and declared.choices:
        values["allowed"] = ", ".join(declared.choices)
        text = Text(N_("The setting {key} cannot be «{value}»; it is one of: {allowed}."), values)
    elif declared is not None and declared.least is not None:
        values |= {"least": declared.least, "most": declared.most}
        text = Text(N_("The setting {key} cannot be «{value}»; it is a number from {least} to {most}."), values)
    else:
        text = Text(N_("The setting {key} cannot be «{value}»."), values)
    return Refusal("setting_invalid", text)
