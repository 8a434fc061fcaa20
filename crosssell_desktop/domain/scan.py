"""Tells a scanner's burst of keys from typing, and reads the code it carries; pure, with the time handed in.

Law: one burst gives exactly one code; a person's typing never becomes a code (domain rules, section 5 "Scanner").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Suffix = Literal["enter", "tab", "none"]

GS = "\x1d"
"""The group separator of GS1 codes; scanners send it as Ctrl+]."""

_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ№"
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~#"
_BACK = str.maketrans(_RUSSIAN, _LATIN)
_RUSSIAN_DIGIT_ROW = str.maketrans({'"': "@", ";": "$", ":": "^", "?": "&"})


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """How the shop's scanner types; times in milliseconds."""

    prefix: str = ""
    suffix: Suffix = "enter"
    min_length: int = 6
    mean_gap_ms: int = 35
    max_gap_ms: int = 100
    idle_ms: int = 150


@dataclass(slots=True)
class ScanRecogniser:
    """Collects keys with their times and decides when they are a scan.

    ``press`` takes each printable key, ``finish`` the terminator; both times come from one monotonic clock.
    """

    settings: ScannerSettings = field(default_factory=ScannerSettings)
    _keys: list[str] = field(default_factory=list)
    _first_ms: int = 0
    _last_ms: int = 0

    @property
    def length(self) -> int:
        """How many keys the present run has."""
        return len(self._keys)

    def press(self, char: str, at_ms: int) -> bool:
        """Take one key; return False when it begins a new run (whatever came before was typing)."""
        continues = bool(self._keys) and 0 <= at_ms - self._last_ms <= self.settings.max_gap_ms
        if not continues:
            self._keys.clear()
            self._first_ms = at_ms
        self._keys.append(char)
        self._last_ms = at_ms
        return continues

    def finish(self, at_ms: int) -> str | None:
        """Take the terminator: return the code when the run was a scan, else None; the run is over."""
        on_time = 0 <= at_ms - self._last_ms <= self.settings.max_gap_ms
        code = self._code() if on_time else None
        self._keys.clear()
        return code

    def idle(self, at_ms: int) -> str | None:
        """Say that no key came: after the idle time the run ends, and is a scan if no terminator is expected."""
        if not self._keys or at_ms - self._last_ms < self.settings.idle_ms:
            return None
        code = self._code() if self.settings.suffix == "none" else None
        self._keys.clear()
        return code

    def reset(self) -> None:
        """Forget the present run."""
        self._keys.clear()

    def _code(self) -> str | None:
        text = "".join(self._keys)
        if self.settings.prefix and text.startswith(self.settings.prefix):
            text = text[len(self.settings.prefix) :]
        if len(text) < self.settings.min_length:
            return None
        gaps = len(self._keys) - 1
        if self._last_ms - self._first_ms > self.settings.mean_gap_ms * gaps:
            return None
        return to_latin_layout(text)


def to_latin_layout(text: str) -> str:
    """Undo a Russian keyboard layout in a scanned code; a code without Cyrillic comes back as it is.

    >>> to_latin_layout("дз-у17"), to_latin_layout("4607001771562")
    ('lp-e17', '4607001771562')
    """
    if not any("а" <= char.lower() <= "я" or char in "ёЁ" for char in text):
        return text
    return text.translate(_RUSSIAN_DIGIT_ROW).translate(_BACK)
