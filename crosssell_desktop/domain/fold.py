"""Folds names, phones and mistyped layouts into the one form in which they are compared and found.

Law: whatever is written into a search index and whatever is looked up in it goes through here, so that the two
can never differ.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
CYRILLIC_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC = str.maketrans(LATIN_KEYS + '~{}:"<>', CYRILLIC_KEYS + "ёхъжэбю")
_TO_LATIN = str.maketrans(CYRILLIC_KEYS + '"', LATIN_KEYS + "@")
"""On the Russian layout the key of ``@`` gives a quotation mark."""
_APOSTROPHES = re.compile("['’ʼ`´]")
_NO_WORD = re.compile(r"[\W_]+")
_NO_DIGIT = re.compile("[^0-9]+")
_MARKED_LATIN = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")

RUSSIAN_NATIONAL_DIGITS = 10
RUSSIAN_DIGITS = 11
TAIL_DIGITS = 4


def fold(text: str) -> str:
    """Return a name as it is compared: NFC, lower case, ё as е, hyphens and other marks as one space.

    >>> fold("  Салтыков-Щедрин  Пётр ")
    'салтыков щедрин петр'
    """
    plain = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    return _NO_WORD.sub(" ", _APOSTROPHES.sub("", plain)).strip()


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, in order."""
    return tuple(fold(text).split())


@lru_cache(maxsize=10_000)
def found_words(text: str) -> tuple[str, ...]:
    """Return the words by which a person is found: folded, and Latin letters without their marks.

    >>> found_words("Müller-Łuczak Jiří")
    ('muller', 'łuczak', 'jiri')
    """
    folded = fold(text)
    if _MARKED_LATIN.search(folded):
        folded = _MARKED_LATIN.sub(lambda found: unicodedata.normalize("NFKD", found[0])[0], folded)
    return tuple(folded.split())


def digits(text: str) -> str:
    """Return only the ASCII digits of a text."""
    return _NO_DIGIT.sub("", text)


def phone_digits(text: str) -> str:
    """Return a phone as its international digits without the plus; empty when there are none.

    Russian habits are understood: a leading 8 of eleven digits is 7, ten digits get the 7 before them.

    >>> phone_digits("8 (916) 123-45-67"), phone_digits("+7 916 1234567"), phone_digits("916 123 45 67")
    ('79161234567', '79161234567', '79161234567')
    """
    found = digits(text)
    if text.lstrip().startswith("+"):
        return found
    if len(found) == RUSSIAN_DIGITS and found[0] == "8":
        return "7" + found[1:]
    if len(found) == RUSSIAN_NATIONAL_DIGITS:
        return "7" + found
    return found


def tail(phone: str) -> str:
    """Return the last four digits, by which a customer is asked to name the phone."""
    return digits(phone)[-TAIL_DIGITS:]


def other_layout(text: str) -> str:
    """Return what was meant when the keyboard stood in the other of the two layouts.

    >>> other_layout("bdfyjd"), other_layout("дщпшеуср")
    ('иванов', 'logitech')
    """
    low = unicodedata.normalize("NFC", text).lower()
    if any("а" <= c <= "я" or c == "ё" for c in low):
        return low.translate(_TO_LATIN)
    return low.translate(_TO_CYRILLIC)
