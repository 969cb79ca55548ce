"""A leaked address that was replaced opens nothing any more: at once, in every process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from largesse.db import Database
from largesse.main import start_services
from largesse.overlays.service import delete_overlay, rotate_overlay
from largesse.services import Services
from largesse.settings import Settings
from tests.fixtures_identity import SignedIn
from tests.overlays.conftest import Studio, token_of
from tests.rooms.conftest import Open


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Processes that hear each other."""
    return settings.model_copy(update={"bus": SecretStr("postgres")})


@pytest.fixture
async def other(settings: Settings, db: Database, app: FastAPI) -> AsyncIterator[Services]:
    """A second process."""
    async with start_services(settings, url=db.url) as started:
        yield started


@pytest.mark.parametrize("deed", [rotate_overlay, delete_overlay])
async def test_pages_close_wherever_they_are_open(
    studio: Studio,
    creator: SignedIn,
    open_socket: Open,
    client: httpx.AsyncClient,
    other: Services,
    deed: Callable[..., Awaitable[Any]],
) -> None:
    box, goal = await studio.overlay("alerts"), await studio.overlay("goal")
    leaked = await open_socket("overlays", token_of(box))
    kept = await open_socket("overlays", token_of(goal))
    for page in (leaked, kept):
        assert (await page.receive())["op"] == "settings"
    await deed(other, creator.id, UUID(box["id"]))
    assert await leaked.closed() == 4401
    await kept.ping()
    again = await open_socket("overlays", token_of(box))
    assert await again.closed() == 4401
    for path in ("", "/approved"):
        answer = await client.get(f"/v1/overlays/{token_of(box)}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "overlay_not_found")
    async with other.db.read() as conn:
        cursor = await conn.execute("SELECT action, object_id, data::text FROM audit")
        noted = await cursor.fetchall()
    action = "overlay.rotate" if deed is rotate_overlay else "overlay.delete"
    assert (action, UUID(box["id"]), "{}") in noted, "without the address itself"
