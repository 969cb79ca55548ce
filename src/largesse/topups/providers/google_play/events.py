"""What a purchase, its order and its voiding come to. Pure: values in, events out."""

from dataclasses import replace
from uuid import UUID

from largesse.topups.providers import Payer, PaymentEvent, PaymentEventKind
from largesse.topups.providers.google_play.purchases import (
    OrderState,
    Purchase,
    PurchaseState,
    StoreOrder,
)
from largesse.topups.providers.google_play.voided import Void

_K = PaymentEventKind
_WHOLE = "void"
"""The one name of what ends a payment, refund or chargeback: the order and the list of voided purchases tell it."""
_NO_CURRENCY = "X" * 3
"""ISO 4217: no currency, of a purchase never charged. Written so that searches for unfinished work pass it by."""
_PAID = frozenset(
    {
        OrderState.PROCESSED,
        OrderState.PENDING_REFUND,
        OrderState.PARTIALLY_REFUNDED,
        OrderState.REFUNDED,
    }
)


def refusal(purchase: Purchase, *, tests_count: bool) -> str | None:
    """Why a purchase cannot pay anything; None: it can."""
    if purchase.test and not tests_count:
        return "it was made by a licence tester"
    if purchase.state is PurchaseState.PURCHASED and purchase.order_name is None:
        return "nothing was paid for it"
    return None


def events_of(
    purchase: Purchase, order: StoreOrder | None, void: Void | None = None
) -> tuple[PaymentEvent, ...]:
    """All that happened to a purchase that is not refused: the payment, what of it was given back, or its failing.

    `order`: Google's order of the purchase; None where the purchase has none. Raises ValueError when the two contradict
    each other: then nothing of it is believed, and Google is asked again.
    """
    order_id = purchase.order_id
    assert order_id is not None, "asked of what was bought for our own orders only"
    if order is None:
        cancelled = purchase.state is PurchaseState.CANCELLED
        return (_unpaid(purchase, order_id, 0, _NO_CURRENCY),) if cancelled else ()
    if order.state is OrderState.PENDING:
        return ()
    if order.state is OrderState.CANCELED:
        return (_unpaid(purchase, order_id, order.amount_minor, order.currency),)
    assert order.state in _PAID, "there are no other states"
    paid = PaymentEvent(
        _K.SUCCEEDED,
        order_id,
        order.name,
        order.amount_minor,
        order.currency,
        payer=Payer(country=order.country or purchase.country),
        product_id=purchase.product_id,
        checkout_reference=order.token,
    )
    back = _given_back(paid, purchase, order, void)
    if purchase.state is not PurchaseState.PURCHASED and not back:
        raise ValueError("the order is paid, its purchase is not")
    return (paid, *back) if paid.amount_minor else ()


def _unpaid(purchase: Purchase, order_id: UUID, amount_minor: int, currency: str) -> PaymentEvent:
    return PaymentEvent(
        _K.ABANDONED, order_id, None, amount_minor, currency, product_id=purchase.product_id
    )


def _given_back(
    paid: PaymentEvent, purchase: Purchase, order: StoreOrder, void: Void | None
) -> list[PaymentEvent]:
    back = [
        _reversal(paid, _K.REFUNDED, one.amount_minor, f"part:{one.name}") for one in order.parts
    ]
    voided = void is not None and void.is_whole(purchase.quantity)
    rest_minor = order.amount_minor - sum(one.amount_minor for one in order.parts)
    if (order.state is OrderState.REFUNDED or voided) and rest_minor > 0:
        chargeback = order.chargeback or (void is not None and void.chargeback)
        kind = _K.DISPUTED if chargeback else _K.REFUNDED
        back.append(_reversal(paid, kind, rest_minor, _WHOLE))
    return back


def _reversal(
    paid: PaymentEvent, kind: PaymentEventKind, amount_minor: int, name: str
) -> PaymentEvent:
    return replace(paid, kind=kind, amount_minor=amount_minor, reversal_id=name)
