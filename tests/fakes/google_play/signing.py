"""Keys: the service account's, with which servers ask for access, and Google's own, with which it signs push tokens."""

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

SCOPE = "https://www.googleapis.com/auth/androidpublisher"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""Of every request for a token, whatever address of Google's it goes to."""
EMAIL = "server@example-project.iam.gserviceaccount.com"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def sign(key: rsa.RSAPrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A JSON Web Token, RS256."""
    signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encoded(signature)}"


class Accounts:
    """The one service account, and the tokens it was given."""

    def __init__(self, token_uri: str) -> None:
        self._token_uri = token_uri
        self._key = _new_key()
        self.tokens: set[str] = set()

    def key_file(self) -> dict[str, str]:
        """What the console gives to download."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": "example-project",
            "private_key_id": "fake-key-1",
            "private_key": pem.decode(),
            "client_email": EMAIL,
            "client_id": "1",
            "token_uri": self._token_uri,
        }

    def grant(self, form: dict[str, list[str]]) -> str | None:
        """An access token for a good assertion; None: it is not good."""
        if form.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return None
        try:
            ((assertion,), parts) = form["assertion"], form["assertion"][0].split(".")
            self._key.public_key().verify(
                _decoded(parts[2]),
                assertion.rpartition(".")[0].encode(),
                padding.PKCS1v15(),
                hashes.SHA256(),
            )
            claims = json.loads(_decoded(parts[1]))
        except (KeyError, ValueError, IndexError, InvalidSignature):
            return None
        good = (
            claims["iss"] == EMAIL
            and claims["aud"] == AUDIENCE
            and SCOPE in claims["scope"].split()
            and claims["iat"] - 60 <= time() < claims["exp"] <= claims["iat"] + 3600
        )
        if not good:
            return None
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self.tokens.add(token)
        return token


class Pusher:
    """Signs the tokens that come with pushed messages."""

    def __init__(self) -> None:
        self._keys = {"key-1": _new_key()}
        self._foreign: rsa.RSAPrivateKey | None = None
        self.newest = "key-1"

    def rotate(self) -> None:
        """The next tokens are signed by a new key; the old one stays known."""
        self.newest = f"key-{len(self._keys) + 1}"
        self._keys[self.newest] = _new_key()

    def certificates(self) -> dict[str, str]:
        """By key id, PEM, as Google publishes them."""
        return {name: _certificate(key) for name, key in self._keys.items()}

    def token(self, claims: dict[str, Any], *, key: str | None = None, alg: str = "RS256") -> str:
        """Signed by a key of its own: the newest, or one named; `foreign` is nobody's, under a known name."""
        name = key or self.newest
        if name == "foreign":
            self._foreign = self._foreign or _new_key()
            return sign(self._foreign, {"alg": alg, "kid": self.newest, "typ": "JWT"}, claims)
        known = self._keys.get(name, self._keys[self.newest])
        return sign(known, {"alg": alg, "kid": name, "typ": "JWT"}, claims)


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.example")])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=14))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()
