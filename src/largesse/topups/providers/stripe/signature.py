"""Stripe's signature: HMAC-SHA256 over the moment of sending and the body, as `t=<unix seconds>,v1=<hex>,...`.

The header may hold several v1 entries, one per secret, while the operator replaces one; entries of other schemes do not
count. Source: https://docs.stripe.com/webhooks#verify-manually.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from largesse.topups.providers import SignatureError

HEADER = "stripe-signature"
AGE_MAX_S = 300
_TIME = re.compile(r"\d{1,12}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HEADER_MAX = 4096


def verify(secrets: Sequence[str], header: str | None, body: bytes, received_at: datetime) -> None:
    """Raise SignatureError unless the header was made with one of the secrets for this body, just now."""
    sent_at, digests = _read(header or "")
    payload = f"{sent_at}.".encode() + body
    made = [hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(ours, theirs) for ours in made for theirs in digests):
        raise SignatureError("the signature does not fit the body")
    if abs(received_at.timestamp() - int(sent_at)) > AGE_MAX_S:
        raise SignatureError("the notification is too old")


def _read(header: str) -> tuple[str, list[str]]:
    """The moment of sending as written, and the v1 signatures."""
    pairs = [part.strip().partition("=") for part in header[:_HEADER_MAX].split(",")]
    times = [value for key, _, value in pairs if key == "t"]
    digests = [value for key, _, value in pairs if key == "v1" and _DIGEST.fullmatch(value)]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not digests:
        raise SignatureError("no signature of the known form")
    return times[0], digests
