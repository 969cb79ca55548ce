"""Cursors of lists that are sorted by a number and an id."""

import base64
import binascii
from uuid import UUID

from largesse.ledger import CursorInvalid

NUMBER_MAX = 2**31 - 1


def encode_cursor(number: int, id_: UUID) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(4) + id_.bytes).decode().rstrip("=")


def decode_cursor(text: str | None) -> tuple[int, UUID] | None:
    """The place to continue from; CursorInvalid for what we never gave out."""
    if text is None:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid from error
    if len(raw) != 20 or (number := int.from_bytes(raw[:4])) > NUMBER_MAX:
        raise CursorInvalid
    return number, UUID(bytes=raw[4:])
