"""PayPal as a payment provider. `transaction_id` is the id of the capture."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from largesse.payment_settings import PayPalSettings
from largesse.topups.providers import (
    Checkout,
    CheckoutRequest,
    Notification,
    PaymentEvent,
    PaymentReference,
    ProviderError,
    RawNotification,
    RefundRequest,
    RefundState,
)
from largesse.topups.providers.calling import mapping
from largesse.topups.providers.paypal import events, notifications, signature
from largesse.topups.providers.paypal.client import LIVE_BASE, Answer, PayPalClient
from largesse.topups.providers.paypal.money import AmountError, to_minor, to_value
from largesse.topups.providers.paypal.objects import (
    id_of,
    is_id,
    links,
    list_of,
    order_above,
    text,
)

NAME = "paypal"
_ORDERS = "/v2/checkout/orders"
_CAPTURES = "/v2/payments/captures"
_DISPUTES = "/v1/customer/disputes"
_DISPUTES_MAX = 50
"""What PayPal lists at once, at most; a payment has far fewer."""
_DESCRIPTION_MAX = 127
_DECLINES = frozenset({"INSTRUMENT_DECLINED", "PAYER_CANNOT_PAY", "TRANSACTION_REFUSED"})
"""The buyer's way to pay was refused; another one, or another try, may still pay the same order."""
_NO_LONGER_APPROVED = frozenset(
    {"ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"}
)
"""Something came between: what the order says now counts."""
_REFUNDS = {
    "COMPLETED": RefundState.DONE,
    "PENDING": RefundState.PENDING,
    "FAILED": RefundState.FAILED,
    "CANCELLED": RefundState.FAILED,
}
_T = TypeVar("_T")


@lru_cache(maxsize=8)
def paypal_provider(settings: PayPalSettings) -> "PayPalProvider":
    """The provider for these settings, which must be on; the same one each time, so that its token is kept."""
    assert settings.client_id is not None
    assert settings.client_secret is not None
    assert settings.webhook_id is not None
    assert settings.certificates is not None
    client = PayPalClient(
        settings.api_base or LIVE_BASE,
        settings.client_id,
        settings.client_secret.get_secret_value(),
    )
    return PayPalProvider(client, settings.webhook_id, settings.certificates)


