"""The background job of the journal."""

from procrastinate import App

from largesse.ledger.partitions import ensure_partitions
from largesse.services import Services
from largesse.types import now

_DAILY = "41 3 * * *"


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def prepare_months(timestamp: int) -> None:
        async with services.db.transaction() as conn:
            await ensure_partitions(conn, now())

    name = "ledger.prepare_months"
    app.periodic(cron=_DAILY)(app.task(name=name, queueing_lock=name)(prepare_months))
