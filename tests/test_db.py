"""The pool of connections, beside a database that goes wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from largesse import db as module
from largesse.db import Database


class Link:
    """Between the pool and PostgreSQL: passes everything on, or takes connections and says nothing."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.silent = False
        self._writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Until the block ends; gives the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            self.cut()
            await server.wait_closed()

    def cut(self) -> None:
        """End every connection."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        if self.silent:
            return
        there, back = await asyncio.open_unix_connection(self._target)
        self._writers.append(back)
        await asyncio.gather(_pass(reader, back), _pass(there, writer))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


async def test_connections_that_hang_keep_nobody_out_when_the_database_is_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONNECT_TIMEOUT_S", 2)
    parts = conninfo_to_dict(database_url)
    link = Link(f"{parts['host']}/.s.PGSQL.{parts.get('port', 5432)}")
    async with link.listening() as port:
        url = make_conninfo(
            database_url, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable"
        )
        db = Database(url, size_max=4)
        await db.open()
        try:
            assert await db.reachable()
            link.silent = True
            link.cut()
            assert not await db.reachable()
            link.silent = False
            async with asyncio.timeout(20):
                while not await db.reachable():  # noqa: ASYNC110 - nobody tells when
                    await asyncio.sleep(0.1)
        finally:
            link.cut()  # who still waits for an answer need not
            await db.close()


def test_an_address_may_name_a_timeout_of_its_own() -> None:
    own = Database("host=127.0.0.1 connect_timeout=9", size_max=1)
    assert conninfo_to_dict(own.url)["connect_timeout"] == "9"
    ours = Database("host=127.0.0.1", size_max=1)
    assert conninfo_to_dict(ours.url)["connect_timeout"] == str(module.CONNECT_TIMEOUT_S)
