"""Runs the background jobs and the journal's followers: inside `largesse serve`, or alone as `largesse worker`."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from procrastinate.worker import Worker

from largesse import (
    creators,
    finance,
    goals,
    identity,
    ledger,
    moderation,
    outbox,
    overlays,
    recognition,
    rooms,
    streaks,
    topups,
)
from largesse.jobs import job_app
from largesse.services import Services

log = logging.getLogger(__name__)

FOLLOWERS = (*outbox.FOLLOWERS, streaks.FOLLOWER)
_CONCURRENCY = 4
_POLLING_S = 5.0
_GRACE_S = 3.0
"""How long running jobs may go on after a stop; what does not finish is done again later."""
_RESTART_S = 5.0


async def run_worker(services: Services) -> None:
    """Work off the queue until cancelled; then stop within a few seconds."""
    async with running_worker(services):
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def running_worker(services: Services) -> AsyncIterator[None]:
    """A worker beside the block, started again when it fails (a database that was away), stopped at the end.

    It is asked to stop rather than cancelled: a cancelled query may swallow the cancellation. That is the last resort.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_keep_running(services, stopping), name="worker")
    try:
        async with following(services):
            yield
    finally:
        stopping.set()
        await asyncio.wait({task}, timeout=2 * _GRACE_S)
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=1)


@contextlib.asynccontextmanager
async def following(services: Services) -> AsyncIterator[None]:
    """What a worker does besides jobs, beside the block: it tells what the journal's followers make of it."""
    async with (
        outbox.running_followers(services.db, FOLLOWERS),
        goals.Reaching(services.db, services.hub),
    ):
        yield


async def _keep_running(services: Services, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await _work(services, stopping)
        except Exception:
            if not stopping.is_set():
                log.exception("the worker failed and is started again in %s s", _RESTART_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _RESTART_S)


async def _work(services: Services, stopping: asyncio.Event) -> None:
    """Work until asked to stop, or until the worker ends by itself."""
    async with job_app(services.db.url) as app:
        for module in (
            ledger,
            creators,
            identity,
            topups,
            finance,
            moderation,
            recognition,
            streaks,
            rooms,
            overlays,
        ):
            module.register_jobs(app, services)
        worker = Worker(
            app,
            concurrency=_CONCURRENCY,
            install_signal_handlers=False,
            shutdown_graceful_timeout=_GRACE_S,
            fetch_job_polling_interval=_POLLING_S,
            delete_jobs="successful",
        )
        running = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
        asked = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            worker.stop()  # type: ignore[no-untyped-call]
            await running
