"""Background jobs of identity."""

from procrastinate import App

from largesse.identity.service import purge
from largesse.services import Services

_HOURLY = "17 * * * *"


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the tasks of this module."""

    async def forget(timestamp: int) -> None:
        async with services.db.transaction() as conn:
            await purge(conn)

    name = "identity.purge"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(forget))
