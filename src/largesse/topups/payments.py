"""What providers tell us: kept as it came, then turned into coins exactly once.

Every step is its own transaction and may be repeated: claim the provider's transaction for its order (`paid`), credit
(`credited`), take back (`refunded`, `disputed`). A crash between two of them is mended by the notification's job or the
sweep.
Locks are taken in this order: the order, its provider transaction, the ledger's rows.
"""

import logging
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from largesse import ledger
from largesse.db import Connection
from largesse.jobs import defer
from largesse.ledger import TopUp
from largesse.services import Services
from largesse.topups import payment_queries, queries
from largesse.topups.errors import BadSignature
from largesse.topups.providers import (
    Notification,
    PaymentEvent,
    PaymentEventKind,
    PaymentProvider,
    RawNotification,
    SignatureError,
)
from largesse.topups.registry import notified_provider
from largesse.topups.rows import HistoryLine, Order, ProviderTransaction, TransactionState
from largesse.topups.states import SETTLED_STATES, OrderEvent, Reason, next_step
from largesse.types import now

log = logging.getLogger(__name__)

PROCESS_TASK = "topups.process_notification"
_REVERSED = {
    PaymentEventKind.REFUNDED: (OrderEvent.PAYMENT_REFUNDED, TransactionState.REFUNDED),
    PaymentEventKind.DISPUTED: (OrderEvent.PAYMENT_DISPUTED, TransactionState.DISPUTED),
}
_FAILED = {
    PaymentEventKind.DECLINED: OrderEvent.PAYMENT_DECLINED,
    PaymentEventKind.ABANDONED: OrderEvent.PAYMENT_ABANDONED,
}


class Outcome(StrEnum):
    """What became of one thing a provider told us; kept with the notification."""

    APPLIED = "applied"
    NO_CHANGE = "no_change"
    ORDER_UNKNOWN = "order_unknown"
    MISMATCH = "mismatch"
    SURPLUS = "surplus"
    TRANSACTION_OF_OTHER_ORDER = "transaction_of_other_order"
    PARTIAL = "partial"


async def receive_notification(services: Services, provider_name: str, raw: RawNotification) -> str:
    """Verify a notification and keep it, once, with a job to process it; answers its id."""
    provider = notified_provider(services, provider_name)
    try:
        notification = provider.verify_and_parse_notification(raw)
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
        await apply_event(services, provider.name, event)
        for event in await _facts(provider, notification)
    ]
    outcome = " ".join(dict.fromkeys(outcomes)) or Outcome.NO_CHANGE
    async with services.db.transaction() as conn:
        await payment_queries.mark_processed(
            conn, provider_name, notification_id, outcome=outcome, at=now()
        )


async def _facts(provider: PaymentProvider, notification: Notification) -> list[PaymentEvent]:
    """What happened: as the notification says, or as the provider answers where it does not vouch for that."""
    events = list(notification.events)
    for reference in notification.ask_first:
        events += await provider.look_up(reference)
    return events


async def apply_event(services: Services, provider: str, event: PaymentEvent) -> Outcome:
    """Bring our books to what one fact about a payment says, with everything that must have come before it."""
    if event.kind in _FAILED:
        return await _fail(services, provider, event)
    if event.kind is PaymentEventKind.SUCCEEDED:
        return await _pay_and_credit(services, provider, event)
    if not await _is_whole(services, event):
        return await _note_partial(services, provider, event)
    paid = await _pay_and_credit(services, provider, event)
    if paid not in (Outcome.APPLIED, Outcome.NO_CHANGE, Outcome.SURPLUS):
        return paid
    return await _reverse(services, provider, event)


async def _pay_and_credit(services: Services, provider: str, event: PaymentEvent) -> Outcome:
    async with services.db.transaction() as conn:
        paid = await _mark_paid(conn, provider, event)
    if paid not in (Outcome.APPLIED, Outcome.NO_CHANGE):
        return paid
    async with services.db.transaction() as conn:
        credited = await _credit(conn, provider, _transaction_id(event), event.order_id)
    return Outcome.APPLIED if credited else paid


def _transaction_id(event: PaymentEvent) -> str:
    assert event.transaction_id is not None, "an adapter names the transaction whenever money moved"
    return event.transaction_id


async def _fail(services: Services, provider: str, event: PaymentEvent) -> Outcome:
    async with services.db.transaction() as conn:
        order = await _lock(conn, provider, event.order_id)
        if order is None:
            return Outcome.ORDER_UNKNOWN
        return await _step(conn, order, _FAILED[event.kind], now())


async def _lock(conn: Connection, provider: str, order_id: UUID) -> Order | None:
    """The order of an event, locked, if it was to be paid by this provider."""
    order = await queries.lock_order(conn, order_id)
    return order if order is not None and order.provider == provider else None


async def _step(conn: Connection, order: Order, event: OrderEvent, at: datetime) -> Outcome:
    step = next_step(order.state, event)
    if step is None:
        return Outcome.NO_CHANGE
    await queries.apply_step(conn, order, step, at, settled=step.state in SETTLED_STATES)
    return Outcome.APPLIED


