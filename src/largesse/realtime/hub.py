"""The rooms of this process, and every socket in them."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from uuid import UUID

from largesse.errors import AppError
from largesse.realtime.limits import (
    IDLE_ROOM_S,
    REPLAY_EVENTS_MAX,
    SHUTDOWN_TIMEOUT_S,
    SOCKETS_PER_ROOM_MAX,
    SOCKETS_PER_USER_MAX,
)
from largesse.realtime.outbox import Outbox
from largesse.realtime.projection import RoomStart
from largesse.realtime.protocol import LoggedEvent
from largesse.realtime.room import ReadEvents, Room

log = logging.getLogger(__name__)

GOING_AWAY = 1001
TOKEN_WRONG = 4401
ROOM_UNKNOWN = 4404
TOO_MANY_SOCKETS = 4429

LoadRoom = Callable[[UUID], Awaitable[RoomStart | None]]
"""A room's state from one consistent read; none when there is no such room."""


class RoomUnknown(AppError):
    """There is no such room."""

    status = 404
    code = "stream_not_found"


class TooManySockets(AppError):
    """Too many sockets are open for this user or room."""

    status = 429
    code = "too_many_sockets"


class _Loading:
    """A room on its way from the database; what is published meanwhile waits in `early`."""

    def __init__(self, task: asyncio.Task[Room | None]) -> None:
        self.task = task
        self.early: list[LoggedEvent] = []
        self.early_seq_max = 0


@dataclass(eq=False, slots=True)
class OverlayWatch:
    """An overlay's wish to hear that its creator's stream started or ended."""

    creator_id: UUID
    outbox: Outbox
    changed: asyncio.Event


