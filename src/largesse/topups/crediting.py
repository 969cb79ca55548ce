"""Turning payments into coins, exactly once.

Every step is its own transaction and may be repeated: claim the provider's transaction for its order (`paid`), then
credit (`credited`). Locks are taken in this order: the order, its provider transaction, the ledger's rows.
"""

import logging
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from largesse import ledger, promotions
from largesse.db import Connection
from largesse.jobs import defer
from largesse.ledger import TopUp
from largesse.services import Services
from largesse.topups import guards, payment_queries, queries
from largesse.topups.finishing import FINISH_TASK
from largesse.topups.providers import PaymentEvent
from largesse.topups.refunds import RefundReason, return_payment
from largesse.topups.repricing import Fit, fit_of, reprice
from largesse.topups.rows import HistoryLine, Order, ProviderTransaction, TransactionState
from largesse.topups.states import SETTLED_STATES, OrderEvent, OrderState, Reason, next_step
from largesse.types import now

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of one thing a provider told us; kept with the notification."""

    APPLIED = "applied"
    NO_CHANGE = "no_change"
    ORDER_UNKNOWN = "order_unknown"
    MISMATCH = "mismatch"
    SURPLUS = "surplus"
    NOTED = "noted"  # in the order's history, for people; nothing moved
    TRANSACTION_OF_OTHER_ORDER = "transaction_of_other_order"


async def pay_and_credit(services: Services, provider: str, event: PaymentEvent) -> Outcome:
    """A payment succeeded: tie it to its order and credit that, both once."""
    async with services.db.transaction() as conn:
        paid = await _mark_paid(conn, provider, event)
        if paid is Outcome.APPLIED:
            await guards.judge(services, conn, event.order_id, event.payer)
        elif paid is Outcome.NO_CHANGE:
            await guards.keep_payer(services, conn, event.order_id, event.payer)
    if paid not in (Outcome.APPLIED, Outcome.NO_CHANGE):
        return paid
    async with services.db.transaction() as conn:
        credited = await credit(conn, provider, transaction_id(event), event.order_id)
    return Outcome.APPLIED if credited else paid


def transaction_id(event: PaymentEvent) -> str:
    """The transaction by which money moved."""
    assert event.transaction_id is not None, "an adapter names the transaction whenever money moved"
    return event.transaction_id


async def lock(conn: Connection, provider: str, order_id: UUID) -> Order | None:
    """The order of an event, locked, if it was to be paid by this provider."""
    order = await queries.lock_order(conn, order_id)
    return order if order is not None and order.provider == provider else None


async def step(conn: Connection, order: Order, event: OrderEvent, at: datetime) -> Outcome:
    """Let something happen to a locked order, if it fits its state."""
    found = next_step(order.state, event)
    if found is None:
        return Outcome.NO_CHANGE
    await queries.apply_step(conn, order, found, at, settled=found.state in SETTLED_STATES)
    if found.state is OrderState.FAILED:
        await promotions.release(conn, order.user_id, order.id, at)
    return Outcome.APPLIED


async def _mark_paid(conn: Connection, provider: str, event: PaymentEvent) -> Outcome:
    """Tie the payment to its order: one payment pays one order, one order is paid by one payment."""
    order = await lock(conn, provider, event.order_id)
    if order is None:
        return Outcome.ORDER_UNKNOWN
    at = now()
    fit = fit_of(order, event)
    if fit is Fit.MISMATCH:
        await note(conn, order, Reason.PAYMENT_MISMATCH, at)
        return Outcome.MISMATCH
    others = [
        known
        for known in await payment_queries.transactions_of(conn, order.id)
        if known.transaction_id != event.transaction_id
    ]
    state = TransactionState.SURPLUS if others else TransactionState.PAID
    transaction = ProviderTransaction(
        provider, transaction_id(event), order.id, order.user_id, state
    )
    if not await payment_queries.claim_transaction(conn, transaction, at):
        return await _known_transaction(conn, transaction)
    if state is TransactionState.SURPLUS:
        await note(conn, order, Reason.SECOND_PAYMENT, at)
        await return_payment(
            conn,
            order,
            transaction.transaction_id,
            reason=RefundReason.SECOND_PAYMENT,
            amount_minor=event.amount_minor,
            currency=event.currency,
        )
        return Outcome.SURPLUS
    if fit is Fit.OTHER_PRICE:
        await reprice(conn, order, event, at)
    if event.checkout_reference is not None:
        await queries.set_reference(conn, order, event.checkout_reference)
    return await step(conn, order, OrderEvent.PAYMENT_SUCCEEDED, at)


async def _known_transaction(conn: Connection, told: ProviderTransaction) -> Outcome:
    known = await payment_queries.find_transaction(conn, told.provider, told.transaction_id)
    assert known is not None, "transactions are never deleted"
    if known.order_id != told.order_id:
        log.error("%s tells transaction %s for two orders", told.provider, told.transaction_id)
        return Outcome.TRANSACTION_OF_OTHER_ORDER
    return Outcome.SURPLUS if told.state is TransactionState.SURPLUS else Outcome.NO_CHANGE


async def credit(conn: Connection, provider: str, transaction_id: str, order_id: UUID) -> bool:
    """Put the coins of a paid order into the wallet, unless it is held. The transaction's step from paid to credited is
    made once."""
    order = await lock(conn, provider, order_id)
    assert order is not None, "its payment was claimed"
    if order.held:
        return False
    first = await payment_queries.move_transaction(
        conn,
        provider,
        transaction_id,
        sources=[TransactionState.PAID],
        target=TransactionState.CREDITED,
    )
    if not first:
        return False
    await step(conn, order, OrderEvent.COINS_CREDITED, now())
    taken = await promotions.use(conn, order.user_id, order.id, now())
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
            bonus_parts=taken.bonus_parts,
            discount_minor=taken.discount_net_minor,
        ),
    )
    if order.product_id is not None:
        await defer(
            conn,
            FINISH_TASK,
            provider=provider,
            order_id=str(order.id),
            transaction_id=transaction_id,
        )
    return True


async def note(conn: Connection, order: Order, reason: Reason, at: datetime) -> None:
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
                await credit(conn, transaction.provider, transaction.transaction_id, order_id)
