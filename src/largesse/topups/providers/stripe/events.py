"""Stripe's webhook events -> what they say about payments. Pure.

A notification's object has the shape of the API version that its endpoint was made with, years back perhaps; only
the few fields below are read. Refunds and disputes name the payment, rarely the order: then Stripe is asked by the
payment's id.
"""

import json
from collections.abc import Callable
from typing import Any

from largesse.topups.providers import (
    Notification,
    PaymentEvent,
    PaymentEventKind,
    PaymentReference,
    SignatureError,
)
from largesse.topups.providers.stripe.facts import (
    dispute_event,
    disputed_amount,
    paid_event,
    refund_event,
    session_event,
)
from largesse.topups.providers.stripe.fields import Json, id_of, mapping, order_id_of, text

_K = PaymentEventKind
_Said = tuple[tuple[PaymentEvent, ...], tuple[PaymentReference, ...]]
_NOTHING: _Said = ((), ())


def parse(body: bytes, *, live: bool) -> Notification:
    """Read a verified event of the account itself, in the mode of our key. Raises SignatureError for anything else."""
    try:
        event = mapping(json.loads(body))
        if event.get("livemode") is not live:
            raise SignatureError("the notification is of the other mode (live or test)")
        if event.get("account") is not None:
            raise SignatureError("the notification is of a connected account")
        read = _READERS.get(text(event.get("type")))
        events, ask_first = _NOTHING
        if read is not None:
            events, ask_first = read(mapping(mapping(event.get("data")).get("object")))
        return Notification(text(event.get("id")), events, ask_first)
    except (ValueError, RecursionError) as error:
        raise SignatureError("this is no event of Stripe that can be read") from error


def _paid_session(session: Json) -> _Said:
    """A completed page with `unpaid` has a slow method (boleto, bank debit): Stripe tells later how it went."""
    order_id = order_id_of(session)
    if order_id is None or session.get("payment_status") != "paid":
        return _NOTHING
    transaction_id = text(id_of(session.get("payment_intent")))
    return (session_event(session, order_id, _K.SUCCEEDED, transaction_id),), ()


def _ended_session(kind: PaymentEventKind) -> Callable[[Json], _Said]:
    def read(session: Json) -> _Said:
        order_id = order_id_of(session)
        return _NOTHING if order_id is None else ((session_event(session, order_id, kind),), ())

    return read


def _paid_intent(intent: Json) -> _Said:
    order_id = order_id_of(intent)
    if order_id is None or intent.get("status") != "succeeded":
        return _NOTHING
    return (paid_event(intent, order_id),), ()


def _refund(refund: Json) -> _Said:
    order_id = order_id_of(refund, refund.get("payment_intent"), refund.get("charge"))
    transaction_id = _transaction_of(refund)
    if transaction_id is None:
        return _NOTHING
    if order_id is None:
        return (), (PaymentReference(transaction_id=transaction_id),)
    event = refund_event(refund, order_id, transaction_id)
    return (() if event is None else (event,)), ()


def _dispute(kind: PaymentEventKind) -> Callable[[Json], _Said]:
    def read(dispute: Json) -> _Said:
        intent = dispute.get("payment_intent")
        transaction_id = _transaction_of(dispute)
        if transaction_id is None:
            return _NOTHING
        order_id = order_id_of(intent)
        if order_id is None:
            return (), (PaymentReference(transaction_id=transaction_id),)
        known = {**dispute, "amount": disputed_amount(dispute, mapping(intent))}
        return (dispute_event(known, order_id, transaction_id, kind),), ()

    return read


def _charge(charge: Json) -> _Said:
    """A charge says how much of it is refunded by now, not by which refunds."""
    transaction_id = _transaction_of(charge)
    if transaction_id is None:
        return _NOTHING
    return (), (PaymentReference(order_id_of(charge), transaction_id=transaction_id),)


def _transaction_of(item: Json) -> str | None:
    """The payment intent's id; None: a charge made without one, so not by us."""
    charge: Any = item.get("charge")
    of_charge = charge.get("payment_intent") if hasattr(charge, "get") else None
    return id_of(item.get("payment_intent")) or id_of(of_charge)


_READERS: dict[str, Callable[[Json], _Said]] = {
    "checkout.session.completed": _paid_session,
    "checkout.session.async_payment_succeeded": _paid_session,
    "checkout.session.async_payment_failed": _ended_session(_K.DECLINED),
    "checkout.session.expired": _ended_session(_K.ABANDONED),
    "payment_intent.succeeded": _paid_intent,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.refund.updated": _refund,
    "charge.refunded": _charge,
    "charge.dispute.funds_withdrawn": _dispute(_K.DISPUTED),
    "charge.dispute.funds_reinstated": _dispute(_K.DISPUTE_WON),
}
EVENT_TYPES = frozenset(_READERS)
"""What the operator's webhook endpoint should send."""
