"""The background job of recognition."""

from procrastinate import App

from largesse import outbox
from largesse.recognition import queries
from largesse.services import Services

_HOURLY = "35 * * * *"
_KEPT_S = 86_400


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def forget(timestamp: int) -> None:
        async with services.db.transaction() as conn:
            await queries.forget_entrances(conn, _KEPT_S)
        await outbox.forget_rankings(services.db)

    name = "recognition.forget"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(forget))
