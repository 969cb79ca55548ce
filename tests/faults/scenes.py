"""Where faults happen: servers, their database, people, and the load on them."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict

from largesse.embedded import EmbeddedPostgres
from largesse.migrate import migrate
from largesse.serve import prepare
from tests.faults.judge import Verdict, judge
from tests.faults.load import Load
from tests.faults.programs import LARGESSE, Program, Server
from tests.faults.proxy import Proxy
from tests.faults.stage import Stage, make_stage
from tests.faults.tally import Tally

RECOVERY_TIMEOUT_S = 90.0
_PROGRESS_GIFTS = 15
_SETTINGS = {"LARGESSE_DEMO_PASSWORD": "a-demo-password", "LARGESSE_SANDBOX_SECRET": "0" * 64}


@dataclass
class Scene:
    """What every fault needs; `url` reaches the database without the proxy."""

    url: str
    pgdata: Path
    stage: Stage
    tally: Tally
    load: Load
    servers: list[Server]
    programs: list[Program]
    """The servers, and what else prints something."""
    chance: random.Random

    async def recovers(self, fault: str) -> None:
        """Gifts are acknowledged again: the fault is survived."""
        await self.load.progress(_PROGRESS_GIFTS, RECOVERY_TIMEOUT_S)
        self.tally.faults[fault] += 1

    async def verdict(self) -> Verdict:
        """Let everything be settled, and compare."""
        await self.load.pause()
        return await judge(self.url, self.stage, self.tally)

    async def execute(self, query: sql.SQL, *params: object) -> list[tuple[object, ...]]:
        """Run a statement on a connection of its own."""
        async with await AsyncConnection.connect(self.url, autocommit=True) as conn:
            cursor = await conn.execute(query, params)
            return await cursor.fetchall() if cursor.description else []

    async def proof(self) -> list[str]:
        """What the command line says of the journal, where that is not `ok`: checked, exported, verified."""
        await self.load.pause()
        with tempfile.TemporaryDirectory(prefix="largesse-export-") as folder:
            return [
                *await self._tool("ledger", "check"),
                *await self._tool("ledger", "export", folder),
                *await self._tool("ledger", "verify", folder),
            ]

    async def _tool(self, *arguments: str) -> list[str]:
        done = await asyncio.to_thread(
            subprocess.run,
            [str(LARGESSE), *arguments],
            env={**os.environ, "DATABASE_URL": self.url},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode == 0:
            return []
        return [f"largesse {' '.join(arguments[:2])}: {said.strip()[-500:]}"]

    def keep_logs(self, folder: Path) -> None:
        """Copy what the programs printed to where it outlives the scene."""
        for program in self.programs:
            shutil.copy(program.log, folder / f"{type(self).__name__.lower()}-{program.log.name}")

    def postmaster(self) -> int:
        return int((self.pgdata / "postmaster.pid").read_text().split("\n")[0])

    def kill_postmaster(self) -> None:
        os.kill(self.postmaster(), signal.SIGKILL)


@dataclass
class Alone(Scene):
    """One `largesse serve` with its embedded PostgreSQL."""

    @property
    def server(self) -> Server:
        return self.servers[0]


@dataclass
class Shared(Scene):
    """Several servers and a worker on one PostgreSQL, behind a proxy."""

    proxy: Proxy
    postgres: EmbeddedPostgres
    worker: Program


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="largesse-faults-"))
    folder.chmod(0o755)  # under root PostgreSQL runs as nobody
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@asynccontextmanager
async def _loaded(
    stage: Stage, tally: Tally, servers: list[Server], seed: int
) -> AsyncIterator[Load]:
    load = Load(stage, tally, [server.url for server in servers], seed=seed)
    load.start()
    try:
        yield load
    finally:
        await load.stop()


@asynccontextmanager
async def alone(seed: int, *, workers: int = 1) -> AsyncIterator[Alone]:
    """A server on an empty data folder, then load on it."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_scratch())
        environment = {**_SETTINGS, "LARGESSE_DATA_DIR": str(folder)}
        options = ["--workers", str(workers)] if workers > 1 else []
        server = Server("server", folder, environment, *options)
        stack.push_async_callback(_stop_all, [server])
        await server.start()
        postgres = EmbeddedPostgres(folder)  # never started: it knows where everything lies
        stage, tally = await make_stage(postgres.url, buyers=0), Tally()
        load = await stack.enter_async_context(_loaded(stage, tally, [server], seed))
        chance = random.Random(f"faults {seed}")
        yield Alone(postgres.url, postgres.pgdata, stage, tally, load, [server], [server], chance)


@asynccontextmanager
async def shared(seed: int, *, buyers: int = 2, durable: bool = True) -> AsyncIterator[Shared]:
    """A PostgreSQL, a proxy, two servers and a worker behind it, then load on them."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_scratch())
        postgres = EmbeddedPostgres(folder, durable=durable)
        postgres.start()
        stack.callback(postgres.stop)
        migrate(postgres.url)
        await prepare(postgres.url)
        socket_dir = Path(str(conninfo_to_dict(postgres.url)["host"]))
        proxy = await stack.enter_async_context(Proxy(socket_dir, "largesse"))
        environment = {**_SETTINGS, "LARGESSE_DEMO": "true", "DATABASE_URL": proxy.url}
        servers = [Server(f"server-{number}", folder, environment) for number in (1, 2)]
        worker = Program("worker", folder, environment, "worker")
        stack.push_async_callback(_stop_all, [*servers, worker])
        await servers[0].start()
        worker.spawn()
        await servers[1].start()
        stage, tally = await make_stage(postgres.url, buyers=buyers), Tally()
        load = await stack.enter_async_context(_loaded(stage, tally, servers, seed))
        chance = random.Random(f"faults {seed}")
        yield Shared(
            postgres.url, postgres.pgdata, stage, tally, load, servers, [*servers, worker], chance,
            proxy=proxy, postgres=postgres, worker=worker,
        )  # fmt: skip


async def _stop_all(programs: list[Program] | list[Server]) -> None:
    for program in programs:
        if program.alive:
            await program.stop()
