"""A PostgreSQL, a cluster of NATS servers, two `largesse serve` on them, and rooms full of people."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from largesse import ledger
from largesse.db import Database
from largesse.embedded import EmbeddedPostgres
from largesse.migrate import migrate
from largesse.serve import prepare
from tests.asking import TRUSTS_NOBODY
from tests.faults.programs import Server
from tests.faults.stage import Stage, make_stage
from tests.nodes.cluster import Cluster, NatsServer
from tests.nodes.people import Talker, Viewer
from tests.reconnecting import ReconnectingClient

GIVERS, TALKERS, VIEWERS = 4, 2, 4
"""Of each server; half of the viewers stay with it, half go where somebody answers."""
_GIVE_PAUSE_S = 0.1
_TALK_PAUSE_S = 0.6
PATIENCE_S = 60.0


@dataclass
class Sent:
    """What was acknowledged."""

    gifts: int = 0
    messages: int = 0

    @property
    def events(self) -> int:
        return self.gifts + self.messages


@dataclass
class Nodes:
    """Everything that runs, and who is in its first room."""

    db: Database
    cluster: Cluster
    servers: list[Server]
    stage: Stage
    viewers: list[Viewer] = field(default_factory=list)
    senders: list[ReconnectingClient] = field(default_factory=list)
    watching: list[asyncio.Task[None]] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    _giving: list[asyncio.Task[int]] = field(default_factory=list)
    _talking: list[asyncio.Task[int]] = field(default_factory=list)

    def address(self, server: Server) -> str:
        stream = self.stage.streams[0]
        return f"{server.url.replace('http', 'ws', 1)}/v1/streams/{stream.id}/socket"

    def fill(self) -> None:
        """Viewers watch, givers give and talkers talk, from now on."""
        loop = asyncio.get_running_loop()
        tokens = iter([viewer.token for viewer in self.stage.viewers])
        for server in self.servers:
            here = self.address(server)
            there = [self.address(other) for other in self.servers if other is not server]
            for number in range(VIEWERS):
                viewer = Viewer([here] if number % 2 else [here, *there])
                self.viewers.append(viewer)
                self.watching.append(loop.create_task(viewer.watch_until(2**62)))
            for _ in range(GIVERS):
                giver = ReconnectingClient(here, next(tokens))
                self.senders.append(giver)
                self._giving.append(loop.create_task(giver.give_until(self.enough, _GIVE_PAUSE_S)))
            for _ in range(TALKERS):
                talker = Talker(here, next(tokens))
                self.senders.append(talker)
                self._talking.append(
                    loop.create_task(talker.talk_until(self.enough, _TALK_PAUSE_S))
                )

    async def last_seq(self) -> int:
        async with self.db.read() as conn:
            return await ledger.last_seq(conn, self.stage.streams[0].id)

    async def more(self, events: int) -> None:
        """Until so many more are committed."""
        wanted = await self.last_seq() + events
        async with asyncio.timeout(PATIENCE_S):
            while await self.last_seq() < wanted:
                self._fail_early()
                await asyncio.sleep(0.05)

    async def settle(self) -> Sent:
        """Send nothing more; until everything is acknowledged and everybody has seen it."""
        self.enough.set()
        async with asyncio.timeout(PATIENCE_S):
            gifts = sum(await asyncio.gather(*self._giving))
            messages = sum(await asyncio.gather(*self._talking))
            last = await self.last_seq()
            while any(not viewer.seen or viewer.seen[-1] < last for viewer in self.viewers):
                self._fail_early()
                await asyncio.sleep(0.05)
        return Sent(gifts, messages)

    async def leave(self) -> None:
        tasks = [*self.watching, *self._giving, *self._talking]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in [*self.viewers, *self.senders]:
            await client.leave()

    def _fail_early(self) -> None:
        for task in [*self.watching, *self._giving, *self._talking]:
            if task.done():
                task.result()

    # --- what is done to it

    async def kill_nats(self, server: NatsServer) -> None:
        await asyncio.to_thread(server.kill)

    async def start_nats(self, server: NatsServer) -> None:
        await asyncio.to_thread(self.cluster.start_server, server)

    async def state(self, server: Server) -> tuple[int, dict[str, object]]:
        """What /readyz says."""
        async with httpx.AsyncClient(verify=TRUSTS_NOBODY) as http:
            answer = await http.get(f"{server.url}/readyz", timeout=10)
        return answer.status_code, answer.json()

    async def hears(self, server: Server, *, hears: bool = True) -> None:
        """Until a server says that it has its bus, or has not."""
        wanted = "ok" if hears else "degraded"
        async with asyncio.timeout(PATIENCE_S):
            while (await self.state(server))[1]["status"] != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.1)


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="largesse-nodes-"))
    folder.chmod(0o755)  # under root PostgreSQL runs as nobody
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@asynccontextmanager
async def nodes(*, cluster_runs: bool = True, servers: int = 2) -> AsyncIterator[Nodes]:
    """Started, with nobody in the rooms yet."""
    with _scratch() as folder:
        postgres = EmbeddedPostgres(folder, durable=False)
        postgres.start()
        cluster = Cluster(folder)
        running: list[Server] = []
        db = Database(postgres.url, size_max=3)
        try:
            await asyncio.to_thread(migrate, postgres.url)
            await prepare(postgres.url)
            if cluster_runs:
                await asyncio.to_thread(cluster.start)
            environment = {"DATABASE_URL": postgres.url, "LARGESSE_BUS": cluster.addresses}
            environment["LARGESSE_DATA_DIR"] = str(folder / "data")
            running += [
                Server(f"node-{number + 1}", folder, environment) for number in range(servers)
            ]
            for server in running:
                await server.start()
            await db.open()
            people = servers * (GIVERS + TALKERS)
            stage = await make_stage(postgres.url, rich=people, poor=0, buyers=0)
            yield Nodes(db, cluster, running, stage)
        finally:
            await db.close()
            for server in running:
                if server.alive:
                    await server.stop()
            cluster.stop()
            postgres.stop()
