"""One connection to one NATS server, without anything that happens by itself."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urlsplit

import nats.errors
from nats.aio.client import Client

from largesse.bus_access import AccessUnreadable, BusAccess

CONNECT_TIMEOUT_S = 2.0
FLUSH_TIMEOUT_S = 2
PING_S = 2
PINGS_LOST_MAX = 2
"""A server that is silent for so many pings is taken for dead."""

BROKEN = (OSError, nats.errors.Error, TimeoutError)
"""What the client raises when there is no connection, or no more."""


class BrokenOff(ConnectionError):
    """The server went away without a word after TLS had begun, as it does when a certificate of ours is not good."""


class _Tls(ssl.SSLContext):
    """Loads its files once TLS begins, and knows whether it has."""

    def __new__(cls, _access: BusAccess) -> Self:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, access: BusAccess) -> None:
        self._access = access
        self.begun = False

    def wrap_bio(self, *arguments: Any, **named: Any) -> ssl.SSLObject:
        """How event loops begin TLS."""
        self._access.load_into(self)
        self.begun = True
        return super().wrap_bio(*arguments, **named)


@dataclass(frozen=True, slots=True)
class _Guard:
    """Tells no secret in the open where TLS was asked for."""

    tls: _Tls
    only_tls: bool

    def check(self) -> None:
        """Raises SecureConnWantedError where there is no TLS and should be."""
        if self.only_tls and not self.tls.begun:
            raise nats.errors.SecureConnWantedError

    def secret(self, value: str | None) -> Callable[[], str] | None:
        """Told when it is asked for, which is after TLS has begun."""
        if value is None:
            return None

        def tell() -> str:
            self.check()
            return value

        return tell


async def connect(
    server: str,
    *,
    access: BusAccess,
    broken: asyncio.Event,
    complain: Callable[[Client, Exception], Awaitable[None]],
) -> Client:
    """Connected, or raises what is BROKEN. `broken` is set when the connection ends."""
    parts = urlsplit(server)
    client = Client()
    guard = _Guard(_Tls(access), only_tls=parts.scheme == "tls")

    async def ended() -> None:
        broken.set()

    alerts: list[ssl.SSLError] = []

    async def complained(error: Exception) -> None:
        if isinstance(error, ssl.SSLError):
            alerts.append(error)
        await complain(client, error)

    try:
        async with asyncio.timeout(2 * CONNECT_TIMEOUT_S):
            await client.connect(
                [shown(server)],
                name="largesse",
                tls=guard.tls,
                **_shown_secrets(guard, access, parts),
                allow_reconnect=False,  # we do, and know then what to tell again
                max_reconnect_attempts=1,  # and it gives up at once
                reconnect_time_wait=0,
                connect_timeout=int(CONNECT_TIMEOUT_S),
                ping_interval=PING_S,
                max_outstanding_pings=PINGS_LOST_MAX,
                no_echo=True,
                closed_cb=ended,
                error_cb=complained,
            )
        guard.check()  # where there was no secret to tell
        if not client.is_connected:
            raise ConnectionResetError("the server said nothing more")
    except BaseException as error:
        await close(client)
        if guard.tls.begun and _is_broken_off(error):
            raise BrokenOff(reason(alerts[0] if alerts else error)) from error
        raise
    return client


def _shown_secrets(guard: _Guard, access: BusAccess, parts: SplitResult) -> dict[str, Any]:
    """What the client tells of us, each asked for when it is told."""
    user, password, token = (guard.secret(each) for each in _credentials(parts))
    told: dict[str, Any] = {"user": user, "password": password, "token": token}
    if access.creds is None:
        return told

    def sign(nonce: str) -> bytes:
        guard.check()
        return access.sign(nonce)

    return {**told, "user_jwt_cb": access.jwt, "signature_cb": sign}


def _credentials(parts: SplitResult) -> tuple[str | None, str | None, str | None]:
    """User, password and token of an address, where signs that mean something else stand as %40 and the like."""
    if parts.username is None:
        return None, None, None
    if parts.password is None:
        return None, None, unquote(parts.username)
    return unquote(parts.username), unquote(parts.password), None


def _is_broken_off(error: BaseException) -> bool:
    """By the server; a certificate of its that we do not trust, and our own files, are something else."""
    ours = (ssl.SSLCertVerificationError, AccessUnreadable, TimeoutError)
    return isinstance(error, OSError) and not isinstance(error, ours)


async def settle(client: Client) -> None:
    """The server has everything that was published or subscribed to before; raises what is BROKEN.

    The client's own flush overtakes what still waits to be written; by the time it returns that is written, and a
    second one comes behind it.
    """
    for _ in range(2):
        await client.flush(FLUSH_TIMEOUT_S)


async def close(client: Client) -> None:
    """Whatever state it is in."""
    with contextlib.suppress(*BROKEN):
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await client.close()


def shown(server: str) -> str:
    """An address without its credentials."""
    parts = urlsplit(server)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or 4222}"


def reason(error: BaseException) -> str:
    """What to say of an error."""
    return str(error) or type(error).__name__


def trouble(error: BaseException) -> str:
    """The same for everybody who asks: in words of ours alone, without addresses."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The bus has a certificate that is not trusted."
    if isinstance(error, BrokenOff):
        return "The bus broke off TLS, as it does when it wants a certificate (LARGESSE_BUS_CERT)."
    if isinstance(error, AccessUnreadable):
        return f"{error}."
    if isinstance(error, nats.errors.SecureConnWantedError):
        return "The bus offers no TLS."
    if "authorization" in str(error).lower():
        return "The bus refuses the credentials."
    return "The bus is not reachable."
