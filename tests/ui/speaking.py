"""A translator for tests that reads the .po files themselves, so no compiled catalogue is needed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from crosssell_desktop.domain.text import Language, Text


@cache
def _russian() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in files("crosssell_desktop").joinpath("resources", "locale", "ru").iterdir():
        if path.name.endswith(".po"):
            with path.open("rb") as file:
                for entry in read_po(file):
                    if isinstance(entry.id, tuple):
                        found["\0".join(entry.id)] = tuple(str(form) for form in entry.string or ())
                    elif entry.id:
                        found[str(entry.id)] = (str(entry.string),)
    return found


SAMPLE_WORDS = {
    "Fits": "Подходит",
    "Spare": "Запас",
    "Enhances": "Усиливает",
    "Protects": "Защита",
    "waiting": "ждёт ответа",
    "accepted": "принят",
    "became an assist": "засчитан",
    "consultant": "консультант",
    "cashier": "кассир",
    "shift supervisor": "старший смены",
    "Receipts": "Чеков",
    "Sales": "Продажи",
    "Assists": "Передачи с голом",
    "Receipts with an add-on": "Чеков с допродажей",
    "Returns": "Возвраты",
    "In stock: {n}": "На складе: {n}",
    "The disk is full": "Диск заполнен",
    "3 do not fit, 1 is owned already, 2 have no proof": "3 не подходят, 1 уже есть, 2 без доказательств",
}
"""Words of other packages that stand in the invented states."""


def _form(n: int) -> int:
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2


class Speaker:
    """Says texts from the catalogues of the checkout; remembers what it could not say."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.missing: set[str] = set()

    def say(self, text: Text) -> str:
        said = {name: self.say(value) if isinstance(value, Text) else value for name, value in text.values.items()}
        if text.plural is None:
            return self.gettext(text.message).format(**said)
        return self.ngettext(text.message, text.plural, text.count or 0).format(**said)

    def gettext(self, message: str) -> str:
        if self.language == "en" or not message:
            return message
        if message in SAMPLE_WORDS:
            return SAMPLE_WORDS[message]
        if message not in _russian():
            self.missing.add(message)
            return message
        return _russian()[message][0]

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        if self.language == "en":
            return singular if n == 1 else plural
        key = f"{singular}\0{plural}"
        if key not in _russian():
            self.missing.add(key)
            return singular if n == 1 else plural
        return _russian()[key][_form(abs(n))]
