"""How Stripe's library reaches Stripe: one connection per call, so that none outlives the event loop it was made in."""

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
import stripe


@cache
def _certificates() -> ssl.SSLContext:
    """Reading the certificates takes longer than the call's own work."""
    return ssl.create_default_context()


class _Unreachable(stripe.APIConnectionError):
    """Typed, as the library's own constructor is not."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)
        self.http_status = None
        self.should_retry = False


class HttpClient(stripe.HTTPClient):
    """Asynchronous calls with a time limit."""

    name = "httpx"

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self._timeout_s = timeout_s

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send one request."""
        try:
            async with httpx.AsyncClient(
                verify=_certificates(), timeout=self._timeout_s, trust_env=False
            ) as client:
                answer = await client.request(method, url, headers=headers, content=post_data or "")
        except httpx.HTTPError as error:
            raise _Unreachable(type(error).__name__) from error
        return answer.content, answer.status_code, answer.headers
