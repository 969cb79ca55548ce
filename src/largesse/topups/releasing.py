"""What follows when a held payment is released: its coins are credited, and then what was told meanwhile is applied."""

from uuid import UUID

from procrastinate import App, RetryStrategy

from largesse.services import Services
from largesse.topups import payment_queries, queries
from largesse.topups.crediting import credit_paid_order
from largesse.topups.payments import apply_event
from largesse.topups.providers import PaymentReference
from largesse.topups.registry import enabled_providers

SETTLE_TASK = "topups.settle_released"
_RETRY = RetryStrategy(max_attempts=12, exponential_wait=3)


def register_releasing(app: App, services: Services) -> None:
    """Tell a worker's queue the task."""

    async def settle(order_id: str) -> None:
        await settle_released(services, UUID(order_id))

    app.task(name=SETTLE_TASK, retry=_RETRY)(settle)


async def settle_released(services: Services, order_id: UUID) -> None:
    """Credit an order that nobody holds any more, and bring it to what its provider says now: a refund or dispute that
    was told while it was held moved nothing. Doing it again changes nothing.

    Raises ProviderError when the provider does not answer; the coins are credited by then.
    """
    await credit_paid_order(services, order_id)
    async with services.db.read() as conn:
        order = await queries.find_order(conn, order_id)
        transactions = await payment_queries.transactions_of(conn, order_id)
    provider = None if order is None else enabled_providers(services).get(order.provider)
    if order is None or provider is None:
        return
    for transaction in transactions:
        reference = PaymentReference(order.id, order.provider_ref, transaction.transaction_id)
        for event in await provider.look_up(reference):
            await apply_event(services, provider, event)
