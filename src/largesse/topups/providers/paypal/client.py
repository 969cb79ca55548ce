"""Calls to PayPal's API. Every failure that trying again could mend is a ProviderError."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import httpx

from largesse.topups.providers import ProviderError
from largesse.topups.providers.calling import BearerToken, connection, object_of

LIVE_BASE = "https://api-m.paypal.com"
TIMEOUT_S = 10.0
"""For a call with all its parts, however slowly they come."""
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


class PayPalClient:
    """Calls with a token that is kept until shortly before it ends. Holds no connections between calls."""

    def __init__(self, base: str, client_id: str, client_secret: str) -> None:
        self._base = base
        self._auth = httpx.BasicAuth(client_id, client_secret)
        self._token = BearerToken("PayPal", self._ask_for_token)

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
            async with asyncio.timeout(TIMEOUT_S), connection(self._base, TIMEOUT_S) as http:
                for fresh in (False, True):
                    headers["Authorization"] = await self._token.header(http, fresh=fresh)
                    got = await http.request(method, path, params=query, json=body, headers=headers)
                    if got.status_code != 401:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderError(f"PayPal could not be reached: {type(error).__name__}") from error
        if got.status_code not in _OF_USE:
            raise ProviderError(f"PayPal answered {got.status_code} to {method} {_first(path)}")
        return Answer(got.status_code, object_of("PayPal", got))

    async def _ask_for_token(self, http: httpx.AsyncClient) -> httpx.Response:
        asked = {"grant_type": "client_credentials"}
        return await http.post("/v1/oauth2/token", data=asked, auth=self._auth)


def _first(path: str) -> str:
    """The part of an address that names no payment, for messages."""
    return "/".join(path.split("/")[:4])
