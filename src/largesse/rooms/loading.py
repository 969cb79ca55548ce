"""Reads a room's state for its first visitor."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

from largesse import gifts, goals, identity, ledger, outbox, streaks
from largesse.db import Database, database_time
from largesse.realtime import (
    Bus,
    Giving,
    GoalsStart,
    Hub,
    Link,
    LoggedEvent,
    RankingStart,
    RoomHead,
    RoomStart,
    open_bus,
)
from largesse.rooms import queries
from largesse.rooms.doorkeeper import Doorkeeper
from largesse.rooms.events import named, read_events
from largesse.rooms.moderated import board_of
from largesse.rooms.recounting import Recounting
from largesse.settings import Settings

SENDERS_MAX = 100_000
"""Totals are kept for so many supporters of a room; beyond it, the smallest start from zero again."""


@asynccontextmanager
async def open_hub(db: Database, settings: Settings) -> AsyncIterator[Hub]:
    """The hub, tied to those of the other processes when there are any."""
    bus = open_bus(settings, url=db.url)
    hub = build_hub(db, settings, bus)
    async with AsyncExitStack() as stack:
        if bus is not None:
            await _tie(stack, db, hub, bus)
        await stack.enter_async_context(_beside(db, hub))
        yield hub


async def _tie(stack: AsyncExitStack, db: Database, hub: Hub, bus: Bus) -> None:
    """The hub to those of the other processes."""

    async def read_heads(room_ids: Sequence[UUID]) -> dict[UUID, RoomHead]:
        async with db.read() as conn:
            rooms = await ledger.rooms_of(conn, room_ids)
        return {room.id: RoomHead(room.last_seq, room.gifting) for room in rooms.values()}

    await stack.enter_async_context(Link(hub, bus, read_heads))
    if bus.carries_events:
        await stack.enter_async_context(outbox.running_teller(db, hub.expect))


@asynccontextmanager
async def _beside(db: Database, hub: Hub) -> AsyncIterator[None]:
    """What looks after the open rooms of this process."""
    keepers: list[AbstractAsyncContextManager[Any]] = [
        Recounting(db, hub),
        Doorkeeper(db, hub),
        goals.Keeping(db, hub),
    ]
    async with AsyncExitStack() as stack:
        for keeper in keepers:
            await stack.enter_async_context(keeper)
        yield


def build_hub(db: Database, settings: Settings, bus: Bus | None) -> Hub:
    """A hub, fed from the database."""

    async def load(room_id: UUID) -> RoomStart | None:
        return await load_room(db, room_id)

    async def read(room_id: UUID, after: int, limit: int) -> Sequence[LoggedEvent]:
        return await read_events(db, room_id, after, limit)

    return Hub(load=load, read_events=read, frame_interval_ms=settings.frame_interval_ms, bus=bus)


async def load_room(db: Database, room_id: UUID) -> RoomStart | None:
    """A stream's room as one consistent read finds it: every event up to `seq`, and none after."""
    async with db.read() as conn:
        stream = await queries.stream(conn, room_id)
        room = await ledger.room_state(conn, room_id)
        if stream is None or room is None:
            return None
        at = await database_time(conn)
        board = await board_of(db, conn, stream, room.last_seq, at)
        senders = await outbox.supporters(conn, room_id, SENDERS_MAX, everybody=True)
        too_many = len(senders) == SENDERS_MAX
        others = await outbox.givers(conn, room_id) if too_many else set[UUID]()
        taken = await outbox.taken_in_rooms(conn, [room_id])
        running = await streaks.streaks_start(conn, room_id, room.last_seq)
        wanted = await goals.standing(conn, room_id)
        rows = (await gifts.gift_rule(conn, at)).leaderboard_rows
        top = [place for place in senders[:rows] if place.coins > 0]
        people = await identity.persons(
            conn, [stream.creator_id, *(place.sender_id for place in top)]
        )
    return RoomStart(
        id=room_id,
        kind="stream",
        title=stream.title,
        creator=people[stream.creator_id],
        state="live" if stream.ended_at is None else "ended",
        gifting=room.gifting and stream.ended_at is None,
        seq=room.last_seq,
        ranking=RankingStart(
            giving={place.sender_id: Giving(place.coins, place.first_seq) for place in senders},
            names={place.sender_id: named(people, place.sender_id) for place in top},
            places_max=rows,
            taken=taken.get(room_id, {}),
            others=others,
        ),
        board=board,
        streaks=running,
        playback=stream.playback,
        visibility=stream.visibility,
        goals=GoalsStart(wanted.goals(), wanted.taken),
        at=at,
    )
