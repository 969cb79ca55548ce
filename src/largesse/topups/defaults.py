"""The figures that ship with top-ups, each loaded by the part that uses them."""

from largesse.db import Connection
from largesse.topups import guards, price_books, refunds

_PARTS = (price_books, guards, refunds)


async def load_defaults(conn: Connection) -> None:
    """Fill empty reference tables."""
    for part in _PARTS:
        await part.load_defaults(conn)
