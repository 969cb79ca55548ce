"""Asking providers for refunds that were kept. Every step may be repeated: the provider is asked with the refund's id
as its key, and looked up first whenever it was asked before.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from procrastinate import App

from largesse.services import Services
from largesse.topups import queries as order_queries
from largesse.topups.providers import (
    PaymentEvent,
    PaymentProvider,
    PaymentReference,
    ProviderError,
    RefundRequest,
    RefundState,
)
from largesse.topups.refunds import queries
from largesse.topups.refunds.model import OPEN, Failure, Progress, Refund
from largesse.topups.refunds.service import REFUND_TASK, SWEEP_AFTER_S
from largesse.topups.refunds.settling import settle
from largesse.topups.registry import enabled_providers
from largesse.types import now

log = logging.getLogger(__name__)

Apply = Callable[[Services, PaymentProvider, PaymentEvent], Awaitable[Any]]
"""Brings our books to what a provider says of a payment."""

KEY_HOLDS_S = 20 * 3600
"""How long the same key is sure to refund once: Stripe forgets keys after a day. Afterwards nobody asks again."""
PAUSE_MAX_S = 6 * 3600
TRIES_MAX = 120
"""With doubling pauses up to the longest, some four weeks."""
BATCH_MAX = 100


def register_refunds(app: App, services: Services, apply: Apply) -> None:
    """Tell a worker's queue the task."""

    async def refund(refund_id: str) -> None:
        await advance(services, UUID(refund_id), apply)

    app.task(name=REFUND_TASK)(refund)


async def sweep_refunds(services: Services, apply: Apply) -> int:
    """Look after refunds that are not certain, when it is time; answers how many."""
    async with services.db.read() as conn:
        due = await queries.refunds_to_try(conn, now(), BATCH_MAX)
    for refund_id in due:
        try:
            await advance(services, refund_id, apply)
        except Exception:  # one that fails must not keep the others waiting
            log.exception("refund %s is not settled", refund_id)
    return len(due)


async def advance(services: Services, refund_id: UUID, apply: Apply) -> None:
    """Bring a refund one step further. Doing it again, or twice at once, gives the money back once."""
    async with services.db.read() as conn:
        refund = await queries.find_refund(conn, refund_id)
    if refund is None or refund.state not in OPEN:
        return
    at = now()
    provider = enabled_providers(services).get(refund.provider)
    asks = provider is not None and refund.state is Progress.QUEUED
    async with (
        services.db.transaction() as conn
    ):  # planned before asking, so that a crash is no end
        mine = await queries.plan_try(
            conn,
            refund,
            try_at=next_try_at(refund.tries + 1, at),
            asked_at=at if asks else None,
        )
    if not mine or provider is None:
        return
    try:
        await _advance(services, provider, refund, apply)
    except ProviderError as error:
        log.warning("%s did not answer about refund %s: %s", refund.provider, refund.id, error)


def next_try_at(tries: int, at: datetime) -> datetime | None:
    """When to look after a refund again after so many tries; None: no more."""
    if tries >= TRIES_MAX:
        return None
    return at + timedelta(seconds=min(PAUSE_MAX_S, SWEEP_AFTER_S * 2 ** min(tries, 16)))


async def _advance(
    services: Services, provider: PaymentProvider, refund: Refund, apply: Apply
) -> None:
    if refund.asked_at is not None:
        await _look_up(services, provider, refund, apply)
        if refund.state is Progress.QUEUED and _forgotten(refund.asked_at):
            await _settle(services, refund, Progress.UNSURE, Failure.UNANSWERED)
    async with services.db.read() as conn:
        current = await queries.find_refund(conn, refund.id)
    if current is None or current.state is not Progress.QUEUED:
        return
    answer = await provider.refund(
        RefundRequest(
            idempotency_key=str(refund.id),
            order_id=refund.order_id,
            transaction_id=refund.transaction_id,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
        )
    )
    if answer is RefundState.DONE:
        await _settle(services, refund, Progress.DONE)
    elif answer is RefundState.PENDING:
        await _settle(services, refund, Progress.PENDING)
    else:
        # Perhaps it was given back at the provider's own site: then that is told, and is this refund.
        await _look_up(services, provider, refund, apply)
        await _settle(services, refund, Progress.FAILED, Failure.REFUSED)


def _forgotten(asked_at: datetime) -> bool:
    return now() - asked_at > timedelta(seconds=KEY_HOLDS_S)


async def _look_up(
    services: Services, provider: PaymentProvider, refund: Refund, apply: Apply
) -> None:
    """Let the provider tell what it knows of the payment."""
    reference = PaymentReference(order_id=refund.order_id, transaction_id=refund.transaction_id)
    for event in await provider.look_up(reference):
        await apply(services, provider, event)


async def _settle(
    services: Services, refund: Refund, state: Progress, failure: Failure | None = None
) -> None:
    """Keep the provider's answer, unless something certain is known already."""
    async with services.db.transaction() as conn:
        order = await order_queries.lock_order(conn, refund.order_id)
        current = await queries.find_refund(conn, refund.id)
        assert order is not None, "orders are never deleted"
        assert current is not None, "refunds are never deleted"
        if current.state in OPEN:
            await settle(conn, order, current, state, failure)