class Hub:
    """Rooms exist here only while a socket is in them; the log in the database is the truth."""

    def __init__(self, *, load: LoadRoom, read_events: ReadEvents, frame_interval_ms: int) -> None:
        self._load = load
        self._read_events = read_events
        self._frame_interval_s = frame_interval_ms / 1000
        self._rooms: dict[UUID, Room] = {}
        self._loading: dict[UUID, _Loading] = {}
        self._sockets: set[Outbox] = set()
        self._empty = asyncio.Event()
        self._sockets_by_user: Counter[UUID] = Counter()
        self._overlays: dict[UUID, set[OverlayWatch]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    # --- events

    def wants(self, room_id: UUID) -> bool:
        """Whether anybody is in the room: else nothing need be published."""
        return room_id in self._rooms or room_id in self._loading

    def publish(self, room_id: UUID, events: Iterable[LoggedEvent]) -> None:
        """Tell committed events of a room, in any order. Never before the commit."""
        if room := self._rooms.get(room_id):
            room.publish(events)
        elif loading := self._loading.get(room_id):
            loading.early.extend(events)

    def expect(self, room_id: UUID, seq: int) -> None:
        """Tell that a number is committed; the room reads its event from the log."""
        if room := self._rooms.get(room_id):
            room.expect(seq)
        elif loading := self._loading.get(room_id):
            loading.early_seq_max = max(loading.early_seq_max, seq)

    def viewers(self, room_id: UUID) -> int:
        room = self._rooms.get(room_id)
        return room.viewers if room else 0

    def viewers_by_room(self) -> dict[UUID, int]:
        """Rooms with at least one viewer."""
        return {room_id: room.viewers for room_id, room in self._rooms.items() if room.viewers}

    def gifting_changed(self, creator_id: UUID, gifting: bool) -> None:
        """A creator switched gifts: later snapshots of his live rooms say so."""
        for room in self._rooms.values():
            state = room.projection
            if state.creator.id == creator_id and state.state == "live":
                state.gifting = gifting

    # --- rooms

    async def enter(self, room_id: UUID, outbox: Outbox, viewer: Hashable | None) -> Room:
        """Put a socket into a room; on return it is subscribed to everything after `room.seq`."""
        while (room := self._rooms.get(room_id)) is None:
            loading = self._loading.get(room_id) or self._start_loading(room_id)
            # Shielded: others wait for the same room, and a client may leave at any time.
            if await asyncio.shield(loading.task) is None:
                raise RoomUnknown
        if len(room.outboxes) >= SOCKETS_PER_ROOM_MAX:
            raise TooManySockets
        room.add(outbox, viewer)
        return room

    def leave(self, room: Room, outbox: Outbox) -> None:
        """Take a socket out; an empty room is forgotten."""
        room.remove(outbox)
        self._forget_if_empty(room)

    def _forget_if_empty(self, room: Room) -> None:
        room_id = room.projection.id
        if not room.outboxes and self._rooms.get(room_id) is room:
            del self._rooms[room_id]
            room.close()

    def _start_loading(self, room_id: UUID) -> _Loading:
        loading = _Loading(asyncio.get_running_loop().create_task(self._load_room(room_id)))
        self._loading[room_id] = loading
        return loading

    async def _load_room(self, room_id: UUID) -> Room | None:
        """Events published from before this read began wait in `early`, so none is lost between."""
        try:
            start = await self._load(room_id)
        finally:
            loading = self._loading.pop(room_id)
        if start is None:
            return None
        room = Room(start, self._read_events, self._frame_interval_s)
        self._rooms[room_id] = room
        room.publish(loading.early)
        room.expect(loading.early_seq_max)
        # Those who wait enter in the next turns of the loop; if all of them left, nobody does.
        asyncio.get_running_loop().call_later(IDLE_ROOM_S, self._forget_if_empty, room)
        return room

    async def replay(self, room: Room, after: int) -> list[str]:
        """The newest of the encoded events after a number, up to `room.seq` at the call."""
        last = room.seq
        after = max(after, last - REPLAY_EVENTS_MAX)
        remembered = room.replay_from_memory(after)
        if remembered is not None:
            return remembered
        events = await self._read_events(room.projection.id, after, last - after)
        return [event.model_dump_json() for event in events if event.seq <= last]

    # --- sockets

    def opened(self, outbox: Outbox) -> None:
        """A socket was accepted."""
        self._sockets.add(outbox)
        if self._closing:
            outbox.abort(GOING_AWAY)

    def closed(self, outbox: Outbox) -> None:
        self._sockets.discard(outbox)
        if not self._sockets:
            self._empty.set()

    def count_user(self, user_id: UUID) -> None:
        """One more socket of this user."""
        if self._sockets_by_user[user_id] >= SOCKETS_PER_USER_MAX:
            raise TooManySockets
        self._sockets_by_user[user_id] += 1

    def uncount_user(self, user_id: UUID) -> None:
        self._sockets_by_user[user_id] -= 1
        if self._sockets_by_user[user_id] <= 0:
            del self._sockets_by_user[user_id]

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold a task that must outlive its socket: a gift on its way to the journal."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Close every socket with 1001 and wait until they are gone."""
        self._closing = True
        self._empty.clear()
        for outbox in tuple(self._sockets):
            outbox.abort(GOING_AWAY)
        if self._sockets:
            waiting = asyncio.wait_for(self._empty.wait(), SHUTDOWN_TIMEOUT_S)
            try:
                await waiting
            except TimeoutError:
                log.warning("%d sockets did not close in time", len(self._sockets))
        for room in self._rooms.values():
            room.close()

    # --- overlays

    def watch_creator(self, creator_id: UUID, outbox: Outbox) -> OverlayWatch:
        watch = OverlayWatch(creator_id, outbox, asyncio.Event())
        self._overlays.setdefault(creator_id, set()).add(watch)
        return watch

    def unwatch_creator(self, watch: OverlayWatch) -> None:
        watches = self._overlays.get(watch.creator_id, set())
        watches.discard(watch)
        if not watches:
            self._overlays.pop(watch.creator_id, None)

    def stream_changed(self, creator_id: UUID) -> None:
        """A stream of this creator started or ended; his overlays look which one is live now."""
        for watch in self._overlays.get(creator_id, ()):
            watch.changed.set()

    def close_overlays(self, creator_id: UUID) -> None:
        """The creator's overlay token was replaced."""
        for watch in tuple(self._overlays.get(creator_id, ())):
            watch.outbox.abort(TOKEN_WRONG)
