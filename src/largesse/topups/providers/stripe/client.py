"""The calls to Stripe's API, by its own library. Answers are Stripe's objects as plain JSON."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

import stripe
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from largesse.topups.providers import ProviderError
from largesse.topups.providers.stripe.fields import ORDER_KEY, Json
from largesse.topups.providers.stripe.http import HttpClient

log = logging.getLogger(__name__)
TIMEOUT_S = 10.0
_PAGE = 100


class RequestRefused(Exception):
    """Stripe says that this cannot be done; asking again would not help."""


class _Object(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


class StripeCalls:
    """Stripe for one key. Raises ProviderError when Stripe cannot be reached or is at fault, else RequestRefused."""

    def __init__(self, key: str, api_base: str | None) -> None:
        self._client = stripe.StripeClient(
            key,
            base_addresses={} if api_base is None else {"api": api_base},
            http_client=HttpClient(TIMEOUT_S),
            max_network_retries=0,
        )
        self._v1 = self._client.v1

    async def create_session(self, params: SessionCreateParams, key: str) -> Json:
        """Open a checkout page; the same key gives the same page."""
        call = self._v1.checkout.sessions.create_async(params, {"idempotency_key": key})
        return await _answer(call)

    async def session(self, session_id: str) -> Json | None:
        """A checkout page."""
        return await _found(self._v1.checkout.sessions.retrieve_async(session_id))

    async def session_of(self, intent_id: str) -> Json | None:
        """The checkout page that a payment was made on."""
        async with _errors():
            pages = await self._v1.checkout.sessions.list_async(
                {"payment_intent": intent_id, "limit": 1}
            )
            return next((page.to_dict() for page in pages.data), None)

    async def intent(self, intent_id: str) -> Json | None:
        """A payment, with the charge that says who paid."""
        return await _found(
            self._v1.payment_intents.retrieve_async(intent_id, {"expand": ["latest_charge"]})
        )

    async def intents_of(self, order_id: UUID) -> list[Json]:
        """The payments of an order. Stripe's search index is minutes behind at times, so this is the last resort."""
        query = f"metadata['{ORDER_KEY}']:'{order_id}'"
        async with _errors():
            page = await self._v1.payment_intents.search_async(
                {"query": query, "limit": _PAGE, "expand": ["data.latest_charge"]}
            )
            return [item.to_dict() async for item in page.auto_paging_iter()]

    async def refunds_of(self, intent_id: str) -> list[Json]:
        """The refunds of a payment, oldest first (Stripe lists the newest first)."""
        async with _errors():
            page = await self._v1.refunds.list_async({"payment_intent": intent_id, "limit": _PAGE})
            items = [item.to_dict() async for item in page.auto_paging_iter()]
        return [*reversed(items)]

    async def disputes_of(self, intent_id: str) -> list[Json]:
        """The disputes of a payment, oldest first."""
        async with _errors():
            page = await self._v1.disputes.list_async({"payment_intent": intent_id, "limit": _PAGE})
            items = [item.to_dict() async for item in page.auto_paging_iter()]
        return [*reversed(items)]

    async def create_refund(self, params: RefundCreateParams, key: str) -> Json:
        """Give money back; the same key does it once. Raises RequestRefused."""
        return await _answer(self._v1.refunds.create_async(params, {"idempotency_key": key}))


async def _answer(call: Awaitable[_Object]) -> Mapping[str, Any]:
    async with _errors():
        return (await call).to_dict()


async def _found(call: Awaitable[_Object]) -> Json | None:
    try:
        return await _answer(call)
    except RequestRefused as error:
        cause = error.__cause__
        if isinstance(cause, stripe.InvalidRequestError) and cause.code == "resource_missing":
            return None
        raise ProviderError("Stripe refused a look-up") from error


@asynccontextmanager
async def _errors() -> AsyncIterator[None]:
    """The library's errors as ours, without what Stripe writes in them: that may hold keys and what the buyer typed."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            yield
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        log.warning("Stripe refused a request: %s (%s)", error.code, error.request_id)
        raise RequestRefused(error.code or "refused") from error
    except stripe.StripeError as error:
        raise ProviderError(f"Stripe: {type(error).__name__} {error.http_status}") from error
    except TimeoutError as error:
        raise ProviderError("Stripe took too long") from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ProviderError("Stripe's answer makes no sense") from error
