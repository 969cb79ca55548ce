"""The background job of the journal."""

from procrastinate import App

from largesse.ledger.lapse import lapse_due
from largesse.ledger.partitions import ensure_partitions
from largesse.services import Services
from largesse.types import now

_DAILY = "41 3 * * *"
_OFTEN = "*/5 * * * *"


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def prepare_months(timestamp: int) -> None:
        async with services.db.transaction() as conn:
            await ensure_partitions(conn, now())

    async def lapse(timestamp: int) -> None:
        await lapse_due(services.db)

    for name, cron, task in (
        ("ledger.prepare_months", _DAILY, prepare_months),
        ("ledger.lapse", _OFTEN, lapse),
    ):
        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name)(task))
