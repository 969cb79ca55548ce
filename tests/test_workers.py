"""`largesse serve --workers 2`: one address, one database, and viewers who cannot tell which process they are on."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from largesse.db import Database
from largesse.identity import Role
from tests.fixtures_identity import MakeUser, SignedIn
from tests.reconnecting import ReconnectingClient
from tests.rooms.conftest import fund
from tests.serving import Serve

WORKERS = 2


@pytest.fixture
def server(db: Database, tmp_path: Path) -> Iterator[Serve]:
    """Started, on the test's database."""
    server = Serve(tmp_path)
    server.environment["DATABASE_URL"] = db.url
    server.start("--workers", str(WORKERS))
    yield server
    if server.process is not None:
        server.end(signal.SIGTERM)


@pytest.fixture
async def api(server: Serve) -> AsyncIterator[httpx.AsyncClient]:
    """Every request on a connection of its own, so that any process may answer."""
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=30) as http:
        yield http


@pytest.fixture
async def creator(users: MakeUser) -> SignedIn:
    return await users("Nora", roles={Role.CREATOR}, followers=1000, gifting=True)


@pytest.fixture
async def room(api: httpx.AsyncClient, creator: SignedIn) -> dict[str, Any]:
    made = await api.post("/v1/streams", json={"title": "Piano"}, headers=creator.headers)
    stream: dict[str, Any] = made.raise_for_status().json()
    return stream


Join: TypeAlias = Callable[..., ReconnectingClient]


@pytest.fixture
async def join(server: Serve, room: dict[str, Any]) -> AsyncIterator[Join]:
    """Clients of the room: `join(token)`; they leave when the test ends."""
    clients: list[ReconnectingClient] = []

    def make(token: str | None = None) -> ReconnectingClient:
        address = f"ws://127.0.0.1:{server.port}/v1/streams/{room['id']}/socket"
        clients.append(ReconnectingClient(address, token))
        return clients[-1]

    yield make
    for client in clients:
        await client.leave()


