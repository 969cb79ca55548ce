"""The rooms of this process, and every socket in them."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from uuid import UUID, uuid4

from largesse.realtime.announcing import Announcements
from largesse.realtime.audience import Audience
from largesse.realtime.ban_news import BanNews
from largesse.realtime.bus import Bus
from largesse.realtime.errors import RoomUnknown, TooManyRooms, TooManySockets
from largesse.realtime.events import LoggedEvent
from largesse.realtime.limits import IDLE_ROOM_S, REPLAY_EVENTS_MAX, ROOMS_MAX, SOCKETS_PER_ROOM_MAX
from largesse.realtime.loading import Loading, heed
from largesse.realtime.notices import (
    BanChanged,
    BannerTold,
    GiftingSwitched,
    LiveChanged,
    MomentTold,
    Moved,
    Notice,
    OverlaysChanged,
    OverlayTried,
    TextRemoved,
    Watched,
)
from largesse.realtime.open_sockets import OpenSockets
from largesse.realtime.outbox import Outbox
from largesse.realtime.projection import RoomStart
from largesse.realtime.room import ReadEvents, Room
from largesse.realtime.told import Told, read_told, tell_event
from largesse.realtime.watches import OverlayWatches

LoadRoom = Callable[[UUID], Awaitable[RoomStart | None]]
"""A room's state from one consistent read; none when there is no such room."""


