"""Ends streams whose media server lost the picture and did not get it back in time."""

import contextlib
import logging
from collections.abc import AsyncIterator

from largesse.db import database_time
from largesse.realtime import Looking
from largesse.rooms import door_queries
from largesse.rooms.streams import end_overdue
from largesse.services import Services

LOOK_S = 1.0

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def running_endings(services: Services) -> AsyncIterator[None]:
    """Looks while the block lasts. Every serving process does: a stream is ended once whoever comes first."""
    async with _Endings(services):
        yield


class _Endings(Looking):
    def __init__(self, services: Services) -> None:
        super().__init__("rooms, endings")
        self._services = services

    def pause_s(self) -> float:
        return LOOK_S

    async def look(self) -> None:
        async with self._services.db.read() as conn:
            due = await door_queries.due_to_end(conn, await database_time(conn))
        for stream_id in due:
            try:
                await end_overdue(self._services, stream_id)
            except Exception:  # it must not keep the others open
                log.exception("stream %s cannot be ended; trying again", stream_id)
