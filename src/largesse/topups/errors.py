"""Why a top-up is refused.

AppError
├── BadRequest       BadSignature
├── NotFound         PackageNotFound, OrderNotFound, NoPriceBook, PriceBookNotFound, ProviderNotFound,
│                    CheckoutNotFound,
│                    HoldNotFound, RefundNotFound, GuardUnknown
├── Conflict         PriceBookExists, PriceBookFixed, OrderNotPayable,
│                    OrderNotCredited, PaymentNotReturnable, ReceiptOfAnother, PurchasePending,
│                    HoldDecided, RefundNotPossible, RefundChanged, RefundNotRepeatable
├── Unprocessable    PackageNotSoldHere, CustomAmountNotOffered, CustomAmountInvalid, CountryNotYours, PriceBookInvalid,
│                    ProviderUnavailable, ReturnPathInvalid, IdempotencyKeyInvalid,
│                    CardInvalid, CardUnknown, ReceiptInvalid, ReceiptNotBound, ProductUnknown, GuardChangeInvalid
├── TooManyRequests  TooManyOrders, TooManyChecks, LimitReached, TooManyPurchases
└── Unavailable      ProviderUnreachable
"""

from largesse.errors import (
    BadRequest,
    Conflict,
    NotFound,
    TooManyRequests,
    Unavailable,
    Unprocessable,
)


class BadSignature(BadRequest):
    """This notification was not signed by the provider, or is too old."""

    code = "bad_signature"


class PackageNotFound(NotFound):
    """This package does not exist or is no longer sold."""

    code = "package_not_found"


class OrderNotFound(NotFound):
    """There is no such order."""

    code = "order_not_found"


class NoPriceBook(NotFound):
    """Nothing is sold in this country by this channel."""

    code = "no_price_book"


class PriceBookNotFound(NotFound):
    """There is no such price book."""

    code = "price_book_not_found"


class ProviderNotFound(NotFound):
    """There is no such payment provider here."""

    code = "provider_not_found"


class CheckoutNotFound(NotFound):
    """There is no such checkout."""

    code = "checkout_not_found"


class PriceBookExists(Conflict):
    """The country (and channel) already has one from that moment on."""

    code = "price_book_exists"


class PriceBookFixed(Conflict):
    """Only what has not begun can be withdrawn."""

    code = "price_book_fixed"


class OrderNotPayable(Conflict):
    """The order's state does not allow this."""

    code = "order_not_payable"


class RefundNotPossible(Conflict):
    """The coins of this order cannot be given back."""

    code = "refund_not_possible"


class RefundChanged(Conflict):
    """What can be given back has changed; look at it again."""

    code = "refund_changed"


class RefundNotRepeatable(Conflict):
    """Only the return of a payment that failed can be tried again."""

    code = "refund_not_repeatable"


class RefundNotFound(NotFound):
    """There is no such refund."""

    code = "refund_not_found"


class PaymentNotReturnable(Conflict):
    """Only a payment that was not credited can be returned."""

    code = "payment_not_returnable"


class OrderNotCredited(Conflict):
    """There is a receipt once the payment has come and the coins are in the wallet."""

    code = "order_not_credited"


class PackageNotSoldHere(Unprocessable):
    """This package is not sold in this country or by this way of paying."""

    code = "package_not_sold_here"


class PriceBookInvalid(Unprocessable):
    """These prices cannot be scheduled."""

    code = "price_book_invalid"


class CustomAmountNotOffered(Unprocessable):
    """Only packages are sold here."""

    code = "custom_amount_not_offered"


class CustomAmountInvalid(Unprocessable):
    """This amount of coins is not sold."""

    code = "custom_amount_invalid"


class CountryNotYours(Unprocessable):
    """You pay from another country."""

    code = "country_not_yours"


class ProviderUnavailable(Unprocessable):
    """This way of paying is not available."""

    code = "provider_unavailable"


class ReceiptInvalid(Unprocessable):
    """This purchase was not confirmed by the store, or is of another app or a test."""

    code = "receipt_invalid"


class ReceiptNotBound(Unprocessable):
    """This purchase names no order: place an order first and give its id to the store."""

    code = "receipt_not_bound"


class ReceiptOfAnother(Conflict):
    """This purchase is not of an order of yours."""

    code = "receipt_of_another"


class PurchasePending(Conflict):
    """The store was not paid yet; hand the purchase in again when it was."""

    code = "purchase_pending"


class ProductUnknown(Unprocessable):
    """This purchase is of another product than was ordered; nothing was credited."""

    code = "product_unknown"


class ProviderUnreachable(Unavailable):
    """The payment provider did not answer; nothing was charged, try again."""

    code = "provider_unreachable"


class ReturnPathInvalid(Unprocessable):
    """The return path must be a path of this site: it starts with a single "/"."""

    code = "return_path_invalid"


class IdempotencyKeyInvalid(Unprocessable):
    """The Idempotency-Key must be 1 to 200 printable ASCII characters."""

    code = "idempotency_key_invalid"


class CardInvalid(Unprocessable):
    """Check the card's details."""

    code = "card_invalid"


class CardUnknown(Unprocessable):
    """The sandbox takes only its test cards."""

    code = "card_unknown"


class TooManyOrders(TooManyRequests):
    """You have too many open orders; pay or let one expire first."""

    code = "too_many_orders"


class TooManyChecks(TooManyRequests):
    """This order was looked into just now; wait a little before asking again."""

    code = "too_many_checks"


class LimitReached(TooManyRequests):
    """You cannot buy more coins at the moment; please try again later, or ask us."""

    code = "limit_reached"


class HoldNotFound(NotFound):
    """No payment of this order was held for review."""

    code = "hold_not_found"


class HoldDecided(Conflict):
    """Somebody decided otherwise on this payment."""

    code = "hold_decided"


class TooManyPurchases(TooManyRequests):
    """You handed in too many purchases at once; try again in a moment."""

    code = "too_many_purchases"


class GuardUnknown(NotFound):
    """There is no such rule."""

    code = "guard_unknown"


class GuardChangeInvalid(Unprocessable):
    """The rule cannot be changed like that."""

    code = "guard_change_invalid"
