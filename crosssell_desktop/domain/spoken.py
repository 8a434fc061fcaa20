"""Typed values inside a :class:`Text`, so that a sentence keeps its numbers until it has a language.

A pure package writes ``Text(N_("pool {pool}"), {"pool": MoneyValue(11157)})``; :func:`speak` turns every
value into the reader's form and hands the text to the translator; :func:`pack` and :func:`unpack`
keep it in a database column without loss.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from crosssell_desktop.domain import format as forms
from crosssell_desktop.domain.text import Language, Text, Translator


@dataclass(frozen=True, slots=True)
class MoneyValue:
    """An amount in kopecks; ``signed`` shows a plus too."""

    minor: int
    signed: bool = False

    def __str__(self) -> str:
        return forms.money(self.minor, "en", plus=self.signed)


@dataclass(frozen=True, slots=True)
class ShareValue:
    """A share in basis points, shown exactly."""

    bps: int

    def __str__(self) -> str:
        return forms.share(self.bps, "en")


@dataclass(frozen=True, slots=True)
class DayValue:
    """The day of a moment, shown without its year in the shop's time zone."""

    at_ms: int

    def __str__(self) -> str:
        return forms.day_and_month(self.at_ms, "en")


@dataclass(frozen=True, slots=True)
class PersonValue:
    """A person by id; the reader's side knows the name."""

    person_id: UUID

    def __str__(self) -> str:
        return self.person_id.hex[:8]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who reads: the translator, the shop's time zone, and the names of people by id."""

    translator: Translator
    utc_offset_minutes: int = 0
    names: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.translator.language


def _value(value: object, voice: Voice) -> object:  # noqa: PLR0911  # one line for one type
    match value:
        case MoneyValue():
            return forms.money(value.minor, voice.language, plus=value.signed)
        case ShareValue():
            return forms.share(value.bps, voice.language)
        case DayValue():
            return forms.day_and_month(value.at_ms, voice.language, voice.utc_offset_minutes)
        case PersonValue():
            return voice.names.get(value.person_id, str(value))
        case Text():
            return speak(value, voice)
        case bool():
            return value
        case int():
            return forms.whole(value, voice.language)
        case _:
            return value


def speak(text: Text, voice: Voice) -> str:
    """Say a text with its typed values in the reader's language, time zone and names."""
    values = {name: _value(value, voice) for name, value in text.values.items()}
    return voice.translator.say(Text(text.message, values, text.plural, text.count))


def pack(text: Text) -> str:
    """Return a text as JSON that :func:`unpack` reads back equal.

    Raises:
        TypeError: for a value that is neither typed here nor text nor a whole number.
    """
    return json.dumps(_packed(text), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def unpack(packed: str) -> Text:
    """Read a text that :func:`pack` wrote.

    Raises:
        ValueError: if it is not such a text.
    """
    text = _unpacked(json.loads(packed))
    if not isinstance(text, Text):
        msg = "not a packed text"
        raise ValueError(msg)  # noqa: TRY004  # a wrong content, not a wrong type handed in
    return text


def _packed(value: object) -> object:
    match value:
        case Text():
            values = {name: _packed(item) for name, item in value.values.items()}
            return {"text": value.message, "values": values, "plural": value.plural, "count": value.count}
        case MoneyValue():
            return {"money": value.minor, "signed": value.signed}
        case ShareValue():
            return {"share": value.bps}
        case DayValue():
            return {"day": value.at_ms}
        case PersonValue():
            return {"person": value.person_id.hex}
        case str() | int():
            return value
        case _:
            msg = f"{type(value).__name__} cannot be kept in a text"
            raise TypeError(msg)


def _unpacked(value: object) -> object:
    match value:
        case {"text": str(message), "values": dict(values), "plural": plural, "count": count}:
            return Text(message, {name: _unpacked(item) for name, item in values.items()}, plural, count)
        case {"money": int(minor), "signed": bool(signed)}:
            return MoneyValue(minor, signed)
        case {"share": int(bps)}:
            return ShareValue(bps)
        case {"day": int(at_ms)}:
            return DayValue(at_ms)
        case {"person": str(person)}:
            return PersonValue(UUID(person))
        case str() | int():
            return value
        case _:
            msg = "not a packed text"
            raise ValueError(msg)
