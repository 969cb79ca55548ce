"""Calls to the Play Developer API. Every failure that trying again could mend is a ProviderError."""

import asyncio
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any

import httpx

from largesse.topups.providers import ProviderError
from largesse.topups.providers.calling import BearerToken, connection, object_of
from largesse.topups.providers.google_play.tokens import ServiceAccount, service_account

LIVE_BASE = "https://androidpublisher.googleapis.com"
TIMEOUT_S = 10.0
"""For a call with all its parts, however slowly they come."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
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


class PlayClient:
    """Calls about one app, with a token that is kept until shortly before it ends. Holds no connections in between."""

    def __init__(self, base: str, package_name: str, credentials: Path) -> None:
        self._base = base
        self._folder = f"/androidpublisher/v3/applications/{package_name}"
        self._credentials = credentials
        self._token = BearerToken("Google", self._ask_for_token)

    async def get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        """Ask for something of the app."""
        return await self._call("GET", path, query)

    async def post(self, path: str, query: dict[str, str] | None = None) -> Answer:
        """Have something done to it."""
        return await self._call("POST", path, query)

    async def _call(self, method: str, path: str, query: dict[str, str] | None) -> Answer:
        try:
            async with asyncio.timeout(TIMEOUT_S), connection(self._base, TIMEOUT_S) as http:
                for fresh in (False, True):
                    bearer = {"Authorization": await self._token.header(http, fresh=fresh)}
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
        return Answer(got.status_code, object_of("Google", got) if done else {})

    async def _ask_for_token(self, http: httpx.AsyncClient) -> httpx.Response:
        asked = {"grant_type": _GRANT, "assertion": self._account.assertion(int(time()))}
        return await http.post(self._account.token_uri, data=asked)

    @cached_property
    def _account(self) -> ServiceAccount:
        return service_account(self._credentials)
