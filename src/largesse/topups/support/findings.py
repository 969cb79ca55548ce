"""What became of an order, in a sentence each: pure code.

The first finding answers "where are my coins?"; those after it say what else its reader should know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from largesse.topups.states import OPEN_STATES, OrderState, Reason


class FindingCode(StrEnum):
    """Stable names of everything that a check can find."""

    CREDITED = "credited"
    HELD = "held"
    BEING_CREDITED = "being_credited"
    WAITING_FOR_PAYMENT = "waiting_for_payment"
    PAYMENT_UNKNOWN = "payment_unknown"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    AMOUNT_DIFFERS = "amount_differs"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    DISPUTED = "disputed"
    RETURNING = "returning"
    RETURNED = "returned"
    RETURN_FAILED = "return_failed"
    REFUND_UNDERWAY = "refund_underway"
    PAID_TWICE = "paid_twice"
    SECOND_RETURNED = "second_returned"
    OPEN_APP = "open_app"
    PROVIDER_UNREACHABLE = "provider_unreachable"
    PROVIDER_OFF = "provider_off"


class Todo(StrEnum):
    """What the buyer can do about it."""

    NOTHING = "nothing"
    WAIT = "wait"
    PAY = "pay"
    ORDER_AGAIN = "order_again"
    TRY_LATER = "try_later"
    OPEN_APP = "open_app"
    CONTACT_SUPPORT = "contact_support"


class Asked(StrEnum):
    """Whether the provider was asked, and answered."""

    NOT_NEEDED = "not_needed"
    """Our own books say it all."""
    NOT_POSSIBLE = "not_possible"
    """A store knows purchases by what its app hands in, not by our orders."""
    ANSWERED = "answered"
    UNREACHABLE = "unreachable"
    OFF = "off"
    """This way of paying is not switched on any more."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an order after everything that could be mended was mended."""

    state: OrderState
    held: bool
    has_page: bool
    """Its checkout was opened at the provider."""
    asked: Asked
    last: Mapping[Reason, datetime]
    """When each reason of its history was last noted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; `at`: when it happened."""

    code: FindingCode
    text: str
    todo: Todo
    at: datetime | None = None


_C, _T = FindingCode, Todo
_TEXTS: dict[FindingCode, tuple[str, Todo]] = {
    _C.CREDITED: ("Your payment arrived and the coins are in your wallet.", _T.NOTHING),
    _C.HELD: (
        "Your payment arrived. Somebody takes a look at it before the coins are added; you need not pay again.",
        _T.WAIT,
    ),
    _C.BEING_CREDITED: (
        "Your payment arrived and the coins are being added. Look again in a minute.",
        _T.WAIT,
    ),
    _C.WAITING_FOR_PAYMENT: (
        "The payment provider has no finished payment for this order yet. If you have just paid, it may take"
        " some minutes; if you have not, you can still pay.",
        _T.PAY,
    ),
    _C.PAYMENT_UNKNOWN: (
        "The payment page of this order never opened, so there is no payment for it. Nothing was charged.",
        _T.ORDER_AGAIN,
    ),
    _C.DECLINED: (
        "The payment was declined. Nothing was charged; another card or way to pay may work.",
        _T.ORDER_AGAIN,
    ),
    _C.ABANDONED: (
        "The payment page was closed before the payment was made. Nothing was charged.",
        _T.ORDER_AGAIN,
    ),
    _C.EXPIRED: (
        "The order ran out of time and the payment provider has no payment for it. If your bank shows one all"
        " the same, the coins are added as soon as the provider confirms it.",
        _T.ORDER_AGAIN,
    ),
    _C.AMOUNT_DIFFERS: (
        "A payment came whose amount or currency is not the order's, so no coins were added for it. Support"
        " can put this right: tell them the order number.",
        _T.CONTACT_SUPPORT,
    ),
    _C.REFUNDED: ("The payment was given back, and its coins were taken out again.", _T.NOTHING),
    _C.PARTLY_REFUNDED: (
        "A part of the payment was given back, and the coins of that part were taken out again.",
        _T.NOTHING,
    ),
    _C.DISPUTED: (
        "The payment is disputed at your bank. Its coins are out of your wallet until that is decided.",
        _T.CONTACT_SUPPORT,
    ),
    _C.RETURNING: (
        "Your payment was not accepted. Your money is on its way back; banks may take some days to show it.",
        _T.NOTHING,
    ),
    _C.RETURNED: (
        "Your payment was not accepted and was given back. No coins were added for it.",
        _T.ORDER_AGAIN,
    ),
    _C.RETURN_FAILED: (
        "A payment was to be given back, and the payment provider could not do it. Support can put this"
        " right: tell them the order number.",
        _T.CONTACT_SUPPORT,
    ),
    _C.REFUND_UNDERWAY: (
        "You asked for a refund. Its coins are out of your wallet and the money is on its way.",
        _T.NOTHING,
    ),
    _C.PAID_TWICE: (
        "A second payment came for this order. It bought no coins and is to be given back.",
        _T.NOTHING,
    ),
    _C.SECOND_RETURNED: (
        "A second payment came for this order. It bought no coins and was given back.",
        _T.NOTHING,
    ),
    _C.OPEN_APP: (
        "Purchases in an app are confirmed by the app. Open it on the device you paid with, signed in with"
        " this account: it then hands in the purchase again.",
        _T.OPEN_APP,
    ),
    _C.PROVIDER_UNREACHABLE: (
        "The payment provider does not answer just now. Your order is safe: we keep asking, and the coins are"
        " added as soon as the payment is confirmed.",
        _T.TRY_LATER,
    ),
    _C.PROVIDER_OFF: (
        "This way to pay is switched off at the moment, so the payment cannot be looked up. Support can help.",
        _T.CONTACT_SUPPORT,
    ),
}

