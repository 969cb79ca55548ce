"""The programs of a run: `largesse serve` and `largesse worker`, started, killed and started again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from tests.asking import TRUSTS_NOBODY

LARGESSE = Path(sys.executable).with_name("largesse")
_START_TIMEOUT_S = 90.0
_STOP_TIMEOUT_S = 40.0
_STARTS_MAX = 10
_START_PAUSE_S = 2.0
_LOG_BYTES_SHOWN = 3_000


class DidNotStart(Exception):
    """A program ended, or never became ready."""


class Program:
    """One command and what it prints; what it printed stays over its restarts."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], *command: str) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = [str(LARGESSE), *command]
        inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        self._environment = {**inherited, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def kill(self) -> None:
        """kill -9, of this process alone."""
        self.signal(signal.SIGKILL)
        await self._gone()

    async def stop(self) -> int:
        """Ask it to stop; its exit code."""
        if self.alive:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
        return await self._gone()

    def children(self) -> list[int]:
        """Its processes that serve, without PostgreSQL and Python's own helpers."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
                arguments = (stat.parent / "cmdline").read_bytes().split(b"\0")
            except OSError:  # ended meanwhile
                continue
            if int(fields[1]) == self.pid and any(b"spawn_main" in word for word in arguments):
                found.append(int(stat.parent.name))
        return sorted(found)

    def printed(self) -> str:
        """The end of what it printed."""
        return self.log.read_bytes()[-_LOG_BYTES_SHOWN:].decode(errors="replace")

    async def _gone(self) -> int:
        assert self._process is not None
        try:
            return await asyncio.to_thread(self._process.wait, _STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
            raise


class Server(Program):
    """`largesse serve` on a port of its own."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        port = {"LARGESSE_PORT": str(self.port)}
        super().__init__(name, folder, {**environment, **port}, "serve", *options)

    async def start(self) -> None:
        """Start it and wait until it takes requests."""
        self.spawn()
        await self.ready()

    async def start_again(self) -> None:
        """Until it stays, as whoever looks after it does: a killed one's processes may keep the port for a moment."""
        for _ in range(_STARTS_MAX):
            try:
                await self.start()
            except DidNotStart:
                if self.alive:
                    raise
                await asyncio.sleep(_START_PAUSE_S)
            else:
                return
        raise DidNotStart(f"{self.name} does not stay:\n{self.printed()}")

    async def ready(self) -> None:
        try:
            async with (
                asyncio.timeout(_START_TIMEOUT_S),
                httpx.AsyncClient(verify=TRUSTS_NOBODY) as http,
            ):
                while not await _answers(http, f"{self.url}/readyz"):
                    if not self.alive:
                        raise DidNotStart(f"{self.name} ended:\n{self.printed()}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise DidNotStart(f"{self.name} does not get ready:\n{self.printed()}") from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url, timeout=5)).is_success
    except httpx.TransportError:
        return False
