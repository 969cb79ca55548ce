"""Calls to the App Store Server API, by Apple's library. Failures that trying again could mend are ProviderErrors."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, TypeVar

import httpx
from appstoreserverlibrary.api_client import APIException, AsyncAppStoreServerAPIClient
from appstoreserverlibrary.models.ConsumptionRequest import ConsumptionRequest

from largesse.topups.providers import ProviderError
from largesse.topups.providers.app_store.signed import ENVIRONMENTS

TIMEOUT_S = 10.0
"""For a call with all its parts, however slowly they come. Nothing is tried twice here: jobs do that."""
_NO_SUCH = (4000006, 4040010)
"""Apple's codes for an id that cannot be one, and for one that it does not know."""
_T = TypeVar("_T")


class _Api(AsyncAppStoreServerAPIClient):
    """The library's client on connections of our own: it holds none between calls, and reads the machine's
    certificates once.
    """

    def __init__(self, *args: Any, base: str | None) -> None:
        super().__init__(*args)
        if base is not None:
            self._base_url = base
        self._tls = ssl.create_default_context()

    async def _execute_request(
        self,
        method: str,
        url: str,
        params: dict[str, Any],
        headers: dict[str, str],
        json: dict[str, Any] | None,
        data: bytes | None,
    ) -> httpx.Response:
        on_the_net = url.startswith("https:")  # where a way out may lead through a proxy
        async with httpx.AsyncClient(
            timeout=TIMEOUT_S, verify=self._tls, trust_env=on_the_net
        ) as http:
            return await http.request(
                method, url, params=params, headers=headers, json=json, content=data
            )


class AppStoreClient:
    """Calls with a fresh token each."""

    def __init__(
        self,
        private_key: str,
        key_id: str,
        issuer_id: str,
        bundle_id: str,
        environment: str,
        base: str | None,
    ) -> None:
        self._private_key = private_key.encode()
        self._key_id, self._issuer_id, self._bundle_id = key_id, issuer_id, bundle_id
        self._environment = ENVIRONMENTS[environment]
        self._base = base

    async def transaction(self, transaction_id: str) -> str | None:
        """The signed transaction as it stands; None: Apple has none of this id."""
        try:
            got = await self._call(lambda client: client.get_transaction_info(transaction_id))
        except APIException as error:
            if error.raw_api_error in _NO_SUCH:
                return None
            raise _failed(error) from error
        if not isinstance(got.signedTransactionInfo, str):
            raise ProviderError("the App Store's answer names no transaction")
        return got.signedTransactionInfo

    async def send_consumption(self, transaction_id: str, told: ConsumptionRequest) -> None:
        """Tell how much of a purchase was used. Safe to repeat."""
        try:
            await self._call(
                lambda client: client.send_consumption_information(transaction_id, told)
            )
        except APIException as error:
            raise _failed(error) from error

    async def _call(self, ask: Callable[[AsyncAppStoreServerAPIClient], Awaitable[_T]]) -> _T:
        """One call, with what can go wrong with it."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await ask(self._api)
        except (APIException, ProviderError):
            raise
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            name = type(error).__name__
            raise ProviderError(f"the App Store could not be reached: {name}") from error
        except Exception as error:  # the library lets through whatever reading the answer raises
            name = type(error).__name__
            raise ProviderError(f"the App Store's answer makes no sense: {name}") from error

    @cached_property
    def _api(self) -> _Api:
        try:
            return _Api(
                self._private_key,
                self._key_id,
                self._issuer_id,
                self._bundle_id,
                self._environment,
                base=self._base,
            )
        except (ValueError, TypeError) as error:
            raise ProviderError("LARGESSE_APP_STORE_PRIVATE_KEY is not a private key") from error


def _failed(error: APIException) -> ProviderError:
    return ProviderError(
        f"the App Store answered {error.http_status_code} ({error.raw_api_error or 'no code'})"
    )
