"""Calls to the Play Developer API. Every failure that trying again could mend is a ProviderError."""

import asyncio
import ssl
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import monotonic, time
from typing import Any

import httpx

from largesse.topups.providers import ProviderError
from largesse.topups.providers.google_play.objects import mapping
from largesse.topups.providers.google_play.tokens import ServiceAccount, service_account

LIVE_BASE = "https://androidpublisher.googleapis.com"
TIMEOUT_S = 10.0
"""For a call with all its parts, however slowly they come."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_SPARE_S = 60.0
"""A token is no longer used this long before it ends."""
_OF_USE = frozenset({200, 204, 400, 404, 409, 410})
"""Answers that mean something to a caller: done, refused, unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Google said; an answer without content is empty."""

    status: int
    body: dict[str, Any]

    @property
    def done(self) -> bool:
        return self.status in (200, 204)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    ends_at_s: float  # of the monotonic clock


class PlayClient:
    """Calls about one app, with a token that is kept until shortly before it ends. Holds no connections in between."""

    def __init__(self, base: str, package_name: str, credentials: Path) -> None:
        self._base = base
        self._folder = f"/androidpublisher/v3/applications/{package_name}"
        self._credentials = credentials
        self._token: _Token | None = None

    async def get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        """Ask for something of the app."""
        return await self._call("GET", path, query)

    async def post(self, path: str, query: dict[str, str] | None = None) -> Answer:
        """Have something done to it."""
        return await self._call("POST", path, query)

    async def _call(self, method: str, path: str, query: dict[str, str] | None) -> Answer:
        try:
            async with asyncio.timeout(TIMEOUT_S), self._connection() as http:
                for fresh in (False, True):
                    bearer = {"Authorization": f"Bearer {await self._bearer(http, fresh=fresh)}"}
                    got = await http.request(
                        method, self._folder + path, params=query, headers=bearer
                    )
                    if got.status_code != 401:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderError(
                f"Google Play could not be reached: {type(error).__name__}"
            ) from error
        if got.status_code not in _OF_USE:
            what = "/".join(path.split("/")[:3])  # without the name of a payment
            raise ProviderError(f"Google Play answered {got.status_code} to {method} {what}")
        done = got.status_code == 200 and got.content
        return Answer(got.status_code, _object(got) if done else {})

    async def _bearer(self, http: httpx.AsyncClient, *, fresh: bool) -> str:
        token = self._token
        if fresh or token is None or token.ends_at_s <= monotonic():
            token = self._token = await self._new_token(http)
        return token.value

    async def _new_token(self, http: httpx.AsyncClient) -> _Token:
        asked_at_s = monotonic()
        asked = {"grant_type": _GRANT, "assertion": self._account.assertion(int(time()))}
        got = await http.post(self._account.token_uri, data=asked)
        if got.status_code != 200:
            raise ProviderError(f"Google answered {got.status_code} when asked for a token")
        told = _object(got)
        value, lasts_s = told.get("access_token"), told.get("expires_in")
        if not isinstance(value, str) or not isinstance(lasts_s, int) or not value.isascii():
            raise ProviderError("Google gave no usable token")
        return _Token(value, asked_at_s + lasts_s - _TOKEN_SPARE_S)

    @cached_property
    def _account(self) -> ServiceAccount:
        return service_account(self._credentials)

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
        raise ProviderError("Google's answer cannot be read") from error
