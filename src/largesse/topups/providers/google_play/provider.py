"""Google Play as a payment provider. `transaction_id` is Google's order, GPA.…: of a purchase's two names it is the
one that buyers see on their receipts and that refunds are asked by, and it leads to the other, the purchase token.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar
from urllib.parse import quote

from largesse.payment_settings import GooglePlaySettings
from largesse.topups.providers import (
    AppPurchase,
    Checkout,
    CheckoutNotOffered,
    CheckoutRequest,
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
from largesse.topups.providers.google_play import push
from largesse.topups.providers.google_play.certificates import GOOGLE_URL, Certificates
from largesse.topups.providers.google_play.client import LIVE_BASE, PlayClient
from largesse.topups.providers.google_play.events import events_of, refusal
from largesse.topups.providers.google_play.objects import is_order_name, is_token
from largesse.topups.providers.google_play.purchases import (
    OrderState,
    Purchase,
    PurchaseState,
    StoreOrder,
    read_order,
    read_purchase,
)
from largesse.topups.providers.google_play.push import Pusher
from largesse.topups.providers.google_play.voided import Void, page_query, read_page

log = logging.getLogger(__name__)

NAME = "google_play"
_PAGES_MAX = 100
_UNKNOWN = frozenset({400, 404, 410})
"""Google has none of that name, has it no longer, or the name is none of Google's."""
_T = TypeVar("_T")


@lru_cache(maxsize=8)
def google_play_provider(settings: GooglePlaySettings) -> "GooglePlayProvider":
    """The provider for these settings, which must be on; the same one each time, so that what it fetched is kept."""
    assert settings.package_name is not None
    assert settings.credentials is not None
    assert settings.push_audience is not None
    assert settings.push_service_account is not None
    base = settings.api_base or LIVE_BASE
    return GooglePlayProvider(
        PlayClient(base, settings.package_name, settings.credentials),
        Certificates(GOOGLE_URL if base == LIVE_BASE else f"{base}/oauth2/v1/certs"),
        settings.package_name,
        Pusher(settings.push_audience, settings.push_service_account),
        tests_count=base != LIVE_BASE,
    )


