"""What recipients earned and who gave it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from largesse.db import ReadConnection
from largesse.ledger.model import DayEarnings, RoomEarnings, Supporter


async def earnings_by_day(
    conn: ReadConnection, recipient_id: UUID, *, first: date, last: date
) -> list[DayEarnings]:
    """Every day in the range (both ends included), also those without gifts."""
    raise NotImplementedError


async def earnings_by_room(
    conn: ReadConnection, recipient_id: UUID, *, first: date, last: date
) -> list[RoomEarnings]:
    """Rooms with gifts in the range of days, the best first."""
    raise NotImplementedError


async def room_totals(conn: ReadConnection, room_ids: Sequence[UUID]) -> dict[UUID, RoomEarnings]:
    """Gifts, coins and milli-diamonds of each room, zeros where nothing was given."""
    raise NotImplementedError


async def supporters(conn: ReadConnection, room_id: UUID, limit: int) -> list[Supporter]:
    """Who gave most coins in a room."""
    raise NotImplementedError
