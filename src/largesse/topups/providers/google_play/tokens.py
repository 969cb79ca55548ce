"""Google's tokens: ours for its API, made with the service account's key, and the ones that Pub/Sub signs.

The only file that knows `google-auth`, which has no types for what is used here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.auth import crypt, jwt
from google.auth.exceptions import GoogleAuthError

from largesse.payment_settings import may_have_secrets
from largesse.topups.providers import ProviderError, SignatureError

SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_AUDIENCE = "https://oauth2.googleapis.com/token"
"""Always, says Google, wherever the request is sent to."""
_ASSERTION_S = 3600
"""The longest that Google takes."""
_sign: Callable[[Any, Mapping[str, Any]], bytes] = jwt.encode
_read_header: Callable[[str], Mapping[str, Any]] = jwt.decode_header
_verify: Callable[..., Mapping[str, Any]] = jwt.decode
_signer_from: Callable[[str, str], crypt.Signer] = crypt.RSASigner.from_string


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Who we are at Google."""

    email: str
    token_uri: str
    signer: crypt.Signer

    def assertion(self, at_s: int) -> str:
        """A signed request for an access token, made at a moment (seconds since the epoch)."""
        claims = {
            "iss": self.email,
            "scope": SCOPE,
            "aud": _AUDIENCE,
            "iat": at_s,
            "exp": at_s + _ASSERTION_S,
        }
        return _sign(self.signer, claims).decode("ascii")


def service_account(path: Path) -> ServiceAccount:
    """Read a service account's key file (JSON). Raises ProviderError when it cannot be used; the key is not shown."""
    try:
        told = json.loads(path.read_text("utf-8"))
        email, token_uri = told["client_email"], told["token_uri"]
        signer = _signer_from(told["private_key"], told["private_key_id"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderError(
            f"the service account's key file cannot be used: {type(error).__name__}"
        ) from None
    if not isinstance(email, str) or not isinstance(token_uri, str):
        raise ProviderError(
            "the service account's key file cannot be used: not of a service account"
        )
    if not may_have_secrets(token_uri):
        raise ProviderError("the service account's token address must be https")
    return ServiceAccount(email, token_uri, signer)


def key_named(token: str) -> str:
    """The id of the key that signed a token, as the token says. Raises SignatureError for what is no RS256 token."""
    try:
        header = _read_header(token)
    except (GoogleAuthError, ValueError, RecursionError) as error:
        raise SignatureError("the token cannot be read") from error
    key_id = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(key_id, str):
        raise SignatureError("another kind of token than Google's")
    return key_id


def verified_claims(token: str, certificate: str, *, skew_s: int) -> Mapping[str, Any]:
    """What a token says, signed by the key of a certificate (PEM) and valid now. Raises SignatureError."""
    try:
        return _verify(token, certs=certificate, clock_skew_in_seconds=skew_s)
    except (GoogleAuthError, ValueError, TypeError, RecursionError) as error:
        raise SignatureError("the token is not Google's, or no longer valid") from error
