"""Ends streams whose media server lost the picture and did not get it back in time."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from largesse.rooms import door_queries
from largesse.rooms.streams import end_overdue
from largesse.services import Services
from largesse.types import now

LOOK_S = 1.0

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def running_endings(services: Services) -> AsyncIterator[None]:
    """Looks while the block lasts. Every serving process does: a stream is ended once whoever comes first."""
    task = asyncio.create_task(_keep_looking(services), name="rooms, endings")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_looking(services: Services) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            async with services.db.read() as conn:
                due = await door_queries.due_to_end(conn, now())
            for stream_id in due:
                await end_overdue(services, stream_id)
        except Exception:  # streams must outlive a database that is away for a while
            log.exception("cannot look up which streams are to end; trying again")
