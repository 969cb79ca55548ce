"""One room of this process: orders events, keeps the state, sends each tick's frame to its sockets."""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Hashable, Iterable
from collections.abc import Sequence as ListOf
from uuid import UUID

from largesse.realtime.events import (
    AnyEvent,
    GiftingEvent,
    GoalProgressEvent,
    LoggedEvent,
    MomentEvent,
    SupportersEvent,
    ViewerCountEvent,
)
from largesse.realtime.filling import Filling
from largesse.realtime.limits import (
    GAP_RETRY_S,
    GAP_WAIT_S,
    HELD_EVENTS_MAX,
    REPLAY_EVENTS_MAX,
    SUMMARY_INTERVAL_S,
)
from largesse.realtime.outbox import Outbox, push_live
from largesse.realtime.parts import Recount
from largesse.realtime.projection import Projection, RoomStart
from largesse.realtime.protocol import Snapshot, ViewerRole
from largesse.realtime.remembering import retell
from largesse.realtime.retelling import as_change, removal
from largesse.realtime.said import OnTopEvent
from largesse.realtime.sequence import Sequence
from largesse.realtime.ticker import Ticker
from largesse.realtime.told import Told, tell_event
from largesse.realtime.wire import prepare
from largesse.realtime.writing import write_event
from largesse.types import now
from largesse.wallet import WalletView

log = logging.getLogger(__name__)

_COUNTED = frozenset({"gift", "paid_message", "cheer"})
"""What moves the ranking and the goals."""

ReadEvents = Callable[[UUID, int, int], Awaitable[ListOf[LoggedEvent]]]
"""(room_id, after, limit): the log's events after a number, in order."""

TellViewers = Callable[[UUID, int], None]
"""(room_id, viewers): tells the other processes how many are in the room here."""


