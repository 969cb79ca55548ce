"""Reading PayPal's objects: what has not the expected shape raises ValueError, KeyError or TypeError."""

import re
from typing import Any
from urllib.parse import urlsplit

from largesse.topups.providers.calling import mapping

_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
"""Orders, captures, refunds and disputes; nothing that could change an address it is put into."""


def list_of(owner: dict[str, Any], name: str) -> list[Any]:
    """A field that holds a list; one that is left out is empty."""
    value = owner.get(name, [])
    if not isinstance(value, list):
        raise TypeError(f"{name} is a list")
    return value


def text(owner: dict[str, Any], name: str) -> str:
    """A field that holds text and must be there."""
    value = owner[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is text")
    return value


def is_id(value: Any) -> bool:
    """Whether this could be one of PayPal's ids."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def id_of(value: Any) -> str:
    """One of PayPal's ids."""
    if not is_id(value):
        raise ValueError("not an id of PayPal")
    return str(value)


def links(owner: dict[str, Any]) -> dict[str, str]:
    """An object's links: addresses by relation."""
    found = {}
    for one in list_of(owner, "links"):
        link = mapping(one)
        found[text(link, "rel")] = text(link, "href")
    return found


def order_above(capture: dict[str, Any]) -> str | None:
    """The PayPal order that a capture belongs to; None: it came about in another way."""
    related = mapping(mapping(capture.get("supplementary_data", {})).get("related_ids", {}))
    if "order_id" in related:
        return id_of(related["order_id"])
    return _last_part(links(capture).get("up", ""), "/v2/checkout/orders/")


def capture_above(refund: dict[str, Any]) -> str:
    """The capture that a refund or a reversal gives back."""
    name = _last_part(links(refund)["up"], "/v2/payments/captures/")
    if name is None:
        raise ValueError("a refund belongs to a capture")
    return name


def _last_part(address: str, folder: str) -> str | None:
    before, found, name = urlsplit(address).path.partition(folder)
    return id_of(name) if found and not before else None
