"""Notifications that Pub/Sub pushes: who sent them is checked, what they say is not believed but asked about.

Pub/Sub signs a token for the address it pushes to (OpenID Connect), not the body.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from largesse.topups.providers import (
    Notification,
    PaymentReference,
    RawNotification,
    SignatureError,
)
from largesse.topups.providers.calling import mapping
from largesse.topups.providers.google_play.certificates import Certificates
from largesse.topups.providers.google_play.objects import (
    order_name_of,
    part,
    text,
    token_of,
)
from largesse.topups.providers.google_play.tokens import key_named, verified_claims

SKEW_S = 60
"""How far Google's clock may be from ours."""
_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_TOKEN_LENGTH_MAX = 8192
_ID_LENGTH_MAX = 200
_ONE_TIME = 2
"""Of productType; 1 is a subscription."""


@dataclass(frozen=True, slots=True)
class Pusher:
    """Whose notifications count."""

    audience: str
    service_account: str
    """Its e-mail address."""


def verify(certificates: Certificates, pusher: Pusher, raw: RawNotification) -> None:
    """Raise SignatureError unless our subscription sent this, now. May wait for Google's certificates."""
    kind, _, token = raw.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.isascii() or len(token) > _TOKEN_LENGTH_MAX:
        raise SignatureError("the notification has no token")
    certificate = certificates.certificate(key_named(token))
    claims = verified_claims(token, certificate, skew_s=SKEW_S)
    if claims.get("iss") not in _ISSUERS:
        raise SignatureError("the token was not issued by Google")
    if claims.get("aud") != pusher.audience:
        raise SignatureError("the token is for somebody else")
    if claims.get("email") != pusher.service_account or claims.get("email_verified") is not True:
        raise SignatureError("the token is of another service account")
    _check_time(claims["iat"], claims["exp"], raw.received_at)


def _check_time(issued_s: Any, ends_s: Any, received_at: datetime) -> None:
    """By when it came in, whenever it is looked at."""
    at_s = received_at.timestamp()
    if not issued_s - SKEW_S <= at_s <= ends_s + SKEW_S:
        raise SignatureError("the token is too old, or from the future")


def parse(package_name: str, body: bytes) -> Notification:
    """The purchases to ask about. Raises SignatureError for what is no notification, or one of another app."""
    try:
        message = mapping(mapping(json.loads(body))["message"])
        name = text(message, "messageId")
        if not 0 < len(name) <= _ID_LENGTH_MAX or not name.isprintable():
            raise ValueError("a message has an id")
        told = mapping(json.loads(base64.b64decode(text(message, "data"), validate=True)))
        package = text(told, "packageName")
        references = _references(told)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureError("this is no notification of Google Play") from error
    if package != package_name:
        raise SignatureError("the notification is about another app")
    return Notification(id=name, events=(), ask_first=references)


def _references(told: dict[str, Any]) -> tuple[PaymentReference, ...]:
    """Tests, subscriptions, reviews of refunds and what Google adds one day name nothing to ask about."""
    if "oneTimeProductNotification" in told:
        token = token_of(part(told, "oneTimeProductNotification")["purchaseToken"])
        return (PaymentReference(checkout_reference=token),)
    voided = part(told, "voidedPurchaseNotification")
    if voided.get("productType") == _ONE_TIME:
        return (
            PaymentReference(
                checkout_reference=token_of(voided["purchaseToken"]),
                transaction_id=order_name_of(voided["orderId"]),
            ),
        )
    return ()
