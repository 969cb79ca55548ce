"""Calls to PayPal's API. Every failure that trying again could mend is a ProviderError."""

import asyncio
import ssl
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any
from uuid import UUID, uuid5

import httpx

from largesse.topups.providers import ProviderError
from largesse.topups.providers.paypal.objects import mapping

LIVE_BASE = "https://api-m.paypal.com"
TIMEOUT_S = 10.0
"""For a call with all its parts, however slowly they come."""
_TOKEN_SPARE_S = 60.0
"""A token is no longer used this long before it ends."""
_KEYS = UUID("0d9b9f1e-2c58-5c0e-8f3e-7b1a4c6de502")
"""Namespace: our keys become UUIDs, which fit PayPal's length for PayPal-Request-Id."""
_OF_USE = frozenset({200, 201, 404, 422})
"""Answers that mean something to a caller: done, unknown, refused."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What PayPal said."""

    status: int
    body: dict[str, Any]

    @property
    def issue(self) -> str:
        """Why PayPal refused (422); "" when it did not say."""
        details = self.body.get("details")
        first = details[0] if isinstance(details, list) and details else {}
        issue = first.get("issue") if isinstance(first, dict) else None
        return issue if isinstance(issue, str) else ""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    ends_at_s: float  # of the monotonic clock


class PayPalClient:
    """Calls with a token that is kept until shortly before it ends. Holds no connections between calls."""

    def __init__(self, base: str, client_id: str, client_secret: str) -> None:
        self._base = base
        self._auth = httpx.BasicAuth(client_id, client_secret)
        self._token: _Token | None = None

    async def get(self, path: str, **query: str) -> Answer:
        """Ask for an object; 404 is an answer."""
        return await self._call("GET", path, query=query)

    async def post(self, path: str, body: dict[str, Any], *, key: str) -> Answer:
        """Have something done once per key; 404 and 422 are answers."""
        return await self._call("POST", path, body=body, key=key)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Answer:
        headers = {"Prefer": "return=representation"}
        if key is not None:
            headers["PayPal-Request-Id"] = str(uuid5(_KEYS, key))
        try:
            async with asyncio.timeout(TIMEOUT_S), self._connection() as http:
                for fresh in (False, True):
                    headers["Authorization"] = f"Bearer {await self._bearer(http, fresh=fresh)}"
                    got = await http.request(method, path, params=query, json=body, headers=headers)
                    if got.status_code != 401:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderError(f"PayPal could not be reached: {type(error).__name__}") from error
        if got.status_code not in _OF_USE:
            raise ProviderError(f"PayPal answered {got.status_code} to {method} {_first(path)}")
        return Answer(got.status_code, _object(got))

    async def _bearer(self, http: httpx.AsyncClient, *, fresh: bool) -> str:
        token = self._token
        if fresh or token is None or token.ends_at_s <= monotonic():
            token = self._token = await self._new_token(http)
        return token.value

    async def _new_token(self, http: httpx.AsyncClient) -> _Token:
        asked_at_s = monotonic()
        got = await http.post(
            "/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=self._auth
        )
        if got.status_code != 200:
            raise ProviderError(f"PayPal answered {got.status_code} when asked for a token")
        told = _object(got)
        value, lasts_s = told.get("access_token"), told.get("expires_in")
        if not isinstance(value, str) or not isinstance(lasts_s, int) or not value.isascii():
            raise ProviderError("PayPal gave no usable token")
        return _Token(value, asked_at_s + lasts_s - _TOKEN_SPARE_S)

    def _connection(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._base,
            timeout=TIMEOUT_S,
            verify=self._tls,
            trust_env=self._base.startswith("https:"),  # a way out may lead through a proxy
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _object(got: httpx.Response) -> dict[str, Any]:
    try:
        return mapping(got.json())
    except (ValueError, TypeError, RecursionError) as error:
        raise ProviderError("PayPal's answer cannot be read") from error


def _first(path: str) -> str:
    """The part of an address that names no payment, for messages."""
    return "/".join(path.split("/")[:4])
