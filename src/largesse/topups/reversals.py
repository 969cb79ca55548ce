"""Refunds and disputes as providers tell them, failed and won ones too: the ledger moves what they come to."""

from largesse import ledger
from largesse.db import Connection
from largesse.ledger import ReversalKind, Reversed
from largesse.services import Services
from largesse.topups import payment_queries, queries
from largesse.topups.crediting import (
    Outcome,
    credit,
    lock,
    note,
    pay_and_credit,
    transaction_id,
)
from largesse.topups.providers import (
    PaymentEvent,
    PaymentEventKind,
    PaymentProvider,
    PaymentReference,
    ProviderError,
)
from largesse.topups.refunds import CREDITED_STATES, REFUND_NAME, bring, settle_told
from largesse.topups.rows import Order, ProviderTransaction, TransactionState
from largesse.topups.states import OrderState, Reason, state_of_reversals
from largesse.types import now

_K = PaymentEventKind
_OPENS: dict[PaymentEventKind, ReversalKind] = {_K.REFUNDED: "refund", _K.DISPUTED: "chargeback"}
_NAMES = {
    _K.REFUNDED: REFUND_NAME,
    _K.REFUND_FAILED: REFUND_NAME,
    _K.DISPUTED: "dispute",
    _K.DISPUTE_WON: "dispute",
}
"""What a reversal is called when its provider has no name for it: then a payment has one of each."""
_REASONS = {_K.DISPUTE_WON: Reason.DISPUTE_WON, _K.REFUND_FAILED: Reason.REFUND_FAILED}
_NOTED = {_K.REFUNDED: Reason.PAYMENT_REFUNDED, _K.DISPUTED: Reason.PAYMENT_DISPUTED, **_REASONS}


async def reverse(services: Services, provider: PaymentProvider, event: PaymentEvent) -> Outcome:
    """Take back a part or all of what a payment had credited, or give it back. Its payment must have come before."""
    paid = await _credit_before(services, provider, event)
    if paid not in (Outcome.APPLIED, Outcome.NO_CHANGE):
        return paid
    async with services.db.transaction() as conn:
        order = await lock(conn, provider.name, event.order_id)
        assert order is not None, "its payment was claimed"
        of_ours = await settle_told(conn, order, event)  # of a second payment, in its own currency
        if of_ours is not None:
            return Outcome.APPLIED if of_ours else Outcome.NO_CHANGE
        if event.currency != order.currency:
            await note(conn, order, Reason.PAYMENT_MISMATCH, now())
            return Outcome.MISMATCH
        known = await payment_queries.find_transaction(conn, provider.name, transaction_id(event))
        assert known is not None, "it was claimed"
        if known.state not in CREDITED_STATES.values():
            return await _not_credited(conn, order, known, event)
        reversed_now = await _record(conn, order, event)
        if reversed_now.duplicate:
            return Outcome.NO_CHANGE
        reason = _reason(order, event, reversed_now)
        await bring(conn, order, transaction_id(event), reversed_now, reason)
        return Outcome.APPLIED


async def _not_credited(
    conn: Connection, order: Order, known: ProviderTransaction, event: PaymentEvent
) -> Outcome:
    """There are no coins to take. Of a held payment it is noted: when it is released, its provider is asked again."""
    if known.state != TransactionState.PAID:
        return Outcome.SURPLUS
    await note(conn, order, _NOTED[event.kind], now())
    return Outcome.NOTED


async def _credit_before(
    services: Services, provider: PaymentProvider, event: PaymentEvent
) -> Outcome:
    """Have the payment credited. A reversal of the whole amount vouches for it; of a part, only the provider's answer.

    Raises ProviderError when the provider does not know (yet) that it was paid: the notification is tried again.
    """
    async with services.db.read() as conn:
        order = await queries.find_order(conn, event.order_id)
        known = await payment_queries.find_transaction(conn, provider.name, transaction_id(event))
    if order is None or order.provider != provider.name:
        return Outcome.ORDER_UNKNOWN
    store_sets_price = order.product_id is not None
    other_currency = event.currency != order.currency and not store_sets_price
    if other_currency or event.amount_minor <= 0:
        async with services.db.transaction() as conn:
            if await lock(conn, provider.name, order.id) is not None:
                await note(conn, order, Reason.PAYMENT_MISMATCH, now())
        return Outcome.MISMATCH
    if known is None:
        vouches = event.amount_minor == order.gross_minor and not store_sets_price
        paid = event if vouches else await _success(provider, event)
        return await pay_and_credit(services, provider.name, paid)
    if known.order_id != order.id:
        return Outcome.TRANSACTION_OF_OTHER_ORDER
    async with services.db.transaction() as conn:
        credited = await credit(conn, provider.name, known.transaction_id, order.id)
    return Outcome.APPLIED if credited else Outcome.NO_CHANGE


async def _success(provider: PaymentProvider, event: PaymentEvent) -> PaymentEvent:
    """The payment that a reversal is of, as the provider knows it."""
    reference = PaymentReference(order_id=event.order_id, transaction_id=event.transaction_id)
    for told in await provider.look_up(reference):
        if told.kind is _K.SUCCEEDED and told.transaction_id == event.transaction_id:
            return told
    raise ProviderError(f"{provider.name} knows of no payment {event.transaction_id}")


async def _record(conn: Connection, order: Order, event: PaymentEvent) -> Reversed:
    """Tell the ledger."""
    cause_id = f"{transaction_id(event)}:{event.reversal_id or _NAMES[event.kind]}"
    if event.kind not in _OPENS:
        return await ledger.cancel_reversal(
            conn, owner_id=order.user_id, order_id=order.id, cause_id=cause_id
        )
    return await ledger.record_reversal(
        conn,
        owner_id=order.user_id,
        order_id=order.id,
        cause_id=cause_id,
        kind=_OPENS[event.kind],
        amount_minor=event.amount_minor,
    )


def _reason(order: Order, event: PaymentEvent, reversed_now: Reversed) -> Reason:
    """What the order's history says of what was told."""
    if event.kind is not _K.REFUNDED:
        return _NOTED[event.kind]
    state = state_of_reversals(reversed_now.disputed, reversed_now.whole)
    whole = event.amount_minor == order.gross_minor or state is OrderState.REFUNDED
    return Reason.PAYMENT_REFUNDED if whole else Reason.PARTIAL_REVERSAL
