"""The check digits of a Russian taxpayer number: ten digits of an organisation, twelve of a person."""

from __future__ import annotations

_OF_TEN = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_OF_TWELVE = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_LAST_OF_TWELVE = (3, *_OF_TWELVE)


def is_inn(text: str) -> bool:
    """Say whether a text is a taxpayer number with right check digits.

    >>> is_inn("7707083893"), is_inn("7707083894"), is_inn("500100732259"), is_inn("770708389")
    (True, False, True, False)
    """
    if not (text.isascii() and text.isdecimal()) or set(text) == {"0"}:
        return False
    if len(text) == len(_OF_TEN) + 1:
        return _digit(text, _OF_TEN) == text[9]
    if len(text) == len(_LAST_OF_TWELVE) + 1:
        return _digit(text, _OF_TWELVE) + _digit(text, _LAST_OF_TWELVE) == text[10:]
    return False


def _digit(text: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(d) * w for d, w in zip(text, weights, strict=False)) % 11 % 10)
