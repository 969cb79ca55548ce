"""Session tokens: opaque, random, kept only as their hash; and the CSRF token that belongs to one."""

import base64
import hashlib
import hmac
import secrets

_TOKEN_BYTES = 32
_CSRF_PURPOSE = b"largesse csrf 1"


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What we store of a token. It has full entropy, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def csrf_token(session_token: str) -> str:
    """Keyed by the session's own token: whoever cannot read that cookie cannot make this one."""
    digest = hmac.digest(session_token.encode("utf-8", "replace"), _CSRF_PURPOSE, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def csrf_fits(session_token: str, presented: str | None) -> bool:
    """Compared in constant time."""
    expected = csrf_token(session_token).encode()
    return hmac.compare_digest(expected, (presented or "").encode("utf-8", "replace"))
