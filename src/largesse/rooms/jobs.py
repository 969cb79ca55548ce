"""The background job of rooms."""

from datetime import timedelta

from procrastinate import App

from largesse.db import database_time
from largesse.rooms import door_queries
from largesse.rooms.defaults import stream_rule
from largesse.services import Services

_HOURLY = "44 * * * *"


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def forget(timestamp: int) -> None:
        await forget_keys(services)

    name = "rooms.forget"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(forget))


async def forget_keys(services: Services) -> int:
    """Delete keys for single streams some days after their end: they open nothing; how many."""
    async with services.db.transaction() as conn:
        rule = await stream_rule(conn)
        before = await database_time(conn) - timedelta(days=rule.ingest_key_days)
        return await door_queries.delete_keys_of_ended(conn, before)