class Room:
    """Everything here runs on the event loop and, but for filling gaps, without waiting."""

    def __init__(
        self,
        start: RoomStart,
        read_events: ReadEvents,
        frame_interval_s: float,
        tell_viewers: TellViewers,
    ) -> None:
        self.projection = Projection(start)
        self.outboxes: dict[Outbox, Hashable | None] = {}
        self._sequence = Sequence(start.seq)
        self._read_events = read_events
        self._frame_interval_s = frame_interval_s
        self._tell_viewers = tell_viewers
        self._viewers: Counter[Hashable] = Counter()
        self._viewers_elsewhere = 0
        self._told_here = 0
        self._log: deque[tuple[int, str]] = deque(
            ((event.seq, event.model_dump_json()) for event in start.board.recent),
            maxlen=REPLAY_EVENTS_MAX,
        )
        self._ticker = Ticker(self._send, frame_interval_s, self._running_totals)
        self._summary_timer: asyncio.TimerHandle | None = None
        self._summary_at_s = float("-inf")
        self._told_viewers = 0
        self._told_supporters = self.projection.supporters()
        self._told_goals = self.projection.goals.all()
        board = self.projection.board
        self.filling = Filling(
            board, self.projection.clock, start.board.read_pinned, self._summarise_soon
        )
        self._fill: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._closed = False

    # --- sockets

    def add(self, outbox: Outbox, viewer: Hashable | None) -> None:
        """From now on `outbox` gets every frame; `viewer` (None: an overlay) is counted once."""
        self.flush()  # what is in the coming snapshot must not follow it
        self.outboxes[outbox] = viewer
        if viewer is not None:
            self._viewers[viewer] += 1
            self._summarise_soon()

    def remove(self, outbox: Outbox) -> None:
        viewer = self.outboxes.pop(outbox, None)
        if viewer is None:
            return
        self._viewers[viewer] -= 1
        if not self._viewers[viewer]:
            del self._viewers[viewer]
        self._summarise_soon()

    def sockets_of(self, viewer: Hashable) -> int:
        """How many sockets of a viewer are in the room here."""
        return self._viewers[viewer]

    @property
    def viewers_here(self) -> int:
        """Viewers connected to this process."""
        return len(self._viewers)

    @property
    def viewers(self) -> int:
        return len(self._viewers) + self._viewers_elsewhere

    def count_elsewhere(self, viewers: int) -> None:
        """So many viewers are connected to other processes."""
        if viewers != self._viewers_elsewhere:
            self._viewers_elsewhere = viewers
            self._summarise_soon()

    @property
    def seq(self) -> int:
        """The last number in the state."""
        return self._sequence.last

    def snapshot(self, wallet: WalletView | None, you: ViewerRole | None = None) -> str:
        room = self.projection.room_state(self.viewers)
        if self.projection.board.crowded:
            self._summarise_soon()
        return Snapshot(
            op="snapshot", seq=self.seq, room=room, wallet=wallet, you=you
        ).model_dump_json()

    def replay_from_memory(self, after: int) -> list[str] | None:
        """The encoded events after a number; none when memory does not reach back so far."""
        if after >= self.seq:
            return []
        if not self._log or self._log[0][0] > after + 1:
            return None
        return [text for seq, text in self._log if seq > after]

    # --- events

    def publish(self, events: Iterable[LoggedEvent]) -> None:
        """Committed events, in any order."""
        self.take(map(tell_event, events))

    def take(self, events: Iterable[Told]) -> None:
        """Committed events that are encoded already, in any order."""
        self._sequence.hold(events)
        self._deliver()

    def expect(self, seq: int, *, elsewhere: bool = False) -> None:
        """A committed number. From elsewhere no event will follow it: what is missing is read from the log at once."""
        self._sequence.expect(seq)
        if elsewhere and self._sequence.gap:
            self._hurry.set()
        self._deliver()

    def _deliver(self) -> None:
        for ready in self._sequence.take():
            event = self.projection.settle(ready.event)
            text = ready.text if event is ready.event else write_event(event)
            self.projection.apply(event)
            if (change := as_change(event)) is not None:
                retell(self._log, change)
            self._log.append((event.seq, text))
            self._ticker.put(text)
            if event.type in _COUNTED:
                self._summarise_soon()
        if not self._sequence.gap:
            self._hurry.clear()
        elif self._fill is None or self._fill.done():
            self._fill = asyncio.get_running_loop().create_task(self._fill_gap())

    def hide(self, seq: int) -> None:
        """Something was removed after the end: take it out of what is shown and remembered here."""
        change = removal(seq)
        self.projection.board.hide(change)
        retell(self._log, change)

    def recount(self, told: Recount) -> None:
        """Refunds or disputes took from the room's gifts, or gave back."""
        self.projection.recount(told)
        self._summarise_soon()

    async def read_on(self) -> bool:
        """Read the log after the state; false: nothing more is in it."""
        last = self.seq
        self.publish(await self._read_events(self.projection.id, last, REPLAY_EVENTS_MAX))
        return self.seq > last

    async def _fill_gap(self) -> None:
        """Wait for the missing numbers, then read them from the log, at most once per frame."""
        await self._unless_hurried(GAP_WAIT_S)
        while self._sequence.gap:
            self._hurry.clear()
            try:
                room_id, last = self.projection.id, self._sequence.last
                found = await self._read_events(room_id, last, HELD_EVENTS_MAX)
            except Exception:  # a room must outlive a database that is away for a while
                log.exception("cannot read the log of room %s; trying again", self.projection.id)
                found = []
            self.publish(found)
            if self._sequence.gap:
                await asyncio.sleep(self._frame_interval_s)
                await self._unless_hurried(GAP_RETRY_S)

    async def _unless_hurried(self, wait_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._hurry.wait()

    # --- frames

    def flush(self) -> None:
        self._ticker.flush()

    def _send(self, frame: str) -> None:
        push_live(tuple(self.outboxes), prepare(frame))

    def _summarise_soon(self) -> None:
        if self._summary_timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            at_s = max(loop.time(), self._summary_at_s + SUMMARY_INTERVAL_S)
            self._summary_timer = loop.call_at(at_s, self._summarise)

    def _summarise(self) -> None:
        """Tell the ranking and the viewer count where they changed."""
        self._summary_timer = None
        self._summary_at_s = asyncio.get_running_loop().time()
        supporters = self.projection.supporters()
        if supporters != self._told_supporters:
            self._told_supporters = supporters
            self._tell(SupportersEvent(type="supporters", seq=None, at=now(), items=supporters))
        self._tell_goals()
        self._tell_risen()
        if self.viewers_here != self._told_here:
            self._told_here = self.viewers_here
            self._tell_viewers(self.projection.id, self.viewers_here)
        if self.viewers != self._told_viewers:
            self._told_viewers = self.viewers
            self._tell(
                ViewerCountEvent(type="viewer_count", seq=None, at=now(), count=self.viewers)
            )

    def _tell_risen(self) -> None:
        """Look again every second as long as somebody was not shown all: time alone makes room on top."""
        board = self.projection.board
        self.filling.look()
        if risen := board.risen(self.projection.clock.now()):
            self._tell(OnTopEvent(type="on_top", seq=None, at=now(), items=risen))
        if board.crowded:
            self._summarise_soon()

    def _tell_goals(self) -> None:
        goals = self.projection.goals.all()
        for goal in goals:
            if goal not in self._told_goals:
                self._tell(GoalProgressEvent(type="goal_progress", seq=None, at=now(), goal=goal))
        self._told_goals = goals

    def _running_totals(self) -> list[str]:
        return [told.model_dump_json() for told in self.projection.streaks.take_told()]

    def set_gifting(self, gifting: bool) -> None:
        """Whether the room takes gifts, as long as it lives; viewers hear when that changes."""
        if self.projection.state == "live" and gifting != self.projection.gifting:
            self.projection.gifting = gifting
            self._tell(GiftingEvent(type="gifting", seq=None, at=now(), enabled=gifting))

    def tell(self, event: MomentEvent) -> None:
        """Something of the moment that is not in the log, to everybody in the room here."""
        self._tell(event)

    def _tell(self, event: AnyEvent) -> None:
        self._ticker.put(event.model_dump_json())

    def close(self) -> None:
        """Nobody is here any more: stop every timer, and hold nothing that holds the room."""
        self._closed = True
        self._ticker.end()
        if self._summary_timer is not None:
            self._summary_timer.cancel()
        if self._fill is not None:
            self._fill.cancel()
        self.filling.close()