@pytest.fixture
async def viewers(server: Serve, join: Join) -> list[ReconnectingClient]:
    """One on each process."""
    found: dict[int, ReconnectingClient] = {}
    async with asyncio.timeout(60):
        while len(found) < WORKERS:
            client = join()
            await client.socket()
            process = server.process_of(client.port)
            if process in found:
                await client.leave()
            else:
                found[process] = client
    return list(found.values())


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for something that other processes bring about."""
    async with asyncio.timeout(60):
        while True:
            so = condition()
            if so if isinstance(so, bool) else await so:
                return
            await asyncio.sleep(0.02)


async def gifts_by_lane(db: Database) -> list[int]:
    async with db.read() as conn:
        cursor = await conn.execute("SELECT count(*) FROM gift GROUP BY lane ORDER BY lane")
        return [row[0] for row in await cursor.fetchall()]


async def _more_gifts(db: Database, count: int) -> None:
    wanted = sum(await gifts_by_lane(db)) + count

    async def there() -> bool:
        return sum(await gifts_by_lane(db)) >= wanted

    await until(there)


async def test_viewers_of_different_processes_see_the_same(
    api: httpx.AsyncClient,
    creator: SignedIn,
    room: dict[str, Any],
    users: MakeUser,
    db: Database,
    viewers: list[ReconnectingClient],
    join: Join,
) -> None:
    fan = await users("Vera")
    await fund(db, fan, 1000)
    givers = [join(fan.token) for _ in range(4)]
    await asyncio.gather(*(giver.give(20) for giver in givers))
    assert (await (await givers[0].socket()).chat("Good evening"))["seq"] == 81
    ended = await api.post(f"/v1/streams/{room['id']}/end", headers=creator.headers)
    assert ended.is_success
    everybody = viewers + givers
    await asyncio.gather(*(client.watch_until(82) for client in everybody))
    assert [client.seen for client in everybody] == [list(range(1, 83))] * len(everybody)
    lanes = await gifts_by_lane(db)
    assert sum(lanes) == 80
    metrics = (await api.get("/metrics")).text
    assert "largesse_gifts_total 80.0" in metrics  # of all processes, whichever is asked


async def test_viewers_are_counted_together(
    server: Serve, api: httpx.AsyncClient, room: dict[str, Any], viewers: list[ReconnectingClient]
) -> None:
    first, second = viewers
    path = f"/v1/streams/{room['id']}"

    async def everywhere(viewers: int) -> None:
        """Whichever process is asked."""

        async def told() -> bool:
            counts = {(await api.get(path)).json()["viewers"] for _ in range(12)}
            return counts == {viewers}

        await until(told)

    await everywhere(WORKERS)
    await first.leave()
    await everywhere(WORKERS - 1)
    os.kill(server.process_of(second.port), signal.SIGKILL)
    await everywhere(0)


async def test_a_killed_process_loses_and_doubles_nothing(
    server: Serve, users: MakeUser, db: Database, viewers: list[ReconnectingClient], join: Join
) -> None:
    fans = [await users(f"Fan {number}") for number in range(4)]
    for fan in fans:
        await fund(db, fan, 100_000)
    enough = asyncio.Event()
    givers = [join(fan.token) for fan in fans]
    giving = asyncio.gather(*(giver.give_until(enough, 0.01) for giver in givers))
    # Reading while gifts are given; the last number is known only afterwards.
    watching = [asyncio.create_task(viewer.watch_until(10**6)) for viewer in viewers]
    processes = server.processes()
    for victim in processes:
        await _more_gifts(db, 50)
        os.kill(victim, signal.SIGKILL)
        await until(lambda: len(server.processes()) == WORKERS)
    await _more_gifts(db, 50)
    enough.set()
    given = sum(await asyncio.wait_for(giving, 60))
    assert sum(await gifts_by_lane(db)) == given
    await until(lambda: all(viewer.seen[-1] >= given for viewer in viewers))
    for task in watching:
        task.cancel()
    assert [viewer.seen for viewer in viewers] == [list(range(1, given + 1))] * WORKERS
    assert all(viewer.breaks for viewer in viewers)
    assert set(processes).isdisjoint(server.processes())
    _, output = server.end(signal.SIGTERM)
    assert output.count("ended unexpectedly (-9)") == WORKERS


async def test_lanes_share_wallets_without_deadlock_and_all_get_on(
    server: Serve, users: MakeUser, db: Database, viewers: list[ReconnectingClient], join: Join
) -> None:
    """The same wallets give to one room through every process, as fast as they can."""
    fans = [await users(f"Fan {number}") for number in range(4)]
    for fan in fans:
        await fund(db, fan, 5000)
    givers = [join(fan.token) for fan in fans * 6]
    clients = {process: 0 for process in server.processes()}
    for giver in givers:
        await giver.socket()
        clients[server.process_of(giver.port)] += 1
    giving = asyncio.gather(*(giver.give(40) for giver in givers))
    half_way: list[int] = []
    while sum(half_way) < len(givers) * 20:
        await asyncio.sleep(0.01)
        half_way = await gifts_by_lane(db)
    await asyncio.wait_for(giving, 90)
    lanes = await gifts_by_lane(db)
    assert sorted(lanes) == sorted(40 * count for count in clients.values() if count)
    # By chance one process has fewer clients. Half of all gifts: no lane is far behind its own half.
    for done, all_of_them in zip(half_way, lanes, strict=True):
        assert done > all_of_them / 5
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        assert await cursor.fetchone() == (0,)


@pytest.mark.usefixtures("viewers")
async def test_connections_are_dealt_out_fairly(server: Serve) -> None:
    held: list[int] = []
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
            held.append(server.process_of(client.getsockname()[1]))
    counts = sorted(held.count(process) for process in server.processes())
    assert len(counts) == WORKERS
    assert sum(counts) == 200
    assert counts[0] > 200 / WORKERS / 2
