"""Stripe as a payment provider. A payment's `transaction_id` is the id of its payment intent (pi_...)."""

import json
from datetime import datetime
from functools import cache
from importlib.resources import files

from stripe.params.checkout import SessionCreateParams

from largesse.payment_settings import StripeSettings
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
from largesse.topups.providers.stripe import events
from largesse.topups.providers.stripe.amounts import to_stripe
from largesse.topups.providers.stripe.client import RequestRefused, StripeCalls
from largesse.topups.providers.stripe.facts import Payment, events_of, refund_state
from largesse.topups.providers.stripe.fields import ORDER_KEY, Json, id_of, order_id_of, text
from largesse.topups.providers.stripe.signature import HEADER, verify

NAME = "stripe"
_EVERYWHERE = ("card", "wallet")
_PAGE_OPEN_MIN_S = 1800
"""Stripe takes no page that closes sooner than this from now."""
_GRID_S = 600


def stripe_provider(settings: StripeSettings) -> "StripeProvider":
    """Stripe with the operator's keys."""
    assert settings.secret_key is not None, "the provider is on only with its settings"
    assert settings.webhook_secret is not None, "the provider is on only with its settings"
    secrets = [part.strip() for part in settings.webhook_secret.get_secret_value().split(",")]
    return StripeProvider(
        settings.secret_key.get_secret_value(),
        tuple(secret for secret in secrets if secret),
        settings.api_base,
    )


class StripeProvider:
    """Implements `PaymentProvider` with Checkout Sessions."""

    name = NAME
    label = "Stripe"
    channel = "web"
    hold_source = "card"
    signature_headers = frozenset({HEADER})

    def __init__(self, key: str, webhook_secrets: tuple[str, ...], api_base: str | None) -> None:
        self._webhook_secrets = webhook_secrets
        self._live = key.startswith(("sk_live_", "rk_live_"))
        self._calls = StripeCalls(key, api_base)

    def methods(self, country: str | None) -> tuple[str, ...]:
        return (*_EVERYWHERE, *_local_methods().get(country or "", ()))

    async def create_checkout(self, request: CheckoutRequest) -> Checkout:
        try:
            params = _session_params(request)
            session = await self._calls.create_session(params, request.idempotency_key)
            return Checkout(reference=text(session.get("id")), url=text(session.get("url")))
        except (ValueError, RequestRefused) as error:
            raise ProviderError(f"Stripe opens no page: {error}") from error

    def verify_and_parse_notification(self, raw: RawNotification) -> Notification:
        verify(self._webhook_secrets, raw.headers.get(HEADER), raw.body, raw.received_at)
        return self.parse_stored_notification(raw.body)

    def parse_stored_notification(self, body: bytes) -> Notification:
        return events.parse(body, live=self._live)

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        try:
            found = [
                event
                for session, intent in await self._pages_and_intents(reference)
                for event in await self._events(reference, session, intent)
            ]
        except (ValueError, RequestRefused) as error:
            raise ProviderError("Stripe's answer makes no sense") from error
        return tuple(found)

    async def _pages_and_intents(
        self, reference: PaymentReference
    ) -> list[tuple[Json | None, Json | None]]:
        """The payments that a reference can mean, by the surest name that it has."""
        session = None
        if reference.checkout_reference is not None:
            session = await self._calls.session(reference.checkout_reference)
        of_session = None if session is None else id_of(session.get("payment_intent"))
        intent_id = reference.transaction_id or of_session
        if intent_id is not None:
            intent = await self._calls.intent(intent_id)
            return [(session if intent_id == of_session else None, intent)]
        if session is not None:
            return [(session, None)]
        if reference.order_id is None:
            return []
        intents = await self._calls.intents_of(reference.order_id)
        return [(None, intent) for intent in intents]

    async def _events(
        self, reference: PaymentReference, session: Json | None, intent: Json | None
    ) -> tuple[PaymentEvent, ...]:
        order_id = order_id_of(intent, session)
        if order_id is None or reference.order_id not in (None, order_id):
            return ()
        if intent is None:
            return events_of(Payment(session, None), order_id)
        intent_id = text(intent.get("id"))
        if intent.get("status") != "succeeded":
            page = session or await self._calls.session_of(intent_id)
            return events_of(Payment(page, intent), order_id)
        refunds = await self._calls.refunds_of(intent_id)
        disputes = await self._calls.disputes_of(intent_id)
        return events_of(Payment(session, intent, refunds, disputes), order_id)

    async def refund(self, request: RefundRequest) -> RefundState:
        """Stripe itself would refund any payment of the account, so it must first be the one of this order."""
        intent = await self._calls.intent(request.transaction_id)
        currency = None if intent is None else intent.get("currency")
        if order_id_of(intent) != request.order_id or currency != request.currency.lower():
            return RefundState.FAILED
        try:
            amount = to_stripe(request.amount_minor, request.currency)
        except ValueError:  # less than it can give back, as a last digit of a dinar: for good
            return RefundState.FAILED
        try:
            refund = await self._calls.create_refund(
                {
                    "payment_intent": request.transaction_id,
                    "amount": amount,
                    "metadata": {ORDER_KEY: str(request.order_id)},
                },
                request.idempotency_key,
            )
        except RequestRefused:
            return RefundState.FAILED
        except ValueError as error:
            raise ProviderError(f"Stripe cannot refund: {error}") from error
        try:
            return refund_state(refund)
        except ValueError as error:
            raise ProviderError("Stripe's answer makes no sense") from error


@cache
def _local_methods() -> dict[str, tuple[str, ...]]:
    data = json.loads((files(__package__) / "methods.json").read_text("utf-8"))
    return {country: tuple(names) for country, names in data.items() if country != "_note"}


def _session_params(request: CheckoutRequest) -> SessionCreateParams:
    """Raises ValueError for an amount that Stripe cannot charge. Conversion to the buyer's currency (adaptive pricing)
    is off: what is paid must be what was ordered.
    """
    metadata = {ORDER_KEY: str(request.order_id)}
    return {
        "mode": "payment",
        "client_reference_id": str(request.order_id),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": request.description},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": to_stripe(request.amount_minor, request.currency),
                    "product_data": {"name": request.description},
                },
            }
        ],
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "expires_at": page_closes_at(request.expires_at),
        "adaptive_pricing": {"enabled": False},
    }


def page_closes_at(expires_at: datetime) -> int:
    """When Stripe closes the page (unix seconds): 30 to 40 minutes after the order expires.

    Stripe wants at least 30 minutes from the moment of asking, and the same parameters each time a key is used: so this
    follows from the order alone, not from the clock. A payment that comes after the order's end still credits.
    """
    soonest = int(expires_at.timestamp()) + _PAGE_OPEN_MIN_S
    return (soonest // _GRID_S + 1) * _GRID_S
