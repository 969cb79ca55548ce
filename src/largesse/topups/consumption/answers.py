"""Answering a store that wants to know, before it decides on a refund, how much of a purchase was used.

Only with the buyer's consent; without it nothing at all is sent.
"""

from uuid import UUID

from procrastinate import App, RetryStrategy

from largesse import ledger
from largesse.db import Connection, ReadConnection
from largesse.jobs import defer
from largesse.services import Services
from largesse.topups import payment_queries, queries
from largesse.topups.consumption.consent import consent_of
from largesse.topups.pricing import BASIS_POINTS
from largesse.topups.providers import Consumption, ConsumptionStore, PaymentReference
from largesse.topups.registry import notified_provider
from largesse.topups.rows import ProviderTransaction

ANSWER_TASK = "topups.answer_consumption"
_RETRY = RetryStrategy(max_attempts=14, exponential_wait=2)
"""Doubling pauses, some 9 hours in all: Apple waits 12."""


def register_consumption(app: App, services: Services) -> None:
    """Tell a worker's queue the task."""

    async def answer(provider: str, order_id: str, transaction_id: str) -> None:
        await answer_consumption(services, provider, UUID(order_id), transaction_id)

    app.task(name=ANSWER_TASK, retry=_RETRY)(answer)


async def defer_answers(
    conn: Connection, provider: str, asked: tuple[PaymentReference, ...]
) -> None:
    """Queue an answer for each purchase that a store asks about, in the caller's transaction."""
    for reference in asked:
        if reference.order_id is not None and reference.transaction_id is not None:
            await defer(
                conn,
                ANSWER_TASK,
                provider=provider,
                order_id=str(reference.order_id),
                transaction_id=reference.transaction_id,
            )


async def answer_consumption(
    services: Services, provider_name: str, order_id: UUID, transaction_id: str
) -> bool:
    """Answer a store, if its buyer allows it; False: nothing was sent. Raises ProviderError when it cannot be told."""
    provider = notified_provider(services, provider_name)
    async with services.db.read() as conn:
        known = await payment_queries.find_transaction(conn, provider_name, transaction_id)
        if known is None or known.order_id != order_id:
            return False
        if not (await consent_of(conn, known.user_id)).consented:
            return False
        consumption = await _consumption(conn, known)
    if not isinstance(provider, ConsumptionStore):
        return False
    await provider.tell_consumption(transaction_id, consumption)
    return True


async def _consumption(conn: ReadConnection, known: ProviderTransaction) -> Consumption:
    """Of the order's own payment; a second payment of the same order brought no coins."""
    order = await queries.find_order(conn, known.order_id)
    assert order is not None, "orders are never deleted"
    bought = await ledger.find_purchase(conn, known.user_id, known.order_id)
    if bought is None or order.provider_ref != known.transaction_id:
        return Consumption(delivered=False, used_bp=0)
    return consumption_of(bought.coins_bought, bought.coins_spent)


def consumption_of(coins_bought: int, coins_spent: int) -> Consumption:
    """The share of a purchase's coins that was spent, rounded down: no more is claimed than was used."""
    return Consumption(delivered=True, used_bp=coins_spent * BASIS_POINTS // coins_bought)
