"""Cursors of lists that run from new to old: the place of the last row shown, opaque to callers."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from largesse.ledger.errors import CursorInvalid


@dataclass(frozen=True, slots=True)
class Place:
    """After which row a page begins, and the running balance there (0 where a list has none)."""

    at: datetime
    id: UUID
    balance: int = 0


NEWEST = Place(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
"""Before the first row."""


def encode(place: Place) -> str:
    """The cursor that names a place."""
    text = json.dumps([place.at.isoformat(), place.id.hex, place.balance])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None) -> Place:
    """The place a cursor names; None: before the first row."""
    if cursor is None:
        return NEWEST
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        at, id, balance = json.loads(base64.urlsafe_b64decode(padded))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(balance, int):
            raise CursorInvalid
        return Place(moment, UUID(hex=id), balance)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise CursorInvalid from None
