"""What adapters that call a provider's API themselves share: connections, tokens and the objects that come back."""

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any

import httpx

from largesse.topups.providers import ProviderError

_TOKEN_SPARE_S = 60.0
"""A token is no longer used this long before it ends."""

AskForToken = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


@cache
def _certificates() -> ssl.SSLContext:
    """Reading them takes longer than a call's own work."""
    return ssl.create_default_context()


def connection(base: str, timeout_s: float) -> httpx.AsyncClient:
    """A connection for one call, so that none outlives the event loop it was made in."""
    return httpx.AsyncClient(
        base_url=base,
        timeout=timeout_s,
        verify=_certificates(),
        trust_env=base.startswith("https:"),  # a way out may lead through a proxy
    )


def mapping(value: Any) -> dict[str, Any]:
    """An object of JSON; TypeError when it is none."""
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return value


def object_of(who: str, got: httpx.Response) -> dict[str, Any]:
    """The object that an answer holds; ProviderError when it holds none."""
    try:
        return mapping(got.json())
    except (ValueError, TypeError, RecursionError) as error:
        raise ProviderError(f"the answer of {who} cannot be read") from error


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    ends_at_s: float  # of the monotonic clock


class BearerToken:
    """An OAuth token (RFC 6749, section 5.1) that is kept until shortly before it ends."""

    def __init__(self, who: str, ask: AskForToken) -> None:
        self._who = who
        self._ask = ask
        self._token: _Token | None = None

    async def header(self, http: httpx.AsyncClient, *, fresh: bool) -> str:
        """The value of `Authorization`; with a new token where `fresh`: the old one was refused."""
        token = self._token
        if fresh or token is None or token.ends_at_s <= monotonic():
            token = self._token = await self._new(http)
        return f"Bearer {token.value}"

    async def _new(self, http: httpx.AsyncClient) -> _Token:
        asked_at_s = monotonic()
        got = await self._ask(http)
        if got.status_code != 200:
            raise ProviderError(f"{self._who} answered {got.status_code} when asked for a token")
        told = object_of(self._who, got)
        value, lasts_s = told.get("access_token"), told.get("expires_in")
        if not isinstance(value, str) or not isinstance(lasts_s, int) or not value.isascii():
            raise ProviderError(f"{self._who} gave no usable token")
        return _Token(value, asked_at_s + lasts_s - _TOKEN_SPARE_S)
