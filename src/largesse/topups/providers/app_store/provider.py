"""The App Store as a payment provider. `transaction_id` is Apple's transactionId, which for consumables is also the
original one: the same in the app's proof, in notifications and in answers of the server API.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from appstoreserverlibrary.models.ConsumptionRequest import ConsumptionRequest
from appstoreserverlibrary.models.DeliveryStatus import DeliveryStatus

from largesse.payment_settings import AppStoreSettings
from largesse.topups.providers import (
    AppPurchase,
    Checkout,
    CheckoutNotOffered,
    CheckoutRequest,
    Consumption,
    Notification,
    PaymentEvent,
    PaymentReference,
    ProviderError,
    PurchaseNotBound,
    RawNotification,
    RefundRequest,
    RefundState,
    SignatureError,
)
from largesse.topups.providers.app_store import notifications
from largesse.topups.providers.app_store.client import AppStoreClient
from largesse.topups.providers.app_store.fields import is_transaction
from largesse.topups.providers.app_store.signed import Verifier, payload_of
from largesse.topups.providers.app_store.transactions import Purchase, events_of, purchase_of

NAME = "app_store"
_MILLI_PERCENT_PER_BP = 10
_T = TypeVar("_T")


@lru_cache(maxsize=8)
def app_store_provider(settings: AppStoreSettings) -> "AppStore":
    """The provider for these settings, which must be on."""
    assert settings.bundle_id is not None
    assert settings.app_apple_id is not None
    assert settings.environment is not None
    assert settings.root_certificates is not None
    assert settings.issuer_id is not None
    assert settings.key_id is not None
    assert settings.private_key is not None
    verifier = Verifier(
        settings.root_certificates,
        settings.bundle_id,
        settings.app_apple_id,
        settings.environment,
    )
    client = AppStoreClient(
        settings.private_key.get_secret_value(),
        settings.key_id,
        settings.issuer_id,
        settings.bundle_id,
        settings.environment,
        settings.api_base,
    )
    return AppStore(client, verifier)


class AppStore:
    """Implements `ConsumptionStore`: the port of stores, and what Apple asks before it decides on a refund."""

    name = NAME
    label = "App Store"
    channel = "app_store"
    hold_source = "app_store"
    signature_headers: frozenset[str] = frozenset()  # the body is signed as a whole

    def __init__(self, client: AppStoreClient, verifier: Verifier) -> None:
        self._client = client
        self._verifier = verifier

    def methods(self, country: str | None) -> tuple[str, ...]:
        return ("app_store",)

    async def create_checkout(self, request: CheckoutRequest) -> Checkout:
        raise CheckoutNotOffered("purchases start in the app")

    def verify_and_parse_notification(self, raw: RawNotification) -> Notification:
        payload = self._verifier.notification(
            _readable(lambda: notifications.signed_payload(raw.body))
        )
        if not _readable(lambda: notifications.is_timely(payload, raw.received_at)):
            raise SignatureError("signed too long ago, or in the future")
        signed = _readable(lambda: notifications.signed_transaction(payload))
        if signed is not None:
            self._verifier.transaction(signed)
        return _readable(lambda: notifications.parse(payload))

    def parse_stored_notification(self, body: bytes) -> Notification:
        return _readable(
            lambda: notifications.parse(payload_of(notifications.signed_payload(body)))
        )

    async def verify_purchase(self, purchase: AppPurchase) -> tuple[PaymentEvent, ...]:
        read = self._purchase(purchase.token)
        if read.order_id is None:
            raise PurchaseNotBound("without an appAccountToken")
        if purchase.product_id is not None and purchase.product_id != read.product_id:
            raise SignatureError("this transaction is of another product than the app says")
        return events_of(read)

    async def finish_purchase(self, event: PaymentEvent) -> None:
        """Apple wants to know nothing: the app finishes its transaction when it sees the order credited."""

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        """As the port says, for a purchase whose transaction is known: Apple cannot be asked by an account's token, so
        a purchase that nobody told us of has no events here.
        """
        name = reference.transaction_id or reference.checkout_reference
        if name is None or not is_transaction(name):
            return ()
        signed = await self._client.transaction(name)
        if signed is None:
            return ()
        try:
            purchase = self._purchase(signed)
        except SignatureError as error:
            raise ProviderError(f"the App Store's answer is not to be trusted: {error}") from error
        if purchase.transaction_id != name:
            raise ProviderError("the App Store answered with another transaction")
        if reference.order_id is not None and purchase.order_id != reference.order_id:
            raise ProviderError("the App Store knows this purchase as that of another order")
        return events_of(purchase)

    async def refund(self, request: RefundRequest) -> RefundState:
        """Apple offers merchants no refunds: buyers ask Apple."""
        return RefundState.FAILED

    async def tell_consumption(self, transaction_id: str, consumption: Consumption) -> None:
        delivered = consumption.delivered
        await self._client.send_consumption(
            transaction_id,
            ConsumptionRequest(
                customerConsented=True,
                sampleContentProvided=False,
                deliveryStatus=DeliveryStatus.DELIVERED
                if delivered
                else DeliveryStatus.UNDELIVERED_OTHER,
                # Apple refuses a share of what was not delivered.
                consumptionPercentage=consumption.used_bp * _MILLI_PERCENT_PER_BP
                if delivered
                else 0,
            ),
        )

    def _purchase(self, signed: str) -> Purchase:
        payload: dict[str, Any] = self._verifier.transaction(signed)
        return _readable(lambda: purchase_of(payload))


def _readable(read: Callable[[], _T]) -> _T:
    """What Apple signed, if it makes sense."""
    try:
        return read()
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise SignatureError(f"cannot be read: {type(error).__name__}") from error
