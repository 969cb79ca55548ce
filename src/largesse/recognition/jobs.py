"""The background job of recognition."""

from datetime import timedelta

from procrastinate import App

from largesse.recognition import queries
from largesse.services import Services
from largesse.types import now

_HOURLY = "35 * * * *"
_KEPT = timedelta(days=1)


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def forget(timestamp: int) -> None:
        async with services.db.transaction() as conn:
            await queries.forget_entrances(conn, now() - _KEPT)

    name = "recognition.forget"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(forget))
