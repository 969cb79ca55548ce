"""Runs the background jobs of all modules: inside `largesse serve`, or alone as `largesse worker`."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from largesse import topups
from largesse.jobs import job_app
from largesse.services import Services

log = logging.getLogger(__name__)

_CONCURRENCY = 4
_GRACE_S = 3.0
"""How long running jobs may go on after a stop; what does not finish is done again later."""
_POLLING_S = 5.0
_RESTART_S = 5.0


async def run_worker(services: Services) -> None:
    """Work off the queue until cancelled; then stop within a few seconds."""
    app = job_app(services.db.url)
    topups.register_jobs(app, services)
    async with app.open_async():
        await app.run_worker_async(
            concurrency=_CONCURRENCY,
            install_signal_handlers=False,
            shutdown_graceful_timeout=_GRACE_S,
            fetch_job_polling_interval=_POLLING_S,
            delete_jobs="successful",
        )


@contextlib.asynccontextmanager
async def running_worker(services: Services) -> AsyncIterator[None]:
    """A worker beside the block, started again when it fails (a database that was away), stopped at the end."""
    task = asyncio.create_task(_keep_running(services), name="worker")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_running(services: Services) -> None:
    while True:
        try:
            await run_worker(services)
        except Exception:
            log.exception("the worker failed and is started again in %s s", _RESTART_S)
        await asyncio.sleep(_RESTART_S)
