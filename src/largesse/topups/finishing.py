"""Telling a store that the coins of a purchase were credited, after they were."""

from uuid import UUID

from procrastinate import App, RetryStrategy

from largesse.services import Services
from largesse.topups import queries
from largesse.topups.consumption import register_consumption
from largesse.topups.providers import PaymentEvent, PaymentEventKind
from largesse.topups.registry import store_provider

FINISH_TASK = "topups.finish_purchase"
_RETRY = RetryStrategy(max_attempts=16, exponential_wait=2)
"""Doubling pauses, some 36 hours in all: Google gives back what nobody finished within three days."""


def register_finishing(app: App, services: Services) -> None:
    """Tell a worker's queue the tasks of stores."""

    async def finish(provider: str, order_id: str, transaction_id: str) -> None:
        await finish_purchase(services, provider, UUID(order_id), transaction_id)

    app.task(name=FINISH_TASK, retry=_RETRY)(finish)
    register_consumption(app, services)


async def finish_purchase(
    services: Services, provider_name: str, order_id: UUID, transaction_id: str
) -> None:
    """Finish the purchase of a credited order. Raises ProviderError when the store cannot be told now."""
    async with services.db.read() as conn:
        order = await queries.find_order(conn, order_id)
    assert order is not None, "orders are never deleted"
    event = PaymentEvent(
        PaymentEventKind.SUCCEEDED,
        order.id,
        transaction_id,
        order.gross_minor,
        order.currency,
        product_id=order.product_id,
        checkout_reference=order.provider_ref,
    )
    await store_provider(services, provider_name).finish_purchase(event)
