"""Ends streaks in time: those whose gifts this process wrote, and those that nobody ends, since a process was killed.

A process goes by its own clock that never jumps. Any number of processes may end the same streak: one end is written.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine, Mapping
from typing import Any
from uuid import UUID

from largesse.db import Database
from largesse.figures import holding
from largesse.gifts import GiftDesk, StreakKey, streak_key
from largesse.identity import ANONYMOUS
from largesse.ledger import GiftEntry, GiftRequest, RoomEventRow
from largesse.realtime import Hub, StreakEndEvent, StreakName
from largesse.streaks import queries
from largesse.streaks.ending import Ending, end_streaks
from largesse.streaks.ids import age_of, end_id, shown_id
from largesse.streaks.reading import read_end
from largesse.streaks.timing import Timing
from largesse.types import now

SWEEP_S = 3.0
"""How often streaks that nobody ends are looked for, and the figures are read again."""
MARGIN_S = 3.0
"""How much longer than the timeout nothing must have come before anybody ends a streak."""
LEAVING_S = 0.1
"""Gifts that are on their way when their sender's last socket goes are still part of the streak."""
TICK_S = 0.05
"""What is due in this time ends together: a room's numbers stand still once for all of it."""
RETRY_S = 1.0
NEW_S = 2.0
"""A streak whose id was made so lately has not ended long ago: who gives first under it waits for no database."""
_ROOMS_AT_ONCE = 4
_SWEPT_MAX = 500
_STOP_S = 3.0

log = logging.getLogger(__name__)


