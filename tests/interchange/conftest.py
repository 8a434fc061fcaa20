"""An empty enrolled database and a shop that imports into it, speaking English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crosssell_desktop.domain.text import Language, Text
from crosssell_desktop.interchange.import_tables import Shop
from crosssell_desktop.services.founding import found_alone
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import open_database

if TYPE_CHECKING:
    from crosssell_desktop.domain.clock import Clock
    from crosssell_desktop.domain.ids import IdSource


class English:
    """Says texts as they stand."""

    language: Language = "en"

    def say(self, text: Text) -> str:
        """Return the text with its values."""
        return str(text)

    def gettext(self, message: str) -> str:
        """Return the message."""
        return message

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return one of the two."""
        return singular if n == 1 else plural


@pytest.fixture
def database(tmp_path: Path, clock: Clock, ids: IdSource) -> Iterator[Database]:
    opened = open_database(tmp_path / "shop.db", b"k" * 32, create=True)
    found_alone(opened, clock, ids)
    yield opened
    opened.close()


@pytest.fixture
def shop(database: Database, clock: Clock, ids: IdSource) -> Shop:
    return Shop(database, clock, ids, English())
