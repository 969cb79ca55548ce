"""The background job of finance."""

from procrastinate import App

from largesse.finance.service import close_due
from largesse.services import Services

_HOURLY = "20 * * * *"
"""After midnight and `GRACE`; the other hours make up for a worker that was away, and find nothing to do otherwise."""


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def close(timestamp: int) -> None:
        await close_due(services.db)

    name = "finance.close"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(close))
