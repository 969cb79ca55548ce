"""A page asks the database as often for many rows as for one."""

from contextvars import ContextVar
from typing import Any

import httpx
import psycopg
import pytest

from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import MakeViewer, Open

Stream = dict[str, Any]


_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)
"""Of the request that is counted; what runs beside it has none."""


@pytest.fixture(autouse=True)
def _counted(monkeypatch: pytest.MonkeyPatch) -> None:
    execute = psycopg.AsyncCursor.execute

    async def counted(self: Any, query: Any, *args: Any, **options: Any) -> Any:
        if (statements := _asked.get()) is not None:
            statements.append(str(query))
        return await execute(self, query, *args, **options)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", counted)


class Asking:
    """Counts the statements of one request."""

    def __init__(self, client: httpx.AsyncClient, user: SignedIn) -> None:
        self._client = client
        self._user = user

    async def get(self, path: str) -> tuple[int, int]:
        """How many statements, and how many items they found."""
        statements: list[str] = []
        counting = _asked.set(statements)
        answer = await self._client.get(path, headers=self._user.headers)
        _asked.reset(counting)
        return len(statements), len(answer.raise_for_status().json()["items"])


@pytest.fixture
def asking(client: httpx.AsyncClient, creator: SignedIn) -> Asking:
    return Asking(client, creator)


async def test_lists_of_people(
    asking: Asking, client: httpx.AsyncClient, creator: SignedIn, stream: Stream, users: MakeUser
) -> None:
    lists = ("bans", "mutes", "moderators")
    counts: dict[str, list[int]] = {name: [] for name in lists}
    for many in (1, 5):
        for no in range(many):
            people = [await users(f"Vera {many} {no} {name}") for name in lists]
            body: dict[str, Any] = {"user_id": str(people[0].id)}
            await client.post("/v1/creator/bans", json=body, headers=creator.headers)
            body = {"user_id": str(people[1].id), "seconds": 60}
            path = f"/v1/streams/{stream['id']}/mutes"
            await client.post(path, json=body, headers=creator.headers)
            await client.put(f"/v1/creator/moderators/{people[2].id}", headers=creator.headers)
        for name in lists:
            statements, items = await asking.get(f"/v1/creator/{name}")
            assert items == (1 if many == 1 else 6)
            counts[name].append(statements)
    assert all(0 < few == many for few, many in counts.values()), counts


async def test_alerts_that_were_approved(
    asking: Asking,
    client: httpx.AsyncClient,
    creator: SignedIn,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    vera = await viewer(coins=100)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    overlays = await client.get("/v1/creator/overlays", headers=creator.headers)
    box = next(one for one in overlays.json()["items"] if one["kind"] == "alerts")
    path = f"/v1/creator/overlays/{box['id']}"
    settings = {**box["settings"], "hold": True}
    body = {"name": "Box", "settings": settings}
    (await client.put(path, json=body, headers=creator.headers)).raise_for_status()
    token = box["overlay_url"].rsplit("/", 1)[-1]
    counts = []
    for many in (1, 8):
        for _ in range(many):
            seq = (await socket.gift("rose", 1))["seq"]
            decided = await client.post(
                f"{path}/alerts/{seq}/approve",
                json={"room_id": stream["id"]},
                headers=creator.headers,
            )
            assert decided.status_code == 204, decided.text
        counts.append(await asking.get(f"/v1/overlays/{token}/approved"))
    assert [items for _, items in counts] == [1, 9]
    assert 0 < counts[0][0] == counts[1][0]
