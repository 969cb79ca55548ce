"""Rate limits that hold across processes: hits per bucket, kept in the database, in a sliding window."""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import HTTPConnection

from largesse.db import Connection
from largesse.identity import queries
from largesse.identity.data import limits
from largesse.settings import Settings
from largesse.types import now

_IPV6_PREFIX_BITS = 64  # one customer holds a whole /64


@dataclass(frozen=True, slots=True)
class Hit:
    """A counted hit, so that it can be given back."""

    bucket: str
    window_start: datetime


async def rate_limited(conn: Connection, bucket: str, hits_max: int, window_s: int) -> int:
    """Count a hit on the bucket: 0 when it is allowed, else the seconds to wait (and nothing is counted).

    The hit counts once the caller's transaction commits; until then its lock makes others on this bucket wait, so
    commit before slow work.
    """
    _, wait_s = await hit(conn, bucket, hits_max, window_s)
    return wait_s


async def hit(conn: Connection, bucket: str, hits_max: int, window_s: int) -> tuple[Hit, int]:
    """As `rate_limited`, and also what was counted."""
    moment = now()
    start = window_start(moment, window_s)
    before, current = await queries.add_hit(
        conn, bucket, start, start - timedelta(seconds=window_s)
    )
    wait_s = seconds_to_wait(
        before=before,
        current=current,
        passed_s=(moment - start).total_seconds(),
        hits_max=hits_max,
        window_s=window_s,
    )
    if wait_s:
        await queries.take_back_hit(conn, bucket, start)
    return Hit(bucket, start), wait_s


def seconds_to_wait(
    *, before: int, current: int, passed_s: float, hits_max: int, window_s: int
) -> int:
    """0 when `current` hits fit, the window before counting for the part of it that still reaches into the last
    `window_s` seconds; else how long until one would."""
    if before * (1 - passed_s / window_s) + current <= hits_max:
        return 0
    if current <= hits_max:  # waiting in this window is enough: the one before fades
        wait_s = window_s * (1 - (hits_max - current) / before) - passed_s
    else:  # the hits of this window must fade in the next
        wait_s = window_s - passed_s + window_s * max(0.0, 1 - (hits_max - 1) / (current - 1))
    return max(1, math.ceil(wait_s))


async def give_back(conn: Connection, counted: Hit) -> None:
    """Undo a hit that turned out harmless."""
    await queries.take_back_hit(conn, counted.bucket, counted.window_start)


def window_start(moment: datetime, window_s: int) -> datetime:
    """The start of the fixed window that holds this moment."""
    return datetime.fromtimestamp(moment.timestamp() // window_s * window_s, UTC)


def private_bucket(name: str, value: str) -> str:
    """A bucket that does not spell out an e-mail or network address."""
    return f"{name}:{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()[:32]}"


async def limited_by_name(conn: Connection, name: str, value: str) -> tuple[Hit, int]:
    """A hit on one of the limits of data/limits.json."""
    limit = limits()[name]
    return await hit(conn, private_bucket(name, value), limit.hits_max, limit.window_s)


def client_address(connection: HTTPConnection, settings: Settings) -> str:
    """Who asks: the peer, or behind a trusted proxy the last address it was told; IPv6 by its /64."""
    text = connection.client.host if connection.client else ""
    if settings.trust_proxy:
        # A proxy may append to the caller's header or add one of its own: the last address is the proxy's word.
        told = connection.headers.getlist("x-forwarded-for")
        text = ",".join(told or [text]).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 6 and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address.version == 6:
        network = ipaddress.ip_network((address, _IPV6_PREFIX_BITS), strict=False)
        return str(network.network_address)
    return str(address)
