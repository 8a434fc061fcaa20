"""One PostgreSQL for the session, a fresh centre for every test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosssell_desktop.store.opening import open_database
from crosssell_desktop.sync import centre, centre_server
from crosssell_desktop.sync.centre import CursorScheme
from crosssell_desktop.sync.centre_server import CentreServer
from tests.sync.kit import KEY, MakeShop, Shop, remove

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreServer]:
    running = centre_server.start(tmp_path_factory.mktemp("centre") / "pg", throw_away=True)
    yield running
    running.stop()
    remove(running.folder)


@pytest.fixture(scope="session")
def template_url(server: CentreServer) -> str:
    """Make the centre every test's centre is a copy of; ``CROSSSELL_CURSOR=sequencer`` runs them all on the other."""
    url = centre_server.make_database(server.url, "template_shop")
    scheme: CursorScheme = "sequencer" if os.environ.get("CROSSSELL_CURSOR") == "sequencer" else "horizon"
    centre.init(url, cursor=scheme)
    return url


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "shop.db"
    database = open_database(path, KEY, create=True)
    database.checkpoint()
    database.close()
    return path


@pytest.fixture(scope="session")
def make_shop(
    server: CentreServer, template_url: str, template_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> MakeShop:
    """Make centres, each a copy of one that was made by the migrations."""

    def make() -> Shop:
        name = f"shop{next(_numbers)}"
        with centre.admin_connect(server.url) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_url.rsplit('/', 1)[1]}")
        url = server.url.rsplit("/", 1)[0] + "/" + name
        # Privileges of a database are not copied with it; doing it again changes nothing else.
        with centre.admin_connect(url) as connection:
            connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
            connection.execute("UPDATE sync.centre SET runbook = gen_random_uuid()")
        return Shop(url, tmp_path_factory.mktemp(name), template_file)

    return make


@pytest.fixture
def shop(make_shop: MakeShop) -> Iterator[Shop]:
    made = make_shop()
    yield made
    made.close()
