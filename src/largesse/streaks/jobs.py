"""The background job of streaks."""

from procrastinate import App

from largesse.figures import holding
from largesse.services import Services
from largesse.streaks import queries
from largesse.types import now

_HOURLY = "50 * * * *"


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def purge(timestamp: int) -> None:
        async with services.db.transaction() as conn:
            rule = holding(await queries.rules(conn), now())
            await queries.purge(conn, rule.kept_s)

    name = "streaks.purge"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(purge))
