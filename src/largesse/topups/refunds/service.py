"""Giving a payment back whose coins are never credited: the intent first, in the caller's transaction, then a job.

A payment that is returned leaves the state from which it could be credited, in the same transaction, for good.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from largesse import promotions
from largesse.db import Connection
from largesse.jobs import defer
from largesse.topups import payment_queries
from largesse.topups import queries as order_queries
from largesse.topups.errors import PaymentNotReturnable
from largesse.topups.refunds import queries
from largesse.topups.refunds.model import Progress, Refund, RefundReason
from largesse.topups.rows import HistoryLine, Order, TransactionState
from largesse.topups.states import Reason
from largesse.types import new_id, now

REFUND_TASK = "topups.refund"
SWEEP_AFTER_S = 30
"""How long a refund may wait for its own job before the sweep takes it."""
_RETURNED = frozenset({TransactionState.RETURNING, TransactionState.RETURNED})


async def return_payment(
    conn: Connection,
    order: Order,
    transaction_id: str,
    *,
    reason: RefundReason,
    amount_minor: int,
    currency: str | None = None,
) -> None:
    """Give back all of a payment that was claimed but not credited: in the order's currency, unless it was paid in
    another; the promotions of an order that is never credited are free again. Asked again it changes nothing.

    The caller holds the order's lock. Raises PaymentNotReturnable for a payment that is unknown or was credited.
    """
    assert reason is not RefundReason.REQUESTED, "what was credited is given back from the wallet"
    first = await payment_queries.move_transaction(
        conn,
        order.provider,
        transaction_id,
        sources=[TransactionState.PAID, TransactionState.SURPLUS],
        target=TransactionState.RETURNING,
    )
    if not first:
        known = await payment_queries.find_transaction(conn, order.provider, transaction_id)
        if known is None or known.order_id != order.id or known.state not in _RETURNED:
            raise PaymentNotReturnable
        return
    at = now()
    refund = new_refund(order, transaction_id, reason, amount_minor, at)
    refund = replace(refund, currency=currency or order.currency)
    await queue(conn, refund)
    if reason is RefundReason.NOT_ACCEPTED:
        await promotions.release(conn, order.user_id, order.id, at)
        await order_queries.add_history(
            conn, HistoryLine(order.id, order.state, Reason.PAYMENT_RETURNING, at)
        )


def new_refund(
    order: Order,
    transaction_id: str,
    reason: RefundReason,
    amount_minor: int,
    at: datetime,
    *,
    coins: int = 0,
    coins_bonus: int = 0,
    key: str | None = None,
) -> Refund:
    """A refund of an order's payment that nobody was asked for yet."""
    return Refund(
        user_id=order.user_id,
        id=new_id(),
        order_id=order.id,
        provider=order.provider,
        transaction_id=transaction_id,
        reason=reason,
        amount_minor=amount_minor,
        currency=order.currency,
        coins=coins,
        coins_bonus=coins_bonus,
        state=Progress.QUEUED,
        created_at=at,
        updated_at=at,
        idempotency_key=key,
        try_at=at + timedelta(seconds=SWEEP_AFTER_S),
    )


async def queue(conn: Connection, refund: Refund) -> None:
    """Keep a refund, with the job that asks its provider; if that job is lost, the sweep does it."""
    await queries.insert_refund(conn, refund)
    await defer(conn, REFUND_TASK, refund_id=str(refund.id))
