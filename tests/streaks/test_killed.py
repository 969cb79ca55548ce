"""A real server is killed in the middle of a streak; the next one ends it."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse import ledger
from largesse.db import Database
from largesse.main import running
from largesse.settings import Settings
from largesse.types import new_id
from tests.asking import TRUSTS_NOBODY
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer
from tests.serving import Serve
from tests.streaks.conftest import assert_totals_hold, ends_of, eventually, log_of, set_rule

LONG_MS = 60_000


@pytest.fixture
def server(db: Database, tmp_path: Path) -> Iterator[Serve]:
    """Not started yet, on the test's database."""
    server = Serve(tmp_path)
    server.environment["DATABASE_URL"] = db.url
    yield server
    if server.process is not None:
        server.end(signal.SIGTERM)


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_the_next_server_ends_what_the_killed_one_left_open(
    server: Serve,
    demo_app: FastAPI,
    settings: Settings,
    db: Database,
    creator: SignedIn,
    viewer: MakeViewer,
) -> None:
    server.start()
    vera, streak = await viewer(coins=100), str(new_id())
    async with httpx.AsyncClient(base_url=server.url, timeout=30, verify=TRUSTS_NOBODY) as api:
        made = await api.post("/v1/streams", json={"title": "Piano"}, headers=creator.headers)
        room: dict[str, Any] = made.raise_for_status().json()
        for _ in range(5):
            body = {"id": str(new_id()), "gift": "rose", "count": 2, "streak": streak}
            given = await api.post(
                f"/v1/streams/{room['id']}/gifts", json=body, headers=vera.headers
            )
            assert given.status_code == 201, given.text
    server.end(signal.SIGKILL)
    async with db.read() as conn:
        assert await ledger.last_seq(conn, UUID(room["id"])) == 5, "nobody has ended it"
    await set_rule(db, timeout_ms=100)
    # The next one is in this process: starting it costs a twentieth.
    transport = httpx.ASGITransport(app=demo_app)
    async with (
        running(demo_app, settings, url=db.url),
        httpx.AsyncClient(transport=transport, base_url="http://test") as api,
    ):
        (end,) = await eventually(lambda: ends_of(api, room))
        assert (end["seq"], end["total"]["gifts"], end["total"]["count"]) == (6, 5, 10)
        assert_totals_hold(await log_of(api, room))
