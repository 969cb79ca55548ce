"""How the sandbox signs: HMAC-SHA256 over the moment of sending and the body, as `t=<unix seconds>,v1=<hex>`."""

import hashlib
import hmac
import re
from datetime import datetime

from largesse.topups.providers import SignatureError

HEADER = "sandbox-signature"
AGE_MAX_S = 300
"""A notification older (or newer) than this is refused, so that a captured one cannot be sent again later."""
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def sign(secret: bytes, body: bytes, at: datetime) -> str:
    """The header's value for a body sent at a moment."""
    sent_at = int(at.timestamp())
    return f"t={sent_at},v1={_digest(secret, sent_at, body)}"


def verify(secret: bytes, header: str | None, body: bytes, received_at: datetime) -> None:
    """Raise SignatureError unless the header was made with the secret for this body, just now."""
    match = _FORM.fullmatch(header or "")
    if match is None:
        raise SignatureError("no signature of the known form")
    sent_at = int(match[1])
    if not hmac.compare_digest(_digest(secret, sent_at, body), match[2]):
        raise SignatureError("the signature does not fit the body")
    if abs(received_at.timestamp() - sent_at) > AGE_MAX_S:
        raise SignatureError("the notification is too old")


def _digest(secret: bytes, sent_at: int, body: bytes) -> str:
    return hmac.new(secret, b"%d." % sent_at + body, hashlib.sha256).hexdigest()
