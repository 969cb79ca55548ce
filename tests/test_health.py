"""What an operator's machines ask a server."""

import httpx
from fastapi import FastAPI

from largesse.services import Services
from tests.ledger.world import World, gift


async def test_it_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ok", "parts": {"database": True, "gift_writer": True}}


async def test_it_is_not_ready_without_its_database(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    services: Services = app.state.services
    await services.db.close()
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["parts"]["database"] is False
    assert (await client.get("/healthz")).status_code == 200


async def test_it_is_not_ready_when_no_gift_can_be_written(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    services: Services = app.state.services
    await services.writer.stop()
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"database": True, "gift_writer": False}


async def test_committed_gifts_are_counted(client: httpx.AsyncClient, app: FastAPI) -> None:
    services: Services = app.state.services
    world = World(services.db)
    before = await _metric(client, "largesse_gift_coins_total")
    sender_id = await world.viewer(coins=100)
    room = await world.room()
    await services.writer.submit(gift(sender_id, room, 30))
    assert await _metric(client, "largesse_gift_coins_total") == before + 30


async def _metric(client: httpx.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))
