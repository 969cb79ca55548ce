"""Background jobs of top-ups. Each may run twice or at once on several workers without harm."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from procrastinate import App, RetryStrategy

from largesse.services import Services
from largesse.topups import payment_queries, queries
from largesse.topups.crediting import Outcome, credit_paid_order
from largesse.topups.finishing import register_finishing
from largesse.topups.guards import register_guards
from largesse.topups.payments import PROCESS_TASK, apply_event, process_notification
from largesse.topups.placing import FIRST_POLL_S
from largesse.topups.providers import PaymentReference, ProviderError
from largesse.topups.refunds import register_refunds, sweep_refunds
from largesse.topups.registry import enabled_providers
from largesse.topups.releasing import register_releasing
from largesse.topups.rows import Order
from largesse.topups.service import expire_order
from largesse.topups.voided_purchases import register_voided_purchases
from largesse.types import now

log = logging.getLogger(__name__)

BATCH_MAX = 200
"""Orders or notifications that one run of a periodic job takes."""
POLLS_MAX = 12
"""Questions to a provider about one order: with doubling pauses, some 34 hours."""
SWEEP_AFTER_S = 30
"""How long a notification or a paid order may wait for its own job before the sweep takes it."""
_EVERY_MINUTE = "* * * * *"
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the tasks of this module."""

    async def process(provider: str, notification_id: str) -> None:
        await process_notification(services, provider, notification_id)

    async def expire(timestamp: int) -> None:
        await expire_orders(services)

    async def poll(timestamp: int) -> None:
        await poll_open_orders(services)

    async def mend(timestamp: int) -> None:
        await sweep(services)
        await sweep_refunds(services, apply_event)

    app.task(name=PROCESS_TASK, retry=_RETRY)(process)
    register_finishing(app, services)
    register_releasing(app, services)
    register_guards(app, services)
    register_voided_purchases(app, services)
    register_refunds(app, services, apply_event)
    for name, task in (("expire_orders", expire), ("poll_open_orders", poll), ("sweep", mend)):
        full_name = f"topups.{name}"
        every_minute = app.periodic(cron=_EVERY_MINUTE)
        every_minute(app.task(name=full_name, queueing_lock=full_name)(task))


async def expire_orders(services: Services) -> int:
    """Close open orders past their time; answers how many."""
    at = now()
    async with services.db.read() as conn:
        due = await queries.expired_orders(conn, at, BATCH_MAX)
    closed = 0
    for order_id in due:
        closed += await _try_to_expire(services, order_id, at)
    return closed


async def _try_to_expire(services: Services, order_id: UUID, at: datetime) -> bool:
    """One that fails must not keep the others waiting; it is tried again a minute later."""
    try:
        async with services.db.transaction() as conn:
            return await expire_order(conn, order_id, at)
    except Exception:
        log.exception("order %s is not expired", order_id)
        return False


def next_poll_at(polls: int, at: datetime) -> datetime | None:
    """When to ask about an order again after `polls` questions; None: no more."""
    if polls >= POLLS_MAX:
        return None
    return at + timedelta(seconds=FIRST_POLL_S * 2**polls)


async def poll_open_orders(services: Services) -> int:
    """Ask providers about orders that stay unsettled; answers how many were asked about."""
    at = now()
    async with services.db.read() as conn:
        orders = await queries.orders_to_poll(conn, at, BATCH_MAX)
    for order in orders:
        # Planned before asking: a provider that fails is asked again later, not at once.
        async with services.db.transaction() as conn:
            await queries.set_next_poll(conn, order, next_poll_at(order.polls + 1, at))
        try:
            await ask_about(services, order)
        except ProviderError as error:
            log.warning("%s did not answer about order %s: %s", order.provider, order.id, error)
        except Exception:  # one that fails must not keep the others waiting
            log.exception("order %s cannot be brought to what %s says", order.id, order.provider)
    return len(orders)


async def ask_about(services: Services, order: Order) -> list[Outcome]:
    """Bring an order to what its provider says now; answers what became of each event."""
    provider = enabled_providers(services).get(order.provider)
    if provider is None:
        return []
    reference = PaymentReference(order_id=order.id, checkout_reference=order.provider_ref)
    return [
        await apply_event(services, provider, event) for event in await provider.look_up(reference)
    ]


async def sweep(services: Services) -> int:
    """Mend what a crash left behind: notifications not processed, paid orders not credited; answers how many."""
    before = now() - timedelta(seconds=SWEEP_AFTER_S)
    async with services.db.read() as conn:
        notifications = await payment_queries.unprocessed_notifications(conn, before, BATCH_MAX)
        paid = await queries.paid_orders(conn, before, BATCH_MAX)
    for provider, notification_id in notifications:
        await _try_to_process(services, provider, notification_id)
    for order_id in paid:
        await _try_to_credit(services, order_id)
    return len(notifications) + len(paid)


async def _try_to_process(services: Services, provider: str, notification_id: str) -> None:
    """One that fails must not keep the others waiting; it is tried again by the next sweep."""
    try:
        await process_notification(services, provider, notification_id)
    except Exception:
        log.exception("notification %s of %s is not processed", notification_id, provider)


async def _try_to_credit(services: Services, order_id: UUID) -> None:
    try:
        await credit_paid_order(services, order_id)
    except Exception:
        log.exception("paid order %s is not credited", order_id)
