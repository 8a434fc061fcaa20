"""Rows for the simulator: whole, valid, and made from the seed alone."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.ids import uuid7
from crosssell_desktop.store.schema import metadata
from crosssell_desktop.store.schema.base import canonical_json
from crosssell_desktop.sync.centre_ddl import kind_of, travelling_columns

Row = dict[str, Any]


class SeededIds:
    """Ids from the seed; the time in them comes from the counter's own, possibly wrong, clock."""

    def __init__(self, chance: random.Random, clock: SimClock) -> None:
        self._chance = chance
        self._clock = clock

    def new(self) -> UUID:
        return uuid7(self._clock.at_ms % (1 << 48), self._chance.getrandbits(80))


class SimClock:
    """A counter's clock: it moves a little at every look, and jumps when the schedule says so."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        self.at_ms += 1
        return self.at_ms


def whole(table: str, ids: SeededIds, **given: Any) -> Row:  # noqa: ANN401  # any column
    """Return a row with what is given, and something valid in every other column."""
    made: Row = {}
    for column in metadata.tables[table].columns:
        if column.name == "no":
            continue
        if column.name in given:
            made[column.name] = given[column.name]
        elif column.nullable:
            made[column.name] = None
        else:
            kind = type(column.type).__name__
            made[column.name] = (
                ids.new() if kind == "Id" else {"Int": 0, "Flag": False, "Json": {"b": [1]}}.get(kind, "слова")
            )
    return made


def canonical(table: str, body: Row) -> str:
    """Return a travelling row as ``store.exchange_rows.contents`` gives it."""
    kept: Row = {}
    for column in travelling_columns(table):
        value = body.get(column.name)
        if value is None and column.server_default is not None:
            value = 0
        kept[column.name] = bool(value) if kind_of(column) == "Flag" and value is not None else value
    return canonical_json(kept)