_SETTLED = {
    OrderState.CREDITED: (_C.CREDITED, Reason.COINS_CREDITED),
    OrderState.REFUNDED: (_C.REFUNDED, Reason.PAYMENT_REFUNDED),
    OrderState.DISPUTED: (_C.DISPUTED, Reason.PAYMENT_DISPUTED),
}
_UNASKED = {
    Asked.UNREACHABLE: _C.PROVIDER_UNREACHABLE,
    Asked.OFF: _C.PROVIDER_OFF,
    Asked.NOT_POSSIBLE: _C.OPEN_APP,
}


def findings_of(facts: Facts) -> list[Finding]:
    """Everything worth telling about an order, the answer first."""
    main = _main(facts)
    return [main, *(also for also in _besides(facts) if also.code != main.code)]


def _main(facts: Facts) -> Finding:
    if facts.state in _SETTLED:
        code, reason = _SETTLED[facts.state]
        if facts.state is OrderState.REFUNDED and Reason.PAYMENT_RETURNED in facts.last:
            code, reason = _C.RETURNED, Reason.PAYMENT_RETURNED
        return _finding(code, facts.last.get(reason))
    if facts.state is OrderState.PAID:
        return _paid(facts)
    if Reason.PAYMENT_MISMATCH in facts.last:
        return _finding(_C.AMOUNT_DIFFERS, facts.last[Reason.PAYMENT_MISMATCH])
    if facts.asked in _UNASKED:
        return _finding(_UNASKED[facts.asked])
    return _unpaid(facts)


def _paid(facts: Facts) -> Finding:
    """Paid, and not credited."""
    for code, reason in (
        (_C.RETURN_FAILED, Reason.RETURN_FAILED),
        (_C.RETURNING, Reason.PAYMENT_RETURNING),
    ):
        if reason in facts.last:
            return _finding(code, facts.last[reason])
    return _finding(_C.HELD if facts.held else _C.BEING_CREDITED)


def _unpaid(facts: Facts) -> Finding:
    """The provider answered, and knows of no payment that succeeded."""
    if facts.state in OPEN_STATES:
        return _finding(_C.WAITING_FOR_PAYMENT if facts.has_page else _C.PAYMENT_UNKNOWN)
    if facts.state is OrderState.EXPIRED:
        return _finding(_C.EXPIRED, facts.last.get(Reason.ORDER_EXPIRED))
    if Reason.PAYMENT_DECLINED in facts.last:
        return _finding(_C.DECLINED, facts.last[Reason.PAYMENT_DECLINED])
    return _finding(_C.ABANDONED, facts.last.get(Reason.PAYMENT_ABANDONED))


def _besides(facts: Facts) -> list[Finding]:
    """What happened beside the order's own payment."""
    noted = [
        (_C.RETURN_FAILED, Reason.RETURN_FAILED),
        (_C.AMOUNT_DIFFERS, Reason.PAYMENT_MISMATCH),
    ]
    if Reason.SECOND_PAYMENT_RETURNED in facts.last:
        noted.append((_C.SECOND_RETURNED, Reason.SECOND_PAYMENT_RETURNED))
    else:
        noted.append((_C.PAID_TWICE, Reason.SECOND_PAYMENT))
    if facts.state is OrderState.CREDITED:
        noted.append((_C.PARTLY_REFUNDED, Reason.PARTIAL_REVERSAL))
    if _underway(facts.last):
        noted.append((_C.REFUND_UNDERWAY, Reason.REFUND_REQUESTED))
    return [_finding(code, facts.last[reason]) for code, reason in noted if reason in facts.last]


def _underway(last: Mapping[Reason, datetime]) -> bool:
    """A refund was asked for, and nothing said since what became of it."""
    asked = last.get(Reason.REFUND_REQUESTED)
    ends = [last[end] for end in (Reason.MONEY_RETURNED, Reason.REFUND_FAILED) if end in last]
    return asked is not None and all(end < asked for end in ends)


def _finding(code: FindingCode, at: datetime | None = None) -> Finding:
    text, todo = _TEXTS[code]
    return Finding(code, text, todo, at)