class StreakCloser:
    """One per process that serves rooms; in others it is never started, and never told of a gift."""

    def __init__(self, db: Database, hub: Hub, desk: GiftDesk, secret: bytes) -> None:
        """`secret` as `read_secret` finds it."""
        self._db = db
        self._hub = hub
        self._desk = desk
        self._secret = secret
        self._timing = Timing(float("inf"), float("inf"))
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(_ROOMS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._unmarked: list[StreakKey] = []

    async def start(self) -> None:
        """Read the figures and begin; raises when the database does not answer."""
        await self._read_rule()
        self._loops = [
            asyncio.create_task(self._keep_closing(), name="streaks, closing"),
            asyncio.create_task(self._keep_sweeping(), name="streaks, sweeping"),
        ]

    async def stop(self) -> None:
        """End what is due, since its sender's socket went with us; the sweep of others ends the rest."""
        loops, self._loops = self._loops, []
        if not loops:
            return
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        self._close_due(time.monotonic() + LEAVING_S)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_STOP_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # --- what happens in the rooms

    def given(self, entry: GiftEntry) -> None:
        """A gift was committed by this process. Asks no database."""
        key = streak_key(entry.request)
        if key is None or not self._loops or key in self._desk.ended_streaks:
            return
        if self._timing.given(key, entry.seq, time.monotonic()):
            self._wake.set()

    def must_ask(self, request: GiftRequest) -> bool:
        """Whether only the log knows if a gift's streak ended: its id is not of this moment, nor is it open here."""
        key = streak_key(request)
        if key is None or self._timing.knows(key):
            return False
        age_s = age_of(key.streak_id, now())
        return age_s is None or not 0 <= age_s < min(NEW_S, self._timing.timeout_s)

    async def has_ended(self, request: GiftRequest) -> bool:
        """Whether the end of a gift's streak is in the log, whoever wrote it, however long ago."""
        key = streak_key(request)
        if key is None:
            return False
        async with self._db.read() as conn:
            ends = await queries.ends(conn, key.room_id, [end_id(self._secret, key)])
        if ends:
            self._desk.ended_streaks.add(key)
        return bool(ends)

    def shown(self, request: GiftRequest) -> UUID | None:
        """The streak of a gift as viewers see it."""
        key = streak_key(request)
        return None if key is None else shown_id(self._secret, key)

    def left(self, user_id: UUID, room_id: UUID) -> None:
        """Somebody's last socket in a room, of this process, is gone."""
        self._timing.hasten(room_id, user_id, time.monotonic() + LEAVING_S)
        self._wake.set()

    def ended(self, room_id: UUID, ending: Ending) -> list[StreakEndEvent]:
        """Streaks ended in a transaction that is committed: their events, where all names are at hand."""
        self._timing.forget(ending.ended)
        for key in ending.ended:
            self._desk.ended_streaks.add(key)
        self._unmarked.extend(ending.ended)
        return [event for row in ending.rows if (event := self._event(row)) is not None]

    def _event(self, row: RoomEventRow) -> StreakEndEvent | None:
        person = None if row.user_id is None else self._desk.person(row.user_id)
        return None if person is None else read_end(row, lambda _: person)

    # --- ending

    async def _keep_closing(self) -> None:
        while True:
            self._wake.clear()
            moment_s = time.monotonic()
            if self._close_due(moment_s):
                await asyncio.sleep(TICK_S)
                continue
            due_at_s = self._timing.next_due_at_s()
            wait_s = None if due_at_s is None else max(0.0, due_at_s - moment_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait_s)

    def _close_due(self, moment_s: float) -> bool:
        due = self._timing.take_due(moment_s)
        for room_id, known in due.items():
            self._keep(self._close(room_id, known))
        return bool(due)

    async def _close(self, room_id: UUID, known: Mapping[StreakKey, int | None]) -> None:
        """End streaks of a room, and tell; what does not end is looked at again later."""
        try:
            async with self._slots:
                ending = await end_streaks(self._db, room_id, known)
        except Exception:  # streaks must outlive a database that is away for a while
            log.warning("cannot end streaks of room %s; trying again", room_id, exc_info=True)
            for key in known:
                self._timing.go_on(key, 0, time.monotonic() + RETRY_S)
            self._wake.set()
            return
        for key, last_seq in ending.going_on.items():
            self._timing.go_on(key, last_seq, time.monotonic() + self._timing.timeout_s)
        self._wake.set()
        self._tell(room_id, ending)

    def _tell(self, room_id: UUID, ending: Ending) -> None:
        told = self.ended(room_id, ending)
        if told:
            self._hub.publish(room_id, told)
        if len(told) < len(ending.rows):  # the room reads the others from the log
            self._hub.expect(room_id, ending.rows[-1].seq)
        elif ending.found_seq:
            self._hub.expect(room_id, ending.found_seq)
        self._show_ended(room_id, ending)

    def _show_ended(self, room_id: UUID, ending: Ending) -> None:
        """A gift may have come so late that the room here knew its streak's end no more, and shows it as open again."""
        room = self._hub.room(room_id)
        for key, seq in ending.found.items():
            gift = self._desk.gift_type(key.gift_type_no)
            if gift is not None and room is not None and room.seq >= seq:
                sender_id = ANONYMOUS.id if key.anonymous else key.sender_id
                shown = shown_id(self._secret, key)
                room.projection.streaks.end(StreakName(sender_id, gift.id, gift.version, shown))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what nobody ends

    async def _keep_sweeping(self) -> None:
        while True:
            try:
                await self._read_rule()
                await self._mark()
                await self._sweep()
            except Exception:
                log.warning("cannot look for open streaks; trying again", exc_info=True)
            await asyncio.sleep(SWEEP_S)

    async def _mark(self) -> None:
        """Only a shortcut for readers: what gets lost here is found by a sweep."""
        keys, self._unmarked = self._unmarked, []
        if keys:
            async with self._db.transaction() as conn:
                await queries.mark_ended(conn, set(keys))

    async def _sweep(self) -> None:
        async with self._db.read() as conn:
            found = await queries.stale(conn, self._timing.timeout_s + MARGIN_S, _SWEPT_MAX)
        rooms: dict[UUID, dict[StreakKey, int | None]] = {}
        for key, last_seq in found:
            rooms.setdefault(key.room_id, {})[key] = last_seq
        await asyncio.gather(*(self._close(room_id, known) for room_id, known in rooms.items()))

    async def _read_rule(self) -> None:
        async with self._db.read() as conn:
            rule = holding(await queries.rules(conn), now())
        self._timing.timeout_s = rule.timeout_s
        self._timing.length_max_s = rule.length_max_s


async def read_secret(db: Database) -> bytes:
    """What the ids of ends are made with."""
    async with db.read() as conn:
        return await queries.secret(conn)
