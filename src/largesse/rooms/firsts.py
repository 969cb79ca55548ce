"""Which gifts of a room's log are the first of their givers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from largesse import outbox
from largesse.db import ReadConnection
from largesse.ledger import GiftRow
from largesse.realtime import First


async def first_gifts(conn: ReadConnection, rows: Sequence[GiftRow]) -> Mapping[UUID, First]:
    """Of stored gifts in the order of their numbers, by id, those that are the first of a named giver, ever or in their
    room. Live rooms say the same: of the first ever by the commit, of the first in the room by `Ranking.settle`."""
    asked: dict[UUID, dict[UUID, int]] = {}
    named_rows = [row for row in rows if not row.anonymous]
    for row in named_rows:
        asked.setdefault(row.room_id, {}).setdefault(row.sender_id, row.seq)
    found = {
        room_id: await outbox.first_gifts(conn, room_id, seqs) for room_id, seqs in asked.items()
    }
    return {
        row.id: "ever" if row.first_ever else "room"
        for row in named_rows
        if row.first_ever or row.seq in found[row.room_id]
    }
