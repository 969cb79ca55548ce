"""The background job of moderation."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from procrastinate import App

from largesse import ledger
from largesse.db import Connection, database_time
from largesse.moderation import queries, state_queries
from largesse.services import Services
from largesse.types import now

_HOURLY = "23 * * * *"
TEXTS_MAX = 1000
"""Removed texts that one transaction erases."""
SILENCES_MAX = 100
"""Bans whose hidden texts one transaction erases."""


def register_jobs(app: App, services: Services) -> None:
    """Tell a worker's queue the task of this module."""

    async def forget(timestamp: int) -> None:
        async with services.db.transaction() as conn:
            await purge(conn)
        erased = TEXTS_MAX
        while erased == TEXTS_MAX:
            async with services.db.transaction() as conn:
                erased = await erase_removed(conn)
        silences = SILENCES_MAX
        while silences == SILENCES_MAX:
            async with services.db.transaction() as conn:
                silences = await erase_silenced(conn)

    name = "moderation.forget"
    app.periodic(cron=_HOURLY)(app.task(name=name, queueing_lock=name)(forget))


async def purge(conn: Connection) -> None:
    """Delete mutes that are over and turns that no slow mode minds any more; safe at any time."""
    limits = await queries.default_at(conn, now())
    await queries.delete_mutes(conn)
    await queries.delete_turns(conn, limits.slow_mode_max_s)


async def erase_removed(conn: Connection) -> int:
    """Erase texts that were removed so long ago that operators need them no more; how many were looked at."""
    due = await state_queries.removed_before(conn, await _kept_since(conn), TEXTS_MAX)
    rooms: dict[UUID, list[int]] = defaultdict(list)
    for room_id, seq in due:
        rooms[room_id].append(seq)
    for room_id, seqs in rooms.items():
        await ledger.erase_texts(conn, room_id, seqs)
        await state_queries.note_erased(conn, room_id, seqs, now())
    return len(due)


async def erase_silenced(conn: Connection) -> int:
    """The same for texts that bans hid; how many bans were looked at."""
    due = await state_queries.silenced_before(conn, await _kept_since(conn), SILENCES_MAX)
    rooms: dict[UUID, list[tuple[UUID, int, int]]] = defaultdict(list)
    for room_id, user_id, first, end in due:
        rooms[room_id].append((user_id, first, end))
    for room_id, spans in rooms.items():
        await ledger.erase_texts_of(conn, room_id, spans)
        for user_id, _, end in spans:
            await state_queries.note_silence_erased(conn, room_id, user_id, end)
    return len(due)


async def _kept_since(conn: Connection) -> datetime:
    """What was taken away before is kept for nobody any more."""
    limits = await queries.default_at(conn, now())
    return await database_time(conn) - timedelta(days=limits.removed_text_days)
