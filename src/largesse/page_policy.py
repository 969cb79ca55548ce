"""What our pages may load: the Content-Security-Policy."""

from collections.abc import Iterable

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Pictures that the player puts together itself are played from `blob:`."""


def content_security_policy(media_sources: Iterable[str]) -> str:
    """What pages may load; pictures of streams and their parts also from these hosts."""
    policy = CONTENT_SECURITY_POLICY
    for source in media_sources:
        policy = policy.replace("connect-src 'self'", f"connect-src 'self' {source}")
        policy = policy.replace("media-src 'self'", f"media-src 'self' {source}")
    return policy
