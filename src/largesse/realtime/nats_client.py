"""One connection to one NATS server, without anything that happens by itself."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import nats.errors
from nats.aio.client import Client

CONNECT_TIMEOUT_S = 2.0
FLUSH_TIMEOUT_S = 2
PING_S = 2
PINGS_LOST_MAX = 2
"""A server that is silent for so many pings is taken for dead."""

BROKEN = (OSError, nats.errors.Error, TimeoutError)
"""What the client raises when there is no connection, or no more."""


async def connect(
    server: str, *, broken: asyncio.Event, complain: Callable[[Client, Exception], Awaitable[None]]
) -> Client:
    """Connected, or raises what is BROKEN. `broken` is set when the connection ends."""
    client = Client()

    async def ended() -> None:
        broken.set()

    async def complained(error: Exception) -> None:
        await complain(client, error)

    try:
        async with asyncio.timeout(2 * CONNECT_TIMEOUT_S):
            await client.connect(
                [server],
                name="largesse",
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
    return f"{parts.scheme}://{parts.hostname}:{parts.port or 4222}"


def reason(error: BaseException) -> str:
    """What to say of an error."""
    return str(error) or type(error).__name__
