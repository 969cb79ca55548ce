"""The background job of creators' earnings."""

from procrastinate import App

from largesse import ledger
from largesse.services import Services

_EVERY_TEN_MINUTES = "4-59/10 * * * *"
"""At 00:14, after the ledger's grace, it finds the day that ended; the others make up for a worker that was away."""


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def mature(timestamp: int) -> None:
        await ledger.mature_due(services.db)

    name = "creators.mature"
    app.periodic(cron=_EVERY_TEN_MINUTES)(app.task(name=name, queueing_lock=name)(mature))
