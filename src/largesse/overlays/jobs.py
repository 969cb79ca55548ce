"""The background job of overlays."""

from datetime import timedelta

from procrastinate import App

from largesse import rooms
from largesse.db import database_time
from largesse.overlays import queries
from largesse.services import Services

_HOURLY = "41 * * * *"
_ROOMS_AT_ONCE = 100


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def forget(timestamp: int) -> None:
        await forget_decisions(services)

    name = "overlays.forget"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(forget))


async def forget_decisions(services: Services) -> int:
    """Delete decisions about alerts of streams that ended long ago, which wait nowhere any more; how many."""
    async with services.db.read() as conn:
        at = await database_time(conn)
        before = at - timedelta(days=(await queries.rule(conn, at)).decision_days)
        decided = await queries.rooms_decided_before(conn, before)
    deleted = 0
    for start in range(0, len(decided), _ROOMS_AT_ONCE):
        async with services.db.transaction() as conn:
            ended = await rooms.ended_before(conn, decided[start : start + _ROOMS_AT_ONCE], before)
            deleted += await queries.delete_decisions(conn, ended, before)
    return deleted