async def _mark_paid(conn: Connection, provider: str, event: PaymentEvent) -> Outcome:
    """Tie the payment to its order: one payment pays one order, one order is paid by one payment."""
    order = await _lock(conn, provider, event.order_id)
    if order is None:
        return Outcome.ORDER_UNKNOWN
    at = now()
    if (event.amount_minor, event.currency) != (order.gross_minor, order.currency):
        await _note(conn, order, Reason.PAYMENT_MISMATCH, at)
        return Outcome.MISMATCH
    others = [
        known
        for known in await payment_queries.transactions_of(conn, order.id)
        if known.transaction_id != event.transaction_id
    ]
    state = TransactionState.SURPLUS if others else TransactionState.PAID
    transaction = ProviderTransaction(
        provider, _transaction_id(event), order.id, order.user_id, state
    )
    if not await payment_queries.claim_transaction(conn, transaction, at):
        return await _known_transaction(conn, transaction)
    if state is TransactionState.SURPLUS:
        await _note(conn, order, Reason.SECOND_PAYMENT, at)
        return Outcome.SURPLUS
    return await _step(conn, order, OrderEvent.PAYMENT_SUCCEEDED, at)


async def _known_transaction(conn: Connection, told: ProviderTransaction) -> Outcome:
    known = await payment_queries.find_transaction(conn, told.provider, told.transaction_id)
    assert known is not None, "transactions are never deleted"
    if known.order_id != told.order_id:
        log.error("%s tells transaction %s for two orders", told.provider, told.transaction_id)
        return Outcome.TRANSACTION_OF_OTHER_ORDER
    return Outcome.SURPLUS if told.state is TransactionState.SURPLUS else Outcome.NO_CHANGE


async def _credit(conn: Connection, provider: str, transaction_id: str, order_id: UUID) -> bool:
    """Put the coins of a paid order into the wallet. The transaction's step from paid to credited is made once."""
    order = await _lock(conn, provider, order_id)
    assert order is not None, "its payment was claimed"
    first = await payment_queries.move_transaction(
        conn,
        provider,
        transaction_id,
        sources=[TransactionState.PAID],
        target=TransactionState.CREDITED,
    )
    if not first:
        return False
    await _step(conn, order, OrderEvent.COINS_CREDITED, now())
    await ledger.credit_top_up(
        conn,
        TopUp(
            owner_id=order.user_id,
            order_id=order.id,
            coins=order.coins,
            coins_bonus=order.coins_bonus,
            currency=order.currency,
            gross_minor=order.gross_minor,
            tax_minor=order.tax_minor,
            fee_minor=order.fee_minor,
            provider=order.provider,
            channel=order.channel,
            hold_days=order.hold_days,
        ),
    )
    return True


async def _reverse(services: Services, provider: str, event: PaymentEvent) -> Outcome:
    """Take back what a refunded or disputed payment had credited. A surplus payment had credited nothing."""
    order_event, target = _REVERSED[event.kind]
    async with services.db.transaction() as conn:
        order = await _lock(conn, provider, event.order_id)
        assert order is not None, "its payment was claimed"
        known = await payment_queries.find_transaction(conn, provider, _transaction_id(event))
        assert known is not None, "its payment was claimed"
        if known.state == TransactionState.SURPLUS:
            return Outcome.SURPLUS
        if known.state == TransactionState.CREDITED:
            await ledger.record_reversal(
                conn,
                owner_id=order.user_id,
                order_id=order.id,
                cause_id=event.kind,
                kind="refund" if target is TransactionState.REFUNDED else "chargeback",
            )
        moved = await payment_queries.move_transaction(
            conn,
            provider,
            known.transaction_id,
            sources=[TransactionState.CREDITED, TransactionState.REFUNDED]
            if target is TransactionState.DISPUTED
            else [TransactionState.CREDITED],
            target=target,
        )
        return await _step(conn, order, order_event, now()) if moved else Outcome.NO_CHANGE


async def _is_whole(services: Services, event: PaymentEvent) -> bool:
    """Whether a refund or dispute is of the whole payment (an unknown order is told apart later)."""
    async with services.db.read() as conn:
        order = await queries.find_order(conn, event.order_id)
    return order is None or (event.amount_minor, event.currency) == (
        order.gross_minor,
        order.currency,
    )


async def _note_partial(services: Services, provider: str, event: PaymentEvent) -> Outcome:
    async with services.db.transaction() as conn:
        order = await _lock(conn, provider, event.order_id)
        if order is None:
            return Outcome.ORDER_UNKNOWN
        await _note(conn, order, Reason.PARTIAL_REVERSAL, now())
    return Outcome.PARTIAL


async def _note(conn: Connection, order: Order, reason: Reason, at: datetime) -> None:
    """Say something in the history once, without changing the state. The caller holds the order's lock."""
    history = await queries.history_of(conn, [order.id])
    if all(line.reason != reason for line in history):
        await queries.add_history(conn, HistoryLine(order.id, order.state, reason, at))


async def credit_paid_order(services: Services, order_id: UUID) -> None:
    """Finish an order whose payment was claimed but whose coins were not credited."""
    async with services.db.read() as conn:
        transactions = await payment_queries.transactions_of(conn, order_id)
    for transaction in transactions:
        if transaction.state == TransactionState.PAID:
            async with services.db.transaction() as conn:
                await _credit(conn, transaction.provider, transaction.transaction_id, order_id)
