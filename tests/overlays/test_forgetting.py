"""Who is erased leaves no address, key or invitation that opens anything."""

import asyncio
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from largesse.cli import app
from largesse.db import Database
from tests.fixtures_identity import MakeUser, SignedIn
from tests.overlays.conftest import Studio, token_of

TABLES = ("overlay", "overlay_token", "overlay_decision", "ingest_key", "ingest_default")


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


async def erase(user: SignedIn) -> None:
    command = ["user", "erase", str(user.id)]
    done = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert done.exit_code == 0, done.output


async def test_addresses_and_keys_of_somebody_erased_open_nothing(
    client: httpx.AsyncClient, creator: SignedIn, studio: Studio, db: Database
) -> None:
    tokens = [token_of(overlay) for overlay in await studio.overlays()]
    key = (await studio.call("POST", "/ingest", status=201))["key"]
    await studio.call("PUT", "/ingest", {"title": "Evenings"})
    await erase(creator)
    for token in tokens:
        assert (await client.get(f"/v1/overlays/{token}")).status_code == 404
    headers = {"Authorization": f"Bearer {key}"}
    started = await client.post("/v1/ingest/start", headers=headers)
    assert (started.status_code, started.json()["code"]) == (401, "ingest_key_wrong")
    assert await counted(db, *TABLES) == {table: 0 for table in TABLES}


async def test_an_invitation_of_somebody_erased_is_gone(
    client: httpx.AsyncClient, creator: SignedIn, users: MakeUser, db: Database
) -> None:
    guest = await users("Gina")
    body: dict[str, Any] = {"title": "Friends", "visibility": "invited"}
    stream = (await client.post("/v1/streams", json=body, headers=creator.headers)).json()
    path = f"/v1/streams/{stream['id']}"
    invited = {"user_ids": [str(guest.id)]}
    await client.post(f"{path}/invitations", json=invited, headers=creator.headers)
    assert await counted(db, "stream_invitation") == {"stream_invitation": 1}
    await erase(guest)
    assert await counted(db, "stream_invitation") == {"stream_invitation": 0}


async def counted(db: Database, *tables: str) -> dict[str, int]:
    """How many rows tables have."""
    found = {}
    async with db.read() as conn:
        for table in tables:
            cursor = await conn.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            row = await cursor.fetchone()
            found[table] = row[0] if row else 0
    return found
