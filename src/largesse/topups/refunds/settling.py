"""What becomes of a refund, whoever says so first: the provider's answer, its notification, or a look-up.

A provider names a refund by its own id, which we do not know when we ask. What it tells of a refund is taken for the
oldest of ours of the same payment and amount that has no name yet, unless the ledger knows that name already. Refunds
of one payment and one amount do the same, so a mix-up of two changes nothing that anybody holds.
"""

from largesse import ledger
from largesse.db import Connection
from largesse.ledger import Reversed
from largesse.topups import payment_queries
from largesse.topups import queries as order_queries
from largesse.topups.providers import PaymentEvent, PaymentEventKind
from largesse.topups.refunds import queries
from largesse.topups.refunds.model import OPEN, Failure, Progress, Refund, RefundReason
from largesse.topups.rows import HistoryLine, Order, TransactionState
from largesse.topups.states import (
    OrderEvent,
    OrderState,
    Reason,
    Step,
    next_step,
    state_of_reversals,
)
from largesse.types import now

REFUND_NAME = "refund"
"""What a refund is called when its provider has no name for it: then a payment has one."""
CREDITED_STATES = {
    OrderState.CREDITED: TransactionState.CREDITED,
    OrderState.REFUNDED: TransactionState.REFUNDED,
    OrderState.DISPUTED: TransactionState.DISPUTED,
}
"""The states of orders whose coins were credited, and those of the payments that paid them."""
_TOLD = {
    PaymentEventKind.REFUNDED: (Progress.DONE, None),
    PaymentEventKind.REFUND_FAILED: (Progress.FAILED, Failure.FAILED_LATER),
}


async def settle_told(conn: Connection, order: Order, event: PaymentEvent) -> bool | None:
    """Bring one of our own refunds to what the provider tells; None: it tells of no refund of ours, False: known.

    The caller holds the order's lock.
    """
    if event.kind not in _TOLD:
        return None
    refund = await _find_told(conn, order, event)
    if refund is None:
        return None
    state, failure = _TOLD[event.kind]
    return await settle(conn, order, refund, state, failure)


async def _find_told(conn: Connection, order: Order, event: PaymentEvent) -> Refund | None:
    name = event.reversal_id or REFUND_NAME
    alike = [
        refund
        for refund in await queries.refunds_of(conn, order.id)
        if (refund.transaction_id, refund.amount_minor, refund.currency)
        == (event.transaction_id, event.amount_minor, event.currency)
    ]
    for refund in alike:
        if name in (refund.reversal_id, str(refund.id)):
            return refund
    standing = await ledger.purchase_standing(conn, order.user_id, order.id)
    if standing is not None and f"{event.transaction_id}:{name}" in standing.cause_ids:
        return None
    for refund in sorted(alike, key=_distance):
        if refund.reversal_id is None and _may_be(refund, event.kind):
            await queries.set_reversal_id(conn, refund, name)
            return refund
    return None


def _distance(refund: Refund) -> int:
    """How far a refund without a name is from being the one that is told: what is under way comes before what we know
    as done, and that before what was refused, which may have been asked for again."""
    if refund.state in OPEN:
        return 0
    return 1 if refund.state is Progress.DONE else 2


def _may_be(refund: Refund, kind: PaymentEventKind) -> bool:
    """Whether what is told under a new name can be this refund."""
    if refund.state is Progress.FAILED:
        # Refused when we asked: somebody gave the money back at the provider's own site. Of a request the coins went
        # back, so that is another refund, which takes them again.
        refused = refund.failure is Failure.REFUSED and refund.reason is not RefundReason.REQUESTED
        return refused and kind is PaymentEventKind.REFUNDED
    return kind is PaymentEventKind.REFUNDED or refund.asked_at is not None


async def settle(
    conn: Connection, order: Order, refund: Refund, state: Progress, failure: Failure | None = None
) -> bool:
    """Bring a refund to where it is certain to be; False when it was there. The caller holds the order's lock."""
    final = refund.state is Progress.FAILED and refund.failure is not Failure.REFUSED
    if refund.state is state or final:
        return False
    await queries.set_state(conn, refund, state, now(), failure=failure)
    if state is Progress.DONE:
        await _done(conn, order, refund)
    elif state is Progress.FAILED:
        await _failed(conn, order, refund)
    return True


async def _done(conn: Connection, order: Order, refund: Refund) -> None:
    if refund.reason is RefundReason.REQUESTED:
        await _say(conn, order, Reason.MONEY_RETURNED)
        return
    await _move(conn, refund, TransactionState.RETURNING, TransactionState.RETURNED)
    if refund.reason is RefundReason.SECOND_PAYMENT:
        await _say(conn, order, Reason.SECOND_PAYMENT_RETURNED)
        return
    step = next_step(order.state, OrderEvent.PAYMENT_RETURNED)
    assert step is not None, "a payment that is returned keeps its order from anything else"
    await order_queries.apply_step(conn, order, step, now(), settled=True)


async def _failed(conn: Connection, order: Order, refund: Refund) -> None:
    """Coins come back; a payment that was never credited stays what it is: not to be credited, and not given back."""
    if refund.reason is RefundReason.REQUESTED:
        restored = await ledger.cancel_reversal(
            conn, owner_id=order.user_id, order_id=order.id, cause_id=refund.cause_id
        )
        await bring(conn, order, refund.transaction_id, restored, Reason.REFUND_FAILED)
        return
    await _move(conn, refund, TransactionState.RETURNED, TransactionState.RETURNING)
    if refund.reason is RefundReason.NOT_ACCEPTED and order.state is OrderState.REFUNDED:
        step = Step(OrderState.PAID, Reason.RETURN_FAILED)
        await order_queries.apply_step(conn, order, step, now(), settled=True)
    else:
        await _say(conn, order, Reason.RETURN_FAILED)


async def bring(
    conn: Connection, order: Order, transaction_id: str, reversed_now: Reversed, reason: Reason
) -> None:
    """Bring a credited order and its payment to what its reversals come to, and say why in its history."""
    state = state_of_reversals(reversed_now.disputed, reversed_now.whole)
    if state is order.state:
        await _say(conn, order, reason)
    else:
        await order_queries.apply_step(conn, order, Step(state, reason), now(), settled=True)
    await payment_queries.move_transaction(
        conn,
        order.provider,
        transaction_id,
        sources=[*CREDITED_STATES.values()],
        target=CREDITED_STATES[state],
    )


async def _say(conn: Connection, order: Order, reason: Reason) -> None:
    await order_queries.add_history(conn, HistoryLine(order.id, order.state, reason, now()))


async def _move(
    conn: Connection, refund: Refund, source: TransactionState, target: TransactionState
) -> None:
    await payment_queries.move_transaction(
        conn, refund.provider, refund.transaction_id, sources=[source], target=target
    )
