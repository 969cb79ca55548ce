"""What providers tell us: kept as it came, then applied step by step.

A crash between two steps is mended by the notification's job or the sweep.
"""

import asyncio
import logging
from asyncio import to_thread
from dataclasses import replace

from largesse.jobs import defer
from largesse.services import Services
from largesse.topups import payment_queries
from largesse.topups.consumption import defer_answers
from largesse.topups.crediting import Outcome, lock, pay_and_credit, step
from largesse.topups.errors import BadSignature
from largesse.topups.providers import (
    Notification,
    Payer,
    PaymentEvent,
    PaymentEventKind,
    PaymentProvider,
    PaymentReference,
    ProviderError,
    RawNotification,
    SignatureError,
)
from largesse.topups.registry import notified_provider
from largesse.topups.reversals import reverse
from largesse.topups.states import OrderEvent
from largesse.types import now

log = logging.getLogger(__name__)

PAYER_WAIT_S = 3.0
"""How long crediting waits at most to hear who paid; it goes on without."""
PROCESS_TASK = "topups.process_notification"
_FAILED = {
    PaymentEventKind.DECLINED: OrderEvent.PAYMENT_DECLINED,
    PaymentEventKind.ABANDONED: OrderEvent.PAYMENT_ABANDONED,
}


async def receive_notification(services: Services, provider_name: str, raw: RawNotification) -> str:
    """Verify a notification and keep it, once, with a job to process it; answers its id."""
    provider = notified_provider(services, provider_name)
    try:  # in a thread: a provider's certificates may have to be read or fetched
        notification = await to_thread(provider.verify_and_parse_notification, raw)
    except SignatureError as error:
        raise BadSignature from error
    kept = {name: raw.headers[name] for name in provider.signature_headers if name in raw.headers}
    async with services.db.transaction() as conn:
        new = await payment_queries.store_notification(
            conn,
            provider=provider_name,
            id=notification.id,
            headers=kept,
            body=raw.body,
            received_at=raw.received_at,
        )
        if new:
            await defer(conn, PROCESS_TASK, provider=provider_name, notification_id=notification.id)
    return notification.id


async def process_notification(
    services: Services, provider_name: str, notification_id: str
) -> None:
    """Apply what a kept notification says. Doing it again, or twice at once, changes nothing more."""
    async with services.db.read() as conn:
        stored = await payment_queries.notification(conn, provider_name, notification_id)
    if stored is None or stored.processed_at is not None:
        return
    provider = notified_provider(services, provider_name)
    notification = provider.parse_stored_notification(stored.body)
    outcomes = [
        await apply_event(services, provider, event)
        for event in await _facts(provider, notification)
    ]
    outcome = " ".join(dict.fromkeys(outcomes)) or Outcome.NO_CHANGE
    async with services.db.transaction() as conn:
        await defer_answers(conn, provider_name, notification.consumption_asked)
        await payment_queries.mark_processed(
            conn, provider_name, notification_id, outcome=outcome, at=now()
        )


async def _facts(provider: PaymentProvider, notification: Notification) -> list[PaymentEvent]:
    """What happened: as the notification says, or as the provider answers where it does not vouch for that."""
    events = [await _with_payer(provider, event) for event in notification.events]
    for reference in notification.ask_first:
        events += await provider.look_up(reference)
    return events


async def _with_payer(provider: PaymentProvider, event: PaymentEvent) -> PaymentEvent:
    """A success with who paid, asked for where the notification does not say; without it when the provider is slow."""
    if event.kind is not PaymentEventKind.SUCCEEDED or event.payer != Payer():
        return event
    reference = PaymentReference(event.order_id, transaction_id=event.transaction_id)
    try:
        async with asyncio.timeout(PAYER_WAIT_S):
            told = await provider.look_up(reference)
    except (ProviderError, TimeoutError) as error:
        log.warning("%s does not say who paid order %s: %s", provider.name, event.order_id, error)
        return event
    for one in told:
        if (one.kind, one.transaction_id) == (event.kind, event.transaction_id):
            return replace(event, payer=one.payer)
    return event


async def apply_event(
    services: Services, provider: PaymentProvider, event: PaymentEvent
) -> Outcome:
    """Bring our books to what one fact about a payment says, with everything that must have come before it."""
    if event.kind in _FAILED:
        return await _fail(services, provider.name, event)
    if event.kind is PaymentEventKind.SUCCEEDED:
        return await pay_and_credit(services, provider.name, event)
    return await reverse(services, provider, event)


async def _fail(services: Services, provider: str, event: PaymentEvent) -> Outcome:
    async with services.db.transaction() as conn:
        order = await lock(conn, provider, event.order_id)
        if order is None:
            return Outcome.ORDER_UNKNOWN
        return await step(conn, order, _FAILED[event.kind], now())
