"""What asks a server of this machine over plain HTTP: reading all certificates for each asking takes long."""

import ssl
from typing import Any

import httpx

TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For httpx's `verify`: has no certificates."""
_PATIENCE_S = 30


def ask(method: str, url: str, **request: Any) -> httpx.Response:
    """What a server of this machine answers, however busy both are."""
    return httpx.request(method, url, verify=TRUSTS_NOBODY, timeout=_PATIENCE_S, **request)
