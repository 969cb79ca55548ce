"""The background job of guards."""

from procrastinate import App

from largesse.services import Services
from largesse.topups.guards.service import forget_visitors
from largesse.types import now

_DAILY = "40 3 * * *"


def register_guards(app: App, services: Services) -> None:
    """Tell a worker's queue the task."""

    async def forget(timestamp: int) -> None:
        await forget_visitors(services, now())

    name = "topups.forget_visitors"
    app.periodic(cron=_DAILY)(app.task(name=name, queueing_lock=name)(forget))