class GooglePlayProvider:
    """Implements `AppStoreProvider`. Purchases of licence testers count only where `tests_count`: no money moves."""

    name = NAME
    label = "Google Play"
    channel = "google_play"
    hold_source = "google_play"
    signature_headers: frozenset[str] = frozenset()
    """None is kept: the token is a secret, and vouches for nothing in the body."""

    def __init__(
        self,
        client: PlayClient,
        certificates: Certificates,
        package_name: str,
        pusher: Pusher,
        *,
        tests_count: bool,
    ) -> None:
        self._client = client
        self._certificates = certificates
        self._package_name = package_name
        self._pusher = pusher
        self._tests_count = tests_count

    def methods(self, country: str | None) -> tuple[str, ...]:
        return ("google_play",)

    async def create_checkout(self, request: CheckoutRequest) -> Checkout:
        raise CheckoutNotOffered("purchases start in the app")

    def verify_and_parse_notification(self, raw: RawNotification) -> Notification:
        """As the port says. Blocks while Google's certificates are fetched: call it in a thread."""
        push.verify(self._certificates, self._pusher, raw)
        return push.parse(self._package_name, raw.body)

    def parse_stored_notification(self, body: bytes) -> Notification:
        return push.parse(self._package_name, body)

    async def verify_purchase(self, purchase: AppPurchase) -> tuple[PaymentEvent, ...]:
        """As the port says; what the app says of the product is not needed.

        What is refused here is neither acknowledged nor consumed: Google gives the money back after three days.
        """
        bought = await self._purchase(purchase.token)
        if bought is None:
            raise SignatureError("Google Play knows no such purchase of this app")
        reason = refusal(bought, tests_count=self._tests_count)
        if reason is not None:
            raise SignatureError(f"the purchase cannot be taken: {reason}")
        if bought.order_id is None:
            raise PurchaseNotBound("the purchase names no order")
        order = await self._order_of(bought, purchase.token)
        return _read(lambda: events_of(bought, order))

    async def finish_purchase(self, event: PaymentEvent) -> None:
        """Consume it, so that the buyer can buy the product again. What is neither acknowledged nor consumed within
        three days Google gives back by itself.
        """
        token = event.checkout_reference
        bought = None if token is None else await self._purchase(token)
        if token is None or bought is None:
            raise ProviderError("Google Play does not know a purchase that it told us of")
        if not _consumable(bought):
            return
        product, name = quote(bought.product_id, safe=""), quote(token, safe="")
        answer = await self._client.post(f"/purchases/products/{product}/tokens/{name}:consume")
        if answer.done:
            return
        after = await self._purchase(token)  # somebody else's call may have come first
        if after is None or _consumable(after):
            raise ProviderError(f"Google Play answered {answer.status} when asked to consume")

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        """As the port says, by Google's order or by the purchase token, which is the `checkout_reference`.

        Google cannot be asked by our order's id. A purchase that is not ours, or that we refuse, has no events.
        """
        if reference.transaction_id is not None:
            found = await self._order(reference.transaction_id)
            if found is None:
                return ()
            return await self._events(found.token, reference)
        if reference.checkout_reference is None:
            return ()
        return await self._events(reference.checkout_reference, reference)

    async def refund(self, request: RefundRequest) -> RefundState:
        """Give all of it back: Google offers developers no parts. It takes no key, but refunds an order once."""
        order = await self._order(request.transaction_id)
        bought = None if order is None else await self._purchase(order.token)
        if order is None or bought is None or bought.order_id != request.order_id:
            return RefundState.FAILED
        whole = (order.amount_minor, order.currency)
        if (request.amount_minor, request.currency) != whole or order.parts:
            return RefundState.FAILED
        if order.state is not OrderState.PROCESSED:
            return _refund_state(order)
        path = f"/orders/{quote(order.name, safe='')}:refund"
        answer = await self._client.post(path, {"revoke": "true"})
        state = _refund_state(await self._order(order.name))
        # Refused, but refunded: another call came first. Done, but not shown yet: it will be.
        return RefundState.PENDING if answer.done and state is RefundState.FAILED else state

    async def voided(self, since: datetime, until: datetime) -> tuple[Void, ...]:
        """What Google found voided in a time of at most 30 days."""
        voids: list[Void] = []
        page: str | None = None
        for _ in range(_PAGES_MAX):
            query = page_query(since, until, page)
            answer = await self._client.get("/purchases/voidedpurchases", query)
            if not answer.done:
                raise ProviderError(f"Google Play lists no voided purchases: {answer.status}")
            listed, page = _read(partial(read_page, answer.body))
            voids += listed
            if page is None:
                return tuple(voids)
        raise ProviderError("Google Play's list of voided purchases does not end")

    async def void_events(self, void: Void) -> tuple[PaymentEvent, ...]:
        """All that happened to a voided purchase, its voiding included even where the order does not show it yet."""
        return await self._events(void.token, PaymentReference(), void)

    async def _events(
        self, token: str, reference: PaymentReference, void: Void | None = None
    ) -> tuple[PaymentEvent, ...]:
        bought = await self._purchase(token)
        if bought is None:
            return ()
        reason = refusal(bought, tests_count=self._tests_count)
        if reason is not None or bought.order_id is None:
            log.warning("a purchase at Google Play is not taken: %s", reason or "no order")
            return ()
        if reference.order_id not in (None, bought.order_id):
            raise ProviderError("Google Play knows this payment as that of another order")
        order = await self._order_of(bought, token)
        return _read(lambda: events_of(bought, order, void))

    async def _purchase(self, token: str) -> Purchase | None:
        if not is_token(token):
            return None
        raw = await self._found(f"/purchases/productsv2/tokens/{quote(token, safe='')}")
        return None if raw is None else _read(lambda: read_purchase(raw))

    async def _order(self, name: str | None) -> StoreOrder | None:
        if not is_order_name(name):
            return None
        raw = await self._found(f"/orders/{quote(name, safe='')}")
        return None if raw is None else _read(lambda: read_order(raw))

    async def _order_of(self, bought: Purchase, token: str) -> StoreOrder | None:
        """Google's order of a purchase; None: it has none."""
        if bought.order_name is None:
            return None
        order = await self._order(bought.order_name)
        if order is None or (order.name, order.token) != (bought.order_name, token):
            raise ProviderError("Google Play's order does not fit its purchase")
        return order

    async def _found(self, path: str) -> dict[str, Any] | None:
        answer = await self._client.get(path)
        if answer.status in _UNKNOWN:
            return None
        if not answer.done:
            raise ProviderError(f"Google Play refused to tell: {answer.status}")
        return answer.body


def _consumable(bought: Purchase) -> bool:
    return bought.state is PurchaseState.PURCHASED and not bought.consumed


def _refund_state(order: StoreOrder | None) -> RefundState:
    states = {
        OrderState.REFUNDED: RefundState.DONE,
        OrderState.PENDING_REFUND: RefundState.PENDING,
    }
    return RefundState.FAILED if order is None else states.get(order.state, RefundState.FAILED)


def _read(understand: Callable[[], _T]) -> _T:
    """What an answer says; one that makes no sense is a failure of the provider's."""
    try:
        return understand()
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"Google's answer makes no sense: {type(error).__name__}") from error
