"""Reading Stripe's objects: which fields there are differs with the API version, so nothing is taken for granted.

All functions raise ValueError for an object that makes no sense.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from largesse.topups.providers import Payer
from largesse.topups.providers.stripe.amounts import from_stripe

Json = Mapping[str, Any]
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
ORDER_KEY = "largesse_order_id"
"""Our order's name in Stripe's metadata; other apps of the same account do not use it."""


def mapping(value: object) -> Json:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise ValueError("an object was expected")
    return value


def text(value: object) -> str:
    """A string with something in it."""
    if not isinstance(value, str) or not value:
        raise ValueError("a text was expected")
    return value


def whole(value: object) -> int:
    """A whole number; `true` is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a whole number was expected")
    return value


def id_of(value: object) -> str | None:
    """The id of what may be absent, an id, or the expanded object."""
    if value is None:
        return None
    return text(value["id"] if isinstance(value, Mapping) and "id" in value else value)


def order_id_of(*objects: object) -> UUID | None:
    """Our order by the metadata of the first object that has it; None: not ours, or not told."""
    for item in objects:
        metadata = item.get("metadata") if isinstance(item, Mapping) else None
        named = metadata.get(ORDER_KEY) if isinstance(metadata, Mapping) else None
        if isinstance(named, str):
            try:
                return UUID(named)
            except ValueError:
                return None
    return None


def payer_of(intent: Json) -> Payer:
    """Who paid, as far as the payment's charge is shown: expanded, or in a list (in API versions before 2022-11-15).

    It decides nothing about money, so what cannot be read counts as not told.
    """
    charge: Any = intent.get("latest_charge")
    if not isinstance(charge, Mapping):
        listed: Any = intent.get("charges")
        charges = listed.get("data") if isinstance(listed, Mapping) else None
        charge = charges[0] if isinstance(charges, list) and charges else None  # the newest
    details = charge.get("payment_method_details") if isinstance(charge, Mapping) else None
    if not isinstance(details, Mapping):
        return Payer()
    method: Any = details.get(str(details.get("type")))
    if not isinstance(method, Mapping):
        return Payer()
    country, fingerprint = method.get("country"), method.get("fingerprint")
    known = isinstance(country, str) and _COUNTRY.fullmatch(country)
    return Payer(
        country=str(country) if known else None,
        fingerprint=fingerprint if isinstance(fingerprint, str) and fingerprint else None,
    )


def money(amount: object, currency: object) -> tuple[int, str]:
    """Minor units and the currency's code in capitals."""
    code = text(currency).upper()
    return from_stripe(whole(amount), code), code
