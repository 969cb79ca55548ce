"""What a serving process announces of its own accord: entrances of supporters, and banners of the largest gifts."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from largesse import moderation, outbox
from largesse.db import Database
from largesse.figures import holding
from largesse.gifts import GiftDesk
from largesse.identity import ANONYMOUS, Person, User
from largesse.ledger import GiftEntry
from largesse.realtime import BannerEvent, EntranceEvent, GiftVersion, Hub, Room
from largesse.recognition import queries
from largesse.recognition.model import RecognitionRule
from largesse.types import now

RULES_FRESH_S = 5.0
CREATORS_MAX = 1_000
"""Of so many creators the places of their top supporters are kept."""

_LOOKS = 3
"""So often within the pause between two entrances it is noted who is in."""

log = logging.getLogger(__name__)

OnCommit = Callable[[Sequence[GiftEntry]], None]
"""What the gift writer calls after a commit."""
PublicCreator = Callable[[UUID], Awaitable[Person | None]]
"""Who is live in a stream that is for everybody; none for any other room."""


@dataclass(frozen=True, slots=True)
class _Places:
    """A creator's top supporters."""

    ranks: Mapping[UUID, int]
    read_at_s: float


class Recognizer:
    """One per serving process. Nothing here may hold up a gift or a socket: failures are logged, and no more."""

    def __init__(
        self, db: Database, hub: Hub, desk: GiftDesk, public_creator: PublicCreator
    ) -> None:
        self._db = db
        self._hub = hub
        self._desk = desk
        self._public_creator = public_creator
        self._rule: RecognitionRule | None = None
        self._rule_at_s = float("-inf")
        self._places: OrderedDict[UUID, _Places] = OrderedDict()
        self._reading: dict[UUID, asyncio.Task[_Places]] = {}
        self._inside: set[tuple[UUID, UUID]] = set()
        """Top supporters who are in a room here: room and user."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._banner_coins_min: int | None = None
        self._seeing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Know the figures before the first gift."""
        await self._rules()
        self._seeing = asyncio.create_task(
            self._again(self._keep_seeing), name="supporters, seeing"
        )
        self._tasks.add(self._seeing)

    async def stop(self) -> None:
        """Let go of what is still to be announced."""
        tasks = [*self._tasks, *self._reading.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _rules(self) -> RecognitionRule:
        if self._rule is None or time.monotonic() - self._rule_at_s > RULES_FRESH_S:
            async with self._db.read() as conn:
                self._rule = holding(await queries.rules(conn), now())
            self._rule_at_s = time.monotonic()
            self._banner_coins_min = self._rule.banner_coins_min
        return self._rule

    async def _again(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work that goes on also when a database was away for a while."""
        while True:
            try:
                await work()
            except Exception:
                log.exception("supporters who are in rooms are not noted; trying again")
                await asyncio.sleep(RULES_FRESH_S)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception:  # nothing is worth less than a greeting
                log.exception("an announcement was left out")

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- banners

    def watching(self, publish: OnCommit) -> OnCommit:
        """`publish`, and then a look for large gifts among what was published."""

        def told(entries: Sequence[GiftEntry]) -> None:
            publish(entries)
            self.given(entries)

        return told

    def given(self, entries: Sequence[GiftEntry]) -> None:
        """What the gift writer committed; among thousands of gifts one may be large."""
        least = self._banner_coins_min
        if least is None:
            return
        for entry in entries:
            if entry.request.coins >= least:
                self._keep(self._announce(entry))
        if time.monotonic() - self._rule_at_s > RULES_FRESH_S and entries:
            self._rule_at_s = time.monotonic()  # one look is enough
            self._keep(self._look_again())

    async def _look_again(self) -> None:
        self._rule = None
        await self._rules()

    async def _announce(self, entry: GiftEntry) -> None:
        request = entry.request
        rule = await self._rules()
        creator = await self._public_creator(request.room_id)
        gift = self._desk.gift_type(request.gift_type_no)
        sender = ANONYMOUS if request.anonymous else self._desk.person(request.sender_id)
        if creator is None or gift is None or sender is None:
            return
        event = BannerEvent(
            type="banner",
            seq=None,
            at=entry.created_at,
            stream_id=request.room_id,
            creator=creator,
            sender=sender,
            gift=GiftVersion(id=gift.id, version=gift.version, slug=gift.slug, name=gift.name),
            count=self._desk.pieces(gift.no, request.count),
            coins=request.coins,
        )
        self._hub.announcements.banner(event, rule.banner_pause_s)

    # --- entrances

    def entered(self, user: User, room: Room) -> None:
        """Somebody came into a room here: the first of his sockets in it."""
        creator_id = room.projection.creator.id
        if user.id == creator_id or room.projection.state != "live":
            return
        places = self._places.get(creator_id)
        if places is not None and self._is_fresh(places) and user.id not in places.ranks:
            return
        self._keep(self._greet(user, room))

    def left(self, user: User, room: Room) -> None:
        """Somebody left: the last of his sockets in the room here."""
        room_id = room.projection.id
        if (room_id, user.id) in self._inside:
            self._inside.discard((room_id, user.id))
            self._keep(self._see([(room_id, user.id)]))

    async def _see(self, places: Collection[tuple[UUID, UUID]]) -> None:
        async with self._db.transaction() as conn:
            await queries.see(conn, places)

    async def _keep_seeing(self) -> None:
        """Should this process be killed, those who come back elsewhere were seen a moment ago."""
        while True:
            rule = await self._rules()
            await asyncio.sleep(rule.entrance_pause_s / _LOOKS)
            if self._inside:
                await self._see(self._inside)

    async def _greet(self, user: User, room: Room) -> None:
        """Who goes out and comes back within the pause, or whose connection was lost, is not announced again."""
        rank = (await self._top(room.projection.creator.id)).ranks.get(user.id)
        if rank is None or not room.sockets_of(user.id):
            return
        room_id, creator_id = room.projection.id, room.projection.creator.id
        self._inside.add((room_id, user.id))
        rule = await self._rules()
        async with self._db.transaction() as conn:
            chosen = await queries.entrance_choice(conn, user.id)
            wanted = rule.entrance_default if chosen is None else chosen
            new = await queries.claim_entrance(conn, room_id, user.id, rule.entrance_pause_s)
            banned = (await moderation.role_in(conn, creator_id, user)).banned
        if wanted and new and not banned:
            person = Person(id=user.id, display_name=user.display_name)
            event = EntranceEvent(type="entrance", seq=None, at=now(), user=person, rank=rank)
            self._hub.announcements.moment(room_id, event)

    def _is_fresh(self, places: _Places) -> bool:
        refresh_s = self._rule.entrance_refresh_s if self._rule is not None else 0
        return time.monotonic() - places.read_at_s < refresh_s

    async def _top(self, creator_id: UUID) -> _Places:
        """The places of a creator's top supporters; those who ask at once share one reading."""
        places = self._places.get(creator_id)
        if places is not None and self._is_fresh(places):
            return places
        reading = self._reading.get(creator_id)
        if reading is None:
            reading = asyncio.get_running_loop().create_task(self._read_top(creator_id))
            self._reading[creator_id] = reading
            reading.add_done_callback(lambda _: self._reading.pop(creator_id, None))
        return await asyncio.shield(reading)

    async def _read_top(self, creator_id: UUID) -> _Places:
        rule, read_at_s = await self._rules(), time.monotonic()
        since = now().date() - timedelta(days=rule.entrance_days - 1)
        await outbox.keep_ranking(self._db, creator_id, since)
        async with self._db.read() as conn:
            top = await outbox.top_supporters(conn, creator_id, since, rule.entrance_places)
        places = _Places({id_: rank for rank, id_ in enumerate(top, start=1)}, read_at_s)
        self._places[creator_id] = places
        self._places.move_to_end(creator_id)
        if len(self._places) > CREATORS_MAX:
            self._places.popitem(last=False)
        return places
