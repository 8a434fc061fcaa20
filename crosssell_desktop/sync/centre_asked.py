"""What a counter asks the centre about personal data beside the exchange; each call is short and waits for the net."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, LiteralString, cast

import psycopg

from crosssell_desktop.sync.link import BatchRefused, CentreAway, Link
from crosssell_desktop.sync.transport import connect, told


def looks_of(link: Link, wanted: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return rows of the access log: of every counter for the office, its own for a counter.

    Raises:
        CentreAway, AccessRefused: see :mod:`crosssell_desktop.sync.link`.
    """
    return cast(
        "list[dict[str, Any]]", json.loads(_ask(link, "SELECT sync.sync_access(%s::jsonb)", json.dumps(wanted)))
    )


def _ask(link: Link, query: LiteralString, value: str) -> str:
    with connect(link) as connection:
        try:
            row = connection.execute(query, (value,)).fetchone()
        except psycopg.Error as error:
            meaning = told(error)
            raise (CentreAway(str(meaning)) if isinstance(meaning, BatchRefused) else meaning) from error
    if row is None:
        msg = "the centre gave no answer row"
        raise CentreAway(msg)
    return str(row[0])