class Hub:
    """Rooms exist here only while a socket is in them; the log in the database is the truth."""

    def __init__(
        self,
        *,
        load: LoadRoom,
        read_events: ReadEvents,
        frame_interval_ms: int,
        bus: Bus | None = None,
    ) -> None:
        """`bus` is None where no other process serves this database."""
        self.overlays = OverlayWatches()
        self.sockets = OpenSockets()
        self._audience = Audience()
        self._load = load
        self._read_events = read_events
        self.bus = bus
        self._frame_interval_s = frame_interval_ms / 1000
        self._rooms: dict[UUID, Room] = {}
        self.announcements = Announcements(self._rooms, self._apply_and_tell)
        self.bans = BanNews(self._apply_and_tell)
        self._loading: dict[UUID, Loading] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- events

    def wants(self, room_id: UUID) -> bool:
        """Whether anybody may be in the room: else nothing need be published."""
        return (self.bus is not None and self.bus.carries_events) or self._is_open(room_id)

    def _is_open(self, room_id: UUID) -> bool:
        return room_id in self._rooms or room_id in self._loading

    def publish(self, room_id: UUID, events: Iterable[LoggedEvent]) -> None:
        """Tell committed events of a room, in any order. Never before the commit."""
        if self.bus is None and not self._is_open(room_id):
            return
        told = [tell_event(event) for event in events]
        self._take(room_id, told)
        if self.bus is not None and told:
            self.bus.publish(room_id, told)

    def hear(self, room_id: UUID, seq: int, texts: Sequence[str]) -> None:
        """Another process committed these events, as JSON, of a room that somebody is in; its log reaches `seq`."""
        if self._is_open(room_id):
            read = map(read_told, texts)
            self._take(room_id, [event for event in read if event is not None])
            # Where a number before these is missing it may be on its way from a third process.
            self._expect(room_id, seq, elsewhere=not texts)

    def _take(self, room_id: UUID, told: Sequence[Told]) -> None:
        if room := self._rooms.get(room_id):
            room.take(told)
        elif loading := self._loading.get(room_id):
            loading.early.extend(told)

    def expect(self, room_id: UUID, seq: int) -> None:
        """Tell that a number is committed; the room reads its event from the log."""
        if self.bus is not None:
            self.bus.tell(Moved(room_id, seq))
        self._expect(room_id, seq, elsewhere=False)

    def gifting_changed(self, creator_id: UUID, gifting: bool) -> None:
        """A creator switched gifts: later snapshots of his live rooms say so."""
        self._apply_and_tell(GiftingSwitched(creator_id, gifting))

    def stream_changed(self, creator_id: UUID) -> None:
        """A stream of this creator started or ended; his overlays look which one is live now."""
        self._apply_and_tell(LiveChanged(creator_id))

    def overlays_changed(self, creator_id: UUID) -> None:
        """An overlay of this creator was set otherwise, or its token replaced; open ones look again."""
        self._apply_and_tell(OverlaysChanged(creator_id))

    def try_overlay(self, creator_id: UUID, overlay_id: UUID, frame: str) -> None:
        """Send a frame to wherever an overlay is open."""
        self._apply_and_tell(OverlayTried(overlay_id, str(creator_id), frame))

    def text_removed(self, room_id: UUID, seq: int) -> None:
        """A text was removed from a room that has ended, so that no event tells it."""
        self._apply_and_tell(TextRemoved(uuid4(), str(room_id), seq))

    def _apply_and_tell(self, notice: Notice) -> None:
        self.apply(notice)
        if self.bus is not None:
            self.bus.tell(notice)

    def apply(self, notice: Notice) -> None:
        """Do here what a notice says; tells nobody."""
        match notice:
            case Moved(room_id, seq):
                self._expect(room_id, seq, elsewhere=True)
            case TextRemoved() | GiftingSwitched():
                for room in self._rooms.values():
                    heed(room, notice)
                for loading in self._loading.values():
                    loading.notices.append(notice)
            case LiveChanged(creator_id) | OverlaysChanged(creator_id):
                self.overlays.wake(creator_id)
            case MomentTold() | BannerTold():
                self.announcements.apply(notice)
            case BanChanged():
                self.bans.apply(notice)
            case OverlayTried(overlay_id, creator_id, frame):
                self.overlays.say(UUID(creator_id), overlay_id, frame)

    def set_gifting(self, room_id: UUID, gifting: bool) -> None:
        """Whether a room takes gifts, as long as it lives; viewers hear when that changes."""
        if room := self._rooms.get(room_id):
            room.set_gifting(gifting)

    def _expect(self, room_id: UUID, seq: int, *, elsewhere: bool) -> None:
        if room := self._rooms.get(room_id):
            room.expect(seq, elsewhere=elsewhere)
        elif loading := self._loading.get(room_id):
            loading.early_seq_max = max(loading.early_seq_max, seq)

    # --- viewers, here and in other processes

    def viewers(self, room_id: UUID) -> int:
        room = self._rooms.get(room_id)
        return (room.viewers_here if room else 0) + self._audience.viewers(room_id)

    def viewers_by_room(self) -> dict[UUID, int]:
        """Rooms with at least one viewer."""
        counts = Counter(self._audience.by_room())
        counts.update({room_id: room.viewers_here for room_id, room in self._rooms.items()})
        return {room_id: viewers for room_id, viewers in counts.items() if viewers}

    def count_elsewhere(self, origin: UUID, told: Watched) -> None:
        """Another process told how many viewers it has in a room."""
        self._audience.count(origin, told.id, told.viewers)
        self._recount(told.id)

    def forget_old_counts(self) -> None:
        """Viewers of processes that are gone count no more."""
        for room_id in self._audience.forget_old():
            self._recount(room_id)

    def _recount(self, room_id: UUID) -> None:
        if room := self._rooms.get(room_id):
            room.count_elsewhere(self._audience.viewers(room_id))

    def tell_viewers(self) -> None:
        """Tell the other processes who is here."""
        for room_id, room in self._rooms.items():
            if room.viewers_here:
                self._tell_viewers(room_id, room.viewers_here)

    def _tell_viewers(self, room_id: UUID, viewers: int) -> None:
        if self.bus is not None:
            self.bus.tell(Watched(room_id, viewers))

    # --- rooms

    async def enter(self, room_id: UUID, outbox: Outbox, viewer: Hashable | None) -> Room:
        """Put a socket into a room; on return it is subscribed to everything after `room.seq`."""
        while (room := self._rooms.get(room_id)) is None or not await room.filling.whole():
            if room is not None:
                continue  # it may have been forgotten meanwhile
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

    def room(self, room_id: UUID) -> Room | None:
        """A room that somebody is in."""
        return self._rooms.get(room_id)

    def open_rooms(self) -> list[UUID]:
        """Rooms that somebody is in or waits for."""
        return [*self._rooms, *self._loading]

    def _forget_if_empty(self, room: Room) -> None:
        room_id = room.projection.id
        if not room.outboxes and self._rooms.get(room_id) is room:
            del self._rooms[room_id]
            room.close()
            self._unlisten(room_id)
            self._tell_viewers(room_id, 0)

    def _unlisten(self, room_id: UUID) -> None:
        if self.bus is not None:
            self.bus.close_room(room_id)

    def _start_loading(self, room_id: UUID) -> Loading:
        if len(self._rooms) + len(self._loading) >= ROOMS_MAX:
            raise TooManyRooms
        if self.bus is not None:
            self.bus.open_room(room_id)
        task = asyncio.get_running_loop().create_task(self._load_room(room_id))
        loading = self._loading[room_id] = Loading(task)
        return loading

    async def _load_room(self, room_id: UUID) -> Room | None:
        """Events published from before this read began wait in `early`, so none is lost between."""
        start = None
        try:
            start = await self._load(room_id)
        finally:
            loading = self._loading.pop(room_id)
            if start is None:
                self._unlisten(room_id)
        if start is None:
            return None
        room = Room(start, self._read_events, self._frame_interval_s, self._tell_viewers)
        self._rooms[room_id] = room
        self._recount(room_id)
        room.take(loading.early)
        room.expect(loading.early_seq_max, elsewhere=True)
        for notice in loading.notices:
            heed(room, notice)
        # Those who wait enter in the next turns of the loop; if all of them left, nobody does.
        asyncio.get_running_loop().call_later(IDLE_ROOM_S, self._forget_if_empty, room)
        return room

    async def replay(self, room: Room, after: int) -> list[str]:
        """The newest of the encoded events after a number, up to `room.seq` at the call."""
        last = room.seq
        after = max(after, last - REPLAY_EVENTS_MAX)
        if (remembered := room.replay_from_memory(after)) is not None:
            return remembered
        events = await self._read_events(room.projection.id, after, last - after)
        return [event.model_dump_json() for event in events if event.seq <= last]

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold a task that must outlive its socket: a gift on its way to the journal."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Close every socket, some seconds long when there are many, and stop the rooms."""
        await self.sockets.drain()
        self.announcements.close()
        for room in self._rooms.values():
            room.close()
