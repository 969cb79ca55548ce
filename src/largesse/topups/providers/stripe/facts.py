"""Stripe's objects -> what happened to a payment. Pure; ValueError for objects that make no sense."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from largesse.topups.providers import PaymentEvent, PaymentEventKind, RefundState
from largesse.topups.providers.stripe.fields import Json, mapping, money, payer_of, text, whole

_K = PaymentEventKind
_REFUND_STATES = {
    "succeeded": RefundState.DONE,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_REFUND_KINDS = {RefundState.DONE: _K.REFUNDED, RefundState.FAILED: _K.REFUND_FAILED}
_ENDED_UNPAID = frozenset({"requires_payment_method", "canceled"})


@dataclass(frozen=True, slots=True)
class Payment:
    """All that Stripe knows of one payment, as its own objects. Refunds and disputes oldest first."""

    session: Json | None
    intent: Json | None
    refunds: Sequence[Json] = ()
    disputes: Sequence[Json] = ()


def refund_state(refund: Json) -> RefundState:
    """How far a refund is."""
    state = _REFUND_STATES.get(text(refund.get("status")))
    if state is None:
        raise ValueError("a refund of unknown status")
    return state


def events_of(payment: Payment, order_id: UUID) -> tuple[PaymentEvent, ...]:
    """What happened so far, oldest first."""
    intent = payment.intent
    if intent is None or intent.get("status") != "succeeded":
        return _unpaid_events(payment, order_id)
    transaction_id = text(intent.get("id"))
    dated: list[tuple[int, PaymentEvent]] = []
    for refund in payment.refunds:
        event = refund_event(refund, order_id, transaction_id)
        if event is not None:
            dated.append((whole(refund.get("created")), event))
    for dispute in payment.disputes:
        dated += _dispute_events(dispute, order_id, transaction_id, intent)
    dated.sort(key=lambda item: item[0])
    return (paid_event(intent, order_id), *(event for _, event in dated))


def _unpaid_events(payment: Payment, order_id: UUID) -> tuple[PaymentEvent, ...]:
    """A refused card leaves the page open for another try, so only a page that ended says that nothing was paid."""
    session, intent = payment.session, payment.intent
    if session is None:
        if intent is None or intent.get("status") != "canceled":
            return ()
        amount_minor, currency = money(intent.get("amount"), intent.get("currency"))
        return (PaymentEvent(_K.ABANDONED, order_id, None, amount_minor, currency),)
    if session.get("status") == "expired":
        return (session_event(session, order_id, _K.ABANDONED),)
    ended = intent is not None and intent.get("status") in _ENDED_UNPAID
    if session.get("status") == "complete" and ended:
        return (session_event(session, order_id, _K.DECLINED),)
    return ()


def paid_event(intent: Json, order_id: UUID) -> PaymentEvent:
    """A payment intent that succeeded."""
    amount_minor, currency = money(intent.get("amount_received"), intent.get("currency"))
    transaction_id = text(intent.get("id"))
    return PaymentEvent(
        _K.SUCCEEDED, order_id, transaction_id, amount_minor, currency, payer=payer_of(intent)
    )


def session_event(
    session: Json, order_id: UUID, kind: PaymentEventKind, transaction_id: str | None = None
) -> PaymentEvent:
    """What became of a checkout page."""
    amount_minor, currency = money(session.get("amount_total"), session.get("currency"))
    return PaymentEvent(kind, order_id, transaction_id, amount_minor, currency)


def refund_event(refund: Json, order_id: UUID, transaction_id: str) -> PaymentEvent | None:
    """A refund that was made or failed; None while it is under way."""
    kind = _REFUND_KINDS.get(refund_state(refund))
    if kind is None:
        return None
    amount_minor, currency = money(refund.get("amount"), refund.get("currency"))
    reversal_id = text(refund.get("id"))
    return PaymentEvent(kind, order_id, transaction_id, amount_minor, currency, reversal_id)


def dispute_event(
    dispute: Json, order_id: UUID, transaction_id: str, kind: PaymentEventKind
) -> PaymentEvent:
    """A dispute that took money or gave it back."""
    amount_minor, currency = money(dispute.get("amount"), dispute.get("currency"))
    reversal_id = text(dispute.get("id"))
    return PaymentEvent(kind, order_id, transaction_id, amount_minor, currency, reversal_id)


def _dispute_events(
    dispute: Json, order_id: UUID, transaction_id: str, intent: Json
) -> Iterator[tuple[int, PaymentEvent]]:
    """Only what moved in Stripe's balance counts: an inquiry, and a dispute merely opened, moved nothing."""
    dispute = {**dispute, "amount": disputed_amount(dispute, intent)}
    moved = [mapping(item) for item in dispute.get("balance_transactions") or ()]
    for kind, sign in ((_K.DISPUTED, -1), (_K.DISPUTE_WON, 1)):
        for item in moved:
            if whole(item.get("amount")) * sign > 0:
                event = dispute_event(dispute, order_id, transaction_id, kind)
                yield whole(item.get("created", dispute.get("created"))), event
                break


def disputed_amount(dispute: Json, intent: Json) -> int:
    """Exchange rates can make the disputed amount larger than the payment; it takes back no more than was paid."""
    amount, paid = whole(dispute.get("amount")), whole(intent.get("amount_received"))
    return min(amount, paid) if dispute.get("currency") == intent.get("currency") else amount
