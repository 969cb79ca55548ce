"""Reading Apple's payloads: what has not the expected shape raises ValueError, KeyError or TypeError."""

import re
from typing import Any

_TRANSACTION = re.compile(r"\d{1,30}", re.ASCII)


def text(owner: dict[str, Any], name: str) -> str:
    """A field that holds text and must be there."""
    value = owner[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is text")
    return value


def whole(owner: dict[str, Any], name: str) -> int:
    """A field that holds a whole number and must be there."""
    value = owner[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is a whole number")
    return value


def is_transaction(value: str) -> bool:
    """Whether this could be the id of a transaction; nothing that could change an address it is put into."""
    return _TRANSACTION.fullmatch(value) is not None
