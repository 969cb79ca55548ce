"""Who stands at the till, as far as a request shows it: kept with an order as keyed digests, never in the clear."""

import hashlib
import hmac
import ipaddress
import re
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from largesse.identity import client_address
from largesse.services import Services

DEVICE_HEADER = "largesse-device"
"""Apps and pages send an id of their own making, kept on the device."""
_DEVICE = re.compile(r"[A-Za-z0-9_-]{8,100}", re.ASCII)
_DIGEST_CHARACTERS = 32  # 128 bits


@dataclass(frozen=True, slots=True)
class Visitor:
    """Digests of the network address and the device a request came from; None where it is not known."""

    address: str | None = None
    device: str | None = None


NOBODY = Visitor()
"""For orders that no visitor made: demo data, tests."""


def digest(services: Services, kind: str, value: str) -> str:
    """The keyed digest of a personal value: the same value gives the same digest on this server only."""
    text = f"{kind}:{value}".encode("utf-8", "replace")
    return hmac.new(services.settings.digest_key, text, hashlib.sha256).hexdigest()[
        :_DIGEST_CHARACTERS
    ]


def is_public(address: str) -> bool:
    """Whether an address tells callers apart. A private one is often that of our own proxy, and so everybody's."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def visitor_of(services: Services, connection: HTTPConnection) -> Visitor:
    """The visitor behind a request."""
    address = client_address(connection, services.settings)
    device = connection.headers.get(DEVICE_HEADER, "")
    return Visitor(
        address=digest(services, "address", address) if is_public(address) else None,
        device=digest(services, "device", device) if _DEVICE.fullmatch(device) else None,
    )
