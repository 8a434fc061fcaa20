"""Writes a word of either alphabet the one way in which its spellings agree: Юлия, Yulia, Iuliia, Julia.

Law: no guess of a language. What two spellings of one Russian name differ in is dropped, and so two different names
may share a sound; it finds, it never proves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = str.maketrans(
    {
        "а": "a",
        "б": "b",
        "в": "v",
        "г": "g",
        "ґ": "g",
        "д": "d",
        "е": "e",
        "ё": "e",
        "є": "e",
        "ж": "zh",
        "з": "z",
        "и": "i",
        "і": "i",
        "ї": "i",
        "й": "i",
        "к": "k",
        "л": "l",
        "м": "m",
        "н": "n",
        "о": "o",
        "п": "p",
        "р": "r",
        "с": "s",
        "т": "t",
        "у": "u",
        "ў": "u",
        "ф": "f",
        "х": "h",
        "ц": "c",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ъ": "",
        "ы": "i",
        "ь": "",
        "э": "e",
        "ю": "iu",
        "я": "ia",
    }
)
_SAME: tuple[tuple[str, str], ...] = (
    ("shch", "sh"),
    ("sch", "sh"),
    ("kh", "h"),
    ("ts", "c"),
    ("tz", "c"),
    ("ph", "f"),
    ("ck", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("q", "k"),
    ("y", "i"),
    ("j", "i"),
    ("io", "e"),
    ("ie", "e"),
)
"""Ways to write one Russian sound in Latin letters; the order matters."""

_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Return the sound of a folded word.

    >>> sound("юлия"), sound("yulia"), sound("iuliia"), sound("щербаков"), sound("shcherbakov")
    ('iulia', 'iulia', 'iulia', 'sherbakov', 'sherbakov')
    """
    made = "".join(c for c in unicodedata.normalize("NFKD", word.translate(_CYRILLIC)) if not unicodedata.combining(c))
    for written, meant in _SAME:
        made = made.replace(written, meant)
    return _DOUBLED.sub(r"\1", made)
