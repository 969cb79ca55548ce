"""Runs gift writers in processes of their own, from a test."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from largesse import ledger
from tests.concurrency.program import encode

_ROOT = Path(__file__).resolve().parents[2]
_START_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a process said about a gift: where it stands in the journal, or the code of a refusal."""

    code: str | None = None
    seq: int = 0
    lane: int = 0
    batch_no: int = 0
    duplicate: bool = False


class Gone(Exception):
    """The process ended without an answer."""


class WriterProcess:
    """One process with one gift writer."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._numbers = 0
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._listening = asyncio.create_task(self._listen())

    def send(self, requests: Sequence[ledger.GiftRequest]) -> "list[asyncio.Future[Answer]]":
        """Hand gifts over; each is answered by a future."""
        assert self._process.stdin is not None
        futures = []
        for request in requests:
            self._numbers += 1
            future = asyncio.get_running_loop().create_future()
            self._waiting[self._numbers] = future
            self._process.stdin.write(encode(self._numbers, request))
            futures.append(future)
        return futures

    async def give(self, requests: Sequence[ledger.GiftRequest]) -> list[Answer]:
        """Hand gifts over and wait for all answers."""
        return await asyncio.gather(*self.send(requests))

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def end(self) -> None:
        """Let it finish, or see that it is dead."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 60)
        await self._listening

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            future = self._waiting.pop(told.pop("number"))
            if not future.done():
                future.set_result(Answer(**told))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Gone())


async def start_process(url: str, *, batch_size_max: int = 32) -> WriterProcess:
    """A running writer; it has a lane."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.concurrency.program", url, str(batch_size_max)),
        stdin=PIPE,
        stdout=PIPE,
        cwd=_ROOT,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), _START_TIMEOUT_S)
    return WriterProcess(process)


@asynccontextmanager
async def processes(
    url: str, count: int, *, batch_size_max: int = 32
) -> AsyncIterator[list[WriterProcess]]:
    """Several of them, started together and ended together."""
    started = [start_process(url, batch_size_max=batch_size_max) for _ in range(count)]
    running = await asyncio.gather(*started)
    try:
        yield list(running)
    finally:
        for process in running:
            await process.end()
