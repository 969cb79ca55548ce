"""Stripe's request bodies: forms whose keys nest, as `line_items[0][price_data][currency]`."""

import re
from typing import Any
from urllib.parse import parse_qsl

_PARTS = re.compile(r"[^\[\]]+")


def read_form(text: str) -> dict[str, Any]:
    """Nested dictionaries; a list comes out as a dictionary of "0", "1", ..."""
    form: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        *outer, last = _PARTS.findall(key)
        inner = form
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return form
