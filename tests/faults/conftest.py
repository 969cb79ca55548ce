"""A proxy in front of a test's database, and the ledger's small world behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from largesse.db import Database
from tests.faults.proxy import Proxy
from tests.ledger.world import World, world

__all__ = ["world"]


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[Proxy]:
    """Passes on to the test's database."""
    parts = conninfo_to_dict(database_url)
    async with Proxy(Path(str(parts["host"])), str(parts["dbname"])) as running:
        yield running


@pytest.fixture
async def behind(proxy: Proxy, world: World) -> AsyncIterator[World]:
    """The same world, reached through the proxy; `world` itself is not disturbed by its faults."""
    database = Database(proxy.url, size_max=4)
    await database.open()
    yield World(database)
    proxy.disarm()
    proxy.thaw()
    await database.close()