class PayPalProvider:
    """Implements `PaymentProvider`."""

    name = NAME
    label = "PayPal"
    channel = "web"
    hold_source = "paypal"
    signature_headers = signature.HEADERS

    def __init__(self, client: PayPalClient, webhook_id: str, certificates: Path) -> None:
        self._client = client
        self._webhook_id = webhook_id
        self._certificates = certificates

    def methods(self, country: str | None) -> tuple[str, ...]:
        return ("paypal",)

    async def create_checkout(self, request: CheckoutRequest) -> Checkout:
        try:
            body = _new_order(request)
        except AmountError as error:
            raise ProviderError(f"PayPal cannot take this payment: {error}") from error
        answer = await self._client.post(_ORDERS, body, key=f"order:{request.idempotency_key}")
        if answer.status not in (200, 201):
            raise ProviderError(f"PayPal opened no order: {answer.issue or answer.status}")
        return _read(lambda: _checkout(answer.body))

    def verify_and_parse_notification(self, raw: RawNotification) -> Notification:
        signature.verify(self._certificates, self._webhook_id, raw)
        return notifications.parse(raw.body)

    def parse_stored_notification(self, body: bytes) -> Notification:
        return notifications.parse(body)

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        """As the port says; an order that the buyer approved is captured first, so that it is paid.

        PayPal cannot be asked by our order's id: without a name of its own there was no page that anybody could pay on.
        """
        order = await self._order(reference)
        if order is None:
            return ()
        ours = _our_order(order)
        if ours is None:
            return ()
        if reference.order_id not in (None, ours):
            raise ProviderError("PayPal knows this payment as that of another order")
        refused: tuple[PaymentEvent, ...] = ()
        if order.get("status") == "APPROVED" and order.get("intent") == "CAPTURE":
            order, refused = await self._capture(order)
        disputes = [
            dispute
            for name in _read(lambda: events.paid_captures(order))
            for dispute in await self._disputes(name)
        ]
        return _read(lambda: events.events_of(order, disputes)) + refused

    async def refund(self, request: RefundRequest) -> RefundState:
        if not is_id(request.transaction_id):
            return RefundState.FAILED
        answer = await self._client.get(f"{_CAPTURES}/{request.transaction_id}")
        if answer.status != 200:
            return RefundState.FAILED
        capture = answer.body
        if capture.get("custom_id") != str(request.order_id):
            return RefundState.FAILED
        if _read(lambda: to_minor(capture["amount"]))[1] != request.currency:
            return RefundState.FAILED
        try:
            value = to_value(request.amount_minor, request.currency)
        except AmountError:
            return RefundState.FAILED
        answer = await self._client.post(
            f"{_CAPTURES}/{request.transaction_id}/refund",
            {"amount": {"currency_code": request.currency, "value": value}},
            key=f"refund:{request.idempotency_key}",
        )
        if answer.status in (404, 422):
            return RefundState.FAILED
        return _read(lambda: _REFUNDS[text(answer.body, "status")])

    async def _order(self, reference: PaymentReference) -> dict[str, Any] | None:
        """PayPal's order of a payment; None: there is none."""
        name = reference.checkout_reference
        if reference.transaction_id is not None:
            name = await self._order_of_capture(reference.transaction_id)
        if name is None or not is_id(name):
            return None
        return _found(await self._client.get(f"{_ORDERS}/{name}"))

    async def _order_of_capture(self, capture_id: str) -> str | None:
        if not is_id(capture_id):
            return None
        capture = _found(await self._client.get(f"{_CAPTURES}/{capture_id}"))
        return None if capture is None else _read(lambda: order_above(capture))

    async def _capture(
        self, order: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[PaymentEvent, ...]]:
        """Take the money of an approved order; answers the order as it is then, and the refusal if there was one.

        The key holds while the order stays as it is: after a refusal and a new approval it is another attempt. PayPal
        captures an order once, whatever the key.
        """
        name = _read(lambda: id_of(order["id"]))
        attempts = len(_read(lambda: events.captures(order)))
        key = f"capture:{name}:{order.get('update_time', '')}:{attempts}"
        answer = await self._client.post(f"{_ORDERS}/{name}/capture", {}, key=key)
        refused: tuple[PaymentEvent, ...] = ()
        if answer.status == 422 and answer.issue in _DECLINES:
            refused = (_read(lambda: events.declined(order)),)
        elif answer.status not in (200, 201) and answer.issue not in _NO_LONGER_APPROVED:
            raise ProviderError(f"PayPal captured nothing: {answer.issue or answer.status}")
        again = _found(await self._client.get(f"{_ORDERS}/{name}"))
        if again is None or _our_order(again) != _our_order(order):
            raise ProviderError("PayPal no longer knows an order that it had")
        if any(event.transaction_id for event in _read(lambda: events.events_of(again, ()))):
            refused = ()  # somebody else's attempt, or a later one, took the money
        return again, refused

    async def _disputes(self, capture_id: str) -> list[dict[str, Any]]:
        answer = await self._client.get(
            _DISPUTES, disputed_transaction_id=capture_id, page_size=str(_DISPUTES_MAX)
        )
        listed = _found(answer)
        if listed is None:
            return []
        names = _read(
            lambda: [id_of(mapping(one)["dispute_id"]) for one in list_of(listed, "items")]
        )
        found = [_found(await self._client.get(f"{_DISPUTES}/{name}")) for name in names]
        if None in found:
            raise ProviderError("PayPal lists a dispute that it does not know")
        return [dispute for dispute in found if dispute is not None]


def _new_order(request: CheckoutRequest) -> dict[str, Any]:
    order_id = str(request.order_id)
    amount = {
        "currency_code": request.currency,
        "value": to_value(request.amount_minor, request.currency),
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "custom_id": order_id,
                "invoice_id": order_id,  # PayPal refuses a second payment of the same invoice
                "description": request.description[:_DESCRIPTION_MAX],
                "amount": amount,
            }
        ],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "return_url": request.return_url,
                    "cancel_url": request.return_url,
                    "user_action": "PAY_NOW",
                    "shipping_preference": "NO_SHIPPING",
                }
            }
        },
    }


def _checkout(order: dict[str, Any]) -> Checkout:
    found = links(order)
    url = found.get("payer-action") or found["approve"]
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError("the page to pay on must be https")
    return Checkout(reference=id_of(order["id"]), url=url)


def _our_order(order: dict[str, Any]) -> UUID | None:
    return _read(lambda: events.our_order(order))


def _found(answer: Answer) -> dict[str, Any] | None:
    """The object that was asked for; None when PayPal has none of that name."""
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise ProviderError(f"PayPal refused to tell: {answer.issue or answer.status}")
    return answer.body


def _read(understand: Callable[[], _T]) -> _T:
    """What an answer says; one that makes no sense is a failure of the provider's."""
    try:
        return understand()
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"PayPal's answer makes no sense: {type(error).__name__}") from error
