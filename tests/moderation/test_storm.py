"""Gifts of two processes, chat, bans, mutes and their liftings at once: the room's log says that each was obeyed."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from largesse import gifts
from largesse.db import Database
from largesse.errors import AppError
from largesse.gifts import Target
from largesse.realtime import SendGift
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.moderation.conftest import Room
from tests.moderation.test_bans import coins_of
from tests.moderation.test_meanwhile import other
from tests.rooms.conftest import MakeViewer

__all__ = ["other"]

ACTS = 25
GIVERS = 3
"""Of each person in each process."""


async def test_nobody_says_or_gives_between_a_ban_and_its_lifting(
    room: Room, viewer: MakeViewer, services: Services, other: Services, db: Database
) -> None:
    people = [await viewer(f"Vera {number}", coins=2000) for number in range(4)]
    outcomes: Counter[str] = Counter()
    async with _crowd(room, people, [services, other], outcomes):
        await asyncio.gather(*(_keep(room, keeper, people) for keeper in _keepers(room)))
    assert {"given", "banned"} <= outcomes.keys()
    events: list[dict[str, Any]] = []
    while more := await room.events(events[-1]["seq"] if events else 0):
        events += more
    assert _disobeyed(events) == []
    given = sum(event["type"] == "gift" for event in events)
    assert given == outcomes["given"]
    assert sum([await coins_of(room, who) for who in people]) == 2000 * len(people) - given
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        assert await cursor.fetchone() == (0,)


def _keepers(room: Room) -> Sequence[SignedIn]:
    return room.creator, room.moderator


async def _keep(room: Room, keeper: SignedIn, people: Sequence[SignedIn]) -> None:
    for _ in range(ACTS):
        who, kind = random.choice(people), random.choice(["bans", "bans", "mutes"])
        if random.random() < 0.5:
            answer = await room.call("DELETE", f"{kind}/{who.id}", keeper)
        else:
            answer = await (room.ban if kind == "bans" else room.mute)(keeper, who)
        assert answer.is_success, answer.text


@asynccontextmanager
async def _crowd(
    room: Room, people: Sequence[SignedIn], processes: Sequence[Services], outcomes: Counter[str]
) -> AsyncIterator[None]:
    """All give and speak as fast as they can, as long as the block lasts."""
    over = asyncio.Event()
    work = [
        asyncio.create_task(_give(room, process, who, over.is_set, outcomes))
        for who in people
        for process in processes
        for _ in range(GIVERS)
    ]
    work.append(asyncio.create_task(_talk(room, people[0], over.is_set)))
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*work)


async def _give(
    room: Room, process: Services, who: SignedIn, over: Callable[[], bool], outcomes: Counter[str]
) -> None:
    target = Target("stream", UUID(room.id), room.creator.id)
    while not over():
        words = random.choice([None, None, "for you"])
        wish = SendGift(op="gift", id=new_id(), gift="rose", count=1, message=words)
        try:
            giving = None if words else gifts.give_at_once(process, who.user, target, wish)
            await (giving or gifts.send_gift(process, who.user, target, wish))
            outcomes["given"] += 1
        except AppError as error:
            outcomes[error.code] += 1
            await asyncio.sleep(0)  # it may have been refused without waiting for anything


async def _talk(room: Room, who: SignedIn, over: Callable[[], bool]) -> None:
    while not over():
        assert (await room.chat(who, "hello")).status_code in (201, 403, 429)


def _disobeyed(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a log has of people who were barred then."""
    barred: dict[str, set[str]] = {"ban": set(), "mute": set()}
    found = []
    for event in events:
        if event["type"] == "moderation" and event["user"] is not None:
            action = event["action"]
            if action in barred:
                barred[action].add(event["user"]["id"])
            elif action in ("unban", "unmute"):
                barred[action.removeprefix("un")].discard(event["user"]["id"])
        elif event["type"] in ("gift", "chat"):
            sender_id = event["sender"]["id"]
            words = event["type"] == "chat" or event["message"]
            if sender_id in barred["ban"] or (words and sender_id in barred["mute"]):
                found.append(event)
    return found
