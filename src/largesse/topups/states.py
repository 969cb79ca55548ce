"""The order as a state machine: pure code, no input or output.

created -> pending -> paid -> credited
              |-> failed | expired, from where a success that comes late still leads to paid

A credited order is `refunded` when all of it was given back and `disputed` while a dispute of it is open; both follow
from what its refunds and disputes come to, and it is credited again when they are cancelled.
Notifications come late, twice and in any order: an event that does not fit is not an error, it changes nothing, and
every order of the same events ends in the same state.
"""

from dataclasses import dataclass
from enum import StrEnum


class OrderState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    PAID = "paid"
    CREDITED = "credited"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class Reason(StrEnum):
    """Why an order's history has a line. Stable: the pages explain each of them."""

    ORDER_CREATED = "order_created"
    CHECKOUT_OPENED = "checkout_opened"
    PAYMENT_SUCCEEDED = "payment_succeeded"
    PAID_AFTER_EXPIRY = "paid_after_expiry"
    COINS_CREDITED = "coins_credited"
    PAYMENT_DECLINED = "payment_declined"
    PAYMENT_ABANDONED = "payment_abandoned"
    ORDER_EXPIRED = "order_expired"
    PAYMENT_REFUNDED = "payment_refunded"
    PAYMENT_DISPUTED = "payment_disputed"
    REFUND_FAILED = "refund_failed"
    DISPUTE_WON = "dispute_won"
    # These note something without changing the state:
    PAYMENT_MISMATCH = (
        "payment_mismatch"  # another amount or currency than ordered; nothing credited
    )
    SECOND_PAYMENT = (
        "second_payment"  # the order was paid twice; credited once, the second is to be returned
    )
    PARTIAL_REVERSAL = "partial_reversal"  # a part was refunded
    REFUND_REQUESTED = "refund_requested"  # the coins are taken out, the money follows
    MONEY_RETURNED = "money_returned"  # what the buyer asked for was done
    SECOND_PAYMENT_RETURNED = "second_payment_returned"
    PAYMENT_RETURNING = "payment_returning"  # held, and now on its way back
    PAYMENT_RETURNED = "payment_returned"  # never credited, and given back
    RETURN_FAILED = "return_failed"  # a payment could not be given back; people look into it
    HELD_FOR_REVIEW = "held_for_review"  # paid; somebody looks at it before it is credited
    RELEASED = "released"  # looked at, and found good
    PAYER_COUNTRY_DIFFERS = "payer_country_differs"  # paid from another country than ordered for
    REPRICED_BY_STORE = "repriced_by_store"  # the store charged its own price for the product


class OrderEvent(StrEnum):
    """What can happen to an order."""

    CHECKOUT_OPENED = "checkout_opened"
    PAYMENT_SUCCEEDED = "payment_succeeded"
    COINS_CREDITED = "coins_credited"
    PAYMENT_DECLINED = "payment_declined"
    PAYMENT_ABANDONED = "payment_abandoned"
    ORDER_EXPIRED = "order_expired"
    PAYMENT_RETURNED = "payment_returned"


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state, and the reason that the history shows."""

    state: OrderState
    reason: Reason


_S, _E = OrderState, OrderEvent
_ALLOWED: dict[OrderEvent, tuple[OrderState, frozenset[OrderState]]] = {
    _E.CHECKOUT_OPENED: (_S.PENDING, frozenset({_S.CREATED})),
    _E.PAYMENT_SUCCEEDED: (
        _S.PAID,
        frozenset({_S.CREATED, _S.PENDING, _S.FAILED, _S.EXPIRED}),
    ),
    _E.COINS_CREDITED: (_S.CREDITED, frozenset({_S.PAID})),
    # `failed` outranks `expired`, whichever comes first: it says more.
    _E.PAYMENT_DECLINED: (_S.FAILED, frozenset({_S.CREATED, _S.PENDING, _S.EXPIRED})),
    _E.PAYMENT_ABANDONED: (_S.FAILED, frozenset({_S.CREATED, _S.PENDING, _S.EXPIRED})),
    _E.ORDER_EXPIRED: (_S.EXPIRED, frozenset({_S.CREATED, _S.PENDING})),
    _E.PAYMENT_RETURNED: (_S.REFUNDED, frozenset({_S.PAID})),
}

OPEN_STATES = frozenset({_S.CREATED, _S.PENDING})
"""The buyer may still pay in time."""
SETTLED_STATES = frozenset({_S.CREDITED, _S.REFUNDED, _S.DISPUTED})
"""There is nothing left to ask the provider."""


def next_step(state: OrderState, event: OrderEvent) -> Step | None:
    """Where an event leads from a state; None: it changes nothing there."""
    target, sources = _ALLOWED[event]
    if state not in sources:
        return None
    if event is _E.PAYMENT_SUCCEEDED and state is _S.EXPIRED:
        return Step(target, Reason.PAID_AFTER_EXPIRY)
    return Step(target, Reason(event.value))


def state_of_reversals(disputed: bool, whole: bool) -> OrderState:
    """Where a credited order stands: some dispute of it is open, or all of it was given back, or neither."""
    if disputed:
        return OrderState.DISPUTED
    return OrderState.REFUNDED if whole else OrderState.CREDITED


def implied_events(event: OrderEvent) -> tuple[OrderEvent, ...]:
    """The event with those that come with it: what is paid is credited."""
    return (event, _E.COINS_CREDITED) if event is _E.PAYMENT_SUCCEEDED else (event,)


def state_after(state: OrderState, events: tuple[OrderEvent, ...]) -> OrderState:
    """The state after some events as the provider told them, in that order."""
    for told in events:
        for event in implied_events(told):
            step = next_step(state, event)
            state = step.state if step else state
    return state
