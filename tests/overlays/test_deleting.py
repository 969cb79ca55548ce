"""Decisions about alerts and keys of single streams are deleted some days after the stream; nothing is shown twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from procrastinate import App

from largesse import overlays, rooms, worker
from largesse.overlays import alerts
from largesse.overlays.errors import AlertNotFound
from largesse.overlays.jobs import forget_decisions
from largesse.rooms.jobs import forget_keys
from largesse.services import Services
from largesse.types import living_by
from tests.fixtures_identity import SignedIn
from tests.overlays.conftest import Overlay, Studio, token_of
from tests.rooms.conftest import MakeViewer, Open

Stream = dict[str, Any]
Register: TypeAlias = Callable[[App, Services], None]


@pytest.fixture
def services(app: FastAPI) -> Services:
    started: Services = app.state.services
    return started


@pytest.fixture
async def decided(studio: Studio, stream: Stream, viewer: MakeViewer, open_socket: Open) -> Overlay:
    """An alert box with one alert approved, one skipped, and one that waits."""
    overlay = await studio.change(await studio.overlay("alerts"), hold=True)
    vera = await viewer(coins=100)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    for _ in range(3):
        await socket.gift("rose", 2)
    await decide(studio, overlay, stream, 1, "approve")
    await decide(studio, overlay, stream, 2, "skip")
    return overlay


async def decide(
    studio: Studio, overlay: Overlay, stream: Stream, seq: int, deed: str, status: int = 204
) -> Any:
    path = f"/overlays/{overlay['id']}/alerts/{seq}/{deed}"
    return await studio.call("POST", path, {"room_id": stream["id"]}, status=status)


async def approved(client: httpx.AsyncClient, overlay: Overlay) -> list[int]:
    answer = await client.get(f"/v1/overlays/{token_of(overlay)}/approved?after=0")
    return [item["event"]["seq"] for item in answer.raise_for_status().json()["items"]]


def passed(database_url: str, stream: Stream, days: int) -> None:
    """So many days pass; if the stream has ended, it ended that long ago."""
    with psycopg.connect(database_url) as conn:
        conn.execute(
            "UPDATE overlay_decision SET decided_at = decided_at - make_interval(days => %s)",
            (days,),
        )
        conn.execute(
            "UPDATE stream SET ended_at = ended_at - make_interval(days => %s) WHERE id = %s",
            (days, UUID(stream["id"])),
        )


async def end(client: httpx.AsyncClient, stream: Stream, creator: SignedIn) -> None:
    answer = await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    assert answer.status_code == 200, answer.text


async def test_decisions_go_some_days_after_the_stream_and_none_is_made_again(
    client: httpx.AsyncClient,
    studio: Studio,
    stream: Stream,
    creator: SignedIn,
    decided: Overlay,
    services: Services,
    database_url: str,
) -> None:
    passed(database_url, stream, 40)
    assert await forget_decisions(services) == 0  # it is live still
    assert await approved(client, decided) == [1]
    waits = await studio.call("GET", f"/overlays/{decided['id']}/alerts")
    assert [item["event"]["seq"] for item in waits["items"]] == [3]

    await end(client, stream, creator)
    await decide(studio, decided, stream, 3, "approve")  # he looked while it ended
    assert await forget_decisions(services) == 0
    passed(database_url, stream, 2)
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE overlay_rule SET decision_days = 2")
    assert await forget_decisions(services) == 3
    assert await approved(client, decided) == []
    for seq in (1, 2, 3):
        refused = await decide(studio, decided, stream, seq, "approve", status=404)
        assert refused["code"] == "alert_not_found"
    assert await approved(client, decided) == []


async def test_decisions_of_the_last_days_stay(
    client: httpx.AsyncClient,
    stream: Stream,
    creator: SignedIn,
    decided: Overlay,
    services: Services,
    database_url: str,
) -> None:
    await end(client, stream, creator)
    passed(database_url, stream, 29)
    assert await forget_decisions(services) == 0
    assert await approved(client, decided) == [1]
    passed(database_url, stream, 2)
    assert await forget_decisions(services) == 2
    assert await forget_decisions(services) == 0


async def test_a_clock_that_is_wrong_deletes_nothing_and_lets_nobody_decide_late(
    client: httpx.AsyncClient,
    stream: Stream,
    creator: SignedIn,
    decided: Overlay,
    services: Services,
    database_url: str,
) -> None:
    path = f"/v1/streams/{stream['id']}/ingest-key"
    assert (await client.post(path, headers=creator.headers)).status_code == 201
    await end(client, stream, creator)
    args = (services, creator.user.id, UUID(decided["id"]), UUID(stream["id"]))
    with living_by(lambda: datetime.now(UTC) + timedelta(days=400)):
        assert (await forget_decisions(services), await forget_keys(services)) == (0, 0)
        await alerts.decide_alert(*args, seq=3, show=False)
    passed(database_url, stream, 31)
    with living_by(lambda: datetime.now(UTC) - timedelta(days=31)):
        assert (await forget_decisions(services), await forget_keys(services)) == (2, 1)
        with pytest.raises(AlertNotFound):
            await alerts.decide_alert(*args, seq=1, show=True)


async def test_keys_of_streams_that_ended_go_and_the_creators_stays(
    client: httpx.AsyncClient,
    studio: Studio,
    stream: Stream,
    creator: SignedIn,
    services: Services,
    database_url: str,
) -> None:
    path = f"/v1/streams/{stream['id']}/ingest-key"
    made = await client.post(path, headers=creator.headers)
    assert made.status_code == 201, made.text
    own = (await studio.call("POST", "/ingest", status=201))["key"]
    assert await forget_keys(services) == 0
    await end(client, stream, creator)
    passed(database_url, stream, 6)
    assert await forget_keys(services) == 0
    passed(database_url, stream, 2)
    assert await forget_keys(services) == 1
    late = await client.post("/v1/ingest/start", headers=_bearer(made.json()["key"]))
    assert (late.status_code, late.json()["code"]) == (401, "ingest_key_wrong")
    started = await client.post("/v1/ingest/start", headers=_bearer(own))
    assert started.status_code == 200, started.text


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_the_worker_does_both(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[str] = []
    for module in (overlays, rooms):
        real = module.register_jobs

        def register(jobs: App, services: Services, real: Register = real) -> None:
            real(jobs, services)
            known.extend(jobs.tasks)

        monkeypatch.setattr(module, "register_jobs", register)
    stopping = asyncio.Event()
    stopping.set()
    await worker._work(services, stopping)
    assert {"overlays.forget", "rooms.forget"} <= set(known)
