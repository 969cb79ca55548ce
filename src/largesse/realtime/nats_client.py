"""One connection to one NATS server, without anything that happens by itself."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import nats.errors
from nats.aio.client import Client

CONNECT_TIMEOUT_S = 2.0
FLUSH_TIMEOUT_S = 2
PING_S = 2
PINGS_LOST_MAX = 2
"""A server that is silent for so many pings is taken for dead."""

BROKEN = (OSError, nats.errors.Error, TimeoutError)
"""What the client raises when there is no connection, or no more."""


class _Careful(Client):
    """Goes on with no server that offers no TLS where TLS was asked for: credentials would follow in the open."""

    def __init__(self, *, only_tls: bool) -> None:
        super().__init__()
        self._only_tls = only_tls

    def _connect_command(self) -> bytes:
        """What is sent first, once there is TLS if the server wants it."""
        if self._only_tls and not self._server_info.get("tls_required"):
            raise nats.errors.SecureConnWantedError
        return super()._connect_command()


async def connect(
    server: str,
    *,
    trusted: ssl.SSLContext | None,
    broken: asyncio.Event,
    complain: Callable[[Client, Exception], Awaitable[None]],
) -> Client:
    """Connected, or raises what is BROKEN. `broken` is set when the connection ends.

    `trusted` says which certificates are good; without it those are that the system trusts.
    """
    parts = urlsplit(server)
    user, password, token = _credentials(parts)
    client = _Careful(only_tls=parts.scheme == "tls")

    async def ended() -> None:
        broken.set()

    async def complained(error: Exception) -> None:
        await complain(client, error)

    try:
        async with asyncio.timeout(2 * CONNECT_TIMEOUT_S):
            await client.connect(
                [shown(server)],
                name="largesse",
                tls=trusted,
                user=user,
                password=password,
                token=token,
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
    except BaseException:
        await close(client)
        raise
    return client


def _credentials(parts: SplitResult) -> tuple[str | None, str | None, str | None]:
    """User, password and token of an address, where signs that mean something else stand as %40 and the like."""
    if parts.username is None:
        return None, None, None
    if parts.password is None:
        return None, None, unquote(parts.username)
    return unquote(parts.username), unquote(parts.password), None


def trusting(authorities: Path) -> ssl.SSLContext:
    """Certificates that one of these authorities signed, and no others; OSError when the file holds none."""
    return ssl.create_default_context(cafile=authorities)


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
    if isinstance(error, nats.errors.SecureConnWantedError):
        return "The bus offers no TLS."
    if "authorization" in str(error).lower():
        return "The bus refuses the credentials."
    return "The bus is not reachable."
